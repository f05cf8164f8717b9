/* SPDX-License-Identifier: Apache-2.0
 * http_api.c - /v1/statement: one struct a statement, which remembers the
 * last answer so that a client may ask for it again.
 *
 * Tokens: POST hands out token 0 (path "queued"); the answer to token t hands
 * out t + 1 (path "executing") unless it is the last.  Each path's slug is a
 * MAC over its token, so nobody can ask for what was not handed out. */
#include "actors/http_api.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "actors/http_session.h"
#include "actors/http_slug.h"
#include "actors/msg.h"
#include "actors/query.h"
#include "base/check.h"
#include "base/log.h"
#include "http/results.h"

enum { TAG_PURGE = 1, WAIT_NS = 1000 * 1000 * 1000 };
static const int64_t PURGE_NS = INT64_C(60) * 1000 * 1000 * 1000;
static const int64_t KEEP_NS = INT64_C(900) * 1000 * 1000 * 1000;

struct http_statement {
	char id[64];
	unsigned char key[16];
	actor_id actor;
	unsigned capabilities;
	int64_t token;                  /* handed out, not yet answered */
	bool fetching, done, gone;
	struct http_request *waiting;   /* for `token`; NULL: nobody */
	/* The last answer: of token - 1. */
	char *body, *head;
	size_t size;
	int64_t used_ns;
};

struct http_api {
	struct actor a;
	struct server *server;
	struct http_options options;
	struct http_server *http;
	struct map statements;          /* id -> struct http_statement */
	/* Start: the starter waits. */
	pthread_mutex_t *lock;
	pthread_cond_t *cond;
	int *port, *rc;
	struct err *err;
};

/* --- rendering: on the query's thread ------------------------------------------ */

struct render_arg {
	unsigned capabilities;
	char info[320], next[480];
};

static void
put_header(struct sbuf *head, const char *name, const char *value)
{
	sbuf_addf(head, "%s: %s\n", name, value);
}

/* NAME=VALUE with the value (and the name, if asked) form-encoded. */
static void
put_pair(struct sbuf *head, const char *header, const struct client_pair *p,
    bool encode_name)
{
	sbuf_addf(head, "%s: ", header);
	if (encode_name)
		http_form_encode(head, p->name);
	else
		sbuf_addz(head, p->name);
	sbuf_addc(head, '=');
	http_form_encode(head, p->value);
	sbuf_addc(head, '\n');
}

static void
put_changes(struct sbuf *head, const struct session_changes *c)
{
	if (c->catalog != NULL)
		put_header(head, "X-Trino-Set-Catalog", c->catalog);
	if (c->schema != NULL)
		put_header(head, "X-Trino-Set-Schema", c->schema);
	if (c->path != NULL)
		put_header(head, "X-Trino-Set-Path", c->path);
	if (c->authorization != NULL)
		put_header(head, "X-Trino-Set-Authorization-User",
		    c->authorization);
	if (c->reset_authorization)
		put_header(head, "X-Trino-Reset-Authorization-User", "true");
	if (c->transaction != NULL)
		put_header(head, "X-Trino-Started-Transaction-Id",
		    c->transaction);
	if (c->clear_transaction)
		put_header(head, "X-Trino-Clear-Transaction-Id", "true");
	for (int i = 0; i < c->n_set; i++)
		put_pair(head, "X-Trino-Set-Session", &c->set[i], false);
	for (int i = 0; i < c->n_clear; i++)
		put_header(head, "X-Trino-Clear-Session", c->clear[i]);
	for (int i = 0; i < c->n_roles; i++)
		put_pair(head, "X-Trino-Set-Role", &c->roles[i], false);
	for (int i = 0; i < c->n_added; i++)
		put_pair(head, "X-Trino-Added-Prepare", &c->added[i], true);
	for (int i = 0; i < c->n_deallocated; i++) {
		sbuf_addz(head, "X-Trino-Deallocated-Prepare: ");
		http_form_encode(head, c->deallocated[i]);
		sbuf_addc(head, '\n');
	}
}

/* The tree of stages; all in the arena. */
static const struct results_stage *
stage_tree(struct arena *a, const struct query_batch *b)
{
	struct results_stage *v = arena_array(a, struct results_stage,
	    b->n_stages + 1);

	for (int i = 0; i < b->n_stages; i++) {
		const struct stage_summary *s = &b->stages[i];
		const struct results_stage **child = arena_alloc(a,
		    sizeof(*child) * (size_t)b->n_stages);
		int n = 0;

		for (int k = 0; k < b->n_stages; k++)
			if (b->stages[k].parent == s->id && k != i)
				child[n++] = &v[k];
		v[i] = (struct results_stage){
			.id = s->id, .state = s->state, .done = s->done,
			.nodes = s->nodes, .splits = s->tasks,
			.running = s->tasks - s->tasks_done,
			.completed = s->tasks_done,
			.cpu_ms = s->cpu_ns / 1000000,
			.wall_ms = s->wall_ns / 1000000, .rows = s->rows,
			.bytes = s->bytes,
			.physical_bytes = s->physical_bytes,
			.coordinator_only = s->coordinator_only,
			.n_children = n, .children = child,
		};
	}
	return b->n_stages > 0 ? &v[0] : NULL;
}

static void
fill_stats(struct results_stats *to, const struct query_batch *b,
    struct arena *a)
{
	const struct query_stats *s = b->stats;

	*to = (struct results_stats){
		.state = query_state_name(b->state),
		.queued = b->state == QUERY_QUEUED,
		.scheduled = b->state >= QUERY_RUNNING,
		.nodes = s->nodes, .splits = s->splits,
		.queued_splits = s->splits_queued,
		.running_splits = s->splits_running,
		.completed_splits = s->splits_done,
		.cpu_ms = s->cpu_ns / 1000000,
		.wall_ms = s->wall_ns / 1000000,
		.queued_ms = s->queued_ns / 1000000,
		.elapsed_ms = s->elapsed_ns / 1000000,
		.planning_ms = s->planning_ns / 1000000,
		.rows = s->rows, .bytes = s->bytes,
		.physical_bytes = s->physical_bytes,
		.peak_bytes = s->peak_memory, .spilled_bytes = s->spilled,
		.root = stage_tree(a, b),
	};
}

static void
render_results(void *arg, const struct query_batch *b, struct sbuf *body,
    struct sbuf *head)
{
	const struct render_arg *r = arg;
	struct arena a = { 0 };
	struct results out = {
		.id = b->id, .info_uri = r->info,
		.next_uri = b->done ? NULL : r->next,
		.n_columns = b->n_columns, .names = b->names,
		.types = b->types, .n_pages = b->n_pages, .pages = b->pages,
		.error = b->error, .update_type = b->update_type,
		.update_count = b->update_count,
		.capabilities = r->capabilities,
	};

	fill_stats(&out.stats, b, &a);
	results_print(body, &out);
	if (b->changes != NULL &&
	    (b->state == QUERY_FINISHING || b->state == QUERY_FINISHED))
		put_changes(head, b->changes);
	arena_release(&a);
}

/* --- answers -------------------------------------------------------------------- */

/* Sends the statement's last answer to r. */
static void
send_last(const struct http_statement *t, struct http_request *r)
{
	struct http_field fields[64];
	char *lines = xstrdup(t->head == NULL ? "" : t->head), *line, *rest;
	struct http_response with = { .status = 200, .headers = fields,
		.content_type = "application/json" };

	for (rest = lines; (line = strsep(&rest, "\n")) != NULL;) {
		char *colon = strstr(line, ": ");

		if (colon == NULL || with.n_headers == 64)
			continue;
		*colon = '\0';
		fields[with.n_headers++] = (struct http_field){ line,
			colon + 2 };
	}
	with.size = t->size;
	with.body = xmalloc(t->size + 1);
	memcpy(with.body, t->body, t->size);
	http_respond(r, &with);
	free(lines);
}

static void
json_error(struct http_request *r, int status, const char *text)
{
	http_respond_text(r, status, "Error %d %s", status, text);
}

/* Asks the query for the next batch on behalf of t->waiting. */
static void
start_fetch(struct http_api *api, struct http_statement *t,
    const char *base)
{
	struct render_arg *arg = xcalloc(1, sizeof(*arg));
	struct msg_fetch f = { .reply_to = api->a.id, .wait_ns = WAIT_NS,
		.renderer = { render_results, arg }, .drop_arg = free };
	char slug[48];

	arg->capabilities = t->capabilities;
	snprintf(arg->info, sizeof(arg->info), "%.180s/ui/query.html?%s",
	    base, t->id);
	http_slug(t->key, 1, t->token + 1, slug);
	snprintf(arg->next, sizeof(arg->next),
	    "%.180s/v1/statement/executing/%s/%s/%lld", base, t->id, slug,
	    (long long)t->token + 1);
	t->fetching = true;
	f.tag = (uint64_t)(uintptr_t)t;
	query_fetch(api->server, t->actor, &f);
}

static void
take_batch(struct http_api *api, struct msg_batch *m)
{
	struct http_statement *t = (struct http_statement *)(uintptr_t)m->tag;
	struct http_request *r = t->waiting;

	t->fetching = false;
	t->waiting = NULL;
	free(t->body);
	free(t->head);
	t->size = m->body.n;
	t->body = sbuf_take(&m->body);
	t->head = sbuf_take(&m->head);
	t->done = m->done;
	t->token++;
	t->used_ns = actor_now(&api->a);
	if (r != NULL)
		send_last(t, r);
}

/* --- requests ---------------------------------------------------------------------- */

static void
post_statement(struct http_api *api, struct http_request *r)
{
	struct http_statement *t;
	struct client_session s;
	struct results out = { .n_columns = -1, .update_count = -1 };
	struct http_response with = { .status = 200,
		.content_type = "application/json" };
	struct sbuf body = { 0 };
	char info[320], next[480], slug[48];
	const char *base = http_base_uri(r);
	struct err e;

	if (r->body.n == 0) {
		json_error(r, 400, "Bad Request: SQL statement is empty");
		return;
	}
	client_session_init(&s);
	if (!http_session_read(r, &s)) {
		client_session_release(&s);
		return;         /* answered */
	}
	t = xcalloc(1, sizeof(*t));
	if (query_submit(api->server, &s, r->body, t->id, &t->actor, &e) !=
	    0) {
		json_error(r, 503, e.text);
		free(t);
		client_session_release(&s);
		return;
	}
	client_session_release(&s);
	for (int i = 0; i < 2; i++) {
		uint64_t x = env_random(api->server->env);

		memcpy(t->key + 8 * i, &x, 8);
	}
	t->capabilities = http_capabilities(http_header(r,
	    "X-Trino-Client-Capabilities"));
	t->used_ns = actor_now(&api->a);
	map_put(&api->statements, str_of(t->id), t);
	actor_watch(&api->a, t->actor);
	snprintf(info, sizeof(info), "%.180s/ui/query.html?%s", base, t->id);
	http_slug(t->key, 0, 0, slug);
	snprintf(next, sizeof(next), "%.180s/v1/statement/queued/%s/%s/0",
	    base, t->id, slug);
	out.id = t->id;
	out.info_uri = info;
	out.next_uri = next;
	out.stats.state = "QUEUED";
	out.stats.queued = true;
	results_print(&body, &out);
	with.size = body.n;
	with.body = sbuf_take(&body);
	http_respond(r, &with);
}

/* PHASE/ID/SLUG/TOKEN after /v1/statement/. */
static struct http_statement *
find_statement(struct http_api *api, const char *path, int64_t *token)
{
	char phase[16], id[64], slug[64], want[48];
	long long n;
	struct http_statement *t;
	int context;

	if (sscanf(path, "%15[a-z]/%63[0-9a-z_]/%63[0-9a-z]/%lld", phase, id,
	    slug, &n) != 4)
		return NULL;
	context = strcmp(phase, "executing") == 0 ? 1
	    : strcmp(phase, "queued") == 0 ? 0 : -1;
	t = map_get(&api->statements, str_of(id));
	if (t == NULL || context < 0 || (n == 0) != (context == 0))
		return NULL;
	http_slug(t->key, context, n, want);
	if (strcmp(slug, want) != 0)
		return NULL;
	*token = n;
	return t;
}

static void
get_statement(struct http_api *api, struct http_request *r,
    struct http_statement *t, int64_t token)
{
	t->used_ns = actor_now(&api->a);
	if (token == t->token - 1 && t->body != NULL) {
		send_last(t, r);
	} else if (token < t->token) {
		json_error(r, 410, "Gone: HTTP 410 Gone");
	} else if (t->done || t->gone || token > t->token) {
		json_error(r, t->gone ? 410 : 404, "Not Found: Query not found");
	} else {
		if (t->waiting != NULL)
			json_error(t->waiting, 503,
			    "Service Unavailable: asked for again");
		t->waiting = r;
		if (!t->fetching)
			start_fetch(api, t, http_base_uri(r));
	}
}

static void
respond_empty(struct http_request *r, int status)
{
	struct http_response with = { .status = status };

	http_respond(r, &with);
}

static void
statement(struct http_api *api, struct http_request *r, const char *rest)
{
	struct http_statement *t;
	int64_t token;

	if (*rest == '\0') {
		if (strcmp(r->method, "POST") == 0)
			post_statement(api, r);
		else if (strcmp(r->method, "HEAD") == 0)
			respond_empty(r, 200);
		else
			json_error(r, 405, "Method Not Allowed");
		return;
	}
	t = find_statement(api, rest + 1, &token);
	if (t == NULL) {
		json_error(r, 404, "Not Found: Query not found");
	} else if (strcmp(r->method, "GET") == 0) {
		get_statement(api, r, t, token);
	} else if (strcmp(r->method, "HEAD") == 0) {
		respond_empty(r, 200);
	} else if (strcmp(r->method, "DELETE") == 0) {
		query_cancel(api->server, t->actor, ERR_USER_CANCELED,
		    "Query was canceled");
		respond_empty(r, 204);
	} else {
		json_error(r, 405, "Method Not Allowed");
	}
}

static void
handle(void *arg, struct http_request *r)
{
	struct http_api *api = arg;
	static const char prefix[] = "/v1/statement";

	if (!api->options.process_forwarded &&
	    (http_header(r, "X-Forwarded-For") != NULL ||
	    http_header(r, "X-Forwarded-Proto") != NULL ||
	    http_header(r, "X-Forwarded-Host") != NULL)) {
		json_error(r, 406, "Not Acceptable: Server configuration does "
		    "not allow processing of the X-Forwarded-For header");
		return;
	}
	if (strncmp(r->path, prefix, sizeof(prefix) - 1) == 0 &&
	    (r->path[sizeof(prefix) - 1] == '\0' ||
	    r->path[sizeof(prefix) - 1] == '/') && api->server->coordinator)
		statement(api, r, r->path + sizeof(prefix) - 1);
	else if (!http_manage(api->server, r))
		json_error(r, 404, "Not Found");
}

static void
abandoned(void *arg, struct http_request *r)
{
	struct http_api *api = arg;
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&api->statements, &at)) != NULL) {
		struct http_statement *t = e->value;

		if (t->waiting == r)
			t->waiting = NULL;
	}
}

/* --- the actor ------------------------------------------------------------------------ */

static void
free_statement(struct http_statement *t)
{
	free(t->body);
	free(t->head);
	free(t);
}

static void
purge(struct http_api *api)
{
	int64_t now = actor_now(&api->a);
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&api->statements, &at)) != NULL) {
		struct http_statement *t = e->value;

		if (!t->gone || t->fetching || t->waiting != NULL ||
		    now - t->used_ns < KEEP_NS)
			continue;
		map_del(&api->statements, str_of(t->id));
		free_statement(t);
	}
}

/* A query's actor has gone: whoever waits for it learns so. */
static void
query_gone(struct http_api *api, actor_id actor)
{
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&api->statements, &at)) != NULL) {
		struct http_statement *t = e->value;

		if (t->actor != actor)
			continue;
		t->gone = true;
		t->fetching = false;
		if (t->waiting != NULL)
			json_error(t->waiting, 410, "Gone: HTTP 410 Gone");
		t->waiting = NULL;
	}
}

static int
api_init(struct actor *self, void *args, struct err *e)
{
	struct http_api *api = (struct http_api *)self, *from = args;
	struct actor head = *self;

	*api = *from;
	api->a = head;
	return 0;
}

static void
api_start(struct actor *self)
{
	struct http_api *api = (struct http_api *)self;

	map_init(&api->statements);
	api->options.handle = handle;
	api->options.abandoned = abandoned;
	api->options.arg = api;
	pthread_mutex_lock(api->lock);
	api->http = http_server_new(self->home, &api->options, api->err);
	*api->rc = api->http == NULL ? -(int)api->err->code : 0;
	if (api->http != NULL)
		*api->port = http_server_port(api->http);
	pthread_cond_signal(api->cond);
	pthread_mutex_unlock(api->lock);
	actor_timer(self, PURGE_NS, TAG_PURGE);
}

static void
api_receive(struct actor *self, struct msg **m)
{
	struct http_api *api = (struct http_api *)self;

	switch ((*m)->kind) {
	case MSG_QUERY_BATCH:
		take_batch(api, (struct msg_batch *)*m);
		break;
	case MSG_GONE:
		query_gone(api, (*m)->from);
		break;
	case MSG_TIMER:
		purge(api);
		actor_timer(self, PURGE_NS, TAG_PURGE);
		break;
	}
}

static void
api_stop(struct actor *self)
{
	struct http_api *api = (struct http_api *)self;
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&api->statements, &at)) != NULL) {
		struct http_statement *t = e->value;

		if (t->waiting != NULL)
			json_error(t->waiting, 503, "Service Unavailable: "
			    "Server is shutting down");
		t->waiting = NULL;
	}
	http_server_close(&api->http);
	actor_gone(self);
}

static void
api_release(struct actor *self)
{
	struct http_api *api = (struct http_api *)self;
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&api->statements, &at)) != NULL)
		free_statement(e->value);
	map_release(&api->statements);
}

static const struct actor_kind api_actor = {
	.name = "http",
	.size = sizeof(struct http_api),
	.init = api_init,
	.start = api_start,
	.receive = api_receive,
	.stop = api_stop,
	.release = api_release,
};

int
http_api_start(struct server *s, const struct http_options *options,
    int *port, struct err *e)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	struct actor_place place = { .on = ON_CONTROL };
	int rc = 1;
	struct http_api args = { .server = s, .options = *options,
		.lock = &lock, .cond = &cond, .port = port, .rc = &rc,
		.err = e };

	pthread_mutex_lock(&lock);
	CHECK(actor_spawn(s->rt, &api_actor, &place, &args, e) != 0);
	while (rc > 0)
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
	return rc;
}
