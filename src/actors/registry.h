/* SPDX-License-Identifier: Apache-2.0
 * registry.h - what is known of queries, tasks and nodes, for everybody to
 * read: system tables, the web API, clients' statistics.
 *
 * One lock, held for copies only.  Actors publish; nobody decides by it but
 * the dispatcher's look-up of a query's actor. */
#ifndef ACTORS_REGISTRY_H
#define ACTORS_REGISTRY_H

#include "base/arena.h"
#include "base/err.h"
#include "rt/actor.h"

enum query_state {
	QUERY_QUEUED, QUERY_PLANNING, QUERY_STARTING, QUERY_RUNNING,
	QUERY_FINISHING, QUERY_FINISHED, QUERY_FAILED,
};
const char *query_state_name(enum query_state s);

struct query_stats {
	int64_t queued_ns, planning_ns, analysis_ns, elapsed_ns;
	int64_t cpu_ns, wall_ns;
	int64_t rows, bytes;            /* read by scans */
	int64_t physical_bytes, output_rows, output_bytes, written_rows;
	int64_t peak_memory, memory, spilled;
	int splits, splits_queued, splits_running, splits_done;
	int nodes, tasks, tasks_done;
};

/* Times are wall clock, microseconds since 1970; 0: not yet. */
struct query_info {
	char id[64];
	char *sql, *user, *source, *catalog, *schema, *trace;
	enum query_state state;
	actor_id actor;
	int64_t created, started, ended, heartbeat;
	struct err error;               /* code ERR_OK: none */
	struct query_stats stats;
	const char *update_type;        /* static or NULL */
};

struct task_info {
	char id[96], query[64], node[64];
	int stage;
	const char *state;              /* "RUNNING" */
	int64_t splits, queued, running, completed;
	int64_t cpu_ns, wall_ns, blocked_ns;
	int64_t raw_bytes, raw_rows, bytes, rows, out_bytes, out_rows;
	int64_t physical_written, memory;
	int64_t created, started, heartbeat, ended;
	int drivers;
	const char *blocked_on;         /* a wait kind's name, or NULL */
};

struct node_info {
	char id[64], http[128], control[128], data[128], version[32];
	uint64_t incarnation;
	bool coordinator, runs_tasks;
	const char *state;              /* "active", "inactive",
					 * "shutting_down", "incompatible" */
	int64_t last_seen_ns;           /* mono */
	int64_t memory, tasks, drivers;
};

struct registry;

struct registry *registry_new(int max_history);
void registry_free(struct registry **r);

/* Copies the strings of *q. */
void registry_query_put(struct registry *r, const struct query_info *q);
/* State, times, stats, error, actor of q->id. */
void registry_query_update(struct registry *r, const struct query_info *q);
/* The actor of a query that has not ended; 0: none. */
actor_id registry_query_actor(struct registry *r, const char *id);
/* Copies into the arena; false: unknown. */
bool registry_query_get(struct registry *r, const char *id, struct arena *a,
    struct query_info *out);
int registry_queries(struct registry *r, struct arena *a,
    struct query_info **out);
int registry_running(struct registry *r);       /* not ended */

void registry_task_put(struct registry *r, const struct task_info *t);
void registry_task_remove(struct registry *r, const char *id);
int registry_tasks(struct registry *r, struct arena *a,
    struct task_info **out);

void registry_node_put(struct registry *r, const struct node_info *n);
void registry_node_state(struct registry *r, const char *id,
    const char *state);
bool registry_node_get(struct registry *r, const char *id,
    struct node_info *out);
int registry_nodes(struct registry *r, struct arena *a,
    struct node_info **out);

#endif
