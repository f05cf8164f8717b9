/* SPDX-License-Identifier: Apache-2.0
 * parquet_values.h - the values of one page in their encoding, without the
 * NULLs: read in runs, or skipped.  Dictionary indices are values, too. */
#ifndef FMT_PARQUET_VALUES_H
#define FMT_PARQUET_VALUES_H

#include "fmt/parquet_bits.h"
#include "fmt/parquet_delta.h"
#include "fmt/parquet_priv.h"

struct parquet_values {
	const struct parquet_leaf *leaf;
	enum parquet_encoding encoding;
	uint32_t left;          /* not read or skipped yet */
	bool dictionary;        /* indices: parquet_values_indices() */
	bool check;             /* strings must be looked at one by one */
	const uint8_t *p, *end; /* plain values, bytes of strings */
	uint32_t bit;           /* PLAIN booleans: the next bit of *p */
	const uint8_t *streams; /* BYTE_STREAM_SPLIT */
	uint32_t count, at;
	struct rle rle;
	struct delta lengths, prefixes;
	struct str last;        /* DELTA_BYTE_ARRAY: the value before */
	struct buf *heap;       /* where that lies; NULL: in the page */
	size_t heap_limit;
};

/* n: values that are not NULL.  The page's bytes must stay, and be readable
 * BITS_OVERREAD bytes behind `end`. */
int parquet_values_open(struct parquet_values *v,
    const struct parquet_leaf *leaf, int encoding, const uint8_t *p,
    const uint8_t *end, uint32_t n, struct err *e);
void parquet_values_release(struct parquet_values *v);

int parquet_values_skip(struct parquet_values *v, uint32_t n, struct err *e);
/* PLAIN values of fixed width: n of them lie where the answer points;
 * they count as read.  NULL: they do not. */
const void *parquet_values_direct(struct parquet_values *v, uint32_t n);
/* Writes n values as they are in PLAIN (booleans as bytes, BYTE_ARRAY as
 * views into the page or *heap, of which the caller gets a reference).
 * dst has room for one more. */
int parquet_values_read(struct parquet_values *v, void *dst, uint32_t n,
    struct mem_account *account, struct buf **heap, struct err *e);
/* Indices, each below `limit`. */
int parquet_values_indices(struct parquet_values *v, uint32_t *dst,
    uint32_t n, uint32_t limit, struct err *e);

#endif
