/* SPDX-License-Identifier: Apache-2.0
 * start.c - a node from its settings, and its end. */
#include "actors/start.h"

#include <stdio.h>
#include <stdlib.h>

#include "actors/client_text.h"
#include "actors/control.h"
#include "actors/events.h"
#include "actors/http_api.h"
#include "actors/msg.h"
#include "actors/query_priv.h"
#include "actors/system_tables.h"
#include "base/check.h"
#include "base/log.h"
#include "mem/spill.h"
#include "net/nng_transport.h"

const char quern_version[] = "483";

struct whole_server {
	struct server s;
	struct server_options options;
	struct env *env;
	struct system_info *system;
};

static uint64_t
node_memory(const struct conf *c)
{
	uint64_t all = rt_memory();
	uint64_t headroom = (uint64_t)conf_int(c,
	    "memory.heap-headroom-per-node");

	if (headroom == 0)
		headroom = all / 5;
	return headroom < all ? all - headroom : all / 2;
}

static void
make_names(struct server *s, const struct conf *c)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *id = conf_string(c, "node.id");

	s->incarnation = env_random(s->env);
	if (*id != '\0') {
		s->id = xstrdup(id);
	} else {
		struct sbuf b = { 0 };

		sbuf_addf(&b, "%016llx", (unsigned long long)
		    env_random(s->env));
		s->id = sbuf_take(&b);
	}
	for (int i = 0; i < 5; i++)
		s->id_suffix[i] = digits[env_random(s->env) % 36];
	s->environment = xstrdup(conf_string(c, "node.environment"));
	s->discovery = xstrdup(conf_string(c, "discovery.uri"));
	s->control_address = xstrdup("");
	s->data_address = xstrdup("");
	s->http_address = xstrdup("");
	s->client_address = xstrdup("");
	s->events_address = xstrdup("");
}

static int
make_catalogs(struct whole_server *w, struct err *e)
{
	struct server *s = &w->s;
	const char *base = conf_string(s->conf, "file.base-path");
	const char *dir = conf_string(s->conf, "catalog.config-dir");
	bool embedded = w->options.role == ROLE_EMBEDDED;

	w->system = system_tables_new(s);
	s->world = (struct conn_world){
		.env = s->env, .jobs = rt_jobs(rt_pool_io(s->rt)),
		.node_id = s->id, .version = quern_version,
		.system = w->system, .memory = s->mem,
		.base_path = *base == '\0' ? NULL : base,
		.confine = !embedded,
	};
	s->catalogs = catalog_set_new();
	s->world.catalogs = s->catalogs;
	return catalog_load(s->catalogs, *dir != '\0' ? dir
	    : w->options.catalog_dir, &s->world, e);
}

static int
open_spill(struct server *s, struct err *e)
{
	const char *path = conf_string(s->conf, "spiller-spill-path");

	if (!conf_bool(s->conf, "spill-enabled"))
		return 0;
	if (*path == '\0')
		return err_set(e, ERR_CONFIGURATION_INVALID,
		    "spill-enabled=true needs spiller-spill-path");
	return spill_dir_open(s->env, path, 0, &s->spill_dir, e);
}

/* --- sockets ---------------------------------------------------------------- */

void
server_bind_address(const struct server *s, const char *setting, char *out, size_t n)
{
	snprintf(out, n, "tcp://%s:%lld", conf_string(s->conf,
	    "node.bind-ip"), (long long)conf_int(s->conf, setting));
}

static int
listen_control(struct server *s, struct err *e)
{
	struct nng_options o = { .secret = str_of(conf_string(s->conf,
	    "internal-communication.shared-secret")) };
	struct page_server_options pages = { 0 };
	struct sbuf bound = { 0 };
	char where[128];

	s->transport = nng_transport_new(s->rt, &o);
	server_bind_address(s, "control.port", where, sizeof(where));
	s->control_listener = transport_listen(s->transport, where,
	    CONTROL_MAX_FRAME, s->control, &bound, e);
	if (s->control_listener == NULL)
		return -(int)e->code;
	free(s->control_address);
	s->control_address = sbuf_take(&bound);
	server_bind_address(s, "data.port", where, sizeof(where));
	pages.transport = s->transport;
	pages.address = where;
	s->pages = page_server_new(s->rt, &pages, &bound, e);
	if (s->pages == NULL)
		return -(int)e->code;
	free(s->data_address);
	s->data_address = sbuf_take(&bound);
	return 0;
}

static int
listen_http(struct server *s, struct err *e)
{
	struct http_options o = {
		.address = conf_string(s->conf, "node.bind-ip"),
		.port = (int)conf_int(s->conf, "http-server.http.port"),
		.max_connections = (int)conf_int(s->conf,
		    "http-server.max-connections"),
		.process_forwarded = conf_bool(s->conf,
		    "http-server.process-forwarded"),
	};
	struct sbuf b = { 0 };
	int port, rc;

	if ((rc = http_api_start(s, &o, &port, e)) != 0)
		return rc;
	sbuf_addf(&b, "http://%s:%d", o.address, port);
	free(s->http_address);
	s->http_address = sbuf_take(&b);
	return 0;
}

static int
listen_all(struct whole_server *w, struct err *e)
{
	struct server *s = &w->s;
	int rc;

	if ((rc = listen_control(s, e)) != 0 ||
	    (rc = listen_http(s, e)) != 0)
		return rc;
	if (!s->coordinator)
		return 0;
	if ((rc = client_text_start(s, e)) != 0)
		return rc;
	return events_start(s, e);
}

/* --- start and stop ----------------------------------------------------------- */

static void
start_runtime(struct server *s, bool embedded)
{
	struct rt_options o = {
		.workers = (int)conf_int(s->conf, "task.max-worker-threads"),
		.exchange = embedded ? 0 : 1,
	};
	struct mem_node_options m = { .limit = node_memory(s->conf) };

	s->rt = rt_new_loops(&o);
	s->env = rt_env(s->rt);
	s->mem = mem_node_new(&m);
	s->start_ns = env_mono_ns(s->env);
	s->concurrency = (int)conf_int(s->conf, "task.concurrency");
	if (s->concurrency == 0)
		s->concurrency = rt_workers(s->rt);
	s->query_max_memory = (uint64_t)conf_int(s->conf,
	    "query.max-memory");
	s->query_max_memory_per_node = (uint64_t)conf_int(s->conf,
	    "query.max-memory-per-node");
	if (s->query_max_memory_per_node == 0)
		s->query_max_memory_per_node = m.limit / 4 * 3;
	s->silence_ns = conf_int(s->conf, "failure-detector.silence");
	s->client_timeout_ns = conf_int(s->conf, "query.client.timeout");
}

struct server *
server_start(const struct server_options *o, struct err *e)
{
	struct whole_server *w = xcalloc(1, sizeof(*w));
	struct actor_place place = { .on = ON_CONTROL };
	struct server *s = &w->s;
	bool embedded = o->role == ROLE_EMBEDDED;
	struct msg *ready;
	int rc;

	w->options = *o;
	s->conf = o->conf;
	s->coordinator = o->role != ROLE_WORKER;
	s->runs_tasks = o->role != ROLE_COORDINATOR || conf_bool(o->conf,
	    "node-scheduler.include-coordinator");
	s->drained = o->drained;
	s->drained_arg = o->arg;
	start_runtime(s, embedded);
	make_names(s, o->conf);
	s->registry = registry_new((int)conf_int(o->conf,
	    "query.max-history"));
	s->outputs = task_outputs_new();
	s->admission = admission_new(s->rt, (int)conf_int(o->conf,
	    "query.max-concurrent-queries"), (int)conf_int(o->conf,
	    "query.max-queued-queries"));
	rc = make_catalogs(w, e);
	if (rc == 0 && !s->coordinator && *s->discovery == '\0')
		rc = err_set(e, ERR_CONFIGURATION_INVALID, "A worker needs "
		    "discovery.uri=tcp://HOST:PORT, the coordinator's "
		    "control socket");
	if (rc == 0)
		rc = open_spill(s, e);
	if (rc == 0) {
		s->control = actor_spawn(s->rt, &control_actor, &place, s, e);
		CHECK(s->control != 0);
		rc = embedded ? 0 : listen_all(w, e);
	}
	if (rc != 0) {
		server_stop(&s);
		return NULL;
	}
	roster_put_self(s, false, 0);
	ready = msg_new(MSG_CONTROL_READY, sizeof(*ready), NULL);
	actor_send(s->rt, s->control, &ready);
	return s;
}

void
server_ready_line(const struct server *s, struct sbuf *to)
{
	sbuf_addf(to, "ready role=%s node=%s http=%s control=%s data=%s",
	    s->coordinator ? "coordinator" : "worker", s->id,
	    s->http_address, s->control_address, s->data_address);
	if (s->coordinator)
		sbuf_addf(to, " client=%s events=%s", s->client_address,
		    s->events_address);
}

void
server_drain(struct server *s)
{
	struct msg *m = msg_new(MSG_DRAIN, sizeof(*m), NULL);

	actor_send(s->rt, s->control, &m);
}

void
server_stop(struct server **sp)
{
	struct whole_server *w = (struct whole_server *)*sp;
	struct server *s = *sp;
	struct rt *rt;

	*sp = NULL;
	if (s == NULL)
		return;
	if (s->client_text != NULL)
		client_text_stop(&s->client_text);
	if (s->events != NULL)
		events_stop(&s->events);
	if (s->pages != NULL)
		page_server_free(&s->pages);
	if (s->transport != NULL)
		s->transport->ops->free(s->transport);
	/* Actors use s->rt until they are gone. */
	rt = s->rt;
	rt_free(&rt);
	task_outputs_free(&s->outputs);
	catalog_set_free(&s->catalogs);
	system_tables_free(&w->system);
	if (s->spill_dir != NULL)
		spill_dir_close(&s->spill_dir);
	admission_free(&s->admission);
	registry_free(&s->registry);
	mem_node_drop(&s->mem);
	free(s->id);
	free(s->environment);
	free(s->discovery);
	free(s->control_address);
	free(s->data_address);
	free(s->http_address);
	free(s->client_address);
	free(s->events_address);
	free(w);
}
