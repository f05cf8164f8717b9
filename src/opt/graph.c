/* SPDX-License-Identifier: Apache-2.0
 * graph.c - taking trees of inner joins apart, and what joins of their parts
 * are like. */
#include <math.h>

#include "opt/estimate.h"
#include "opt/graph.h"

static bool
is_inner(const struct plan_node *n)
{
	return n->kind == PLAN_JOIN && n->join.kind == PLAN_INNER;
}

static int
count_leaves(const struct plan_node *n)
{
	if (is_inner(n))
		return count_leaves(n->child[0]) + count_leaves(n->child[1]);
	return 1;
}

static bool
all_deterministic(const struct plan_node *n)
{
	for (int i = 0; i < n->project.n; i++)
		if (!expr_deterministic(n->project.v[i].expr))
			return false;
	return true;
}

static struct expr *
expand(struct graph *g, struct expr *x)
{
	return plan_expr_substitute(g->o->plan, x, g->late.v, g->late.n);
}

void
graph_take(struct graph *g, struct plan_node *n)
{
	struct expr_list all = { 0 };

	if (is_inner(n) && g->n + count_leaves(n) <= GRAPH_MAX) {
		graph_take(g, n->child[0]);
		graph_take(g, n->child[1]);
		expr_conjuncts(g->o, n->join.on, &all);
		for (int i = 0; i < all.n; i++) {
			struct graph_term t = { .x = expand(g, all.v[i]),
				.class = -1 };

			arena_push(g->o->arena, &g->terms, t);
		}
		return;
	}
	if (n->kind == PLAN_PROJECT && is_inner(n->child[0]) &&
	    all_deterministic(n) &&
	    g->n + count_leaves(n->child[0]) <= GRAPH_MAX) {
		graph_take(g, n->child[0]);
		for (int i = 0; i < n->project.n; i++) {
			struct plan_assign a = n->project.v[i];

			if (a.expr->kind == EXPR_INPUT &&
			    a.expr->input == a.symbol)
				continue;
			a.expr = expand(g, a.expr);
			arena_push(g->o->arena, &g->late, a);
		}
		return;
	}
	g->leaf[g->n++] = n;
}

static int
leaf_of(const struct graph *g, int symbol)
{
	for (int i = 0; i < g->n; i++)
		if (symbol_list_has(&g->leaf[i]->out, symbol))
			return i;
	return -1;
}

static uint64_t
mask_of(const struct graph *g, const struct expr *x)
{
	struct symbol_list uses = { 0 };
	uint64_t mask = 0;

	plan_expr_uses(g->o->arena, x, &uses);
	for (int i = 0; i < uses.n; i++) {
		int leaf = leaf_of(g, uses.v[i]);

		if (leaf >= 0)
			mask |= UINT64_C(1) << leaf;
	}
	return mask;
}

static void
add_member(struct graph *g, int class, int symbol)
{
	struct graph_member m = { class, symbol, leaf_of(g, symbol) };

	for (int i = 0; i < g->members.n; i++)
		if (g->members.v[i].symbol == symbol)
			return;
	arena_push(g->o->arena, &g->members, m);
}

void
graph_finish(struct graph *g)
{
	struct expr_list all = { 0 };
	struct symbol_list roots = { 0 };
	struct classes c;
	int l, r;

	for (int i = 0; i < g->terms.n; i++) {
		g->terms.v[i].mask = mask_of(g, g->terms.v[i].x);
		arena_push(g->o->arena, &all, g->terms.v[i].x);
	}
	classes_init(g->o, &c);
	classes_add(&c, &all);
	for (int i = 0; i < g->terms.n; i++) {
		int root, class = 0;

		if (!classes_is_equality(g->terms.v[i].x, &l, &r) ||
		    leaf_of(g, l) < 0 || leaf_of(g, r) < 0)
			continue;
		root = classes_find(&c, l);
		while (class < roots.n && roots.v[class] != root)
			class++;
		if (class == roots.n)
			symbol_list_add(g->o->arena, &roots, root);
		g->terms.v[i].class = class;
		add_member(g, class, l);
		add_member(g, class, r);
	}
	g->n_classes = roots.n;
}

/* Columns of one relation and class are equal within it. */
void
graph_close_leaves(struct graph *g)
{
	for (int i = 0; i < g->members.n; i++)
		for (int k = i + 1; k < g->members.n; k++) {
			const struct graph_member *a = &g->members.v[i];
			const struct graph_member *b = &g->members.v[k];
			struct plan_node **leaf = &g->leaf[a->leaf];
			struct expr *x;

			if (a->class != b->class || a->leaf != b->leaf)
				continue;
			x = expr_binary(g->o, "=", plan_symbol_expr(
			    g->o->plan, a->symbol), plan_symbol_expr(
			    g->o->plan, b->symbol));
			if (x != NULL)
				*leaf = plan_filter(g->o->plan, *leaf, x);
		}
}

/* A column of the class within the set; -1: none. */
static int
member_in(const struct graph *g, int class, uint64_t mask)
{
	for (int i = 0; i < g->members.n; i++)
		if (g->members.v[i].class == class &&
		    (mask >> g->members.v[i].leaf & 1) != 0)
			return g->members.v[i].symbol;
	return -1;
}

static bool
crosses(uint64_t mask, uint64_t a, uint64_t b)
{
	return (mask & a) != 0 && (mask & b) != 0 && (mask & ~(a | b)) == 0;
}

bool
graph_connected(const struct graph *g, uint64_t a, uint64_t b)
{
	for (int c = 0; c < g->n_classes; c++)
		if (member_in(g, c, a) >= 0 && member_in(g, c, b) >= 0)
			return true;
	for (int i = 0; i < g->terms.n; i++)
		if (g->terms.v[i].class < 0 &&
		    crosses(g->terms.v[i].mask, a, b))
			return true;
	return false;
}

/* The largest number of values that a column of the class has on a side. */
static double
class_distinct(const struct graph *g, int class, const struct graph_plan *p)
{
	double d = -1;

	for (int i = 0; i < g->members.n; i++) {
		const struct graph_member *m = &g->members.v[i];
		double own;

		if (m->class != class || (p->mask >> m->leaf & 1) == 0)
			continue;
		own = stats_column(g->stats, m->symbol)->distinct;
		if (own < 0)
			continue;
		/* Joined columns keep the values that all of them have. */
		d = d < 0 ? own : fmin(d, own);
	}
	return d < 0 ? p->rows : fmin(d, p->rows);
}

double
graph_rows(const struct graph *g, const struct graph_plan *a,
    const struct graph_plan *b)
{
	double rows = a->rows * b->rows, best = 1, others = 1;

	for (int c = 0; c < g->n_classes; c++) {
		double part;

		if (member_in(g, c, a->mask) < 0 ||
		    member_in(g, c, b->mask) < 0)
			continue;
		part = 1 / fmax(1, fmax(class_distinct(g, c, a),
		    class_distinct(g, c, b)));
		others *= part < best ? best : part;
		best = fmin(best, part);
	}
	rows *= best * pow(others, 0.25);
	for (int i = 0; i < g->terms.n; i++)
		if (g->terms.v[i].class < 0 &&
		    crosses(g->terms.v[i].mask, a->mask, b->mask))
			rows *= stats_selectivity(g->stats, g->terms.v[i].x);
	return fmax(rows, 1);
}

/* An equality of the class across the sets: one that was written if there
 * is one. */
static struct expr *
class_equality(const struct graph *g, int class, uint64_t a, uint64_t b)
{
	int l = member_in(g, class, a), r = member_in(g, class, b);

	if (l < 0 || r < 0)
		return NULL;
	for (int i = 0; i < g->terms.n; i++)
		if (g->terms.v[i].class == class &&
		    crosses(g->terms.v[i].mask, a, b))
			return g->terms.v[i].x;
	return expr_binary(g->o, "=", plan_symbol_expr(g->o->plan, l),
	    plan_symbol_expr(g->o->plan, r));
}

struct expr *
graph_condition(const struct graph *g, uint64_t a, uint64_t b)
{
	struct expr_list l = { 0 };

	for (int c = 0; c < g->n_classes; c++) {
		struct expr *x = class_equality(g, c, a, b);

		if (x != NULL)
			arena_push(g->o->arena, &l, x);
	}
	for (int i = 0; i < g->terms.n; i++)
		if (g->terms.v[i].class < 0 &&
		    crosses(g->terms.v[i].mask, a, b))
			arena_push(g->o->arena, &l, g->terms.v[i].x);
	return expr_conjunction(g->o, &l);
}
