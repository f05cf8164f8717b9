/* SPDX-License-Identifier: Apache-2.0
 * agg_moment.c - stddev, variance, skewness, kurtosis, geometric_mean.
 *
 * The sums of powers of the distance to the mean are kept up to date value by
 * value (Welford) and merged by Chan's and Pebay's formulas, which stay exact
 * where the mean is far from zero. */
#pragma GCC optimize("O3")
#include <math.h>

#include "func/agg_number.h"
#include "func/tables.h"

struct variance {
	int64_t n;
	double mean, m2;
};

struct moments {
	int64_t n;
	double mean, m2, m3, m4;
};

struct log_sum {
	int64_t n;
	double sum;
};

/* ---- variance ---- */

static inline void
variance_add(struct variance *s, double x)
{
	double delta = x - s->mean;

	s->n++;
	s->mean += delta / (double)s->n;
	s->m2 += delta * (x - s->mean);
}

static void
variance_merge(struct variance *s, const struct variance *o)
{
	double delta = o->mean - s->mean, n = (double)(s->n + o->n);

	if (o->n == 0)
		return;
	s->m2 += o->m2 + delta * delta * (double)s->n * (double)o->n / n;
	s->mean += delta * (double)o->n / n;
	s->n += o->n;
}

static int
variance_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			variance_add(AGG_STATE(struct variance, rows, offset,
			    i), agg_double_at(v, i));
	return 0;
}

/* Rows without NULLs in two passes: first the mean, then the distances, four
 * at a time. */
static void
variance_dense(struct variance *s, const double *restrict a, uint32_t n)
{
	double sum[4] = { 0 }, m2[4] = { 0 };
	struct variance o = { .n = n };
	uint32_t i = 0;

	for (; i + 4 <= n; i += 4)
		for (int k = 0; k < 4; k++)
			sum[k] += a[i + (uint32_t)k];
	for (; i < n; i++)
		sum[0] += a[i];
	o.mean = (sum[0] + sum[1] + sum[2] + sum[3]) / (double)n;
	for (i = 0; i + 4 <= n; i += 4)
		for (int k = 0; k < 4; k++) {
			double d = a[i + (uint32_t)k] - o.mean;

			m2[k] += d * d;
		}
	for (; i < n; i++)
		m2[0] += (a[i] - o.mean) * (a[i] - o.mean);
	o.m2 = m2[0] + m2[1] + m2[2] + m2[3];
	if (s->n == 0)
		*s = o;
	else
		variance_merge(s, &o);
}

static int
variance_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct variance *st = (void *)state;
	const struct vec *v = args[0];

	if (v->form == VEC_FLAT && v->valid == NULL && s->sel == NULL &&
	    v->type->rep == REP_F64 && s->n > 0) {
		variance_dense(st, v->data, s->n);
		return 0;
	}
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			variance_add(st, agg_double_at(v, i));
	return 0;
}

AGG_COMBINE_BYTES(variance_combine, struct variance, variance_merge)
AGG_SAVE_BYTES(variance_save, struct variance)

static inline bool
var_pop(const struct variance *s, double *d)
{
	*d = s->m2 / (double)s->n;
	return s->n > 0;
}

static inline bool
var_samp(const struct variance *s, double *d)
{
	*d = s->m2 / (double)(s->n - 1);
	return s->n > 1;
}

static inline bool
stddev_pop(const struct variance *s, double *d)
{
	*d = sqrt(s->m2 / (double)s->n);
	return s->n > 0;
}

static inline bool
stddev_samp(const struct variance *s, double *d)
{
	*d = sqrt(s->m2 / (double)(s->n - 1));
	return s->n > 1;
}

AGG_FINAL_DOUBLE(var_pop_final, struct variance, var_pop)
AGG_FINAL_DOUBLE(var_samp_final, struct variance, var_samp)
AGG_FINAL_DOUBLE(stddev_pop_final, struct variance, stddev_pop)
AGG_FINAL_DOUBLE(stddev_samp_final, struct variance, stddev_samp)

/* ---- skewness, kurtosis ---- */

static void
moments_merge(struct moments *s, const struct moments *o)
{
	double na = (double)s->n, nb = (double)o->n, n = na + nb;
	double d = o->mean - s->mean, d2 = d * d;
	struct moments r = { .n = s->n + o->n };

	if (o->n == 0)
		return;
	if (s->n == 0) {
		*s = *o;
		return;
	}
	r.mean = (na * s->mean + nb * o->mean) / n;
	r.m2 = s->m2 + o->m2 + d2 * na * nb / n;
	r.m3 = s->m3 + o->m3 + d * d2 * na * nb * (na - nb) / (n * n) +
	    3 * d * (na * o->m2 - nb * s->m2) / n;
	r.m4 = s->m4 + o->m4 + d2 * d2 * na * nb * (na * na - na * nb +
	    nb * nb) / (n * n * n) + 6 * d2 * (na * na * o->m2 +
	    nb * nb * s->m2) / (n * n) + 4 * d * (na * o->m3 - nb * s->m3) / n;
	*s = r;
}

static inline void
moments_add(struct moments *s, double x)
{
	double n1 = (double)s->n, n = n1 + 1;
	double d = x - s->mean, dn = d / n, dn2 = dn * dn, t = d * dn * n1;

	s->n++;
	s->mean += dn;
	s->m4 += t * dn2 * (n * n - 3 * n + 3) + 6 * dn2 * s->m2 -
	    4 * dn * s->m3;
	s->m3 += t * dn * (n - 2) - 3 * dn * s->m2;
	s->m2 += t;
}

static int
moments_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			moments_add(AGG_STATE(struct moments, rows, offset, i),
			    agg_double_at(v, i));
	return 0;
}

AGG_COMBINE_BYTES(moments_combine, struct moments, moments_merge)
AGG_SAVE_BYTES(moments_save, struct moments)

static inline bool
skewness(const struct moments *s, double *d)
{
	*d = sqrt((double)s->n) * s->m3 / pow(s->m2, 1.5);
	return s->n >= 3;
}

static inline bool
kurtosis(const struct moments *s, double *d)
{
	double n = (double)s->n, variance = s->m2 / (n - 1);

	*d = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * s->m4 /
	    (variance * variance) - 3 * (n - 1) * (n - 1) /
	    ((n - 2) * (n - 3));
	return s->n >= 4;
}

AGG_FINAL_DOUBLE(skewness_final, struct moments, skewness)
AGG_FINAL_DOUBLE(kurtosis_final, struct moments, kurtosis)

/* ---- geometric_mean ---- */

static int
log_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i) {
		struct log_sum *st = AGG_STATE(struct log_sum, rows, offset,
		    i);

		if (vec_is_null(v, i))
			continue;
		st->n++;
		st->sum += log(agg_double_at(v, i));
	}
	return 0;
}

static void
log_merge(struct log_sum *s, const struct log_sum *o)
{
	s->n += o->n;
	s->sum += o->sum;
}

static inline bool
geometric_mean(const struct log_sum *s, double *d)
{
	*d = exp(s->sum / (double)s->n);
	return s->n > 0;
}

AGG_COMBINE_BYTES(log_combine, struct log_sum, log_merge)
AGG_SAVE_BYTES(log_save, struct log_sum)
AGG_FINAL_DOUBLE(log_final, struct log_sum, geometric_mean)

#define VARIANCE(name, T, final_call, help_text) \
	{ .signature = name "(" T "):double", .intermediate = "varbinary", \
	    .state_size = sizeof(struct variance), \
	    .update = variance_update, .update_one = variance_one, \
	    .combine = variance_combine, .save = variance_save, \
	    .final = final_call, .help = help_text }
#define BOTH(name, final_call, what) \
	VARIANCE(name, "double", final_call, "Returns the " what \
	    " of the argument"), \
	VARIANCE(name, "bigint", final_call, "Returns the " what \
	    " of the argument")
#define MOMENT(name, T, help_text) \
	{ .signature = #name "(" T "):double", .intermediate = "varbinary", \
	    .state_size = sizeof(struct moments), .update = moments_update, \
	    .combine = moments_combine, .save = moments_save, \
	    .final = name##_final, .help = help_text }
#define GEOMETRIC(T, R) \
	{ .signature = "geometric_mean(" T "):" R, \
	    .intermediate = "varbinary", \
	    .state_size = sizeof(struct log_sum), .update = log_update, \
	    .combine = log_combine, .save = log_save, .final = log_final, \
	    .help = "" }

const struct agg_func agg_moment[] = {
	BOTH("stddev", stddev_samp_final, "sample standard deviation"),
	BOTH("stddev_samp", stddev_samp_final, "sample standard deviation"),
	BOTH("stddev_pop", stddev_pop_final,
	    "population standard deviation"),
	BOTH("variance", var_samp_final, "sample variance"),
	BOTH("var_samp", var_samp_final, "sample variance"),
	BOTH("var_pop", var_pop_final, "population variance"),
	MOMENT(skewness, "double", "Returns the skewness of the argument"),
	MOMENT(skewness, "bigint", "Returns the skewness of the argument"),
	MOMENT(kurtosis, "double",
	    "Returns the (excess) kurtosis of the argument"),
	MOMENT(kurtosis, "bigint",
	    "Returns the (excess) kurtosis of the argument"),
	GEOMETRIC("double", "double"), GEOMETRIC("bigint", "double"),
	GEOMETRIC("real", "real"),
	{ 0 }
};
