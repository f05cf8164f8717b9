/* SPDX-License-Identifier: Apache-2.0
 * control_priv.h - what control.c and roster.c share. */
#ifndef ACTORS_CONTROL_PRIV_H
#define ACTORS_CONTROL_PRIV_H

#include "actors/node_query.h"

struct task_entry {
	char id[96], query[64];
	actor_id actor;
};

struct control {
	struct actor a;
	struct server *server;
	struct map tasks;       /* task id -> struct task_entry (owned) */
	struct map actors;      /* actor id's bytes -> the same */
	struct map queries;     /* query id -> struct node_query, a reference */
	bool draining, told;
	bool announcing;        /* an announcement is on its way */
	int64_t failed_announces;
};

/* Once a second: announces this node, looks for silent ones. */
void roster_tick(struct control *c);
int roster_announced(struct control *c, struct str frame, struct err *e);
void roster_answered(struct control *c, struct msg_reply *r);
/* Takes no more tasks; node->drained is called when the last has gone. */
void control_drain_node(struct control *c);
void control_try_end(struct control *c);

#endif
