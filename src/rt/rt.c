/* SPDX-License-Identifier: Apache-2.0
 * rt.c - a runtime made and ended; loop timers; what the real and the
 * simulated body share. */
#include "rt/rt_priv.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"
#include "rt/sim.h"

struct loop *
loop_new(struct rt *rt, int index)
{
	struct loop *l = aligned_alloc(64, sizeof(*l));

	CHECK(l != NULL);
	memset(l, 0, sizeof(*l));
	l->rt = rt;
	l->index = index;
	l->timers = &l->own_timers;
	pthread_mutex_init(&l->spawn_lock, NULL);
	return l;
}

void
rt_init(struct rt *rt, const struct rt_options *o)
{
	static const struct rt_options usual = { 0 };

	if (o == NULL)
		o = &usual;
	rt->env = o->env;
	rt->n_workers = o->workers > 0 ? o->workers
	    : rt->sim != NULL ? 1 : rt_cpus();
	rt->n_exchange = MAX(o->exchange, 0);
	/* An id has eight bits for the loop. */
	rt->n_workers = MIN(rt->n_workers, 200);
	rt->n_exchange = MIN(rt->n_exchange, 50);
	rt->n_loops = 1 + rt->n_exchange + rt->n_workers;
	rt->quantum_ns = o->quantum_ns > 0 ? o->quantum_ns : 5000000;
	pthread_mutex_init(&rt->lock, NULL);
	pthread_cond_init(&rt->none_left, NULL);
	rt->loop = xcalloc((size_t)rt->n_loops, sizeof(struct loop *));
	for (int i = 0; i < rt->n_loops; i++)
		rt->loop[i] = loop_new(rt, i);
}

struct rt *
rt_new_loops(const struct rt_options *options)
{
	struct rt *rt = xcalloc(1, sizeof(*rt));

	rt_init(rt, options);
	if (rt->env == NULL) {
		rt->env = env_real();
		rt->own_env = true;
	}
	for (int i = 0; i < rt->n_loops; i++)
		loop_start(rt->loop[i]);
	return rt;
}

void
rt_release(struct rt *rt)
{
	for (int i = 0; i < rt->n_loops; i++)
		loop_free(rt->loop[i]);
	free(rt->loop);
	if (rt->own_env)
		env_free(&rt->env);
	pthread_mutex_destroy(&rt->lock);
	pthread_cond_destroy(&rt->none_left);
	free(rt);
}

static void
wait_for_actors(struct rt *rt)
{
	struct timespec until;

	pthread_mutex_lock(&rt->lock);
	while (rt->actors > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 10;
		if (pthread_cond_timedwait(&rt->none_left, &rt->lock, &until)
		    != 0)
			log_warn("rt", "still waiting for %lld actors to end",
			    (long long)rt->actors);
	}
	pthread_mutex_unlock(&rt->lock);
}

void
rt_free(struct rt **rtp)
{
	struct rt *rt = *rtp;

	*rtp = NULL;
	if (rt == NULL)
		return;
	if (rt->sim != NULL) {
		sim_crash(&rt);
		return;
	}
	for (int i = 0; i < rt->n_loops; i++)
		CHECK(!loop_is_home(rt->loop[i]));
	atomic_store(&rt->stopping, true);
	for (int i = 0; i < rt->n_loops; i++)
		loop_post(rt->loop[i], loop_stop_all, NULL);
	wait_for_actors(rt);
	work_end(rt);
	for (int i = 0; i < rt->n_loops; i++)
		loop_join(rt->loop[i]);
	rt_release(rt);
}

struct env *
rt_env(struct rt *rt)
{
	return rt->env;
}

int
rt_loops(const struct rt *rt)
{
	return rt->n_loops;
}

int
rt_workers(const struct rt *rt)
{
	return rt->n_workers;
}

int64_t
rt_actors(const struct rt *rt)
{
	return rt->actors;
}

int64_t
loop_now(const struct loop *on)
{
	return on->uv != NULL ? on->now : env_mono_ns(on->rt->env);
}

struct rt *
loop_rt(const struct loop *on)
{
	return on->rt;
}

int
loop_index(const struct loop *on)
{
	return on->index;
}

/* --- timers of components --- */

struct loop_timer {
	struct timer t;
	struct loop *on;
	void (*cb)(void *arg);
	void *arg;
};

static void
component_fire(struct timer *tt)
{
	struct loop_timer *t = container_of(tt, struct loop_timer, t);

	t->cb(t->arg);
}

struct loop_timer *
loop_timer_new(struct loop *on, void (*cb)(void *arg), void *arg)
{
	struct loop_timer *t = xcalloc(1, sizeof(*t));

	t->t.fire = component_fire;
	t->t.rt = on->rt;
	t->on = on;
	t->cb = cb;
	t->arg = arg;
	return t;
}

void
loop_timer_arm(struct loop_timer *t, int64_t delay_ns)
{
	timers_remove(t->on->timers, &t->t);
	t->t.at = env_mono_ns(t->on->rt->env) + MAX(delay_ns, 0);
	timers_add(t->on->timers, &t->t);
	loop_rearm(t->on);
}

void
loop_timer_disarm(struct loop_timer *t)
{
	timers_remove(t->on->timers, &t->t);
}

void
loop_timer_free(struct loop_timer **tp)
{
	struct loop_timer *t = *tp;

	*tp = NULL;
	if (t == NULL)
		return;
	timers_remove(t->on->timers, &t->t);
	free(t);
}
