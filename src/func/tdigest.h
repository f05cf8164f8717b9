/* SPDX-License-Identifier: Apache-2.0
 * tdigest.h - t-digests (Dunning): quantiles of many numbers from few
 * weighted means, fine at both ends.  Private to func/. */
#ifndef FUNC_TDIGEST_H
#define FUNC_TDIGEST_H

#include "base/arena.h"
#include "base/err.h"
#include "func/kernel.h"

struct centroid {
	double mean, weight;
};

struct tdigest {
	double compression, min, max, total;
	uint32_t n, cap;
	struct centroid *at;
	bool pending;           /* something came since the last merge */
	bool backwards;         /* the next merge goes from the top */
};

struct tdigest *tdigest_new(struct arena *a);
/* value and weight are finite, weight > 0. */
void tdigest_add(struct arena *a, struct tdigest *d, double value,
    double weight);
void tdigest_merge(struct arena *a, struct tdigest *to,
    const struct tdigest *from);
/* q[0..n) ascend, each within 0..1; d has values. */
void tdigest_values(struct tdigest *d, const double *q, int n, double *out);
/* Checks the bytes, which may come from anywhere. */
int tdigest_read(struct arena *a, struct str bytes, struct tdigest **out,
    struct err *e);
void tdigest_write(struct tdigest *d, struct sbuf *to);

#endif
