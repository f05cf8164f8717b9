/* SPDX-License-Identifier: Apache-2.0
 * work.c - pools of threads for blocking calls.
 *
 * Threads start when a job finds none free, and end after ten idle seconds
 * (a planning thread's stack goes with it).  They are detached; the pool's
 * end waits until their count is nothing. */
#include "rt/rt_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"

enum { IDLE_SECONDS = 10 };

struct job {
	struct job *next;
	struct work work;
};

struct work_pool {
	struct job_runner runner;
	struct work_pool *next;         /* rt->lock */
	struct rt *rt;
	char name[16];
	int max;
	size_t stack;
	pthread_mutex_t lock;           /* the rest */
	pthread_cond_t more, ended;
	struct job *head, *tail;
	int threads, idle, queued;
	bool ending;
};

static void
msg_work_drop(struct msg *m)
{
	struct msg_work *w = (struct msg_work *)m;

	if (w->arg != NULL && w->drop != NULL)
		w->drop(w->arg);
}

void
work_answer(struct rt *rt, const struct work *w)
{
	struct msg_work *m;

	if (w->reply_to == 0) {
		if (w->drop != NULL)
			w->drop(w->arg);
		return;
	}
	m = msg_new(MSG_WORK, sizeof(*m), msg_work_drop);
	m->tag = w->tag;
	m->arg = w->arg;
	m->drop = w->drop;
	actor_send(rt, w->reply_to, &(struct msg *){ &m->m });
}

/* Under the lock.  NULL: the thread ends. */
static struct job *
next_job(struct work_pool *p)
{
	struct timespec until;
	struct job *j;

	while ((j = p->head) == NULL) {
		int r;

		if (p->ending)
			return NULL;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += IDLE_SECONDS;
		p->idle++;
		r = pthread_cond_timedwait(&p->more, &p->lock, &until);
		p->idle--;
		if (r == ETIMEDOUT && p->head == NULL)
			return NULL;
	}
	p->head = j->next;
	if (p->head == NULL)
		p->tail = NULL;
	p->queued--;
	return j;
}

static void *
work_thread(void *arg)
{
	struct work_pool *p = arg;
	struct job *j;

	pthread_setname_np(pthread_self(), p->name);
	pthread_mutex_lock(&p->lock);
	while ((j = next_job(p)) != NULL) {
		pthread_mutex_unlock(&p->lock);
		j->work.run(j->work.arg);
		work_answer(p->rt, &j->work);
		free(j);
		pthread_mutex_lock(&p->lock);
	}
	p->threads--;
	if (p->threads == 0)
		pthread_cond_broadcast(&p->ended);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Under the lock.  False: the system has no thread for us. */
static bool
start_thread(struct work_pool *p)
{
	pthread_attr_t attr;
	pthread_t t;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (p->stack > 0)
		pthread_attr_setstacksize(&attr, p->stack);
	p->threads++;
	r = pthread_create(&t, &attr, work_thread, p);
	pthread_attr_destroy(&attr);
	if (r == 0) {
		return true;
	}
	p->threads--;
	log_warn("rt", "cannot start a thread of pool %s: error %d", p->name,
	    r);
	return false;
}

static void
runner_submit(struct job_runner *r, void (*run)(void *arg), void *arg)
{
	struct work w = { .run = run, .arg = arg };

	rt_work(container_of(r, struct work_pool, runner), &w);
}

struct job_runner *
rt_jobs(struct work_pool *pool)
{
	return &pool->runner;
}

struct work_pool *
rt_pool(struct rt *rt, const char *name, int max_threads, size_t stack_bytes)
{
	struct work_pool *p = xcalloc(1, sizeof(*p));
	pthread_condattr_t attr;

	p->runner.submit = runner_submit;
	p->rt = rt;
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->max = MAX(max_threads, 1);
	p->stack = stack_bytes;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->more, &attr);
	pthread_cond_init(&p->ended, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&rt->lock);
	p->next = rt->pools;
	rt->pools = p;
	pthread_mutex_unlock(&rt->lock);
	return p;
}

void
rt_work(struct work_pool *p, const struct work *work)
{
	struct job *j;

	if (p->rt->sim != NULL) {
		sim_work(p->rt, work);
		return;
	}
	j = xmalloc(sizeof(*j));
	j->work = *work;
	j->next = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->tail != NULL)
		p->tail->next = j;
	else
		p->head = j;
	p->tail = j;
	p->queued++;
	/* Without any thread better late than never: here and now. */
	if (p->idle < p->queued && p->threads < p->max && !start_thread(p) &&
	    p->threads == 0)
		j = next_job(p);
	else
		j = NULL;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
	if (j == NULL)
		return;
	j->work.run(j->work.arg);
	work_answer(p->rt, &j->work);
	free(j);
}

int
rt_work_queued(struct work_pool *p)
{
	int n;

	pthread_mutex_lock(&p->lock);
	n = p->queued;
	pthread_mutex_unlock(&p->lock);
	return n;
}

static struct work_pool *
usual_pool(struct rt *rt, struct work_pool **at, const char *name, int max,
    size_t stack)
{
	struct work_pool *p, *mine;

	pthread_mutex_lock(&rt->lock);
	p = *at;
	pthread_mutex_unlock(&rt->lock);
	if (p != NULL)
		return p;
	/* Two threads may both make one; the loser's stays unused. */
	mine = rt_pool(rt, name, max, stack);
	pthread_mutex_lock(&rt->lock);
	if (*at == NULL)
		*at = mine;
	p = *at;
	pthread_mutex_unlock(&rt->lock);
	return p;
}

struct work_pool *
rt_pool_io(struct rt *rt)
{
	return usual_pool(rt, &rt->pool_io, "io", MAX(2 * rt->n_workers, 8),
	    0);
}

struct work_pool *
rt_pool_plan(struct rt *rt)
{
	return usual_pool(rt, &rt->pool_plan, "plan", MAX(rt->n_workers, 2),
	    64 << 20);
}

void
work_end(struct rt *rt)
{
	struct work_pool *p, *next;

	for (p = rt->pools; p != NULL; p = next) {
		next = p->next;
		pthread_mutex_lock(&p->lock);
		p->ending = true;
		pthread_cond_broadcast(&p->more);
		while (p->threads > 0)
			pthread_cond_wait(&p->ended, &p->lock);
		pthread_mutex_unlock(&p->lock);
		CHECK(p->head == NULL);
		pthread_mutex_destroy(&p->lock);
		pthread_cond_destroy(&p->more);
		pthread_cond_destroy(&p->ended);
		free(p);
	}
	rt->pools = NULL;
}
