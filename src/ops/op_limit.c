/* SPDX-License-Identifier: Apache-2.0
 * op_limit.c - the first rows, counted across the task's drivers. */
#include <stdlib.h>

#include "base/str.h"
#include "ops/task_priv.h"

struct limit_shared {
	atomic_llong skip, left;
};

struct limit {
	struct op op;
	struct page *in;
};

static int
limit_share(struct op_slot *slot, struct err *e)
{
	struct limit_shared *s = xcalloc(1, sizeof(*s));

	atomic_init(&s->skip, slot->node->offset);
	atomic_init(&s->left, slot->node->limit);
	slot->shared = s;
	return 0;
}

static void
limit_unshare(struct op_slot *slot)
{
	free(slot->shared);
}

static int
limit_open(struct op *op, struct err *e)
{
	return 0;
}

/* Takes up to n from a counter that does not go below zero. */
static uint32_t
take(atomic_llong *from, uint32_t n)
{
	long long had = atomic_load(from), got;

	do {
		if (had <= 0)
			return 0;
		got = had < n ? had : n;
	} while (!atomic_compare_exchange_weak(from, &had, had - got));
	return (uint32_t)got;
}

static int
limit_add(struct op *op, struct page *in, struct err *e)
{
	struct limit *s = (struct limit *)op;
	struct limit_shared *shared = op->shared;
	uint32_t skip = take(&shared->skip, in->rows);
	uint32_t keep = take(&shared->left, in->rows - skip);

	if (keep > 0) {
		s->in = page_slice(in, skip, keep, op->account, e);
		if (s->in == NULL) {
			page_drop(&in);
			return -(int)e->code;
		}
	}
	page_drop(&in);
	return 0;
}

static enum op_step
limit_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct limit *s = (struct limit *)op;
	struct limit_shared *shared = op->shared;

	if (s->in != NULL) {
		*out = s->in;
		s->in = NULL;
		return OP_PAGE;
	}
	if (op->finished || atomic_load(&shared->left) <= 0)
		return OP_DONE;
	return OP_NEED_INPUT;
}

static void
limit_close(struct op *op)
{
	page_drop(&((struct limit *)op)->in);
}

const struct op_kind op_limit = {
	.name = "Limit",
	.size = sizeof(struct limit),
	.share = limit_share,
	.unshare = limit_unshare,
	.open = limit_open,
	.add = limit_add,
	.next = limit_next,
	.close = limit_close,
};
