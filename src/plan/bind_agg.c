/* SPDX-License-Identifier: Apache-2.0
 * bind_agg.c - aggregate calls, and looking for them in trees. */
#include "plan/binder.h"
#include "sql/print.h"

/* The last part of a call's name. */
static struct str
call_lower(const struct call_node *n)
{
	const struct node_list *parts = &n->name->parts;

	return ((struct ident_node *)parts->v[parts->n - 1])->lower;
}

bool
bind_is_aggregate(const struct node *n)
{
	return n->kind == NODE_CALL &&
	    ((const struct call_node *)n)->over == NULL &&
	    func_is_aggregate(call_lower((const struct call_node *)n));
}

struct search {
	struct arena *arena;
	struct node_list found;
	bool aggregates, windows, groupings;
};

static int
search_node(void *arg, struct node *n)
{
	struct search *s = arg;

	if (n->kind == NODE_QUERY)
		return 1;
	if ((s->aggregates && bind_is_aggregate(n)) ||
	    (s->groupings && n->kind == NODE_GROUPING) ||
	    (s->windows && n->kind == NODE_CALL &&
	    ((struct call_node *)n)->over != NULL))
		arena_push(s->arena, &s->found, n);
	return 0;
}

static bool
search_any(struct node *n, bool aggregates, bool windows)
{
	struct arena a;
	struct search s = { .arena = &a, .aggregates = aggregates,
		.windows = windows };

	arena_init(&a);
	node_walk(n, search_node, &s);
	arena_release(&a);
	return s.found.n > 0;
}

bool
bind_has_aggregate(struct node *n)
{
	return search_any(n, true, false);
}

bool
bind_has_window(struct node *n)
{
	return search_any(n, false, true);
}

static int
first_window(void *arg, struct node *n)
{
	if (n->kind == NODE_QUERY)
		return 1;
	if (n->kind != NODE_CALL || ((struct call_node *)n)->over == NULL)
		return 0;
	*(struct node **)arg = n;
	return -1;
}

struct node *
bind_first_window(struct node *n)
{
	struct node *found = n;

	node_walk(n, first_window, &found);
	return found;
}

/* "[count(*), sum(x)]" */
static const char *
found_text(struct binder *b, const struct node_list *l)
{
	struct sbuf text = { 0 };
	char *z;

	sbuf_addc(&text, '[');
	for (int i = 0; i < l->n; i++) {
		if (i > 0)
			sbuf_addz(&text, ", ");
		sql_print_expression(&text, l->v[i]);
	}
	sbuf_addc(&text, ']');
	z = arena_strndup(b->arena, text.p, text.n);
	sbuf_release(&text);
	return z;
}

int
bind_no_aggregates(struct binder *b, struct node *n, const char *what)
{
	struct search s = { .arena = b->arena, .aggregates = true,
		.windows = true, .groupings = true };

	node_walk(n, search_node, &s);
	if (s.found.n == 0)
		return 0;
	return bind_error(b, n, ERR_EXPRESSION_NOT_SCALAR,
	    "%s cannot contain aggregations, window functions or grouping "
	    "operations: %s", what, found_text(b, &s.found));
}

/* What may not stand within an aggregate. */
static int
check_nesting(struct binder *b, const struct call_node *n)
{
	struct search aggs = { .arena = b->arena, .aggregates = true };
	struct search windows = { .arena = b->arena, .windows = true };

	for (int i = 0; i < n->args.n; i++) {
		node_walk(n->args.v[i], search_node, &aggs);
		node_walk(n->args.v[i], search_node, &windows);
	}
	if (n->filter != NULL)
		node_walk(n->filter, search_node, &aggs);
	if (n->order_by != NULL)
		node_walk(n->order_by, search_node, &aggs);
	if (windows.found.n > 0)
		return bind_error(b, &n->node, ERR_NESTED_WINDOW,
		    "Cannot nest window functions or row pattern measures "
		    "inside aggregation '%.*s': %s", STR_ARG(call_lower(n)),
		    found_text(b, &windows.found));
	if (aggs.found.n > 0)
		return bind_error(b, &n->node, ERR_NESTED_AGGREGATION,
		    "Cannot nest aggregations inside aggregation '%.*s': %s",
		    STR_ARG(call_lower(n)), found_text(b, &aggs.found));
	return 0;
}

/* ORDER BY within an aggregate. */
static int
bind_agg_order(struct binder *b, struct expr_context *c,
    const struct call_node *n, struct agg_call *call)
{
	const struct operands_node *o =
	    (const struct operands_node *)n->order_by;
	int count, rc;

	if (o == NULL)
		return 0;
	count = o->list.n;
	call->order = arena_array(b->arena, struct expr *, count);
	call->agg.order = arena_array(b->arena, struct plan_order, count);
	call->agg.n_order = count;
	for (int i = 0; i < count; i++) {
		const struct sort_item_node *s =
		    (const struct sort_item_node *)o->list.v[i];

		if ((rc = bind_expr(b, c, s->key, &call->order[i])) != 0)
			return rc;
		if (!type_orderable(call->order[i]->type))
			return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
			    "ORDER BY can only be applied to orderable types "
			    "(actual: %s)",
			    bind_type_text(b, call->order[i]->type));
		call->agg.order[i].descending = s->descending;
		call->agg.order[i].nulls_first = s->nulls == NULLS_FIRST;
	}
	return 0;
}

static bool
same_exprs(struct expr *const *x, struct expr *const *y, int n)
{
	for (int i = 0; i < n; i++)
		if (!expr_equal(x[i], y[i]))
			return false;
	return true;
}

static bool
same_call(const struct agg_call *x, const struct agg_call *y)
{
	if (x->agg.func != y->agg.func || x->agg.n_args != y->agg.n_args ||
	    x->agg.distinct != y->agg.distinct ||
	    x->agg.n_order != y->agg.n_order ||
	    (x->filter == NULL) != (y->filter == NULL) ||
	    !type_equal(x->agg.result, y->agg.result) ||
	    !same_exprs(x->args, y->args, x->agg.n_args) ||
	    (x->filter != NULL && !expr_equal(x->filter, y->filter)) ||
	    !same_exprs(x->order, y->order, x->agg.n_order))
		return false;
	for (int i = 0; i < x->agg.n_order; i++)
		if (x->agg.order[i].descending != y->agg.order[i].descending ||
		    x->agg.order[i].nulls_first != y->agg.order[i].nulls_first)
			return false;
	return true;
}

/* The symbol of a call: an equal one's when there is one. */
static int
agg_symbol(struct binder *b, struct agg_list *l, struct agg_call *call,
    struct str name)
{
	for (int i = 0; i < l->n; i++)
		if (same_call(&l->v[i], call))
			return l->v[i].agg.symbol;
	call->agg.symbol = plan_symbol_new(b->plan, bind_str(b, name),
	    call->agg.result);
	arena_push(b->arena, l, *call);
	return call->agg.symbol;
}

static int
check_distinct(struct binder *b, const struct call_node *n,
    const struct agg_call *call)
{
	if (!n->distinct)
		return 0;
	for (int i = 0; i < call->agg.n_args; i++)
		if (!type_comparable(call->args[i]->type))
			return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
			    "DISTINCT can only be applied to comparable types "
			    "(actual: %s)",
			    bind_type_text(b, call->args[i]->type));
	return 0;
}

static int
check_distinct_order(struct binder *b, const struct call_node *n,
    const struct agg_call *call, int n_args)
{
	const struct operands_node *o =
	    (const struct operands_node *)n->order_by;

	for (int i = 0; i < call->agg.n_order; i++) {
		const struct sort_item_node *s =
		    (const struct sort_item_node *)o->list.v[i];
		bool found = false;

		for (int k = 0; k < n_args && !found; k++)
			found = expr_equal(call->args[k], call->order[i]);
		if (!found)
			return bind_error(b, s->key,
			    ERR_EXPRESSION_NOT_IN_DISTINCT,
			    "For aggregate function with DISTINCT, ORDER BY "
			    "expressions must appear in arguments");
	}
	return 0;
}

int
bind_agg_call(struct binder *b, struct expr_context *c, struct node *node,
    struct expr **out)
{
	const struct call_node *n = (const struct call_node *)node;
	struct expr_context inner = *c;
	struct agg_call call = { 0 };
	struct func_match match;
	int rc;

	if ((rc = check_nesting(b, n)) != 0)
		return rc;
	if (c->constant)
		return bind_error(b, node, ERR_EXPRESSION_NOT_CONSTANT,
		    "Constant expression cannot contain aggregations");
	if (c->aggs == NULL)
		return bind_error(b, node, ERR_EXPRESSION_NOT_SCALAR,
		    "Expression cannot contain aggregations");
	inner.in_agg = true;
	inner.subqueries = c->agg_subqueries;
	if (n->filter != NULL) {
		if ((rc = bind_expr(b, &inner, n->filter, &call.filter)) != 0)
			return rc;
		if (!type_is(call.filter->type, TYPE_BOOLEAN) &&
		    !type_is(call.filter->type, TYPE_UNKNOWN))
			return bind_error(b, n->filter, ERR_TYPE_MISMATCH,
			    "Filter expression must evaluate to a boolean "
			    "(actual: %s)",
			    bind_type_text(b, call.filter->type));
		call.filter = bind_coerce(b, call.filter, TYPE(BOOLEAN));
	}
	if ((rc = bind_call_args(b, &inner, node, &match, &call.args)) != 0 ||
	    (rc = bind_agg_order(b, &inner, n, &call)) != 0)
		return rc;
	for (int i = 0; i < match.n; i++)
		if (match.args[i]->id == TYPE_FUNCTION)
			return bind_unsupported(b, node,
			    "Aggregates with lambda arguments are");
	if (n->distinct && (rc = check_distinct_order(b, n, &call,
	    match.n)) != 0)
		return rc;
	call.agg.func = match.agg;
	call.agg.n_args = match.n;
	call.agg.intermediate = match.intermediate;
	call.agg.result = match.result;
	call.agg.distinct = n->distinct;
	if ((rc = check_distinct(b, n, &call)) != 0)
		return rc;
	*out = plan_symbol_expr(b->plan, agg_symbol(b, c->aggs, &call,
	    call_lower(n)));
	return 0;
}
