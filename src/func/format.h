/* SPDX-License-Identifier: Apache-2.0
 * format.h - Java's format strings for format(): specifiers, and what they
 * make of values.  Private to func/. */
#ifndef FUNC_FORMAT_H
#define FUNC_FORMAT_H

#include "base/arena.h"
#include "func/datetime.h"

enum format_flag {
	FORMAT_LEFT = 1, FORMAT_ALTERNATE = 2, FORMAT_PLUS = 4,
	FORMAT_SPACE = 8, FORMAT_ZERO = 16, FORMAT_GROUP = 32,
	FORMAT_PARENTHESES = 64, FORMAT_PREVIOUS = 128,
};

struct format_spec {
	struct str text;        /* literal text, when conversion is 0 */
	char conversion;        /* lower case */
	char date;              /* of %t: the second letter, as it is */
	bool upper;
	unsigned flags;
	int index;              /* explicit, from 1; 0 none */
	int width, precision;   /* -1: none */
};

struct format_specs {
	struct format_spec *v;
	int n, cap;
};

/* INVALID_FUNCTION_ARGUMENT with the name of Java's exception. */
int format_parse(struct arena *a, struct str text, struct format_specs *out,
    struct err *e);
/* "%-5d": the specifier as messages show it. */
void format_spec_print(struct sbuf *to, const struct format_spec *s);

/* A number in decimal: digits (no leading zeros but one) over 10^scale. */
struct format_number {
	bool negative;
	enum { FORMAT_FINITE, FORMAT_INFINITE, FORMAT_NAN } kind;
	char digits[48];
	int n, scale;
};
void format_number_integer(struct format_number *x, int128 value, int scale);
void format_number_double(struct format_number *x, double d);
void format_number_real(struct format_number *x, float f);

/* Each appends a value as its specifier says, width applied. */
void format_text(struct sbuf *to, const struct format_spec *s,
    struct str text);
void format_decimal(struct sbuf *to, const struct format_spec *s,
    const struct format_number *x);
void format_bits(struct sbuf *to, const struct format_spec *s, int64_t x);
void format_float(struct sbuf *to, const struct format_spec *s,
    const struct format_number *x);
void format_hex_float(struct sbuf *to, const struct format_spec *s,
    double d);
/* False: a value of this type has no such field. */
bool format_date(struct sbuf *to, const struct format_spec *s,
    const struct type *t, const struct moment *m);

#endif
