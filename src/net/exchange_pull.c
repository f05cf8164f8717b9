/* SPDX-License-Identifier: Apache-2.0
 * exchange_pull.c - the actor that pulls pages from other nodes.
 *
 * One request a source, so many at once in all, and only as many bytes as the
 * queue has room for and memory was reserved for.  A pull names its token, so
 * repeating it is harmless: after a failure it is repeated with growing
 * pauses until that has gone on for too long. */
#include "net/exchange_priv.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"

enum { MSG_KICK = MSG_NET + 16 };

#define TIMEOUT_NS INT64_C(20000000000)
#define PAUSE_MIN_NS INT64_C(50000000)
#define PAUSE_MAX_NS INT64_C(10000000000)

struct puller {
	struct actor a;
	struct exchange *x;
	int open;               /* requests */
	size_t asked;           /* bytes that may come */
	int turn;
};

static struct source *
source_at(struct exchange *x, int i)
{
	struct source *s;

	/* The array may be growing. */
	pthread_mutex_lock(&x->lock);
	s = x->source[i];
	pthread_mutex_unlock(&x->lock);
	return s;
}

static void
fail(struct puller *p, const struct err *e)
{
	struct exchange *x = p->x;

	pthread_mutex_lock(&x->lock);
	exchange_fail_locked(x, e);
	pthread_mutex_unlock(&x->lock);
	wait_list_wake(&x->readers);
}

static void
send_pull(struct puller *p, struct source *s, enum pull_kind kind)
{
	struct exchange *x = p->x;
	struct pull_request r = {
		.kind = kind,
		.flags = x->o.compress ? PULL_LZ4_WELCOME : 0,
		.buffer = (uint32_t)s->buffer,
		.token = s->token,
		.max_bytes = (uint32_t)x->o.max_reply,
		.wait_ms = (uint32_t)(x->o.wait_ns / 1000000),
		.task = str_of(s->task),
	};
	struct ask a = {
		.peer = s->peer,
		.body = pull_request_write(x->o.transport, &r),
		.timeout_ns = x->o.wait_ns + TIMEOUT_NS,
		.reply_to = kind == PULL_GET ? p->a.id : 0,
		.tag = (uint64_t)s->number,
	};

	if (kind == PULL_GET) {
		p->open++;
		p->asked += x->o.max_reply;
		s->busy = true;
	}
	s->request = transport_ask(x->o.transport, &a);
}

/* Is there room, in the queue and in memory, for one reply more? */
static bool
has_room(struct puller *p)
{
	struct exchange *x = p->x;
	bool idle, room;

	pthread_mutex_lock(&x->lock);
	idle = x->queued == 0 && p->open == 0;
	room = idle || x->queued + p->asked + x->o.max_reply <= x->o.max_bytes;
	if (!room)
		x->starved = true;
	else
		x->requests++;
	pthread_mutex_unlock(&x->lock);
	return room;
}

/* What will come is reserved before it is asked for. */
static bool
reserve(struct puller *p, struct source *s)
{
	struct exchange *x = p->x;
	struct err e;

	s->reserved = x->o.max_reply;
	if (mem_try_reserve(x->o.account, s->reserved))
		return true;
	/* Somebody must go on: with nothing under way, by overdraft. */
	if (p->open == 0 && mem_reserve(x->o.account, s->reserved, &e) == 0)
		return true;
	s->reserved = 0;
	if (p->open == 0)
		fail(p, &e);
	return false;
}

static void
pump(struct puller *p)
{
	struct exchange *x = p->x;
	bool stop;
	int n;

	pthread_mutex_lock(&x->lock);
	n = x->n_sources;
	stop = x->failed || x->closed;
	pthread_mutex_unlock(&x->lock);
	for (int i = 0; i < n && !stop && p->open < x->o.concurrent; i++) {
		struct source *s = source_at(x, p->turn++ % n);

		if (s->peer == NULL || s->done || s->busy || s->resting)
			continue;
		if (!has_room(p) || !reserve(p, s))
			return;
		send_pull(p, s, PULL_GET);
	}
}

static void
source_failed(struct puller *p, struct source *s, const char *text)
{
	struct exchange *x = p->x;
	int64_t now = actor_clock(&p->a), pause;
	struct err e;

	if (s->failures++ == 0)
		s->failing_since = now;
	pthread_mutex_lock(&x->lock);
	x->retries++;
	pthread_mutex_unlock(&x->lock);
	if (now - s->failing_since >= x->o.max_error_ns) {
		err_set(&e, ERR_PAGE_TRANSPORT_TIMEOUT,
		    "Encountered too many errors talking to a worker node. "
		    "The node may have crashed or be under too much load. "
		    "This is probably a transient issue, so please retry your "
		    "query in a few minutes. (%s/%s/%d: %s - %d failures, "
		    "failure duration %.2fs)", s->peer, s->task, s->buffer,
		    text, s->failures,
		    (double)(now - s->failing_since) / 1e9);
		fail(p, &e);
		return;
	}
	pause = PAUSE_MIN_NS << MIN(s->failures - 1, 8);
	s->resting = true;
	actor_timer(&p->a, MIN(pause, PAUSE_MAX_NS), (uint64_t)s->number);
}

/* Items into the queue; each takes its share of what was reserved. */
static void
take_items(struct exchange *x, struct source *s, struct pull_reply *r)
{
	size_t bytes = r->body.n;

	pthread_mutex_lock(&x->lock);
	if (x->closed || x->failed)
		r->items = 0;
	for (uint32_t i = 0; i < r->items; i++) {
		struct exchange_item item = { .source = s->number };

		item.bytes = pull_reply_item(r);
		item.frame = frame_ref(r->frame);
		item.charged = item.bytes.n;
		exchange_push_locked(x, &item);
	}
	s->token = r->next;
	if (r->complete) {
		s->done = true;
		x->n_done++;
	}
	/* One item may be bigger than what was asked for. */
	if (r->items > 0) {
		size_t charged = bytes - 4 * (size_t)r->items;

		if (charged > s->reserved)
			mem_transfer(NULL, x->o.account,
			    charged - s->reserved);
		s->reserved -= MIN(charged, s->reserved);
	}
	pthread_mutex_unlock(&x->lock);
}

static void
on_pages(struct puller *p, struct source *s, struct frame **f)
{
	struct pull_reply r;
	struct err e;

	if (pull_reply_read(f, &r, &e) < 0) {
		/* Asking again may bring better bytes. */
		source_failed(p, s, e.text);
		return;
	}
	if (r.status == PULL_ERROR)
		fail(p, &r.err);
	else if (r.status == PULL_NO_TASK) {
		err_set(&e, ERR_REMOTE_TASK_MISMATCH,
		    "Task %s is not known to %s", s->task, s->peer);
		fail(p, &e);
	} else if (r.token != s->token)
		source_failed(p, s, "an answer to another request");
	else {
		s->failures = 0;
		take_items(p->x, s, &r);
		if (r.complete)
			send_pull(p, s, PULL_ABORT);
	}
	frame_drop(&r.frame);
	wait_list_wake(&p->x->readers);
}

static void
on_reply(struct puller *p, struct msg_reply *m)
{
	struct source *s = source_at(p->x, (int)m->tag);

	p->open--;
	p->asked -= p->x->o.max_reply;
	s->busy = false;
	if (m->rc != 0)
		source_failed(p, s, m->text);
	else
		on_pages(p, s, &m->body);
	mem_release(p->x->o.account, s->reserved);
	s->reserved = 0;
}

static void
puller_receive(struct actor *self, struct msg **m)
{
	struct puller *p = (struct puller *)self;

	if ((*m)->kind == MSG_REPLY)
		on_reply(p, (struct msg_reply *)*m);
	else if ((*m)->kind == MSG_TIMER)
		source_at(p->x, (int)((struct msg_timer *)*m)->tag)->resting =
		    false;
	if (!actor_stopping(self))
		pump(p);
	else if (p->open == 0)
		actor_gone(self);
}

static void
puller_stop(struct actor *self)
{
	struct puller *p = (struct puller *)self;
	struct exchange *x = p->x;

	for (int i = 0; i < x->n_sources; i++) {
		struct source *s = source_at(x, i);

		if (s->peer == NULL || s->done)
			continue;
		if (s->busy)
			transport_cancel(x->o.transport, s->request);
		send_pull(p, s, PULL_ABORT);
	}
	if (p->open == 0)
		actor_gone(self);
}

static int
puller_init(struct actor *self, void *args, struct err *e)
{
	((struct puller *)self)->x = exchange_ref(args);
	return 0;
}

static void
puller_release(struct actor *self)
{
	struct puller *p = (struct puller *)self;

	for (int i = 0; i < p->x->n_sources; i++)
		mem_release(p->x->o.account, p->x->source[i]->reserved);
	exchange_drop(p->x);
}

void
exchange_spawn(struct exchange *x)
{
	static const struct actor_kind kind = {
		.name = "exchange",
		.size = sizeof(struct puller),
		.init = puller_init,
		.receive = puller_receive,
		.stop = puller_stop,
		.release = puller_release,
	};

	x->actor = actor_spawn(x->rt, &kind,
	    &(struct actor_place){ .on = ON_EXCHANGE }, x, NULL);
}

void
exchange_kick(struct exchange *x)
{
	struct msg *m = msg_new(MSG_KICK, sizeof(*m), NULL);

	actor_send(x->rt, x->actor, &m);
}
