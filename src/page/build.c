/* SPDX-License-Identifier: Apache-2.0
 * build.c - growing vectors; see build.h. */
#include "page/build.h"

#include <stdlib.h>

#include "base/check.h"
#include "page/vec_priv.h"

enum { FIRST_ROWS = 64, FIRST_HEAP = 1024, LARGEST_HEAP = 1 << 20 };

static bool
has_children(const struct type *t)
{
	return t->rep == REP_LIST || t->rep == REP_ROW;
}

void
vec_builder_init(struct vec_builder *b, const struct type *t,
    struct mem_account *account)
{
	*b = (struct vec_builder){ .type = t, .account = account };
	if (has_children(t)) {
		b->child = xcalloc((size_t)t->n, sizeof(*b->child));
		for (int i = 0; i < t->n; i++)
			vec_builder_init(&b->child[i], t->child[i], account);
	}
}

static void
clear(struct vec_builder *b)
{
	buf_drop(&b->data);
	buf_drop(&b->valid);
	for (int i = 0; i < b->n_heaps; i++)
		buf_drop(&b->heaps[i]);
	free(b->heaps);
	b->heaps = NULL;
	b->heap = NULL;
	b->n = b->cap = 0;
	b->nullable = false;
	b->heap_used = b->heap_cap = 0;
	b->n_heaps = b->cap_heaps = 0;
}

void
vec_builder_release(struct vec_builder *b)
{
	clear(b);
	if (b->child != NULL) {
		for (int i = 0; i < b->type->n; i++)
			vec_builder_release(&b->child[i]);
		free(b->child);
		b->child = NULL;
	}
}

/* Moves buf *at to one of `bytes`, keeping `used`. */
static int
regrow(struct vec_builder *b, struct buf **at, size_t used, size_t bytes,
    struct err *e)
{
	struct buf *bigger = buf_new(b->account, bytes, e);

	if (bigger == NULL)
		return -(int)e->code;
	if (used > 0)
		memcpy(bigger->data, (*at)->data, used);
	buf_drop(at);
	*at = bigger;
	return 0;
}

int
vec_builder_reserve(struct vec_builder *b, uint32_t more, struct err *e)
{
	size_t width = (size_t)rep_width(b->type->rep);
	uint64_t need = (uint64_t)b->n + more;
	uint32_t cap;
	int r;

	if (need <= b->cap)
		return 0;
	if (need > UINT32_MAX / 2)
		return err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "A vector of more than 2^31 rows");
	cap = b->cap == 0 ? FIRST_ROWS : b->cap * 2;
	cap = MAX(cap, (uint32_t)need);
	if (width > 0 && (r = regrow(b, &b->data, b->n * width, cap * width,
	    e)) != 0)
		return r;
	if (b->nullable && (r = regrow(b, &b->valid,
	    (size_t)bitmap_words(b->n) * 8, (size_t)bitmap_words(cap) * 8,
	    e)) != 0)
		return r;
	b->cap = cap;
	return 0;
}

/* From now on NULLs are possible: the rows so far are valid. */
static int
make_nullable(struct vec_builder *b, struct err *e)
{
	if (b->nullable)
		return 0;
	b->valid = buf_new(b->account, (size_t)bitmap_words(b->cap) * 8, e);
	if (b->valid == NULL)
		return -(int)e->code;
	if (b->n > 0)
		bitmap_fill((uint64_t *)b->valid->data, b->n);
	b->nullable = true;
	return 0;
}

/* Counts one more row. */
static void
count(struct vec_builder *b, bool valid)
{
	uint64_t *map;

	if (b->nullable) {
		map = (uint64_t *)b->valid->data;
		if (b->n % 64 == 0)
			map[b->n / 64] = 0;
		if (valid)
			bit_set(map, b->n);
		else
			bit_clear(map, b->n);
	}
	b->n++;
}

int
vec_builder_null(struct vec_builder *b, struct err *e)
{
	size_t width = (size_t)rep_width(b->type->rep);
	int r;

	if ((r = vec_builder_reserve(b, 1, e)) != 0 ||
	    (r = make_nullable(b, e)) != 0)
		return r;
	if (b->type->rep == REP_ROW) {
		for (int i = 0; i < b->type->n; i++)
			if ((r = vec_builder_null(&b->child[i], e)) != 0)
				return r;
	} else {
		memset(b->data->data + b->n * width, 0, width);
	}
	count(b, false);
	return 0;
}

int
vec_builder_value(struct vec_builder *b, const void *value, struct err *e)
{
	size_t width = (size_t)rep_width(b->type->rep);
	int r;

	CHECK(!has_children(b->type));
	if (b->type->rep == REP_STR)
		return vec_builder_str(b, strview_str(value), e);
	if (b->n == b->cap && (r = vec_builder_reserve(b, 1, e)) != 0)
		return r;
	memcpy(b->data->data + b->n * width, value, width);
	count(b, true);
	return 0;
}

char *
vec_builder_heap(struct vec_builder *b, size_t n, struct err *e)
{
	char *at;

	if (n > b->heap_cap - b->heap_used) {
		size_t cap = MIN(MAX((size_t)FIRST_HEAP, b->heap_cap * 2),
		    (size_t)LARGEST_HEAP);
		struct buf *block;

		cap = MAX(cap, n);
		block = buf_new(b->account, cap, e);
		if (block == NULL)
			return NULL;
		if (b->n_heaps == b->cap_heaps) {
			b->cap_heaps = b->cap_heaps == 0 ? 4
			    : b->cap_heaps * 2;
			b->heaps = xrealloc(b->heaps, (size_t)b->cap_heaps *
			    sizeof(*b->heaps));
		}
		b->heaps[b->n_heaps++] = block;
		b->heap = block;
		b->heap_used = 0;
		b->heap_cap = block->size;
	}
	at = (char *)b->heap->data + b->heap_used;
	b->heap_used += n;
	return at;
}

int
vec_builder_str(struct vec_builder *b, struct str s, struct err *e)
{
	struct strview v;
	int r;

	CHECK(b->type->rep == REP_STR);
	if (s.n > INT32_MAX)
		return err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "A value of more than 2 GiB");
	if (b->n == b->cap && (r = vec_builder_reserve(b, 1, e)) != 0)
		return r;
	if (s.n > STRVIEW_INLINE) {
		char *p = vec_builder_heap(b, s.n, e);

		if (p == NULL)
			return -(int)e->code;
		memcpy(p, s.p, s.n);
		s.p = p;
	}
	v = strview_of(s);
	memcpy(b->data->data + b->n * sizeof(v), &v, sizeof(v));
	count(b, true);
	return 0;
}

int
vec_builder_list(struct vec_builder *b, uint32_t n, struct err *e)
{
	struct list_ref ref = { b->child[0].n - n, n };
	int r;

	CHECK(b->type->rep == REP_LIST && b->child[0].n >= n &&
	    b->child[b->type->n - 1].n == b->child[0].n);
	if ((r = vec_builder_reserve(b, 1, e)) != 0)
		return r;
	memcpy(b->data->data + b->n * sizeof(ref), &ref, sizeof(ref));
	count(b, true);
	return 0;
}

int
vec_builder_struct(struct vec_builder *b, struct err *e)
{
	int r;

	CHECK(b->type->rep == REP_ROW);
	if ((r = vec_builder_reserve(b, 1, e)) != 0)
		return r;
	count(b, true);
	for (int i = 0; i < b->type->n; i++)
		CHECK(b->child[i].n == b->n);
	return 0;
}

int
vec_builder_row(struct vec_builder *b, const struct vec *v, uint32_t at,
    struct err *e)
{
	const struct vec *values = vec_values(v);
	uint32_t slot;
	int r = 0;

	if (vec_is_null(v, at))
		return vec_builder_null(b, e);
	slot = vec_slot(v, at);
	if (b->type->rep == REP_LIST) {
		struct list_ref ref = ((struct list_ref *)values->data)[slot];

		for (int i = 0; i < b->type->n && r == 0; i++)
			r = vec_builder_rows(&b->child[i], values->child[i],
			    NULL, ref.offset, ref.n, e);
		return r != 0 ? r : vec_builder_list(b, ref.n, e);
	}
	if (b->type->rep == REP_ROW) {
		for (int i = 0; i < b->type->n && r == 0; i++)
			r = vec_builder_row(&b->child[i], values->child[i],
			    slot, e);
		return r != 0 ? r : vec_builder_struct(b, e);
	}
	return vec_builder_value(b, (const char *)values->data +
	    slot * (size_t)rep_width(b->type->rep), e);
}

/* Fixed-width flat values without NULLs in one copy. */
static bool
append_plain(struct vec_builder *b, const struct vec *v, uint32_t from,
    uint32_t n)
{
	size_t width = (size_t)rep_width(b->type->rep);

	if (v->form != VEC_FLAT || v->valid != NULL || b->nullable ||
	    has_children(b->type) || b->type->rep == REP_STR)
		return false;
	memcpy(b->data->data + b->n * width,
	    (const char *)v->data + from * width, n * width);
	b->n += n;
	return true;
}

int
vec_builder_rows(struct vec_builder *b, const struct vec *v,
    const uint32_t *index, uint32_t from, uint32_t n, struct err *e)
{
	int r;

	if (n == 0)
		return 0;
	if ((r = vec_builder_reserve(b, n, e)) != 0)
		return r;
	if (index == NULL && append_plain(b, v, from, n))
		return 0;
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = vec_builder_row(b, v, index == NULL ? from + i : index[i],
		    e);
	return r;
}

struct vec *
vec_builder_finish(struct vec_builder *b, struct err *e)
{
	struct vec *v = vec_new_bare(b->type, VEC_FLAT, b->n);

	if (b->data == NULL) {
		b->data = buf_new(b->account, 1, e);
		if (b->data == NULL)
			goto fail;
	}
	v->data = b->data->data;
	vec_add_buf(v, buf_ref(b->data));
	if (b->nullable) {
		v->valid = (uint64_t *)b->valid->data;
		vec_add_buf(v, buf_ref(b->valid));
	}
	for (int i = 0; i < b->n_heaps; i++)
		vec_add_buf(v, buf_ref(b->heaps[i]));
	for (int i = 0; i < v->n_child; i++) {
		v->child[i] = vec_builder_finish(&b->child[i], e);
		if (v->child[i] == NULL)
			goto fail;
	}
	clear(b);
	return v;
fail:
	vec_drop(&v);
	return NULL;
}
