/* SPDX-License-Identifier: Apache-2.0
 * pattern.c - parses row patterns and the clauses of MATCH_RECOGNIZE. */
#include "sql/parser.h"

static struct pattern_node *
new_pattern(struct parser *p, enum pattern_type type)
{
	struct pattern_node *n = parse_new(p, PATTERN, pattern);

	n->type = type;
	return n;
}

/* What pattern_primary() of one symbol is. */
static struct node *
parse_anchor(struct parser *p, enum pattern_type type)
{
	struct pattern_node *n = new_pattern(p, type);

	p->t++;
	return parse_end(p, n);
}

static struct node *
pattern_primary(struct parser *p)
{
	struct pattern_node *n;
	struct node *inner;

	if (parse_at(p, KW_PERMUTE) && parse_peek(p, 1) == '(') {
		n = new_pattern(p, PATTERN_PERMUTE);
		p->t += 2;
		do
			parse_push(p, &n->list, parse_pattern(p));
		while (parse_accept(p, ','));
		parse_expect(p, ')');
		return parse_end(p, n);
	}
	if (parse_at(p, TK_OPEN_EXCLUDE)) {
		n = new_pattern(p, PATTERN_EXCLUDED);
		p->t++;
		parse_push(p, &n->list, parse_pattern(p));
		parse_expect(p, TK_CLOSE_EXCLUDE);
		return parse_end(p, n);
	}
	if (parse_at(p, '(')) {
		if (parse_peek(p, 1) == ')') {
			n = new_pattern(p, PATTERN_EMPTY);
			p->t += 2;
			return parse_end(p, n);
		}
		p->t++;
		inner = parse_pattern(p);
		parse_expect(p, ')');
		return inner;
	}
	if (parse_at(p, '^'))
		return parse_anchor(p, PATTERN_START);
	if (parse_at(p, '$'))
		return parse_anchor(p, PATTERN_END);
	n = new_pattern(p, PATTERN_VARIABLE);
	n->name = parse_ident(p);
	return parse_end(p, n);
}

static int64_t
parse_count(struct parser *p)
{
	return ((struct long_literal_node *)parse_integer(p))->value;
}

/* {n}, {n,}, {,m}, {n,m} */
static void
parse_range(struct parser *p, struct pattern_node *n)
{
	n->max = -1;
	if (parse_at(p, TK_INTEGER)) {
		n->min = parse_count(p);
		if (!parse_accept(p, ',')) {
			n->max = n->min;
			parse_expect(p, '}');
			return;
		}
	} else {
		parse_expect(p, ',');
	}
	if (parse_at(p, TK_INTEGER))
		n->max = parse_count(p);
	parse_expect(p, '}');
}

static struct node *
parse_quantified(struct parser *p)
{
	struct node *inner = pattern_primary(p);
	struct pattern_node *n;
	char c = '\0';

	if (parse_at(p, '*') || parse_at(p, '+') || parse_at(p, '?')
	    || parse_at(p, '{'))
		c = (char)p->t->kind;
	if (c == '\0')
		return inner;
	n = new_pattern(p, PATTERN_QUANTIFIED);
	parse_start_at(p, n, inner);
	parse_push(p, &n->list, inner);
	n->quantifier = c;
	n->min = c == '+' ? 1 : 0;
	n->max = c == '?' ? 1 : -1;
	p->t++;
	if (c == '{')
		parse_range(p, n);
	n->reluctant = parse_accept(p, '?');
	return parse_end(p, n);
}

static bool
starts_pattern(struct parser *p)
{
	return parse_at(p, '(') || parse_at(p, '^') || parse_at(p, '$')
	    || parse_at(p, TK_OPEN_EXCLUDE) || parse_is_name(p, 0);
}

static struct node *
parse_concat(struct parser *p)
{
	struct node *first = parse_quantified(p);
	struct pattern_node *n;

	if (!starts_pattern(p))
		return first;
	n = new_pattern(p, PATTERN_CONCAT);
	parse_start_at(p, n, first);
	parse_push(p, &n->list, first);
	do
		parse_push(p, &n->list, parse_quantified(p));
	while (starts_pattern(p));
	return parse_end(p, n);
}

struct node *
parse_pattern(struct parser *p)
{
	struct pattern_node *n;
	struct node *first;

	parse_down(p);
	first = parse_concat(p);
	if (parse_at(p, '|')) {
		n = new_pattern(p, PATTERN_ALTERNATION);
		parse_start_at(p, n, first);
		parse_push(p, &n->list, first);
		while (parse_accept(p, '|'))
			parse_push(p, &n->list, parse_concat(p));
		first = parse_end(p, n);
	}
	parse_up(p);
	return first;
}

void
parse_measures(struct parser *p, struct node_list *l)
{
	do {
		struct measure_node *n = parse_new(p, MEASURE, measure);

		n->value = parse_expression(p);
		parse_expect(p, KW_AS);
		n->name = parse_ident(p);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

/* AFTER MATCH SKIP .. or NULL */
struct skip_to_node *
parse_skip_to(struct parser *p)
{
	struct skip_to_node *n;

	if (!parse_accept(p, KW_AFTER))
		return NULL;
	parse_expect(p, KW_MATCH);
	n = parse_new(p, SKIP_TO, skip_to);
	parse_expect(p, KW_SKIP);
	if (parse_accept(p, KW_PAST)) {
		parse_expect(p, KW_LAST);
		parse_expect(p, KW_ROW);
		n->position = SKIP_PAST_LAST;
		parse_end(p, n);
		return n;
	}
	parse_expect(p, KW_TO);
	n->position = SKIP_LAST;
	if (parse_at(p, KW_NEXT) && parse_peek(p, 1) == KW_ROW) {
		p->t += 2;
		n->position = SKIP_NEXT_ROW;
		parse_end(p, n);
		return n;
	}
	if (parse_at(p, KW_FIRST) && parse_is_name(p, 1)) {
		p->t++;
		n->position = SKIP_FIRST;
	} else if (parse_at(p, KW_LAST) && parse_is_name(p, 1)) {
		p->t++;
	}
	n->name = parse_ident(p);
	parse_end(p, n);
	return n;
}

enum pattern_search
parse_search(struct parser *p)
{
	if (parse_accept(p, KW_INITIAL))
		return SEARCH_INITIAL;
	return parse_accept(p, KW_SEEK) ? SEARCH_SEEK : SEARCH_DEFAULT;
}

void
parse_subsets(struct parser *p, struct node_list *l)
{
	do {
		struct subset_node *n = parse_new(p, SUBSET, subset);

		n->name = parse_ident(p);
		parse_expect(p, '=');
		parse_columns(p, &n->list);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

void
parse_definitions(struct parser *p, struct node_list *l)
{
	do {
		struct measure_node *n = parse_new(p, VARIABLE_DEFINITION,
		    measure);

		n->name = parse_ident(p);
		parse_expect(p, KW_AS);
		n->value = parse_expression(p);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

/* ONE ROW PER MATCH | ALL ROWS PER MATCH [..] */
static enum rows_per_match
parse_rows_per_match(struct parser *p)
{
	bool one = parse_accept(p, KW_ONE);

	if (!one && !parse_accept(p, KW_ALL))
		return ROWS_DEFAULT;
	parse_expect(p, one ? KW_ROW : KW_ROWS);
	parse_expect(p, KW_PER);
	parse_expect(p, KW_MATCH);
	if (one)
		return ROWS_ONE;
	if (parse_accept(p, KW_WITH)) {
		parse_expect(p, KW_UNMATCHED);
		parse_expect(p, KW_ROWS);
		return ROWS_ALL_WITH_UNMATCHED;
	}
	one = parse_accept(p, KW_SHOW);
	if (!one && !parse_accept(p, KW_OMIT))
		return ROWS_ALL_SHOW_EMPTY;
	parse_expect(p, KW_EMPTY);
	parse_expect(p, KW_MATCHES);
	return one ? ROWS_ALL_SHOW_EMPTY : ROWS_ALL_OMIT_EMPTY;
}

/* MATCH_RECOGNIZE (..) behind a relation; the word is at hand. */
struct node *
parse_match_recognize(struct parser *p, struct node *relation)
{
	struct match_recognize_node *n = parse_new(p, MATCH_RECOGNIZE,
	    match_recognize);

	parse_start_at(p, n, relation);
	n->relation = relation;
	p->t++;
	parse_expect(p, '(');
	if (parse_accept(p, KW_PARTITION)) {
		parse_expect(p, KW_BY);
		parse_expressions(p, &n->partition_by);
	}
	if (parse_at(p, KW_ORDER))
		n->order_by = parse_order_by(p);
	if (parse_accept(p, KW_MEASURES))
		parse_measures(p, &n->measures);
	n->rows = parse_rows_per_match(p);
	n->skip_to = parse_skip_to(p);
	n->search = parse_search(p);
	parse_expect(p, KW_PATTERN);
	parse_expect(p, '(');
	n->pattern = parse_pattern(p);
	parse_expect(p, ')');
	if (parse_accept(p, KW_SUBSET))
		parse_subsets(p, &n->subsets);
	parse_expect(p, KW_DEFINE);
	parse_definitions(p, &n->definitions);
	parse_expect(p, ')');
	return parse_end(p, n);
}
