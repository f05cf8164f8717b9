/* SPDX-License-Identifier: Apache-2.0
 * print_expr.c - expressions as text, with parentheses around whatever has
 * an operator, as Trino's ExpressionFormatter writes them. */
#include "sql/printer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sql/parse.h"

static void
put_doubled(struct sbuf *to, struct str text, char quote)
{
	size_t i;

	sbuf_addc(to, quote);
	for (i = 0; i < text.n; i++) {
		sbuf_addc(to, text.p[i]);
		if (text.p[i] == quote)
			sbuf_addc(to, quote);
	}
	sbuf_addc(to, quote);
}

void
put_quoted(struct sbuf *to, struct str text)
{
	put_doubled(to, text, '\'');
}

void
put_ident(struct sbuf *to, const struct ident_node *id)
{
	if (id->quoted || sql_is_reserved(id->value))
		put_doubled(to, id->value, '"');
	else
		sbuf_adds(to, id->value);
}

void
put_name(struct sbuf *to, const struct name_node *name)
{
	int i;

	for (i = 0; i < name->parts.n; i++) {
		put_if(to, i > 0, ".");
		put_ident(to, (struct ident_node *)name->parts.v[i]);
	}
}

/* In a list of arguments a lambda needs no parentheses. */
static void
put_argument(struct sbuf *to, const struct node *n)
{
	const struct lambda_node *l = (const struct lambda_node *)n;
	const struct argument_node *a = (const struct argument_node *)n;

	if (n->kind == NODE_LAMBDA) {
		put_parens(to, &l->params);
		sbuf_addz(to, " -> ");
		put_argument(to, l->body);
	} else if (n->kind == NODE_ARGUMENT) {
		put_ident(to, a->name);
		sbuf_addz(to, " => ");
		put_argument(to, a->value);
	} else {
		put_expression(to, n);
	}
}

void
put_list(struct sbuf *to, const struct node_list *l)
{
	int i;

	for (i = 0; i < l->n; i++) {
		put_if(to, i > 0, ", ");
		put_argument(to, l->v[i]);
	}
}

void
put_parens(struct sbuf *to, const struct node_list *l)
{
	sbuf_addc(to, '(');
	put_list(to, l);
	sbuf_addc(to, ')');
}

/* Shortest digits that read back, as 1.5E0. */
static void
put_double(struct sbuf *to, double v)
{
	char digits[40];
	int precision;
	char *e, *end;

	if (isinf(v)) {
		sbuf_addz(to, v < 0 ? "-1E999" : "1E999");
		return;
	}
	for (precision = 0; precision < 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*e", precision, v);
		if (strtod(digits, NULL) == v)
			break;
	}
	e = strchr(digits, 'e');
	for (end = e; end > digits && strchr(digits, '.') != NULL
	    && end[-1] == '0';)
		end--;
	if (end > digits && end[-1] == '.')
		end--;
	sbuf_addf(to, "%.*sE%d", (int)(end - digits), digits, atoi(e + 1));
}

static bool
put_literal(struct sbuf *to, const struct node *n)
{
	const struct text_literal_node *text = (const void *)n;
	const struct generic_literal_node *typed = (const void *)n;
	const struct interval_literal_node *interval = (const void *)n;
	size_t i;

	switch (n->kind) {
	case NODE_NULL_LITERAL:
		sbuf_addz(to, "null");
		return true;
	case NODE_BOOLEAN_LITERAL:
		sbuf_addz(to, ((const struct boolean_literal_node *)n)->value
		    ? "true" : "false");
		return true;
	case NODE_LONG_LITERAL:
		sbuf_adds(to, ((const struct long_literal_node *)n)->text);
		return true;
	case NODE_DOUBLE_LITERAL:
		put_double(to, ((const struct double_literal_node *)n)->value);
		return true;
	case NODE_DECIMAL_LITERAL:
		sbuf_addz(to, "DECIMAL ");
		put_quoted(to, text->value);
		return true;
	case NODE_STRING_LITERAL:
		put_quoted(to, text->value);
		return true;
	case NODE_BINARY_LITERAL:
		sbuf_addz(to, "X'");
		for (i = 0; i < text->value.n; i++)
			sbuf_addf(to, "%02X", (uint8_t)text->value.p[i]);
		sbuf_addc(to, '\'');
		return true;
	case NODE_GENERIC_LITERAL:
		put_ident(to, typed->type);
		sbuf_addc(to, ' ');
		put_quoted(to, typed->value);
		return true;
	case NODE_INTERVAL_LITERAL:
		sbuf_addz(to, interval->negative ? "INTERVAL -"
		    : "INTERVAL ");
		put_quoted(to, interval->value);
		sbuf_addc(to, ' ');
		put_qualifier(to, &interval->qualifier);
		return true;
	default:
		return false;
	}
}

/* How many left-deep operators may be nested in parentheses; longer chains
 * get only those that they need, since parentheses may not nest deeply. */
enum { NESTED_MAX = 100 };

/* The operators of a left-deep chain, the outermost first. */
struct spine {
	const struct node **v;
	int n, cap;
};

static void
spine_push(struct spine *s, const struct node *n)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->v = xrealloc(s->v, (size_t)s->cap * sizeof(*s->v));
	}
	s->v[s->n++] = n;
}

static const struct binary_node *
binary_at(const struct spine *s, int i)
{
	return (const struct binary_node *)s->v[i];
}

/* Does the i-th operator of the chain stand in parentheses? */
static bool
is_wrapped(const struct spine *s, int i)
{
	bool weak;

	if (i == 0 || s->n <= NESTED_MAX)
		return true;
	weak = binary_at(s, i)->op == '+' || binary_at(s, i)->op == '-';
	return weak && binary_at(s, i - 1)->op != '+'
	    && binary_at(s, i - 1)->op != '-';
}

static void
put_binary(struct sbuf *to, const struct node *n)
{
	struct spine s = { NULL, 0, 0 };
	int i;

	for (; n->kind == NODE_BINARY;
	    n = ((const struct binary_node *)n)->left)
		spine_push(&s, n);
	for (i = 0; i < s.n; i++)
		put_if(to, is_wrapped(&s, i), "(");
	put_expression(to, n);
	for (i = s.n - 1; i >= 0; i--) {
		sbuf_addf(to, " %c ", binary_at(&s, i)->op);
		put_expression(to, binary_at(&s, i)->right);
		put_if(to, is_wrapped(&s, i), ")");
	}
	free(s.v);
}

/* A plain concat(a, b) as || makes it. */
static bool
is_concat(const struct node *n)
{
	const struct call_node *c = (const struct call_node *)n;

	return n->kind == NODE_CALL && c->args.n == 2
	    && c->name->parts.n == 1 && c->mode == PROCESS_DEFAULT
	    && c->nulls == NULLS_DEFAULT && !c->distinct
	    && c->order_by == NULL && c->filter == NULL && c->over == NULL
	    && c->args.v[0]->kind != NODE_ARGUMENT
	    && c->args.v[1]->kind != NODE_ARGUMENT
	    && str_eq(((struct ident_node *)c->name->parts.v[0])->value,
	    STR("concat"));
}

static const struct call_node *
call_at(const struct spine *s, int i)
{
	return (const struct call_node *)s->v[i];
}

static void
put_concat(struct sbuf *to, const struct node *n)
{
	struct spine s = { NULL, 0, 0 };
	bool wrapped;
	int i;

	for (; is_concat(n); n = ((const struct call_node *)n)->args.v[0])
		spine_push(&s, n);
	wrapped = s.n <= NESTED_MAX;
	if (!wrapped)
		sbuf_addc(to, '(');
	for (i = 0; wrapped && i < s.n; i++) {
		put_name(to, call_at(&s, i)->name);
		sbuf_addc(to, '(');
	}
	if (wrapped)
		put_argument(to, n);
	else
		put_expression(to, n);
	for (i = s.n - 1; i >= 0; i--) {
		n = call_at(&s, i)->args.v[1];
		sbuf_addz(to, wrapped ? ", " : " || ");
		if (wrapped)
			put_argument(to, n);
		else
			put_expression(to, n);
		put_if(to, wrapped || i == 0, ")");
	}
	free(s.v);
}

/* -(1), since -1 is a literal. */
static void
put_minus(struct sbuf *to, const struct node *value)
{
	size_t at;

	sbuf_addc(to, '-');
	at = to->n;
	put_expression(to, value);
	if (to->p[at] == '(' && value->kind != NODE_METHOD_CALL
	    && value->kind != NODE_SUBSCRIPT
	    && value->kind != NODE_DEREFERENCE)
		return;
	sbuf_addz(to, "()");
	memmove(to->p + at + 1, to->p + at, to->n - at - 2);
	to->p[at] = '(';
	to->p[to->n - 1] = ')';
}

/* What .field, [i] or AT stands behind: in parentheses when these would
 * bind to a part of it only. */
static void
put_base(struct sbuf *to, const struct node *n)
{
	bool wrap = n->kind == NODE_AT_TIME_ZONE || n->kind == NODE_AT_LOCAL
	    || n->kind == NODE_UNARY || n->kind == NODE_LONG_LITERAL
	    || n->kind == NODE_DOUBLE_LITERAL;

	put_if(to, wrap, "(");
	put_expression(to, n);
	put_if(to, wrap, ")");
}

static void
put_filter(struct sbuf *to, const struct node *filter)
{
	if (filter == NULL)
		return;
	sbuf_addz(to, " FILTER (WHERE ");
	put_expression(to, filter);
	sbuf_addc(to, ')');
}

static bool
is_listagg(const struct call_node *n)
{
	return n->name->parts.n == 1 && n->args.n == 5
	    && str_eq(((struct ident_node *)n->name->parts.v[0])->lower,
	    STR("listagg")) && n->args.v[2]->kind == NODE_BOOLEAN_LITERAL
	    && n->args.v[4]->kind == NODE_BOOLEAN_LITERAL
	    && n->order_by != NULL;
}

static void
put_listagg(struct sbuf *to, const struct call_node *n)
{
	sbuf_addz(to, n->distinct ? "LISTAGG(DISTINCT " : "LISTAGG(");
	put_argument(to, n->args.v[0]);
	sbuf_addz(to, ", ");
	put_expression(to, n->args.v[1]);
	if (((struct boolean_literal_node *)n->args.v[2])->value) {
		sbuf_addz(to, " ON OVERFLOW  ERROR");
	} else {
		sbuf_addz(to, " ON OVERFLOW  TRUNCATE ");
		put_expression(to, n->args.v[3]);
		sbuf_addz(to, ((struct boolean_literal_node *)
		    n->args.v[4])->value ? " WITH COUNT"
		    : " WITHOUT COUNT");
	}
	sbuf_addz(to, ") WITHIN GROUP (");
	put_order_by(to, n->order_by);
	sbuf_addc(to, ')');
	put_filter(to, n->filter);
	if (n->over != NULL)
		put_over(to, n->over);
}

static void
put_call(struct sbuf *to, const struct call_node *n)
{
	static const char *const modes[] = { "", "RUNNING ", "FINAL " };
	static const char *const nulls[] = {
		"", " IGNORE NULLS", " RESPECT NULLS",
	};

	if (is_listagg(n)) {
		put_listagg(to, n);
		return;
	}
	sbuf_addz(to, modes[n->mode]);
	put_name(to, n->name);
	sbuf_addc(to, '(');
	put_if(to, n->distinct, "DISTINCT ");
	put_if(to, n->star, "*");
	put_list(to, &n->args);
	if (n->order_by != NULL) {
		sbuf_addc(to, ' ');
		put_order_by(to, n->order_by);
	}
	sbuf_addc(to, ')');
	put_filter(to, n->filter);
	sbuf_addz(to, nulls[n->nulls]);
	if (n->over != NULL)
		put_over(to, n->over);
}

static void
put_method_name(struct sbuf *to, const struct ident_node *id)
{
	if (id->quoted)
		put_doubled(to, id->value, '"');
	else
		sbuf_adds(to, id->value);
}

static void
put_member(struct sbuf *to, const struct node *n)
{
	const struct method_call_node *call = (const void *)n;
	const struct dereference_node *d = (const void *)n;
	const struct subscript_node *s = (const void *)n;

	switch (n->kind) {
	case NODE_METHOD_CALL:
		sbuf_addc(to, '(');
		put_expression(to, call->receiver);
		sbuf_addz(to, ").");
		put_method_name(to, call->method);
		put_parens(to, &call->args);
		break;
	case NODE_STATIC_METHOD_CALL:
		put_name(to, (const struct name_node *)call->receiver);
		sbuf_addz(to, "::");
		put_method_name(to, call->method);
		put_parens(to, &call->args);
		break;
	case NODE_DEREFERENCE:
		put_base(to, d->base);
		sbuf_addc(to, '.');
		if (d->field == NULL)
			sbuf_addc(to, '*');
		else if (d->field->value.n == 0)
			sbuf_addz(to, "''");
		else
			put_ident(to, d->field);
		break;
	default:
		put_base(to, s->base);
		sbuf_addc(to, '[');
		put_expression(to, s->index);
		sbuf_addc(to, ']');
	}
}

static void
put_logical(struct sbuf *to, const struct logical_node *n)
{
	int i;

	sbuf_addc(to, '(');
	for (i = 0; i < n->terms.n; i++) {
		put_if(to, i > 0, n->is_or ? " OR " : " AND ");
		put_expression(to, n->terms.v[i]);
	}
	sbuf_addc(to, ')');
}

static void
put_unary(struct sbuf *to, const struct unary_node *n)
{
	switch (n->node.kind) {
	case NODE_UNARY:
		if (n->sign == '-') {
			put_minus(to, n->value);
			return;
		}
		sbuf_addc(to, '+');
		put_base(to, n->value);
		return;
	case NODE_NOT:
		sbuf_addz(to, "(NOT ");
		break;
	case NODE_EXISTS:
		sbuf_addz(to, "(EXISTS ");
		break;
	case NODE_UNIQUE:
		sbuf_addz(to, "(UNIQUE ");
		break;
	case NODE_TRY:
		sbuf_addz(to, "TRY(");
		put_argument(to, n->value);
		sbuf_addc(to, ')');
		return;
	case NODE_SUBQUERY:
		sbuf_addc(to, '(');
		put_query(to, (const struct query_node *)n->value, 0);
		sbuf_addc(to, ')');
		return;
	case NODE_WILDCARD_SUBSCRIPT:
		put_base(to, n->value);
		sbuf_addz(to, "[*]");
		return;
	default:                        /* AT LOCAL */
		put_base(to, n->value);
		sbuf_addz(to, " AT LOCAL");
		return;
	}
	put_expression(to, n->value);
	sbuf_addc(to, ')');
}

static bool
put_operator(struct sbuf *to, const struct node *n)
{
	const struct binary_node *b = (const struct binary_node *)n;

	switch (n->kind) {
	case NODE_BINARY:
		put_binary(to, n);
		return true;
	case NODE_AT_TIME_ZONE:
		put_base(to, b->left);
		sbuf_addz(to, " AT TIME ZONE ");
		put_expression(to, b->right);
		return true;
	case NODE_LOGICAL:
		put_logical(to, (const struct logical_node *)n);
		return true;
	case NODE_UNARY: case NODE_NOT: case NODE_EXISTS: case NODE_UNIQUE:
	case NODE_TRY: case NODE_SUBQUERY: case NODE_WILDCARD_SUBSCRIPT:
	case NODE_AT_LOCAL:
		put_unary(to, (const struct unary_node *)n);
		return true;
	case NODE_METHOD_CALL: case NODE_STATIC_METHOD_CALL:
	case NODE_DEREFERENCE: case NODE_SUBSCRIPT:
		put_member(to, n);
		return true;
	default:
		return false;
	}
}

void
put_expression(struct sbuf *to, const struct node *n)
{
	if (put_literal(to, n) || put_operator(to, n))
		return;
	switch (n->kind) {
	case NODE_IDENT:
		put_ident(to, (const struct ident_node *)n);
		break;
	case NODE_NAME:
		put_name(to, (const struct name_node *)n);
		break;
	case NODE_PARAMETER:
		sbuf_addc(to, '?');
		break;
	case NODE_CALL:
		if (is_concat(n))
			put_concat(to, n);
		else
			put_call(to, (const struct call_node *)n);
		break;
	case NODE_LAMBDA:
		sbuf_addc(to, '(');
		put_argument(to, n);
		sbuf_addc(to, ')');
		break;
	case NODE_ARGUMENT:
		put_argument(to, n);
		break;
	case NODE_JSON_EXISTS: case NODE_JSON_VALUE: case NODE_JSON_QUERY:
	case NODE_JSON_OBJECT: case NODE_JSON_ARRAY: case NODE_JSON_PATH:
	case NODE_JSON_PASSING: case NODE_JSON_MEMBER:
		put_json(to, n);
		break;
	case NODE_GENERIC_TYPE: case NODE_DATETIME_TYPE:
	case NODE_INTERVAL_TYPE: case NODE_ROW_TYPE:
	case NODE_ROW_TYPE_FIELD: case NODE_FUNCTION_PARAMETER:
		put_type(to, n);
		break;
	default:
		put_special(to, n);
	}
}
