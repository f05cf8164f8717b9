/* SPDX-License-Identifier: Apache-2.0
 * datetime_arith.c - + and - of dates, times and intervals; intervals times
 * and by numbers. */
#include <math.h>

#include "func/datetime.h"
#include "func/tables.h"

/* ---- interval arithmetic ---- */

static int64_t
interval_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_I32 ? KERNEL_AT(int32_t, v, i)
	    : KERNEL_AT(int64_t, v, i);
}

static void
interval_put(struct vec *v, uint32_t i, int64_t x)
{
	if (v->type->rep == REP_I32)
		((int32_t *)v->data)[i] = (int32_t)x;
	else
		((int64_t *)v->data)[i] = x;
}

static bool
interval_fits(const struct type *t, int64_t x)
{
	return t->rep == REP_I64 || x == (int32_t)x;
}

static void
interval_overflow(struct eval *ev, uint32_t i, const struct type *t,
    const char *word, int64_t x, char sign, int64_t y)
{
	struct sbuf b = { 0 };

	type_print(&b, t);
	eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "%s %s overflow: %lld %c %lld", sbuf_z(&b), word, (long long)x,
	    sign, (long long)y);
	sbuf_release(&b);
}

#define INTERVAL_OP(name, builtin, word, sign) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	KERNEL_EACH(s, i) { \
		int64_t x = interval_at(args->v[0], i), r; \
		int64_t y = interval_at(args->v[1], i); \
		if (builtin(x, y, &r) || !interval_fits(args->result, r)) \
			interval_overflow(ev, i, args->result, word, x, \
			    sign, y); \
		else \
			interval_put(*out, i, r); \
	} \
	return 0; \
}
INTERVAL_OP(interval_add, __builtin_add_overflow, "addition", '+')
INTERVAL_OP(interval_subtract, __builtin_sub_overflow, "subtraction", '-')

static int
interval_negate(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int64_t x = interval_at(args->v[0], i);

		if (x == INT64_MIN || !interval_fits(args->result, -x))
			interval_overflow(ev, i, args->result, "negation", x,
			    ' ', 0);
		else
			interval_put(*out, i, -x);
	}
	return 0;
}

/* The interval may stand on either side. */
static int
interval_times_int(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int which = args->types[0]->id == TYPE_BIGINT;

	KERNEL_EACH(s, i) {
		int64_t x = interval_at(args->v[which], i), r;
		int64_t y = KERNEL_AT(int64_t, args->v[1 - which], i);

		if (__builtin_mul_overflow(x, y, &r) ||
		    !interval_fits(args->result, r))
			interval_overflow(ev, i, args->result,
			    "multiplication", which ? y : x, '*',
			    which ? x : y);
		else
			interval_put(*out, i, r);
	}
	return 0;
}

/* A double becomes whole as in Java: cut, saturated. */
static int64_t
to_whole(double d, const struct type *t)
{
	double limit = t->rep == REP_I32 ? 2147483647.0
	    : 9223372036854775807.0;

	if (d >= limit)
		return t->rep == REP_I32 ? INT32_MAX : INT64_MAX;
	if (d <= -limit - 1)
		return t->rep == REP_I32 ? INT32_MIN : INT64_MIN;
	return (int64_t)d;
}

static int
interval_times_double(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int which = args->types[0]->id == TYPE_DOUBLE;

	KERNEL_EACH(s, i) {
		double d = KERNEL_AT(double, args->v[1 - which], i);

		if (isnan(d))
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Cannot multiply by double NaN");
		else
			interval_put(*out, i, to_whole((double)interval_at(
			    args->v[which], i) * d, args->result));
	}
	return 0;
}

static int
interval_divide(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		double d = KERNEL_AT(double, args->v[1], i);

		if (isnan(d) || d == 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Cannot divide by double %s",
			    eval_double_text(ev, d));
		else
			interval_put(*out, i, to_whole((double)interval_at(
			    args->v[0], i) / d, args->result));
	}
	return 0;
}

/* ---- moments and intervals ---- */

static bool
is_interval(const struct type *t)
{
	return t->id == TYPE_INTERVAL_DS || t->id == TYPE_INTERVAL_YM;
}

static void
add_millis(struct eval *ev, struct vec *out, uint32_t i, struct moment *m,
    int64_t millis, int sign)
{
	int64_t micros;

	if (out->type->id == TYPE_DATE && millis % 86400000 != 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT, sign > 0
		    ? "Cannot add hour, minutes or seconds to a date"
		    : "Cannot subtract hour, minutes or seconds from a date");
		return;
	}
	if (out->type->id == TYPE_TIME || out->type->id == TYPE_TIME_TZ)
		millis %= 86400000;
	if (out->type->id == TYPE_TIMESTAMP_TZ) {
		/* Exact time, not wall time. */
		m->millis_utc += millis * sign;
		moment_store_utc(ev, out, i, m);
		return;
	}
	if (__builtin_mul_overflow(millis * sign, INT64_C(1000), &micros) ||
	    __builtin_add_overflow(m->micros, micros, &m->micros)) {
		eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "timestamp overflow");
		return;
	}
	moment_store(ev, out, i, m);
}

static void
add_months(struct eval *ev, struct vec *out, uint32_t i, struct moment *m,
    int64_t months)
{
	int64_t days = date_of_timestamp(m->micros);
	int64_t rest = m->micros - days * MICROS_PER_DAY;

	m->micros = datetime_add_months(days, months) * MICROS_PER_DAY + rest;
	moment_store(ev, out, i, m);
}

static int
moment_plus(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, int sign)
{
	int which = is_interval(args->types[0]) ? 1 : 0;
	const struct vec *v = args->v[which], *iv = args->v[1 - which];
	bool months = iv->type->id == TYPE_INTERVAL_YM;
	struct moment m;

	KERNEL_EACH(s, i) {
		int64_t x = interval_at(iv, i);

		moment_load(v, i, &m);
		if (months)
			add_months(ev, out, i, &m, x * sign);
		else
			add_millis(ev, out, i, &m, x, sign);
	}
	return 0;
}

static int
plus(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	return moment_plus(ev, args, s, *out, 1);
}

static int
minus(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return moment_plus(ev, args, s, *out, -1);
}

/* Dates are the most frequent: days, without taking apart. */
static int
date_days(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, int sign)
{
	int which = is_interval(args->types[0]) ? 1 : 0;
	const struct vec *v = args->v[which], *iv = args->v[1 - which];
	int32_t *r = out->data;

	KERNEL_EACH(s, i) {
		int64_t millis = KERNEL_AT(int64_t, iv, i);

		if (unlikely(millis % 86400000 != 0))
			return moment_plus(ev, args, s, out, sign);
		r[i] = KERNEL_AT(int32_t, v, i) +
		    (int32_t)(millis / 86400000) * sign;
	}
	return 0;
}

static int
date_plus(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return date_days(ev, args, s, *out, 1);
}

static int
date_minus(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return date_days(ev, args, s, *out, -1);
}

/* Milliseconds between two moments, as an interval. */
static int
difference(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;
	enum type_id id = args->types[0]->id;
	struct moment x, y;

	KERNEL_EACH(s, i) {
		moment_load(args->v[0], i, &x);
		moment_load(args->v[1], i, &y);
		if (id == TYPE_TIMESTAMP_TZ)
			r[i] = x.millis_utc - y.millis_utc;
		else if (id == TYPE_TIME_TZ)
			r[i] = round_div(floor_mod(x.micros - x.offset *
			    INT64_C(60000000), MICROS_PER_DAY) -
			    floor_mod(y.micros - y.offset *
			    INT64_C(60000000), MICROS_PER_DAY), 1000);
		else
			r[i] = round_div(x.micros - y.micros, 1000);
	}
	return 0;
}

/* timestamp(p) + day to second: at least 3 digits. */
static int
resolve_digits(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	const struct type *t = is_interval(args[0]) ? args[1] : args[0];

	*result = t->precision >= 3 ? t : type_time(a, t->id, 3);
	return 0;
}

enum { OP = FUNC_OPERATOR | FUNC_HIDDEN };
#define DS "interval day to second"
#define YM "interval year to month"
#define ROW(name, x, y, r, fn) \
	{ .signature = name "(" x "," y "):" r, .flags = OP, .kernel = fn }
#define DIGITS(name, x, y, r, fn) \
	{ .signature = name "(" x "," y "):" r, .flags = OP, .kernel = fn, \
	    .resolve = resolve_digits }
#define TIMES_DS(T) DIGITS("+", T, DS, T, plus), \
	DIGITS("+", DS, T, T, plus), DIGITS("-", T, DS, T, minus), \
	ROW("-", T, T, DS, difference)
#define MONTHS(T) ROW("+", T, YM, T, plus), ROW("+", YM, T, T, plus), \
	ROW("-", T, YM, T, minus)
#define NUMBERS(T) ROW("*", "bigint", T, T, interval_times_int), \
	ROW("*", "double", T, T, interval_times_double), \
	ROW("*", T, "bigint", T, interval_times_int), \
	ROW("*", T, "double", T, interval_times_double), \
	ROW("/", T, "double", T, interval_divide)

const struct func func_datetime_arith[] = {
	ROW("+", DS, DS, DS, interval_add),
	ROW("-", DS, DS, DS, interval_subtract),
	NUMBERS(DS),
	{ .signature = "-(" DS "):" DS, .flags = OP,
	    .kernel = interval_negate },
	ROW("+", YM, YM, YM, interval_add),
	ROW("-", YM, YM, YM, interval_subtract),
	NUMBERS(YM),
	{ .signature = "-(" YM "):" YM, .flags = OP,
	    .kernel = interval_negate },
	ROW("+", "date", DS, "date", date_plus),
	ROW("+", DS, "date", "date", date_plus),
	ROW("-", "date", DS, "date", date_minus),
	ROW("-", "date", "date", DS, difference),
	MONTHS("date"),
	TIMES_DS("time(p)"), TIMES_DS("time(p) with time zone"),
	TIMES_DS("timestamp(p)"), MONTHS("timestamp(p)"),
	TIMES_DS("timestamp(p) with time zone"),
	MONTHS("timestamp(p) with time zone"),
	{ 0 }
};
