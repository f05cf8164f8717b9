/* SPDX-License-Identifier: Apache-2.0
 * json.c - the normal form of JSON.
 *
 * One pass writes each value behind the others; an object whose members came
 * in another order is put right in place once it ends. */
#include "type/json.h"

#include <stdlib.h>

#include "base/check.h"
#include "type/number.h"
#include "type/text.h"

struct parser {
	const char *p, *end;
	struct sbuf *to;
	struct sbuf key;        /* scratch: a member's name, decoded */
	int depth;
};

struct member {
	size_t start, n;        /* of "name":value in the output */
	char *name;             /* decoded (surrogates as three bytes) */
	size_t name_n;
	size_t order;
};

static bool parse_value(struct parser *s);

static void
skip_spaces(struct parser *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' ||
	    *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static void
put_escape(struct sbuf *to, unsigned unit)
{
	sbuf_addf(to, "\\u%04X", unit);
}

/* One character of a string. */
static void
put_char(struct sbuf *to, int32_t c)
{
	static const char letter[] = "btn\0fr";

	if (c == '"' || c == '\\') {
		sbuf_addc(to, '\\');
		sbuf_addc(to, (char)c);
	} else if (c < 0x20) {
		if (c >= 8 && c <= 13 && c != 11) {
			sbuf_addc(to, '\\');
			sbuf_addc(to, letter[c - 8]);
		} else {
			put_escape(to, (unsigned)c);
		}
	} else if (c >= 0xd800 && c <= 0xdfff) {
		put_escape(to, (unsigned)c);
	} else if (c > 0xffff) {
		put_escape(to, 0xd800 + (unsigned)((c - 0x10000) >> 10));
		put_escape(to, 0xdc00 + (unsigned)((c - 0x10000) & 0x3ff));
	} else {
		utf8_add(to, c);
	}
}

/* Copies s escaped; plain stretches go in one piece. */
void
json_value_quote(struct sbuf *to, struct str s)
{
	const char *p = s.p, *end = s.p + s.n, *plain = p;
	int n;

	sbuf_addc(to, '"');
	for (; p < end; p += n) {
		unsigned char b = (unsigned char)*p;
		int32_t c;

		n = 1;
		if (b >= 0x20 && b < 0x80 && b != '"' && b != '\\')
			continue;
		c = utf8_at(p, end, &n);
		if (c >= 0x80 && c <= 0xffff)
			continue;
		sbuf_add(to, plain, (size_t)(p - plain));
		put_char(to, c < 0 ? 0xfffd : c);
		plain = p + n;
	}
	sbuf_add(to, plain, (size_t)(end - plain));
	sbuf_addc(to, '"');
}

static int
hex4(const char *p, const char *end)
{
	int x = 0, i;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			x = x << 4 | (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			x = x << 4 | ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return x;
}

/* The escape behind the backslash at *p; -1: none. */
static int32_t
read_escape(const char **p, const char *end)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	int32_t c, low;

	if (*p == end)
		return -1;
	if (**p != 'u') {
		at = **p == '\0' ? NULL : strchr(from, **p);
		if (at == NULL)
			return -1;
		++*p;
		return to[at - from];
	}
	c = hex4(*p + 1, end);
	if (c < 0)
		return -1;
	*p += 5;
	if (c >= 0xd800 && c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' &&
	    (*p)[1] == 'u') {
		low = hex4(*p + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			*p += 6;
			return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return c;
}

/* Writes the string again; with name it is decoded there, too. */
static bool
parse_string(struct parser *s, struct sbuf *name)
{
	const char *plain = s->p;

	sbuf_addc(s->to, '"');
	for (;;) {
		int32_t c;
		int n = 1;

		if (s->p == s->end || (unsigned char)*s->p < 0x20)
			return false;
		c = utf8_at(s->p, s->end, &n);
		if (c < 0)
			return false;
		if (c != '"' && c != '\\' && c <= 0xffff) {
			s->p += n;
			continue;
		}
		sbuf_add(s->to, plain, (size_t)(s->p - plain));
		if (name != NULL)
			sbuf_add(name, plain, (size_t)(s->p - plain));
		s->p += n;
		if (c == '"')
			break;
		if (c == '\\')
			c = read_escape(&s->p, s->end);
		if (c < 0)
			return false;
		put_char(s->to, c);
		if (name != NULL)
			utf8_add(name, c);
		plain = s->p;
	}
	sbuf_addc(s->to, '"');
	return true;
}

static size_t
skip_digits(struct parser *s)
{
	const char *start = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - start);
}

/* [+-]digits that an int holds. */
static bool
parse_exponent(struct parser *s, int64_t *out)
{
	bool negative = false;
	const char *start;
	int64_t x = 0;

	if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
		negative = *s->p++ == '-';
	start = s->p;
	if (skip_digits(s) == 0)
		return false;
	for (; start < s->p; start++) {
		x = x * 10 + (*start - '0');
		if (x > INT32_MAX)
			return false;
	}
	*out = negative ? -x : x;
	return true;
}

static bool
parse_number(struct parser *s)
{
	bool negative = *s->p == '-', integer = true;
	struct str digits;
	size_t whole, fraction = 0;
	int64_t exponent = 0;
	const char *start;
	char *joined;

	s->p += negative;
	start = s->p;
	whole = skip_digits(s);
	if (whole == 0 || (whole > 1 && *start == '0'))
		return false;
	if (s->p < s->end && *s->p == '.') {
		integer = false;
		s->p++;
		fraction = skip_digits(s);
		if (fraction == 0)
			return false;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		integer = false;
		s->p++;
		if (!parse_exponent(s, &exponent))
			return false;
	}
	if (integer) {
		if (negative && *start != '0')
			sbuf_addc(s->to, '-');
		sbuf_add(s->to, start, whole);
		return true;
	}
	joined = xmalloc(whole + fraction);
	memcpy(joined, start, whole);
	if (fraction > 0)
		memcpy(joined + whole, start + whole + 1, fraction);
	digits = (struct str){ joined, whole + fraction };
	while (digits.n > 1 && digits.p[0] == '0') {
		digits.p++;
		digits.n--;
	}
	big_decimal_print(s->to, negative && digits.p[0] != '0', digits,
	    (int64_t)fraction - exponent);
	free(joined);
	return true;
}

static bool
parse_word(struct parser *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return false;
	s->p += n;
	sbuf_add(s->to, word, n);
	return true;
}

static bool
parse_array(struct parser *s)
{
	s->p++;
	sbuf_addc(s->to, '[');
	skip_spaces(s);
	if (s->p < s->end && *s->p == ']') {
		s->p++;
		sbuf_addc(s->to, ']');
		return true;
	}
	for (;;) {
		if (!parse_value(s))
			return false;
		skip_spaces(s);
		if (s->p == s->end || (*s->p != ',' && *s->p != ']'))
			return false;
		sbuf_addc(s->to, *s->p);
		if (*s->p++ == ']')
			return true;
	}
}

/* The order of UTF-16: what is beyond the BMP comes before U+E000. */
static int
compare_names(const struct member *a, const struct member *b)
{
	size_t n = MIN(a->name_n, b->name_n), i = 0;
	unsigned x, y;

	while (i < n && a->name[i] == b->name[i])
		i++;
	if (i == n)
		return (a->name_n > b->name_n) - (a->name_n < b->name_n);
	x = (unsigned char)a->name[i];
	y = (unsigned char)b->name[i];
	if (x >= 0xee && y >= 0xee) {
		x = x < 0xf0 ? x + 0x10 : x;
		y = y < 0xf0 ? y + 0x10 : y;
	}
	return x < y ? -1 : 1;
}

static int
compare_members(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	int c = compare_names(a, b);

	return c != 0 ? c : (a->order > b->order) - (a->order < b->order);
}

/* Rewrites the members from `start` on, sorted, the last of equal ones. */
static void
sort_members(struct sbuf *to, size_t start, struct member *m, size_t n)
{
	struct sbuf old = { 0 };
	size_t i;
	bool any = false;

	for (i = 1; i < n && compare_names(&m[i - 1], &m[i]) < 0; i++)
		continue;
	if (i >= n)
		return;
	qsort(m, n, sizeof(*m), compare_members);
	sbuf_add(&old, to->p + start, to->n - start);
	to->n = start;
	for (i = 0; i < n; i++) {
		if (i + 1 < n && compare_names(&m[i], &m[i + 1]) == 0)
			continue;
		if (any)
			sbuf_addc(to, ',');
		any = true;
		sbuf_add(to, old.p + (m[i].start - start), m[i].n);
	}
	sbuf_release(&old);
}

struct members {
	struct member *v;
	size_t n, cap;
};

static bool
parse_member(struct parser *s, struct members *list)
{
	struct member *m;

	skip_spaces(s);
	if (s->p == s->end || *s->p != '"')
		return false;
	s->p++;
	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 8 : list->cap * 2;
		list->v = xrealloc(list->v, list->cap * sizeof(*list->v));
	}
	m = &list->v[list->n];
	*m = (struct member){ .start = s->to->n, .order = list->n };
	sbuf_clear(&s->key);
	if (!parse_string(s, &s->key))
		return false;
	m->name = xstrndup(s->key.n == 0 ? "" : s->key.p, s->key.n);
	m->name_n = s->key.n;
	list->n++;
	skip_spaces(s);
	if (s->p == s->end || *s->p++ != ':')
		return false;
	sbuf_addc(s->to, ':');
	if (!parse_value(s))
		return false;
	m->n = s->to->n - m->start;
	skip_spaces(s);
	return s->p < s->end;
}

static bool
parse_object(struct parser *s)
{
	struct members list = { 0 };
	bool good = true, done = false;
	size_t start, i;

	s->p++;
	sbuf_addc(s->to, '{');
	start = s->to->n;
	skip_spaces(s);
	if (s->p < s->end && *s->p == '}') {
		s->p++;
		done = true;
	}
	while (good && !done) {
		good = parse_member(s, &list) && (*s->p == ',' ||
		    *s->p == '}');
		if (!good)
			break;
		done = *s->p++ == '}';
		if (!done)
			sbuf_addc(s->to, ',');
	}
	if (good)
		sort_members(s->to, start, list.v, list.n);
	sbuf_addc(s->to, '}');
	for (i = 0; i < list.n; i++)
		free(list.v[i].name);
	free(list.v);
	return good;
}

static bool
parse_value(struct parser *s)
{
	bool good;

	skip_spaces(s);
	if (s->p == s->end || s->depth == JSON_MAX_DEPTH)
		return false;
	s->depth++;
	switch (*s->p) {
	case '{':
		good = parse_object(s);
		break;
	case '[':
		good = parse_array(s);
		break;
	case '"':
		s->p++;
		good = parse_string(s, NULL);
		break;
	case 't':
		good = parse_word(s, "true");
		break;
	case 'f':
		good = parse_word(s, "false");
		break;
	case 'n':
		good = parse_word(s, "null");
		break;
	default:
		good = (*s->p == '-' || (*s->p >= '0' && *s->p <= '9')) &&
		    parse_number(s);
		break;
	}
	s->depth--;
	return good;
}

bool
json_normalize(struct sbuf *to, struct str text)
{
	struct parser s = { .p = text.p, .end = text.p + text.n, .to = to };
	bool good = parse_value(&s);

	skip_spaces(&s);
	sbuf_release(&s.key);
	return good && s.p == s.end;
}

void
json_unquote(struct sbuf *to, struct str quoted)
{
	const char *p = quoted.p + 1, *end = quoted.p + quoted.n - 1;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		int32_t c;

		sbuf_add(to, p, (size_t)((slash == NULL ? end : slash) - p));
		if (slash == NULL)
			return;
		p = slash + 1;
		c = read_escape(&p, end);
		utf8_add(to, c < 0 || (c >= 0xd800 && c <= 0xdfff) ? '?' : c);
	}
}
