/* SPDX-License-Identifier: Apache-2.0
 * time_math.h - between precisions, dates, times and timestamps.
 *
 * In this header a struct long_time holds any timestamp: without a zone hi =
 * microseconds and lo = picoseconds of the microsecond, with a zone hi = the
 * packed value and lo = picoseconds of the millisecond, whatever the type's
 * own layout is. */
#ifndef TYPE_TIME_MATH_H
#define TYPE_TIME_MATH_H

#include "type/decimal.h"
#include "type/time.h"

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY INT64_C(86400000000)
#define PICOS_PER_SECOND INT64_C(1000000000000)
#define PICOS_PER_MINUTE INT64_C(60000000000000)
#define PICOS_PER_DAY INT64_C(86400000000000000)
/* Packed milliseconds have 52 bits. */
#define ZONED_MILLIS_MAX ((INT64_C(1) << 51) - 1)
#define ZONED_MILLIS_MIN (-(INT64_C(1) << 51))

static inline int64_t
floor_div(int64_t x, int64_t by)
{
	return x / by - (x % by < 0);
}

static inline int64_t
floor_mod(int64_t x, int64_t by)
{
	int64_t r = x % by;

	return r < 0 ? r + by : r;
}

/* x / factor, halves upwards (also below zero: -1.5 becomes -1). Wraps at the
 * ends of int64 as Trino does. */
static inline int64_t
round_div(int64_t x, int64_t factor)
{
	if (factor == 1)
		return x;
	if (x >= 0)
		return (int64_t)((uint64_t)x + (uint64_t)factor / 2) / factor;
	return (int64_t)((uint64_t)x + 1 - (uint64_t)factor / 2) / factor;
}

/* Keeps `digits` of the `unit` fraction digits that x counts in. */
static inline int64_t
round_to_digits(int64_t x, int unit, int digits)
{
	int64_t factor = digits >= unit ? 1 : decimal_pow10_64[unit - digits];

	return (int64_t)((uint64_t)round_div(x, factor) * (uint64_t)factor);
}

/* timestamp(p <= 6). */
static inline int64_t
timestamp_round_micros(int64_t micros, int digits)
{
	return round_to_digits(micros, 6, digits);
}

/* time(p): picoseconds of the day; wraps at midnight. */
static inline int64_t
time_round(int64_t picos, int digits)
{
	int64_t x = round_to_digits(picos, 12, digits);

	return x == PICOS_PER_DAY ? 0 : x;
}

struct long_time timestamp_round(struct long_time t, int digits);
/* The zone stays. The result can leave the range: timestamp_tz_fits(). */
struct long_time timestamp_tz_round(struct long_time t, int digits);

/* Loads and stores a flat value of type t (TIMESTAMP or TIMESTAMP_TZ). */
struct long_time timestamp_load(const struct type *t, const void *p);
void timestamp_store(const struct type *t, struct long_time v, void *p);

/* Wall time of a timestamp with time zone, and back.  Back: a gap shifts
 * forward; INVALID_CAST_ARGUMENT beyond 52 bits of milliseconds. */
struct long_time timestamp_of_tz(struct long_time v);
int timestamp_to_tz(struct long_time local, int zone, struct long_time *out,
    struct err *e);
/* Midnight of a date. NUMERIC_VALUE_OUT_OF_RANGE. */
int timestamp_of_date(int64_t days, int64_t *micros, struct err *e);
static inline int64_t
date_of_timestamp(int64_t micros)
{
	return floor_div(micros, MICROS_PER_DAY);
}
/* Picoseconds of the day, not yet rounded. */
static inline int64_t
time_of_timestamp(struct long_time t)
{
	return floor_mod(t.hi, MICROS_PER_DAY) * 1000000 + t.lo;
}

/* The UTC picoseconds of the day: what times with zones are compared by. */
static inline int64_t
time_tz_key(struct long_time t)
{
	return floor_mod(t.hi - t.lo * PICOS_PER_MINUTE, PICOS_PER_DAY);
}

#endif
