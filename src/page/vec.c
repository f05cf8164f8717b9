/* SPDX-License-Identifier: Apache-2.0
 * vec.c - making, sharing and dropping vectors; bitmaps. */
#include "page/vec.h"

#include <stdlib.h>

#include "base/check.h"
#include "page/vec_priv.h"

void
bitmap_fill(uint64_t *map, uint32_t n)
{
	uint32_t words = bitmap_words(n);

	memset(map, 0xff, words * 8);
	if (n % 64 != 0)
		map[words - 1] = (UINT64_C(1) << (n % 64)) - 1;
}

uint32_t
bitmap_count(const uint64_t *map, uint32_t n)
{
	uint32_t count = 0, whole = n / 64;

	for (uint32_t i = 0; i < whole; i++)
		count += (uint32_t)__builtin_popcountll(map[i]);
	if (n % 64 != 0)
		count += (uint32_t)__builtin_popcountll(map[whole] &
		    ((UINT64_C(1) << (n % 64)) - 1));
	return count;
}

void
bitmap_copy(uint64_t *dst, const uint64_t *src, uint32_t from, uint32_t n)
{
	uint32_t shift = from % 64, words = bitmap_words(n);
	uint32_t last = (from + n + 63) / 64;   /* words that src has */

	src += from / 64;
	last -= from / 64;
	if (shift == 0) {
		memcpy(dst, src, words * 8);
		return;
	}
	for (uint32_t i = 0; i < words; i++) {
		uint64_t high = i + 1 < last ? src[i + 1] : 0;

		dst[i] = src[i] >> shift | high << (64 - shift);
	}
}

struct vec *
vec_new_bare(const struct type *t, enum vec_form form, uint32_t n)
{
	struct vec *v = xcalloc(1, sizeof(*v));

	atomic_init(&v->refs, 1);
	v->form = form;
	v->type = t;
	v->n = n;
	v->n_child = t->rep == REP_LIST || t->rep == REP_ROW ? t->n : 0;
	if (v->n_child > 0)
		v->child = xcalloc((size_t)v->n_child, sizeof(*v->child));
	return v;
}

struct vec *
vec_new_flat(const struct type *t, uint32_t n, bool nullable,
    struct mem_account *account, struct err *e)
{
	size_t width = (size_t)rep_width(t->rep);
	size_t bytes = (n * width + 63) & ~(size_t)63;
	size_t bits = nullable ? (size_t)bitmap_words(n) * 8 : 0;
	struct vec *v;
	struct buf *b;

	b = buf_new(account, bytes + bits, e);
	if (b == NULL)
		return NULL;
	v = vec_new_bare(t, VEC_FLAT, n);
	v->data = b->data;
	if (t->rep == REP_STR || t->rep == REP_LIST)
		memset(v->data, 0, bytes);
	if (nullable) {
		v->valid = (uint64_t *)(b->data + bytes);
		bitmap_fill(v->valid, n);
	}
	vec_add_buf(v, b);
	return v;
}

struct vec *
vec_new_view(const struct type *t, uint32_t n, void *data, uint64_t *valid,
    struct buf *b)
{
	struct vec *v = vec_new_bare(t, VEC_FLAT, n);

	v->data = data;
	v->valid = valid;
	vec_add_buf(v, b);
	return v;
}

struct vec *
vec_new_dict(struct vec *base, uint64_t dict_id, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct buf *b = buf_new(account, (size_t)n * sizeof(uint32_t), e);
	struct vec *v;

	if (b == NULL)
		return NULL;
	CHECK(base->form == VEC_FLAT);
	v = vec_new_bare(base->type, VEC_DICT, n);
	v->data = b->data;
	vec_add_buf(v, b);
	v->base = vec_ref(base);
	v->dict_id = dict_id;
	return v;
}

struct vec *
vec_new_const(const struct type *t, const void *value, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct vec *v;

	if (value == NULL)
		return vec_new_null(t, n, account, e);
	CHECK(t->rep != REP_LIST && t->rep != REP_ROW);
	v = vec_new_flat(t, 1, false, account, e);
	if (v == NULL)
		return NULL;
	v->form = VEC_CONST;
	v->n = n;
	memcpy(v->data, value, (size_t)rep_width(t->rep));
	if (t->rep == REP_STR) {
		struct strview *view = v->data;
		struct buf *heap;

		if (view->n <= STRVIEW_INLINE)
			return v;
		heap = buf_new(account, view->n, e);
		if (heap == NULL) {
			vec_drop(&v);
			return NULL;
		}
		memcpy(heap->data, view->p, view->n);
		view->p = (char *)heap->data;
		vec_add_buf(v, heap);
	}
	return v;
}

/* Flat, no rows, but whole: with the children of children. */
static struct vec *
new_empty(const struct type *t, struct mem_account *account, struct err *e)
{
	struct vec *v = vec_new_flat(t, 0, false, account, e);

	for (int i = 0; v != NULL && i < v->n_child; i++) {
		v->child[i] = new_empty(t->child[i], account, e);
		if (v->child[i] == NULL)
			vec_drop(&v);
	}
	return v;
}

struct vec *
vec_new_null(const struct type *t, uint32_t n, struct mem_account *account,
    struct err *e)
{
	struct vec *v = vec_new_flat(t, 1, true, account, e);

	if (v == NULL)
		return NULL;
	v->form = VEC_CONST;
	v->n = n;
	memset(v->data, 0, (size_t)rep_width(t->rep));
	v->valid[0] = 0;
	for (int i = 0; i < v->n_child; i++) {
		v->child[i] = t->rep == REP_ROW
		    ? vec_new_null(t->child[i], 1, account, e)
		    : new_empty(t->child[i], account, e);
		if (v->child[i] == NULL) {
			vec_drop(&v);
			return NULL;
		}
	}
	return v;
}

void
vec_set_child(struct vec *v, int i, struct vec *child)
{
	CHECK(i < v->n_child && v->child[i] == NULL);
	v->child[i] = child;
}

void
vec_add_buf(struct vec *v, struct buf *b)
{
	/* Room grows at 0, 1, 2, 4, ... */
	if ((v->n_bufs & (v->n_bufs - 1)) == 0)
		v->bufs = xrealloc(v->bufs, sizeof(*v->bufs) *
		    (size_t)(v->n_bufs == 0 ? 1 : v->n_bufs * 2));
	v->bufs[v->n_bufs++] = b;
}

void
vec_share_bufs(struct vec *v, const struct vec *other)
{
	for (int i = 0; i < other->n_bufs; i++)
		vec_add_buf(v, buf_ref(other->bufs[i]));
	if (other->base != NULL)
		vec_share_bufs(v, other->base);
}

void
vec_drop(struct vec **vp)
{
	struct vec *v = *vp;

	*vp = NULL;
	if (v == NULL || atomic_fetch_sub_explicit(&v->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	for (int i = 0; i < v->n_child; i++)
		vec_drop(&v->child[i]);
	for (int i = 0; i < v->n_bufs; i++)
		buf_drop(&v->bufs[i]);
	vec_drop(&v->base);
	free(v->child);
	free(v->bufs);
	free(v);
}

struct vec *
vec_clone(struct vec *v)
{
	struct vec *c = vec_new_bare(v->type, v->form, v->n);

	c->data = v->data;
	c->valid = v->valid;
	c->dict_id = v->dict_id;
	for (int i = 0; i < v->n_bufs; i++)
		vec_add_buf(c, buf_ref(v->bufs[i]));
	if (v->base != NULL)
		c->base = vec_ref(v->base);
	for (int i = 0; i < v->n_child; i++)
		if (v->child[i] != NULL)
			c->child[i] = vec_ref(v->child[i]);
	return c;
}

struct vec *
vec_retype(struct vec *v, const struct type *t)
{
	struct vec *c;

	/* A dictionary's children are its base's. */
	CHECK(v->type->rep == t->rep && v->n_child == (v->form != VEC_DICT &&
	    (t->rep == REP_LIST || t->rep == REP_ROW) ? t->n : 0));
	c = vec_clone(v);
	c->type = t;
	if (c->base != NULL) {
		struct vec *base = vec_retype(c->base, t);

		vec_drop(&c->base);
		c->base = base;
	}
	for (int i = 0; i < c->n_child; i++) {
		struct vec *child;

		if (c->child[i] == NULL)
			continue;
		child = vec_retype(c->child[i], t->child[i]);
		vec_drop(&c->child[i]);
		c->child[i] = child;
	}
	return c;
}

static size_t
heap_bytes(const struct vec *v)
{
	const struct strview *s = v->data;
	uint32_t n = v->form == VEC_CONST ? 1 : v->n;
	size_t bytes = 0;

	for (uint32_t i = 0; i < n; i++)
		bytes += s[i].n > STRVIEW_INLINE ? s[i].n : 0;
	return bytes;
}

size_t
vec_bytes(const struct vec *v)
{
	const struct vec *values = vec_values(v);
	size_t n = v->n, bytes = n * (size_t)rep_width(v->type->rep);
	uint32_t held = values->form == VEC_CONST ? 1 : values->n;

	if (vec_may_be_null(v))
		bytes += n / 8;
	/* An average over a sample would do; bases are small or few. */
	if (v->type->rep == REP_STR && held > 0 && held <= 4 * PAGE_ROWS)
		bytes += heap_bytes(values) * n / held;
	else if (v->type->rep == REP_STR)
		bytes += 16 * n;
	for (int i = 0; i < values->n_child; i++) {
		const struct vec *child = values->child[i];

		if (child != NULL && held > 0)
			bytes += (size_t)((double)vec_bytes(child) *
			    (double)n / (double)held);
	}
	return bytes;
}

uint64_t
vec_new_dict_id(void)
{
	/* A counter is the identity; it carries no state worth a context. */
	static _Atomic uint64_t last;

	return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}
