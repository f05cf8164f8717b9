/* SPDX-License-Identifier: Apache-2.0
 * nng_ask.c - requests to peers: one REQ socket a peer, one context a request.
 *
 *   SENDING  waits for a pipe (the peer may not be there yet) and hands the
 *            message to it, at most connect_ns
 *   WAITING  for the reply, until the deadline
 *
 * The two follow each other on one aio: nng 1.5.2 is not to be trusted with
 * both at once.  Resending is off, so a lost pipe ends the request.  Contexts
 * are used again; a peer that could not be reached is closed, off the
 * callback, and opened anew when it is asked again. */
#include "net/nng_priv.h"

#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"

enum request_state { IDLE, SENDING, WAITING };

struct peer {
	struct nng_transport *t;
	char *address;
	nng_socket socket;
	struct request *free;   /* t->lock */
	int open;               /* t->lock: requests under way */
	bool retired;           /* t->lock: not in the map any more */
	struct peer *next;      /* t->retired */
};

struct request {
	struct peer *peer;
	struct request *next_free;
	nng_ctx ctx;
	nng_aio *aio;
	enum request_state state;
	bool cancelled;                 /* t->lock */
	uint32_t index, generation;
	actor_id reply_to;
	uint64_t tag;
	int64_t deadline;               /* 0: none */
};

static int64_t
now_ns(struct nng_transport *t)
{
	return env_mono_ns(rt_env(t->t.rt));
}

/* --- peers --- */

static void on_done(void *arg);

static struct peer *
peer_open(struct nng_transport *t, const char *address, char *text, size_t n)
{
	struct peer *p = xcalloc(1, sizeof(*p));
	nng_dialer d;
	int r;

	r = nng_req0_open(&p->socket);
	if (r == 0) {
		nng_socket_set_ms(p->socket, NNG_OPT_REQ_RESENDTIME,
		    NNG_DURATION_INFINITE);
		nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ,
		    t->o.max_reply);
		nng_socket_set_ms(p->socket, NNG_OPT_RECONNMINT, 20);
		nng_socket_set_ms(p->socket, NNG_OPT_RECONNMAXT, 1000);
		r = nng_dialer_create(&d, p->socket, address);
		if (r == 0)
			r = nng_dialer_start(d, NNG_FLAG_NONBLOCK);
		if (r != 0)
			nng_close(p->socket);
	}
	if (r != 0) {
		snprintf(text, n, "cannot dial %s: %s", address,
		    nng_strerror(r));
		free(p);
		return NULL;
	}
	p->t = t;
	p->address = xstrdup(address);
	return p;
}

static void
peer_free(void *arg)
{
	struct peer *p = arg;
	struct request *r, *next;

	/* The socket is closed; waits for callbacks. */
	for (r = p->free; r != NULL; r = next) {
		next = r->next_free;
		nng_aio_free(r->aio);
		free(r);
	}
	free(p->address);
	free(p);
}

/* Under the lock: out of the map; who asks next opens a new one. */
static void
peer_retire(struct peer *p)
{
	if (p->retired)
		return;
	p->retired = true;
	map_del(&p->t->peers, str_of(p->address));
	p->next = p->t->retired;
	p->t->retired = p;
}

/* Under the lock, with p retired and nothing open: its close as a job. */
static bool
peer_unlink(struct peer *p)
{
	struct peer **at = &p->t->retired;

	if (!p->retired || p->open > 0 || p->t->closed)
		return false;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	return true;
}

void
peers_close(struct nng_transport *t)
{
	struct map_entry *m;
	uint32_t at = 0;
	struct peer *p;

	pthread_mutex_lock(&t->lock);
	t->closed = true;
	for (uint32_t i = 0; i < t->n; i++)
		if (t->v[i] != NULL && t->v[i]->state != IDLE)
			t->v[i]->cancelled = true;
	while ((m = map_next(&t->peers, &at)) != NULL)
		peer_retire(m->value);
	p = t->retired;
	t->retired = NULL;
	pthread_mutex_unlock(&t->lock);
	while (p != NULL) {
		struct peer *next = p->next;

		/* First ends what is open there; p goes when that has. */
		socket_close(p->socket, peer_free, p, 1);
		p = next;
	}
	pthread_mutex_lock(&t->lock);
	while (t->n_open > 0)
		pthread_cond_wait(&t->quiet, &t->lock);
	free(t->v);
	t->v = NULL;
	t->n = 0;
	pthread_mutex_unlock(&t->lock);
	map_release(&t->peers);
}

/* --- requests --- */

static uint64_t
request_id(const struct request *r)
{
	return (uint64_t)r->generation << 32 | r->index;
}

static struct request *
request_new(struct peer *p)
{
	struct request *r = xcalloc(1, sizeof(*r));

	r->peer = p;
	r->index = UINT32_MAX;
	CHECK(nng_aio_alloc(&r->aio, on_done, r) == 0);
	if (nng_ctx_open(&r->ctx, p->socket) != 0) {
		nng_aio_free(r->aio);
		free(r);
		return NULL;
	}
	return r;
}

/* A request of a peer held by p->open; gives that back when it fails. */
static struct request *
request_get(struct peer *p)
{
	struct nng_transport *t = p->t;
	struct request *r;

	pthread_mutex_lock(&t->lock);
	r = p->free;
	if (r != NULL)
		p->free = r->next_free;
	pthread_mutex_unlock(&t->lock);
	if (r == NULL)
		r = request_new(p);
	if (r == NULL) {
		pthread_mutex_lock(&t->lock);
		p->open--;
		pthread_mutex_unlock(&t->lock);
	}
	return r;
}

/* The peer of an address, held by its count of open requests; NULL and a
 * text when there can be none. */
static struct peer *
peer_get(struct nng_transport *t, const char *address, char *text, size_t n)
{
	struct peer *p, *mine = NULL;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		p = t->closed ? NULL : map_get(&t->peers, str_of(address));
		if (p == NULL && mine != NULL && !t->closed) {
			map_put(&t->peers, str_of(address), mine);
			p = mine;
			mine = NULL;
		}
		if (p != NULL)
			p->open++;
		if (p != NULL || t->closed || mine != NULL)
			break;
		pthread_mutex_unlock(&t->lock);
		mine = peer_open(t, address, text, n);
		if (mine == NULL)
			return NULL;
	}
	pthread_mutex_unlock(&t->lock);
	if (mine != NULL)
		socket_close(mine->socket, peer_free, mine, 0);
	return p;
}

/* Under the lock: a place in the table, which names it. */
static void
request_enter(struct nng_transport *t, struct request *r)
{
	uint32_t i = 0;

	while (i < t->n && t->v[i] != NULL)
		i++;
	if (i == t->n) {
		uint32_t n = t->n == 0 ? 16 : t->n * 2;

		t->v = xrealloc(t->v, n * sizeof(struct request *));
		memset(t->v + t->n, 0, (n - t->n) * sizeof(struct request *));
		t->n = n;
	}
	t->v[i] = r;
	r->index = i;
	r->generation = ++t->next_generation;
	r->cancelled = false;
	r->state = SENDING;
	t->n_open++;
}

static void
reply(struct nng_transport *t, const struct ask *a, int rc, const char *text)
{
	struct msg_reply *m = msg_reply_new(a->tag);

	m->rc = rc;
	snprintf(m->text, sizeof(m->text), "%s", text);
	actor_send(t->t.rt, a->reply_to, &(struct msg *){ &m->m });
}

/* The end of a request: tells the asker, makes r free for the next. */
static void
finish(struct request *r, int rc, const char *text, nng_msg *body)
{
	struct peer *p = r->peer;
	struct nng_transport *t = p->t;
	struct msg_reply *m = msg_reply_new(r->tag);
	actor_id to = r->reply_to;
	bool gone, last;

	m->rc = rc;
	if (rc == 0)
		m->body = nng_frame_of(body);
	else
		snprintf(m->text, sizeof(m->text), "%s", text);
	/* The asker hears of it before the transport may be quiet. */
	actor_send(t->t.rt, to, &(struct msg *){ &m->m });
	pthread_mutex_lock(&t->lock);
	t->v[r->index] = NULL;
	r->state = IDLE;
	r->next_free = p->free;
	p->free = r;
	p->open--;
	gone = peer_unlink(p);
	last = --t->n_open == 0;
	if (last)
		pthread_cond_broadcast(&t->quiet);
	pthread_mutex_unlock(&t->lock);
	/* Closing waits for this very callback: no waiting here. */
	if (gone)
		socket_close(p->socket, peer_free, p, 0);
}

static void
failed(struct request *r, int rv)
{
	struct peer *p = r->peer;
	struct nng_transport *t = p->t;
	bool cancelled, sending = r->state == SENDING;
	char text[160];
	int rc = -ERR_REMOTE_HOST_GONE;

	pthread_mutex_lock(&t->lock);
	cancelled = r->cancelled;
	if (sending && rv == NNG_ETIMEDOUT)
		peer_retire(p);
	pthread_mutex_unlock(&t->lock);
	if (cancelled)
		rc = -ERR_USER_CANCELED;
	else if (rv == NNG_ETIMEDOUT && !sending)
		rc = -ERR_PAGE_TRANSPORT_TIMEOUT;
	snprintf(text, sizeof(text), "%s: %s", p->address, cancelled ?
	    "cancelled" : sending && rv == NNG_ETIMEDOUT
	    ? "cannot be reached" : nng_strerror(rv));
	finish(r, rc, text, NULL);
}

static void
replied(struct request *r)
{
	nng_msg *m = nng_aio_get_msg(r->aio);
	int status = msg_open(r->peer->t, m);

	if (status == STATUS_OK) {
		finish(r, 0, NULL, m);
		return;
	}
	nng_msg_free(m);
	finish(r, -ERR_REMOTE_HOST_GONE, status == STATUS_REFUSED
	    ? "refused by the peer" : "the reply is not authentic", NULL);
}

/* Sets what is left of the time; false: nothing is. */
static bool
set_timeout(struct request *r, int64_t most_ns)
{
	struct nng_transport *t = r->peer->t;
	int64_t left = r->deadline == 0 ? INT64_MAX
	    : r->deadline - now_ns(t);

	if (most_ns > 0)
		left = MIN(left, most_ns);
	nng_aio_set_timeout(r->aio, left == INT64_MAX ? NNG_DURATION_INFINITE
	    : (nng_duration)MIN((MAX(left, 0) + 999999) / 1000000,
	    INT64_C(2000000000)));
	return left > 0;
}

/* The message is with a pipe: now for the reply. */
static void
begin_waiting(struct request *r)
{
	struct nng_transport *t = r->peer->t;
	bool in_time = set_timeout(r, 0), cancelled;
	uint32_t index = r->index;
	uint64_t id = request_id(r);

	pthread_mutex_lock(&t->lock);
	cancelled = r->cancelled;
	r->state = WAITING;
	pthread_mutex_unlock(&t->lock);
	if (cancelled || !in_time) {
		failed(r, cancelled ? NNG_ECANCELED : NNG_ETIMEDOUT);
		return;
	}
	atomic_fetch_add(&t->refs, 1);
	nng_ctx_recv(r->ctx, r->aio);
	/* A cancel that came before the receive had begun did nothing. */
	pthread_mutex_lock(&t->lock);
	if (index < t->n && t->v[index] != NULL &&
	    request_id(t->v[index]) == id && t->v[index]->cancelled)
		nng_aio_cancel(t->v[index]->aio);
	pthread_mutex_unlock(&t->lock);
	nng_transport_drop(t);
}

/* A thread of nng's. */
static void
on_done(void *arg)
{
	struct request *r = arg;
	struct nng_transport *t = r->peer->t;
	int rv = nng_aio_result(r->aio);

	nng_arena_stay(t->arena);
	if (r->state == WAITING) {
		if (rv == 0)
			replied(r);
		else
			failed(r, rv);
		return;
	}
	if (rv != 0) {
		nng_msg *m = nng_aio_get_msg(r->aio);

		if (m != NULL)
			nng_msg_free(m);
		failed(r, rv);
		return;
	}
	begin_waiting(r);
}

uint64_t
nng_ask(struct transport *tt, const struct ask *a)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	char text[160] = "the transport is closed";
	struct peer *p = peer_get(t, a->peer, text, sizeof(text));
	struct request *r = NULL;
	nng_msg *m;
	uint64_t id;

	if (p != NULL)
		r = request_get(p);
	if (r == NULL) {
		frame_drop(&(struct frame *){ a->body });
		reply(t, a, -ERR_REMOTE_HOST_GONE, text);
		return UINT64_MAX;
	}
	r->reply_to = a->reply_to;
	r->tag = a->tag;
	r->deadline = a->timeout_ns > 0 ? now_ns(t) + a->timeout_ns : 0;
	m = frame_to_msg(t, a->body, STATUS_OK);
	nng_aio_set_msg(r->aio, m);
	set_timeout(r, t->o.connect_ns);
	pthread_mutex_lock(&t->lock);
	request_enter(t, r);
	id = request_id(r);
	pthread_mutex_unlock(&t->lock);
	nng_ctx_send(r->ctx, r->aio);
	return id;
}

void
nng_cancel(struct transport *tt, uint64_t id)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	uint32_t i = (uint32_t)id;

	/* Under the lock, or the aio might be another request's by now; nng
	 * ends a cancelled one on its own threads, not in here. */
	pthread_mutex_lock(&t->lock);
	if (i < t->n && t->v[i] != NULL && request_id(t->v[i]) == id) {
		t->v[i]->cancelled = true;
		nng_aio_cancel(t->v[i]->aio);
	}
	pthread_mutex_unlock(&t->lock);
}
