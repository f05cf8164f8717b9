/* SPDX-License-Identifier: Apache-2.0
 * float_varchar.c - the digits of CAST(x AS varchar).
 *
 * Trino formats through Java's DecimalFormat, whose digits are those of the
 * old Double.toString: mostly, but not always, the shortest (1E23 becomes
 * 9.999999999999999E22, 2^63 - 1024 becomes 9.2233720368547748E18).  To give
 * the same texts that algorithm (Steele and White's, with a symmetric stop
 * test) is followed here step by step, on plain big integers. */
#include "type/float.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* 40 * 32 bits hold 10^324 with all the shifts that occur. */
enum { LIMBS = 44, MAX_DIGITS = 24 };

struct big {
	uint32_t v[LIMBS];      /* low first */
	int n;
};

struct digits {
	char v[MAX_DIGITS];
	int n;
	int exponent;           /* of the first digit */
};

static void
big_trim(struct big *b)
{
	while (b->n > 0 && b->v[b->n - 1] == 0)
		b->n--;
}

static void
big_multiply(struct big *b, uint32_t by)
{
	uint64_t carry = 0;
	int i;

	for (i = 0; i < b->n; i++) {
		carry += (uint64_t)b->v[i] * by;
		b->v[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0) {
		CHECK(b->n < LIMBS);
		b->v[b->n++] = (uint32_t)carry;
	}
}

static void
big_shift(struct big *b, int bits)
{
	int limbs = bits / 32, i;

	big_multiply(b, 1u << bits % 32);
	CHECK(b->n + limbs <= LIMBS);
	for (i = b->n - 1; i >= 0; i--)
		b->v[i + limbs] = b->v[i];
	for (i = 0; i < limbs; i++)
		b->v[i] = 0;
	b->n += limbs;
	big_trim(b);
}

/* x 5^fives 2^twos */
static struct big
big_make(uint64_t x, int fives, int twos)
{
	struct big b = { .v = { (uint32_t)x, (uint32_t)(x >> 32) }, .n = 2 };

	big_trim(&b);
	for (; fives >= 13; fives -= 13)
		big_multiply(&b, 1220703125);
	for (; fives > 0; fives--)
		big_multiply(&b, 5);
	big_shift(&b, twos);
	return b;
}

static int
big_compare(const struct big *a, const struct big *b)
{
	int i;

	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (i = a->n - 1; i >= 0; i--)
		if (a->v[i] != b->v[i])
			return a->v[i] < b->v[i] ? -1 : 1;
	return 0;
}

static void
big_add(struct big *a, const struct big *b)
{
	uint64_t carry = 0;
	int i, n = MAX(a->n, b->n);

	for (i = 0; i < n; i++) {
		carry += (uint64_t)(i < a->n ? a->v[i] : 0) +
		    (i < b->n ? b->v[i] : 0);
		a->v[i] = (uint32_t)carry;
		carry >>= 32;
	}
	a->n = n;
	if (carry != 0) {
		CHECK(a->n < LIMBS);
		a->v[a->n++] = (uint32_t)carry;
	}
}

static void
big_subtract(struct big *a, const struct big *b)
{
	int64_t borrow = 0;
	int i;

	for (i = 0; i < a->n; i++) {
		borrow += (int64_t)a->v[i] - (i < b->n ? b->v[i] : 0);
		a->v[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	big_trim(a);
}

/* The quotient (0..9) of a / b; a becomes 10 * remainder. */
static int
big_next_digit(struct big *a, const struct big *b)
{
	int q = 0;

	while (big_compare(a, b) >= 0) {
		big_subtract(a, b);
		q++;
	}
	big_multiply(a, 10);
	return q;
}

static void
round_up(struct digits *d)
{
	int i = d->n - 1;

	while (i >= 0 && d->v[i] == '9')
		d->v[i--] = '0';
	if (i >= 0) {
		d->v[i]++;
	} else {
		d->v[0] = '1';
		d->exponent++;
	}
}

/* Integers that 64 bits hold: their digits, less those that the mantissa
 * cannot tell apart. */
static void
long_digits(struct digits *d, uint64_t x, int insignificant)
{
	uint64_t pow = 1;
	int i;

	for (i = 0; i < insignificant; i++)
		pow *= 10;
	x = x / pow + (insignificant > 0 && x % pow >= pow / 2);
	d->n = snprintf(d->v, sizeof(d->v), "%llu", (unsigned long long)x);
	d->exponent = d->n - 1 + insignificant;
}

/* How many decimal digits are lost in 2^p. */
static int
insignificant_digits(int p)
{
	return p > 1 && p < 64 ? (int)(p * 30103L / 100000) : 0;
}

static int
estimate_exponent(uint64_t mantissa, int exponent)
{
	uint64_t bits = (mantissa & ((UINT64_C(1) << 52) - 1)) |
	    UINT64_C(0x3ff0000000000000);
	double d;

	memcpy(&d, &bits, sizeof(d));
	return (int)floor((d - 1.5) * 0.289529654 + 0.176091259 +
	    exponent * 0.301029995663981);
}

static int
bits_of_5(int n)
{
	if (n == 0)
		return 0;
	return n < 27 ? (int)(n * 2.321928094887362) + 1 : n * 3;
}

struct scale {
	int b2, b5, s2, s5, m2, m5, exponent;
	bool small;             /* all of it fits 64 bits */
};

/* B / S is the value over 10^exponent, M half a unit in its last place. */
static struct scale
make_scale(uint64_t mantissa, int exponent, int significant, int zeros)
{
	int fraction_bits = 53 - zeros;
	int tiny = MAX(0, fraction_bits - exponent - 1);
	int decimal = estimate_exponent(mantissa, exponent);
	struct scale s = { .exponent = decimal };
	int common;

	s.b5 = s.m5 = MAX(0, -decimal);
	s.b2 = s.b5 + tiny + exponent;
	s.s5 = MAX(0, decimal);
	s.s2 = s.s5 + tiny;
	s.m2 = s.b2 - significant;
	s.b2 -= fraction_bits - 1;
	common = MIN(s.b2, s.s2);
	s.b2 -= common;
	s.s2 -= common;
	s.m2 -= common;
	if (fraction_bits == 1)
		s.m2--;
	if (s.m2 < 0) {
		s.b2 -= s.m2;
		s.s2 -= s.m2;
		s.m2 = 0;
	}
	s.small = fraction_bits + s.b2 + bits_of_5(s.b5) < 64 &&
	    s.s2 + 1 + bits_of_5(s.s5 + 1) < 64;
	return s;
}

/* Is b below m (low), does b + m reach tens (high)? */
static void
stop_test(const struct big *b, const struct big *m, const struct big *tens,
    bool small, bool end[2])
{
	struct big sum = *b;
	int c;

	big_add(&sum, m);
	c = big_compare(&sum, tens);
	end[0] = big_compare(b, m) < 0;
	end[1] = small ? c > 0 : c >= 0;
}

static void
big_digits(struct digits *d, uint64_t mantissa, int exponent, int significant)
{
	int zeros = __builtin_ctzll(mantissa), q;
	struct scale s = make_scale(mantissa, exponent, significant, zeros);
	struct big b = big_make(mantissa >> zeros, s.b5, s.b2);
	struct big unit = big_make(1, s.s5, s.s2);
	struct big m = big_make(1, s.m5, s.m2);
	struct big tens = unit;
	bool end[2];

	big_multiply(&tens, 10);
	q = big_next_digit(&b, &unit);
	big_multiply(&m, 10);
	stop_test(&b, &m, &tens, s.small, end);
	if (q == 0 && !end[1])
		s.exponent--;
	else
		d->v[d->n++] = (char)('0' + q);
	/* Outside this range there are always two digits. */
	if (s.exponent < -3 || s.exponent >= 8)
		end[0] = end[1] = false;
	while (!end[0] && !end[1]) {
		q = big_next_digit(&b, &unit);
		big_multiply(&m, 10);
		stop_test(&b, &m, &tens, s.small, end);
		CHECK(d->n < MAX_DIGITS);
		d->v[d->n++] = (char)('0' + q);
	}
	d->exponent = s.exponent;
	if (!end[1])
		return;
	if (end[0]) {
		int c;

		big_shift(&b, 1);
		c = big_compare(&b, &tens);
		if (c < 0 || (c == 0 && (d->v[d->n - 1] & 1) == 0))
			return;
	}
	round_up(d);
}

static void
find_digits(struct digits *d, double x)
{
	uint64_t bits, mantissa;
	int exponent, significant = 53, fraction_bits, tiny;

	memcpy(&bits, &x, sizeof(bits));
	mantissa = bits & ((UINT64_C(1) << 52) - 1);
	exponent = (int)(bits >> 52 & 0x7ff);
	if (exponent == 0) {
		int shift = __builtin_clzll(mantissa) - 11;

		mantissa <<= shift;
		exponent = 1 - shift;
		significant = 53 - shift;
	} else {
		mantissa |= UINT64_C(1) << 52;
	}
	exponent -= 1023;
	fraction_bits = 53 - __builtin_ctzll(mantissa);
	tiny = MAX(0, fraction_bits - exponent - 1);
	if (tiny == 0 && exponent <= 62)
		long_digits(d, exponent >= 52 ? mantissa << (exponent - 52)
		    : mantissa >> (52 - exponent), exponent > significant
		    ? insignificant_digits(exponent - significant - 1) : 0);
	else
		big_digits(d, mantissa, exponent, significant);
	while (d->n > 1 && d->v[d->n - 1] == '0')
		d->n--;
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
	else if (d == 0)
		sbuf_addz(to, "0E0");
	return isinf(d) || d == 0;
}

static void
print_scientific(struct sbuf *to, const struct digits *d)
{
	sbuf_addc(to, d->v[0]);
	sbuf_addc(to, '.');
	if (d->n > 1)
		sbuf_add(to, d->v + 1, (size_t)d->n - 1);
	else
		sbuf_addc(to, '0');
	sbuf_addf(to, "E%d", d->exponent);
}

void
double_print_varchar(struct sbuf *to, double x)
{
	struct digits d = { .n = 0 };

	if (print_special(to, x))
		return;
	find_digits(&d, fabs(x));
	print_scientific(to, &d);
}

/* The double nearest to the shortest digits of the real, rounded to seven
 * digits; a tie goes up when the value is a 64-bit integer, else to even. */
void
real_print_varchar(struct sbuf *to, float f)
{
	struct digits d = { .n = 1 };
	struct sbuf shortest = { 0 };
	double nearest = 0;
	char text[64];
	bool even;

	if (print_special(to, f))
		return;
	real_print(&shortest, fabsf(f));
	double_parse(sbuf_str(&shortest), &nearest);
	sbuf_release(&shortest);
	snprintf(text, sizeof(text), "%.40e", nearest);
	d.exponent = atoi(text + 43);
	d.v[0] = text[0];
	memcpy(d.v + 1, text + 2, 6);
	d.n = 7;
	even = text[8] == '5' && strspn(text + 9, "0") == 33;
	if (even && (nearest >= 0x1p63 || nearest != floor(nearest)))
		even = (text[7] & 1) == 0;
	else
		even = false;
	if (text[8] >= '5' && !even)
		round_up(&d);
	while (d.n > 1 && d.v[d.n - 1] == '0')
		d.n--;
	print_scientific(to, &d);
}
