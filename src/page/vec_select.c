/* SPDX-License-Identifier: Apache-2.0
 * vec_select.c - vectors made of other vectors' rows: by index, by range,
 * flattened, copied out. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "base/check.h"
#include "page/vec.h"
#include "page/vec_priv.h"

/* A dictionary over base with room for n indices. */
static struct vec *
new_dict(struct vec *base, uint32_t n, bool nullable,
    struct mem_account *account, struct err *e)
{
	size_t bytes = ((size_t)n * 4 + 63) & ~(size_t)63;
	struct buf *b = buf_new(account, bytes + (nullable
	    ? (size_t)bitmap_words(n) * 8 : 0), e);
	struct vec *v;

	if (b == NULL)
		return NULL;
	v = vec_new_bare(base->type, VEC_DICT, n);
	/* Children are the base's. */
	v->n_child = 0;
	v->data = b->data;
	v->base = vec_ref(base);
	if (nullable) {
		v->valid = (uint64_t *)(b->data + bytes);
		bitmap_fill(v->valid, n);
	}
	vec_add_buf(v, b);
	return v;
}

/* An all-NULL vector in place of rows of an empty base. */
static bool
empty_values(const struct vec *v)
{
	return vec_values(v)->form == VEC_FLAT && vec_values(v)->n == 0;
}

struct vec *
vec_select_nullable(struct vec *v, const uint32_t *index,
    const uint64_t *row_valid, uint32_t n, struct mem_account *account,
    struct err *e)
{
	const uint32_t *inner;
	struct vec *to;
	uint32_t *out;

	if (row_valid != NULL && (v->form == VEC_CONST || empty_values(v))) {
		struct vec *flat;

		if (empty_values(v) || vec_is_null(v, 0))
			return vec_new_null(v->type, n, account, e);
		/* A base of one row, so that rows can be NULL. */
		flat = vec_clone(v);
		flat->form = VEC_FLAT;
		flat->n = 1;
		to = new_dict(flat, n, true, account, e);
		vec_drop(&flat);
		if (to == NULL)
			return NULL;
		memset(to->data, 0, (size_t)n * 4);
		memcpy(to->valid, row_valid, bitmap_words(n) * 8);
		return to;
	}
	if (v->form == VEC_CONST) {
		to = vec_clone(v);
		to->n = n;
		return to;
	}
	to = new_dict(v->form == VEC_DICT ? v->base : v, n,
	    row_valid != NULL || (v->form == VEC_DICT && v->valid != NULL),
	    account, e);
	if (to == NULL)
		return NULL;
	out = to->data;
	if (row_valid != NULL)
		memcpy(to->valid, row_valid, bitmap_words(n) * 8);
	if (v->form == VEC_FLAT) {
		if (row_valid == NULL) {
			memcpy(out, index, (size_t)n * 4);
			return to;
		}
		for (uint32_t i = 0; i < n; i++)
			out[i] = bit_get(row_valid, i) ? index[i] : 0;
		return to;
	}
	inner = v->data;
	to->dict_id = v->dict_id;
	if (row_valid == NULL) {
		for (uint32_t i = 0; i < n; i++)
			out[i] = inner[index[i]];
	} else {
		for (uint32_t i = 0; i < n; i++)
			out[i] = bit_get(row_valid, i) ? inner[index[i]] : 0;
	}
	if (v->valid != NULL) {
		for (uint32_t i = 0; i < n; i++)
			if ((row_valid == NULL || bit_get(row_valid, i)) &&
			    !bit_get(v->valid, index[i]))
				bit_clear(to->valid, i);
	}
	return to;
}

struct vec *
vec_select(struct vec *v, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e)
{
	return vec_select_nullable(v, index, NULL, n, account, e);
}

/* Replaces to->valid by the bits from..from+n of valid. */
static int
slice_valid(struct vec *to, const uint64_t *valid, uint32_t from, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct buf *b;

	if (from % 64 == 0) {
		to->valid = (uint64_t *)(uintptr_t)(valid + from / 64);
		return 0;
	}
	b = buf_new(account, (size_t)bitmap_words(n) * 8, e);
	if (b == NULL)
		return -(int)e->code;
	to->valid = (uint64_t *)b->data;
	bitmap_copy(to->valid, valid, from, n);
	vec_add_buf(to, b);
	return 0;
}

struct vec *
vec_slice(struct vec *v, uint32_t from, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct vec *to;
	size_t width;

	CHECK((uint64_t)from + n <= v->n);
	if (from == 0 && n == v->n)
		return vec_ref(v);
	to = vec_clone(v);
	to->n = n;
	if (v->form == VEC_CONST)
		return to;
	width = v->form == VEC_DICT ? 4 : (size_t)rep_width(v->type->rep);
	to->data = (char *)v->data + from * width;
	if (v->valid != NULL && slice_valid(to, v->valid, from, n, account,
	    e) != 0)
		goto fail;
	if (v->form == VEC_FLAT && v->type->rep == REP_ROW) {
		for (int i = 0; i < v->n_child; i++) {
			struct vec *child = vec_slice(v->child[i], from, n,
			    account, e);

			if (child == NULL)
				goto fail;
			vec_drop(&to->child[i]);
			to->child[i] = child;
		}
	}
	return to;
fail:
	vec_drop(&to);
	return NULL;
}

/* to[i] = from[slots[i]] for the widths that there are. */
static void
gather_slots(void *restrict to, const void *restrict from, int width,
    const uint32_t *restrict slots, uint32_t n)
{
#define GATHER(type_t) \
	for (uint32_t i = 0; i < n; i++) \
		((type_t *)to)[i] = ((const type_t *)from)[slots[i]]
	switch (width) {
	case 1: GATHER(uint8_t); break;
	case 2: GATHER(uint16_t); break;
	case 4: GATHER(uint32_t); break;
	case 8: GATHER(uint64_t); break;
	case 16: GATHER(uint128); break;
	}
#undef GATHER
}

static void
gather(void *restrict to, const struct vec *v, const uint32_t *index,
    uint32_t n)
{
	const void *from = vec_values(v)->data;
	const uint32_t *dict = v->data;
	int width = rep_width(v->type->rep);
	uint32_t slots[1024], k;

	if (v->form == VEC_FLAT && index != NULL) {
		gather_slots(to, from, width, index, n);
		return;
	}
	if (v->form == VEC_DICT && index == NULL) {
		gather_slots(to, from, width, dict, n);
		return;
	}
	for (uint32_t done = 0; done < n; done += k) {
		k = MIN(n - done, (uint32_t)ARRAY_LEN(slots));
		if (v->form == VEC_DICT)
			for (uint32_t i = 0; i < k; i++)
				slots[i] = dict[index[done + i]];
		else
			for (uint32_t i = 0; i < k; i++)
				slots[i] = v->form == VEC_CONST ? 0
				    : done + i;
		gather_slots((char *)to + (size_t)done * (size_t)width, from,
		    width, slots, k);
	}
}

static void
gather_valid(struct vec *to, const struct vec *v, const uint32_t *index)
{
	for (uint32_t i = 0; i < to->n; i++)
		if (vec_is_null(v, index == NULL ? i : index[i]))
			bit_clear(to->valid, i);
}

/* Flat with rows index[0..n) of v; strings and elements stay shared. */
static struct vec *
flat_of(struct vec *v, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e)
{
	const struct vec *values = vec_values(v);
	struct vec *to = vec_new_flat(v->type, n, vec_may_be_null(v),
	    account, e);

	if (to == NULL)
		return NULL;
	gather(to->data, v, index, n);
	if (to->valid != NULL)
		gather_valid(to, v, index);
	if (v->type->rep == REP_STR)
		vec_share_bufs(to, values);
	for (int i = 0; i < values->n_child; i++) {
		struct vec *child = values->child[i];

		if (v->type->rep == REP_LIST) {
			to->child[i] = vec_ref(child);
			continue;
		}
		uint32_t *slots = xmalloc((size_t)n * 4);

		for (uint32_t k = 0; k < n; k++)
			slots[k] = vec_slot(v, index == NULL ? k : index[k]);
		to->child[i] = vec_select(child, slots, n, account, e);
		free(slots);
		if (to->child[i] == NULL) {
			vec_drop(&to);
			return NULL;
		}
	}
	return to;
}

struct vec *
vec_flatten(struct vec *v, struct mem_account *account, struct err *e)
{
	if (v->form == VEC_FLAT)
		return vec_ref(v);
	return flat_of(v, NULL, v->n, account, e);
}

/* Copies the long strings that to's views point to into one buffer. */
static int
own_strings(struct vec *to, struct mem_account *account, struct err *e)
{
	struct strview *s = to->data;
	size_t bytes = 0;
	struct buf *heap;
	char *at;

	for (uint32_t i = 0; i < to->n; i++)
		bytes += s[i].n > STRVIEW_INLINE ? s[i].n : 0;
	if (bytes == 0)
		return 0;
	heap = buf_new(account, bytes, e);
	if (heap == NULL)
		return -(int)e->code;
	at = (char *)heap->data;
	for (uint32_t i = 0; i < to->n; i++) {
		if (s[i].n <= STRVIEW_INLINE)
			continue;
		memcpy(at, s[i].p, s[i].n);
		s[i].p = at;
		at += s[i].n;
	}
	vec_add_buf(to, heap);
	return 0;
}

/* Copies the elements that to's list references name out of values'. */
static int
own_elements(struct vec *to, const struct vec *values,
    struct mem_account *account, struct err *e)
{
	struct list_ref *refs = to->data;
	uint64_t total = 0;
	uint32_t *index, at = 0;

	for (uint32_t i = 0; i < to->n; i++)
		total += to->valid != NULL && !bit_get(to->valid, i) ? 0
		    : refs[i].n;
	if (total > UINT32_MAX)
		return err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "More than 2^32 elements in one vector");
	index = xmalloc((size_t)total * 4);
	for (uint32_t i = 0; i < to->n; i++) {
		uint32_t n = to->valid != NULL && !bit_get(to->valid, i) ? 0
		    : refs[i].n, first = refs[i].offset;

		refs[i] = (struct list_ref){ at, n };
		for (uint32_t k = 0; k < n; k++)
			index[at++] = first + k;
	}
	for (int i = 0; i < values->n_child; i++) {
		to->child[i] = vec_copy(values->child[i], index, at, account,
		    e);
		if (to->child[i] == NULL) {
			free(index);
			return -(int)e->code;
		}
	}
	free(index);
	return 0;
}

struct vec *
vec_copy(const struct vec *v, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e)
{
	const struct vec *values = vec_values(v);
	struct vec *to = vec_new_flat(v->type, n, vec_may_be_null(v),
	    account, e);
	int r = 0;

	if (to == NULL)
		return NULL;
	gather(to->data, v, index, n);
	if (to->valid != NULL)
		gather_valid(to, v, index);
	if (v->type->rep == REP_STR) {
		r = own_strings(to, account, e);
	} else if (v->type->rep == REP_LIST) {
		r = own_elements(to, values, account, e);
	} else if (v->type->rep == REP_ROW) {
		uint32_t *slots = xmalloc((size_t)n * 4);

		for (uint32_t k = 0; k < n; k++)
			slots[k] = vec_slot(v, index == NULL ? k : index[k]);
		for (int i = 0; i < values->n_child && r == 0; i++) {
			to->child[i] = vec_copy(values->child[i], slots, n,
			    account, e);
			r = to->child[i] == NULL ? -1 : 0;
		}
		free(slots);
	}
	if (r != 0)
		vec_drop(&to);
	return to;
}

struct vec *
vec_const_of(const struct vec *v, uint32_t at, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct vec *to;

	if (vec_is_null(v, at))
		return vec_new_null(v->type, n, account, e);
	to = vec_copy(v, &at, 1, account, e);
	if (to == NULL)
		return NULL;
	to->form = VEC_CONST;
	to->valid = NULL;
	to->n = n;
	return to;
}
