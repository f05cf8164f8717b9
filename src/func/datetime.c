/* SPDX-License-Identifier: Apache-2.0
 * datetime.c - moments: loading, storing, calendar arithmetic. */
#include "func/datetime.h"

const int64_t datetime_unit_micros[] = {
	1000, 1000000, 60000000, INT64_C(3600000000), MICROS_PER_DAY,
	7 * MICROS_PER_DAY,
};

void
moment_load(const struct vec *v, uint32_t i, struct moment *m)
{
	const struct type *t = v->type;
	const void *p = vec_at(v, i);
	struct long_time l;

	*m = (struct moment){ .zone = -1 };
	switch (t->id) {
	case TYPE_DATE:
		m->micros = *(const int32_t *)p * MICROS_PER_DAY;
		break;
	case TYPE_TIME:
		m->micros = *(const int64_t *)p / 1000000;
		m->picos = (int32_t)(*(const int64_t *)p % 1000000);
		break;
	case TYPE_TIME_TZ:
		l = *(const struct long_time *)p;
		m->micros = l.hi / 1000000;
		m->picos = (int32_t)(l.hi % 1000000);
		m->offset = l.lo;
		m->zone = zone_of_offset(l.lo);
		break;
	case TYPE_TIMESTAMP:
		l = timestamp_load(t, p);
		m->micros = l.hi;
		m->picos = l.lo;
		break;
	default:
		l = timestamp_load(t, p);
		m->zone = zoned_zone(l.hi);
		m->millis_utc = zoned_millis(l.hi);
		m->offset = zone_offset_at(m->zone, floor_div(m->millis_utc,
		    1000)) / 60;
		l = timestamp_of_tz(l);
		m->micros = l.hi;
		m->picos = l.lo;
		break;
	}
}

static void *
place(struct vec *out, uint32_t i)
{
	return (char *)out->data + (size_t)i * (size_t)type_width(out->type);
}

void
moment_store_utc(struct eval *ev, struct vec *out, uint32_t i,
    const struct moment *m)
{
	int64_t micros_of_milli = floor_mod(m->micros, 1000);
	struct long_time l = { zoned_pack(m->millis_utc, m->zone),
	    (int32_t)(micros_of_milli * 1000000 + m->picos), 0 };

	if (m->millis_utc > ZONED_MILLIS_MAX ||
	    m->millis_utc < ZONED_MILLIS_MIN) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Millis overflow: %lld", (long long)m->millis_utc);
		return;
	}
	timestamp_store(out->type, l, place(out, i));
}

void
moment_store(struct eval *ev, struct vec *out, uint32_t i,
    const struct moment *m)
{
	const struct type *t = out->type;
	struct long_time l = { m->micros, m->picos, 0 };
	struct err e;

	switch (t->id) {
	case TYPE_DATE:
		*(int32_t *)place(out, i) = (int32_t)date_of_timestamp(
		    m->micros);
		break;
	case TYPE_TIME:
		*(int64_t *)place(out, i) = floor_mod(m->micros,
		    MICROS_PER_DAY) * 1000000 + m->picos;
		break;
	case TYPE_TIME_TZ:
		l.hi = floor_mod(m->micros, MICROS_PER_DAY) * 1000000 +
		    m->picos;
		l.lo = m->offset;
		*(struct long_time *)place(out, i) = l;
		break;
	case TYPE_TIMESTAMP:
		timestamp_store(t, l, place(out, i));
		break;
	default:
		if (timestamp_to_tz(l, m->zone, &l, &e) != 0)
			eval_row_error(ev, i, e.code, "%s", e.text);
		else
			timestamp_store(t, l, place(out, i));
		break;
	}
}

int
datetime_days_in_month(int64_t year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return month == 2 && date_valid(year, 2, 29) ? 29 : days[month - 1];
}

int64_t
datetime_add_months(int64_t days, int64_t months)
{
	int64_t year, total;
	int month, day;

	date_to_civil(days, &year, &month, &day);
	total = year * 12 + month - 1 + months;
	year = floor_div(total, 12);
	month = (int)floor_mod(total, 12) + 1;
	return date_from_civil(year, month, MIN(day,
	    datetime_days_in_month(year, month)));
}

int
datetime_week(int64_t days, int64_t *year)
{
	/* The week belongs to the year of its Thursday. */
	int64_t thursday = days - datetime_day_of_week(days) + 4;
	int month, day;

	date_to_civil(thursday, year, &month, &day);
	return (int)((thursday - date_from_civil(*year, 1, 1)) / 7) + 1;
}

enum datetime_unit
datetime_unit_find(struct str name, enum type_id id)
{
	static const char *const names[] = { "millisecond", "second",
		"minute", "hour", "day", "week", "month", "quarter", "year" };
	int from = id == TYPE_DATE ? UNIT_DAY : UNIT_MILLISECOND;
	int to = id == TYPE_TIME || id == TYPE_TIME_TZ ? UNIT_HOUR
	    : UNIT_YEAR;

	for (int u = from; u <= to; u++)
		if (str_ieq(name, str_of(names[u])))
			return (enum datetime_unit)u;
	return UNIT_NONE;
}
