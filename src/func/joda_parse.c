/* SPDX-License-Identifier: Apache-2.0
 * joda_parse.c - texts to times: fields are collected, sorted from long to
 * short, and set one after the other on 1970, as Joda-Time does. */
#include "func/joda.h"

#include "base/err.h"

#define MILLIS_PER_DAY INT64_C(86400000)

/* How long the field's range and unit are, for sorting. */
enum { LONG_NONE = 100, LONG_ERA = 90, LONG_CENTURY = 80, LONG_YEAR = 70,
	LONG_MONTH = 60, LONG_WEEK = 50, LONG_DAY = 40, LONG_HALF = 30,
	LONG_HOUR = 20, LONG_MINUTE = 10, LONG_SECOND = 5, LONG_MILLI = 1 };

static const struct field {
	const char *name;
	uint8_t range, unit;
	int low, high;          /* 0 high: checked elsewhere */
} fields[] = {
	[JODA_ERA] = { "era", LONG_NONE, LONG_NONE, 0, 1 },
	[JODA_CENTURY_OF_ERA] = { "centuryOfEra", LONG_ERA, LONG_CENTURY, 0,
		2922789 },
	[JODA_YEAR_OF_ERA] = { "yearOfEra", LONG_ERA, LONG_YEAR, 1,
		292278993 },
	[JODA_YEAR] = { "year", LONG_NONE, LONG_YEAR, -292275054, 292278993 },
	[JODA_WEEKYEAR] = { "weekyear", LONG_NONE, LONG_YEAR, -292275054,
		292278993 },
	[JODA_MONTH] = { "monthOfYear", LONG_YEAR, LONG_MONTH, 1, 12 },
	[JODA_WEEK] = { "weekOfWeekyear", LONG_YEAR, LONG_WEEK, 1, 0 },
	[JODA_DAY_OF_YEAR] = { "dayOfYear", LONG_YEAR, LONG_DAY, 1, 0 },
	[JODA_DAY_OF_MONTH] = { "dayOfMonth", LONG_MONTH, LONG_DAY, 1, 0 },
	[JODA_DAY_OF_WEEK] = { "dayOfWeek", LONG_WEEK, LONG_DAY, 1, 7 },
	[JODA_HALFDAY] = { "halfdayOfDay", LONG_DAY, LONG_HALF, 0, 1 },
	[JODA_HOUR_OF_HALF] = { "hourOfHalfday", LONG_HALF, LONG_HOUR, 0,
		11 },
	[JODA_CLOCKHOUR_OF_HALF] = { "clockhourOfHalfday", LONG_HALF,
		LONG_HOUR, 1, 12 },
	[JODA_CLOCKHOUR] = { "clockhourOfDay", LONG_DAY, LONG_HOUR, 1, 24 },
	[JODA_HOUR] = { "hourOfDay", LONG_DAY, LONG_HOUR, 0, 23 },
	[JODA_MINUTE] = { "minuteOfHour", LONG_HOUR, LONG_MINUTE, 0, 59 },
	[JODA_SECOND] = { "secondOfMinute", LONG_MINUTE, LONG_SECOND, 0, 59 },
	[JODA_HOUR_FRACTION] = { "millisOfSecond", LONG_HOUR, LONG_MILLI, 0,
		3599999 },
	[JODA_MINUTE_FRACTION] = { "millisOfSecond", LONG_MINUTE, LONG_MILLI,
		0, 59999 },
	[JODA_SECOND_FRACTION] = { "millisOfSecond", LONG_SECOND, LONG_MILLI,
		0, 999 },
};

/* ---- setting fields ---- */

static int64_t
week_start(int64_t year)
{
	int64_t fourth = date_from_civil(year, 1, 4);

	return fourth - datetime_day_of_week(fourth) + 1;
}

static int64_t
set_year(int64_t days, int64_t year)
{
	int64_t old;
	int month, day, n;

	date_to_civil(days, &old, &month, &day);
	n = (int)(days - date_from_civil(old, 1, 1)) + 1;
	if (n > 59) {
		if (date_valid(old, 2, 29) && !date_valid(year, 2, 29))
			n--;
		else if (!date_valid(old, 2, 29) && date_valid(year, 2, 29))
			n++;
	}
	return date_from_civil(year, 1, 1) + n - 1;
}

/* The largest value that the field may have at this day. */
static int
field_high(enum joda_field field, int64_t days)
{
	int64_t year;
	int month, day;

	date_to_civil(days, &year, &month, &day);
	switch (field) {
	case JODA_DAY_OF_YEAR:
		return date_valid(year, 2, 29) ? 366 : 365;
	case JODA_DAY_OF_MONTH:
		return datetime_days_in_month(year, month);
	case JODA_WEEK:
		datetime_week(days, &year);
		return (int)(week_start(year + 1) - week_start(year)) / 7;
	default:
		return fields[field].high;
	}
}

static int64_t
set_days(int64_t days, enum joda_field field, int64_t x)
{
	int64_t year, start;
	int month, day, era;

	date_to_civil(days, &year, &month, &day);
	era = year > 0;
	switch (field) {
	case JODA_ERA:
		return x == era ? days : set_year(days, -year);
	case JODA_CENTURY_OF_ERA:
		x = x * 100 + (era ? year : 1 - year) % 100;
		return set_year(days, era ? x : 1 - x);
	case JODA_YEAR_OF_ERA:
		return set_year(days, era ? x : 1 - x);
	case JODA_YEAR:
		return set_year(days, x);
	case JODA_WEEKYEAR:
		start = (datetime_week(days, &year) - 1) * 7 +
		    datetime_day_of_week(days) - 1;
		return week_start(x) + start;
	case JODA_MONTH:
		day = MIN(day, datetime_days_in_month(year, (int)x));
		return date_from_civil(year, (int)x, day);
	case JODA_WEEK:
		return days + (x - datetime_week(days, &year)) * 7;
	case JODA_DAY_OF_YEAR:
		return date_from_civil(year, 1, 1) + x - 1;
	case JODA_DAY_OF_MONTH:
		return days - day + x;
	default:
		return days - datetime_day_of_week(days) + x;
	}
}

/* The unit and modulus of the fields of a day, in milliseconds. */
static int64_t
set_clock(int64_t ms, enum joda_field field, int64_t x)
{
	int64_t unit = 1, range = 1000;

	switch (field) {
	case JODA_HALFDAY:
		unit = 43200000;
		range = MILLIS_PER_DAY;
		break;
	case JODA_CLOCKHOUR_OF_HALF:
	case JODA_HOUR_OF_HALF:
		unit = 3600000;
		range = 43200000;
		x %= 12;
		break;
	case JODA_CLOCKHOUR:
	case JODA_HOUR:
		unit = 3600000;
		range = MILLIS_PER_DAY;
		x %= 24;
		break;
	case JODA_MINUTE:
		unit = 60000;
		range = 3600000;
		break;
	case JODA_SECOND:
		unit = 1000;
		range = 60000;
		break;
	case JODA_HOUR_FRACTION:
		range = 3600000;
		break;
	case JODA_MINUTE_FRACTION:
		range = 60000;
		break;
	default:
		break;
	}
	return ms - ms % range + ms % unit + x * unit;
}

/* Cuts a time to the field's unit. */
static int64_t
floor_to(int64_t millis, enum joda_field field)
{
	int64_t days = floor_div(millis, MILLIS_PER_DAY), year;
	int month, day;

	date_to_civil(days, &year, &month, &day);
	switch (fields[field].unit) {
	case LONG_NONE:
		return date_from_civil(year > 0 ? 1 : -200000, 1, 1) *
		    MILLIS_PER_DAY;
	case LONG_CENTURY:
		return date_from_civil(year - floor_mod(year, 100), 1, 1) *
		    MILLIS_PER_DAY;
	case LONG_YEAR:
		if (field == JODA_WEEKYEAR) {
			datetime_week(days, &year);
			return week_start(year) * MILLIS_PER_DAY;
		}
		return date_from_civil(year, 1, 1) * MILLIS_PER_DAY;
	case LONG_MONTH:
		return (days - day + 1) * MILLIS_PER_DAY;
	case LONG_WEEK:
		return (days - datetime_day_of_week(days) + 1) *
		    MILLIS_PER_DAY;
	case LONG_DAY:
		return days * MILLIS_PER_DAY;
	case LONG_HALF:
		return millis - floor_mod(millis, 43200000);
	case LONG_HOUR:
		return millis - floor_mod(millis, 3600000);
	case LONG_MINUTE:
		return millis - floor_mod(millis, 60000);
	case LONG_SECOND:
		return millis - floor_mod(millis, 1000);
	default:
		return millis;
	}
}

static int
set_field(int64_t *millis, const struct joda_saved *f, struct str text,
    struct err *e)
{
	int64_t days = floor_div(*millis, MILLIS_PER_DAY);
	int64_t ms = *millis - days * MILLIS_PER_DAY;
	int low = fields[f->field].low, high = field_high(f->field, days);

	if (f->value < low || f->value > high)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Cannot parse \"%.*s\": Value %lld for %s must be in the "
		    "range [%d,%d]", STR_ARG(text), (long long)f->value,
		    fields[f->field].name, low, high);
	if (f->field < JODA_HALFDAY)
		days = set_days(days, f->field, f->value);
	else
		ms = set_clock(ms, f->field, f->value);
	*millis = days * MILLIS_PER_DAY + ms;
	return 0;
}

/* ---- the bucket ---- */

void
joda_save(struct joda_bucket *b, enum joda_field field, int64_t value)
{
	if (b->n < (int)(sizeof(b->v) / sizeof(b->v[0])))
		b->v[b->n++] = (struct joda_saved){ field, value };
}

static int
saved_order(const struct joda_saved *x, const struct joda_saved *y)
{
	const struct field *a = &fields[x->field], *c = &fields[y->field];

	return a->range != c->range ? c->range - a->range
	    : c->unit - a->unit;
}

static void
sort_saved(struct joda_bucket *b)
{
	for (int i = 1; i < b->n; i++) {
		struct joda_saved x = b->v[i];
		int k = i;

		for (; k > 0 && saved_order(&b->v[k - 1], &x) > 0; k--)
			b->v[k] = b->v[k - 1];
		b->v[k] = x;
	}
}

enum { DEFAULT_YEAR = 2000 };

static int
set_all(struct joda_bucket *b, struct str text, int64_t *millis,
    struct err *e)
{
	int rc = 0;

	sort_saved(b);
	/* A month or day without year is one of 2000. */
	if (b->n > 0 && fields[b->v[0].field].unit <= LONG_MONTH &&
	    fields[b->v[0].field].unit >= LONG_DAY) {
		joda_save(b, JODA_YEAR, DEFAULT_YEAR);
		sort_saved(b);
	}
	*millis = 0;
	for (int i = 0; i < b->n && rc == 0; i++) {
		rc = set_field(millis, &b->v[i], text, e);
		*millis = floor_to(*millis, b->v[i].field);
	}
	/* Again, as a later field may have moved an earlier one. */
	for (int i = 0; i < b->n && rc == 0; i++) {
		rc = set_field(millis, &b->v[i], text, e);
		if (i == b->n - 1)
			*millis = floor_to(*millis, b->v[i].field);
	}
	return rc;
}

static int
malformed(struct str text, ptrdiff_t at, struct err *e)
{
	const char *more = "";
	struct str all = text, rest;

	if (text.n > (size_t)at + 35) {
		all.n = (size_t)at + 32;
		more = "...";
	}
	rest = (struct str){ all.p + at, all.n - MIN((size_t)at, all.n) };
	if (at <= 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid format: \"%.*s%s\"", STR_ARG(all), more);
	if ((size_t)at >= text.n)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid format: \"%.*s%s\" is too short", STR_ARG(all),
		    more);
	return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Invalid format: \"%.*s%s\" is malformed at \"%.*s%s\"",
	    STR_ARG(all), more, STR_ARG(rest), more);
}

int
joda_finish(struct joda_bucket *b, struct str text, ptrdiff_t at,
    int64_t *millis, int *found, struct err *e)
{
	int64_t local, utc;
	bool gap = false;
	int rc;

	if (at < 0 || (size_t)at < text.n)
		return malformed(text, at < 0 ? ~at : at, e);
	rc = set_all(b, text, &local, e);
	if (rc != 0)
		return rc;
	*found = b->zone;
	if (b->has_offset) {
		int64_t minutes = b->offset / 60000;

		if (minutes < -840 || minutes > 840)
			return err_set(e, ERR_NOT_SUPPORTED,
			    "Time zone not supported: %c%02d:%02d",
			    minutes < 0 ? '-' : '+',
			    (int)(minutes < 0 ? -minutes : minutes) / 60,
			    (int)(minutes < 0 ? -minutes : minutes) % 60);
		*found = zone_of_offset((int)minutes);
		*millis = local - b->offset;
		return 0;
	}
	utc = zone_local_to_utc(b->zone, floor_div(local, 1000), &gap);
	if (gap)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Cannot parse \"%.*s\": Illegal instant due to time zone "
		    "offset transition (%.*s)", STR_ARG(text),
		    STR_ARG(zone_name(b->zone)));
	*millis = utc * 1000 + floor_mod(local, 1000);
	return 0;
}

/* ---- reading ---- */

static inline bool
digit_at(struct str text, ptrdiff_t at)
{
	return (size_t)at < text.n && text.p[at] >= '0' && text.p[at] <= '9';
}

ptrdiff_t
joda_number(struct joda_bucket *b, enum joda_field field, struct str text,
    ptrdiff_t at, int max, bool is_signed)
{
	bool negative = false;
	int64_t x = 0;
	int n = 0;

	if (is_signed && (size_t)at < text.n && max > 0 &&
	    (text.p[at] == '-' || text.p[at] == '+') &&
	    digit_at(text, at + 1)) {
		negative = text.p[at] == '-';
		at++;
	}
	while (n < max && digit_at(text, at + n) && n < 18)
		x = x * 10 + (text.p[at + n++] - '0');
	if (n == 0)
		return ~at;
	joda_save(b, field, negative ? -x : x);
	return at + n;
}

ptrdiff_t
joda_fraction(struct joda_bucket *b, enum joda_field field, struct str text,
    ptrdiff_t at, int min, int max)
{
	int64_t unit = field == JODA_HOUR_FRACTION ? 3600000
	    : field == JODA_MINUTE_FRACTION ? 60000 : 1000;
	int64_t value = 0, scale = unit * 10000000;
	int n = 0;

	for (; n < max && digit_at(text, at + n); n++) {
		scale /= 10;
		value += (text.p[at + n] - '0') * scale;
	}
	if (n == 0)
		return ~at;
	joda_save(b, field, value / 10000000);
	return at + n;
}

static int
two_digits(struct str text, ptrdiff_t at)
{
	if (!digit_at(text, at) || !digit_at(text, at + 1))
		return -1;
	return (text.p[at] - '0') * 10 + text.p[at + 1] - '0';
}

ptrdiff_t
joda_offset(struct joda_bucket *b, struct str text, ptrdiff_t at)
{
	static const int64_t units[] = { 60000, 1000 };
	bool negative, colon = false;
	int x;

	if ((size_t)at < text.n && (text.p[at] == 'Z' || text.p[at] == 'z')) {
		b->has_offset = true;
		b->offset = 0;
		return at + 1;
	}
	if ((size_t)at + 1 >= text.n || (text.p[at] != '+' &&
	    text.p[at] != '-'))
		return ~at;
	negative = text.p[at++] == '-';
	x = two_digits(text, at);
	if (x < 0 || x > 23)
		return ~at;
	b->offset = x * INT64_C(3600000);
	at += 2;
	for (int k = 0; k < 2 && (size_t)at < text.n; k++) {
		if (k == 0 ? text.p[at] == ':' : colon) {
			if (text.p[at] != ':')
				break;
			colon = true;
			at++;
		} else if (!digit_at(text, at)) {
			break;
		}
		x = two_digits(text, at);
		if (x < 0 || x > 59)
			return ~at;
		b->offset += x * units[k];
		at += 2;
	}
	if (negative)
		b->offset = -b->offset;
	b->has_offset = true;
	return at;
}

/* Does z stand at `at`, as it is, in lower or in upper case? */
static bool
word_at(struct str text, ptrdiff_t at, const char *z, size_t n)
{
	bool same = true, lower = true, upper = true;

	if (text.n - (size_t)at < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text.p[at + (ptrdiff_t)i];
		bool small = z[i] >= 'a' && z[i] <= 'z';

		same &= c == z[i];
		lower &= c == (z[i] >= 'A' && z[i] <= 'Z' ? z[i] + 32 : z[i]);
		upper &= c == (small ? z[i] - 32 : z[i]);
	}
	return same || lower || upper;
}

static ptrdiff_t
read_words(struct joda_bucket *b, enum joda_field field, struct str text,
    ptrdiff_t at)
{
	static const char *const eras[] = { "BC", "AD", "BCE", "CE" };
	static const char *const halves[] = { "AM", "PM" };
	const char *const *words = field == JODA_ERA ? eras
	    : field == JODA_HALFDAY ? halves
	    : field == JODA_MONTH ? joda_months : joda_days;
	int n = field == JODA_ERA ? 4 : field == JODA_HALFDAY ? 2
	    : field == JODA_MONTH ? 12 : 7, best = -1;
	size_t length = 0;

	for (int k = 0; k < n; k++) {
		size_t full = strlen(words[k]);

		if (word_at(text, at, words[k], full) && full > length) {
			best = k;
			length = full;
		}
		if (full > JODA_SHORT && length < JODA_SHORT &&
		    word_at(text, at, words[k], JODA_SHORT)) {
			best = k;
			length = JODA_SHORT;
		}
	}
	if (best < 0)
		return ~at;
	joda_save(b, field, field == JODA_ERA ? best % 2
	    : field == JODA_HALFDAY ? best : best + 1);
	return at + (ptrdiff_t)length;
}

static ptrdiff_t
read_two_digits(struct joda_bucket *b, const struct joda_item *item,
    struct str text, ptrdiff_t at)
{
	int low = item->pivot - 50, year = two_digits(text, at), t;

	if (item->lenient && (year < 0 || digit_at(text, at + 2)))
		return joda_number(b, item->field, text, at, 18, true);
	if (year < 0)
		return ~at;
	t = low >= 0 ? low % 100 : 99 + (low + 1) % 100;
	year += low + (year < t ? 100 : 0) - t;
	joda_save(b, item->field, year);
	return at + 2;
}

/* The names that short zone names can have in a text. */
static ptrdiff_t
read_zone_short(struct joda_bucket *b, struct str text, ptrdiff_t at)
{
	static const struct {
		char name[4];
		const char *zone;
	} names[] = {
		{ "UTC", "UTC" }, { "GMT", "UTC" }, { "UT", "UTC" },
		{ "EST", "America/New_York" }, { "EDT", "America/New_York" },
		{ "CST", "America/Chicago" }, { "CDT", "America/Chicago" },
		{ "MST", "America/Denver" }, { "MDT", "America/Denver" },
		{ "PST", "America/Los_Angeles" },
		{ "PDT", "America/Los_Angeles" },
	};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		struct str rest = { text.p + at, text.n - (size_t)at };

		if (str_starts(rest, str_of(names[k].name))) {
			b->zone = zone_find(str_of(names[k].zone));
			b->has_offset = false;
			return at + (ptrdiff_t)strlen(names[k].name);
		}
	}
	return ~at;
}

/* The longest zone id; offsets are none. */
static ptrdiff_t
read_zone_id(struct joda_bucket *b, struct str text, ptrdiff_t at)
{
	size_t n = MIN(text.n - (size_t)at, 40);

	if (n > 0 && (text.p[at] == '+' || text.p[at] == '-'))
		return ~at;
	for (; n > 0; n--) {
		int zone = zone_find((struct str){ text.p + at, n });

		if (zone >= 0) {
			b->zone = zone;
			b->has_offset = false;
			return at + (ptrdiff_t)n;
		}
	}
	return ~at;
}

static ptrdiff_t
read_literal(struct str literal, struct str text, ptrdiff_t at)
{
	struct str here = { text.p + at, literal.n };

	if (text.n - (size_t)at < literal.n || !str_ieq(here, literal))
		return ~at;
	return at + (ptrdiff_t)literal.n;
}

static ptrdiff_t
read_item(struct joda_bucket *b, const struct joda_item *i, struct str text,
    ptrdiff_t at)
{
	switch (i->kind) {
	case JODA_LITERAL:
		return read_literal(i->literal, text, at);
	case JODA_NUMBER:
	case JODA_SIGNED:
		return joda_number(b, i->field, text, at, i->max,
		    i->kind == JODA_SIGNED);
	case JODA_TEXT:
	case JODA_SHORT_TEXT:
		return read_words(b, i->field, text, at);
	case JODA_TWO_DIGITS:
		return read_two_digits(b, i, text, at);
	case JODA_FRACTION:
		return joda_fraction(b, i->field, text, at, i->min, i->max);
	case JODA_OFFSET:
	case JODA_OFFSET_COLON:
		return joda_offset(b, text, at);
	case JODA_ZONE_ID:
		return read_zone_id(b, text, at);
	default:
		return read_zone_short(b, text, at);
	}
}

int
joda_parse(const struct joda_pattern *p, struct str text, int zone,
    int64_t *millis, int *found, struct err *e)
{
	struct joda_bucket b = { .zone = zone };
	ptrdiff_t at = 0;

	for (int i = 0; i < p->n && at >= 0; i++)
		at = read_item(&b, &p->v[i], text, at);
	return joda_finish(&b, text, at, millis, found, e);
}
