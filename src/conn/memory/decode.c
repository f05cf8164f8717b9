/* SPDX-License-Identifier: Apache-2.0
 * decode.c - from a segment's column to a vector of some of its rows. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "conn/memory/column.h"

/* Loops of a fixed length, which the compiler turns into vector code. */
enum { STEP = 16 };

#define WIDEN(T, C) do { \
	const C *restrict from = (const C *)codes; \
	T *restrict to = out; \
	T base = (T)s->base; \
	uint32_t i = 0; \
	if (index != NULL) { \
		for (; i < n; i++) \
			to[i] = (T)(base + (T)from[index[i]]); \
		break; \
	} \
	for (; i + STEP <= n; i += STEP) \
		for (uint32_t k = 0; k < STEP; k++) \
			to[i + k] = (T)(base + (T)from[i + k]); \
	for (; i < n; i++) \
		to[i] = (T)(base + (T)from[i]); \
} while (0)

static void
widen_codes(const struct seg_column *s, int bytes, const uint8_t *codes,
    const uint16_t *index, uint32_t n, void *out)
{
	switch (bytes * 8 + s->width) {
	case 2 * 8 + 1:
		WIDEN(int16_t, uint8_t);
		break;
	case 4 * 8 + 1:
		WIDEN(int32_t, uint8_t);
		break;
	case 4 * 8 + 2:
		WIDEN(int32_t, uint16_t);
		break;
	case 4 * 8 + 4:
		WIDEN(int32_t, uint32_t);
		break;
	case 8 * 8 + 1:
		WIDEN(int64_t, uint8_t);
		break;
	case 8 * 8 + 2:
		WIDEN(int64_t, uint16_t);
		break;
	case 8 * 8 + 4:
		WIDEN(int64_t, uint32_t);
		break;
	}
}

#define GATHER(T) do { \
	const T *restrict from = (const T *)data; \
	T *restrict to = out; \
	for (uint32_t i = 0; i < n; i++) \
		to[i] = from[index[i]]; \
} while (0)

struct two { uint64_t half[2]; };

static void
gather(int width, const void *data, const uint16_t *index, uint32_t n,
    void *out)
{
	switch (width) {
	case 1:
		GATHER(uint8_t);
		break;
	case 2:
		GATHER(uint16_t);
		break;
	case 4:
		GATHER(uint32_t);
		break;
	case 8:
		GATHER(uint64_t);
		break;
	case 16:
		GATHER(struct two);
		break;
	}
}

/* Validity of the rows: shared when they are a run, else collected. */
static int
take_valid(struct vec *v, const uint64_t *valid, struct buf *owner,
    uint32_t row, const uint16_t *index, struct mem_account *account,
    struct err *e)
{
	struct buf *b;

	if (valid == NULL)
		return 0;
	valid += row / 64;
	if (index == NULL && owner != NULL) {
		v->valid = (uint64_t *)(uintptr_t)valid;
		vec_add_buf(v, buf_ref(owner));
		return 0;
	}
	b = buf_new(account, bitmap_words(v->n) * 8, e);
	if (b == NULL)
		return -(int)e->code;
	vec_add_buf(v, b);
	v->valid = (uint64_t *)b->data;
	memset(v->valid, 0, bitmap_words(v->n) * 8);
	for (uint32_t i = 0; i < v->n; i++)
		if (bit_get(valid, index == NULL ? i : index[i]))
			bit_set(v->valid, i);
	return 0;
}

static struct vec *
read_dict(const struct seg_column *s, uint32_t row, const uint16_t *index,
    uint32_t n, struct mem_account *account, struct err *e)
{
	uint64_t id;
	struct vec *base = dict_vec(s->dict, &id, e), *v;

	if (base == NULL)
		return NULL;
	v = base->n == 0 ? vec_new_null(base->type, n, account, e)
	    : vec_new_dict(base, id, n, account, e);
	vec_drop(&base);
	if (v == NULL || v->form != VEC_DICT)
		return v;
	if (s->width == 4 && index == NULL)
		memcpy(v->data, s->codes->data + (size_t)row * 4,
		    (size_t)n * 4);
	else
		widen_codes(s, 4, s->codes->data + (size_t)row * s->width,
		    index, n, v->data);
	return v;
}

/* Vector code for a table of 2 KiB is slower than plain loads. */
__attribute__((optimize("no-tree-vectorize")))
static struct vec *
read_table(const struct seg_column *s, const struct type *type, uint32_t row,
    const uint16_t *index, uint32_t n, struct mem_account *account,
    struct err *e)
{
	struct vec *v = vec_new_flat(type, n, false, account, e);
	const uint64_t *restrict table = (const uint64_t *)s->table->data;
	const uint8_t *restrict codes = s->codes->data + row;
	uint64_t *restrict out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	if (index != NULL)
		for (uint32_t i = 0; i < n; i++)
			out[i] = table[codes[index[i]]];
	else
		for (uint32_t i = 0; i < n; i++)
			out[i] = table[codes[i]];
	return v;
}

static struct vec *
read_narrow(const struct seg_column *s, const struct type *type, uint32_t row,
    const uint16_t *index, uint32_t n, struct mem_account *account,
    struct err *e)
{
	struct vec *v = vec_new_flat(type, n, false, account, e);

	if (v != NULL)
		widen_codes(s, rep_width(type->rep),
		    s->codes->data + (size_t)row * s->width, index, n,
		    v->data);
	return v;
}

static struct vec *
read_vec(const struct seg_column *s, const struct type *type, uint32_t row,
    const uint16_t *index, uint32_t n, struct mem_account *account,
    struct err *e)
{
	int width = rep_width(type->rep);
	uint32_t rows[PAGE_ROWS];
	struct vec *v;

	if (index == NULL)
		return vec_slice(s->vec, row, n, account, e);
	if (type->rep == REP_LIST || type->rep == REP_ROW) {
		for (uint32_t i = 0; i < n; i++)
			rows[i] = row + index[i];
		return vec_select(s->vec, rows, n, account, e);
	}
	v = vec_new_flat(type, n, false, account, e);
	if (v == NULL)
		return NULL;
	gather(width, (const char *)s->vec->data + (size_t)row *
	    (size_t)width, index, n, v->data);
	if (type->rep == REP_STR)
		vec_share_bufs(v, s->vec);
	if (take_valid(v, s->vec->valid, NULL, row, index, account, e) != 0)
		vec_drop(&v);
	return v;
}

struct vec *
seg_read(const struct seg_column *s, const struct type *type, uint32_t row,
    const uint16_t *index, uint32_t n, struct mem_account *account,
    struct err *e)
{
	struct vec *v = NULL;

	switch (s->encoding) {
	case SEG_CONST:
		return vec_const_of(s->vec, 0, n, account, e);
	case SEG_VEC:
		return read_vec(s, type, row, index, n, account, e);
	case SEG_NARROW:
		v = read_narrow(s, type, row, index, n, account, e);
		break;
	case SEG_TABLE:
		v = read_table(s, type, row, index, n, account, e);
		break;
	case SEG_DICT:
		v = read_dict(s, row, index, n, account, e);
		break;
	}
	if (v != NULL && s->valid != NULL && v->form != VEC_CONST &&
	    take_valid(v, (uint64_t *)s->valid->data, s->valid, row, index,
	    account, e) != 0)
		vec_drop(&v);
	return v;
}
