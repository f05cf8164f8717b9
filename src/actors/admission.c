/* SPDX-License-Identifier: Apache-2.0
 * admission.c - how many statements run at once: the one resource group. */
#include <pthread.h>
#include <stdlib.h>

#include "actors/query_priv.h"

struct admission {
	struct rt *rt;
	pthread_mutex_t lock;
	int running, max_running, max_queued;
	actor_id *waiting;              /* in order */
	int n, cap;
};

struct admission *
admission_new(struct rt *rt, int running, int queued)
{
	struct admission *a = xcalloc(1, sizeof(*a));

	a->rt = rt;
	a->max_running = running;
	a->max_queued = queued;
	pthread_mutex_init(&a->lock, NULL);
	return a;
}

void
admission_free(struct admission **ap)
{
	struct admission *a = *ap;

	*ap = NULL;
	if (a == NULL)
		return;
	pthread_mutex_destroy(&a->lock);
	free(a->waiting);
	free(a);
}

int
admission_enter(struct admission *a, actor_id query, struct err *e)
{
	int rc = 1;

	pthread_mutex_lock(&a->lock);
	if (a->running < a->max_running) {
		a->running++;
	} else if (a->n >= a->max_queued) {
		rc = err_set(e, ERR_QUERY_QUEUE_FULL,
		    "Too many queued queries for \"global\"");
	} else {
		if (a->n == a->cap) {
			a->cap = a->cap == 0 ? 16 : a->cap * 2;
			a->waiting = xrealloc(a->waiting, (size_t)a->cap *
			    sizeof(*a->waiting));
		}
		a->waiting[a->n++] = query;
		rc = 0;
	}
	pthread_mutex_unlock(&a->lock);
	return rc;
}

void
admission_leave(struct admission *a, actor_id query)
{
	actor_id next = 0;
	int at = -1;

	pthread_mutex_lock(&a->lock);
	for (int i = 0; i < a->n && at < 0; i++)
		if (a->waiting[i] == query)
			at = i;
	if (at < 0) {
		/* Its place goes to the first in the queue. */
		if (a->n > 0) {
			next = a->waiting[0];
			at = 0;
		} else {
			a->running--;
		}
	}
	if (at >= 0)
		memmove(&a->waiting[at], &a->waiting[at + 1],
		    (size_t)(--a->n - at) * sizeof(*a->waiting));
	pthread_mutex_unlock(&a->lock);
	if (next != 0) {
		struct msg *m = msg_new(MSG_QUERY_ADMIT, sizeof(*m), NULL);

		actor_send(a->rt, next, &m);
	}
}
