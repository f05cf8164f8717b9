/* SPDX-License-Identifier: Apache-2.0
 * registry.c - tables behind one lock; see registry.h. */
#include "actors/registry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"

struct registry {
	pthread_mutex_t lock;
	struct map queries, tasks, nodes;       /* id -> malloc'd info */
	int ended, max_history;
};

const char *
query_state_name(enum query_state s)
{
	static const char *const names[] = { "QUEUED", "PLANNING", "STARTING",
		"RUNNING", "FINISHING", "FINISHED", "FAILED" };

	return names[s];
}

struct registry *
registry_new(int max_history)
{
	struct registry *r = xcalloc(1, sizeof(*r));

	pthread_mutex_init(&r->lock, NULL);
	map_init(&r->queries);
	map_init(&r->tasks);
	map_init(&r->nodes);
	r->max_history = max_history;
	return r;
}

static void
free_query(struct query_info *q)
{
	free(q->sql);
	free(q->user);
	free(q->source);
	free(q->catalog);
	free(q->schema);
	free(q->trace);
	free(q);
}

void
registry_free(struct registry **rp)
{
	struct registry *r = *rp;
	struct map_entry *e;
	uint32_t at = 0;

	*rp = NULL;
	if (r == NULL)
		return;
	while ((e = map_next(&r->queries, &at)) != NULL)
		free_query(e->value);
	for (at = 0; (e = map_next(&r->tasks, &at)) != NULL;)
		free(e->value);
	for (at = 0; (e = map_next(&r->nodes, &at)) != NULL;)
		free(e->value);
	map_release(&r->queries);
	map_release(&r->tasks);
	map_release(&r->nodes);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static char *
copy(const char *z)
{
	return z == NULL ? NULL : xstrdup(z);
}

static bool
over(const struct query_info *q)
{
	return q->state == QUERY_FINISHED || q->state == QUERY_FAILED;
}

/* Forgets the oldest ended query. */
static void
forget_one(struct registry *r)
{
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&r->queries, &at)) != NULL) {
		struct query_info *q = e->value;

		if (!over(q))
			continue;
		map_del(&r->queries, str_of(q->id));
		free_query(q);
		r->ended--;
		return;
	}
}

void
registry_query_put(struct registry *r, const struct query_info *q)
{
	struct query_info *own = xmalloc(sizeof(*own));

	*own = *q;
	own->sql = copy(q->sql);
	own->user = copy(q->user);
	own->source = copy(q->source);
	own->catalog = copy(q->catalog);
	own->schema = copy(q->schema);
	own->trace = copy(q->trace);
	pthread_mutex_lock(&r->lock);
	own = map_put(&r->queries, str_of(q->id), own);
	pthread_mutex_unlock(&r->lock);
	CHECK(own == NULL);
}

void
registry_query_update(struct registry *r, const struct query_info *q)
{
	struct query_info *own;

	pthread_mutex_lock(&r->lock);
	own = map_get(&r->queries, str_of(q->id));
	if (own != NULL) {
		bool was_over = over(own);

		own->state = q->state;
		own->actor = q->actor;
		own->started = q->started;
		own->ended = q->ended;
		own->heartbeat = q->heartbeat;
		own->error = q->error;
		own->stats = q->stats;
		own->update_type = q->update_type;
		if (!was_over && over(own) && ++r->ended > r->max_history)
			forget_one(r);
	}
	pthread_mutex_unlock(&r->lock);
}

actor_id
registry_query_actor(struct registry *r, const char *id)
{
	struct query_info *q;
	actor_id actor = 0;

	pthread_mutex_lock(&r->lock);
	q = map_get(&r->queries, str_of(id));
	if (q != NULL)
		actor = q->actor;
	pthread_mutex_unlock(&r->lock);
	return actor;
}

static char *
arena_copy(struct arena *a, const char *z)
{
	return z == NULL ? NULL : arena_strdup(a, z);
}

static void
copy_query(struct arena *a, const struct query_info *q,
    struct query_info *out)
{
	*out = *q;
	out->sql = arena_copy(a, q->sql);
	out->user = arena_copy(a, q->user);
	out->source = arena_copy(a, q->source);
	out->catalog = arena_copy(a, q->catalog);
	out->schema = arena_copy(a, q->schema);
	out->trace = arena_copy(a, q->trace);
}

bool
registry_query_get(struct registry *r, const char *id, struct arena *a,
    struct query_info *out)
{
	struct query_info *q;

	pthread_mutex_lock(&r->lock);
	q = map_get(&r->queries, str_of(id));
	if (q != NULL)
		copy_query(a, q, out);
	pthread_mutex_unlock(&r->lock);
	return q != NULL;
}

int
registry_queries(struct registry *r, struct arena *a,
    struct query_info **out)
{
	struct map_entry *e;
	uint32_t at = 0;
	int n = 0;

	pthread_mutex_lock(&r->lock);
	*out = arena_array(a, struct query_info, r->queries.live);
	while ((e = map_next(&r->queries, &at)) != NULL)
		copy_query(a, e->value, &(*out)[n++]);
	pthread_mutex_unlock(&r->lock);
	return n;
}

int
registry_running(struct registry *r)
{
	int n;

	pthread_mutex_lock(&r->lock);
	n = (int)r->queries.live - r->ended;
	pthread_mutex_unlock(&r->lock);
	return n;
}

/* Sets or replaces a fixed-size info under its id. */
static void
put(struct registry *r, struct map *m, const char *id, const void *info,
    size_t size)
{
	void *own = xmalloc(size);

	memcpy(own, info, size);
	pthread_mutex_lock(&r->lock);
	own = map_put(m, str_of(id), own);
	pthread_mutex_unlock(&r->lock);
	free(own);
}

/* Copies all infos of one kind. */
static int
all(struct registry *r, const struct map *m, struct arena *a, size_t size,
    void **out)
{
	struct map_entry *e;
	uint32_t at = 0;
	int n = 0;

	pthread_mutex_lock(&r->lock);
	*out = arena_alloc(a, m->live * size);
	while ((e = map_next(m, &at)) != NULL)
		memcpy((char *)*out + (size_t)n++ * size, e->value, size);
	pthread_mutex_unlock(&r->lock);
	return n;
}

void
registry_task_put(struct registry *r, const struct task_info *t)
{
	put(r, &r->tasks, t->id, t, sizeof(*t));
}

void
registry_task_remove(struct registry *r, const char *id)
{
	void *own;

	pthread_mutex_lock(&r->lock);
	own = map_del(&r->tasks, str_of(id));
	pthread_mutex_unlock(&r->lock);
	free(own);
}

int
registry_tasks(struct registry *r, struct arena *a, struct task_info **out)
{
	return all(r, &r->tasks, a, sizeof(**out), (void **)out);
}

void
registry_node_put(struct registry *r, const struct node_info *n)
{
	put(r, &r->nodes, n->id, n, sizeof(*n));
}

void
registry_node_state(struct registry *r, const char *id, const char *state)
{
	struct node_info *n;

	pthread_mutex_lock(&r->lock);
	n = map_get(&r->nodes, str_of(id));
	if (n != NULL)
		n->state = state;
	pthread_mutex_unlock(&r->lock);
}

bool
registry_node_get(struct registry *r, const char *id, struct node_info *out)
{
	struct node_info *n;

	pthread_mutex_lock(&r->lock);
	n = map_get(&r->nodes, str_of(id));
	if (n != NULL)
		*out = *n;
	pthread_mutex_unlock(&r->lock);
	return n != NULL;
}

int
registry_nodes(struct registry *r, struct arena *a, struct node_info **out)
{
	return all(r, &r->nodes, a, sizeof(**out), (void **)out);
}
