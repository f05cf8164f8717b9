/* SPDX-License-Identifier: Apache-2.0
 * agg_merge.c - the drivers' tables put together, partition by partition. */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "ops/agg.h"
#include "ops/spill_read.h"

/* Fewer groups are merged by one driver: parts would only cost. */
enum { FEW_GROUPS = 8192 };

/* One driver's work on one job after another. */
struct agg_merge {
	struct agg_local *l;
	struct group_table table;       /* of the partition at hand */
	char **list;            /* rows to emit */
	size_t list_bytes;
	uint32_t n, at;
	int job;                /* -1: none */
	bool merged;
	int block;              /* of the partition's spilled ones */
	struct spill_reader reader;
};

int
agg_partition(struct agg_local *l, struct err *e)
{
	struct group_table *t = &l->table;
	uint32_t *start = l->part_start, at[AGG_PARTITIONS];

	memset(start, 0, sizeof(l->part_start));
	if (t->n == 0)
		return 0;
	l->by_part_bytes = t->n * sizeof(*l->by_part);
	l->by_part = mem_alloc(t->account, l->by_part_bytes, e);
	if (l->by_part == NULL)
		return -(int)e->code;
	for (int b = 0; b < t->n_blocks; b++)
		for (uint32_t i = 0; i < t->block[b].rows; i++)
			start[1 + hash_radix(group_row_hash(t, t->block[b].p +
			    (size_t)i * t->row_bytes),
			    AGG_PARTITION_BITS)]++;
	for (int p = 0; p < AGG_PARTITIONS; p++) {
		start[p + 1] += start[p];
		at[p] = start[p];
	}
	for (int b = 0; b < t->n_blocks; b++)
		for (uint32_t i = 0; i < t->block[b].rows; i++) {
			char *row = t->block[b].p + (size_t)i * t->row_bytes;

			l->by_part[at[hash_radix(group_row_hash(t, row),
			    AGG_PARTITION_BITS)]++] = row;
		}
	return 0;
}

void
agg_plan(struct agg_shared *s)
{
	uint64_t total = 0;
	int live = 0;

	for (int i = 0; i < s->n_local; i++) {
		total += s->local[i]->table.n;
		if (s->local[i]->table.n == 0)
			continue;
		live++;
		s->only = s->local[i];
	}
	s->direct = live <= 1 && !s->has_spilled;
	if (s->direct)
		s->jobs = s->only == NULL || s->layout.any_deferred ? 1
		    : s->only->table.n_blocks;
	else
		s->jobs = total < FEW_GROUPS && !s->has_spilled ? 1
		    : AGG_PARTITIONS;
	if (s->layout.any_deferred)
		s->jobs = 1;
}

struct agg_merge *
agg_merge_new(struct agg_local *l)
{
	struct agg_merge *m = xcalloc(1, sizeof(*m));

	m->l = l;
	m->job = -1;
	group_table_init(&m->table, &l->shared->codec,
	    l->shared->layout.user_bytes, l->table.account);
	spill_reader_init(&m->reader, l->shared->slot->task);
	return m;
}

static void
drop_job(struct agg_merge *m)
{
	mem_free(m->l->table.account, m->list, m->list_bytes);
	m->list = NULL;
	m->list_bytes = 0;
	m->n = m->at = 0;
	m->block = 0;
	m->merged = false;
	group_table_clear(&m->table);
}

void
agg_merge_free(struct agg_merge **mp)
{
	struct agg_merge *m = *mp;

	*mp = NULL;
	if (m == NULL)
		return;
	drop_job(m);
	spill_reader_release(&m->reader);
	free(m);
}

static int
grow_list(struct agg_merge *m, uint64_t n, struct err *e)
{
	size_t bytes = n * sizeof(*m->list);
	char **list;

	if (bytes <= m->list_bytes)
		return 0;
	bytes = mem_good_size(bytes);
	list = mem_realloc(m->l->table.account, m->list, m->list_bytes,
	    bytes, e);
	if (list == NULL)
		return -(int)e->code;
	m->list = list;
	m->list_bytes = bytes;
	return 0;
}

/* Adds the states of src rows to those of dst rows. */
static int
combine_rows(struct agg_merge *m, char *const *src, char *const *dst,
    uint32_t n, struct err *e)
{
	struct agg_local *l = m->l;
	const struct agg_shared *s = l->shared;
	struct rows_sel sel = { NULL, n, n };
	int ret = 0;

	for (int a = 0; ret == 0 && a < s->layout.n; a++) {
		const struct frag_agg *f = &s->node->aggs[a];
		struct vec_builder b;
		struct vec *v = NULL;

		if (s->layout.deferred[a] || s->layout.twin[a])
			continue;
		vec_builder_init(&b, f->intermediate, l->table.account);
		ret = f->func->save(&l->context[a], src, s->layout.offset[a],
		    n, &b, e);
		if (ret == 0 && (v = vec_builder_finish(&b, e)) == NULL)
			ret = -(int)e->code;
		vec_builder_release(&b);
		if (ret == 0)
			ret = f->func->combine(&l->context[a], dst,
			    s->layout.offset[a], v, &sel, e);
		vec_drop(&v);
	}
	arena_release(&l->scratch);
	if (ret == 0)
		ret = group_table_charge(&l->table, e);
	return ret < 0 ? ret : agg_check(l, e);
}

/* The row here with that key, or NULL; lone NULLs have a place of their
 * own. */
static char *
find_row(struct agg_merge *m, const struct agg_local *from, const char *row,
    uint64_t hash)
{
	if (row == from->table.null_row)
		return m->table.null_row;
	return group_table_lookup(&m->table, row, hash);
}

static void
adopt(struct agg_merge *m, const struct agg_local *from, char *row,
    uint64_t hash)
{
	if (row == from->table.null_row) {
		m->table.null_row = row;
		m->table.n++;
	} else {
		group_table_adopt(&m->table, row, hash);
	}
	m->list[m->n++] = row;
}

/* Rows v[0..n) of another driver's table. */
static int
merge_rows(struct agg_merge *m, const struct agg_local *from, char **v,
    uint32_t n, struct err *e)
{
	const struct agg_shared *s = m->l->shared;
	char *src[PAGE_ROWS], *dst[PAGE_ROWS];
	uint32_t pairs = 0;
	int ret = group_table_reserve(&m->table, n, e);

	if (ret == 0)
		ret = grow_list(m, (uint64_t)m->n + n, e);
	for (uint32_t i = 0; ret == 0 && i < n; i++) {
		uint64_t hash = group_row_hash(&m->table, v[i]);
		char *row = find_row(m, from, v[i], hash);

		if (row == NULL) {
			adopt(m, from, v[i], hash);
			continue;
		}
		if (s->layout.any_deferred)
			memcpy(v[i] + s->layout.forward_at, &row,
			    sizeof(row));
		src[pairs] = v[i];
		dst[pairs++] = row;
		if (pairs < PAGE_ROWS)
			continue;
		ret = combine_rows(m, src, dst, pairs, e);
		pairs = 0;
	}
	if (ret == 0 && pairs > 0)
		ret = combine_rows(m, src, dst, pairs, e);
	return ret;
}

static uint32_t
part_rows(const struct agg_shared *s, const struct agg_local *l, int job,
    char ***v)
{
	if (l->by_part == NULL)
		return 0;
	if (s->jobs == 1) {
		*v = l->by_part;
		return l->part_start[AGG_PARTITIONS];
	}
	*v = l->by_part + l->part_start[job];
	return l->part_start[job + 1] - l->part_start[job];
}

/* The biggest table's rows first: they are adopted without a look. */
static int
merge_locals(struct agg_merge *m, struct err *e)
{
	const struct agg_shared *s = m->l->shared;
	int first = 0, ret = 0;
	uint32_t most = 0;

	for (int i = 0; i < s->n_local; i++) {
		char **v;
		uint32_t n = part_rows(s, s->local[i], m->job, &v);

		if (n > most) {
			most = n;
			first = i;
		}
	}
	for (int k = 0; ret == 0 && k < s->n_local; k++) {
		const struct agg_local *from = s->local[(first + k) %
		    s->n_local];
		char **v = NULL;
		uint32_t n = part_rows(s, from, m->job, &v);

		if (n > 0)
			ret = merge_rows(m, from, v, n, e);
	}
	return ret;
}

/* A page of keys and intermediate values that was spilled. */
static int
merge_page(struct agg_merge *m, struct page *p, struct err *e)
{
	struct agg_local *l = m->l;
	const struct agg_shared *s = l->shared;
	struct rows_sel sel = { NULL, p->rows, p->rows };
	struct group_find find = { &l->batch, l->hash, NULL, p->rows,
		l->rows, &l->fresh };
	int ret;

	for (int i = 0; i < s->node->n_keys; i++)
		l->keys[i] = p->col[i];
	key_encode(&s->codec, &l->batch, l->keys, p->rows);
	key_hash(&s->codec, &l->batch, l->hash);
	ret = group_table_find(&m->table, &find, e);
	if (ret == 0)
		ret = grow_list(m, (uint64_t)m->n + l->fresh.n, e);
	if (ret < 0)
		return ret;
	for (uint32_t i = 0; i < l->fresh.n; i++)
		m->list[m->n++] = l->fresh.row[i];
	for (int a = 0; a < s->layout.n; a++) {
		const struct agg_func *f = s->node->aggs[a].func;

		if (s->layout.twin[a])
			continue;
		for (uint32_t i = 0; f->init != NULL && i < l->fresh.n; i++)
			f->init(&l->context[a], l->fresh.row[i] +
			    s->layout.offset[a]);
		ret = f->combine(&l->context[a], l->rows,
		    s->layout.offset[a], p->col[s->node->n_keys + a], &sel,
		    e);
		if (ret < 0)
			return ret;
	}
	arena_release(&l->scratch);
	ret = group_table_charge(&l->table, e);
	if (ret == 0)
		ret = group_table_charge(&m->table, e);
	return ret < 0 ? ret : agg_check(l, e);
}

/* Spilled pages of the partition, one after another. */
static enum op_step
merge_spilled(struct agg_merge *m, struct wait **blocked, struct err *e)
{
	struct agg_shared *s = m->l->shared;
	const struct spill_list *list = &s->spilled[m->job];

	while (m->block < list->n) {
		struct page *p = NULL;
		enum op_step step = spill_reader_page(&m->reader,
		    &list->v[m->block], s->spill_types, s->node->n, &p,
		    blocked, e);
		int ret;

		if (step != OP_PAGE)
			return step;
		m->block++;
		ret = merge_page(m, p, e);
		page_drop(&p);
		if (ret < 0)
			return OP_FAILED;
	}
	return OP_DONE;
}

/* The rows of one block of the only table. */
static int
list_block(struct agg_merge *m, struct err *e)
{
	const struct agg_shared *s = m->l->shared;
	const struct group_table *t = &s->only->table;
	int from = s->jobs == 1 ? 0 : m->job;
	int to = s->jobs == 1 ? t->n_blocks : m->job + 1;
	int ret = 0;

	for (int b = from; ret == 0 && b < to; b++) {
		ret = grow_list(m, (uint64_t)m->n + t->block[b].rows, e);
		for (uint32_t i = 0; ret == 0 && i < t->block[b].rows; i++)
			m->list[m->n++] = t->block[b].p +
			    (size_t)i * t->row_bytes;
	}
	m->table.null_row = t->null_row;
	return ret;
}

/* Without keys there is always a group. */
static int
add_global(struct agg_merge *m, struct err *e)
{
	struct agg_local *l = m->l;
	const struct agg_shared *s = l->shared;
	int ret;

	if (s->node->n_keys > 0 || m->n > 0 || s->node->step == AGG_PARTIAL)
		return 0;
	key_encode(&s->codec, &l->batch, l->keys, 1);
	key_hash(&s->codec, &l->batch, l->hash);
	ret = agg_find(l, NULL, 1, e);
	if (ret == 0)
		ret = grow_list(m, 1, e);
	if (ret == 0)
		m->list[m->n++] = l->rows[0];
	return ret;
}

static enum op_step
merge_job(struct agg_merge *m, struct wait **blocked, struct err *e)
{
	struct agg_shared *s = m->l->shared;
	int ret;

	if (s->direct)
		ret = s->only == NULL ? 0 : list_block(m, e);
	else
		ret = m->block > 0 ? 0 : merge_locals(m, e);
	if (ret == 0 && s->has_spilled) {
		enum op_step step = merge_spilled(m, blocked, e);

		if (step != OP_DONE)
			return step;
	}
	if (ret == 0)
		ret = add_global(m, e);
	if (ret == 0 && s->layout.any_deferred)
		ret = agg_tuples_finish(m->l, e);
	m->merged = true;
	return ret < 0 ? OP_FAILED : OP_DONE;
}

static enum op_step
emit_list(struct agg_merge *m, struct page **out, struct err *e)
{
	uint32_t n = m->n - m->at;

	n = n > PAGE_ROWS ? PAGE_ROWS : n;
	if (agg_emit(m->l, m->list + m->at, n, m->table.null_row, out, e) < 0)
		return OP_FAILED;
	m->at += n;
	return OP_PAGE;
}

enum op_step
agg_merge_next(struct agg_merge *m, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct agg_shared *s = m->l->shared;

	if (m->job < 0) {
		m->job = atomic_fetch_add(&s->next_job, 1);
		if (m->job >= s->jobs)
			return OP_DONE;
	}
	if (!m->merged) {
		enum op_step step = merge_job(m, blocked, e);

		if (step != OP_DONE)
			return step;
	}
	if (m->at < m->n)
		return emit_list(m, out, e);
	drop_job(m);
	m->job = -1;
	return OP_YIELD;
}
