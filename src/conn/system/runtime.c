/* SPDX-License-Identifier: Apache-2.0
 * runtime.c - system.runtime: what the server tells of itself. */
#include "base/check.h"
#include "conn/system/system.h"
#include "conn/system_info.h"

static const struct system_info *
info_of(const struct sys_rows *r)
{
	static const struct system_info nothing = { 0 };

	return r->world == NULL || r->world->system == NULL ? &nothing
	    : r->world->system;
}

int
sys_nodes(struct sys_rows *r)
{
	const struct system_info *s = info_of(r);
	struct system_node *v;
	int n, rc;

	if (s->nodes == NULL)
		return 0;
	rc = s->nodes(s, r->a, &v, &n, r->e);
	for (int i = 0; rc == 0 && i < n; i++) {
		put_text(r, v[i].id);
		put_text(r, v[i].http_uri);
		put_text(r, v[i].version);
		put_bool(r, v[i].coordinator);
		put_text(r, v[i].state);
	}
	return rc;
}

int
sys_queries(struct sys_rows *r)
{
	const struct system_info *s = info_of(r);
	struct system_query *v;
	int n, rc;

	if (s->queries == NULL)
		return 0;
	rc = s->queries(s, r->a, &v, &n, r->e);
	for (int i = 0; rc == 0 && i < n; i++) {
		put_text(r, v[i].id);
		put_text(r, v[i].state);
		put_text(r, v[i].user);
		put_text(r, v[i].source);
		put_text(r, v[i].sql);
		sys_put_list(r, v[i].group, v[i].n_group);
		put_int(r, v[i].queued_ms);
		put_int(r, v[i].analysis_ms);
		put_int(r, v[i].planning_ms);
		put_time(r, v[i].created);
		put_time(r, v[i].started);
		put_time(r, v[i].last_heartbeat);
		put_time(r, v[i].end);
		put_text(r, v[i].error_type);
		put_text(r, v[i].error_code);
	}
	return rc;
}

int
sys_tasks(struct sys_rows *r)
{
	const struct system_info *s = info_of(r);
	struct system_task *v;
	int n, rc;

	if (s->tasks == NULL)
		return 0;
	rc = s->tasks(s, r->a, &v, &n, r->e);
	for (int i = 0; rc == 0 && i < n; i++) {
		put_text(r, v[i].node_id);
		put_text(r, v[i].id);
		put_text(r, v[i].stage_id);
		put_text(r, v[i].query_id);
		put_text(r, v[i].state);
		put_int(r, v[i].splits);
		put_int(r, v[i].queued_splits);
		put_int(r, v[i].running_splits);
		put_int(r, v[i].completed_splits);
		put_int(r, v[i].scheduled_ms);
		put_int(r, v[i].cpu_ms);
		put_int(r, v[i].blocked_ms);
		put_int(r, v[i].network_bytes);
		put_int(r, v[i].input_bytes);
		put_int(r, v[i].input_rows);
		put_int(r, v[i].output_bytes);
		put_int(r, v[i].output_rows);
		put_int(r, v[i].physical_input_bytes);
		put_int(r, v[i].physical_written_bytes);
		put_time(r, v[i].created);
		put_time(r, v[i].started);
		put_time(r, v[i].last_heartbeat);
		put_time(r, v[i].end);
	}
	return rc;
}

int
sys_transactions(struct sys_rows *r)
{
	const struct system_info *s = info_of(r);
	struct system_transaction *v;
	int n, rc;

	if (s->transactions == NULL)
		return 0;
	rc = s->transactions(s, r->a, &v, &n, r->e);
	for (int i = 0; rc == 0 && i < n; i++) {
		put_text(r, v[i].id);
		put_text(r, v[i].isolation);
		put_bool(r, v[i].read_only);
		put_bool(r, v[i].auto_commit);
		put_time(r, v[i].created);
		put_int(r, v[i].idle_seconds);
		put_text(r, v[i].written_catalog);
		sys_put_list(r, v[i].catalogs, v[i].n_catalogs);
	}
	return rc;
}
