/* SPDX-License-Identifier: Apache-2.0
 * out_buffer.c - items waiting for consumers; see out_buffer.h.
 *
 * Each consumer has a queue of what is its own and not acknowledged; an entry
 * counts the queues that hold it, and its bytes are given back with the
 * last.  Tokens are woken after the lock is let go: listeners may come back. */
#include "net/out_buffer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"

struct entry {
	struct out_item *item;
	int holders;
};

struct queue {
	struct entry **v;
	size_t head, n, cap;    /* v[head..head+n) */
};

struct consumer {
	struct queue q;
	uint64_t first;         /* token of the queue's head */
	bool done;              /* wants nothing more */
	struct wait_list readers;
};

struct out_buffer {
	atomic_int refs;
	pthread_mutex_t lock;           /* the rest but the wait lists */
	enum out_kind kind;
	size_t max_bytes, held, peak;
	struct consumer **c;
	int n, n_done;
	bool more, finished, failed;
	struct err err;
	struct queue common;    /* ARBITRARY: not taken yet; BROADCAST: all,
				 * until the last consumer is known */
	uint64_t items, rows, bytes;
	struct wait_list producers, done;
};

/* --- items --- */

void
out_item_init(struct out_item *item, const struct out_item_kind *kind,
    size_t bytes, uint32_t rows)
{
	atomic_init(&item->refs, 1);
	item->kind = kind;
	item->bytes = bytes;
	item->rows = rows;
}

struct out_item *
out_item_ref(struct out_item *item)
{
	atomic_fetch_add_explicit(&item->refs, 1, memory_order_relaxed);
	return item;
}

void
out_item_drop(struct out_item **ip)
{
	struct out_item *item = *ip;

	*ip = NULL;
	if (item != NULL && atomic_fetch_sub(&item->refs, 1) == 1)
		item->kind->free(item);
}

void
out_batch_release(struct out_batch *b)
{
	for (int i = 0; i < b->n; i++)
		out_item_drop(&b->v[i]);
	b->n = 0;
}

/* --- queues --- */

static void
queue_push(struct queue *q, struct entry *e)
{
	if (q->head + q->n == q->cap) {
		if (q->head > 0 && q->head >= q->cap / 2) {
			memmove(q->v, q->v + q->head, q->n * sizeof(*q->v));
		} else {
			struct entry **v;

			q->cap = q->cap == 0 ? 16 : q->cap * 2;
			v = xmalloc(q->cap * sizeof(*v));
			if (q->n > 0)
				memcpy(v, q->v + q->head, q->n * sizeof(*v));
			free(q->v);
			q->v = v;
		}
		q->head = 0;
	}
	q->v[q->head + q->n++] = e;
	e->holders++;
}

static struct entry *
queue_pop(struct queue *q)
{
	struct entry *e = q->v[q->head++];

	if (--q->n == 0)
		q->head = 0;
	return e;
}

static void
entry_leave(struct out_buffer *b, struct entry *e)
{
	if (--e->holders > 0)
		return;
	b->held -= e->item->bytes;
	out_item_drop(&e->item);
	free(e);
}

static void
queue_clear(struct out_buffer *b, struct queue *q)
{
	while (q->n > 0)
		entry_leave(b, queue_pop(q));
	free(q->v);
	*q = (struct queue){ 0 };
}

/* --- state --- */

static bool
unwanted(const struct out_buffer *b)
{
	return !b->more && b->n_done == b->n;
}

static bool
drained(const struct out_buffer *b)
{
	return b->failed || unwanted(b);
}

static bool
is_full(const struct out_buffer *b)
{
	return b->held >= b->max_bytes && !b->finished && !b->failed &&
	    !unwanted(b);
}

/* Unlocks, then wakes those for whom something changed. */
static void
unlock_and_wake(struct out_buffer *b, struct consumer *reader, bool all)
{
	bool room = !is_full(b), over = drained(b);
	int n = all ? b->n : 0;
	struct consumer **c = NULL;

	if (n > 0) {
		c = xmalloc((size_t)n * sizeof(*c));
		memcpy(c, b->c, (size_t)n * sizeof(*c));
	}
	pthread_mutex_unlock(&b->lock);
	if (room)
		wait_list_wake(&b->producers);
	if (over)
		wait_list_wake(&b->done);
	if (reader != NULL)
		wait_list_wake(&reader->readers);
	for (int i = 0; i < n; i++)
		wait_list_wake(&c[i]->readers);
	free(c);
}

/* Under the lock.  BROADCAST: a new one gets what there was. */
static void
add_consumers(struct out_buffer *b, int n, bool last)
{
	if (n > b->n)
		b->c = xrealloc(b->c, (size_t)n * sizeof(*b->c));
	while (b->n < n) {
		struct consumer *c = xcalloc(1, sizeof(*c));

		wait_list_init(&c->readers);
		b->c[b->n++] = c;
		if (b->kind == OUT_BROADCAST)
			for (size_t i = 0; i < b->common.n; i++)
				queue_push(&c->q,
				    b->common.v[b->common.head + i]);
	}
	if (last && b->more) {
		b->more = false;
		if (b->kind == OUT_BROADCAST)
			queue_clear(b, &b->common);
	}
}

struct out_buffer *
out_buffer_new(const struct out_options *o)
{
	struct out_buffer *b = xcalloc(1, sizeof(*b));

	atomic_init(&b->refs, 1);
	pthread_mutex_init(&b->lock, NULL);
	wait_list_init(&b->producers);
	wait_list_init(&b->done);
	b->kind = o->kind;
	b->max_bytes = o->max_bytes == 0 ? OUT_BUFFER_BYTES : o->max_bytes;
	b->more = true;
	add_consumers(b, o->consumers, !o->more_consumers);
	return b;
}

struct out_buffer *
out_buffer_ref(struct out_buffer *b)
{
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

void
out_buffer_drop(struct out_buffer **bp)
{
	struct out_buffer *b = *bp;

	*bp = NULL;
	if (b == NULL || atomic_fetch_sub(&b->refs, 1) != 1)
		return;
	for (int i = 0; i < b->n; i++) {
		queue_clear(b, &b->c[i]->q);
		wait_list_release(&b->c[i]->readers);
		free(b->c[i]);
	}
	queue_clear(b, &b->common);
	wait_list_release(&b->producers);
	wait_list_release(&b->done);
	pthread_mutex_destroy(&b->lock);
	free(b->c);
	free(b);
}

void
out_buffer_consumers(struct out_buffer *b, int n, bool last)
{
	pthread_mutex_lock(&b->lock);
	add_consumers(b, n, last);
	unlock_and_wake(b, NULL, true);
}

/* --- producers --- */

static void
add_to_all(struct out_buffer *b, struct entry *e)
{
	for (int i = 0; i < b->n; i++)
		if (!b->c[i]->done)
			queue_push(&b->c[i]->q, e);
	if (b->more)
		queue_push(&b->common, e);
}

void
out_buffer_add(struct out_buffer *b, int consumer, struct out_item **item)
{
	struct consumer *c = NULL;
	struct entry *e = xmalloc(sizeof(*e));

	*e = (struct entry){ *item, 1 };
	*item = NULL;
	pthread_mutex_lock(&b->lock);
	b->held += e->item->bytes;
	if (!b->finished && !b->failed) {
		b->items++;
		b->rows += e->item->rows;
		b->bytes += e->item->bytes;
		if (b->kind == OUT_BROADCAST)
			add_to_all(b, e);
		else if (b->kind == OUT_ARBITRARY && !unwanted(b))
			queue_push(&b->common, e);
		else if (b->kind == OUT_PARTITIONED) {
			CHECK(consumer >= 0 && consumer < b->n);
			c = b->c[consumer];
			if (!c->done)
				queue_push(&c->q, e);
		}
	}
	if (b->held > b->peak)
		b->peak = b->held;
	entry_leave(b, e);
	unlock_and_wake(b, c, c == NULL);
}

struct wait *
out_buffer_full(struct out_buffer *b)
{
	struct wait *w = NULL;

	/* The token is made under the lock, so that no room can come between
	 * the look and the list. */
	pthread_mutex_lock(&b->lock);
	if (is_full(b))
		w = wait_list_add(&b->producers, WAIT_OUTPUT_BUFFER);
	pthread_mutex_unlock(&b->lock);
	return w;
}

bool
out_buffer_unwanted(struct out_buffer *b)
{
	bool r;

	pthread_mutex_lock(&b->lock);
	r = unwanted(b) || b->failed;
	pthread_mutex_unlock(&b->lock);
	return r;
}

void
out_buffer_finish(struct out_buffer *b)
{
	pthread_mutex_lock(&b->lock);
	b->finished = true;
	unlock_and_wake(b, NULL, true);
}

void
out_buffer_fail(struct out_buffer *b, const struct err *e)
{
	pthread_mutex_lock(&b->lock);
	if (!b->failed) {
		b->failed = true;
		b->err = *e;
		for (int i = 0; i < b->n; i++)
			queue_clear(b, &b->c[i]->q);
		queue_clear(b, &b->common);
	}
	unlock_and_wake(b, NULL, true);
}

bool
out_buffer_drained(struct out_buffer *b)
{
	bool r;

	pthread_mutex_lock(&b->lock);
	r = drained(b);
	pthread_mutex_unlock(&b->lock);
	return r;
}

struct wait *
out_buffer_done(struct out_buffer *b)
{
	struct wait *w;
	bool now;

	pthread_mutex_lock(&b->lock);
	w = wait_list_add(&b->done, WAIT_SINK);
	now = drained(b);
	pthread_mutex_unlock(&b->lock);
	if (now)
		wait_complete(w);
	return w;
}

/* --- consumers --- */

static int
find_consumer(struct out_buffer *b, int consumer, struct consumer **c,
    struct err *e)
{
	if (b->failed) {
		if (e != NULL)
			*e = b->err;
		return -(int)b->err.code;
	}
	if (consumer < 0 || consumer >= b->n)
		return err_set(e, ERR_PAGE_TRANSPORT_ERROR,
		    "Output buffer has no consumer %d", consumer);
	*c = b->c[consumer];
	return 0;
}

/* ARBITRARY: takes of the common queue until `bytes` are there. */
static void
take_common(struct out_buffer *b, struct consumer *c, size_t bytes)
{
	size_t have = 0;

	for (size_t i = 0; i < c->q.n; i++)
		have += c->q.v[c->q.head + i]->item->bytes;
	while (b->common.n > 0 && c->q.n < OUT_BATCH_ITEMS &&
	    (c->q.n == 0 || have + b->common.v[b->common.head]->item->bytes <=
	    bytes)) {
		struct entry *e = queue_pop(&b->common);

		have += e->item->bytes;
		queue_push(&c->q, e);
		e->holders--;
	}
}

int
out_buffer_get(struct out_buffer *b, int consumer, uint64_t token,
    size_t max_bytes, struct out_batch *out, struct err *e)
{
	struct consumer *c = NULL;
	size_t bytes = 0;
	int r;

	*out = (struct out_batch){ .token = token, .next = token };
	pthread_mutex_lock(&b->lock);
	r = find_consumer(b, consumer, &c, e);
	if (r == 0 && c->done)
		out->complete = true;
	else if (r == 0 && (token < c->first || token > c->first + c->q.n))
		r = err_set(e, ERR_PAGE_TRANSPORT_ERROR,
		    "Output buffer token %llu is out of its range %llu..%llu",
		    (unsigned long long)token, (unsigned long long)c->first,
		    (unsigned long long)(c->first + c->q.n));
	if (r < 0 || out->complete) {
		pthread_mutex_unlock(&b->lock);
		return r;
	}
	for (; c->first < token; c->first++)
		entry_leave(b, queue_pop(&c->q));
	if (b->kind == OUT_ARBITRARY)
		take_common(b, c, max_bytes);
	for (size_t i = 0; i < c->q.n && out->n < OUT_BATCH_ITEMS; i++) {
		struct out_item *item = c->q.v[c->q.head + i]->item;

		if (out->n > 0 && bytes + item->bytes > max_bytes)
			break;
		bytes += item->bytes;
		out->v[out->n++] = out_item_ref(item);
	}
	out->next = token + (uint64_t)out->n;
	out->complete = b->finished && (size_t)out->n == c->q.n &&
	    (b->kind != OUT_ARBITRARY || b->common.n == 0);
	unlock_and_wake(b, NULL, false);
	return 0;
}

struct wait *
out_buffer_readable(struct out_buffer *b, int consumer, uint64_t token)
{
	struct consumer *c = NULL;
	struct wait *w = NULL;

	pthread_mutex_lock(&b->lock);
	if (find_consumer(b, consumer, &c, NULL) == 0 && !c->done &&
	    token == c->first + c->q.n && !b->finished &&
	    (b->kind != OUT_ARBITRARY || b->common.n == 0))
		w = wait_list_add(&c->readers, WAIT_EXCHANGE);
	pthread_mutex_unlock(&b->lock);
	return w;
}

void
out_buffer_abort(struct out_buffer *b, int consumer)
{
	struct consumer *c = NULL;

	pthread_mutex_lock(&b->lock);
	if (consumer >= 0 && consumer < b->n && !b->c[consumer]->done) {
		c = b->c[consumer];
		c->done = true;
		b->n_done++;
		c->first += c->q.n;
		queue_clear(b, &c->q);
		if (b->kind == OUT_ARBITRARY && unwanted(b))
			queue_clear(b, &b->common);
	}
	unlock_and_wake(b, c, false);
}

void
out_buffer_stats(struct out_buffer *b, struct out_stats *s)
{
	pthread_mutex_lock(&b->lock);
	*s = (struct out_stats){
		.items = b->items,
		.rows = b->rows,
		.bytes = b->bytes,
		.held_bytes = b->held,
		.peak_bytes = b->peak,
		.consumers = b->n,
		.consumers_done = b->n_done,
		.finished = b->finished,
		.failed = b->failed,
		.full = is_full(b),
	};
	pthread_mutex_unlock(&b->lock);
}
