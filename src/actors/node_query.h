/* SPDX-License-Identifier: Apache-2.0
 * node_query.h - what the tasks of one query share on one node: session,
 * memory pool, cancel word, and the memory that their pages' types live in.
 *
 * Pages move between tasks of a query by pointer and name types of the task
 * that made them; so all that is decoded for a query stays until the last
 * task of it on this node is gone. */
#ifndef ACTORS_NODE_QUERY_H
#define ACTORS_NODE_QUERY_H

#include <pthread.h>

#include "actors/server.h"
#include "actors/spec.h"
#include "base/map.h"
#include "func/func.h"
#include "net/out_buffer.h"

/* Memory of one descriptor. */
struct task_memory {
	struct task_memory *next;
	struct arena arena;
	struct expr_pool pool;
};

struct node_query {
	atomic_int refs;
	struct server *server;
	char id[64];
	struct arena arena;             /* session's strings */
	struct session_context session;
	atomic_int cancel;
	struct mem_pool *mem;
	pthread_mutex_t lock;
	struct task_memory *memory;     /* under lock */
	struct map outputs;             /* task id -> out_buffer (a
					 * reference), under lock */
};

/* From the first descriptor of a query on this node. */
struct node_query *node_query_new(struct server *n,
    const struct task_spec *spec);
struct node_query *node_query_ref(struct node_query *q);
void node_query_drop(struct node_query **q);
/* Any thread. */
struct task_memory *node_query_memory(struct node_query *q);
/* Takes a reference. */
void node_query_output_add(struct node_query *q, struct str task,
    struct out_buffer *b);
/* A reference for the caller, or NULL. */
struct out_buffer *node_query_output(struct node_query *q, struct str task);
/* All its tasks are to end: kernels look at the word, waiters for memory are
 * woken. */
void node_query_cancel(struct node_query *q);

#endif
