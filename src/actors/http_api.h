/* SPDX-License-Identifier: Apache-2.0
 * http_api.h - what the HTTP server answers: Trino's client protocol and the
 * management endpoints.
 *
 * Lives on the control loop, as an actor that gets the batches of queries;
 * the server's handler runs on the same thread. */
#ifndef ACTORS_HTTP_API_H
#define ACTORS_HTTP_API_H

#include "actors/server.h"
#include "http/server.h"

struct http_api;

/* Makes the actor (control loop), which starts the HTTP server; blocks until
 * it listens or has failed.  Not from a loop.  *port is the port bound. */
int http_api_start(struct server *s, const struct http_options *options,
    int *port, struct err *e);

/* http_manage.c: everything but /v1/statement.  true: answered. */
bool http_manage(struct server *s, struct http_request *r);

#endif
