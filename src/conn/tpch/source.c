/* SPDX-License-Identifier: Apache-2.0
 * source.c - splits of TPC-H's tables and the page source that makes their
 * rows.  A split is a run of rows (of lineitem: of orders); nothing is
 * computed but what is asked for. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/tpch/tpch.h"

/* A split's bytes. */
struct tpch_split {
	uint64_t first, n;      /* units of the table */
};

enum { SPLIT_UNITS = 16384, SPLITS_GOAL = 4000, SPLIT_MAX = 1 << 18 };

bool
tpch_handle_read(struct str bytes, struct tpch_handle *h)
{
	if (bytes.n != sizeof(*h))
		return false;
	memcpy(h, bytes.p, sizeof(*h));
	return h->table < TPCH_TABLES && h->scale > 0 && h->scale <= 1e6 &&
	    h->decimals <= 1;
}

/* --- which rows a key's domain leaves ------------------------------------- */

/* The first key and the last that the domain allows. */
static void
domain_bounds(const struct domain *d, int64_t *low, int64_t *high)
{
	const struct domain_range *first, *last;

	*low = INT64_MIN;
	*high = INT64_MAX;
	if (d->all || d->type->rep != REP_I64)
		return;
	if (d->n == 0) {
		*low = INT64_MAX;
		*high = INT64_MIN;
		return;
	}
	first = &d->ranges[0];
	last = &d->ranges[d->n - 1];
	if (first->low != NULL)
		*low = *(const int64_t *)vec_at(first->low, 0);
	if (last->high != NULL)
		*high = *(const int64_t *)vec_at(last->high, 0);
}

/* Column 0 is the key by which each table is sorted. */
static void
key_units(enum tpch_table_id table, const struct domain *d,
    uint64_t *from, uint64_t *to)
{
	int64_t low, high;

	domain_bounds(d, &low, &high);
	low = MAX(low, 0);
	high = MIN(high, INT64_C(1) << 56);
	if (high < low) {
		*to = *from;
		return;
	}
	switch (table) {
	case TPCH_ORDERS:
	case TPCH_LINEITEM:
		/* Order numbers from 1 on; of 32 keys 8 are used. */
		low = low / 32 * 8 + MIN(low % 32, 8) - 1;
		high = high / 32 * 8 + MIN(high % 32, 7);
		break;
	case TPCH_PARTSUPP:
		low = (low - 1) * 4;
		high = high * 4;
		break;
	case TPCH_NATION:
	case TPCH_REGION:
		high++;
		break;
	default:
		low--;
	}
	*from = MAX(*from, (uint64_t)MAX(low, 0));
	*to = MIN(*to, (uint64_t)MAX(high, 0));
	if (*to < *from)
		*to = *from;
}

/* --- splits --------------------------------------------------------------- */

struct tpch_splitter {
	struct split_source source;
	uint64_t at, end, step;
	double rows_a_unit;
};

static int
next_splits(struct split_source *s, struct arena *a, int max,
    struct split *out, int *n, struct err *e)
{
	struct tpch_splitter *p = (struct tpch_splitter *)s;

	for (*n = 0; *n < max && p->at < p->end; ++*n) {
		struct tpch_split split = { p->at, MIN(p->step,
		    p->end - p->at) };

		out[*n] = (struct split){
			.bytes = { arena_dup(a, &split, sizeof(split)),
			    sizeof(split) },
			.rows = (double)split.n * p->rows_a_unit,
		};
		p->at += split.n;
	}
	return 0;
}

static void
close_splits(struct split_source *s)
{
	free(s);
}

int
tpch_splits(struct conn *c, struct conn_tx *tx, const struct conn_scan *scan,
    struct split_source **out, struct err *e)
{
	static const struct split_source_ops ops = {
		next_splits, close_splits,
	};
	struct tpch_splitter *p;
	struct tpch_handle h;

	if (!tpch_handle_read(scan->table->handle, &h))
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Not a table of %s", c->catalog);
	p = xcalloc(1, sizeof(*p));
	p->source.ops = &ops;
	p->rows_a_unit = h.table == TPCH_LINEITEM ? 4 : 1;
	p->end = tpch_units(&tpch_tables[h.table], h.scale);
	for (int i = 0; i < scan->filter.n; i++)
		if (scan->filter.column[i] == 0)
			key_units(h.table, scan->filter.domain[i], &p->at,
			    &p->end);
	if (scan->filter.none)
		p->end = p->at;
	if (scan->limit >= 0 && scan->filter.n == 0)
		p->end = MIN(p->end, p->at + (uint64_t)scan->limit);
	p->step = MIN(MAX(SPLIT_UNITS, (p->end - p->at) / SPLITS_GOAL),
	    SPLIT_MAX);
	*out = &p->source;
	return 0;
}

/* --- page source ---------------------------------------------------------- */

struct tpch_source {
	struct page_source source;
	uint64_t at, end;       /* units to come */
	int n;
	struct tpch_gen gen;
	const struct tpch_column *columns[];
};

static enum source_step
source_next(struct page_source *s, uint32_t *rows, struct wait **blocked,
    struct err *e)
{
	struct tpch_source *p = (struct tpch_source *)s;
	struct tpch_gen *g = &p->gen;
	uint64_t units;

	if (p->at >= p->end)
		return SOURCE_DONE;
	g->first = p->at;
	if (g->table == TPCH_LINEITEM) {
		tpch_lay_lines(g, p->end - p->at);
		units = g->orders;
	} else {
		units = g->n = (uint32_t)MIN(p->end - p->at, PAGE_ROWS);
	}
	p->at += units;
	s->rows_read += g->n;
	*rows = g->n;
	return SOURCE_READY;
}

static enum source_step
source_load(struct page_source *s, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct tpch_source *p = (struct tpch_source *)s;
	const struct tpch_column *c = p->columns[column];

	*out = c->make(&p->gen, c, index, n, e);
	return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
}

static void
source_narrow(struct page_source *s, const struct domain_set *set)
{
	struct tpch_source *p = (struct tpch_source *)s;
	uint64_t before = p->end - p->at;

	if (set->none)
		p->end = p->at;
	for (int i = 0; i < set->n; i++) {
		int column = set->column[i];

		if (column >= 0 && column < p->n && p->columns[column] ==
		    &tpch_tables[p->gen.table].columns[0])
			key_units(p->gen.table, set->domain[i], &p->at,
			    &p->end);
	}
	s->rows_pruned += before - (p->end - p->at);
}

static void
source_close(struct page_source *s)
{
	free(s);
}

static int
bad_split(struct conn *c, struct err *e)
{
	return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
	    "Split or table handle of catalog '%s' is damaged", c->catalog);
}

int
tpch_source(struct conn *c, const struct conn_run *run, struct str handle,
    struct str bytes, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e)
{
	static const struct page_source_ops ops = {
		.name = "tpch", .next = source_next, .load = source_load,
		.narrow = source_narrow, .close = source_close,
	};
	const struct tpch_table *t;
	struct tpch_split split;
	struct tpch_source *p;
	struct tpch_handle h;

	if (!tpch_handle_read(handle, &h) || bytes.n != sizeof(split))
		return bad_split(c, e);
	memcpy(&split, bytes.p, sizeof(split));
	t = &tpch_tables[h.table];
	if (split.n > tpch_units(t, h.scale) ||
	    split.first > tpch_units(t, h.scale) - split.n)
		return bad_split(c, e);
	for (int i = 0; i < n; i++)
		if (columns[i] < 0 || columns[i] > t->n)
			return bad_split(c, e);
	p = xmalloc(sizeof(*p) + (size_t)n * sizeof(p->columns[0]));
	memset(p, 0, offsetof(struct tpch_source, gen.order_of));
	p->source.ops = &ops;
	p->at = split.first;
	p->end = split.first + split.n;
	p->n = n;
	p->gen.conn = (struct tpch_conn *)c;
	p->gen.account = run->account;
	p->gen.table = h.table;
	p->gen.decimals = h.decimals != 0;
	p->gen.scale = h.scale;
	for (int i = 0; i < n; i++)
		p->columns[i] = columns[i] == t->n ? &tpch_row_number
		    : &t->columns[columns[i]];
	*out = &p->source;
	return 0;
}
