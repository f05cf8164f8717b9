/* SPDX-License-Identifier: Apache-2.0
 * op_mark_distinct.c - says of each row whether it is the first with its
 * keys.  Drivers share tables, one a part of the keys' hashes, each behind a
 * lock that is held for a page's rows of that part. */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "ops/group_table.h"
#include "ops/task_priv.h"

enum { PART_BITS = 3, PARTS = 1 << PART_BITS };

struct mark_shared {
	struct key_codec codec;
	struct {
		pthread_mutex_t lock;
		struct group_table table;
	} part[PARTS];
};

struct mark {
	struct op op;
	struct page *in;
	struct key_batch batch;
	struct fresh_rows fresh;
	struct vec **keys;
	uint64_t hash[PAGE_ROWS];
	char *rows[PAGE_ROWS];
};

static int
mark_share(struct op_slot *slot, struct err *e)
{
	struct mark_shared *s = xcalloc(1, sizeof(*s));
	const struct frag_node *n = slot->node;
	const struct type **types = xcalloc((size_t)n->n_keys + 1,
	    sizeof(*types));

	slot->shared = s;
	for (int i = 0; i < n->n_keys; i++)
		types[i] = n->child[0]->types[n->keys[i]];
	key_codec_init(&s->codec, types, n->n_keys, true);
	free(types);
	for (int i = 0; i < PARTS; i++) {
		pthread_mutex_init(&s->part[i].lock, NULL);
		group_table_init(&s->part[i].table, &s->codec, 0,
		    slot->account);
	}
	return 0;
}

static void
mark_unshare(struct op_slot *slot)
{
	struct mark_shared *s = slot->shared;

	if (s == NULL)
		return;
	for (int i = 0; i < PARTS; i++) {
		group_table_clear(&s->part[i].table);
		pthread_mutex_destroy(&s->part[i].lock);
	}
	key_codec_release(&s->codec);
	free(s);
}

static int
mark_open(struct op *op, struct err *e)
{
	struct mark *m = (struct mark *)op;
	struct mark_shared *s = op->shared;

	key_batch_init(&m->batch, &s->codec);
	m->keys = xcalloc((size_t)op->node->n_keys + 1, sizeof(*m->keys));
	return 0;
}

static int
mark_add(struct op *op, struct page *in, struct err *e)
{
	((struct mark *)op)->in = in;
	return 0;
}

static int
find_first(struct mark *m, uint8_t *first, struct err *e)
{
	struct mark_shared *s = m->op.shared;
	uint16_t sel[PAGE_ROWS];
	struct group_find find = { &m->batch, m->hash, sel, 0, m->rows,
		&m->fresh };
	uint32_t rows = m->in->rows;
	int ret = 0;

	for (int p = 0; ret == 0 && p < PARTS; p++) {
		uint32_t n = 0;

		for (uint32_t i = 0; i < rows; i++) {
			sel[n] = (uint16_t)i;
			n += hash_radix(m->hash[i], PART_BITS) ==
			    (uint32_t)p;
		}
		if (n == 0)
			continue;
		pthread_mutex_lock(&s->part[p].lock);
		find.n = n;
		ret = group_table_find(&s->part[p].table, &find, e);
		if (ret == 0)
			ret = group_table_charge(&s->part[p].table, e);
		pthread_mutex_unlock(&s->part[p].lock);
		for (uint32_t k = 0; ret == 0 && k < m->fresh.n; k++)
			first[m->fresh.at[k]] = 1;
	}
	return ret;
}

static enum op_step
mark_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct mark *m = (struct mark *)op;
	struct mark_shared *s = op->shared;
	struct page *in = m->in, *p;
	struct vec *v;

	if (in == NULL)
		return op->finished ? OP_DONE : OP_NEED_INPUT;
	for (int i = 0; i < op->node->n_keys; i++)
		m->keys[i] = in->col[op->node->keys[i]];
	key_encode(&s->codec, &m->batch, m->keys, in->rows);
	key_hash(&s->codec, &m->batch, m->hash);
	/* A lone NULL's word is no key: its hash must say so everywhere. */
	for (uint32_t i = 0; m->batch.any_null && i < in->rows; i++)
		if (bit_get(m->batch.nulls, i))
			m->hash[i] = HASH_NULL;
	v = vec_new_flat(TYPE(BOOLEAN), in->rows, false, op->account, e);
	if (v == NULL)
		return OP_FAILED;
	memset(v->data, 0, in->rows);
	if (find_first(m, v->data, e) < 0) {
		vec_drop(&v);
		return OP_FAILED;
	}
	p = page_new(in->n + 1, in->rows);
	for (int i = 0; i < in->n; i++)
		p->col[i] = vec_ref(in->col[i]);
	p->col[in->n] = v;
	page_drop(&m->in);
	*out = p;
	return OP_PAGE;
}

static void
mark_close(struct op *op)
{
	struct mark *m = (struct mark *)op;

	page_drop(&m->in);
	key_batch_release(&m->batch);
	free(m->keys);
}

const struct op_kind op_mark_distinct = {
	.name = "MarkDistinct",
	.size = sizeof(struct mark),
	.share = mark_share,
	.unshare = mark_unshare,
	.open = mark_open,
	.add = mark_add,
	.next = mark_next,
	.close = mark_close,
};
