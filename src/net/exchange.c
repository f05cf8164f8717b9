/* SPDX-License-Identifier: Apache-2.0
 * exchange.c - the reading side of page streams: the queue that drivers read,
 * and sources in this process; see exchange.h.  exchange_pull.c has the actor
 * that asks other nodes. */
#include "net/exchange_priv.h"

#include <stdlib.h>

#include "base/check.h"

struct exchange *
exchange_new(struct rt *rt, const struct exchange_options *o)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	atomic_init(&x->refs, 1);
	x->rt = rt;
	x->o = *o;
	if (x->o.max_bytes == 0)
		x->o.max_bytes = 32 << 20;
	if (x->o.max_reply == 0)
		x->o.max_reply = (1 << 20) - PULL_SLACK;
	if (x->o.concurrent == 0)
		x->o.concurrent = 8;
	if (x->o.max_error_ns == 0)
		x->o.max_error_ns = INT64_C(300) * 1000000000;
	if (x->o.wait_ns == 0)
		x->o.wait_ns = 1000000000;
	if (o->account != NULL)
		mem_account_ref(o->account);
	pthread_mutex_init(&x->lock, NULL);
	wait_list_init(&x->readers);
	return x;
}

struct exchange *
exchange_ref(struct exchange *x)
{
	atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
	return x;
}

static void
item_clear(struct exchange *x, struct exchange_item *i)
{
	out_item_drop(&i->item);
	frame_drop(&i->frame);
	mem_release(x->o.account, i->charged);
	i->charged = 0;
}

static void
clear_queue(struct exchange *x)
{
	while (x->n > 0) {
		item_clear(x, &x->v[x->head++]);
		x->n--;
	}
	x->head = 0;
	x->queued = 0;
}

void
exchange_drop(struct exchange *x)
{
	if (atomic_fetch_sub(&x->refs, 1) != 1)
		return;
	clear_queue(x);
	for (int i = 0; i < x->n_sources; i++) {
		struct source *s = x->source[i];

		out_batch_release(&s->batch);
		out_buffer_drop(&s->local);
		free(s->peer);
		free(s->task);
		free(s);
	}
	free(x->source);
	free(x->v);
	wait_list_release(&x->readers);
	mem_account_drop(&x->o.account);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

int
exchange_add(struct exchange *x, const struct exchange_source *from)
{
	struct source *s = xcalloc(1, sizeof(*s));
	bool remote = from->local == NULL;
	int number;

	s->x = x;
	s->buffer = from->buffer;
	if (remote) {
		CHECK(x->o.transport != NULL);
		s->peer = xstrdup(from->peer);
		s->task = xstrdup(from->task);
	} else
		s->local = out_buffer_ref(from->local);
	pthread_mutex_lock(&x->lock);
	number = s->number = x->n_sources++;
	x->source = xrealloc(x->source,
	    (size_t)x->n_sources * sizeof(*x->source));
	x->source[number] = s;
	if (remote && x->actor == 0)
		exchange_spawn(x);
	pthread_mutex_unlock(&x->lock);
	if (remote)
		exchange_kick(x);
	wait_list_wake(&x->readers);
	return number;
}

void
exchange_no_more(struct exchange *x)
{
	pthread_mutex_lock(&x->lock);
	x->no_more = true;
	pthread_mutex_unlock(&x->lock);
	wait_list_wake(&x->readers);
}

void
exchange_close(struct exchange **xp)
{
	struct exchange *x = *xp;
	actor_id actor;

	*xp = NULL;
	if (x == NULL)
		return;
	pthread_mutex_lock(&x->lock);
	x->closed = true;
	clear_queue(x);
	actor = x->actor;
	pthread_mutex_unlock(&x->lock);
	/* Sources are only ever added by the owner, who is here. */
	for (int i = 0; i < x->n_sources; i++)
		if (x->source[i]->local != NULL)
			out_buffer_abort(x->source[i]->local,
			    x->source[i]->buffer);
	if (actor != 0)
		actor_stop(x->rt, actor);
	wait_list_wake(&x->readers);
	exchange_drop(x);
}

/* Under the lock. */
void
exchange_fail_locked(struct exchange *x, const struct err *e)
{
	if (x->failed)
		return;
	x->failed = true;
	x->err = *e;
	clear_queue(x);
}

/* Under the lock; takes the frame's reference. */
void
exchange_push_locked(struct exchange *x, const struct exchange_item *item)
{
	if (x->head + x->n == x->cap) {
		if (x->head > 0)
			memmove(x->v, x->v + x->head, x->n * sizeof(*x->v));
		else {
			x->cap = x->cap == 0 ? 64 : x->cap * 2;
			x->v = xrealloc(x->v, x->cap * sizeof(*x->v));
		}
		x->head = 0;
	}
	x->v[x->head + x->n++] = *item;
	x->queued += item->bytes.n;
	x->peak = MAX(x->peak, x->queued);
}

/* --- sources in this process --- */

/* Under the lock.  Takes the next item of a local source. */
static bool
local_next(struct exchange *x, struct source *s, struct exchange_item *out)
{
	struct err e;

	while (!s->done) {
		if (s->at < s->batch.n) {
			*out = (struct exchange_item){
				.item = s->batch.v[s->at],
				.source = s->number,
			};
			s->batch.v[s->at++] = NULL;
			return true;
		}
		s->batch.n = 0;
		if (s->complete) {
			s->done = true;
			x->n_done++;
			out_buffer_abort(s->local, s->buffer);
			break;
		}
		/* Small steps, so that many drivers share what is there. */
		if (out_buffer_get(s->local, s->buffer, s->token, 1, &s->batch,
		    &e) < 0) {
			exchange_fail_locked(x, &e);
			break;
		}
		s->at = 0;
		s->token = s->batch.next;
		s->complete = s->batch.complete;
		if (s->batch.n == 0 && !s->complete)
			break;
	}
	return false;
}

static bool
any_local(struct exchange *x, struct exchange_item *out)
{
	int n = x->n_sources;

	for (int i = 0; i < n && !x->failed; i++) {
		struct source *s = x->source[x->turn++ % (unsigned)n];

		if (s->local != NULL && local_next(x, s, out))
			return true;
	}
	return false;
}

/* A local source's token completed. */
static void
local_wake(void *arg)
{
	struct source *s = arg;
	struct exchange *x = s->x;

	pthread_mutex_lock(&x->lock);
	s->armed = false;
	pthread_mutex_unlock(&x->lock);
	wait_list_wake(&x->readers);
	exchange_drop(x);
}

/* --- reading --- */

/* Under the lock.  The actor waits for room and there is some again. */
static bool
wants_kick(struct exchange *x)
{
	if (!x->starved || x->queued > x->o.max_bytes / 2)
		return false;
	x->starved = false;
	return true;
}

enum exchange_step
exchange_next(struct exchange *x, struct exchange_item *out, struct err *e)
{
	enum exchange_step r = EXCHANGE_ITEM;
	bool kick = false, over;

	pthread_mutex_lock(&x->lock);
	if (x->n > 0) {
		*out = x->v[x->head++];
		if (--x->n == 0)
			x->head = 0;
		x->queued -= out->bytes.n;
		kick = wants_kick(x);
	} else if (!any_local(x, out))
		r = x->no_more && x->n_done == x->n_sources ? EXCHANGE_DONE
		    : EXCHANGE_EMPTY;
	if (x->failed) {
		r = EXCHANGE_FAILED;
		if (e != NULL)
			*e = x->err;
	}
	if (r == EXCHANGE_ITEM) {
		x->items++;
		x->bytes += out->item != NULL ? out->item->bytes
		    : out->bytes.n;
	}
	over = r == EXCHANGE_DONE || r == EXCHANGE_FAILED;
	pthread_mutex_unlock(&x->lock);
	if (kick)
		exchange_kick(x);
	if (over)
		wait_list_wake(&x->readers);
	return r;
}

void
exchange_item_release(struct exchange *x, struct exchange_item *item)
{
	item_clear(x, item);
}

/* Under the lock: is there anything but EXCHANGE_EMPTY? */
static bool
has_news(struct exchange *x)
{
	if (x->closed || x->failed || x->n > 0 ||
	    (x->no_more && x->n_done == x->n_sources))
		return true;
	for (int i = 0; i < x->n_sources; i++) {
		struct source *s = x->source[i];

		if (s->local != NULL && !s->done &&
		    (s->at < s->batch.n || s->complete))
			return true;
	}
	return false;
}

struct wait *
exchange_wait(struct exchange *x)
{
	struct { struct source *s; struct wait *w; } *v = NULL;
	struct wait *w = NULL;
	bool news;
	int n = 0;

	pthread_mutex_lock(&x->lock);
	news = has_news(x);
	for (int i = 0; i < x->n_sources && !news; i++) {
		struct source *s = x->source[i];
		struct wait *t;

		if (s->local == NULL || s->done || s->armed)
			continue;
		t = out_buffer_readable(s->local, s->buffer, s->token);
		if (t == NULL) {
			news = true;
			break;
		}
		if (v == NULL)
			v = xmalloc((size_t)x->n_sources * sizeof(*v));
		v[n].s = s;
		v[n++].w = t;
		s->armed = true;
		exchange_ref(x);
	}
	if (!news)
		w = wait_list_add(&x->readers, WAIT_EXCHANGE);
	pthread_mutex_unlock(&x->lock);
	/* May call local_wake() at once, which takes the lock. */
	for (int i = 0; i < n; i++) {
		wait_then(v[i].w, local_wake, v[i].s);
		wait_drop(&v[i].w);
	}
	free(v);
	return w;
}

void
exchange_stats(struct exchange *x, struct exchange_stats *s)
{
	pthread_mutex_lock(&x->lock);
	*s = (struct exchange_stats){
		.items = x->items,
		.bytes = x->bytes,
		.queued_bytes = x->queued,
		.peak_bytes = x->peak,
		.requests = x->requests,
		.retries = x->retries,
		.sources = x->n_sources,
		.sources_done = x->n_done,
	};
	pthread_mutex_unlock(&x->lock);
}
