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

void decimal_print(struct sbuf *to, int128 x, int scale);
double decimal_to_double(int128 x, int scale);
/* Nearest decimal(p,s), half away from zero; false: out of range or NaN. */
bool decimal_from_double(double d, int precision, int scale, int128 *out);
/* Reads digits with an optional sign, point and exponent.  *precision and
 * *scale say what the text needs (as a literal's type). False: no number or
 * more than 38 digits. */
bool decimal_parse(struct str text, int128 *out, int *precision, int *scale);

#endif
