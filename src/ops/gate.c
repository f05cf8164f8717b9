/* SPDX-License-Identifier: Apache-2.0
 * gate.c - a door that opens once. */
#include "ops/gate.h"

void
gate_init(struct gate *g, int n)
{
	atomic_init(&g->open, false);
	atomic_init(&g->left, n);
	wait_list_init(&g->waiters);
}

void
gate_release(struct gate *g)
{
	wait_list_release(&g->waiters);
}

bool
gate_arrive(struct gate *g)
{
	return atomic_fetch_sub_explicit(&g->left, 1,
	    memory_order_acq_rel) == 1;
}

void
gate_open(struct gate *g)
{
	atomic_store_explicit(&g->open, true, memory_order_release);
	wait_list_wake(&g->waiters);
}

struct wait *
gate_wait(struct gate *g, enum wait_kind kind)
{
	struct wait *w;

	if (gate_is_open(g))
		return NULL;
	w = wait_list_add(&g->waiters, kind);
	/* It may have opened before the token was in the list. */
	if (gate_is_open(g))
		wait_list_wake(&g->waiters);
	return w;
}
