/* SPDX-License-Identifier: Apache-2.0
 * page_link.h - pages between drivers and the net: pages as items of output
 * buffers, exchanges as inlets. */
#ifndef ACTORS_PAGE_LINK_H
#define ACTORS_PAGE_LINK_H

#include "net/exchange.h"
#include "net/out_buffer.h"
#include "ops/task.h"

/* A task's outlet over its output buffer. */
struct page_outlet_link {
	struct page_outlet outlet;
	struct out_buffer *out;         /* borrowed */
};
void page_outlet_link_init(struct page_outlet_link *l,
    struct out_buffer *out, int partitions, const uint8_t *map);

/* An inlet over an exchange. */
struct page_inlet_link {
	struct page_inlet inlet;
	struct exchange *x;             /* owned */
	const struct type *const *types;
	int n;
	struct mem_account *account;    /* borrowed */
};
void page_inlet_link_init(struct page_inlet_link *l, struct exchange *x,
    const struct type *const *types, int n, struct mem_account *account);
/* 1: *out is a page for the caller; 0: no more; -1: failed; 2: nothing yet,
 * *blocked is a token for the caller. */
int page_take(struct exchange *x, const struct type *const *types, int n,
    struct mem_account *account, struct page **out, struct wait **blocked,
    struct err *e);

#endif
