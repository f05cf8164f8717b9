/* SPDX-License-Identifier: Apache-2.0
 * datetime_format.c - dates and times as text by patterns: date_format,
 * date_parse, format_datetime, parse_datetime; ISO 8601. */
#include <ctype.h>
#include <stdio.h>

#include "base/err.h"
#include "func/joda.h"
#include "func/tables.h"
#include "type/value.h"

/* ---- patterns: the latest is kept ---- */

struct pattern_memo {
	bool known;
	int rc;
	struct str text;
	struct joda_pattern pattern;
	struct err err;
};

static int64_t
current_year(const struct eval *ev)
{
	int64_t year;
	int month, day;

	date_to_civil(date_of_timestamp(ev->session == NULL ? 0
	    : ev->session->start_micros), &year, &month, &day);
	return year;
}

/* NULL: it is broken, the row has its error. */
static const struct joda_pattern *
pattern_of(struct eval *ev, const struct vec *v, uint32_t i, bool mysql,
    struct pattern_memo *memo)
{
	struct str text = kernel_str(v, i);

	if (!memo->known || !str_eq(memo->text, text)) {
		memo->known = true;
		memo->text = text;
		memo->rc = mysql ? joda_compile_mysql(ev->scratch, text,
		    &memo->pattern, &memo->err)
		    : joda_compile(ev->scratch, text, current_year(ev),
		    &memo->pattern, &memo->err);
	}
	if (memo->rc == 0)
		return &memo->pattern;
	eval_row_error(ev, i, memo->err.code, "%s", memo->err.text);
	return NULL;
}

/* What is printed are milliseconds: more digits of plain timestamps round. */
static void
load_millis(const struct vec *v, uint32_t i, struct moment *m)
{
	moment_load(v, i, m);
	if (v->type->id == TYPE_TIMESTAMP && v->type->precision > 3)
		m->micros = timestamp_round_micros(m->micros, 3);
}

static int
print_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, bool mysql, struct err *e)
{
	struct pattern_memo memo = { 0 };
	bool zoned = args->types[0]->id == TYPE_TIMESTAMP_TZ;
	struct sbuf b = { 0 };
	struct moment m;
	int rc = 0;

	KERNEL_EACH(s, i) {
		const struct joda_pattern *p;

		if (!mysql && !zoned && joda_wants_zone(kernel_str(
		    args->v[1], i))) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "format_datetime for TIMESTAMP type, cannot use "
			    "'Z' nor 'z' in format, as this type does not "
			    "contain TZ information");
			continue;
		}
		p = pattern_of(ev, args->v[1], i, mysql, &memo);
		if (p == NULL)
			continue;
		load_millis(args->v[0], i, &m);
		sbuf_clear(&b);
		joda_print(&b, p, &m);
		if ((rc = kernel_put(ev, out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
date_format(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return print_rows(ev, args, s, *out, true, e);
}

static int
format_datetime(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return print_rows(ev, args, s, *out, false, e);
}

/* ---- parsing ---- */

static bool
digits_at(struct str s, size_t at, size_t n, int *out)
{
	*out = 0;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return true;
}

/* Java's words for a day that its month does not have. */
static const char *
invalid_day(struct arena *a, int year, int month, int day)
{
	const char *z = joda_months[month - 1];
	char name[16] = "";

	if (day == 29)
		return arena_printf(a, "Invalid date 'February 29' as '%d' is "
		    "not a leap year", year);
	for (size_t k = 0; k < strlen(z); k++)
		name[k] = (char)toupper((unsigned char)z[k]);
	return arena_printf(a, "Invalid date '%s %d'", name, day);
}

/* "2020-02-29" by "%Y-%m-%d" has a way, and messages, of its own.  False: it
 * is not that. */
static bool
parse_plain_date(struct eval *ev, struct str text, struct str pattern,
    uint32_t i, int64_t *out)
{
	int year, month, day;

	if (!str_eq(pattern, STR("%Y-%m-%d")) || text.n != 10 ||
	    text.p[4] != '-' || text.p[7] != '-' ||
	    !digits_at(text, 0, 4, &year) || !digits_at(text, 5, 2, &month) ||
	    !digits_at(text, 8, 2, &day))
		return false;
	if (month < 1 || month > 12)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid value for MonthOfYear (valid values 1 - 12): %d",
		    month);
	else if (day < 1 || day > 31)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid value for DayOfMonth (valid values 1 - 28/31): "
		    "%d", day);
	else if (!date_valid(year, month, day))
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT, "%s",
		    invalid_day(ev->scratch, year, month, day));
	else
		*out = date_from_civil(year, month, day) * MICROS_PER_DAY;
	return true;
}

static int
date_parse(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct pattern_memo memo = { 0 };
	int64_t *r = (*out)->data, millis;

	KERNEL_EACH(s, i) {
		struct str text = kernel_str(args->v[0], i);
		const struct joda_pattern *p;
		struct err bad;
		int zone;

		if (parse_plain_date(ev, text, kernel_str(args->v[1], i), i,
		    &r[i]))
			continue;
		p = pattern_of(ev, args->v[1], i, true, &memo);
		if (p == NULL)
			continue;
		if (joda_parse(p, text, ZONE_UTC, &millis, &zone, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else
			r[i] = millis * 1000;
	}
	return 0;
}

static void
put_zoned(struct eval *ev, struct vec *out, uint32_t i, int64_t millis,
    int zone)
{
	if (millis > ZONED_MILLIS_MAX || millis < ZONED_MILLIS_MIN)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Millis overflow: %lld", (long long)millis);
	else
		((int64_t *)out->data)[i] = zoned_pack(millis, zone);
}

static int
parse_datetime(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct pattern_memo memo = { 0 };
	int64_t millis;

	KERNEL_EACH(s, i) {
		const struct joda_pattern *p;
		struct err bad;
		int zone;

		p = pattern_of(ev, args->v[1], i, false, &memo);
		if (p == NULL)
			continue;
		if (joda_parse(p, kernel_str(args->v[0], i), session_zone(ev),
		    &millis, &zone, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else
			put_zoned(ev, *out, i, millis, zone);
	}
	return 0;
}

/* ---- ISO 8601 ---- */

static void
put_date(struct eval *ev, struct vec *out, uint32_t i, int64_t days)
{
	if (days != (int32_t)days)
		eval_row_error(ev, i, ERR_GENERIC_INTERNAL_ERROR,
		    "Value %lld exceeds MAX_INT for type date",
		    (long long)days);
	else
		((int32_t *)out->data)[i] = (int32_t)days;
}

static int
from_iso_date(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t millis;
	int zone;

	KERNEL_EACH(s, i) {
		struct err bad;

		if (joda_parse_iso(kernel_str(args->v[0], i), false, ZONE_UTC,
		    &millis, &zone, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else
			put_date(ev, *out, i, floor_div(millis, 86400000));
	}
	return 0;
}

static int
from_iso_timestamp(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t millis;
	int zone;

	KERNEL_EACH(s, i) {
		struct err bad;

		if (joda_parse_iso(kernel_str(args->v[0], i), true,
		    session_zone(ev), &millis, &zone, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else
			put_zoned(ev, *out, i, millis, zone);
	}
	return 0;
}

/* What is wrong with the numbers of a time; NULL: nothing. */
static const char *
iso_problem(struct arena *a, const int f[6])
{
	static const struct {
		int low, high;
		const char *text;
	} ranges[] = {
		{ 1, 12, "MonthOfYear (valid values 1 - 12)" },
		{ 1, 31, "DayOfMonth (valid values 1 - 28/31)" },
		{ 0, 23, "HourOfDay (valid values 0 - 23)" },
		{ 0, 59, "MinuteOfHour (valid values 0 - 59)" },
		{ 0, 59, "SecondOfMinute (valid values 0 - 59)" },
	};

	for (int k = 0; k < 5; k++)
		if (f[k + 1] < ranges[k].low || f[k + 1] > ranges[k].high)
			return arena_printf(a, "Invalid value for %s: %d",
			    ranges[k].text, f[k + 1]);
	return date_valid(f[0], f[1], f[2]) ? NULL
	    : invalid_day(a, f[0], f[1], f[2]);
}

/* yyyy-MM-ddTHH:mm[:ss[.n]][offset]: the place where it breaks, or -1. */
static int
read_nanos(struct arena *a, struct str t, struct moment *m, int zone,
    const char **what)
{
	int f[6] = { 0, 0, 0, 0, 0, 0 }, nanos = 0, scale = 100000000;
	static const char between[] = "--T::";
	struct joda_bucket b = { .zone = zone };
	size_t at = 0;
	ptrdiff_t end;

	for (int k = 0; k < 6; k++) {
		size_t n = k == 0 ? 4 : 2;

		if (k > 0) {
			if (k == 5 && (at >= t.n || t.p[at] != ':'))
				break;
			if (at >= t.n || (t.p[at] != between[k - 1] &&
			    t.p[at] - 32 != between[k - 1]))
				return (int)at;
			at++;
		}
		if (t.n - at < n || !digits_at(t, at, n, &f[k]))
			return (int)at;
		at += n;
	}
	if (at < t.n && t.p[at] == '.') {
		for (at++; at < t.n && t.p[at] >= '0' && t.p[at] <= '9' &&
		    scale > 0; at++, scale /= 10)
			nanos += (t.p[at] - '0') * scale;
	}
	*what = iso_problem(a, f);
	if (*what != NULL)
		return 0;
	m->micros = date_from_civil(f[0], f[1], f[2]) * MICROS_PER_DAY +
	    ((f[3] * 60 + f[4]) * INT64_C(60) + f[5]) * MICROS_PER_SECOND +
	    nanos / 1000;
	m->picos = nanos % 1000 * 1000;
	m->zone = zone;
	if (at < t.n) {
		end = joda_offset(&b, t, (ptrdiff_t)at);
		if (end < 0 || (size_t)end < t.n)
			return (int)(end < 0 ? ~end : end);
		if (b.offset < -50400000 || b.offset > 50400000)
			return (int)at;
		m->zone = zone_of_offset((int)(b.offset / 60000));
	}
	return -1;
}

static int
from_iso_nanos(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str text = kernel_str(args->v[0], i);
		struct moment m = { 0 };
		const char *what = NULL;
		int at = read_nanos(ev->scratch, text, &m, session_zone(ev),
		    &what);

		if (what != NULL)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Text '%.*s' could not be parsed: %s",
			    STR_ARG(text), what);
		else if (at >= 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Text '%.*s' could not be parsed at index %d",
			    STR_ARG(text), at);
		else
			moment_store(ev, *out, i, &m);
	}
	return 0;
}

static void
add_iso_date(struct sbuf *to, int64_t days, bool plus)
{
	int64_t year;
	int month, day;

	date_to_civil(days, &year, &month, &day);
	if (year < 0)
		sbuf_addc(to, '-');
	else if (year > 9999 && plus)
		sbuf_addc(to, '+');
	sbuf_addf(to, "%04lld-%02d-%02d", (long long)(year < 0 ? -year
	    : year), month, day);
}

static void
add_iso(struct sbuf *to, const struct type *t, const struct moment *m)
{
	int64_t days = date_of_timestamp(m->micros), rest, picos;
	char digits[24];
	int x;

	add_iso_date(to, days, t->id != TYPE_DATE);
	if (t->id == TYPE_DATE)
		return;
	rest = m->micros - days * MICROS_PER_DAY;
	picos = rest % MICROS_PER_SECOND * 1000000 + m->picos;
	rest /= MICROS_PER_SECOND;
	sbuf_addf(to, "T%02d:%02d:%02d", (int)(rest / 3600),
	    (int)(rest / 60 % 60), (int)(rest % 60));
	if (t->precision > 0) {
		snprintf(digits, sizeof(digits), "%012lld", (long long)picos);
		sbuf_addf(to, ".%.*s", t->precision, digits);
	}
	if (t->id != TYPE_TIMESTAMP_TZ)
		return;
	x = m->offset < 0 ? -m->offset : m->offset;
	if (x == 0)
		sbuf_addc(to, 'Z');
	else
		sbuf_addf(to, "%c%02d:%02d", m->offset < 0 ? '-' : '+',
		    x / 60, x % 60);
}

static int
to_iso(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	struct moment m;
	int rc = 0;

	KERNEL_EACH(s, i) {
		moment_load(args->v[0], i, &m);
		sbuf_clear(&b);
		add_iso(&b, args->types[0], &m);
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* The longest text that the type can have. */
static int
iso_resolve(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	int p = args[0]->precision, length = 16;

	if (args[0]->id != TYPE_DATE)
		length = (args[0]->id == TYPE_TIMESTAMP ? 22 : 28) +
		    (p > 0 ? p + 1 : 0);
	*result = type_varchar(a, length);
	return 0;
}

#define FN(text, fn, what) { .signature = text, .kernel = fn, .help = what }
#define ISO(T) { .signature = "to_iso8601(" T "):varchar", \
	.kernel = to_iso, .resolve = iso_resolve, .help = "As ISO 8601" }
#define PRINT(name, T, fn) FN(name "(" T ",varchar(x)):varchar", fn, \
	"As text by a pattern")

const struct func func_datetime_format[] = {
	PRINT("date_format", "timestamp(p) with time zone", date_format),
	PRINT("date_format", "timestamp(p)", date_format),
	FN("date_parse(varchar(x),varchar(y)):timestamp(3)", date_parse,
	    "Reads a text by a pattern"),
	PRINT("format_datetime", "timestamp(p) with time zone",
	    format_datetime),
	PRINT("format_datetime", "timestamp(p)", format_datetime),
	FN("parse_datetime(varchar(x),varchar(y)):timestamp(3) with time zone",
	    parse_datetime, "Reads a text by a pattern"),
	FN("from_iso8601_date(varchar(x)):date", from_iso_date,
	    "Reads ISO 8601"),
	FN("from_iso8601_timestamp(varchar(x)):timestamp(3) with time zone",
	    from_iso_timestamp, "Reads ISO 8601"),
	FN("from_iso8601_timestamp_nanos(varchar(x)):"
	    "timestamp(9) with time zone", from_iso_nanos, "Reads ISO 8601"),
	ISO("date"), ISO("timestamp(p)"), ISO("timestamp(p) with time zone"),
	{ 0 }
};
