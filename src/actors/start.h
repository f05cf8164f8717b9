/* SPDX-License-Identifier: Apache-2.0
 * start.h - starting and stopping a node. */
#ifndef ACTORS_START_H
#define ACTORS_START_H

#include "actors/server.h"

enum server_role { ROLE_EMBEDDED, ROLE_COORDINATOR, ROLE_WORKER };

struct server_options {
	enum server_role role;
	const struct conf *conf;        /* over node_items; outlives it */
	const char *catalog_dir;        /* NULL: none */
	void (*drained)(void *arg);     /* control loop; may be NULL */
	void *arg;
};

/* Runtime, catalogs, actors, sockets; returns when it is ready.  NULL and *e
 * otherwise, with nothing left running. */
struct server *server_start(const struct server_options *o, struct err *e);
/* "ready role=..." without a newline. */
void server_ready_line(const struct server *s, struct sbuf *to);
/* Takes no more work; o.drained is called when all has ended. */
void server_drain(struct server *s);
/* Ends what runs, frees all.  Not from a loop. */
void server_stop(struct server **s);

#endif
