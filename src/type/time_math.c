/* SPDX-License-Identifier: Apache-2.0
 * time_math.c - timestamps between precisions and zones. */
#include "type/time_math.h"

#include "base/check.h"

enum { PICOS_PER_MICRO = 1000000, PICOS_PER_MILLI = 1000000000 };

struct long_time
timestamp_round(struct long_time t, int digits)
{
	if (digits <= 6) {
		/* Half a microsecond is all that the tail can decide. */
		if (digits == 6)
			t.hi = (int64_t)((uint64_t)t.hi +
			    (t.lo >= PICOS_PER_MICRO / 2));
		else
			t.hi = timestamp_round_micros(t.hi, digits);
		t.lo = 0;
		return t;
	}
	t.lo = (int32_t)round_to_digits(t.lo, 12, digits);
	if (t.lo == PICOS_PER_MICRO) {
		t.hi = (int64_t)((uint64_t)t.hi + 1);
		t.lo = 0;
	}
	return t;
}

struct long_time
timestamp_tz_round(struct long_time t, int digits)
{
	int64_t millis = zoned_millis(t.hi);
	int zone = zoned_zone(t.hi);

	if (digits <= 3) {
		if (digits == 3)
			millis += t.lo >= PICOS_PER_MILLI / 2;
		else
			millis = round_to_digits(millis, 3, digits);
		t.lo = 0;
	} else {
		t.lo = (int32_t)round_to_digits(t.lo, 12, digits);
		if (t.lo == PICOS_PER_MILLI) {
			millis++;
			t.lo = 0;
		}
	}
	t.hi = zoned_pack(millis, zone);
	return t;
}

struct long_time
timestamp_load(const struct type *t, const void *p)
{
	struct long_time v = { 0 };

	memcpy(&v, p, t->rep == REP_LONG_TIME ? sizeof(v) : sizeof(v.hi));
	return v;
}

void
timestamp_store(const struct type *t, struct long_time v, void *p)
{
	v.zero = 0;
	memcpy(p, &v, t->rep == REP_LONG_TIME ? sizeof(v) : sizeof(v.hi));
}

struct long_time
timestamp_of_tz(struct long_time v)
{
	int64_t millis = zoned_millis(v.hi);
	int offset = zone_offset_at(zoned_zone(v.hi), floor_div(millis, 1000));

	return (struct long_time){
		.hi = (millis + offset * INT64_C(1000)) * 1000 +
		    v.lo / PICOS_PER_MICRO,
		.lo = v.lo % PICOS_PER_MICRO,
	};
}

int
timestamp_to_tz(struct long_time local, int zone, struct long_time *out,
    struct err *e)
{
	int64_t seconds = floor_div(local.hi, MICROS_PER_SECOND);
	int64_t micros = floor_mod(local.hi, MICROS_PER_SECOND);
	int64_t millis = zone_local_to_utc(zone, seconds, NULL) * 1000 +
	    micros / 1000;

	if (millis > ZONED_MILLIS_MAX || millis < ZONED_MILLIS_MIN)
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Out of range for timestamp with time zone: %lld",
		    (long long)millis);
	*out = (struct long_time){
		.hi = zoned_pack(millis, zone),
		.lo = (int32_t)(micros % 1000) * PICOS_PER_MICRO + local.lo,
	};
	return 0;
}

int
timestamp_of_date(int64_t days, int64_t *micros, struct err *e)
{
	if (__builtin_mul_overflow(days, MICROS_PER_DAY, micros))
		return err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Date cannot be represented as timestamp: %lld",
		    (long long)days);
	return 0;
}
