/* SPDX-License-Identifier: Apache-2.0
 * compare.h - values of all types inside vectors: order, equality, hash,
 * text.  NULL elements inside arrays and rows are handled as Trino does. */
#ifndef PAGE_COMPARE_H
#define PAGE_COMPARE_H

#include "page/page.h"

enum nulls_order { NULLS_LAST, NULLS_FIRST };

/* ORDER BY's order of two non-NULL rows of the same type. */
int vec_compare(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j);
/* IS NOT DISTINCT FROM, NULL rows included. */
bool vec_same(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j);
/* SQL's =: 1 equal, 0 not, -1 unknown (a NULL inside decides). */
int vec_equal(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j);
uint64_t vec_hash_at(const struct vec *v, uint32_t i);

/* hashes[i] = hash of row i for all rows (combine false) or folded into what
 * is there by hash_combine (combine true).  NULL rows hash as HASH_NULL.
 * Vectorised; one pass over a dictionary's base when that is smaller. */
void vec_hash(const struct vec *v, uint64_t *hashes, bool combine);
/* The hash of columns which[0..n) of a page's rows. */
void page_hash(const struct page *p, const int *which, int n,
    uint64_t *hashes);

/* CAST AS varchar for scalars; arrays, maps and rows as the client
 * protocol's JSON.  NULL prints as null. */
void vec_print_json(struct sbuf *to, const struct vec *v, uint32_t i);

#endif
