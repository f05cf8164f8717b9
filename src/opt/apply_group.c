/* SPDX-License-Identifier: Apache-2.0
 * apply_group.c - correlated global aggregations with any condition, and
 * over UNNEST of the outer row's arrays: the outer rows are numbered, joined
 * on the outside, and grouped by their number. */
#include "opt/decorrelate.h"

/* The subquery's parts: projections over one aggregation without keys. */
struct shape {
	struct plan_node *projections[16];      /* from the top */
	int n_projections;
	struct plan_node *aggregate;
};

static bool
find_shape(struct plan_node *n, struct shape *s)
{
	while (n->kind == PLAN_PROJECT || n->kind == PLAN_SINGLE_ROW) {
		if (n->kind == PLAN_PROJECT) {
			if (s->n_projections == 16)
				return false;
			s->projections[s->n_projections++] = n;
		}
		n = n->child[0];
	}
	s->aggregate = n;
	return n->kind == PLAN_AGGREGATE && n->aggregate.keys.n == 0;
}

/* Outer rows joined with what is to be aggregated; *marker is true for real
 * matches. */
static struct plan_node *
join_outside(struct opt *o, struct plan_node *left, struct plan_node *source,
    struct symbol_list outer, int *marker)
{
	struct pull p = { .o = o, .outer = outer };
	struct plan_assign mark = { .expr = expr_bool(o->pool, true) };
	struct plan_node *joined;

	if (!pull_up(&p, &source) || p.was_global)
		return NULL;
	mark.symbol = plan_symbol_new(o->plan, "non_null", TYPE(BOOLEAN));
	*marker = mark.symbol;
	source = plan_extend(o->plan, source, &mark, 1);
	joined = plan_join(o->plan, PLAN_LEFT, left, source,
	    expr_conjunction(o, &p.terms));
	return plan_extend(o->plan, joined, p.late.v, p.late.n);
}

/* The UNNEST under projections and filters whose arrays are computed of one
 * row of nothing; NULL: not of that form. */
static struct plan_node *
find_unnest(struct plan_node *n)
{
	while (n->kind == PLAN_FILTER || n->kind == PLAN_PROJECT)
		n = n->child[0];
	if (n->kind != PLAN_UNNEST || n->unnest.replicated.n > 0 ||
	    n->unnest.join != PLAN_INNER ||
	    n->child[0]->kind != PLAN_PROJECT ||
	    n->child[0]->child[0]->kind != PLAN_VALUES ||
	    n->child[0]->child[0]->values.n_rows != 1)
		return NULL;
	return n;
}

/* The nodes over an UNNEST again, over a LEFT one of the outer rows: filters
 * become terms that tell real elements. */
static struct plan_node *
left_unnest(struct opt *o, struct plan_node *n, struct plan_node *left,
    struct expr_list *terms)
{
	struct plan_node *child, *m;
	struct expr *x;

	if (n->kind != PLAN_UNNEST) {
		child = left_unnest(o, n->child[0], left, terms);
		if (n->kind == PLAN_PROJECT)
			return plan_extend(o->plan, child, n->project.v,
			    n->project.n);
		expr_conjuncts(o, n->filter.predicate, terms);
		return child;
	}
	m = arena_dup(o->arena, n, sizeof(*n));
	m->child = arena_array(o->arena, struct plan_node *, 1);
	m->child[0] = plan_extend(o->plan, left, n->child[0]->project.v,
	    n->child[0]->project.n);
	m->unnest.join = PLAN_LEFT;
	m->unnest.replicated = left->out;
	m->out = (struct symbol_list){ 0 };
	for (int i = 0; i < left->out.n; i++)
		symbol_list_add(o->arena, &m->out, left->out.v[i]);
	for (int i = 0; i < n->out.n; i++)
		symbol_list_add(o->arena, &m->out, n->out.v[i]);
	if (m->unnest.ordinality < 0) {
		m->unnest.ordinality = plan_symbol_new(o->plan, "ordinality",
		    TYPE(BIGINT));
		symbol_list_add(o->arena, &m->out, m->unnest.ordinality);
	}
	x = expr_negate(o, expr_null_test(o, plan_symbol_expr(o->plan,
	    m->unnest.ordinality)));
	arena_push(o->arena, terms, x);
	return m;
}

/* UNNEST over one row that is computed of the outer row. */
static struct plan_node *
unnest_outside(struct opt *o, struct plan_node *left,
    struct plan_node *source, int *marker)
{
	struct expr_list terms = { 0 };
	struct plan_assign mark;
	struct plan_node *n;

	if (find_unnest(source) == NULL)
		return NULL;
	n = left_unnest(o, source, left, &terms);
	mark.expr = expr_conjunction(o, &terms);
	mark.symbol = *marker = plan_symbol_new(o->plan, "non_null",
	    TYPE(BOOLEAN));
	return plan_extend(o->plan, n, &mark, 1);
}

/* Aggregates count matches only. */
static struct plan_node *
masked_aggregate(struct opt *o, struct plan_node *joined,
    const struct plan_node *old, const struct symbol_list *keys, int marker)
{
	int n = old->aggregate.n;
	struct plan_agg *aggs = arena_array(o->arena, struct plan_agg, n + 1);

	for (int i = 0; i < n; i++) {
		aggs[i] = old->aggregate.v[i];
		if (aggs[i].filter >= 0) {
			struct plan_assign a;

			a.symbol = plan_symbol_new(o->plan, "filter",
			    TYPE(BOOLEAN));
			a.expr = expr_and(o->pool, (struct expr *[]){
			    plan_symbol_expr(o->plan, marker),
			    plan_symbol_expr(o->plan, aggs[i].filter) }, 2);
			joined = plan_extend(o->plan, joined, &a, 1);
			aggs[i].filter = a.symbol;
		} else {
			aggs[i].filter = marker;
		}
	}
	return plan_aggregate(o->plan, joined, keys, aggs, n);
}

int
apply_by_grouping(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct symbol_list keys = { 0 }, outer = apply_correlation(o, a);
	struct plan_node *left, *joined, *source;
	struct shape s = { 0 };
	int id, marker;

	*out = NULL;
	if (!find_shape(a->child[1], &s))
		return 0;
	left = apply_row_id(o, a->child[0], &id);
	source = s.aggregate->child[0];
	joined = join_outside(o, left, source, outer, &marker);
	if (joined == NULL)
		joined = unnest_outside(o, left, source, &marker);
	if (joined == NULL)
		return 0;
	for (int i = 0; i < left->out.n; i++)
		symbol_list_add(o->arena, &keys, left->out.v[i]);
	*out = masked_aggregate(o, joined, s.aggregate, &keys, marker);
	for (int i = s.n_projections - 1; i >= 0; i--)
		*out = plan_extend(o->plan, *out,
		    s.projections[i]->project.v, s.projections[i]->project.n);
	if (a->apply.kind == APPLY_SCALAR)
		*out = apply_result(o, *out, a->apply.symbol,
		    plan_symbol_expr(o->plan, a->child[1]->out.v[0]));
	else if (a->apply.on != NULL)
		*out = NULL;
	return 0;
}

/* ---- LATERAL ---- */

/* The same nodes over the outer rows, all of whose columns are kept. */
static struct plan_node *
over_outer(struct opt *o, struct plan_node *n, struct plan_node *left)
{
	struct plan_node *child, *m;

	if (n->kind == PLAN_UNNEST) {
		m = arena_dup(o->arena, n, sizeof(*n));
		m->child = arena_array(o->arena, struct plan_node *, 1);
		m->child[0] = plan_extend(o->plan, left,
		    n->child[0]->project.v, n->child[0]->project.n);
		m->unnest.replicated = left->out;
		m->out = (struct symbol_list){ 0 };
		for (int i = 0; i < left->out.n; i++)
			symbol_list_add(o->arena, &m->out, left->out.v[i]);
		for (int i = 0; i < n->out.n; i++)
			symbol_list_add(o->arena, &m->out, n->out.v[i]);
		return m;
	}
	child = over_outer(o, n->child[0], left);
	if (n->kind == PLAN_FILTER)
		return plan_filter(o->plan, child, n->filter.predicate);
	return plan_extend(o->plan, child, n->project.v, n->project.n);
}

int
apply_unnest(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	*out = NULL;
	if (find_unnest(a->child[1]) == NULL || a->apply.join != PLAN_INNER)
		return 0;
	*out = over_outer(o, a->child[1], a->child[0]);
	*out = plan_filter(o->plan, *out, a->apply.on);
	return 0;
}
