/* SPDX-License-Identifier: Apache-2.0
 * join_probe.h - one driver's probe of a hash join, as its files share it. */
#ifndef OPS_JOIN_PROBE_H
#define OPS_JOIN_PROBE_H

#include "ops/join.h"

struct join_probe {
	struct op op;
	struct join_build *build;
	struct join_probe_keys keys;
	struct pair_filter residual;
	struct page_merge merge;
	struct page *ready;     /* to pass on after what merge gave out */
	struct page *in;        /* at hand */
	struct vec **key;       /* its key columns */
	uint32_t at;            /* row whose matches are being listed */
	struct join_cursor cursor;
	bool in_run;            /* the cursor has more of row at */
	bool arrived, flushed;
	uint32_t *nulls;        /* build rows with NULL keys, once needed */
	uint32_t n_nulls;
	uint32_t n;             /* pairs */
	uint32_t head[PAGE_ROWS];
	uint32_t x[PAGE_ROWS], y[PAGE_ROWS];
	uint64_t matched[BITMAP_WORDS];
	uint64_t unknown[BITMAP_WORDS];
};

/* join_pairs.c */
/* Lists up to a page of pairs; false when the page at hand has no more. */
bool join_list_pairs(struct join_probe *p);
/* Pairs that pass the residual stay; marks both rows as matched. */
int join_test_pairs(struct join_probe *p, struct err *e);
/* Which rows without a match are unknown rather than false (x IN (...)). */
int join_find_unknown(struct join_probe *p, struct err *e);

/* join_output.c */
/* n pairs as a page: rows x[] of the probe (NULL: all, in order) and y[] of
 * the build side, NULL where valid says so. */
struct page *join_page(struct join_probe *p, const uint32_t *x,
    const uint32_t *y, const uint64_t *valid, uint32_t n, struct err *e);
/* Probe rows x[0..n) with NULLs for the build side's columns. */
struct page *join_page_left(struct join_probe *p, const uint32_t *x,
    uint32_t n, struct err *e);
/* Build rows y[0..n) with NULLs for the probe side's columns. */
struct page *join_page_right(struct join_probe *p, const uint32_t *y,
    uint32_t n, struct err *e);
/* All probe rows and the mark, from matched and unknown. */
struct page *join_page_mark(struct join_probe *p, struct err *e);

#endif
