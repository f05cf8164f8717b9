/* SPDX-License-Identifier: Apache-2.0
 * agg_corr.c - aggregates of pairs (y, x): covariance, correlation, linear
 * regression.  Rows where either is NULL do not count. */
#include <math.h>

#include "func/agg_number.h"
#include "func/tables.h"

struct pairs {
	int64_t n;
	double mean_x, mean_y;
	double c2;              /* sum of (x - mean_x) * (y - mean_y) */
	double m2_x, m2_y;      /* sums of squared distances */
};

static inline void
pairs_add(struct pairs *s, double x, double y)
{
	double n = (double)(s->n + 1), old_n = (double)s->n;
	double dx = x - s->mean_x, dy = y - s->mean_y;

	s->n++;
	s->mean_x += dx / n;
	s->mean_y += dy / n;
	s->c2 += dx * dy * old_n / n;
	s->m2_x += dx * dx * old_n / n;
	s->m2_y += dy * dy * old_n / n;
}

static void
pairs_merge(struct pairs *s, const struct pairs *o)
{
	double na = (double)s->n, nb = (double)o->n, n = na + nb;
	double dx = o->mean_x - s->mean_x, dy = o->mean_y - s->mean_y;

	if (o->n == 0)
		return;
	if (s->n == 0) {
		*s = *o;
		return;
	}
	s->n += o->n;
	s->mean_x += dx * nb / n;
	s->mean_y += dy * nb / n;
	s->c2 += o->c2 + dx * dy * na * nb / n;
	s->m2_x += o->m2_x + dx * dx * na * nb / n;
	s->m2_y += o->m2_y + dy * dy * na * nb / n;
}

static int
pairs_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i)
		if (!vec_is_null(args[0], i) && !vec_is_null(args[1], i))
			pairs_add(AGG_STATE(struct pairs, rows, offset, i),
			    agg_double_at(args[1], i),
			    agg_double_at(args[0], i));
	return 0;
}

AGG_COMBINE_BYTES(pairs_combine, struct pairs, pairs_merge)
AGG_SAVE_BYTES(pairs_save, struct pairs)

static inline bool
covar_pop(const struct pairs *s, double *d)
{
	*d = s->c2 / (double)s->n;
	return s->n > 0;
}

static inline bool
covar_samp(const struct pairs *s, double *d)
{
	*d = s->c2 / (double)(s->n - 1);
	return s->n > 1;
}

static inline bool
corr(const struct pairs *s, double *d)
{
	*d = s->c2 / (sqrt(s->m2_x) * sqrt(s->m2_y));
	return isfinite(*d);
}

static inline bool
regr_slope(const struct pairs *s, double *d)
{
	*d = s->c2 / s->m2_x;
	return isfinite(*d);
}

static inline bool
regr_intercept(const struct pairs *s, double *d)
{
	*d = s->mean_y - s->c2 / s->m2_x * s->mean_x;
	return isfinite(*d);
}

AGG_FINAL_DOUBLE(covar_pop_final, struct pairs, covar_pop)
AGG_FINAL_DOUBLE(covar_samp_final, struct pairs, covar_samp)
AGG_FINAL_DOUBLE(corr_final, struct pairs, corr)
AGG_FINAL_DOUBLE(slope_final, struct pairs, regr_slope)
AGG_FINAL_DOUBLE(intercept_final, struct pairs, regr_intercept)

#define PAIRS(name, T, final_call) \
	{ .signature = name "(" T "," T "):" T, .intermediate = "varbinary", \
	    .state_size = sizeof(struct pairs), .update = pairs_update, \
	    .combine = pairs_combine, .save = pairs_save, \
	    .final = final_call, .help = "" }
#define BOTH(name, final_call) \
	PAIRS(name, "double", final_call), PAIRS(name, "real", final_call)

const struct agg_func agg_corr[] = {
	BOTH("corr", corr_final),
	BOTH("covar_pop", covar_pop_final),
	BOTH("covar_samp", covar_samp_final),
	BOTH("regr_slope", slope_final),
	BOTH("regr_intercept", intercept_final),
	{ 0 }
};
