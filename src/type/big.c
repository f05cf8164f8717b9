/* SPDX-License-Identifier: Apache-2.0
 * big.c - schoolbook arithmetic in base 10^9. */
#include "type/big.h"

#include <string.h>

#include "base/check.h"

static const uint32_t ten_to[] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, BIG_BASE };

static void
trim(struct big *x)
{
	while (x->n > 0 && x->v[x->n - 1] == 0)
		x->n--;
}

void
big_set(struct big *x, const uint32_t *limb, int n)
{
	CHECK(n <= BIG_LIMBS);
	memcpy(x->v, limb, sizeof(*limb) * (size_t)n);
	x->n = n;
	trim(x);
}

int
big_digits(const struct big *x)
{
	int d = 1;

	if (x->n == 0)
		return 0;
	while (d < 9 && x->v[x->n - 1] >= ten_to[d])
		d++;
	return (x->n - 1) * 9 + d;
}

int
big_compare(const struct big *x, const struct big *y)
{
	int i;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	for (i = x->n - 1; i >= 0; i--)
		if (x->v[i] != y->v[i])
			return x->v[i] < y->v[i] ? -1 : 1;
	return 0;
}

static void
push(struct big *x, uint32_t limb)
{
	CHECK(x->n < BIG_LIMBS);
	x->v[x->n++] = limb;
}

void
big_add(struct big *x, const struct big *y)
{
	uint32_t carry = 0;
	int i;

	while (x->n < y->n)
		push(x, 0);
	for (i = 0; i < x->n; i++) {
		carry += x->v[i] + (i < y->n ? y->v[i] : 0);
		x->v[i] = carry % BIG_BASE;
		carry /= BIG_BASE;
	}
	if (carry > 0)
		push(x, carry);
}

void
big_subtract(struct big *x, const struct big *y)
{
	int32_t borrow = 0;
	int i;

	for (i = 0; i < x->n; i++) {
		borrow += (int32_t)x->v[i] -
		    (i < y->n ? (int32_t)y->v[i] : 0);
		x->v[i] = (uint32_t)(borrow < 0 ? borrow + BIG_BASE : borrow);
		borrow = borrow < 0 ? -1 : 0;
	}
	CHECK(borrow == 0);
	trim(x);
}

static uint32_t
multiply_small(uint32_t *v, int n, uint32_t by)
{
	uint64_t carry = 0;
	int i;

	for (i = 0; i < n; i++) {
		carry += (uint64_t)v[i] * by;
		v[i] = (uint32_t)(carry % BIG_BASE);
		carry /= BIG_BASE;
	}
	return (uint32_t)carry;
}

static uint32_t
divide_small(uint32_t *v, int n, uint32_t by)
{
	uint64_t r = 0;
	int i;

	for (i = n - 1; i >= 0; i--) {
		r = r * BIG_BASE + v[i];
		v[i] = (uint32_t)(r / by);
		r %= by;
	}
	return (uint32_t)r;
}

void
big_multiply(const struct big *x, const struct big *y, struct big *out)
{
	int i, j;

	CHECK(x->n + y->n <= BIG_LIMBS);
	memset(out->v, 0, sizeof(out->v[0]) * (size_t)(x->n + y->n));
	for (i = 0; i < x->n; i++) {
		uint64_t carry = 0;

		for (j = 0; j < y->n; j++) {
			carry += (uint64_t)x->v[i] * y->v[j] + out->v[i + j];
			out->v[i + j] = (uint32_t)(carry % BIG_BASE);
			carry /= BIG_BASE;
		}
		out->v[i + j] = (uint32_t)carry;
	}
	out->n = x->n + y->n;
	trim(out);
}

void
big_shift(struct big *x, int k)
{
	uint32_t carry;

	if (x->n == 0)
		return;
	CHECK(x->n + k / 9 + 1 <= BIG_LIMBS);
	carry = multiply_small(x->v, x->n, ten_to[k % 9]);
	if (carry > 0)
		push(x, carry);
	memmove(x->v + k / 9, x->v, sizeof(x->v[0]) * (size_t)x->n);
	memset(x->v, 0, sizeof(x->v[0]) * (size_t)(k / 9));
	x->n += k / 9;
}

void
big_unshift(struct big *x, int k, int *half)
{
	uint32_t cut = 0, unit = ten_to[k % 9];
	bool below = false;     /* anything under the highest cut limb */
	int limbs = k / 9, i;

	if (limbs > x->n) {
		*half = x->n == 0 ? -2 : -1;
		x->n = 0;
		return;
	}
	for (i = 0; i + 1 < limbs; i++)
		below |= x->v[i] != 0;
	if (limbs > 0)
		cut = x->v[limbs - 1];
	memmove(x->v, x->v + limbs, sizeof(x->v[0]) * (size_t)(x->n - limbs));
	x->n -= limbs;
	if (k % 9 != 0) {
		below |= cut != 0;
		cut = divide_small(x->v, x->n, unit);
	} else {
		unit = BIG_BASE;
	}
	trim(x);
	if (cut == 0 && !below)
		*half = -2;
	else if (cut * 2 == unit)
		*half = below;
	else
		*half = cut * 2 > unit ? 1 : -1;
}

/* Knuth's algorithm D for two limbs or more of divisor. */
static void
divide_long(struct big *x, const struct big *divisor, struct big *quotient)
{
	uint32_t scale = BIG_BASE / (divisor->v[divisor->n - 1] + 1), carry;
	struct big y = *divisor;
	int i, j, n = y.n, m = x->n - n;

	multiply_small(y.v, n, scale);
	carry = multiply_small(x->v, x->n, scale);
	push(x, carry);
	for (j = m; j >= 0; j--) {
		uint64_t top = (uint64_t)x->v[j + n] * BIG_BASE +
		    x->v[j + n - 1];
		uint64_t q = top / y.v[n - 1], r = top % y.v[n - 1];
		int64_t borrow = 0;

		while (q >= BIG_BASE || q * y.v[n - 2] >
		    r * BIG_BASE + x->v[j + n - 2]) {
			q--;
			r += y.v[n - 1];
			if (r >= BIG_BASE)
				break;
		}
		for (i = 0; i <= n; i++) {
			borrow += (int64_t)x->v[i + j] -
			    (int64_t)(i < n ? q * y.v[i] : 0);
			x->v[i + j] = (uint32_t)(((borrow % BIG_BASE) +
			    BIG_BASE) % BIG_BASE);
			borrow = (borrow - (int64_t)x->v[i + j]) / BIG_BASE;
		}
		if (borrow < 0) {
			uint32_t c = 0;

			q--;
			for (i = 0; i <= n; i++) {
				c += x->v[i + j] + (i < n ? y.v[i] : 0);
				x->v[i + j] = c % BIG_BASE;
				c /= BIG_BASE;
			}
		}
		if (quotient != NULL)
			quotient->v[j] = (uint32_t)q;
	}
	if (quotient != NULL) {
		quotient->n = m + 1;
		trim(quotient);
	}
	x->n = n;
	divide_small(x->v, n, scale);
	trim(x);
}

void
big_divide(struct big *x, const struct big *y, struct big *quotient)
{
	CHECK(y->n > 0);
	if (big_compare(x, y) < 0) {
		if (quotient != NULL)
			quotient->n = 0;
	} else if (y->n == 1) {
		uint32_t r = divide_small(x->v, x->n, y->v[0]);

		trim(x);
		if (quotient != NULL)
			*quotient = *x;
		x->v[0] = r;
		x->n = r != 0;
	} else {
		divide_long(x, y, quotient);
	}
}

void
big_increment(struct big *x)
{
	static const struct big one = { .n = 1, .v = { 1 } };

	big_add(x, &one);
}

int
big_strip(struct big *x)
{
	int zeros = 0, limbs = 0, k;

	if (x->n == 0)
		return 0;
	while (x->v[limbs] == 0)
		limbs++;
	if (limbs > 0) {
		memmove(x->v, x->v + limbs,
		    sizeof(x->v[0]) * (size_t)(x->n - limbs));
		x->n -= limbs;
	}
	for (k = 0; x->v[0] % ten_to[k + 1] == 0; k++)
		continue;
	if (k > 0)
		divide_small(x->v, x->n, ten_to[k]);
	trim(x);
	zeros = limbs * 9 + k;
	return zeros;
}

size_t
big_print(char *to, const struct big *x)
{
	int digits = big_digits(x), i, pos = digits;

	if (digits == 0) {
		*to = '0';
		return 1;
	}
	for (i = 0; i < x->n; i++) {
		uint32_t limb = x->v[i];
		int k;

		for (k = 0; k < 9 && pos > 0; k++) {
			to[--pos] = (char)('0' + limb % 10);
			limb /= 10;
		}
	}
	return (size_t)digits;
}
