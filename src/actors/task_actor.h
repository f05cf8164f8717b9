/* SPDX-License-Identifier: Apache-2.0
 * task_actor.h - one task as an actor: decodes its fragment, connects its
 * exchanges, spawns drivers, takes splits, tells the coordinator. */
#ifndef ACTORS_TASK_ACTOR_H
#define ACTORS_TASK_ACTOR_H

#include "actors/node_query.h"

struct task_args {
	struct node_query *query;       /* a reference, taken */
	struct task_memory *memory;     /* holds spec and its bytes */
	struct task_spec spec;
	struct out_buffer *out;         /* a reference, taken */
};

extern const struct actor_kind task_actor;      /* args: task_args */

#endif
