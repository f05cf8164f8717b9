/* SPDX-License-Identifier: Apache-2.0
 * task.c - tasks: what the owner calls. */
#include "ops/task.h"

#include <stdlib.h>

#include "base/check.h"
#include "ops/driver.h"
#include "ops/task_priv.h"

static void
on_revoke(void *arg, uint64_t bytes)
{
	struct task *t = arg;

	t->world.want_revoke(t->world.arg, bytes);
}

/* Structures that can spill say so to the memory pool. */
static void
add_revokers(struct task *t)
{
	int n = 0;

	if (t->world.spill_dir == NULL || t->world.want_revoke == NULL)
		return;
	t->revokers = arena_array(&t->arena, struct mem_revoker, t->slots.n);
	for (int i = 0; i < t->slots.n; i++) {
		struct mem_revoker *r = &t->revokers[n];

		if (t->slots.v[i]->kind->revoke == NULL)
			continue;
		r->account = t->slots.v[i]->account;
		r->request = on_revoke;
		r->arg = t;
		mem_revoker_add(r);
		n++;
	}
	t->n_revokers = n;
}

static int
make_shared(struct task *t, struct err *e)
{
	for (int i = 0; i < t->slots.n; i++) {
		struct op_slot *s = t->slots.v[i];
		int ret;

		if (s->kind->share == NULL)
			continue;
		ret = s->kind->share(s, e);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int
task_new(const struct fragment *f, const struct task_world *w,
    struct task **out, struct err *e)
{
	struct task *t = xcalloc(1, sizeof(*t));
	int ret;

	t->fragment = f;
	t->world = *w;
	if (t->world.concurrency < 1)
		t->world.concurrency = 1;
	arena_init(&t->arena);
	pthread_mutex_init(&t->lock, NULL);
	ret = task_build(t, e);
	if (ret == 0)
		ret = make_shared(t, e);
	if (ret < 0) {
		task_free(&t);
		return ret;
	}
	task_resolve_needs(t);
	add_revokers(t);
	*out = t;
	return 0;
}

void
task_free(struct task **tp)
{
	struct task *t = *tp;

	*tp = NULL;
	if (t == NULL)
		return;
	CHECK(atomic_load(&t->running) == 0);
	for (int i = 0; i < t->n_revokers; i++)
		mem_revoker_remove(&t->revokers[i]);
	for (int i = t->slots.n - 1; i >= 0; i--) {
		struct op_slot *s = t->slots.v[i];

		if (s->kind->unshare != NULL)
			s->kind->unshare(s);
	}
	for (int i = 0; i < t->n_owned; i++)
		runtime_filter_free(&t->owned[i]);
	for (int i = 0; i < t->slots.n; i++)
		mem_account_drop(&t->slots.v[i]->account);
	free(t->owned);
	pthread_mutex_destroy(&t->lock);
	arena_release(&t->arena);
	free(t);
}

static struct op_slot *
find_scan(struct task *t, int node_id)
{
	for (int i = 0; i < t->slots.n; i++)
		if (t->slots.v[i]->kind == &op_scan &&
		    t->slots.v[i]->node->id == node_id)
			return t->slots.v[i];
	return NULL;
}

void
task_add_splits(struct task *t, int node_id, const struct split *v, int n)
{
	struct op_slot *s = find_scan(t, node_id);

	if (s != NULL)
		scan_add_splits(s, v, n);
}

void
task_no_more_splits(struct task *t, int node_id)
{
	struct op_slot *s = find_scan(t, node_id);

	if (s != NULL)
		scan_no_more_splits(s);
}

struct filter_ref *
task_filter(struct task *t, int id)
{
	for (int i = 0; i < t->n_filters; i++)
		if (t->filters[i].id == id)
			return &t->filters[i];
	return NULL;
}

void
task_publish(struct task *t, int id, struct runtime_filter *f)
{
	struct filter_ref *r = task_filter(t, id);
	const struct runtime_filter *none = NULL;

	pthread_mutex_lock(&t->lock);
	if (t->n_owned == t->cap_owned) {
		t->cap_owned = t->cap_owned == 0 ? 8 : t->cap_owned * 2;
		t->owned = xrealloc(t->owned, sizeof(*t->owned) *
		    (size_t)t->cap_owned);
	}
	t->owned[t->n_owned++] = f;
	pthread_mutex_unlock(&t->lock);
	/* The first one stays: the task's own is the sharpest. */
	if (r != NULL && atomic_compare_exchange_strong(&r->filter, &none, f))
		atomic_fetch_add_explicit(&t->filter_version, 1,
		    memory_order_release);
}

void
task_dynamic_filter(struct task *t, int id, const struct domain *d)
{
	struct filter_ref *r = task_filter(t, id);

	if (r == NULL || atomic_load(&r->filter) != NULL)
		return;
	task_publish(t, id, runtime_filter_of(d, NULL));
}

int
task_cancel_error(const struct task *t, struct err *e)
{
	return err_set(e, ERR_USER_CANCELED, "Query was canceled");
}

static bool
is_ready(const struct pipeline *p)
{
	for (int i = 0; i < p->n_needs; i++)
		if (!gate_is_open(p->needs[i]))
			return false;
	return true;
}

struct driver *
task_next_driver(struct task *t, bool *all)
{
	*all = true;
	for (int i = 0; i < t->pipelines.n; i++) {
		struct pipeline *p = t->pipelines.v[i];

		if (p->made == p->drivers)
			continue;
		*all = false;
		if (!is_ready(p))
			continue;
		p->made++;
		atomic_fetch_add(&t->running, 1);
		return driver_new(t, p);
	}
	return NULL;
}

int
task_stats(const struct task *t, struct task_node_stats *out, int max)
{
	int n = 0;

	for (int i = 0; i < t->slots.n && n < max; i++) {
		struct op_slot *s = t->slots.v[i];

		atomic_store_explicit(&s->stats.memory,
		    (int64_t)mem_account_used(s->account),
		    memory_order_relaxed);
		atomic_store_explicit(&s->stats.peak_memory,
		    (int64_t)mem_account_peak(s->account),
		    memory_order_relaxed);
		out[n++] = (struct task_node_stats){
			.node_id = s->node == NULL ? -1 : s->node->id,
			.op = s->kind->name, .drivers = s->drivers,
			.stats = &s->stats,
		};
	}
	return n;
}

int
task_revoke(struct task *t, size_t want, size_t *freed, struct err *e)
{
	int ret = 0;

	*freed = 0;
	for (int i = 0; ret == 0 && i < t->slots.n && *freed < want; i++) {
		struct op_slot *s = t->slots.v[i];
		size_t got = 0;

		if (s->kind->revoke == NULL || t->world.spill_dir == NULL)
			continue;
		ret = s->kind->revoke(s, want - *freed, &got, e);
		*freed += got;
		if (ret < 0)
			err_wrap(e, "%sOperator", s->kind->name);
	}
	for (int i = 0; i < t->n_revokers; i++)
		mem_revoked(&t->revokers[i]);
	return ret;
}
