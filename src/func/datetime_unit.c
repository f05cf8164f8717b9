/* SPDX-License-Identifier: Apache-2.0
 * datetime_unit.c - date_trunc, date_add, date_diff, date(). */
#include "func/datetime.h"
#include "func/tables.h"

static enum datetime_unit
unit_at(struct eval *ev, const struct func_args *args, uint32_t i,
    const struct type *t)
{
	struct str name = kernel_str(args->v[0], i);
	enum datetime_unit u = datetime_unit_find(name, t->id);
	const char *family = t->id == TYPE_DATE ? "DATE"
	    : t->id == TYPE_TIME || t->id == TYPE_TIME_TZ ? "TIME"
	    : "TIMESTAMP";

	if (u == UNIT_NONE)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "'%.*s' is not a valid %s field", STR_ARG(name), family);
	return u;
}

/* The unit is mostly a constant: found once. */
struct unit_memo {
	bool known;
	enum datetime_unit unit;
};

static enum datetime_unit
unit_of(struct eval *ev, const struct func_args *args, uint32_t i,
    const struct type *t, struct unit_memo *memo)
{
	if (memo->known)
		return memo->unit;
	memo->unit = unit_at(ev, args, i, t);
	memo->known = kernel_is_const(args->v[0]) &&
	    memo->unit != UNIT_NONE;
	return memo->unit;
}

/* ---- date_trunc ---- */

static int64_t
trunc_days(int64_t days, enum datetime_unit unit)
{
	int64_t year;
	int month, day;

	if (unit == UNIT_DAY)
		return days;
	if (unit == UNIT_WEEK)
		return days - datetime_day_of_week(days) + 1;
	date_to_civil(days, &year, &month, &day);
	if (unit == UNIT_MONTH)
		return days - day + 1;
	if (unit == UNIT_QUARTER)
		return date_from_civil(year, (month - 1) / 3 * 3 + 1, 1);
	return date_from_civil(year, 1, 1);
}

static void
trunc_moment(struct eval *ev, struct vec *out, uint32_t i, struct moment *m,
    enum datetime_unit unit)
{
	int64_t by = unit <= UNIT_HOUR ? datetime_unit_micros[unit] : 0, rest;

	m->picos = 0;
	if (by == 0) {
		m->micros = trunc_days(date_of_timestamp(m->micros), unit) *
		    MICROS_PER_DAY;
		moment_store(ev, out, i, m);
		return;
	}
	rest = floor_mod(m->micros, by);
	m->micros -= rest;
	if (out->type->id != TYPE_TIMESTAMP_TZ) {
		moment_store(ev, out, i, m);
		return;
	}
	/* Within an hour the offset stays. */
	m->millis_utc -= rest / 1000;
	moment_store_utc(ev, out, i, m);
}

static int
date_trunc(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[1];
	struct unit_memo memo = { false, UNIT_NONE };
	struct moment m;

	KERNEL_EACH(s, i) {
		enum datetime_unit unit = unit_of(ev, args, i, v->type,
		    &memo);

		if (unit == UNIT_NONE)
			continue;
		if (v->type->id == TYPE_DATE) {
			((int32_t *)(*out)->data)[i] = (int32_t)trunc_days(
			    KERNEL_AT(int32_t, v, i), unit);
			continue;
		}
		moment_load(v, i, &m);
		trunc_moment(ev, *out, i, &m, unit);
	}
	return 0;
}

/* ---- date_add ---- */

static void
add_units(struct eval *ev, struct vec *out, uint32_t i, struct moment *m,
    enum datetime_unit unit, int64_t n)
{
	static const int8_t months[] = { [UNIT_MONTH] = 1,
		[UNIT_QUARTER] = 3, [UNIT_YEAR] = 12 };
	int64_t days, rest, micros, millis;

	if (unit >= UNIT_MONTH) {
		days = date_of_timestamp(m->micros);
		rest = m->micros - days * MICROS_PER_DAY;
		if (n > 100000000 || n < -100000000) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Value %lld is out of range", (long long)n);
			return;
		}
		m->micros = datetime_add_months(days, n * months[unit]) *
		    MICROS_PER_DAY + rest;
		moment_store(ev, out, i, m);
		return;
	}
	millis = datetime_unit_micros[unit] / 1000;
	if (out->type->id == TYPE_TIME || out->type->id == TYPE_TIME_TZ)
		n %= 86400000 / millis;
	if (__builtin_mul_overflow(n, millis, &millis) ||
	    __builtin_mul_overflow(millis, 1000, &micros) ||
	    __builtin_add_overflow(m->micros, micros, &micros)) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Multiplication overflows a long: %lld * %lld",
		    (long long)n,
		    (long long)datetime_unit_micros[unit] / 1000);
		return;
	}
	m->micros = micros;
	if (unit <= UNIT_HOUR && out->type->id == TYPE_TIMESTAMP_TZ) {
		m->millis_utc += millis;
		moment_store_utc(ev, out, i, m);
		return;
	}
	moment_store(ev, out, i, m);
}

static int
date_add(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[2];
	struct unit_memo memo = { false, UNIT_NONE };
	struct moment m;

	KERNEL_EACH(s, i) {
		enum datetime_unit unit = unit_of(ev, args, i, v->type,
		    &memo);

		if (unit == UNIT_NONE)
			continue;
		moment_load(v, i, &m);
		add_units(ev, *out, i, &m, unit,
		    KERNEL_AT(int64_t, args->v[1], i));
	}
	return 0;
}

/* ---- date_diff ---- */

/* Whole months from x to y >= x; a day that its month does not have counts as
 * the last one. */
static int64_t
months_after(int64_t x, int64_t y)
{
	int64_t dx = date_of_timestamp(x), dy = date_of_timestamp(y), yx, yy;
	int64_t rest_x, rest_y, diff;
	int mx, my, day_x, day_y;

	date_to_civil(dx, &yx, &mx, &day_x);
	date_to_civil(dy, &yy, &my, &day_y);
	diff = (yy - yx) * 12 + my - mx;
	if (day_y == datetime_days_in_month(yy, my) && day_x > day_y)
		day_x = day_y;
	rest_x = day_x * MICROS_PER_DAY + (x - dx * MICROS_PER_DAY);
	rest_y = day_y * MICROS_PER_DAY + (y - dy * MICROS_PER_DAY);
	return diff - (rest_y < rest_x);
}

/* Whole years; the 29th of February is balanced. */
static int64_t
years_between(int64_t x, int64_t y)
{
	const int64_t feb29 = (31 + 29 - 1) * MICROS_PER_DAY;
	int64_t yx, yy, rest_x, rest_y;
	bool leap_x, leap_y;
	int month, day;

	date_to_civil(date_of_timestamp(x), &yx, &month, &day);
	date_to_civil(date_of_timestamp(y), &yy, &month, &day);
	rest_x = x - date_from_civil(yx, 1, 1) * MICROS_PER_DAY;
	rest_y = y - date_from_civil(yy, 1, 1) * MICROS_PER_DAY;
	leap_x = date_valid(yx, 2, 29);
	leap_y = date_valid(yy, 2, 29);
	if (rest_x >= feb29) {
		if (leap_x && !leap_y)
			rest_x -= MICROS_PER_DAY;
		else if (!leap_x && rest_y >= feb29 && leap_y)
			rest_y -= MICROS_PER_DAY;
	}
	return yy - yx - (rest_y < rest_x);
}

static int64_t
units_between(enum datetime_unit unit, int64_t x, int64_t y)
{
	if (unit <= UNIT_WEEK)
		return (floor_div(y, 1000) - floor_div(x, 1000)) /
		    (datetime_unit_micros[unit] / 1000);
	if (y < x)
		return -units_between(unit, y, x);
	if (unit == UNIT_YEAR)
		return years_between(x, y);
	return months_after(x, y) / (unit == UNIT_QUARTER ? 3 : 1);
}

int64_t
datetime_months_between(int64_t x, int64_t y)
{
	return units_between(UNIT_MONTH, x, y);
}

static int
date_diff(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct type *t = args->types[1];
	int64_t *r = (*out)->data;
	struct unit_memo memo = { false, UNIT_NONE };
	struct moment x, y;

	KERNEL_EACH(s, i) {
		enum datetime_unit unit = unit_of(ev, args, i, t, &memo);

		if (unit == UNIT_NONE)
			continue;
		moment_load(args->v[1], i, &x);
		moment_load(args->v[2], i, &y);
		if (t->id == TYPE_TIMESTAMP_TZ) {
			int zone = unit >= UNIT_DAY ? x.zone : ZONE_UTC;

			/* Days and more as x's zone sees them. */
			x.micros = (x.millis_utc + zone_offset_at(zone,
			    floor_div(x.millis_utc, 1000)) * INT64_C(1000)) *
			    1000;
			y.micros = (y.millis_utc + zone_offset_at(zone,
			    floor_div(y.millis_utc, 1000)) * INT64_C(1000)) *
			    1000;
		} else if (t->id == TYPE_TIME_TZ) {
			x.micros = floor_mod(x.micros - x.offset *
			    INT64_C(60000000), MICROS_PER_DAY);
			y.micros = floor_mod(y.micros - y.offset *
			    INT64_C(60000000), MICROS_PER_DAY);
		}
		if (t->id == TYPE_TIME || t->id == TYPE_TIME_TZ)
			r[i] = ((y.micros - x.micros) * 1000000 + y.picos -
			    x.picos) / (datetime_unit_micros[unit] * 1000000);
		else
			r[i] = units_between(unit, x.micros, y.micros);
	}
	return 0;
}

static int
to_date(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct moment m;

	KERNEL_EACH(s, i) {
		moment_load(args->v[0], i, &m);
		moment_store(ev, *out, i, &m);
	}
	return 0;
}

#define TRUNC(T) \
	{ .signature = "date_trunc(varchar(x)," T "):" T, \
	    .kernel = date_trunc, .help = "Cuts a date or time to a unit" }
#define ADD(T) \
	{ .signature = "date_add(varchar(x),bigint," T "):" T, \
	    .kernel = date_add, .help = "Adds units to a date or time" }
#define DIFF(T) \
	{ .signature = "date_diff(varchar(x)," T "," T "):bigint", \
	    .kernel = date_diff, .help = "Whole units between two" }
#define ALL(X) X("date"), X("time(p)"), X("time(p) with time zone"), \
	X("timestamp(p)"), X("timestamp(p) with time zone")
#define DATE(T) \
	{ .signature = "date(" T "):date", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = to_date, .help = "The day" }

const struct func func_datetime_unit[] = {
	ALL(TRUNC), ALL(ADD), ALL(DIFF),
	DATE("timestamp(p)"), DATE("timestamp(p) with time zone"),
	{ 0 }
};
