/* SPDX-License-Identifier: Apache-2.0
 * same.c - do two trees compute the same rows?  As for the references of one
 * WITH query, which are copies of one plan. */
#include "opt/share.h"

struct sameness {
	struct opt *o;
	int *map;               /* symbol of b -> of a */
};

static bool same(struct sameness *s, struct plan_node *a,
    struct plan_node *b);

static bool
same_expr(struct sameness *s, const struct expr *a, struct expr *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return expr_deterministic(a) &&
	    expr_equal(a, plan_expr_map(s->o->plan, b, s->map));
}

static bool
same_list(struct sameness *s, const struct symbol_list *a,
    const struct symbol_list *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (a->v[i] != s->map[b->v[i]])
			return false;
	return true;
}

/* b's table column as a's symbol; a reads all that b does. */
static bool
same_scan(struct sameness *s, struct plan_node *a, struct plan_node *b)
{
	if (a->scan.conn != b->scan.conn ||
	    strcmp(a->scan.label, b->scan.label) != 0 ||
	    !str_eq(a->scan.table->handle, b->scan.table->handle))
		return false;
	for (int i = 0; i < b->out.n; i++) {
		int k = 0;

		while (k < a->out.n &&
		    a->scan.columns[k] != b->scan.columns[i])
			k++;
		if (k == a->out.n)
			return false;
		s->map[b->out.v[i]] = a->out.v[k];
	}
	return same_expr(s, a->scan.filter, b->scan.filter);
}

/* Each of b's assignments is one of a's. */
static bool
same_project(struct sameness *s, struct plan_node *a, struct plan_node *b)
{
	for (int i = 0; i < b->project.n; i++) {
		int k = 0;

		while (k < a->project.n && !same_expr(s,
		    a->project.v[k].expr, b->project.v[i].expr))
			k++;
		if (k == a->project.n)
			return false;
		s->map[b->project.v[i].symbol] = a->project.v[k].symbol;
	}
	return true;
}

static bool
same_agg(struct sameness *s, const struct plan_agg *a,
    const struct plan_agg *b)
{
	if (a->func != b->func || a->n_args != b->n_args ||
	    a->distinct != b->distinct || a->n_order > 0 || b->n_order > 0 ||
	    (a->filter < 0) != (b->filter < 0) ||
	    (a->filter >= 0 && a->filter != s->map[b->filter]))
		return false;
	for (int i = 0; i < a->n_args; i++)
		if (a->args[i] != s->map[b->args[i]])
			return false;
	return true;
}

static bool
same_aggregate(struct sameness *s, struct plan_node *a, struct plan_node *b)
{
	if (!same_list(s, &a->aggregate.keys, &b->aggregate.keys))
		return false;
	for (int i = 0; i < b->aggregate.n; i++) {
		int k = 0;

		while (k < a->aggregate.n && !same_agg(s,
		    &a->aggregate.v[k], &b->aggregate.v[i]))
			k++;
		if (k == a->aggregate.n)
			return false;
		s->map[b->aggregate.v[i].symbol] = a->aggregate.v[k].symbol;
	}
	return true;
}

static bool
same(struct sameness *s, struct plan_node *a, struct plan_node *b)
{
	if (a->kind != b->kind || a->n_child != b->n_child)
		return false;
	for (int i = 0; i < a->n_child; i++)
		if (!same(s, a->child[i], b->child[i]))
			return false;
	switch (a->kind) {
	case PLAN_SCAN: return same_scan(s, a, b);
	case PLAN_PROJECT: return same_project(s, a, b);
	case PLAN_AGGREGATE: return same_aggregate(s, a, b);
	case PLAN_FILTER:
		return same_expr(s, a->filter.predicate, b->filter.predicate);
	case PLAN_JOIN:
		return a->join.kind == b->join.kind &&
		    a->join.kind != PLAN_MARK &&
		    same_expr(s, a->join.on, b->join.on);
	default:
		return false;
	}
}

bool
plan_same(struct opt *o, struct plan_node *a, struct plan_node *b, int *map)
{
	struct sameness s = { o, map };

	for (int i = 0; i < o->plan->symbols.n; i++)
		map[i] = i;
	return same(&s, a, b);
}
