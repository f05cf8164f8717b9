/* SPDX-License-Identifier: Apache-2.0
 * json.h - JSON strings out: the one place that escapes. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/str.h"

/* Appends s as a JSON string: escapes quotes, backslashes and control
 * characters; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct sbuf *to, struct str s);
/* Length (1..4) of the UTF-8 character at s.p; 0: none starts there. */
int utf8_length(struct str s);

#endif
