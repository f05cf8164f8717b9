/* SPDX-License-Identifier: Apache-2.0
 * number.h - NUMBER: decimal floating point of up to 200 digits, with NaN and
 * infinities.
 *
 * A value in a vector is its text as printed ("1.5", "1E+20", "NaN",
 * "+Infinity"), which is unique: equal numbers have equal texts.  For
 * arithmetic it is unpacked into a struct number. Results are rounded half
 * up (away from zero) to 200 digits; division has at least six decimals. */
#ifndef TYPE_NUMBER_H
#define TYPE_NUMBER_H

#include "type/type.h"

enum {
	NUMBER_MAX_DIGITS = 200,
	NUMBER_MAX_SCALE = 16383,       /* decimals */
	NUMBER_MIN_SCALE = -16384,
	NUMBER_LIMBS = 23,              /* of nine digits */
	NUMBER_TEXT_MAX = 220,          /* bytes of a printed number */
};

/* coefficient * 10^-scale; no trailing zeros, zero has n == 0, scale 0. */
struct number {
	enum { NUMBER_FINITE, NUMBER_INFINITE, NUMBER_NAN } kind;
	bool negative;
	int scale;
	int n;
	uint32_t limb[NUMBER_LIMBS];    /* base 10^9, low first */
};

/* CAST(text AS number): white space around is allowed. */
bool number_parse(struct str text, struct number *out);
void number_print(struct sbuf *to, const struct number *x);
/* The same into a buffer of NUMBER_TEXT_MAX bytes; the length. */
size_t number_write(char *to, const struct number *x);
/* Of a value's own text, which is well formed. */
void number_load(struct str value, struct number *out);

/* Total order: -Infinity, numbers, +Infinity, NaN (equal to itself). */
int number_compare(const struct number *x, const struct number *y);
int number_compare_text(struct str x, struct str y);

/* DIVISION_BY_ZERO; GENERIC_INTERNAL_ERROR "Scale out of range: N". */
int number_add(const struct number *x, const struct number *y,
    struct number *out, struct err *e);
int number_subtract(const struct number *x, const struct number *y,
    struct number *out, struct err *e);
int number_multiply(const struct number *x, const struct number *y,
    struct number *out, struct err *e);
int number_divide(const struct number *x, const struct number *y,
    struct number *out, struct err *e);
int number_modulus(const struct number *x, const struct number *y,
    struct number *out, struct err *e);

/* Leaves `decimals` (may be negative) behind the point. */
enum number_rounding { NUMBER_HALF_UP, NUMBER_DOWN, NUMBER_FLOOR,
	NUMBER_CEILING };
void number_round(struct number *x, int decimals, enum number_rounding how);

void number_from_int128(int128 x, int scale, struct number *out);
void number_from_double(double d, struct number *out);
void number_from_real(float f, struct number *out);
double number_to_double(const struct number *x);
float number_to_real(const struct number *x);
/* Rounded half up to the scale; false: more than 38 digits, or not finite. */
bool number_to_int128(const struct number *x, int scale, int128 *out);

/* What BigDecimal.toString prints for digits (no leading zeros; "0" for 0)
 * over 10^scale: JSON's numbers and NUMBER. */
void big_decimal_print(struct sbuf *to, bool negative, struct str digits,
    int64_t scale);

#endif
