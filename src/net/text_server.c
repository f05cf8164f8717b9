/* SPDX-License-Identifier: Apache-2.0
 * text_server.c - the REP socket of texts and the PUB socket of events. */
#include "net/text_server.h"

#include <nng/nng.h>
#include <nng/protocol/pubsub0/pub.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "base/map.h"

enum { MAX_TEXT = 4 << 20, MAX_HEADER = 64 };

struct text_server {
	atomic_int refs;                /* the socket's owner and open calls */
	struct rt *rt;
	actor_id to;
	nng_socket socket;
	nng_aio *receive;
	pthread_mutex_t lock;
	struct map open;                /* header bytes -> call */
	bool closed;
};

struct text_call {
	struct text_server *server;
	char header[MAX_HEADER];        /* pipe and request id */
	size_t size;
};

static void
server_unref(struct text_server *s)
{
	if (atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	map_release(&s->open);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
drop_request(struct msg *m)
{
	struct msg_text_request *r = (struct msg_text_request *)m;

	if (r->call != NULL)
		text_answer(&r->call, (struct str){ "", 0 });
	free(r->text);
}

/* A new request: NULL when it is a copy of one that is worked on. */
static struct text_call *
new_call(struct text_server *s, nng_msg *m)
{
	struct text_call *c = xcalloc(1, sizeof(*c));
	struct str key;

	c->server = s;
	c->size = MIN(nng_msg_header_len(m), (size_t)MAX_HEADER);
	memcpy(c->header, nng_msg_header(m), c->size);
	key = (struct str){ c->header, c->size };
	pthread_mutex_lock(&s->lock);
	if (map_get(&s->open, key) != NULL) {
		free(c);
		c = NULL;
	} else {
		map_put(&s->open, key, c);
		atomic_fetch_add(&s->refs, 1);
	}
	pthread_mutex_unlock(&s->lock);
	return c;
}

static void
on_receive(void *arg)
{
	struct text_server *s = arg;
	struct msg_text_request *r;
	struct text_call *c;
	struct msg *out;
	nng_msg *m;

	if (nng_aio_result(s->receive) != 0)
		return;         /* closed */
	m = nng_aio_get_msg(s->receive);
	if (nng_msg_header_len(m) <= MAX_HEADER &&
	    (c = new_call(s, m)) != NULL) {
		r = msg_new(MSG_TEXT_REQUEST, sizeof(*r), drop_request);
		r->call = c;
		r->size = nng_msg_len(m);
		r->text = xstrndup(nng_msg_body(m), r->size);
		out = &r->m;
		actor_send(s->rt, s->to, &out);
	}
	nng_msg_free(m);
	nng_recv_aio(s->socket, s->receive);
}

/* The address with the port that was really taken. */
static void
bound_address(nng_listener l, const char *address, struct sbuf *bound)
{
	const char *colon = strrchr(address, ':');
	nng_sockaddr at;

	if (bound == NULL)
		return;
	if (nng_listener_get_addr(l, NNG_OPT_LOCADDR, &at) == 0 &&
	    at.s_family == NNG_AF_INET && colon != NULL) {
		unsigned port = (unsigned)(at.s_in.sa_port >> 8 |
		    (at.s_in.sa_port & 0xff) << 8);

		sbuf_addf(bound, "%.*s:%u", (int)(colon - address), address,
		    port);
		return;
	}
	sbuf_addz(bound, address);
}

struct text_server *
text_server_new(struct rt *rt, const char *address, actor_id to,
    struct sbuf *bound, struct err *e)
{
	struct text_server *s = xcalloc(1, sizeof(*s));
	nng_listener l;
	int rc;

	atomic_init(&s->refs, 1);
	s->rt = rt;
	s->to = to;
	pthread_mutex_init(&s->lock, NULL);
	map_init(&s->open);
	rc = nng_rep0_open_raw(&s->socket);
	if (rc == 0)
		rc = nng_socket_set_size(s->socket, NNG_OPT_RECVMAXSZ,
		    MAX_TEXT);
	if (rc == 0)
		rc = nng_listen(s->socket, address, &l, 0);
	if (rc == 0)
		rc = nng_aio_alloc(&s->receive, on_receive, s);
	if (rc != 0) {
		err_set(e, ERR_CONFIGURATION_UNAVAILABLE,
		    "cannot listen on %s: %s", address, nng_strerror(rc));
		nng_close(s->socket);
		server_unref(s);
		return NULL;
	}
	bound_address(l, address, bound);
	nng_recv_aio(s->socket, s->receive);
	return s;
}

struct sending {
	nng_aio *aio;
};

static void
on_sent(void *arg)
{
	struct sending *x = arg;

	if (nng_aio_result(x->aio) != 0)
		nng_msg_free(nng_aio_get_msg(x->aio));
	nng_aio_reap(x->aio);
	free(x);
}

void
text_answer(struct text_call **cp, struct str text)
{
	struct text_call *c = *cp;
	struct text_server *s = c->server;
	struct sending *x = xcalloc(1, sizeof(*x));
	bool closed;
	nng_msg *m;

	*cp = NULL;
	pthread_mutex_lock(&s->lock);
	map_del(&s->open, (struct str){ c->header, c->size });
	closed = s->closed;
	if (!closed && nng_msg_alloc(&m, 0) == 0) {
		CHECK(nng_msg_append(m, text.p, text.n) == 0 &&
		    nng_msg_header_append(m, c->header, c->size) == 0);
		CHECK(nng_aio_alloc(&x->aio, on_sent, x) == 0);
		nng_aio_set_msg(x->aio, m);
		nng_aio_set_timeout(x->aio, 10000);
		nng_send_aio(s->socket, x->aio);
	} else {
		free(x);
	}
	pthread_mutex_unlock(&s->lock);
	free(c);
	server_unref(s);
}

void
text_server_free(struct text_server **sp)
{
	struct text_server *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->closed = true;
	pthread_mutex_unlock(&s->lock);
	nng_close(s->socket);
	nng_aio_stop(s->receive);
	nng_aio_free(s->receive);
	server_unref(s);
}

/* --- events --------------------------------------------------------------------- */

struct publisher {
	nng_socket socket;
};

struct publisher *
publisher_new(const char *address, struct sbuf *bound, struct err *e)
{
	struct publisher *p = xcalloc(1, sizeof(*p));
	nng_listener l;
	int rc = nng_pub0_open(&p->socket);

	if (rc == 0)
		rc = nng_listen(p->socket, address, &l, 0);
	if (rc != 0) {
		err_set(e, ERR_CONFIGURATION_UNAVAILABLE,
		    "cannot listen on %s: %s", address, nng_strerror(rc));
		free(p);
		return NULL;
	}
	bound_address(l, address, bound);
	return p;
}

void
publisher_send(struct publisher *p, struct str line)
{
	nng_msg *m;

	if (nng_msg_alloc(&m, 0) != 0)
		return;
	if (nng_msg_append(m, line.p, line.n) != 0 ||
	    nng_sendmsg(p->socket, m, NNG_FLAG_NONBLOCK) != 0)
		nng_msg_free(m);
}

void
publisher_free(struct publisher **pp)
{
	struct publisher *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	nng_close(p->socket);
	free(p);
}
