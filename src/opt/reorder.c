/* SPDX-License-Identifier: Apache-2.0
 * reorder.c - the order of inner joins: dynamic programming over connected
 * sets while there are few relations, greedily beyond; the build side of
 * every join. */
#include <math.h>

#include "opt/estimate.h"
#include "opt/share.h"

struct search {
	struct graph *g;
	struct { struct graph_plan *v; int n, cap; } plans;
};

enum strategy { REORDER_NONE, REORDER_CROSS, REORDER_COST };

static enum strategy
strategy_of(const struct opt *o)
{
	const char *s = o->session->properties == NULL ? "AUTOMATIC"
	    : conf_string(o->session->properties,
	    "join_reordering_strategy");

	return strcmp(s, "NONE") == 0 ? REORDER_NONE
	    : strcmp(s, "ELIMINATE_CROSS_JOINS") == 0 ? REORDER_CROSS
	    : REORDER_COST;
}

static int
add_plan(struct search *s, const struct graph_plan *p)
{
	arena_push(s->g->o->arena, &s->plans, *p);
	return s->plans.n - 1;
}

/* Work of a join besides its inputs': the build side costs twice. */
static double
join_cost(const struct graph_plan *a, const struct graph_plan *b, double out)
{
	return fmax(a->rows, b->rows) + 2 * fmin(a->rows, b->rows) + out;
}

static struct graph_plan
joined(struct search *s, int left, int right)
{
	const struct graph_plan *a = &s->plans.v[left];
	const struct graph_plan *b = &s->plans.v[right];
	struct graph_plan p = { .mask = a->mask | b->mask, .left = left,
		.right = right, .leaf = -1 };

	p.rows = graph_rows(s->g, a, b);
	p.cost = a->cost + b->cost + join_cost(a, b, p.rows);
	if (!graph_connected(s->g, a->mask, b->mask))
		p.cost += a->rows * b->rows;
	return p;
}

/* ---- few relations ---- */

/* The best plans of all connected subsets of a component, by size. */
static int
dynamic(struct search *s, uint64_t component)
{
	int n = 0, bit[GRAPH_DP_MAX], *best;
	struct arena *a = s->g->o->arena;

	for (int i = 0; i < s->g->n; i++)
		if ((component >> i & 1) != 0)
			bit[n++] = i;
	best = arena_array(a, int, 1 << n);
	for (int i = 0; i < 1 << n; i++)
		best[i] = -1;
	for (int i = 0; i < n; i++)
		best[1 << i] = bit[i];  /* plan i is relation i */
	for (int set = 1; set < 1 << n; set++) {
		struct graph_plan found = { .cost = INFINITY };

		if ((set & (set - 1)) == 0)
			continue;
		for (int part = (set - 1) & set; part > 0;
		    part = (part - 1) & set) {
			int rest = set & ~part;
			struct graph_plan p;

			if (part < rest || best[part] < 0 || best[rest] < 0)
				continue;
			if (!graph_connected(s->g,
			    s->plans.v[best[part]].mask,
			    s->plans.v[best[rest]].mask))
				continue;
			p = joined(s, best[part], best[rest]);
			if (p.cost < found.cost)
				found = p;
		}
		if (found.cost < INFINITY)
			best[set] = add_plan(s, &found);
	}
	return best[(1 << n) - 1];
}

/* ---- many ---- */

/* Joins, again and again, the two connected parts whose join is smallest. */
static int
greedy(struct search *s, int *parts, int n)
{
	while (n > 1) {
		struct graph_plan best = { .rows = INFINITY };
		bool connected = false;
		int bi = -1, bk = -1;

		for (int i = 0; i < n; i++)
			for (int k = i + 1; k < n; k++) {
				struct graph_plan p;
				bool c = graph_connected(s->g,
				    s->plans.v[parts[i]].mask,
				    s->plans.v[parts[k]].mask);

				if (connected && !c)
					continue;
				p = joined(s, parts[i], parts[k]);
				if ((c && !connected) || p.rows < best.rows) {
					best = p;
					bi = i;
					bk = k;
				}
				connected |= c;
			}
		parts[bi] = add_plan(s, &best);
		parts[bk] = parts[--n];
	}
	return parts[0];
}

/* As written, but what is connected comes first. */
static int
as_written(struct search *s)
{
	uint64_t done = 1;
	int top = 0;

	for (int k = 1; k < s->g->n; k++) {
		struct graph_plan p;
		int next = -1;

		for (int i = 0; i < s->g->n && next < 0; i++)
			if ((done >> i & 1) == 0 && graph_connected(s->g,
			    done, UINT64_C(1) << i))
				next = i;
		for (int i = 0; i < s->g->n && next < 0; i++)
			if ((done >> i & 1) == 0)
				next = i;
		p = joined(s, top, next);
		top = add_plan(s, &p);
		done |= UINT64_C(1) << next;
	}
	return top;
}

static uint64_t
component_of(const struct graph *g, int leaf)
{
	uint64_t mask = UINT64_C(1) << leaf, before = 0;

	while (mask != before) {
		before = mask;
		for (int i = 0; i < g->n; i++)
			if ((mask >> i & 1) == 0 && graph_connected(g, mask,
			    UINT64_C(1) << i))
				mask |= UINT64_C(1) << i;
	}
	return mask;
}

static int
best_order(struct search *s)
{
	int *parts = arena_array(s->g->o->arena, int, s->g->n), n = 0;
	uint64_t done = 0;

	for (int i = 0; i < s->g->n; i++) {
		uint64_t mask;
		int top = -1;

		if ((done >> i & 1) != 0)
			continue;
		mask = component_of(s->g, i);
		done |= mask;
		if (__builtin_popcountll(mask) <= GRAPH_DP_MAX)
			top = dynamic(s, mask);
		if (top >= 0) {
			parts[n++] = top;
			continue;
		}
		for (int k = 0; k < s->g->n; k++)
			if ((mask >> k & 1) != 0)
				parts[n++] = k;
	}
	return greedy(s, parts, n);
}

/* ---- building ---- */

static struct plan_node *
build_plan(struct search *s, int at)
{
	struct graph_plan *p = &s->plans.v[at];
	const struct graph_plan *l, *r;
	struct plan_node *left, *right, *j;

	if (p->leaf >= 0)
		return s->g->leaf[p->leaf];
	l = &s->plans.v[p->left];
	r = &s->plans.v[p->right];
	if (l->rows < r->rows) {
		const struct graph_plan *t = l;

		l = r;
		r = t;
	}
	left = build_plan(s, (int)(l - s->plans.v));
	right = build_plan(s, (int)(r - s->plans.v));
	j = plan_join(s->g->o->plan, PLAN_INNER, left, right,
	    graph_condition(s->g, l->mask, r->mask));
	stats_estimate_one(s->g->stats, j);
	return j;
}

/* What no join could take (terms without relations, or of one only) and
 * the projections that were in between. */
static struct plan_node *
leftovers(struct graph *g, struct plan_node *n)
{
	struct expr_list l = { 0 };

	for (int i = 0; i < g->terms.n; i++) {
		uint64_t mask = g->terms.v[i].mask;

		if ((mask & (mask - 1)) == 0)
			arena_push(g->o->arena, &l, g->terms.v[i].x);
	}
	if (l.n > 0) {
		n = plan_filter(g->o->plan, n, expr_conjunction(g->o, &l));
		stats_estimate_one(g->stats, n);
	}
	if (g->late.n > 0) {
		n = plan_extend(g->o->plan, n, g->late.v, g->late.n);
		stats_estimate_one(g->stats, n);
	}
	return n;
}

static int reorder(struct opt *o, struct stats *stats, struct plan_node **n);

static int
reorder_joins(struct opt *o, struct stats *stats, struct plan_node **n)
{
	struct graph *g = arena_new(o->arena, struct graph);
	struct search s = { .g = g };
	enum strategy strategy = strategy_of(o);
	int rc, best;

	g->o = o;
	g->stats = stats;
	graph_take(g, *n);
	share_aggregates(g);
	graph_finish(g);
	graph_close_leaves(g);
	for (int i = 0; i < g->n; i++) {
		struct graph_plan leaf = { .mask = UINT64_C(1) << i,
			.left = -1, .right = -1, .leaf = i };

		if ((rc = reorder(o, stats, &g->leaf[i])) != 0)
			return rc;
		leaf.rows = g->leaf[i]->rows < 0 ? 1e5
		    : fmax(1, g->leaf[i]->rows);
		add_plan(&s, &leaf);
	}
	best = strategy == REORDER_CROSS ? as_written(&s) : best_order(&s);
	*n = leftovers(g, build_plan(&s, best));
	return 0;
}

/* The smaller side is built; outer joins change their name with it. */
static void
choose_build(struct plan_node *n)
{
	struct plan_node *l = n->child[0], *r = n->child[1];
	double ratio;

	if (l->bytes < 0 || r->bytes < 0)
		return;
	ratio = r->bytes / fmax(1, l->bytes);
	if (n->join.kind == PLAN_LEFT && ratio > 3)
		n->join.kind = PLAN_RIGHT;
	else if (n->join.kind == PLAN_RIGHT && ratio > 1)
		n->join.kind = PLAN_LEFT;
	else if (!((n->join.kind == PLAN_FULL || n->join.kind ==
	    PLAN_INNER) && ratio > 1))
		return;
	n->child[0] = r;
	n->child[1] = l;
}

static int
reorder(struct opt *o, struct stats *stats, struct plan_node **n)
{
	struct plan_node *m = *n;
	bool inner = m->kind == PLAN_JOIN && m->join.kind == PLAN_INNER;
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	if (inner && strategy_of(o) != REORDER_NONE) {
		rc = reorder_joins(o, stats, n);
		o->depth--;
		return rc;
	}
	for (int i = 0; i < m->n_child; i++)
		if ((rc = reorder(o, stats, &m->child[i])) != 0)
			return rc;
	plan_node_reout(o->plan, m);
	if (m->kind == PLAN_JOIN && strategy_of(o) != REORDER_NONE) {
		choose_build(m);
		*n = semi_turned(o, stats, m);
	}
	o->depth--;
	return *n == m ? stats_estimate_one(stats, m) : 0;
}

int
pass_reorder(struct opt *o, struct plan_node **n)
{
	struct stats s;

	stats_init(o, &s);
	return reorder(o, &s, n);
}
