/* SPDX-License-Identifier: Apache-2.0
 * exchange_priv.h - the insides of an exchange: shared by the queue
 * (exchange.c) and the actor that pulls (exchange_pull.c). */
#ifndef NET_EXCHANGE_PRIV_H
#define NET_EXCHANGE_PRIV_H

#include <pthread.h>

#include "net/exchange.h"
#include "net/pull.h"

/* What a reply of max_reply bytes of pages takes besides, so that the whole
 * stays within a power of two. */
enum { PULL_SLACK = 1024 };

struct source {
	struct exchange *x;
	int number, buffer;
	uint64_t token;
	bool done;                      /* x->lock */
	/* In this process; x->lock. */
	struct out_buffer *local;
	struct out_batch batch;
	int at;
	bool complete, armed;
	/* Elsewhere; the actor's alone. */
	char *peer, *task;
	bool busy, resting;
	uint64_t request;
	size_t reserved;
	int64_t failing_since;          /* 0: the last pull went well */
	int failures;
};

struct exchange {
	atomic_int refs;        /* the owner's, the actor's, armed tokens' */
	struct rt *rt;
	struct exchange_options o;
	actor_id actor;
	pthread_mutex_t lock;           /* the rest */
	struct source **source;
	int n_sources, n_done;
	unsigned turn;
	bool no_more, closed, failed, starved;
	struct err err;
	struct exchange_item *v;        /* v[head..head+n) */
	size_t head, n, cap, queued, peak;
	uint64_t items, bytes, requests, retries;
	struct wait_list readers;
};

struct exchange *exchange_ref(struct exchange *x);
void exchange_drop(struct exchange *x);
/* Under x->lock. */
void exchange_fail_locked(struct exchange *x, const struct err *e);
void exchange_push_locked(struct exchange *x,
    const struct exchange_item *item);

/* Starts the actor; under x->lock. */
void exchange_spawn(struct exchange *x);
/* Tells it to look for something to do. */
void exchange_kick(struct exchange *x);

#endif
