/* SPDX-License-Identifier: Apache-2.0
 * decimal_text.c - decimals to and from text, double and real. */
#include "type/decimal.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "type/float.h"

enum { DIGITS_MAX = 39, EXPONENT_MAX = 1000000 };

/* Writes the digits of u right-aligned before `end`; returns the first. */
static char *
write_digits(uint128 u, char *end)
{
	char *p = end;
	uint64_t low;
	int i;

	while (u > UINT64_MAX) {
		low = (uint64_t)(u % 1000000000000000000u);
		u /= 1000000000000000000u;
		for (i = 0; i < 18; i++) {
			*--p = (char)('0' + low % 10);
			low /= 10;
		}
	}
	low = (uint64_t)u;
	do {
		*--p = (char)('0' + low % 10);
		low /= 10;
	} while (low != 0);
	return p;
}

void
decimal_print(struct sbuf *to, int128 x, int scale)
{
	char text[DIGITS_MAX + 3], *end = text + sizeof(text), *p;

	p = write_digits(x < 0 ? -(uint128)x : (uint128)x, end);
	while (end - p <= scale)
		*--p = '0';
	if (x < 0)
		sbuf_addc(to, '-');
	sbuf_add(to, p, (size_t)(end - p) - (size_t)scale);
	if (scale > 0) {
		sbuf_addc(to, '.');
		sbuf_add(to, end - scale, (size_t)scale);
	}
}

/* By way of the text: correctly rounded. */
static void
convert_text(int128 x, int scale, double *d, float *f)
{
	char text[DIGITS_MAX + 16], *end = text + DIGITS_MAX + 1, *p;

	p = write_digits(x < 0 ? -(uint128)x : (uint128)x, end);
	if (x < 0)
		*--p = '-';
	end[0] = 'e';
	end[1] = '-';
	end[2] = (char)('0' + scale / 10);
	end[3] = (char)('0' + scale % 10);
	end[4] = '\0';
	if (d != NULL)
		*d = strtod(p, NULL);
	else
		*f = strtof(p, NULL);
}

double
decimal_to_double(int128 x, int scale)
{
	double d;

	if (scale <= 22 && x <= INT64_C(1) << 53 && x >= -(INT64_C(1) << 53))
		return (double)(int64_t)x / decimal_pow10_double[scale];
	convert_text(x, scale, &d, NULL);
	return d;
}

float
decimal_to_real(int128 x, int scale)
{
	float f;

	if (scale <= 10 && x <= 1 << 24 && x >= -(1 << 24))
		return (float)(int64_t)x / (float)decimal_pow10_double[scale];
	convert_text(x, scale, NULL, &f);
	return f;
}

static bool
from_digits(struct float_digits d, bool negative, int scale, int128 *out)
{
	int128 x = negative ? -(int128)d.digits : (int128)d.digits;

	return decimal_rescale(x, -d.exponent, scale, out);
}

bool
decimal_from_double(double d, int precision, int scale, int128 *out)
{
	return isfinite(d) &&
	    from_digits(double_shortest(d), d < 0, scale, out) &&
	    decimal_fits(*out, precision);
}

bool
decimal_from_real(float f, int precision, int scale, int128 *out)
{
	return isfinite(f) &&
	    from_digits(real_shortest(f), f < 0, scale, out) &&
	    decimal_fits(*out, precision);
}

struct scan {
	uint128 u;              /* the first 38 significant digits */
	int used;               /* how many those are */
	int64_t exponent;       /* of their last digit */
	bool negative;
	char next;              /* the first digit dropped, or '0' */
	int point;              /* digits behind the point, -1: no point */
};

/* Sign, digits, point; leaves *p behind them. */
static bool
scan_digits(struct scan *s, const char **p, const char *end)
{
	bool any = false;

	*s = (struct scan){ .next = '0', .point = -1 };
	if (*p < end && (**p == '+' || **p == '-'))
		s->negative = *(*p)++ == '-';
	for (; *p < end; ++*p) {
		char c = **p;

		if (c == '.' && s->point < 0) {
			s->point = 0;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (s->point >= 0 && s->point < INT32_MAX)
			s->point++;
		if (s->used < 38) {
			s->u = s->u * 10 + (unsigned)(c - '0');
			s->used += s->u != 0;
			s->exponent -= s->point >= 0;
		} else {
			if (s->used == 38)
				s->next = c;
			s->used = MIN(s->used + 1, EXPONENT_MAX);
			s->exponent += s->point < 0;
		}
	}
	return any;
}

bool
decimal_parse(struct str text, int128 *out, int *precision, int *scale)
{
	const char *p = text.p, *end = text.p + text.n;
	struct scan s;

	if (!scan_digits(&s, &p, end) || p != end)
		return false;
	*scale = MAX(s.point, 0);
	*precision = MAX(s.used, MAX(*scale, 1));
	if (*precision > DECIMAL_MAX_PRECISION)
		return false;
	*out = s.negative ? -(int128)s.u : (int128)s.u;
	return true;
}

static bool
scan_exponent(struct scan *s, const char **p, const char *end)
{
	bool negative = false;
	int64_t x = 0;

	if (*p == end)
		return true;
	if (**p != 'e' && **p != 'E')
		return false;
	++*p;
	if (*p < end && (**p == '+' || **p == '-'))
		negative = *(*p)++ == '-';
	if (*p == end)
		return false;
	for (; *p < end && **p >= '0' && **p <= '9'; ++*p)
		x = MIN(x * 10 + (**p - '0'), INT32_MAX);
	s->exponent += negative ? -x : x;
	return *p == end;
}

enum decimal_status
decimal_parse_as(struct str text, int precision, int scale, int128 *out)
{
	const char *p = text.p, *end = text.p + text.n;
	struct scan s;
	int128 x;

	if (!scan_digits(&s, &p, end) || !scan_exponent(&s, &p, end))
		return DECIMAL_NO_NUMBER;
	x = s.negative ? -(int128)s.u : (int128)s.u;
	if (s.exponent < -EXPONENT_MAX || x == 0) {
		*out = 0;
		return DECIMAL_OK;
	}
	if (s.exponent > 38)
		return DECIMAL_TOO_LARGE;
	if (s.exponent + scale == 0 && s.next >= '5')
		x += s.negative ? -1 : 1;       /* the tail beyond 38 digits */
	if (!decimal_rescale(x, (int)-s.exponent, scale, out) ||
	    !decimal_fits(*out, precision))
		return DECIMAL_TOO_LARGE;
	return DECIMAL_OK;
}
