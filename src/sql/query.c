/* SPDX-License-Identifier: Apache-2.0
 * query.c - parses queries: WITH, set operations, ORDER BY and LIMIT. */
#include "sql/parser.h"

bool
parse_starts_query(const struct parser *p, int i)
{
	enum token_kind kind = parse_peek(p, i);

	return kind == KW_SELECT || kind == KW_VALUES || kind == KW_WITH
	    || (kind == KW_TABLE && parse_peek(p, i + 1) != '(');
}

bool
parse_goes_on_as_query(const struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	switch (p->t->kind) {
	case KW_UNION: case KW_INTERSECT: case KW_EXCEPT: case KW_ORDER:
		return true;
	case KW_LIMIT:
		return next == TK_INTEGER || next == '?' || next == KW_ALL;
	case KW_OFFSET:
		return next == TK_INTEGER || next == '?';
	case KW_FETCH:
		return next == KW_FIRST || next == KW_NEXT;
	default:
		return false;
	}
}

struct node *
parse_sort_item(struct parser *p)
{
	struct sort_item_node *n = parse_new(p, SORT_ITEM, sort_item);

	n->key = parse_expression(p);
	if (parse_accept(p, KW_DESC))
		n->descending = true;
	else
		parse_accept(p, KW_ASC);
	if (parse_accept(p, KW_NULLS))
		n->nulls = parse_either(p, KW_FIRST, KW_LAST) ? NULLS_FIRST
		    : NULLS_LAST;
	return parse_end(p, n);
}

/* ORDER BY .., the ORDER at hand. */
struct node *
parse_order_by(struct parser *p)
{
	struct operands_node *n = parse_new(p, ORDER_BY, operands);

	parse_expect(p, KW_ORDER);
	parse_expect(p, KW_BY);
	do
		parse_push(p, &n->list, parse_sort_item(p));
	while (parse_accept(p, ','));
	return parse_end(p, n);
}

static struct node *
parse_row_count(struct parser *p)
{
	struct parameter_node *n;

	if (!parse_at(p, '?'))
		return parse_integer(p);
	n = parse_new(p, PARAMETER, parameter);
	n->index = p->parameters++;
	p->t++;
	return parse_end(p, n);
}

static struct node *
parse_offset(struct parser *p)
{
	struct unary_node *n = parse_new(p, OFFSET, unary);

	p->t++;
	n->value = parse_row_count(p);
	if (!parse_accept(p, KW_ROW))
		parse_accept(p, KW_ROWS);
	return parse_end(p, n);
}

static struct node *
parse_limit(struct parser *p)
{
	struct unary_node *n = parse_new(p, LIMIT, unary);

	p->t++;
	if (parse_at(p, KW_ALL)) {
		struct plain_node *all = parse_new(p, ALL_ROWS, plain);

		p->t++;
		n->value = parse_end(p, all);
	} else {
		n->value = parse_row_count(p);
	}
	return parse_end(p, n);
}

static struct node *
parse_fetch(struct parser *p)
{
	struct fetch_first_node *n = parse_new(p, FETCH_FIRST, fetch_first);

	p->t++;
	parse_either(p, KW_FIRST, KW_NEXT);
	if (parse_at(p, TK_INTEGER) || parse_at(p, '?'))
		n->count = parse_row_count(p);
	parse_either(p, KW_ROW, KW_ROWS);
	if (!parse_accept(p, KW_ONLY)) {
		parse_expect(p, KW_WITH);
		parse_expect(p, KW_TIES);
		n->with_ties = true;
	}
	return parse_end(p, n);
}

static struct node *parse_term(struct parser *p, struct node *left, int min);
static struct query_node *query_rest(struct parser *p,
    const struct token *start, struct node *first);

/* VALUES e, e .. */
static struct node *
parse_values(struct parser *p)
{
	struct operands_node *n = parse_new(p, VALUES, operands);

	p->t++;
	parse_expressions(p, &n->list);
	return parse_end(p, n);
}

static struct node *
parse_table_body(struct parser *p)
{
	struct table_node *n = parse_new(p, TABLE, table);

	p->t++;
	n->name = parse_name(p);
	return parse_end(p, n);
}

static struct node *
parse_query_primary(struct parser *p)
{
	struct unary_node *n;

	if (parse_at(p, KW_SELECT))
		return parse_query_spec(p);
	if (parse_at(p, KW_VALUES))
		return parse_values(p);
	if (parse_at(p, KW_TABLE))
		return parse_table_body(p);
	n = parse_new(p, TABLE_SUBQUERY, unary);
	parse_expect(p, '(');
	parse_down(p);
	n->value = (struct node *)parse_query_no_with(p);
	parse_up(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

static int
set_strength(struct parser *p)
{
	bool weak = parse_at(p, KW_UNION);

	weak |= parse_at(p, KW_EXCEPT);
	return parse_at(p, KW_INTERSECT) ? 2 : weak ? 1 : 0;
}

/* UNION [ALL | DISTINCT] [CORRESPONDING [BY (..)]] */
static struct set_operation_node *
parse_set_operator(struct parser *p)
{
	struct set_operation_node *n = parse_new(p, SET_OPERATION,
	    set_operation);
	enum token_kind op = (enum token_kind)parse_next(p)->kind;

	n->op = op == KW_UNION ? SET_UNION : op == KW_EXCEPT ? SET_EXCEPT
	    : SET_INTERSECT;
	n->distinct = true;
	if (parse_accept(p, KW_ALL))
		n->distinct = false;
	else
		parse_accept(p, KW_DISTINCT);
	if (parse_at(p, KW_CORRESPONDING)) {
		n->corresponding = parse_new(p, CORRESPONDING, columns);
		p->t++;
		if (parse_accept(p, KW_BY))
			parse_columns(p, &n->corresponding->columns);
		parse_end(p, n->corresponding);
	}
	return n;
}

/* Set operations of at least the strength `min` (1: all, 2: INTERSECT);
 * left: a first operand that was read already, or NULL. */
static struct node *
parse_term(struct parser *p, struct node *left, int min)
{
	int chain = 0;

	if (left == NULL)
		left = parse_query_primary(p);
	for (;;) {
		int strength = set_strength(p);
		struct set_operation_node *n;

		if (strength == 0 || strength < min)
			return left;
		if (++chain > SQL_CHAIN_MAX)
			parse_too_large(p);
		n = parse_set_operator(p);
		n->left = left;
		n->node.start = left->start;
		n->right = parse_term(p, NULL, strength + 1);
		left = parse_end(p, n);
	}
}

/* The query from its first operand on, if that was read, else all of it. */
static struct query_node *
query_rest(struct parser *p, const struct token *start, struct node *first)
{
	struct query_node *n = parse_new_at(p, QUERY, query, start);
	struct query_spec_node *spec;

	n->body = parse_term(p, first, 1);
	if (parse_at(p, KW_ORDER))
		n->order_by = parse_order_by(p);
	if (parse_at(p, KW_OFFSET))
		n->offset = parse_offset(p);
	if (parse_at(p, KW_LIMIT))
		n->limit = parse_limit(p);
	else if (parse_at(p, KW_FETCH))
		n->limit = parse_fetch(p);
	if (n->body->kind == NODE_QUERY_SPEC) {
		spec = (struct query_spec_node *)n->body;
		spec->order_by = n->order_by;
		spec->offset = n->offset;
		spec->limit = n->limit;
		n->order_by = n->offset = n->limit = NULL;
		parse_end(p, spec);
	}
	parse_end(p, n);
	return n;
}

struct query_node *
parse_query_no_with(struct parser *p)
{
	return query_rest(p, p->t, NULL);
}

struct query_node *
parse_query_from(struct parser *p, struct node *first)
{
	struct unary_node *sub = parse_new(p, TABLE_SUBQUERY, unary);
	struct query_node *n;
	const struct token *start = p->t;

	/* Both (query) forms have the query as their only child. */
	parse_start_at(p, sub, first);
	sub->value = ((struct unary_node *)first)->value;
	sub->node.end = first->end;
	n = query_rest(p, start, &sub->node);
	parse_start_at(p, n, first);
	return n;
}

/* root: WITH FUNCTION and WITH SESSION may stand here, too. */
static struct with_node *
parse_with(struct parser *p, bool root)
{
	struct with_node *n = parse_new(p, WITH, with);

	parse_expect(p, KW_WITH);
	n->recursive = parse_accept(p, KW_RECURSIVE);
	if (root && !n->recursive) {
		parse_at(p, KW_FUNCTION);
		parse_at(p, KW_SESSION);
	}
	do {
		struct with_query_node *q = parse_new(p, WITH_QUERY,
		    with_query);

		q->name = parse_ident(p);
		q->has_columns = parse_at(p, '(');
		if (q->has_columns)
			parse_columns(p, &q->columns);
		parse_expect(p, KW_AS);
		parse_expect(p, '(');
		q->query = parse_query(p);
		parse_expect(p, ')');
		parse_push(p, &n->queries, parse_end(p, q));
	} while (parse_accept(p, ','));
	parse_forget(p);
	parse_end(p, n);
	return n;
}

struct query_node *
parse_query(struct parser *p)
{
	const struct token *start = p->t;
	struct with_node *with = NULL;
	struct query_node *n;

	parse_enter(p, EXPECT_QUERY);
	parse_down(p);
	if (p->t->kind == KW_WITH)
		with = parse_with(p, start == p->tokens.v);
	n = query_rest(p, p->t, NULL);
	n->with = with;
	n->node.line = (int)start->line;
	n->node.column = (int)start->column;
	n->node.start = start->at;
	parse_up(p);
	return n;
}

/* a.b = value, ... */
static void
parse_session_properties(struct parser *p, struct node_list *l)
{
	do {
		struct session_property_node *n = parse_new(p,
		    SESSION_PROPERTY, session_property);

		n->name = parse_name(p);
		parse_expect(p, '=');
		n->value = parse_expression(p);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

struct query_node *
parse_root_query(struct parser *p, bool with_session)
{
	const struct token *start = p->t;
	struct node_list session = { NULL, 0, 0 }, functions = { NULL, 0, 0 };
	struct query_node *n;

	/* WITH session AS (..) is a query's name. */
	if (with_session && parse_at(p, KW_WITH)
	    && parse_peek(p, 1) == KW_SESSION && parse_is_name(p, 2)) {
		p->t += 2;
		parse_session_properties(p, &session);
	}
	if (parse_at(p, KW_WITH) && parse_peek(p, 1) == KW_FUNCTION
	    && parse_is_name(p, 2)) {
		p->t++;
		do
			parse_push(p, &functions, parse_function(p));
		while (parse_accept(p, ','));
	}
	n = parse_query(p);
	n->session = session;
	n->functions = functions;
	n->node.line = (int)start->line;
	n->node.column = (int)start->column;
	n->node.start = start->at;
	return n;
}

/* '(' query ')' as a node of that kind. */
struct node *
parse_subquery(struct parser *p, enum node_kind kind)
{
	struct unary_node *n = parse_node_at(p, kind, sizeof(*n), p->t);

	parse_expect(p, '(');
	n->value = (struct node *)parse_query(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}
