/* SPDX-License-Identifier: Apache-2.0
 * sketch.h - how many different values a column has, within some percent:
 * HyperLogLog with 1024 registers. */
#ifndef CONN_MEMORY_SKETCH_H
#define CONN_MEMORY_SKETCH_H

#include <math.h>
#include <stdint.h>

enum { SKETCH_BITS = 10, SKETCH_SIZE = 1 << SKETCH_BITS };

struct sketch {
	uint8_t max[SKETCH_SIZE];
};

static inline void
sketch_add(struct sketch *s, uint64_t hash)
{
	uint32_t at = (uint32_t)(hash >> (64 - SKETCH_BITS));
	/* The last bit bounds the count of zeroes. */
	uint8_t rank = (uint8_t)(1 + __builtin_clzll(hash << SKETCH_BITS |
	    UINT64_C(1) << (SKETCH_BITS - 1)));

	if (rank > s->max[at])
		s->max[at] = rank;
}

static inline void
sketch_merge(struct sketch *to, const struct sketch *from)
{
	for (int i = 0; i < SKETCH_SIZE; i++)
		if (from->max[i] > to->max[i])
			to->max[i] = from->max[i];
}

static inline double
sketch_estimate(const struct sketch *s)
{
	double sum = 0, m = SKETCH_SIZE, estimate;
	int zero = 0;

	for (int i = 0; i < SKETCH_SIZE; i++) {
		sum += ldexp(1, -s->max[i]);
		zero += s->max[i] == 0;
	}
	estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
	if (estimate <= 2.5 * m && zero > 0)
		estimate = m * log(m / zero);
	return round(estimate);
}

#endif
