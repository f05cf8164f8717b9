/* SPDX-License-Identifier: Apache-2.0
 * joda.c - patterns: compiling, printing. */
#include "func/joda.h"

#include <ctype.h>
#include <stdio.h>

#include "base/err.h"

const char *const joda_months[12] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };
const char *const joda_days[7] = { "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday" };

static void
add(struct arena *a, struct joda_pattern *p, enum joda_kind kind,
    enum joda_field field, int min, int max)
{
	struct joda_item item = { .kind = kind, .field = field, .min = min,
		.max = max };

	arena_push(a, p, item);
}

static void
add_literal(struct arena *a, struct joda_pattern *p, struct str text)
{
	struct joda_item item = { .kind = JODA_LITERAL, .literal = text };

	if (text.n > 0)
		arena_push(a, p, item);
}

static void
add_two_digits(struct arena *a, struct joda_pattern *p,
    enum joda_field field, int pivot, bool lenient)
{
	struct joda_item item = { .kind = JODA_TWO_DIGITS, .field = field,
		.pivot = pivot, .lenient = lenient };

	arena_push(a, p, item);
}

/* ---- Joda's own patterns ---- */

/* One token from *at: letters are runs of the same one; everything else up to
 * the next letter is text, quotes taken off. */
static struct str
next_token(struct arena *a, struct str s, size_t *at, bool *is_text)
{
	size_t i = *at;
	bool quoted = false;
	struct str out;
	char *to;

	*is_text = !isalpha((unsigned char)s.p[i]);
	if (!*is_text) {
		while (*at < s.n && s.p[*at] == s.p[i])
			++*at;
		return (struct str){ s.p + i, *at - i };
	}
	to = arena_alloc(a, s.n - i + 1);
	out = (struct str){ to, 0 };
	for (; i < s.n; i++) {
		if (s.p[i] == '\'') {
			if (i + 1 < s.n && s.p[i + 1] == '\'')
				to[out.n++] = s.p[i++];
			else
				quoted = !quoted;
		} else if (!quoted && isalpha((unsigned char)s.p[i])) {
			break;
		} else {
			to[out.n++] = s.p[i];
		}
	}
	*at = i;
	return out;
}

/* Is the next token a number?  Then the one before must have fixed width. */
static bool
number_follows(struct arena *a, struct str s, size_t at)
{
	struct str token;
	bool is_text;

	if (at >= s.n)
		return false;
	token = next_token(a, s, &at, &is_text);
	if (is_text || token.n == 0)
		return false;
	if (token.p[0] == 'M')
		return token.n <= 2;
	return memchr("cCxyYdhHmsSeDFwWkK", token.p[0], 18) != NULL;
}

static void
add_year(struct arena *a, struct joda_pattern *p, struct str token,
    bool tight, int64_t year)
{
	enum joda_field field = token.p[0] == 'x' ? JODA_WEEKYEAR
	    : token.p[0] == 'y' ? JODA_YEAR : JODA_YEAR_OF_ERA;

	if (token.n == 2)
		add_two_digits(a, p, field == JODA_WEEKYEAR ? field
		    : JODA_YEAR, (int)year - 30, !tight);
	else
		add(a, p, field == JODA_YEAR_OF_ERA ? JODA_NUMBER
		    : JODA_SIGNED, field, (int)token.n,
		    tight ? (int)token.n : 9);
}

/* Letters that are plain numbers: their field and how many digits are read. */
struct plain {
	char letter;
	uint8_t field, max;
};
static const struct plain plains[] = {
	{ 'd', JODA_DAY_OF_MONTH, 2 }, { 'h', JODA_CLOCKHOUR_OF_HALF, 2 },
	{ 'H', JODA_HOUR, 2 }, { 'k', JODA_CLOCKHOUR, 2 },
	{ 'K', JODA_HOUR_OF_HALF, 2 }, { 'm', JODA_MINUTE, 2 },
	{ 's', JODA_SECOND, 2 }, { 'e', JODA_DAY_OF_WEEK, 1 },
	{ 'D', JODA_DAY_OF_YEAR, 3 }, { 'w', JODA_WEEK, 2 },
};

static bool
add_plain(struct arena *a, struct joda_pattern *p, char letter, int n)
{
	for (size_t k = 0; k < sizeof(plains) / sizeof(plains[0]); k++)
		if (plains[k].letter == letter) {
			add(a, p, JODA_NUMBER, (enum joda_field)
			    plains[k].field, n, MAX(n, plains[k].max));
			return true;
		}
	return false;
}

static int
add_token(struct arena *a, struct joda_pattern *p, struct str token,
    struct err *e)
{
	int n = (int)token.n;

	switch (token.p[0]) {
	case 'G':
		add(a, p, JODA_TEXT, JODA_ERA, 0, 0);
		return 0;
	case 'C':
		add(a, p, JODA_SIGNED, JODA_CENTURY_OF_ERA, n, n);
		return 0;
	case 'M':
		if (n >= 3)
			add(a, p, n >= 4 ? JODA_TEXT : JODA_SHORT_TEXT,
			    JODA_MONTH, 0, 0);
		else
			add(a, p, JODA_NUMBER, JODA_MONTH, n, 2);
		return 0;
	case 'a':
		add(a, p, JODA_TEXT, JODA_HALFDAY, 0, 0);
		return 0;
	case 'S':
		add(a, p, JODA_FRACTION, JODA_SECOND_FRACTION, n, n);
		return 0;
	case 'E':
		add(a, p, n >= 4 ? JODA_TEXT : JODA_SHORT_TEXT,
		    JODA_DAY_OF_WEEK, 0, 0);
		return 0;
	case 'z':
		add(a, p, n >= 4 ? JODA_ZONE_NAME : JODA_ZONE_SHORT, 0, 0, 0);
		return 0;
	case 'Z':
		add(a, p, n == 1 ? JODA_OFFSET : n == 2 ? JODA_OFFSET_COLON
		    : JODA_ZONE_ID, 0, 0, 0);
		return 0;
	default:
		if (add_plain(a, p, token.p[0], n))
			return 0;
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Illegal pattern component: %.*s", STR_ARG(token));
	}
}

int
joda_compile(struct arena *a, struct str text, int64_t year,
    struct joda_pattern *out, struct err *e)
{
	size_t at = 0;
	int rc = 0;

	*out = (struct joda_pattern){ 0 };
	if (text.n == 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid pattern specification: Pattern is null or "
		    "empty");
	while (at < text.n && rc == 0) {
		bool is_text;
		struct str token = next_token(a, text, &at, &is_text);

		if (is_text)
			add_literal(a, out, token);
		else if (token.p[0] == 'x' || token.p[0] == 'y' ||
		    token.p[0] == 'Y')
			add_year(a, out, token, number_follows(a, text, at),
			    year);
		else
			rc = add_token(a, out, token, e);
	}
	return rc;
}

bool
joda_wants_zone(struct str text)
{
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			quoted = !quoted;
		else if (!quoted && (text.p[i] == 'z' || text.p[i] == 'Z'))
			return true;
	}
	return false;
}

/* ---- MySQL's ---- */

enum { MYSQL_PIVOT = 2020 };

static void
add_time(struct arena *a, struct joda_pattern *p, bool half)
{
	add(a, p, JODA_NUMBER, half ? JODA_CLOCKHOUR_OF_HALF : JODA_HOUR, 2,
	    2);
	add_literal(a, p, STR(":"));
	add(a, p, JODA_NUMBER, JODA_MINUTE, 2, 2);
	add_literal(a, p, STR(":"));
	add(a, p, JODA_NUMBER, JODA_SECOND, 2, 2);
	if (half) {
		add_literal(a, p, STR(" "));
		add(a, p, JODA_TEXT, JODA_HALFDAY, 0, 0);
	}
}

struct mysql_number {
	char letter;
	uint8_t field, min, max;
};
static const struct mysql_number mysql_numbers[] = {
	{ 'c', JODA_MONTH, 1, 2 }, { 'd', JODA_DAY_OF_MONTH, 2, 2 },
	{ 'e', JODA_DAY_OF_MONTH, 1, 2 }, { 'H', JODA_HOUR, 2, 2 },
	{ 'h', JODA_CLOCKHOUR_OF_HALF, 2, 2 },
	{ 'I', JODA_CLOCKHOUR_OF_HALF, 2, 2 }, { 'i', JODA_MINUTE, 2, 2 },
	{ 'j', JODA_DAY_OF_YEAR, 3, 3 }, { 'k', JODA_HOUR, 1, 2 },
	{ 'l', JODA_CLOCKHOUR_OF_HALF, 1, 2 }, { 'm', JODA_MONTH, 2, 2 },
	{ 'S', JODA_SECOND, 2, 2 }, { 's', JODA_SECOND, 2, 2 },
	{ 'v', JODA_WEEK, 2, 2 },
};

/* False: the letter is not supported. */
static bool
add_mysql(struct arena *a, struct joda_pattern *p, const char *letter)
{
	switch (*letter) {
	case 'a':
	case 'W':
		add(a, p, *letter == 'W' ? JODA_TEXT : JODA_SHORT_TEXT,
		    JODA_DAY_OF_WEEK, 0, 0);
		return true;
	case 'b':
	case 'M':
		add(a, p, *letter == 'M' ? JODA_TEXT : JODA_SHORT_TEXT,
		    JODA_MONTH, 0, 0);
		return true;
	case 'f':
		add(a, p, JODA_FRACTION, JODA_SECOND_FRACTION, 6, 9);
		return true;
	case 'p':
		add(a, p, JODA_TEXT, JODA_HALFDAY, 0, 0);
		return true;
	case 'r':
	case 'T':
		add_time(a, p, *letter == 'r');
		return true;
	case 'x':
	case 'Y':
		add(a, p, JODA_SIGNED, *letter == 'x' ? JODA_WEEKYEAR
		    : JODA_YEAR, 4, 4);
		return true;
	case 'y':
		add_two_digits(a, p, JODA_YEAR, MYSQL_PIVOT, false);
		return true;
	case 'w': case 'U': case 'u': case 'V': case 'D': case 'X':
		return false;
	default:
		break;
	}
	for (size_t k = 0; k < sizeof(mysql_numbers) /
	    sizeof(mysql_numbers[0]); k++)
		if (mysql_numbers[k].letter == *letter) {
			add(a, p, JODA_NUMBER, (enum joda_field)
			    mysql_numbers[k].field, mysql_numbers[k].min,
			    mysql_numbers[k].max);
			return true;
		}
	add_literal(a, p, (struct str){ letter, 1 });
	return true;
}

int
joda_compile_mysql(struct arena *a, struct str text,
    struct joda_pattern *out, struct err *e)
{
	*out = (struct joda_pattern){ 0 };
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '%')
			add_literal(a, out, (struct str){ text.p + i, 1 });
		else if (++i < text.n && !add_mysql(a, out, text.p + i))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "%%%c not supported in date format string",
			    text.p[i]);
	}
	if (out->n == 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Both printing and parsing not supported");
	return 0;
}

/* ---- printing ---- */

struct parts {
	int64_t year, weekyear;
	int month, day, week, day_of_week, day_of_year;
	int64_t millis;         /* of the day */
};

static int64_t
field_of(const struct parts *p, enum joda_field field)
{
	int64_t era_year = p->year > 0 ? p->year : 1 - p->year;
	int hour = (int)(p->millis / 3600000);

	switch (field) {
	case JODA_ERA:
		return p->year > 0;
	case JODA_CENTURY_OF_ERA:
		return era_year / 100;
	case JODA_YEAR_OF_ERA:
		return era_year;
	case JODA_YEAR:
		return p->year;
	case JODA_WEEKYEAR:
		return p->weekyear;
	case JODA_MONTH:
		return p->month;
	case JODA_WEEK:
		return p->week;
	case JODA_DAY_OF_YEAR:
		return p->day_of_year;
	case JODA_DAY_OF_MONTH:
		return p->day;
	case JODA_DAY_OF_WEEK:
		return p->day_of_week;
	case JODA_HALFDAY:
		return hour / 12;
	case JODA_HOUR_OF_HALF:
		return hour % 12;
	case JODA_CLOCKHOUR_OF_HALF:
		return hour % 12 == 0 ? 12 : hour % 12;
	case JODA_CLOCKHOUR:
		return hour == 0 ? 24 : hour;
	case JODA_HOUR:
		return hour;
	case JODA_MINUTE:
		return p->millis / 60000 % 60;
	case JODA_SECOND:
		return p->millis / 1000 % 60;
	default:
		return p->millis % 1000;
	}
}

static void
print_number(struct sbuf *to, int64_t x, int min)
{
	if (x < 0)
		sbuf_addc(to, '-');
	sbuf_addf(to, "%0*lld", min, (long long)(x < 0 ? -x : x));
}

static void
print_fraction(struct sbuf *to, int millis, int min, int max)
{
	char digits[16];
	int n;

	snprintf(digits, sizeof(digits), "%03d", millis);
	n = MIN(max, 3);
	while (n > min && digits[n - 1] == '0')
		n--;
	sbuf_add(to, digits, (size_t)n);
	for (; n < min; n++)
		sbuf_addc(to, '0');
}

static void
print_text(struct sbuf *to, const struct parts *p,
    const struct joda_item *item)
{
	int64_t x = field_of(p, item->field);
	const char *z = item->field == JODA_ERA ? x != 0 ? "AD" : "BC"
	    : item->field == JODA_HALFDAY ? x != 0 ? "PM" : "AM"
	    : item->field == JODA_MONTH ? joda_months[x - 1]
	    : joda_days[x - 1];

	sbuf_add(to, z, item->kind == JODA_SHORT_TEXT ? JODA_SHORT
	    : strlen(z));
}

static void
print_offset(struct sbuf *to, int minutes, bool colon)
{
	int x = minutes < 0 ? -minutes : minutes;

	sbuf_addf(to, "%c%02d%s%02d", minutes < 0 ? '-' : '+', x / 60,
	    colon ? ":" : "", x % 60);
}

static void
print_zone(struct sbuf *to, const struct joda_item *item,
    const struct moment *m)
{
	if (item->kind == JODA_ZONE_ID)
		sbuf_adds(to, zone_name(m->zone));
	else if (item->kind == JODA_OFFSET || item->kind == JODA_OFFSET_COLON)
		print_offset(to, m->offset, item->kind == JODA_OFFSET_COLON);
	else
		joda_zone_name(to, m->zone, m->millis_utc,
		    item->kind == JODA_ZONE_NAME);
}

void
joda_print(struct sbuf *to, const struct joda_pattern *p,
    const struct moment *m)
{
	int64_t days = date_of_timestamp(m->micros);
	struct parts x;

	date_to_civil(days, &x.year, &x.month, &x.day);
	x.week = datetime_week(days, &x.weekyear);
	x.day_of_week = datetime_day_of_week(days);
	x.day_of_year = (int)(days - date_from_civil(x.year, 1, 1)) + 1;
	x.millis = (m->micros - days * MICROS_PER_DAY) / 1000;
	for (const struct joda_item *i = p->v; i < p->v + p->n; i++) {
		int64_t value;

		switch (i->kind) {
		case JODA_LITERAL:
			sbuf_adds(to, i->literal);
			break;
		case JODA_NUMBER:
		case JODA_SIGNED:
			print_number(to, field_of(&x, i->field), i->min);
			break;
		case JODA_TEXT:
		case JODA_SHORT_TEXT:
			print_text(to, &x, i);
			break;
		case JODA_TWO_DIGITS:
			value = field_of(&x, i->field);
			print_number(to, (value < 0 ? -value : value) % 100,
			    2);
			break;
		case JODA_FRACTION:
			print_fraction(to, (int)(x.millis % 1000), i->min,
			    i->max);
			break;
		default:
			print_zone(to, i, m);
			break;
		}
	}
}
