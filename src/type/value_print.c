/* SPDX-License-Identifier: Apache-2.0
 * value_print.c - single values as text and as the client protocol's JSON. */
#include "type/value.h"

#include <math.h>

#include "base/check.h"
#include "base/json.h"
#include "type/address.h"
#include "type/decimal.h"
#include "type/float.h"
#include "type/integer.h"
#include "type/interval.h"
#include "type/text.h"
#include "type/time_math.h"
#include "type/time_text.h"

#define LOAD(T, x) ({ T load_; memcpy(&load_, (x), sizeof(T)); load_; })

static int64_t
load_integer(const struct type *t, const void *x)
{
	switch (t->rep) {
	case REP_I8:
		return LOAD(int8_t, x);
	case REP_I16:
		return LOAD(int16_t, x);
	case REP_I32:
		return LOAD(int32_t, x);
	default:
		return LOAD(int64_t, x);
	}
}

static void
print_hex(struct sbuf *to, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		sbuf_addf(to, "%02x", (unsigned char)s.p[i]);
}

/* Negative values are the terminal's colors. */
static void
print_color(struct sbuf *to, int32_t color)
{
	static const char *const names[] = { "black", "red", "green",
	    "yellow", "blue", "magenta", "cyan", "white" };

	if (color < 0 && color >= -(int32_t)ARRAY_LEN(names))
		sbuf_addz(to, names[-color - 1]);
	else
		sbuf_addf(to, "#%06x", (unsigned)color & 0xffffff);
}

static void
print_time(struct sbuf *to, const struct type *t, const void *x)
{
	struct long_time v;

	switch (t->id) {
	case TYPE_TIME:
		time_print(to, LOAD(int64_t, x), t->precision);
		break;
	case TYPE_TIME_TZ:
		time_tz_print(to, LOAD(struct long_time, x), t->precision);
		break;
	case TYPE_TIMESTAMP:
		v = timestamp_load(t, x);
		timestamp_print(to, v.hi, v.lo, t->precision);
		break;
	default:
		v = timestamp_load(t, x);
		timestamp_tz_print(to, v.hi, v.lo, t->precision);
		break;
	}
}

static void
print_string(struct sbuf *to, const struct type *t, const void *x)
{
	struct str s = strview_str(x);

	switch (t->id) {
	case TYPE_VARBINARY: case TYPE_HYPERLOGLOG: case TYPE_P4HYPERLOGLOG:
	case TYPE_SETDIGEST: case TYPE_QDIGEST: case TYPE_TDIGEST:
		print_hex(to, s);
		break;
	default:
		sbuf_adds(to, s);
		break;
	}
}

void
value_print(struct sbuf *to, const struct type *t, const void *x)
{
	switch (t->id) {
	case TYPE_BOOLEAN:
		sbuf_addz(to, LOAD(uint8_t, x) ? "true" : "false");
		break;
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT:
		integer_print(to, load_integer(t, x));
		break;
	case TYPE_REAL:
		real_print_varchar(to, LOAD(float, x));
		break;
	case TYPE_DOUBLE:
		double_print_varchar(to, LOAD(double, x));
		break;
	case TYPE_DECIMAL:
		decimal_print(to, t->rep == REP_I64 ? LOAD(int64_t, x)
		    : LOAD(int128, x), t->scale);
		break;
	case TYPE_DATE:
		date_print(to, LOAD(int32_t, x), false);
		break;
	case TYPE_TIME: case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_TZ:
		print_time(to, t, x);
		break;
	case TYPE_INTERVAL_YM:
		interval_ym_print(to, LOAD(int32_t, x));
		break;
	case TYPE_INTERVAL_DS:
		interval_ds_print(to, LOAD(int64_t, x));
		break;
	case TYPE_UUID:
		uuid_print(to, x);
		break;
	case TYPE_IPADDRESS:
		ipaddress_print(to, x);
		break;
	case TYPE_COLOR:
		print_color(to, LOAD(int32_t, x));
		break;
	case TYPE_UNKNOWN:
		sbuf_addz(to, "null");
		break;
	default:
		CHECK(t->rep == REP_STR);
		print_string(to, t, x);
		break;
	}
}

static void
json_string(struct sbuf *to, const struct type *t, const void *x)
{
	struct str s = strview_str(x);
	struct sbuf padded = { 0 };

	switch (t->id) {
	case TYPE_VARBINARY: case TYPE_HYPERLOGLOG: case TYPE_P4HYPERLOGLOG:
	case TYPE_SETDIGEST: case TYPE_QDIGEST: case TYPE_TDIGEST:
		sbuf_addc(to, '"');
		base64_print(to, s.p, s.n);
		sbuf_addc(to, '"');
		break;
	case TYPE_VARIANT:
		sbuf_adds(to, s);
		break;
	case TYPE_CHAR:
		char_pad(&padded, s, t->length);
		json_quote(to, sbuf_str(&padded));
		sbuf_release(&padded);
		break;
	default:
		json_quote(to, s);
		break;
	}
}

/* NaN and infinities are strings. */
static void
json_float(struct sbuf *to, const struct type *t, const void *x)
{
	bool real = t->id == TYPE_REAL;
	double d = real ? LOAD(float, x) : LOAD(double, x);

	if (!isfinite(d))
		sbuf_addc(to, '"');
	if (real)
		real_print(to, LOAD(float, x));
	else
		double_print(to, d);
	if (!isfinite(d))
		sbuf_addc(to, '"');
}

void
value_print_json(struct sbuf *to, const struct type *t, const void *x)
{
	switch (t->id) {
	case TYPE_BOOLEAN: case TYPE_TINYINT: case TYPE_SMALLINT:
	case TYPE_INTEGER: case TYPE_BIGINT: case TYPE_UNKNOWN:
		value_print(to, t, x);
		return;
	case TYPE_REAL: case TYPE_DOUBLE:
		json_float(to, t, x);
		return;
	case TYPE_DATE:
		sbuf_addc(to, '"');
		date_print(to, LOAD(int32_t, x), true);
		sbuf_addc(to, '"');
		return;
	default:
		break;
	}
	if (t->rep == REP_STR) {
		json_string(to, t, x);
		return;
	}
	sbuf_addc(to, '"');
	value_print(to, t, x);
	sbuf_addc(to, '"');
}
