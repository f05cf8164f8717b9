/* SPDX-License-Identifier: Apache-2.0
 * rng.c - the seeds of many rows at once. */
#pragma GCC optimize("O3")
#include "conn/tpch/rng.h"

/* Eight chains side by side: one alone waits for its multiplications. */
void
rng_fill(uint32_t *restrict out, uint32_t n, uint32_t seed, uint32_t step)
{
	enum { LANES = 8 };
	uint32_t lane[LANES], far = step, i = 0;

	for (int k = 0; k < 3; k++)
		far = rng_mul(far, far);
	lane[0] = seed;
	for (int k = 1; k < LANES; k++)
		lane[k] = rng_mul(lane[k - 1], step);
	for (; i + LANES <= n; i += LANES)
		for (int k = 0; k < LANES; k++) {
			out[i + k] = lane[k];
			lane[k] = rng_mul(lane[k], far);
		}
	for (int k = 0; i < n; i++, k++)
		out[i] = lane[k];
}
