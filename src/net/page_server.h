/* SPDX-License-Identifier: Apache-2.0
 * page_server.h - answers the pulls of other nodes from this node's output
 * buffers.
 *
 * Request:  u8 version, u8 kind (1 pull, 2 abort), u8 flags (1: LZ4 welcome),
 *           u8 length of the task id, u32 buffer, u64 token, u32 max_bytes,
 *           u32 wait_ms, task id                       all little-endian
 * Reply:    u8 version, u8 status (0 pages, 1 error, 2 no such task), u8 flags
 *           (1 complete, 2 LZ4), u8 0, u32 items, u64 token, u64 next,
 *           u64 xxh3 of the rest, u32 plain bytes, u32 0; then per item u32
 *           size and the bytes; or msgpack [error code name, text]
 *
 * A pull that finds nothing waits up to wait_ms for an item. */
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
/* Not from a loop thread.  Open pulls are refused. */
void page_server_free(struct page_server **s);

/* Any thread.  Takes a reference of its own.  A pull for a task not yet
 * known waits as for an item.  The id is unique on the node. */
void page_server_add(struct page_server *s, const char *task,
    struct out_buffer *b);
/* Later pulls of the task get "no such task" (REMOTE_TASK_MISMATCH). */
void page_server_remove(struct page_server *s, const char *task);

struct page_server_stats {
	uint64_t pulls, items, bytes, empty, errors, open;
};
void page_server_stats(struct page_server *s, struct page_server_stats *out);

#endif
