/* SPDX-License-Identifier: Apache-2.0
 * agg_emit.c - groups out: keys and results, or intermediate values. */
#include "ops/agg.h"

static int
emit_keys(struct agg_local *l, char *const *rows, const char *null_row,
    struct page *p, struct err *e)
{
	const struct agg_shared *s = l->shared;

	for (int i = 0; i < s->node->n_keys; i++) {
		p->col[i] = key_decode(&s->codec, i, rows, p->rows,
		    null_row, l->table.account, e);
		if (p->col[i] == NULL)
			return -(int)e->code;
	}
	return 0;
}

static int
emit_values(struct agg_local *l, char *const *rows, bool saved,
    struct page *p, struct err *e)
{
	const struct agg_shared *s = l->shared;

	for (int a = 0; a < s->layout.n; a++) {
		const struct frag_agg *f = &s->node->aggs[a];
		struct vec **out = &p->col[s->node->n_keys + a];
		struct vec_builder b;
		int ret;

		vec_builder_init(&b, saved ? f->intermediate : f->result,
		    l->table.account);
		ret = vec_builder_reserve(&b, p->rows, e);
		if (ret == 0)
			ret = (saved ? f->func->save : f->func->final)(
			    &l->context[a], rows, s->layout.offset[a],
			    p->rows, &b, e);
		if (ret == 0) {
			*out = vec_builder_finish(&b, e);
			ret = *out == NULL ? -(int)e->code : 0;
		}
		vec_builder_release(&b);
		if (ret < 0)
			return ret;
	}
	return agg_check(l, e);
}

static int
emit(struct agg_local *l, char *const *rows, const char *null_row,
    bool saved, struct page *p, struct err *e)
{
	int ret = emit_keys(l, rows, null_row, p, e);

	if (ret == 0)
		ret = emit_values(l, rows, saved, p, e);
	arena_release(&l->scratch);
	return ret;
}

int
agg_emit(struct agg_local *l, char *const *rows, uint32_t n,
    const char *null_row, struct page **out, struct err *e)
{
	struct page *p = page_new(l->shared->node->n, n);
	int ret = emit(l, rows, null_row,
	    l->shared->node->step == AGG_PARTIAL, p, e);

	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}

int
agg_emit_saved(struct agg_local *l, char *const *rows, uint32_t n,
    const char *null_row, struct page **out, struct err *e)
{
	struct page *p = page_new(l->shared->node->n, n);
	int ret = emit(l, rows, null_row, true, p, e);

	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}
