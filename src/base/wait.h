/* SPDX-License-Identifier: Apache-2.0
 * wait.h - wait tokens: how a "blocked" answer tells what will unblock it.
 *
 * The one who answers "blocked" hands out a reference to a token; whoever
 * makes progress possible completes it, once.  Completing and listening may
 * race on any threads: the listener is called exactly once, on the thread
 * that completes, or at once in wait_then() when that had happened before.
 * A listener must only send a message or set a flag. */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>

/* What is waited for, as system tables and EXPLAIN ANALYZE show it. */
enum wait_kind {
	WAIT_OUTPUT_BUFFER, WAIT_EXCHANGE, WAIT_MEMORY, WAIT_BUILD_SIDE,
	WAIT_SPLIT, WAIT_SOURCE, WAIT_DYNAMIC_FILTER, WAIT_SINK,
	WAIT_KINDS
};

struct wait;                    /* one token, counted */

struct wait *wait_new(enum wait_kind kind);     /* one reference */
struct wait *wait_ref(struct wait *w);
void wait_drop(struct wait **w);                /* NULLs *w; NULL is fine */
enum wait_kind wait_kind(const struct wait *w);
const char *wait_kind_name(enum wait_kind kind);        /* "build side" */

/* Idempotent, any thread. */
void wait_complete(struct wait *w);
bool wait_done(const struct wait *w);
/* At most one listener a token, ever.  The token stays alive until wake()
 * has returned; it does not take the caller's reference. */
void wait_then(struct wait *w, void (*wake)(void *arg), void *arg);

/* Many waiters for one event (a join build, room in a buffer).  All zeroes
 * with wait_list_init is empty.  Any thread. */
struct wait_list {
	pthread_mutex_t lock;
	struct wait **v;
	int n, cap;
};

void wait_list_init(struct wait_list *l);
/* Completes what is still there, then frees. */
void wait_list_release(struct wait_list *l);
/* A new token in the list; the caller owns one reference. */
struct wait *wait_list_add(struct wait_list *l, enum wait_kind kind);
/* Completes all tokens and empties the list. */
void wait_list_wake(struct wait_list *l);

#endif
