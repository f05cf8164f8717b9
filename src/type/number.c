/* SPDX-License-Identifier: Apache-2.0
 * number.c - NUMBER arithmetic. */
#include "type/number.h"

#include "base/check.h"
#include "type/big.h"

/* Digits of a quotient that are computed at most: rounding to 200 of them
 * sees no more. */
enum { QUOTIENT_DIGITS = 240, MIN_DIVISION_SCALE = 6 };

static const struct number nan_number = { .kind = NUMBER_NAN };

static void
load_big(const struct number *x, struct big *b)
{
	big_set(b, x->limb, x->n);
}

/* Rounds to 200 digits and strips zeros. */
static int
finish(struct big *b, bool negative, int64_t scale, struct number *out,
    struct err *e)
{
	int digits = big_digits(b), half;

	*out = (struct number){ .kind = NUMBER_FINITE };
	if (digits > NUMBER_MAX_DIGITS) {
		big_unshift(b, digits - NUMBER_MAX_DIGITS, &half);
		scale -= digits - NUMBER_MAX_DIGITS;
		if (half >= 0)
			big_increment(b);
	}
	if (b->n == 0)
		return 0;
	scale -= big_strip(b);
	if (scale > NUMBER_MAX_SCALE || scale < NUMBER_MIN_SCALE)
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Scale out of range: %lld", (long long)scale);
	out->negative = negative;
	out->scale = (int)scale;
	out->n = b->n;
	memcpy(out->limb, b->v, sizeof(out->limb[0]) * (size_t)b->n);
	return 0;
}

/* The exponent of the first digit, plus one. */
static int
adjusted(const struct number *x)
{
	struct big b;

	load_big(x, &b);
	return big_digits(&b) - x->scale;
}

/* |x| <=> |y|, both finite. */
static int
compare_magnitude(const struct number *x, const struct number *y)
{
	struct big a, b;
	int ax, ay;

	if (x->n == 0 || y->n == 0)
		return (x->n > 0) - (y->n > 0);
	ax = adjusted(x);
	ay = adjusted(y);
	if (ax != ay)
		return ax < ay ? -1 : 1;
	load_big(x, &a);
	load_big(y, &b);
	/* The same leading exponent: the scales are within 200. */
	if (x->scale < y->scale)
		big_shift(&a, y->scale - x->scale);
	else
		big_shift(&b, x->scale - y->scale);
	return big_compare(&a, &b);
}

/* -Infinity 0, finite 1, +Infinity 2, NaN 3 */
static int
rank(const struct number *x)
{
	if (x->kind == NUMBER_NAN)
		return 3;
	if (x->kind == NUMBER_INFINITE)
		return x->negative ? 0 : 2;
	return 1;
}

int
number_compare(const struct number *x, const struct number *y)
{
	int rx = rank(x), ry = rank(y);

	if (rx != 1 || ry != 1)
		return (rx > ry) - (rx < ry);
	if (x->negative != y->negative)
		return x->negative ? -1 : 1;
	return x->negative ? compare_magnitude(y, x)
	    : compare_magnitude(x, y);
}

int
number_compare_text(struct str x, struct str y)
{
	struct number a, b;

	if (str_eq(x, y))
		return 0;
	number_load(x, &a);
	number_load(y, &b);
	return number_compare(&a, &b);
}

static int
add_finite(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	struct big a, b;
	int c;

	if (x->n == 0 || y->n == 0) {
		*out = x->n == 0 ? *y : *x;
		return 0;
	}
	/* Beyond the reach of rounding the smaller one has no say. */
	if (adjusted(x) - adjusted(y) > 2 * NUMBER_MAX_DIGITS) {
		*out = *x;
		return 0;
	}
	if (adjusted(y) - adjusted(x) > 2 * NUMBER_MAX_DIGITS) {
		*out = *y;
		return 0;
	}
	load_big(x, &a);
	load_big(y, &b);
	if (x->scale < y->scale)
		big_shift(&a, y->scale - x->scale);
	else
		big_shift(&b, x->scale - y->scale);
	if (x->negative == y->negative) {
		big_add(&a, &b);
		return finish(&a, x->negative, MAX(x->scale, y->scale), out,
		    e);
	}
	c = big_compare(&a, &b);
	if (c >= 0) {
		big_subtract(&a, &b);
		return finish(&a, x->negative, MAX(x->scale, y->scale), out,
		    e);
	}
	big_subtract(&b, &a);
	return finish(&b, y->negative, MAX(x->scale, y->scale), out, e);
}

int
number_add(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	if (x->kind == NUMBER_FINITE && y->kind == NUMBER_FINITE)
		return add_finite(x, y, out, e);
	if (x->kind == NUMBER_NAN || y->kind == NUMBER_NAN ||
	    (x->kind == y->kind && x->negative != y->negative))
		*out = nan_number;
	else
		*out = x->kind == NUMBER_INFINITE ? *x : *y;
	return 0;
}

int
number_subtract(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	struct number minus = *y;

	minus.negative = !y->negative && (y->n > 0 || y->kind != NUMBER_FINITE);
	return number_add(x, &minus, out, e);
}

int
number_multiply(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	bool negative = x->negative != y->negative;
	struct big a, b, product;

	if (x->kind == NUMBER_FINITE && y->kind == NUMBER_FINITE) {
		load_big(x, &a);
		load_big(y, &b);
		big_multiply(&a, &b, &product);
		return finish(&product, negative, x->scale + y->scale, out, e);
	}
	*out = nan_number;
	if (x->kind != NUMBER_NAN && y->kind != NUMBER_NAN &&
	    (x->n > 0 || x->kind != NUMBER_FINITE) &&
	    (y->n > 0 || y->kind != NUMBER_FINITE))
		*out = (struct number){ .kind = NUMBER_INFINITE,
		    .negative = negative };
	return 0;
}

static int
divide_finite(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	struct big a, b, q;
	int scale, shift, most, half;

	load_big(x, &a);
	load_big(y, &b);
	scale = MAX(MIN_DIVISION_SCALE, x->scale + big_digits(&b) + 1);
	shift = scale - x->scale + y->scale;
	most = QUOTIENT_DIGITS + big_digits(&b) - big_digits(&a);
	if (shift > most) {
		scale -= shift - most;
		shift = most;
	}
	if (shift < 0) {
		/* x 10^shift / y: cut, with one digit for the rounding. */
		if (-shift > big_digits(&a) + 1) {
			a.n = 0;
			return finish(&a, false, 0, out, e);
		}
		big_shift(&b, -shift);
	} else {
		big_shift(&a, shift);
	}
	big_divide(&a, &b, &q);
	big_add(&a, &a);
	half = big_compare(&a, &b);
	if (half >= 0)
		big_increment(&q);
	return finish(&q, x->negative != y->negative, scale, out, e);
}

int
number_divide(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	if (x->kind == NUMBER_FINITE && y->kind == NUMBER_FINITE) {
		if (y->n == 0)
			return err_set(e, ERR_DIVISION_BY_ZERO,
			    "Division by zero");
		return divide_finite(x, y, out, e);
	}
	*out = nan_number;
	if (x->kind == NUMBER_INFINITE && y->kind == NUMBER_FINITE)
		*out = (struct number){ .kind = NUMBER_INFINITE,
		    .negative = x->negative != y->negative };
	else if (x->kind == NUMBER_FINITE && y->kind == NUMBER_INFINITE)
		*out = (struct number){ .kind = NUMBER_FINITE };
	return 0;
}

/* r 10^k mod y, nine digits at a time. */
static void
scale_modulus(struct big *r, int k, const struct big *y)
{
	while (k > 0 && r->n > 0) {
		int step = MIN(k, 9);

		big_shift(r, step);
		big_divide(r, y, NULL);
		k -= step;
	}
}

int
number_modulus(const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	struct big a, b;

	*out = nan_number;
	if (x->kind == NUMBER_FINITE && y->kind == NUMBER_INFINITE)
		*out = *x;
	if (x->kind != NUMBER_FINITE || y->kind != NUMBER_FINITE)
		return 0;
	if (y->n == 0)
		return err_set(e, ERR_DIVISION_BY_ZERO, "Division by zero");
	if (compare_magnitude(x, y) < 0) {
		*out = *x;
		return 0;
	}
	load_big(x, &a);
	load_big(y, &b);
	if (x->scale <= y->scale) {
		big_divide(&a, &b, NULL);
		scale_modulus(&a, y->scale - x->scale, &b);
	} else {
		/* |x| >= |y|: the shifted divisor has no more digits. */
		big_shift(&b, x->scale - y->scale);
		big_divide(&a, &b, NULL);
	}
	return finish(&a, x->negative, MAX(x->scale, y->scale), out, e);
}

void
number_round(struct number *x, int decimals, enum number_rounding how)
{
	bool up = how == (x->negative ? NUMBER_FLOOR : NUMBER_CEILING);
	struct big b;
	int half;

	if (x->kind != NUMBER_FINITE || x->scale <= decimals)
		return;
	load_big(x, &b);
	big_unshift(&b, MIN(x->scale - decimals, NUMBER_MAX_DIGITS + 9), &half);
	if (how == NUMBER_HALF_UP ? half >= 0 : up && half > -2)
		big_increment(&b);
	finish(&b, x->negative, decimals, x, NULL);
}
