/* SPDX-License-Identifier: Apache-2.0
 * tdigest.c - t-digests; see tdigest.h. */
#include "func/tdigest.h"

#include <math.h>
#include <stdlib.h>

enum { COMPRESSION = 100, HEADER = 1 + 4 * 8 + 4 };

struct tdigest *
tdigest_new(struct arena *a)
{
	struct tdigest *d = arena_new(a, struct tdigest);

	d->compression = COMPRESSION;
	d->min = INFINITY;
	d->max = -INFINITY;
	return d;
}

static int
compare_means(const void *x, const void *y)
{
	double a = ((const struct centroid *)x)->mean;
	double b = ((const struct centroid *)y)->mean;

	return a < b ? -1 : a > b;
}

static double
cluster_size(double quantile, double normalizer)
{
	return quantile * (1 - quantile) / normalizer;
}

static void
reverse(struct centroid *c, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		struct centroid x = c[i];

		c[i] = c[n - 1 - i];
		c[n - 1 - i] = x;
	}
}

/* Joins neighbours as far as the sizes allow, in turns from either end. */
static void
compress(struct tdigest *d, double compression)
{
	double normalizer = compression / (4 * log(d->total / compression) +
	    24), so_far = 0, room;
	struct centroid now;
	uint32_t last = 0;

	if (d->n == 0)
		return;
	qsort(d->at, d->n, sizeof(*d->at), compare_means);
	if (d->backwards)
		reverse(d->at, d->n);
	now = d->at[0];
	room = cluster_size(0, normalizer);
	for (uint32_t i = 1; i < d->n; i++) {
		struct centroid x = d->at[i];
		double weight = now.weight + x.weight;
		double quantile = fmin((so_far + weight) / d->total, 1);

		if (weight <= d->total * fmin(room, cluster_size(quantile,
		    normalizer))) {
			now.mean += (x.mean - now.mean) * x.weight / weight;
			now.weight = weight;
		} else {
			so_far += now.weight;
			room = cluster_size(so_far / d->total, normalizer);
			d->at[last++] = now;
			now = x;
		}
	}
	d->at[last++] = now;
	d->n = last;
	if (d->backwards)
		reverse(d->at, d->n);
	d->backwards = !d->backwards;
	d->pending = false;
}

static void
settle(struct tdigest *d)
{
	if (d->pending)
		compress(d, 2 * d->compression);
}

static void
reserve(struct arena *a, struct tdigest *d, uint32_t n)
{
	struct centroid *at;

	if (n <= d->cap)
		return;
	n = MAX(n, MAX(d->cap * 2, 8u));
	at = arena_alloc(a, sizeof(*at) * n);
	if (d->n > 0)
		memcpy(at, d->at, sizeof(*at) * d->n);
	d->at = at;
	d->cap = n;
}

void
tdigest_add(struct arena *a, struct tdigest *d, double value, double weight)
{
	uint32_t most = (uint32_t)(6 * (2 * d->compression + 10));

	if (d->n >= most)
		compress(d, 2 * d->compression);
	reserve(a, d, d->n + 1);
	d->at[d->n++] = (struct centroid){ value, weight };
	d->total += weight;
	d->min = fmin(d->min, value);
	d->max = fmax(d->max, value);
	d->pending = true;
}

void
tdigest_merge(struct arena *a, struct tdigest *to, const struct tdigest *from)
{
	if (to->n + from->n > to->cap)
		settle(to);
	reserve(a, to, to->n + from->n);
	if (from->n > 0)
		memcpy(to->at + to->n, from->at, sizeof(*to->at) * from->n);
	to->n += from->n;
	to->total += from->total;
	to->min = fmin(to->min, from->min);
	to->max = fmax(to->max, from->max);
	to->pending = true;
}

/* ---- quantiles ---- */

static double
between(double x, double x0, double y0, double x1, double y1)
{
	return (x - x0) / (x1 - x0) * (y1 - y0);
}

/* rank lies between the middles of clusters k and k + 1, `offset` behind the
 * first one.  A cluster of one value is that value. */
static double
inside(const struct centroid *c, uint32_t k, double offset)
{
	double left = c[k].weight, right = c[k + 1].weight;
	double length = (left + right) / 2;

	if (left == 1 && offset < left / 2)
		return c[k].mean;
	if (right == 1 && offset >= left / 2)
		return c[k + 1].mean;
	if (left == 1) {
		offset -= left / 2;
		length = right / 2;
	} else if (right == 1) {
		length = left / 2;
	}
	return c[k].mean + between(offset, 0, c[k].mean, length,
	    c[k + 1].mean);
}

static double
value_at(const struct tdigest *d, double rank)
{
	const struct centroid *c = d->at, *end = &c[d->n - 1];
	double so_far = c[0].weight / 2;
	uint32_t k = 0;

	if (rank < 1)
		return d->min;
	if (rank < so_far)
		return d->min + between(rank, 1, d->min, so_far, c[0].mean);
	if (rank <= d->total - 1 && d->total - rank <= end->weight / 2 &&
	    end->weight / 2 > 1)
		return d->max + between(d->total - rank, 1, d->max,
		    end->weight / 2, end->mean);
	if (rank >= d->total - 1)
		return d->max;
	for (; k + 1 < d->n; k++) {
		double step = (c[k].weight + c[k + 1].weight) / 2;

		if (so_far + step > rank)
			return inside(c, k, rank - so_far);
		so_far += step;
	}
	if (end->weight / 2 > 1)
		return d->max + between(d->total - rank, 1, d->max,
		    end->weight / 2, end->mean);
	return d->max;
}

void
tdigest_values(struct tdigest *d, const double *q, int n, double *out)
{
	settle(d);
	for (int i = 0; i < n; i++)
		out[i] = d->n == 0 ? NAN : d->n == 1 ? d->at[0].mean
		    : value_at(d, q[i] * d->total);
}

/* ---- bytes ---- */

void
tdigest_write(struct tdigest *d, struct sbuf *to)
{
	compress(d, d->compression);
	sbuf_addc(to, 0);
	sbuf_add(to, &d->min, 8);
	sbuf_add(to, &d->max, 8);
	sbuf_add(to, &d->compression, 8);
	sbuf_add(to, &d->total, 8);
	sbuf_add(to, &d->n, 4);
	for (uint32_t i = 0; i < d->n; i++)
		sbuf_add(to, &d->at[i].mean, 8);
	for (uint32_t i = 0; i < d->n; i++)
		sbuf_add(to, &d->at[i].weight, 8);
}

int
tdigest_read(struct arena *a, struct str s, struct tdigest **out,
    struct err *e)
{
	struct tdigest *d = tdigest_new(a);
	uint32_t n = 0;
	bool good;

	if (s.n >= HEADER)
		memcpy(&n, s.p + HEADER - 4, 4);
	if (s.n < HEADER || s.p[0] != 0 || (s.n - HEADER) / 16 != n ||
	    (s.n - HEADER) % 16 != 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid format");
	memcpy(&d->min, s.p + 1, 8);
	memcpy(&d->max, s.p + 9, 8);
	memcpy(&d->compression, s.p + 17, 8);
	memcpy(&d->total, s.p + 25, 8);
	reserve(a, d, n);
	d->n = n;
	good = d->compression >= 10 && d->compression <= 1e6 &&
	    isfinite(d->total);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(&d->at[i].mean, s.p + HEADER + 8 * (size_t)i, 8);
		memcpy(&d->at[i].weight, s.p + HEADER + 8 * ((size_t)n + i),
		    8);
		good &= isfinite(d->at[i].mean) && d->at[i].weight > 0 &&
		    (i == 0 || d->at[i].mean >= d->at[i - 1].mean);
	}
	if (!good)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid t-digest");
	*out = d;
	return 0;
}
