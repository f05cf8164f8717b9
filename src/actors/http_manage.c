/* SPDX-License-Identifier: Apache-2.0
 * http_manage.c - endpoints beside statements: information, state, queries,
 * metrics. */
#include <stdio.h>
#include <stdlib.h>

#include "actors/http_api.h"
#include "actors/msg.h"
#include "actors/query.h"
#include "base/check.h"
#include "base/json.h"

static void
respond_json(struct http_request *r, struct sbuf *body)
{
	struct http_response with = { .status = 200,
		.content_type = "application/json", .size = body->n };

	with.body = sbuf_take(body);
	http_respond(r, &with);
}

static void
respond_status(struct http_request *r, int status)
{
	struct http_response with = { .status = status };

	http_respond(r, &with);
}

static const char *
node_state(struct server *s)
{
	struct node_info info;

	if (registry_node_get(s->registry, s->id, &info) &&
	    strcmp(info.state, "shutting_down") == 0)
		return "SHUTTING_DOWN";
	return "ACTIVE";
}

static void
get_info(struct server *s, struct http_request *r)
{
	double minutes = (double)(env_mono_ns(s->env) - s->start_ns) / 6e10;
	struct sbuf b = { 0 };

	sbuf_addz(&b, "{\"nodeId\":");
	json_quote(&b, str_of(s->id));
	sbuf_addf(&b, ",\"state\":\"%s\",\"nodeVersion\":{\"version\":\"%s\"},"
	    "\"environment\":", node_state(s), quern_version);
	json_quote(&b, str_of(s->environment));
	sbuf_addf(&b, ",\"coordinator\":%s,\"starting\":false,"
	    "\"uptime\":\"%.2fm\"}", s->coordinator ? "true" : "false",
	    minutes);
	respond_json(r, &b);
}

static void
info_state(struct server *s, struct http_request *r)
{
	struct sbuf b = { 0 };

	if (strcmp(r->method, "PUT") == 0) {
		if (str_eq(str_trim(r->body), STR("\"SHUTTING_DOWN\""))) {
			struct msg *m = msg_new(MSG_DRAIN, sizeof(*m), NULL);

			actor_send(s->rt, s->control, &m);
		} else if (!str_eq(str_trim(r->body), STR("\"ACTIVE\""))) {
			http_respond_text(r, 400, "Error 400 Bad Request: "
			    "Invalid state");
			return;
		}
		respond_status(r, 200);
		return;
	}
	sbuf_addf(&b, "\"%s\"", node_state(s));
	respond_json(r, &b);
}

static void
print_query(struct sbuf *b, const struct query_info *q)
{
	sbuf_addz(b, "{\"queryId\":");
	json_quote(b, str_of(q->id));
	sbuf_addf(b, ",\"state\":\"%s\",\"query\":",
	    query_state_name(q->state));
	json_quote(b, str_of(q->sql));
	sbuf_addz(b, ",\"session\":{\"user\":");
	json_quote(b, str_of(q->user == NULL ? "" : q->user));
	sbuf_addz(b, ",\"source\":");
	json_quote(b, str_of(q->source == NULL ? "" : q->source));
	sbuf_addf(b, "},\"queryStats\":{\"elapsedTimeMillis\":%lld,"
	    "\"queuedTimeMillis\":%lld,\"totalCpuTimeMillis\":%lld,"
	    "\"processedInputPositions\":%lld,\"totalDrivers\":%d,"
	    "\"peakUserMemoryBytes\":%lld}",
	    (long long)q->stats.elapsed_ns / 1000000,
	    (long long)q->stats.queued_ns / 1000000,
	    (long long)q->stats.cpu_ns / 1000000,
	    (long long)q->stats.rows, q->stats.splits,
	    (long long)q->stats.peak_memory);
	if (q->error.code != ERR_OK) {
		sbuf_addf(b, ",\"errorType\":\"%s\",\"errorCode\":"
		    "{\"code\":%d,\"name\":\"%s\",\"type\":\"%s\"}",
		    err_type_name(err_type(q->error.code)),
		    err_number(q->error.code), err_name(q->error.code),
		    err_type_name(err_type(q->error.code)));
	}
	sbuf_addc(b, '}');
}

static void
list_queries(struct server *s, struct http_request *r)
{
	const char *state = http_query(r, "state");
	struct arena a = { 0 };
	struct query_info *v;
	struct sbuf b = { 0 };
	int n = registry_queries(s->registry, &a, &v);

	sbuf_addc(&b, '[');
	for (int i = n - 1; i >= 0; i--) {
		if (state != NULL &&
		    strcasecmp(state, query_state_name(v[i].state)) != 0)
			continue;
		if (b.n > 1)
			sbuf_addc(&b, ',');
		print_query(&b, &v[i]);
	}
	sbuf_addc(&b, ']');
	arena_release(&a);
	respond_json(r, &b);
}

static void
one_query(struct server *s, struct http_request *r, const char *id)
{
	struct arena a = { 0 };
	struct query_info q;
	struct sbuf b = { 0 };
	bool there = registry_query_get(s->registry, id, &a, &q);

	if (strcmp(r->method, "DELETE") == 0) {
		if (there && q.actor != 0)
			query_cancel(s, q.actor, ERR_USER_CANCELED,
			    "Query was canceled");
		respond_status(r, 204);
	} else if (!there) {
		http_respond_text(r, 410, "Error 410 Gone: HTTP 410 Gone");
	} else {
		print_query(&b, &q);
		respond_json(r, &b);
	}
	arena_release(&a);
}

/* PUT /v1/query/ID/killed and /preempted. */
static void
kill_query(struct server *s, struct http_request *r, const char *id,
    enum err_code code)
{
	struct arena a = { 0 };
	struct query_info q;
	char text[256];

	if (!registry_query_get(s->registry, id, &a, &q)) {
		respond_status(r, 410);
	} else if (q.state == QUERY_FINISHED || q.state == QUERY_FAILED ||
	    q.actor == 0) {
		respond_status(r, 409);
	} else {
		snprintf(text, sizeof(text), "Query killed. Message: %.*s",
		    (int)MIN(r->body.n, (size_t)200), r->body.p);
		query_cancel(s, q.actor, code, text);
		respond_status(r, 202);
	}
	arena_release(&a);
}

static void
metric(struct sbuf *b, const char *name, const char *type, const char *help,
    double value)
{
	sbuf_addf(b, "# TYPE %s %s\n# HELP %s %s\n%s%s %.17g\n", name, type,
	    name, help, name, strcmp(type, "counter") == 0 ? "_total" : "",
	    value);
}

static void
metrics(struct server *s, struct http_request *r)
{
	struct arena a = { 0 };
	struct query_info *v;
	struct node_info *nodes;
	struct task_info *tasks;
	int n = registry_queries(s->registry, &a, &v), failed = 0, done = 0;
	int n_nodes = registry_nodes(s->registry, &a, &nodes), active = 0;
	int n_tasks = registry_tasks(s->registry, &a, &tasks);
	struct http_response with = { .status = 200, .content_type =
	    "application/openmetrics-text; version=1.0.0; charset=utf-8" };
	struct sbuf b = { 0 };
	int64_t rows = 0, cpu = 0;

	for (int i = 0; i < n; i++) {
		failed += v[i].state == QUERY_FAILED;
		done += v[i].state == QUERY_FINISHED;
		rows += v[i].stats.rows;
		cpu += v[i].stats.cpu_ns;
	}
	for (int i = 0; i < n_nodes; i++)
		active += strcmp(nodes[i].state, "active") == 0;
	metric(&b, "quern_uptime_seconds", "gauge", "Time since the start.",
	    (double)(env_mono_ns(s->env) - s->start_ns) / 1e9);
	metric(&b, "quern_queries_running", "gauge",
	    "Statements that have not ended.", registry_running(s->registry));
	metric(&b, "quern_queries_kept_finished", "gauge",
	    "Finished statements in the history.", done);
	metric(&b, "quern_queries_kept_failed", "gauge",
	    "Failed statements in the history.", failed);
	metric(&b, "quern_kept_input_rows", "gauge",
	    "Rows read by the statements in the history.", (double)rows);
	metric(&b, "quern_kept_cpu_seconds", "gauge",
	    "CPU used by the statements in the history.", (double)cpu / 1e9);
	metric(&b, "quern_tasks", "gauge", "Tasks on this node.", n_tasks);
	metric(&b, "quern_nodes_active", "gauge", "Active nodes.", active);
	metric(&b, "quern_memory_used_bytes", "gauge",
	    "Data memory reserved.", (double)mem_node_used(s->mem));
	metric(&b, "quern_memory_limit_bytes", "gauge",
	    "Data memory that may be reserved.",
	    (double)mem_node_limit(s->mem));
	metric(&b, "quern_actors", "gauge", "Actors alive.",
	    (double)rt_actors(s->rt));
	sbuf_addz(&b, "# EOF\n");
	arena_release(&a);
	with.size = b.n;
	with.body = sbuf_take(&b);
	http_respond(r, &with);
}

static bool
query_path(struct server *s, struct http_request *r, const char *rest)
{
	char id[64], verb[16];

	if (sscanf(rest, "%63[0-9a-z_]/%15[a-z]", id, verb) == 2) {
		if (strcmp(r->method, "PUT") != 0)
			return false;
		if (strcmp(verb, "killed") == 0)
			kill_query(s, r, id, ERR_ADMINISTRATIVELY_KILLED);
		else if (strcmp(verb, "preempted") == 0)
			kill_query(s, r, id, ERR_ADMINISTRATIVELY_PREEMPTED);
		else
			return false;
		return true;
	}
	if (sscanf(rest, "%63[0-9a-z_]", id) != 1)
		return false;
	one_query(s, r, id);
	return true;
}

bool
http_manage(struct server *s, struct http_request *r)
{
	const char *p = r->path;

	if (strcmp(p, "/v1/info") == 0)
		get_info(s, r);
	else if (strcmp(p, "/v1/info/state") == 0)
		info_state(s, r);
	else if (strcmp(p, "/v1/info/coordinator") == 0)
		respond_status(r, s->coordinator ? 200 : 404);
	else if (strcmp(p, "/v1/status") == 0)
		get_info(s, r);
	else if (strcmp(p, "/metrics") == 0)
		metrics(s, r);
	else if (strcmp(p, "/v1/query") == 0 && s->coordinator)
		list_queries(s, r);
	else if (strncmp(p, "/v1/query/", 10) == 0 && s->coordinator)
		return query_path(s, r, p + 10);
	else
		return false;
	return true;
}
