/* SPDX-License-Identifier: Apache-2.0
 * agg_update.c - pages into groups: which group a row belongs to, and the
 * functions' states. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "base/check.h"
#include "ops/agg.h"

/* Rows are sorted by group, and states updated group by group, when that
 * makes lists of at least this many rows on average. */
enum { CLUSTER_ROWS = 24, CLUSTER_SIZE = 1024 };

static void
init_contexts(struct op *op, struct agg_local *l)
{
	const struct frag_node *n = op->node;

	l->eval.session = op->task->world.session;
	l->eval.account = op->account;
	l->eval.scratch = &l->scratch;
	l->eval.errors = &l->errors;
	eval_errors_clear(&l->errors);
	l->context = xcalloc((size_t)n->n_aggs + 1, sizeof(*l->context));
	for (int i = 0; i < n->n_aggs; i++)
		l->context[i] = (struct agg_context){
			.ev = &l->eval, .types = n->aggs[i].arg_types,
			.n_args = n->aggs[i].n_arg_types,
			.intermediate = n->aggs[i].intermediate,
			.result = n->aggs[i].result,
			.heap = &l->table.heap, .account = op->account,
		};
}

struct agg_local *
agg_local_new(struct op *op, struct agg_shared *s)
{
	struct agg_local *l = xcalloc(1, sizeof(*l));
	const struct frag_node *n = op->node;

	l->shared = s;
	arena_init(&l->scratch);
	group_table_init(&l->table, &s->codec, s->layout.user_bytes,
	    op->account);
	group_cache_init(&l->cache, n->n_keys, op->account);
	key_batch_init(&l->batch, &s->codec);
	l->flat = xcalloc((size_t)n->child[0]->n + 1, sizeof(*l->flat));
	l->keys = xcalloc((size_t)n->n_keys + 1, sizeof(*l->keys));
	init_contexts(op, l);
	if (s->layout.any_deferred) {
		l->tuples = xcalloc((size_t)n->n_aggs,
		    sizeof(*l->tuples));
		for (int i = 0; i < n->n_aggs; i++)
			if (s->layout.deferred[i])
				agg_tuples_init(&l->tuples[i], l, i);
	}
	return l;
}

void
agg_local_free(struct agg_local *l)
{
	const struct frag_node *n = l->shared->node;

	if (l->tuples != NULL)
		for (int i = 0; i < n->n_aggs; i++)
			if (l->shared->layout.deferred[i])
				agg_tuples_release(&l->tuples[i]);
	free(l->tuples);
	mem_free(l->table.account, l->by_part, l->by_part_bytes);
	group_cache_release(&l->cache);
	group_table_clear(&l->table);
	key_batch_release(&l->batch);
	arena_release(&l->scratch);
	free(l->context);
	free(l->keys);
	free(l->flat);
	free(l);
}

int
agg_check(struct agg_local *l, struct err *e)
{
	if (l->errors.n == 0)
		return 0;
	if (e != NULL)
		*e = l->errors.first;
	return -(int)l->errors.first.code;
}

/* init() of the functions that have one, for the rows just made. */
static void
init_rows(struct agg_local *l, char *const *rows, uint32_t n)
{
	const struct agg_shared *s = l->shared;

	for (int a = 0; a < s->layout.n; a++) {
		const struct agg_func *f = s->node->aggs[a].func;

		if (f->init == NULL)
			continue;
		for (uint32_t i = 0; i < n; i++)
			f->init(&l->context[a], rows[i] +
			    s->layout.offset[a]);
	}
}

int
agg_find(struct agg_local *l, const uint16_t *sel, uint32_t n, struct err *e)
{
	struct group_find f = { &l->batch, l->hash, sel, n, l->rows,
		&l->fresh };
	int ret = group_table_find(&l->table, &f, e);

	if (ret == 0 && l->fresh.n > 0)
		init_rows(l, l->fresh.row, l->fresh.n);
	return ret;
}

/* Rows whose index the cache does not know yet: the long way, once. */
static int
find_missing(struct agg_local *l, uint32_t n, struct err *e)
{
	struct group_cache *c = &l->cache;
	uint16_t sel[PAGE_ROWS];
	uint32_t missing = 0;
	int ret;

	for (uint32_t i = 0; i < n; i++) {
		l->rows[i] = c->rows[c->index[i]];
		sel[missing] = (uint16_t)i;
		missing += l->rows[i] == NULL;
	}
	if (missing == 0)
		return 0;
	key_encode(&l->shared->codec, &l->batch, l->keys, n);
	key_hash(&l->shared->codec, &l->batch, l->hash);
	ret = agg_find(l, sel, missing, e);
	for (uint32_t k = 0; ret == 0 && k < missing; k++)
		c->rows[c->index[sel[k]]] = l->rows[sel[k]];
	return ret;
}

/* Fills rows[]; *cached says that the cache's index[] names the groups. */
static int
find_groups(struct agg_local *l, struct page *in, bool *cached,
    struct err *e)
{
	const struct frag_node *n = l->shared->node;

	bool encoded = false, ascends = false;

	for (int i = 0; i < n->n_keys; i++)
		l->keys[i] = in->col[n->keys[i]];
	if (l->table.ascending) {
		key_encode(&l->shared->codec, &l->batch, l->keys, in->rows);
		ascends = group_table_ascends(&l->table, &l->batch);
		encoded = true;
	}
	*cached = !ascends && group_cache_index(&l->cache, l->keys, in->rows,
	    l->table.n);
	if (*cached)
		return find_missing(l, in->rows, e);
	if (!encoded)
		key_encode(&l->shared->codec, &l->batch, l->keys, in->rows);
	key_hash(&l->shared->codec, &l->batch, l->hash);
	return agg_find(l, NULL, in->rows, e);
}

/* The column as kernels want it: flat or constant. */
static const struct vec *
flat_column(struct agg_local *l, struct page *in, int channel, struct err *e)
{
	if (in->col[channel]->form != VEC_DICT)
		return in->col[channel];
	if (l->flat[channel] == NULL)
		l->flat[channel] = vec_flatten(in->col[channel],
		    l->table.account, e);
	return l->flat[channel];
}

static void
drop_flat(struct agg_local *l, int n)
{
	for (int i = 0; i < n; i++)
		vec_drop(&l->flat[i]);
	arena_release(&l->scratch);
}

/* Rows for which the filter is true. */
static uint32_t
filter_rows(const struct vec *f, uint32_t n, uint16_t *sel)
{
	const uint8_t *b = f->data;
	uint32_t got = 0;

	if (f->form == VEC_CONST) {
		if (vec_is_null(f, 0) || b[0] == 0)
			return 0;
		for (uint32_t i = 0; i < n; i++)
			sel[i] = (uint16_t)i;
		return n;
	}
	for (uint32_t i = 0; i < n; i++) {
		sel[got] = (uint16_t)i;
		got += b[i] != 0 && (f->valid == NULL || bit_get(f->valid,
		    i));
	}
	return got;
}

/* Arguments of function a. */
static int
arguments(struct agg_local *l, int a, struct page *in,
    const struct vec **args, struct err *e)
{
	const struct frag_agg *f = &l->shared->node->aggs[a];

	for (int i = 0; i < f->n_args; i++) {
		args[i] = flat_column(l, in, f->arg[i], e);
		if (args[i] == NULL)
			return -(int)e->code;
	}
	return 0;
}

static int
update_scattered(struct agg_local *l, int a, struct page *in, struct err *e)
{
	const struct agg_shared *s = l->shared;
	const struct frag_agg *f = &s->node->aggs[a];
	const struct vec *args[FUNC_MAX_ARGS];
	struct rows_sel sel = { NULL, in->rows, in->rows };
	uint16_t picked[PAGE_ROWS];
	uint32_t offset = s->layout.offset[a];
	int ret = arguments(l, a, in, args, e);

	if (ret < 0)
		return ret;
	if (f->filter >= 0) {
		const struct vec *mask = flat_column(l, in, f->filter, e);

		if (mask == NULL)
			return -(int)e->code;
		sel.sel = picked;
		sel.n = filter_rows(mask, in->rows, picked);
		if (sel.n == 0)
			return 0;
	}
	if (s->node->step == AGG_FINAL)
		return f->func->combine(&l->context[a], l->rows, offset,
		    args[0], &sel, e);
	if (s->node->n_keys == 0 && f->func->update_one != NULL)
		return f->func->update_one(&l->context[a],
		    l->rows[0] + offset, args, &sel, e);
	return f->func->update(&l->context[a], l->rows, offset, args, &sel,
	    e);
}

/* Lists of rows that belong to one group each: list g is order[start[g]..
 * start[g + 1]), of group row[g]. */
struct clusters {
	uint32_t n;
	char *row[PAGE_ROWS / CLUSTER_ROWS + 1];
	uint16_t start[PAGE_ROWS / CLUSTER_ROWS + 2];
	uint16_t order[PAGE_ROWS];
};

/* By cache index.  Two halves are counted apart, so that equal neighbours do
 * not wait for each other.  False when there are too many: several indices
 * may name one group. */
static bool
cluster_index(struct agg_local *l, uint32_t n, struct clusters *c)
{
	const uint32_t *restrict index = l->cache.index;
	uint32_t half = n / 2, at = 0, size = (uint32_t)l->cache.size;
	uint16_t low[CLUSTER_SIZE], high[CLUSTER_SIZE];
	uint16_t *restrict order = c->order;

	memset(low, 0, size * sizeof(*low));
	memset(high, 0, size * sizeof(*high));
	for (uint32_t i = 0; i < half; i++) {
		low[index[i]]++;
		high[index[half + i]]++;
	}
	if (n & 1)
		high[index[n - 1]]++;
	c->n = 0;
	for (uint32_t g = 0; g < size; g++) {
		uint32_t in_low = low[g], in_high = high[g];

		if (in_low + in_high == 0)
			continue;
		if (c->n == ARRAY_LEN(c->row))
			return false;
		c->row[c->n] = l->cache.rows[g];
		c->start[c->n++] = (uint16_t)at;
		low[g] = (uint16_t)at;
		high[g] = (uint16_t)(at + in_low);
		at += in_low + in_high;
	}
	c->start[c->n] = (uint16_t)n;
	for (uint32_t i = 0; i < half; i++) {
		order[low[index[i]]++] = (uint16_t)i;
		order[high[index[half + i]]++] = (uint16_t)(half + i);
	}
	if (n & 1)
		order[high[index[n - 1]]++] = (uint16_t)(n - 1);
	return true;
}

/* By runs of one group; false when they are short. */
static bool
cluster_runs(struct agg_local *l, uint32_t n, struct clusters *c)
{
	uint32_t changes = 0;

	for (uint32_t i = 1; i < n; i++)
		changes += l->rows[i] != l->rows[i - 1];
	if ((changes + 1) * CLUSTER_ROWS > n)
		return false;
	c->n = 0;
	for (uint32_t i = 0; i < n; i++) {
		c->order[i] = (uint16_t)i;
		if (i > 0 && l->rows[i] == l->rows[i - 1])
			continue;
		c->row[c->n] = l->rows[i];
		c->start[c->n++] = (uint16_t)i;
	}
	c->start[c->n] = (uint16_t)n;
	return true;
}

static int
update_clustered(struct agg_local *l, int a, struct page *in,
    const struct clusters *c, struct err *e)
{
	const struct agg_shared *s = l->shared;
	const struct agg_func *f = s->node->aggs[a].func;
	const struct vec *args[FUNC_MAX_ARGS];
	uint32_t offset = s->layout.offset[a];
	int ret = arguments(l, a, in, args, e);

	for (uint32_t g = 0; ret == 0 && g < c->n; g++) {
		struct rows_sel sel = { c->order + c->start[g],
		    (uint32_t)(c->start[g + 1] - c->start[g]), in->rows };

		if (sel.n == in->rows)
			sel.sel = NULL;
		ret = f->update_one(&l->context[a], c->row[g] + offset, args,
		    &sel, e);
	}
	return ret;
}

static bool
can_cluster(const struct agg_local *l, int a)
{
	const struct frag_node *n = l->shared->node;

	return n->step != AGG_FINAL && n->aggs[a].filter < 0 &&
	    n->aggs[a].func->update_one != NULL;
}

static int
update_states(struct agg_local *l, struct page *in, bool cached,
    struct err *e)
{
	const struct frag_node *n = l->shared->node;
	struct clusters c;
	bool clustered = false;
	int ret = 0;

	if (n->n_keys > 0 && n->n_aggs > 0 && in->rows >= CLUSTER_ROWS) {
		if (!cached) {
			clustered = cluster_runs(l, in->rows, &c);
		} else if (l->cache.size < CLUSTER_SIZE &&
		    l->table.n * CLUSTER_ROWS <= in->rows) {
			clustered = cluster_index(l, in->rows, &c);
		}
	}
	for (int a = 0; ret == 0 && a < n->n_aggs; a++) {
		if (l->shared->layout.twin[a])
			continue;
		if (l->shared->layout.deferred[a])
			ret = agg_tuples_add(l, a, in, e);
		else if (clustered && can_cluster(l, a))
			ret = update_clustered(l, a, in, &c, e);
		else
			ret = update_scattered(l, a, in, e);
	}
	return ret < 0 ? ret : agg_check(l, e);
}

int
agg_update(struct agg_local *l, struct page *in, struct err *e)
{
	bool cached = false;
	int ret = 0;

	if (in->rows == 0)
		return 0;
	l->rows_seen += in->rows;
	if (l->shared->node->n_keys > 0) {
		ret = find_groups(l, in, &cached, e);
	} else {
		/* All rows have the key of no columns. */
		key_encode(&l->shared->codec, &l->batch, l->keys, 1);
		key_hash(&l->shared->codec, &l->batch, l->hash);
		ret = agg_find(l, NULL, 1, e);
		for (uint32_t i = 1; ret == 0 && i < in->rows; i++)
			l->rows[i] = l->rows[0];
	}
	if (ret == 0)
		ret = update_states(l, in, cached, e);
	if (ret == 0)
		ret = group_table_charge(&l->table, e);
	drop_flat(l, l->shared->node->child[0]->n);
	return ret;
}

int
agg_pass(struct agg_local *l, struct page *in, struct page **out,
    struct err *e)
{
	const struct agg_shared *s = l->shared;
	const struct frag_node *n = s->node;
	char *states = xcalloc(in->rows, l->table.row_bytes);
	struct page *p = page_new(n->n, in->rows);
	int ret = 0;

	for (uint32_t i = 0; i < in->rows; i++)
		l->rows[i] = states + (size_t)i * l->table.row_bytes;
	for (int a = 0; a < n->n_aggs; a++)
		l->context[a].heap = &l->scratch;
	init_rows(l, l->rows, in->rows);
	for (int a = 0; ret == 0 && a < n->n_aggs; a++)
		if (!s->layout.twin[a])
			ret = update_scattered(l, a, in, e);
	if (ret == 0)
		ret = agg_check(l, e);
	for (int i = 0; i < n->n_keys; i++)
		p->col[i] = vec_ref(in->col[n->keys[i]]);
	for (int a = 0; ret == 0 && a < n->n_aggs; a++) {
		struct vec_builder b;

		vec_builder_init(&b, n->aggs[a].intermediate,
		    l->table.account);
		ret = n->aggs[a].func->save(&l->context[a], l->rows,
		    s->layout.offset[a], in->rows, &b, e);
		if (ret == 0)
			p->col[n->n_keys + a] = vec_builder_finish(&b, e);
		vec_builder_release(&b);
		if (ret == 0 && p->col[n->n_keys + a] == NULL)
			ret = -(int)e->code;
	}
	drop_flat(l, n->child[0]->n);
	free(states);
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}
