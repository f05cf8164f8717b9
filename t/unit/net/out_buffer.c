/* SPDX-License-Identifier: Apache-2.0
 * out_buffer.c - output buffers: tokens, kinds, bounds, ends, threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/check.h"
#include "items.h"
#include "tap.h"

static void
put(struct out_buffer *b, int consumer, uint64_t number, size_t n)
{
	struct out_item *i = number_item(number, n);

	out_buffer_add(b, consumer, &i);
}

/* The numbers of one batch as text: "1 2 3." (a point when complete). */
static const char *
got(struct out_buffer *b, int consumer, uint64_t token, size_t bytes,
    char text[200])
{
	struct out_batch batch;
	struct err e;
	size_t at = 0;

	if (out_buffer_get(b, consumer, token, bytes, &batch, &e) < 0) {
		snprintf(text, 200, "%s", err_name(e.code));
		return text;
	}
	text[0] = '\0';
	for (int i = 0; i < batch.n; i++)
		at += (size_t)snprintf(text + at, 200 - at, "%s%d",
		    i == 0 ? "" : " ",
		    (int)((struct number_item *)batch.v[i])->number);
	if (batch.complete)
		snprintf(text + at, 200 - at, ".");
	CHECK(batch.next == token + (uint64_t)batch.n);
	out_batch_release(&batch);
	return text;
}

static void
test_tokens(void)
{
	struct out_buffer *b = out_buffer_new(&(struct out_options){
	    .kind = OUT_PARTITIONED, .consumers = 2, .max_bytes = 100 });
	struct wait *full, *w, *done;
	char t[200];

	w = out_buffer_readable(b, 0, 0);
	ok(w != NULL && !wait_done(w) && out_buffer_full(b) == NULL,
	    "an empty buffer has room and nothing to read");
	put(b, 0, 1, 30);
	put(b, 0, 2, 30);
	put(b, 1, 3, 30);
	ok(wait_done(w) && out_buffer_readable(b, 0, 0) == NULL,
	    "an item wakes its reader");
	wait_drop(&w);
	is_str(got(b, 0, 0, 1000, t), "1 2", "a batch");
	is_str(got(b, 0, 0, 1000, t), "1 2", "the same again");
	is_str(got(b, 0, 0, 10, t), "1", "at least one item");
	put(b, 0, 4, 30);
	full = out_buffer_full(b);
	ok(full != NULL && wait_kind(full) == WAIT_OUTPUT_BUFFER,
	    "a full buffer stops producers");
	is_str(got(b, 0, 1, 1000, t), "2 4", "asking for 1 acknowledges 0");
	ok(wait_done(full), "and makes room");
	wait_drop(&full);
	is_str(got(b, 0, 0, 1000, t), "PAGE_TRANSPORT_ERROR",
	    "an acknowledged token is gone");
	is_str(got(b, 0, 9, 1000, t), "PAGE_TRANSPORT_ERROR",
	    "a future one is not there yet");
	is_str(got(b, 7, 0, 1000, t), "PAGE_TRANSPORT_ERROR",
	    "nor is an unknown consumer");
	out_buffer_finish(b);
	is_str(got(b, 0, 1, 1000, t), "2 4.", "the last batch says so");
	is_str(got(b, 0, 3, 1000, t), ".", "then only that is left");
	done = out_buffer_done(b);
	out_buffer_abort(b, 0);
	ok(!out_buffer_drained(b) && !wait_done(done), "the other is not done");
	out_buffer_abort(b, 1);
	ok(out_buffer_drained(b) && wait_done(done) && out_buffer_unwanted(b),
	    "an abort drops what is left");
	wait_drop(&done);
	put(b, 1, 9, 9);
	out_buffer_drop(&b);
}

static void
test_broadcast(void)
{
	struct out_buffer *b = out_buffer_new(&(struct out_options){
	    .kind = OUT_BROADCAST, .consumers = 1, .more_consumers = true,
	    .max_bytes = 100 });
	struct out_stats s;
	char t[200];

	put(b, 0, 1, 60);
	put(b, 0, 2, 60);
	is_str(got(b, 0, 2, 1000, t), "", "all read by the first consumer");
	out_buffer_stats(b, &s);
	ok(s.held_bytes == 120 && s.full, "kept, once, for those to come");
	out_buffer_consumers(b, 3, true);
	is_str(got(b, 2, 0, 1000, t), "1 2", "a late one gets everything");
	is_str(got(b, 1, 2, 1000, t), "", "and another skips");
	out_buffer_stats(b, &s);
	ok(s.held_bytes == 120, "held for the slowest");
	is_str(got(b, 2, 1, 1000, t), "2", "which goes on");
	out_buffer_stats(b, &s);
	ok(s.held_bytes == 60 && !s.full && s.items == 2 && s.rows == 2,
	    "bytes come back with the last reader");
	out_buffer_abort(b, 2);
	put(b, 0, 3, 10);
	out_buffer_finish(b);
	is_str(got(b, 0, 2, 1000, t), "3.", "one of two readers");
	is_str(got(b, 1, 2, 1000, t), "3.", "and the other");
	out_buffer_drop(&b);
}

static void
test_arbitrary(void)
{
	struct out_buffer *b = out_buffer_new(&(struct out_options){
	    .kind = OUT_ARBITRARY, .consumers = 2 });
	struct err e;
	char t[200];

	for (int i = 1; i <= 5; i++)
		put(b, 0, (uint64_t)i, 10);
	is_str(got(b, 0, 0, 20, t), "1 2", "who asks first is served first");
	is_str(got(b, 1, 0, 20, t), "3 4", "the other gets the next");
	is_str(got(b, 0, 0, 20, t), "1 2", "a repeated pull gets its own");
	out_buffer_finish(b);
	is_str(got(b, 1, 2, 20, t), "5.", "the last one");
	is_str(got(b, 0, 2, 20, t), ".", "and none");
	out_buffer_drop(&b);
	b = out_buffer_new(&(struct out_options){ .consumers = 1 });
	put(b, 0, 1, 10);
	err_set(&e, ERR_DIVISION_BY_ZERO, "Division by zero");
	out_buffer_fail(b, &e);
	is_str(got(b, 0, 0, 20, t), "DIVISION_BY_ZERO",
	    "a failure goes before what is left");
	ok(out_buffer_readable(b, 0, 1) == NULL && out_buffer_drained(b),
	    "and wakes everybody");
	out_buffer_drop(&b);
}

/* --- threads --- */

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS = 20000 };

struct work {
	struct out_buffer *b;
	int number;
	uint64_t sum, count;
	bool ordered;
};

static void
set_flag(void *arg)
{
	atomic_store((atomic_int *)arg, 1);
}

static void
wait_for(struct wait *w)
{
	atomic_int flag = 0;

	if (w == NULL)
		return;
	wait_then(w, set_flag, &flag);
	while (!atomic_load(&flag))
		sched_yield();
	wait_drop(&w);
}

static void *
producer(void *arg)
{
	struct work *w = arg;

	for (int i = 1; i <= ITEMS; i++) {
		struct wait *full;

		/* A token may have completed for room that is gone again. */
		while ((full = out_buffer_full(w->b)) != NULL)
			wait_for(full);
		put(w->b, i % CONSUMERS, (uint64_t)i, 100);
	}
	return NULL;
}

static void *
consumer(void *arg)
{
	struct work *w = arg;
	uint64_t token = 0;
	struct out_batch batch;
	bool complete = false;
	struct err e;

	while (!complete) {
		if (out_buffer_get(w->b, w->number, token, 700, &batch, &e) <
		    0)
			return NULL;
		for (int i = 0; i < batch.n; i++) {
			w->sum += ((struct number_item *)batch.v[i])->number;
			w->count++;
		}
		token = batch.next;
		complete = batch.complete;
		if (batch.n == 0 && !complete)
			wait_for(out_buffer_readable(w->b, w->number, token));
		out_batch_release(&batch);
	}
	out_buffer_abort(w->b, w->number);
	return NULL;
}

static void
test_threads(enum out_kind kind, const char *name)
{
	struct out_buffer *b = out_buffer_new(&(struct out_options){
	    .kind = kind, .consumers = CONSUMERS, .max_bytes = 2000 });
	struct work p = { .b = b }, c[CONSUMERS];
	pthread_t pt[PRODUCERS], ct[CONSUMERS];
	uint64_t sum = 0, want = (uint64_t)PRODUCERS * ITEMS * (ITEMS + 1) / 2;
	struct out_stats s;

	for (int i = 0; i < CONSUMERS; i++) {
		c[i] = (struct work){ .b = b, .number = i };
		pthread_create(&ct[i], NULL, consumer, &c[i]);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_create(&pt[i], NULL, producer, &p);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(pt[i], NULL);
	out_buffer_finish(b);
	for (int i = 0; i < CONSUMERS; i++) {
		pthread_join(ct[i], NULL);
		sum += c[i].sum;
	}
	if (kind == OUT_BROADCAST)
		want *= CONSUMERS;
	out_buffer_stats(b, &s);
	ok(sum == want && s.held_bytes == 0 && s.peak_bytes <=
	    2000 + PRODUCERS * 100, "%s: three producers, three consumers, "
	    "within its bytes", name);
	ok(out_buffer_drained(b), "%s: drained", name);
	out_buffer_drop(&b);
}

int
main(void)
{
	test_tokens();
	test_broadcast();
	test_arbitrary();
	test_threads(OUT_PARTITIONED, "partitioned");
	test_threads(OUT_BROADCAST, "broadcast");
	test_threads(OUT_ARBITRARY, "arbitrary");
	return tap_done();
}
