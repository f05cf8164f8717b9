/* SPDX-License-Identifier: Apache-2.0
 * bind_predicate.c - comparisons, AND, OR, NOT, BETWEEN, IN (..), LIKE, IS. */
#include "plan/binder.h"

static int
not_boolean(struct binder *b, const struct node *at, const char *what,
    const struct type *t)
{
	return bind_error(b, at, ERR_TYPE_MISMATCH,
	    "%s must evaluate to a boolean (actual: %s)", what,
	    bind_type_text(b, t));
}

static bool
is_boolean(const struct type *t)
{
	return type_is(t, TYPE_BOOLEAN) || type_is(t, TYPE_UNKNOWN);
}

/* A predicate's left side: of a CASE when nothing is written. */
static int
bind_left(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	if (n != NULL)
		return bind_expr(b, c, n, out);
	*out = c->operand;
	return 0;
}

static const char *const operators[] = {
	[CMP_EQ] = "=", [CMP_NE] = "<>", [CMP_LT] = "<", [CMP_LE] = "<=",
	[CMP_GT] = ">", [CMP_GE] = ">=",
};

int
bind_compare(struct binder *b, const struct node *at, int op,
    struct expr *left, struct expr *right, struct expr **out)
{
	struct expr *args[2] = { left, right };

	return bind_call_named(b, at, operators[op], args, 2, out);
}

static int
bind_comparison(struct binder *b, struct expr_context *c,
    const struct compare_node *n, struct expr **out)
{
	struct expr *left, *right;
	int rc;

	if ((rc = bind_left(b, c, n->left, &left)) != 0 ||
	    (rc = bind_expr(b, c, n->right, &right)) != 0)
		return rc;
	return bind_compare(b, &n->node, (int)n->op, left, right, out);
}

static struct expr *
both(struct binder *b, enum expr_kind kind, struct expr *x, struct expr *y)
{
	struct expr *n = expr_new(b->pool, kind, TYPE(BOOLEAN), 2);

	n->arg[0] = x;
	n->arg[1] = y;
	return n;
}

static int
between_range(struct binder *b, const struct between_node *n,
    struct expr **v, struct expr **out)
{
	struct expr *low, *high;

	if (bind_compare(b, &n->node, CMP_GE, v[0], v[1], &low) != 0 ||
	    bind_compare(b, &n->node, CMP_LE, v[0], v[2], &high) != 0)
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Cannot check if %s is BETWEEN %s and %s",
		    bind_type_text(b, v[0]->type),
		    bind_type_text(b, v[1]->type),
		    bind_type_text(b, v[2]->type));
	*out = both(b, EXPR_AND, low, high);
	return 0;
}

static int
bind_between(struct binder *b, struct expr_context *c,
    const struct between_node *n, struct expr **out)
{
	struct expr *v[3], *other;
	const struct type *t;
	int rc;

	if ((rc = bind_left(b, c, n->value, &v[0])) != 0 ||
	    (rc = bind_expr(b, c, n->min, &v[1])) != 0 ||
	    (rc = bind_expr(b, c, n->max, &v[2])) != 0)
		return rc;
	t = type_common(b->arena, v[0]->type, v[1]->type);
	if (t != NULL)
		t = type_common(b->arena, t, v[2]->type);
	if (t != NULL)
		for (int i = 0; i < 3; i++)
			v[i] = bind_coerce(b, v[i], t);
	if ((rc = between_range(b, n, v, out)) != 0)
		return rc;
	if (n->symmetric) {
		struct expr *swapped[3] = { v[0], v[2], v[1] };

		if ((rc = between_range(b, n, swapped, &other)) != 0)
			return rc;
		*out = both(b, EXPR_OR, *out, other);
	}
	if (n->negated)
		*out = bind_not(b, *out);
	return 0;
}

static int
bind_in_list(struct binder *b, struct expr_context *c,
    const struct in_list_node *n, struct expr **out)
{
	int count = n->list.n + 1, rc;
	struct expr **v = arena_array(b->arena, struct expr *, count);
	struct node **nodes = arena_array(b->arena, struct node *, count);
	struct expr *in;

	if ((rc = bind_left(b, c, n->value, &v[0])) != 0)
		return rc;
	nodes[0] = n->value != NULL ? n->value : (struct node *)&n->node;
	for (int i = 1; i < count; i++) {
		nodes[i] = n->list.v[i - 1];
		if ((rc = bind_expr(b, c, nodes[i], &v[i])) != 0)
			return rc;
	}
	if ((rc = bind_common(b, "IN value and list items", nodes, v,
	    count)) != 0)
		return rc;
	if (type_is(v[0]->type, TYPE_UNKNOWN)) {
		*out = expr_const(b->pool, TYPE(BOOLEAN), NULL);
		return 0;
	}
	if (!type_comparable(v[0]->type))
		return bind_compare(b, &n->node, CMP_EQ, v[0], v[1], out);
	in = expr_new(b->pool, EXPR_IN, TYPE(BOOLEAN), count);
	memcpy(in->arg, v, sizeof(*v) * (size_t)count);
	*out = n->negated ? bind_not(b, in) : in;
	return 0;
}

static bool
is_text(const struct type *t, bool with_char)
{
	return type_is(t, TYPE_VARCHAR) || type_is(t, TYPE_UNKNOWN) ||
	    (with_char && type_is(t, TYPE_CHAR));
}

static int
bind_like(struct binder *b, struct expr_context *c, const struct like_node *n,
    struct expr **out)
{
	struct expr *v[3];
	struct node *nodes[3] = { n->value, n->pattern, n->escape };
	static const char *const what[3] = {
		"Left side of LIKE", "Pattern for LIKE", "Escape for LIKE" };
	int rc, count = n->escape != NULL ? 3 : 2;

	for (int i = 0; i < count; i++)
		if ((rc = bind_left(b, c, nodes[i], &v[i])) != 0)
			return rc;
	for (int i = 0; i < count; i++) {
		if (!is_text(v[i]->type, i == 0))
			return bind_error(b, nodes[i], ERR_TYPE_MISMATCH,
			    "%s expression must evaluate to a varchar "
			    "(actual: %s)", what[i],
			    bind_type_text(b, v[i]->type));
		if (type_is(v[i]->type, TYPE_UNKNOWN))
			v[i] = bind_coerce(b, v[i], TYPE(VARCHAR));
	}
	if ((rc = bind_call_named(b, &n->node, "LIKE", v, count, out)) != 0)
		return rc;
	if (n->negated)
		*out = bind_not(b, *out);
	return 0;
}

static int
bind_boolean_test(struct binder *b, struct expr_context *c,
    const struct boolean_test_node *n, struct expr **out)
{
	struct expr *x, *r;
	int rc;

	if ((rc = bind_left(b, c, n->value, &x)) != 0)
		return rc;
	if (!is_boolean(x->type))
		return not_boolean(b, n->value,
		    "Value of IS TRUE, FALSE or UNKNOWN", x->type);
	x = bind_coerce(b, x, TYPE(BOOLEAN));
	if (n->truth == TRUTH_UNKNOWN) {
		r = bind_is_null(b, x);
	} else {
		r = expr_new(b->pool, EXPR_COALESCE, TYPE(BOOLEAN), 2);
		r->arg[0] = n->truth == TRUTH_TRUE ? x : bind_not(b, x);
		r->arg[1] = expr_bool(b->pool, false);
	}
	*out = n->negated ? bind_not(b, r) : r;
	return 0;
}

static int
bind_distinct_from(struct binder *b, struct expr_context *c,
    const struct compare_from_node *n, struct expr **out)
{
	struct expr *v[2];
	int rc;

	if ((rc = bind_left(b, c, n->left, &v[0])) != 0 ||
	    (rc = bind_expr(b, c, n->right, &v[1])) != 0 ||
	    (rc = bind_call_named(b, &n->node, "IS DISTINCT FROM", v, 2,
	    out)) != 0)
		return rc;
	if (n->negated)
		*out = bind_not(b, *out);
	return 0;
}

static int
bind_negation(struct binder *b, struct expr_context *c,
    const struct unary_node *n, struct expr **out)
{
	struct expr *x;
	int rc;

	if ((rc = bind_expr(b, c, n->value, &x)) != 0)
		return rc;
	if (!is_boolean(x->type))
		return not_boolean(b, n->value,
		    "Value of logical NOT expression", x->type);
	*out = bind_not(b, x);
	return 0;
}

static int
bind_logical(struct binder *b, struct expr_context *c,
    const struct logical_node *n, struct expr **out)
{
	struct expr *x = expr_new(b->pool, n->is_or ? EXPR_OR : EXPR_AND,
	    TYPE(BOOLEAN), n->terms.n);
	int rc;

	for (int i = 0; i < n->terms.n; i++) {
		if ((rc = bind_expr(b, c, n->terms.v[i], &x->arg[i])) != 0)
			return rc;
		if (!is_boolean(x->arg[i]->type))
			return not_boolean(b, n->terms.v[i],
			    "Logical expression term", x->arg[i]->type);
		x->arg[i] = bind_coerce(b, x->arg[i], TYPE(BOOLEAN));
	}
	*out = x;
	return 0;
}

static int
bind_null_test(struct binder *b, struct expr_context *c,
    const struct test_node *n, struct expr **out)
{
	struct expr *x;
	int rc;

	if ((rc = bind_left(b, c, n->value, &x)) != 0)
		return rc;
	*out = bind_is_null(b, x);
	if (n->negated)
		*out = bind_not(b, *out);
	return 0;
}

int
bind_predicate(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	switch (n->kind) {
	case NODE_COMPARE:
		return bind_comparison(b, c, (struct compare_node *)n, out);
	case NODE_BETWEEN:
		return bind_between(b, c, (struct between_node *)n, out);
	case NODE_IN_LIST:
		return bind_in_list(b, c, (struct in_list_node *)n, out);
	case NODE_LIKE:
		return bind_like(b, c, (struct like_node *)n, out);
	case NODE_IS_NULL:
		return bind_null_test(b, c, (struct test_node *)n, out);
	case NODE_BOOLEAN_TEST:
		return bind_boolean_test(b, c, (struct boolean_test_node *)n,
		    out);
	case NODE_DISTINCT_FROM:
		return bind_distinct_from(b, c, (struct compare_from_node *)n,
		    out);
	case NODE_NOT:
		return bind_negation(b, c, (struct unary_node *)n, out);
	case NODE_LOGICAL:
		return bind_logical(b, c, (struct logical_node *)n, out);
	default:
		return bind_unsupported(b, n, "OVERLAPS is");
	}
}
