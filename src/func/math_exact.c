/* SPDX-License-Identifier: Apache-2.0
 * math_exact.c - abs, sign, ceil, floor, round and truncate of integers and
 * decimals. */
#include "func/kernel.h"
#include "func/tables.h"
#include "type/decimal.h"
#include "type/float.h"

const char *
eval_double_text(struct eval *ev, double d)
{
	struct sbuf b = { 0 };
	const char *z;

	double_print(&b, d);
	z = arena_strndup(ev->scratch, b.p, b.n);
	sbuf_release(&b);
	return z;
}

static int128
get(const struct vec *v, uint32_t i)
{
	switch (v->type->rep) {
	case REP_I8:
		return KERNEL_AT(int8_t, v, i);
	case REP_I16:
		return KERNEL_AT(int16_t, v, i);
	case REP_I32:
		return KERNEL_AT(int32_t, v, i);
	case REP_I64:
		return KERNEL_AT(int64_t, v, i);
	default:
		return KERNEL_AT(int128, v, i);
	}
}

static void
put(struct vec *v, uint32_t i, int128 x)
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
	case REP_I64:
		((int64_t *)v->data)[i] = (int64_t)x;
		break;
	default:
		((int128 *)v->data)[i] = x;
		break;
	}
}

static bool
fits(const struct type *t, int128 x)
{
	int bits = 8 * type_width(t);

	return t->id == TYPE_DECIMAL ? decimal_fits(x, t->precision)
	    : x >= -((int128)1 << (bits - 1)) &&
	    x < (int128)1 << (bits - 1);
}

static int
abs_exact(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int128 x = get(args->v[0], i);

		if (x < 0)
			x = -x;
		if (!fits(args->result, x)) {
			struct sbuf b = { 0 };

			type_print(&b, args->result);
			eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "Value %lld is out of range for abs(%s)",
			    (long long)-x, sbuf_z(&b));
			sbuf_release(&b);
			continue;
		}
		put(*out, i, x);
	}
	return 0;
}

static int
sign_exact(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int128 x = get(args->v[0], i);

		put(*out, i, (x > 0) - (x < 0));
	}
	return 0;
}

static int
same(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i)
		put(*out, i, get(args->v[0], i));
	return 0;
}

/* ---- whole numbers of decimals ---- */

enum rounding { ROUND_UP, ROUND_DOWN, ROUND_HALF, ROUND_ZERO };

/* x / 10^digits. */
static int128
shrink(int128 x, int digits, enum rounding how)
{
	int128 by, q, rest;

	if (digits > 38)
		return 0;
	by = decimal_pow10(digits);
	q = x / by;
	rest = x % by;
	switch (how) {
	case ROUND_UP:
		return q + (rest > 0);
	case ROUND_DOWN:
		return q - (rest < 0);
	case ROUND_HALF:
		if (rest >= by - rest && rest > 0)
			return q + 1;
		if (-rest >= by + rest && rest < 0)
			return q - 1;
		return q;
	default:
		return q;
	}
}

#define WHOLE(name, how) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	KERNEL_EACH(s, i) \
		put(*out, i, shrink(get(args->v[0], i), \
		    args->types[0]->scale, how)); \
	return 0; \
}
WHOLE(ceil_decimal, ROUND_UP)
WHOLE(floor_decimal, ROUND_DOWN)
WHOLE(round_decimal, ROUND_HALF)
WHOLE(truncate_decimal, ROUND_ZERO)

static int
resolve_whole(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	int p = args[0]->precision, s = args[0]->scale;

	*result = type_decimal(a, p - s + MIN(s, 1), 0);
	return 0;
}

static int
resolve_truncate(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	*result = type_decimal(a, MAX(args[0]->precision - args[0]->scale, 1),
	    0);
	return 0;
}

static int
resolve_sign(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	*result = type_decimal(a, 1, 0);
	return 0;
}

static int
resolve_round(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	*result = type_decimal(a, MIN(args[0]->precision + 1,
	    DECIMAL_MAX_PRECISION), args[0]->scale);
	return 0;
}

/* ---- to n decimals ---- */

static void
overflow(struct eval *ev, uint32_t i, const struct type *t, int128 x)
{
	struct sbuf b = { 0 };

	if (t->id == TYPE_DECIMAL) {
		decimal_print(&b, x, 0);
		eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "decimal overflow: %s", sbuf_z(&b));
	} else {
		eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "numerical overflow: %lld", (long long)x);
	}
	sbuf_release(&b);
}

/* Zeroes the last `digits` digits; false: 38 digits do not hold it. */
static bool
zero_digits(int128 x, int digits, enum rounding how, int128 *out)
{
	if (digits <= 0) {
		*out = x;
		return true;
	}
	if (digits > 38) {
		*out = 0;
		return true;
	}
	x = shrink(x, digits, how);
	return !__builtin_mul_overflow(x, decimal_pow10(digits), out);
}

static int
to_digits(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, enum rounding how)
{
	int scale = args->types[0]->id == TYPE_DECIMAL ? args->types[0]->scale
	    : 0;

	KERNEL_EACH(s, i) {
		int64_t n = KERNEL_AT(int32_t, args->v[1], i);
		int128 x = get(args->v[0], i), r;
		int digits = (int)MAX(MIN(scale - n, 100), -1);

		if (!zero_digits(x, digits, how, &r) ||
		    !fits(args->result, r))
			overflow(ev, i, args->result, x);
		else
			put(out, i, r);
	}
	return 0;
}

static int
round_digits(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return to_digits(ev, args, s, *out, ROUND_HALF);
}

static int
truncate_digits(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return to_digits(ev, args, s, *out, ROUND_ZERO);
}

static void
out_of_int(struct eval *ev, uint32_t i, const struct type *t, int128 x)
{
	struct sbuf b = { 0 };

	if (t->id == TYPE_BIGINT) {
		overflow(ev, i, t, x);
		return;
	}
	type_print(&b, t);
	eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "Out of range for %s: %lld", sbuf_z(&b), (long long)x);
	sbuf_release(&b);
}

/* round(15, -1) = 20; beyond the 18 digits that powers of ten have in 64 bits
 * it is an error. */
static int
round_int(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int64_t n = KERNEL_AT(int32_t, args->v[1], i);
		int128 x = get(args->v[0], i), r = 0;

		if (n < -18) {
			overflow(ev, i, TYPE(BIGINT), x);
			continue;
		}
		zero_digits(x, n < 0 ? (int)-n : 0, ROUND_HALF, &r);
		if (fits(args->result, r))
			put(*out, i, r);
		else
			out_of_int(ev, i, args->result, args->result->id ==
			    TYPE_BIGINT ? x : r);
	}
	return 0;
}

#define INTS(name, fn, fl, help_text) \
	{ .signature = name "(tinyint):tinyint", .flags = fl, .kernel = fn, \
	    .help = help_text }, \
	{ .signature = name "(smallint):smallint", .flags = fl, \
	    .kernel = fn, .help = help_text }, \
	{ .signature = name "(integer):integer", .flags = fl, .kernel = fn, \
	    .help = help_text }, \
	{ .signature = name "(bigint):bigint", .flags = fl, .kernel = fn, \
	    .help = help_text }
#define ROUND_INT(T) \
	{ .signature = "round(" T ",integer):" T, .kernel = round_int, \
	    .help = "Rounds to n decimals" }
#define DEC(name, fn, fl, how, help_text) \
	{ .signature = name "(decimal(p,s)):decimal(p,s)", .flags = fl, \
	    .kernel = fn, .resolve = how, .help = help_text }

const struct func func_math_exact[] = {
	INTS("abs", abs_exact, 0, "Absolute value"),
	DEC("abs", abs_exact, FUNC_CANNOT_FAIL, NULL, "Absolute value"),
	INTS("sign", sign_exact, FUNC_CANNOT_FAIL, "-1, 0 or 1"),
	DEC("sign", sign_exact, FUNC_CANNOT_FAIL, resolve_sign, "-1, 0 or 1"),
	INTS("ceil", same, FUNC_CANNOT_FAIL, "Rounds up"),
	DEC("ceil", ceil_decimal, FUNC_CANNOT_FAIL, resolve_whole,
	    "Rounds up"),
	INTS("ceiling", same, FUNC_CANNOT_FAIL, "Rounds up"),
	DEC("ceiling", ceil_decimal, FUNC_CANNOT_FAIL, resolve_whole,
	    "Rounds up"),
	INTS("floor", same, FUNC_CANNOT_FAIL, "Rounds down"),
	DEC("floor", floor_decimal, FUNC_CANNOT_FAIL, resolve_whole,
	    "Rounds down"),
	INTS("round", same, FUNC_CANNOT_FAIL, "Rounds to an integer"),
	DEC("round", round_decimal, FUNC_CANNOT_FAIL, resolve_whole,
	    "Rounds to an integer"),
	ROUND_INT("tinyint"), ROUND_INT("smallint"), ROUND_INT("integer"),
	ROUND_INT("bigint"),
	{ .signature = "round(decimal(p,s),integer):decimal(p,s)",
	    .kernel = round_digits, .resolve = resolve_round,
	    .help = "Rounds to n decimals" },
	DEC("truncate", truncate_decimal, FUNC_CANNOT_FAIL, resolve_truncate,
	    "Rounds towards zero"),
	{ .signature = "truncate(decimal(p,s),integer):decimal(p,s)",
	    .kernel = truncate_digits, .help = "Cuts after n decimals" },
	{ 0 }
};
