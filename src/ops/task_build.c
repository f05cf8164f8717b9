/* SPDX-License-Identifier: Apache-2.0
 * task_build.c - a fragment's tree cut into pipelines.
 *
 * The walk goes from the root down and carries the operators that stand above
 * (the last one first).  A source ends a pipeline; a join starts another one
 * for its build side; a union is walked once a child with the same operators
 * above, so its pipelines share their slots. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "ops/task_priv.h"

struct walk {
	struct task *task;
	struct slot_list above; /* the end of the pipeline first */
	/* Gates of the builds that operators above probe. */
	struct { struct op_slot **v; int n, cap; } builds;
	struct err *e;
	int depth;
};

enum { MAX_DEPTH = 400 };

static int walk_node(struct walk *w, const struct frag_node *n);

static struct op_slot *
new_slot(struct task *t, const struct op_kind *kind,
    const struct frag_node *n)
{
	struct op_slot *s = arena_new(&t->arena, struct op_slot);
	char name[64];

	s->kind = kind;
	s->node = n;
	s->task = t;
	snprintf(name, sizeof(name), "%sOperator", kind->name);
	s->account = mem_account_new(t->world.pool, name);
	arena_push(&t->arena, &t->slots, s);
	return s;
}

/* The slot that an earlier walk through a union has made. */
static struct op_slot *
slot_for(struct task *t, const struct op_kind *kind,
    const struct frag_node *n)
{
	for (int i = 0; i < t->slots.n; i++)
		if (t->slots.v[i]->kind == kind && t->slots.v[i]->node == n)
			return t->slots.v[i];
	return new_slot(t, kind, n);
}

static int
source_drivers(struct walk *w, const struct op_kind *kind)
{
	if (kind == &op_values || kind == &op_merge)
		return 1;
	return w->task->world.concurrency;
}

/* A source was reached: the pipeline is whole. */
static int
end_pipeline(struct walk *w, const struct op_kind *kind,
    const struct frag_node *n)
{
	struct task *t = w->task;
	struct pipeline *p = arena_new(&t->arena, struct pipeline);

	arena_push(&t->arena, p, new_slot(t, kind, n));
	for (int i = w->above.n - 1; i >= 0; i--)
		arena_push(&t->arena, p, w->above.v[i]);
	p->drivers = source_drivers(w, kind);
	for (int i = 0; i < p->n; i++)
		p->v[i]->drivers += p->drivers;
	/* Builds are told apart from their gates until share() has run. */
	p->needs = arena_array(&t->arena, struct gate *, w->builds.n);
	p->n_needs = w->builds.n;
	for (int i = 0; i < w->builds.n; i++)
		p->needs[i] = (struct gate *)(void *)w->builds.v[i];
	arena_push(&t->arena, &t->pipelines, p);
	return 0;
}

static int
walk_above(struct walk *w, const struct op_kind *kind,
    const struct frag_node *n)
{
	int ret;

	arena_push(&w->task->arena, &w->above, slot_for(w->task, kind, n));
	ret = walk_node(w, n->child[0]);
	w->above.n--;
	return ret;
}

static int
walk_join(struct walk *w, const struct frag_node *n)
{
	bool hash = n->kind == FRAG_JOIN;
	struct op_slot *build, *probe;
	int ret;

	build = new_slot(w->task, hash ? &op_join_build : &op_cross_build, n);
	struct walk inner = { .task = w->task, .e = w->e, .depth = w->depth };

	arena_push(&w->task->arena, &inner.above, build);
	ret = walk_node(&inner, n->child[1]);
	if (ret < 0)
		return ret;
	probe = new_slot(w->task, hash ? &op_join_probe : &op_cross_probe, n);
	probe->peer = build;
	arena_push(&w->task->arena, &w->above, probe);
	arena_push(&w->task->arena, &w->builds, build);
	ret = walk_node(w, n->child[0]);
	w->above.n--;
	w->builds.n--;
	return ret;
}

static int
walk_union(struct walk *w, const struct frag_node *n)
{
	int ret = 0;

	for (int i = 0; ret == 0 && i < n->n_child; i++)
		ret = walk_node(w, n->child[i]);
	return ret;
}

static int
walk_one(struct walk *w, const struct frag_node *n)
{
	switch (n->kind) {
	case FRAG_SCAN: return end_pipeline(w, &op_scan, n);
	case FRAG_VALUES: return end_pipeline(w, &op_values, n);
	case FRAG_EXCHANGE:
		return end_pipeline(w, n->n_sort > 0 ? &op_merge
		    : &op_exchange, n);
	case FRAG_UNION: return walk_union(w, n);
	case FRAG_PROJECT: return walk_above(w, &op_project, n);
	case FRAG_AGGREGATE: return walk_above(w, &op_aggregate, n);
	case FRAG_JOIN:
	case FRAG_CROSS: return walk_join(w, n);
	case FRAG_SORT: return walk_above(w, &op_sort, n);
	case FRAG_TOPN: return walk_above(w, &op_topn, n);
	case FRAG_LIMIT: return walk_above(w, &op_limit, n);
	case FRAG_SINGLE_ROW: return walk_above(w, &op_single_row, n);
	case FRAG_MARK_DISTINCT: return walk_above(w, &op_mark_distinct, n);
	case FRAG_ROW_ID: return walk_above(w, &op_row_id, n);
	case FRAG_GROUP_ID: return walk_above(w, &op_group_id, n);
	case FRAG_UNNEST: return walk_above(w, &op_unnest, n);
	case FRAG_WRITER: return walk_above(w, &op_writer, n);
	case FRAG_FINISH: return walk_above(w, &op_finish, n);
	case FRAG_WINDOW: return walk_above(w, &op_window, n);
	case FRAG_KINDS: break;
	}
	return err_set(w->e, ERR_GENERIC_INTERNAL_ERROR, "node of kind %d",
	    (int)n->kind);
}

static int
walk_node(struct walk *w, const struct frag_node *n)
{
	int ret;

	if (++w->depth > MAX_DEPTH)
		return err_set(w->e, ERR_NOT_SUPPORTED, "plan too deep");
	ret = walk_one(w, n);
	w->depth--;
	return ret;
}

/* A row of references for each dynamic filter that scans read. */
static void
list_filters(struct task *t)
{
	struct { struct filter_ref *v; int n, cap; } list = { NULL, 0, 0 };

	for (int i = 0; i < t->slots.n; i++) {
		const struct frag_node *n = t->slots.v[i]->node;

		if (t->slots.v[i]->kind != &op_scan)
			continue;
		for (int k = 0; k < n->n_dynamic; k++) {
			struct filter_ref r = { .id = n->dynamic[k].id };
			bool known = false;

			for (int j = 0; j < list.n; j++)
				known |= list.v[j].id == r.id;
			if (!known)
				arena_push(&t->arena, &list, r);
		}
	}
	t->filters = list.v;
	t->n_filters = list.n;
}

int
task_build(struct task *t, struct err *e)
{
	struct walk w = { .task = t, .e = e };
	int ret;

	arena_push(&t->arena, &w.above, new_slot(t, &op_output, NULL));
	ret = walk_node(&w, t->fragment->root);
	if (ret == 0)
		list_filters(t);
	return ret;
}

static bool
makes_filter(const struct frag_node *n, int id)
{
	for (int i = 0; i < n->n_dynamic; i++)
		if (n->dynamic[i].id == id)
			return true;
	return false;
}

/* The build whose filter the scan of pipeline p reads, when that build's
 * pipeline was begun before p, so that waiting for it makes no circle. */
static void
need_filters(struct task *t, struct pipeline *p, int at)
{
	const struct frag_node *scan = p->v[0]->node;

	for (int i = 0; i < at; i++) {
		struct pipeline *other = t->pipelines.v[i];
		struct op_slot *build = other->v[other->n - 1];
		struct gate *gate;
		bool reads = false, known = false;

		if (build->kind != &op_join_build)
			continue;
		for (int k = 0; k < scan->n_dynamic; k++)
			reads |= makes_filter(build->node,
			    scan->dynamic[k].id);
		gate = build->kind->gate(build);
		for (int k = 0; k < p->n_needs; k++)
			known |= p->needs[k] == gate;
		if (reads && !known)
			p->needs[p->n_needs++] = gate;
	}
}

void
task_resolve_needs(struct task *t)
{
	for (int i = 0; i < t->pipelines.n; i++) {
		struct pipeline *p = t->pipelines.v[i];
		struct gate **needs = arena_array(&t->arena, struct gate *,
		    p->n_needs + t->pipelines.n);

		for (int k = 0; k < p->n_needs; k++) {
			struct op_slot *s = (void *)p->needs[k];

			needs[k] = s->kind->gate(s);
		}
		p->needs = needs;
		if (p->v[0]->kind == &op_scan)
			need_filters(t, p, i);
	}
}
