/* SPDX-License-Identifier: Apache-2.0
 * page_merge.h - small pages put together to bigger ones, so that what
 * follows a selective step does not pay per page for few rows. */
#ifndef OPS_PAGE_MERGE_H
#define OPS_PAGE_MERGE_H

#include "page/build.h"

/* Pages of at least this many rows pass as they are. */
enum { MERGE_ROWS = 512 };

struct merge_column {
	struct vec_builder b;
	struct vec *base;       /* rows so far are all of this dictionary */
	uint64_t dict_id;
};

struct page_merge {
	int n;
	struct merge_column *column;
	uint32_t *codes;        /* n times PAGE_ROWS; made when needed */
	uint32_t rows;          /* gathered */
	struct mem_account *account;
};

void page_merge_init(struct page_merge *m, const struct type *const *types,
    int n, struct mem_account *account);
void page_merge_release(struct page_merge *m);
/* Takes the page; *out is a page to pass on, or NULL.  When *out is set and
 * *again too, call again with *again (the page that was given). */
int page_merge_add(struct page_merge *m, struct page *in, struct page **out,
    struct page **again, struct err *e);
/* What is left, NULL when there is nothing. */
int page_merge_flush(struct page_merge *m, struct page **out, struct err *e);

#endif
