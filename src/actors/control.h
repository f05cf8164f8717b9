/* SPDX-License-Identifier: Apache-2.0
 * control.h - the control actor: what a node does with control frames, its
 * own and others'.
 *
 * On a worker: makes tasks, routes their updates, announces the node every
 * second.  On a coordinator: keeps the roster, routes task events to their
 * queries, finds nodes that fell silent. */
#ifndef ACTORS_CONTROL_H
#define ACTORS_CONTROL_H

#include "actors/server.h"

extern const struct actor_kind control_actor;   /* args: struct server * */

/* This node's own line in the registry; any thread. */
void roster_put_self(struct server *n, bool draining, int64_t tasks);

#endif
