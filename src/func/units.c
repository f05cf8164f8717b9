/* SPDX-License-Identifier: Apache-2.0
 * units.c - numbers with units for people: durations, sizes, counts. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>

#include "func/kernel.h"
#include "func/tables.h"
#include "type/decimal.h"
#include "type/number.h"

/* ---- human_readable_seconds ---- */

static void
add_seconds(struct sbuf *to, uint64_t left)
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} units[] = {
		{ "week", 604800 }, { "day", 86400 }, { "hour", 3600 },
		{ "minute", 60 }, { "second", 1 },
	};
	bool none = left == 0;

	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++) {
		uint64_t n = left / units[k].seconds;

		left %= units[k].seconds;
		if (n == 0)
			continue;
		sbuf_addf(to, "%s%llu %s%s", to->n > 0 ? ", " : "",
		    (unsigned long long)n, units[k].name, n == 1 ? "" : "s");
	}
	if (none)
		sbuf_addz(to, "0 seconds");
}

static int
human_readable_seconds(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		double x = KERNEL_AT(double, args->v[0], i);
		double rounded = floor(x + 0.5);

		if (!isfinite(x)) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Invalid argument found: %s",
			    eval_double_text(ev, x));
			continue;
		}
		sbuf_clear(&b);
		add_seconds(&b, (uint64_t)MIN(fabs(rounded), 0x1p63));
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- parse_duration ---- */

static const struct duration_unit {
	char suffix[4];
	const char *name;
	double millis;
} duration_units[] = {
	{ "ns", "NANOSECONDS", 1e-6 }, { "us", "MICROSECONDS", 1e-3 },
	{ "ms", "MILLISECONDS", 1 }, { "s", "SECONDS", 1000 },
	{ "m", "MINUTES", 60000 }, { "h", "HOURS", 3600000 },
	{ "d", "DAYS", 86400000 },
};

static const struct duration_unit *
duration_unit_find(struct str name)
{
	for (size_t k = 0; k < sizeof(duration_units) /
	    sizeof(duration_units[0]); k++)
		if (str_eq(name, str_of(duration_units[k].suffix)))
			return &duration_units[k];
	return NULL;
}

/* The number's text must be digits with one point, or an exponent. */
static bool
read_amount(struct str text, double *out)
{
	struct number x;

	if (text.n == 0 || (!isdigit((unsigned char)text.p[0]) &&
	    text.p[0] != '.') || !number_parse(text, &x) ||
	    x.kind != NUMBER_FINITE)
		return false;
	*out = number_to_double(&x);
	return true;
}

static void
duration_at(struct eval *ev, struct str text, uint32_t i, int64_t *out)
{
	struct str all = str_trim(text), unit_text, amount_text;
	const struct duration_unit *unit;
	double amount, millis;
	size_t n = all.n;

	if (text.n == 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "duration is empty");
		return;
	}
	while (n > 0 && isalpha((unsigned char)all.p[n - 1]))
		n--;
	unit_text = (struct str){ all.p + n, all.n - n };
	amount_text = str_trim((struct str){ all.p, n });
	if (unit_text.n == 0 || !read_amount(amount_text, &amount)) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "duration is not a valid data duration string: %.*s",
		    STR_ARG(text));
		return;
	}
	unit = duration_unit_find(unit_text);
	if (unit == NULL) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Unknown time unit: %.*s", STR_ARG(unit_text));
		return;
	}
	millis = floor(amount * unit->millis + 0.5);
	if (!(millis < 0x1p63))
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "value %s %s is too large to be represented in requested "
		    "unit MILLISECONDS as a long",
		    eval_double_text(ev, amount), unit->name);
	else
		*out = (int64_t)millis;
}

static int
parse_duration(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i)
		duration_at(ev, kernel_str(args->v[0], i), i,
		    (int64_t *)(*out)->data + i);
	return 0;
}

/* ---- parse_data_size ---- */

static void
data_size_at(struct eval *ev, struct str text, uint32_t i, int128 *out)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB", "EB", "ZB", "YB" };
	struct number x, factor, product;
	struct err bad;
	struct str suffix;
	size_t n = 0;
	int unit = 0;

	while (n < text.n && (isdigit((unsigned char)text.p[n]) ||
	    text.p[n] == '.'))
		n++;
	suffix = (struct str){ text.p + n, text.n - n };
	while (unit < 9 && !str_eq(suffix, str_of(units[unit])))
		unit++;
	if (n == 0 || unit == 9 || !number_parse((struct str){ text.p, n },
	    &x)) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid data size: '%.*s'", STR_ARG(text));
		return;
	}
	number_from_int128((int128)1 << (10 * unit), 0, &factor);
	if (number_multiply(&x, &factor, &product, &bad) == 0) {
		struct sbuf b = { 0 };

		number_round(&product, 0, NUMBER_DOWN);
		if (number_to_int128(&product, 0, out) && decimal_fits(*out,
		    DECIMAL_MAX_PRECISION))
			return;
		number_print(&b, &product);
		eval_row_error(ev, i, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Value out of range: '%.*s' ('%sB')", STR_ARG(text),
		    sbuf_z(&b));
		sbuf_release(&b);
	}
}

static int
parse_data_size(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i)
		data_size_at(ev, kernel_str(args->v[0], i), i,
		    (int128 *)(*out)->data + i);
	return 0;
}

/* ---- format_number ---- */

static void
add_count(struct sbuf *to, double x)
{
	static const char *const units[] = { "", "K", "M", "B", "T", "Q" };
	int unit = 0, digits;
	size_t from = to->n;

	while (unit < 5 && (x >= 1000 || x <= -1000)) {
		x /= 1000;
		unit++;
	}
	digits = x < 10 ? 2 : x < 100 ? 1 : 0;
	sbuf_addf(to, "%.*f", digits, x);
	if (digits > 0) {
		while (to->p[to->n - 1] == '0')
			to->n--;
		if (to->p[to->n - 1] == '.')
			to->n--;
	}
	if (to->n - from == 2 && memcmp(to->p + from, "-0", 2) == 0)
		to->p[--to->n - 1] = '0';
	sbuf_addz(to, units[unit]);
}

static int
format_count(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		/* The double as a bigint. */
		double x = args->types[0]->id == TYPE_DOUBLE
		    ? fmin(fmax(trunc(KERNEL_AT(double, args->v[0], i)),
		    -0x1p63), 0x1p63)
		    : (double)KERNEL_AT(int64_t, args->v[0], i);

		sbuf_clear(&b);
		add_count(&b, x);
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

#define FN(text, fn, what) { .signature = text, .kernel = fn, .help = what }

const struct func func_units[] = {
	FN("human_readable_seconds(double):varchar", human_readable_seconds,
	    "Weeks, days, hours, minutes and seconds"),
	FN("parse_duration(varchar(x)):interval day to second",
	    parse_duration, "Reads 1.5h"),
	FN("parse_data_size(varchar(x)):decimal(38,0)", parse_data_size,
	    "Reads 1.5MB"),
	FN("parse_presto_data_size(varchar(x)):decimal(38,0)",
	    parse_data_size, "Reads 1.5MB"),
	FN("format_number(double):varchar", format_count,
	    "A count with a unit"),
	FN("format_number(bigint):varchar", format_count,
	    "A count with a unit"),
	{ 0 }
};
