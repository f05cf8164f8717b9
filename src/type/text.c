/* SPDX-License-Identifier: Apache-2.0
 * text.c - code points, white space, char(n), base64. */
#include "type/text.h"

int32_t
utf8_at(const char *p, const char *end, int *n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t left = (size_t)(end - p);
	int32_t c;
	int i, more;

	*n = 1;
	if (u[0] < 0x80)
		return u[0];
	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		more = 1;
	else if (u[0] >= 0xe0 && u[0] <= 0xef)
		more = 2;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		more = 3;
	else
		return -1;
	if (left <= (size_t)more)
		return -1;
	c = u[0] & (0x3f >> more);
	for (i = 1; i <= more; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (u[i] & 0x3f);
	}
	if ((more == 2 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) ||
	    (more == 3 && (c < 0x10000 || c > 0x10ffff)))
		return -1;
	*n = more + 1;
	return c;
}

void
utf8_add(struct sbuf *to, int32_t c)
{
	char b[4];
	size_t n = 0;

	if (c < 0x80) {
		b[n++] = (char)c;
	} else if (c < 0x800) {
		b[n++] = (char)(0xc0 | c >> 6);
		b[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		b[n++] = (char)(0xe0 | c >> 12);
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		b[n++] = (char)(0xf0 | c >> 18);
		b[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (c & 0x3f));
	}
	sbuf_add(to, b, n);
}

static bool
all_ascii(struct str s)
{
	uint64_t word, any = 0;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		any |= word;
	}
	for (; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return (any & UINT64_C(0x8080808080808080)) == 0;
}

bool
utf8_valid(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	int n;

	if (all_ascii(s))
		return true;
	for (; p < end; p += n)
		if (utf8_at(p, end, &n) < 0)
			return false;
	return true;
}

size_t
utf8_count(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t count = 0;
	int n;

	if (all_ascii(s))
		return s.n;
	for (; p < end; p += n, count++)
		utf8_at(p, end, &n);
	return count;
}

size_t
utf8_offset(struct str s, size_t count)
{
	const char *p = s.p, *end = s.p + s.n;
	int n;

	if (count >= s.n)
		return s.n;
	for (; p < end && count > 0; p += n, count--)
		utf8_at(p, end, &n);
	return (size_t)(p - s.p);
}

bool
utf8_is_space(int32_t c)
{
	if (c <= 0x20)
		return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20);
	return c == 0x1680 || (c >= 0x2000 && c <= 0x200a && c != 0x2007) ||
	    c == 0x2028 || c == 0x2029 || c == 0x205f || c == 0x3000;
}

struct str
utf8_trim(struct str s)
{
	const char *end = s.p + s.n, *p;
	int n;

	while (s.n > 0 && utf8_is_space(utf8_at(s.p, end, &n))) {
		s.p += n;
		s.n -= (size_t)n;
	}
	while (s.n > 0) {
		p = end - 1;
		while (p > s.p && end - p < 4 &&
		    ((unsigned char)*p & 0xc0) == 0x80)
			p--;
		if (!utf8_is_space(utf8_at(p, end, &n)) || p + n != end)
			break;
		s.n -= (size_t)n;
		end = p;
	}
	return s;
}

struct str
java_trim(struct str s)
{
	while (s.n > 0 && (unsigned char)s.p[0] <= ' ') {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

struct str
varchar_cut(struct str s, int32_t length)
{
	if (s.n > (size_t)length)
		s.n = utf8_offset(s, (size_t)length);
	return s;
}

struct str
char_trim(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

struct str
char_cut(struct str s, int32_t length)
{
	return char_trim(varchar_cut(s, length));
}

void
char_pad(struct sbuf *to, struct str s, int32_t length)
{
	size_t have = utf8_count(s), want = (size_t)length;

	sbuf_adds(to, s);
	if (have < want) {
		memset(sbuf_reserve(to, want - have), ' ', want - have);
		to->n += want - have;
	}
}

void
base64_print(struct sbuf *to, const void *data, size_t n)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;
	char *out = sbuf_reserve(to, (n + 2) / 3 * 4);

	for (; n > 2; n -= 3, p += 3) {
		*out++ = set[p[0] >> 2];
		*out++ = set[(p[0] & 3) << 4 | p[1] >> 4];
		*out++ = set[(p[1] & 15) << 2 | p[2] >> 6];
		*out++ = set[p[2] & 63];
	}
	if (n > 0) {
		*out++ = set[p[0] >> 2];
		*out++ = set[(p[0] & 3) << 4 | (n > 1 ? p[1] >> 4 : 0)];
		*out++ = n > 1 ? set[(p[1] & 15) << 2] : '=';
		*out++ = '=';
	}
	to->n = (size_t)(out - to->p);
}
