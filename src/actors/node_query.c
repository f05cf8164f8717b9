/* SPDX-License-Identifier: Apache-2.0
 * node_query.c - a query's shared things on a node. */
#include "actors/node_query.h"

#include <stdio.h>
#include <stdlib.h>

#include "type/time.h"

struct node_query *
node_query_new(struct server *n, const struct task_spec *spec)
{
	struct node_query *q = xcalloc(1, sizeof(*q));
	struct mem_limits limits = { spec->limit_local, spec->limit_global,
		spec->limit_global };
	int zone = zone_find(spec->zone);

	atomic_init(&q->refs, 1);
	q->server = n;
	snprintf(q->id, sizeof(q->id), "%.*s", STR_ARG(spec->query));
	q->session = (struct session_context){
		.zone = zone < 0 ? ZONE_UTC : zone,
		.start_micros = spec->start_micros,
		.user = arena_str(&q->arena, spec->user),
		.catalog = arena_str(&q->arena, spec->catalog),
		.schema = arena_str(&q->arena, spec->schema),
		.query_id = arena_str(&q->arena, spec->query),
		.version = str_of(quern_version),
		.cancel = &q->cancel,
	};
	q->mem = mem_pool_new(n->mem, q->id, &limits);
	pthread_mutex_init(&q->lock, NULL);
	map_init(&q->outputs);
	return q;
}

struct node_query *
node_query_ref(struct node_query *q)
{
	atomic_fetch_add(&q->refs, 1);
	return q;
}

void
node_query_drop(struct node_query **qp)
{
	struct node_query *q = *qp;
	struct task_memory *m, *next;
	struct map_entry *entry;
	uint32_t at = 0;

	*qp = NULL;
	if (q == NULL || atomic_fetch_sub(&q->refs, 1) != 1)
		return;
	while ((entry = map_next(&q->outputs, &at)) != NULL) {
		struct out_buffer *b = entry->value;

		out_buffer_drop(&b);
	}
	map_release(&q->outputs);
	for (m = q->memory; m != NULL; m = next) {
		next = m->next;
		expr_pool_release(&m->pool);
		arena_release(&m->arena);
		free(m);
	}
	mem_pool_drop(&q->mem);
	pthread_mutex_destroy(&q->lock);
	arena_release(&q->arena);
	free(q);
}

struct task_memory *
node_query_memory(struct node_query *q)
{
	struct task_memory *m = xcalloc(1, sizeof(*m));

	arena_init(&m->arena);
	expr_pool_init(&m->pool, &m->arena);
	pthread_mutex_lock(&q->lock);
	m->next = q->memory;
	q->memory = m;
	pthread_mutex_unlock(&q->lock);
	return m;
}

void
node_query_output_add(struct node_query *q, struct str task,
    struct out_buffer *b)
{
	struct out_buffer *old;

	pthread_mutex_lock(&q->lock);
	old = map_put(&q->outputs, task, out_buffer_ref(b));
	pthread_mutex_unlock(&q->lock);
	out_buffer_drop(&old);
}

struct out_buffer *
node_query_output(struct node_query *q, struct str task)
{
	struct out_buffer *b;

	pthread_mutex_lock(&q->lock);
	b = map_get(&q->outputs, task);
	if (b != NULL)
		out_buffer_ref(b);
	pthread_mutex_unlock(&q->lock);
	return b;
}

void
node_query_cancel(struct node_query *q)
{
	atomic_store(&q->cancel, 1);
	mem_pool_release_waiters(q->mem);
}
