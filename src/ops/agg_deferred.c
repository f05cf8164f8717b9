/* SPDX-License-Identifier: Apache-2.0
 * agg_deferred.c - distinct and ordered aggregates: drivers collect (group,
 * arguments) tuples; states are updated once all groups are merged. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/agg.h"
#include "ops/sort.h"

void
agg_tuples_init(struct agg_tuples *t, struct agg_local *l, int at)
{
	const struct frag_node *n = l->shared->node;
	const struct frag_agg *f = &n->aggs[at];

	memset(t, 0, sizeof(*t));
	t->distinct = f->distinct;
	t->ordered = f->n_order > 0;
	t->n_columns = 1 + f->n_args;
	t->n_ordered = t->n_columns + f->n_order;
	t->types = xcalloc((size_t)t->n_ordered, sizeof(*t->types));
	t->types[0] = TYPE(BIGINT);
	for (int i = 0; i < f->n_args; i++)
		t->types[1 + i] = f->arg_types[i];
	for (int i = 0; i < f->n_order; i++)
		t->types[t->n_columns + i] =
		    n->child[0]->types[f->order[i].channel];
	key_codec_init(&t->codec, t->types, t->n_columns, true);
	group_table_init(&t->table, &t->codec, 0, l->table.account);
	key_batch_init(&t->batch, &t->codec);
	page_bag_init(&t->bag, t->types, t->n_ordered, l->table.account);
}

void
agg_tuples_release(struct agg_tuples *t)
{
	page_bag_release(&t->bag);
	group_table_clear(&t->table);
	key_batch_release(&t->batch);
	key_codec_release(&t->codec);
	free(t->types);
}

static uint32_t
masked(const struct vec *f, uint32_t n, uint16_t *sel)
{
	uint32_t got = 0;

	for (uint32_t i = 0; i < n; i++) {
		sel[got] = (uint16_t)i;
		got += !vec_is_null(f, i) &&
		    *(const uint8_t *)vec_at(f, i) != 0;
	}
	return got;
}

/* The addresses of the rows' groups as a column. */
static struct vec *
row_column(struct agg_local *l, char *const *rows, uint32_t n, struct err *e)
{
	struct vec *v = vec_new_flat(TYPE(BIGINT), n, false,
	    l->table.account, e);

	if (v != NULL)
		memcpy(v->data, rows, (size_t)n * sizeof(*rows));
	return v;
}

/* Tuples col[] in t's table; l->fresh lists the new ones. */
static int
find_tuples(struct agg_local *l, struct agg_tuples *t, struct vec **col,
    const uint16_t *sel, uint32_t n, struct err *e)
{
	char *found[PAGE_ROWS];
	struct group_find f = { &t->batch, l->hash, sel, n, found,
		&l->fresh };

	key_encode(&t->codec, &t->batch, col, col[0]->n);
	key_hash(&t->codec, &t->batch, l->hash);
	return group_table_find(&t->table, &f, e);
}

/* Rows sel[0..n) of the page with what orders them. */
static int
keep_ordered(struct agg_local *l, int at, struct page *in, struct vec *groups,
    const uint16_t *sel, uint32_t n, struct err *e)
{
	const struct frag_agg *f = &l->shared->node->aggs[at];
	struct agg_tuples *t = &l->tuples[at];
	struct page *all = page_new(t->n_ordered, in->rows), *some;
	uint32_t index[PAGE_ROWS];

	all->col[0] = vec_ref(groups);
	for (int i = 0; i < f->n_args; i++)
		all->col[1 + i] = vec_ref(in->col[f->arg[i]]);
	for (int i = 0; i < f->n_order; i++)
		all->col[t->n_columns + i] =
		    vec_ref(in->col[f->order[i].channel]);
	for (uint32_t k = 0; k < n; k++)
		index[k] = sel == NULL ? k : sel[k];
	some = page_select(all, index, n, l->table.account, e);
	page_drop(&all);
	return some == NULL ? -(int)e->code : page_bag_add(&t->bag, some, e);
}

int
agg_tuples_add(struct agg_local *l, int at, struct page *in, struct err *e)
{
	const struct frag_agg *f = &l->shared->node->aggs[at];
	struct agg_tuples *t = &l->tuples[at];
	struct vec *col[1 + FUNC_MAX_ARGS];
	uint16_t picked[PAGE_ROWS], *sel = NULL;
	uint32_t n = in->rows;
	int ret = 0;

	col[0] = row_column(l, l->rows, in->rows, e);
	if (col[0] == NULL)
		return -(int)e->code;
	for (int i = 0; i < f->n_args; i++)
		col[1 + i] = in->col[f->arg[i]];
	if (f->filter >= 0) {
		n = masked(in->col[f->filter], in->rows, picked);
		sel = picked;
	}
	if (t->distinct) {
		ret = find_tuples(l, t, col, sel, n, e);
		if (ret == 0)
			ret = group_table_charge(&t->table, e);
		sel = l->fresh.at;
		n = l->fresh.n;
	}
	if (ret == 0 && t->ordered && n > 0)
		ret = keep_ordered(l, at, in, col[0], sel, n, e);
	vec_drop(&col[0]);
	return ret;
}

/* Groups that were merged into others are followed to their heirs. */
static void
follow(const struct agg_shared *s, const int64_t *from, uint32_t n,
    char **rows)
{
	for (uint32_t i = 0; i < n; i++) {
		char *row = (char *)(uintptr_t)from[i], *heir;

		memcpy(&heir, row + s->layout.forward_at, sizeof(heir));
		rows[i] = heir == NULL ? row : heir;
	}
}

/* Tuples rows[0..n) of one driver into the states; seen: drops those that
 * another driver had too. */
static int
apply_distinct(struct agg_local *l, int at, const struct agg_tuples *t,
    char *const *rows, uint32_t n, struct agg_tuples *seen, struct err *e)
{
	const struct agg_shared *s = l->shared;
	const struct frag_agg *f = &s->node->aggs[at];
	struct vec *col[1 + FUNC_MAX_ARGS] = { NULL };
	struct rows_sel sel = { NULL, n, n };
	char *groups[PAGE_ROWS];
	int ret = 0;

	for (int i = 0; ret == 0 && i < t->n_columns; i++) {
		col[i] = key_decode(&t->codec, i, rows, n, NULL,
		    l->table.account, e);
		ret = col[i] == NULL ? -(int)e->code : 0;
	}
	if (ret == 0) {
		follow(s, col[0]->data, n, groups);
		memcpy(col[0]->data, groups, (size_t)n * sizeof(*groups));
	}
	if (ret == 0 && seen != NULL) {
		ret = find_tuples(l, seen, col, NULL, n, e);
		sel.sel = l->fresh.at;
		sel.n = l->fresh.n;
	}
	if (ret == 0 && sel.n > 0)
		ret = f->func->update(&l->context[at], groups,
		    s->layout.offset[at], (const struct vec *const *)
		    (col + 1), &sel, e);
	for (int i = 0; i < t->n_columns; i++)
		vec_drop(&col[i]);
	arena_release(&l->scratch);
	if (ret == 0)
		ret = group_table_charge(&l->table, e);
	return ret < 0 ? ret : agg_check(l, e);
}

static int
finish_distinct(struct agg_local *l, int at, struct err *e)
{
	const struct agg_shared *s = l->shared;
	struct agg_tuples seen;
	bool several = s->n_local > 1;
	int ret = 0;

	if (several)
		agg_tuples_init(&seen, l, at);
	for (int k = 0; ret == 0 && k < s->n_local; k++) {
		const struct agg_tuples *t = &s->local[k]->tuples[at];

		for (int b = 0; ret == 0 && b < t->table.n_blocks; b++) {
			const struct row_block *block = &t->table.block[b];
			char *rows[PAGE_ROWS];

			for (uint32_t i = 0; ret == 0 && i < block->rows;) {
				uint32_t n = 0;

				while (n < PAGE_ROWS && i < block->rows)
					rows[n++] = block->p + (size_t)i++ *
					    t->table.row_bytes;
				ret = apply_distinct(l, at, t, rows, n,
				    several ? &seen : NULL, e);
			}
		}
	}
	if (several)
		agg_tuples_release(&seen);
	return ret;
}

/* All drivers' tuples of an ordered function as whole columns, sorted by
 * group and order. */
struct ordered {
	int n;
	struct vec **column, **key;
	struct sort_key *keys;
	struct sort_plan plan;
	uint32_t *order, rows;
	size_t bytes;
};

static void
ordered_release(struct ordered *o, struct mem_account *account)
{
	sort_plan_release(&o->plan);
	mem_free(account, o->order, o->bytes);
	for (int i = 0; i < o->n; i++)
		vec_drop(&o->column[i]);
	free(o->column);
	free(o->key);
	free(o->keys);
}

static int
gather_ordered(struct agg_local *l, int at, struct ordered *o, struct err *e)
{
	const struct agg_shared *s = l->shared;
	const struct agg_tuples *t = &l->tuples[at];
	struct mem_account *account = l->table.account;
	struct page_bag **bags = xcalloc((size_t)s->n_local, sizeof(*bags));
	int ret = 0;

	memset(o, 0, sizeof(*o));
	o->n = t->n_ordered;
	o->column = xcalloc((size_t)o->n, sizeof(*o->column));
	for (int i = 0; ret == 0 && i < s->n_local; i++) {
		bags[i] = &s->local[i]->tuples[at].bag;
		ret = page_bag_finish(bags[i], e);
	}
	for (int i = 0; ret == 0 && i < o->n; i++) {
		o->column[i] = page_bags_concat(bags, s->n_local, i,
		    t->types[i], account, e);
		ret = o->column[i] == NULL ? -(int)e->code : 0;
	}
	free(bags);
	if (ret == 0)
		o->rows = o->column[0]->n;
	return ret;
}

static int
sort_ordered(struct agg_local *l, int at, struct ordered *o, struct err *e)
{
	const struct frag_agg *f = &l->shared->node->aggs[at];
	int first = l->tuples[at].n_columns, n = 1 + f->n_order, ret;
	char **rows = o->column[0]->data;

	/* In place: the column is flat and nobody else's. */
	for (uint32_t i = 0; i < o->rows; i += PAGE_ROWS)
		follow(l->shared, (int64_t *)(void *)(rows + i),
		    o->rows - i < PAGE_ROWS ? o->rows - i : PAGE_ROWS,
		    rows + i);
	o->key = xcalloc((size_t)n, sizeof(*o->key));
	o->keys = xcalloc((size_t)n, sizeof(*o->keys));
	o->key[0] = o->column[0];
	for (int i = 0; i < f->n_order; i++) {
		o->key[1 + i] = o->column[first + i];
		o->keys[1 + i] = f->order[i];
	}
	ret = sort_plan_init(&o->plan, o->key, o->keys, n, o->rows,
	    l->table.account, e);
	if (ret < 0)
		return ret;
	o->bytes = ((size_t)o->rows + 1) * sizeof(*o->order);
	o->order = mem_alloc(l->table.account, o->bytes, e);
	if (o->order == NULL)
		return -(int)e->code;
	return sort_chunk(&o->plan, 0, o->rows, o->order, NULL, e);
}

/* Rows from..from+n of the order into the states. */
static int
apply_ordered(struct agg_local *l, int at, const struct ordered *o,
    uint32_t from, struct agg_tuples *seen, struct err *e)
{
	uint32_t n = o->rows - from < PAGE_ROWS ? o->rows - from : PAGE_ROWS;
	const struct frag_agg *f = &l->shared->node->aggs[at];
	struct vec *col[1 + FUNC_MAX_ARGS] = { NULL }, *some;
	struct rows_sel sel = { NULL, n, n };
	int ret = 0;

	for (int i = 0; ret == 0 && i <= f->n_args; i++) {
		some = vec_select(o->column[i], o->order + from, n,
		    l->table.account, e);
		if (some != NULL)
			col[i] = vec_flatten(some, l->table.account, e);
		vec_drop(&some);
		ret = col[i] == NULL ? -(int)e->code : 0;
	}
	if (ret == 0 && seen != NULL) {
		ret = find_tuples(l, seen, col, NULL, n, e);
		sel.sel = l->fresh.at;
		sel.n = l->fresh.n;
	}
	if (ret == 0)
		ret = f->func->update(&l->context[at], col[0]->data,
		    l->shared->layout.offset[at],
		    (const struct vec *const *)(col + 1), &sel, e);
	for (int i = 0; i <= f->n_args; i++)
		vec_drop(&col[i]);
	arena_release(&l->scratch);
	if (ret == 0)
		ret = group_table_charge(&l->table, e);
	return ret < 0 ? ret : agg_check(l, e);
}

static int
finish_ordered(struct agg_local *l, int at, struct err *e)
{
	struct ordered o;
	struct agg_tuples seen;
	bool several = l->tuples[at].distinct && l->shared->n_local > 1;
	int ret = gather_ordered(l, at, &o, e);

	/* Drivers have dropped their own duplicates only. */
	if (several)
		agg_tuples_init(&seen, l, at);
	if (ret == 0 && o.rows > 0)
		ret = sort_ordered(l, at, &o, e);
	for (uint32_t from = 0; ret == 0 && from < o.rows; from += PAGE_ROWS)
		ret = apply_ordered(l, at, &o, from, several ? &seen : NULL,
		    e);
	if (several)
		agg_tuples_release(&seen);
	ordered_release(&o, l->table.account);
	return ret;
}

int
agg_tuples_finish(struct agg_local *l, struct err *e)
{
	const struct agg_shared *s = l->shared;
	int ret = 0;

	for (int a = 0; ret == 0 && a < s->layout.n; a++)
		if (s->layout.deferred[a])
			ret = l->tuples[a].ordered
			    ? finish_ordered(l, a, e)
			    : finish_distinct(l, a, e);
	return ret;
}
