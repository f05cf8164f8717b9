/* SPDX-License-Identifier: Apache-2.0
 * buf.c - counted data buffers; see buf.h.
 *
 * A buffer of ours is one block: the struct in its first 64 bytes, the data
 * behind, the padding at the end.  A wrapped one is the struct alone. */
#include "mem/buf.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

enum { AROUND = BUF_HEAD + BUF_PAD };

_Static_assert(sizeof(struct buf) <= BUF_HEAD, "the struct fits its line");

size_t
buf_good_size(size_t bytes)
{
	return mem_good_size(bytes + AROUND) - AROUND;
}

struct buf *
buf_new(struct mem_account *account, size_t bytes, struct err *e)
{
	size_t total;
	struct buf *b;

	if (bytes > SIZE_MAX / 2)
		bytes = SIZE_MAX / 2;   /* refused below */
	total = mem_good_size(bytes + AROUND);
	b = mem_alloc(account, total, e);
	if (b == NULL)
		return NULL;
	*b = (struct buf){
		.data = (uint8_t *)b + BUF_HEAD,
		.size = total - AROUND,
		.charge = total,
		.account = account == NULL ? NULL : mem_account_ref(account),
	};
	atomic_init(&b->refs, 1);
	return b;
}

struct buf *
buf_wrap(struct mem_account *account, void *data, size_t size,
    void (*free)(void *arg, uint8_t *data, size_t size), void *arg,
    struct err *e)
{
	struct buf *b;

	if (mem_reserve(account, size, e) < 0)
		return NULL;
	b = xmalloc(sizeof(*b));
	*b = (struct buf){
		.data = data,
		.size = size,
		.charge = size,
		.account = account == NULL ? NULL : mem_account_ref(account),
		.free = free,
		.arg = arg,
	};
	atomic_init(&b->refs, 1);
	CHECK(free != NULL);
	return b;
}

void
buf_charge_to(struct buf *b, struct mem_account *account)
{
	struct mem_account *old = b->account;

	if (old == account)
		return;
	mem_transfer(old, account, b->charge);
	b->account = account == NULL ? NULL : mem_account_ref(account);
	mem_account_drop(&old);
}

struct buf *
buf_shrink(struct buf *b, size_t bytes)
{
	size_t want = mem_good_size(bytes + AROUND);
	struct buf *to;

	if (b->free != NULL || want > b->charge - b->charge / 4)
		return b;
	/* Taken out of the old charge, so nothing can be refused. */
	to = buf_new(NULL, bytes, NULL);
	if (to == NULL)
		return b;
	memcpy(to->data, b->data, bytes);
	buf_charge_to(to, b->account);
	buf_drop(&b);
	return to;
}

void
buf_free(struct buf *b)
{
	struct mem_account *account = b->account;

	if (b->free != NULL) {
		b->free(b->arg, b->data, b->size);
		mem_release(account, b->charge);
		free(b);
	} else
		mem_free(account, b, b->charge);
	mem_account_drop(&account);
}
