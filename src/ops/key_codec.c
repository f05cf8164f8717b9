/* SPDX-License-Identifier: Apache-2.0
 * key_codec.c - key columns to words and back. */
#pragma GCC optimize("O3")
#include "ops/key_codec.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"

static enum key_form
form_of(const struct type *t)
{
	switch (t->rep) {
	case REP_F32:
	case REP_F64: return KEY_FLOAT;
	case REP_I128:
	case REP_B16: return KEY_WIDE;
	case REP_STR: return KEY_STRING;
	case REP_LIST:
	case REP_ROW: return KEY_NESTED;
	case REP_LONG_TIME:
		return t->id == TYPE_TIMESTAMP ? KEY_WIDE : KEY_WIDE_ZONED;
	default:
		return t->id == TYPE_TIMESTAMP_TZ ? KEY_ZONED : KEY_FIXED;
	}
}

/* Bits that the value takes of words. */
static int
value_bits(const struct key_column *k)
{
	switch (k->form) {
	case KEY_FIXED:
	case KEY_FLOAT: return k->width * 8;
	case KEY_ZONED: return 64;
	default: return 128;
	}
}

static int
saved_bytes(enum key_form form)
{
	switch (form) {
	case KEY_STRING:
	case KEY_NESTED:
	case KEY_ZONED: return 8;
	case KEY_WIDE_ZONED: return 16;
	default: return 0;
	}
}

/* Wide values first, so that none straddles a word. */
static int
place_values(struct key_codec *c)
{
	static const int sizes[] = { 128, 64, 32, 16, 8 };
	int bit = 0;

	for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
		for (int i = 0; i < c->n; i++) {
			struct key_column *k = &c->column[i];

			if (value_bits(k) != sizes[s])
				continue;
			k->word = bit / 64;
			k->shift = bit % 64;
			bit += sizes[s];
		}
	return bit;
}

void
key_codec_init(struct key_codec *c, const struct type *const *types, int n,
    bool nulls)
{
	int bit;

	memset(c, 0, sizeof(*c));
	c->n = n;
	c->column = xcalloc((size_t)n + 1, sizeof(*c->column));
	for (int i = 0; i < n; i++) {
		struct key_column *k = &c->column[i];

		k->type = types[i];
		k->form = form_of(types[i]);
		k->width = rep_width(types[i]->rep);
		k->null_word = k->saved = -1;
		if (saved_bytes(k->form) > 0) {
			k->saved = c->saved_bytes;
			c->saved_bytes += saved_bytes(k->form);
		}
		c->verify |= k->form == KEY_STRING || k->form == KEY_NESTED;
	}
	bit = place_values(c);
	c->lone = nulls && n == 1 && bit == 64;
	for (int i = 0; nulls && !c->lone && i < n; i++, bit++) {
		c->column[i].null_word = bit / 64;
		c->column[i].null_shift = bit % 64;
	}
	if (n > 0)
		c->column[0].alone = n == 1 && c->column[0].null_word < 0;
	c->words = (bit + 63) / 64;
	if (c->words == 0)
		c->words = 1;
}

void
key_codec_release(struct key_codec *c)
{
	free(c->column);
	c->column = NULL;
}

void
key_batch_init(struct key_batch *b, const struct key_codec *c)
{
	memset(b, 0, sizeof(*b));
	b->columns = c->n;
	b->words = xmalloc((size_t)PAGE_ROWS * (size_t)c->words * 8);
	b->nested = xcalloc((size_t)c->n + 1, sizeof(*b->nested));
	for (int i = 0; i < c->n; i++)
		if (c->column[i].form == KEY_NESTED)
			b->nested[i] = xcalloc(PAGE_ROWS,
			    sizeof(*b->nested[i]));
	arena_init(&b->nested_heap);
}

void
key_batch_release(struct key_batch *b)
{
	if (b->words == NULL)
		return;
	for (int i = 0; i < b->columns; i++)
		free(b->nested[i]);
	free(b->nested);
	arena_release(&b->nested_heap);
	free(b->words);
	b->words = NULL;
}

static inline uint64_t
canonical_double(double d)
{
	uint64_t bits;

	d = d == 0 ? 0 : d;
	memcpy(&bits, &d, 8);
	return d != d ? UINT64_C(0x7ff8000000000000) : bits;
}

static inline uint32_t
canonical_float(float f)
{
	uint32_t bits;

	f = f == 0 ? 0 : f;
	memcpy(&bits, &f, 4);
	return f != f ? UINT32_C(0x7fc00000) : bits;
}

/* The word of value s of a fixed column, for all rows; the form of the vector
 * and the placing of the value decided outside the loops. */
#define PUT_EACH(EXPR) do { \
	if (v->form == VEC_FLAT && whole) \
		for (uint32_t i = 0, s; i < n; i++) { \
			s = i; \
			out[i] = (EXPR); \
		} \
	else if (v->form == VEC_FLAT) \
		for (uint32_t i = 0, s; i < n; i++) { \
			s = i; \
			out[i * W] |= (uint64_t)(EXPR) << k->shift; \
		} \
	else if (v->form == VEC_DICT && v->base->n > 0) \
		for (uint32_t i = 0, s; i < n; i++) { \
			s = index[i]; \
			out[i * W] |= (uint64_t)(EXPR) << k->shift; \
		} \
	else if (v->form == VEC_CONST) \
		for (uint32_t i = 0, s = 0; i < n; i++) \
			out[i * W] |= (uint64_t)(EXPR) << k->shift; \
} while (0)

static void
encode_fixed(const struct key_column *k, const struct vec *v, uint32_t n,
    uint64_t *restrict out, uint32_t W)
{
	const void *d = vec_values(v)->data;
	const uint32_t *index = v->data;
	bool whole = W == 1 && k->alone;

	out += k->word;
	switch (k->type->rep) {
	case REP_BOOL:
	case REP_I8: PUT_EACH(((const uint8_t *)d)[s]); break;
	case REP_I16: PUT_EACH(((const uint16_t *)d)[s]); break;
	case REP_I32: PUT_EACH(((const uint32_t *)d)[s]); break;
	case REP_F32:
		PUT_EACH(canonical_float(((const float *)d)[s]));
		break;
	case REP_F64:
		PUT_EACH(canonical_double(((const double *)d)[s]));
		break;
	default:
		if (k->form == KEY_ZONED)
			PUT_EACH((uint64_t)(((const int64_t *)d)[s] >> 12));
		else
			PUT_EACH(((const uint64_t *)d)[s]);
	}
}

static inline void
string_words(const struct strview *s, uint64_t *out)
{
	memcpy(out, s, 16);
	if (s->n > STRVIEW_INLINE)
		out[1] = hash_bytes(s->p, s->n);
}

static void
encode_strings(const struct key_column *k, const struct vec *v, uint32_t n,
    uint64_t *restrict out, uint32_t W)
{
	const struct strview *d = vec_values(v)->data;
	uint32_t entries = vec_values(v)->n;

	out += k->word;
	if (v->form == VEC_DICT && entries > 0 && entries <= n) {
		uint64_t *words = xmalloc((size_t)entries * 16);
		const uint32_t *index = v->data;

		for (uint32_t s = 0; s < entries; s++)
			string_words(&d[s], words + 2 * s);
		for (uint32_t i = 0; i < n; i++) {
			out[i * W] = words[2 * index[i]];
			out[i * W + 1] = words[2 * index[i] + 1];
		}
		free(words);
		return;
	}
	if (v->form == VEC_DICT && entries == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		string_words(&d[vec_slot(v, i)], out + i * W);
}

static void
encode_wide(const struct key_column *k, const struct vec *v, uint32_t n,
    uint64_t *restrict out, uint32_t W)
{
	const struct vec *values = vec_values(v);

	out += k->word;
	if (v->form == VEC_DICT && values->n == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const char *at = (const char *)values->data +
		    (size_t)vec_slot(v, i) * 16;

		memcpy(out + i * W, at, 16);
		if (k->form == KEY_WIDE_ZONED) {
			struct long_time t;

			/* By instant: the local time less its offset, or the
			 * value without its zone. */
			memcpy(&t, at, 16);
			out[i * W] = k->type->id == TYPE_TIMESTAMP_TZ
			    ? (uint64_t)(t.hi >> 12) : (uint64_t)(t.hi -
			    t.lo * INT64_C(60000000000000));
			out[i * W + 1] = k->type->id == TYPE_TIMESTAMP_TZ
			    ? (uint64_t)t.lo : 0;
		}
	}
}

static void
encode_nested(struct key_batch *b, const struct key_column *k, int at,
    const struct vec *v, uint32_t W)
{
	uint64_t *out = b->words + k->word;
	struct sbuf bytes;

	sbuf_init(&bytes);
	for (uint32_t i = 0; i < b->n; i++) {
		struct strview *view = &b->nested[at][i];

		memset(view, 0, sizeof(*view));
		if (!vec_is_null(v, i)) {
			sbuf_clear(&bytes);
			key_bytes_add(&bytes, v, i);
			*view = strview_of(arena_str(&b->nested_heap,
			    sbuf_str(&bytes)));
		}
		string_words(view, out + i * W);
	}
	sbuf_release(&bytes);
}

/* NULL rows: the value's bits are cleared, the bit that says NULL is set. */
static void
encode_nulls(const struct key_codec *c, struct key_batch *b,
    const struct key_column *k, const struct vec *v)
{
	uint32_t W = (uint32_t)c->words;

	for (uint32_t i = 0; i < b->n; i++) {
		uint64_t *w = b->words + (size_t)i * W;

		if (!vec_is_null(v, i))
			continue;
		if (b->any_nulls != NULL && !k->null_safe)
			bit_set(b->any_nulls, i);
		if (c->lone) {
			b->any_null = true;
			bit_set(b->nulls, i);
			w[0] = 0;
			continue;
		}
		if (value_bits(k) >= 64)
			w[k->word] = 0;
		else
			w[k->word] &= ~(((UINT64_C(1) << value_bits(k)) - 1)
			    << k->shift);
		if (value_bits(k) == 128)
			w[k->word + 1] = 0;
		if (k->null_word >= 0)
			w[k->null_word] |= UINT64_C(1) << k->null_shift;
	}
}

void
key_encode(const struct key_codec *c, struct key_batch *b, struct vec **col,
    uint32_t n)
{
	uint32_t W = (uint32_t)c->words;
	bool lone_flat = c->n == 1 && W == 1 && c->column[0].alone &&
	    col[0]->form == VEC_FLAT && c->column[0].form <= KEY_FLOAT;

	CHECK(n <= PAGE_ROWS);
	b->n = n;
	b->col = col;
	if (c->lone) {
		b->any_null = false;
		memset(b->nulls, 0, sizeof(b->nulls));
	}
	if (b->any_nulls != NULL)
		memset(b->any_nulls, 0, BITMAP_WORDS * 8);
	if (!lone_flat)
		memset(b->words, 0, (size_t)n * W * 8);
	if (b->nested_heap.bytes > 1 << 20)
		arena_release(&b->nested_heap);
	for (int i = 0; i < c->n; i++) {
		const struct key_column *k = &c->column[i];

		switch (k->form) {
		case KEY_FIXED:
		case KEY_FLOAT:
		case KEY_ZONED:
			encode_fixed(k, col[i], n, b->words, W);
			break;
		case KEY_STRING:
			encode_strings(k, col[i], n, b->words, W);
			break;
		case KEY_WIDE:
		case KEY_WIDE_ZONED:
			encode_wide(k, col[i], n, b->words, W);
			break;
		case KEY_NESTED:
			encode_nested(b, k, i, col[i], W);
			break;
		}
		if (vec_may_be_null(col[i]))
			encode_nulls(c, b, k, col[i]);
	}
}

uint64_t
key_hash_one(const uint64_t *words, int n)
{
	uint64_t h = hash_u64(words[0]);

	for (int k = 1; k < n; k++)
		h = hash_u64(h + words[k] * UINT64_C(0x9e3779b97f4a7c15));
	return h;
}

void
key_hash(const struct key_codec *c, const struct key_batch *b,
    uint64_t *restrict hash)
{
	const uint64_t *restrict w = b->words;
	uint32_t n = b->n;

	switch (c->words) {
	case 1:
		for (uint32_t i = 0; i < n; i++)
			hash[i] = hash_u64(w[i]);
		break;
	case 2:
		for (uint32_t i = 0; i < n; i++)
			hash[i] = hash_u64(hash_u64(w[2 * i]) + w[2 * i + 1] *
			    UINT64_C(0x9e3779b97f4a7c15));
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			hash[i] = key_hash_one(w + (size_t)i *
			    (size_t)c->words, c->words);
	}
}
