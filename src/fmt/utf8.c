/* SPDX-License-Identifier: Apache-2.0
 * utf8.c - checks of UTF-8: whole words while the text is ASCII, then byte by
 * byte after the table of well-formed sequences (Unicode, table 3-7). */
#include "fmt/utf8.h"

#include <stdint.h>
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

bool
ascii_only(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint8_t tail = 0;

	/* Blocks that the compiler makes wide vectors of. */
	for (; n >= 256; p += 256, n -= 256) {
		uint64_t any = 0;

		for (int i = 0; i < 32; i++) {
			uint64_t word;

			memcpy(&word, p + i * 8, 8);
			any |= word;
		}
		if ((any & HIGH_BITS) != 0)
			return false;
	}
	for (size_t i = 0; i < n; i++)
		tail |= p[i];
	return tail < 0x80;
}

static inline bool
continues(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

/* The length of the well-formed sequence that starts with lead byte p[0]
 * >= 0x80; 0: there is none. */
static size_t
sequence(const uint8_t *p, size_t n)
{
	uint8_t b = p[0], low = 0x80, high = 0xbf;

	if (b >= 0xc2 && b <= 0xdf)
		return n >= 2 && continues(p[1]) ? 2 : 0;
	if ((b & 0xf0) == 0xe0) {
		if (b == 0xe0)
			low = 0xa0;
		else if (b == 0xed)
			high = 0x9f;
		return n >= 3 && p[1] >= low && p[1] <= high &&
		    continues(p[2]) ? 3 : 0;
	}
	if (b >= 0xf0 && b <= 0xf4) {
		if (b == 0xf0)
			low = 0x90;
		else if (b == 0xf4)
			high = 0x8f;
		return n >= 4 && p[1] >= low && p[1] <= high &&
		    continues(p[2]) && continues(p[3]) ? 4 : 0;
	}
	return 0;
}

bool
utf8_check(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t i = 0;

	while (i < n) {
		uint64_t word;
		size_t len;

		if (n - i >= 8) {
			memcpy(&word, p + i, 8);
			if ((word & HIGH_BITS) == 0) {
				i += 8;
				continue;
			}
		}
		if (p[i] < 0x80) {
			i++;
			continue;
		}
		len = sequence(p + i, n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}
