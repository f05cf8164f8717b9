/* SPDX-License-Identifier: Apache-2.0
 * math.c - functions of doubles: roots, logarithms, angles, constants. */
#include <math.h>

#include "func/kernel.h"
#include "func/tables.h"

/* Java's pow: NaN exponents and |1| to infinite powers give NaN. */
static double
java_pow(double x, double y)
{
	if (isnan(y) || (isinf(y) && fabs(x) == 1))
		return NAN;
	return pow(x, y);
}

static double
degrees_of(double x)
{
	return x * (180.0 / M_PI);
}

static double
radians_of(double x)
{
	return x * (M_PI / 180.0);
}

static double
sign_of(double x)
{
	return x > 0 ? 1 : x < 0 ? -1 : x;
}

KERNEL_UNARY(f_sqrt, double, double, sqrt(x))
KERNEL_UNARY(f_cbrt, double, double, cbrt(x))
KERNEL_UNARY(f_exp, double, double, exp(x))
KERNEL_UNARY(f_ln, double, double, log(x))
KERNEL_UNARY(f_log2, double, double, log2(x))
KERNEL_UNARY(f_log10, double, double, log10(x))
KERNEL_UNARY(f_sin, double, double, sin(x))
KERNEL_UNARY(f_cos, double, double, cos(x))
KERNEL_UNARY(f_tan, double, double, tan(x))
KERNEL_UNARY(f_asin, double, double, asin(x))
KERNEL_UNARY(f_acos, double, double, acos(x))
KERNEL_UNARY(f_atan, double, double, atan(x))
KERNEL_UNARY(f_sinh, double, double, sinh(x))
KERNEL_UNARY(f_cosh, double, double, cosh(x))
KERNEL_UNARY(f_tanh, double, double, tanh(x))
KERNEL_UNARY(f_degrees, double, double, degrees_of(x))
KERNEL_UNARY(f_radians, double, double, radians_of(x))
KERNEL_UNARY(f_sign, double, double, sign_of(x))
KERNEL_UNARY(f_sign_real, float, float, (float)sign_of(x))
KERNEL_UNARY(f_abs, double, double, fabs(x))
KERNEL_UNARY(f_abs_real, float, float, fabsf(x))
KERNEL_UNARY(f_ceil, double, double, ceil(x))
KERNEL_UNARY(f_ceil_real, float, float, ceilf(x))
KERNEL_UNARY(f_floor, double, double, floor(x))
KERNEL_UNARY(f_floor_real, float, float, floorf(x))
KERNEL_UNARY(f_truncate, double, double, trunc(x))
KERNEL_UNARY(f_truncate_real, float, float, truncf(x))
KERNEL_UNARY(f_round, double, double, round(x) + 0.0)
KERNEL_UNARY(f_round_real, float, float, roundf(x) + 0.0f)
KERNEL_UNARY(f_is_nan, double, uint8_t, isnan(x) != 0)
KERNEL_UNARY(f_is_nan_real, float, uint8_t, isnan(x) != 0)
KERNEL_UNARY(f_is_finite, double, uint8_t, isfinite(x) != 0)
KERNEL_UNARY(f_is_infinite, double, uint8_t, isinf(x) != 0)
KERNEL_BINARY(f_power, double, double, double, java_pow(x, y))
KERNEL_BINARY(f_atan2, double, double, double, atan2(x, y))
KERNEL_BINARY(f_log, double, double, double, log(y) / log(x))

static int
f_false(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint8_t no = 0;

	kernel_fill(*out, s, &no);
	return 0;
}

/* ---- round to decimals ---- */

/* The decimal fraction of so many digits that is nearest to the double's
 * exact value, halves away from zero. */
static double
round_to(double x, int64_t digits)
{
	double f, p, n, rest;

	if (!isfinite(x) || digits > 22 || x == 0)
		return x;
	if (digits < -308)
		return copysign(0, x);
	f = pow(10, (double)(digits < 0 ? -digits : digits));
	p = digits >= 0 ? x * f : x / f;
	if (!(fabs(p) < 4503599627370496.0))
		return x;
	n = round(p);
	/* p was rounded: what it lacks decides near a half. */
	rest = digits >= 0 ? fma(x, f, -p) : fma(-p, f, x);
	if (fabs(n - p) == 0.5 && (x > 0 ? rest < 0 : rest > 0))
		n -= copysign(1, x);
	return digits >= 0 ? n / f : n * f;
}

static int
round_double(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	double *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = round_to(KERNEL_AT(double, args->v[0], i),
		    KERNEL_AT(int32_t, args->v[1], i));
	return 0;
}

static int
round_real(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	float *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = (float)round_to(KERNEL_AT(float, args->v[0], i),
		    KERNEL_AT(int32_t, args->v[1], i));
	return 0;
}

/* ---- constants ---- */

#define CONSTANT(name, value) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	double v = (value); \
	kernel_fill(*out, s, &v); \
	return 0; \
}
CONSTANT(c_pi, M_PI)
CONSTANT(c_e, M_E)
CONSTANT(c_nan, NAN)
CONSTANT(c_infinity, INFINITY)

/* ---- random ---- */

static int
random_double(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	double *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = (double)(ev->random(ev->random_arg) >> 11) * 0x1p-53;
	return 0;
}

static void
put_int(struct vec *v, uint32_t i, int64_t x)
{
	switch (v->type->rep) {
	case REP_I8:
		((int8_t *)v->data)[i] = (int8_t)x;
		break;
	case REP_I16:
		((int16_t *)v->data)[i] = (int16_t)x;
		break;
	case REP_I32:
		((int32_t *)v->data)[i] = (int32_t)x;
		break;
	default:
		((int64_t *)v->data)[i] = x;
		break;
	}
}

static int64_t
get_int(const struct vec *v, uint32_t i)
{
	switch (v->type->rep) {
	case REP_I8:
		return KERNEL_AT(int8_t, v, i);
	case REP_I16:
		return KERNEL_AT(int16_t, v, i);
	case REP_I32:
		return KERNEL_AT(int32_t, v, i);
	default:
		return KERNEL_AT(int64_t, v, i);
	}
}

/* random(n), random(m, n): m <= r < n. */
static int
random_int(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int64_t low = args->n == 1 ? 0 : get_int(args->v[0], i);
		int64_t high = get_int(args->v[args->n - 1], i);
		uint64_t span = (uint64_t)high - (uint64_t)low;
		uint64_t r = ev->random(ev->random_arg);

		if (high <= low) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    args->n == 1 ? "bound must be positive"
			    : "start value must be less than stop value");
			continue;
		}
		r = (uint64_t)((uint128)r * span >> 64);
		put_int(*out, i, (int64_t)((uint64_t)low + r));
	}
	return 0;
}

/* ---- width_bucket ---- */

static int
width_bucket(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		double x = KERNEL_AT(double, args->v[0], i);
		double a = KERNEL_AT(double, args->v[1], i);
		double b = KERNEL_AT(double, args->v[2], i);
		int64_t n = KERNEL_AT(int64_t, args->v[3], i);
		double low = fmin(a, b), high = fmax(a, b), bucket;
		const char *error = NULL;

		if (n <= 0)
			error = "bucketCount must be greater than 0";
		else if (isnan(x))
			error = "operand must not be NaN";
		else if (!isfinite(a))
			error = "first bound must be finite";
		else if (!isfinite(b))
			error = "second bound must be finite";
		else if (a == b)
			error = "bounds cannot equal each other";
		if (error != NULL) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "%s", error);
			continue;
		}
		bucket = x < low ? 0 : x >= high ? (double)n + 1
		    : floor((double)n * (x - low) / (high - low)) + 1;
		if (bucket >= 9223372036854775808.0 || (x >= high &&
		    n == INT64_MAX)) {
			eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "Bucket for value %s is out of range",
			    eval_double_text(ev, x));
			continue;
		}
		((int64_t *)(*out)->data)[i] = a > b
		    ? (int64_t)((double)n - bucket + 1) : (int64_t)bucket;
	}
	return 0;
}

static int
width_bucket_array(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *bins = args->v[1]->child[0];

	KERNEL_EACH(s, i) {
		struct list_ref ref = KERNEL_AT(struct list_ref, args->v[1],
		    i);
		double x = KERNEL_AT(double, args->v[0], i), before = NAN;
		int64_t bucket = 0;

		if (isnan(x))
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Operand cannot be NaN");
		else if (ref.n == 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Bins cannot be an empty array");
		for (uint32_t k = 0; k < ref.n; k++) {
			double bin = vec_is_null(bins, ref.offset + k) ? 0
			    : *(const double *)vec_at(bins, ref.offset + k);

			if (!isfinite(bin))
				eval_row_error(ev, i,
				    ERR_INVALID_FUNCTION_ARGUMENT,
				    "Bin value must be finite, got %s",
				    eval_double_text(ev, bin));
			else if (before > bin)
				eval_row_error(ev, i,
				    ERR_INVALID_FUNCTION_ARGUMENT,
				    "Bin values are not sorted in ascending "
				    "order");
			bucket += bin <= x;
			before = bin;
		}
		((int64_t *)(*out)->data)[i] = bucket;
	}
	return 0;
}

#define F1(name, fn, help_text) \
	{ .signature = name "(double):double", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = help_text }
#define BOTH(name, fn, help_text) \
	F1(name, fn, help_text), \
	{ .signature = name "(real):real", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn##_real, .help = help_text }
#define TEST(name, T, fn, help_text) \
	{ .signature = name "(" T "):boolean", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = help_text }
#define RANDOM(name, T) \
	{ .signature = name "(" T "):" T, .flags = FUNC_NONDETERMINISTIC, \
	    .kernel = random_int, .help = "A number below n" }, \
	{ .signature = name "(" T "," T "):" T, \
	    .flags = FUNC_NONDETERMINISTIC, .kernel = random_int, \
	    .help = "A number from m to below n" }
#define RANDOMS(name) \
	{ .signature = name "():double", .flags = FUNC_NONDETERMINISTIC | \
	    FUNC_CANNOT_FAIL, .kernel = random_double, \
	    .help = "A number from 0 to below 1" }, \
	RANDOM(name, "bigint"), RANDOM(name, "integer"), \
	RANDOM(name, "smallint"), RANDOM(name, "tinyint")
#define C0(name, fn, help_text) \
	{ .signature = name "():double", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = help_text }

const struct func func_math[] = {
	F1("sqrt", f_sqrt, "Square root"),
	F1("cbrt", f_cbrt, "Cube root"),
	F1("exp", f_exp, "e to the power of x"),
	F1("ln", f_ln, "Natural logarithm"),
	F1("log2", f_log2, "Logarithm to base 2"),
	F1("log10", f_log10, "Logarithm to base 10"),
	F1("sin", f_sin, "Sine"), F1("cos", f_cos, "Cosine"),
	F1("tan", f_tan, "Tangent"), F1("asin", f_asin, "Arc sine"),
	F1("acos", f_acos, "Arc cosine"), F1("atan", f_atan, "Arc tangent"),
	F1("sinh", f_sinh, "Hyperbolic sine"),
	F1("cosh", f_cosh, "Hyperbolic cosine"),
	F1("tanh", f_tanh, "Hyperbolic tangent"),
	F1("degrees", f_degrees, "Radians to degrees"),
	F1("radians", f_radians, "Degrees to radians"),
	BOTH("sign", f_sign, "-1, 0 or 1"),
	BOTH("abs", f_abs, "Absolute value"),
	BOTH("ceil", f_ceil, "Rounds up"),
	BOTH("ceiling", f_ceil, "Rounds up"),
	BOTH("floor", f_floor, "Rounds down"),
	BOTH("truncate", f_truncate, "Rounds towards zero"),
	BOTH("round", f_round, "Rounds to the nearest integer"),
	{ .signature = "round(double,integer):double",
	    .flags = FUNC_CANNOT_FAIL, .kernel = round_double,
	    .help = "Rounds to n decimals" },
	{ .signature = "round(real,integer):real", .flags = FUNC_CANNOT_FAIL,
	    .kernel = round_real, .help = "Rounds to n decimals" },
	TEST("is_nan", "double", f_is_nan, "Is it NaN?"),
	TEST("is_nan", "real", f_is_nan_real, "Is it NaN?"),
	TEST("is_nan", "bigint", f_false, "Is it NaN?"),
	TEST("is_nan", "decimal(p,s)", f_false, "Is it NaN?"),
	TEST("is_finite", "double", f_is_finite, "Is it finite?"),
	TEST("is_infinite", "double", f_is_infinite, "Is it infinite?"),
	{ .signature = "power(double,double):double",
	    .flags = FUNC_CANNOT_FAIL, .kernel = f_power,
	    .help = "x to the power of y" },
	{ .signature = "pow(double,double):double",
	    .flags = FUNC_CANNOT_FAIL, .kernel = f_power,
	    .help = "x to the power of y" },
	{ .signature = "atan2(double,double):double",
	    .flags = FUNC_CANNOT_FAIL, .kernel = f_atan2,
	    .help = "Arc tangent of y / x" },
	{ .signature = "log(double,double):double",
	    .flags = FUNC_CANNOT_FAIL, .kernel = f_log,
	    .help = "Logarithm to a base" },
	C0("pi", c_pi, "The number pi"), C0("e", c_e, "Euler's number"),
	C0("nan", c_nan, "Not a number"),
	C0("infinity", c_infinity, "Positive infinity"),
	RANDOMS("random"), RANDOMS("rand"),
	{ .signature = "width_bucket(double,double,double,bigint):bigint",
	    .kernel = width_bucket, .help = "The bucket of a histogram" },
	{ .signature = "width_bucket(double,array(double)):bigint",
	    .kernel = width_bucket_array,
	    .help = "The bucket between given bounds" },
	{ 0 }
};
