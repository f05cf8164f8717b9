/* SPDX-License-Identifier: Apache-2.0
 * buf.h - a counted run of data memory, charged to one account once, however
 * many hold it.
 *
 * Writable by its maker until it is shared, immutable afterwards.  data is
 * 64-byte aligned and BUF_PAD bytes behind size may be read (not written, and
 * their content means nothing), so that kernels may load whole vectors.  Both
 * hold for buf_new() only: wrapped memory is as its owner made it, but must
 * be readable that far too. */
#ifndef MEM_BUF_H
#define MEM_BUF_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "mem/pool.h"

enum { BUF_PAD = 32, BUF_HEAD = 64 };

struct buf {
	atomic_int refs;
	uint8_t *data;
	size_t size;            /* usable bytes, >= what was asked for */
	size_t charge;          /* what the account was charged */
	struct mem_account *account;    /* counted; NULL: none */
	void (*free)(void *arg, uint8_t *data, size_t size);
	void *arg;
};

/* One reference, or NULL with *e filled when the account refuses.  Not
 * zeroed.  A size of buf_good_size() wastes nothing. */
struct buf *buf_new(struct mem_account *account, size_t bytes,
    struct err *e);
/* The smallest size >= bytes that a buffer of `bytes` really has. */
size_t buf_good_size(size_t bytes);
/* Memory of another owner (a received frame, a library's): charges `size` to
 * account and calls free(arg, data, size) with the last reference.  On
 * refusal NULL, and nothing is freed. */
struct buf *buf_wrap(struct mem_account *account, void *data, size_t size,
    void (*free)(void *arg, uint8_t *data, size_t size), void *arg,
    struct err *e);
/* Moves the charge to another account (a page handed to another operator);
 * never fails. */
void buf_charge_to(struct buf *b, struct mem_account *account);
/* Gives back what lies behind the first `bytes` when that is much; only for
 * the maker, before sharing.  data may move: use what is returned. */
struct buf *buf_shrink(struct buf *b, size_t bytes);

void buf_free(struct buf *b);   /* buf_drop's slow half */

static inline struct buf *
buf_ref(struct buf *b)
{
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

/* NULLs *b; NULL is fine.  Any thread. */
static inline void
buf_drop(struct buf **bp)
{
	struct buf *b = *bp;

	*bp = NULL;
	if (b != NULL && atomic_fetch_sub_explicit(&b->refs, 1,
	    memory_order_acq_rel) == 1)
		buf_free(b);
}

#endif
