/* SPDX-License-Identifier: Apache-2.0
 * arith_int.c - + - * / % and negation of tinyint to bigint and of intervals.
 *
 * Overflow is found without a branch: each kernel ORs a word whose sign tells
 * whether any row overflowed; only then are the rows that were asked for
 * looked at one by one. */
#pragma GCC optimize("O3")
#include "func/kernel.h"
#include "func/tables.h"

/* A wide type in which the product of two Ts cannot overflow. */
typedef int32_t wide_i8;
typedef int32_t wide_i16;
typedef int64_t wide_i32;
typedef int8_t num_i8;
typedef int16_t num_i16;
typedef int32_t num_i32;
typedef int64_t num_i64;
typedef uint8_t unum_i8;
typedef uint16_t unum_i16;
typedef uint32_t unum_i32;
typedef uint64_t unum_i64;

/* r = x op y and what to OR into `bad` (negative: overflow). */
#define ADD(T) (r[i] = (num_##T)((unum_##T)x + (unum_##T)y), \
	(num_##T)((x ^ r[i]) & (y ^ r[i])))
#define SUBTRACT(T) (r[i] = (num_##T)((unum_##T)x - (unum_##T)y), \
	(num_##T)((x ^ y) & (x ^ r[i])))
#define MULTIPLY(T) (r[i] = (num_##T)((wide_##T)x * y), \
	(num_##T)-((wide_##T)x * y != (num_##T)((wide_##T)x * y)))
#define MULTIPLY_I64(T) ((num_i64)-(int)__builtin_mul_overflow(x, y, &r[i]))

#define CHECKED(op, T, STEP, BUILTIN, WORD, SIGN) \
KERNEL_CLONES static num_##T \
op##_##T##_vv(const num_##T *restrict a, const num_##T *restrict b, \
    num_##T *restrict r, uint32_t n) \
{ \
	num_##T bad = 0; \
	for (uint32_t i = 0; i < n; i++) { \
		const num_##T x = a[i], y = b[i]; \
		bad |= STEP(T); \
	} \
	return bad; \
} \
KERNEL_CLONES static num_##T \
op##_##T##_vc(const num_##T *restrict a, const num_##T y, \
    num_##T *restrict r, uint32_t n) \
{ \
	num_##T bad = 0; \
	for (uint32_t i = 0; i < n; i++) { \
		const num_##T x = a[i]; \
		bad |= STEP(T); \
	} \
	return bad; \
} \
KERNEL_CLONES static num_##T \
op##_##T##_cv(const num_##T x, const num_##T *restrict b, \
    num_##T *restrict r, uint32_t n) \
{ \
	num_##T bad = 0; \
	for (uint32_t i = 0; i < n; i++) { \
		const num_##T y = b[i]; \
		bad |= STEP(T); \
	} \
	return bad; \
} \
static int \
op##_##T(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	const struct vec *va = args->v[0], *vb = args->v[1]; \
	const num_##T *a = va->data, *b = vb->data; \
	num_##T *r = (*out)->data, bad = -1; \
	uint32_t n = kernel_dense(s); \
	if (n > 0 && kernel_is_const(vb) && !kernel_is_const(va)) \
		bad = op##_##T##_vc(a, b[0], r, n); \
	else if (n > 0 && kernel_is_const(va) && !kernel_is_const(vb)) \
		bad = op##_##T##_cv(a[0], b, r, n); \
	else if (n > 0 && !kernel_is_const(va)) \
		bad = op##_##T##_vv(a, b, r, n); \
	if (bad >= 0) \
		return 0; \
	KERNEL_EACH(s, i) { \
		const num_##T x = KERNEL_AT(num_##T, va, i); \
		const num_##T y = KERNEL_AT(num_##T, vb, i); \
		if (BUILTIN(x, y, &r[i])) \
			overflow(ev, i, args->result, WORD, x, SIGN, y); \
	} \
	return 0; \
}

static void
overflow(struct eval *ev, uint32_t row, const struct type *t,
    const char *word, int64_t x, char sign, int64_t y)
{
	struct sbuf name = { 0 };

	if (ev->errors->first.code != ERR_OK || ev->errors->quiet > 0) {
		eval_row_error(ev, row, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "-");
		return;
	}
	type_print(&name, t);
	eval_row_error(ev, row, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "%s %s overflow: %lld %c %lld", sbuf_z(&name), word,
	    (long long)x, sign, (long long)y);
	sbuf_release(&name);
}

#define CHECKED_ALL(T, MUL) \
	CHECKED(add, T, ADD, __builtin_add_overflow, "addition", '+') \
	CHECKED(subtract, T, SUBTRACT, __builtin_sub_overflow, \
	    "subtraction", '-') \
	CHECKED(multiply, T, MUL, __builtin_mul_overflow, \
	    "multiplication", '*')

CHECKED_ALL(i8, MULTIPLY)
CHECKED_ALL(i16, MULTIPLY)
CHECKED_ALL(i32, MULTIPLY)
CHECKED_ALL(i64, MULTIPLY_I64)

/* Division traps, so only the rows asked for are divided; a constant divisor
 * that is neither 0 nor -1 is safe everywhere. */
#define DIVISIONS(T, MIN_VALUE) \
static int \
divide_##T(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	num_##T *r = (*out)->data; \
	KERNEL_EACH(s, i) { \
		const num_##T x = KERNEL_AT(num_##T, args->v[0], i); \
		const num_##T y = KERNEL_AT(num_##T, args->v[1], i); \
		if (unlikely((unum_##T)(y + 1) <= 1)) { \
			if (y == 0) \
				eval_row_error(ev, i, ERR_DIVISION_BY_ZERO, \
				    "Division by zero"); \
			else if (x == MIN_VALUE) \
				overflow(ev, i, args->result, "division", x, \
				    '/', y); \
			r[i] = y == 0 || x == MIN_VALUE ? 0 : (num_##T)-x; \
			continue; \
		} \
		r[i] = (num_##T)(x / y); \
	} \
	return 0; \
} \
static int \
modulus_##T(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	num_##T *r = (*out)->data; \
	KERNEL_EACH(s, i) { \
		const num_##T x = KERNEL_AT(num_##T, args->v[0], i); \
		const num_##T y = KERNEL_AT(num_##T, args->v[1], i); \
		if (unlikely((unum_##T)(y + 1) <= 1)) { \
			if (y == 0) \
				eval_row_error(ev, i, ERR_DIVISION_BY_ZERO, \
				    "Division by zero"); \
			r[i] = 0; \
			continue; \
		} \
		r[i] = (num_##T)(x % y); \
	} \
	return 0; \
} \
static int \
negate_##T(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	num_##T *r = (*out)->data; \
	KERNEL_EACH(s, i) { \
		const num_##T x = KERNEL_AT(num_##T, args->v[0], i); \
		if (unlikely(x == MIN_VALUE)) { \
			negation(ev, i, args->result, x); \
			r[i] = 0; \
			continue; \
		} \
		r[i] = (num_##T)-x; \
	} \
	return 0; \
}

static void
negation(struct eval *ev, uint32_t row, const struct type *t, int64_t x)
{
	struct sbuf name = { 0 };

	type_print(&name, t);
	eval_row_error(ev, row, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "%s negation overflow: %lld", sbuf_z(&name), (long long)x);
	sbuf_release(&name);
}

DIVISIONS(i8, INT8_MIN)
DIVISIONS(i16, INT16_MIN)
DIVISIONS(i32, INT32_MIN)
DIVISIONS(i64, INT64_MIN)

#define FOUR(op, fn) \
	{ .signature = op "(bigint,bigint):bigint", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = fn##_i64 }, \
	{ .signature = op "(integer,integer):integer", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = fn##_i32 }, \
	{ .signature = op "(smallint,smallint):smallint", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = fn##_i16 }, \
	{ .signature = op "(tinyint,tinyint):tinyint", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = fn##_i8 }

#define MOD(T, K) { .signature = "mod(" T "," T "):" T, \
	.kernel = modulus_##K, .help = "Remainder of a division" }

const struct func func_arith_int[] = {
	FOUR("+", add),
	FOUR("-", subtract),
	FOUR("*", multiply),
	FOUR("/", divide),
	FOUR("%", modulus),
	{ .signature = "-(bigint):bigint",
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = negate_i64 },
	{ .signature = "-(integer):integer",
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = negate_i32 },
	{ .signature = "-(smallint):smallint",
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = negate_i16 },
	{ .signature = "-(tinyint):tinyint",
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = negate_i8 },
	MOD("bigint", i64), MOD("integer", i32), MOD("smallint", i16),
	MOD("tinyint", i8),
	{ 0 }
};
