/* SPDX-License-Identifier: Apache-2.0
 * number_text.c - NUMBER to and from text and the other numeric types. */
#include "type/number.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "type/big.h"
#include "type/float.h"
#include "type/integer.h"
#include "type/text.h"

/* Room for [-]d.ddd and the exponent, or for plain digits with zeros. */
static size_t
write_big_decimal(char *to, bool negative, struct str digits, int64_t scale)
{
	int64_t n = (int64_t)digits.n, exponent = n - 1 - scale;
	char *p = to;

	if (negative)
		*p++ = '-';
	if (scale >= 0 && exponent >= -6) {
		int64_t whole = n - scale;

		if (whole <= 0) {
			*p++ = '0';
			*p++ = '.';
			for (; whole < 0; whole++)
				*p++ = '0';
			memcpy(p, digits.p, digits.n);
			return (size_t)(p + n - to);
		}
		memcpy(p, digits.p, (size_t)whole);
		p += whole;
		if (scale > 0) {
			*p++ = '.';
			memcpy(p, digits.p + whole, (size_t)scale);
			p += scale;
		}
		return (size_t)(p - to);
	}
	*p++ = digits.p[0];
	if (n > 1) {
		*p++ = '.';
		memcpy(p, digits.p + 1, digits.n - 1);
		p += n - 1;
	}
	*p++ = 'E';
	*p++ = exponent < 0 ? '-' : '+';
	exponent = exponent < 0 ? -exponent : exponent;
	{
		char tail[20];
		int k = 0;

		do {
			tail[k++] = (char)('0' + exponent % 10);
			exponent /= 10;
		} while (exponent > 0);
		while (k > 0)
			*p++ = tail[--k];
	}
	return (size_t)(p - to);
}

void
big_decimal_print(struct sbuf *to, bool negative, struct str digits,
    int64_t scale)
{
	to->n += write_big_decimal(sbuf_reserve(to, digits.n + 32), negative,
	    digits, scale);
}

size_t
number_write(char *to, const struct number *x)
{
	char digits[NUMBER_LIMBS * 9];
	struct str text = STR("NaN");
	struct big b;

	if (x->kind == NUMBER_INFINITE)
		text = x->negative ? STR("-Infinity") : STR("+Infinity");
	if (x->kind != NUMBER_FINITE) {
		memcpy(to, text.p, text.n);
		return text.n;
	}
	big_set(&b, x->limb, x->n);
	return write_big_decimal(to, x->negative,
	    (struct str){ digits, big_print(digits, &b) }, x->scale);
}

void
number_print(struct sbuf *to, const struct number *x)
{
	to->n += number_write(sbuf_reserve(to, NUMBER_TEXT_MAX), x);
}

/* Collects digits nine at a time; those beyond 210 only count. */
struct collector {
	uint32_t limb[NUMBER_LIMBS + 2];        /* high first */
	int n, in_last, used;
	int64_t dropped;
	bool tail;              /* a dropped one was not zero */
};

static void
collect(struct collector *c, int digit)
{
	if (c->used == 0 && digit == 0)
		return;
	if (c->used == NUMBER_MAX_DIGITS + 10) {
		c->dropped++;
		c->tail |= digit != 0;
		return;
	}
	if (c->in_last % 9 == 0) {
		c->limb[c->n++] = 0;
		c->in_last = 0;
	}
	c->limb[c->n - 1] = c->limb[c->n - 1] * 10 + (uint32_t)digit;
	c->in_last++;
	c->used++;
}

/* The collected digits times 10^-scale, rounded to 200 digits. */
static bool
collected(struct collector *c, bool negative, int64_t scale,
    struct number *out)
{
	struct big b = { .n = 0 }, last;
	int i, digits, half;

	for (i = 0; i < c->n; i++) {
		big_shift(&b, i == c->n - 1 ? c->in_last : 9);
		big_set(&last, &c->limb[i], 1);
		big_add(&b, &last);
	}
	scale -= c->dropped;
	digits = big_digits(&b);
	if (digits > NUMBER_MAX_DIGITS) {
		big_unshift(&b, digits - NUMBER_MAX_DIGITS, &half);
		scale -= digits - NUMBER_MAX_DIGITS;
		if (half >= 0)
			big_increment(&b);
	}
	*out = (struct number){ .kind = NUMBER_FINITE };
	if (b.n == 0)
		return true;
	scale -= big_strip(&b);
	if (scale > NUMBER_MAX_SCALE || scale < NUMBER_MIN_SCALE)
		return false;
	out->negative = negative;
	out->scale = (int)scale;
	out->n = b.n;
	memcpy(out->limb, b.v, sizeof(b.v[0]) * (size_t)b.n);
	return true;
}

/* [+-]digits at *p up to the end */
static bool
parse_exponent(const char *p, const char *end, int64_t *out)
{
	bool negative = false;
	int64_t x = 0;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p == end)
		return false;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		x = MIN(x * 10 + (*p - '0'), INT32_MAX);
	}
	*out = negative ? -x : x;
	return true;
}

bool
number_parse(struct str text, struct number *out)
{
	struct str s = java_trim(text);
	const char *p = s.p, *end = s.p + s.n;
	struct collector c = { .n = 0 };
	bool negative = false, any = false, point = false;
	int64_t scale = 0, exponent = 0;

	*out = (struct number){ .kind = NUMBER_FINITE };
	if (str_eq(s, STR("NaN"))) {
		out->kind = NUMBER_NAN;
		return true;
	}
	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (str_eq((struct str){ p, (size_t)(end - p) }, STR("Infinity"))) {
		out->kind = NUMBER_INFINITE;
		out->negative = negative;
		return true;
	}
	while (p < end) {
		int digit, n;

		if (*p == '.' && !point) {
			point = true;
			p++;
			continue;
		}
		digit = unicode_digit(p, end, &n);
		if (digit < 0)
			break;
		p += n;
		any = true;
		scale += point;
		collect(&c, digit);
	}
	if (any && p < end && (*p == 'e' || *p == 'E'))
		any = parse_exponent(p + 1, end, &exponent);
	else
		any &= p == end;
	return any && collected(&c, negative, scale - exponent, out);
}

void
number_load(struct str value, struct number *out)
{
	if (!number_parse(value, out))
		*out = (struct number){ .kind = NUMBER_NAN };
}

static void
from_digits(uint128 u, bool negative, int scale, struct number *out)
{
	struct collector c = { .n = 0 };
	char digit[40];
	int n = 0;

	for (; u > 0; u /= 10)
		digit[n++] = (char)(u % 10);
	while (n > 0)
		collect(&c, digit[--n]);
	collected(&c, negative, scale, out);
}

void
number_from_int128(int128 x, int scale, struct number *out)
{
	from_digits(x < 0 ? -(uint128)x : (uint128)x, x < 0, scale, out);
}

static void
from_float(double d, struct float_digits digits, struct number *out)
{
	if (isfinite(d)) {
		from_digits(digits.digits, d < 0, -digits.exponent, out);
		return;
	}
	*out = (struct number){ .kind = isnan(d) ? NUMBER_NAN
	    : NUMBER_INFINITE, .negative = d < 0 };
}

void
number_from_double(double d, struct number *out)
{
	from_float(d, isfinite(d) ? double_shortest(d)
	    : (struct float_digits){ 0 }, out);
}

void
number_from_real(float f, struct number *out)
{
	from_float(f, isfinite(f) ? real_shortest(f)
	    : (struct float_digits){ 0 }, out);
}

double
number_to_double(const struct number *x)
{
	char text[NUMBER_TEXT_MAX + 1];
	double d = 0;

	double_parse((struct str){ text, number_write(text, x) }, &d);
	return d;
}

float
number_to_real(const struct number *x)
{
	char text[NUMBER_TEXT_MAX + 1];
	float f = 0;

	real_parse((struct str){ text, number_write(text, x) }, &f);
	return f;
}

bool
number_to_int128(const struct number *x, int scale, int128 *out)
{
	struct number y = *x;
	uint128 u = 0;
	struct big b;
	int i;

	number_round(&y, scale, NUMBER_HALF_UP);
	if (y.kind != NUMBER_FINITE)
		return false;
	big_set(&b, y.limb, y.n);
	if (b.n > 0 && big_digits(&b) + scale - y.scale > 38)
		return false;
	big_shift(&b, b.n == 0 ? 0 : scale - y.scale);
	for (i = b.n - 1; i >= 0; i--)
		u = u * BIG_BASE + b.v[i];
	*out = y.negative ? -(int128)u : (int128)u;
	return true;
}
