/* SPDX-License-Identifier: Apache-2.0
 * out_buffer.h - a task's output: items (pages) waiting for consumers.
 *
 * Producers add until it is full and then wait; consumers pull by token:
 * asking for token t acknowledges every item before t, so that asking twice
 * is harmless and nothing is lost or doubled.  Consumers in the same process
 * take the items by pointer (exchange.h), others their wire form
 * (page_server.h).
 *
 *   OUT_PARTITIONED  one queue a consumer; the producer names it
 *   OUT_BROADCAST    every consumer gets every item; charged once
 *   OUT_ARBITRARY    an item goes to the consumer that asks first
 *
 * Any thread. */
#ifndef NET_OUT_BUFFER_H
#define NET_OUT_BUFFER_H

#include <stdatomic.h>

#include "base/str.h"
#include "base/wait.h"
#include "mem/pool.h"

enum out_kind { OUT_PARTITIONED, OUT_BROADCAST, OUT_ARBITRARY };

enum { OUT_BUFFER_BYTES = 32 << 20 };   /* sink.max-buffer-size */

struct out_item;

struct out_item_kind {
	/* The item's wire form, for consumers elsewhere; made at the first
	 * call, if need be, and valid until free.  One call at a time per
	 * item.  Any thread. */
	int (*wire)(struct out_item *item, struct str *bytes, struct err *e);
	void (*free)(struct out_item *item);    /* with the last reference */
};

/* First member of what is queued; opaque to net. */
struct out_item {
	atomic_int refs;
	const struct out_item_kind *kind;
	size_t bytes;           /* counted against the buffer's limit */
	uint32_t rows;          /* for statistics */
};

void out_item_init(struct out_item *item, const struct out_item_kind *kind,
    size_t bytes, uint32_t rows);       /* one reference */
struct out_item *out_item_ref(struct out_item *item);
void out_item_drop(struct out_item **item);     /* NULLs; NULL is fine */

struct out_buffer;

struct out_options {
	enum out_kind kind;
	int consumers;          /* known now; ARBITRARY and BROADCAST may get
				 * more by out_buffer_consumers() */
	bool more_consumers;    /* more may come */
	size_t max_bytes;       /* 0: OUT_BUFFER_BYTES */
};

/* One reference. */
struct out_buffer *out_buffer_new(const struct out_options *options);
struct out_buffer *out_buffer_ref(struct out_buffer *b);
void out_buffer_drop(struct out_buffer **b);
/* Consumers 0..n-1 exist; last: no more will.  A late BROADCAST consumer gets
 * all items from the first on (they are kept until the last is known). */
void out_buffer_consumers(struct out_buffer *b, int n, bool last);

/* --- producers --- */

/* Takes *item.  Never refuses: a producer looks at out_buffer_full() first
 * and may overshoot by one item.  Items added after finish, fail or the end
 * of their consumer are dropped. */
void out_buffer_add(struct out_buffer *b, int consumer,
    struct out_item **item);
/* NULL: there is room (or nobody wants more).  Else a token
 * (WAIT_OUTPUT_BUFFER), the caller's reference; look again once it has
 * completed, another producer may have been faster. */
struct wait *out_buffer_full(struct out_buffer *b);
/* All consumers have aborted or got all: producing on is useless. */
bool out_buffer_unwanted(struct out_buffer *b);
/* No more items.  Idempotent. */
void out_buffer_finish(struct out_buffer *b);
/* Consumers get this error instead of what is left.  The first one stays. */
void out_buffer_fail(struct out_buffer *b, const struct err *e);
/* Everything was handed out and acknowledged, or nobody wants it. */
bool out_buffer_drained(struct out_buffer *b);
/* A token (WAIT_SINK) that completes when drained or failed. */
struct wait *out_buffer_done(struct out_buffer *b);

/* --- consumers --- */

enum { OUT_BATCH_ITEMS = 64 };

struct out_batch {
	struct out_item *v[OUT_BATCH_ITEMS];    /* references */
	int n;
	uint64_t token;         /* of v[0] */
	uint64_t next;          /* to ask for next */
	bool complete;          /* nothing follows `next` */
};

/* Items from token on, up to max_bytes (at least one if there is one).  An
 * empty batch that is not complete: nothing yet.  Fails with the producer's
 * error; a token from the past that is acknowledged already, or from the
 * future, is PAGE_TRANSPORT_ERROR. */
int out_buffer_get(struct out_buffer *b, int consumer, uint64_t token,
    size_t max_bytes, struct out_batch *out, struct err *e);
void out_batch_release(struct out_batch *batch);
/* A token (WAIT_EXCHANGE) that completes once out_buffer_get() at `token`
 * would not answer an empty incomplete batch; NULL: it would not now. */
struct wait *out_buffer_readable(struct out_buffer *b, int consumer,
    uint64_t token);
/* The consumer wants nothing more (it is done, or has failed). */
void out_buffer_abort(struct out_buffer *b, int consumer);

struct out_stats {
	uint64_t items, rows, bytes;    /* added so far */
	uint64_t held_bytes, peak_bytes;
	int consumers, consumers_done;
	bool finished, failed, full;
};
void out_buffer_stats(struct out_buffer *b, struct out_stats *s);

#endif
