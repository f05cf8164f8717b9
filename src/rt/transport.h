/* SPDX-License-Identifier: Apache-2.0
 * transport.h - the network between nodes as a table of functions: requests
 * and replies of bytes.
 *
 * net/nng_transport.h is the real one; the simulation (rt/sim.h) has its own
 * with delays, losses, partitions, duplicates.  Code above it sees no
 * socket.  Rules for both:
 *   - each request ends exactly once: with a reply, an error, a timeout or
 *     by cancel
 *   - nothing is resent by the transport; who retries must be idempotent,
 *     for a request that failed may have been executed
 *   - no order between requests; several may be open to one peer */
#ifndef RT_TRANSPORT_H
#define RT_TRANSPORT_H

#include <stdatomic.h>

#include "base/str.h"
#include "rt/actor.h"

/* A counted run of bytes: what is sent and received.  Writable by its one
 * owner until it is sent, immutable afterwards.  Sending moves a reference. */
struct frame {
	atomic_int refs;
	uint8_t *p;
	size_t n;               /* may be cut down before sending */
	void (*free)(struct frame *f);  /* of the transport that made it */
	void *priv;
};

static inline struct frame *
frame_ref(struct frame *f)
{
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	return f;
}
void frame_drop(struct frame **f);      /* NULLs *f; NULL is fine */

struct transport;
struct listener;                /* one bound address */
struct call;                    /* a request received, not yet answered */

/* What an asked request turns into. */
struct msg_reply {
	struct msg m;
	uint64_t tag;
	int rc;                 /* 0, or -ERR_REMOTE_HOST_GONE (broken or
				 * refused), -ERR_PAGE_TRANSPORT_TIMEOUT,
				 * -ERR_USER_CANCELED */
	struct frame *body;     /* when rc is 0; NULL it to keep it */
	char text[160];         /* says what went wrong when rc is not 0 */
};

/* What a listener's actor gets.  call must be answered exactly once by
 * transport_answer(); dropping the message answers with nothing (the asker
 * sees REMOTE_HOST_GONE).  NULL it to answer later. */
struct msg_request {
	struct msg m;
	struct transport *via;
	struct call *call;
	struct frame *body;     /* NULL it to keep it */
};

struct ask {
	const char *peer;       /* "tcp://host:port"; copied */
	struct frame *body;     /* moved */
	int64_t timeout_ns;     /* <= 0: none */
	actor_id reply_to;      /* gets MSG_REPLY */
	uint64_t tag;
};

struct transport_ops {
	/* Room for n bytes, not zeroed. */
	struct frame *(*frame_new)(struct transport *t, size_t n);
	/* Binds and sends each arriving request to `to`.  Port 0 takes a free
	 * one; *bound gets the address as peers may dial it.  max_bytes
	 * bounds a request. */
	struct listener *(*listen)(struct transport *t, const char *address,
	    size_t max_bytes, actor_id to, struct sbuf *bound, struct err *e);
	void (*unlisten)(struct transport *t, struct listener *l);
	/* Takes a->body.  Returns a number for cancel, never 0. */
	uint64_t (*ask)(struct transport *t, const struct ask *a);
	/* Ends the request (MSG_REPLY with -ERR_USER_CANCELED) unless it has
	 * ended.  The peer may execute it all the same. */
	void (*cancel)(struct transport *t, uint64_t request);
	/* Takes call and body.  body NULL: refuse without an answer. */
	void (*answer)(struct transport *t, struct call *call,
	    struct frame *body);
	/* The asker's address, for logs; lives as long as the call. */
	const char *(*asker)(struct transport *t, struct call *call);
	/* Ends all requests and listeners, then frees.  Not from a loop. */
	void (*free)(struct transport *t);
};

/* First member of every implementation.  All calls: any thread. */
struct transport {
	const struct transport_ops *ops;
	struct rt *rt;
};

static inline struct frame *
frame_new(struct transport *t, size_t n)
{
	return t->ops->frame_new(t, n);
}

static inline struct listener *
transport_listen(struct transport *t, const char *address, size_t max_bytes,
    actor_id to, struct sbuf *bound, struct err *e)
{
	return t->ops->listen(t, address, max_bytes, to, bound, e);
}

static inline void
transport_unlisten(struct transport *t, struct listener **l)
{
	if (*l != NULL)
		t->ops->unlisten(t, *l);
	*l = NULL;
}

static inline uint64_t
transport_ask(struct transport *t, const struct ask *a)
{
	return t->ops->ask(t, a);
}

static inline void
transport_cancel(struct transport *t, uint64_t request)
{
	t->ops->cancel(t, request);
}

static inline void
transport_answer(struct transport *t, struct call **call, struct frame **body)
{
	struct frame *f = body == NULL ? NULL : *body;

	if (body != NULL)
		*body = NULL;
	t->ops->answer(t, *call, f);
	*call = NULL;
}

static inline void
transport_free(struct transport **t)
{
	if (*t != NULL)
		(*t)->ops->free(*t);
	*t = NULL;
}

/* For implementations: the messages with their drop functions. */
struct msg_reply *msg_reply_new(uint64_t tag);
struct msg_request *msg_request_new(struct transport *via, struct call *call,
    struct frame *body);
/* A frame of malloc'ed memory (the simulation, tests). */
struct frame *frame_new_heap(size_t n);

#endif
