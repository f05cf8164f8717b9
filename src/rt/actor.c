/* SPDX-License-Identifier: Apache-2.0
 * actor.c - mailboxes, turns, and the life of an actor, on real and simulated
 * loops alike; rt_priv.h says what a cell is and who may touch it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"
#include "base/wait.h"
#include "rt/rt_priv.h"

struct msg_start {
	struct msg m;
	struct actor *actor;
};

/* --- cells --- */

static uint32_t
id_slot(actor_id id)
{
	return (uint32_t)id & 0xffffff;
}

static int
id_loop(actor_id id)
{
	return (int)(id >> 24 & 0xff);
}

/* Segment 0 holds slots 0..63, segment k > 0 holds 64 << (k - 1) ones. */
static struct cell *
cell_at(struct loop *l, uint32_t slot)
{
	int k = slot < SEGMENT_FIRST ? 0 : 26 - __builtin_clz(slot);
	uint32_t base = k == 0 ? 0 : (uint32_t)SEGMENT_FIRST << (k - 1);
	struct cell *v;

	if (k >= CELL_SEGMENTS)
		return NULL;
	v = atomic_load_explicit(&l->segment[k], memory_order_acquire);
	return v == NULL ? NULL : &v[slot - base];
}

static struct cell *
cell_of(struct rt *rt, actor_id id)
{
	int i = id_loop(id);

	return id == 0 || i >= rt->n_loops ? NULL
	    : cell_at(rt->loop[i], id_slot(id));
}

/* Under spawn_lock. */
static struct cell *
cell_grow(struct loop *l)
{
	uint32_t slot = l->n_cells++;
	struct cell *c = cell_at(l, slot);

	if (c == NULL) {
		int k = slot < SEGMENT_FIRST ? 0 : 26 - __builtin_clz(slot);
		uint32_t n = k == 0 ? SEGMENT_FIRST
		    : (uint32_t)SEGMENT_FIRST << (k - 1);
		struct cell *v;

		CHECK(k < CELL_SEGMENTS);
		v = xcalloc(n, sizeof(*v));
		for (uint32_t i = 0; i < n; i++) {
			atomic_init(&v[i].inbox, INBOX_IDLE);
			v[i].home = l;
			v[i].slot = slot + i;
		}
		atomic_store_explicit(&l->segment[k], v, memory_order_release);
		c = v;
	}
	return c;
}

static actor_id
cell_take(struct loop *l)
{
	struct cell *c;
	actor_id id;

	pthread_mutex_lock(&l->spawn_lock);
	if (l->free_cell != 0) {
		c = cell_at(l, l->free_cell - 1);
		l->free_cell = c->next_free;
	} else
		c = cell_grow(l);
	c->generation++;
	id = (actor_id)c->generation << 32 | (actor_id)l->index << 24 |
	    c->slot;
	pthread_mutex_unlock(&l->spawn_lock);
	return id;
}

static void
cell_give(struct cell *c)
{
	struct loop *l = c->home;

	pthread_mutex_lock(&l->spawn_lock);
	/* A cell whose generations are used up is left alone for ever. */
	if (c->generation != UINT32_MAX) {
		c->next_free = l->free_cell;
		l->free_cell = c->slot + 1;
	}
	pthread_mutex_unlock(&l->spawn_lock);
}

/* --- sending --- */

static void
schedule(struct cell *c)
{
	struct loop *l = c->home;
	struct cell *old;

	if (l->uv == NULL) {
		sim_runnable(c, false);
		return;
	}
	if (loop_is_home(l)) {
		run_append(l, c);
		return;
	}
	old = atomic_load_explicit(&l->remote, memory_order_relaxed);
	do {
		c->run_next = old;
	} while (!atomic_compare_exchange_weak(&l->remote, &old, c));
	if (old == NULL)
		loop_wake(l);
}

static void
push(struct cell *c, struct msg *m)
{
	struct msg *old = atomic_load_explicit(&c->inbox,
	    memory_order_relaxed);

	do {
		m->next = old == INBOX_IDLE ? NULL : old;
	} while (!atomic_compare_exchange_weak_explicit(&c->inbox, &old, m,
	    memory_order_acq_rel, memory_order_relaxed));
	if (old == INBOX_IDLE)
		schedule(c);
}

void
actor_send(struct rt *rt, actor_id to, struct msg **mp)
{
	struct msg *m = *mp;
	struct cell *c = unlikely(rt->dead) ? NULL : cell_of(rt, to);

	*mp = NULL;
	if (unlikely(c == NULL)) {
		msg_drop(&m);
		return;
	}
	m->to = to;
	push(c, m);
}

void
actor_tell(struct actor *self, actor_id to, struct msg **m)
{
	(*m)->from = self->id;
	actor_send(self->rt, to, m);
}

static void
send_plain(struct rt *rt, actor_id to, uint32_t kind, actor_id from)
{
	struct msg *m = msg_new(kind, sizeof(*m), NULL);

	m->from = from;
	actor_send(rt, to, &m);
}

void
actor_stop(struct rt *rt, actor_id id)
{
	send_plain(rt, id, MSG_STOP, 0);
}

void
actor_watch(struct actor *self, actor_id id)
{
	if (cell_of(self->rt, id) == NULL) {
		struct msg *m = msg_new(MSG_GONE, sizeof(struct msg_gone),
		    NULL);

		m->from = id;
		actor_send(self->rt, self->id, &m);
	} else
		send_plain(self->rt, id, MSG_WATCH, self->id);
}

/* --- spawning --- */

static void
start_drop(struct msg *m)
{
	struct actor *a = ((struct msg_start *)m)->actor;

	if (a == NULL)
		return;
	if (a->kind->release != NULL)
		a->kind->release(a);
	sched_group_drop(&a->group);
	free(a);
}

static struct loop *
place_on(struct rt *rt, const struct actor_place *p)
{
	int first = 1 + rt->n_exchange, best, n = rt->n_workers;
	unsigned at;

	switch (p->on) {
	case ON_CONTROL:
		return rt->loop[0];
	case ON_EXCHANGE:
		at = (unsigned)atomic_fetch_add(&rt->next_worker, 1);
		return rt->loop[rt->n_exchange == 0 ? 0
		    : 1 + (int)(at % (unsigned)rt->n_exchange)];
	case ON_LOOP:
		CHECK(p->loop >= 0 && p->loop < rt->n_loops);
		return rt->loop[p->loop];
	case ON_WORKER:
		break;
	}
	/* The least loaded, beginning at another one each time. */
	at = (unsigned)atomic_fetch_add(&rt->next_worker, 1);
	best = first + (int)(at % (unsigned)n);
	for (int i = 0; i < n; i++) {
		int j = first + (int)((at + (unsigned)i) % (unsigned)n);

		if (rt->loop[j]->actors < rt->loop[best]->actors)
			best = j;
	}
	return rt->loop[best];
}

actor_id
actor_spawn(struct rt *rt, const struct actor_kind *kind,
    const struct actor_place *place, void *args, struct err *e)
{
	static const struct actor_place anywhere = { .on = ON_WORKER };
	const struct actor_place *p = place == NULL ? &anywhere : place;
	struct loop *l = place_on(rt, p);
	struct actor *a = xcalloc(1, MAX(kind->size, sizeof(*a)));
	struct msg_start *m;
	actor_id id;

	a->kind = kind;
	a->rt = rt;
	a->home = l;
	a->parent = p->parent;
	if (p->group != NULL)
		a->group = sched_group_ref(p->group);
	id = a->id = cell_take(l);
	if (kind->init != NULL && kind->init(a, args, e) < 0) {
		sched_group_drop(&a->group);
		free(a);
		cell_give(cell_of(rt, id));
		return 0;
	}
	atomic_fetch_add(&l->actors, 1);
	atomic_fetch_add(&rt->actors, 1);
	/* The first message of this id: whoever learns the id does so after
	 * this push. */
	m = msg_new(MSG_START, sizeof(*m), start_drop);
	m->actor = a;
	a->priv = cell_of(rt, id);
	actor_send(rt, id, &(struct msg *){ &m->m });
	return id;
}

/* --- ending --- */

static struct cell *
cell_self(struct actor *self)
{
	return self->priv;
}

static void
begin_stop(struct actor *a)
{
	struct cell *c = cell_self(a);

	if ((c->flags & CELL_STOPPING) != 0)
		return;
	c->flags |= CELL_STOPPING;
	if (a->kind->stop != NULL)
		a->kind->stop(a);
	else
		actor_gone(a);
}

void
actor_gone(struct actor *self)
{
	cell_self(self)->flags |= CELL_GONE | CELL_STOPPING;
}

bool
actor_stopping(const struct actor *self)
{
	return (cell_self((struct actor *)self)->flags & CELL_STOPPING) != 0;
}

void
actor_fail(struct actor *self, const struct err *e)
{
	struct cell *c = cell_self(self);

	if ((c->flags & CELL_FAILED) == 0) {
		struct msg_failed *m = msg_new(MSG_FAILED, sizeof(*m), NULL);
		struct msg *mm = &m->m;

		c->flags |= CELL_FAILED;
		m->err = *e;
		if (self->parent == 0)
			log_error("actor", "%s failed: %s", self->kind->name,
			    e->text);
		actor_tell(self, self->parent, &mm);
	}
	begin_stop(self);
}

static void
send_gone(struct rt *rt, actor_id to, actor_id who, bool failed)
{
	struct msg_gone *m = msg_new(MSG_GONE, sizeof(*m), NULL);
	struct msg *mm = &m->m;

	m->m.from = who;
	m->failed = failed;
	actor_send(rt, to, &mm);
}

/* Cancels timers; what is in the mailbox already is dropped by its id. */
static void
drop_timers(struct cell *c)
{
	struct timer_msg *t, *next;

	for (t = c->timers; t != NULL; t = next) {
		next = t->next;
		t->cell = NULL;
		if (t->t.index != 0) {
			timers_remove(c->home->timers, &t->t);
			free(t);
		}
	}
	c->timers = NULL;
}

/* The actor's state goes, nobody is told. */
static void
cell_clear(struct cell *c)
{
	struct actor *a = c->actor;

	drop_timers(c);
	if (a->kind->release != NULL)
		a->kind->release(a);
	sched_group_drop(&a->group);
	free(c->watchers);
	c->watchers = NULL;
	c->n_watchers = 0;
	c->actor = NULL;
	c->id = 0;
	c->flags = 0;
	free(a);
}

static void
cell_end(struct cell *c)
{
	struct rt *rt = c->home->rt;
	actor_id id = c->id, parent = c->actor->parent, *w = c->watchers;
	bool failed = (c->flags & CELL_FAILED) != 0;
	int n = c->n_watchers;

	c->watchers = NULL;
	cell_clear(c);
	if (parent != 0)
		send_gone(rt, parent, id, failed);
	for (int i = 0; i < n; i++)
		send_gone(rt, w[i], id, failed);
	free(w);
	cell_give(c);
	atomic_fetch_sub(&c->home->actors, 1);
	if (atomic_fetch_sub(&rt->actors, 1) == 1 && rt->stopping) {
		pthread_mutex_lock(&rt->lock);
		pthread_cond_broadcast(&rt->none_left);
		pthread_mutex_unlock(&rt->lock);
	}
}

void
loop_stop_all(struct loop *l, void *arg)
{
	uint32_t n;

	pthread_mutex_lock(&l->spawn_lock);
	n = l->n_cells;
	pthread_mutex_unlock(&l->spawn_lock);
	for (uint32_t i = 0; i < n; i++) {
		struct cell *c = cell_at(l, i);

		/* By message: a handler may be running below us. */
		if (c->id != 0)
			actor_stop(l->rt, c->id);
	}
}

static void
drop_list(struct msg *m)
{
	while (m != NULL) {
		struct msg *next = m->next;

		msg_drop(&m);
		m = next;
	}
}

void
loop_kill(struct loop *l)
{
	for (uint32_t i = 0; i < l->n_cells; i++) {
		struct cell *c = cell_at(l, i);
		struct msg *m;

		/* First the actor: it knows timers that are in the mailbox. */
		if (c->actor != NULL)
			cell_clear(c);
		m = atomic_exchange(&c->inbox, INBOX_IDLE);
		drop_list(m == INBOX_IDLE ? NULL : m);
		drop_list(c->fifo);
		c->fifo = NULL;
	}
}

void
loop_free(struct loop *l)
{
	for (uint32_t i = 0; i < l->n_cells; i++) {
		struct cell *c = cell_at(l, i);

		/* An actor that never ended, mail to the dead. */
		drop_list(c->inbox == INBOX_IDLE ? NULL : c->inbox);
		drop_list(c->fifo);
	}
	for (int i = 0; i < CELL_SEGMENTS; i++)
		free(l->segment[i]);
	ready_release(&l->ready);
	timers_release(&l->own_timers);
	pthread_mutex_destroy(&l->spawn_lock);
	free(l);
}

/* --- turns --- */

static void
watch(struct cell *c, actor_id who)
{
	c->watchers = xrealloc(c->watchers,
	    (size_t)(c->n_watchers + 1) * sizeof(actor_id));
	c->watchers[c->n_watchers++] = who;
}

static void
start(struct cell *c, struct msg *m)
{
	struct actor *a = ((struct msg_start *)m)->actor;

	CHECK(c->actor == NULL);
	((struct msg_start *)m)->actor = NULL;
	c->actor = a;
	c->id = a->id;
	c->flags = 0;
	if (a->kind->start != NULL)
		a->kind->start(a);
	if (c->home->rt->stopping)
		begin_stop(a);
}

/* False: m is not to be received. */
static bool
timer_arrived(struct cell *c, struct msg *m)
{
	struct timer_msg *t = (struct timer_msg *)m;

	if (t->cell == NULL)
		return false;
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		c->timers = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	return (m->flags & MSG_CANCELLED) == 0;
}

/* The rare kinds: the runtime's own, and what arrives too late. */
static void
deliver_special(struct cell *c, struct msg *m)
{
	if (m->kind == MSG_START)
		start(c, m);
	else if (m->to != c->id) {
		if (m->kind == MSG_WATCH)
			send_gone(c->home->rt, m->from, m->to, false);
	} else if (m->kind == MSG_STOP)
		begin_stop(c->actor);
	else if (m->kind == MSG_WATCH)
		watch(c, m->from);
	else if (timer_arrived(c, m))
		c->actor->kind->receive(c->actor, &m);
	msg_drop(&m);
}

static void
deliver(struct cell *c, struct msg *m)
{
	if (unlikely(m->to != c->id || m->flags != 0 ||
	    m->kind - MSG_INTERNAL < MSG_NET - MSG_INTERNAL))
		deliver_special(c, m);
	else {
		c->actor->kind->receive(c->actor, &m);
		if (m != NULL)
			msg_drop(&m);
	}
	if (unlikely((c->flags & CELL_GONE) != 0))
		cell_end(c);
}

/* The whole inbox, oldest first; NULL: empty, and the cell is idle now. */
static struct msg *
take_inbox(struct cell *c)
{
	struct msg *m = NULL, *list, *next;

	list = atomic_load_explicit(&c->inbox, memory_order_relaxed);
	if (list == NULL && atomic_compare_exchange_strong_explicit(&c->inbox,
	    &list, INBOX_IDLE, memory_order_acq_rel, memory_order_relaxed))
		return NULL;
	list = atomic_exchange_explicit(&c->inbox, NULL, memory_order_acq_rel);
	for (; list != NULL; list = next) {
		next = list->next;
		list->next = m;
		m = list;
	}
	return m;
}

bool
cell_turn(struct cell *c, int most, int64_t most_ns)
{
	struct msg *none = NULL;
	int64_t from = 0;

	for (int n = 0; n < most; n++) {
		struct msg *m = c->fifo;

		if (m == NULL && (m = take_inbox(c)) == NULL)
			return false;
		c->fifo = m->next;
		m->next = NULL;
		deliver(c, m);
		/* Reading the clock costs as much as a message. */
		if (most_ns != 0 && n % 8 == 7) {
			int64_t now = env_mono_ns(c->home->rt->env);

			if (from == 0)
				from = now;
			else if (now - from > most_ns)
				break;
		}
	}
	return c->fifo != NULL || !atomic_compare_exchange_strong(&c->inbox,
	    &none, INBOX_IDLE);
}

static int64_t
thread_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool
cell_run(struct cell *c, int64_t quantum_ns, int64_t *spent)
{
	struct actor *a = c->actor;
	bool real = c->home->uv != NULL;
	int64_t from = real ? thread_cpu_ns() : env_mono_ns(a->rt->env);
	enum turn t;

	c->flags &= ~(uint32_t)CELL_READY;
	t = a->kind->run(a, quantum_ns);
	*spent = (real ? thread_cpu_ns() : env_mono_ns(a->rt->env)) - from;
	if (a->group != NULL)
		sched_group_charge(a->group, *spent);
	if ((c->flags & CELL_GONE) != 0) {
		cell_end(c);
		return false;
	}
	/* When it called actor_ready() it is queued already. */
	if (t != TURN_AGAIN || (c->flags & CELL_READY) != 0)
		return false;
	c->flags |= CELL_READY;
	return true;
}

void
actor_ready(struct actor *self)
{
	struct cell *c = cell_self(self);

	CHECK(self->kind->run != NULL);
	if ((c->flags & (CELL_READY | CELL_GONE)) != 0)
		return;
	c->flags |= CELL_READY;
	if (c->home->uv == NULL)
		sim_runnable(c, true);
	else
		ready_push(&c->home->ready, c);
}

/* --- timers and tokens --- */

static void
timer_fire(struct timer *tt)
{
	struct timer_msg *t = container_of(tt, struct timer_msg, t);
	struct msg *m = &t->pub.m;

	actor_send(t->cell->home->rt, m->to, &m);
}

void
actor_timer(struct actor *self, int64_t delay_ns, uint64_t tag)
{
	struct cell *c = cell_self(self);
	struct timer_msg *t = msg_new(MSG_TIMER, sizeof(*t), NULL);

	t->pub.m.flags = MSG_IS_TIMER;
	t->pub.m.to = self->id;
	t->pub.tag = tag;
	t->cell = c;
	t->t.at = env_mono_ns(self->rt->env) + MAX(delay_ns, 0);
	t->t.fire = timer_fire;
	t->t.rt = self->rt;
	t->next = c->timers;
	if (t->next != NULL)
		t->next->prev = t;
	c->timers = t;
	timers_add(c->home->timers, &t->t);
	loop_rearm(c->home);
}

void
actor_timer_cancel(struct actor *self, uint64_t tag)
{
	struct cell *c = cell_self(self);
	struct timer_msg *t, *next;

	for (t = c->timers; t != NULL; t = next) {
		next = t->next;
		if (t->pub.tag != tag)
			continue;
		if (t->t.index == 0) {
			/* In the mailbox already. */
			t->pub.m.flags |= MSG_CANCELLED;
			continue;
		}
		timers_remove(c->home->timers, &t->t);
		timer_arrived(c, &t->pub.m);
		free(t);
	}
}

int64_t
actor_now(const struct actor *self)
{
	return loop_now(self->home);
}

int64_t
actor_clock(const struct actor *self)
{
	return env_mono_ns(self->rt->env);
}

struct waking {
	struct msg_resume pub;
	struct rt *rt;
	actor_id to;
};

static void
wake(void *arg)
{
	struct waking *w = arg;
	struct msg *m = &w->pub.m;

	actor_send(w->rt, w->to, &m);
}

void
actor_wake_on(struct actor *self, struct wait *w, uint64_t tag)
{
	struct waking *k = msg_new(MSG_RESUME, sizeof(*k), NULL);

	k->pub.tag = tag;
	k->rt = self->rt;
	k->to = self->id;
	wait_then(w, wake, k);
}
