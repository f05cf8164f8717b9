/* SPDX-License-Identifier: Apache-2.0
 * window.c - parses windows: OVER, WINDOW, frames. */
#include "sql/parser.h"

bool
parse_is_over(const struct parser *p)
{
	return p->t->kind == KW_OVER
	    && (parse_peek(p, 1) == '(' || parse_is_name(p, 1));
}

/* OVER name, OVER (..) */
struct node *
parse_over(struct parser *p)
{
	struct window_node *n;

	parse_expect(p, KW_OVER);
	if (!parse_accept(p, '('))
		return (struct node *)parse_ident(p);
	n = parse_window(p);
	parse_expect(p, ')');
	return &n->node;
}

static struct node *
parse_bound(struct parser *p)
{
	struct frame_bound_node *n = parse_new(p, FRAME_BOUND, frame_bound);
	enum token_kind next = parse_peek(p, 1);

	parse_at(p, KW_CURRENT);
	parse_at(p, KW_UNBOUNDED);
	if (p->t->kind == KW_UNBOUNDED
	    && (next == KW_PRECEDING || next == KW_FOLLOWING)) {
		p->t += 2;
		n->type = next == KW_PRECEDING ? BOUND_UNBOUNDED_PRECEDING
		    : BOUND_UNBOUNDED_FOLLOWING;
		return parse_end(p, n);
	}
	if (p->t->kind == KW_CURRENT && next == KW_ROW) {
		p->t += 2;
		n->type = BOUND_CURRENT_ROW;
		return parse_end(p, n);
	}
	next = (enum token_kind)p->t->kind;
	n->value = parse_expression(p);
	if (p->recording && n->value->kind == NODE_IDENT) {
		/* What else may stand behind a name. */
		parse_record(p, '(');
		parse_record(p, TK_ARROW);
		parse_record(p, TK_COLONS);
		parse_record(p, EXPECT_STRING);
		parse_record(p, KW_OVER);
		if (next == KW_CURRENT)
			parse_record(p, KW_ROW);
	}
	n->type = parse_either(p, KW_PRECEDING, KW_FOLLOWING)
	    ? BOUND_PRECEDING : BOUND_FOLLOWING;
	return parse_end(p, n);
}

/* A word that is no key word in Trino. */
static bool
accept_word(struct parser *p, struct str word)
{
	struct str s = { p->text.p + p->t->at, p->t->len };

	if (p->t->kind == '\0' || !str_ieq(s, word))
		return false;
	p->t++;
	return true;
}

/* [EXCLUDE NO OTHERS | CURRENT ROW | GROUP | TIES] */
static enum frame_exclude
parse_exclude(struct parser *p)
{
	if (p->t->kind != TK_IDENT || !accept_word(p, STR("exclude")))
		return EXCLUDE_DEFAULT;
	if (parse_accept(p, KW_NO)) {
		if (!accept_word(p, STR("others")))
			parse_unexpected(p);
		return EXCLUDE_NO_OTHERS;
	}
	if (parse_accept(p, KW_CURRENT)) {
		parse_expect(p, KW_ROW);
		return EXCLUDE_CURRENT_ROW;
	}
	return parse_either(p, KW_GROUP, KW_TIES) ? EXCLUDE_GROUP
	    : EXCLUDE_TIES;
}

static struct window_frame_node *
parse_frame(struct parser *p)
{
	struct window_frame_node *n = parse_new(p, WINDOW_FRAME,
	    window_frame);

	if (parse_accept(p, KW_MEASURES))
		parse_measures(p, &n->measures);
	if (parse_accept(p, KW_RANGE)) {
		n->type = FRAME_RANGE;
	} else if (parse_accept(p, KW_ROWS)) {
		n->type = FRAME_ROWS;
	} else {
		parse_expect(p, KW_GROUPS);
		n->type = FRAME_GROUPS;
	}
	if (parse_accept(p, KW_BETWEEN)) {
		n->start = parse_bound(p);
		parse_expect(p, KW_AND);
		n->end = parse_bound(p);
	} else {
		n->start = parse_bound(p);
	}
	n->exclude = parse_exclude(p);
	n->skip_to = parse_skip_to(p);
	n->search = parse_search(p);
	if (parse_accept(p, KW_PATTERN)) {
		parse_expect(p, '(');
		n->pattern = parse_pattern(p);
		parse_expect(p, ')');
	}
	if (parse_accept(p, KW_SUBSET))
		parse_subsets(p, &n->subsets);
	if (parse_accept(p, KW_DEFINE))
		parse_definitions(p, &n->definitions);
	parse_end(p, n);
	return n;
}

static bool
is_frame_word(enum token_kind kind)
{
	return kind == KW_ROWS || kind == KW_RANGE || kind == KW_GROUPS
	    || kind == KW_MEASURES;
}

/* Is the word at hand the name of another window? */
static bool
is_base(const struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	if (!parse_is_name(p, 0)
	    || (p->t->kind == KW_PARTITION && next == KW_BY))
		return false;
	if (!is_frame_word((enum token_kind)p->t->kind))
		return true;
	return next == ')' || next == KW_ORDER || is_frame_word(next)
	    || (next == KW_PARTITION && parse_peek(p, 2) == KW_BY);
}

/* What stands between the parentheses. */
struct window_node *
parse_window(struct parser *p)
{
	struct window_node *n = parse_new(p, WINDOW, window);

	if (is_base(p))
		n->base = parse_ident(p);
	else if (p->recording)
		parse_record(p, EXPECT_IDENTIFIER);
	if (parse_accept(p, KW_PARTITION)) {
		parse_expect(p, KW_BY);
		parse_expressions(p, &n->partition_by);
	}
	if (parse_at(p, KW_ORDER))
		n->order_by = parse_order_by(p);
	if (parse_at(p, KW_ROWS) || parse_at(p, KW_RANGE)
	    || parse_at(p, KW_GROUPS) || parse_at(p, KW_MEASURES))
		n->frame = parse_frame(p);
	parse_end(p, n);
	return n;
}

/* name AS (..) */
struct node *
parse_window_definition(struct parser *p)
{
	struct window_definition_node *n = parse_new(p, WINDOW_DEFINITION,
	    window_definition);

	n->name = parse_ident(p);
	parse_expect(p, KW_AS);
	parse_expect(p, '(');
	n->window = parse_window(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}
