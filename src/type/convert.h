/* SPDX-License-Identifier: Apache-2.0
 * convert.h - casts of single numeric values, with Trino's error texts.
 *
 * All return 0 or a negative error: NUMERIC_VALUE_OUT_OF_RANGE, or
 * INVALID_CAST_ARGUMENT for NaN.  Results that are integers are given as 64
 * bits, checked against the range of the type they are for (TYPE_TINYINT to
 * TYPE_BIGINT).  The e of a failed call may be NULL (TRY_CAST), which is
 * cheap: no text is made then. */
#ifndef TYPE_CONVERT_H
#define TYPE_CONVERT_H

#include "type/number.h"
#include "type/type.h"

/* Does x lie in the range of an integer type? */
static inline bool
integer_fits(int64_t x, enum type_id id)
{
	int bits = 8 << (id - TYPE_TINYINT);

	return x == (int64_t)((uint64_t)x << (64 - bits)) >> (64 - bits);
}

/* Rounds half away from zero; false: NaN or beyond 64 bits. */
bool double_round_integer(double d, int64_t *out);

int integer_to_integer(int64_t x, enum type_id to, struct err *e);
int double_to_integer(double d, enum type_id to, int64_t *out, struct err *e);
int real_to_integer(float f, enum type_id to, int64_t *out, struct err *e);
int decimal_to_integer(int128 x, const struct type *from, enum type_id to,
    int64_t *out, struct err *e);
int number_to_integer(const struct number *x, enum type_id to, int64_t *out,
    struct err *e);

/* To decimals of type `to`. */
int integer_to_decimal(int64_t x, enum type_id from, const struct type *to,
    int128 *out, struct err *e);
int boolean_to_decimal(bool x, const struct type *to, int128 *out,
    struct err *e);
int double_to_decimal(double d, const struct type *to, int128 *out,
    struct err *e);
int real_to_decimal(float f, const struct type *to, int128 *out,
    struct err *e);
int decimal_to_decimal(int128 x, const struct type *from,
    const struct type *to, int128 *out, struct err *e);
int number_to_decimal(const struct number *x, const struct type *to,
    int128 *out, struct err *e);

/* CAST(x AS varchar(n)) when `text`, the value's printed form, is longer than
 * `length` code points: fills e with the error of the type it was printed
 * from.  x is the value (for real and double, whose message has two forms);
 * returns the error. */
int varchar_too_long(const struct type *from, const void *x, struct str text,
    int32_t length, struct err *e);

#endif
