/* SPDX-License-Identifier: Apache-2.0
 * page_server.c - answers pulls; see page_server.h.
 *
 * One actor on an exchange loop does it all: looks the buffer up, takes a
 * batch, copies its wire form into the answer.  A pull that finds nothing
 * becomes a waiting one, named by a number that its token's message carries;
 * a timer ends those that waited long enough. */
#include "net/page_server.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "base/map.h"
#include "net/pull.h"

enum {
	MSG_TASKS = MSG_NET,            /* the map of tasks has changed */
	REQUEST_MAX = 4096,
	WAIT_MAX_MS = 10000,
	GONE_MAX = 4096,                /* names of removed tasks kept */
};

#define SWEEP_NS INT64_C(50000000)
enum { TAG_SWEEP = 0 };

/* A pull that waits; index 0 is not used, for tag 0 is the sweep. */
struct pull {
	uint64_t id;            /* generation << 32 | index; 0: free */
	uint32_t generation;
	struct call *call;
	struct frame *frame;    /* request.task points into it */
	struct pull_request request;
	int64_t deadline;
	bool unknown;           /* waits for its task to come */
};

struct page_server {
	struct rt *rt;
	struct transport *transport;
	bool compress;
	actor_id actor;
	struct listener *listener;
	atomic_int refs;                /* the handle's and the actor's */
	pthread_mutex_t lock;           /* the rest */
	struct map tasks;               /* id to struct out_buffer */
	struct map gone;                /* ids of removed ones */
	char **gone_v;                  /* the same, as a ring */
	uint32_t gone_at;
	struct page_server_stats stats;
};

struct server_actor {
	struct actor a;
	struct page_server *s;
	struct pull *v;
	uint32_t n, waiting;
	bool sweeping;
};

/* --- the table of tasks: any thread --- */

static void
tasks_changed(struct page_server *s)
{
	struct msg *m = msg_new(MSG_TASKS, sizeof(*m), NULL);

	actor_send(s->rt, s->actor, &m);
}

void
page_server_add(struct page_server *s, const char *task, struct out_buffer *b)
{
	struct out_buffer *old;

	pthread_mutex_lock(&s->lock);
	old = map_put(&s->tasks, str_of(task), out_buffer_ref(b));
	pthread_mutex_unlock(&s->lock);
	CHECK(old == NULL);
	tasks_changed(s);
}

void
page_server_remove(struct page_server *s, const char *task)
{
	struct out_buffer *b;
	char **slot;

	pthread_mutex_lock(&s->lock);
	b = map_del(&s->tasks, str_of(task));
	slot = &s->gone_v[s->gone_at++ % GONE_MAX];
	if (*slot != NULL)
		map_del(&s->gone, str_of(*slot));
	free(*slot);
	*slot = xstrdup(task);
	map_put(&s->gone, str_of(task), s);
	pthread_mutex_unlock(&s->lock);
	out_buffer_drop(&b);
	tasks_changed(s);
}

/* A reference, or NULL. */
static struct out_buffer *
task_buffer(struct page_server *s, struct str task, bool *gone)
{
	struct out_buffer *b;

	pthread_mutex_lock(&s->lock);
	b = map_get(&s->tasks, task);
	if (b != NULL)
		out_buffer_ref(b);
	*gone = b == NULL && map_get(&s->gone, task) != NULL;
	pthread_mutex_unlock(&s->lock);
	return b;
}

static void
count(struct page_server *s, const struct out_batch *b, bool error)
{
	pthread_mutex_lock(&s->lock);
	s->stats.pulls++;
	s->stats.errors += error;
	s->stats.empty += b != NULL && b->n == 0;
	for (int i = 0; b != NULL && i < b->n; i++) {
		s->stats.items++;
		s->stats.bytes += b->v[i]->bytes;
	}
	pthread_mutex_unlock(&s->lock);
}

/* --- answering: the actor --- */

static void
answer(struct page_server *s, struct pull *p, struct frame *f)
{
	transport_answer(s->transport, &p->call, &f);
	frame_drop(&p->frame);
}

static void
answer_error(struct page_server *s, struct pull *p, enum pull_status status,
    const struct err *e)
{
	count(s, NULL, true);
	answer(s, p, pull_reply_error(s->transport, status, e));
}

static void
answer_batch(struct page_server *s, struct pull *p,
    const struct out_batch *batch)
{
	struct frame *f;
	struct err e;

	if (pull_reply_pages(s->transport, batch, s->compress &&
	    (p->request.flags & PULL_LZ4_WELCOME) != 0, &f, &e) < 0)
		answer_error(s, p, PULL_ERROR, &e);
	else {
		count(s, batch, false);
		answer(s, p, f);
	}
}

static void
answer_empty(struct page_server *s, struct pull *p)
{
	struct out_batch none = { .token = p->request.token,
		.next = p->request.token };

	answer_batch(s, p, &none);
}

enum outcome { ANSWERED, UNKNOWN, NOTHING };

/* Answers if there is something to say; else *w is what to wait for
 * (NOTHING). */
static enum outcome
try_answer(struct page_server *s, struct pull *p, struct wait **w)
{
	bool gone;
	struct out_buffer *b = task_buffer(s, p->request.task, &gone);
	struct out_batch batch;
	enum outcome r = ANSWERED;
	struct err e;

	if (gone) {
		answer_error(s, p, PULL_NO_TASK, NULL);
		return ANSWERED;
	}
	if (b == NULL)
		return UNKNOWN;
	for (;;) {
		if (out_buffer_get(b, (int)p->request.buffer,
		    p->request.token, p->request.max_bytes, &batch, &e) < 0) {
			answer_error(s, p, PULL_ERROR, &e);
			break;
		}
		if (batch.n > 0 || batch.complete) {
			answer_batch(s, p, &batch);
			out_batch_release(&batch);
			break;
		}
		*w = out_buffer_readable(b, (int)p->request.buffer,
		    p->request.token);
		if (*w != NULL) {
			r = NOTHING;
			break;
		}
	}
	out_buffer_drop(&b);
	return r;
}

static struct pull *
pull_park(struct server_actor *a, const struct pull *from)
{
	uint32_t i = 1, generation;

	while (i < a->n && a->v[i].id != 0)
		i++;
	if (i >= a->n) {
		uint32_t n = a->n == 0 ? 16 : a->n * 2;

		a->v = xrealloc(a->v, n * sizeof(*a->v));
		memset(a->v + a->n, 0, (n - a->n) * sizeof(*a->v));
		a->n = n;
	}
	generation = a->v[i].generation + 1;
	a->v[i] = *from;
	a->v[i].generation = generation;
	a->v[i].id = (uint64_t)generation << 32 | i;
	a->waiting++;
	if (!a->sweeping) {
		a->sweeping = true;
		actor_timer(&a->a, SWEEP_NS, TAG_SWEEP);
	}
	return &a->v[i];
}

static void
pull_leave(struct server_actor *a, struct pull *p)
{
	p->id = 0;
	a->waiting--;
}

/* A parked pull looks again. */
static void
pull_again(struct server_actor *a, struct pull *p)
{
	struct wait *w = NULL;

	switch (try_answer(a->s, p, &w)) {
	case ANSWERED:
		pull_leave(a, p);
		return;
	case UNKNOWN:
		p->unknown = true;
		return;
	case NOTHING:
		p->unknown = false;
		actor_wake_on(&a->a, w, p->id);
		wait_drop(&w);
	}
}

static void
on_abort(struct page_server *s, struct pull *p)
{
	bool gone;
	struct out_buffer *b = task_buffer(s, p->request.task, &gone);

	if (b != NULL)
		out_buffer_abort(b, (int)p->request.buffer);
	out_buffer_drop(&b);
	answer_empty(s, p);
}

static void
on_request(struct server_actor *a, struct msg_request *m)
{
	struct page_server *s = a->s;
	struct pull p = { .call = m->call, .frame = m->body };
	struct wait *w = NULL;
	struct pull *parked;
	enum outcome r;
	struct err e;

	m->call = NULL;
	m->body = NULL;
	if (pull_request_read(p.frame, &p.request, &e) < 0) {
		log_warn("exchange", "%s: %s",
		    s->transport->ops->asker(s->transport, p.call), e.text);
		answer_error(s, &p, PULL_ERROR, &e);
		return;
	}
	if (p.request.kind == PULL_ABORT) {
		on_abort(s, &p);
		return;
	}
	r = try_answer(s, &p, &w);
	if (r == ANSWERED)
		return;
	if (p.request.wait_ms == 0) {
		wait_drop(&w);
		answer_empty(s, &p);
		return;
	}
	p.deadline = actor_clock(&a->a) + (int64_t)MIN(p.request.wait_ms,
	    (uint32_t)WAIT_MAX_MS) * 1000000;
	p.unknown = r == UNKNOWN;
	parked = pull_park(a, &p);
	if (w != NULL)
		actor_wake_on(&a->a, w, parked->id);
	wait_drop(&w);
}

/* Tasks came or went: who waits for one looks again, who waits for a page of
 * one that is gone is told. */
static void
tasks_look(struct server_actor *a)
{
	for (uint32_t i = 1; i < a->n; i++) {
		struct pull *p = &a->v[i];
		struct out_buffer *b;
		bool gone;

		if (p->id == 0)
			continue;
		if (p->unknown) {
			pull_again(a, p);
			continue;
		}
		b = task_buffer(a->s, p->request.task, &gone);
		if (b == NULL) {
			answer_error(a->s, p, PULL_NO_TASK, NULL);
			pull_leave(a, p);
		}
		out_buffer_drop(&b);
	}
}

static void
sweep(struct server_actor *a)
{
	int64_t now = actor_clock(&a->a);

	for (uint32_t i = 1; i < a->n; i++) {
		struct pull *p = &a->v[i];

		if (p->id == 0 || p->deadline > now)
			continue;
		answer_empty(a->s, p);
		pull_leave(a, p);
	}
	a->sweeping = a->waiting > 0;
	if (a->sweeping)
		actor_timer(&a->a, SWEEP_NS, TAG_SWEEP);
}

static void
server_receive(struct actor *self, struct msg **m)
{
	struct server_actor *a = (struct server_actor *)self;

	switch ((*m)->kind) {
	case MSG_REQUEST:
		on_request(a, (struct msg_request *)*m);
		break;
	case MSG_RESUME: {
		uint64_t id = ((struct msg_resume *)*m)->tag;
		uint32_t i = (uint32_t)id;

		if (i < a->n && a->v[i].id == id)
			pull_again(a, &a->v[i]);
		break;
	}
	case MSG_TASKS:
		tasks_look(a);
		break;
	case MSG_TIMER:
		sweep(a);
		break;
	}
}

/* --- beginning and end --- */

static int
server_init(struct actor *self, void *args, struct err *e)
{
	struct page_server *s = args;

	((struct server_actor *)self)->s = s;
	atomic_fetch_add(&s->refs, 1);
	return 0;
}

static void
server_drop(struct page_server *s)
{
	struct map_entry *m;
	uint32_t at = 0;

	if (atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	while ((m = map_next(&s->tasks, &at)) != NULL)
		out_buffer_drop(&(struct out_buffer *){ m->value });
	map_release(&s->tasks);
	map_release(&s->gone);
	for (int i = 0; i < GONE_MAX; i++)
		free(s->gone_v[i]);
	free(s->gone_v);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
server_release(struct actor *self)
{
	struct server_actor *a = (struct server_actor *)self;

	for (uint32_t i = 1; i < a->n; i++)
		if (a->v[i].id != 0) {
			transport_answer(a->s->transport, &a->v[i].call, NULL);
			frame_drop(&a->v[i].frame);
		}
	free(a->v);
	server_drop(a->s);
}

struct page_server *
page_server_new(struct rt *rt, const struct page_server_options *o,
    struct sbuf *bound, struct err *e)
{
	static const struct actor_kind kind = {
		.name = "page server",
		.size = sizeof(struct server_actor),
		.init = server_init,
		.receive = server_receive,
		.release = server_release,
	};
	struct page_server *s = xcalloc(1, sizeof(*s));

	atomic_init(&s->refs, 1);
	pthread_mutex_init(&s->lock, NULL);
	map_init(&s->tasks);
	map_init(&s->gone);
	s->gone_v = xcalloc(GONE_MAX, sizeof(*s->gone_v));
	s->rt = rt;
	s->transport = o->transport;
	s->compress = o->compress;
	s->actor = actor_spawn(rt, &kind,
	    &(struct actor_place){ .on = ON_EXCHANGE }, s, e);
	s->listener = transport_listen(o->transport, o->address, REQUEST_MAX,
	    s->actor, bound, e);
	if (s->listener == NULL)
		page_server_free(&s);
	return s;
}

void
page_server_free(struct page_server **sp)
{
	struct page_server *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	transport_unlisten(s->transport, &s->listener);
	actor_stop(s->rt, s->actor);
	server_drop(s);
}

void
page_server_stats(struct page_server *s, struct page_server_stats *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->stats;
	pthread_mutex_unlock(&s->lock);
}
