/* SPDX-License-Identifier: Apache-2.0
 * primary.c - parses primary expressions: names, parentheses and what may
 * stand behind a value: .field, .method(), [index]. */
#include "sql/parser.h"

static struct node *
parse_parameter(struct parser *p)
{
	struct parameter_node *n = parse_new(p, PARAMETER, parameter);

	n->index = p->parameters++;
	p->t++;
	return parse_end(p, n);
}

/* x -> e and (x, y) -> e */
static struct node *
parse_lambda(struct parser *p)
{
	struct lambda_node *n = parse_new(p, LAMBDA, lambda);

	if (p->t->kind != '(')
		parse_push(p, &n->params, parse_ident(p));
	else if (parse_peek(p, 1) == ')')
		p->t += 2;
	else
		parse_columns(p, &n->params);
	parse_expect(p, TK_ARROW);
	n->body = parse_expression(p);
	return parse_end(p, n);
}

static bool
is_lambda(const struct parser *p)
{
	int i = 1;

	if (parse_is_name(p, 0))
		return parse_peek(p, 1) == TK_ARROW;
	if (p->t->kind != '(')
		return false;
	if (parse_peek(p, 1) == ')')
		return true;
	if (!parse_is_columns(p, 0))
		return false;
	while (parse_peek(p, i) != ')')
		i++;
	return parse_peek(p, i + 1) == TK_ARROW;
}

/* (e), (e, e), (query), ((query) UNION query) */
static struct node *
parse_parentheses(struct parser *p)
{
	const struct token *open = p->t;
	struct unary_node *query;
	struct row_node *row;
	struct node *first;

	if (parse_starts_query(p, 1))
		return parse_subquery(p, NODE_SUBQUERY);
	p->t++;
	if (p->recording)
		parse_record(p, EXPECT_QUERY);
	first = parse_expression(p);
	if (first->kind == NODE_SUBQUERY
	    && (p->t->kind == ')' || parse_goes_on_as_query(p))) {
		query = parse_new_at(p, SUBQUERY, unary, open);
		query->value = (struct node *)parse_query_from(p, first);
		parse_expect(p, ')');
		return parse_end(p, query);
	}
	if (parse_accept(p, ')')) {
		first->start = open->at;
		return parse_end(p, first);
	}
	row = parse_new_at(p, ROW, row, open);
	parse_push(p, &row->items, first);
	while (parse_accept(p, ','))
		parse_push(p, &row->items, parse_expression(p));
	parse_expect(p, ')');
	return parse_end(p, row);
}

static struct node *
parse_measure_over(struct parser *p)
{
	struct window_operation_node *n = parse_new(p, WINDOW_OPERATION,
	    window_operation);

	n->name = parse_ident(p);
	n->over = parse_over(p);
	return parse_end(p, n);
}

/* name.name::method( */
static bool
is_static_call(const struct parser *p)
{
	int i = 0;

	while (parse_is_name(p, i)) {
		if (parse_peek(p, i + 1) == TK_COLONS)
			return true;
		if (parse_peek(p, i + 1) != '.')
			return false;
		i += 2;
	}
	return false;
}

/* A method's name: any word. */
static struct ident_node *
parse_method_name(struct parser *p)
{
	const struct token *t = p->t;
	struct ident_node *id;

	if (t->kind < TK_KEYWORDS || parse_is_name(p, 0))
		return parse_ident(p);
	p->t++;
	id = parse_make_ident(p, arena_strndup(p->arena, p->text.p + t->at,
	    t->len), false, t);
	return id;
}

static struct node *
parse_static_call(struct parser *p)
{
	struct method_call_node *n = parse_new(p, STATIC_METHOD_CALL,
	    method_call);

	n->receiver = (struct node *)parse_name(p);
	parse_expect(p, TK_COLONS);
	n->method = parse_method_name(p);
	parse_expect(p, '(');
	parse_arguments(p, &n->args);
	return parse_end(p, n);
}

static struct node *
parse_base(struct parser *p)
{
	struct node *n;

	if ((n = parse_literal(p)) != NULL
	    || (n = parse_special(p)) != NULL)
		return n;
	if (p->t->kind == '?')
		return parse_parameter(p);
	if (is_lambda(p))
		return parse_lambda(p);
	if (p->t->kind == '(')
		return parse_parentheses(p);
	if (parse_is_name(p, 0)) {
		if (parse_is_call(p))
			return parse_call(p);
		if (is_static_call(p))
			return parse_static_call(p);
		if (parse_peek(p, 1) == KW_OVER) {
			p->t++;
			if (parse_is_over(p)) {
				p->t--;
				return parse_measure_over(p);
			}
			p->t--;
		}
		return (struct node *)parse_ident(p);
	}
	parse_enter(p, EXPECT_EXPRESSION);
	parse_unexpected(p);
}

/* .name, .'name', .method(..); NULL: .* is no part of the expression. */
static struct node *
parse_member(struct parser *p, struct node *base)
{
	enum token_kind next = parse_peek(p, 1);
	struct method_call_node *call;
	struct dereference_node *n;
	const struct token *t;
	struct str text;

	if (next == '*')
		return NULL;
	p->t++;
	if (parse_peek(p, 1) == '(' && (next >= TK_KEYWORDS
	    || parse_is_name(p, 0))) {
		call = parse_new(p, METHOD_CALL, method_call);
		parse_start_at(p, call, base);
		call->receiver = base;
		call->method = parse_method_name(p);
		p->t++;
		parse_arguments(p, &call->args);
		return parse_end(p, call);
	}
	n = parse_new(p, DEREFERENCE, dereference);
	parse_start_at(p, n, base);
	n->base = base;
	if (parse_is_string(p, 0)) {
		t = p->t;
		text = parse_string_value(p);
		n->field = parse_make_ident(p, text.p, true, t);
	} else {
		if (p->recording) {
			parse_record(p, '*');
			parse_record(p, EXPECT_STRING);
		}
		n->field = parse_ident(p);
	}
	return parse_end(p, n);
}

/* [index], [*] */
static struct node *
parse_subscript(struct parser *p, struct node *base)
{
	struct unary_node *all;
	struct subscript_node *n;

	p->t++;
	if (parse_at(p, '*')) {
		all = parse_new(p, WILDCARD_SUBSCRIPT, unary);
		parse_start_at(p, all, base);
		all->value = base;
		p->t++;
		parse_expect(p, ']');
		return parse_end(p, all);
	}
	n = parse_new(p, SUBSCRIPT, subscript);
	parse_start_at(p, n, base);
	n->base = base;
	n->index = parse_value_expression(p);
	parse_expect(p, ']');
	return parse_end(p, n);
}

struct node *
parse_primary(struct parser *p)
{
	struct node *n, *member;
	int chain = 0;

	n = parse_base(p);
	for (;;) {
		if (++chain > SQL_DEPTH_MAX)
			parse_too_large(p);
		if (parse_at(p, '.')) {
			member = parse_member(p, n);
			if (member == NULL)
				break;
			n = member;
		} else if (parse_at(p, '[')) {
			n = parse_subscript(p, n);
		} else {
			break;
		}
	}
	p->primary = n;
	return n;
}
