/* SPDX-License-Identifier: Apache-2.0
 * simplify.c - constants folded; projections and filters merged; terms that
 * all branches of an OR share taken out; what yields no row cut off. */
#include "opt/pass.h"

/* ---- expressions ---- */

static bool
has_term(const struct expr_list *l, const struct expr *x)
{
	for (int i = 0; i < l->n; i++)
		if (expr_equal(l->v[i], x))
			return true;
	return false;
}

/* (a AND b) OR (a AND c) becomes a AND (b OR c). */
static struct expr *
factor_or(struct opt *o, struct expr *x)
{
	struct expr_list *branches, shared = { 0 }, all = { 0 };
	struct expr *rest;
	bool covered = false;

	branches = arena_array(o->arena, struct expr_list, x->n);
	for (int i = 0; i < x->n; i++)
		expr_conjuncts(o, x->arg[i], &branches[i]);
	for (int k = 0; k < branches[0].n; k++) {
		struct expr *term = branches[0].v[k];
		bool everywhere = expr_deterministic(term);

		for (int i = 1; everywhere && i < x->n; i++)
			everywhere = has_term(&branches[i], term);
		if (everywhere && !has_term(&shared, term))
			arena_push(o->arena, &shared, term);
	}
	if (shared.n == 0)
		return x;
	rest = expr_new(o->pool, EXPR_OR, TYPE(BOOLEAN), x->n);
	for (int i = 0; i < x->n; i++) {
		struct expr_list left = { 0 };

		for (int k = 0; k < branches[i].n; k++)
			if (!has_term(&shared, branches[i].v[k]))
				arena_push(o->arena, &left, branches[i].v[k]);
		covered |= left.n == 0;
		rest->arg[i] = left.n == 0 ? expr_bool(o->pool, true)
		    : expr_conjunction(o, &left);
	}
	for (int k = 0; k < shared.n; k++)
		arena_push(o->arena, &all, shared.v[k]);
	if (!covered)
		arena_push(o->arena, &all, rest);
	return expr_conjunction(o, &all);
}

struct expr *
expr_simplify(struct opt *o, struct expr *x)
{
	struct expr_list terms = { 0 }, out = { 0 };

	if (x == NULL)
		return NULL;
	x = expr_fold_in(o, x);
	if (!type_is(x->type, TYPE_BOOLEAN))
		return x;
	expr_conjuncts(o, x, &terms);
	for (int i = 0; i < terms.n; i++) {
		struct expr *t = terms.v[i];

		if (t->kind == EXPR_OR)
			t = factor_or(o, t);
		if (!has_term(&out, t) || !expr_deterministic(t))
			arena_push(o->arena, &out, t);
	}
	x = expr_conjunction(o, &out);
	return x == NULL ? expr_bool(o->pool, true) : x;
}

static void
simplify_slot(void *arg, struct expr **slot)
{
	struct opt *o = arg;

	*slot = expr_fold_in(o, *slot);
}

/* ---- nodes ---- */

/* No row: the same columns without any. */
static struct plan_node *
no_rows(struct opt *o, const struct plan_node *n)
{
	struct plan_node *v = plan_node_new(o->plan, PLAN_VALUES, 0);

	v->out = n->out;
	v->rows = 0;
	return v;
}

static bool
is_empty(const struct plan_node *n)
{
	return n->kind == PLAN_VALUES && n->values.n_rows == 0;
}

static struct plan_node *
simplify_filter(struct opt *o, struct plan_node *n)
{
	struct plan_node *child = n->child[0];

	n->filter.predicate = expr_simplify(o, n->filter.predicate);
	if (expr_is_true(n->filter.predicate))
		return child;
	if (expr_is_false_or_null(n->filter.predicate) || is_empty(child))
		return no_rows(o, n);
	if (child->kind == PLAN_FILTER && !child->filter.barrier &&
	    !n->filter.barrier) {
		struct expr *both[2] = { child->filter.predicate,
			n->filter.predicate };

		n->filter.predicate = expr_and(o->pool, both, 2);
		n->child[0] = child->child[0];
	}
	return n;
}

struct uses {
	int symbol, n;
};

static void
count_use(void *arg, int input)
{
	struct uses *u = arg;

	u->n += input == u->symbol;
}

/* Is it cheap enough to be computed wherever it is read? */
static bool
is_cheap(const struct expr *x)
{
	return x->kind == EXPR_INPUT || x->kind == EXPR_CONST ||
	    (x->kind == EXPR_FIELD && x->arg[0]->kind == EXPR_INPUT);
}

static bool
has_try(const struct expr *x)
{
	if (x->kind == EXPR_TRY)
		return true;
	for (int i = 0; i < x->n; i++)
		if (has_try(x->arg[i]))
			return true;
	return false;
}

/* May the lower projection's expressions be put into the upper one's? */
static bool
can_merge(const struct plan_node *upper, const struct plan_node *lower)
{
	for (int i = 0; i < lower->project.n; i++) {
		const struct plan_assign *a = &lower->project.v[i];
		struct uses u = { a->symbol, 0 };

		if (is_cheap(a->expr))
			continue;
		for (int k = 0; k < upper->project.n; k++)
			expr_inputs(upper->project.v[k].expr, count_use, &u);
		if (u.n > 1 || (u.n == 1 && !expr_deterministic(a->expr)))
			return false;
		/* What has failed outside of a TRY may not be caught by it. */
		if (u.n == 1 && expr_can_fail(a->expr))
			for (int k = 0; k < upper->project.n; k++)
				if (has_try(upper->project.v[k].expr))
					return false;
	}
	return true;
}

static bool
is_identity(const struct plan_node *n)
{
	if (n->project.n != n->child[0]->out.n)
		return false;
	for (int i = 0; i < n->project.n; i++)
		if (n->project.v[i].expr->kind != EXPR_INPUT ||
		    n->project.v[i].expr->input != n->project.v[i].symbol)
			return false;
	return true;
}

/* A projection of constant rows is constant rows. */
static struct plan_node *
project_values(struct opt *o, struct plan_node *n)
{
	struct plan_node *v = n->child[0], *out;
	int columns = v->out.n;

	if (v->values.n_rows != 1 && (v->values.n_rows > 1000 ||
	    n->project.n > 64))
		return n;
	for (int i = 0; i < n->project.n; i++)
		if (!expr_deterministic(n->project.v[i].expr))
			return n;
	out = plan_node_new(o->plan, PLAN_VALUES, 0);
	out->values.n_rows = v->values.n_rows;
	out->values.v = arena_array(o->arena, struct expr *,
	    n->project.n * v->values.n_rows + 1);
	for (int k = 0; k < v->values.n_rows; k++) {
		struct plan_assign *row = arena_array(o->arena,
		    struct plan_assign, columns + 1);

		for (int i = 0; i < columns; i++)
			row[i] = (struct plan_assign){ v->out.v[i],
				v->values.v[k * columns + i] };
		for (int i = 0; i < n->project.n; i++) {
			struct expr *x = expr_fold_in(o,
			    plan_expr_substitute(o->plan,
			    n->project.v[i].expr, row, columns));

			if (!expr_is_const(x) && v->values.n_rows != 1)
				return n;
			out->values.v[k * n->project.n + i] = x;
		}
	}
	out->out = n->out;
	return out;
}

static struct plan_node *
simplify_project(struct opt *o, struct plan_node *n)
{
	struct plan_node *child = n->child[0];

	if (is_identity(n))
		return child;
	if (child->kind == PLAN_PROJECT && can_merge(n, child)) {
		for (int i = 0; i < n->project.n; i++)
			n->project.v[i].expr = expr_fold_in(o,
			    plan_expr_substitute(o->plan,
			    n->project.v[i].expr, child->project.v,
			    child->project.n));
		n->child[0] = child->child[0];
		return simplify_project(o, n);
	}
	if (child->kind == PLAN_VALUES)
		return project_values(o, n);
	return n;
}

static struct plan_node *
simplify_join(struct opt *o, struct plan_node *n)
{
	enum plan_join_kind k = n->join.kind;
	bool left = is_empty(n->child[0]), right = is_empty(n->child[1]);

	n->join.on = expr_simplify(o, n->join.on);
	if (n->join.on != NULL && expr_is_true(n->join.on))
		n->join.on = NULL;
	if ((left && k != PLAN_RIGHT && k != PLAN_FULL) ||
	    (right && (k == PLAN_INNER || k == PLAN_RIGHT ||
	    k == PLAN_SEMI)))
		return no_rows(o, n);
	if (right && (k == PLAN_ANTI || k == PLAN_ANTI_NULL))
		return n->child[0];
	/* One row of no columns changes nothing. */
	if (k == PLAN_INNER && n->join.on == NULL)
		for (int c = 0; c < 2; c++) {
			const struct plan_node *one = n->child[c];

			if (one->kind == PLAN_VALUES && one->out.n == 0 &&
			    one->values.n_rows == 1)
				return n->child[1 - c];
		}
	return n;
}

/* A join with one constant row is a projection. */
static struct plan_node *
join_constants(struct opt *o, struct plan_node *n)
{
	if (n->kind != PLAN_JOIN || n->join.kind != PLAN_INNER)
		return n;
	for (int c = 0; c < 2; c++) {
		struct plan_node *v = n->child[c], *top;
		struct plan_assign *a;
		bool constant = v->kind == PLAN_VALUES &&
		    v->values.n_rows == 1;

		for (int i = 0; constant && i < v->out.n; i++)
			constant = expr_is_const(v->values.v[i]);
		if (!constant)
			continue;
		a = arena_array(o->arena, struct plan_assign, v->out.n + 1);
		for (int i = 0; i < v->out.n; i++)
			a[i] = (struct plan_assign){ v->out.v[i],
				v->values.v[i] };
		top = n->child[1 - c];
		if (n->join.on != NULL)
			top = plan_filter(o->plan, top, expr_simplify(o,
			    plan_expr_substitute(o->plan, n->join.on, a,
			    v->out.n)));
		return plan_extend(o->plan, top, a, v->out.n);
	}
	return n;
}

static struct plan_node *
simplify_limit(struct opt *o, struct plan_node *n)
{
	if (n->sort.limit == 0 || is_empty(n->child[0]))
		return no_rows(o, n);
	return n;
}

static struct plan_node *
simplify_union(struct opt *o, struct plan_node *n)
{
	int kept = 0;

	for (int c = 0; c < n->n_child; c++) {
		if (is_empty(n->child[c]))
			continue;
		n->child[kept] = n->child[c];
		n->set.inputs[kept++] = n->set.inputs[c];
	}
	if (kept == 0)
		return no_rows(o, n);
	n->n_child = kept;
	if (kept == 1) {
		struct plan_assign *v = arena_array(o->arena,
		    struct plan_assign, n->out.n + 1);

		for (int i = 0; i < n->out.n; i++)
			v[i] = (struct plan_assign){ n->out.v[i],
				plan_symbol_expr(o->plan,
				n->set.inputs[0][i]) };
		return plan_project(o->plan, n->child[0], v, n->out.n);
	}
	return n;
}

static struct plan_node *
simplify_values(struct opt *o, struct plan_node *n)
{
	for (int i = 0; i < n->values.n_rows * n->out.n; i++)
		n->values.v[i] = expr_fold_in(o, n->values.v[i]);
	return n;
}

static struct plan_node *
simplify_node(struct opt *o, struct plan_node *n)
{
	struct plan_visitor v = { o, simplify_slot, NULL, NULL };

	if (n->kind == PLAN_VALUES)
		return simplify_values(o, n);
	plan_node_visit(n, &v);
	switch (n->kind) {
	case PLAN_FILTER: return simplify_filter(o, n);
	case PLAN_PROJECT: return simplify_project(o, n);
	case PLAN_JOIN:
		n = simplify_join(o, n);
		return join_constants(o, n);
	case PLAN_LIMIT: case PLAN_TOPN: return simplify_limit(o, n);
	case PLAN_UNION: return simplify_union(o, n);
	case PLAN_AGGREGATE:
		return n->aggregate.keys.n > 0 && is_empty(n->child[0]) &&
		    n->aggregate.global_sets < 0 ? no_rows(o, n) : n;
	case PLAN_SORT: case PLAN_WINDOW: case PLAN_UNNEST:
	case PLAN_GROUP_ID: case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		return is_empty(n->child[0]) ? no_rows(o, n) : n;
	default:
		return n;
	}
}

static int
simplify(struct opt *o, struct plan_node **n)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	for (int i = 0; i < (*n)->n_child; i++)
		if ((rc = simplify(o, &(*n)->child[i])) != 0)
			return rc;
	o->depth--;
	*n = simplify_node(o, *n);
	return 0;
}

int
pass_simplify(struct opt *o, struct plan_node **n)
{
	return simplify(o, n);
}
