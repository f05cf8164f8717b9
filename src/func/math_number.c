/* SPDX-License-Identifier: Apache-2.0
 * math_number.c - NUMBER: operators, rounding, sign; casts from and to the
 * other numeric types. */
#include "base/err.h"
#include "func/cast_priv.h"
#include "func/tables.h"
#include "type/convert.h"
#include "type/number.h"

static inline void
load(const struct vec *v, uint32_t i, struct number *out)
{
	number_load(kernel_str(v, i), out);
}

static int
put(struct eval *ev, struct vec *out, uint32_t i, const struct number *x,
    struct err *e)
{
	char text[NUMBER_TEXT_MAX];
	size_t n = number_write(text, x);

	return kernel_put(ev, out, i, (struct str){ text, n }, e);
}

/* ---- operators ---- */

typedef int (*number_operator)(const struct number *, const struct number *,
    struct number *, struct err *);

static int
binary(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, number_operator op,
    struct err *e)
{
	struct number x, y, r;
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct err bad;

		load(args->v[0], i, &x);
		load(args->v[1], i, &y);
		if (op(&x, &y, &r, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else if ((rc = put(ev, out, i, &r, e)) != 0)
			break;
	}
	return rc;
}

#define BINARY(name) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return binary(ev, args, s, *out, number_##name, e); \
}
BINARY(add)
BINARY(subtract)
BINARY(multiply)
BINARY(divide)
BINARY(modulus)

/* ---- functions of one ---- */

enum how { NEGATE, ABS, SIGN, CEIL, FLOOR, ROUND, TRUNCATE };

static void
apply(struct number *x, enum how how, int decimals)
{
	bool zero = x->kind == NUMBER_FINITE && x->n == 0;

	switch (how) {
	case NEGATE:
		x->negative = !x->negative && !zero && x->kind != NUMBER_NAN;
		break;
	case ABS:
		x->negative = false;
		break;
	case SIGN:
		if (x->kind != NUMBER_NAN)
			number_from_int128(zero ? 0 : x->negative ? -1 : 1, 0,
			    x);
		break;
	default:
		if (x->kind == NUMBER_FINITE)
			number_round(x, decimals, how == CEIL
			    ? NUMBER_CEILING : how == FLOOR ? NUMBER_FLOOR
			    : how == ROUND ? NUMBER_HALF_UP : NUMBER_DOWN);
		break;
	}
}

static int
unary(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, enum how how, struct err *e)
{
	struct number x;
	int rc = 0;

	KERNEL_EACH(s, i) {
		load(args->v[0], i, &x);
		apply(&x, how, args->n > 1 ? KERNEL_AT(int32_t, args->v[1], i)
		    : 0);
		if ((rc = put(ev, out, i, &x, e)) != 0)
			break;
	}
	return rc;
}

#define UNARY(name, how) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return unary(ev, args, s, *out, how, e); \
}
UNARY(negate, NEGATE)
UNARY(absolute, ABS)
UNARY(sign, SIGN)
UNARY(ceiling, CEIL)
UNARY(floor_of, FLOOR)
UNARY(round_of, ROUND)
UNARY(truncate_of, TRUNCATE)

#define IS(name, what) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	struct number x; \
	KERNEL_EACH(s, i) { \
		load(args->v[0], i, &x); \
		((uint8_t *)(*out)->data)[i] = x.kind == (what); \
	} \
	return 0; \
}
IS(is_nan, NUMBER_NAN)

/* ---- casts ---- */

static int
number_of(const struct vec *v, uint32_t i, struct number *x)
{
	switch (v->type->id) {
	case TYPE_TINYINT:
		number_from_int128(KERNEL_AT(int8_t, v, i), 0, x);
		break;
	case TYPE_SMALLINT:
		number_from_int128(KERNEL_AT(int16_t, v, i), 0, x);
		break;
	case TYPE_INTEGER:
		number_from_int128(KERNEL_AT(int32_t, v, i), 0, x);
		break;
	case TYPE_BIGINT:
		number_from_int128(KERNEL_AT(int64_t, v, i), 0, x);
		break;
	case TYPE_BOOLEAN:
		number_from_int128(KERNEL_AT(uint8_t, v, i), 0, x);
		break;
	case TYPE_REAL:
		number_from_real(KERNEL_AT(float, v, i), x);
		break;
	case TYPE_DOUBLE:
		number_from_double(KERNEL_AT(double, v, i), x);
		break;
	case TYPE_DECIMAL:
		number_from_int128(v->type->rep == REP_I64
		    ? (int128)KERNEL_AT(int64_t, v, i)
		    : KERNEL_AT(int128, v, i), v->type->scale, x);
		break;
	default:
		return -1;
	}
	return 0;
}

static int
to_number(const struct cast_job *j, bool *done)
{
	struct number x;
	int rc = 0;

	*done = true;
	KERNEL_EACH(j->s, i) {
		if (number_of(j->in, i, &x) != 0) {
			*done = false;
			return 0;
		}
		if ((rc = put(j->ev, j->out, i, &x, j->e)) != 0)
			break;
	}
	return rc;
}

static int
store_integer(const struct number *x, struct vec *out, uint32_t i,
    struct err *bad)
{
	int64_t n;
	int rc = number_to_integer(x, out->type->id, &n, bad);

	if (rc != 0)
		return rc;
	switch (out->type->id) {
	case TYPE_TINYINT:
		((int8_t *)out->data)[i] = (int8_t)n;
		break;
	case TYPE_SMALLINT:
		((int16_t *)out->data)[i] = (int16_t)n;
		break;
	case TYPE_INTEGER:
		((int32_t *)out->data)[i] = (int32_t)n;
		break;
	default:
		((int64_t *)out->data)[i] = n;
		break;
	}
	return 0;
}

static int
store_decimal(const struct number *x, struct vec *out, uint32_t i,
    struct err *bad)
{
	int128 d;
	int rc = number_to_decimal(x, out->type, &d, bad);

	if (rc != 0)
		return rc;
	if (out->type->rep == REP_I64)
		((int64_t *)out->data)[i] = (int64_t)d;
	else
		((int128 *)out->data)[i] = d;
	return 0;
}

static void
from_number(const struct cast_job *j)
{
	const struct type *to = j->out->type;
	struct number x;

	KERNEL_EACH(j->s, i) {
		struct err bad;
		int rc = 0;

		load(j->in, i, &x);
		if (to->id == TYPE_DOUBLE)
			((double *)j->out->data)[i] = number_to_double(&x);
		else if (to->id == TYPE_REAL)
			((float *)j->out->data)[i] = number_to_real(&x);
		else if (to->id == TYPE_DECIMAL)
			rc = store_decimal(&x, j->out, i, &bad);
		else
			rc = store_integer(&x, j->out, i, &bad);
		if (rc != 0)
			eval_row_error(j->ev, i, bad.code, "%s", bad.text);
	}
}

int
cast_decimal_float(const struct cast_job *j, bool *done)
{
	enum type_id to = j->out->type->id;

	*done = false;
	if (to == TYPE_NUMBER)
		return to_number(j, done);
	if (j->in->type->id != TYPE_NUMBER || (to != TYPE_DOUBLE &&
	    to != TYPE_REAL && to != TYPE_DECIMAL && (to < TYPE_TINYINT ||
	    to > TYPE_BIGINT)))
		return 0;
	*done = true;
	from_number(j);
	return 0;
}

enum { OP = FUNC_OPERATOR | FUNC_HIDDEN };
#define OPERATOR(op, fn) { .signature = op "(number,number):number", \
	.flags = OP, .kernel = fn }
#define FN(text, fn, what) { .signature = text, .flags = FUNC_CANNOT_FAIL, \
	.kernel = fn, .help = what }

const struct func func_math_number[] = {
	OPERATOR("+", add), OPERATOR("-", subtract), OPERATOR("*", multiply),
	OPERATOR("/", divide), OPERATOR("%", modulus),
	{ .signature = "-(number):number", .flags = OP | FUNC_CANNOT_FAIL,
	    .kernel = negate },
	{ .signature = "mod(number,number):number", .kernel = modulus,
	    .help = "Remainder of a division" },
	FN("abs(number):number", absolute, "Without the sign"),
	FN("sign(number):number", sign, "-1, 0 or 1"),
	FN("ceil(number):number", ceiling, "Rounded up"),
	FN("ceiling(number):number", ceiling, "Rounded up"),
	FN("floor(number):number", floor_of, "Rounded down"),
	FN("round(number):number", round_of, "Rounded half up"),
	FN("round(number,integer):number", round_of, "Rounded half up"),
	FN("truncate(number):number", truncate_of, "Rounded towards zero"),
	FN("is_nan(number):boolean", is_nan, "Is it not a number?"),
	{ 0 }
};
