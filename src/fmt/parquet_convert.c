/* SPDX-License-Identifier: Apache-2.0
 * parquet_convert.c - one loop a conversion, without calls and branches in
 * it; what went wrong is gathered in a flag. */
#pragma GCC optimize("O3")
#include "fmt/parquet_convert.h"

#include "base/check.h"

#define DAY_PICOS INT64_C(86400000000000000)
#define JULIAN_EPOCH 2440588    /* the Julian day of 1970-01-01 */

/* Loads at any address. */
struct any32 { int32_t v; } __attribute__((packed));
struct any64 { int64_t v; } __attribute__((packed));

static void
from_int32(enum parquet_convert how, const struct any32 *restrict src,
    uint32_t n, void *restrict dst)
{
	uint32_t i;

	switch (how) {
	case CONVERT_I8:
		for (i = 0; i < n; i++)
			((int8_t *)dst)[i] = (int8_t)src[i].v;
		break;
	case CONVERT_U8:
		for (i = 0; i < n; i++)
			((int16_t *)dst)[i] = (int16_t)(src[i].v & 0xff);
		break;
	case CONVERT_I16:
		for (i = 0; i < n; i++)
			((int16_t *)dst)[i] = (int16_t)src[i].v;
		break;
	case CONVERT_U16:
		for (i = 0; i < n; i++)
			((int32_t *)dst)[i] = src[i].v & 0xffff;
		break;
	case CONVERT_U32:
		for (i = 0; i < n; i++)
			((int64_t *)dst)[i] = (uint32_t)src[i].v;
		break;
	default:
		for (i = 0; i < n; i++)
			((int64_t *)dst)[i] = src[i].v;
	}
}

/* Times of day in picoseconds; false: one is outside of the day. */
static bool
times(const void *src, bool wide, int64_t unit, uint32_t n,
    int64_t *restrict dst)
{
	const struct any32 *narrow = src;
	const struct any64 *full = src;
	int64_t limit = DAY_PICOS / unit;
	bool wrong = false;

	for (uint32_t i = 0; i < n; i++) {
		int64_t v = wide ? full[i].v : narrow[i].v;

		wrong |= (uint64_t)v >= (uint64_t)limit;
		dst[i] = (int64_t)((uint64_t)v * (uint64_t)unit);
	}
	return !wrong;
}

/* value * factor; false: one does not fit. */
static bool
scale(const struct any64 *restrict src, int64_t factor, uint32_t n,
    int64_t *restrict dst)
{
	int64_t limit = INT64_MAX / factor;
	bool wrong = false;

	for (uint32_t i = 0; i < n; i++) {
		int64_t v = src[i].v;

		wrong |= v > limit || v < -limit;
		dst[i] = (int64_t)((uint64_t)v * (uint64_t)factor);
	}
	return !wrong;
}

/* hi = floor(v / per) << shift, lo = rest * unit; false: does not fit. */
static bool
long_times(const struct any64 *restrict src, int64_t per, int shift,
    int32_t unit, uint32_t n, struct long_time *restrict dst)
{
	int64_t limit = INT64_MAX >> shift;
	bool wrong = false;

	for (uint32_t i = 0; i < n; i++) {
		int64_t v = src[i].v, hi = v / per, rest = v % per;

		hi -= rest < 0;
		rest += rest < 0 ? per : 0;
		wrong |= hi > limit || hi < -limit;
		dst[i].hi = (int64_t)((uint64_t)hi << shift);
		dst[i].lo = (int32_t)rest * unit;
		dst[i].zero = 0;
	}
	return !wrong;
}

/* Nanoseconds of the day and a Julian day number. */
static bool
int96(const uint8_t *restrict src, uint32_t n, struct long_time *restrict dst)
{
	bool wrong = false;

	for (uint32_t i = 0; i < n; i++) {
		int64_t nanos, days;
		int32_t day;

		memcpy(&nanos, src + (size_t)i * 12, 8);
		memcpy(&day, src + (size_t)i * 12 + 8, 4);
		days = (int64_t)day - JULIAN_EPOCH;
		wrong |= nanos < -DAY_PICOS / 1000 ||
		    nanos > 2 * (DAY_PICOS / 1000) || days > 106000000 ||
		    days < -106000000;
		days += nanos < 0 ? -1 : 0;
		nanos += nanos < 0 ? DAY_PICOS / 1000 : 0;
		dst[i].hi = (int64_t)((uint64_t)days *
		    (uint64_t)(DAY_PICOS / 1000000) +
		    (uint64_t)(nanos / 1000));
		dst[i].lo = (int32_t)(nanos % 1000) * 1000;
		dst[i].zero = 0;
	}
	return !wrong;
}

static float
half(uint16_t h)
{
	uint32_t sign = (uint32_t)(h >> 15) << 31, exp = h >> 10 & 31,
	    frac = h & 0x3ff, bits;
	float f;

	if (exp == 0) {
		f = (float)frac * (1.0f / 16777216.0f);
		return sign ? -f : f;
	}
	if (exp == 31)
		bits = sign | 0x7f800000u | frac << 13;
	else
		bits = sign | (exp + 112) << 23 | frac << 13;
	memcpy(&f, &bits, 4);
	return f;
}

static void
float16(const uint8_t *restrict src, uint32_t n, float *restrict dst)
{
	for (uint32_t i = 0; i < n; i++) {
		uint16_t h;

		memcpy(&h, src + (size_t)i * 2, 2);
		dst[i] = half(h);
	}
}

/* A big-endian two's complement number; false: it needs more than 16
 * bytes. */
static inline bool
big_endian(const uint8_t *p, size_t n, int128 *out)
{
	uint8_t fill = n > 0 && (p[0] & 0x80) ? 0xff : 0;
	uint128 v = fill ? ~(uint128)0 : 0;

	for (; n > 16; n--)
		if (*p++ != fill)
			return false;
	if (n == 16 && (p[0] & 0x80) != (fill & 0x80))
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	*out = (int128)v;
	return true;
}

static bool
decimal_put(int128 v, bool wide, uint32_t i, void *dst)
{
	if (wide)
		((int128 *)dst)[i] = v;
	else
		((int64_t *)dst)[i] = (int64_t)v;
	return wide || (v >= INT64_MIN && v <= INT64_MAX);
}

/* The common case: at most 8 bytes each.  Reads behind the last one. */
static void
fixed_short(const uint8_t *restrict src, int width, uint32_t n,
    int64_t *restrict dst)
{
	int shift = 64 - 8 * width;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t v;

		memcpy(&v, src + (size_t)i * (unsigned)width, 8);
		/* The number is in the upper bytes then: shift it down,
		 * and what follows it out. */
		dst[i] = (int64_t)__builtin_bswap64(v) >> shift;
	}
}

static bool
fixed_decimals(const struct parquet_leaf *leaf, const uint8_t *src,
    uint32_t n, void *dst)
{
	bool wide = leaf->convert == CONVERT_FIXED_I128, good = true;

	if (!wide && leaf->width <= 8) {
		fixed_short(src, leaf->width, n, dst);
		return true;
	}
	for (uint32_t i = 0; i < n; i++) {
		int128 v = 0;

		good &= big_endian(src + (size_t)i * (size_t)leaf->width,
		    (size_t)leaf->width, &v);
		good &= decimal_put(v, wide, i, dst);
	}
	return good;
}

static bool
bytes_decimals(const struct strview *src, bool wide, uint32_t n, void *dst)
{
	bool good = true;

	for (uint32_t i = 0; i < n; i++) {
		struct str s = strview_str(&src[i]);
		int128 v = 0;

		good &= big_endian((const uint8_t *)s.p, s.n, &v);
		good &= decimal_put(v, wide, i, dst);
	}
	return good;
}

static void
views(const uint8_t *src, int width, uint32_t n, struct strview *dst)
{
	for (uint32_t i = 0; i < n; i++)
		dst[i] = strview_of((struct str){ (const char *)src +
		    (size_t)i * (size_t)width, (size_t)width });
}

static void
unsigned64(const struct any64 *restrict src, uint32_t n,
    int128 *restrict dst)
{
	for (uint32_t i = 0; i < n; i++)
		dst[i] = (int128)(uint64_t)src[i].v;
}

static int
out_of_range(const struct parquet_leaf *leaf, struct err *e)
{
	struct sbuf name = { 0 };

	type_print(&name, leaf->type);
	err_set(e, ERR_HIVE_BAD_DATA, "a value is out of range for %s",
	    sbuf_z(&name));
	sbuf_release(&name);
	return -ERR_HIVE_BAD_DATA;
}

int
parquet_convert(const struct parquet_leaf *leaf, const void *src, uint32_t n,
    void *dst, struct err *e)
{
	bool good = true;

	switch (leaf->convert) {
	case CONVERT_NONE:
		memcpy(dst, src, (size_t)n * (leaf->width == 0
		    ? sizeof(struct strview) : (size_t)leaf->width));
		break;
	case CONVERT_I8:
	case CONVERT_I16:
	case CONVERT_U8:
	case CONVERT_U16:
	case CONVERT_I32_I64:
	case CONVERT_U32:
		from_int32(leaf->convert, src, n, dst);
		break;
	case CONVERT_U64:
		unsigned64(src, n, dst);
		break;
	case CONVERT_TIME_MS:
		good = times(src, false, INT64_C(1000000000), n, dst);
		break;
	case CONVERT_TIME_US:
		good = times(src, true, 1000000, n, dst);
		break;
	case CONVERT_TIME_NS:
		good = times(src, true, 1000, n, dst);
		break;
	case CONVERT_TS_MS:
		good = scale(src, 1000, n, dst);
		break;
	case CONVERT_TZ_MS:
		good = scale(src, 1 << 12, n, dst);
		break;
	case CONVERT_TS_NS:
		good = long_times(src, 1000, 0, 1000, n, dst);
		break;
	case CONVERT_TZ_US:
		good = long_times(src, 1000, 12, 1000000, n, dst);
		break;
	case CONVERT_TZ_NS:
		good = long_times(src, 1000000, 12, 1000, n, dst);
		break;
	case CONVERT_INT96:
		good = int96(src, n, dst);
		break;
	case CONVERT_FLOAT16:
		float16(src, n, dst);
		break;
	case CONVERT_FIXED_I64:
	case CONVERT_FIXED_I128:
		good = fixed_decimals(leaf, src, n, dst);
		break;
	case CONVERT_BYTES_I64:
	case CONVERT_BYTES_I128:
		good = bytes_decimals(src, leaf->convert ==
		    CONVERT_BYTES_I128, n, dst);
		break;
	case CONVERT_FIXED_VIEW:
		views(src, leaf->width, n, dst);
		break;
	}
	return good ? 0 : out_of_range(leaf, e);
}
