/* SPDX-License-Identifier: Apache-2.0
 * width.c - terminal columns by Unicode's East Asian width. */
#include "cli/width.h"

#include <utf8proc.h>

/* The length of an escape sequence of a terminal at s[i]; 0: none. */
static size_t
escape_length(struct str s, size_t i)
{
	size_t at = i + 2;

	if (s.p[i] != '\033' || i + 1 >= s.n || s.p[i + 1] != '[')
		return 0;
	while (at < s.n && (s.p[at] < '@' || s.p[at] > '~'))
		at++;
	return at < s.n ? at + 1 - i : 0;
}

int
text_width(struct str s)
{
	int width = 0;

	for (size_t i = 0; i < s.n;) {
		size_t skip = escape_length(s, i);
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
		    (const utf8proc_uint8_t *)s.p + i,
		    (utf8proc_ssize_t)(s.n - i), &c);

		if (skip > 0) {
			i += skip;
			continue;
		}
		if (n <= 0) {
			width++;
			i++;
			continue;
		}
		width += utf8proc_charwidth(c);
		i += (size_t)n;
	}
	return width;
}
