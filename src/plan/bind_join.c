/* SPDX-License-Identifier: Apache-2.0
 * bind_join.c - joins: ON, USING, LATERAL and UNNEST on the right. */
#include "plan/binder.h"

static const enum plan_join_kind kinds[] = {
	[JOIN_IMPLICIT] = PLAN_INNER, [JOIN_CROSS] = PLAN_INNER,
	[JOIN_INNER] = PLAN_INNER, [JOIN_LEFT] = PLAN_LEFT,
	[JOIN_RIGHT] = PLAN_RIGHT, [JOIN_FULL] = PLAN_FULL,
};

/* The LATERAL or UNNEST under aliases, or NULL. */
static struct node *
lateral_of(struct node *n)
{
	for (;;) {
		if (n->kind == NODE_ALIASED)
			n = ((struct aliased_node *)n)->relation;
		else if (n->kind == NODE_SAMPLED)
			n = ((struct sampled_node *)n)->relation;
		else
			break;
	}
	return n->kind == NODE_LATERAL || n->kind == NODE_UNNEST ? n : NULL;
}

static void
add_fields(struct binder *b, struct field_list *to,
    const struct field_list *from)
{
	for (int i = 0; i < from->n; i++)
		field_add(b, to, &from->v[i]);
}

static bool
reads_only(struct binder *b, const struct subquery *s,
    const struct plan_node *n, const struct plan_node *other)
{
	struct symbol_list uses = { 0 };

	plan_free_symbols(b->plan, s->node, &uses);
	plan_expr_uses(b->arena, s->operand, &uses);
	for (int i = 0; i < uses.n; i++)
		if (!symbol_list_has(&n->out, uses.v[i]) &&
		    symbol_list_has(&other->out, uses.v[i]))
			return false;
	return true;
}

/* Subqueries in the ON of an outer join go to the side that they read. */
static int
attach_sides(struct binder *b, const struct node *at,
    struct subquery_list *l, struct plan_node **left,
    struct plan_node **right)
{
	for (int i = 0; i < l->n; i++) {
		struct subquery_list one = { &l->v[i], 1, 1 };

		if (reads_only(b, &l->v[i], *right, *left))
			*right = bind_attach(b, *right, &one);
		else if (reads_only(b, &l->v[i], *left, *right))
			*left = bind_attach(b, *left, &one);
		else
			return bind_error(b, at, ERR_NOT_SUPPORTED,
			    "Subqueries over both sides of an outer join are "
			    "not supported");
	}
	return 0;
}

static int
join_on(struct binder *b, const struct join_node *n,
    const struct scope *outer, struct relation *const sides[2],
    struct relation *out)
{
	struct subquery_list subqueries = { 0 };
	struct relation *left = sides[0], *right = sides[1];
	struct scope scope = { .parent = outer, .fields = out->fields };
	struct expr_context c = { .scope = &scope,
		.subqueries = &subqueries };
	enum plan_join_kind kind = kinds[n->type];
	struct expr *on = NULL;
	int rc;

	if (n->on != NULL) {
		struct agg_list ignored = { 0 };
		struct window_list windows = { 0 };
		struct grouping_list groupings = { 0 };

		c.aggs = &ignored;
		c.agg_subqueries = &subqueries;
		c.windows = &windows;
		c.groupings = &groupings;
		if ((rc = bind_expr(b, &c, n->on, &on)) != 0 ||
		    (rc = bind_no_aggregates(b, n->on, "JOIN clause")) != 0)
			return rc;
		if (!type_is(on->type, TYPE_BOOLEAN) &&
		    !type_is(on->type, TYPE_UNKNOWN))
			return bind_error(b, n->on, ERR_TYPE_MISMATCH,
			    "JOIN ON clause must evaluate to a boolean: "
			    "actual type %s", bind_type_text(b, on->type));
		on = bind_coerce(b, on, TYPE(BOOLEAN));
	}
	if (subqueries.n > 0 && kind == PLAN_INNER) {
		out->node = plan_join(b->plan, kind, left->node, right->node,
		    NULL);
		out->node = bind_attach(b, out->node, &subqueries);
		out->node = plan_filter(b->plan, out->node, on);
		return 0;
	}
	if ((rc = attach_sides(b, n->on, &subqueries, &left->node,
	    &right->node)) != 0)
		return rc;
	out->node = plan_join(b->plan, kind, left->node, right->node, on);
	return 0;
}

/* ---- USING ---- */

static int
using_field(struct binder *b, const struct ident_node *id,
    struct relation *r, const char *side, struct field **out)
{
	*out = NULL;
	for (int i = 0; i < r->fields.n; i++) {
		if (!field_matches(&r->fields.v[i], &id->lower, 1))
			continue;
		if (*out != NULL)
			return bind_error(b, &id->node, ERR_AMBIGUOUS_NAME,
			    "Column '%.*s' is ambiguous", STR_ARG(id->lower));
		*out = &r->fields.v[i];
	}
	if (*out == NULL)
		return bind_error(b, &id->node, ERR_COLUMN_NOT_FOUND,
		    "Column '%.*s' is missing from %s side of join",
		    STR_ARG(id->value), side);
	return 0;
}

struct using_build {
	enum plan_join_kind kind;
	struct expr **terms;
	struct plan_assign *joined;     /* columns made over the join */
	int n_joined;
	struct field_list fields;
	bool *left_used, *right_used;
};

/* One column of USING: its equality, and the column that comes out. */
static int
using_column(struct binder *b, struct using_build *u,
    const struct ident_node *id, struct field *l, struct field *r)
{
	const struct type *t = type_common(b->arena, l->type, r->type);
	struct expr *x, *y, *made;
	struct field f = *l;
	int rc, i = u->fields.n;

	if (t == NULL)
		return bind_error(b, &id->node, ERR_TYPE_MISMATCH,
		    "Column Types of left and right side are not comparable "
		    "in USING clause: %s vs %s", bind_type_text(b, l->type),
		    bind_type_text(b, r->type));
	x = bind_coerce(b, plan_symbol_expr(b->plan, l->symbol), t);
	y = bind_coerce(b, plan_symbol_expr(b->plan, r->symbol), t);
	if ((rc = bind_compare(b, &id->node, CMP_EQ, x, y,
	    &u->terms[i])) != 0)
		return rc;
	made = u->kind == PLAN_RIGHT ? y : x;
	if (u->kind == PLAN_FULL) {
		made = expr_new(b->pool, EXPR_COALESCE, t, 2);
		made->arg[0] = x;
		made->arg[1] = y;
	}
	f.n_qualifier = 0;
	f.type = t;
	if (made->kind == EXPR_INPUT) {
		f.symbol = made->input;
	} else {
		f.symbol = plan_symbol_new(b->plan, bind_str(b, id->lower), t);
		u->joined[u->n_joined].symbol = f.symbol;
		u->joined[u->n_joined++].expr = made;
	}
	field_add(b, &u->fields, &f);
	return 0;
}

static int
join_using(struct binder *b, const struct join_node *n, struct relation *left,
    struct relation *right, struct relation *out)
{
	int count = n->using.n, rc;
	struct using_build u = { .kind = kinds[n->type] };

	u.terms = arena_array(b->arena, struct expr *, count);
	u.joined = arena_array(b->arena, struct plan_assign, count);
	u.left_used = arena_array(b->arena, bool, left->fields.n + 1);
	u.right_used = arena_array(b->arena, bool, right->fields.n + 1);
	for (int i = 0; i < count; i++) {
		const struct ident_node *id =
		    (const struct ident_node *)n->using.v[i];
		struct field *l, *r;

		for (int k = 0; k < i; k++)
			if (str_eq(((struct ident_node *)n->using.v[k])->lower,
			    id->lower))
				return bind_error(b, &id->node,
				    ERR_DUPLICATE_COLUMN_NAME,
				    "Column '%.*s' appears multiple times in "
				    "USING clause", STR_ARG(id->value));
		if ((rc = using_field(b, id, left, "left", &l)) != 0 ||
		    (rc = using_field(b, id, right, "right", &r)) != 0 ||
		    (rc = using_column(b, &u, id, l, r)) != 0)
			return rc;
		u.left_used[l - left->fields.v] = true;
		u.right_used[r - right->fields.v] = true;
	}
	for (int i = 0; i < left->fields.n; i++)
		if (!u.left_used[i])
			field_add(b, &u.fields, &left->fields.v[i]);
	for (int i = 0; i < right->fields.n; i++)
		if (!u.right_used[i])
			field_add(b, &u.fields, &right->fields.v[i]);
	out->node = plan_join(b->plan, u.kind, left->node, right->node,
	    expr_and(b->pool, u.terms, count));
	out->node = plan_extend(b->plan, out->node, u.joined, u.n_joined);
	out->fields = u.fields;
	return 0;
}

/* ---- LATERAL and UNNEST ---- */

static bool
is_true_literal(const struct node *n)
{
	return n->kind == NODE_BOOLEAN_LITERAL &&
	    ((const struct boolean_literal_node *)n)->value;
}

static int
alias_right(struct binder *b, struct node *n, struct relation *r)
{
	int rc;

	if (n->kind == NODE_ALIASED) {
		struct aliased_node *a = (struct aliased_node *)n;

		rc = alias_right(b, a->relation, r);
		return rc != 0 ? rc : bind_alias(b, a, r);
	}
	return 0;
}

static int
join_unnest(struct binder *b, const struct join_node *n, struct node *unnest,
    const struct scope *scope, struct relation *left, struct relation *right)
{
	enum plan_join_kind kind = kinds[n->type];
	int rc;

	if ((rc = bind_unnest(b, unnest, scope, left->node, right)) != 0)
		return rc;
	if (n->on != NULL && !is_true_literal(n->on))
		return bind_error(b, &n->node, ERR_NOT_SUPPORTED,
		    "%s JOIN involving UNNEST is only supported with condition"
		    " ON TRUE", kind == PLAN_LEFT ? "LEFT" : "INNER");
	right->node->unnest.join = kind;
	return alias_right(b, n->right, right);
}

static int
join_lateral(struct binder *b, const struct join_node *n,
    struct node *lateral, const struct scope *scope, struct relation *left,
    struct relation *right)
{
	const struct query_node *q =
	    (const struct query_node *)((struct unary_node *)lateral)->value;
	enum plan_join_kind kind = kinds[n->type];
	struct plan_node *a;
	int rc;

	if ((rc = bind_query(b, q, scope, right)) != 0)
		return rc;
	for (int i = 0; i < right->fields.n; i++)
		right->fields.v[i].n_qualifier = 0;
	if ((rc = alias_right(b, n->right, right)) != 0)
		return rc;
	a = plan_node_new(b->plan, PLAN_APPLY, 2);
	a->line = q->node.line;
	a->column = q->node.column;
	a->child[0] = left->node;
	a->child[1] = right->node;
	a->apply.kind = APPLY_LATERAL;
	a->apply.join = kind;
	a->apply.symbol = -1;
	plan_node_reout(b->plan, a);
	right->node = a;
	return 0;
}

/* The join of left with what may see it. */
static int
bind_lateral_join(struct binder *b, const struct join_node *n,
    struct node *lateral, const struct scope *outer, struct relation *out)
{
	struct relation left, right = { 0 };
	struct scope scope = { .parent = outer };
	struct subquery_list subqueries = { 0 };
	struct expr_context c = { .subqueries = &subqueries };
	struct expr *on;
	int rc;

	if ((rc = bind_from(b, n->left, outer, &left)) != 0)
		return rc;
	scope.fields = left.fields;
	if (lateral->kind == NODE_UNNEST)
		rc = join_unnest(b, n, lateral, &scope, &left, &right);
	else
		rc = join_lateral(b, n, lateral, &scope, &left, &right);
	if (rc != 0)
		return rc;
	out->node = right.node;
	add_fields(b, &out->fields, &left.fields);
	add_fields(b, &out->fields, &right.fields);
	if (n->using.n > 0) {
		struct field *ignored;

		for (int i = 0; i < n->using.n; i++)
			if ((rc = using_field(b, (struct ident_node *)
			    n->using.v[i], &left, "left", &ignored)) != 0)
				return rc;
		return bind_unsupported(b, &n->node,
		    "USING with LATERAL or UNNEST is");
	}
	if (n->on == NULL || is_true_literal(n->on))
		return 0;
	scope.fields = out->fields;
	c.scope = &scope;
	if ((rc = bind_condition(b, &c, n->on, "JOIN ON clause", &on)) != 0)
		return rc;
	if (n->type != JOIN_LEFT) {
		out->node = bind_attach(b, out->node, &subqueries);
		out->node = plan_filter(b->plan, out->node, on);
		return 0;
	}
	if (subqueries.n > 0)
		return bind_unsupported(b, n->on,
		    "Subqueries in LEFT JOIN LATERAL conditions are");
	out->node->apply.on = on;
	return 0;
}

int
bind_join(struct binder *b, struct node *node, const struct scope *outer,
    struct relation *out)
{
	const struct join_node *n = (const struct join_node *)node;
	struct node *lateral = lateral_of(n->right);
	struct scope forbidden = { .parent = outer };
	struct relation left, right;
	int rc;

	if (n->natural)
		return bind_error(b, node, ERR_NOT_SUPPORTED,
		    "Natural join not supported");
	if (lateral != NULL && n->type != JOIN_RIGHT && n->type != JOIN_FULL)
		return bind_lateral_join(b, n, lateral, outer, out);
	if ((rc = bind_from(b, n->left, outer, &left)) != 0)
		return rc;
	if (lateral != NULL) {
		forbidden.fields = left.fields;
		forbidden.forbidden = n->type == JOIN_RIGHT ? "RIGHT JOIN"
		    : "FULL JOIN";
	}
	if ((rc = bind_from(b, n->right, lateral != NULL ? &forbidden : outer,
	    &right)) != 0)
		return rc;
	if (n->using.n > 0)
		return join_using(b, n, &left, &right, out);
	add_fields(b, &out->fields, &left.fields);
	add_fields(b, &out->fields, &right.fields);
	return join_on(b, n, outer, (struct relation *[]){ &left, &right },
	    out);
}
