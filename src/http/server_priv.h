/* SPDX-License-Identifier: Apache-2.0
 * server_priv.h - the server's and a request's state. */
#ifndef HTTP_SERVER_PRIV_H
#define HTTP_SERVER_PRIV_H

#include "http/server.h"

struct MHD_Connection;
struct MHD_Daemon;

struct http_server {
	struct http_options options;
	struct MHD_Daemon *daemon;
	struct loop_poll *poll;
	struct loop_timer *timer;
	int port;
	bool running, again;    /* within MHD_run; run it once more */
};

struct kept {
	struct kept *next;
	char text[];
};

/* One request and its answer. */
struct exchange_state {
	struct http_request request;
	struct http_server *server;
	struct MHD_Connection *connection;
	char method[16], remote[64];
	char *path;
	struct sbuf body, joined, base;
	struct kept *kept;
	bool handled, answered, in_handler, suspended;
	bool smuggled, too_large;
	int status;
	char *reply;
	size_t size;
	struct {
		char *name, *value;
	} *fields;
	int n_fields;
};

#endif
