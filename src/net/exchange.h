/* SPDX-License-Identifier: Apache-2.0
 * exchange.h - the consumer's end of page streams: pulls from many output
 * buffers at once into one queue bounded by bytes.
 *
 * Sources in this process are read by pointer, without an actor or a socket;
 * the others by an actor on an exchange loop, which has at most one request
 * open per source, asks only for what the queue has room for, and tries again
 * after a broken pipe until max_error_ns have passed.
 *
 * Items of one source come in order; among sources there is none (a merging
 * reader opens one client a source).  Any thread; several drivers may read
 * one client. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include "net/out_buffer.h"
#include "rt/rt.h"
#include "rt/transport.h"

struct exchange;

struct exchange_options {
	struct transport *transport;    /* NULL: local sources only */
	struct mem_account *account;    /* charged for queued bytes; NULL ok */
	size_t max_bytes;       /* of the queue; 0: 32 MiB
				 * (exchange.max-buffer-size) */
	size_t max_reply;       /* 0: 1 MiB (exchange.max-response-size) */
	int concurrent;         /* requests open at once; 0: 8 */
	int64_t max_error_ns;   /* 0: 5 min (exchange.max-error-duration) */
	int64_t wait_ns;        /* of an empty pull; 0: 1 s */
	bool compress;          /* ask peers for LZ4 */
};

struct exchange_source {
	struct out_buffer *local;       /* not NULL: in this process; a
					 * reference is taken */
	const char *peer, *task;        /* else: where; copied */
	int buffer;                     /* the consumer's number there */
};

/* One reference, owned by the caller; exchange_close() ends it. */
struct exchange *exchange_new(struct rt *rt,
    const struct exchange_options *options);
/* Sources may come while it runs; answers the source's number, from 0. */
int exchange_add(struct exchange *x, const struct exchange_source *source);
void exchange_no_more(struct exchange *x);
/* Aborts what is open, drops what is queued, wakes who waits. */
void exchange_close(struct exchange **x);

enum exchange_step { EXCHANGE_ITEM, EXCHANGE_EMPTY, EXCHANGE_DONE,
	EXCHANGE_FAILED };

/* One item: either by pointer or as wire bytes. */
struct exchange_item {
	struct out_item *item;  /* local: a reference; else NULL */
	struct frame *frame;    /* remote: holds bytes; a reference */
	struct str bytes;
	int source;
	size_t charged;         /* to the account, until released */
};

/* EXCHANGE_ITEM: *out is the caller's until exchange_item_release().
 * EXCHANGE_FAILED: *e is filled, every later call fails the same. */
enum exchange_step exchange_next(struct exchange *x,
    struct exchange_item *out, struct err *e);
void exchange_item_release(struct exchange *x, struct exchange_item *item);
/* A token (WAIT_EXCHANGE; the caller's reference) that completes once
 * exchange_next() would not answer EXCHANGE_EMPTY; NULL: it would not now. */
struct wait *exchange_wait(struct exchange *x);

struct exchange_stats {
	uint64_t items, bytes;          /* taken so far */
	uint64_t queued_bytes, peak_bytes;
	uint64_t requests, retries;
	int sources, sources_done;
};
void exchange_stats(struct exchange *x, struct exchange_stats *s);

#endif
