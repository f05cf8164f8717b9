/* SPDX-License-Identifier: Apache-2.0
 * search.c - a substring search that looks at 16 places at once: where both
 * the first and the last byte fit, the rest is compared. */
#include "func/search.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static ptrdiff_t
find_plain(struct str s, struct str what, size_t from)
{
	for (size_t i = from; i + what.n <= s.n; i++) {
		const char *p = memchr(s.p + i, what.p[0], s.n - what.n - i + 1);

		if (p == NULL)
			return -1;
		i = (size_t)(p - s.p);
		if (memcmp(p, what.p, what.n) == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

ptrdiff_t
search_find(struct str s, struct str what, size_t from)
{
	if (from > s.n || what.n > s.n - from)
		return -1;
	if (what.n == 0)
		return (ptrdiff_t)from;
#ifdef __SSE2__
	{
		const __m128i first = _mm_set1_epi8(what.p[0]);
		const __m128i last = _mm_set1_epi8(what.p[what.n - 1]);
		size_t i = from, tail = what.n - 1;

		/* Both loads stay within s. */
		for (; i + tail + 16 <= s.n; i += 16) {
			__m128i a = _mm_loadu_si128((const void *)(s.p + i));
			__m128i b = _mm_loadu_si128((const void *)(s.p + i +
			    tail));
			unsigned mask = (unsigned)_mm_movemask_epi8(
			    _mm_and_si128(_mm_cmpeq_epi8(a, first),
			    _mm_cmpeq_epi8(b, last)));

			for (; mask != 0; mask &= mask - 1) {
				size_t at = i + (size_t)__builtin_ctz(mask);

				if (what.n <= 2 || memcmp(s.p + at + 1,
				    what.p + 1, what.n - 2) == 0)
					return (ptrdiff_t)at;
			}
		}
		from = i;
	}
#endif
	return find_plain(s, what, from);
}
