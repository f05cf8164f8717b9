/* SPDX-License-Identifier: Apache-2.0
 * task_actor.c - the life of a task on its node.
 *
 *   RUNNING --all drivers ended--> FLUSHING --output taken--> FINISHED
 *      |  \--a driver failed------> FAILED
 *      \-----asked to end---------> ABORTED
 * The actor stays until it is asked to end (the query is over), so that its
 * output can be asked for again; then it waits for its drivers and goes. */
#include "actors/task_actor.h"

#include <stdio.h>
#include <stdlib.h>

#include "actors/driver_actor.h"
#include "actors/msg.h"
#include "actors/page_link.h"
#include "base/check.h"
#include "base/log.h"

enum {
	TAG_REPORT = 1, TAG_DRAINED = 2,
	REPORT_NS = 500 * 1000 * 1000,
	MAX_NODES = 1024,
};

struct task_state_priv {
	struct actor a;
	struct task_args args;
	struct server *server;
	struct fragment *fragment;
	struct task_world world;
	struct task *task;
	struct page_outlet_link outlet;
	struct page_inlet_link *links[64];      /* owned */
	int n_links;
	struct mem_account *exchange_account;
	struct sched_group *group;
	struct driver_counts counts;
	int drivers, spawned;           /* live, ever */
	bool all_spawned;
	enum task_state state;
	struct err error;
	int64_t created, ended;         /* wall, micros */
	actor_id *ids;                  /* of drivers ever spawned */
	int cap_ids;
	char id[96];
};

static void task_report(struct task_state_priv *t, int wants);

/* --- what ops asks for: called on drivers' threads ----------------------- */

static void
tell_wants(void *arg, int node_id, int left)
{
	struct task_state_priv *t = arg;
	struct msg *m = msg_new(MSG_TASK_WANTS, sizeof(*m), NULL);

	m->from = (actor_id)node_id;
	actor_send(t->server->rt, t->a.id, &m);
}

static void
tell_filter(void *arg, int id, const struct domain *d)
{
	struct task_state_priv *t = arg;

	/* A build in a scan's own task is whole for it. */
	task_dynamic_filter(t->task, id, d);
}

static int
open_exchange(struct task_state_priv *t, const struct frag_node *n,
    const struct task_source *from, int count, struct page_inlet **out,
    struct err *e)
{
	struct exchange_options options = {
		.transport = t->server->transport,
		.account = t->exchange_account,
	};
	struct page_inlet_link *l;
	struct exchange *x;

	if (t->n_links == (int)ARRAY_LEN(t->links))
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Task %s reads from too many exchanges", t->id);
	x = exchange_new(t->server->rt, &options);
	for (int i = 0; i < count; i++) {
		struct exchange_source s = { .buffer = from[i].buffer };
		struct out_buffer *local = node_query_output(t->args.query,
		    from[i].task);
		char task[96], peer[128];

		snprintf(task, sizeof(task), "%.*s", STR_ARG(from[i].task));
		snprintf(peer, sizeof(peer), "%.*s",
		    STR_ARG(from[i].address));
		s.task = task;
		s.peer = peer;
		s.local = local;
		exchange_add(x, &s);
		out_buffer_drop(&local);
	}
	exchange_no_more(x);
	l = xmalloc(sizeof(*l));
	page_inlet_link_init(l, x, n->types, n->n, t->exchange_account);
	t->links[t->n_links++] = l;
	*out = &l->inlet;
	return 0;
}

static int
task_inlets(void *arg, const struct frag_node *n, bool merge,
    struct page_inlets *out, struct err *e)
{
	struct task_state_priv *t = arg;
	const struct task_spec *spec = &t->args.spec;
	struct arena *a = &t->args.memory->arena;
	struct task_source *mine = arena_array(a, struct task_source,
	    spec->n_sources + 1);
	int count = 0, rc = 0;

	for (int i = 0; i < spec->n_sources; i++)
		if (spec->sources[i].node_id == n->id)
			mine[count++] = spec->sources[i];
	out->n = merge ? count : 1;
	out->v = arena_array(a, struct page_inlet *, out->n + 1);
	if (!merge)
		return open_exchange(t, n, mine, count, &out->v[0], e);
	for (int i = 0; i < count && rc == 0; i++)
		rc = open_exchange(t, n, &mine[i], 1, &out->v[i], e);
	return rc;
}

static int
task_finish_write(void *arg, const struct frag_node *n,
    const struct str *fragments, int n_fragments, struct err *e)
{
	struct task_state_priv *t = arg;
	struct catalog *c = catalog_get(t->server->catalogs, n->catalog);
	int rc;

	if (c == NULL)
		return err_set(e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' does not exist", n->catalog);
	rc = c->conn->kind->finish_write(c->conn, NULL, n->write, fragments,
	    n_fragments, e);
	catalog_drop(&c);
	return rc;
}

/* --- life ------------------------------------------------------------------ */

static void
spawn_drivers(struct task_state_priv *t)
{
	struct driver *d;

	while (!t->all_spawned && t->state == TASK_RUNNING &&
	    (d = task_next_driver(t->task, &t->all_spawned)) != NULL) {
		struct actor_place place = { .on = ON_WORKER,
			.group = t->group };
		struct driver_args args = { d, t->a.id, &t->counts };
		struct err e;
		actor_id id = actor_spawn(t->server->rt, &driver_actor, &place,
		    &args, &e);

		CHECK(id != 0);
		if (t->spawned == t->cap_ids) {
			t->cap_ids = t->cap_ids == 0 ? 8 : t->cap_ids * 2;
			t->ids = xrealloc(t->ids, (size_t)t->cap_ids *
			    sizeof(*t->ids));
		}
		t->ids[t->spawned++] = id;
		t->drivers++;
	}
}

static void
task_set_state(struct task_state_priv *t, enum task_state state)
{
	t->state = state;
	if (state != TASK_RUNNING && state != TASK_FLUSHING)
		t->ended = env_wall_ns(t->server->env) / 1000;
	task_report(t, -1);
}

static void
task_fail(struct task_state_priv *t, const struct err *e)
{
	if (t->state != TASK_RUNNING)
		return;
	t->error = *e;
	node_query_cancel(t->args.query);
	out_buffer_fail(t->args.out, e);
	task_set_state(t, TASK_FAILED);
}

/* All drivers have ended well. */
static void
task_flush(struct task_state_priv *t)
{
	struct wait *done;

	out_buffer_finish(t->args.out);
	done = out_buffer_done(t->args.out);
	task_set_state(t, TASK_FLUSHING);
	actor_wake_on(&t->a, done, TAG_DRAINED);
	wait_drop(&done);
}

static void
more_drivers(struct task_state_priv *t)
{
	spawn_drivers(t);
	if (t->drivers == 0 && t->all_spawned && t->state == TASK_RUNNING)
		task_flush(t);
}

static int
task_setup(struct task_state_priv *t, struct err *e)
{
	struct task_spec *spec = &t->args.spec;
	int rc = frag_decode(&t->args.memory->pool, spec->fragment,
	    &t->fragment, e);

	if (rc != 0)
		return rc;
	page_outlet_link_init(&t->outlet, t->args.out, spec->consumers,
	    (const uint8_t *)spec->partition_map.p);
	t->world = (struct task_world){
		.env = t->server->env,
		.jobs = rt_jobs(rt_pool_io(t->server->rt)),
		.catalogs = t->server->catalogs,
		.pool = t->args.query->mem,
		.session = &t->args.query->session,
		.spill_dir = t->server->spill_dir,
		.concurrency = spec->concurrency,
		.task_index = spec->index,
		.task_count = spec->count,
		.outlet = &t->outlet.outlet,
		.arg = t,
		.inlets = task_inlets,
		.publish = tell_filter,
		.want_splits = tell_wants,
		.finish_write = task_finish_write,
	};
	return task_new(t->fragment, &t->world, &t->task, e);
}

static int
task_init(struct actor *self, void *args, struct err *e)
{
	struct task_state_priv *t = (struct task_state_priv *)self;

	t->args = *(struct task_args *)args;
	t->server = t->args.query->server;
	snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(t->args.spec.task));
	return 0;
}

static void
task_start(struct actor *self)
{
	struct task_state_priv *t = (struct task_state_priv *)self;
	struct err e = { 0 };

	t->created = env_wall_ns(t->server->env) / 1000;
	t->exchange_account = mem_account_new(t->args.query->mem,
	    "ExchangeOperator");
	t->group = sched_group_new();
	if (task_setup(t, &e) != 0) {
		task_fail(t, &e);
		return;
	}
	actor_timer(self, REPORT_NS, TAG_REPORT);
	more_drivers(t);
}

static void
take_update(struct task_state_priv *t, struct msg_frame *f)
{
	struct arena *a = &t->args.memory->arena;
	struct str bytes = arena_str(a, msg_frame_bytes(f));
	struct task_update u;
	struct err e;

	if (t->state != TASK_RUNNING)
		return;
	if (control_read_task_update(a, bytes, &u, &e) != 0) {
		task_fail(t, &e);
		return;
	}
	for (int i = 0; i < u.n; i++) {
		if (u.splits[i].n > 0)
			task_add_splits(t->task, u.splits[i].node_id,
			    u.splits[i].splits, u.splits[i].n);
		if (u.splits[i].no_more)
			task_no_more_splits(t->task, u.splits[i].node_id);
	}
}

static void
driver_ended(struct task_state_priv *t, struct msg_ended *m)
{
	t->drivers--;
	if (m->failed)
		task_fail(t, &m->err);
	if (actor_stopping(&t->a)) {
		if (t->drivers == 0)
			actor_gone(&t->a);
		return;
	}
	if (t->state == TASK_RUNNING)
		more_drivers(t);
}

static void
task_receive(struct actor *self, struct msg **m)
{
	struct task_state_priv *t = (struct task_state_priv *)self;

	switch ((*m)->kind) {
	case MSG_TASK_UPDATE:
		take_update(t, (struct msg_frame *)*m);
		break;
	case MSG_DRIVER_ENDED:
		driver_ended(t, (struct msg_ended *)*m);
		break;
	case MSG_TASK_WANTS:
		if (t->state == TASK_RUNNING)
			task_report(t, (int)(*m)->from);
		break;
	case MSG_TIMER:
		if (t->state == TASK_RUNNING) {
			task_report(t, -1);
			actor_timer(self, REPORT_NS, TAG_REPORT);
		}
		break;
	case MSG_RESUME:
		if (t->state == TASK_FLUSHING)
			task_set_state(t, TASK_FINISHED);
		break;
	}
}

static void
task_stop(struct actor *self)
{
	struct task_state_priv *t = (struct task_state_priv *)self;

	node_query_cancel(t->args.query);
	out_buffer_finish(t->args.out);
	for (int i = 0; i < t->args.spec.consumers; i++)
		out_buffer_abort(t->args.out, i);
	for (int i = 0; i < t->spawned; i++)
		actor_stop(t->server->rt, t->ids[i]);
	if (t->drivers == 0)
		actor_gone(self);
}

static void
task_release(struct actor *self)
{
	struct task_state_priv *t = (struct task_state_priv *)self;

	if (t->task != NULL)
		task_free(&t->task);
	for (int i = 0; i < t->n_links; i++) {
		exchange_close(&t->links[i]->x);
		free(t->links[i]);
	}
	if (t->server->pages != NULL)
		page_server_remove(t->server->pages, t->id);
	registry_task_remove(t->server->registry, t->id);
	out_buffer_drop(&t->args.out);
	mem_account_drop(&t->exchange_account);
	sched_group_drop(&t->group);
	free(t->ids);
	node_query_drop(&t->args.query);
}

/* --- telling --------------------------------------------------------------- */

static void
measure(struct node_measure *to, const struct task_node_stats *from)
{
	const struct op_stats *s = from->stats;

#define READ(field) atomic_load_explicit(&s->field, memory_order_relaxed)
	*to = (struct node_measure){
		.node_id = from->node_id, .drivers = from->drivers,
		.in_rows = READ(input_rows), .in_bytes = READ(input_bytes),
		.out_rows = READ(output_rows), .out_bytes = READ(output_bytes),
		.cpu_ns = READ(cpu_ns), .wall_ns = READ(wall_ns),
		.blocked_ns = READ(blocked_ns), .memory = READ(memory),
		.peak = READ(peak_memory),
		.physical_bytes = READ(physical_bytes),
		.physical_rows = READ(physical_rows),
		.splits = READ(splits), .spilled = READ(spilled_bytes),
	};
#undef READ
}

static void
publish_task(struct task_state_priv *t, const struct node_measure *v, int n)
{
	struct task_info info = {
		.stage = t->args.spec.stage,
		.state = task_state_name(t->state),
		.created = t->created, .started = t->created,
		.ended = t->ended,
		.heartbeat = env_wall_ns(t->server->env) / 1000,
		.drivers = atomic_load(&t->counts.live),
		.memory = (int64_t)mem_pool_used(t->args.query->mem),
	};
	int blocked = atomic_load(&t->counts.blocked);

	if (blocked > 0)
		info.blocked_on = wait_kind_name((enum wait_kind)
		    atomic_load(&t->counts.blocked_on));
	info.running = info.drivers - blocked;
	snprintf(info.id, sizeof(info.id), "%s", t->id);
	snprintf(info.query, sizeof(info.query), "%s", t->args.query->id);
	snprintf(info.node, sizeof(info.node), "%s", t->server->id);
	for (int i = 0; i < n; i++) {
		info.cpu_ns += v[i].cpu_ns;
		info.wall_ns += v[i].wall_ns;
		info.blocked_ns += v[i].blocked_ns;
		info.splits += v[i].splits;
		info.raw_bytes += v[i].physical_bytes;
		info.raw_rows += v[i].physical_rows;
	}
	info.splits = MAX(info.splits, (int64_t)t->spawned);
	info.completed = info.splits - info.running;
	if (n > 0) {
		info.out_rows = v[0].out_rows;
		info.out_bytes = v[0].out_bytes;
	}
	registry_task_put(t->server->registry, &info);
}

static void
task_report(struct task_state_priv *t, int wants)
{
	struct task_event v = {
		.task = t->args.spec.task, .query = t->args.spec.query,
		.node = str_of(t->server->id), .stage = t->args.spec.stage,
		.index = t->args.spec.index, .state = t->state,
		.error = t->error, .wants_node = wants, .filter_id = -1,
		.memory = (int64_t)mem_pool_used(t->args.query->mem),
		.peak_memory = (int64_t)mem_pool_peak(t->args.query->mem),
	};
	struct task_node_stats *stats = NULL;
	char coordinator[128];
	struct sbuf b = { 0 };
	int n = 0;

	if (t->task != NULL) {
		stats = xmalloc(sizeof(*stats) * MAX_NODES);
		n = task_stats(t->task, stats, MAX_NODES);
		v.nodes = xmalloc(sizeof(*v.nodes) * (size_t)MAX(n, 1));
	}
	for (int i = 0; i < n; i++)
		measure(&v.nodes[i], &stats[i]);
	v.n = n;
	publish_task(t, v.nodes, n);
	control_task_event(&b, &v);
	snprintf(coordinator, sizeof(coordinator), "%.*s",
	    STR_ARG(t->args.spec.coordinator));
	server_send(t->server, coordinator, &b, 0, 0);
	free(stats);
	free(v.nodes);
}

const struct actor_kind task_actor = {
	.name = "task",
	.size = sizeof(struct task_state_priv),
	.init = task_init,
	.start = task_start,
	.receive = task_receive,
	.stop = task_stop,
	.release = task_release,
};
