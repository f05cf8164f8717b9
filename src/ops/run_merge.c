/* SPDX-License-Identifier: Apache-2.0
 * run_merge.c - a tree of losers over sorted streams. */
#include "ops/run_merge.h"

#include <stdlib.h>

#include "ops/sort.h"

void
run_merge_init(struct run_merge *m, const struct run_source *source, int n,
    const struct sort_key *keys, int n_keys, struct mem_account *account)
{
	memset(m, 0, sizeof(*m));
	m->n = n;
	m->source = xcalloc((size_t)n + 1, sizeof(*m->source));
	m->tree = xcalloc((size_t)n + 1, sizeof(*m->tree));
	for (int i = 0; i < n; i++) {
		m->source[i] = source[i];
		m->source[i].prefix = xmalloc(PAGE_ROWS * sizeof(uint64_t));
	}
	m->keys = keys;
	m->n_keys = n_keys;
	m->account = account;
	m->x = xcalloc((size_t)n_keys + 1, sizeof(*m->x));
	m->y = xcalloc((size_t)n_keys + 1, sizeof(*m->y));
}

void
run_merge_types(struct run_merge *m, const struct type *const *types, int n)
{
	m->n_columns = n;
	m->column = xcalloc((size_t)n + 1, sizeof(*m->column));
	for (int i = 0; i < n; i++)
		vec_builder_init(&m->column[i], types[i], m->account);
}

void
run_merge_release(struct run_merge *m)
{
	for (int i = 0; i < m->n; i++) {
		page_drop(&m->source[i].page);
		free(m->source[i].prefix);
	}
	for (int i = 0; i < m->n_columns; i++)
		vec_builder_release(&m->column[i]);
	free(m->source);
	free(m->tree);
	free(m->column);
	free(m->x);
	free(m->y);
	memset(m, 0, sizeof(*m));
}

/* Does source a's row come before source b's?  Ended ones come last. */
static bool
before(struct run_merge *m, int a, int b)
{
	const struct run_source *x = &m->source[a], *y = &m->source[b];
	int c;

	if (x->ended || y->ended)
		return !x->ended;
	if (x->prefix[x->row] != y->prefix[y->row])
		return x->prefix[x->row] < y->prefix[y->row];
	for (int k = 0; k < m->n_keys; k++) {
		m->x[k] = x->page->col[m->keys[k].channel];
		m->y[k] = y->page->col[m->keys[k].channel];
	}
	c = sort_compare_rows(m->x, x->row, m->y, y->row, m->keys,
	    m->n_keys);
	return c != 0 ? c < 0 : a < b;
}

/* Makes sure that source i has a row or has ended. */
static enum op_step
fill(struct run_merge *m, int i, struct wait **blocked, struct err *e)
{
	struct run_source *s = &m->source[i];

	while (!s->ended && s->page == NULL) {
		int ret = s->take(s->arg, &s->page, blocked, e);

		if (ret == 2)
			return OP_BLOCKED;
		if (ret < 0)
			return OP_FAILED;
		s->ended = ret == 0;
		if (s->ended)
			break;
		s->row = 0;
		if (s->page->rows == 0)
			page_drop(&s->page);
		else
			sort_prefix(s->page->col[m->keys[0].channel],
			    &m->keys[0], s->prefix);
	}
	return OP_DONE;
}

/* Plays source i up the tree; the winner ends in tree[0]. */
static void
replay(struct run_merge *m, int i)
{
	int winner = i;

	for (int at = (i + m->n) / 2; at > 0; at /= 2) {
		if (m->tree[at] < 0) {
			/* The first play: waits for its opponent. */
			m->tree[at] = winner;
			return;
		}
		if (before(m, m->tree[at], winner)) {
			int loser = winner;

			winner = m->tree[at];
			m->tree[at] = loser;
		}
	}
	m->tree[0] = winner;
}

static enum op_step
start(struct run_merge *m, struct wait **blocked, struct err *e)
{
	for (int i = 0; i < m->n; i++) {
		enum op_step step = fill(m, i, blocked, e);

		if (step != OP_DONE)
			return step;
	}
	for (int i = 0; i < m->n; i++)
		m->tree[i] = -1;
	for (int i = 0; i < m->n; i++)
		replay(m, i);
	if (m->n == 1)
		m->tree[0] = 0;
	m->started = true;
	return OP_DONE;
}

/* Rows from..to of a source's page into the page being made. */
static int
append(struct run_merge *m, const struct run_source *s, uint32_t from,
    uint32_t to, struct err *e)
{
	for (int i = 0; i < m->n_columns; i++) {
		int ret = vec_builder_rows(&m->column[i], s->page->col[i],
		    NULL, from, to - from, e);

		if (ret < 0)
			return ret;
	}
	m->rows += to - from;
	return 0;
}

static enum op_step
flush(struct run_merge *m, struct page **out, struct err *e)
{
	struct page *p;

	if (m->rows == 0)
		return OP_DONE;
	p = page_new(m->n_columns, m->rows);
	m->rows = 0;
	for (int i = 0; i < p->n; i++) {
		p->col[i] = vec_builder_finish(&m->column[i], e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return OP_FAILED;
		}
	}
	*out = p;
	return OP_PAGE;
}

enum op_step
run_merge_next(struct run_merge *m, struct page **out, struct wait **blocked,
    struct err *e)
{
	enum op_step step;

	if (m->n == 0)
		return OP_DONE;
	if (!m->started) {
		step = start(m, blocked, e);
		if (step != OP_DONE)
			return step;
	}
	for (;;) {
		int w = m->tree[0];
		struct run_source *s = &m->source[w];
		uint32_t from;

		if (s->page == NULL && !s->ended) {
			step = fill(m, w, blocked, e);
			if (step != OP_DONE)
				return step;
			replay(m, w);
			continue;
		}
		if (s->ended)
			return flush(m, out, e);
		/* As many rows in a row as the winner has. */
		from = s->row;
		do {
			s->row++;
			if (s->row == s->page->rows)
				break;
			replay(m, w);
		} while (m->tree[0] == w && m->rows + s->row - from <
		    PAGE_ROWS);
		if (append(m, s, from, s->row, e) < 0)
			return OP_FAILED;
		if (s->row == s->page->rows)
			page_drop(&s->page);
		if (m->rows == PAGE_ROWS)
			return flush(m, out, e);
	}
}
