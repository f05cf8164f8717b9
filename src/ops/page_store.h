/* SPDX-License-Identifier: Apache-2.0
 * page_store.h - all rows of an input, kept column by column: each driver
 * gathers pages, then every column becomes one long vector.
 *
 * Columns of one dictionary throughout stay dictionaries. */
#ifndef OPS_PAGE_STORE_H
#define OPS_PAGE_STORE_H

#include "ops/page_merge.h"

enum { STORE_MAX_ROWS = UINT32_MAX - 2 };

/* One driver's pages. */
struct page_bag {
	int n, cap;
	struct page **v;
	uint64_t rows;
	size_t bytes;           /* estimate */
	struct page_merge merge;
	struct mem_account *account;
};

void page_bag_init(struct page_bag *b, const struct type *const *types,
    int n, struct mem_account *account);
void page_bag_release(struct page_bag *b);
/* Takes the page. */
int page_bag_add(struct page_bag *b, struct page *in, struct err *e);
int page_bag_finish(struct page_bag *b, struct err *e);
/* Drops the pages, keeps the bag usable. */
void page_bag_clear(struct page_bag *b);

/* Column `column` of all bags' rows, one bag after another; the pages lose
 * it.  Different columns may be laid by different threads. */
struct vec *page_bags_concat(struct page_bag *const *bags, int n_bags,
    int column, const struct type *t, struct mem_account *account,
    struct err *e);

#endif
