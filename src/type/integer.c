/* SPDX-License-Identifier: Apache-2.0
 * integer.c - integers to and from text. */
#include "type/integer.h"

#include <utf8proc.h>

#include "type/text.h"

static bool
is_decimal_digit(int32_t c)
{
	return utf8proc_category(c) == UTF8PROC_CATEGORY_ND;
}

int
unicode_digit(const char *p, const char *end, int *n)
{
	int32_t c, first;

	*n = 1;
	if (p == end)
		return -1;
	if ((unsigned char)*p < 0x80)
		return *p >= '0' && *p <= '9' ? *p - '0' : -1;
	c = utf8_at(p, end, n);
	if (c < 0 || !is_decimal_digit(c))
		return -1;
	/* Digits come in runs of ten (or of tens), zero first. */
	for (first = c; is_decimal_digit(first - 1); first--)
		continue;
	return (int)((c - first) % 10);
}

bool
integer_parse(struct str text, int64_t *out)
{
	struct str s = java_trim(text);
	const char *p = s.p, *end = s.p + s.n;
	bool negative = false;
	int64_t x = 0;
	int n;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p == end)
		return false;
	for (; p < end; p += n) {
		int digit = unicode_digit(p, end, &n);

		if (digit < 0 || __builtin_mul_overflow(x, 10, &x) ||
		    __builtin_sub_overflow(x, digit, &x))
			return false;
	}
	/* Counted downwards, for there is one more negative number. */
	if (!negative && x == INT64_MIN)
		return false;
	*out = negative ? x : -x;
	return true;
}

size_t
integer_write(char *to, int64_t x)
{
	uint64_t u = x < 0 ? -(uint64_t)x : (uint64_t)x;
	char digit[20];
	size_t n = 0, at = 0;

	do {
		digit[n++] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (x < 0)
		to[at++] = '-';
	while (n > 0)
		to[at++] = digit[--n];
	return at;
}

void
integer_print(struct sbuf *to, int64_t x)
{
	to->n += integer_write(sbuf_reserve(to, 20), x);
}
