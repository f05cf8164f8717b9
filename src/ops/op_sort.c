/* SPDX-License-Identifier: Apache-2.0
 * op_sort.c - sorting: one driver puts out the rows that all have sorted,
 * merged with the runs that were spilled. */
#include <stdlib.h>

#include "ops/run_merge.h"
#include "ops/sorted_input.h"

struct sort {
	struct op op;
	struct sorted_driver d;
	struct run_merge merge;
	bool started, merging;
	uint32_t index[PAGE_ROWS];
};

static int
sort_share(struct op_slot *slot, struct err *e)
{
	slot->shared = sorted_input_new(slot, slot->node->sort,
	    slot->node->n_sort);
	return 0;
}

static void
sort_unshare(struct op_slot *slot)
{
	sorted_input_free((struct sorted_input **)(void *)&slot->shared);
}

static int
sort_open(struct op *op, struct err *e)
{
	sorted_driver_open(&((struct sort *)op)->d, op, op->shared);
	return 0;
}

static int
sort_add(struct op *op, struct page *in, struct err *e)
{
	return sorted_driver_add(&((struct sort *)op)->d, in, e);
}

static int
sort_finish(struct op *op, struct err *e)
{
	return sorted_driver_finish(&((struct sort *)op)->d, e);
}

static int
take_memory(void *arg, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct sort *t = arg;

	switch (sorted_input_page(t->op.shared, t->index, out, e)) {
	case OP_PAGE: return 1;
	case OP_DONE: return 0;
	default: return -(int)e->code;
	}
}

static int
take_spilled(void *arg, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct sort_run *r = arg;

	if (r->at == r->pages.n)
		return 0;
	switch (spill_reader_page(&r->reader, &r->pages.v[r->at],
	    r->shared->types, r->shared->n, out, blocked, e)) {
	case OP_PAGE:
		r->at++;
		return 1;
	case OP_BLOCKED: return 2;
	default: return -(int)e->code;
	}
}

static void
start_merge(struct sort *t)
{
	struct sorted_input *s = t->op.shared;
	struct run_source *v = xcalloc((size_t)s->n_runs + 1, sizeof(*v));

	v[0] = (struct run_source){ .take = take_memory, .arg = t };
	for (int i = 0; i < s->n_runs; i++) {
		s->run[i].shared = s;
		spill_reader_init(&s->run[i].reader, t->op.task);
		v[i + 1] = (struct run_source){ .take = take_spilled,
			.arg = &s->run[i] };
	}
	run_merge_init(&t->merge, v, s->n_runs + 1, s->keys, s->n_keys,
	    t->op.account);
	run_merge_types(&t->merge, s->types, s->n);
	t->merging = true;
	free(v);
}

static enum op_step
sort_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct sort *t = (struct sort *)op;
	struct sorted_input *s = op->shared;
	enum op_step step;

	if (!op->finished)
		return OP_NEED_INPUT;
	step = sorted_driver_step(&t->d, blocked, e);
	if (step != OP_PAGE)
		return step;
	if (!t->started && s->n_runs > 0)
		start_merge(t);
	t->started = true;
	if (t->merging)
		return run_merge_next(&t->merge, out, blocked, e);
	return sorted_input_page(s, t->index, out, e);
}

static int
sort_revoke(struct op_slot *slot, size_t want, size_t *freed, struct err *e)
{
	return sorted_input_revoke(slot->shared, want, freed, e);
}

static void
sort_close(struct op *op)
{
	struct sort *t = (struct sort *)op;

	if (t->merging)
		run_merge_release(&t->merge);
	sorted_driver_close(&t->d);
}

const struct op_kind op_sort = {
	.name = "OrderBy",
	.size = sizeof(struct sort),
	.share = sort_share,
	.unshare = sort_unshare,
	.open = sort_open,
	.add = sort_add,
	.finish = sort_finish,
	.next = sort_next,
	.revoke = sort_revoke,
	.close = sort_close,
};
