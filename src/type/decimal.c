/* SPDX-License-Identifier: Apache-2.0
 * decimal.c - exact arithmetic of 128-bit decimals.
 *
 * Every result is checked against 10^38, so that operands and results always
 * fit 127 bits; only products and scaled dividends can need more, and those
 * take the slow ways below. */
#include "type/decimal.h"

#include "base/check.h"

#define TEN18 INT64_C(1000000000000000000)
#define UTEN19 UINT64_C(10000000000000000000)

const int64_t decimal_pow10_64[19] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000,
	100000000000000000, TEN18,
};

const double decimal_pow10_double[23] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

#define P(n) ((int128)TEN18 * (n))
static const int128 ten_to[39] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000,
	100000000000000000, P(1), P(10), P(100), P(1000), P(10000), P(100000),
	P(1000000), P(10000000), P(100000000), P(1000000000), P(10000000000),
	P(100000000000), P(1000000000000), P(10000000000000),
	P(100000000000000), P(1000000000000000), P(10000000000000000),
	P(100000000000000000), P(TEN18), P(TEN18) * 10, P(TEN18) * 100,
};

static uint128
magnitude(int128 x)
{
	return x < 0 ? -(uint128)x : (uint128)x;
}

/* The signed value of a magnitude; false beyond 38 digits. */
static bool
finish(uint128 u, bool negative, int128 *out)
{
	if (u >= (uint128)ten_to[38])
		return false;
	*out = negative ? -(int128)u : (int128)u;
	return true;
}

int128
decimal_pow10(int n)
{
	CHECK(n >= 0 && n <= 38);
	return ten_to[n];
}

bool
decimal_fits(int128 x, int precision)
{
	return x < ten_to[precision] && x > -ten_to[precision];
}

void
decimal_result(char op, const struct type *x, const struct type *y,
    int *precision, int *scale)
{
	int p1 = x->precision, s1 = x->scale, p2 = y->precision, s2 = y->scale;
	int s, digits;

	switch (op) {
	case '+':
	case '-':
		s = MAX(s1, s2);
		digits = MAX(p1 - s1, p2 - s2);
		if (digits + s + 1 <= DECIMAL_MAX_PRECISION) {
			*precision = digits + s + 1;
			*scale = s;
			return;
		}
		*precision = DECIMAL_MAX_PRECISION;
		*scale = MIN(s, DECIMAL_MAX_PRECISION - digits);
		return;
	case '*':
		s = s1 + s2;
		digits = p1 + p2 - s;
		break;
	case '/':
		s = MAX(6, s1 + p2 + 1);
		digits = p1 - s1 + s2;
		break;
	default:
		CHECK(op == '%');
		s = MAX(s1, s2);
		*precision = MAX(1, MIN(DECIMAL_MAX_PRECISION,
		    MIN(p1 - s1, p2 - s2) + s));
		*scale = s;
		return;
	}
	if (digits + s > DECIMAL_MAX_PRECISION)
		s = MAX(MIN(s, 6), DECIMAL_MAX_PRECISION - digits);
	*precision = MIN(digits + s, DECIMAL_MAX_PRECISION);
	*scale = s;
}

/* u / 10^n rounded half up. */
static uint128
shrink(uint128 u, int n)
{
	uint128 q, r;

	if (n == 0)
		return u;
	if (n > 38)
		return 0;
	q = u / (uint128)ten_to[n];
	r = u % (uint128)ten_to[n];
	return q + (r >= (uint128)ten_to[n] >> 1);
}

bool
decimal_rescale(int128 x, int from_scale, int to_scale, int128 *out)
{
	int n = to_scale - from_scale;

	if (n > 38) {
		*out = 0;
		return x == 0;
	}
	if (n >= 0)
		return !__builtin_mul_overflow(x, ten_to[n], out) &&
		    decimal_fits(*out, 38);
	return finish(shrink(magnitude(x), -n), x < 0, out);
}

bool
decimal_add(int128 x, int xs, int128 y, int ys, int128 *out)
{
	return decimal_add_to(x, xs, y, ys, MAX(xs, ys), out);
}

bool
decimal_subtract(int128 x, int xs, int128 y, int ys, int128 *out)
{
	return decimal_add_to(x, xs, -y, ys, MAX(xs, ys), out);
}

/* Only the operand of the greater scale can lose digits, for the other one's
 * integer digits are what leaves no room.  Its tail is cut off by flooring,
 * added last, and decides the rounding of the exact sum. */
static bool
add_rounded(int128 fine, int drop, int128 coarse, int128 *out)
{
	int128 q, r, half;

	if (drop > 38)
		return false;
	q = fine / ten_to[drop];
	r = fine % ten_to[drop];
	half = ten_to[drop] >> 1;
	if (r < 0) {
		r += ten_to[drop];
		q--;
	}
	if (__builtin_add_overflow(q, coarse, out))
		return false;
	/* The exact sum is *out + r / 10^drop with 0 <= r. */
	if (r > half || (r == half && *out >= 0))
		++*out;
	return decimal_fits(*out, 38);
}

bool
decimal_add_to(int128 x, int xs, int128 y, int ys, int rs, int128 *out)
{
	if (xs == rs && ys == rs) {
		*out = x + y;
		return decimal_fits(*out, 38);
	}
	if (xs > rs) {
		if (!decimal_rescale(y, ys, rs, &y))
			return false;
		return add_rounded(x, xs - rs, y, out);
	}
	if (ys > rs) {
		if (!decimal_rescale(x, xs, rs, &x))
			return false;
		return add_rounded(y, ys - rs, x, out);
	}
	if (!decimal_rescale(x, xs, rs, &x) || !decimal_rescale(y, ys, rs, &y))
		return false;
	*out = x + y;
	return decimal_fits(*out, 38);
}

bool
decimal_multiply(int128 x, int128 y, int128 *out)
{
	if (x == (int64_t)x && y == (int64_t)y) {
		*out = (int128)(int64_t)x * (int64_t)y;
		return decimal_fits(*out, 38);
	}
	return !__builtin_mul_overflow(x, y, out) && decimal_fits(*out, 38);
}

/* limb[4] (low first) by a 64-bit divisor, in place; the remainder. */
static uint64_t
divide_limbs(uint64_t *limb, uint64_t divisor)
{
	uint128 r = 0;
	int i;

	for (i = 3; i >= 0; i--) {
		uint128 part = r << 64 | limb[i];

		limb[i] = (uint64_t)(part / divisor);
		r = part % divisor;
	}
	return (uint64_t)r;
}

static void
multiply_limbs(uint128 x, uint128 y, uint64_t limb[4])
{
	uint64_t a[2] = { (uint64_t)x, (uint64_t)(x >> 64) };
	uint64_t b[2] = { (uint64_t)y, (uint64_t)(y >> 64) };
	int i, j;

	memset(limb, 0, 4 * sizeof(*limb));
	for (i = 0; i < 2; i++) {
		uint64_t carry = 0;

		for (j = 0; j < 2; j++) {
			uint128 t = (uint128)a[i] * b[j] + limb[i + j] + carry;

			limb[i + j] = (uint64_t)t;
			carry = (uint64_t)(t >> 64);
		}
		limb[i + 2] = carry;
	}
}

bool
decimal_multiply_to(int128 x, int128 y, int drop, int128 *out)
{
	bool negative = (x < 0) != (y < 0), up = false;
	uint64_t limb[4];
	int128 exact;
	uint128 u;

	if (!__builtin_mul_overflow(x, y, &exact))
		return finish(shrink(magnitude(exact), drop), negative, out);
	multiply_limbs(magnitude(x), magnitude(y), limb);
	while (drop > 0) {
		int n = MIN(drop, 18);
		uint64_t pow = (uint64_t)decimal_pow10_64[n];

		/* The last remainder alone tells which half it is. */
		up = divide_limbs(limb, pow) >= pow >> 1;
		drop -= n;
	}
	if (limb[2] != 0 || limb[3] != 0)
		return false;
	u = (uint128)limb[1] << 64 | limb[0];
	if (u >= (uint128)ten_to[38])
		return false;
	return finish(u + up, negative, out);
}

/* One more decimal digit of r / y, where 10 r may not fit: Horner over the
 * bits of ten, reducing as it goes. */
static unsigned
next_digit(uint128 *r, uint128 y)
{
	static const uint8_t ten[] = { 1, 0, 1, 0 };
	unsigned digit = 0;
	uint128 acc = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ten); i++) {
		acc <<= 1;
		digit <<= 1;
		if (acc >= y) {
			acc -= y;
			digit++;
		}
		if (!ten[i])
			continue;
		acc += *r;
		if (acc >= y) {
			acc -= y;
			digit++;
		}
	}
	*r = acc;
	return digit;
}

/* *q = *q 10^n + (*r 10^n / y), *r = the remainder; false on overflow. */
static bool
extend_quotient(uint128 *q, uint128 *r, uint128 y, int n)
{
	while (n > 0) {
		int step = n > 18 ? 18 : n;
		uint128 digits;

		while (step > 1 && y > ~(uint128)0 / (uint128)ten_to[step])
			step--;
		if (*q >= (uint128)ten_to[38 - step])
			return false;
		if (y > ~(uint128)0 / 10) {
			digits = next_digit(r, y);
		} else {
			uint128 scaled = *r * (uint128)ten_to[step];

			digits = scaled / y;
			*r = scaled % y;
		}
		*q = *q * (uint128)ten_to[step] + digits;
		n -= step;
	}
	return true;
}

bool
decimal_divide(int128 x, int xs, int128 y, int ys, int rs, int128 *out)
{
	int shift = rs + ys - xs;
	uint128 ux = magnitude(x), uy = magnitude(y), q, r;
	bool negative = (x < 0) != (y < 0);

	CHECK(y != 0);
	if (shift < 0) {
		/* x / (y 10^-shift): x is below half of a divisor that does
		 * not fit. */
		uint128 wide;

		if (-shift > 38 || __builtin_mul_overflow(uy,
		    (uint128)ten_to[-shift], &wide)) {
			*out = 0;
			return true;
		}
		uy = wide;
		shift = 0;
	}
	if (shift <= 38 &&
	    !__builtin_mul_overflow(ux, (uint128)ten_to[shift], &q)) {
		r = q % uy;
		q /= uy;
	} else {
		q = ux / uy;
		r = ux % uy;
		if (!extend_quotient(&q, &r, uy, shift))
			return false;
	}
	return finish(q + (r >= uy - r), negative, out);
}

bool
decimal_modulus(int128 x, int xs, int128 y, int ys, int128 *out)
{
	uint128 ux = magnitude(x), uy = magnitude(y), r;
	uint128 ignored = 0;

	CHECK(y != 0);
	if (xs >= ys) {
		if (__builtin_mul_overflow(uy, (uint128)ten_to[xs - ys], &uy))
			r = ux;
		else
			r = ux % uy;
	} else {
		int n;

		r = ux % uy;
		for (n = ys - xs; n > 0; n--) {
			ignored = 0;
			extend_quotient(&ignored, &r, uy, 1);
		}
	}
	return finish(r, x < 0, out);
}

int
decimal_compare(int128 x, int xs, int128 y, int ys)
{
	int128 scaled;

	if (xs == ys)
		return (x > y) - (x < y);
	if (xs < ys) {
		/* What does not fit is greater than all that does. */
		if (__builtin_mul_overflow(x, ten_to[ys - xs], &scaled))
			return x < 0 ? -1 : 1;
		return (scaled > y) - (scaled < y);
	}
	if (__builtin_mul_overflow(y, ten_to[xs - ys], &scaled))
		return y < 0 ? 1 : -1;
	return (x > scaled) - (x < scaled);
}
