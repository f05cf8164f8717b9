/* SPDX-License-Identifier: Apache-2.0
 * agg_deferred.c - distinct and ordered aggregates: drivers collect (group,
 * arguments) tuples; states are updated once all groups are merged. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/agg.h"

void
agg_tuples_init(struct agg_tuples *t, struct agg_local *l, int at)
{
	const struct frag_agg *f = &l->shared->node->aggs[at];

	t->n_columns = 1 + f->n_args;
	t->types = xcalloc((size_t)t->n_columns, sizeof(*t->types));
	t->types[0] = TYPE(BIGINT);
	for (int i = 0; i < f->n_args; i++)
		t->types[1 + i] = f->arg_types[i];
	key_codec_init(&t->codec, t->types, t->n_columns, true);
	group_table_init(&t->table, &t->codec, 0, l->table.account);
	key_batch_init(&t->batch, &t->codec);
}

void
agg_tuples_release(struct agg_tuples *t)
{
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

int
agg_tuples_add(struct agg_local *l, int at, struct page *in, struct err *e)
{
	const struct frag_agg *f = &l->shared->node->aggs[at];
	struct agg_tuples *t = &l->tuples[at];
	struct vec *col[1 + FUNC_MAX_ARGS];
	char *found[PAGE_ROWS];
	uint16_t sel[PAGE_ROWS];
	uint32_t n = in->rows;
	int ret;

	col[0] = row_column(l, l->rows, in->rows, e);
	if (col[0] == NULL)
		return -(int)e->code;
	for (int i = 0; i < f->n_args; i++)
		col[1 + i] = in->col[f->arg[i]];
	if (f->filter >= 0)
		n = masked(in->col[f->filter], in->rows, sel);
	key_encode(&t->codec, &t->batch, col, in->rows);
	key_hash(&t->codec, &t->batch, l->hash);
	ret = group_table_find(&t->table, &t->batch, l->hash,
	    f->filter >= 0 ? sel : NULL, n, found, &l->fresh, e);
	if (ret == 0)
		ret = group_table_charge(&t->table, e);
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
	char *groups[PAGE_ROWS], *found[PAGE_ROWS];
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
		key_encode(&seen->codec, &seen->batch, col, n);
		key_hash(&seen->codec, &seen->batch, l->hash);
		ret = group_table_find(&seen->table, &seen->batch, l->hash,
		    NULL, n, found, &l->fresh, e);
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

int
agg_tuples_finish(struct agg_local *l, struct err *e)
{
	const struct agg_shared *s = l->shared;
	int ret = 0;

	for (int a = 0; ret == 0 && a < s->layout.n; a++)
		if (s->layout.deferred[a])
			ret = finish_distinct(l, a, e);
	return ret;
}
