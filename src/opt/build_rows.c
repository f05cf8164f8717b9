/* SPDX-License-Identifier: Apache-2.0
 * build_rows.c - windows and UNNEST. */
#include "opt/build.h"


static struct frag_agg
window_func(struct build *b, const struct piece *p,
    const struct plan_window_func *w)
{
	static const enum frag_frame_type types[] = {
		[PLAN_FRAME_RANGE] = FRAG_RANGE, [PLAN_FRAME_ROWS] = FRAG_ROWS,
		[PLAN_FRAME_GROUPS] = FRAG_GROUPS };
	static const enum frag_bound bounds[] = {
		[PLAN_UNBOUNDED_PRECEDING] = FRAG_UNBOUNDED_PRECEDING,
		[PLAN_PRECEDING] = FRAG_PRECEDING,
		[PLAN_CURRENT_ROW] = FRAG_CURRENT_ROW,
		[PLAN_FOLLOWING] = FRAG_FOLLOWING,
		[PLAN_UNBOUNDED_FOLLOWING] = FRAG_UNBOUNDED_FOLLOWING };
	struct frag_agg f = build_agg(b, p, &w->agg);

	f.window = w->name;
	if (f.name == NULL)
		f.name = w->name;
	f.ignore_nulls = w->ignore_nulls;
	f.frame.type = types[w->frame.type];
	f.frame.start = bounds[w->frame.start];
	f.frame.end = bounds[w->frame.end];
	f.frame.start_value = w->frame.start_value < 0 ? -1
	    : build_channel(p, w->frame.start_value);
	f.frame.end_value = w->frame.end_value < 0 ? -1
	    : build_channel(p, w->frame.end_value);
	return f;
}

int
build_window(struct build *b, struct plan_node *n, struct piece *out)
{
	struct symbol_list all = { 0 };
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	build_partition(b, out, &n->window.partition);
	f = build_frag(b, FRAG_WINDOW, 1);
	f->child[0] = out->root;
	f->n_keys = n->window.partition.n;
	f->keys = build_channels(b, out, &n->window.partition);
	f->n_sort = n->window.n_order;
	f->sort = build_sort(b, out, n->window.order, n->window.n_order);
	f->n_aggs = n->window.n;
	f->aggs = arena_array(b->o->arena, struct frag_agg, f->n_aggs + 1);
	for (int i = 0; i < out->out.n; i++)
		symbol_list_add(b->o->arena, &all, out->out.v[i]);
	for (int i = 0; i < f->n_aggs; i++) {
		f->aggs[i] = window_func(b, out, &n->window.v[i]);
		symbol_list_add(b->o->arena, &all, n->window.v[i].agg.symbol);
	}
	build_over(b, out, f, &all, n);
	return 0;
}

int
build_unnest(struct build *b, struct plan_node *n, struct piece *out)
{
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	f = build_frag(b, FRAG_UNNEST, 1);
	f->child[0] = out->root;
	f->n_columns = n->unnest.replicated.n;
	f->columns = build_channels(b, out, &n->unnest.replicated);
	f->n_unnest = n->unnest.arrays.n;
	f->unnest = build_channels(b, out, &n->unnest.arrays);
	f->ordinality = n->unnest.ordinality >= 0;
	f->outer = n->unnest.join == PLAN_LEFT;
	build_over(b, out, f, &n->out, n);
	return 0;
}
