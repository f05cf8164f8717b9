/* SPDX-License-Identifier: Apache-2.0
 * share.c - x = (SELECT max(x) FROM q) over a WITH query q: q is computed
 * once, its maximum as a window function over it. */
#include "opt/share.h"

enum { PEEL_MAX = 8 };

/* Projections over a node. */
struct peeled {
	struct plan_node *projections[PEEL_MAX];        /* from the top */
	int n;
	struct plan_node *node;
};

static bool
peel(struct plan_node *n, struct peeled *p)
{
	p->n = 0;
	for (; n->kind == PLAN_PROJECT; n = n->child[0]) {
		if (p->n == PEEL_MAX)
			return false;
		p->projections[p->n++] = n;
	}
	p->node = n;
	return true;
}

static bool
is_plain_total(const struct plan_node *n)
{
	if (n->kind != PLAN_AGGREGATE || n->aggregate.keys.n > 0)
		return false;
	for (int i = 0; i < n->aggregate.n; i++) {
		const struct plan_agg *a = &n->aggregate.v[i];

		if (a->distinct || a->filter >= 0 || a->n_order > 0)
			return false;
	}
	return n->aggregate.n > 0;
}

/* The aggregates as functions over all rows of n. */
static struct plan_node *
as_window(struct opt *o, struct plan_node *n, const struct plan_node *total,
    const int *map)
{
	struct plan_node *w = plan_node_new(o->plan, PLAN_WINDOW, 1);

	w->child[0] = n;
	w->window.n = total->aggregate.n;
	w->window.v = arena_array(o->arena, struct plan_window_func,
	    w->window.n);
	for (int i = 0; i < w->window.n; i++) {
		struct plan_window_func *f = &w->window.v[i];

		f->agg = total->aggregate.v[i];
		f->agg.args = arena_array(o->arena, int, f->agg.n_args + 1);
		for (int k = 0; k < f->agg.n_args; k++)
			f->agg.args[k] = map[total->aggregate.v[i].args[k]];
		f->frame.type = PLAN_FRAME_ROWS;
		f->frame.start = PLAN_UNBOUNDED_PRECEDING;
		f->frame.end = PLAN_UNBOUNDED_FOLLOWING;
		f->frame.start_value = f->frame.end_value = -1;
	}
	plan_node_reout(o->plan, w);
	return w;
}

/* The projection again, which lets the window's results pass. */
static struct plan_node *
project_with(struct opt *o, struct plan_node *n, const struct plan_node *p,
    const struct plan_node *total)
{
	int count = p->project.n;
	struct plan_assign *v = arena_array(o->arena, struct plan_assign,
	    count + total->aggregate.n);

	if (count > 0)
		memcpy(v, p->project.v, sizeof(*v) * (size_t)count);
	for (int i = 0; i < total->aggregate.n; i++) {
		int symbol = total->aggregate.v[i].symbol;

		v[count++] = (struct plan_assign){ symbol,
			plan_symbol_expr(o->plan, symbol) };
	}
	return plan_project(o->plan, n, v, count);
}

/* Puts relation j, a total of what relation i is, into i. */
static bool
share(struct graph *g, int i, int j)
{
	struct opt *o = g->o;
	struct peeled outer, top, inner;
	int *map = arena_array(o->arena, int, o->plan->symbols.n + 64);
	struct plan_node *n;

	if (!peel(g->leaf[i], &outer) || !peel(g->leaf[j], &top) ||
	    outer.node->kind != PLAN_AGGREGATE ||
	    outer.node->aggregate.keys.n == 0 || !is_plain_total(top.node) ||
	    !peel(top.node->child[0], &inner) ||
	    !plan_same(o, outer.node, inner.node, map))
		return false;
	n = outer.node;
	for (int k = inner.n - 1; k >= 0; k--) {
		const struct plan_node *p = inner.projections[k];
		struct plan_assign *v = arena_array(o->arena,
		    struct plan_assign, p->project.n + 1);

		for (int m = 0; m < p->project.n; m++) {
			v[m].expr = plan_expr_map(o->plan,
			    p->project.v[m].expr, map);
			v[m].symbol = v[m].expr->kind == EXPR_INPUT
			    ? v[m].expr->input : p->project.v[m].symbol;
			map[p->project.v[m].symbol] = v[m].symbol;
		}
		n = plan_extend(o->plan, n, v, p->project.n);
	}
	n = as_window(o, n, top.node, map);
	for (int k = outer.n - 1; k >= 0; k--)
		n = project_with(o, n, outer.projections[k], top.node);
	for (int k = top.n - 1; k >= 0; k--)
		n = plan_extend(o->plan, n, top.projections[k]->project.v,
		    top.projections[k]->project.n);
	g->leaf[i] = n;
	g->n--;
	memmove(&g->leaf[j], &g->leaf[j + 1],
	    sizeof(g->leaf[0]) * (size_t)(g->n - j));
	return true;
}

void
share_aggregates(struct graph *g)
{
	for (int i = 0; i < g->n; i++)
		for (int j = 0; j < g->n; j++)
			if (i != j && share(g, i, j)) {
				/* Places have moved: begin anew. */
				i = -1;
				break;
			}
}
