/* SPDX-License-Identifier: Apache-2.0
 * datetime_field.c - year, month, ..., timezone_minute of all date and time
 * types, and of intervals. */
#include "func/datetime.h"
#include "func/tables.h"

enum field {
	FIELD_YEAR, FIELD_QUARTER, FIELD_MONTH, FIELD_WEEK, FIELD_WEEK_YEAR,
	FIELD_DAY, FIELD_DAY_OF_WEEK, FIELD_DAY_OF_YEAR, FIELD_HOUR,
	FIELD_MINUTE, FIELD_SECOND, FIELD_MILLISECOND, FIELD_ZONE_HOUR,
	FIELD_ZONE_MINUTE,
};

static int64_t
date_field(enum field f, int64_t days)
{
	int64_t year, week_year;
	int month, day;

	if (f == FIELD_DAY_OF_WEEK)
		return datetime_day_of_week(days);
	if (f == FIELD_WEEK || f == FIELD_WEEK_YEAR) {
		int week = datetime_week(days, &week_year);

		return f == FIELD_WEEK ? week : week_year;
	}
	date_to_civil(days, &year, &month, &day);
	switch (f) {
	case FIELD_YEAR:
		return year;
	case FIELD_QUARTER:
		return (month + 2) / 3;
	case FIELD_MONTH:
		return month;
	case FIELD_DAY:
		return day;
	default:
		return days - date_from_civil(year, 1, 1) + 1;
	}
}

static int64_t
time_field(enum field f, int64_t micros)
{
	switch (f) {
	case FIELD_HOUR:
		return micros / INT64_C(3600000000);
	case FIELD_MINUTE:
		return micros / 60000000 % 60;
	case FIELD_SECOND:
		return micros / 1000000 % 60;
	default:
		return micros / 1000 % 1000;
	}
}

static int64_t
moment_field(enum field f, const struct moment *m)
{
	if (f >= FIELD_ZONE_HOUR)
		return f == FIELD_ZONE_HOUR ? m->offset / 60 : m->offset % 60;
	if (f >= FIELD_HOUR)
		return time_field(f, floor_mod(m->micros, MICROS_PER_DAY));
	return date_field(f, floor_div(m->micros, MICROS_PER_DAY));
}

/* Zones change rarely from row to row: the stretch with one offset is kept
 * for the next rows. */
struct zone_memo {
	int zone;
	struct zone_span span;
};

static int64_t
zoned_field(enum field f, int64_t packed, struct zone_memo *memo)
{
	int64_t millis = zoned_millis(packed);
	int64_t seconds = floor_div(millis, 1000);
	int zone = zoned_zone(packed);
	struct moment m = { 0 };

	if (zone != memo->zone || seconds < memo->span.from ||
	    seconds >= memo->span.to) {
		memo->zone = zone;
		memo->span = zone_span_at(zone, seconds);
	}
	m.offset = memo->span.offset / 60;
	m.micros = (millis + (int64_t)memo->span.offset * 1000) * 1000;
	return moment_field(f, &m);
}

static int
extract(const struct func_args *args, const struct rows_sel *s,
    struct vec *out, enum field f)
{
	const struct vec *v = args->v[0];
	int64_t *r = out->data;
	struct zone_memo memo = { .zone = -1 };
	struct moment m;

	switch (v->type->id) {
	case TYPE_DATE:
		KERNEL_EACH(s, i)
			r[i] = date_field(f, KERNEL_AT(int32_t, v, i));
		return 0;
	case TYPE_TIMESTAMP_TZ:
		KERNEL_EACH(s, i)
			r[i] = zoned_field(f, *(const int64_t *)vec_at(v, i),
			    &memo);
		return 0;
	default:
		KERNEL_EACH(s, i) {
			moment_load(v, i, &m);
			r[i] = moment_field(f, &m);
		}
		return 0;
	}
}

#define FIELD(name, f) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return extract(args, s, *out, f); \
}
FIELD(f_year, FIELD_YEAR)
FIELD(f_quarter, FIELD_QUARTER)
FIELD(f_month, FIELD_MONTH)
FIELD(f_week, FIELD_WEEK)
FIELD(f_week_year, FIELD_WEEK_YEAR)
FIELD(f_day, FIELD_DAY)
FIELD(f_day_of_week, FIELD_DAY_OF_WEEK)
FIELD(f_day_of_year, FIELD_DAY_OF_YEAR)
FIELD(f_hour, FIELD_HOUR)
FIELD(f_minute, FIELD_MINUTE)
FIELD(f_second, FIELD_SECOND)
FIELD(f_millisecond, FIELD_MILLISECOND)
FIELD(f_zone_hour, FIELD_ZONE_HOUR)
FIELD(f_zone_minute, FIELD_ZONE_MINUTE)

/* Fields of intervals have the interval's sign. */
KERNEL_UNARY(i_year, int32_t, int64_t, x / 12)
KERNEL_UNARY(i_month, int32_t, int64_t, x % 12)
KERNEL_UNARY(i_day, int64_t, int64_t, x / 86400000)
KERNEL_UNARY(i_hour, int64_t, int64_t, x % 86400000 / 3600000)
KERNEL_UNARY(i_minute, int64_t, int64_t, x % 3600000 / 60000)
KERNEL_UNARY(i_second, int64_t, int64_t, x % 60000 / 1000)
KERNEL_UNARY(i_millisecond, int64_t, int64_t, x % 1000)
KERNEL_UNARY(i_milliseconds, int64_t, int64_t, x)

static int
last_day_of_month(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int32_t *r = (*out)->data;
	struct moment m;

	KERNEL_EACH(s, i) {
		int64_t days, year;
		int month, day;

		moment_load(args->v[0], i, &m);
		days = date_of_timestamp(m.micros);
		date_to_civil(days, &year, &month, &day);
		r[i] = (int32_t)(days - day + datetime_days_in_month(year,
		    month));
	}
	return 0;
}

#define ONE(name, T, fn) \
	{ .signature = name "(" T "):bigint", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = "A field of a date, time or interval" }
#define DATES(name, fn) ONE(name, "date", fn), \
	ONE(name, "timestamp(p)", fn), \
	ONE(name, "timestamp(p) with time zone", fn)
#define TIMES(name, fn) ONE(name, "time(p)", fn), \
	ONE(name, "time(p) with time zone", fn), \
	ONE(name, "timestamp(p)", fn), \
	ONE(name, "timestamp(p) with time zone", fn)
#define ZONES(name, fn) ONE(name, "timestamp(p) with time zone", fn), \
	ONE(name, "time(p) with time zone", fn)
#define LAST(T) \
	{ .signature = "last_day_of_month(" T "):date", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = last_day_of_month, \
	    .help = "The last day of the month" }

const struct func func_datetime_field[] = {
	DATES("year", f_year), DATES("quarter", f_quarter),
	DATES("month", f_month), DATES("week", f_week),
	DATES("week_of_year", f_week), DATES("year_of_week", f_week_year),
	DATES("yow", f_week_year), DATES("day", f_day),
	DATES("day_of_month", f_day), DATES("day_of_week", f_day_of_week),
	DATES("dow", f_day_of_week), DATES("day_of_year", f_day_of_year),
	DATES("doy", f_day_of_year),
	TIMES("hour", f_hour), TIMES("minute", f_minute),
	TIMES("second", f_second), TIMES("millisecond", f_millisecond),
	ZONES("timezone_hour", f_zone_hour),
	ZONES("timezone_minute", f_zone_minute),
	ONE("year", "interval year to month", i_year),
	ONE("month", "interval year to month", i_month),
	ONE("day", "interval day to second", i_day),
	ONE("day_of_month", "interval day to second", i_day),
	ONE("hour", "interval day to second", i_hour),
	ONE("minute", "interval day to second", i_minute),
	ONE("second", "interval day to second", i_second),
	ONE("millisecond", "interval day to second", i_millisecond),
	ONE("to_milliseconds", "interval day to second", i_milliseconds),
	LAST("date"), LAST("timestamp(p)"),
	LAST("timestamp(p) with time zone"),
	{ 0 }
};
