/* SPDX-License-Identifier: Apache-2.0
 * text.h - UTF-8 strings as SQL sees them: code points, white space, lengths
 * of varchar(n) and char(n), escapes of JSON.
 *
 * Strings may hold broken UTF-8 (varchar comes from outside); a byte that
 * starts no character counts as one. */
#ifndef TYPE_TEXT_H
#define TYPE_TEXT_H

#include "base/str.h"

/* The character at p (p < end): its bytes in *n, its code point, or -1 for a
 * byte that is no character. */
int32_t utf8_at(const char *p, const char *end, int *n);
/* Appends a code point; surrogates are written as three bytes. */
void utf8_add(struct sbuf *to, int32_t c);
bool utf8_valid(struct str s);
/* How many code points s has. */
size_t utf8_count(struct str s);
/* The bytes that the first n code points of s take. */
size_t utf8_offset(struct str s, size_t n);

/* White space as trim() takes it away: Java's Character.isWhitespace. */
bool utf8_is_space(int32_t c);
struct str utf8_trim(struct str s);
/* Java's String.trim(): everything up to U+0020, both ends. */
struct str java_trim(struct str s);

/* CAST(text AS varchar(n)): cut after n code points. */
struct str varchar_cut(struct str s, int32_t length);
/* CAST(text AS char(n)): cut, then without trailing blanks, as char values
 * are stored. */
struct str char_cut(struct str s, int32_t length);
struct str char_trim(struct str s);
/* Appends s and blanks up to `length` code points: char(n) as text. */
void char_pad(struct sbuf *to, struct str s, int32_t length);

/* Standard base64 with padding. */
void base64_print(struct sbuf *to, const void *p, size_t n);

#endif
