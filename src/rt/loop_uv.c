/* SPDX-License-Identifier: Apache-2.0
 * loop_uv.c - a loop on libuv: one thread that runs turns before and after
 * each poll, and sleeps in epoll when nothing is runnable.
 *
 * There is one uv_async handle a loop.  Who makes the lists `remote` or
 * `posts` non-empty wakes the loop; the full fence before uv_async_send() is
 * needed because that begins with a plain load, which may otherwise see an
 * old "pending" while the loop sees the old list. */
#include "rt/rt_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"

enum {
	TURN_MESSAGES = 64, TURN_NS = 500 * 1000,
	STEP_TURNS = 128, STEP_NS = 2 * 1000 * 1000,
};

struct loop_uv {
	uv_loop_t loop;
	uv_async_t wake;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
	uv_timer_t timer;
	int64_t armed_at;       /* what timer is set to; INT64_MAX: not */
	bool idling, closing;
	uv_sem_t started;
};

static int64_t
clock_ns(struct loop *l)
{
	return l->now = (int64_t)uv_hrtime();
}

/* --- waking and posting --- */

void
loop_wake(struct loop *l)
{
#ifdef __SANITIZE_THREAD__
	/* It knows no fences; on its machines this is as good. */
	atomic_fetch_add(&l->actors, 0);
#else
	atomic_thread_fence(memory_order_seq_cst);
#endif
	uv_async_send(&l->uv->wake);
}

void
loop_post(struct loop *l, void (*fn)(struct loop *l, void *arg), void *arg)
{
	struct post *p = xmalloc(sizeof(*p)), *old = l->posts;

	p->fn = fn;
	p->arg = arg;
	do {
		p->next = old;
	} while (!atomic_compare_exchange_weak(&l->posts, &old, p));
	if (old == NULL)
		loop_wake(l);
}

static void
run_posts(struct loop *l)
{
	struct post *p = atomic_exchange(&l->posts, NULL), *list = NULL, *next;

	for (; p != NULL; p = next) {
		next = p->next;
		p->next = list;
		list = p;
	}
	for (; list != NULL; list = next) {
		next = list->next;
		list->fn(l, list->arg);
		free(list);
	}
}

bool
loop_is_home(const struct loop *l)
{
	return pthread_equal(pthread_self(), l->thread);
}

/* --- the run list --- */

void
run_append(struct loop *l, struct cell *c)
{
	c->run_next = NULL;
	if (l->run_tail != NULL)
		l->run_tail->run_next = c;
	else
		l->run_head = c;
	l->run_tail = c;
}

static void
drain_remote(struct loop *l)
{
	struct cell *c, *list = NULL, *next;

	if (atomic_load_explicit(&l->remote, memory_order_relaxed) == NULL)
		return;
	for (c = atomic_exchange(&l->remote, NULL); c != NULL; c = next) {
		next = c->run_next;
		c->run_next = list;
		list = c;
	}
	for (; list != NULL; list = next) {
		next = list->run_next;
		run_append(l, list);
	}
}

static void
run_timers(struct loop *l)
{
	struct timer *t;

	while ((t = timers_first(l->timers)) != NULL && t->at <= l->now) {
		timers_remove(l->timers, t);
		t->fire(t);
	}
}

static void
run_messages(struct loop *l)
{
	int64_t until = l->now + STEP_NS;

	for (int n = 1; l->run_head != NULL; n++) {
		struct cell *c = l->run_head;

		l->run_head = c->run_next;
		if (l->run_head == NULL)
			l->run_tail = NULL;
		if (cell_turn(c, TURN_MESSAGES, TURN_NS))
			run_append(l, c);
		if (n % 16 == 0 && (n >= STEP_TURNS || clock_ns(l) > until))
			break;
		if (l->run_head == NULL)
			drain_remote(l);
	}
}

static void
run_driver(struct loop *l)
{
	int64_t spent;
	bool again;
	int level;
	struct cell *c = ready_pop(&l->ready, &level);

	if (c == NULL)
		return;
	clock_ns(l);
	again = cell_run(c, l->rt->quantum_ns, &spent);
	/* First the bill: a level that is empty for a moment must not look
	 * as if it had been so for long. */
	ready_spent(&l->ready, level, spent);
	if (again)
		ready_push(&l->ready, c);
	clock_ns(l);
}

static void
on_idle(uv_idle_t *h)
{
	/* Being active is enough: the loop does not sleep. */
}

static void
loop_step(struct loop *l)
{
	struct loop_uv *u = l->uv;
	bool more;

	clock_ns(l);
	if (atomic_load_explicit(&l->posts, memory_order_relaxed) != NULL)
		run_posts(l);
	run_timers(l);
	drain_remote(l);
	run_messages(l);
	if (l->ready.n > 0)
		run_driver(l);
	if (u->closing)
		return;
	more = l->run_head != NULL || l->ready.n > 0;
	if (more != u->idling) {
		if (more)
			uv_idle_start(&u->idle, on_idle);
		else
			uv_idle_stop(&u->idle);
		u->idling = more;
	}
	loop_rearm(l);
}

static void
on_prepare(uv_prepare_t *h)
{
	loop_step(h->data);
}

static void
on_check(uv_check_t *h)
{
	loop_step(h->data);
}

static void
on_wake(uv_async_t *h)
{
	/* The check handle does the work. */
}

static void
on_timer(uv_timer_t *h)
{
	struct loop *l = h->data;

	l->uv->armed_at = INT64_MAX;
}

void
loop_rearm(struct loop *l)
{
	struct loop_uv *u = l->uv;
	struct timer *t;
	int64_t wait;

	if (u == NULL || u->closing)
		return;
	t = timers_first(l->timers);
	if (t == NULL || t->at >= u->armed_at)
		return;
	/* uv counts in milliseconds; never early, or it would spin. */
	wait = t->at - (int64_t)uv_hrtime();
	uv_update_time(&u->loop);
	uv_timer_start(&u->timer, on_timer,
	    wait <= 0 ? 0 : (uint64_t)(wait + 999999) / 1000000, 0);
	u->armed_at = t->at;
}

/* --- the thread --- */

static void
free_data(uv_handle_t *h)
{
	free(h->data);
}

static void
close_handle(uv_handle_t *h, void *arg)
{
	/* Signals' and forgotten polls' structs begin with their handle. */
	if (!uv_is_closing(h))
		uv_close(h, h->type == UV_SIGNAL || h->type == UV_POLL
		    ? free_data : NULL);
}

static void
quit(struct loop *l, void *arg)
{
	l->uv->closing = true;
	uv_walk(&l->uv->loop, close_handle, NULL);
}

static void *
loop_thread(void *arg)
{
	struct loop *l = arg;
	char name[16];

	/* Everybody else reads it only after loop_start(). */
	l->thread = pthread_self();
	snprintf(name, sizeof(name), l->index == 0 ? "control" :
	    l->index <= l->rt->n_exchange ? "exchange-%d" : "loop-%d",
	    l->index);
	pthread_setname_np(l->thread, name);
	uv_sem_post(&l->uv->started);
	uv_run(&l->uv->loop, UV_RUN_DEFAULT);
	return NULL;
}

void
loop_start(struct loop *l)
{
	struct loop_uv *u = xcalloc(1, sizeof(*u));
	pthread_t t;

	l->uv = u;
	u->armed_at = INT64_MAX;
	l->timers = &l->own_timers;
	CHECK(uv_loop_init(&u->loop) == 0);
	CHECK(uv_async_init(&u->loop, &u->wake, on_wake) == 0);
	uv_prepare_init(&u->loop, &u->prepare);
	uv_check_init(&u->loop, &u->check);
	uv_idle_init(&u->loop, &u->idle);
	uv_timer_init(&u->loop, &u->timer);
	u->prepare.data = u->check.data = u->timer.data = l;
	uv_prepare_start(&u->prepare, on_prepare);
	uv_check_start(&u->check, on_check);
	clock_ns(l);
	CHECK(uv_sem_init(&u->started, 0) == 0);
	CHECK(pthread_create(&t, NULL, loop_thread, l) == 0);
	uv_sem_wait(&u->started);
	uv_sem_destroy(&u->started);
}

void
loop_join(struct loop *l)
{
	loop_post(l, quit, NULL);
	pthread_join(l->thread, NULL);
	CHECK(uv_loop_close(&l->uv->loop) == 0);
	free(l->uv);
	l->uv = NULL;
}

/* --- for components --- */

struct loop_poll {
	uv_poll_t poll;
	void (*cb)(void *arg, int events);
	void *arg;
};

static void
on_poll(uv_poll_t *h, int status, int events)
{
	struct loop_poll *p = h->data;
	int mask = 0;

	/* A broken fd is readable and writable: the reader finds out. */
	if (status < 0)
		mask = LOOP_READ | LOOP_WRITE;
	if ((events & UV_READABLE) != 0)
		mask |= LOOP_READ;
	if ((events & UV_WRITABLE) != 0)
		mask |= LOOP_WRITE;
	p->cb(p->arg, mask);
}

struct loop_poll *
loop_poll(struct loop *on, int fd, int events,
    void (*cb)(void *arg, int events), void *arg, struct err *e)
{
	struct loop_poll *p;
	int r;

	if (on->uv == NULL) {
		err_set(e, ERR_NOT_SUPPORTED,
		    "A simulated loop has no file descriptors");
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->cb = cb;
	p->arg = arg;
	p->poll.data = p;
	r = uv_poll_init(&on->uv->loop, &p->poll, fd);
	if (r < 0) {
		free(p);
		err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Cannot watch a file descriptor: %s", uv_strerror(r));
		return NULL;
	}
	loop_poll_set(p, events);
	return p;
}

void
loop_poll_set(struct loop_poll *p, int events)
{
	int mask = ((events & LOOP_READ) != 0 ? UV_READABLE : 0) |
	    ((events & LOOP_WRITE) != 0 ? UV_WRITABLE : 0);

	if (mask == 0)
		uv_poll_stop(&p->poll);
	else
		uv_poll_start(&p->poll, mask, on_poll);
}

void
loop_poll_close(struct loop_poll **pp)
{
	struct loop_poll *p = *pp;

	*pp = NULL;
	if (p != NULL)
		uv_close((uv_handle_t *)&p->poll, free_data);
}

struct uv_loop_s *
loop_uv(struct loop *on)
{
	return on->uv == NULL ? NULL : &on->uv->loop;
}

/* --- signals --- */

struct signal_watch {
	uv_signal_t handle;
	struct rt *rt;
	actor_id to;
	int signum;
};

static void
on_signal(uv_signal_t *h, int signum)
{
	struct signal_watch *w = h->data;
	struct msg_signal *s = msg_new(MSG_SIGNAL, sizeof(*s), NULL);

	s->signum = signum;
	actor_send(w->rt, w->to, &(struct msg *){ &s->m });
}

static void
start_signal(struct loop *l, void *arg)
{
	struct signal_watch *w = arg;

	if (l->uv->closing || uv_signal_init(&l->uv->loop, &w->handle) != 0) {
		free(w);
		return;
	}
	w->handle.data = w;
	uv_signal_start(&w->handle, on_signal, w->signum);
}

void
rt_on_signal(struct rt *rt, int signum, actor_id to)
{
	struct signal_watch *w;

	if (rt->sim != NULL)
		return;
	w = xcalloc(1, sizeof(*w));
	w->rt = rt;
	w->to = to;
	w->signum = signum;
	loop_post(rt->loop[0], start_signal, w);
}
