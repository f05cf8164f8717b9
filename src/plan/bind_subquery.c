/* SPDX-License-Identifier: Apache-2.0
 * bind_subquery.c - subqueries within expressions: bound as queries of their
 * own, remembered in the context, and stood for by a symbol. */
#include "plan/binder.h"

/* The query of a SUBQUERY node. */
static int
bind_inner(struct binder *b, struct expr_context *c, struct node *n,
    struct relation *out)
{
	const struct query_node *q =
	    (const struct query_node *)((struct unary_node *)n)->value;
	struct scope none = { 0 };

	if (c->in_lambda)
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "Lambda expression cannot contain subqueries");
	if (c->constant || c->subqueries == NULL)
		return bind_error(b, n, ERR_EXPRESSION_NOT_CONSTANT,
		    "Constant expression cannot contain a subquery");
	return bind_query(b, q, c->scope != NULL ? c->scope : &none, out);
}

/* The subquery's columns that can be seen. */
static struct field_list
visible(struct binder *b, const struct relation *r)
{
	struct field_list l = { 0 };

	for (int i = 0; i < r->fields.n; i++)
		if (!r->fields.v[i].hidden)
			field_add(b, &l, &r->fields.v[i]);
	return l;
}

/* One column of the subquery's rows: the only one, or all as a row. */
static struct plan_node *
single_column(struct binder *b, const struct relation *r,
    const struct field_list *fields)
{
	const struct type **types = arena_array(b->arena,
	    const struct type *, fields->n + 1);
	const char **names = arena_array(b->arena, const char *,
	    fields->n + 1);
	struct plan_assign a;

	if (fields->n == 1) {
		a.symbol = fields->v[0].symbol;
		a.expr = plan_symbol_expr(b->plan, a.symbol);
		return plan_project(b->plan, r->node, &a, 1);
	}
	for (int i = 0; i < fields->n; i++) {
		types[i] = fields->v[i].type;
		names[i] = fields->v[i].name;
	}
	a.expr = expr_new(b->pool, EXPR_ROW,
	    type_row(b->arena, fields->n, types, names), fields->n);
	for (int i = 0; i < fields->n; i++)
		a.expr->arg[i] = plan_symbol_expr(b->plan,
		    fields->v[i].symbol);
	a.symbol = plan_symbol_new(b->plan, "row", a.expr->type);
	return plan_project(b->plan, r->node, &a, 1);
}

static struct expr *
add_subquery(struct binder *b, struct expr_context *c, struct subquery *s,
    const char *name, const struct type *t)
{
	s->symbol = plan_symbol_new(b->plan, name, t);
	arena_push(b->arena, c->subqueries, *s);
	return plan_symbol_expr(b->plan, s->symbol);
}

static int
bind_scalar(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	const struct node *q = ((struct unary_node *)n)->value;
	struct subquery s = { .kind = APPLY_SCALAR, .line = q->line,
		.column = q->column, .ast = n };
	struct field_list fields;
	struct relation r;
	int rc;

	if ((rc = bind_inner(b, c, n, &r)) != 0)
		return rc;
	fields = visible(b, &r);
	s.node = single_column(b, &r, &fields);
	*out = add_subquery(b, c, &s, "subquery",
	    plan_symbol_type(b->plan, s.node->out.v[0]));
	return 0;
}

static int
bind_exists(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	struct node *q = ((struct unary_node *)n)->value;
	struct subquery s = { .kind = APPLY_EXISTS, .line = n->line,
		.column = n->column, .ast = n };
	struct relation r;
	int rc;

	/* EXISTS holds the query itself or a SUBQUERY around it. */
	if (q->kind == NODE_QUERY) {
		if ((rc = bind_inner(b, c, n, &r)) != 0)
			return rc;
	} else if ((rc = bind_inner(b, c, q, &r)) != 0) {
		return rc;
	}
	s.node = r.node;
	*out = add_subquery(b, c, &s, "exists", TYPE(BOOLEAN));
	return 0;
}

/* The type of a value or of several in parentheses as Trino prints it. */
static const char *
as_row_text(struct binder *b, const struct type *const *types, int n)
{
	return bind_type_text(b, type_row(b->arena, n, types, NULL));
}

struct operands {
	struct expr *value;
	int n;                  /* a row constructor's items, or 1 */
	struct expr **v;
};

static int
bind_operands(struct binder *b, struct expr_context *c, struct node *n,
    struct operands *o)
{
	int rc;

	if ((rc = bind_expr(b, c, n, &o->value)) != 0)
		return rc;
	o->n = 1;
	o->v = &o->value;
	if (o->value->kind == EXPR_ROW) {
		o->n = o->value->n;
		o->v = o->value->arg;
	}
	return 0;
}

static int
type_mismatch(struct binder *b, const struct node *n,
    const struct operands *o, const struct field_list *fields)
{
	const struct type **left = arena_array(b->arena,
	    const struct type *, o->n + 1);
	const struct type **right = arena_array(b->arena,
	    const struct type *, fields->n + 1);

	for (int i = 0; i < o->n; i++)
		left[i] = o->v[i]->type;
	for (int i = 0; i < fields->n; i++)
		right[i] = fields->v[i].type;
	return bind_error(b, n, ERR_TYPE_MISMATCH,
	    "Value expression and result of subquery must be of the same "
	    "type: %s vs %s", as_row_text(b, left, o->n),
	    as_row_text(b, right, fields->n));
}

/* Brings operand and subquery to one type: casts on both sides. */
static int
match_types(struct binder *b, const struct node *n, struct operands *o,
    struct relation *r, struct subquery *s)
{
	struct field_list fields = visible(b, r);
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    fields.n + 1);
	int cast = 0;

	if (o->n != fields.n)
		return type_mismatch(b, n, o, &fields);
	for (int i = 0; i < o->n; i++) {
		struct field *f = &fields.v[i];
		const struct type *t = type_common(b->arena, o->v[i]->type,
		    f->type);

		if (t == NULL)
			return type_mismatch(b, n, o, &fields);
		o->v[i] = bind_coerce(b, o->v[i], t);
		if (type_equal(t, f->type))
			continue;
		v[cast].expr = bind_coerce(b, plan_symbol_expr(b->plan,
		    f->symbol), t);
		f->symbol = plan_symbol_new(b->plan, "expr", t);
		f->type = t;
		v[cast++].symbol = f->symbol;
	}
	r->node = plan_extend(b->plan, r->node, v, cast);
	s->node = single_column(b, r, &fields);
	s->operand = o->v[0];
	if (o->n > 1) {
		s->operand = expr_new(b->pool, EXPR_ROW,
		    plan_symbol_type(b->plan, s->node->out.v[0]), o->n);
		memcpy(s->operand->arg, o->v, sizeof(*o->v) * (size_t)o->n);
	}
	return 0;
}

static int
bind_in_query(struct binder *b, struct expr_context *c,
    const struct in_query_node *n, struct expr **out)
{
	const struct node *at = n->value != NULL ? n->value : &n->node;
	struct subquery s = { .kind = APPLY_IN, .line = at->line,
		.column = at->column, .ast = (struct node *)&n->node };
	struct operands o;
	struct relation r;
	int rc;

	if (n->value == NULL) {
		o = (struct operands){ c->operand, 1, &o.value };
	} else if ((rc = bind_operands(b, c, n->value, &o)) != 0) {
		return rc;
	}
	if ((rc = bind_inner(b, c, n->query, &r)) != 0 ||
	    (rc = match_types(b, &n->node, &o, &r, &s)) != 0)
		return rc;
	if (!type_comparable(s.operand->type))
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Type [%s] must be comparable in order to be used in a "
		    "subquery predicate", bind_type_text(b, s.operand->type));
	*out = add_subquery(b, c, &s, "expr", TYPE(BOOLEAN));
	if (n->negated)
		*out = bind_not(b, *out);
	return 0;
}

static int
bind_quantified(struct binder *b, struct expr_context *c,
    const struct quantified_node *n, struct expr **out)
{
	static const enum plan_compare compares[] = {
		[CMP_EQ] = PLAN_EQ, [CMP_NE] = PLAN_NE, [CMP_LT] = PLAN_LT,
		[CMP_LE] = PLAN_LE, [CMP_GT] = PLAN_GT, [CMP_GE] = PLAN_GE };
	struct subquery s = { .kind = APPLY_QUANTIFIED, .line = n->node.line,
		.column = n->node.column, .ast = (struct node *)&n->node,
		.compare = compares[n->op],
		.all = n->quantifier == QUANT_ALL };
	bool equality = n->op == CMP_EQ || n->op == CMP_NE;
	const struct type *t;
	struct operands o;
	struct relation r;
	int rc;

	if ((rc = bind_operands(b, c, n->value, &o)) != 0 ||
	    (rc = bind_inner(b, c, n->query, &r)) != 0 ||
	    (rc = match_types(b, &n->node, &o, &r, &s)) != 0)
		return rc;
	t = s.operand->type;
	if (equality ? !type_comparable(t) : !type_orderable(t))
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Type [%s] must be %s in order to be used in quantified "
		    "comparison", o.n > 1 ? bind_type_text(b, t)
		    : as_row_text(b, &t, 1),
		    equality ? "comparable" : "orderable");
	/* = ANY is IN, <> ALL is NOT IN. */
	if (n->op == CMP_EQ && !s.all)
		s.kind = APPLY_IN;
	if (n->op == CMP_NE && s.all) {
		s.kind = APPLY_IN;
		*out = bind_not(b, add_subquery(b, c, &s, "expr",
		    TYPE(BOOLEAN)));
		return 0;
	}
	*out = add_subquery(b, c, &s, "expr", TYPE(BOOLEAN));
	return 0;
}

int
bind_subquery_expr(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	switch (n->kind) {
	case NODE_EXISTS:
		return bind_exists(b, c, n, out);
	case NODE_IN_QUERY:
		return bind_in_query(b, c, (struct in_query_node *)n, out);
	case NODE_QUANTIFIED:
		return bind_quantified(b, c, (struct quantified_node *)n,
		    out);
	default:
		return bind_scalar(b, c, n, out);
	}
}

/* Puts the subqueries of a list over a node, to be used above. */
struct plan_node *
bind_attach(struct binder *b, struct plan_node *n, struct subquery_list *l)
{
	for (int i = 0; i < l->n; i++) {
		const struct subquery *s = &l->v[i];
		struct plan_node *a = plan_node_new(b->plan, PLAN_APPLY, 2);

		a->child[0] = n;
		a->child[1] = s->node;
		a->line = s->line;
		a->column = s->column;
		a->apply.kind = s->kind;
		a->apply.symbol = s->symbol;
		a->apply.all = s->all;
		a->apply.compare = s->compare;
		a->apply.operand = s->operand;
		plan_node_reout(b->plan, a);
		n = a;
	}
	l->n = 0;
	return n;
}
