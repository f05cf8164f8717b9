/* SPDX-License-Identifier: Apache-2.0
 * joda_iso.c - ISO 8601 as Joda-Time reads it: calendar dates, days of years,
 * weeks, times with fractions of any unit, offsets. */
#include "func/joda.h"

#include "base/err.h"

static inline bool
is_at(struct str text, ptrdiff_t at, char c)
{
	return at >= 0 && (size_t)at < text.n && text.p[at] == c;
}

/* Reads "-" and a number; *at stays where it is when there is none. */
static bool
dash_number(struct joda_bucket *b, enum joda_field field, struct str text,
    ptrdiff_t *at, int max)
{
	ptrdiff_t next;

	if (!is_at(text, *at, '-'))
		return false;
	next = joda_number(b, field, text, *at + 1, max, false);
	if (next < 0)
		return false;
	*at = next;
	return true;
}

/* Each of the three notations; the one that reads most wins. */
static ptrdiff_t
read_calendar(struct joda_bucket *b, struct str text)
{
	ptrdiff_t at = joda_number(b, JODA_YEAR, text, 0, 9, true);

	if (at >= 0 && dash_number(b, JODA_MONTH, text, &at, 2))
		dash_number(b, JODA_DAY_OF_MONTH, text, &at, 2);
	return at;
}

static ptrdiff_t
read_ordinal(struct joda_bucket *b, struct str text)
{
	ptrdiff_t at = joda_number(b, JODA_YEAR, text, 0, 9, true);

	if (at >= 0)
		dash_number(b, JODA_DAY_OF_YEAR, text, &at, 3);
	return at;
}

static ptrdiff_t
read_week(struct joda_bucket *b, struct str text)
{
	ptrdiff_t at = joda_number(b, JODA_WEEKYEAR, text, 0, 9, true);

	if (at < 0)
		return at;
	if (!is_at(text, at, '-') || (!is_at(text, at + 1, 'W') &&
	    !is_at(text, at + 1, 'w')))
		return ~at;
	at = joda_number(b, JODA_WEEK, text, at + 2, 2, false);
	if (at >= 0)
		dash_number(b, JODA_DAY_OF_WEEK, text, &at, 1);
	return at;
}

static ptrdiff_t
read_date(struct joda_bucket *b, struct str text)
{
	static ptrdiff_t (*const ways[])(struct joda_bucket *,
	    struct str) = { read_calendar, read_week, read_ordinal };
	struct joda_bucket best = *b;
	ptrdiff_t at = -1, far = 0;

	for (int k = 0; k < 3; k++) {
		struct joda_bucket one = *b;
		ptrdiff_t end = ways[k](&one, text);

		if (end < 0) {
			far = MAX(far, ~end);
		} else if (end > at) {
			at = end;
			best = one;
		}
	}
	*b = best;
	return at < 0 ? ~far : at;
}

/* "." or "," and digits. */
static bool
read_fraction(struct joda_bucket *b, enum joda_field field, struct str text,
    ptrdiff_t *at)
{
	ptrdiff_t next;

	if (!is_at(text, *at, '.') && !is_at(text, *at, ','))
		return false;
	next = joda_fraction(b, field, text, *at + 1, 1, 9);
	if (next < 0)
		return false;
	*at = next;
	return true;
}

/* Hours, then optional minutes and seconds, each may have a fraction. */
static ptrdiff_t
read_time(struct joda_bucket *b, struct str text, ptrdiff_t at)
{
	static const enum joda_field field[] = { JODA_HOUR, JODA_MINUTE,
		JODA_SECOND };
	static const enum joda_field part[] = { JODA_HOUR_FRACTION,
		JODA_MINUTE_FRACTION, JODA_SECOND_FRACTION };

	for (int k = 0; k < 3; k++) {
		ptrdiff_t next = joda_number(b, field[k], text,
		    at + (k > 0), 2, false);

		if (next < 0)
			return k == 0 ? next : at;
		at = next;
		if (read_fraction(b, part[k], text, &at))
			return at;
		if (!is_at(text, at, ':'))
			return at;
	}
	return at;
}

int
joda_parse_iso(struct str text, bool times, int zone, int64_t *millis,
    int *found, struct err *e)
{
	struct joda_bucket b = { .zone = zone };
	ptrdiff_t at = 0, next;
	bool with_time;

	if (!times || !is_at(text, 0, 'T'))
		at = read_date(&b, text);
	with_time = times && (is_at(text, at, 'T') || is_at(text, at, 't'));
	if (with_time) {
		next = read_time(&b, text, at + 1);
		/* "2020T" and "2020T+01" are times too. */
		at = next >= 0 ? next : at == 0 ? next : at + 1;
		if (at >= 0 && (size_t)at < text.n) {
			next = joda_offset(&b, text, at);
			if (next >= 0)
				at = next;
		}
	}
	return joda_finish(&b, text, at, millis, found, e);
}
