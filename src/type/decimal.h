/* SPDX-License-Identifier: Apache-2.0
 * decimal.h - 128-bit decimals: Trino's rules for precision and scale,
 * exact arithmetic with overflow found, text to value and back. */
#ifndef TYPE_DECIMAL_H
#define TYPE_DECIMAL_H

#include "type/type.h"

/* The result type of a op b, op in + - * / %. */
void decimal_result(char op, const struct type *x, const struct type *y,
    int *precision, int *scale);

/* 10^n for 0 <= n <= 38. */
int128 decimal_pow10(int n);
/* |x| < 10^precision? */
bool decimal_fits(int128 x, int precision);
/* Changes the scale, rounding half away from zero; false on overflow of
 * 38 digits. */
bool decimal_rescale(int128 x, int from_scale, int to_scale, int128 *out);
/* Operands already as in their types; false: overflow (or, for / and %,
 * check for zero first). Results are rounded half up as Trino's. */
bool decimal_add(int128 x, int xs, int128 y, int ys, int128 *out);
bool decimal_subtract(int128 x, int xs, int128 y, int ys, int128 *out);
bool decimal_multiply(int128 x, int128 y, int128 *out);
bool decimal_divide(int128 x, int xs, int128 y, int ys, int rs, int128 *out);
bool decimal_modulus(int128 x, int xs, int128 y, int ys, int128 *out);
int decimal_compare(int128 x, int xs, int128 y, int ys);

/* decimal_result() lowers the scale when 38 digits do not hold the exact
 * result; these two round the exact result (half away from zero) to what
 * remains: to scale rs <= max(xs, ys), or without the product's last `drop`
 * digits.  For subtraction pass -y. */
bool decimal_add_to(int128 x, int xs, int128 y, int ys, int rs, int128 *out);
bool decimal_multiply_to(int128 x, int128 y, int drop, int128 *out);

/* 10^n for 0 <= n <= 18, and the same as doubles up to 22 (both exact). */
extern const int64_t decimal_pow10_64[19];
extern const double decimal_pow10_double[23];

/* Short decimals: x / 10^n rounded half away from zero, n <= 18. */
static inline int64_t
decimal_shrink64(int64_t x, int n)
{
	int64_t pow = decimal_pow10_64[n], half = pow >> 1;
	int64_t q = x / pow, r = x % pow;

	return q + (n > 0 && r >= half) - (n > 0 && -r >= half);
}

/* Short decimals: x * 10^n, n <= 18; false when 64 bits do not hold it. */
static inline bool
decimal_grow64(int64_t x, int n, int64_t *out)
{
	return !__builtin_mul_overflow(x, decimal_pow10_64[n], out);
}

void decimal_print(struct sbuf *to, int128 x, int scale);
double decimal_to_double(int128 x, int scale);
float decimal_to_real(int128 x, int scale);
/* Nearest decimal(p,s) to the shortest digits that read back as d, half away
 * from zero; false: out of range or NaN. */
bool decimal_from_double(double d, int precision, int scale, int128 *out);
bool decimal_from_real(float f, int precision, int scale, int128 *out);
/* Reads digits with an optional sign and point: a decimal literal's text.
 * *precision and *scale say what it needs as a type (leading zeros do not
 * count). False: no number or more than 38 digits. */
bool decimal_parse(struct str text, int128 *out, int *precision, int *scale);
/* CAST(text AS decimal(precision, scale)): an exponent is allowed, digits
 * beyond the scale are rounded half away from zero. */
enum decimal_status { DECIMAL_OK, DECIMAL_NO_NUMBER, DECIMAL_TOO_LARGE };
enum decimal_status decimal_parse_as(struct str text, int precision,
    int scale, int128 *out);

#endif
