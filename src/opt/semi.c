/* SPDX-License-Identifier: Apache-2.0
 * semi.c - semi and anti joins whose right side is the larger by far are
 * turned round: the left side is built, the right one probes it. */
#include "opt/estimate.h"

static const double much = 4, many = 50000;

static bool
has_key(struct opt *o, const struct plan_node *n)
{
	struct expr_list terms = { 0 };
	struct expr *sides[2];
	bool null_safe;

	expr_conjuncts(o, n->join.on, &terms);
	for (int i = 0; i < terms.n; i++)
		if (expr_equi_sides(o, terms.v[i], &n->child[0]->out,
		    &n->child[1]->out, sides, &null_safe) && !null_safe)
			return true;
	return false;
}

/* Left rows are numbered; the first pair of each number stays. */
static struct plan_node *
turn_semi(struct opt *o, struct stats *s, struct plan_node *n)
{
	struct plan_node *id = plan_node_new(o->plan, PLAN_ROW_ID, 1);
	struct plan_node *m = plan_node_new(o->plan, PLAN_MARK_DISTINCT, 1);

	id->mark.symbol = plan_symbol_new(o->plan, "unique", TYPE(BIGINT));
	id->child[0] = n->child[0];
	plan_node_reout(o->plan, id);
	stats_estimate_one(s, id);
	m->child[0] = plan_join(o->plan, PLAN_INNER, n->child[1], id,
	    n->join.on);
	stats_estimate_one(s, m->child[0]);
	m->mark.symbol = plan_symbol_new(o->plan, "is_distinct",
	    TYPE(BOOLEAN));
	symbol_list_add(o->arena, &m->mark.keys, id->mark.symbol);
	plan_node_reout(o->plan, m);
	stats_estimate_one(s, m);
	m = plan_filter(o->plan, m, plan_symbol_expr(o->plan,
	    m->mark.symbol));
	stats_estimate_one(s, m);
	return m;
}

/* The built side's rows without partner come out with NULLs. */
static struct plan_node *
turn_anti(struct opt *o, struct stats *s, struct plan_node *n)
{
	struct plan_assign a = { .expr = expr_bool(o->pool, true) };
	struct plan_node *right;

	a.symbol = plan_symbol_new(o->plan, "non_null", TYPE(BOOLEAN));
	right = plan_extend(o->plan, n->child[1], &a, 1);
	stats_estimate_one(s, right);
	right = plan_join(o->plan, PLAN_RIGHT, right, n->child[0],
	    n->join.on);
	stats_estimate_one(s, right);
	right = plan_filter(o->plan, right, expr_null_test(o,
	    plan_symbol_expr(o->plan, a.symbol)));
	stats_estimate_one(s, right);
	return right;
}

struct plan_node *
semi_turned(struct opt *o, struct stats *s, struct plan_node *n)
{
	double l = n->child[0]->rows, r = n->child[1]->rows;
	struct expr_list terms = { 0 };

	if ((n->join.kind != PLAN_SEMI && n->join.kind != PLAN_ANTI) ||
	    l < 0 || r < many || r < much * l || !has_key(o, n))
		return n;
	/* Many partners a row would make many pairs. */
	expr_conjuncts(o, n->join.on, &terms);
	if (stats_join_rows(s, n->child[0], n->child[1], &terms) > r)
		return n;
	return n->join.kind == PLAN_SEMI ? turn_semi(o, s, n)
	    : turn_anti(o, s, n);
}
