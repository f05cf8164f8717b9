/* SPDX-License-Identifier: Apache-2.0
 * nng_listen.c - requests of peers: a REP socket an address, a context a
 * request.
 *
 * A few contexts always receive; whoever gets a request leaves and another
 * takes its place, up to CALLS_MAX that wait for their answers.  (A context
 * sends its answer to the pipe that asked, and waits when that is busy; the
 * raw socket would drop it.) */
#include "net/nng_priv.h"

#include <arpa/inet.h>
#include <nng/protocol/reqrep0/rep.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"

enum { RECEIVING = 4 };

enum call_state { CALL_RECEIVING, CALL_OPEN, CALL_SENDING, CALL_FREE };

struct call {
	struct listener *l;
	struct call *next;      /* of all; never changes */
	struct call *next_free;
	nng_ctx ctx;
	nng_aio *aio;
	enum call_state state;
	char asker[64];
};

struct listener {
	struct nng_transport *t;
	struct listener *next;          /* t->lock */
	nng_socket socket;
	actor_id to;
	pthread_mutex_t lock;           /* the rest */
	struct call *all, *free;
	int n, receiving;
	bool closed;
	atomic_int refs;                /* the handle's, open calls' */
};

static void on_call(void *arg);

/* Under the lock.  A call that may receive, or NULL. */
static struct call *
call_get(struct listener *l)
{
	struct call *c = l->free;

	if (l->closed || l->receiving >= RECEIVING)
		return NULL;
	if (c != NULL)
		l->free = c->next_free;
	else {
		if (l->n >= CALLS_MAX)
			return NULL;
		c = xcalloc(1, sizeof(*c));
		c->l = l;
		CHECK(nng_aio_alloc(&c->aio, on_call, c) == 0);
		if (nng_ctx_open(&c->ctx, l->socket) != 0) {
			nng_aio_free(c->aio);
			free(c);
			return NULL;
		}
		c->next = l->all;
		l->all = c;
		l->n++;
	}
	c->state = CALL_RECEIVING;
	l->receiving++;
	return c;
}

static void
receive_more(struct listener *l)
{
	for (;;) {
		struct call *c;

		pthread_mutex_lock(&l->lock);
		c = call_get(l);
		pthread_mutex_unlock(&l->lock);
		if (c == NULL)
			return;
		nng_ctx_recv(c->ctx, c->aio);
	}
}

static void
call_put(struct call *c)
{
	struct listener *l = c->l;

	pthread_mutex_lock(&l->lock);
	c->state = CALL_FREE;
	c->next_free = l->free;
	l->free = c;
	pthread_mutex_unlock(&l->lock);
	receive_more(l);
}

static void
asker_name(struct call *c, nng_msg *m)
{
	nng_pipe p = nng_msg_get_pipe(m);
	nng_sockaddr a;

	if (nng_pipe_get_addr(p, NNG_OPT_REMADDR, &a) == 0 &&
	    a.s_family == NNG_AF_INET) {
		const uint8_t *b = (const uint8_t *)&a.s_in.sa_addr;

		snprintf(c->asker, sizeof(c->asker), "tcp://%d.%d.%d.%d:%d",
		    b[0], b[1], b[2], b[3], ntohs(a.s_in.sa_port));
	} else
		snprintf(c->asker, sizeof(c->asker), "pipe %d",
		    nng_pipe_id(p));
}

static void
received(struct call *c, nng_msg *m)
{
	struct listener *l = c->l;
	struct nng_transport *t = l->t;
	struct msg_request *r;

	asker_name(c, m);
	if (msg_open(t, m) != STATUS_OK) {
		log_warn("net", "dropped a request of %s that is not "
		    "authentic", c->asker);
		nng_msg_free(m);
		call_put(c);
		return;
	}
	c->state = CALL_OPEN;
	atomic_fetch_add(&l->refs, 1);
	atomic_fetch_add(&t->refs, 1);
	receive_more(l);
	r = msg_request_new(&t->t, c, nng_frame_of(m));
	actor_send(t->t.rt, l->to, &(struct msg *){ &r->m });
}

/* A thread of nng's. */
static void
on_call(void *arg)
{
	struct call *c = arg;
	struct listener *l = c->l;
	int rv = nng_aio_result(c->aio);
	bool was_receiving;

	nng_arena_stay(l->t->arena);
	pthread_mutex_lock(&l->lock);
	was_receiving = c->state == CALL_RECEIVING;
	if (was_receiving)
		l->receiving--;
	pthread_mutex_unlock(&l->lock);
	if (!was_receiving && rv != 0 && nng_aio_get_msg(c->aio) != NULL)
		nng_msg_free(nng_aio_get_msg(c->aio));
	if (was_receiving && rv == 0)
		received(c, nng_aio_get_msg(c->aio));
	else if (rv == NNG_ECLOSED || rv == NNG_ECANCELED) {
		pthread_mutex_lock(&l->lock);
		c->state = CALL_FREE;
		c->next_free = l->free;
		l->free = c;
		pthread_mutex_unlock(&l->lock);
	} else
		call_put(c);
}

/* --- the end of a listener --- */

static void
listener_free(void *arg)
{
	struct listener *l = arg;
	struct nng_transport *t = l->t;

	while (l->all != NULL) {
		struct call *c = l->all;

		l->all = c->next;
		nng_aio_free(c->aio);   /* waits for its callback */
		free(c);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
	nng_transport_drop(t);
}

static void
listener_drop(struct listener *l)
{
	/* Not here: this may be the callback that it would wait for.  (The
	 * socket is closed long since.) */
	if (atomic_fetch_sub(&l->refs, 1) == 1)
		socket_close(l->socket, listener_free, l, 0);
}

static void
listener_closed(void *arg)
{
	listener_drop(arg);
}

void
nng_answer(struct transport *tt, struct call *c, struct frame *body)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	struct listener *l = c->l;
	uint8_t status = body == NULL ? STATUS_REFUSED : STATUS_OK;
	bool closed;

	pthread_mutex_lock(&l->lock);
	closed = l->closed;
	c->state = closed ? CALL_FREE : CALL_SENDING;
	pthread_mutex_unlock(&l->lock);
	if (closed)
		frame_drop(&body);
	else {
		if (body == NULL)
			body = nng_frame_new(tt, 0);
		nng_aio_set_msg(c->aio, frame_to_msg(t, body, status));
		nng_ctx_send(c->ctx, c->aio);
	}
	listener_drop(l);
	nng_transport_drop(t);
}

const char *
nng_asker(struct transport *t, struct call *c)
{
	return c->asker;
}

/* "tcp://host:0" with the port that it got. */
static void
bound_address(nng_listener nl, const char *address, struct sbuf *to)
{
	const char *colon = strrchr(address, ':');
	nng_sockaddr a;

	if (strncmp(address, "tcp", 3) != 0 || colon == NULL ||
	    nng_listener_get_addr(nl, NNG_OPT_LOCADDR, &a) != 0) {
		sbuf_addz(to, address);
		return;
	}
	sbuf_addf(to, "%.*s:%d", (int)(colon - address), address,
	    a.s_family == NNG_AF_INET6 ? ntohs(a.s_in6.sa_port)
	    : ntohs(a.s_in.sa_port));
}

struct listener *
nng_listen_on(struct transport *tt, const char *address, size_t max_bytes,
    actor_id to, struct sbuf *bound, struct err *e)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	struct listener *l = xcalloc(1, sizeof(*l));
	nng_listener nl;
	int r;

	l->t = t;
	l->to = to;
	atomic_init(&l->refs, 1);
	pthread_mutex_init(&l->lock, NULL);
	r = nng_rep0_open(&l->socket);
	if (r == 0) {
		nng_socket_set_size(l->socket, NNG_OPT_RECVMAXSZ,
		    max_bytes + TRAIL_SIGNED);
		r = nng_listener_create(&nl, l->socket, address);
		if (r == 0)
			r = nng_listener_start(nl, 0);
		if (r != 0)
			nng_close(l->socket);
	}
	if (r != 0) {
		err_set(e, ERR_CONFIGURATION_INVALID,
		    "Cannot listen on %s: %s", address, nng_strerror(r));
		pthread_mutex_destroy(&l->lock);
		free(l);
		return NULL;
	}
	atomic_fetch_add(&t->refs, 1);
	if (bound != NULL)
		bound_address(nl, address, bound);
	pthread_mutex_lock(&t->lock);
	l->next = t->listeners;
	t->listeners = l;
	pthread_mutex_unlock(&t->lock);
	receive_more(l);
	return l;
}

void
nng_unlisten(struct transport *tt, struct listener *l)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	struct listener **at;

	pthread_mutex_lock(&t->lock);
	for (at = &t->listeners; *at != NULL && *at != l; at = &(*at)->next)
		;
	if (*at == l)
		*at = l->next;
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_lock(&l->lock);
	l->closed = true;
	pthread_mutex_unlock(&l->lock);
	socket_close(l->socket, listener_closed, l, 1);
}

void
listeners_close(struct nng_transport *t)
{
	struct listener *l;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		l = t->listeners;
		pthread_mutex_unlock(&t->lock);
		if (l == NULL)
			return;
		nng_unlisten(&t->t, l);
	}
}
