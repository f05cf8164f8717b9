/* SPDX-License-Identifier: Apache-2.0
 * arith_decimal.c - + - * / % and negation of decimals.
 *
 * Precision rules make most overflows impossible: a sum or product whose
 * result type was not cut down to 38 digits needs no check.  Values of up to
 * 18 digits are 64-bit integers, others 128-bit. */
#pragma GCC optimize("O3")
#include "func/kernel.h"
#include "func/tables.h"
#include "type/decimal.h"

static int
resolve(struct arena *a, char op, const struct type **args,
    const struct type **result)
{
	int p, s;

	decimal_result(op, args[0], args[1], &p, &s);
	*result = type_decimal(a, p, s);
	return 0;
}

#define RESOLVE(name, op) \
static int \
resolve_##name(struct arena *a, const struct type **args, int n, \
    const struct type **result, struct err *e) \
{ \
	return resolve(a, op, args, result); \
}
RESOLVE(add, '+')
RESOLVE(subtract, '-')
RESOLVE(multiply, '*')
RESOLVE(divide, '/')
RESOLVE(modulus, '%')

static inline int128
dec_at(const struct vec *v, uint32_t i)
{
	if (kernel_is_const(v))
		i = 0;
	return v->type->rep == REP_I64 ? (int128)((const int64_t *)v->data)[i]
	    : ((const int128 *)v->data)[i];
}

static inline void
dec_put(struct vec *v, uint32_t i, int128 x)
{
	if (v->type->rep == REP_I64)
		((int64_t *)v->data)[i] = (int64_t)x;
	else
		((int128 *)v->data)[i] = x;
}

static void
decimal_overflow(struct eval *ev, uint32_t row)
{
	eval_row_error(ev, row, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "Decimal overflow");
}

/* Short operands and result, scaled by constant factors: x*f + y*g. */
KERNEL_CLONES static void
sum_short(const int64_t *restrict a, const int64_t *restrict b, int64_t f,
    int64_t g, int64_t *restrict r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		r[i] = (int64_t)((uint64_t)a[i] * (uint64_t)f +
		    (uint64_t)b[i] * (uint64_t)g);
}

KERNEL_CLONES static void
sum_short_const(const int64_t *restrict a, int64_t f, int64_t c,
    int64_t *restrict r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		r[i] = (int64_t)((uint64_t)a[i] * (uint64_t)f + (uint64_t)c);
}

/* All short: dense, no check.  sign: -1 subtracts. */
static bool
sum_fast(const struct func_args *args, const struct rows_sel *s, int sign,
    struct vec *out)
{
	const struct vec *x = args->v[0], *y = args->v[1];
	int rs = out->type->scale;
	int64_t f, g;
	uint32_t n = kernel_dense(s);

	if (n == 0 || x->type->rep != REP_I64 || y->type->rep != REP_I64 ||
	    out->type->rep != REP_I64 ||
	    (kernel_is_const(x) && kernel_is_const(y)))
		return false;
	f = (int64_t)decimal_pow10(rs - x->type->scale);
	g = (int64_t)decimal_pow10(rs - y->type->scale) * sign;
	if (kernel_is_const(y))
		sum_short_const(x->data, f, *(const int64_t *)y->data * g,
		    out->data, n);
	else if (kernel_is_const(x))
		sum_short_const(y->data, g, *(const int64_t *)x->data * f,
		    out->data, n);
	else
		sum_short(x->data, y->data, f, g, out->data, n);
	return true;
}

static int
sum_any(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, int sign, struct vec *out)
{
	const struct vec *x = args->v[0], *y = args->v[1];
	int xs = x->type->scale, ys = y->type->scale, rs = out->type->scale;
	bool check = out->type->precision == DECIMAL_MAX_PRECISION;
	int128 f = check ? 1 : decimal_pow10(rs - xs);
	int128 g = check ? 1 : decimal_pow10(rs - ys) * sign;

	KERNEL_EACH(s, i) {
		int128 a = dec_at(x, i), b = dec_at(y, i), r;

		if (!check) {
			dec_put(out, i, a * f + b * g);
			continue;
		}
		if (!decimal_add_to(a, xs, b * sign, ys, rs, &r)) {
			decimal_overflow(ev, i);
			r = 0;
		}
		dec_put(out, i, r);
	}
	return 0;
}

static int
add(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	if (sum_fast(args, s, 1, *out))
		return 0;
	return sum_any(ev, args, s, 1, *out);
}

static int
subtract(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	if (sum_fast(args, s, -1, *out))
		return 0;
	return sum_any(ev, args, s, -1, *out);
}

#define PRODUCT(name, TR) \
	KERNEL_BINARY(name, int64_t, int64_t, TR, (TR)x * y)
PRODUCT(product_short, int64_t)
PRODUCT(product_long, int128)

/* Long products of operands that are all within 64 bits, which is less than
 * 38 digits; false: some are not. */
static bool
product_of_small(const struct vec *x, const struct vec *y,
    const struct rows_sel *s, int128 *restrict r)
{
	uint64_t wide = 0;

	KERNEL_EACH(s, i) {
		int128 a = dec_at(x, i), b = dec_at(y, i);
		int64_t p = (int64_t)a, q = (int64_t)b;

		wide |= (uint64_t)(a >> 64) ^ (uint64_t)(p >> 63);
		wide |= (uint64_t)(b >> 64) ^ (uint64_t)(q >> 63);
		r[i] = (int128)p * q;
	}
	return wide == 0;
}

static int
multiply(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0], *y = args->v[1];
	bool check = x->type->precision + y->type->precision >
	    DECIMAL_MAX_PRECISION;
	int drop = x->type->scale + y->type->scale - (*out)->type->scale;

	if (x->type->rep == REP_I64 && y->type->rep == REP_I64)
		return (*out)->type->rep == REP_I64
		    ? product_short(ev, args, s, out, e)
		    : product_long(ev, args, s, out, e);
	if (drop == 0 && (*out)->type->rep != REP_I64 &&
	    product_of_small(x, y, s, (*out)->data))
		return 0;
	KERNEL_EACH(s, i) {
		int128 a = dec_at(x, i), b = dec_at(y, i), r;

		if (!check) {
			r = a * b;
		} else if (!decimal_multiply_to(a, b, drop, &r)) {
			decimal_overflow(ev, i);
			r = 0;
		}
		dec_put(*out, i, r);
	}
	return 0;
}

static int
divide(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0], *y = args->v[1];
	int xs = x->type->scale, ys = y->type->scale, rs = (*out)->type->scale;

	KERNEL_EACH(s, i) {
		int128 a = dec_at(x, i), b = dec_at(y, i), r = 0;

		if (b == 0)
			eval_row_error(ev, i, ERR_DIVISION_BY_ZERO,
			    "Division by zero");
		else if (!decimal_divide(a, xs, b, ys, rs, &r))
			decimal_overflow(ev, i);
		dec_put(*out, i, r);
	}
	return 0;
}

static int
modulus(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0], *y = args->v[1];
	int xs = x->type->scale, ys = y->type->scale;

	KERNEL_EACH(s, i) {
		int128 a = dec_at(x, i), b = dec_at(y, i), r = 0;

		if (b == 0)
			eval_row_error(ev, i, ERR_DIVISION_BY_ZERO,
			    "Division by zero");
		else if (!decimal_modulus(a, xs, b, ys, &r))
			decimal_overflow(ev, i);
		dec_put(*out, i, r);
	}
	return 0;
}

static int
negate(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i)
		dec_put(*out, i, -dec_at(args->v[0], i));
	return 0;
}

#define DECIMAL(name, fn) \
	{ .signature = name "(decimal(p,s),decimal(q,t)):decimal(p,s)", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = fn, \
	    .resolve = resolve_##fn }

const struct func func_arith_decimal[] = {
	DECIMAL("+", add),
	DECIMAL("-", subtract),
	DECIMAL("*", multiply),
	DECIMAL("/", divide),
	DECIMAL("%", modulus),
	{ .signature = "-(decimal(p,s)):decimal(p,s)", .flags =
	    FUNC_OPERATOR | FUNC_HIDDEN | FUNC_CANNOT_FAIL,
	    .kernel = negate },
	{ .signature = "mod(decimal(p,s),decimal(q,t)):decimal(p,s)",
	    .kernel = modulus, .resolve = resolve_modulus,
	    .help = "Remainder of a division" },
	{ 0 }
};
