/* SPDX-License-Identifier: Apache-2.0
 * agg_hash.h - the 64-bit hashes that Trino's aggregates show or build on:
 * xxHash64 of values, MurmurHash3 of bytes.  Private to func/. */
#ifndef FUNC_AGG_HASH_H
#define FUNC_AGG_HASH_H

#include "func/kernel.h"

/* xxHash64 with seed 0 of the 8 bytes of x. */
static inline uint64_t
xxhash64_u64(uint64_t x)
{
	const uint64_t p1 = UINT64_C(0x9e3779b185ebca87);
	const uint64_t p2 = UINT64_C(0xc2b2ae3d27d4eb4f);
	const uint64_t p3 = UINT64_C(0x165667b19e3779f9);
	const uint64_t p4 = UINT64_C(0x85ebca77c2b2ae63);
	const uint64_t p5 = UINT64_C(0x27d4eb2f165667c5);
	uint64_t k = x * p2, h = p5 + 8;

	h ^= (k << 31 | k >> 33) * p1;
	h = (h << 27 | h >> 37) * p1 + p4;
	h ^= h >> 33;
	h *= p2;
	h ^= h >> 29;
	h *= p3;
	return h ^ h >> 32;
}

/* The hash of row i (any form), not NULL. */
uint64_t xxhash64_value(const struct vec *v, uint32_t i);
/* hashes[i] for the rows of *s that are not NULL; v is flat or constant. */
void xxhash64_rows(const struct vec *v, const struct rows_sel *s,
    uint64_t *hashes);

/* The first half of MurmurHash3's 128 bits, seed 0. */
uint64_t murmur3_bytes(const void *p, size_t n);
uint64_t murmur3_u64(uint64_t x);

#endif
