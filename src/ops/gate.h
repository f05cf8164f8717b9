/* SPDX-License-Identifier: Apache-2.0
 * gate.h - waiting for what happens once: all drivers have come, a build is
 * ready.  Any thread. */
#ifndef OPS_GATE_H
#define OPS_GATE_H

#include <stdatomic.h>

#include "base/wait.h"

struct gate {
	atomic_bool open;
	atomic_int left;        /* arrivals until it opens */
	struct wait_list waiters;
};

/* Opens by gate_open(), or when n have arrived. */
void gate_init(struct gate *g, int n);
void gate_release(struct gate *g);
/* True for the last one; the caller then does what all wait for and calls
 * gate_open(). */
bool gate_arrive(struct gate *g);
void gate_open(struct gate *g);
/* NULL when it is open, else a token for the caller. */
struct wait *gate_wait(struct gate *g, enum wait_kind kind);

static inline bool
gate_is_open(struct gate *g)
{
	return atomic_load_explicit(&g->open, memory_order_acquire);
}

#endif
