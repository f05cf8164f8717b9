/* SPDX-License-Identifier: Apache-2.0
 * json_read.h - a cursor over JSON text that stops where it is broken, as
 * json_extract does with texts; and Trino's simple paths.  Private to func/.
 */
#ifndef FUNC_JSON_READ_H
#define FUNC_JSON_READ_H

#include "base/str.h"

struct json_cursor {
	const char *p, *end;
	int depth;
	bool bad;
};

struct json_cursor json_read(struct str text);
/* The first character of the next value (white space skipped), 0 at the end:
 * { [ " t f n - or a digit. */
char json_peek(struct json_cursor *c);
/* Takes one character if it is next. */
bool json_accept(struct json_cursor *c, char what);
/* Steps over a value; the text it had.  c->bad when it is broken. */
struct str json_take(struct json_cursor *c);
/* Appends a string's characters. */
void json_take_string(struct json_cursor *c, struct sbuf *to);
/* Members and elements: call after json_accept('{' or '['), first = true at
 * first; false at the end (or bad). */
bool json_next_member(struct json_cursor *c, bool *first, struct sbuf *key);
bool json_next_element(struct json_cursor *c, bool *first);
/* Appends a value in the form of extracted ones: no white space, members as
 * they come, fractions as doubles. */
void json_copy(struct json_cursor *c, struct sbuf *to);

/* "$.a[0]["b"]": the steps, one string each. */
struct json_path {
	int n;
	struct str *step;       /* in the arena */
};
struct arena;
bool json_path_parse(struct arena *a, struct str text, struct json_path *out);
/* Moves the cursor to the value; false: there is none, or broken before. */
bool json_path_find(struct json_cursor *c, const struct json_path *p);

#endif
