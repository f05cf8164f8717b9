/* SPDX-License-Identifier: Apache-2.0
 * actor.c - actors on real loops: mailboxes, timers, work, ends, drivers. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"
#include "base/wait.h"
#include "rt/rt.h"
#include "tap.h"

enum { MSG_PING = MSG_USER, MSG_COUNT, MSG_BALL };

/* What the test's thread waits on. */
struct latch {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	int n;
};

static void
latch_add(struct latch *l, int n)
{
	pthread_mutex_lock(&l->lock);
	l->n += n;
	pthread_cond_broadcast(&l->cond);
	pthread_mutex_unlock(&l->lock);
}

static bool
latch_wait(struct latch *l, int n)
{
	struct timespec t;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 60;
	pthread_mutex_lock(&l->lock);
	while (l->n < n && r == 0)
		r = pthread_cond_timedwait(&l->cond, &l->lock, &t);
	r = l->n;
	pthread_mutex_unlock(&l->lock);
	return r >= n;
}

#define LATCH { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }

static void
send_kind(struct rt *rt, actor_id to, uint32_t kind)
{
	struct msg *m = msg_new(kind, sizeof(*m), NULL);

	actor_send(rt, to, &m);
}

/* --- many senders, order per sender --- */

enum { SENDERS = 4, EACH = 50000 };

struct numbered {
	struct msg m;
	int sender, number;
};

struct sink {
	struct actor a;
	struct latch *latch;
	int last[SENDERS];
	int wrong, got;
};

static int
sink_init(struct actor *self, void *args, struct err *e)
{
	((struct sink *)self)->latch = args;
	return 0;
}

static void
sink_receive(struct actor *self, struct msg **m)
{
	struct sink *s = (struct sink *)self;
	struct numbered *n = (struct numbered *)*m;

	if (n->number != ++s->last[n->sender])
		s->wrong++;
	if (++s->got == SENDERS * EACH)
		latch_add(s->latch, s->wrong == 0 ? 1 : -1000);
}

static const struct actor_kind sink_kind = {
	.name = "sink", .size = sizeof(struct sink), .init = sink_init,
	.receive = sink_receive,
};

struct sender {
	struct rt *rt;
	actor_id to;
	int number;
};

static void *
sender_thread(void *arg)
{
	struct sender *s = arg;

	for (int i = 1; i <= EACH; i++) {
		struct numbered *n = msg_new(MSG_COUNT, sizeof(*n), NULL);

		n->sender = s->number;
		n->number = i;
		actor_send(s->rt, s->to, &(struct msg *){ &n->m });
	}
	return NULL;
}

static void
test_mailbox(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });
	struct latch latch = LATCH;
	struct sender s[SENDERS];
	pthread_t t[SENDERS];
	actor_id id = actor_spawn(rt, &sink_kind, NULL, &latch, NULL);

	for (int i = 0; i < SENDERS; i++) {
		s[i] = (struct sender){ rt, id, i };
		pthread_create(&t[i], NULL, sender_thread, &s[i]);
	}
	for (int i = 0; i < SENDERS; i++)
		pthread_join(t[i], NULL);
	ok(latch_wait(&latch, 1), "%d messages of %d threads, each thread's in "
	    "order", SENDERS * EACH, SENDERS);
	rt_free(&rt);
}

/* --- a ring across loops: wake-ups are not lost --- */

enum { RING = 50, BALLS = 8, HOPS = 20000 };

struct ball {
	struct msg m;
	int left;
};

struct ring {
	struct actor a;
	struct latch *latch;
	actor_id next;
};

static int
ring_init(struct actor *self, void *args, struct err *e)
{
	*(void **)&((struct ring *)self)->latch = args;
	return 0;
}

static void
ring_receive(struct actor *self, struct msg **m)
{
	struct ring *r = (struct ring *)self;
	struct ball *b = (struct ball *)*m;

	if (b->m.kind == MSG_PING)
		r->next = b->m.from;
	else if (--b->left == 0)
		latch_add(r->latch, 1);
	else
		actor_tell(self, r->next, m);
}

static const struct actor_kind ring_kind = {
	.name = "ring", .size = sizeof(struct ring), .init = ring_init,
	.receive = ring_receive,
};

static void
test_ring(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });
	struct latch latch = LATCH;
	actor_id id[RING];

	for (int i = 0; i < RING; i++)
		id[i] = actor_spawn(rt, &ring_kind, NULL, &latch, NULL);
	for (int i = 0; i < RING; i++) {
		struct msg *m = msg_new(MSG_PING, sizeof(*m), NULL);

		m->from = id[(i + 1) % RING];
		actor_send(rt, id[i], &m);
	}
	for (int i = 0; i < BALLS; i++) {
		struct ball *b = msg_new(MSG_BALL, sizeof(*b), NULL);

		b->left = HOPS;
		actor_send(rt, id[i * 5], &(struct msg *){ &b->m });
	}
	ok(latch_wait(&latch, BALLS), "%d balls make %d hops", BALLS, HOPS);
	rt_free(&rt);
}

/* --- life: parents, watchers, timers, the dead --- */

enum { TAG_A = 1, TAG_B, TAG_NEVER, TAG_WAIT };

struct parent {
	struct actor a;
	struct latch *latch;
	actor_id child;
	int timers, failed, gone, never, again;
};

struct child {
	struct actor a;
	struct latch *latch;
	int stops;
};

static int
child_init(struct actor *self, void *args, struct err *e)
{
	((struct child *)self)->latch = args;
	return args != NULL ? 0 : err_set(e, ERR_NOT_FOUND, "no latch");
}

static void
child_start(struct actor *self)
{
	actor_timer(self, INT64_C(3600) * 1000000000, TAG_NEVER);
}

static void
child_receive(struct actor *self, struct msg **m)
{
	struct err e;

	if ((*m)->kind == MSG_PING) {
		err_set(&e, ERR_DIVISION_BY_ZERO, "it broke");
		actor_fail(self, &e);
		actor_fail(self, &e);
	} else if ((*m)->kind == MSG_TIMER)
		actor_gone(self);
}

static void
child_stop(struct actor *self)
{
	((struct child *)self)->stops++;
	/* The end comes later: the second of the two steps. */
	actor_timer(self, 1000000, TAG_A);
}

static void
child_release(struct actor *self)
{
	struct child *c = (struct child *)self;

	latch_add(c->latch, c->stops == 1 ? 1 : -1000);
}

static const struct actor_kind child_kind = {
	.name = "child", .size = sizeof(struct child), .init = child_init,
	.start = child_start, .receive = child_receive, .stop = child_stop,
	.release = child_release,
};

static int
parent_init(struct actor *self, void *args, struct err *e)
{
	((struct parent *)self)->latch = args;
	return 0;
}

static void
parent_start(struct actor *self)
{
	struct parent *p = (struct parent *)self;
	struct actor_place place = { .parent = self->id };
	struct err e;

	actor_timer(self, 3000000, TAG_B);
	actor_timer(self, 1000000, TAG_A);
	actor_timer(self, 2000000, TAG_NEVER);
	actor_timer(self, 0, TAG_NEVER);
	actor_timer_cancel(self, TAG_NEVER);
	p->child = actor_spawn(self->rt, &child_kind, &place, p->latch, &e);
	if (actor_spawn(self->rt, &child_kind, &place, NULL, &e) != 0 ||
	    e.code != ERR_NOT_FOUND)
		p->never++;
	send_kind(self->rt, p->child, MSG_PING);
	actor_watch(self, p->child);
	actor_watch(self, 0x7700000000001);
}

static void
parent_receive(struct actor *self, struct msg **m)
{
	struct parent *p = (struct parent *)self;

	switch ((*m)->kind) {
	case MSG_TIMER:
		if (((struct msg_timer *)*m)->tag != (uint64_t)++p->timers)
			p->never++;
		break;
	case MSG_FAILED:
		p->failed++;
		if (((struct msg_failed *)*m)->err.code !=
		    ERR_DIVISION_BY_ZERO || (*m)->from != p->child)
			p->never++;
		break;
	case MSG_GONE:
		/* Once as a parent, once as a watcher, once for nobody. */
		p->gone++;
		if ((*m)->from == p->child && p->again++ == 0) {
			send_kind(self->rt, p->child, MSG_PING);
			actor_watch(self, p->child);
		}
		break;
	}
	/* Nobody; as parent; as watcher; as watcher after the end. */
	if (p->timers == 2 && p->failed == 1 && p->gone == 4 && p->never == 0)
		latch_add(p->latch, 1);
}

static const struct actor_kind parent_kind = {
	.name = "parent", .size = sizeof(struct parent), .init = parent_init,
	.start = parent_start, .receive = parent_receive,
};

static void
test_life(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });
	struct latch latch = LATCH;

	actor_spawn(rt, &parent_kind, NULL, &latch, NULL);
	ok(latch_wait(&latch, 2), "timers in order, a failure told once, "
	    "gone told to parent and watchers, also after the end");
	for (int i = 0; i < 100; i++)
		actor_spawn(rt, &child_kind, NULL, &latch, NULL);
	rt_free(&rt);
	ok(latch_wait(&latch, 102), "the end of a runtime stops all, in two "
	    "steps");
}

/* --- ids are not used again --- */

static void
test_ids(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1 });
	struct latch latch = LATCH;
	actor_id old = 0;
	bool fresh = true;

	for (int i = 0; i < 2000; i++) {
		actor_id id = actor_spawn(rt, &child_kind, NULL, &latch, NULL);

		fresh &= id != old;
		old = id;
		actor_stop(rt, id);
		send_kind(rt, id, MSG_COUNT);
	}
	ok(latch_wait(&latch, 2000) && fresh, "2,000 actors came and went");
	send_kind(rt, old, MSG_PING);
	send_kind(rt, 12345678901234567, MSG_PING);
	actor_stop(rt, old);
	rt_free(&rt);
	ok(true, "mail to the dead is harmless");
}

/* --- work threads --- */

struct worker {
	struct actor a;
	struct latch *latch;
	struct wait *token;
};

static int
worker_init(struct actor *self, void *args, struct err *e)
{
	((struct worker *)self)->latch = args;
	return 0;
}

static void
job_run(void *arg)
{
	*(int *)arg += 1;
	usleep(100);
}

static void
worker_receive(struct actor *self, struct msg **m)
{
	struct worker *w = (struct worker *)self;
	struct msg_work *k = (struct msg_work *)*m;

	if ((*m)->kind == MSG_WORK) {
		int *v = k->arg;

		latch_add(w->latch, *v == 42 && k->tag == 7 ? 1 : -100000);
		/* Left there: drop frees it. */
	} else if ((*m)->kind == MSG_PING) {
		for (int i = 0; i < 100; i++) {
			struct work job = { .run = job_run, .drop = free,
				.arg = xmalloc(sizeof(int)),
				.reply_to = self->id, .tag = 7 };

			*(int *)job.arg = 41;
			rt_work(i % 2 ? rt_pool_io(self->rt)
			    : rt_pool_plan(self->rt), &job);
		}
	}
}

static const struct actor_kind worker_kind = {
	.name = "worker", .size = sizeof(struct worker), .init = worker_init,
	.receive = worker_receive,
};

static void
test_work(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1 });
	struct latch latch = LATCH;
	actor_id id = actor_spawn(rt, &worker_kind, NULL, &latch, NULL);
	struct job_runner *jobs = rt_jobs(rt_pool(rt, "extra", 2, 0));
	int value = 1;

	send_kind(rt, id, MSG_PING);
	ok(latch_wait(&latch, 100), "100 jobs on two pools come back");
	job_submit(jobs, job_run, &value);
	/* Jobs whose receiver is gone are dropped with their argument. */
	send_kind(rt, id, MSG_PING);
	actor_stop(rt, id);
	rt_free(&rt);
	is_int(value, 2, "a job runner's job has run at the latest by the end");
}

/* --- wait tokens --- */

static void
waiter_receive(struct actor *self, struct msg **m)
{
	struct worker *w = (struct worker *)self;

	if ((*m)->kind == MSG_RESUME)
		latch_add(w->latch, 1);
	if ((*m)->kind == MSG_PING)
		latch_add(w->latch, 1);
}

static int
waiter_init(struct actor *self, void *args, struct err *e)
{
	void **v = args;

	((struct worker *)self)->latch = v[0];
	((struct worker *)self)->token = wait_ref(v[1]);
	return 0;
}

static void
waiter_start(struct actor *self)
{
	struct worker *w = (struct worker *)self;

	actor_wake_on(self, w->token, TAG_WAIT);
	wait_drop(&w->token);
}

static const struct actor_kind waiter_kind = {
	.name = "waiter", .size = sizeof(struct worker), .init = waiter_init,
	.start = waiter_start, .receive = waiter_receive,
};

static void *
complete_thread(void *arg)
{
	wait_complete(arg);
	return NULL;
}

static void
test_tokens(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });
	struct latch latch = LATCH;
	enum { N = 500 };

	for (int i = 0; i < N; i++) {
		struct wait *w = wait_new(WAIT_BUILD_SIDE);
		void *args[2] = { &latch, w };
		pthread_t t;
		actor_id id;

		pthread_create(&t, NULL, complete_thread, w);
		id = actor_spawn(rt, &waiter_kind, NULL, args, NULL);
		if (i % 2)
			actor_stop(rt, id);
		pthread_join(t, NULL);
		wait_drop(&w);
	}
	ok(latch_wait(&latch, N / 2), "tokens completed by other threads wake "
	    "actors");
	rt_free(&rt);
	ok(latch.n >= N / 2 && latch.n <= N, "each at most once, the dead not");
}

/* --- signals --- */

static void
signal_receive(struct actor *self, struct msg **m)
{
	struct worker *w = (struct worker *)self;

	if ((*m)->kind == MSG_SIGNAL)
		latch_add(w->latch, ((struct msg_signal *)*m)->signum == SIGUSR1
		    ? 1 : -1000);
	else {
		/* Until one comes back: the watch may start after us. */
		kill(getpid(), SIGUSR1);
		if (w->latch->n == 0)
			actor_timer(self, 1000000, TAG_A);
	}
}

static const struct actor_kind signal_kind = {
	.name = "signal", .size = sizeof(struct worker), .init = worker_init,
	.receive = signal_receive,
};

static void
poll_cb(void *arg, int events)
{
	struct latch *l = arg;

	if (events & LOOP_READ)
		latch_add(l, 1);
}

struct poller {
	struct actor a;
	struct latch *latch;
	struct loop_poll *poll;
	struct loop_timer *timer;
	int fd[2];
};

static void
poller_timer(void *arg)
{
	struct poller *p = arg;

	latch_add(p->latch, 1000);
	loop_poll_set(p->poll, 0);
}

static void
poller_start(struct actor *self)
{
	struct poller *p = (struct poller *)self;

	CHECK(pipe(p->fd) == 0);
	p->poll = loop_poll(self->home, p->fd[0], LOOP_READ, poll_cb, p->latch,
	    NULL);
	p->timer = loop_timer_new(self->home, poller_timer, p);
	loop_timer_arm(p->timer, 5000000);
	CHECK(write(p->fd[1], "x", 1) == 1);
}

static void
poller_release(struct actor *self)
{
	struct poller *p = (struct poller *)self;

	loop_timer_free(&p->timer);
	loop_poll_close(&p->poll);
	close(p->fd[0]);
	close(p->fd[1]);
}

static const struct actor_kind poller_kind = {
	.name = "poller", .size = sizeof(struct poller), .init = worker_init,
	.start = poller_start, .receive = signal_receive,
	.release = poller_release,
};

static void
test_outside(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1 });
	struct latch latch = LATCH, polled = LATCH;
	actor_id id = actor_spawn(rt, &signal_kind,
	    &(struct actor_place){ .on = ON_CONTROL }, &latch, NULL);

	signal(SIGUSR1, SIG_IGN);
	rt_on_signal(rt, SIGUSR1, id);
	send_kind(rt, id, MSG_PING);
	ok(latch_wait(&latch, 1), "a signal arrives as a message");
	actor_spawn(rt, &poller_kind,
	    &(struct actor_place){ .on = ON_CONTROL }, &polled, NULL);
	ok(latch_wait(&polled, 1001), "a component's fd and timer on a loop");
	rt_free(&rt);
	ok(rt_cpus() >= 1 && rt_memory() > 1 << 20, "limits: %d CPUs, %llu MiB",
	    rt_cpus(), (unsigned long long)rt_memory() >> 20);
}

int
main(void)
{
	test_mailbox();
	test_ring();
	test_life();
	test_ids();
	test_work();
	test_tokens();
	test_outside();
	return tap_done();
}
