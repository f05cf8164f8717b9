/* SPDX-License-Identifier: Apache-2.0
 * local_client.c - an actor takes the batches and wakes the caller's thread;
 * the cells are made on the query's thread. */
#include "actors/local_client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "actors/msg.h"
#include "actors/query.h"
#include "base/check.h"
#include "http/results.h"
#include "page/compare.h"

static const int64_t WAIT_NS = INT64_C(500) * 1000 * 1000;
enum { ALL_CAPABILITIES = 63 };

struct local_query {
	struct client_query head;
	struct local_client *local;
	char id[64];
	actor_id actor;
	struct arena arena;             /* of the batch handed out */
	struct client_batch batch;
	/* Under the client's lock. */
	struct arena fresh;             /* being filled by the renderer */
	struct client_batch next;
	bool ready, gone, watched;
};

struct local_client {
	struct client head;
	struct server *server;
	actor_id port;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	struct map queries;             /* actor id's bytes -> local_query */
};

struct port {
	struct actor a;
	struct local_client *client;
};

/* --- the query's thread --------------------------------------------------------- */

static char *
copy(struct arena *a, const char *z)
{
	return z == NULL ? NULL : arena_strdup(a, z);
}

static void
fill_columns(struct arena *a, struct client_batch *to,
    const struct query_batch *b)
{
	struct client_column *v;

	to->n_columns = b->n_columns;
	if (b->n_columns <= 0)
		return;
	v = arena_array(a, struct client_column, b->n_columns);
	for (int i = 0; i < b->n_columns; i++) {
		struct sbuf text = { 0 };
		char *open;

		results_type_text(&text, b->types[i], ALL_CAPABILITIES);
		v[i].name = copy(a, b->names[i]);
		v[i].type = copy(a, sbuf_z(&text));
		open = strchr(text.p, '(');
		if (open != NULL)
			*open = '\0';
		v[i].raw_type = copy(a, text.p);
		sbuf_release(&text);
	}
	to->columns = v;
}

static void
fill_cells(struct arena *a, struct client_batch *to,
    const struct query_batch *b)
{
	struct sbuf text = { 0 };
	struct str *cells;
	size_t at = 0;

	for (int i = 0; i < b->n_pages; i++)
		to->n_rows += b->pages[i]->rows;
	if (to->n_rows == 0 || b->n_columns <= 0)
		return;
	cells = arena_alloc(a, sizeof(*cells) * (size_t)to->n_rows *
	    (size_t)b->n_columns);
	for (int i = 0; i < b->n_pages; i++) {
		const struct page *p = b->pages[i];

		for (uint32_t r = 0; r < p->rows; r++)
			for (int c = 0; c < p->n; c++) {
				sbuf_clear(&text);
				vec_print_json(&text, p->col[c], r);
				cells[at++] = arena_str(a, sbuf_str(&text));
			}
	}
	sbuf_release(&text);
	to->cells = cells;
}

static int
add_stage(const struct query_batch *b, struct client_stage *to, int n,
    struct arena *a, int id, int depth)
{
	const struct stage_summary *s = &b->stages[id];

	to[n++] = (struct client_stage){
		.id = arena_printf(a, "%d", s->id), .state = s->state,
		.depth = depth, .nodes = s->nodes, .splits = s->tasks,
		.running = s->tasks - s->tasks_done,
		.completed = s->tasks_done, .cpu_ms = s->cpu_ns / 1000000,
		.wall_ms = s->wall_ns / 1000000, .rows = s->rows,
		.bytes = s->bytes,
	};
	for (int i = 0; i < b->n_stages; i++)
		if (b->stages[i].parent == id && i != id)
			n = add_stage(b, to, n, a, i, depth + 1);
	return n;
}

static void
fill_stats(struct arena *a, struct client_stats *to,
    const struct query_batch *b)
{
	const struct query_stats *s = b->stats;
	struct client_stage *stages = arena_array(a, struct client_stage,
	    b->n_stages + 1);

	*to = (struct client_stats){
		.state = query_state_name(b->state),
		.queued = b->state == QUERY_QUEUED,
		.scheduled = b->state >= QUERY_RUNNING, .progress = -1,
		.nodes = s->nodes, .splits = s->splits,
		.queued_splits = s->splits_queued,
		.running_splits = s->splits_running,
		.completed_splits = s->splits_done,
		.cpu_ms = s->cpu_ns / 1000000,
		.wall_ms = s->wall_ns / 1000000,
		.queued_ms = s->queued_ns / 1000000,
		.elapsed_ms = s->elapsed_ns / 1000000, .rows = s->rows,
		.bytes = s->bytes, .physical_bytes = s->physical_bytes,
		.peak_bytes = s->peak_memory, .spilled_bytes = s->spilled,
		.stages = stages,
	};
	if (b->n_stages > 0)
		to->n_stages = add_stage(b, stages, 0, a, 0, 0);
	if (s->splits > 0)
		to->progress = 100.0 * s->splits_done / s->splits;
}

static struct client_pair *
copy_pairs(struct arena *a, const struct client_pair *v, int n)
{
	struct client_pair *to = arena_array(a, struct client_pair, n + 1);

	for (int i = 0; i < n; i++)
		to[i] = (struct client_pair){ copy(a, v[i].name),
			copy(a, v[i].value) };
	return to;
}

static const char *const *
copy_names(struct arena *a, const char *const *v, int n)
{
	const char **to = arena_alloc(a, sizeof(*to) * (size_t)(n + 1));

	for (int i = 0; i < n; i++)
		to[i] = copy(a, v[i]);
	return to;
}

static void
fill_changes(struct arena *a, struct client_batch *to,
    const struct session_changes *c)
{
	to->set_catalog = copy(a, c->catalog);
	to->set_schema = copy(a, c->schema);
	to->set_path = copy(a, c->path);
	to->set_user = copy(a, c->authorization);
	to->reset_user = c->reset_authorization;
	to->started_transaction = copy(a, c->transaction);
	to->clear_transaction = c->clear_transaction;
	to->n_set = c->n_set;
	to->set = copy_pairs(a, c->set, c->n_set);
	to->n_added = c->n_added;
	to->added = copy_pairs(a, c->added, c->n_added);
	to->n_roles = c->n_roles;
	to->roles = copy_pairs(a, c->roles, c->n_roles);
	to->n_clear = c->n_clear;
	to->clear = copy_names(a, c->clear, c->n_clear);
	to->n_deallocated = c->n_deallocated;
	to->deallocated = copy_names(a, c->deallocated, c->n_deallocated);
}

static void
render_local(void *arg, const struct query_batch *b, struct sbuf *body,
    struct sbuf *head)
{
	struct local_query *q = arg;
	struct arena *a = &q->fresh;
	struct client_batch *to = &q->next;

	*to = (struct client_batch){ .query_id = q->id, .info_uri = "",
		.update_type = b->update_type,
		.update_count = b->update_count, .done = b->done };
	fill_columns(a, to, b);
	fill_cells(a, to, b);
	fill_stats(a, &to->stats, b);
	if (b->error != NULL) {
		to->failed = true;
		to->error = *b->error;
	} else if (b->changes != NULL) {
		fill_changes(a, to, b->changes);
	}
}

/* --- the port ---------------------------------------------------------------------- */

static void
port_receive(struct actor *self, struct msg **m)
{
	struct local_client *c = ((struct port *)self)->client;
	struct local_query *q;
	actor_id from;

	pthread_mutex_lock(&c->lock);
	switch ((*m)->kind) {
	case MSG_QUERY_BATCH:
		q = (struct local_query *)(uintptr_t)
		    ((struct msg_batch *)*m)->tag;
		q->ready = true;
		break;
	case MSG_GONE:
		from = (*m)->from;
		q = map_del(&c->queries, (struct str){ (char *)&from,
		    sizeof(from) });
		if (q != NULL)
			q->gone = true;
		break;
	case MSG_CLIENT_WATCH:
		from = (*m)->from;
		actor_watch(self, from);
		break;
	}
	pthread_cond_broadcast(&c->cond);
	pthread_mutex_unlock(&c->lock);
}

static int
port_init(struct actor *self, void *args, struct err *e)
{
	((struct port *)self)->client = args;
	return 0;
}

static const struct actor_kind port_actor = {
	.name = "client",
	.size = sizeof(struct port),
	.init = port_init,
	.receive = port_receive,
};

/* --- the caller's thread -------------------------------------------------------------- */

static int
local_submit(struct client *client, const struct client_session *s,
    struct str sql, struct client_query **out, struct err *e)
{
	struct local_client *c = (struct local_client *)client;
	struct local_query *q = xcalloc(1, sizeof(*q));
	struct msg *watch = msg_new(MSG_CLIENT_WATCH, sizeof(*watch), NULL);
	int rc = query_submit(c->server, s, sql, q->id, &q->actor, e);

	if (rc != 0) {
		msg_drop(&watch);
		free(q);
		return rc;
	}
	q->head.client = client;
	q->local = c;
	pthread_mutex_lock(&c->lock);
	map_put(&c->queries, (struct str){ (char *)&q->actor,
	    sizeof(q->actor) }, q);
	pthread_mutex_unlock(&c->lock);
	watch->from = q->actor;
	actor_send(c->server->rt, c->port, &watch);
	*out = &q->head;
	return 0;
}

static int
local_next(struct client_query *query, const struct client_batch **out,
    struct err *e)
{
	struct local_query *q = (struct local_query *)query;
	struct local_client *c = q->local;
	struct msg_fetch f = { .reply_to = c->port, .wait_ns = WAIT_NS,
		.tag = (uint64_t)(uintptr_t)q,
		.renderer = { render_local, q } };
	bool ready;

	query_fetch(c->server, q->actor, &f);
	pthread_mutex_lock(&c->lock);
	while (!q->ready && !q->gone)
		pthread_cond_wait(&c->cond, &c->lock);
	ready = q->ready;
	q->ready = false;
	pthread_mutex_unlock(&c->lock);
	if (!ready)
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Query %s has gone", q->id);
	arena_release(&q->arena);
	q->arena = q->fresh;
	q->fresh = (struct arena){ 0 };
	q->batch = q->next;
	*out = &q->batch;
	return 0;
}

static void
local_cancel(struct client_query *query)
{
	struct local_query *q = (struct local_query *)query;

	query_cancel(q->local->server, q->actor, ERR_USER_CANCELED,
	    "Query was canceled");
}

static void
local_close(struct client_query *query)
{
	struct local_query *q = (struct local_query *)query;
	struct local_client *c = q->local;
	const struct client_batch *b;
	struct err e;

	/* A query goes after it has said that it is done. */
	if (!q->batch.done) {
		local_cancel(query);
		while (local_next(query, &b, &e) == 0 && !b->done)
			;
	}
	pthread_mutex_lock(&c->lock);
	map_del(&c->queries, (struct str){ (char *)&q->actor,
	    sizeof(q->actor) });
	pthread_mutex_unlock(&c->lock);
	arena_release(&q->arena);
	arena_release(&q->fresh);
	free(q);
}

static void
local_free(struct client *client)
{
	struct local_client *c = (struct local_client *)client;

	/* The port goes with the runtime, which must be stopped first. */
	map_release(&c->queries);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->cond);
	free(c);
}

static const struct client_ops local_ops = { local_submit, local_next,
	local_cancel, local_close, local_free };

struct client *
local_client_new(struct server *s)
{
	struct local_client *c = xcalloc(1, sizeof(*c));
	struct actor_place place = { .on = ON_CONTROL };
	struct err e;

	c->head.ops = &local_ops;
	c->server = s;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->cond, NULL);
	map_init(&c->queries);
	c->port = actor_spawn(s->rt, &port_actor, &place, c, &e);
	CHECK(c->port != 0);
	return &c->head;
}
