/* SPDX-License-Identifier: Apache-2.0
 * bind_conditional.c - CASE, IF, COALESCE, NULLIF, TRY. */
#include "plan/binder.h"

/* Conditions and results of a CASE; results[n] is the ELSE. */
struct branches {
	int n;
	struct expr **conditions, **results;
	struct node **nodes;
};

static int
when_condition(struct binder *b, struct expr_context *c, struct expr *operand,
    struct node *n, struct expr **out)
{
	const struct type *t;
	int rc;

	if (operand == NULL) {
		if ((rc = bind_expr(b, c, n, out)) != 0)
			return rc;
		t = (*out)->type;
		if (!type_is(t, TYPE_BOOLEAN) && !type_is(t, TYPE_UNKNOWN))
			return bind_error(b, n, ERR_TYPE_MISMATCH,
			    "CASE WHEN clause must evaluate to a boolean "
			    "(actual: %s)", bind_type_text(b, t));
		*out = bind_coerce(b, *out, TYPE(BOOLEAN));
		return 0;
	}
	if ((n->kind == NODE_COMPARE &&
	    ((struct compare_node *)n)->left == NULL) ||
	    (n->kind == NODE_BETWEEN &&
	    ((struct between_node *)n)->value == NULL) ||
	    (n->kind == NODE_IN_LIST &&
	    ((struct in_list_node *)n)->value == NULL) ||
	    (n->kind == NODE_LIKE &&
	    ((struct like_node *)n)->value == NULL) ||
	    (n->kind == NODE_IS_NULL &&
	    ((struct test_node *)n)->value == NULL)) {
		struct expr_context inner = *c;

		inner.operand = operand;
		return bind_expr(b, &inner, n, out);
	}
	if ((rc = bind_expr(b, c, n, out)) != 0)
		return rc;
	t = type_common(b->arena, operand->type, (*out)->type);
	if (t == NULL)
		return bind_error(b, n, ERR_TYPE_MISMATCH,
		    "CASE operand type does not match WHEN clause operand "
		    "type: %s vs %s", bind_type_text(b, operand->type),
		    bind_type_text(b, (*out)->type));
	return bind_compare(b, n, CMP_EQ, operand, *out, out);
}

static int
bind_branches(struct binder *b, struct expr_context *c,
    const struct case_node *n, struct branches *r)
{
	struct expr *operand = NULL;
	int rc;

	if (n->operand != NULL &&
	    (rc = bind_expr(b, c, n->operand, &operand)) != 0)
		return rc;
	r->n = n->whens.n;
	r->conditions = arena_array(b->arena, struct expr *, r->n + 1);
	r->results = arena_array(b->arena, struct expr *, r->n + 1);
	r->nodes = arena_array(b->arena, struct node *, r->n + 1);
	for (int i = 0; i < r->n; i++) {
		const struct when_node *w =
		    (const struct when_node *)n->whens.v[i];

		if ((rc = when_condition(b, c, operand, w->condition,
		    &r->conditions[i])) != 0)
			return rc;
	}
	for (int i = 0; i < r->n; i++) {
		r->nodes[i] = ((struct when_node *)n->whens.v[i])->result;
		if ((rc = bind_expr(b, c, r->nodes[i], &r->results[i])) != 0)
			return rc;
	}
	if (n->otherwise == NULL)
		return 0;
	r->nodes[r->n] = n->otherwise;
	return bind_expr(b, c, n->otherwise, &r->results[r->n]);
}

static int
bind_case(struct binder *b, struct expr_context *c, const struct case_node *n,
    struct expr **out)
{
	struct branches r;
	struct expr *x;
	int rc;

	if ((rc = bind_branches(b, c, n, &r)) != 0 ||
	    (rc = bind_common(b, "All CASE results", r.nodes, r.results,
	    r.n + (n->otherwise != NULL))) != 0)
		return rc;
	x = r.results[r.n];
	if (x == NULL)
		x = expr_const(b->pool, r.results[0]->type, NULL);
	for (int i = r.n - 1; i >= 0; i--)
		x = bind_if(b, r.conditions[i], r.results[i], x);
	*out = x;
	return 0;
}

static int
bind_if_node(struct binder *b, struct expr_context *c,
    const struct if_node *n, struct expr **out)
{
	struct expr *condition, *then, *otherwise = NULL;
	const struct type *t;
	int rc;

	if ((rc = bind_expr(b, c, n->condition, &condition)) != 0)
		return rc;
	if (!type_is(condition->type, TYPE_BOOLEAN) &&
	    !type_is(condition->type, TYPE_UNKNOWN))
		return bind_error(b, n->condition, ERR_TYPE_MISMATCH,
		    "IF condition must evaluate to a boolean (actual: %s)",
		    bind_type_text(b, condition->type));
	if ((rc = bind_expr(b, c, n->then, &then)) != 0 ||
	    (n->otherwise != NULL &&
	    (rc = bind_expr(b, c, n->otherwise, &otherwise)) != 0))
		return rc;
	if (otherwise != NULL) {
		t = type_common(b->arena, then->type, otherwise->type);
		if (t == NULL)
			return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
			    "Result types for IF must be the same: %s vs %s",
			    bind_type_text(b, then->type),
			    bind_type_text(b, otherwise->type));
		then = bind_coerce(b, then, t);
		otherwise = bind_coerce(b, otherwise, t);
	}
	*out = bind_if(b, condition, then, otherwise);
	return 0;
}

static int
bind_coalesce(struct binder *b, struct expr_context *c,
    const struct operands_node *n, struct expr **out)
{
	struct expr **v, *x;
	int rc;

	if ((rc = bind_exprs(b, c, &n->list, &v)) != 0 ||
	    (rc = bind_common(b, "All COALESCE operands", n->list.v, v,
	    n->list.n)) != 0)
		return rc;
	x = expr_new(b->pool, EXPR_COALESCE, v[0]->type, n->list.n);
	memcpy(x->arg, v, sizeof(*v) * (size_t)n->list.n);
	*out = x;
	return 0;
}

static int
bind_nullif(struct binder *b, struct expr_context *c,
    const struct binary_node *n, struct expr **out)
{
	struct expr *first, *second, *equal, *x;
	int rc;

	if ((rc = bind_expr(b, c, n->left, &first)) != 0 ||
	    (rc = bind_expr(b, c, n->right, &second)) != 0)
		return rc;
	if (type_common(b->arena, first->type, second->type) == NULL)
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Types are not comparable with NULLIF: %s vs %s",
		    bind_type_text(b, first->type),
		    bind_type_text(b, second->type));
	if (type_is(first->type, TYPE_UNKNOWN)) {
		*out = first;
		return 0;
	}
	if ((rc = bind_compare(b, &n->node, CMP_EQ, first, second,
	    &equal)) != 0)
		return rc;
	x = expr_new(b->pool, EXPR_NULLIF, first->type, 2);
	x->arg[0] = first;
	x->arg[1] = equal;
	*out = x;
	return 0;
}

int
bind_conditional(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	struct expr *x;
	int rc;

	switch (n->kind) {
	case NODE_COALESCE:
		return bind_coalesce(b, c, (struct operands_node *)n, out);
	case NODE_IF:
		return bind_if_node(b, c, (struct if_node *)n, out);
	case NODE_NULLIF:
		return bind_nullif(b, c, (struct binary_node *)n, out);
	case NODE_TRY:
		if ((rc = bind_expr(b, c, ((struct unary_node *)n)->value,
		    &x)) != 0)
			return rc;
		*out = expr_new(b->pool, EXPR_TRY, x->type, 1);
		(*out)->arg[0] = x;
		return 0;
	default:
		return bind_case(b, c, (struct case_node *)n, out);
	}
}
