/* SPDX-License-Identifier: Apache-2.0
 * distinct.c - aggregates over DISTINCT arguments: those of one argument
 * list become an aggregation over groups. */
#include "opt/pass.h"

static bool
same_args(const struct plan_agg *x, const struct plan_agg *y)
{
	if (x->n_args != y->n_args)
		return false;
	for (int i = 0; i < x->n_args; i++)
		if (x->args[i] != y->args[i])
			return false;
	return true;
}

/* All aggregates are DISTINCT over the same arguments, of all rows. */
static bool
is_single(const struct plan_node *n)
{
	const struct plan_agg *first = &n->aggregate.v[0];

	if (n->aggregate.n == 0 || n->aggregate.global_sets >= 0)
		return false;
	for (int i = 0; i < n->aggregate.n; i++) {
		const struct plan_agg *a = &n->aggregate.v[i];

		if (!a->distinct || a->filter >= 0 || a->n_order > 0 ||
		    a->n_args == 0 || !same_args(a, first))
			return false;
	}
	return true;
}

static void
two_levels(struct opt *o, struct plan_node *n)
{
	struct symbol_list keys = { 0 };
	const struct plan_agg *a = &n->aggregate.v[0];

	for (int i = 0; i < n->aggregate.keys.n; i++)
		symbol_list_add(o->arena, &keys, n->aggregate.keys.v[i]);
	for (int i = 0; i < a->n_args; i++)
		if (!symbol_list_has(&keys, a->args[i]))
			symbol_list_add(o->arena, &keys, a->args[i]);
	n->child[0] = plan_aggregate(o->plan, n->child[0], &keys, NULL, 0);
	for (int i = 0; i < n->aggregate.n; i++)
		n->aggregate.v[i].distinct = false;
}

static int
distinct(struct opt *o, struct plan_node *n)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	if (n->kind == PLAN_AGGREGATE) {
		for (int i = 0; i < n->aggregate.n; i++) {
			struct plan_agg *a = &n->aggregate.v[i];

			if ((a->func->flags & AGG_IGNORES_DUPLICATES) != 0)
				a->distinct = false;
			if ((a->func->flags & AGG_IGNORES_DUPLICATES) != 0)
				a->n_order = 0;
		}
		if (is_single(n))
			two_levels(o, n);
	}
	for (int i = 0; i < n->n_child; i++)
		if ((rc = distinct(o, n->child[i])) != 0)
			return rc;
	o->depth--;
	return 0;
}

int
pass_distinct(struct opt *o, struct plan_node **n)
{
	return distinct(o, *n);
}
