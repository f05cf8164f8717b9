/* SPDX-License-Identifier: Apache-2.0
 * nng_close.c - closing sockets of a library that may never come back from
 * it.
 *
 * nng_close() waits for each pipe's last operation.  In 1.5 that never ends
 * when the pipe was closed just as one step of a transfer had completed: the
 * next step is refused without a word, and the thread that buries pipes
 * waits for it for ever.  What matters - contexts end, their callbacks run,
 * descriptors and the port are free - has happened by then.  So each close
 * runs on a thread of its own; we wait for it a little, for the usual case,
 * and go on.
 */
#include "net/nng_priv.h"

#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/log.h"

struct closer {
	nng_socket socket;
	void (*then)(void *arg);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;
	atomic_int refs;        /* the thread's, the waiter's */
};

static void
closer_drop(struct closer *c)
{
	if (atomic_fetch_sub(&c->refs, 1) != 1)
		return;
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->cond);
	free(c);
}

static void *
closer_thread(void *arg)
{
	struct closer *c = arg;

	nng_close(c->socket);
	if (c->then != NULL)
		c->then(c->arg);
	pthread_mutex_lock(&c->lock);
	c->done = true;
	pthread_cond_broadcast(&c->cond);
	pthread_mutex_unlock(&c->lock);
	closer_drop(c);
	return NULL;
}

static void
closer_wait(struct closer *c, int seconds)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&c->lock);
	while (!c->done && r == 0)
		r = pthread_cond_timedwait(&c->cond, &c->lock, &until);
	pthread_mutex_unlock(&c->lock);
	if (r != 0)
		log_warn("net", "a socket takes long to close");
}

void
socket_close(nng_socket socket, void (*then)(void *arg), void *arg,
    int seconds)
{
	struct closer *c = xcalloc(1, sizeof(*c));
	pthread_attr_t attr;
	pthread_t t;

	c->socket = socket;
	c->then = then;
	c->arg = arg;
	atomic_init(&c->refs, 2);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->cond, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&t, &attr, closer_thread, c) != 0)
		closer_thread(c);
	pthread_attr_destroy(&attr);
	if (seconds > 0)
		closer_wait(c, seconds);
	closer_drop(c);
}
