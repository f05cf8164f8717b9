/* SPDX-License-Identifier: Apache-2.0
 * json.c - quoting for JSON. */
#include "base/json.h"

int
utf8_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	int n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.n < (size_t)n)
		return 0;
	for (int i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, beyond U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static void
escape(struct sbuf *to, unsigned char c)
{
	switch (c) {
	case '"': sbuf_add(to, "\\\"", 2); break;
	case '\\': sbuf_add(to, "\\\\", 2); break;
	case '\n': sbuf_add(to, "\\n", 2); break;
	case '\r': sbuf_add(to, "\\r", 2); break;
	case '\t': sbuf_add(to, "\\t", 2); break;
	case '\b': sbuf_add(to, "\\b", 2); break;
	case '\f': sbuf_add(to, "\\f", 2); break;
	default: sbuf_addf(to, "\\u%04X", c);
	}
}

void
json_quote(struct sbuf *to, struct str s)
{
	size_t from = 0, i = 0;

	sbuf_addc(to, '"');
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		int n = 1;

		if (c >= 0x80)
			n = utf8_length((struct str){ s.p + i, s.n - i });
		if (n > 0 && c >= ' ' && c != '"' && c != '\\') {
			i += (size_t)n;
			continue;
		}
		sbuf_add(to, s.p + from, i - from);
		if (n == 0)
			sbuf_add(to, "\xef\xbf\xbd", 3);
		else
			escape(to, c);
		from = ++i;
	}
	if (s.n > from)
		sbuf_add(to, s.p + from, s.n - from);
	sbuf_addc(to, '"');
}
