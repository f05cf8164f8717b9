/* SPDX-License-Identifier: Apache-2.0
 * op_unnest.c - arrays and maps to rows.
 *
 * Of each input row come as many rows as its longest array has elements;
 * shorter ones are filled with NULLs.  Columns are selections: no value is
 * copied. */
#include <stdlib.h>

#include "ops/task_priv.h"

struct unnest {
	struct op op;
	struct page *in;
	uint32_t row, element;  /* what comes next */
	uint32_t n;             /* rows being put out */
	uint32_t index[PAGE_ROWS]; /* input row of each */
	uint32_t at[PAGE_ROWS]; /* number of the element; UINT32_MAX: the row
				 * of an outer unnest that has none */
	uint32_t slot[PAGE_ROWS];
	uint64_t valid[BITMAP_WORDS];
};

static int
unnest_open(struct op *op, struct err *e)
{
	return 0;
}

static int
unnest_add(struct op *op, struct page *in, struct err *e)
{
	struct unnest *u = (struct unnest *)op;

	u->in = in;
	u->row = u->element = 0;
	return 0;
}

static struct list_ref
list_at(const struct vec *v, uint32_t i)
{
	if (vec_is_null(v, i))
		return (struct list_ref){ 0, 0 };
	return *(const struct list_ref *)vec_at(v, i);
}

/* Fills index[] and at[] with the next rows. */
static void
next_rows(struct unnest *u)
{
	const struct frag_node *n = u->op.node;

	u->n = 0;
	while (u->row < u->in->rows && u->n < PAGE_ROWS) {
		uint32_t most = 0;

		for (int i = 0; i < n->n_unnest; i++) {
			uint32_t len = list_at(u->in->col[n->unnest[i]],
			    u->row).n;

			most = len > most ? len : most;
		}
		if (most == 0 && n->outer) {
			u->index[u->n] = u->row;
			u->at[u->n++] = UINT32_MAX;
		}
		while (u->element < most && u->n < PAGE_ROWS) {
			u->index[u->n] = u->row;
			u->at[u->n++] = u->element++;
		}
		if (u->element >= most) {
			u->row++;
			u->element = 0;
		}
	}
}

/* Where list column v's elements of the rows are in its children. */
static void
find_elements(struct unnest *u, const struct vec *v)
{
	memset(u->valid, 0, sizeof(u->valid));
	for (uint32_t k = 0; k < u->n; k++) {
		struct list_ref r = list_at(v, u->index[k]);

		u->slot[k] = 0;
		if (u->at[k] < r.n) {
			u->slot[k] = r.offset + u->at[k];
			bit_set(u->valid, k);
		}
	}
}

static struct vec *
pick(struct unnest *u, struct vec *child, struct err *e)
{
	return vec_select_nullable(child, u->slot, u->valid, u->n,
	    u->op.account, e);
}

/* The fields of elements that are rows. */
static int
put_fields(struct unnest *u, struct vec *rows, struct page *p, int *at,
    struct err *e)
{
	struct vec *values = (struct vec *)vec_values(rows);

	for (uint32_t k = 0; k < u->n; k++) {
		if (!bit_get(u->valid, k))
			continue;
		if (vec_is_null(rows, u->slot[k]))
			bit_clear(u->valid, k);
		else
			u->slot[k] = vec_slot(rows, u->slot[k]);
	}
	for (int i = 0; i < values->n_child; i++) {
		p->col[*at] = pick(u, values->child[i], e);
		if (p->col[(*at)++] == NULL)
			return -(int)e->code;
	}
	return 0;
}

static int
put_elements(struct unnest *u, const struct vec *v, struct page *p, int *at,
    struct err *e)
{
	const struct vec *values = vec_values(v);

	find_elements(u, v);
	if (v->type->id == TYPE_ARRAY && v->type->child[0]->rep == REP_ROW)
		return put_fields(u, values->child[0], p, at, e);
	for (int i = 0; i < values->n_child; i++) {
		p->col[*at] = pick(u, values->child[i], e);
		if (p->col[(*at)++] == NULL)
			return -(int)e->code;
	}
	return 0;
}

static int
put_ordinality(struct unnest *u, struct page *p, int at, struct err *e)
{
	struct vec *v = vec_new_flat(TYPE(BIGINT), u->n, true, u->op.account,
	    e);

	p->col[at] = v;
	if (v == NULL)
		return -(int)e->code;
	for (uint32_t k = 0; k < u->n; k++) {
		((int64_t *)v->data)[k] = (int64_t)u->at[k] + 1;
		if (u->at[k] == UINT32_MAX)
			bit_clear(v->valid, k);
	}
	return 0;
}

static int
make_page(struct unnest *u, struct page **out, struct err *e)
{
	const struct frag_node *n = u->op.node;
	struct page *p = page_new(n->n, u->n);
	int at = 0, ret = 0;

	for (int i = 0; ret == 0 && i < n->n_columns; i++) {
		p->col[at] = vec_select(u->in->col[n->columns[i]], u->index,
		    u->n, u->op.account, e);
		ret = p->col[at++] == NULL ? -(int)e->code : 0;
	}
	for (int i = 0; ret == 0 && i < n->n_unnest; i++)
		ret = put_elements(u, u->in->col[n->unnest[i]], p, &at, e);
	if (ret == 0 && n->ordinality)
		ret = put_ordinality(u, p, at, e);
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}

static enum op_step
unnest_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct unnest *u = (struct unnest *)op;

	if (u->in == NULL)
		return op->finished ? OP_DONE : OP_NEED_INPUT;
	next_rows(u);
	if (u->n > 0 && make_page(u, out, e) < 0)
		return OP_FAILED;
	if (u->row == u->in->rows)
		page_drop(&u->in);
	return u->n > 0 ? OP_PAGE : op->finished ? OP_DONE : OP_NEED_INPUT;
}

static void
unnest_close(struct op *op)
{
	page_drop(&((struct unnest *)op)->in);
}

const struct op_kind op_unnest = {
	.name = "Unnest",
	.size = sizeof(struct unnest),
	.open = unnest_open,
	.add = unnest_add,
	.next = unnest_next,
	.close = unnest_close,
};
