/* SPDX-License-Identifier: Apache-2.0
 * value_compare.c - order, sameness and hash of single values. */
#include "type/value.h"

#include "base/check.h"
#include "type/number.h"
#include "type/value_hash.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))
#define LOAD(T, x) ({ T load_; memcpy(&load_, (x), sizeof(T)); load_; })
#define COMPARE(T, x, y) ({ T x_ = LOAD(T, x), y_ = LOAD(T, y); \
	ORDER(x_, y_); })

static int
compare_double(double x, double y)
{
	if (x != x || y != y)
		return (x != x) - (y != y);
	return ORDER(x, y);
}

/* As if both were padded with blanks. */
static int
compare_char(struct str x, struct str y)
{
	size_t n = MIN(x.n, y.n), i;
	int c = n == 0 ? 0 : memcmp(x.p, y.p, n);

	if (c != 0)
		return c;
	for (i = n; i < x.n; i++)
		if (x.p[i] != ' ')
			return (unsigned char)x.p[i] < ' ' ? -1 : 1;
	for (i = n; i < y.n; i++)
		if (y.p[i] != ' ')
			return (unsigned char)y.p[i] < ' ' ? 1 : -1;
	return 0;
}

static int
compare_long_time(const struct type *t, struct long_time x,
    struct long_time y)
{
	if (t->id == TYPE_TIME_TZ)
		return ORDER(time_tz_key(x), time_tz_key(y));
	if (t->id == TYPE_TIMESTAMP_TZ) {
		x.hi = zoned_millis(x.hi);
		y.hi = zoned_millis(y.hi);
	}
	return x.hi != y.hi ? ORDER(x.hi, y.hi) : ORDER(x.lo, y.lo);
}

static int
compare_string(const struct type *t, const struct strview *x,
    const struct strview *y)
{
	if (t->id == TYPE_NUMBER)
		return number_compare_text(strview_str(x), strview_str(y));
	if (t->id == TYPE_CHAR)
		return compare_char(strview_str(x), strview_str(y));
	return strview_cmp(x, y);
}

int
value_compare(const struct type *t, const void *x, const void *y)
{
	switch (t->rep) {
	case REP_BOOL:
		return COMPARE(uint8_t, x, y);
	case REP_I8:
		return COMPARE(int8_t, x, y);
	case REP_I16:
		return COMPARE(int16_t, x, y);
	case REP_I32:
		return COMPARE(int32_t, x, y);
	case REP_I64:
		if (t->id == TYPE_TIMESTAMP_TZ)
			return ORDER(zoned_millis(LOAD(int64_t, x)),
			    zoned_millis(LOAD(int64_t, y)));
		return COMPARE(int64_t, x, y);
	case REP_F32:
		return compare_double(LOAD(float, x), LOAD(float, y));
	case REP_F64:
		return compare_double(LOAD(double, x), LOAD(double, y));
	case REP_I128:
		return COMPARE(int128, x, y);
	case REP_B16:
		return memcmp(x, y, 16);
	case REP_STR:
		return compare_string(t, x, y);
	case REP_LONG_TIME:
		return compare_long_time(t, LOAD(struct long_time, x),
		    LOAD(struct long_time, y));
	default:
		CHECK(!"a scalar type");
		return 0;
	}
}

bool
value_same(const struct type *t, const void *x, const void *y)
{
	if (t->rep == REP_STR && t->id != TYPE_CHAR)
		return strview_eq(x, y);
	return value_compare(t, x, y) == 0;
}

static uint64_t
hash_long_time(const struct type *t, struct long_time v)
{
	if (t->id == TYPE_TIME_TZ)
		return hash_time_tz(v);
	return t->id == TYPE_TIMESTAMP_TZ ? hash_long_zoned(v)
	    : hash_timestamp(v);
}

uint64_t
value_hash(const struct type *t, const void *x)
{
	switch (t->rep) {
	case REP_BOOL:
		return hash_i64(LOAD(uint8_t, x) != 0);
	case REP_I8:
		return hash_i64(LOAD(int8_t, x));
	case REP_I16:
		return hash_i64(LOAD(int16_t, x));
	case REP_I32:
		return hash_i64(LOAD(int32_t, x));
	case REP_I64:
		return t->id == TYPE_TIMESTAMP_TZ ? hash_zoned(LOAD(int64_t, x))
		    : hash_i64(LOAD(int64_t, x));
	case REP_F32:
		return hash_f32(LOAD(float, x));
	case REP_F64:
		return hash_f64(LOAD(double, x));
	case REP_I128:
		return hash_i128(LOAD(int128, x));
	case REP_B16:
		return hash_b16(x);
	case REP_STR:
		return hash_view(x);
	case REP_LONG_TIME:
		return hash_long_time(t, LOAD(struct long_time, x));
	default:
		CHECK(!"a scalar type");
		return 0;
	}
}
