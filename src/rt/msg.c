/* SPDX-License-Identifier: Apache-2.0
 * msg.c - messages and frames: made and dropped. */
#include <stdlib.h>

#include "base/check.h"
#include "rt/rt_priv.h"
#include "rt/transport.h"

void *
msg_new(uint32_t kind, size_t size, void (*drop)(struct msg *m))
{
	struct msg *m = xcalloc(1, size);

	CHECK(size >= sizeof(*m));
	m->kind = kind;
	m->drop = drop;
	return m;
}

void
msg_drop(struct msg **mp)
{
	struct msg *m = *mp;

	*mp = NULL;
	if (m == NULL)
		return;
	if (m->drop != NULL)
		m->drop(m);
	free(m);
}

void
frame_drop(struct frame **fp)
{
	struct frame *f = *fp;

	*fp = NULL;
	if (f != NULL && atomic_fetch_sub(&f->refs, 1) == 1)
		f->free(f);
}

static void
heap_frame_free(struct frame *f)
{
	free(f);
}

struct frame *
frame_new_heap(size_t n)
{
	struct frame *f = xmalloc(sizeof(*f) + n);

	atomic_init(&f->refs, 1);
	f->p = (uint8_t *)(f + 1);
	f->n = n;
	f->free = heap_frame_free;
	f->priv = NULL;
	return f;
}

static void
reply_drop(struct msg *m)
{
	frame_drop(&((struct msg_reply *)m)->body);
}

struct msg_reply *
msg_reply_new(uint64_t tag)
{
	struct msg_reply *r = msg_new(MSG_REPLY, sizeof(*r), reply_drop);

	r->tag = tag;
	return r;
}

static void
request_drop(struct msg *m)
{
	struct msg_request *r = (struct msg_request *)m;

	frame_drop(&r->body);
	if (r->call != NULL)
		transport_answer(r->via, &r->call, NULL);
}

struct msg_request *
msg_request_new(struct transport *via, struct call *call, struct frame *body)
{
	struct msg_request *r = msg_new(MSG_REQUEST, sizeof(*r), request_drop);

	r->via = via;
	r->call = call;
	r->body = body;
	return r;
}
