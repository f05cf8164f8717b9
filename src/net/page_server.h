/* SPDX-License-Identifier: Apache-2.0
 * page_server.h - answers the pulls of other nodes from this node's output
 * buffers.
 *
 * A pull that finds nothing waits up to its wait_ms for an item.  pull.h has
 * the bytes. */
#ifndef NET_PAGE_SERVER_H
#define NET_PAGE_SERVER_H

#include "net/out_buffer.h"
#include "rt/rt.h"
#include "rt/transport.h"

struct page_server;

struct page_server_options {
	struct transport *transport;
	const char *address;    /* "tcp://127.0.0.1:0" */
	bool compress;          /* LZ4 for peers that ask for it, if it pays */
};

/* Spawns its actor on an exchange loop and listens.  `bound` gets the
 * address. */
struct page_server *page_server_new(struct rt *rt,
    const struct page_server_options *options, struct sbuf *bound,
    struct err *e);
/* Open pulls are refused, by the actor, soon after. */
void page_server_free(struct page_server **s);

/* Any thread.  Takes a reference of its own.  A pull for a task not yet
 * known waits as for an item.  The id is unique on the node. */
void page_server_add(struct page_server *s, const char *task,
    struct out_buffer *b);
/* Later pulls of the task get "no such task" (REMOTE_TASK_MISMATCH). */
void page_server_remove(struct page_server *s, const char *task);

struct page_server_stats {
	uint64_t pulls, items, bytes, empty, errors;
};
void page_server_stats(struct page_server *s, struct page_server_stats *out);

#endif
