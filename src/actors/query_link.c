/* SPDX-License-Identifier: Apache-2.0
 * query_link.c - frames from a query to the nodes that run its tasks, in
 * order: the transport keeps none, so a node gets its next frames, all in
 * one, when it has answered the ones before. */
#include <stdio.h>
#include <stdlib.h>

#include "actors/query_priv.h"

static struct query_link *
link_of(struct query *q, const char *address)
{
	struct query_link *l;

	for (int i = 0; i < q->n_links; i++)
		if (strcmp(q->links[i].address, address) == 0)
			return &q->links[i];
	q->links = xrealloc(q->links, (size_t)(q->n_links + 1) *
	    sizeof(*q->links));
	l = &q->links[q->n_links++];
	*l = (struct query_link){ .busy = false };
	snprintf(l->address, sizeof(l->address), "%s", address);
	return l;
}

static void
flush(struct query *q, struct query_link *l)
{
	struct sbuf batch = { 0 };

	control_batch(&batch, &l->queued);
	sbuf_clear(&l->queued);
	l->busy = true;
	q->links_busy++;
	server_send(q->server, l->address, &batch, q->a.id,
	    (uint64_t)(l - q->links));
}

void
query_send(struct query *q, const char *address, struct sbuf *frame)
{
	struct mpack_writer w;
	struct query_link *l;

	if (q->server->transport == NULL || *address == '\0' ||
	    strcmp(address, q->server->control_address) == 0) {
		server_send(q->server, address, frame, 0, 0);
		return;
	}
	l = link_of(q, address);
	w.to = &l->queued;
	mpack_bin(&w, sbuf_str(frame));
	sbuf_release(frame);
	if (!q->corked && !l->busy)
		flush(q, l);
}

void
query_uncork(struct query *q)
{
	q->corked = false;
	for (int i = 0; i < q->n_links; i++)
		if (!q->links[i].busy && q->links[i].queued.n > 0)
			flush(q, &q->links[i]);
}

void
query_link_answered(struct query *q, struct msg_reply *r)
{
	struct query_link *l = &q->links[r->tag];
	struct err e;

	l->busy = false;
	q->links_busy--;
	if (r->rc != 0) {
		sbuf_clear(&l->queued);
		err_set(&e, ERR_REMOTE_HOST_GONE, "Could not communicate "
		    "with %s: %s", l->address, r->text);
		query_fail(q, &e);
		return;
	}
	if (control_read_answer((struct str){ (const char *)r->body->p,
	    r->body->n }, &e) != 0)
		query_fail(q, &e);
	if (l->queued.n > 0)
		flush(q, l);
}

void
query_links_release(struct query *q)
{
	for (int i = 0; i < q->n_links; i++)
		sbuf_release(&q->links[i].queued);
	free(q->links);
	q->links = NULL;
	q->n_links = 0;
}
