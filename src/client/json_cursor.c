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

static void
skip_string(struct json *j)
{
	for (j->at++; j->at < j->end && *j->at != '"'; j->at++)
		if (*j->at == '\\')
			j->at++;
	if (j->at >= j->end)
		j->bad = true;
	else
		j->at++;
}

struct str
json_value(struct json *j)
{
	const char *from;
	int depth = 0;

	space(j);
	from = j->at;
	do {
		space(j);
		if (j->at >= j->end || j->bad) {
			j->bad = true;
			return (struct str){ "", 0 };
		}
		switch (*j->at) {
		case '"': skip_string(j); break;
		case '{': case '[': depth++; j->at++; break;
		case '}': case ']': depth--; j->at++; break;
		case ',': case ':': j->at++; break;
		default:
			while (j->at < j->end && strchr(",:]}[{ \t\r\n\"",
			    *j->at) == NULL)
				j->at++;
		}
	} while (depth > 0);
	if (depth < 0)
		j->bad = true;
	return (struct str){ from, (size_t)(j->at - from) };
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
	if (j->bad || j->at >= j->end)
		return false;
	if (*j->at == ']' || *j->at == '}') {
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
json_member(struct json *j, struct arena *a, const char **name)
{
	struct str key;

	space(j);
	if (j->bad || j->at >= j->end)
		return false;
	if (*j->at == '}') {
		j->at++;
		return false;
	}
	if (*j->at == ',')
		j->at++;
	key = json_value(j);
	*name = json_text(key, a);
	space(j);
	if (*name == NULL || j->bad || j->at >= j->end || *j->at != ':') {
		j->bad = true;
		return false;
	}
	j->at++;
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

/* \uXXXX at p[i]; how many bytes were used. */
static size_t
decode_unicode(struct sbuf *to, const char *p, size_t left)
{
	uint32_t c;

	if (left < 6)
		return left;
	c = hex4(p + 2);
	if (c >= 0xd800 && c < 0xdc00 && left >= 12 && p[6] == '\\' &&
	    p[7] == 'u') {
		put_utf8(to, 0x10000 + ((c - 0xd800) << 10) +
		    (hex4(p + 8) - 0xdc00));
		return 12;
	}
	put_utf8(to, c);
	return 6;
}

void
json_decode(struct sbuf *to, struct str v)
{
	static const char plain[] = "bfnrt", meant[] = "\b\f\n\r\t";

	if (v.n < 2 || v.p[0] != '"')
		return;
	for (size_t i = 1; i + 1 < v.n;) {
		const char *known;

		if (v.p[i] != '\\') {
			sbuf_addc(to, v.p[i++]);
			continue;
		}
		if (v.p[i + 1] == 'u') {
			i += decode_unicode(to, v.p + i, v.n - 1 - i);
			continue;
		}
		known = strchr(plain, v.p[i + 1]);
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
	z = arena_strndup(a, b.p, b.n);
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
