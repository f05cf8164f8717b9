/* SPDX-License-Identifier: Apache-2.0
 * cast_number.c - casts among boolean, integers, real, double and decimal. */
#pragma GCC optimize("O3")
#include <math.h>
#include <stdio.h>

#include "func/cast_priv.h"
#include "type/decimal.h"
#include "type/float.h"
#include "type/value.h"

void
cast_out_of_range(const struct cast_job *j, uint32_t i)
{
	const struct type *from = j->in->type;
	struct sbuf b = { 0 };

	if (j->ev->errors->quiet > 0) {
		eval_row_error(j->ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "-");
		return;
	}
	sbuf_addz(&b, "Cannot cast ");
	cast_type_upper(&b, from);
	sbuf_addz(&b, " '");
	if (from->id == TYPE_DOUBLE)
		double_print(&b, KERNEL_AT(double, j->in, i));
	else if (from->id == TYPE_REAL)
		real_print(&b, KERNEL_AT(float, j->in, i));
	else
		value_print(&b, from, vec_at(j->in, i));
	sbuf_addz(&b, "' to ");
	cast_type_upper(&b, j->out->type);
	eval_row_error(j->ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "%s",
	    sbuf_z(&b));
	sbuf_release(&b);
}

/* ---- integers (and booleans) from integers and floats ---- */

/* A loop over all rows that were asked for. */
#define CONVERT(TI, TO, EXPR) do { \
	const TI *a = j->in->data; \
	TO *r = j->out->data; \
	KERNEL_EACH(j->s, i) { \
		const TI x = a[i]; \
		r[i] = (TO)(EXPR); \
	} \
} while (0)

/* The same where it cannot fail: densely. */
#define CONVERT_ALL(TI, TO, EXPR) do { \
	uint32_t n_ = kernel_dense(j->s); \
	if (n_ == 0) { \
		CONVERT(TI, TO, EXPR); \
	} else { \
		const TI *restrict a = j->in->data; \
		TO *restrict r = j->out->data; \
		for (uint32_t i = 0; i < n_; i++) { \
			const TI x = a[i]; \
			r[i] = (TO)(EXPR); \
		} \
	} \
} while (0)

static void
out_of_int(const struct cast_job *j, uint32_t i, const char *value)
{
	struct sbuf b = { 0 };

	type_print(&b, j->out->type);
	eval_row_error(j->ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "Out of range for %s: %s", sbuf_z(&b), value);
	sbuf_release(&b);
}

static void
int_too_big(const struct cast_job *j, uint32_t i, int64_t x)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)x);
	out_of_int(j, i, text);
}

static void
float_too_big(const struct cast_job *j, uint32_t i, double d)
{
	bool real = j->in->type->id == TYPE_REAL;
	struct sbuf b = { 0 };

	if (isnan(d)) {
		type_print(&b, j->out->type);
		eval_row_error(j->ev, i, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast %s NaN to %s", real ? "real" : "double",
		    sbuf_z(&b));
	} else {
		if (real)
			real_print(&b, (float)d);
		else
			double_print(&b, d);
		out_of_int(j, i, sbuf_z(&b));
	}
	sbuf_release(&b);
}

/* Integers of one width into a narrower one. */
#define NARROW(TI, TO) do { \
	const TI *a = j->in->data; \
	TO *r = j->out->data; \
	KERNEL_EACH(j->s, i) { \
		r[i] = (TO)a[i]; \
		if (unlikely(r[i] != a[i])) \
			int_too_big(j, i, a[i]); \
	} \
} while (0)

/* Halves away from zero; limit: the first double that is too big. */
#define ROUND(TI, TO, LIMIT) do { \
	const TI *a = j->in->data; \
	TO *r = j->out->data; \
	KERNEL_EACH(j->s, i) { \
		double d = round((double)a[i]); \
		if (unlikely(!(d >= -(LIMIT) && d < (LIMIT)))) { \
			float_too_big(j, i, (double)a[i]); \
			d = 0; \
		} \
		r[i] = (TO)d; \
	} \
} while (0)

#define FROM_FLOAT(TI) do { \
	switch (to->rep) { \
	case REP_BOOL: CONVERT(TI, uint8_t, x != 0); return true; \
	case REP_I8: ROUND(TI, int8_t, 128.0); return true; \
	case REP_I16: ROUND(TI, int16_t, 32768.0); return true; \
	case REP_I32: ROUND(TI, int32_t, 2147483648.0); return true; \
	case REP_I64: ROUND(TI, int64_t, 9223372036854775808.0); return true; \
	case REP_F32: CONVERT_ALL(TI, float, x); return true; \
	default: CONVERT_ALL(TI, double, x); return true; \
	} \
} while (0)

/* Wider or equal: plain; narrower: checked. */
#define INT_TO(TI, TO) do { \
	if (sizeof(TO) >= sizeof(TI)) \
		CONVERT_ALL(TI, TO, x); \
	else \
		NARROW(TI, TO); \
	return true; \
} while (0)

#define FROM_INT(TI) do { \
	switch (to->rep) { \
	case REP_BOOL: CONVERT(TI, uint8_t, x != 0); return true; \
	case REP_I8: INT_TO(TI, int8_t); \
	case REP_I16: INT_TO(TI, int16_t); \
	case REP_I32: INT_TO(TI, int32_t); \
	case REP_I64: INT_TO(TI, int64_t); \
	case REP_F32: CONVERT_ALL(TI, float, x); return true; \
	default: CONVERT_ALL(TI, double, x); return true; \
	} \
} while (0)

static bool
from_plain(const struct cast_job *j, const struct type *to)
{
	switch (j->in->type->rep) {
	case REP_BOOL:
		FROM_INT(uint8_t);
	case REP_I8:
		FROM_INT(int8_t);
	case REP_I16:
		FROM_INT(int16_t);
	case REP_I32:
		FROM_INT(int32_t);
	case REP_I64:
		FROM_INT(int64_t);
	case REP_F32:
		FROM_FLOAT(float);
	default:
		FROM_FLOAT(double);
	}
}

/* ---- decimals ---- */

static void
put_decimal(const struct cast_job *j, uint32_t i, int128 x)
{
	if (j->out->type->rep == REP_I64)
		((int64_t *)j->out->data)[i] = (int64_t)x;
	else
		((int128 *)j->out->data)[i] = x;
}

static int128
int_at(const struct vec *v, uint32_t i)
{
	switch (v->type->rep) {
	case REP_BOOL:
		return KERNEL_AT(uint8_t, v, i);
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

#define SCALE_LOOP(TI) do { \
	const TI *restrict a = j->in->data; \
	int64_t *restrict r = j->out->data; \
	for (uint32_t i = 0; i < n; i++) \
		r[i] = (int64_t)((uint64_t)(int64_t)a[i] * \
		    (uint64_t)factor); \
	return true; \
} while (0)

/* Whatever fits surely: one multiplication. */
static bool
scale_up(const struct cast_job *j, int digits, int scale)
{
	const struct type *to = j->out->type;
	uint32_t n = kernel_dense(j->s);
	int64_t factor;

	if (n == 0 || to->rep != REP_I64 || to->scale < scale ||
	    to->precision - to->scale < digits)
		return false;
	factor = decimal_pow10_64[to->scale - scale];
	switch (j->in->type->rep) {
	case REP_I8:
		SCALE_LOOP(int8_t);
	case REP_I16:
		SCALE_LOOP(int16_t);
	case REP_I32:
		SCALE_LOOP(int32_t);
	case REP_I64:
		SCALE_LOOP(int64_t);
	default:
		return false;
	}
}

static void
to_decimal(const struct cast_job *j, int digits, int scale)
{
	const struct type *to = j->out->type;

	if (scale_up(j, digits, scale))
		return;
	KERNEL_EACH(j->s, i) {
		int128 x;

		if (!decimal_rescale(int_at(j->in, i), scale, to->scale, &x) ||
		    !decimal_fits(x, to->precision)) {
			cast_out_of_range(j, i);
			x = 0;
		}
		put_decimal(j, i, x);
	}
}

static void
float_to_decimal(const struct cast_job *j)
{
	const struct type *to = j->out->type;
	bool real = j->in->type->id == TYPE_REAL;

	KERNEL_EACH(j->s, i) {
		double d = real ? KERNEL_AT(float, j->in, i)
		    : KERNEL_AT(double, j->in, i);
		int128 x = 0;
		bool good = real ? decimal_from_real((float)d, to->precision,
		    to->scale, &x) : decimal_from_double(d, to->precision,
		    to->scale, &x);

		if (!good && isfinite(d) && to->rep == REP_I128 &&
		    fabs(d) * pow(10, to->scale) > 9.99999e37) {
			eval_row_error(j->ev, i,
			    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "Decimal overflow");
		} else if (!good) {
			cast_out_of_range(j, i);
			if (isnan(d) && j->ev->errors->first.code ==
			    ERR_NUMERIC_VALUE_OUT_OF_RANGE)
				j->ev->errors->first.code =
				    ERR_INVALID_CAST_ARGUMENT;
		}
		put_decimal(j, i, good ? x : 0);
	}
}

static void
int_of_decimal_error(const struct cast_job *j, uint32_t i, int128 rounded)
{
	struct sbuf b = { 0 };
	bool big = j->in->type->rep == REP_I128;

	sbuf_addz(&b, "Cannot cast '");
	decimal_print(&b, big ? int_at(j->in, i) : rounded,
	    big ? j->in->type->scale : 0);
	sbuf_addz(&b, "' to ");
	cast_type_upper(&b, j->out->type);
	eval_row_error(j->ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "%s",
	    sbuf_z(&b));
	sbuf_release(&b);
}

static void
decimal_to_int(const struct cast_job *j)
{
	int bits = 8 * type_width(j->out->type);
	int128 limit = (int128)1 << (bits - 1), x;
	int scale = j->in->type->scale;

	KERNEL_EACH(j->s, i) {
		decimal_rescale(int_at(j->in, i), scale, 0, &x);
		if (x < -limit || x >= limit) {
			int_of_decimal_error(j, i, x);
			x = 0;
		}
		switch (bits) {
		case 8:
			((int8_t *)j->out->data)[i] = (int8_t)x;
			break;
		case 16:
			((int16_t *)j->out->data)[i] = (int16_t)x;
			break;
		case 32:
			((int32_t *)j->out->data)[i] = (int32_t)x;
			break;
		default:
			((int64_t *)j->out->data)[i] = (int64_t)x;
			break;
		}
	}
}

static void
short_to_double(const struct cast_job *j)
{
	double by = decimal_pow10_double[j->in->type->scale];

	CONVERT_ALL(int64_t, double, (double)x / by);
}

static void
from_decimal(const struct cast_job *j)
{
	const struct vec *in = j->in;
	int scale = in->type->scale;

	switch (j->out->type->rep) {
	case REP_BOOL:
		KERNEL_EACH(j->s, i)
			((uint8_t *)j->out->data)[i] = int_at(in, i) != 0;
		break;
	case REP_F64:
		if (in->type->rep == REP_I64 && in->type->precision <= 15) {
			short_to_double(j);
			break;
		}
		KERNEL_EACH(j->s, i)
			((double *)j->out->data)[i] = decimal_to_double(
			    int_at(in, i), scale);
		break;
	case REP_F32:
		KERNEL_EACH(j->s, i)
			((float *)j->out->data)[i] = decimal_to_real(
			    int_at(in, i), scale);
		break;
	default:
		decimal_to_int(j);
		break;
	}
}

static bool
is_plain(const struct type *t)
{
	return t->id >= TYPE_BOOLEAN && t->id <= TYPE_DOUBLE;
}

bool
cast_number(const struct cast_job *j)
{
	static const int8_t digits[] = { 1, 3, 5, 10, 19 };
	const struct type *from = j->in->type, *to = j->out->type;

	if (is_plain(from) && is_plain(to))
		return from_plain(j, to);
	if (from->id == TYPE_DECIMAL && to->id == TYPE_DECIMAL)
		to_decimal(j, from->precision - from->scale, from->scale);
	else if (from->id == TYPE_DECIMAL && is_plain(to))
		from_decimal(j);
	else if (to->id == TYPE_DECIMAL && (from->id == TYPE_REAL ||
	    from->id == TYPE_DOUBLE))
		float_to_decimal(j);
	else if (to->id == TYPE_DECIMAL && is_plain(from))
		to_decimal(j, digits[from->id - TYPE_BOOLEAN], 0);
	else
		return false;
	return true;
}
