/* SPDX-License-Identifier: Apache-2.0
 * joda.h - patterns for dates and times as Joda-Time knows them (format_
 * datetime, parse_datetime), and MySQL's (date_format, date_parse), which
 * are translated into the same items.  Private to func/. */
#ifndef FUNC_JODA_H
#define FUNC_JODA_H

#include "base/arena.h"
#include "func/datetime.h"

/* In the order of the table in joda_parse.c. */
enum joda_field {
	JODA_ERA, JODA_CENTURY_OF_ERA, JODA_YEAR_OF_ERA, JODA_YEAR,
	JODA_WEEKYEAR, JODA_MONTH, JODA_WEEK, JODA_DAY_OF_YEAR,
	JODA_DAY_OF_MONTH, JODA_DAY_OF_WEEK, JODA_HALFDAY, JODA_HOUR_OF_HALF,
	JODA_CLOCKHOUR_OF_HALF, JODA_CLOCKHOUR, JODA_HOUR, JODA_MINUTE,
	JODA_SECOND, JODA_HOUR_FRACTION, JODA_MINUTE_FRACTION,
	JODA_SECOND_FRACTION,
};

enum joda_kind {
	JODA_LITERAL,
	JODA_NUMBER,            /* a field in decimal */
	JODA_SIGNED,
	JODA_TEXT, JODA_SHORT_TEXT,
	JODA_TWO_DIGITS,        /* of a year, by a pivot */
	JODA_FRACTION,
	JODA_ZONE_NAME, JODA_ZONE_SHORT, JODA_ZONE_ID,
	JODA_OFFSET, JODA_OFFSET_COLON,
};

struct joda_item {
	enum joda_kind kind;
	enum joda_field field;
	int min, max;           /* digits */
	int pivot;
	bool lenient;           /* JODA_TWO_DIGITS: more digits are a year */
	struct str literal;
};

struct joda_pattern {
	struct joda_item *v;
	int n, cap;
};

/* Compile into the arena (literals point into text).  year: the current one,
 * for two-digit years.  INVALID_FUNCTION_ARGUMENT. */
int joda_compile(struct arena *a, struct str text, int64_t year,
    struct joda_pattern *out, struct err *e);
int joda_compile_mysql(struct arena *a, struct str text,
    struct joda_pattern *out, struct err *e);
/* Does a Joda pattern's text ask for a zone? */
bool joda_wants_zone(struct str text);

/* Appends m as the pattern says; to milliseconds. */
void joda_print(struct sbuf *to, const struct joda_pattern *p,
    const struct moment *m);

extern const char *const joda_months[12], *const joda_days[7];
/* The first three letters are the short text. */
enum { JODA_SHORT = 3 };

/* Fields found in a text, and what they say together. */
struct joda_saved {
	enum joda_field field;
	int64_t value;
};
struct joda_bucket {
	struct joda_saved v[64];
	int n;
	int zone;               /* found, or the given one */
	bool has_offset;
	int64_t offset;         /* milliseconds */
	bool zone_found;
};
void joda_save(struct joda_bucket *b, enum joda_field field, int64_t value);

/* Parses a whole text. zone: what holds when the text has none.  Millis since
 * 1970 UTC; *found is the zone.  INVALID_FUNCTION_ARGUMENT. */
int joda_parse(const struct joda_pattern *p, struct str text, int zone,
    int64_t *millis, int *found, struct err *e);
/* The same for ISO 8601: dates only, or with times. */
int joda_parse_iso(struct str text, bool times, int zone, int64_t *millis,
    int *found, struct err *e);

/* What both parsers share.  Places are offsets; a negative one is ~place of
 * the error. */
ptrdiff_t joda_number(struct joda_bucket *b, enum joda_field field,
    struct str text, ptrdiff_t at, int max, bool is_signed);
ptrdiff_t joda_fraction(struct joda_bucket *b, enum joda_field field,
    struct str text, ptrdiff_t at, int min, int max);
ptrdiff_t joda_offset(struct joda_bucket *b, struct str text, ptrdiff_t at);
/* Puts the fields together once the text was read up to `at`. */
int joda_finish(struct joda_bucket *b, struct str text, ptrdiff_t at,
    int64_t *millis, int *found, struct err *e);

/* The display name of a zone at an instant: "EST", "Eastern Standard Time". */
void joda_zone_name(struct sbuf *to, int zone, int64_t millis, bool is_long);

#endif
