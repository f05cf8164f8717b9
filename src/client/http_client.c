/* SPDX-License-Identifier: Apache-2.0
 * http_client.c - statements over HTTP: POST, then nextUri after nextUri. */
#include "client/http_client.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "client/http_batch.h"
#include "client/http_connection.h"

enum { RETRIES = 20, RECONNECTS = 5 };

struct http_client {
	struct client head;
	char *server;
	struct http_connection *connection;     /* of the calling thread */
};

struct http_query {
	struct client_query head;
	struct http_client *client;
	struct arena arena;             /* of the batch */
	struct client_batch batch;
	bool fresh;                     /* the batch was not handed out yet */
	pthread_mutex_t lock;           /* next_uri, for cancel */
	char *next_uri;                 /* NULL: the end */
};

static void
form_encode(struct sbuf *to, const char *z)
{
	for (; *z != '\0'; z++) {
		unsigned char c = (unsigned char)*z;

		if (isalnum(c) || strchr("-_.*", c) != NULL)
			sbuf_addc(to, *z);
		else
			sbuf_addf(to, "%%%02X", c);
	}
}

static void
header(struct sbuf *to, const char *name, const char *value)
{
	if (value != NULL && strpbrk(value, "\r\n") == NULL)
		sbuf_addf(to, "%s: %s\r\n", name, value);
}

static void
pairs(struct sbuf *to, const char *name, const struct client_pairs *p,
    bool encode_name)
{
	for (int i = 0; i < p->n; i++) {
		sbuf_addf(to, "%s: ", name);
		if (encode_name)
			form_encode(to, p->v[i].name);
		else
			sbuf_addz(to, p->v[i].name);
		sbuf_addc(to, '=');
		form_encode(to, p->v[i].value);
		sbuf_addz(to, "\r\n");
	}
}

static void
session_headers(struct sbuf *to, const struct client_session *s)
{
	header(to, "X-Trino-User", s->user);
	header(to, "X-Trino-Original-User", s->original_user != NULL
	    ? s->original_user : s->user);
	header(to, "X-Trino-Source", s->source);
	header(to, "X-Trino-Catalog", s->catalog);
	header(to, "X-Trino-Schema", s->schema);
	header(to, "X-Trino-Path", s->path);
	header(to, "X-Trino-Time-Zone", s->time_zone);
	header(to, "X-Trino-Language", s->language);
	header(to, "X-Trino-Client-Info", s->client_info);
	header(to, "X-Trino-Client-Tags", s->client_tags);
	header(to, "X-Trino-Trace-Token", s->trace_token);
	header(to, "X-Trino-Transaction-Id", s->transaction == NULL ? "NONE"
	    : s->transaction);
	header(to, "X-Trino-Client-Capabilities",
	    "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION,NUMBER,VARIANT");
	pairs(to, "X-Trino-Session", &s->properties, false);
	pairs(to, "X-Trino-Prepared-Statement", &s->prepared, true);
	pairs(to, "X-Trino-Role", &s->roles, false);
	header(to, "Content-Type", "text/plain; charset=utf-8");
}

static void
back_off(int attempt)
{
	struct timespec t = { 0, 50L * 1000000 * (attempt < 10 ? attempt + 1
	    : 10) };

	nanosleep(&t, NULL);
}

/* Asks until the server is not busy; *out is an answer with status 200.  A
 * GET is repeated too when the connection failed: asking for the same token
 * again does no harm. */
static int
ask(struct http_client *c, const char *method, const char *path,
    struct str head, struct str body, struct http_answer *out, struct err *e)
{
	int rc;

	for (int attempt = 0;; attempt++) {
		rc = http_connection_ask(c->connection, method, path, head,
		    body, out, e);
		if (rc != 0 && (attempt == RECONNECTS ||
		    strcmp(method, "GET") != 0))
			return rc;
		if (rc == 0 && (out->status < 502 || out->status > 504 ||
		    attempt == RETRIES))
			break;
		if (rc == 0)
			http_answer_release(out);
		back_off(attempt);
	}
	if (out->status == 200)
		return 0;
	rc = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
	    "Error %s at %s returned an invalid response: %d: %.*s",
	    strcmp(method, "POST") == 0 ? "starting query" : "fetching next",
	    path, out->status, (int)(out->body.n > 300 ? 300 : out->body.n),
	    out->body.p == NULL ? "" : out->body.p);
	http_answer_release(out);
	return rc;
}

/* Reads an answer into the query's batch. */
static int
take(struct http_query *q, struct http_answer *a, struct err *e)
{
	const char *next;
	int rc;

	arena_release(&q->arena);
	rc = http_batch_read(&q->arena, sbuf_str(&a->body),
	    sbuf_str(&a->head), &q->batch, &next, e);
	http_answer_release(a);
	if (rc != 0)
		return rc;              /* close() cancels by the old URI */
	pthread_mutex_lock(&q->lock);
	free(q->next_uri);
	q->next_uri = next != NULL ? xstrdup(next) : NULL;
	pthread_mutex_unlock(&q->lock);
	q->fresh = true;
	return 0;
}

static int
http_submit(struct client *client, const struct client_session *s,
    struct str sql, struct client_query **out, struct err *e)
{
	struct http_client *c = (struct http_client *)client;
	struct http_query *q = xcalloc(1, sizeof(*q));
	struct http_answer answer;
	struct sbuf head = { 0 };
	int rc;

	q->head.client = client;
	q->client = c;
	pthread_mutex_init(&q->lock, NULL);
	session_headers(&head, s);
	rc = ask(c, "POST", "/v1/statement", sbuf_str(&head), sql, &answer,
	    e);
	sbuf_release(&head);
	if (rc == 0)
		rc = take(q, &answer, e);
	if (rc != 0) {
		arena_release(&q->arena);
		pthread_mutex_destroy(&q->lock);
		free(q);
		return rc;
	}
	*out = &q->head;
	return 0;
}

static int
http_next(struct client_query *query, const struct client_batch **out,
    struct err *e)
{
	struct http_query *q = (struct http_query *)query;
	struct http_answer answer;
	const char *path;
	int rc = 0;

	if (q->next_uri != NULL && !q->fresh) {
		path = http_path_of(q->next_uri);
		rc = path == NULL ? err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "nextUri is no URI: %s", q->next_uri)
		    : ask(q->client, "GET", path, (struct str){ "", 0 },
		    (struct str){ "", 0 }, &answer, e);
		if (rc == 0)
			rc = take(q, &answer, e);
	}
	q->fresh = false;
	*out = &q->batch;
	return rc;
}

static void
http_cancel(struct client_query *query)
{
	struct http_query *q = (struct http_query *)query;
	struct http_connection *c;
	struct http_answer answer;
	struct err e;
	char *uri;

	pthread_mutex_lock(&q->lock);
	uri = q->next_uri == NULL ? NULL : xstrdup(q->next_uri);
	pthread_mutex_unlock(&q->lock);
	if (uri == NULL)
		return;
	/* A connection of its own: the other one may wait for an answer. */
	c = http_connection_new(q->client->server, &e);
	if (c != NULL && http_path_of(uri) != NULL &&
	    http_connection_ask(c, "DELETE", http_path_of(uri),
	    (struct str){ "", 0 }, (struct str){ "", 0 }, &answer, &e) == 0)
		http_answer_release(&answer);
	http_connection_free(&c);
	free(uri);
}

static void
http_close(struct client_query *query)
{
	struct http_query *q = (struct http_query *)query;

	if (q->next_uri != NULL)
		http_cancel(query);
	free(q->next_uri);
	arena_release(&q->arena);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

static void
http_free(struct client *client)
{
	struct http_client *c = (struct http_client *)client;

	http_connection_free(&c->connection);
	free(c->server);
	free(c);
}

struct client *
http_client_new(const struct http_client_options *o, struct err *e)
{
	static const struct client_ops ops = { http_submit, http_next,
		http_cancel, http_close, http_free };
	struct http_client *c = xcalloc(1, sizeof(*c));

	c->head.ops = &ops;
	c->server = xstrdup(o->server);
	c->connection = http_connection_new(o->server, e);
	if (c->connection == NULL) {
		free(c->server);
		free(c);
		return NULL;
	}
	return &c->head;
}
