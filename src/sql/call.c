/* SPDX-License-Identifier: Apache-2.0
 * call.c - parses function calls, and those calls that are nodes of their
 * own: if, nullif, coalesce, try, format. */
#include "sql/parser.h"

static bool
is_mode(const struct parser *p)
{
	return (p->t->kind == KW_RUNNING || p->t->kind == KW_FINAL)
	    && parse_is_name(p, 1);
}

/* [RUNNING | FINAL] name.name( */
bool
parse_is_call(const struct parser *p)
{
	int i = is_mode(p) ? 1 : 0;

	while (parse_is_name(p, i)) {
		if (parse_peek(p, i + 1) == '(')
			return true;
		if (parse_peek(p, i + 1) != '.')
			return false;
		i += 2;
	}
	return false;
}

static struct node *
parse_argument(struct parser *p)
{
	struct argument_node *n;

	if (p->recording)
		parse_record(p, EXPECT_IDENTIFIER);
	if (!parse_is_name(p, 0) || parse_peek(p, 1) != TK_NAMED)
		return parse_expression(p);
	n = parse_new(p, ARGUMENT, argument);
	n->name = parse_ident(p);
	p->t++;
	n->value = parse_expression(p);
	return parse_end(p, n);
}

void
parse_arguments(struct parser *p, struct node_list *l)
{
	if (parse_accept(p, ')'))
		return;
	do
		parse_push(p, l, parse_argument(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
}

static bool
has_named(const struct call_node *call)
{
	int i;

	for (i = 0; i < call->args.n; i++)
		if (call->args.v[i]->kind == NODE_ARGUMENT)
			return true;
	return false;
}

static void
check(struct parser *p, const struct call_node *call, bool good,
    const char *fmt)
{
	if (!good)
		parse_fail_node(p, &call->node, fmt,
		    call->name == NULL ? "" : ((struct ident_node *)
		    call->name->parts.v[0])->lower.p);
}

/* The clauses that these functions do not take. */
static void
check_clauses(struct parser *p, const struct call_node *c)
{
	check(p, c, c->over == NULL,
	    "OVER clause not valid for '%s' function");
	check(p, c, !c->distinct, "DISTINCT not valid for '%s' function");
	check(p, c, c->nulls == NULLS_DEFAULT,
	    "Null treatment clause not valid for '%s' function");
	check(p, c, c->mode == PROCESS_DEFAULT,
	    "Running or final semantics not valid for '%s' function");
	check(p, c, c->filter == NULL, "FILTER not valid for '%s' function");
	check(p, c, !has_named(c),
	    "Named arguments are not supported for '%s' function");
}

static void *
replace(struct parser *p, const struct call_node *call, enum node_kind kind,
    size_t size)
{
	struct node *n = parse_node_at(p, kind, size, p->t);

	n->line = call->node.line;
	n->column = call->node.column;
	n->start = call->node.start;
	n->end = call->node.end;
	return n;
}

static struct node *
make_if(struct parser *p, const struct call_node *call)
{
	struct if_node *n;

	check(p, call, call->args.n == 2 || call->args.n == 3,
	    "Invalid number of arguments for '%s' function");
	check_clauses(p, call);
	n = replace(p, call, NODE_IF, sizeof(*n));
	n->condition = call->args.v[0];
	n->then = call->args.v[1];
	n->otherwise = call->args.n > 2 ? call->args.v[2] : NULL;
	return &n->node;
}

static struct node *
make_nullif(struct parser *p, const struct call_node *call)
{
	struct binary_node *n;

	check(p, call, call->args.n == 2,
	    "Invalid number of arguments for '%s' function");
	check_clauses(p, call);
	n = replace(p, call, NODE_NULLIF, sizeof(*n));
	n->left = call->args.v[0];
	n->right = call->args.v[1];
	return &n->node;
}

static struct node *
make_try(struct parser *p, const struct call_node *call)
{
	struct unary_node *n;

	check(p, call, call->args.n == 1,
	    "The '%s' function must have exactly one argument");
	check_clauses(p, call);
	n = replace(p, call, NODE_TRY, sizeof(*n));
	n->value = call->args.v[0];
	return &n->node;
}

static struct node *
make_operands(struct parser *p, const struct call_node *call,
    enum node_kind kind, const char *message)
{
	struct operands_node *n;

	check(p, call, call->args.n >= 2, message);
	check_clauses(p, call);
	n = replace(p, call, kind, sizeof(*n));
	n->list = call->args;
	return &n->node;
}

/* The call itself, or the node that Trino makes of it. */
static struct node *
finish(struct parser *p, struct call_node *call)
{
	struct str name;

	name = ((struct ident_node *)
	    call->name->parts.v[call->name->parts.n - 1])->lower;
	/* count() is count(*) */
	if (call->args.n == 0 && str_eq(name, STR("count")))
		call->star = true;
	if (call->name->parts.n != 1)
		return &call->node;
	name = ((struct ident_node *)call->name->parts.v[0])->lower;
	if (str_eq(name, STR("if")))
		return make_if(p, call);
	if (str_eq(name, STR("nullif")))
		return make_nullif(p, call);
	if (str_eq(name, STR("try")))
		return make_try(p, call);
	if (str_eq(name, STR("coalesce")))
		return make_operands(p, call, NODE_COALESCE, "The '%s' "
		    "function must have at least two arguments");
	if (str_eq(name, STR("format")))
		return make_operands(p, call, NODE_FORMAT, "The '%s' "
		    "function must have at least two arguments");
	return &call->node;
}

/* FILTER (WHERE ..) */
static struct node *
parse_filter(struct parser *p)
{
	struct node *condition;

	if (!parse_at(p, KW_FILTER) || parse_peek(p, 1) != '(')
		return NULL;
	p->t += 2;
	parse_expect(p, KW_WHERE);
	condition = parse_expression(p);
	parse_expect(p, ')');
	return condition;
}

/* What stands behind the ')'. */
static struct node *
parse_tail(struct parser *p, struct call_node *call)
{
	call->filter = parse_filter(p);
	parse_at(p, KW_IGNORE);
	parse_at(p, KW_RESPECT);
	if (!call->star && parse_peek(p, 1) == KW_NULLS
	    && (p->t->kind == KW_IGNORE || p->t->kind == KW_RESPECT)) {
		call->nulls = parse_next(p)->kind == KW_IGNORE
		    ? NULLS_IGNORE : NULLS_RESPECT;
		p->t++;
		if (!parse_is_over(p))
			parse_expect(p, KW_OVER);
		call->over = parse_over(p);
	} else if (parse_at(p, KW_OVER) && parse_is_over(p)) {
		call->over = parse_over(p);
	}
	parse_end(p, call);
	return finish(p, call);
}

/* The arguments after the first ones, ORDER BY and what is behind. */
static struct node *
parse_rest(struct parser *p, struct call_node *call)
{
	while (parse_accept(p, ','))
		parse_push(p, &call->args, parse_argument(p));
	if (parse_at(p, KW_ORDER))
		call->order_by = parse_order_by(p);
	parse_expect(p, ')');
	return parse_tail(p, call);
}

struct node *
parse_call_after(struct parser *p, struct name_node *name,
    const struct token *start, struct node *first)
{
	struct call_node *call = parse_new_at(p, CALL, call, start);

	call->name = name;
	parse_push(p, &call->args, first);
	return parse_rest(p, call);
}

/* label.* as the only argument */
static struct node *
parse_label(struct parser *p)
{
	struct dereference_node *n = parse_new(p, DEREFERENCE, dereference);

	n->base = (struct node *)parse_ident(p);
	p->t += 2;
	return parse_end(p, n);
}

struct node *
parse_call(struct parser *p)
{
	struct call_node *call = parse_new(p, CALL, call);

	if (is_mode(p))
		call->mode = parse_next(p)->kind == KW_RUNNING
		    ? PROCESS_RUNNING : PROCESS_FINAL;
	call->name = parse_name(p);
	parse_expect(p, '(');
	if (parse_accept(p, '*')) {
		parse_expect(p, ')');
		call->star = true;
		return parse_tail(p, call);
	}
	if (parse_is_name(p, 0) && parse_peek(p, 1) == '.'
	    && parse_peek(p, 2) == '*' && parse_peek(p, 3) == ')') {
		parse_push(p, &call->args, parse_label(p));
		return parse_rest(p, call);
	}
	if (!parse_at(p, ')') && !parse_at(p, KW_ORDER)) {
		call->distinct = parse_set_quantifier(p);
		parse_push(p, &call->args, parse_argument(p));
	}
	return parse_rest(p, call);
}

static struct node *
make_boolean(struct parser *p, const struct token *at, bool value)
{
	struct boolean_literal_node *n = parse_new_at(p, BOOLEAN_LITERAL,
	    boolean_literal, at);

	n->value = value;
	return parse_end(p, n);
}

static struct node *
make_string(struct parser *p, const struct token *at, const char *value)
{
	struct text_literal_node *n = parse_new_at(p, STRING_LITERAL,
	    text_literal, at);

	n->value = str_of(value);
	return parse_end(p, n);
}

/* LISTAGG(x [, s] [ON OVERFLOW ..]) WITHIN GROUP (ORDER BY ..) */
struct node *
parse_listagg(struct parser *p)
{
	const struct token *start = p->t;
	struct call_node *call = parse_new(p, CALL, call);
	struct node *separator = make_string(p, start, "");
	struct node *filler = make_string(p, start, "...");
	bool fails = true, count = false;

	p->t++;
	call->name = parse_make_name(p, "LISTAGG", false, start);
	parse_expect(p, '(');
	call->distinct = parse_set_quantifier(p);
	parse_push(p, &call->args, parse_expression(p));
	if (parse_accept(p, ','))
		separator = parse_string(p);
	if (parse_accept(p, KW_ON)) {
		parse_expect(p, KW_OVERFLOW);
		fails = parse_either(p, KW_ERROR, KW_TRUNCATE);
		if (!fails) {
			if (parse_is_string(p, 0))
				filler = parse_string(p);
			count = parse_either(p, KW_WITH, KW_WITHOUT);
			parse_expect(p, KW_COUNT);
		}
	}
	parse_expect(p, ')');
	parse_push(p, &call->args, separator);
	parse_push(p, &call->args, make_boolean(p, start, fails));
	parse_push(p, &call->args, filler);
	parse_push(p, &call->args, make_boolean(p, start, count));
	parse_expect(p, KW_WITHIN);
	parse_expect(p, KW_GROUP);
	parse_expect(p, '(');
	call->order_by = parse_order_by(p);
	parse_expect(p, ')');
	call->filter = parse_filter(p);
	if (parse_is_over(p))
		call->over = parse_over(p);
	return parse_end(p, call);
}
