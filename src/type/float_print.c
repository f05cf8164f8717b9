/* SPDX-License-Identifier: Apache-2.0
 * float_print.c - shortest digits by Schubfach (Raffaello Giulietti, "The
 * Schubfach way to render doubles"), and Java's layout of them.
 *
 * Like Java, a number whose shortest form has one digit may get a second one
 * when that is closer to the exact value (4.9E-324). */
#include "type/float.h"
#include "type/float_table.h"

#include <math.h>

#include "base/check.h"

static int
floor_log2_pow10(int e)
{
	return (e * 1741647) >> 19;
}

static uint64_t
round_to_odd64(const uint64_t *g, uint64_t c)
{
	unsigned __int128 x = (unsigned __int128)g[1] * c;
	unsigned __int128 y = (unsigned __int128)g[0] * c;

	y += (uint64_t)(x >> 64);
	return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

static uint32_t
round_to_odd32(uint64_t g, uint32_t c)
{
	unsigned __int128 p = (unsigned __int128)g * c;

	return (uint32_t)(p >> 64) | ((uint32_t)((uint64_t)p >> 32) > 1);
}

/* Four times the bounds of what rounds to the value and the value itself,
 * scaled so that the candidates are the integers around v / 4. */
struct interval {
	uint64_t lower, v, upper;
	int k;
};

static struct float_digits
choose(struct interval in)
{
	uint64_t s = in.v / 4;
	bool low, high;

	if (s >= 100) {
		uint64_t sp = s / 10;

		low = in.lower <= 40 * sp;
		high = 40 * sp + 40 <= in.upper;
		if (low != high)
			return (struct float_digits){ sp + high, in.k + 1 };
	}
	low = in.lower <= 4 * s;
	high = 4 * s + 4 <= in.upper;
	if (low == high)
		high = in.v > 4 * s + 2 || (in.v == 4 * s + 2 && (s & 1) != 0);
	return (struct float_digits){ s + high, in.k };
}

static struct float_digits
trim_zeros(struct float_digits d)
{
	while (d.digits != 0 && d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	return d;
}

struct float_digits
double_shortest(double d)
{
	struct float_digits out;
	uint64_t bits, fraction, c;
	int exponent, q, h, extra = 0;
	struct interval in;
	bool odd, closer;
	const uint64_t *g;

	memcpy(&bits, &d, sizeof(bits));
	fraction = bits & ((UINT64_C(1) << 52) - 1);
	exponent = (int)(bits >> 52 & 0x7ff);
	if (exponent == 0 && fraction == 0)
		return (struct float_digits){ 0, 0 };
	c = exponent != 0 ? fraction | UINT64_C(1) << 52 : fraction;
	q = (exponent != 0 ? exponent : 1) - 1075;
	if (exponent != 0 && q <= 0 && q > -53 &&
	    (c & ((UINT64_C(1) << -q) - 1)) == 0)
		return trim_zeros((struct float_digits){ c >> -q, 0 });
	if (exponent == 0 && c < 3) {
		c *= 10;
		extra = -1;
	}
	odd = (c & 1) != 0;
	closer = fraction == 0 && exponent > 1;
	in.k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
	h = q + floor_log2_pow10(-in.k) + 1;
	g = float_pow10[-in.k - FLOAT_POW10_MIN];
	in.lower = round_to_odd64(g, (4 * c - 2 + closer) << h) + odd;
	in.v = round_to_odd64(g, (4 * c) << h);
	in.upper = round_to_odd64(g, (4 * c + 2) << h) - odd;
	out = choose(in);
	out.exponent += extra;
	return trim_zeros(out);
}

struct float_digits
real_shortest(float f)
{
	struct float_digits out;
	uint32_t bits, fraction, c;
	int exponent, q, h, extra = 0;
	struct interval in;
	bool odd, closer;
	uint64_t g;

	memcpy(&bits, &f, sizeof(bits));
	fraction = bits & ((1u << 23) - 1);
	exponent = (int)(bits >> 23 & 0xff);
	if (exponent == 0 && fraction == 0)
		return (struct float_digits){ 0, 0 };
	c = exponent != 0 ? fraction | 1u << 23 : fraction;
	q = (exponent != 0 ? exponent : 1) - 150;
	if (exponent != 0 && q <= 0 && q > -24 && (c & ((1u << -q) - 1)) == 0)
		return trim_zeros((struct float_digits){ c >> -q, 0 });
	if (exponent == 0 && c < 8) {
		c *= 10;
		extra = -1;
	}
	odd = (c & 1) != 0;
	closer = fraction == 0 && exponent > 1;
	in.k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
	h = q + floor_log2_pow10(-in.k) + 1;
	g = float_pow10[-in.k - FLOAT_POW10_MIN][0];
	g += float_pow10[-in.k - FLOAT_POW10_MIN][1] != 0;
	in.lower = round_to_odd32(g, (4 * c - 2 + closer) << h) + odd;
	in.v = round_to_odd32(g, (4 * c) << h);
	in.upper = round_to_odd32(g, (4 * c + 2) << h) - odd;
	out = choose(in);
	out.exponent += extra;
	return trim_zeros(out);
}

static int
write_digits(char *to, uint64_t x)
{
	char digit[20];
	int n = 0, i;

	do {
		digit[n++] = (char)('0' + x % 10);
		x /= 10;
	} while (x != 0);
	for (i = 0; i < n; i++)
		to[i] = digit[n - 1 - i];
	return n;
}

/* Java: plain between 10^-3 and 10^7, else d.dddE±n; always a digit on both
 * sides of the point. */
static void
print_java(struct sbuf *to, struct float_digits d)
{
	char digit[24];
	int n = write_digits(digit, d.digits);
	int point = n + d.exponent;     /* digits before the point */
	int i;

	if (d.digits == 0) {
		sbuf_addz(to, "0.0");
	} else if (point > 7 || point <= -3) {
		sbuf_addc(to, digit[0]);
		sbuf_addc(to, '.');
		if (n > 1)
			sbuf_add(to, digit + 1, (size_t)n - 1);
		else
			sbuf_addc(to, '0');
		sbuf_addf(to, "E%d", point - 1);
	} else if (point <= 0) {
		sbuf_addz(to, "0.");
		for (i = point; i < 0; i++)
			sbuf_addc(to, '0');
		sbuf_add(to, digit, (size_t)n);
	} else {
		for (i = 0; i < point; i++)
			sbuf_addc(to, i < n ? digit[i] : '0');
		sbuf_addc(to, '.');
		if (n > point)
			sbuf_add(to, digit + point, (size_t)(n - point));
		else
			sbuf_addc(to, '0');
	}
}

static bool
print_special(struct sbuf *to, double d)
{
	if (isnan(d)) {
		sbuf_addz(to, "NaN");
		return true;
	}
	if (signbit(d))
		sbuf_addc(to, '-');
	if (isinf(d))
		sbuf_addz(to, "Infinity");
	return isinf(d);
}

void
double_print(struct sbuf *to, double d)
{
	if (!print_special(to, d))
		print_java(to, double_shortest(d));
}

void
real_print(struct sbuf *to, float f)
{
	if (!print_special(to, f))
		print_java(to, real_shortest(f));
}
