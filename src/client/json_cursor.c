/* SPDX-License-Identifier: Apache-2.0
 * json_cursor.c - a cursor over JSON text. */
#include "client/json_cursor.h"

#include <stdlib.h>

struct json
json_of(struct str text)
{
	return (struct json){ text.p, text.p + text.n, false };
}

static void
space(struct json *j)
{
	while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' ||
	    *j->at == '\r' || *j->at == '\t'))
		j->at++;
}

static struct str
fail(struct json *j)
{
	j->bad = true;
	return (struct str){ "", 0 };
}

static void
skip_string(struct json *j)
{
	for (j->at++; j->at < j->end && *j->at != '"'; j->at++)
		if (*j->at == '\\' && ++j->at == j->end)
			break;
	if (j->at >= j->end)
		j->bad = true;
	else
		j->at++;
}

/* A number or a name such as null. */
static void
skip_word(struct json *j)
{
	const char *from = j->at;

	while (j->at < j->end && ((*j->at | 32) >= 'a' ? (*j->at | 32) <= 'z'
	    : (*j->at >= '0' && *j->at <= '9') || *j->at == '-' ||
	    *j->at == '+' || *j->at == '.'))
		j->at++;
	j->bad |= j->at == from;
}

/* Counts brackets instead of recursing, so depth costs nothing. */
struct str
json_value(struct json *j)
{
	const char *from;
	size_t depth = 0;

	space(j);
	from = j->at;
	do {
		space(j);
		if (j->at >= j->end || j->bad)
			return fail(j);
		switch (*j->at) {
		case '"':
			skip_string(j);
			break;
		case '{': case '[':
			depth++;
			j->at++;
			break;
		case '}': case ']': case ',': case ':':
			if (depth == 0)
				return fail(j);
			depth -= *j->at == '}' || *j->at == ']';
			j->at++;
			break;
		default:
			skip_word(j);
		}
	} while (depth > 0);
	return j->bad ? fail(j) : (struct str){ from, (size_t)(j->at - from) };
}

bool
json_open(struct json *j, char bracket)
{
	space(j);
	if (j->bad || j->at >= j->end || *j->at != bracket)
		return false;
	j->at++;
	return true;
}

bool
json_element(struct json *j, bool *first)
{
	space(j);
	if (j->bad || j->at >= j->end) {
		j->bad = true;
		return false;
	}
	if (*j->at == ']') {
		j->at++;
		return false;
	}
	if (!*first) {
		if (*j->at != ',') {
			j->bad = true;
			return false;
		}
		j->at++;
		space(j);
	}
	*first = false;
	return true;
}

bool
json_pair(struct json *j, struct str *key)
{
	space(j);
	if (j->bad || j->at >= j->end) {
		j->bad = true;
		return false;
	}
	if (*j->at == '}') {
		j->at++;
		return false;
	}
	if (*j->at == ',')
		j->at++;
	*key = json_value(j);
	space(j);
	if (j->bad || j->at >= j->end || *j->at != ':' || *key->p != '"') {
		j->bad = true;
		return false;
	}
	j->at++;
	return true;
}

bool
json_member(struct json *j, struct arena *a, const char **name)
{
	struct str key;

	if (!json_pair(j, &key))
		return false;
	*name = json_text(key, a);
	return true;
}

static void
put_utf8(struct sbuf *to, uint32_t c)
{
	if (c < 0x80) {
		sbuf_addc(to, (char)c);
	} else if (c < 0x800) {
		sbuf_addc(to, (char)(0xc0 | c >> 6));
		sbuf_addc(to, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		sbuf_addc(to, (char)(0xe0 | c >> 12));
		sbuf_addc(to, (char)(0x80 | (c >> 6 & 63)));
		sbuf_addc(to, (char)(0x80 | (c & 63)));
	} else {
		sbuf_addc(to, (char)(0xf0 | c >> 18));
		sbuf_addc(to, (char)(0x80 | (c >> 12 & 63)));
		sbuf_addc(to, (char)(0x80 | (c >> 6 & 63)));
		sbuf_addc(to, (char)(0x80 | (c & 63)));
	}
}

static uint32_t
hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		v = v << 4 | (uint32_t)(c >= '0' && c <= '9' ? c - '0'
		    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
		    : 0);
	}
	return v;
}

static bool
is_low_surrogate(uint32_t c)
{
	return c >= 0xdc00 && c < 0xe000;
}

/* \uXXXX (or a pair of surrogates) at p; how many bytes were used. */
static size_t
decode_unicode(struct sbuf *to, const char *p, size_t left)
{
	uint32_t c, low;

	if (left < 6)
		return left;
	c = hex4(p + 2);
	low = left >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : 0;
	if (c >= 0xd800 && c < 0xdc00 && is_low_surrogate(low)) {
		put_utf8(to, 0x10000 + ((c - 0xd800) << 10) + low - 0xdc00);
		return 12;
	}
	put_utf8(to, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	return 6;
}

void
json_decode(struct sbuf *to, struct str v)
{
	static const char plain[] = "bfnrt", meant[] = "\b\f\n\r\t";

	if (v.n < 2 || v.p[0] != '"')
		return;
	for (size_t i = 1; i + 1 < v.n;) {
		ptrdiff_t escape = str_find((struct str){ v.p, v.n - 1 },
		    '\\', i);
		size_t end = escape < 0 ? v.n - 1 : (size_t)escape;
		const char *known;

		sbuf_add(to, v.p + i, end - i);
		i = end;
		if (i + 1 >= v.n)
			return;
		if (v.p[i + 1] == 'u') {
			i += decode_unicode(to, v.p + i, v.n - 1 - i);
			continue;
		}
		known = v.p[i + 1] == '\0' ? NULL
		    : strchr(plain, v.p[i + 1]);
		sbuf_addc(to, known != NULL ? meant[known - plain]
		    : v.p[i + 1]);
		i += 2;
	}
}

const char *
json_text(struct str value, struct arena *a)
{
	struct sbuf b = { 0 };
	const char *z;

	if (value.n < 2 || value.p[0] != '"')
		return NULL;
	json_decode(&b, value);
	z = arena_strndup(a, sbuf_z(&b), b.n);
	sbuf_release(&b);
	return z;
}

int64_t
json_int(struct str value, int64_t fallback)
{
	char text[32];

	if (value.n == 0 || value.n >= sizeof(text) || !(value.p[0] == '-' ||
	    (value.p[0] >= '0' && value.p[0] <= '9')))
		return fallback;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	return strtoll(text, NULL, 10);
}
