/* SPDX-License-Identifier: Apache-2.0
 * rng.h - the random numbers of TPC-H's generator: one stream a column, each
 * row uses a fixed number of draws, so any row can be reached at once.
 *
 * A draw is seed * 16807 mod 2^31-1; a value in a range is made of it by
 * double arithmetic, whose results are part of the data set's definition. */
#ifndef CONN_TPCH_RNG_H
#define CONN_TPCH_RNG_H

#include <stdint.h>

#define RNG_MODULUS UINT32_C(0x7fffffff)
enum { RNG_MULTIPLIER = 16807, RNG_SMALL = 1 << 20 };

/* a * b mod 2^31-1 for 0 < a, b < 2^31-1. */
static inline uint32_t
rng_mul(uint32_t a, uint32_t b)
{
	uint64_t p = (uint64_t)a * b;
	uint32_t r = (uint32_t)(p & RNG_MODULUS) + (uint32_t)(p >> 31);

	return r >= RNG_MODULUS ? r - RNG_MODULUS : r;
}

/* multiplier^n: what n draws multiply a seed by. */
static inline uint32_t
rng_power(uint64_t n)
{
	uint32_t r = 1, m = RNG_MULTIPLIER;

	for (; n > 0; n >>= 1) {
		if (n & 1)
			r = rng_mul(r, m);
		m = rng_mul(m, m);
	}
	return r;
}

/* Seed to 0..range-1, range <= RNG_SMALL: floor(seed * range / modulus).
 * The double formula gives the same, as it cannot err by 1 / modulus. */
static inline uint32_t
rng_small(uint32_t seed, uint32_t range)
{
	uint64_t x = (uint64_t)seed * range;
	uint32_t q = (uint32_t)(x >> 31);

	return q + ((uint32_t)(x & RNG_MODULUS) + q >= RNG_MODULUS);
}

static inline int64_t
rng_big(uint32_t seed, double range)
{
	return (int64_t)((double)seed / (double)RNG_MODULUS * range);
}

/* A column's stream. */
struct rng {
	uint32_t seed;          /* before row 0 */
	uint32_t usage;         /* draws a row */
};

/* The seed before the first draw of a row. */
static inline uint32_t
rng_at(struct rng r, uint64_t row)
{
	return rng_mul(r.seed, rng_power(row * r.usage));
}

/* out[i] = seed * step^i. */
void rng_fill(uint32_t *restrict out, uint32_t n, uint32_t seed,
    uint32_t step);
/* The seeds of draw `draw` (from 0) of rows row..row+n. */
static inline void
rng_rows(struct rng r, uint64_t row, uint32_t draw, uint32_t *out, uint32_t n)
{
	rng_fill(out, n, rng_mul(rng_at(r, row), rng_power(draw + 1)),
	    rng_power(r.usage));
}

#endif
