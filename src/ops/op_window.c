/* SPDX-License-Identifier: Apache-2.0
 * op_window.c - window functions: rows sorted by partition and order keys,
 * then one partition after another. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/window.h"

struct window_shared {
	struct sorted_input *input;
	struct sort_key *keys;  /* partition keys, then order keys */
};

struct window {
	struct op op;
	struct sorted_driver d;
	uint32_t *order;        /* of all rows */
	size_t order_bytes;
	bool ordered;
	uint32_t at;            /* rows whose functions are computed */
	uint32_t put;           /* rows put out */
	struct window_part part;
	struct vec_builder *out; /* by function */
	uint32_t built;         /* rows in out */
	struct vec **made;      /* finished columns of rows made_from.. */
	uint32_t made_from, made_n;
};

static int
window_share(struct op_slot *slot, struct err *e)
{
	const struct frag_node *n = slot->node;
	struct window_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	s->keys = xcalloc((size_t)(n->n_keys + n->n_sort) + 1,
	    sizeof(*s->keys));
	for (int i = 0; i < n->n_keys; i++)
		s->keys[i].channel = n->keys[i];
	for (int i = 0; i < n->n_sort; i++)
		s->keys[n->n_keys + i] = n->sort[i];
	s->input = sorted_input_new(slot, s->keys, n->n_keys + n->n_sort);
	return 0;
}

static void
window_unshare(struct op_slot *slot)
{
	struct window_shared *s = slot->shared;

	if (s == NULL)
		return;
	sorted_input_free(&s->input);
	free(s->keys);
	free(s);
}

static int
window_open(struct op *op, struct err *e)
{
	struct window *w = (struct window *)op;
	const struct frag_node *n = op->node;

	sorted_driver_open(&w->d, op,
	    ((struct window_shared *)op->shared)->input);
	w->out = xcalloc((size_t)n->n_aggs + 1, sizeof(*w->out));
	w->made = xcalloc((size_t)n->n_aggs + 1, sizeof(*w->made));
	for (int i = 0; i < n->n_aggs; i++)
		vec_builder_init(&w->out[i], n->aggs[i].result, op->account);
	return 0;
}

static int
window_add(struct op *op, struct page *in, struct err *e)
{
	return sorted_driver_add(&((struct window *)op)->d, in, e);
}

static int
window_finish(struct op *op, struct err *e)
{
	return sorted_driver_finish(&((struct window *)op)->d, e);
}

/* The order of all rows in one array. */
static int
get_order(struct window *w, struct err *e)
{
	struct sorted_input *s = w->d.shared;
	uint32_t at = 0, n;

	w->ordered = true;
	w->order_bytes = ((size_t)s->rows + 1) * sizeof(*w->order);
	w->order = mem_alloc(w->op.account, w->order_bytes, e);
	if (w->order == NULL)
		return -(int)e->code;
	while (at < s->rows && (n = sorted_input_rows(s, w->order + at,
	    s->rows - at)) > 0)
		at += n;
	w->part.node = w->op.node;
	w->part.column = s->column;
	w->part.account = w->op.account;
	w->part.task = w->op.task;
	return 0;
}

/* Are rows at and at+1 of the order equal in keys from..to? */
static bool
same_keys(const struct window *w, uint32_t at, int from, int to)
{
	const struct sorted_input *s = w->d.shared;

	for (int k = from; k < to; k++) {
		struct vec *v = s->column[s->keys[k].channel];

		if (sort_compare_rows(&v, w->order[at], &v, w->order[at + 1],
		    &s->keys[k], 1) != 0)
			return false;
	}
	return true;
}

static void
make_room(struct window_part *p)
{
	if (p->n < p->room)
		return;
	p->room = p->n * 2 + 64;
	p->peer_start = xrealloc(p->peer_start, sizeof(uint32_t) * p->room);
	p->peer_end = xrealloc(p->peer_end, sizeof(uint32_t) * p->room);
	p->group = xrealloc(p->group, sizeof(uint32_t) * p->room);
	p->group_start = xrealloc(p->group_start, sizeof(uint32_t) *
	    p->room);
}

/* The partition that starts at row `at`, and its groups of peers. */
static void
find_part(struct window *w)
{
	const struct frag_node *n = w->op.node;
	struct window_part *p = &w->part;
	uint32_t rows = w->d.shared->rows, end = w->at + 1, start = 0;

	while (end < rows && same_keys(w, end - 1, 0, n->n_keys))
		end++;
	p->order = w->order + w->at;
	p->n = end - w->at;
	make_room(p);
	p->groups = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		if (i > 0 && !same_keys(w, w->at + i - 1, n->n_keys,
		    n->n_keys + n->n_sort)) {
			for (uint32_t k = start; k < i; k++)
				p->peer_end[k] = i;
			start = i;
		}
		if (start == i)
			p->group_start[p->groups++] = i;
		p->peer_start[i] = start;
		p->group[i] = p->groups - 1;
	}
	for (uint32_t k = start; k < p->n; k++)
		p->peer_end[k] = p->n;
	p->group_start[p->groups] = p->n;
}

static int
compute_part(struct window *w, struct err *e)
{
	const struct frag_node *n = w->op.node;
	int ret = 0;

	find_part(w);
	for (int i = 0; ret == 0 && i < n->n_aggs; i++)
		ret = n->aggs[i].window != NULL
		    ? window_value(&w->part, &n->aggs[i], &w->out[i], e)
		    : window_aggregate(&w->part, &n->aggs[i], &w->out[i], e);
	w->at += w->part.n;
	w->built += w->part.n;
	return ret;
}

static int
finish_columns(struct window *w, struct err *e)
{
	for (int i = 0; i < w->op.node->n_aggs; i++) {
		vec_drop(&w->made[i]);
		w->made[i] = vec_builder_finish(&w->out[i], e);
		if (w->made[i] == NULL)
			return -(int)e->code;
	}
	w->made_from = w->put;
	w->made_n = w->built;
	w->built = 0;
	return 0;
}

static int
put_page(struct window *w, struct page **out, struct err *e)
{
	const struct frag_node *n = w->op.node;
	struct sorted_input *s = w->d.shared;
	uint32_t from = w->put - w->made_from, rows = w->made_n - from;
	struct page *p;
	int ret = 0;

	rows = rows < PAGE_ROWS ? rows : PAGE_ROWS;
	p = page_new(n->n, rows);
	for (int i = 0; ret == 0 && i < n->n; i++) {
		p->col[i] = i < s->n
		    ? vec_select(s->column[i], w->order + w->put, rows,
		    w->op.account, e)
		    : vec_slice(w->made[i - s->n], from, rows,
		    w->op.account, e);
		ret = p->col[i] == NULL ? -(int)e->code : 0;
	}
	w->put += rows;
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}

static enum op_step
window_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct window *w = (struct window *)op;
	enum op_step step;

	if (!op->finished)
		return OP_NEED_INPUT;
	step = sorted_driver_step(&w->d, blocked, e);
	if (step != OP_PAGE)
		return step;
	if (!w->ordered && get_order(w, e) < 0)
		return OP_FAILED;
	if (w->put < w->made_from + w->made_n)
		return put_page(w, out, e) < 0 ? OP_FAILED : OP_PAGE;
	if (w->put == w->d.shared->rows)
		return OP_DONE;
	if (w->built >= PAGE_ROWS || w->at == w->d.shared->rows)
		return finish_columns(w, e) < 0 ? OP_FAILED : OP_YIELD;
	return compute_part(w, e) < 0 ? OP_FAILED : OP_YIELD;
}

static void
window_close(struct op *op)
{
	struct window *w = (struct window *)op;
	const struct frag_node *n = op->node;

	for (int i = 0; w->out != NULL && i < n->n_aggs; i++) {
		vec_builder_release(&w->out[i]);
		vec_drop(&w->made[i]);
	}
	free(w->out);
	free(w->made);
	free(w->part.peer_start);
	free(w->part.peer_end);
	free(w->part.group);
	free(w->part.group_start);
	mem_free(op->account, w->order, w->order_bytes);
	sorted_driver_close(&w->d);
}

const struct op_kind op_window = {
	.name = "Window",
	.size = sizeof(struct window),
	.share = window_share,
	.unshare = window_unshare,
	.open = window_open,
	.add = window_add,
	.finish = window_finish,
	.next = window_next,
	.close = window_close,
};
