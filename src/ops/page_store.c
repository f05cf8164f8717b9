/* SPDX-License-Identifier: Apache-2.0
 * page_store.c - pages gathered and laid end to end. */
#pragma GCC optimize("O3")
#include "ops/page_store.h"

#include <stdlib.h>

#include "base/check.h"

/* A dictionary's base may be so many times bigger than its use. */
enum { SPARSE = 4 };

void
page_bag_init(struct page_bag *b, const struct type *const *types, int n,
    struct mem_account *account)
{
	memset(b, 0, sizeof(*b));
	b->account = account;
	page_merge_init(&b->merge, types, n, account);
}

void
page_bag_clear(struct page_bag *b)
{
	for (int i = 0; i < b->n; i++)
		page_drop(&b->v[i]);
	free(b->v);
	b->v = NULL;
	b->n = b->cap = 0;
	b->rows = 0;
	b->bytes = 0;
}

void
page_bag_release(struct page_bag *b)
{
	page_bag_clear(b);
	page_merge_release(&b->merge);
}

/* The column in a form worth keeping: not a few rows of a big base. */
static struct vec *
keep(struct vec *v, struct mem_account *account, struct err *e)
{
	if (v->form != VEC_DICT)
		return vec_ref(v);
	if (v->dict_id != 0 && v->valid == NULL && v->base->n > 0)
		return vec_ref(v);
	/* Rows of one big base: codes are smaller than such values. */
	if (v->base->n > PAGE_ROWS && v->valid == NULL &&
	    (rep_width(v->type->rep) == 16 || v->type->rep == REP_LIST ||
	    v->type->rep == REP_ROW))
		return vec_ref(v);
	if (v->base->n / SPARSE > v->n && (v->type->rep == REP_STR ||
	    v->type->rep == REP_LIST))
		return vec_copy(v, NULL, v->n, account, e);
	return vec_flatten(v, account, e);
}

static int
put(struct page_bag *b, struct page *in, struct err *e)
{
	struct page *p = page_new(in->n, in->rows);

	for (int i = 0; i < in->n; i++) {
		p->col[i] = keep(in->col[i], b->account, e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			page_drop(&in);
			return -(int)e->code;
		}
	}
	page_drop(&in);
	if (b->n == b->cap) {
		b->cap = b->cap == 0 ? 16 : b->cap * 2;
		b->v = xrealloc(b->v, sizeof(*b->v) * (size_t)b->cap);
	}
	b->v[b->n++] = p;
	b->rows += p->rows;
	b->bytes += page_bytes(p);
	return 0;
}

int
page_bag_add(struct page_bag *b, struct page *in, struct err *e)
{
	int ret = 0;

	if (in->rows == 0) {
		page_drop(&in);
		return 0;
	}
	while (ret == 0 && in != NULL) {
		struct page *out, *again;

		ret = page_merge_add(&b->merge, in, &out, &again, e);
		if (ret == 0 && out != NULL)
			ret = put(b, out, e);
		in = again;
	}
	page_drop(&in);
	return ret;
}

int
page_bag_finish(struct page_bag *b, struct err *e)
{
	struct page *out;
	int ret = page_merge_flush(&b->merge, &out, e);

	return ret == 0 && out != NULL ? put(b, out, e) : ret;
}

struct walk {
	struct page_bag *const *bags;
	int n_bags, bag, page;
};

static const struct vec *
next_part(struct walk *w, int column)
{
	while (w->bag < w->n_bags) {
		const struct page_bag *b = w->bags[w->bag];

		if (w->page < b->n)
			return b->v[w->page++]->col[column];
		w->bag++;
		w->page = 0;
	}
	return NULL;
}

/* What the parts have in common. */
struct parts {
	uint64_t rows;
	bool nulls;
	struct vec *base;       /* of all; NULL: no common dictionary */
	uint64_t dict_id;
};

static struct parts
survey(struct walk w, int column)
{
	struct parts p = { 0 };
	const struct vec *v;
	bool first = true;

	while ((v = next_part(&w, column)) != NULL) {
		p.rows += v->n;
		p.nulls |= vec_may_be_null(v);
		if (v->form != VEC_DICT || v->valid != NULL) {
			p.base = NULL;
		} else if (first) {
			p.dict_id = v->dict_id;
			p.base = v->base;
		} else if (p.base != v->base && (p.dict_id == 0 ||
		    p.dict_id != v->dict_id)) {
			p.base = NULL;
		}
		first = false;
	}
	return p;
}

static struct vec *
concat_codes(struct walk w, int column, const struct parts *p,
    struct mem_account *account, struct err *e)
{
	struct vec *to = vec_new_dict(p->base, p->dict_id, (uint32_t)p->rows,
	    account, e);
	uint32_t *out = to == NULL ? NULL : to->data;
	const struct vec *v;

	while (to != NULL && (v = next_part(&w, column)) != NULL) {
		memcpy(out, v->data, (size_t)v->n * sizeof(*out));
		out += v->n;
	}
	return to;
}

/* Validity of v's rows into bits from..from+n of to. */
static void
put_valid(uint64_t *to, uint32_t from, const struct vec *v)
{
	if (!vec_may_be_null(v))
		return;
	for (uint32_t i = 0; i < v->n; i++)
		if (vec_is_null(v, i))
			bit_clear(to, from + i);
}

#define COPY_PART(type_t) do { \
	type_t *out = (type_t *)to->data + at; \
	const type_t *in = vec_values(v)->data; \
	if (v->form == VEC_FLAT) \
		memcpy(out, in, (size_t)v->n * sizeof(*out)); \
	else if (v->form == VEC_CONST) \
		for (uint32_t i = 0; i < v->n; i++) \
			out[i] = in[0]; \
	else if (v->base->n > 0) \
		for (uint32_t i = 0; i < v->n; i++) \
			out[i] = in[index[i]]; \
} while (0)

static void
copy_part(struct vec *to, uint32_t at, const struct vec *v)
{
	const uint32_t *index = v->data;

	switch (rep_width(v->type->rep)) {
	case 1: COPY_PART(uint8_t); break;
	case 2: COPY_PART(uint16_t); break;
	case 4: COPY_PART(uint32_t); break;
	case 8: COPY_PART(uint64_t); break;
	default: COPY_PART(uint128);
	}
	if (to->valid != NULL)
		put_valid(to->valid, at, v);
}

/* Long strings move into one heap of the vector's own. */
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
	vec_add_buf(to, heap);
	at = (char *)heap->data;
	for (uint32_t i = 0; i < to->n; i++) {
		if (s[i].n <= STRVIEW_INLINE)
			continue;
		memcpy(at, s[i].p, s[i].n);
		s[i].p = at;
		at += s[i].n;
	}
	return 0;
}

static struct vec *
concat_flat(struct walk w, int column, const struct parts *p,
    const struct type *t, struct mem_account *account, struct err *e)
{
	struct vec *to = vec_new_flat(t, (uint32_t)p->rows, p->nulls, account,
	    e);
	const struct vec *v;
	uint32_t at = 0;

	while (to != NULL && (v = next_part(&w, column)) != NULL) {
		copy_part(to, at, v);
		at += v->n;
	}
	if (to != NULL && t->rep == REP_STR &&
	    own_strings(to, account, e) < 0)
		vec_drop(&to);
	return to;
}

static struct vec *
concat_nested(struct walk w, int column, const struct type *t,
    struct mem_account *account, struct err *e)
{
	struct vec_builder b;
	struct vec *to = NULL;
	const struct vec *v;
	int ret = 0;

	vec_builder_init(&b, t, account);
	while (ret == 0 && (v = next_part(&w, column)) != NULL)
		ret = vec_builder_rows(&b, v, NULL, 0, v->n, e);
	if (ret == 0)
		to = vec_builder_finish(&b, e);
	vec_builder_release(&b);
	return to;
}

/* The parts of a column go as soon as it is whole, not all pages at the
 * end: the bags have the pages for themselves. */
static void
drop_parts(struct page_bag *const *bags, int n_bags, int column)
{
	for (int b = 0; b < n_bags; b++)
		for (int p = 0; p < bags[b]->n; p++)
			vec_drop(&bags[b]->v[p]->col[column]);
}

struct vec *
page_bags_concat(struct page_bag *const *bags, int n_bags, int column,
    const struct type *t, struct mem_account *account, struct err *e)
{
	struct walk w = { bags, n_bags, 0, 0 };
	struct parts p = survey(w, column);
	struct vec *to;

	if (p.rows > STORE_MAX_ROWS) {
		err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "more than %u rows in one structure", STORE_MAX_ROWS);
		return NULL;
	}
	if (p.base != NULL)
		to = concat_codes(w, column, &p, account, e);
	else if (t->rep == REP_LIST || t->rep == REP_ROW)
		to = concat_nested(w, column, t, account, e);
	else
		to = concat_flat(w, column, &p, t, account, e);
	if (to != NULL)
		drop_parts(bags, n_bags, column);
	return to;
}
