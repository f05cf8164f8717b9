/* SPDX-License-Identifier: Apache-2.0
 * page.h - a page: up to PAGE_ROWS rows of columns; the shape in which all
 * data moves between operators, tasks and nodes.
 *
 * Pages are counted and immutable once emitted. */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "page/vec.h"

struct page {
	atomic_int refs;
	uint32_t rows;
	int n;                  /* columns; may be 0 (count(*)) */
	struct vec *col[];      /* counted references, each with `rows` rows */
};

/* col[] is all NULL and to be filled by the caller. */
struct page *page_new(int n, uint32_t rows);
static inline struct page *
page_ref(struct page *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}
void page_drop(struct page **p);        /* NULLs *p; NULL is fine */

/* Rows index[0..n) of all columns (vec_select).  NULL and *e on refusal. */
struct page *page_select(struct page *p, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e);
struct page *page_slice(struct page *p, uint32_t from, uint32_t n,
    struct mem_account *account, struct err *e);
/* The columns which[0..n), shared. */
struct page *page_project(struct page *p, const int *which, int n);
size_t page_bytes(const struct page *p);        /* estimate, see vec_bytes */

#endif
