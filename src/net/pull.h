/* SPDX-License-Identifier: Apache-2.0
 * pull.h - the bytes of a pull and its answer, shared by page_server.c and
 * exchange.c; all numbers little-endian.
 *
 * Request   u8 version, u8 kind, u8 flags, u8 length of the task id,
 *           u32 buffer, u64 token, u32 max_bytes, u32 wait_ms, task id
 * Reply     u8 version, u8 status, u8 flags, u8 0, u32 items, u64 token,
 *           u64 next, u64 xxh3 of what follows the head, u32 plain bytes,
 *           u32 0; then
 *             PULL_PAGES  per item u32 size and its bytes, all of it LZ4 when
 *                         flagged
 *             PULL_ERROR  the error's name, NUL, its text */
#ifndef NET_PULL_H
#define NET_PULL_H

#include "net/out_buffer.h"
#include "rt/transport.h"

enum {
	PULL_VERSION = 1,
	PULL_REQUEST_HEAD = 24, PULL_REPLY_HEAD = 40,
	PULL_TASK_MAX = 255,
	/* No batch is bigger, whatever the peer asks for or announces. */
	PULL_BYTES_MAX = 256 << 20,
};

enum pull_kind { PULL_GET = 1, PULL_ABORT = 2 };
enum pull_status { PULL_PAGES, PULL_ERROR, PULL_NO_TASK };
enum { PULL_LZ4_WELCOME = 1 };          /* request flags */
enum { PULL_COMPLETE = 1, PULL_LZ4 = 2 };       /* reply flags */

struct pull_request {
	enum pull_kind kind;
	uint8_t flags;
	uint32_t buffer, max_bytes, wait_ms;
	uint64_t token;
	struct str task;        /* into the frame when read */
};

struct frame *pull_request_write(struct transport *t,
    const struct pull_request *r);
int pull_request_read(const struct frame *f, struct pull_request *r,
    struct err *e);

/* The answer with a batch; fails when an item has no wire form. */
int pull_reply_pages(struct transport *t, const struct out_batch *batch,
    bool lz4, struct frame **out, struct err *e);
struct frame *pull_reply_error(struct transport *t, enum pull_status status,
    const struct err *e);

struct pull_reply {
	enum pull_status status;
	bool complete;
	uint32_t items;
	uint64_t token, next;
	struct frame *frame;    /* holds body; counted */
	struct str body;        /* the items, plain */
	struct err err;         /* PULL_ERROR */
};

/* Takes *f.  Checks all of it: head, checksum, every item's place. */
int pull_reply_read(struct frame **f, struct pull_reply *r, struct err *e);
/* Cuts the next item off r->body; it was checked. */
struct str pull_reply_item(struct pull_reply *r);

#endif
