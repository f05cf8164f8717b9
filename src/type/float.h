/* SPDX-License-Identifier: Apache-2.0
 * float.h - double and real as text.
 *
 * Two printed forms: the shortest digits that read back as the same value,
 * laid out as Java's Double.toString ("1.0E10", "0.001", "NaN"), which JSON
 * and messages use; and the scientific one of CAST(x AS varchar) ("1.0E10",
 * "1.0E-3", "0E0"). */
#ifndef TYPE_FLOAT_H
#define TYPE_FLOAT_H

#include "base/str.h"

/* digits * 10^exponent, the shortest that reads back. */
struct float_digits {
	uint64_t digits;
	int exponent;
};

/* d, f: finite; the sign is ignored. Zero gives 0, 0. */
struct float_digits double_shortest(double d);
struct float_digits real_shortest(float f);

void double_print(struct sbuf *to, double d);
void real_print(struct sbuf *to, float f);
/* CAST(x AS varchar). */
void double_print_varchar(struct sbuf *to, double d);
void real_print_varchar(struct sbuf *to, float f);

/* CAST(text AS double): Java's syntax ("1.5d", "0x1p3", "+Infinity", white
 * space around), correctly rounded. False: no such number. */
bool double_parse(struct str text, double *out);
bool real_parse(struct str text, float *out);

#endif
