/* SPDX-License-Identifier: Apache-2.0
 * datetime.h - what the date and time functions share: any value of these
 * types as wall time plus zone, and back.  Private to func/. */
#ifndef FUNC_DATETIME_H
#define FUNC_DATETIME_H

#include "func/kernel.h"
#include "type/time_math.h"

/* A point in time taken apart. */
struct moment {
	int64_t micros;         /* wall time since 1970; of the day for times */
	int32_t picos;          /* of the microsecond */
	int zone;               /* id; -1: none */
	int offset;             /* minutes, with a zone */
	int64_t millis_utc;     /* with a zone */
};

void moment_load(const struct vec *v, uint32_t i, struct moment *m);
/* Puts wall time (micros, picos, zone) back as a value of out's type.  With a
 * zone: a gap shifts forward.  Errors go to row i. */
void moment_store(struct eval *ev, struct vec *out, uint32_t i,
    const struct moment *m);
/* The same for a zoned timestamp whose instant is given (millis_utc). */
void moment_store_utc(struct eval *ev, struct vec *out, uint32_t i,
    const struct moment *m);

/* Adds months; the day is cut to the month's last. */
int64_t datetime_add_months(int64_t days, int64_t months);
int datetime_days_in_month(int64_t year, int month);
/* Whole months from x to y, in microseconds since 1970. */
int64_t datetime_months_between(int64_t x, int64_t y);
/* 1 Monday .. 7 Sunday. */
static inline int
datetime_day_of_week(int64_t days)
{
	return (int)floor_mod(days + 3, 7) + 1;
}
/* ISO week and its year. */
int datetime_week(int64_t days, int64_t *year);

/* Units of date_trunc, date_add and date_diff. */
enum datetime_unit {
	UNIT_MILLISECOND, UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY,
	UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR, UNIT_NONE
};
/* Any case; UNIT_NONE: no unit, or none of type id's family. */
enum datetime_unit datetime_unit_find(struct str name, enum type_id id);
extern const int64_t datetime_unit_micros[]; /* up to UNIT_WEEK */

static inline int
session_zone(const struct eval *ev)
{
	return ev->session == NULL ? ZONE_UTC : ev->session->zone;
}

#endif
