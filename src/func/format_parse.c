/* SPDX-License-Identifier: Apache-2.0
 * format_parse.c - format strings to specifiers, with java.util.Formatter's
 * rules on which flags go with which conversion. */
#include "func/format.h"

#include <ctype.h>
#include <stdio.h>

#include "base/err.h"

static const char flag_letters[] = "-#+ 0,(<";

static void
add_flags(struct sbuf *to, unsigned flags)
{
	for (int k = 0; k < 8; k++)
		if (flags & 1u << k)
			sbuf_addc(to, flag_letters[k]);
}

void
format_spec_print(struct sbuf *to, const struct format_spec *s)
{
	sbuf_addc(to, '%');
	add_flags(to, s->flags);
	if (s->index > 0)
		sbuf_addf(to, "%d$", s->index);
	if (s->width >= 0)
		sbuf_addf(to, "%d", s->width);
	if (s->precision >= 0)
		sbuf_addf(to, ".%d", s->precision);
	sbuf_addc(to, s->upper ? (char)toupper((unsigned char)s->conversion)
	    : s->conversion);
	if (s->date != 0)
		sbuf_addc(to, s->date);
}

/* ---- errors ---- */

static int
fail(struct str format, struct err *e, const char *exception,
    const char *what)
{
	return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Invalid format string: %.*s (%s: %s)", STR_ARG(format),
	    exception, what);
}

static int
fail_unknown(struct str format, struct err *e, const char *prefix, char c)
{
	char what[32];

	snprintf(what, sizeof(what), "Conversion = '%s%c'", prefix, c);
	return fail(format, e, "UnknownFormatConversion", what);
}

static int
fail_spec(struct str format, const struct format_spec *s, struct err *e,
    const char *exception)
{
	struct sbuf b = { 0 };
	int rc;

	format_spec_print(&b, s);
	rc = fail(format, e, exception, sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

static int
fail_flags(struct str format, const struct format_spec *s, struct err *e)
{
	struct sbuf b = { 0 };
	int rc;

	sbuf_addz(&b, "Flags = '");
	add_flags(&b, s->flags);
	sbuf_addz(&b, "'");
	rc = fail(format, e, "IllegalFormatFlags", sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

static int
fail_number(struct str format, struct err *e, const char *exception, int x)
{
	char what[16];

	snprintf(what, sizeof(what), "%d", x);
	return fail(format, e, exception, what);
}

/* ---- checks ---- */

/* None of the bad flags may be there: the first that is names the error. */
static int
check_bad(struct str format, const struct format_spec *s, unsigned bad,
    struct err *e)
{
	static const unsigned order[] = { FORMAT_ALTERNATE, FORMAT_PLUS,
		FORMAT_SPACE, FORMAT_ZERO, FORMAT_GROUP, FORMAT_PARENTHESES };

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		char what[48];

		if ((s->flags & bad & order[k]) == 0)
			continue;
		snprintf(what, sizeof(what), "Conversion = %c, Flags = %c",
		    s->date != 0 ? s->date : s->conversion,
		    flag_letters[__builtin_ctz(order[k])]);
		return fail(format, e, "FormatFlagsConversionMismatch", what);
	}
	return 0;
}

static int
check_left(struct str format, const struct format_spec *s, unsigned flags,
    struct err *e)
{
	if (s->width < 0 && s->flags & flags)
		return fail_spec(format, s, e, "MissingFormatWidth");
	return 0;
}

static int
check_numeric(struct str format, const struct format_spec *s, struct err *e)
{
	unsigned f = s->flags;
	int rc = check_left(format, s, FORMAT_LEFT | FORMAT_ZERO, e);

	if (rc != 0)
		return rc;
	if ((f & FORMAT_PLUS && f & FORMAT_SPACE) ||
	    (f & FORMAT_LEFT && f & FORMAT_ZERO))
		return fail_flags(format, s, e);
	return 0;
}

enum { BAD_FOR_TEXT = FORMAT_PLUS | FORMAT_SPACE | FORMAT_ZERO |
	FORMAT_GROUP | FORMAT_PARENTHESES };

static int
check_date(struct str format, const struct format_spec *s, struct err *e)
{
	int rc;

	if (s->precision >= 0)
		return fail_number(format, e, "IllegalFormatPrecision",
		    s->precision);
	if (strchr("HIklMNLQpsSTzZaAbBCdehjmyYrRcDF", s->date) == NULL)
		return fail_unknown(format, e, "t", s->date);
	rc = check_bad(format, s, FORMAT_ALTERNATE | BAD_FOR_TEXT, e);
	return rc != 0 ? rc : check_left(format, s, FORMAT_LEFT, e);
}

static int
check_text(struct str format, const struct format_spec *s, struct err *e)
{
	if (s->precision >= 0)
		return fail_number(format, e, "IllegalFormatPrecision",
		    s->precision);
	if (s->conversion == 'n') {
		if (s->width >= 0)
			return fail_number(format, e, "IllegalFormatWidth",
			    s->width);
		return s->flags != 0 ? fail_flags(format, s, e) : 0;
	}
	if (s->flags & ~(unsigned)FORMAT_LEFT)
		return fail_flags(format, s, e);
	return check_left(format, s, FORMAT_LEFT, e);
}

static int
check(struct str format, const struct format_spec *s, struct err *e)
{
	int rc;

	switch (s->conversion) {
	case 't':
		return check_date(format, s, e);
	case 'b': case 'h': case 's':
		rc = s->conversion == 's' ? 0 : check_bad(format, s,
		    FORMAT_ALTERNATE, e);
		if (rc == 0)
			rc = check_left(format, s, FORMAT_LEFT, e);
		return rc != 0 ? rc : check_bad(format, s, BAD_FOR_TEXT, e);
	case 'c':
		if (s->precision >= 0)
			return fail_number(format, e,
			    "IllegalFormatPrecision", s->precision);
		rc = check_bad(format, s, FORMAT_ALTERNATE | BAD_FOR_TEXT, e);
		return rc != 0 ? rc : check_left(format, s, FORMAT_LEFT, e);
	case 'd': case 'o': case 'x':
		if ((rc = check_numeric(format, s, e)) != 0)
			return rc;
		if (s->precision >= 0)
			return fail_number(format, e,
			    "IllegalFormatPrecision", s->precision);
		return check_bad(format, s, s->conversion == 'd'
		    ? FORMAT_ALTERNATE : FORMAT_GROUP, e);
	case 'e': case 'f': case 'g': case 'a':
		if ((rc = check_numeric(format, s, e)) != 0)
			return rc;
		return check_bad(format, s, s->conversion == 'a'
		    ? FORMAT_PARENTHESES | FORMAT_GROUP
		    : s->conversion == 'e' ? FORMAT_GROUP
		    : s->conversion == 'g' ? FORMAT_ALTERNATE : 0, e);
	default:
		return check_text(format, s, e);
	}
}

/* ---- parsing ---- */

enum { WIDTH_MAX = 1 << 20 };

static bool
read_int(struct str t, size_t *at, int *out)
{
	size_t from = *at;
	int64_t x = 0;

	while (*at < t.n && isdigit((unsigned char)t.p[*at])) {
		x = MIN(x * 10 + (t.p[*at] - '0'), WIDTH_MAX);
		++*at;
	}
	*out = (int)x;
	return *at > from;
}

static int
read_flags(struct str t, size_t *at, struct format_spec *s, struct err *e)
{
	const char *p;

	for (; *at < t.n && t.p[*at] != '\0' &&
	    (p = strchr(flag_letters, t.p[*at])) != NULL; ++*at) {
		unsigned flag = 1u << (p - flag_letters);
		char what[16];

		if (s->flags & flag) {
			snprintf(what, sizeof(what), "Flags = '%c'",
			    t.p[*at]);
			return fail(t, e, "DuplicateFormatFlags", what);
		}
		s->flags |= flag;
	}
	return 0;
}

static int
read_conversion(struct str t, size_t *at, struct format_spec *s,
    struct err *e)
{
	char c;

	if (*at >= t.n)
		return fail_unknown(t, e, "", '%');
	c = t.p[(*at)++];
	if (c == '\0' || strchr("bBhHsScCdoxXeEfgGaAn%tT", c) == NULL)
		return fail_unknown(t, e, "", c);
	s->upper = isupper((unsigned char)c);
	s->conversion = (char)tolower((unsigned char)c);
	if (s->conversion == 't') {
		if (*at >= t.n)
			return fail_unknown(t, e, "", c);
		s->date = t.p[(*at)++];
	}
	return check(t, s, e);
}

static int
read_spec(struct str t, size_t *at, struct format_spec *s, struct err *e)
{
	size_t start = *at;
	int rc;

	*s = (struct format_spec){ .width = -1, .precision = -1 };
	/* Digits are an index when a $ follows; a zero is a flag. */
	if (read_int(t, at, &s->index) && *at < t.n && t.p[*at] == '$') {
		++*at;
	} else {
		*at = start;
		s->index = 0;
	}
	if ((rc = read_flags(t, at, s, e)) != 0)
		return rc;
	if (!read_int(t, at, &s->width))
		s->width = -1;
	if (*at < t.n && t.p[*at] == '.') {
		++*at;
		if (!read_int(t, at, &s->precision))
			return fail_unknown(t, e, "", '.');
	}
	return read_conversion(t, at, s, e);
}

int
format_parse(struct arena *a, struct str text, struct format_specs *out,
    struct err *e)
{
	size_t at = 0;
	int rc;

	*out = (struct format_specs){ 0 };
	while (at < text.n) {
		struct format_spec s = { .text = { text.p + at, 0 } };

		while (at < text.n && text.p[at] != '%')
			at++;
		s.text.n = (size_t)(text.p + at - s.text.p);
		if (s.text.n > 0)
			arena_push(a, out, s);
		if (at == text.n)
			break;
		at++;
		if ((rc = read_spec(text, &at, &s, e)) != 0)
			return rc;
		arena_push(a, out, s);
	}
	return 0;
}
