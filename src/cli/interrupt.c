/* SPDX-License-Identifier: Apache-2.0
 * interrupt.c - waits for SIGINT. */
#include "cli/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/check.h"

enum { STATUS_INTERRUPTED = 130 };

struct interrupt {
	pthread_t thread;
	pthread_mutex_t lock;
	struct client_query *query;     /* NULL: none runs */
	bool came, ends;
	int signals, stop;
};

static void
take(struct interrupt *i)
{
	pthread_mutex_lock(&i->lock);
	if (i->ends && (i->came || i->query == NULL))
		_exit(STATUS_INTERRUPTED);
	if (i->query != NULL && !i->came)
		i->query->client->ops->cancel(i->query);
	i->came = i->query != NULL;
	pthread_mutex_unlock(&i->lock);
}

static void *
watch(void *arg)
{
	struct interrupt *i = arg;
	struct pollfd fds[2] = { { i->signals, POLLIN, 0 },
		{ i->stop, POLLIN, 0 } };
	struct signalfd_siginfo info;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents != 0)
			return NULL;
		if (fds[0].revents != 0 &&
		    read(i->signals, &info, sizeof(info)) == sizeof(info))
			take(i);
	}
}

struct interrupt *
interrupt_new(bool ends)
{
	struct interrupt *i = xcalloc(1, sizeof(*i));
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	i->ends = ends;
	i->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	i->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&i->lock, NULL);
	CHECK(i->signals >= 0 && i->stop >= 0);
	CHECK(pthread_create(&i->thread, NULL, watch, i) == 0);
	return i;
}

void
interrupt_free(struct interrupt **ip)
{
	struct interrupt *i = *ip;
	uint64_t one = 1;

	*ip = NULL;
	if (i == NULL)
		return;
	(void)!write(i->stop, &one, sizeof(one));
	pthread_join(i->thread, NULL);
	pthread_mutex_destroy(&i->lock);
	close(i->signals);
	close(i->stop);
	free(i);
}

void
interrupt_arm(struct interrupt *i, struct client_query *q)
{
	pthread_mutex_lock(&i->lock);
	i->query = q;
	i->came = false;
	pthread_mutex_unlock(&i->lock);
}

bool
interrupt_disarm(struct interrupt *i)
{
	bool came;

	pthread_mutex_lock(&i->lock);
	came = i->came;
	i->query = NULL;
	i->came = false;
	pthread_mutex_unlock(&i->lock);
	return came;
}
