/* SPDX-License-Identifier: Apache-2.0
 * agg_sum.c - sum and avg.
 *
 * A state is the sum (or mean's sum) and how many values made it; no value:
 * NULL.  Integers overflow as an error, decimals add up in 128 bits plus an
 * overflow count, so that only the final sum must fit. */
#pragma GCC optimize("O3")
#include <math.h>

#include "func/agg.h"
#include "func/tables.h"
#include "type/decimal.h"

struct sum_i64 {
	int64_t n, sum;
};

struct sum_f64 {
	int64_t n;
	double sum;
};

struct sum_dec {
	int64_t n;
	int64_t carry;          /* times 2^128 */
	uint64_t low, high;
};

/* ---- bigint and intervals ---- */

static int
sum_overflow(struct agg_context *c, int64_t x, int64_t y, struct err *e)
{
	struct sbuf name = { 0 };
	int rc;

	type_print(&name, c->types[0]);
	rc = err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "%s addition overflow: %lld + %lld", sbuf_z(&name), (long long)x,
	    (long long)y);
	sbuf_release(&name);
	return rc;
}

static inline int64_t
int_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_I32 ? KERNEL_AT(int32_t, v, i)
	    : KERNEL_AT(int64_t, v, i);
}

static int
sum_i64_add(struct agg_context *c, struct sum_i64 *s, int64_t x, int64_t n,
    struct err *e)
{
	int64_t sum;
	bool small = c->types[0]->rep == REP_I32;

	if (__builtin_add_overflow(s->sum, x, &sum) ||
	    (small && sum != (int32_t)sum))
		return sum_overflow(c, s->sum, x, e);
	s->sum = sum;
	s->n += n;
	return 0;
}

static int
sum_i64_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];
	int rc;

	KERNEL_EACH(s, i) {
		if (vec_is_null(v, i))
			continue;
		rc = sum_i64_add(c, AGG_STATE(struct sum_i64, rows, offset, i),
		    int_at(v, i), 1, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Exact in 128 bits: high and low halves are summed apart, so that the loop
 * vectorises. */
KERNEL_CLONES static int128
sum_wide(const int64_t *restrict a, uint32_t n)
{
	int64_t high = 0;
	uint64_t low = 0;

	for (uint32_t i = 0; i < n; i++) {
		high += a[i] >> 32;
		low += (uint32_t)a[i];
	}
	return ((int128)high << 32) + low;
}

/* The same of chosen rows. */
static int128
sum_picked_wide(const int64_t *restrict a, const uint16_t *restrict sel,
    uint32_t n)
{
	int64_t high = 0;
	uint64_t low = 0;

	for (uint32_t i = 0; i < n; i++) {
		int64_t x = a[sel[i]];

		high += x >> 32;
		low += (uint32_t)x;
	}
	return ((int128)high << 32) + low;
}

static int128
sum_vector(const struct vec *v, const struct rows_sel *s, int64_t *count)
{
	int128 sum = 0;
	int64_t n = 0;

	if (v->form == VEC_FLAT && v->valid == NULL &&
	    v->type->rep == REP_I64) {
		*count = s->n;
		return s->sel == NULL ? sum_wide(v->data, s->n)
		    : sum_picked_wide(v->data, s->sel, s->n);
	}
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i)) {
			sum += int_at(v, i);
			n++;
		}
	*count = n;
	return sum;
}

/* An overflow on the way counts although later values may take it back, as
 * when adding one by one; the order is free, so the exact sum decides. */
static int
sum_i64_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct sum_i64 *st = (void *)state;
	int64_t n;
	int128 sum = sum_vector(args[0], s, &n);

	if (sum != (int64_t)sum) {
		char *rows[PAGE_ROWS];

		KERNEL_EACH(s, i)
			rows[i] = state;
		return sum_i64_update(c, rows, 0, args, s, e);
	}
	return sum_i64_add(c, st, (int64_t)sum, n, e);
}

static int
sum_i64_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		if (vec_is_null(in, i))
			continue;
		rc = sum_i64_add(c, AGG_STATE(struct sum_i64, rows, offset, i),
		    int_at(in, i), 1, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
sum_i64_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_i64 *s = AGG_STATE(struct sum_i64, rows, offset, i);
		int32_t small = (int32_t)s->sum;

		if (s->n == 0)
			rc = vec_builder_null(out, e);
		else if (out->type->rep == REP_I32)
			rc = vec_builder_value(out, &small, e);
		else
			rc = vec_builder_value(out, &s->sum, e);
	}
	return rc;
}

/* ---- double and real ---- */

static inline double
float_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_F32 ? (double)KERNEL_AT(float, v, i)
	    : v->type->rep == REP_F64 ? KERNEL_AT(double, v, i)
	    : (double)int_at(v, i);
}

static int
sum_f64_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	if (v->form == VEC_FLAT && v->valid == NULL &&
	    v->type->rep == REP_F64) {
		const double *a = v->data;

		KERNEL_EACH(s, i) {
			struct sum_f64 *st = AGG_STATE(struct sum_f64, rows,
			    offset, i);

			st->n++;
			st->sum += a[i];
		}
		return 0;
	}
	KERNEL_EACH(s, i) {
		struct sum_f64 *st = AGG_STATE(struct sum_f64, rows, offset,
		    i);

		if (vec_is_null(v, i))
			continue;
		st->n++;
		st->sum += float_at(v, i);
	}
	return 0;
}

static double
sum_doubles(const double *restrict a, uint32_t n)
{
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
	uint32_t i = 0;

	for (; i + 4 <= n; i += 4) {
		s0 += a[i];
		s1 += a[i + 1];
		s2 += a[i + 2];
		s3 += a[i + 3];
	}
	for (; i < n; i++)
		s0 += a[i];
	return (s0 + s1) + (s2 + s3);
}

/* The same for some rows: four sums, so that additions need not wait for each
 * other. */
static double
sum_picked(const double *d, const uint16_t *sel, uint32_t n)
{
	double a = 0, b = 0, c = 0, e = 0;
	uint32_t k = 0;

	for (; k + 4 <= n; k += 4) {
		a += d[sel[k]];
		b += d[sel[k + 1]];
		c += d[sel[k + 2]];
		e += d[sel[k + 3]];
	}
	for (; k < n; k++)
		a += d[sel[k]];
	return (a + b) + (c + e);
}

static int
sum_f64_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct sum_f64 *st = (void *)state;
	const struct vec *v = args[0];

	if (v->form == VEC_FLAT && v->valid == NULL && s->sel == NULL &&
	    v->type->rep == REP_F64) {
		st->n += s->n;
		st->sum += sum_doubles(v->data, s->n);
		return 0;
	}
	if (v->form == VEC_FLAT && v->valid == NULL &&
	    v->type->rep == REP_F64) {
		st->n += s->n;
		st->sum += sum_picked(v->data, s->sel, s->n);
		return 0;
	}
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i)) {
			st->n++;
			st->sum += float_at(v, i);
		}
	return 0;
}

static int
put_float(struct vec_builder *out, double d, struct err *e)
{
	float f = (float)d;

	return out->type->rep == REP_F32 ? vec_builder_value(out, &f, e)
	    : vec_builder_value(out, &d, e);
}

static int
sum_f64_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_f64 *s = AGG_STATE(struct sum_f64, rows, offset, i);

		rc = s->n == 0 ? vec_builder_null(out, e)
		    : put_float(out, s->sum, e);
	}
	return rc;
}

static int
avg_f64_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_f64 *s = AGG_STATE(struct sum_f64, rows, offset, i);

		rc = s->n == 0 ? vec_builder_null(out, e)
		    : put_float(out, s->sum / (double)s->n, e);
	}
	return rc;
}

/* Intermediate: the state's bytes. */
static int
sum_f64_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct sum_f64 *st = AGG_STATE(struct sum_f64, rows, offset,
		    i), other;

		if (agg_load(in, i, &other, sizeof(other))) {
			st->n += other.n;
			st->sum += other.sum;
		}
	}
	return 0;
}

static int
sum_f64_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	return agg_save_bytes(rows, offset, n, sizeof(struct sum_f64), out, e);
}

/* Intervals: the mean's nearest value. */
static int
avg_interval_final(struct agg_context *c, char *const *rows,
    uint32_t offset, uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_f64 *s = AGG_STATE(struct sum_f64, rows, offset, i);
		int64_t mean = s->n == 0 ? 0 : (int64_t)floor(s->sum /
		    (double)s->n + 0.5);
		int32_t small = (int32_t)mean;

		rc = s->n == 0 ? vec_builder_null(out, e)
		    : out->type->rep == REP_I32
		    ? vec_builder_value(out, &small, e)
		    : vec_builder_value(out, &mean, e);
	}
	return rc;
}

/* ---- decimal ---- */

static inline int128
dec_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_I64 ? (int128)KERNEL_AT(int64_t, v, i)
	    : KERNEL_AT(int128, v, i);
}

static inline int128
dec_sum(const struct sum_dec *s)
{
	return (int128)((uint128)s->high << 64 | s->low);
}

static inline void
dec_add(struct sum_dec *s, int128 x, int64_t n)
{
	int128 sum = dec_sum(s), r;

	if (__builtin_add_overflow(sum, x, &r)) {
		r = (int128)((uint128)sum + (uint128)x);
		s->carry += x > 0 ? 1 : -1;
	}
	s->low = (uint64_t)r;
	s->high = (uint64_t)((uint128)r >> 64);
	s->n += n;
}

static int
sum_dec_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			dec_add(AGG_STATE(struct sum_dec, rows, offset, i),
			    dec_at(v, i), 1);
	return 0;
}

/* Sum of long decimals without NULLs; false: some are so big that it may
 * have overflowed. */
static bool
sum_longs(const int128 *restrict a, const struct rows_sel *s, int128 *sum)
{
	uint128 total = 0;
	uint64_t big = 0;

	KERNEL_EACH(s, i) {
		int64_t high = (int64_t)(a[i] >> 64);

		big |= (uint64_t)(high ^ high >> 63);
		total += (uint128)a[i];
	}
	*sum = (int128)total;
	return big >> 48 == 0;
}

static int
sum_dec_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];
	struct sum_dec *st = (void *)state;
	int128 sum;
	int64_t n;

	if (v->type->rep == REP_I64) {
		sum = sum_vector(v, s, &n);
		dec_add(st, sum, n);
		return 0;
	}
	if (v->form == VEC_FLAT && v->valid == NULL &&
	    sum_longs(v->data, s, &sum)) {
		dec_add(st, sum, s->n);
		return 0;
	}
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			dec_add(st, dec_at(v, i), 1);
	return 0;
}

static int
sum_dec_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct sum_dec *st = AGG_STATE(struct sum_dec, rows, offset,
		    i), other;

		if (agg_load(in, i, &other, sizeof(other))) {
			st->carry += other.carry;
			dec_add(st, dec_sum(&other), other.n);
		}
	}
	return 0;
}

static int
sum_dec_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	return agg_save_bytes(rows, offset, n, sizeof(struct sum_dec), out, e);
}

static int
put_decimal(struct vec_builder *out, int128 x, struct err *e)
{
	int64_t small = (int64_t)x;

	return out->type->rep == REP_I64 ? vec_builder_value(out, &small, e)
	    : vec_builder_value(out, &x, e);
}

static int
sum_dec_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_dec *s = AGG_STATE(struct sum_dec, rows, offset, i);
		int128 sum = dec_sum(s);

		if (s->n == 0)
			rc = vec_builder_null(out, e);
		else if (s->carry != 0 || !decimal_fits(sum,
		    DECIMAL_MAX_PRECISION))
			rc = err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "Decimal overflow");
		else
			rc = put_decimal(out, sum, e);
	}
	return rc;
}

/* (carry * 2^128 + sum) / n, half away from zero, by long division in 64-bit
 * digits. */
static int128
mean(const struct sum_dec *s)
{
	bool minus = s->carry < 0 || (s->carry == 0 && dec_sum(s) < 0);
	uint64_t n = (uint64_t)s->n;
	uint128 low = (uint128)dec_sum(s), q;
	/* The 192-bit two's complement: top word is carry plus the sign of
	 * the lower 128 bits as a signed number. */
	uint64_t top = (uint64_t)s->carry - (dec_sum(s) < 0);
	uint64_t digit[3] = { top, (uint64_t)(low >> 64), (uint64_t)low };
	uint64_t rest = 0;

	if (minus) {
		uint128 neg = 0 - low;

		digit[0] = ~top + (low == 0);
		digit[1] = (uint64_t)(neg >> 64);
		digit[2] = (uint64_t)neg;
	}
	for (int i = 0; i < 3; i++) {
		uint128 part = (uint128)rest << 64 | digit[i];

		digit[i] = (uint64_t)(part / n);
		rest = (uint64_t)(part % n);
	}
	q = (uint128)digit[1] << 64 | digit[2];
	if (rest >= n - rest)
		q++;
	return minus ? -(int128)q : (int128)q;
}

static int
avg_dec_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_dec *s = AGG_STATE(struct sum_dec, rows, offset, i);

		rc = s->n == 0 ? vec_builder_null(out, e)
		    : put_decimal(out, mean(s), e);
	}
	return rc;
}

#define SUM(T, I, K, F) \
	{ .signature = "sum(" T "):" T, .intermediate = I, \
	    .state_size = sizeof(struct sum_##K), \
	    .update = sum_##K##_update, .update_one = sum_##K##_one, \
	    .combine = sum_##K##_combine, .save = F, \
	    .final = sum_##K##_final, .help = "Sum of the values" }
#define AVG(T, R, FINAL) \
	{ .signature = "avg(" T "):" R, .intermediate = "varbinary", \
	    .state_size = sizeof(struct sum_f64), .update = sum_f64_update, \
	    .update_one = sum_f64_one, .combine = sum_f64_combine, \
	    .save = sum_f64_save, .final = FINAL, \
	    .help = "Mean of the values" }

const struct agg_func agg_sum[] = {
	SUM("double", "varbinary", f64, sum_f64_save),
	SUM("real", "varbinary", f64, sum_f64_save),
	SUM("bigint", "bigint", i64, sum_i64_final),
	SUM("interval day to second", "interval day to second", i64,
	    sum_i64_final),
	SUM("interval year to month", "interval year to month", i64,
	    sum_i64_final),
	{ .signature = "sum(decimal(p,s)):decimal(38,s)",
	    .intermediate = "varbinary", .state_size = sizeof(struct sum_dec),
	    .update = sum_dec_update, .update_one = sum_dec_one,
	    .combine = sum_dec_combine, .save = sum_dec_save,
	    .final = sum_dec_final, .help = "Sum of the values" },
	AVG("bigint", "double", avg_f64_final),
	AVG("double", "double", avg_f64_final),
	AVG("real", "real", avg_f64_final),
	AVG("interval day to second", "interval day to second",
	    avg_interval_final),
	AVG("interval year to month", "interval year to month",
	    avg_interval_final),
	{ .signature = "avg(decimal(p,s)):decimal(p,s)",
	    .intermediate = "varbinary", .state_size = sizeof(struct sum_dec),
	    .update = sum_dec_update, .update_one = sum_dec_one,
	    .combine = sum_dec_combine, .save = sum_dec_save,
	    .final = avg_dec_final, .help = "Mean of the values" },
	{ 0 }
};
