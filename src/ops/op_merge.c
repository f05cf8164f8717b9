/* SPDX-License-Identifier: Apache-2.0
 * op_merge.c - the merging exchange: sorted streams of other tasks. */
#include <stdlib.h>

#include "ops/run_merge.h"

struct merge {
	struct op op;
	struct run_merge m;
};

static int
merge_share(struct op_slot *slot, struct err *e)
{
	const struct task_world *w = &slot->task->world;
	struct page_inlets *in = xcalloc(1, sizeof(*in));

	slot->shared = in;
	return w->inlets(w->arg, slot->node, true, in, e);
}

static void
merge_unshare(struct op_slot *slot)
{
	free(slot->shared);
}

static int
take(void *arg, struct page **out, struct wait **blocked, struct err *e)
{
	struct page_inlet *in = arg;

	return in->take(in, out, blocked, e);
}

static int
merge_open(struct op *op, struct err *e)
{
	struct merge *s = (struct merge *)op;
	const struct page_inlets *in = op->shared;
	struct run_source *v = xcalloc((size_t)in->n + 1, sizeof(*v));

	for (int i = 0; i < in->n; i++)
		v[i] = (struct run_source){ .take = take, .arg = in->v[i] };
	run_merge_init(&s->m, v, in->n, op->node->sort, op->node->n_sort,
	    op->account);
	run_merge_types(&s->m, op->node->types, op->node->n);
	free(v);
	return 0;
}

static enum op_step
merge_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	return run_merge_next(&((struct merge *)op)->m, out, blocked, e);
}

static void
merge_close(struct op *op)
{
	run_merge_release(&((struct merge *)op)->m);
}

const struct op_kind op_merge = {
	.name = "Merge",
	.size = sizeof(struct merge),
	.share = merge_share,
	.unshare = merge_unshare,
	.open = merge_open,
	.next = merge_next,
	.close = merge_close,
};
