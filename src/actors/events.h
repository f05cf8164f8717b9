/* SPDX-License-Identifier: Apache-2.0
 * events.h - the events socket: one line of JSON a query or node event. */
#ifndef ACTORS_EVENTS_H
#define ACTORS_EVENTS_H

#include "actors/server.h"

struct publisher;

/* Listens on events.port; sets s->events and s->events_address. */
int events_start(struct server *s, struct err *e);
void events_stop(struct publisher **p);

/* Any thread; nothing happens where no events socket is. */
void events_query(struct server *s, const struct query_info *q);
void events_node(struct server *s, const char *node, const char *what,
    const char *why);

#endif
