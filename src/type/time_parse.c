/* SPDX-License-Identifier: Apache-2.0
 * time_parse.c - text to dates, times and timestamps, for casts and for
 * literals, which take slightly different spellings. */
#include "type/time_text.h"
#include "type/time_math.h"

#include "base/check.h"
#include "type/text.h"

enum { DAY_SECONDS = 86400 };

struct cursor {
	const char *p, *end;
};

/* Up to max digits, at least min; false: fewer. Saturates. */
static bool
number(struct cursor *c, int min, int max, int64_t *out)
{
	int64_t x = 0;
	int n = 0;

	while (n < max && c->p < c->end && *c->p >= '0' && *c->p <= '9') {
		x = x > INT64_MAX / 10 - 1 ? x : x * 10 + (*c->p - '0');
		c->p++;
		n++;
	}
	*out = x;
	return n >= min;
}

static bool
literal(struct cursor *c, char what)
{
	if (c->p == c->end || *c->p != what)
		return false;
	c->p++;
	return true;
}

static void
skip_spaces(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || (*c->p >= '\t' &&
	    *c->p <= '\r')))
		c->p++;
}

/* [+-]Y-M-D; the year has min_year digits or more. */
static bool
scan_date(struct cursor *c, int min_year, int64_t *days)
{
	int64_t year, month, day;
	bool negative = literal(c, '-');

	if (!negative)
		literal(c, '+');
	if (!number(c, min_year, INT32_MAX, &year) || !literal(c, '-') ||
	    !number(c, 1, 2, &month) || !literal(c, '-') ||
	    !number(c, 1, 2, &day))
		return false;
	if (negative)
		year = -year;
	/* What date_from_civil() can count, and any type holds. */
	if (year > 999999999 || year < -999999999 ||
	    !date_valid(year, (int)month, (int)day))
		return false;
	*days = date_from_civil(year, (int)month, (int)day);
	return true;
}

bool
date_parse(struct str text, int32_t *out)
{
	struct str s = utf8_trim(text);
	struct cursor c = { s.p, s.p + s.n };
	int64_t days;

	if (!scan_date(&c, 1, &days) || c.p != c.end || days != (int32_t)days)
		return false;
	*out = (int32_t)days;
	return true;
}

/* A time of day as it is written. */
struct clock {
	int seconds;            /* of the day */
	int64_t fraction;       /* in 10^-digits */
	int digits;
};

/* H:M[:S[.F]]; the fields' ranges are checked by the caller's clock_good(),
 * for the text behind decides what is wrong with it. */
static bool
scan_clock(struct cursor *c, struct clock *t, bool *in_range)
{
	int64_t h, m, s = 0;
	const char *start;

	*t = (struct clock){ 0 };
	*in_range = true;
	if (!number(c, 1, 2, &h) || !literal(c, ':') || !number(c, 1, 2, &m))
		return false;
	start = c->p;
	if (literal(c, ':') && !number(c, 1, 2, &s)) {
		c->p = start;
	} else if (c->p != start) {
		start = c->p;
		if (literal(c, '.')) {
			const char *digits = c->p;

			if (number(c, 1, INT32_MAX, &t->fraction))
				t->digits = (int)MIN(c->p - digits, 1000);
			else
				c->p = start;
		}
	}
	*in_range = h <= 23 && m <= 59 && s <= 59;
	/* A fraction must fit 64 bits; 18 digits surely do. */
	if (t->digits > 18) {
		uint64_t x = 0;
		const char *p;

		for (p = c->p - t->digits; p < c->p; p++)
			if (__builtin_mul_overflow(x, 10u, &x) ||
			    __builtin_add_overflow(x, (unsigned)(*p - '0'),
			    &x) || x > INT64_MAX)
				*in_range = false;
		t->fraction = (int64_t)x;
		*in_range &= t->digits <= 19;
	}
	t->seconds = (int)(h * 3600 + m * 60 + s);
	return true;
}

/* Picoseconds of the second, rounded to `digits`; 10^12 when it carries. */
static int64_t
clock_fraction(const struct clock *t, int digits)
{
	int128 x = t->fraction;

	if (t->digits > digits) {
		int128 pow = decimal_pow10(t->digits - digits);

		x = (x + pow / 2) / pow;
	} else {
		digits = t->digits;
	}
	return (int64_t)(x * decimal_pow10(12 - digits));
}

static int
cannot(struct err *e, const char *what, struct str text)
{
	return err_set(e, ERR_INVALID_CAST_ARGUMENT,
	    "Value cannot be cast to %s: %.*s", what, STR_ARG(text));
}

struct time_text {
	struct clock clock;
	bool has_offset;
	int offset;             /* minutes */
};

static bool
scan_time(struct str text, struct time_text *t)
{
	struct cursor c = { text.p, text.p + text.n };
	int64_t h, m;
	bool good, negative;

	*t = (struct time_text){ .offset = 0 };
	if (!scan_clock(&c, &t->clock, &good) || !good)
		return false;
	skip_spaces(&c);
	if (c.p == c.end)
		return true;
	negative = literal(&c, '-');
	if (!negative && !literal(&c, '+'))
		return false;
	if (c.end - c.p != 5 || !number(&c, 2, 2, &h) || !literal(&c, ':') ||
	    !number(&c, 2, 2, &m) || m > 59 || h * 60 + m > 14 * 60)
		return false;
	t->has_offset = true;
	t->offset = (int)(negative ? -(h * 60 + m) : h * 60 + m);
	return true;
}

static int64_t
time_of_day(const struct clock *c, int digits)
{
	int64_t picos = c->seconds * PICOS_PER_SECOND +
	    clock_fraction(c, digits);

	return picos == PICOS_PER_DAY ? 0 : picos;
}

static int
cast_time(const struct type *t, struct str text, void *out, struct err *e)
{
	struct time_text x;
	int64_t picos;

	if (!scan_time(text, &x) || x.has_offset || x.clock.digits > 12)
		return cannot(e, "time", text);
	picos = time_of_day(&x.clock, t->precision);
	memcpy(out, &picos, sizeof(picos));
	return 0;
}

static int
cast_time_tz(const struct type *t, struct str text, int offset, void *out,
    struct err *e)
{
	struct long_time v = { 0 };
	struct time_text x;

	if (!scan_time(utf8_trim(text), &x) || x.clock.digits > 12)
		return cannot(e, "time with time zone", text);
	v.hi = time_of_day(&x.clock, t->precision);
	v.lo = x.has_offset ? x.offset : offset;
	memcpy(out, &v, sizeof(v));
	return 0;
}

struct stamp_text {
	int64_t days;
	struct clock clock;
	struct str zone;        /* empty: none */
};

/* Y-M-D[ [H:M[:S[.F]]] [ZONE]] */
static bool
scan_stamp(struct str text, struct stamp_text *t)
{
	struct cursor c = { text.p, text.p + text.n };
	const char *start;
	bool good = true;

	*t = (struct stamp_text){ .days = 0 };
	if (!scan_date(&c, 4, &t->days))
		return false;
	if (c.p == c.end)
		return true;
	if (!literal(&c, ' '))
		return false;
	start = c.p;
	if (!scan_clock(&c, &t->clock, &good)) {
		c.p = start;
		t->clock = (struct clock){ 0 };
	}
	skip_spaces(&c);
	t->zone = (struct str){ c.p, (size_t)(c.end - c.p) };
	return good;
}

/* Microseconds and picoseconds of the wall time; false: out of range. */
static bool
stamp_local(const struct stamp_text *t, int digits, struct long_time *out)
{
	int64_t picos = clock_fraction(&t->clock, digits);
	int64_t seconds = t->days * DAY_SECONDS + t->clock.seconds;

	/* The addition may wrap, as Trino's does. */
	if (__builtin_mul_overflow(seconds, MICROS_PER_SECOND, &out->hi))
		return false;
	out->hi = (int64_t)((uint64_t)out->hi + (uint64_t)(picos / 1000000));
	out->lo = (int32_t)(picos % 1000000);
	out->zero = 0;
	return true;
}

/* A packed value and picoseconds; strict: a gap is an error. */
static bool
stamp_zoned(const struct stamp_text *t, int digits, int zone, bool strict,
    struct long_time *out)
{
	int64_t picos = clock_fraction(&t->clock, digits), millis;
	bool gap;

	millis = zone_local_to_utc(zone, t->days * DAY_SECONDS +
	    t->clock.seconds, &gap);
	if ((gap && strict) || millis > ZONED_MILLIS_MAX ||
	    millis < ZONED_MILLIS_MIN)
		return false;
	millis = millis * 1000 + picos / 1000000000;
	if (millis > ZONED_MILLIS_MAX || millis < ZONED_MILLIS_MIN)
		return false;
	*out = (struct long_time){ .hi = zoned_pack(millis, zone),
	    .lo = (int32_t)(picos % 1000000000) };
	return true;
}

static int
cast_timestamp(const struct type *t, struct str text, int zone, void *out,
    struct err *e)
{
	struct str trimmed = utf8_trim(text);
	enum zone_status status = ZONE_OK;
	struct stamp_text x;
	struct long_time v;

	if (!scan_stamp(trimmed, &x))
		return cannot(e, "timestamp", text);
	if (x.zone.n > 0)
		status = zone_find_in_text(x.zone, &zone);
	if (status == ZONE_INVALID)
		return cannot(e, "timestamp", text);
	if (t->id == TYPE_TIMESTAMP) {
		/* A zone is allowed and has no say. */
		if (!stamp_local(&x, t->precision, &v))
			return cannot(e, "timestamp", text);
	} else {
		if (status == ZONE_NOT_SUPPORTED)
			return err_set(e, ERR_NOT_SUPPORTED,
			    "Time zone not supported: %.*s", STR_ARG(x.zone));
		if (!stamp_zoned(&x, t->precision, zone, false, &v))
			return cannot(e, "timestamp", text);
	}
	timestamp_store(t, v, out);
	return 0;
}

int
time_cast_text(const struct type *t, struct str text, int zone, int offset,
    void *out, struct err *e)
{
	int32_t days;

	switch (t->id) {
	case TYPE_DATE:
		if (!date_parse(text, &days))
			return cannot(e, "date", text);
		memcpy(out, &days, sizeof(days));
		return 0;
	case TYPE_TIME:
		return cast_time(t, text, out, e);
	case TYPE_TIME_TZ:
		return cast_time_tz(t, text, offset, out, e);
	default:
		CHECK(t->id == TYPE_TIMESTAMP || t->id == TYPE_TIMESTAMP_TZ);
		return cast_timestamp(t, text, zone, out, e);
	}
}

static int
no_literal(struct err *e, const char *family, struct str text)
{
	return err_set(e, ERR_INVALID_LITERAL,
	    "'%.*s' is not a valid %s literal", STR_ARG(text), family);
}

static int
too_precise(struct err *e, const char *family, bool zoned, int digits)
{
	return err_set(e, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
	    "%s%s precision must be in range [0, 12]: %d", family,
	    zoned ? " WITH TIME ZONE" : "", digits);
}

static int
literal_time(struct arena *a, struct str text, const struct type **t,
    void *out, struct err *e)
{
	struct long_time v = { 0 };
	struct time_text x;

	if (!scan_time(text, &x))
		return no_literal(e, "TIME", text);
	if (x.clock.digits > 12)
		return too_precise(e, "TIME", x.has_offset, x.clock.digits);
	*t = type_time(a, x.has_offset ? TYPE_TIME_TZ : TYPE_TIME,
	    x.clock.digits);
	v.hi = time_of_day(&x.clock, 12);
	v.lo = x.offset;
	memcpy(out, &v, x.has_offset ? sizeof(v) : sizeof(v.hi));
	return 0;
}

int
time_literal(struct arena *a, enum type_id family, struct str text,
    const struct type **t, void *out, struct err *e)
{
	enum zone_status status = ZONE_OK;
	struct stamp_text x;
	struct long_time v;
	int zone = ZONE_UTC;
	bool zoned;

	if (family == TYPE_TIME)
		return literal_time(a, text, t, out, e);
	if (!scan_stamp(text, &x))
		return no_literal(e, "TIMESTAMP", text);
	zoned = x.zone.n > 0;
	if (zoned)
		status = zone_find_in_text(x.zone, &zone);
	if (status == ZONE_INVALID)
		return no_literal(e, "TIMESTAMP", text);
	if (x.clock.digits > 12)
		return too_precise(e, "TIMESTAMP", zoned, x.clock.digits);
	if (status == ZONE_NOT_SUPPORTED)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "Time zone not supported: %.*s", STR_ARG(x.zone));
	if (zoned ? !stamp_zoned(&x, 12, zone, true, &v)
	    : !stamp_local(&x, 12, &v))
		return no_literal(e, "TIMESTAMP", text);
	*t = type_time(a, zoned ? TYPE_TIMESTAMP_TZ : TYPE_TIMESTAMP,
	    x.clock.digits);
	timestamp_store(*t, v, out);
	return 0;
}
