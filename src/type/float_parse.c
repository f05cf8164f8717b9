/* SPDX-License-Identifier: Apache-2.0
 * float_parse.c - text to double and real, in the syntax of Java's
 * Double.parseDouble.
 *
 * Short decimals are exact in one multiplication or division; the rest goes
 * to the C library, which rounds correctly, once the syntax is checked. */
#include "type/float.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "type/decimal.h"

struct scan {
	const char *start, *digits, *end;       /* end: without a suffix */
	uint64_t mantissa;      /* the first 19 significant digits */
	int exponent;           /* of the mantissa's last digit */
	bool negative, exact;   /* exact: no more digits follow */
	enum { SCAN_DECIMAL, SCAN_HEX, SCAN_NAN, SCAN_INFINITY } kind;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* [+-]digits; false when there are none. */
static bool
scan_exponent(const char **p, const char *end, int *exponent)
{
	bool negative = false;
	int x = 0;

	if (*p < end && (**p == '+' || **p == '-'))
		negative = *(*p)++ == '-';
	if (*p == end || !is_digit(**p))
		return false;
	for (; *p < end && is_digit(**p); ++*p)
		if (x < 100000)
			x = x * 10 + (**p - '0');
	*exponent += negative ? -x : x;
	return true;
}

static bool
scan_decimal(struct scan *s, const char *p, const char *end)
{
	int exponent = 0, used = 0;
	bool any = false, point = false;

	s->exact = true;
	for (; p < end && (is_digit(*p) || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		any = true;
		if (used < 19) {
			s->mantissa = s->mantissa * 10 + (uint64_t)(*p - '0');
			used += s->mantissa != 0;
			s->exponent -= point;
		} else {
			s->exact &= *p == '0';
			s->exponent += !point;
		}
	}
	if (!any)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (!scan_exponent(&p, end, &exponent))
			return false;
	}
	s->exponent += exponent;
	s->end = p;
	return true;
}

/* 0xH.HpD: the exponent is required. */
static bool
scan_hex(struct scan *s, const char *p, const char *end)
{
	bool any = false, point = false;
	int exponent = 0;

	for (; p < end && (is_hex(*p) || (*p == '.' && !point)); p++) {
		if (*p == '.')
			point = true;
		else
			any = true;
	}
	if (!any || p == end || (*p != 'p' && *p != 'P'))
		return false;
	p++;
	s->kind = SCAN_HEX;
	s->end = p;
	if (!scan_exponent(&p, end, &exponent))
		return false;
	s->end = p;
	return true;
}

static bool
rest_is(const char *p, const char *end, const char *word)
{
	return str_eq((struct str){ p, (size_t)(end - p) }, str_of(word));
}

static bool
scan(struct scan *s, struct str text)
{
	const char *p = text.p, *end = text.p + text.n;
	bool good;

	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (end > p && (unsigned char)end[-1] <= ' ')
		end--;
	*s = (struct scan){ .start = p };
	if (p < end && (*p == '+' || *p == '-'))
		s->negative = *p++ == '-';
	if (rest_is(p, end, "NaN") || rest_is(p, end, "Infinity")) {
		s->kind = *p == 'N' ? SCAN_NAN : SCAN_INFINITY;
		return true;
	}
	s->digits = p;
	if (end - p > 2 && p[0] == '0' && (p[1] | 32) == 'x')
		good = scan_hex(s, p + 2, end);
	else
		good = scan_decimal(s, p, end);
	if (!good)
		return false;
	if (s->end < end && ((*s->end | 32) == 'f' || (*s->end | 32) == 'd'))
		return s->end + 1 == end;
	return s->end == end;
}

/* The C library wants a NUL behind. */
static void
library(const struct scan *s, double *d, float *f)
{
	size_t n = (size_t)(s->end - s->digits);
	char small[64], *copy = n < sizeof(small) ? small : xmalloc(n + 1);

	memcpy(copy, s->digits, n);
	copy[n] = '\0';
	if (d != NULL)
		*d = strtod(copy, NULL);
	else
		*f = strtof(copy, NULL);
	if (copy != small)
		free(copy);
}

bool
double_parse(struct str text, double *out)
{
	struct scan s;
	double d;

	if (!scan(&s, text))
		return false;
	if (s.kind == SCAN_NAN) {
		d = NAN;
	} else if (s.kind == SCAN_INFINITY) {
		d = INFINITY;
	} else if (s.kind == SCAN_DECIMAL && s.exact &&
	    s.mantissa <= UINT64_C(1) << 53 && s.exponent >= -22 &&
	    s.exponent <= 22) {
		d = (double)s.mantissa;
		if (s.exponent < 0)
			d /= decimal_pow10_double[-s.exponent];
		else
			d *= decimal_pow10_double[s.exponent];
	} else {
		library(&s, &d, NULL);
	}
	*out = s.negative ? -d : d;
	return true;
}

bool
real_parse(struct str text, float *out)
{
	struct scan s;
	float f;

	if (!scan(&s, text))
		return false;
	if (s.kind == SCAN_NAN) {
		f = NAN;
	} else if (s.kind == SCAN_INFINITY) {
		f = INFINITY;
	} else if (s.kind == SCAN_DECIMAL && s.exact &&
	    s.mantissa <= UINT64_C(1) << 24 && s.exponent >= -10 &&
	    s.exponent <= 10) {
		f = (float)s.mantissa;
		if (s.exponent < 0)
			f /= (float)decimal_pow10_double[-s.exponent];
		else
			f *= (float)decimal_pow10_double[s.exponent];
	} else {
		library(&s, NULL, &f);
	}
	*out = s.negative ? -f : f;
	return true;
}
