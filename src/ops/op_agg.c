/* SPDX-License-Identifier: Apache-2.0
 * op_agg.c - hash aggregation: SINGLE, PARTIAL and FINAL.
 *
 *      filling --finish--> waiting for the other drivers --> merging, emitting
 *
 * A PARTIAL step waits for nobody: it emits when its table has grown big, and
 * stops grouping at all when that does not make the rows fewer. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/agg.h"

enum { PARTIAL_BYTES = 16 << 20, ABANDON_ROWS = 100000 };

struct aggregate {
	struct op op;
	struct agg_local *local;
	struct agg_merge *merge;
	struct page *ready;
	bool flushing, arrived, left;
	int block;              /* flushing: where it is */
	uint32_t row;
};

static bool
is_deferred(const struct frag_agg *a)
{
	return a->n_order > 0 || (a->distinct &&
	    !(a->func->flags & AGG_IGNORES_DUPLICATES));
}

/* Do both keep the same state, as sum(x) and avg(x) may? */
static bool
are_twins(const struct frag_agg *a, const struct frag_agg *b)
{
	const struct agg_func *f = a->func, *g = b->func;

	if (f->update != g->update || f->combine != g->combine ||
	    f->save != g->save || f->state_size != g->state_size ||
	    f->init != NULL || g->init != NULL || is_deferred(a) ||
	    is_deferred(b) || a->filter != b->filter ||
	    a->n_args != b->n_args || a->n_args != a->n_arg_types ||
	    b->n_args != b->n_arg_types ||
	    a->intermediate != b->intermediate)
		return false;
	for (int i = 0; i < a->n_args; i++)
		if (a->arg[i] != b->arg[i] ||
		    a->arg_types[i] != b->arg_types[i])
			return false;
	return true;
}

static void
lay_out(struct agg_shared *s)
{
	const struct frag_node *n = s->node;
	struct agg_layout *l = &s->layout;
	uint32_t at = (uint32_t)(s->codec.words * 8 + s->codec.saved_bytes +
	    8), from = at;

	l->n = n->n_aggs;
	l->offset = xcalloc((size_t)l->n + 1, sizeof(*l->offset));
	l->deferred = xcalloc((size_t)l->n + 1, sizeof(*l->deferred));
	l->twin = xcalloc((size_t)l->n + 1, sizeof(*l->twin));
	for (int i = 0; i < l->n; i++) {
		const struct frag_agg *a = &n->aggs[i];

		for (int k = 0; k < i && !l->twin[i]; k++) {
			l->twin[i] = are_twins(a, &n->aggs[k]);
			l->offset[i] = l->offset[k];
		}
		if (l->twin[i])
			continue;
		l->offset[i] = at;
		at += (a->func->state_size + 7) & ~7u;
		l->deferred[i] = is_deferred(a);
		l->any_deferred |= l->deferred[i];
	}
	if (l->any_deferred) {
		l->forward_at = at;
		at += 8;
	}
	l->user_bytes = at - from;
}

static int
aggregate_share(struct op_slot *slot, struct err *e)
{
	struct agg_shared *s = xcalloc(1, sizeof(*s));
	const struct frag_node *n = slot->node;
	const struct type **keys = xcalloc((size_t)n->n_keys + 1,
	    sizeof(*keys));

	slot->shared = s;
	s->slot = slot;
	s->node = n;
	for (int i = 0; i < n->n_keys; i++)
		keys[i] = n->types[i];
	key_codec_init(&s->codec, keys, n->n_keys, true);
	free(keys);
	lay_out(s);
	s->spill_types = xcalloc((size_t)n->n + 1, sizeof(*s->spill_types));
	for (int i = 0; i < n->n; i++)
		s->spill_types[i] = i < n->n_keys ? n->types[i]
		    : n->aggs[i - n->n_keys].intermediate;
	pthread_mutex_init(&s->lock, NULL);
	gate_init(&s->in, slot->drivers);
	s->local = xcalloc((size_t)slot->drivers, sizeof(*s->local));
	return 0;
}

static void
free_locals(struct agg_shared *s)
{
	for (int i = 0; i < s->n_local; i++)
		agg_local_free(s->local[i]);
	s->n_local = 0;
}

static void
aggregate_unshare(struct op_slot *slot)
{
	struct agg_shared *s = slot->shared;

	if (s == NULL)
		return;
	free_locals(s);
	free(s->local);
	agg_spill_release(s);
	gate_release(&s->in);
	pthread_mutex_destroy(&s->lock);
	key_codec_release(&s->codec);
	free(s->layout.offset);
	free(s->layout.deferred);
	free(s->layout.twin);
	free(s->spill_types);
	free(s);
}

static int
aggregate_open(struct op *op, struct err *e)
{
	struct aggregate *a = (struct aggregate *)op;
	struct agg_shared *s = op->shared;

	a->local = agg_local_new(op, s);
	pthread_mutex_lock(&s->lock);
	s->local[s->n_local++] = a->local;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

static bool
is_partial(const struct aggregate *a)
{
	return a->op.node->step == AGG_PARTIAL;
}

static int
aggregate_add(struct op *op, struct page *in, struct err *e)
{
	struct aggregate *a = (struct aggregate *)op;
	struct agg_local *l = a->local;
	int ret;

	if (l->abandoned)
		ret = agg_pass(l, in, &a->ready, e);
	else
		ret = agg_update(l, in, e);
	page_drop(&in);
	if (ret < 0 || !is_partial(a) || l->abandoned)
		return ret;
	if (l->rows_seen >= ABANDON_ROWS && op->node->n_keys > 0 &&
	    l->table.n > l->rows_seen / 5 * 4) {
		l->abandoned = true;
		a->flushing = true;
	}
	a->flushing |= group_table_bytes(&l->table) > PARTIAL_BYTES;
	return 0;
}

static void
arrive(struct aggregate *a)
{
	struct agg_shared *s = a->op.shared;

	if (a->arrived)
		return;
	a->arrived = true;
	if (gate_arrive(&s->in)) {
		agg_plan(s);
		gate_open(&s->in);
	}
}

static int
aggregate_finish(struct op *op, struct err *e)
{
	struct aggregate *a = (struct aggregate *)op;
	struct agg_shared *s = op->shared;
	int ret = 0;

	if (is_partial(a)) {
		a->flushing = true;
		return 0;
	}
	if (op->slot->drivers > 1 || s->has_spilled)
		ret = agg_partition(a->local, e);
	if (ret < 0)
		return ret;
	a->merge = agg_merge_new(a->local);
	arrive(a);
	return 0;
}

/* PARTIAL: the table's rows, page by page, then an empty table. */
static enum op_step
flush(struct aggregate *a, struct page **out, struct err *e)
{
	struct group_table *t = &a->local->table;
	char *rows[PAGE_ROWS];
	uint32_t n = 0;

	for (; a->block < t->n_blocks; a->block++, a->row = 0) {
		const struct row_block *b = &t->block[a->block];

		while (a->row < b->rows && n < PAGE_ROWS)
			rows[n++] = b->p + (size_t)a->row++ * t->row_bytes;
		if (n == PAGE_ROWS)
			break;
	}
	if (n > 0)
		return agg_emit(a->local, rows, n, t->null_row, out, e) < 0
		    ? OP_FAILED : OP_PAGE;
	group_table_clear(t);
	group_cache_forget(&a->local->cache);
	a->local->rows_seen = 0;
	a->flushing = false;
	a->block = 0;
	a->row = 0;
	return a->op.finished ? OP_DONE : OP_NEED_INPUT;
}

/* The last driver to leave frees what all have filled. */
static enum op_step
leave(struct aggregate *a)
{
	struct agg_shared *s = a->op.shared;

	agg_merge_free(&a->merge);
	a->left = true;
	if (atomic_fetch_add(&s->done, 1) + 1 == a->op.slot->drivers)
		free_locals(s);
	a->local = NULL;
	return OP_DONE;
}

static enum op_step
aggregate_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct aggregate *a = (struct aggregate *)op;
	struct agg_shared *s = op->shared;
	enum op_step step;

	if (a->ready != NULL) {
		*out = a->ready;
		a->ready = NULL;
		return OP_PAGE;
	}
	if (a->flushing)
		return flush(a, out, e);
	if (!op->finished)
		return OP_NEED_INPUT;
	if (is_partial(a))
		return OP_DONE;
	*blocked = gate_wait(&s->in, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	step = agg_merge_next(a->merge, out, blocked, e);
	return step == OP_DONE ? leave(a) : step;
}

static void
aggregate_close(struct op *op)
{
	struct aggregate *a = (struct aggregate *)op;

	page_drop(&a->ready);
	agg_merge_free(&a->merge);
	/* One that ends early must not be waited for. */
	arrive(a);
	if (!a->left)
		leave(a);
}

const struct op_kind op_aggregate = {
	.name = "HashAggregation",
	.size = sizeof(struct aggregate),
	.share = aggregate_share,
	.unshare = aggregate_unshare,
	.open = aggregate_open,
	.add = aggregate_add,
	.finish = aggregate_finish,
	.next = aggregate_next,
	.revoke = agg_revoke,
	.close = aggregate_close,
};
