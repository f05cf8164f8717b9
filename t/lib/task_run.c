/* SPDX-License-Identifier: Apache-2.0
 * task_run.c - tasks without actors, for tests and benchmarks. */
#include "task_run.h"

#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "mem/pool.h"

void
page_list_add(struct page_list *l, struct page *p)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		l->v = xrealloc(l->v, sizeof(*l->v) * (size_t)l->cap);
	}
	l->v[l->n++] = p;
}

void
page_list_release(struct page_list *l)
{
	for (int i = 0; i < l->n; i++)
		page_drop(&l->v[i]);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

uint64_t
random_next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct list_inlet {
	struct page_inlet in;
	struct run *run;
	struct page_list *list;
	int at, takes;
};

struct run {
	struct page_outlet outlet;
	struct run_options o;
	struct run_input *in;
	int n_in;
	struct run_result *r;
	pthread_mutex_t lock;
	struct list_inlet *inlets;
	struct page_inlet **pointers;
	int n_inlets;
	int puts;
	uint8_t map[256];
	struct err err;
	_Atomic int failed;
};

static int64_t
mono_ns(struct env *env)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static const struct env_ops clock_ops = { .mono_ns = mono_ns,
	.wall_ns = mono_ns };

static int
inlet_take(struct page_inlet *in, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct list_inlet *l = (struct list_inlet *)in;
	int ret = 0;

	pthread_mutex_lock(&l->run->lock);
	if (l->run->o.block_every > 0 && ++l->takes %
	    l->run->o.block_every == 0) {
		*blocked = wait_new(WAIT_EXCHANGE);
		wait_complete(*blocked);
		ret = 2;
	} else if (l->at < l->list->n) {
		*out = page_ref(l->list->v[l->at++]);
		ret = 1;
	}
	pthread_mutex_unlock(&l->run->lock);
	return ret;
}

static int
run_inlets(void *arg, const struct frag_node *n, bool merge,
    struct page_inlets *out, struct err *e)
{
	struct run *r = arg;
	struct run_input *in = NULL;

	for (int i = 0; i < r->n_in; i++)
		if (r->in[i].node_id == n->id)
			in = &r->in[i];
	CHECK(in != NULL);
	out->n = in->n;
	out->v = &r->pointers[r->n_inlets];
	for (int i = 0; i < in->n; i++) {
		struct list_inlet *l = &r->inlets[r->n_inlets];

		l->in.take = inlet_take;
		l->run = r;
		l->list = &in->stream[i];
		r->pointers[r->n_inlets++] = &l->in;
	}
	return 0;
}

static void
outlet_put(struct page_outlet *o, int partition, struct page *page)
{
	struct run *r = (struct run *)o;

	pthread_mutex_lock(&r->lock);
	r->r->rows += page->rows;
	page_list_add(&r->r->out[partition], page);
	pthread_mutex_unlock(&r->lock);
}

static struct wait *
outlet_full(struct page_outlet *o)
{
	struct run *r = (struct run *)o;
	struct wait *w = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->o.block_every > 0 && ++r->puts % r->o.block_every == 0) {
		w = wait_new(WAIT_OUTPUT_BUFFER);
		wait_complete(w);
	}
	pthread_mutex_unlock(&r->lock);
	return w;
}

static void
run_publish(void *arg, int id, const struct domain *d)
{
	struct run *r = arg;

	pthread_mutex_lock(&r->lock);
	r->r->published++;
	pthread_mutex_unlock(&r->lock);
}

/* One turn of a driver; false: it has ended. */
static bool
turn(struct run *r, struct driver *d, struct wait **blocked)
{
	struct err e = { 0 };

	switch (driver_run(d, r->o.threads ? 10000000 : 100000, blocked,
	    &e)) {
	case DRIVER_FAILED:
		pthread_mutex_lock(&r->lock);
		if (!r->failed)
			r->err = e;
		r->failed = 1;
		pthread_mutex_unlock(&r->lock);
		return false;
	case DRIVER_DONE:
		return false;
	default:
		return true;
	}
}

struct active {
	struct driver *d;
	struct wait *blocked;
};

static void
revoke(struct run *r, struct task *t)
{
	size_t freed = 0;
	struct err e = { 0 };

	if (task_revoke(t, SIZE_MAX, &freed, &e) < 0) {
		if (!r->failed)
			r->err = e;
		r->failed = 1;
	}
	r->r->spilled += (int64_t)freed;
}

static void
run_in_turns(struct run *r, struct task *t)
{
	struct active v[256];
	int n = 0, turns = 0, idle = 0;
	bool all;

	for (;;) {
		struct driver *d;
		int pick;

		while ((d = task_next_driver(t, &all)) != NULL)
			v[n++] = (struct active){ d, NULL };
		if (n == 0) {
			CHECK(all || r->failed);
			return;
		}
		pick = (int)(random_next(&r->o.seed) % (uint64_t)n);
		if (v[pick].blocked != NULL) {
			CHECK(r->failed || ++idle < 1000000);
			if (!wait_done(v[pick].blocked) && !r->failed)
				continue;
			wait_drop(&v[pick].blocked);
		}
		idle = 0;
		if (r->failed || !turn(r, v[pick].d, &v[pick].blocked)) {
			driver_free(&v[pick].d);
			v[pick] = v[--n];
		}
		if (r->o.revoke_every > 0 && ++turns % r->o.revoke_every == 0)
			revoke(r, t);
	}
}

struct thread {
	struct run *run;
	struct task *task;
	struct driver *d;
	pthread_t id;
	struct threads *all;
};

struct threads {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int ended;
};

static void
wake(void *arg)
{
	struct threads *a = arg;

	pthread_mutex_lock(&a->lock);
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *
thread_main(void *arg)
{
	struct thread *t = arg;
	struct wait *blocked = NULL;

	while (!t->run->failed && turn(t->run, t->d, &blocked)) {
		if (blocked == NULL)
			continue;
		wait_then(blocked, wake, t->all);
		pthread_mutex_lock(&t->all->lock);
		while (!wait_done(blocked) && !t->run->failed)
			pthread_cond_wait(&t->all->changed, &t->all->lock);
		pthread_mutex_unlock(&t->all->lock);
		if (!wait_done(blocked))
			wait_complete(blocked);
		wait_drop(&blocked);
	}
	wait_drop(&blocked);
	driver_free(&t->d);
	pthread_mutex_lock(&t->all->lock);
	t->all->ended++;
	pthread_cond_broadcast(&t->all->changed);
	pthread_mutex_unlock(&t->all->lock);
	return NULL;
}

static void
run_on_threads(struct run *r, struct task *t)
{
	struct threads all = { .ended = 0 };
	struct thread *v = xcalloc(256, sizeof(*v));
	int n = 0, seen = 0;
	bool more = true, none;

	pthread_mutex_init(&all.lock, NULL);
	pthread_cond_init(&all.changed, NULL);
	while (more) {
		struct driver *d;

		while ((d = task_next_driver(t, &none)) != NULL) {
			v[n] = (struct thread){ r, t, d, 0, &all };
			pthread_create(&v[n].id, NULL, thread_main, &v[n]);
			n++;
		}
		pthread_mutex_lock(&all.lock);
		while (all.ended == seen && seen < n)
			pthread_cond_wait(&all.changed, &all.lock);
		seen = all.ended;
		pthread_mutex_unlock(&all.lock);
		more = seen < n || (!none && !r->failed);
	}
	for (int i = 0; i < n; i++)
		pthread_join(v[i].id, NULL);
	pthread_mutex_destroy(&all.lock);
	pthread_cond_destroy(&all.changed);
	free(v);
}

static struct task_world
make_world(struct run *r, struct env *env)
{
	return (struct task_world){
		.env = env, .catalogs = r->o.catalogs, .pool = r->o.pool,
		.session = r->o.session, .spill_dir = r->o.spill,
		.concurrency = r->o.concurrency > 0 ? r->o.concurrency : 1,
		.task_count = 1, .outlet = &r->outlet, .arg = r,
		.inlets = run_inlets, .publish = run_publish,
	};
}

static void
copy_stats(struct run_result *r, struct task *t)
{
	struct task_node_stats v[64];

	r->n_stats = task_stats(t, v, 64);
	for (int i = 0; i < r->n_stats; i++) {
		r->names[i] = v[i].op;
		r->cpu[i] = atomic_load(&v[i].stats->cpu_ns);
		r->in[i] = atomic_load(&v[i].stats->input_rows);
		r->rows_out[i] = atomic_load(&v[i].stats->output_rows);
	}
}

int
task_run(const struct fragment *f, struct run_input *in, int n_in,
    const struct run_options *o, struct run_result *result, struct err *e)
{
	struct env env = { &clock_ops };
	struct run r = {
		.outlet = { .partitions = o->partitions > 0 ? o->partitions
		    : 1, .put = outlet_put, .full = outlet_full },
		.o = *o, .in = in, .n_in = n_in, .r = result,
	};
	struct task_world w = make_world(&r, &env);
	struct task *t = NULL;
	int ret;

	memset(result, 0, sizeof(*result));
	for (int i = 0; i < 256; i++)
		r.map[i] = (uint8_t)(i % r.outlet.partitions);
	r.outlet.partition_map = r.map;
	pthread_mutex_init(&r.lock, NULL);
	r.inlets = xcalloc(64, sizeof(*r.inlets));
	r.pointers = xcalloc(64, sizeof(*r.pointers));
	ret = task_new(f, &w, &t, e);
	if (ret == 0) {
		for (int i = 0; i < o->n_scans; i++) {
			task_add_splits(t, o->scans[i].node_id,
			    o->scans[i].v, o->scans[i].n);
			task_no_more_splits(t, o->scans[i].node_id);
		}
		if (o->threads)
			run_on_threads(&r, t);
		else
			run_in_turns(&r, t);
		copy_stats(result, t);
		if (r.failed) {
			*e = r.err;
			ret = -(int)e->code;
		}
	}
	task_free(&t);
	free(r.inlets);
	free(r.pointers);
	pthread_mutex_destroy(&r.lock);
	return ret;
}

void
run_result_release(struct run_result *r)
{
	for (int i = 0; i < 16; i++)
		page_list_release(&r->out[i]);
}
