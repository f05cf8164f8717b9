/* SPDX-License-Identifier: Apache-2.0
 * join_pairs.c - candidate pairs of a hash join, and what is unknown. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "ops/join_probe.h"
#include "page/compare.h"

/* Every probe row with a match has one: no cursor is needed. */
static void
list_unique(struct join_probe *p)
{
	const uint32_t *restrict head = p->head;
	uint32_t *restrict x = p->x, *restrict y = p->y;
	uint32_t rows = p->in->rows, n = 0;

	for (uint32_t i = 0; i < rows; i++)
		n += head[i] != 0;
	p->n = n;
	p->at = rows;
	if (n == rows) {
		for (uint32_t i = 0; i < rows; i++) {
			x[i] = i;
			y[i] = head[i] - 1;
		}
		return;
	}
	n = 0;
	for (uint32_t i = 0; i < rows; i++) {
		x[n] = i;
		y[n] = head[i] - 1;
		n += head[i] != 0;
	}
}

/* Without keys: every probe row with every build row. */
static void
list_all(struct join_probe *p)
{
	uint32_t rows = p->in->rows, n = 0;

	while (p->at < rows && n < PAGE_ROWS) {
		uint32_t left = p->build->rows - p->cursor.at;

		/* One match is enough to know that there is one. */
		if (p->op.node->join >= JOIN_SEMI && bit_get(p->matched,
		    p->at))
			left = 0;
		left = left < PAGE_ROWS - n ? left : PAGE_ROWS - n;
		for (uint32_t k = 0; k < left; k++) {
			p->x[n] = p->at;
			p->y[n++] = p->cursor.at + k;
		}
		p->cursor.at += left;
		if (left == 0 || p->cursor.at == p->build->rows) {
			p->cursor.at = 0;
			p->at++;
		}
	}
	p->n = n;
}

bool
join_list_pairs(struct join_probe *p)
{
	const struct join_table *t = &p->build->table;
	uint32_t rows = p->in->rows, n = 0;

	p->n = 0;
	if (p->at == rows)
		return false;
	if (p->op.node->n_join_keys == 0) {
		list_all(p);
		return true;
	}
	if (t->unique) {
		list_unique(p);
		return true;
	}
	while (p->at < rows && n < PAGE_ROWS) {
		if (!p->in_run) {
			if (p->head[p->at] == 0) {
				p->at++;
				continue;
			}
			p->cursor = join_table_first(t, p->head[p->at]);
			p->in_run = true;
		}
		while (n < PAGE_ROWS && !join_cursor_done(t, &p->cursor)) {
			p->x[n] = p->at;
			p->y[n++] = join_table_next(t, &p->cursor);
		}
		if (join_cursor_done(t, &p->cursor)) {
			p->in_run = false;
			p->at++;
		}
	}
	p->n = n;
	return true;
}

static int
filter_pairs(struct join_probe *p, uint32_t *n, struct err *e)
{
	struct row_pairs pairs = { p->in->col, p->build->column, p->x, p->y,
		*n };
	int ret = pair_filter_run(&p->residual, &pairs, p->op.account, e);

	*n = pairs.n;
	return ret;
}

int
join_test_pairs(struct join_probe *p, struct err *e)
{
	int ret = 0;

	if (p->residual.program != NULL && p->n > 0)
		ret = filter_pairs(p, &p->n, e);
	if (ret < 0)
		return ret;
	/* Who is matched matters to those who keep the others. */
	if (p->op.node->join != JOIN_INNER && p->op.node->join != JOIN_RIGHT)
		for (uint32_t k = 0; k < p->n; k++)
			bit_set(p->matched, p->x[k]);
	if (p->build->found != NULL)
		for (uint32_t k = 0; k < p->n; k++)
			__atomic_store_n(&p->build->found[p->y[k]], 1,
			    __ATOMIC_RELAXED);
	return 0;
}

static bool
row_has_null(struct vec *const *key, const struct frag_node *n, uint32_t i)
{
	for (int k = 0; k < n->n_join_keys; k++)
		if (vec_is_null(key[k], i) && (n->null_safe == NULL ||
		    !n->null_safe[k]))
			return true;
	return false;
}

/* Could the pair be equal, were its NULLs known? */
static bool
not_unequal(const struct join_probe *p, uint32_t i, uint32_t j)
{
	const struct frag_node *n = p->op.node;

	for (int k = 0; k < n->n_join_keys; k++) {
		const struct vec *x = p->key[k], *y = p->build->key[k];

		if (n->null_safe != NULL && n->null_safe[k]) {
			if (!vec_same(x, i, y, j))
				return false;
		} else if (!vec_is_null(x, i) && !vec_is_null(y, j) &&
		    vec_equal(x, i, y, j) == 0) {
			return false;
		}
	}
	return true;
}

static void
list_null_rows(struct join_probe *p)
{
	const struct join_build *b = p->build;

	if (p->nulls != NULL)
		return;
	p->nulls = xmalloc(sizeof(*p->nulls) * ((size_t)b->rows + 1));
	for (uint32_t r = 0; b->null_key && r < b->rows; r++)
		if (row_has_null(b->key, p->op.node, r))
			p->nulls[p->n_nulls++] = r;
}

/* Tests the listed pairs of row i; *found when one passes. */
static int
test_unknown(struct join_probe *p, uint32_t *n, bool *found, struct err *e)
{
	int ret = 0;

	if (p->residual.program != NULL && *n > 0)
		ret = filter_pairs(p, n, e);
	*found |= *n > 0;
	*n = 0;
	return ret;
}

/* One probe row against those build rows that NULLs may make equal. */
static int
unknown_row(struct join_probe *p, uint32_t i, struct err *e)
{
	bool all = row_has_null(p->key, p->op.node, i), found = false;
	uint32_t candidates = all ? p->build->rows : p->n_nulls, n = 0;
	int ret = 0;

	for (uint32_t c = 0; ret == 0 && !found && c < candidates; c++) {
		uint32_t j = all ? c : p->nulls[c];

		if (!not_unequal(p, i, j))
			continue;
		p->x[n] = i;
		p->y[n++] = j;
		if (n == PAGE_ROWS || p->residual.program == NULL)
			ret = test_unknown(p, &n, &found, e);
	}
	if (ret == 0 && !found)
		ret = test_unknown(p, &n, &found, e);
	if (found)
		bit_set(p->unknown, i);
	return ret;
}

int
join_find_unknown(struct join_probe *p, struct err *e)
{
	const struct join_build *b = p->build;
	uint32_t rows = p->in->rows;
	int ret = 0;

	memset(p->unknown, 0, sizeof(p->unknown));
	if (b->rows == 0)
		return 0;
	if (p->op.node->n_join_keys == 1 && p->residual.program == NULL) {
		for (uint32_t i = 0; i < rows; i++)
			if (b->null_key || row_has_null(p->key, p->op.node,
			    i))
				bit_set(p->unknown, i);
		return 0;
	}
	list_null_rows(p);
	for (uint32_t i = 0; ret == 0 && i < rows; i++)
		if (!bit_get(p->matched, i))
			ret = unknown_row(p, i, e);
	return ret;
}
