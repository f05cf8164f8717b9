/* SPDX-License-Identifier: Apache-2.0
 * sched.c - which driver runs next: a multilevel queue by the CPU time that a
 * driver's task has used.
 *
 * A level's time is weighted so that each gets half of the one before it; the
 * level with the least weighted time goes first.  A level that was empty
 * starts again where the others are, so that it cannot catch up at their
 * expense.  Within a level the task that has used least goes first. */
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"
#include "rt/rt_priv.h"

struct sched_group {
	atomic_int refs;
	_Alignas(64) atomic_int_fast64_t cpu_ns;
};

struct sched_group *
sched_group_new(void)
{
	struct sched_group *g = aligned_alloc(64, sizeof(*g));

	CHECK(g != NULL);
	atomic_init(&g->refs, 1);
	atomic_init(&g->cpu_ns, 0);
	return g;
}

struct sched_group *
sched_group_ref(struct sched_group *g)
{
	atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
	return g;
}

void
sched_group_drop(struct sched_group **gp)
{
	struct sched_group *g = *gp;

	*gp = NULL;
	if (g != NULL && atomic_fetch_sub(&g->refs, 1) == 1)
		free(g);
}

int64_t
sched_group_cpu_ns(const struct sched_group *g)
{
	return atomic_load_explicit(&g->cpu_ns, memory_order_relaxed);
}

void
sched_group_charge(struct sched_group *g, int64_t ns)
{
	atomic_fetch_add_explicit(&g->cpu_ns, ns, memory_order_relaxed);
}

int
sched_level(int64_t cpu_ns)
{
	static const int64_t from_s[SCHED_LEVELS] = { 0, 1, 10, 60, 300 };
	int level = SCHED_LEVELS - 1;

	while (level > 0 && cpu_ns < from_s[level] * 1000000000)
		level--;
	return level;
}

static bool
ready_before(const struct ready *a, const struct ready *b)
{
	return a->cpu_ns != b->cpu_ns ? a->cpu_ns < b->cpu_ns
	    : a->seq < b->seq;
}

static int64_t
weighted(const struct ready_level *l, int i)
{
	return l->spent_ns << i;
}

void
ready_push(struct ready_queue *q, struct cell *c)
{
	struct sched_group *g = c->actor->group;
	struct ready r = { g == NULL ? 0 : sched_group_cpu_ns(g), q->seq++, c,
		c->id };
	int level = sched_level(r.cpu_ns), i;
	struct ready_level *l = &q->level[level];

	if (l->n == 0 && q->n > 0) {
		int64_t least = INT64_MAX;

		for (i = 0; i < SCHED_LEVELS; i++)
			if (q->level[i].n > 0)
				least = MIN(least, weighted(&q->level[i], i));
		l->spent_ns = MAX(l->spent_ns, least >> level);
	}
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		l->v = xrealloc(l->v, (size_t)l->cap * sizeof(*l->v));
	}
	for (i = l->n++; i > 0 && ready_before(&r, &l->v[(i - 1) / 2]);
	    i = (i - 1) / 2)
		l->v[i] = l->v[(i - 1) / 2];
	l->v[i] = r;
	q->n++;
}

static struct ready
level_pop(struct ready_level *l)
{
	struct ready first = l->v[0], last = l->v[--l->n];
	int i = 0, child;

	while ((child = 2 * i + 1) < l->n) {
		if (child + 1 < l->n &&
		    ready_before(&l->v[child + 1], &l->v[child]))
			child++;
		if (!ready_before(&l->v[child], &last))
			break;
		l->v[i] = l->v[child];
		i = child;
	}
	if (l->n > 0)
		l->v[i] = last;
	return first;
}

struct cell *
ready_pop(struct ready_queue *q, int *level)
{
	while (q->n > 0) {
		int best = -1;
		struct ready r;

		for (int i = 0; i < SCHED_LEVELS; i++)
			if (q->level[i].n > 0 && (best < 0 ||
			    weighted(&q->level[i], i) <
			    weighted(&q->level[best], best)))
				best = i;
		r = level_pop(&q->level[best]);
		q->n--;
		*level = best;
		/* It may have ended while it was queued. */
		if (r.cell->id == r.id && (r.cell->flags & CELL_READY) != 0)
			return r.cell;
	}
	return NULL;
}

void
ready_spent(struct ready_queue *q, int level, int64_t ns)
{
	q->level[level].spent_ns += ns;
}

void
ready_release(struct ready_queue *q)
{
	for (int i = 0; i < SCHED_LEVELS; i++)
		free(q->level[i].v);
	*q = (struct ready_queue){ 0 };
}
