/* SPDX-License-Identifier: Apache-2.0
 * driver_actor.h - one driver as an actor: it runs in turns of a quantum as
 * the loop's multilevel queue allows, waits by tokens, and tells its task how
 * it ended (MSG_DRIVER_ENDED). */
#ifndef ACTORS_DRIVER_ACTOR_H
#define ACTORS_DRIVER_ACTOR_H

#include "ops/task.h"
#include "rt/rt.h"

/* What was seen of a driver's state, for system tables. */
struct driver_counts {
	atomic_int live, blocked;
	atomic_int blocked_on;          /* wait kind of the latest */
};

struct driver_args {
	struct driver *driver;          /* taken */
	actor_id task;
	struct driver_counts *counts;   /* outlives the actor */
};

extern const struct actor_kind driver_actor;    /* args: driver_args */

#endif
