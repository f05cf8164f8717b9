/* SPDX-License-Identifier: Apache-2.0
 * control.c - the control actor; the roster of nodes is in roster.c. */
#include "actors/control.h"

#include <stdio.h>
#include <stdlib.h>

#include "actors/control_priv.h"
#include "actors/msg.h"
#include "actors/task_actor.h"
#include "base/check.h"
#include "base/log.h"

enum { TAG_TICK = 1, TICK_NS = 1000 * 1000 * 1000 };

struct str
msg_frame_bytes(const struct msg_frame *f)
{
	if (f->frame != NULL)
		return (struct str){ (const char *)f->frame->p, f->frame->n };
	return (struct str){ f->bytes, f->size };
}

static void
drop_frame(struct msg *m)
{
	struct msg_frame *f = (struct msg_frame *)m;

	frame_drop(&f->frame);
	free(f->bytes);
}

struct msg *
msg_frame_new(uint32_t kind, char *bytes, size_t size)
{
	struct msg_frame *f = msg_new(kind, sizeof(*f), drop_frame);

	f->bytes = bytes;
	f->size = size;
	return &f->m;
}

static void
drop_text(struct msg *m)
{
	free(((struct msg_text *)m)->text);
}

struct msg *
msg_text_new(uint32_t kind, const char *text)
{
	struct msg_text *t = msg_new(kind, sizeof(*t), drop_text);

	t->text = xstrdup(text);
	return &t->m;
}

struct msg *
msg_cancel_new(enum err_code code, const char *text)
{
	struct msg_cancel *c = msg_new(MSG_QUERY_CANCEL, sizeof(*c), NULL);

	c->code = code;
	snprintf(c->text, sizeof(c->text), "%s", text);
	return &c->m;
}

void
server_send(struct server *n, const char *address, struct sbuf *bytes,
    actor_id reply_to, uint64_t tag)
{
	size_t size = bytes->n;
	char *p = sbuf_take(bytes);

	if (n->transport == NULL || *address == '\0' ||
	    strcmp(address, n->control_address) == 0) {
		struct msg *m = msg_frame_new(MSG_CONTROL_FRAME, p, size);

		actor_send(n->rt, n->control, &m);
		return;
	}
	struct frame *f = frame_new(n->transport, size);
	struct ask a = { .peer = address, .body = f, .reply_to = reply_to,
		.timeout_ns = INT64_C(10) * 1000 * 1000 * 1000, .tag = tag };

	memcpy(f->p, p, size);
	free(p);
	n->transport->ops->ask(n->transport, &a);
}

/* --- tasks ------------------------------------------------------------------ */

/* Tells the coordinator that a task could not be made. */
static void
refuse_task(struct control *c, const struct task_spec *spec,
    const struct err *why)
{
	struct task_event v = { .task = spec->task, .query = spec->query,
		.node = str_of(c->server->id), .stage = spec->stage,
		.index = spec->index, .state = TASK_FAILED, .error = *why,
		.wants_node = -1, .filter_id = -1 };
	char coordinator[128];
	struct sbuf b = { 0 };

	control_task_event(&b, &v);
	snprintf(coordinator, sizeof(coordinator), "%.*s",
	    STR_ARG(spec->coordinator));
	server_send(c->server, coordinator, &b, 0, 0);
}

static struct out_buffer *
make_output(const struct task_spec *spec)
{
	struct out_options o = { .consumers = spec->consumers };

	o.kind = spec->output == OUTPUT_BROADCAST ? OUT_BROADCAST
	    : spec->output == OUTPUT_ARBITRARY ? OUT_ARBITRARY
	    : OUT_PARTITIONED;
	return out_buffer_new(&o);
}

/* The query's context; made with its first task.  A reference. */
static struct node_query *
query_context(struct control *c, const struct task_spec *spec)
{
	struct node_query *q = map_get(&c->queries, spec->query);

	if (q == NULL) {
		q = node_query_new(c->server, spec);
		map_put(&c->queries, spec->query, q);
	}
	return node_query_ref(q);
}

static int
create_task(struct control *c, struct str frame, struct err *e)
{
	struct actor_place place = { .on = ON_WORKER, .parent = c->a.id };
	struct task_args args = { .out = NULL };
	struct arena peek = { 0 };
	struct task_entry *t;
	int rc;

	rc = control_read_task_create(&peek, frame, &args.spec, e);
	if (rc == 0 && map_get(&c->tasks, args.spec.task) != NULL) {
		/* A descriptor that was sent again. */
		arena_release(&peek);
		return 0;
	}
	if (rc == 0 && (c->draining || !c->server->runs_tasks)) {
		rc = err_set(e, ERR_SERVER_SHUTTING_DOWN,
		    "Node %s takes no tasks", c->server->id);
		refuse_task(c, &args.spec, e);
	}
	if (rc != 0) {
		arena_release(&peek);
		return rc;
	}
	args.query = query_context(c, &args.spec);
	arena_release(&peek);
	/* Again, now into memory that lives as long as the query. */
	args.memory = node_query_memory(args.query);
	rc = control_read_task_create(&args.memory->arena, arena_str(
	    &args.memory->arena, frame), &args.spec, e);
	CHECK(rc == 0);
	t = xcalloc(1, sizeof(*t));
	snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(args.spec.task));
	args.out = task_outputs_take(c->server->outputs, t->id);
	if (args.out == NULL)
		args.out = make_output(&args.spec);
	node_query_output_add(args.query, args.spec.task, args.out);
	snprintf(t->query, sizeof(t->query), "%.*s",
	    STR_ARG(args.spec.query));
	map_put(&c->tasks, str_of(t->id), t);
	if (c->server->pages != NULL)
		page_server_add(c->server->pages, t->id, args.out);
	t->actor = actor_spawn(c->server->rt, &task_actor, &place, &args, e);
	CHECK(t->actor != 0);
	map_put(&c->actors, (struct str){ (char *)&t->actor,
	    sizeof(t->actor) }, t);
	return 0;
}

/* Passes a frame on to a task.  Tasks that are gone want nothing more. */
static int
route_update(struct control *c, struct str frame, struct err *e)
{
	struct arena a = { 0 };
	struct task_update u;
	struct task_entry *t;
	int rc = control_read_task_update(&a, frame, &u, e);

	if (rc == 0 && (t = map_get(&c->tasks, u.task)) != NULL) {
		struct msg *m = msg_frame_new(MSG_TASK_UPDATE,
		    xstrndup(frame.p, frame.n), frame.n);

		actor_send(c->server->rt, t->actor, &m);
	}
	arena_release(&a);
	return rc;
}

static int
abort_task(struct control *c, struct str frame, struct err *e)
{
	struct str task;
	struct task_entry *t;
	int rc = control_read_task_abort(frame, &task, e);

	if (rc == 0 && (t = map_get(&c->tasks, task)) != NULL)
		actor_stop(c->server->rt, t->actor);
	return rc;
}

/* A task's actor has gone; with a query's last one its context goes. */
static void
task_gone(struct control *c, actor_id actor)
{
	struct str key = { (char *)&actor, sizeof(actor) };
	struct task_entry *t = map_del(&c->actors, key), *other;
	struct node_query *q;
	struct map_entry *e;
	uint32_t at = 0;
	bool last = true;

	if (t == NULL)
		return;
	map_del(&c->tasks, str_of(t->id));
	while (last && (e = map_next(&c->tasks, &at)) != NULL) {
		other = e->value;
		last = strcmp(other->query, t->query) != 0;
	}
	if (last && (q = map_del(&c->queries, str_of(t->query))) != NULL)
		node_query_drop(&q);
	free(t);
}

/* --- events of tasks elsewhere, on the coordinator -------------------------- */

static int
route_event(struct control *c, struct str frame, struct err *e)
{
	struct arena a = { 0 };
	struct task_event v;
	int rc = control_read_task_event(&a, frame, &v, e);
	char query[64];

	if (rc == 0) {
		actor_id to;

		snprintf(query, sizeof(query), "%.*s", STR_ARG(v.query));
		to = registry_query_actor(c->server->registry, query);
		if (to != 0) {
			struct msg *m = msg_frame_new(MSG_TASK_EVENT,
			    xstrndup(frame.p, frame.n), frame.n);

			actor_send(c->server->rt, to, &m);
		}
	}
	arena_release(&a);
	return rc;
}

/* --- frames ------------------------------------------------------------------ */

static int take_frame(struct control *c, struct str frame, struct err *e);

static int
take_batch(struct control *c, struct str frame, struct err *e)
{
	struct mpack_reader r;
	enum control_kind kind;
	struct str one;
	int rc = control_read_batch(frame, &r, e);

	while (rc == 0 && !mpack_at_end(&r)) {
		rc = mpack_get_bin(&r, &one, e);
		if (rc == 0)
			rc = control_kind(one, &kind, e);
		if (rc == 0 && kind == CONTROL_BATCH)
			rc = mpack_error(&r, e, "a batch within a batch");
		if (rc == 0)
			rc = take_frame(c, one, e);
	}
	return rc;
}

static int
take_frame(struct control *c, struct str frame, struct err *e)
{
	enum control_kind kind;
	int rc = control_kind(frame, &kind, e);

	if (rc != 0)
		return rc;
	switch (kind) {
	case CONTROL_TASK_CREATE:
		return create_task(c, frame, e);
	case CONTROL_TASK_UPDATE:
		return route_update(c, frame, e);
	case CONTROL_TASK_ABORT:
		return abort_task(c, frame, e);
	case CONTROL_TASK_EVENT:
		return route_event(c, frame, e);
	case CONTROL_ANNOUNCE:
		return roster_announced(c, frame, e);
	case CONTROL_BATCH:
		return take_batch(c, frame, e);
	case CONTROL_DRAIN:
		control_drain_node(c);
		return 0;
	default:
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Control frame of kind %d is no request", kind);
	}
}

static void
take_request(struct control *c, struct msg_request *r)
{
	struct str frame = { (const char *)r->body->p, r->body->n };
	struct sbuf b = { 0 };
	struct frame *f;
	struct err e;
	int rc = take_frame(c, frame, &e);

	if (rc != 0)
		log_warn("control", "frame refused: %s", e.text);
	control_answer(&b, rc == 0 ? NULL : &e);
	f = frame_new(r->via, b.n);
	memcpy(f->p, b.p, b.n);
	sbuf_release(&b);
	r->via->ops->answer(r->via, r->call, f);
	r->call = NULL;
}

static void
control_receive(struct actor *self, struct msg **m)
{
	struct control *c = (struct control *)self;
	struct err e;

	switch ((*m)->kind) {
	case MSG_CONTROL_FRAME:
		if (take_frame(c, msg_frame_bytes((struct msg_frame *)*m),
		    &e) != 0)
			log_warn("control", "own frame refused: %s", e.text);
		break;
	case MSG_REQUEST:
		take_request(c, (struct msg_request *)*m);
		break;
	case MSG_GONE:
		task_gone(c, (*m)->from);
		control_try_end(c);
		break;
	case MSG_TIMER:
		roster_tick(c);
		actor_timer(self, TICK_NS, TAG_TICK);
		control_try_end(c);
		break;
	case MSG_REPLY:
		roster_answered(c, (struct msg_reply *)*m);
		break;
	case MSG_CONTROL_READY:
		roster_tick(c);
		actor_timer(self, TICK_NS, TAG_TICK);
		break;
	case MSG_DRAIN:
		control_drain_node(c);
		break;
	}
}

void
control_drain_node(struct control *c)
{
	if (c->draining)
		return;
	c->draining = true;
	registry_node_state(c->server->registry, c->server->id, "shutting_down");
	roster_tick(c);
	control_try_end(c);
}

void
control_try_end(struct control *c)
{
	if (!c->draining || c->told || c->tasks.live > 0 ||
	    registry_running(c->server->registry) > 0)
		return;
	c->told = true;
	if (c->server->drained != NULL)
		c->server->drained(c->server->drained_arg);
}

static int
control_init(struct actor *self, void *args, struct err *e)
{
	struct control *c = (struct control *)self;

	c->server = args;
	map_init(&c->tasks);
	map_init(&c->actors);
	map_init(&c->queries);
	return 0;
}

static void
control_release(struct actor *self)
{
	struct control *c = (struct control *)self;
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&c->tasks, &at)) != NULL)
		free(e->value);
	for (at = 0; (e = map_next(&c->queries, &at)) != NULL;) {
		struct node_query *q = e->value;

		node_query_drop(&q);
	}
	map_release(&c->tasks);
	map_release(&c->actors);
	map_release(&c->queries);
}

const struct actor_kind control_actor = {
	.name = "control",
	.size = sizeof(struct control),
	.init = control_init,
	.receive = control_receive,
	.release = control_release,
};
