/* SPDX-License-Identifier: Apache-2.0
 * op_topn.c - the first rows in an order.
 *
 * A driver keeps candidates; when they are many it sorts them and keeps the
 * first.  The worst row kept is a boundary for all that comes later, shared
 * among drivers: pages are held against it column first. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/page_store.h"
#include "ops/sort.h"
#include "ops/task_priv.h"

enum { SLACK_ROWS = 4 * PAGE_ROWS };

struct topn_shared {
	pthread_mutex_t lock;
	struct page_bag **bag;
	int n_bags;
	atomic_int left;
	/* sort_prefix() of the worst row that can still count. */
	_Atomic uint64_t boundary;
};

struct topn {
	struct op op;
	struct page_bag *bag;
	int64_t keep;           /* limit + offset */
	bool arrived, last;
	struct page_list_out {
		struct page **v;
		int n, at;
	} out;
	uint64_t prefix[PAGE_ROWS];
	uint32_t index[PAGE_ROWS];
};

static int
topn_share(struct op_slot *slot, struct err *e)
{
	struct topn_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	pthread_mutex_init(&s->lock, NULL);
	s->bag = xcalloc((size_t)slot->drivers, sizeof(*s->bag));
	atomic_init(&s->left, slot->drivers);
	atomic_init(&s->boundary, UINT64_MAX);
	return 0;
}

static void
topn_unshare(struct op_slot *slot)
{
	struct topn_shared *s = slot->shared;

	if (s == NULL)
		return;
	for (int i = 0; i < s->n_bags; i++) {
		page_bag_release(s->bag[i]);
		free(s->bag[i]);
	}
	pthread_mutex_destroy(&s->lock);
	free(s->bag);
	free(s);
}

static int
topn_open(struct op *op, struct err *e)
{
	struct topn *t = (struct topn *)op;
	struct topn_shared *s = op->shared;

	t->keep = op->node->limit > INT64_MAX - op->node->offset ? INT64_MAX
	    : op->node->limit + op->node->offset;
	t->bag = xcalloc(1, sizeof(*t->bag));
	page_bag_init(t->bag, op->node->types, op->node->n, op->account);
	pthread_mutex_lock(&s->lock);
	s->bag[s->n_bags++] = t->bag;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

/* All rows of the bags as whole columns and their order. */
struct sorted {
	int n;
	struct vec **column, **key;
	struct sort_plan plan;
	uint32_t rows;
	uint32_t *order;
	size_t bytes;
	struct mem_account *account;
};

static void
sorted_release(struct sorted *s)
{
	sort_plan_release(&s->plan);
	mem_free(s->account, s->order, s->bytes);
	for (int i = 0; i < s->n; i++)
		vec_drop(&s->column[i]);
	free(s->column);
	free(s->key);
}

static int
sort_bags(struct sorted *s, const struct frag_node *n,
    struct page_bag *const *bags, int n_bags, struct mem_account *account,
    struct err *e)
{
	int ret = 0;

	memset(s, 0, sizeof(*s));
	s->n = n->n;
	s->account = account;
	s->column = xcalloc((size_t)n->n + 1, sizeof(*s->column));
	s->key = xcalloc((size_t)n->n_sort + 1, sizeof(*s->key));
	for (int i = 0; ret == 0 && i < n->n; i++) {
		s->column[i] = page_bags_concat(bags, n_bags, i, n->types[i],
		    account, e);
		ret = s->column[i] == NULL ? -(int)e->code : 0;
	}
	if (ret < 0)
		return ret;
	s->rows = s->column[0]->n;
	for (int i = 0; i < n->n_sort; i++)
		s->key[i] = s->column[n->sort[i].channel];
	ret = sort_plan_init(&s->plan, s->key, n->sort, n->n_sort, s->rows,
	    account, e);
	if (ret < 0)
		return ret;
	s->bytes = ((size_t)s->rows + 1) * sizeof(*s->order);
	s->order = mem_alloc(account, s->bytes, e);
	if (s->order == NULL)
		return -(int)e->code;
	return sort_chunk(&s->plan, 0, s->rows, s->order, NULL, e);
}

/* How many of the sorted rows count: ties of the last one too. */
static uint32_t
rows_that_count(const struct topn *t, const struct sorted *s, int64_t limit)
{
	uint32_t n;

	if (limit >= s->rows)
		return s->rows;
	n = (uint32_t)limit;
	while (t->op.node->ties && n > 0 && n < s->rows &&
	    sort_compare(&s->plan, s->order[n - 1], s->order[n]) == 0)
		n++;
	return n;
}

/* Rows from..to of the order, copied. */
static struct page *
copy_rows(struct sorted *s, uint32_t from, uint32_t n, struct err *e)
{
	struct page *p = page_new(s->n, n);

	for (int i = 0; i < s->n; i++) {
		p->col[i] = vec_copy(s->column[i], s->order + from, n,
		    s->account, e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return NULL;
		}
	}
	return p;
}

/* Tells the other drivers what cannot count any more. */
static void
lower_boundary(struct topn *t, const struct vec *key, uint32_t worst)
{
	struct topn_shared *s = t->op.shared;
	struct vec *one = vec_const_of(key, worst, 1, NULL, NULL);
	uint64_t now, old = atomic_load(&s->boundary);

	if (one == NULL)
		return;
	sort_prefix(one, &t->op.node->sort[0], &now);
	vec_drop(&one);
	while (now < old && !atomic_compare_exchange_weak(&s->boundary, &old,
	    now))
		;
}

/* Keeps only the first rows. */
static int
cut(struct topn *t, struct err *e)
{
	struct sorted s;
	struct page_bag *one[1] = { t->bag };
	int ret = page_bag_finish(t->bag, e);
	uint32_t n = 0;

	if (ret < 0)
		return ret;
	ret = sort_bags(&s, t->op.node, one, 1, t->op.account, e);
	if (ret == 0) {
		n = rows_that_count(t, &s, t->keep);
		page_bag_clear(t->bag);
		if (n > 0 && n >= t->keep)
			lower_boundary(t, s.key[0], s.order[n - 1]);
	}
	for (uint32_t at = 0; ret == 0 && at < n; at += PAGE_ROWS) {
		struct page *p = copy_rows(&s, at, n - at < PAGE_ROWS
		    ? n - at : PAGE_ROWS, e);

		ret = p == NULL ? -(int)e->code : page_bag_add(t->bag, p, e);
	}
	sorted_release(&s);
	return ret;
}

static int
topn_add(struct op *op, struct page *in, struct err *e)
{
	struct topn *t = (struct topn *)op;
	struct topn_shared *s = op->shared;
	uint64_t boundary = atomic_load_explicit(&s->boundary,
	    memory_order_relaxed);
	uint32_t n = in->rows;
	int ret;

	if (boundary != UINT64_MAX) {
		const struct sort_key *key = &op->node->sort[0];

		n = 0;
		sort_prefix(in->col[key->channel], key, t->prefix);
		for (uint32_t i = 0; i < in->rows; i++) {
			t->index[n] = i;
			n += t->prefix[i] <= boundary;
		}
	}
	if (n == 0 || t->keep == 0) {
		page_drop(&in);
		return 0;
	}
	if (n < in->rows) {
		struct page *some = page_select(in, t->index, n, op->account,
		    e);

		page_drop(&in);
		if (some == NULL)
			return -(int)e->code;
		in = some;
	}
	ret = page_bag_add(t->bag, in, e);
	n = (uint32_t)(t->bag->rows + t->bag->merge.rows);
	if (ret == 0 && (int64_t)n / 2 > t->keep && n > SLACK_ROWS)
		ret = cut(t, e);
	return ret;
}

/* The last driver puts out what all have kept. */
static int
collect(struct topn *t, struct err *e)
{
	struct topn_shared *shared = t->op.shared;
	const struct frag_node *n = t->op.node;
	struct sorted s;
	uint32_t from, end = 0;
	int ret = sort_bags(&s, n, shared->bag, shared->n_bags,
	    t->op.account, e);

	if (ret == 0)
		end = rows_that_count(t, &s, t->keep);
	from = n->offset < end ? (uint32_t)n->offset : end;
	t->out.v = xcalloc((end - from) / PAGE_ROWS + 1, sizeof(*t->out.v));
	for (; ret == 0 && from < end; from += PAGE_ROWS) {
		struct page *p = copy_rows(&s, from, end - from < PAGE_ROWS
		    ? end - from : PAGE_ROWS, e);

		if (p == NULL)
			ret = -(int)e->code;
		else
			t->out.v[t->out.n++] = p;
	}
	sorted_release(&s);
	for (int i = 0; i < shared->n_bags; i++)
		page_bag_clear(shared->bag[i]);
	return ret;
}

static int
topn_finish(struct op *op, struct err *e)
{
	struct topn *t = (struct topn *)op;
	struct topn_shared *s = op->shared;
	int ret = page_bag_finish(t->bag, e);

	if (ret < 0)
		return ret;
	t->arrived = true;
	t->last = atomic_fetch_sub(&s->left, 1) == 1;
	return t->last ? collect(t, e) : 0;
}

static enum op_step
topn_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct topn *t = (struct topn *)op;

	if (!op->finished)
		return OP_NEED_INPUT;
	if (t->out.at == t->out.n)
		return OP_DONE;
	*out = t->out.v[t->out.at];
	t->out.v[t->out.at++] = NULL;
	return OP_PAGE;
}

static void
topn_close(struct op *op)
{
	struct topn *t = (struct topn *)op;

	for (int i = t->out.at; i < t->out.n; i++)
		page_drop(&t->out.v[i]);
	free(t->out.v);
}

const struct op_kind op_topn = {
	.name = "TopN",
	.size = sizeof(struct topn),
	.share = topn_share,
	.unshare = topn_unshare,
	.open = topn_open,
	.add = topn_add,
	.finish = topn_finish,
	.next = topn_next,
	.close = topn_close,
};
