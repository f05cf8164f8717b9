/* SPDX-License-Identifier: Apache-2.0
 * snappy.c - elements are literals or copies of what was written before.
 *
 * Far from both ends whole 16-byte blocks are moved, more than asked for,
 * without looking at lengths; near an end every byte is counted. */
#include "fmt/snappy.h"

#include <string.h>

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

#include "base/check.h"

enum {
	LITERAL,        /* kinds of elements: the tag's low two bits */
	COPY_1, COPY_2, COPY_4,
	FAR = 64 + 24,  /* the most that one quick step moves, and more */
};

static inline uint32_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline void
move16(uint8_t *to, const uint8_t *from)
{
	memcpy(to, from, 16);
}

static inline void
move64(uint8_t *to, const uint8_t *from)
{
	move16(to, from);
	move16(to + 16, from + 16);
	move16(to + 32, from + 32);
	move16(to + 48, from + 48);
}

bool
snappy_size(const uint8_t *src, size_t n, size_t *size)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n && i < 5; i++) {
		v |= (uint64_t)(src[i] & 0x7f) << (7 * i);
		if (src[i] < 0x80) {
			*size = v;
			return v <= UINT32_MAX;
		}
	}
	return false;
}

#ifdef __SSSE3__
/* Repeats the `offset` (< 16) bytes before to; writes up to 64 + 16 bytes. */
static inline void
repeat(uint8_t *to, size_t offset, size_t n)
{
	/* Row k: 0..15 modulo k. */
	static const uint8_t pattern[16][16] = {
#define ROW(k) { 0 % k, 1 % k, 2 % k, 3 % k, 4 % k, 5 % k, 6 % k, 7 % k, \
	8 % k, 9 % k, 10 % k, 11 % k, 12 % k, 13 % k, 14 % k, 15 % k }
		ROW(1), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6),
		ROW(7), ROW(8), ROW(9), ROW(10), ROW(11), ROW(12), ROW(13),
		ROW(14), ROW(15),
#undef ROW
	};
	size_t step = 16 - 16 % offset;
	__m128i bytes = _mm_loadu_si128((const __m128i *)(to - offset));
	__m128i mask = _mm_loadu_si128((const __m128i *)pattern[offset]);

	bytes = _mm_shuffle_epi8(bytes, mask);
	for (size_t done = 0; done < n; done += step)
		_mm_storeu_si128((__m128i *)(to + done), bytes);
}
#else
static inline void
repeat(uint8_t *to, size_t offset, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = to[i - offset];
}
#endif

/* What a copy's tag says: its length and the upper bits of a one-byte
 * offset. */
enum { TAG_LENGTH = 0x7f, TAG_OFFSET = 0x700 };
#define TAG(t) [t] = ((t) & 3) == COPY_1 \
	? (4 + ((t) >> 2 & 7)) | ((t) >> 5) << 8 : ((t) >> 2) + 1
#define TAG4(t) TAG(t), TAG(t + 1), TAG(t + 2), TAG(t + 3)
#define TAG16(t) TAG4(t), TAG4(t + 4), TAG4(t + 8), TAG4(t + 12)
#define TAG64(t) TAG16(t), TAG16(t + 16), TAG16(t + 32), TAG16(t + 48)
static const uint16_t tags[256] = {
	TAG64(0), TAG64(64), TAG64(128), TAG64(192),
};

/* A literal whose length follows in `bytes` bytes.  NULL: damage; else where
 * the input goes on. */
static const uint8_t *
long_literal(const uint8_t *p, const uint8_t *end, uint8_t **to,
    const uint8_t *limit, size_t bytes)
{
	size_t n = load32(p) & (bytes == 4 ? UINT32_MAX
	    : (1u << 8 * bytes) - 1);

	p += bytes;
	if (n >= (size_t)(end - p) || n >= (size_t)(limit - *to))
		return NULL;
	memcpy(*to, p, n + 1);
	*to += n + 1;
	return p + n + 1;
}

/* Elements while both ends are far.  Returns false for damage. */
static bool
decode_quick(const uint8_t **src, const uint8_t *end, uint8_t **dst,
    uint8_t *start, uint8_t *limit)
{
	static const uint32_t masks[4] = { 0, 0xff, 0xffff, UINT32_MAX };
	const uint8_t *p = *src;
	uint8_t *to = *dst;

	while (end - p > FAR && limit - to > FAR) {
		uint32_t tag = *p++, kind, entry;
		size_t n, offset;
		uint64_t next;

		if ((tag & 3) == LITERAL) {
			n = (tag >> 2) + 1;
			if (likely(n <= 4)) {
				/* The copy behind it comes with it: its tag
				 * and offset need no other load. */
				next = load64(p);
				memcpy(to, &next, 4);
				p += n;
				to += n;
				next >>= 8 * n;
				tag = next & 0xff;
				if (unlikely((tag & 3) == LITERAL ||
				    (tag & 3) == COPY_4))
					continue;
				p++;
				next >>= 8;
				goto copy;
			}
			if (likely(n <= 16)) {
				move16(to, p);
				p += n;
				to += n;
			} else if (n <= 60) {
				move64(to, p);
				p += n;
				to += n;
			} else {
				p = long_literal(p, end, &to, limit, n - 60);
				if (p == NULL)
					return false;
			}
			/* Two literals in a row are rare. */
			if (unlikely(end - p <= FAR || limit - to <= FAR))
				break;
			if (unlikely((*p & 3) == LITERAL))
				continue;
			tag = *p++;
		}
		next = load32(p);
copy:
		kind = tag & 3;
		entry = tags[tag];
		n = entry & TAG_LENGTH;
		offset = ((uint32_t)next & masks[kind]) |
		    (entry & TAG_OFFSET);
		p += kind == COPY_4 ? 4 : kind;
		if (unlikely(offset - 1 >= (size_t)(to - start)))
			return false;
		/* A block may be moved when it does not overlap itself, or
		 * no more than what is not needed of it. */
		if (likely(n <= 16 && n <= offset))
			move16(to, to - offset);
		else if (offset >= 16)
			move64(to, to - offset);
		else
			repeat(to, offset, n);
		to += n;
	}
	*src = p;
	*dst = to;
	return true;
}

/* The header of one element near an end: false for damage. */
static bool
element(const uint8_t **src, const uint8_t *end, uint32_t *kind, size_t *n,
    size_t *offset)
{
	const uint8_t *p = *src;
	uint32_t tag = *p++;
	size_t extra, value = 0;

	*kind = tag & 3;
	*n = (tag >> 2) + 1;
	if (*kind == LITERAL)
		extra = *n > 60 ? *n - 60 : 0;
	else
		extra = *kind == COPY_4 ? 4 : *kind;
	if (extra > (size_t)(end - p))
		return false;
	for (size_t i = 0; i < extra; i++)
		value |= (size_t)*p++ << (8 * i);
	if (*kind == LITERAL && extra > 0)
		*n = value + 1;
	if (*kind == COPY_1) {
		value |= (size_t)(tag >> 5) << 8;
		*n = 4 + ((tag >> 2) & 7);
	}
	*offset = value;
	*src = p;
	return true;
}

bool
snappy_decode(const uint8_t *src, size_t n, uint8_t *dst, size_t size)
{
	const uint8_t *end = src + n;
	uint8_t *to = dst, *limit = dst + size;
	size_t said;

	if (!snappy_size(src, n, &said) || said != size)
		return false;
	while (*src++ >= 0x80)
		;
	while (src < end) {
		uint32_t kind;
		size_t len, offset;

		if (!decode_quick(&src, end, &to, dst, limit))
			return false;
		if (src == end)
			break;
		if (!element(&src, end, &kind, &len, &offset) ||
		    len > (size_t)(limit - to))
			return false;
		if (kind == LITERAL) {
			if (len > (size_t)(end - src))
				return false;
			memcpy(to, src, len);
			src += len;
			to += len;
			continue;
		}
		if (offset == 0 || offset > (size_t)(to - dst))
			return false;
		for (size_t i = 0; i < len; i++, to++)
			*to = *(to - offset);
	}
	return to == limit;
}
