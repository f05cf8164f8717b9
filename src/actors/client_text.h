/* SPDX-License-Identifier: Apache-2.0
 * client_text.h - the client text socket: nngcat sends SQL, gets the answer
 * as text. */
#ifndef ACTORS_CLIENT_TEXT_H
#define ACTORS_CLIENT_TEXT_H

#include "actors/server.h"

struct text_server;

/* Listens on client.port; sets s->client_text and s->client_address. */
int client_text_start(struct server *s, struct err *e);
/* Before the runtime is freed; not from a loop. */
void client_text_stop(struct text_server **t);

#endif
