/* SPDX-License-Identifier: Apache-2.0
 * http_client.h - the client's table of functions over Trino's HTTP client
 * protocol. */
#ifndef CLIENT_HTTP_CLIENT_H
#define CLIENT_HTTP_CLIENT_H

#include "client/client.h"

struct http_client_options {
	const char *server;     /* "http://127.0.0.1:8080" */
};

/* Nothing is asked yet. */
struct client *http_client_new(const struct http_client_options *o,
    struct err *e);

#endif
