/* SPDX-License-Identifier: Apache-2.0
 * parquet_delta.h - DELTA_BINARY_PACKED: blocks of miniblocks of bit-packed
 * differences.  Also holds the lengths of the two delta string encodings. */
#ifndef FMT_PARQUET_DELTA_H
#define FMT_PARQUET_DELTA_H

#include "base/err.h"
#include "fmt/parquet_bits.h"

struct delta {
	const uint8_t *p, *end;
	uint64_t total;         /* as the header says */
	uint64_t left;          /* not read yet */
	bool first;             /* the header's value comes next */
	uint64_t last;          /* the value before the next one */
	uint64_t min_delta;     /* of the block */
	uint64_t per_mini;      /* values in a miniblock */
	uint64_t minis;         /* miniblocks in a block */
	const uint8_t *widths;  /* of the block */
	uint64_t mini;          /* the next miniblock; minis: block is done */
	const uint8_t *bits;    /* current miniblock */
	int width;
	uint64_t mini_at;       /* next value in it */
	uint64_t mini_left;
};

/* Reads the header.  HIVE_BAD_DATA. */
int delta_init(struct delta *d, const uint8_t *p, const uint8_t *end,
    struct err *e);
/* The next n values; wrapping arithmetic of the given size. */
int delta_read64(struct delta *d, uint64_t *out, uint32_t n, struct err *e);
int delta_read32(struct delta *d, uint32_t *out, uint32_t n, struct err *e);
int delta_skip(struct delta *d, uint64_t n, struct err *e);
/* Where the bytes behind the last block start; d is not moved. */
int delta_end(const struct delta *d, const uint8_t **end, struct err *e);

#endif
