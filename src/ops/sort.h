/* SPDX-License-Identifier: Apache-2.0
 * sort.h - rows in order: keys as words that compare like the rows do, radix
 * sorted; what the words cannot say is compared in the columns. */
#ifndef OPS_SORT_H
#define OPS_SORT_H

#include "frag/frag.h"
#include "mem/pool.h"
#include "page/page.h"

enum { SORT_WORDS = 4 };

/* How one key column lies in the words. */
struct sort_column {
	const struct vec *v;    /* whole, borrowed */
	bool descending, nulls_first;
	bool null_byte;
	int at, bytes;          /* of the value, from the highest byte on */
	bool wide;              /* two words' worth: 16-byte integers */
	uint64_t min, max;      /* of the ordered values */
};

struct sort_plan {
	int n;                  /* key columns */
	struct sort_column *column;
	int encoded;            /* of these, in words */
	bool exact;             /* the words say all */
	int words;
	uint64_t *key;          /* rows * words */
	size_t key_bytes;
	uint32_t rows;
	struct mem_account *account;
};

/* Looks at the columns col[0..n) of all rows; memory for the keys. */
int sort_plan_init(struct sort_plan *p, struct vec *const *col,
    const struct sort_key *keys, int n, uint32_t rows,
    struct mem_account *account, struct err *e);
void sort_plan_release(struct sort_plan *p);
/* Puts rows from..from+n in order: their numbers into order[0..n).  Chunks
 * may be sorted by several threads at once.  cancel may be NULL. */
int sort_chunk(const struct sort_plan *p, uint32_t from, uint32_t n,
    uint32_t *order, atomic_int *cancel, struct err *e);
/* <0, 0, >0: the order of two rows. */
int sort_compare(const struct sort_plan *p, uint32_t x, uint32_t y);

/* The order of two rows by their columns; channels are those of the keys. */
int sort_compare_rows(struct vec *const *x, uint32_t i, struct vec *const *y,
    uint32_t j, const struct sort_key *keys, int n);
/* A number per row that never goes down in the order of key (equal numbers
 * say nothing): for quick comparisons across pages. */
void sort_prefix(const struct vec *v, const struct sort_key *key,
    uint64_t *out);

#endif
