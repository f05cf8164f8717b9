/* SPDX-License-Identifier: Apache-2.0
 * page_merge.c - gathers the rows of small pages.  Columns that are all of
 * one dictionary stay so. */
#include "ops/page_merge.h"

#include <stdlib.h>

void
page_merge_init(struct page_merge *m, const struct type *const *types, int n,
    struct mem_account *account)
{
	memset(m, 0, sizeof(*m));
	m->n = n;
	m->account = account;
	m->column = xcalloc((size_t)n + 1, sizeof(*m->column));
	for (int i = 0; i < n; i++)
		vec_builder_init(&m->column[i].b, types[i], account);
}

void
page_merge_release(struct page_merge *m)
{
	if (m->column == NULL)
		return;
	for (int i = 0; i < m->n; i++) {
		vec_builder_release(&m->column[i].b);
		vec_drop(&m->column[i].base);
	}
	free(m->codes);
	free(m->column);
	m->column = NULL;
}

/* Worth keeping as it is: a dictionary with an identity, or rows of a base
 * that is bigger than a page (a join's build side): other pages will have
 * the same one. */
static bool
keeps_dict(const struct vec *v)
{
	return v->form == VEC_DICT && v->valid == NULL && v->base->n > 0 &&
	    (v->dict_id != 0 || v->base->n > PAGE_ROWS);
}

static bool
same_dict(const struct merge_column *c, const struct vec *v)
{
	return v->base == c->base || (v->dict_id != 0 &&
	    v->dict_id == c->dict_id);
}

static uint32_t *
codes_of(struct page_merge *m, int i)
{
	if (m->codes == NULL)
		m->codes = xmalloc((size_t)m->n * PAGE_ROWS *
		    sizeof(*m->codes));
	return m->codes + (size_t)i * PAGE_ROWS;
}

/* Can the page's columns follow what was gathered? */
static bool
fits(const struct page_merge *m, const struct page *in)
{
	if (m->rows == 0)
		return true;
	if (m->rows + in->rows > PAGE_ROWS)
		return false;
	for (int i = 0; i < m->n; i++) {
		const struct merge_column *c = &m->column[i];

		if (c->base == NULL)
			continue;
		if (!keeps_dict(in->col[i]) || !same_dict(c, in->col[i]))
			return false;
	}
	return true;
}

static int
append(struct page_merge *m, struct page *in, struct err *e)
{
	for (int i = 0; i < m->n; i++) {
		struct merge_column *c = &m->column[i];
		struct vec *v = in->col[i];
		int ret;

		if (m->rows == 0 && keeps_dict(v)) {
			c->base = vec_ref(v->base);
			c->dict_id = v->dict_id;
		}
		if (c->base != NULL) {
			memcpy(codes_of(m, i) + m->rows, v->data,
			    (size_t)in->rows * sizeof(uint32_t));
			continue;
		}
		if (m->rows == 0) {
			ret = vec_builder_reserve(&c->b, PAGE_ROWS, e);
			if (ret < 0)
				return ret;
		}
		ret = vec_builder_rows(&c->b, v, NULL, 0, in->rows, e);
		if (ret < 0)
			return ret;
	}
	m->rows += in->rows;
	return 0;
}

static struct vec *
finish_column(struct page_merge *m, int i, struct err *e)
{
	struct merge_column *c = &m->column[i];
	struct vec *v;

	if (c->base == NULL)
		return vec_builder_finish(&c->b, e);
	v = vec_new_dict(c->base, c->dict_id, m->rows, m->account, e);
	if (v != NULL)
		memcpy(v->data, codes_of(m, i),
		    (size_t)m->rows * sizeof(uint32_t));
	vec_drop(&c->base);
	return v;
}

int
page_merge_flush(struct page_merge *m, struct page **out, struct err *e)
{
	struct page *p;
	int ret = 0;

	*out = NULL;
	if (m->rows == 0)
		return 0;
	p = page_new(m->n, m->rows);
	for (int i = 0; i < m->n; i++) {
		p->col[i] = finish_column(m, i, e);
		if (p->col[i] == NULL)
			ret = -(int)e->code;
	}
	m->rows = 0;
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}

int
page_merge_add(struct page_merge *m, struct page *in, struct page **out,
    struct page **again, struct err *e)
{
	int ret = 0;

	*out = *again = NULL;
	if (m->rows == 0 && in->rows >= MERGE_ROWS) {
		*out = in;
		return 0;
	}
	if (!fits(m, in) || in->rows >= MERGE_ROWS) {
		*again = in;
		return page_merge_flush(m, out, e);
	}
	ret = append(m, in, e);
	page_drop(&in);
	if (ret == 0 && m->rows + MERGE_ROWS > PAGE_ROWS)
		ret = page_merge_flush(m, out, e);
	return ret;
}
