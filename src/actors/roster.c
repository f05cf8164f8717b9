/* SPDX-License-Identifier: Apache-2.0
 * roster.c - who is in the cluster: announcements, silence, drain. */
#include <stdio.h>

#include "actors/control.h"
#include "actors/control_priv.h"
#include "actors/msg.h"
#include "actors/events.h"
#include "base/log.h"
#include "type/time.h"

void
roster_put_self(struct server *n, bool draining, int64_t tasks)
{
	struct node_info info = {
		.incarnation = n->incarnation, .coordinator = n->coordinator,
		.runs_tasks = n->runs_tasks,
		.state = draining ? "shutting_down" : "active",
		.last_seen_ns = env_mono_ns(n->env),
		.memory = (int64_t)mem_node_used(n->mem),
		.tasks = tasks,
	};

	snprintf(info.id, sizeof(info.id), "%s", n->id);
	snprintf(info.http, sizeof(info.http), "%s", n->http_address);
	snprintf(info.control, sizeof(info.control), "%s",
	    n->control_address);
	snprintf(info.data, sizeof(info.data), "%s", n->data_address);
	snprintf(info.version, sizeof(info.version), "%s", quern_version);
	registry_node_put(n->registry, &info);
}

static void
announce_self(struct control *c)
{
	struct server *n = c->server;
	struct announce a = {
		.node = str_of(n->id), .version = str_of(quern_version),
		.http = str_of(n->http_address),
		.control = str_of(n->control_address),
		.data = str_of(n->data_address),
		.state = c->draining ? STR("shutting_down") : STR("active"),
		.incarnation = n->incarnation, .runs_tasks = n->runs_tasks,
		.memory = (int64_t)mem_node_used(n->mem),
		.tasks = c->tasks.live,
		.plan_version = FRAG_VERSION,
		.zone_version = zone_table_version(),
	};
	struct sbuf b = { 0 };

	c->announcing = true;
	control_announce(&b, &a);
	server_send(n, n->discovery, &b, c->a.id, 0);
}

void
roster_answered(struct control *c, struct msg_reply *r)
{
	struct err e;

	c->announcing = false;
	if (r->rc != 0) {
		if (c->failed_announces++ % 30 == 0)
			log_warn("control", "coordinator %s: %s",
			    c->server->discovery, r->text);
		return;
	}
	if (c->failed_announces > 0)
		log_info("control", "coordinator %s is back",
		    c->server->discovery);
	c->failed_announces = 0;
	if (control_read_answer((struct str){ (const char *)r->body->p,
	    r->body->n }, &e) != 0)
		log_warn("control", "announcement refused: %s", e.text);
}

/* Tells all running queries that a node is lost. */
static void
tell_gone(struct control *c, const char *node, const char *why)
{
	struct arena a = { 0 };
	struct query_info *v;
	int n = registry_queries(c->server->registry, &a, &v);

	log_warn("control", "node %s is gone: %s", node, why);
	registry_node_state(c->server->registry, node, "inactive");
	events_node(c->server, node, "inactive", why);
	for (int i = 0; i < n; i++) {
		struct msg_node_gone *g;
		struct msg *m;

		if (v[i].actor == 0)
			continue;
		g = msg_new(MSG_QUERY_NODE_GONE, sizeof(*g), NULL);
		snprintf(g->node, sizeof(g->node), "%s", node);
		snprintf(g->why, sizeof(g->why), "%s", why);
		m = &g->m;
		actor_send(c->server->rt, v[i].actor, &m);
	}
	arena_release(&a);
}

int
roster_announced(struct control *c, struct str frame, struct err *e)
{
	struct announce a;
	struct node_info info, old;
	int rc = control_read_announce(frame, &a, e);

	if (rc != 0)
		return rc;
	if (!c->server->coordinator)
		return err_set(e, ERR_GENERIC_USER_ERROR,
		    "Node %s is no coordinator", c->server->id);
	info = (struct node_info){
		.incarnation = a.incarnation, .runs_tasks = a.runs_tasks,
		.state = str_eq(a.state, STR("active")) ? "active"
		    : "shutting_down",
		.last_seen_ns = env_mono_ns(c->server->env),
		.memory = a.memory, .tasks = a.tasks, .drivers = a.drivers,
	};
	if (a.plan_version != FRAG_VERSION ||
	    a.zone_version != zone_table_version())
		info.state = "incompatible";
	snprintf(info.id, sizeof(info.id), "%.*s", STR_ARG(a.node));
	snprintf(info.http, sizeof(info.http), "%.*s", STR_ARG(a.http));
	snprintf(info.control, sizeof(info.control), "%.*s",
	    STR_ARG(a.control));
	snprintf(info.data, sizeof(info.data), "%.*s", STR_ARG(a.data));
	snprintf(info.version, sizeof(info.version), "%.*s",
	    STR_ARG(a.version));
	if (!registry_node_get(c->server->registry, info.id, &old)) {
		log_info("control", "node %s joined (%s)", info.id,
		    info.control);
		events_node(c->server, info.id, "active", "joined");
	} else if (old.incarnation != info.incarnation) {
		tell_gone(c, info.id, "it was started anew");
	}
	registry_node_put(c->server->registry, &info);
	return 0;
}

static void
find_silent(struct control *c)
{
	int64_t now = env_mono_ns(c->server->env);
	struct arena a = { 0 };
	struct node_info *v;
	int n = registry_nodes(c->server->registry, &a, &v);

	for (int i = 0; i < n; i++) {
		char why[64];

		if (strcmp(v[i].id, c->server->id) == 0 ||
		    strcmp(v[i].state, "inactive") == 0 ||
		    now - v[i].last_seen_ns < c->server->silence_ns)
			continue;
		snprintf(why, sizeof(why), "silent for %.1f s",
		    (double)(now - v[i].last_seen_ns) / 1e9);
		tell_gone(c, v[i].id, why);
	}
	arena_release(&a);
}

void
roster_tick(struct control *c)
{
	roster_put_self(c->server, c->draining, c->tasks.live);
	if (c->server->coordinator)
		find_silent(c);
	else if (!c->announcing && c->server->transport != NULL)
		announce_self(c);
}
