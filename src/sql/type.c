/* SPDX-License-Identifier: Apache-2.0
 * type.c - parses types and interval qualifiers. */
#include "sql/parser.h"

static enum interval_field
interval_field(enum token_kind kind)
{
	switch ((int)kind) {
	case KW_YEAR: return FIELD_YEAR;
	case KW_MONTH: return FIELD_MONTH;
	case KW_DAY: return FIELD_DAY;
	case KW_HOUR: return FIELD_HOUR;
	case KW_MINUTE: return FIELD_MINUTE;
	case KW_SECOND: return FIELD_SECOND;
	default: return FIELD_NONE;
	}
}

/* One field of those from first to last. */
static enum interval_field
parse_field(struct parser *p, enum interval_field first,
    enum interval_field last)
{
	static const uint16_t kinds[] = {
		0, KW_YEAR, KW_MONTH, KW_DAY, KW_HOUR, KW_MINUTE, KW_SECOND,
	};
	int i;

	for (i = first; i <= (int)last; i++)
		if (parse_accept(p, (enum token_kind)kinds[i]))
			return interval_field((enum token_kind)kinds[i]);
	parse_unexpected(p);
}

void
parse_interval_qualifier(struct parser *p, struct interval_qualifier *q,
    bool literal)
{
	const struct token *start = p->t, *end;
	enum interval_field next;

	q->precision = q->fraction = -1;
	q->from = parse_field(p, FIELD_YEAR, FIELD_SECOND);
	if (parse_accept(p, '(')) {
		q->precision = parse_small_integer(p);
		if (q->from == FIELD_SECOND && parse_accept(p, ','))
			q->fraction = parse_small_integer(p);
		parse_expect(p, ')');
	}
	if (q->from == FIELD_SECOND || q->from == FIELD_MONTH)
		return;
	/* TO may also be a name behind a literal. */
	next = interval_field(parse_peek(p, 1));
	if (!parse_at(p, KW_TO) || (literal && (q->from == FIELD_YEAR
	    ? next != FIELD_MONTH : next < FIELD_HOUR)))
		return;
	p->t++;
	end = p->t;
	if (q->from == FIELD_YEAR) {
		q->to = parse_field(p, FIELD_MONTH, FIELD_MONTH);
		return;
	}
	q->to = parse_field(p, FIELD_HOUR, FIELD_SECOND);
	if (q->to == FIELD_SECOND && parse_accept(p, '(')) {
		q->fraction = parse_small_integer(p);
		parse_expect(p, ')');
	}
	if (q->to <= q->from)
		parse_fail(p, start, "Invalid interval qualifier: %.*s TO "
		    "%.*s", (int)start->len, p->text.p + start->at,
		    (int)end->len, p->text.p + end->at);
}

static struct node *
type_parameter(struct parser *p)
{
	if (parse_at(p, TK_INTEGER))
		return parse_integer(p);
	return parse_type(p);
}

static struct node *
datetime_type(struct parser *p)
{
	struct datetime_type_node *n = parse_new(p, DATETIME_TYPE,
	    datetime_type);

	n->timestamp = parse_next(p)->kind == KW_TIMESTAMP;
	if (parse_accept(p, '(')) {
		n->precision = type_parameter(p);
		parse_expect(p, ')');
	}
	if (parse_accept(p, KW_WITH))
		n->with_time_zone = true;
	else if (parse_peek(p, 1) != KW_TIME
	    || !parse_accept(p, KW_WITHOUT))
		return parse_end(p, n);
	parse_expect(p, KW_TIME);
	parse_expect(p, KW_ZONE);
	return parse_end(p, n);
}

static struct node *
row_type(struct parser *p)
{
	struct row_type_node *n = parse_new(p, ROW_TYPE, row_type);

	p->t++;
	parse_expect(p, '(');
	parse_at(p, TK_INTEGER);
	do
		parse_push(p, &n->fields,
		    parse_type_field(p, NODE_ROW_TYPE_FIELD));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* ARRAY<t>, MAP<k, v> */
static struct node *
angle_type(struct parser *p)
{
	struct generic_type_node *n = parse_new(p, GENERIC_TYPE,
	    generic_type);
	bool map = p->t->kind == KW_MAP;

	n->name = parse_ident(p);
	parse_expect(p, '<');
	parse_push(p, &n->args, parse_type(p));
	if (map) {
		parse_expect(p, ',');
		parse_push(p, &n->args, parse_type(p));
	}
	parse_expect(p, '>');
	return parse_end(p, n);
}

static struct node *
generic_type(struct parser *p)
{
	struct generic_type_node *n = parse_new(p, GENERIC_TYPE,
	    generic_type);

	if (p->t->kind == KW_DOUBLE && parse_peek(p, 1) == KW_PRECISION) {
		n->name = parse_ident(p);
		p->t++;
		return parse_end(p, n);
	}
	n->name = parse_ident(p);
	if (parse_accept(p, '(')) {
		do
			parse_push(p, &n->args, type_parameter(p));
		while (parse_accept(p, ','));
		parse_expect(p, ')');
	}
	return parse_end(p, n);
}

static struct node *
interval_type(struct parser *p)
{
	struct interval_type_node *n = parse_new(p, INTERVAL_TYPE,
	    interval_type);

	p->t++;
	parse_interval_qualifier(p, &n->qualifier, false);
	return parse_end(p, n);
}

static struct node *
base_type(struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	switch (p->t->kind) {
	case KW_ROW:
		if (next == '(')
			return row_type(p);
		break;
	case KW_INTERVAL:
		if (interval_field(next) != FIELD_NONE)
			return interval_type(p);
		break;
	case KW_TIME:
	case KW_TIMESTAMP:
		return datetime_type(p);
	case KW_ARRAY:
	case KW_MAP:
		if (next == '<')
			return angle_type(p);
		break;
	default:
		break;
	}
	return generic_type(p);
}

struct node *
parse_type(struct parser *p)
{
	struct node *type;
	int chain = 0;

	parse_enter(p, EXPECT_TYPE);
	parse_down(p);
	type = base_type(p);
	while (parse_at(p, KW_ARRAY)) {
		struct generic_type_node *n = parse_new(p, GENERIC_TYPE,
		    generic_type);

		if (++chain > SQL_DEPTH_MAX)
			parse_too_large(p);
		n->name = parse_ident(p);
		parse_start_at(p, n, type);
		parse_push(p, &n->args, type);
		if (parse_accept(p, '[')) {
			parse_integer(p);
			parse_expect(p, ']');
		}
		type = parse_end(p, n);
	}
	parse_up(p);
	return type;
}

/* Is the name at hand a type by itself, though more follows? */
static bool
is_type_alone(const struct parser *p)
{
	enum token_kind next = parse_peek(p, 1), then = parse_peek(p, 2);

	if (!token_is_name(next))
		return true;
	switch (p->t->kind) {
	case KW_DOUBLE:
		if (next == KW_PRECISION)
			return true;
		break;
	case KW_INTERVAL:
		if (interval_field(next) != FIELD_NONE)
			return true;
		break;
	case KW_TIME:
	case KW_TIMESTAMP:
		if (next == KW_WITHOUT)
			return true;
		break;
	default:
		break;
	}
	/* bigint ARRAY, bigint ARRAY[3], bigint ARRAY ARRAY */
	return next == KW_ARRAY && (then == ',' || then == ')' || then == '['
	    || then == KW_ARRAY);
}

struct node *
parse_type_field(struct parser *p, enum node_kind kind)
{
	struct row_type_field_node *n = parse_node_at(p, kind, sizeof(*n),
	    p->t);

	if (parse_is_name(p, 0) && !is_type_alone(p))
		n->name = parse_ident(p);
	n->type = parse_type(p);
	return parse_end(p, n);
}
