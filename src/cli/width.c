/* SPDX-License-Identifier: Apache-2.0
 * width.c - terminal columns by Unicode's East Asian width. */
#include "cli/width.h"

#include <utf8proc.h>

int
text_width(struct str s)
{
	int width = 0;

	for (size_t i = 0; i < s.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
		    (const utf8proc_uint8_t *)s.p + i,
		    (utf8proc_ssize_t)(s.n - i), &c);

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
