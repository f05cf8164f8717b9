/* SPDX-License-Identifier: Apache-2.0
 * parquet_reader.h - one leaf of one row group as vectors.
 *
 * Flat leaves (top level, NULL or not) have the fast way; parquet_nested.c
 * reads leaves below arrays, maps and rows by their levels. */
#ifndef FMT_PARQUET_READER_H
#define FMT_PARQUET_READER_H

#include "fmt/parquet_pages.h"
#include "fmt/parquet_values.h"

struct parquet_reader {
	struct parquet_pages pages;
	const struct parquet_leaf *leaf;
	struct mem_account *account;
	struct parquet_page page;       /* the current one */
	struct parquet_values values;   /* its values */
	struct rle def;                 /* its levels: flat */
	uint32_t left;                  /* flat: rows left in it */
	uint64_t row;                   /* flat: the next row */
	struct vec *dict;               /* NULL until it is needed */
	struct vec *dict_cast;          /* the same as the wanted type */
	uint64_t dict_id;
	void *scratch;                  /* values before conversion */
	size_t scratch_size;
	/* Nested: the levels of the current page. */
	struct buf *levels;
	uint8_t *rep_levels, *def_levels;
	uint32_t level_at;
};

/* `pages` must be set up; zeroes elsewhere. */
void parquet_reader_release(struct parquet_reader *r);
/* Makes the dictionary of the chunk into r->dict when the chunk has one. */
int parquet_reader_dictionary(struct parquet_reader *r, struct err *e);
/* Flat: rows first..first+n (n > 0, at most PAGE_ROWS, not before those read)
 * as a vector of the leaf's type; a dictionary's base is r->dict.
 * parquet_pages_find() has found them. */
int parquet_reader_flat(struct parquet_reader *r, uint64_t first, uint32_t n,
    struct vec **out, struct err *e);
/* Reads `n` non-NULL values of the current page to slot `at` of a flat vector
 * being made (its data). */
int parquet_reader_values(struct parquet_reader *r, struct vec *to,
    uint32_t at, uint32_t n, struct err *e);
/* The same from dictionary indices. */
int parquet_reader_gather(struct parquet_reader *r, struct vec *to,
    uint32_t at, uint32_t n, struct err *e);
/* Opens the next page's values after its levels were counted. */
int parquet_reader_open_values(struct parquet_reader *r, uint32_t n,
    struct err *e);
/* The error's place: the current page. */
int parquet_reader_fail(struct parquet_reader *r, struct err *e);

/* Moves n values of `width` bytes that lie at the start of data to the rows
 * whose bits (from..from+rows of valid) are set; NULL rows become zero.
 * data has room for one more. */
void parquet_spread(void *data, int width, const uint64_t *valid,
    uint32_t from, uint32_t rows, uint32_t n);
/* Rows index[0..n) of v, copied together (n less than v->n). */
struct vec *parquet_compact(struct vec *v, const uint16_t *index,
    uint32_t first, uint32_t n, struct mem_account *account, struct err *e);

#endif
