/* SPDX-License-Identifier: Apache-2.0
 * timers.c - a binary heap of timers by time; equal times in order of
 * arrival. */
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"
#include "rt/rt_priv.h"

static bool
before(const struct timer *a, const struct timer *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void
put(struct timers *h, size_t i, struct timer *t)
{
	h->v[i] = t;
	t->index = i + 1;
}

static void
sift_up(struct timers *h, size_t i, struct timer *t)
{
	while (i > 0 && before(t, h->v[(i - 1) / 2])) {
		put(h, i, h->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(h, i, t);
}

static void
sift_down(struct timers *h, size_t i, struct timer *t)
{
	size_t child;

	while ((child = 2 * i + 1) < h->n) {
		if (child + 1 < h->n && before(h->v[child + 1], h->v[child]))
			child++;
		if (!before(h->v[child], t))
			break;
		put(h, i, h->v[child]);
		i = child;
	}
	put(h, i, t);
}

void
timers_add(struct timers *h, struct timer *t)
{
	CHECK(t->index == 0);
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? 16 : h->cap * 2;
		h->v = xrealloc(h->v, h->cap * sizeof(struct timer *));
	}
	t->seq = h->seq++;
	sift_up(h, h->n++, t);
}

void
timers_remove(struct timers *h, struct timer *t)
{
	size_t i = t->index - 1;
	struct timer *last;

	if (t->index == 0)
		return;
	t->index = 0;
	last = h->v[--h->n];
	if (last == t)
		return;
	if (i > 0 && before(last, h->v[(i - 1) / 2]))
		sift_up(h, i, last);
	else
		sift_down(h, i, last);
}

struct timer *
timers_first(const struct timers *h)
{
	return h->n == 0 ? NULL : h->v[0];
}

void
timers_release(struct timers *h)
{
	free(h->v);
	*h = (struct timers){ 0 };
}
