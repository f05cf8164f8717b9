/* SPDX-License-Identifier: Apache-2.0
 * http_connection.h - one HTTP/1.1 connection to a server: blocking,
 * keep-alive, Content-Length and chunked answers. */
#ifndef CLIENT_HTTP_CONNECTION_H
#define CLIENT_HTTP_CONNECTION_H

#include "base/err.h"
#include "base/str.h"

struct http_connection;

struct http_answer {
	int status;
	struct sbuf head;       /* "Name: value\r\n" lines, as they came */
	struct sbuf body;
};
void http_answer_release(struct http_answer *a);

/* HOST and PORT of http://HOST:PORT; https is not spoken.  Connects at the
 * first request. */
struct http_connection *http_connection_new(const char *base, struct err *e);
void http_connection_free(struct http_connection **c);
/* path: "/v1/..."; head: further lines, each with \r\n.  A connection that
 * the server has closed meanwhile is opened anew once. */
int http_connection_ask(struct http_connection *c, const char *method,
    const char *path, struct str head, struct str body,
    struct http_answer *out, struct err *e);
/* The path of an absolute URI on this server; NULL: it is elsewhere. */
const char *http_path_of(const char *uri);

#endif
