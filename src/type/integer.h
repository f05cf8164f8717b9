/* SPDX-License-Identifier: Apache-2.0
 * integer.h - integers as text. */
#ifndef TYPE_INTEGER_H
#define TYPE_INTEGER_H

#include "base/str.h"

/* CAST(text AS bigint): white space around, a sign, decimal digits of any
 * script. False: other text or beyond 64 bits. */
bool integer_parse(struct str text, int64_t *out);
void integer_print(struct sbuf *to, int64_t x);
/* Into at least 20 bytes; the length. */
size_t integer_write(char *to, int64_t x);

/* The value of the decimal digit at p (of any script), its bytes in *n;
 * -1: none. */
int unicode_digit(const char *p, const char *end, int *n);

#endif
