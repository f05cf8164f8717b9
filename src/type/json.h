/* SPDX-License-Identifier: Apache-2.0
 * json.h - JSON text: Trino's normal form, quoting and unquoting.
 *
 * A value of type json is its normal form: no white space, members sorted by
 * name (as UTF-16), the last of equal names, numbers as BigDecimal prints
 * them, characters beyond the BMP as escaped surrogate pairs. */
#ifndef TYPE_JSON_H
#define TYPE_JSON_H

#include "base/str.h"

enum { JSON_MAX_DEPTH = 4000 };

/* Appends the normal form of text; false: it is no JSON (then `to` holds
 * rubbish behind its old end). */
bool json_normalize(struct sbuf *to, struct str text);

/* Appends s in quotes as a json value: beyond the BMP as escapes (for other
 * uses base/json.h has json_quote). Broken bytes become U+FFFD. */
void json_value_quote(struct sbuf *to, struct str s);
/* Appends the characters of a quoted string (with its quotes, well formed);
 * a lone surrogate becomes '?' as in Java's UTF-8. */
void json_unquote(struct sbuf *to, struct str quoted);

#endif
