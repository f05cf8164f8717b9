/* SPDX-License-Identifier: Apache-2.0
 * system_tables.c - the registry as rows. */
#include "actors/system_tables.h"

#include <stdlib.h>

#include "conn/system_info.h"

struct system_tables {
	struct system_info info;        /* the connector knows this part */
	struct server *server;
};

static struct server *
server_of(const struct system_info *s)
{
	return ((const struct system_tables *)s)->server;
}

static int64_t
moment(int64_t micros)
{
	return micros == 0 ? SYSTEM_NO_TIME : micros;
}

static int
list_nodes(const struct system_info *s, struct arena *a,
    struct system_node **out, int *n, struct err *e)
{
	struct node_info *v;

	*n = registry_nodes(server_of(s)->registry, a, &v);
	*out = arena_array(a, struct system_node, *n + 1);
	for (int i = 0; i < *n; i++)
		(*out)[i] = (struct system_node){ v[i].id, v[i].http,
			v[i].version, v[i].coordinator, v[i].state };
	return 0;
}

static int
list_queries(const struct system_info *s, struct arena *a,
    struct system_query **out, int *n, struct err *e)
{
	static const char *group[] = { "global" };
	struct query_info *v;

	*n = registry_queries(server_of(s)->registry, a, &v);
	*out = arena_array(a, struct system_query, *n + 1);
	for (int i = 0; i < *n; i++) {
		const struct query_stats *t = &v[i].stats;
		bool failed = v[i].error.code != ERR_OK;

		(*out)[i] = (struct system_query){
			.id = v[i].id, .state = query_state_name(v[i].state),
			.user = v[i].user, .source = v[i].source,
			.sql = v[i].sql, .n_group = 1, .group = group,
			.queued_ms = t->queued_ns / 1000000,
			.analysis_ms = t->analysis_ns / 1000000,
			.planning_ms = t->planning_ns / 1000000,
			.created = moment(v[i].created),
			.started = moment(v[i].started),
			.last_heartbeat = moment(v[i].heartbeat),
			.end = moment(v[i].ended),
			.error_type = failed ? err_type_name(err_type(
			    v[i].error.code)) : NULL,
			.error_code = failed ? err_name(v[i].error.code)
			    : NULL,
		};
	}
	return 0;
}

static int
list_tasks(const struct system_info *s, struct arena *a,
    struct system_task **out, int *n, struct err *e)
{
	struct task_info *v;

	*n = registry_tasks(server_of(s)->registry, a, &v);
	*out = arena_array(a, struct system_task, *n + 1);
	for (int i = 0; i < *n; i++)
		(*out)[i] = (struct system_task){
			.node_id = v[i].node, .id = v[i].id,
			.stage_id = arena_printf(a, "%s.%d", v[i].query,
			    v[i].stage),
			.query_id = v[i].query, .state = v[i].state,
			.splits = v[i].splits, .queued_splits = v[i].queued,
			.running_splits = v[i].running,
			.completed_splits = v[i].completed,
			.scheduled_ms = v[i].wall_ns / 1000000,
			.cpu_ms = v[i].cpu_ns / 1000000,
			.blocked_ms = v[i].blocked_ns / 1000000,
			.network_bytes = 0, .input_bytes = v[i].raw_bytes,
			.input_rows = v[i].raw_rows,
			.output_bytes = v[i].out_bytes,
			.output_rows = v[i].out_rows,
			.physical_input_bytes = v[i].raw_bytes,
			.physical_written_bytes = v[i].physical_written,
			.created = moment(v[i].created),
			.started = moment(v[i].started),
			.last_heartbeat = moment(v[i].heartbeat),
			.end = moment(v[i].ended),
		};
	return 0;
}

struct system_info *
system_tables_new(struct server *s)
{
	struct system_tables *t = xcalloc(1, sizeof(*t));

	t->info.nodes = list_nodes;
	t->info.queries = list_queries;
	t->info.tasks = list_tasks;
	t->server = s;
	return &t->info;
}

void
system_tables_free(struct system_info **t)
{
	free(*t);
	*t = NULL;
}
