/* SPDX-License-Identifier: Apache-2.0
 * op_exchange.c - pages of other fragments, in any order. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/task_priv.h"

struct exchange {
	struct op op;
	struct page_inlets *inlets;
};

static int
exchange_share(struct op_slot *slot, struct err *e)
{
	const struct task_world *w = &slot->task->world;
	struct page_inlets *in = xcalloc(1, sizeof(*in));

	slot->shared = in;
	return w->inlets(w->arg, slot->node, false, in, e);
}

static void
exchange_unshare(struct op_slot *slot)
{
	free(slot->shared);
}

static int
exchange_open(struct op *op, struct err *e)
{
	((struct exchange *)op)->inlets = op->shared;
	return 0;
}

static enum op_step
exchange_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct exchange *s = (struct exchange *)op;

	if (s->inlets->n == 0)
		return OP_DONE;
	CHECK(s->inlets->n == 1);
	switch (s->inlets->v[0]->take(s->inlets->v[0], out, blocked, e)) {
	case 0: return OP_DONE;
	case 1: return OP_PAGE;
	case 2: return OP_BLOCKED;
	default: return OP_FAILED;
	}
}

const struct op_kind op_exchange = {
	.name = "Exchange",
	.size = sizeof(struct exchange),
	.share = exchange_share,
	.unshare = exchange_unshare,
	.open = exchange_open,
	.next = exchange_next,
};
