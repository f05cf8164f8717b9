/* SPDX-License-Identifier: Apache-2.0
 * bind_call.c - function calls: names, lambdas, which function is meant. */
#include "plan/binder.h"
#include "sql/print.h"

/* The function's name: system.builtin.f and builtin-less names are the
 * same.  NULL: no such function (the error is set). */
static int
call_name(struct binder *b, const struct call_node *n, struct str *out)
{
	const struct node_list *parts = &n->name->parts;
	const struct ident_node *last =
	    (const struct ident_node *)parts->v[parts->n - 1];
	struct sbuf text = { 0 };
	int rc;

	*out = last->lower;
	if (parts->n == 1)
		return 0;
	if (parts->n == 3 &&
	    str_eq(((struct ident_node *)parts->v[0])->lower, STR("system")) &&
	    str_eq(((struct ident_node *)parts->v[1])->lower, STR("builtin")))
		return 0;
	for (int i = 0; i < parts->n; i++) {
		if (i > 0)
			sbuf_addc(&text, '.');
		sbuf_adds(&text, ((struct ident_node *)parts->v[i])->lower);
	}
	if (parts->n > 3)
		rc = bind_error(b, NULL, ERR_FUNCTION_NOT_FOUND,
		    "Invalid function name: %s", sbuf_z(&text));
	else
		rc = bind_error(b, &n->node, ERR_FUNCTION_NOT_FOUND,
		    "Function '%s' not registered", sbuf_z(&text));
	sbuf_release(&text);
	return rc;
}

/* Binds the lambda's body for parameters of the given types. */
static int
bind_lambda(struct binder *b, struct expr_context *c,
    const struct lambda_node *n, const struct type *const *types, int count,
    struct expr **out)
{
	struct str *names = arena_array(b->arena, struct str, count + 1);
	struct lambda_scope scope = { .parent = c->lambda, .n = count,
		.names = names, .types = types, .first = b->next_lambda };
	struct expr_context inner = *c;
	struct expr *body, *x;
	int rc;

	if (n->params.n != count)
		return bind_error(b, &n->node, ERR_INVALID_PARAMETER_USAGE,
		    "Expected a lambda that takes %d argument(s) but got %d",
		    count, n->params.n);
	for (int i = 0; i < count; i++)
		names[i] = ((struct ident_node *)n->params.v[i])->lower;
	b->next_lambda += count;
	inner.lambda = &scope;
	inner.in_lambda = true;
	inner.subqueries = NULL;
	inner.aggs = NULL;
	inner.windows = NULL;
	if ((rc = bind_expr(b, &inner, n->body, &body)) != 0)
		return rc;
	x = expr_new(b->pool, EXPR_LAMBDA, type_function(b->arena, count,
	    types, body->type), 1);
	x->arg[0] = body;
	x->input = scope.first;
	x->n_params = count;
	*out = x;
	return 0;
}

struct call_args {
	struct str name;
	int n;
	struct node *const *nodes;
	struct expr **v;
	const struct type **types;      /* NULL: a lambda not yet bound */
};

/* Binds lambda i; *changed when its type is not what it was. */
static int
bind_lambda_arg(struct binder *b, struct expr_context *c,
    struct call_args *a, int i, bool *changed)
{
	const struct type **params = arena_array(b->arena,
	    const struct type *, FUNC_MAX_ARGS);
	const struct type *before = a->types[i];
	int count, rc;

	if ((rc = func_lambda_types(b->arena, a->name, a->types, a->n, i,
	    params, &count, b->err)) != 0) {
		b->err->line = 0;
		return rc;
	}
	if ((rc = bind_lambda(b, c, (struct lambda_node *)a->nodes[i], params,
	    count, &a->v[i])) != 0)
		return rc;
	a->types[i] = a->v[i]->type;
	*changed |= before == NULL || !type_equal(before, a->types[i]);
	return 0;
}

static int
bind_lambdas(struct binder *b, struct expr_context *c, const struct node *n,
    struct call_args *a)
{
	bool changed = true;
	int rc;

	for (int round = 0; changed && round < 4; round++) {
		changed = false;
		for (int i = 0; i < a->n; i++) {
			if (a->nodes[i]->kind != NODE_LAMBDA)
				continue;
			rc = bind_lambda_arg(b, c, a, i, &changed);
			if (rc != 0)
				return bind_place(b, n);
		}
	}
	return 0;
}

/* An argument as the function wants it; a lambda's result is cast within. */
static struct expr *
coerce_arg(struct binder *b, struct expr *x, const struct type *t)
{
	struct expr *y;

	if (x->kind != EXPR_LAMBDA)
		return bind_coerce(b, x, t);
	if (type_equal(x->type, t) || t->id != TYPE_FUNCTION)
		return x;
	y = expr_new(b->pool, EXPR_LAMBDA, t, 1);
	y->input = x->input;
	y->n_params = x->n_params;
	y->arg[0] = bind_coerce(b, x->arg[0], t->child[t->n - 1]);
	return y;
}

int
bind_call_args(struct binder *b, struct expr_context *c, struct node *n,
    struct func_match *match, struct expr ***out)
{
	const struct call_node *call = (const struct call_node *)n;
	struct call_args a = { .n = call->args.n, .nodes = call->args.v };
	int rc;

	if ((rc = call_name(b, call, &a.name)) != 0)
		return rc;
	a.v = arena_array(b->arena, struct expr *, a.n + 1);
	a.types = arena_array(b->arena, const struct type *, a.n + 1);
	for (int i = 0; i < a.n; i++) {
		if (a.nodes[i]->kind == NODE_LAMBDA)
			continue;
		if (a.nodes[i]->kind == NODE_ARGUMENT)
			return bind_error(b, a.nodes[i], ERR_NOT_SUPPORTED,
			    "Named arguments are not supported for function "
			    "%.*s", STR_ARG(a.name));
		if ((rc = bind_expr(b, c, a.nodes[i], &a.v[i])) != 0)
			return rc;
		a.types[i] = a.v[i]->type;
	}
	if (!func_exists(a.name))
		return bind_error(b, n, ERR_FUNCTION_NOT_FOUND,
		    "Function '%.*s' not registered", STR_ARG(a.name));
	if ((rc = bind_lambdas(b, c, n, &a)) != 0)
		return rc;
	if (func_find(b->arena, a.name, a.types, a.n, match, b->err) != 0) {
		b->err->line = 0;
		return bind_place(b, n);
	}
	for (int i = 0; i < a.n; i++)
		a.v[i] = coerce_arg(b, a.v[i], match->args[i]);
	*out = a.v;
	return 0;
}

static int
check_scalar(struct binder *b, const struct call_node *n)
{
	if (n->distinct)
		return bind_error(b, &n->node, ERR_FUNCTION_NOT_AGGREGATE,
		    "DISTINCT is not supported for non-aggregation functions");
	if (n->order_by != NULL)
		return bind_error(b, &n->node, ERR_FUNCTION_NOT_AGGREGATE,
		    "ORDER BY is only valid for aggregation functions");
	if (n->filter != NULL)
		return bind_error(b, &n->node, ERR_FUNCTION_NOT_AGGREGATE,
		    "Filter is only valid for aggregation functions");
	return 0;
}

int
bind_call(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	const struct call_node *call = (const struct call_node *)n;
	struct func_match match;
	struct expr **args, *x;
	int rc;

	if (call->over != NULL)
		return bind_window_call(b, c, n, out);
	if (bind_is_aggregate(n))
		return bind_agg_call(b, c, n, out);
	if ((rc = bind_call_args(b, c, n, &match, &args)) != 0)
		return rc;
	if (match.window != NULL)
		return bind_error(b, n, ERR_MISSING_OVER,
		    "Window function system.builtin.%.*s requires an "
		    "OVER clause",
		    STR_ARG(((struct ident_node *)call->name->parts.v[0])
		    ->lower));
	if ((rc = check_scalar(b, call)) != 0)
		return rc;
	x = expr_new(b->pool, EXPR_CALL, match.result, call->args.n);
	x->func = match.func;
	x->line = n->line;
	x->column = n->column;
	if (call->args.n > 0)
		memcpy(x->arg, args, sizeof(*args) * (size_t)call->args.n);
	*out = x;
	return 0;
}
