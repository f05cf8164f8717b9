/* SPDX-License-Identifier: Apache-2.0
 * op_join_probe.c - probing a hash join, all kinds. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "base/check.h"
#include "ops/join_probe.h"

static int
probe_share(struct op_slot *slot, struct err *e)
{
	struct join_build *b = slot->peer->shared;

	gate_init(&b->probed, slot->drivers);
	slot->shared = b;
	return 0;
}

static void
probe_unshare(struct op_slot *slot)
{
	struct join_build *b = slot->shared;

	if (b != NULL)
		gate_release(&b->probed);
}

static int
probe_open(struct op *op, struct err *e)
{
	struct join_probe *p = (struct join_probe *)op;
	const struct frag_node *n = op->node;

	p->build = op->shared;
	p->key = xcalloc((size_t)n->n_join_keys + 1, sizeof(*p->key));
	page_merge_init(&p->merge, n->types, n->n, op->account);
	return pair_filter_init(&p->residual, n, op->task->world.session, e);
}

static int
probe_add(struct op *op, struct page *in, struct err *e)
{
	struct join_probe *p = (struct join_probe *)op;
	const struct frag_node *n = op->node;

	p->in = in;
	p->at = 0;
	p->in_run = false;
	p->cursor.at = 0;
	for (int i = 0; i < n->n_join_keys; i++)
		p->key[i] = in->col[n->probe_keys[i]];
	memset(p->matched, 0, sizeof(p->matched));
	if (n->n_join_keys > 0)
		join_table_probe(&p->build->table, &p->keys, p->key,
		    in->rows, p->head);
	else
		for (uint32_t i = 0; i < in->rows; i++)
			p->head[i] = p->build->rows > 0;
	return 0;
}

/* Rows of the probe whose match bit is `want` and that are not unknown. */
static uint32_t
pick_rows(struct join_probe *p, bool want)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->in->rows; i++) {
		p->x[n] = i;
		n += bit_get(p->matched, i) == want;
	}
	return n;
}

/* Fills matched for joins that ask for existence only. */
static int
find_matched(struct join_probe *p, struct err *e)
{
	if (p->residual.program == NULL) {
		for (uint32_t i = 0; i < p->in->rows; i++)
			p->matched[i >> 6] |= (uint64_t)(p->head[i] != 0) <<
			    (i & 63);
		return 0;
	}
	while (join_list_pairs(p)) {
		int ret = join_test_pairs(p, e);

		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Semi, anti and mark joins: one page out for one in. */
static int
exists_page(struct join_probe *p, struct page **out, struct err *e)
{
	enum join_kind kind = p->op.node->join;
	uint32_t n;
	int ret = find_matched(p, e);

	if (ret == 0 && (kind == JOIN_MARK || kind == JOIN_ANTI_NULL))
		ret = join_find_unknown(p, e);
	if (ret < 0)
		return ret;
	if (kind == JOIN_MARK) {
		*out = join_page_mark(p, e);
	} else {
		if (kind == JOIN_ANTI_NULL)
			for (int w = 0; w < BITMAP_WORDS; w++)
				p->matched[w] |= p->unknown[w];
		n = pick_rows(p, kind == JOIN_SEMI);
		if (n == 0) {
			page_drop(&p->in);
			return 0;
		}
		*out = join_page(p, n == p->in->rows ? NULL : p->x, NULL,
		    NULL, n, e);
	}
	page_drop(&p->in);
	return *out == NULL ? -(int)e->code : 0;
}

/* Outer join to a unique build side: the probe's rows stay as they are. */
static int
outer_unique_page(struct join_probe *p, struct page **out, struct err *e)
{
	uint32_t rows = p->in->rows, n = 0;

	for (uint32_t i = 0; i < rows; i++) {
		bool hit = p->head[i] != 0;

		p->y[i] = hit ? p->head[i] - 1 : 0;
		p->matched[i >> 6] |= (uint64_t)hit << (i & 63);
		n += hit;
	}
	if (p->build->found != NULL)
		for (uint32_t i = 0; i < rows; i++)
			if (p->head[i] != 0)
				__atomic_store_n(&p->build->found[p->y[i]],
				    1, __ATOMIC_RELAXED);
	if (n == 0)
		*out = join_page_left(p, NULL, rows, e);
	else
		*out = join_page(p, NULL, p->y, n == rows ? NULL
		    : p->matched, rows, e);
	page_drop(&p->in);
	return *out == NULL ? -(int)e->code : 0;
}

/* The next pairs; when there are no more, the rows that had none. */
static int
pairs_page(struct join_probe *p, struct page **out, struct err *e)
{
	enum join_kind kind = p->op.node->join;
	uint32_t n, rows = p->in->rows;
	int ret;

	if (join_list_pairs(p)) {
		ret = join_test_pairs(p, e);
		if (ret < 0 || p->n == 0)
			return ret;
		/* A unique build side that matches all rows passes them. */
		*out = join_page(p, p->n == rows && p->build->table.unique
		    ? NULL : p->x, p->y, NULL, p->n, e);
		return *out == NULL ? -(int)e->code : 0;
	}
	if (kind == JOIN_LEFT || kind == JOIN_FULL) {
		n = pick_rows(p, false);
		if (n > 0) {
			*out = join_page_left(p, p->x, n, e);
			if (*out == NULL)
				return -(int)e->code;
		}
	}
	page_drop(&p->in);
	return 0;
}

/* *out may stay NULL; p->in is NULL once the page is used up. */
static int
produce(struct join_probe *p, struct page **out, struct err *e)
{
	enum join_kind kind = p->op.node->join;

	if (kind >= JOIN_SEMI)
		return exists_page(p, out, e);
	if ((kind == JOIN_LEFT || kind == JOIN_FULL) &&
	    p->build->table.unique && p->op.node->n_join_keys > 0 &&
	    p->residual.program == NULL)
		return outer_unique_page(p, out, e);
	return pairs_page(p, out, e);
}

static void
arrive(struct join_probe *p)
{
	struct join_build *b = p->build;

	if (p->arrived || b == NULL)
		return;
	p->arrived = true;
	if (gate_arrive(&b->probed))
		gate_open(&b->probed);
}

/* Build rows that no probe row of any driver has matched, a page's worth of
 * rows at a time; *out stays NULL when there are none left. */
static int
unmatched(struct join_probe *p, struct page **out, struct err *e)
{
	struct join_build *b = p->build;

	for (;;) {
		uint32_t from = atomic_fetch_add(&b->next_unmatched, 1);
		uint32_t n = 0, end;

		if (from >= (b->rows + PAGE_ROWS - 1) / PAGE_ROWS)
			return 0;
		from *= PAGE_ROWS;
		end = b->rows - from < PAGE_ROWS ? b->rows
		    : from + PAGE_ROWS;
		for (uint32_t r = from; r < end; r++) {
			p->y[n] = r;
			n += b->found[r] == 0;
		}
		if (n == 0)
			continue;
		*out = join_page_right(p, p->y, n, e);
		return *out == NULL ? -(int)e->code : 0;
	}
}

static enum op_step
after_probe(struct join_probe *p, struct page **made, struct wait **blocked,
    struct err *e)
{
	if (!join_keeps_build(p->op.node->join))
		return OP_DONE;
	arrive(p);
	*blocked = gate_wait(&p->build->probed, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	if (unmatched(p, made, e) < 0)
		return OP_FAILED;
	return *made == NULL ? OP_DONE : OP_PAGE;
}

static enum op_step
probe_flush(struct join_probe *p, struct page **out, struct err *e)
{
	if (p->flushed)
		return OP_DONE;
	p->flushed = true;
	if (page_merge_flush(&p->merge, out, e) < 0)
		return OP_FAILED;
	return *out == NULL ? OP_DONE : OP_PAGE;
}

static enum op_step
probe_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct join_probe *p = (struct join_probe *)op;
	struct page *made = p->ready;
	enum op_step step;

	p->ready = NULL;
	if (made == NULL && p->in != NULL) {
		if (produce(p, &made, e) < 0)
			return OP_FAILED;
	} else if (made == NULL && !op->finished) {
		/* Nothing can match: the probe side need not be read. */
		if (p->build->rows == 0 && join_drops_probe(op->node->join))
			return OP_DONE;
		return OP_NEED_INPUT;
	} else if (made == NULL) {
		step = p->flushed ? OP_DONE : after_probe(p, &made, blocked,
		    e);
		if (step == OP_DONE)
			return probe_flush(p, out, e);
		if (step != OP_PAGE)
			return step;
	}
	if (made != NULL && page_merge_add(&p->merge, made, out, &p->ready,
	    e) < 0)
		return OP_FAILED;
	if (*out != NULL)
		return OP_PAGE;
	return p->in == NULL && !op->finished ? OP_NEED_INPUT : OP_YIELD;
}

static void
probe_close(struct op *op)
{
	struct join_probe *p = (struct join_probe *)op;

	arrive(p);
	page_drop(&p->in);
	page_drop(&p->ready);
	if (op->opened || p->key != NULL)
		page_merge_release(&p->merge);
	pair_filter_release(&p->residual);
	join_probe_keys_release(&p->keys);
	free(p->nulls);
	free(p->key);
}

const struct op_kind op_join_probe = {
	.name = "LookupJoin",
	.size = sizeof(struct join_probe),
	.share = probe_share,
	.unshare = probe_unshare,
	.open = probe_open,
	.add = probe_add,
	.next = probe_next,
	.close = probe_close,
};

const struct op_kind op_cross_probe = {
	.name = "NestedLoopJoin",
	.size = sizeof(struct join_probe),
	.share = probe_share,
	.unshare = probe_unshare,
	.open = probe_open,
	.add = probe_add,
	.next = probe_next,
	.close = probe_close,
};
