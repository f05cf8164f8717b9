/* SPDX-License-Identifier: Apache-2.0
 * wait.c - one-shot events with one listener; see wait.h.
 *
 *      PENDING --wait_then--> LISTENING --wait_complete--> DONE (wake called)
 *         \------------------wait_complete--------------> DONE (wake in then)
 */
#include "base/wait.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"

enum { PENDING, LISTENING, DONE };

struct wait {
	atomic_int state, refs;
	enum wait_kind kind;
	void (*wake)(void *arg);        /* written before LISTENING is */
	void *arg;
};

struct wait *
wait_new(enum wait_kind kind)
{
	struct wait *w = xcalloc(1, sizeof(*w));

	atomic_init(&w->state, PENDING);
	atomic_init(&w->refs, 1);
	w->kind = kind;
	return w;
}

struct wait *
wait_ref(struct wait *w)
{
	atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
	return w;
}

void
wait_drop(struct wait **wp)
{
	struct wait *w = *wp;

	*wp = NULL;
	if (w != NULL && atomic_fetch_sub(&w->refs, 1) == 1)
		free(w);
}

enum wait_kind
wait_kind(const struct wait *w)
{
	return w->kind;
}

const char *
wait_kind_name(enum wait_kind kind)
{
	static const char *const names[WAIT_KINDS] = { "output buffer",
		"exchange", "memory", "build side", "split", "source",
		"dynamic filter", "sink" };

	CHECK(kind < WAIT_KINDS);
	return names[kind];
}

void
wait_complete(struct wait *w)
{
	struct wait *held = wait_ref(w);

	/* The listener's fields were released by its move to LISTENING. */
	if (atomic_exchange(&w->state, DONE) == LISTENING)
		w->wake(w->arg);
	wait_drop(&held);
}

bool
wait_done(const struct wait *w)
{
	return atomic_load(&w->state) == DONE;
}

void
wait_then(struct wait *w, void (*wake)(void *arg), void *arg)
{
	int expected = PENDING;

	CHECK(w->wake == NULL);
	w->wake = wake;
	w->arg = arg;
	if (!atomic_compare_exchange_strong(&w->state, &expected, LISTENING)) {
		CHECK(expected == DONE);
		wake(arg);
	}
}

void
wait_list_init(struct wait_list *l)
{
	*l = (struct wait_list){ .n = 0 };
	pthread_mutex_init(&l->lock, NULL);
}

void
wait_list_release(struct wait_list *l)
{
	wait_list_wake(l);
	free(l->v);
	pthread_mutex_destroy(&l->lock);
}

struct wait *
wait_list_add(struct wait_list *l, enum wait_kind kind)
{
	struct wait *w = wait_new(kind);

	pthread_mutex_lock(&l->lock);
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 4 : l->cap * 2;
		l->v = xrealloc(l->v, (size_t)l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = wait_ref(w);
	pthread_mutex_unlock(&l->lock);
	return w;
}

void
wait_list_wake(struct wait_list *l)
{
	struct wait **v;
	int n;

	/* Taken whole, so that a listener may wait again at once. */
	pthread_mutex_lock(&l->lock);
	v = l->v;
	n = l->n;
	l->v = NULL;
	l->n = l->cap = 0;
	pthread_mutex_unlock(&l->lock);
	for (int i = 0; i < n; i++) {
		wait_complete(v[i]);
		wait_drop(&v[i]);
	}
	free(v);
}
