/* SPDX-License-Identifier: Apache-2.0
 * system_info.h - what the server tells of itself to system.runtime: nodes,
 * queries, tasks, transactions, as they are at the moment of the call.
 *
 * Every function may be called on any thread, also several at once, and may
 * block for a short while.  The arrays and texts go into the arena.  A member
 * that is NULL stands for a table without rows. */
#ifndef CONN_SYSTEM_INFO_H
#define CONN_SYSTEM_INFO_H

#include "base/arena.h"
#include "base/err.h"

/* Times are microseconds since 1970, UTC. */
#define SYSTEM_NO_TIME INT64_MIN

struct system_node {
	const char *id, *http_uri, *version;
	bool coordinator;
	const char *state;      /* active, inactive, draining, drained,
				 * shutting_down */
};

struct system_query {           /* texts may be NULL */
	const char *id, *state, *user, *source, *sql;
	int n_group;            /* resource group, from the root */
	const char **group;
	int64_t queued_ms, analysis_ms, planning_ms;
	int64_t created, started, last_heartbeat, end;
	const char *error_type, *error_code;
};

struct system_task {
	const char *node_id, *id, *stage_id, *query_id, *state;
	int64_t splits, queued_splits, running_splits, completed_splits;
	int64_t scheduled_ms, cpu_ms, blocked_ms;
	int64_t network_bytes;  /* received from other tasks */
	int64_t input_bytes, input_rows; /* processed */
	int64_t output_bytes, output_rows;
	int64_t physical_input_bytes, physical_written_bytes;
	int64_t created, started, last_heartbeat, end;
};

struct system_transaction {
	const char *id, *isolation; /* "READ UNCOMMITTED" */
	bool read_only, auto_commit;
	int64_t created;
	int64_t idle_seconds;
	const char *written_catalog; /* NULL: none */
	int n_catalogs;
	const char **catalogs;
};

struct system_info {
	int (*nodes)(const struct system_info *s, struct arena *a,
	    struct system_node **out, int *n, struct err *e);
	int (*queries)(const struct system_info *s, struct arena *a,
	    struct system_query **out, int *n, struct err *e);
	int (*tasks)(const struct system_info *s, struct arena *a,
	    struct system_task **out, int *n, struct err *e);
	int (*transactions)(const struct system_info *s, struct arena *a,
	    struct system_transaction **out, int *n, struct err *e);
};

#endif
