/* SPDX-License-Identifier: Apache-2.0
 * op_simple.c - operators of a few lines: the only row of a subquery, unique
 * row numbers, grouping sets. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/task_priv.h"

struct simple {
	struct op op;
	struct page *in;
	int set;                /* GROUP_ID: the one that is next */
	int64_t next_id, last_id; /* ROW_ID */
	bool arrived, last;
};

struct simple_shared {
	pthread_mutex_t lock;
	struct page *row;       /* SINGLE_ROW: that came */
	atomic_int left;
	_Atomic int64_t next_id;
};

static int
simple_share(struct op_slot *slot, struct err *e)
{
	struct simple_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	pthread_mutex_init(&s->lock, NULL);
	atomic_init(&s->left, slot->drivers);
	return 0;
}

static void
simple_unshare(struct op_slot *slot)
{
	struct simple_shared *s = slot->shared;

	if (s == NULL)
		return;
	page_drop(&s->row);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int
simple_open(struct op *op, struct err *e)
{
	return 0;
}

static void
simple_close(struct op *op)
{
	page_drop(&((struct simple *)op)->in);
}

static int
simple_add(struct op *op, struct page *in, struct err *e)
{
	((struct simple *)op)->in = in;
	((struct simple *)op)->set = 0;
	return 0;
}

static int
single_add(struct op *op, struct page *in, struct err *e)
{
	struct simple_shared *s = op->shared;
	int ret = 0;

	pthread_mutex_lock(&s->lock);
	if (in->rows > 1 || (in->rows == 1 && s->row != NULL))
		ret = err_set(e, ERR_SUBQUERY_MULTIPLE_ROWS,
		    "Scalar sub-query has returned multiple rows");
	else if (in->rows == 1)
		s->row = page_ref(in);
	pthread_mutex_unlock(&s->lock);
	page_drop(&in);
	return ret;
}

static int
single_finish(struct op *op, struct err *e)
{
	struct simple *t = (struct simple *)op;
	struct simple_shared *s = op->shared;

	t->last = atomic_fetch_sub(&s->left, 1) == 1;
	return 0;
}

static enum op_step
single_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct simple *t = (struct simple *)op;
	struct simple_shared *s = op->shared;
	struct page *p;

	if (!op->finished)
		return OP_NEED_INPUT;
	if (!t->last)
		return OP_DONE;
	t->last = false;
	if (s->row != NULL) {
		*out = s->row;
		s->row = NULL;
		return OP_PAGE;
	}
	p = page_new(op->node->n, 1);
	for (int i = 0; i < p->n; i++) {
		p->col[i] = vec_new_null(op->node->types[i], 1, op->account,
		    e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return OP_FAILED;
		}
	}
	*out = p;
	return OP_PAGE;
}

const struct op_kind op_single_row = {
	.name = "EnforceSingleRow",
	.size = sizeof(struct simple),
	.share = simple_share,
	.unshare = simple_unshare,
	.open = simple_open,
	.add = single_add,
	.finish = single_finish,
	.next = single_next,
	.close = simple_close,
};

/* Numbers are taken in blocks of this many, of the task's own range. */
enum { ID_BLOCK = 1 << 20, ID_TASK_SHIFT = 40 };

static int64_t
next_id(struct simple *t)
{
	struct simple_shared *s = t->op.shared;

	if (t->next_id == t->last_id) {
		t->next_id = atomic_fetch_add(&s->next_id, ID_BLOCK) |
		    (int64_t)t->op.task->world.task_index << ID_TASK_SHIFT;
		t->last_id = t->next_id + ID_BLOCK;
	}
	return t->next_id++;
}

static enum op_step
row_id_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct simple *t = (struct simple *)op;
	struct page *in = t->in, *p;
	struct vec *ids;

	if (in == NULL)
		return op->finished ? OP_DONE : OP_NEED_INPUT;
	ids = vec_new_flat(TYPE(BIGINT), in->rows, false, op->account, e);
	if (ids == NULL)
		return OP_FAILED;
	for (uint32_t i = 0; i < in->rows; i++)
		((int64_t *)ids->data)[i] = next_id(t);
	p = page_new(in->n + 1, in->rows);
	for (int i = 0; i < in->n; i++)
		p->col[i] = vec_ref(in->col[i]);
	p->col[in->n] = ids;
	page_drop(&t->in);
	*out = p;
	return OP_PAGE;
}

const struct op_kind op_row_id = {
	.name = "AssignUniqueId",
	.size = sizeof(struct simple),
	.share = simple_share,
	.unshare = simple_unshare,
	.open = simple_open,
	.add = simple_add,
	.next = row_id_next,
	.close = simple_close,
};

static bool
in_set(const struct frag_node *n, int set, int channel)
{
	for (int i = 0; i < n->set_sizes[set]; i++)
		if (n->sets[set][i] == channel)
			return true;
	return false;
}

static enum op_step
group_id_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct simple *t = (struct simple *)op;
	const struct frag_node *n = op->node;
	int64_t set = t->set;
	struct page *p;
	int at = 0, ret = 0;

	if (t->in == NULL || n->n_sets == 0) {
		page_drop(&t->in);
		return op->finished ? OP_DONE : OP_NEED_INPUT;
	}
	p = page_new(n->n, t->in->rows);
	for (int i = 0; ret == 0 && i < n->n_keys; i++, at++) {
		p->col[at] = in_set(n, t->set, n->keys[i])
		    ? vec_ref(t->in->col[n->keys[i]])
		    : vec_new_null(n->types[at], p->rows, op->account, e);
		ret = p->col[at] == NULL ? -1 : 0;
	}
	for (int i = 0; i < n->n_columns; i++)
		p->col[at++] = vec_ref(t->in->col[n->columns[i]]);
	if (ret == 0)
		p->col[at] = vec_new_const(TYPE(BIGINT), &set, p->rows,
		    op->account, e);
	if (ret < 0 || p->col[at] == NULL) {
		page_drop(&p);
		return OP_FAILED;
	}
	if (++t->set == n->n_sets)
		page_drop(&t->in);
	*out = p;
	return OP_PAGE;
}

const struct op_kind op_group_id = {
	.name = "GroupId",
	.size = sizeof(struct simple),
	.open = simple_open,
	.add = simple_add,
	.next = group_id_next,
	.close = simple_close,
};
