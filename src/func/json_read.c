/* SPDX-License-Identifier: Apache-2.0
 * json_read.c - reading JSON piece by piece. */
#include "func/json_read.h"

#include "base/arena.h"
#include "base/check.h"
#include "type/float.h"
#include "type/json.h"
#include "type/text.h"

enum { MOST_DEPTH = 1000 };

struct json_cursor
json_read(struct str text)
{
	return (struct json_cursor){ text.p, text.p + text.n, 0, false };
}

char
json_peek(struct json_cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' ||
	    *c->p == '\r' || *c->p == '\t'))
		c->p++;
	return c->p < c->end ? *c->p : '\0';
}

bool
json_accept(struct json_cursor *c, char what)
{
	if (c->bad || json_peek(c) != what)
		return false;
	c->p++;
	return true;
}

static void
skip_string(struct json_cursor *c)
{
	for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
		if ((unsigned char)*c->p < 0x20)
			break;
		if (*c->p == '\\')
			c->p++;
	}
	if (c->p >= c->end || *c->p != '"')
		c->bad = true;
	else
		c->p++;
}

static void
skip_word(struct json_cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		c->bad = true;
	else
		c->p += n;
}

static bool
skip_digits(struct json_cursor *c)
{
	const char *from = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > from;
}

static void
skip_number(struct json_cursor *c)
{
	if (*c->p == '-')
		c->p++;
	if (c->p < c->end && *c->p == '0') {
		c->p++;
		if (c->p < c->end && *c->p >= '0' && *c->p <= '9')
			c->bad = true;
	} else if (!skip_digits(c)) {
		c->bad = true;
	}
	if (c->p < c->end && *c->p == '.') {
		c->p++;
		c->bad |= !skip_digits(c);
	}
	if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
		c->p++;
		if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
			c->p++;
		c->bad |= !skip_digits(c);
	}
}

struct str
json_take(struct json_cursor *c)
{
	char kind = json_peek(c);
	const char *from = c->p;
	bool first = true;

	if (++c->depth > MOST_DEPTH)
		c->bad = true;
	if (c->bad)
		return (struct str){ from, 0 };
	switch (kind) {
	case '{':
		c->p++;
		while (json_next_member(c, &first, NULL))
			json_take(c);
		break;
	case '[':
		c->p++;
		while (json_next_element(c, &first))
			json_take(c);
		break;
	case '"':
		skip_string(c);
		break;
	case 't':
		skip_word(c, "true");
		break;
	case 'f':
		skip_word(c, "false");
		break;
	case 'n':
		skip_word(c, "null");
		break;
	default:
		if (kind == '-' || (kind >= '0' && kind <= '9'))
			skip_number(c);
		else
			c->bad = true;
		break;
	}
	c->depth--;
	return (struct str){ from, (size_t)(c->p - from) };
}

void
json_take_string(struct json_cursor *c, struct sbuf *to)
{
	struct str s = json_take(c);

	if (!c->bad)
		json_unquote(to, s);
}

static bool
next(struct json_cursor *c, bool *first, char end)
{
	if (c->bad)
		return false;
	if (json_accept(c, end))
		return false;
	if (!*first && !json_accept(c, ',')) {
		c->bad = true;
		return false;
	}
	*first = false;
	return true;
}

bool
json_next_member(struct json_cursor *c, bool *first, struct sbuf *key)
{
	struct str s;

	if (!next(c, first, '}'))
		return false;
	if (json_peek(c) != '"') {
		c->bad = true;
		return false;
	}
	s = json_take(c);
	if (c->bad || !json_accept(c, ':')) {
		c->bad = true;
		return false;
	}
	if (key != NULL) {
		sbuf_clear(key);
		json_unquote(key, s);
	}
	return true;
}

bool
json_next_element(struct json_cursor *c, bool *first)
{
	return next(c, first, ']');
}

static void
copy_number(struct json_cursor *c, struct sbuf *to)
{
	struct str s = json_take(c);
	double d;

	if (c->bad)
		return;
	if (memchr(s.p, '.', s.n) == NULL && memchr(s.p, 'e', s.n) == NULL &&
	    memchr(s.p, 'E', s.n) == NULL)
		sbuf_adds(to, s);
	else if (double_parse(s, &d))
		double_print(to, d);
}

static void
copy_members(struct json_cursor *c, struct sbuf *to, char open, char close)
{
	struct sbuf key = { 0 };
	bool first = true, any = false;

	c->p++;
	sbuf_addc(to, open);
	while (open == '{' ? json_next_member(c, &first, &key)
	    : json_next_element(c, &first)) {
		if (any)
			sbuf_addc(to, ',');
		any = true;
		if (open == '{') {
			json_value_quote(to, sbuf_str(&key));
			sbuf_addc(to, ':');
		}
		json_copy(c, to);
	}
	sbuf_addc(to, close);
	sbuf_release(&key);
}

void
json_copy(struct json_cursor *c, struct sbuf *to)
{
	struct sbuf text = { 0 };
	char kind = json_peek(c);

	if (++c->depth > MOST_DEPTH)
		c->bad = true;
	if (c->bad)
		return;
	if (kind == '{') {
		copy_members(c, to, '{', '}');
	} else if (kind == '[') {
		copy_members(c, to, '[', ']');
	} else if (kind == '"') {
		json_take_string(c, &text);
		json_value_quote(to, sbuf_str(&text));
		sbuf_release(&text);
	} else if (kind == '-' || (kind >= '0' && kind <= '9')) {
		copy_number(c, to);
	} else {
		sbuf_adds(to, json_take(c));
	}
	c->depth--;
}

/* ---- paths ---- */

static bool
plain_char(struct str s, size_t at, bool colon, int *n)
{
	int32_t c = utf8_at(s.p + at, s.p + s.n, n);

	/* Letters and digits of any script; beyond ASCII all but spaces. */
	if (c >= 0x80)
		return !utf8_is_space(c);
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
	    (colon && c == ':');
}

/* "quoted", with \" and \\. */
static bool
quoted_step(struct arena *a, struct str s, size_t *at, struct str *out)
{
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (++*at; *at < s.n && s.p[*at] != '"'; ++*at) {
		if (s.p[*at] == '\\') {
			++*at;
			if (*at == s.n || (s.p[*at] != '"' &&
			    s.p[*at] != '\\'))
				return false;
		}
		to[n++] = s.p[*at];
	}
	if (*at == s.n)
		return false;
	++*at;
	*out = (struct str){ to, n };
	return true;
}

static bool
plain_step(struct str s, size_t *at, bool colon, struct str *out)
{
	size_t from = *at;
	int n;

	while (*at < s.n && plain_char(s, *at, colon, &n))
		*at += (size_t)n;
	*out = (struct str){ s.p + from, *at - from };
	return *at > from;
}

static bool
parse_step(struct arena *a, struct str s, size_t *at, struct str *out)
{
	bool good;

	if (s.p[*at] == '.') {
		++*at;
		return plain_step(s, at, true, out);
	}
	if (s.p[*at] != '[')
		return false;
	++*at;
	good = *at < s.n && s.p[*at] == '"' ? quoted_step(a, s, at, out)
	    : plain_step(s, at, false, out);
	if (!good || *at == s.n || s.p[*at] != ']')
		return false;
	++*at;
	return true;
}

bool
json_path_parse(struct arena *a, struct str text, struct json_path *out)
{
	struct { struct str *v; int n, cap; } list = { 0 };
	struct str copy = arena_str(a, text), step;
	size_t at = 1;

	if (copy.n == 0 || copy.p[0] != '$')
		return false;
	while (at < copy.n) {
		if (!parse_step(a, copy, &at, &step))
			return false;
		arena_push(a, &list, step);
	}
	out->n = list.n;
	out->step = list.v;
	return true;
}

static bool
step_index(struct str s, uint32_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > INT32_MAX)
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	*out = (uint32_t)v;
	return s.n > 0 && v <= INT32_MAX;
}

static bool
find_step(struct json_cursor *c, struct str step)
{
	struct sbuf key = { 0 };
	bool first = true, found = false;
	uint32_t index, at = 0;

	if (json_accept(c, '{')) {
		while (!found && json_next_member(c, &first, &key)) {
			found = str_eq(sbuf_str(&key), step);
			if (!found)
				json_take(c);
		}
	} else if (json_accept(c, '[') && step_index(step, &index)) {
		while (!found && json_next_element(c, &first)) {
			found = at++ == index;
			if (!found)
				json_take(c);
		}
	}
	sbuf_release(&key);
	return found && !c->bad;
}

bool
json_path_find(struct json_cursor *c, const struct json_path *p)
{
	for (int i = 0; i < p->n; i++)
		if (!find_step(c, p->step[i]))
			return false;
	return json_peek(c) != '\0';
}
