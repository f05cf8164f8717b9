/* SPDX-License-Identifier: Apache-2.0
 * convert.c - casts between numeric types. */
#include "type/convert.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "type/decimal.h"
#include "type/float.h"

static const char *const upper_name[] = {
	[TYPE_TINYINT] = "TINYINT", [TYPE_SMALLINT] = "SMALLINT",
	[TYPE_INTEGER] = "INTEGER", [TYPE_BIGINT] = "BIGINT",
};

static const char *const lower_name[] = {
	[TYPE_TINYINT] = "tinyint", [TYPE_SMALLINT] = "smallint",
	[TYPE_INTEGER] = "integer", [TYPE_BIGINT] = "bigint",
};

bool
double_round_integer(double d, int64_t *out)
{
	double r = trunc(d), fraction = fabs(d - r);

	if (fraction >= 0.5)
		r += d < 0 ? -1 : 1;
	if (!(r >= -0x1p63 && r < 0x1p63))
		return false;
	*out = (int64_t)r;
	return true;
}

int
integer_to_integer(int64_t x, enum type_id to, struct err *e)
{
	if (integer_fits(x, to))
		return 0;
	return err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "Out of range for %s: %lld", lower_name[to], (long long)x);
}

static int
float_out_of_range(struct err *e, enum type_id to, double d, float f,
    bool real)
{
	struct sbuf b = { 0 };

	if (isnan(d))
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast %s NaN to %s", real ? "real" : "double",
		    lower_name[to]);
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	if (real)
		real_print(&b, f);
	else
		double_print(&b, d);
	err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "Out of range for %s: %s",
	    lower_name[to], sbuf_z(&b));
	sbuf_release(&b);
	return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
}

int
double_to_integer(double d, enum type_id to, int64_t *out, struct err *e)
{
	if (likely(double_round_integer(d, out) && integer_fits(*out, to)))
		return 0;
	return float_out_of_range(e, to, d, 0, false);
}

int
real_to_integer(float f, enum type_id to, int64_t *out, struct err *e)
{
	if (likely(double_round_integer(f, out) && integer_fits(*out, to)))
		return 0;
	return float_out_of_range(e, to, f, f, true);
}

int
decimal_to_integer(int128 x, const struct type *from, enum type_id to,
    int64_t *out, struct err *e)
{
	struct sbuf b = { 0 };
	int128 rounded = 0;

	decimal_rescale(x, from->scale, 0, &rounded);
	*out = (int64_t)rounded;
	if (likely(*out == rounded && integer_fits(*out, to)))
		return 0;
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	/* Short decimals show the rounded value, long ones their own. */
	if (from->rep == REP_I64)
		decimal_print(&b, rounded, 0);
	else
		decimal_print(&b, x, from->scale);
	err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "Cannot cast '%s' to %s",
	    sbuf_z(&b), upper_name[to]);
	sbuf_release(&b);
	return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
}

static int
number_cannot(struct err *e, const struct number *x, const char *to)
{
	char text[NUMBER_TEXT_MAX];
	size_t n = number_write(text, x);

	return err_set(e, x->kind == NUMBER_NAN ? ERR_INVALID_CAST_ARGUMENT
	    : ERR_NUMERIC_VALUE_OUT_OF_RANGE, "Cannot cast NUMBER '%.*s' to %s",
	    (int)n, text, to);
}

int
number_to_integer(const struct number *x, enum type_id to, int64_t *out,
    struct err *e)
{
	int128 v = 0;

	if (number_to_int128(x, 0, &v) && v == (int64_t)v &&
	    integer_fits((int64_t)v, to)) {
		*out = (int64_t)v;
		return 0;
	}
	return number_cannot(e, x, upper_name[to]);
}

/* "Cannot cast FROM 'TEXT' to DECIMAL(p, s)" */
static int
decimal_cannot(struct err *e, enum err_code code, const char *from,
    struct sbuf *text, const struct type *to)
{
	err_set(e, code, "Cannot cast %s '%s' to DECIMAL(%d, %d)", from,
	    sbuf_z(text), to->precision, to->scale);
	sbuf_release(text);
	return -(int)code;
}

int
integer_to_decimal(int64_t x, enum type_id from, const struct type *to,
    int128 *out, struct err *e)
{
	struct sbuf b = { 0 };

	if (likely(decimal_rescale(x, 0, to->scale, out) &&
	    decimal_fits(*out, to->precision)))
		return 0;
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	decimal_print(&b, x, 0);
	return decimal_cannot(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    upper_name[from], &b, to);
}

int
boolean_to_decimal(bool x, const struct type *to, int128 *out, struct err *e)
{
	struct sbuf b = { 0 };

	*out = x ? decimal_pow10(to->scale) : 0;
	if (likely(decimal_fits(*out, to->precision)))
		return 0;
	sbuf_addz(&b, x ? "true" : "false");
	return decimal_cannot(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE, "BOOLEAN",
	    &b, to);
}

int
double_to_decimal(double d, const struct type *to, int128 *out,
    struct err *e)
{
	struct sbuf b = { 0 };

	if (likely(decimal_from_double(d, to->precision, to->scale, out)))
		return 0;
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	/* Beyond 38 digits Trino's conversion gives up earlier. */
	if (isfinite(d) && to->precision == DECIMAL_MAX_PRECISION &&
	    to->scale == 0)
		return err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Decimal overflow");
	double_print(&b, d);
	return decimal_cannot(e, isnan(d) ? ERR_INVALID_CAST_ARGUMENT
	    : ERR_NUMERIC_VALUE_OUT_OF_RANGE, "DOUBLE", &b, to);
}

int
real_to_decimal(float f, const struct type *to, int128 *out, struct err *e)
{
	struct sbuf b = { 0 };

	if (likely(decimal_from_real(f, to->precision, to->scale, out)))
		return 0;
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	real_print(&b, f);
	return decimal_cannot(e, isnan(f) ? ERR_INVALID_CAST_ARGUMENT
	    : ERR_NUMERIC_VALUE_OUT_OF_RANGE, "REAL", &b, to);
}

int
decimal_to_decimal(int128 x, const struct type *from, const struct type *to,
    int128 *out, struct err *e)
{
	struct sbuf b = { 0 };
	char name[40];

	if (likely(decimal_rescale(x, from->scale, to->scale, out) &&
	    decimal_fits(*out, to->precision)))
		return 0;
	if (e == NULL)
		return -ERR_NUMERIC_VALUE_OUT_OF_RANGE;
	snprintf(name, sizeof(name), "DECIMAL(%d, %d)", from->precision,
	    from->scale);
	decimal_print(&b, x, from->scale);
	return decimal_cannot(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE, name, &b,
	    to);
}

int
number_to_decimal(const struct number *x, const struct type *to, int128 *out,
    struct err *e)
{
	char name[40];

	if (number_to_int128(x, to->scale, out) &&
	    decimal_fits(*out, to->precision))
		return 0;
	snprintf(name, sizeof(name), "DECIMAL(%d, %d)", to->precision,
	    to->scale);
	return number_cannot(e, x, name);
}

int
varchar_too_long(const struct type *from, const void *x, struct str text,
    int32_t length, struct err *e)
{
	struct sbuf b = { 0 };
	double d;
	float f;

	if (e == NULL)
		return -ERR_INVALID_CAST_ARGUMENT;
	switch (from->id) {
	case TYPE_REAL:
		memcpy(&f, x, sizeof(f));
		real_print(&b, f);
		break;
	case TYPE_DOUBLE:
		memcpy(&d, x, sizeof(d));
		double_print(&b, d);
		break;
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT: case TYPE_DECIMAL: case TYPE_NUMBER: case TYPE_DATE:
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Value %.*s cannot be represented as varchar(%d)",
		    STR_ARG(text), length);
	default:
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast '%.*s' to varchar(%d)", STR_ARG(text),
		    length);
	}
	err_set(e, ERR_INVALID_CAST_ARGUMENT,
	    "Value %s (%.*s) cannot be represented as varchar(%d)",
	    sbuf_z(&b), STR_ARG(text), length);
	sbuf_release(&b);
	return -ERR_INVALID_CAST_ARGUMENT;
}
