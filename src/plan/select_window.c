/* SPDX-License-Identifier: Apache-2.0
 * select_window.c - WINDOW nodes for the calls with OVER of one SELECT. */
#include "plan/select.h"

/* nodes NULL: the call itself is to blame. */
static int
map_all(struct select_build *s, const struct window_call *w,
    struct expr **v, int n, struct node *const *nodes, const char *what)
{
	int rc;

	for (int i = 0; i < n; i++) {
		struct node *at = nodes == NULL ? w->ast : nodes[i];

		if (at->kind == NODE_SORT_ITEM)
			at = ((struct sort_item_node *)at)->key;
		if ((rc = select_map(s, v[i], at, what, &v[i])) != 0)
			return rc;
	}
	return 0;
}

static int
map_call(struct select_build *s, struct window_call *w)
{
	int rc;

	if ((rc = map_all(s, w, w->args, w->func.agg.n_args, NULL,
	    "")) != 0 ||
	    (rc = map_all(s, w, w->partition, w->n_partition,
	    w->partition_ast, "PARTITION BY expression ")) != 0 ||
	    (rc = map_all(s, w, w->order_expr, w->n_order, w->order_ast,
	    "ORDER BY expression ")) != 0)
		return rc;
	if (w->start != NULL && (rc = map_all(s, w, &w->start, 1, NULL,
	    "Window frame start ")) != 0)
		return rc;
	return w->end == NULL ? 0 : map_all(s, w, &w->end, 1, NULL,
	    "Window frame end ");
}

static int
column(struct select_build *s, struct expr *x)
{
	struct plan_assign a = { .expr = x };

	if (x->kind == EXPR_INPUT && symbol_list_has(&s->node->out, x->input))
		return x->input;
	a.symbol = plan_symbol_new(s->b->plan, "expr", x->type);
	s->node = plan_extend(s->b->plan, s->node, &a, 1);
	return a.symbol;
}

static bool
same_order(const struct plan_order *x, const struct plan_order *y, int n)
{
	for (int i = 0; i < n; i++)
		if (x[i].symbol != y[i].symbol ||
		    x[i].descending != y[i].descending ||
		    x[i].nulls_first != y[i].nulls_first)
			return false;
	return true;
}

static bool
same_window(const struct plan_node *n, const struct symbol_list *partition,
    const struct window_call *w)
{
	if (n->window.partition.n != partition->n ||
	    n->window.n_order != w->n_order)
		return false;
	for (int i = 0; i < partition->n; i++)
		if (n->window.partition.v[i] != partition->v[i])
			return false;
	return same_order(n->window.order, w->order, w->n_order);
}

/* DISTINCT over a whole partition: only the first row of each value counts. */
static void
mark_distinct(struct select_build *s, struct plan_agg *agg,
    const struct symbol_list *partition)
{
	struct plan_node *m = plan_node_new(s->b->plan, PLAN_MARK_DISTINCT,
	    1);

	for (int i = 0; i < partition->n; i++)
		symbol_list_add(s->b->arena, &m->mark.keys, partition->v[i]);
	for (int i = 0; i < agg->n_args; i++)
		if (!symbol_list_has(&m->mark.keys, agg->args[i]))
			symbol_list_add(s->b->arena, &m->mark.keys,
			    agg->args[i]);
	m->mark.symbol = plan_symbol_new(s->b->plan, "is_distinct",
	    TYPE(BOOLEAN));
	m->child[0] = s->node;
	plan_node_reout(s->b->plan, m);
	s->node = m;
	agg->filter = m->mark.symbol;
	agg->distinct = false;
}

/* Computes what the call reads below all windows. */
static void
call_columns(struct select_build *s, struct window_call *w,
    struct symbol_list *partition)
{
	struct arena *a = s->b->arena;
	struct plan_agg *agg = &w->func.agg;

	agg->args = arena_array(a, int, agg->n_args + 1);
	for (int i = 0; i < agg->n_args; i++)
		agg->args[i] = column(s, w->args[i]);
	for (int i = 0; i < w->n_partition; i++)
		symbol_list_add(a, partition, column(s, w->partition[i]));
	if (agg->distinct && w->n_order == 0)
		mark_distinct(s, agg, partition);
	for (int i = 0; i < w->n_order; i++)
		w->order[i].symbol = column(s, w->order_expr[i]);
	if (w->start != NULL)
		w->func.frame.start_value = column(s, w->start);
	if (w->end != NULL)
		w->func.frame.end_value = column(s, w->end);
}

static void
add_call(struct select_build *s, struct plan_node *n, struct window_call *w)
{
	struct plan_window_func *all = arena_array(s->b->arena,
	    struct plan_window_func, n->window.n + 1);

	if (n->window.n > 0)
		memcpy(all, n->window.v, sizeof(*all) * (size_t)n->window.n);
	all[n->window.n++] = w->func;
	n->window.v = all;
}

int
select_windows(struct select_build *s)
{
	struct binder *b = s->b;
	int n = s->windows.n, rc, n_nodes = 0;
	struct symbol_list *partitions = arena_array(b->arena,
	    struct symbol_list, n + 1);
	struct plan_node **nodes = arena_array(b->arena, struct plan_node *,
	    n + 1);

	for (int i = 0; i < n; i++) {
		if ((rc = map_call(s, &s->windows.v[i])) != 0)
			return rc;
		call_columns(s, &s->windows.v[i], &partitions[i]);
	}
	for (int i = 0; i < n; i++) {
		struct window_call *w = &s->windows.v[i];
		int k = 0;

		while (k < n_nodes && !same_window(nodes[k], &partitions[i],
		    w))
			k++;
		if (k == n_nodes) {
			nodes[k] = plan_node_new(b->plan, PLAN_WINDOW, 1);
			nodes[k]->window.partition = partitions[i];
			nodes[k]->window.n_order = w->n_order;
			nodes[k]->window.order = w->order;
			n_nodes++;
		}
		add_call(s, nodes[k], w);
	}
	for (int k = 0; k < n_nodes; k++) {
		nodes[k]->child[0] = s->node;
		plan_node_reout(b->plan, nodes[k]);
		s->node = nodes[k];
	}
	return 0;
}
