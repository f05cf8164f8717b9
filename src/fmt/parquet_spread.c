/* SPDX-License-Identifier: Apache-2.0
 * parquet_spread.c - moving values between dense runs and rows: NULLs are put
 * in, or unwanted rows left out.  One loop a width. */
#pragma GCC optimize("O3")
#include "fmt/parquet_reader.h"

#include "base/check.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

struct b16 { uint64_t a, b; };

/* From the end, so that it can be done in place.  Whole words of all or
 * nothing are quick; elsewhere a row takes the next value and is masked. */
#define SPREAD(name, T, MASKED) \
static void \
name(T *data, const uint64_t *valid, uint32_t from, uint32_t rows, \
    uint32_t n) \
{ \
	uint32_t i = rows, k = n; \
\
	while (i > 0) { \
		uint32_t bit = from + i - 1; \
		uint32_t have = bit % 64 + 1; \
		uint32_t take = i < have ? i : have; \
		uint64_t word = valid[bit / 64] << (63 - bit % 64); \
		uint32_t ones; \
\
		/* The rows are now the upper `take` bits of word. */ \
		word = take == 64 ? word : word >> (64 - take); \
		ones = (uint32_t)__builtin_popcountll(word); \
		i -= take; \
		if (ones == take) { \
			k -= take; \
			if (k != i) \
				memmove(data + i, data + k, \
				    take * sizeof(T)); \
			continue; \
		} \
		if (ones == 0) { \
			memset(data + i, 0, take * sizeof(T)); \
			continue; \
		} \
		for (uint32_t j = take; j-- > 0; ) { \
			uint64_t one = word >> j & 1; \
			T v; \
\
			k -= (uint32_t)one; \
			v = data[k]; \
			MASKED; \
			data[i + j] = v; \
		} \
	} \
}

SPREAD(spread1, uint8_t, v = one ? v : 0)
SPREAD(spread2, uint16_t, v = one ? v : 0)
SPREAD(spread4, uint32_t, v &= (uint32_t)(0 - one))
SPREAD(spread8, uint64_t, v &= 0 - one)
SPREAD(spread16, struct b16, (v.a &= 0 - one, v.b &= 0 - one))

void
parquet_spread(void *data, int width, const uint64_t *valid, uint32_t from,
    uint32_t rows, uint32_t n)
{
	switch (width) {
	case 1:
		spread1(data, valid, from, rows, n);
		break;
	case 2:
		spread2(data, valid, from, rows, n);
		break;
	case 4:
		spread4(data, valid, from, rows, n);
		break;
	case 8:
		spread8(data, valid, from, rows, n);
		break;
	default:
		CHECK(width == 16);
		spread16(data, valid, from, rows, n);
	}
}

#define PICK(T) do { \
	const T *s = src; \
	T *d = dst; \
\
	for (uint32_t i = 0; i < n; i++) \
		d[i] = s[index[i] - first]; \
} while (0)

static void
pick(void *restrict dst, const void *restrict src, int width,
    const uint16_t *restrict index, uint32_t first, uint32_t n)
{
	switch (width) {
	case 1:
		PICK(uint8_t);
		break;
	case 2:
		PICK(uint16_t);
		break;
	case 4:
		PICK(uint32_t);
		break;
	case 8:
		PICK(uint64_t);
		break;
	default:
		CHECK(width == 16);
		PICK(struct b16);
	}
}

static void
pick_bits(uint64_t *dst, const uint64_t *src, const uint16_t *index,
    uint32_t first, uint32_t n)
{
	for (uint32_t w = 0; w < bitmap_words(n); w++) {
		uint32_t end = MIN(n - w * 64, 64u);
		uint64_t word = 0;

		for (uint32_t i = 0; i < end; i++) {
			uint32_t at = index[w * 64 + i] - first;

			word |= (src[at / 64] >> (at % 64) & 1) << i;
		}
		dst[w] = word;
	}
}

struct vec *
parquet_compact(struct vec *v, const uint16_t *index, uint32_t first,
    uint32_t n, struct mem_account *account, struct err *e)
{
	int width = v->form == VEC_DICT ? 4 : rep_width(v->type->rep);
	size_t bytes = ((size_t)n * (size_t)width + 63) & ~(size_t)63;
	size_t bits = v->valid == NULL ? 0 : bitmap_words(n) * 8;
	struct vec *to;
	struct buf *b;

	if (v->form == VEC_CONST)
		return vec_slice(v, 0, n, account, e);
	if (v->form == VEC_DICT) {
		to = vec_new_dict(v->base, v->dict_id, n, account, e);
		if (to == NULL)
			return NULL;
		b = bits == 0 ? NULL : buf_new(account, bits, e);
		if (bits != 0 && b == NULL) {
			vec_drop(&to);
			return NULL;
		}
		if (b != NULL) {
			to->valid = (uint64_t *)b->data;
			vec_add_buf(to, b);
		}
	} else {
		b = buf_new(account, bytes + bits, e);
		if (b == NULL)
			return NULL;
		to = vec_new_view(v->type, n, b->data, bits == 0 ? NULL
		    : (uint64_t *)(b->data + bytes), b);
		if (v->type->rep == REP_STR)
			vec_share_bufs(to, v);
	}
	pick(to->data, v->data, width, index, first, n);
	if (bits != 0)
		pick_bits(to->valid, v->valid, index, first, n);
	return to;
}
