/* SPDX-License-Identifier: Apache-2.0
 * server.h - the HTTP server: libmicrohttpd driven from a loop of the
 * runtime.  Knows requests and responses, no queries.
 *
 * Handlers run on the loop that the server lives on and must not block; they
 * may answer at once or later, from that loop.  Each request is answered
 * exactly once, or reported as abandoned. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/err.h"
#include "base/str.h"
#include "rt/rt.h"

struct http_server;

/* One request; valid until it was answered.  Strings are its own. */
struct http_request {
	const char *method;     /* "GET", "POST", "PUT", "DELETE", "HEAD" */
	const char *path;       /* decoded, without the query */
	struct str body;        /* at most max_body bytes */
	const char *remote;     /* "127.0.0.1" */
	void *priv;
};
/* The header's value, NULL: not there.  Repeated headers are joined by ",". */
const char *http_header(const struct http_request *r, const char *name);
/* ?name=value, decoded; NULL: not there. */
const char *http_query(const struct http_request *r, const char *name);
/* The base of URIs that the client can reach: "http://HOST:PORT" from the
 * Host header (and X-Forwarded-* when processing of them is allowed). */
const char *http_base_uri(const struct http_request *r);

/* All owned by the caller until http_respond returns, but body, which is
 * taken (free() frees). */
struct http_response {
	int status;
	const char *content_type;       /* NULL: text/plain;charset=utf-8 */
	int n_headers;
	const struct http_field {
		const char *name, *value;
	} *headers;
	char *body;
	size_t size;
};
void http_respond(struct http_request *r, const struct http_response *with);
/* A one-line text answer: 404, 405, 400, ... */
void http_respond_text(struct http_request *r, int status, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

struct http_options {
	const char *address;    /* "127.0.0.1" */
	int port;               /* 0: a free one */
	size_t max_body;        /* 0: 16 MiB; larger: 413 */
	int max_connections;    /* 0: 4096 */
	bool process_forwarded; /* http-server.process-forwarded */
	const char *tls_cert, *tls_key; /* PEM files; NULL: no TLS */
	void (*handle)(void *arg, struct http_request *r);
	/* The client went away before the answer: r is gone after this. */
	void (*abandoned)(void *arg, struct http_request *r);
	void *arg;
};

/* Loop's own thread (`on` is usually the control loop). */
struct http_server *http_server_new(struct loop *on,
    const struct http_options *options, struct err *e);
int http_server_port(const struct http_server *s);
void http_server_close(struct http_server **s);

#endif
