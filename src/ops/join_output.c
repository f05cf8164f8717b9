/* SPDX-License-Identifier: Apache-2.0
 * join_output.c - pages of matched, and of unmatched, rows. */
#include "ops/join_probe.h"

static int
put_column(struct page *p, int at, struct vec *v, struct err *e)
{
	p->col[at] = v;
	return v == NULL ? -(int)e->code : 0;
}

static int
put_probe(struct join_probe *p, struct page *to, const uint32_t *x,
    struct err *e)
{
	const struct frag_node *n = p->op.node;
	int ret = 0;

	for (int i = 0; ret == 0 && i < n->n_probe_out; i++) {
		struct vec *v = p->in->col[n->probe_out[i]];

		ret = put_column(to, i, x == NULL ? vec_ref(v)
		    : vec_select(v, x, to->rows, p->op.account, e), e);
	}
	return ret;
}

struct page *
join_page(struct join_probe *p, const uint32_t *x, const uint32_t *y,
    const uint64_t *valid, uint32_t rows, struct err *e)
{
	const struct frag_node *n = p->op.node;
	struct page *to = page_new(n->n, rows);
	int ret = put_probe(p, to, x, e);

	for (int i = 0; ret == 0 && i < n->n_build_out; i++) {
		struct vec *v = p->build->column[n->build_out[i]];

		ret = put_column(to, n->n_probe_out + i, valid == NULL
		    ? vec_select(v, y, rows, p->op.account, e)
		    : vec_select_nullable(v, y, valid, rows, p->op.account,
		    e), e);
	}
	if (ret < 0)
		page_drop(&to);
	return to;
}

struct page *
join_page_left(struct join_probe *p, const uint32_t *x, uint32_t rows,
    struct err *e)
{
	const struct frag_node *n = p->op.node;
	struct page *to = page_new(n->n, rows);
	int ret = put_probe(p, to, rows == p->in->rows ? NULL : x, e);

	for (int i = n->n_probe_out; ret == 0 && i < n->n; i++)
		ret = put_column(to, i, vec_new_null(n->types[i], rows,
		    p->op.account, e), e);
	if (ret < 0)
		page_drop(&to);
	return to;
}

struct page *
join_page_right(struct join_probe *p, const uint32_t *y, uint32_t rows,
    struct err *e)
{
	const struct frag_node *n = p->op.node;
	struct page *to = page_new(n->n, rows);
	int ret = 0;

	for (int i = 0; ret == 0 && i < n->n; i++) {
		if (i < n->n_probe_out) {
			ret = put_column(to, i, vec_new_null(n->types[i],
			    rows, p->op.account, e), e);
			continue;
		}
		ret = put_column(to, i, vec_select(p->build->column[
		    n->build_out[i - n->n_probe_out]], y, rows,
		    p->op.account, e), e);
	}
	if (ret < 0)
		page_drop(&to);
	return to;
}

struct page *
join_page_mark(struct join_probe *p, struct err *e)
{
	const struct frag_node *n = p->op.node;
	uint32_t rows = p->in->rows;
	struct page *to = page_new(n->n, rows);
	struct vec *mark = vec_new_flat(TYPE(BOOLEAN), rows, true,
	    p->op.account, e);
	int ret = put_probe(p, to, NULL, e);

	if (ret == 0)
		ret = put_column(to, n->n - 1, mark, e);
	else
		vec_drop(&mark);
	if (ret < 0) {
		page_drop(&to);
		return NULL;
	}
	for (uint32_t i = 0; i < rows; i++)
		((uint8_t *)mark->data)[i] = bit_get(p->matched, i);
	for (uint32_t w = 0; w < bitmap_words(rows); w++)
		mark->valid[w] &= ~(p->unknown[w] & ~p->matched[w]);
	return to;
}
