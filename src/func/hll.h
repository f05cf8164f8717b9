/* SPDX-License-Identifier: Apache-2.0
 * hll.h - HyperLogLog sketches: how many distinct values were seen.
 *
 * Few values are kept as a sorted list of hash prefixes (sparse: nearly
 * exact); many as one maximum a bucket (dense).  The bytes of a sketch are
 * those of the type HyperLogLog.  Private to func/. */
#ifndef FUNC_HLL_H
#define FUNC_HLL_H

#include "base/arena.h"
#include "base/err.h"
#include "func/kernel.h"

enum {
	HLL_LEAST_BITS = 4, HLL_MOST_BITS = 16,
	HLL_TABLES = HLL_MOST_BITS - HLL_LEAST_BITS + 1,
	HLL_SET_BITS = 12,      /* approx_set */
};

struct hll {
	int bits;               /* 2^bits buckets */
	uint32_t n, room;       /* sparse entries; room: the capacity that
				 * decides when it becomes dense */
	uint32_t cap;           /* entries[] has room for */
	uint32_t *entries;      /* prefix of 26 bits << 6 | zeros behind */
	uint8_t *bucket;        /* dense: not NULL */
};

struct hll *hll_new(struct arena *a, int bits);
void hll_add(struct arena *a, struct hll *h, uint64_t hash);
/* INVALID_FUNCTION_ARGUMENT-style errors when the buckets differ. */
int hll_merge(struct arena *a, struct hll *to, const struct hll *from,
    struct err *e);
int64_t hll_cardinality(const struct hll *h);
/* Checks the bytes, which may come from anywhere. */
int hll_read(struct arena *a, struct str bytes, struct hll **out,
    struct err *e);
void hll_write(const struct hll *h, struct sbuf *to);
/* Buckets for a maximal standard error; INVALID_FUNCTION_ARGUMENT. */
int hll_bits_for(struct eval *ev, double error, int *bits, struct err *e);

/* Tables of the bias correction, by bits - HLL_LEAST_BITS. */
extern const int hll_table_rows[HLL_TABLES];
extern const double *const hll_raw_estimate[HLL_TABLES];
extern const double *const hll_bias[HLL_TABLES];

#endif
