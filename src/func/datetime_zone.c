/* SPDX-License-Identifier: Apache-2.0
 * datetime_zone.c - zones and the clock: at_timezone, with_timezone, now,
 * unix times. */
#include <math.h>

#include "func/datetime.h"
#include "func/tables.h"
#include "type/value.h"

/* ---- zones by name ---- */

/* The zone of a row; mostly a constant, found once. */
struct zone_memo {
	bool known;
	int zone;
};

static int
zone_of_row(struct eval *ev, const struct vec *v, uint32_t i,
    struct zone_memo *memo)
{
	struct str name;

	if (memo->known)
		return memo->zone;
	name = kernel_str(v, i);
	memo->zone = zone_find(name);
	if (memo->zone < 0)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "'%.*s' is not a valid time zone", STR_ARG(name));
	else
		memo->known = kernel_is_const(v);
	return memo->zone;
}

static int
zone_of_minutes(struct eval *ev, uint32_t i, int64_t minutes)
{
	if (minutes >= -840 && minutes <= 840)
		return zone_of_offset((int)minutes);
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Invalid offset minutes %lld", (long long)minutes);
	return -1;
}

static int
zone_of_interval(struct eval *ev, const struct vec *v, uint32_t i,
    struct zone_memo *memo)
{
	int64_t millis = KERNEL_AT(int64_t, v, i);

	if (millis % 60000 != 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid time zone offset interval: "
		    "interval contains seconds");
		return -1;
	}
	return zone_of_minutes(ev, i, millis / 60000);
}

typedef int (*zone_getter)(struct eval *, const struct vec *, uint32_t,
    struct zone_memo *);

static int
at_zone(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, zone_getter get)
{
	const struct vec *v = args->v[0];
	const struct type *t = out->type;
	size_t width = (size_t)type_width(t);
	struct zone_memo memo = { false, -1 };

	KERNEL_EACH(s, i) {
		int zone = get(ev, args->v[1], i, &memo);
		struct long_time l;

		if (zone < 0)
			continue;
		l = timestamp_load(t, vec_at(v, i));
		l.hi = zoned_pack(zoned_millis(l.hi), zone);
		timestamp_store(t, l, (char *)out->data + i * width);
	}
	return 0;
}

/* Times have no day: the zone's offset is that of the query's start. */
static int
time_at_zone(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, zone_getter get)
{
	struct long_time *r = out->data;
	int64_t now = ev->session == NULL ? 0
	    : floor_div(ev->session->start_micros, MICROS_PER_SECOND);
	struct zone_memo memo = { false, -1 };

	KERNEL_EACH(s, i) {
		int zone = get(ev, args->v[1], i, &memo);
		struct long_time l = KERNEL_AT(struct long_time, args->v[0],
		    i);
		int minutes;

		if (zone < 0)
			continue;
		minutes = zone_offset_at(zone, now) / 60;
		l.hi = floor_mod(l.hi + (minutes - l.lo) * PICOS_PER_MINUTE,
		    PICOS_PER_DAY);
		l.lo = minutes;
		r[i] = l;
	}
	return 0;
}

#define AT_ZONE(name, fn, get) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return fn(ev, args, s, *out, get); \
}
AT_ZONE(at_named, at_zone, zone_of_row)
AT_ZONE(at_interval, at_zone, zone_of_interval)
AT_ZONE(time_at_named, time_at_zone, zone_of_row)
AT_ZONE(time_at_interval, time_at_zone, zone_of_interval)

static int
with_zone(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct zone_memo memo = { false, -1 };
	struct moment m;

	KERNEL_EACH(s, i) {
		int zone = zone_of_row(ev, args->v[1], i, &memo);

		if (zone < 0)
			continue;
		moment_load(args->v[0], i, &m);
		m.zone = zone;
		moment_store(ev, *out, i, &m);
	}
	return 0;
}

static int
zone_name_of(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct moment m;
	int rc = 0;

	KERNEL_EACH(s, i) {
		moment_load(args->v[0], i, &m);
		rc = kernel_put(ev, *out, i, zone_name(m.zone), e);
		if (rc != 0)
			break;
	}
	return rc;
}

/* ---- the session's clock ---- */

static int
current_zone(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i)
		if (rc == 0)
			rc = kernel_put(ev, *out, i,
			    zone_name(session_zone(ev)), e);
	return rc;
}

static int
now(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	int64_t micros = ev->session == NULL ? 0 : ev->session->start_micros;
	int64_t value = zoned_pack(floor_div(micros, 1000),
	    session_zone(ev));

	kernel_fill(*out, s, &value);
	return 0;
}

/* ---- unix times ---- */

static void
put_millis(struct eval *ev, struct vec *out, uint32_t i, double seconds,
    int zone)
{
	double d = floor(seconds * 1000 + 0.5);
	int64_t millis = d >= 9223372036854775808.0 ? INT64_MAX
	    : d <= -9223372036854775808.0 ? INT64_MIN
	    : d == d ? (int64_t)d : 0;

	if (millis > ZONED_MILLIS_MAX || millis < ZONED_MILLIS_MIN)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Millis overflow: %lld", (long long)millis);
	else
		((int64_t *)out->data)[i] = zoned_pack(millis, zone);
}

static int
from_unix(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int zone = session_zone(ev);

	KERNEL_EACH(s, i)
		put_millis(ev, *out, i, KERNEL_AT(double, args->v[0], i),
		    zone);
	return 0;
}

static int
from_unix_zone(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int zone = -1;

	KERNEL_EACH(s, i) {
		struct str name = kernel_str(args->v[1], i);

		if (zone < 0 || !kernel_is_const(args->v[1]))
			zone = zone_find(name);
		if (zone < 0)
			eval_row_error(ev, i, ERR_NOT_SUPPORTED,
			    "Time zone not supported: %.*s", STR_ARG(name));
		else
			put_millis(ev, *out, i,
			    KERNEL_AT(double, args->v[0], i), zone);
	}
	return 0;
}

static int
from_unix_offset(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		int64_t minutes;
		int zone;

		if (__builtin_mul_overflow(KERNEL_AT(int64_t, args->v[1], i),
		    60, &minutes) || __builtin_add_overflow(minutes,
		    KERNEL_AT(int64_t, args->v[2], i), &minutes))
			minutes = INT64_MAX;
		zone = zone_of_minutes(ev, i, minutes);
		if (zone >= 0)
			put_millis(ev, *out, i,
			    KERNEL_AT(double, args->v[0], i), zone);
	}
	return 0;
}

static void
put_nanos(struct eval *ev, struct vec *out, uint32_t i, int128 nanos)
{
	int128 millis = nanos / 1000000, rest = nanos % 1000000;
	struct long_time l = { 0, 0, 0 };

	if (rest < 0) {
		rest += 1000000;
		millis--;
	}
	if (millis > ZONED_MILLIS_MAX || millis < ZONED_MILLIS_MIN) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Millis overflow: %lld", (long long)millis);
		return;
	}
	l.hi = zoned_pack((int64_t)millis, session_zone(ev));
	l.lo = (int32_t)(rest * 1000);
	timestamp_store(out->type, l, (char *)out->data + i *
	    (size_t)type_width(out->type));
}

static int
from_nanos(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i)
		put_nanos(ev, *out, i, KERNEL_AT(int64_t, args->v[0], i));
	return 0;
}

/* Fractions of nanoseconds are cut off. */
static int
from_nanos_decimal(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	int128 unit = decimal_pow10(v->type->scale);

	KERNEL_EACH(s, i) {
		int128 x = v->type->rep == REP_I64 ? KERNEL_AT(int64_t, v, i)
		    : KERNEL_AT(int128, v, i);

		put_nanos(ev, *out, i, x / unit);
	}
	return 0;
}

static int
to_unix(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	double *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct long_time l = timestamp_load(v->type, vec_at(v, i));

		r[i] = (double)zoned_millis(l.hi) / 1000.0;
		if (v->type->precision > 3)
			r[i] += l.lo / 1e12;
	}
	return 0;
}

static int
date_of_text(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str text = kernel_str(args->v[0], i);
		struct err bad;

		if (value_parse((*out)->type, text, session_zone(ev),
		    ev->scratch, (int32_t *)(*out)->data + i, &bad) != 0)
			eval_row_error(ev, i, ERR_INVALID_CAST_ARGUMENT,
			    "Value cannot be cast to date: %.*s",
			    STR_ARG(text));
	}
	return 0;
}

#define FN(text, fn, what) { .signature = text, .kernel = fn, .help = what }

const struct func func_datetime_zone[] = {
	FN("at_timezone(timestamp(p) with time zone,interval day to second):"
	    "timestamp(p) with time zone", at_interval, "The same instant"),
	FN("at_timezone(timestamp(p) with time zone,varchar(x)):"
	    "timestamp(p) with time zone", at_named, "The same instant"),
	/* AT TIME ZONE of times; no function of that name takes them. */
	{ .signature = "$at_timezone(time(p) with time zone,varchar(x)):"
	    "time(p) with time zone", .kernel = time_at_named,
	    .flags = FUNC_HIDDEN },
	{ .signature = "$at_timezone(time(p) with time zone,"
	    "interval day to second):time(p) with time zone",
	    .kernel = time_at_interval, .flags = FUNC_HIDDEN },
	FN("with_timezone(timestamp(p),varchar(x)):"
	    "timestamp(p) with time zone", with_zone, "Gives wall time a zone"),
	FN("timezone(timestamp(p) with time zone):varchar", zone_name_of,
	    "The zone's name"),
	FN("timezone(time(p) with time zone):varchar", zone_name_of,
	    "The zone's name"),
	FN("current_timezone():varchar", current_zone, "The session's zone"),
	FN("now():timestamp(3) with time zone", now, "When the query began"),
	FN("from_unixtime(double):timestamp(3) with time zone", from_unix,
	    "Seconds since 1970"),
	FN("from_unixtime(double,varchar(x)):timestamp(3) with time zone",
	    from_unix_zone, "Seconds since 1970 in a zone"),
	FN("from_unixtime(double,bigint,bigint):timestamp(3) with time zone",
	    from_unix_offset, "Seconds since 1970 at an offset"),
	FN("from_unixtime_nanos(bigint):timestamp(9) with time zone",
	    from_nanos, "Nanoseconds since 1970"),
	FN("from_unixtime_nanos(decimal(p,s)):timestamp(9) with time zone",
	    from_nanos_decimal, "Nanoseconds since 1970"),
	FN("to_unixtime(timestamp(p) with time zone):double", to_unix,
	    "Seconds since 1970"),
	FN("date(varchar(x)):date", date_of_text, "A day's text as a date"),
	{ 0 }
};
