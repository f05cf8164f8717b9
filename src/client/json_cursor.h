/* SPDX-License-Identifier: Apache-2.0
 * json_cursor.h - walks JSON text without building a tree, so that values can
 * be kept as they were written. */
#ifndef CLIENT_JSON_CURSOR_H
#define CLIENT_JSON_CURSOR_H

#include "base/arena.h"
#include "base/str.h"

struct json {
	const char *at, *end;
	bool bad;               /* malformed; all calls answer nothing */
};

struct json json_of(struct str text);
/* The next value's text, and steps over it; n 0 when bad. */
struct str json_value(struct json *j);
/* Enters the object or array that comes next; false: it is none. */
bool json_open(struct json *j, char bracket);
/* Within an object: the next member's name as it is written, with the cursor
 * at its value.  False at the end, which is stepped over. */
bool json_pair(struct json *j, struct str *key);
/* The same with the name decoded, in the arena. */
bool json_member(struct json *j, struct arena *a, const char **name);
/* Within an array: is there another element?  Steps over commas and the end.
 */
bool json_element(struct json *j, bool *first);
/* A string's text decoded; NULL when the value is no string. */
const char *json_text(struct str value, struct arena *a);
/* Appends the decoded text of a string value. */
void json_decode(struct sbuf *to, struct str value);
int64_t json_int(struct str value, int64_t fallback);

#endif
