/* SPDX-License-Identifier: Apache-2.0
 * random_pages.c - test data. */
#include "random_pages.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "page/build.h"
#include "page/compare.h"
#include "tap.h"

static int
add_value(struct vec_builder *b, uint64_t v, int nulls, uint64_t *seed)
{
	const struct type *t = b->type;
	char text[64];
	int64_t i = (int64_t)v;
	double d;
	float f;

	if ((int)(random_next(seed) % 100) < nulls)
		return vec_builder_null(b, NULL);
	switch (t->rep) {
	case REP_BOOL:
		i &= 1;
		return vec_builder_value(b, &i, NULL);
	case REP_F64:
		d = v % 13 == 0 ? __builtin_nan("") : v % 13 == 1 ? -0.0
		    : (double)v / 4;
		return vec_builder_value(b, &d, NULL);
	case REP_F32:
		f = (float)v / 2;
		return vec_builder_value(b, &f, NULL);
	case REP_STR:
		snprintf(text, sizeof(text), v % 3 == 0 ? "k%llu"
		    : "a long string that is no view %llu",
		    (unsigned long long)v);
		return vec_builder_str(b, str_of(text), NULL);
	case REP_I128: {
		int128 w = (int128)i * 1000000007 * 1000000009;

		return vec_builder_value(b, &w, NULL);
	}
	case REP_LIST: {
		/* Entries of a map may come back in another order. */
		uint32_t n = (uint32_t)(v % (t->id == TYPE_MAP ? 2 : 4));

		for (uint32_t k = 0; k < n; k++)
			for (int c = 0; c < t->n; c++)
				CHECK(add_value(&b->child[c], v + k, c == 0 &&
				    t->id == TYPE_MAP ? 0 : 10, &v) == 0);
		return vec_builder_list(b, n, NULL);
	}
	case REP_ROW:
		for (int c = 0; c < t->n; c++)
			CHECK(add_value(&b->child[c], v + (uint64_t)c, 0,
			    seed) == 0);
		return vec_builder_struct(b, NULL);
	default:
		i -= 3;
		if (v % 11 == 0 && t->rep == REP_I64)
			i = (int64_t)(0 - (uint64_t)i * 1000000);
		return vec_builder_value(b, &i, NULL);
	}
}

static struct vec *
flat_column(struct random_column *c, uint32_t n, uint64_t *seed)
{
	struct vec_builder b;
	struct vec *v;

	vec_builder_init(&b, c->type, NULL);
	for (uint32_t i = 0; i < n; i++)
		CHECK(add_value(&b, random_next(seed) %
		    (uint64_t)c->distinct, c->nulls, seed) == 0);
	v = vec_builder_finish(&b, NULL);
	vec_builder_release(&b);
	CHECK(v != NULL);
	return v;
}

static struct vec *
dict_column(struct random_column *c, uint32_t n, uint64_t *seed)
{
	uint32_t *index = xcalloc(n + 1, sizeof(*index));
	struct vec *base = c->dict, *v;
	uint32_t entries = (uint32_t)(random_next(seed) % 50 + 1);

	if (base == NULL)
		base = flat_column(c, entries, seed);
	if (c->form == FORM_SHARED_DICT && c->dict == NULL) {
		c->dict = base;
		c->dict_id = vec_new_dict_id();
	}
	for (uint32_t i = 0; i < n; i++)
		index[i] = (uint32_t)(random_next(seed) % base->n);
	v = vec_new_dict(base, c->dict_id, n, NULL, NULL);
	memcpy(v->data, index, n * sizeof(*index));
	free(index);
	if (c->dict != base)
		vec_drop(&base);
	return v;
}

struct page *
random_page(const struct type *const *types, struct random_column *c,
    int columns, uint32_t n, uint64_t *seed)
{
	struct page *p = page_new(columns, n);

	for (int i = 0; i < columns; i++) {
		int form = (int)(random_next(seed) % 8);

		c[i].type = types[i];
		if (c[i].form == FORM_SHARED_DICT || (c[i].form == FORM_ANY &&
		    form < 2)) {
			p->col[i] = dict_column(&c[i], n, seed);
		} else if (c[i].form == FORM_ANY && form == 2) {
			struct vec *one = flat_column(&c[i], 1, seed);

			p->col[i] = vec_const_of(one, 0, n, NULL, NULL);
			vec_drop(&one);
		} else {
			p->col[i] = flat_column(&c[i], n, seed);
		}
	}
	return p;
}

void
random_column_release(struct random_column *c)
{
	vec_drop(&c->dict);
}

void
text_list_add(struct text_list *l, char *text)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->v = xrealloc(l->v, sizeof(*l->v) * (size_t)l->cap);
	}
	l->v[l->n++] = text;
}

char *
row_text(const struct page *p, uint32_t row)
{
	struct sbuf b;

	sbuf_init(&b);
	for (int i = 0; i < p->n; i++) {
		if (i > 0)
			sbuf_addc(&b, '|');
		if (vec_is_null(p->col[i], row))
			sbuf_addz(&b, "NULL");
		else
			vec_print_json(&b, p->col[i], row);
	}
	return sbuf_take(&b);
}

void
text_list_pages(struct text_list *l, const struct page_list *pages)
{
	for (int i = 0; i < pages->n; i++)
		for (uint32_t r = 0; r < pages->v[i]->rows; r++)
			text_list_add(l, row_text(pages->v[i], r));
}

static int
compare_texts(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

void
text_list_sort(struct text_list *l)
{
	if (l->n > 0)
		qsort(l->v, (size_t)l->n, sizeof(*l->v), compare_texts);
}

void
text_list_release(struct text_list *l)
{
	for (int i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

bool
same_texts(const struct text_list *got, const struct text_list *want,
    const char *name)
{
	int n = got->n < want->n ? got->n : want->n;
	bool same = got->n == want->n;

	for (int i = 0; i < n; i++)
		if (strcmp(got->v[i], want->v[i]) != 0) {
			ok(false, "%s", name);
			diag("row %d: got  %s", i, got->v[i]);
			diag("row %d: want %s", i, want->v[i]);
			return false;
		}
	ok(same, "%s", name);
	if (!same)
		diag("got %d rows, want %d", got->n, want->n);
	return same;
}
