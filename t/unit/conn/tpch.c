/* SPDX-License-Identifier: Apache-2.0
 * tpch.c - the tpch connector: every column's checksum is Trino's; splits,
 * selections and filters give the same rows.  With the argument sf1 the
 * checksums of scale 1, with timings. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/check.h"
#include "conn/kinds.h"
#include "page/compare.h"
#include "tap.h"
#include "tpch_sums.h"

#define PRIME64 UINT64_C(0x9E3779B185EBCA87)

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What Trino's checksum() adds for the rows of a vector. */
static uint64_t
vec_sum(const struct vec *v)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		const void *p = vec_at(v, i);
		struct str s;
		int64_t x;

		switch (v->type->rep) {
		case REP_STR:
			s = strview_str(p);
			sum += XXH64(s.p, s.n, 0) * PRIME64;
			continue;
		case REP_I32:
			x = *(const int32_t *)p;
			break;
		default:
			memcpy(&x, p, 8);
		}
		sum += XXH64(&x, 8, 0) * PRIME64;
	}
	return sum;
}

struct scan {
	struct conn *c;
	struct arena a;
	struct conn_table *t;
	struct conn_scan scan;
};

static void
scan_open(struct scan *s, struct conn *c, const char *schema,
    const char *table)
{
	struct err e;

	*s = (struct scan){ .c = c };
	arena_init(&s->a);
	CHECK(c->kind->table(c, NULL, &s->a, schema, table, &s->t, &e) == 0);
	CHECK(s->t != NULL);
	s->scan.table = s->t;
	s->scan.limit = -1;
}

/* Reads one column of all splits, `max` splits (-1: all); sel: only every
 * third row of each batch. */
static uint64_t
scan_column(struct scan *s, int column, bool sel, uint64_t *rows)
{
	struct conn_run run = { 0 };
	struct split_source *splits;
	struct split split;
	uint64_t sum = 0;
	struct err e;
	int n;

	*rows = 0;
	CHECK(s->c->kind->splits(s->c, NULL, &s->scan, &splits, &e) == 0);
	while (splits->ops->next(splits, &s->a, 1, &split, &n, &e) == 0 &&
	    n == 1) {
		const struct type *t = s->t->columns[column].type;
		struct page_source *p;
		struct wait *w = NULL;
		uint32_t batch;

		CHECK(s->c->kind->source(s->c, &run, s->t->handle,
		    split.bytes, &column, 1, &t, &s->scan.filter, &p,
		    &e) == 0);
		while (p->ops->next(p, &batch, &w, &e) == SOURCE_READY) {
			uint16_t index[PAGE_ROWS];
			struct vec *v;
			uint32_t k = 0;

			for (uint32_t i = 0; i < batch; i += 3)
				index[k++] = (uint16_t)i;
			CHECK(p->ops->load(p, 0, sel ? index : NULL,
			    sel ? k : batch, &v, &w, &e) == SOURCE_READY);
			CHECK(v->n == (sel ? k : batch));
			CHECK(type_equal(v->type, t));
			sum += vec_sum(v);
			*rows += v->n;
			if (sel) {
				/* The same rows out of the whole column. */
				struct vec *all;

				CHECK(p->ops->load(p, 0, NULL, batch, &all,
				    &w, &e) == SOURCE_READY);
				for (uint32_t i = 0; i < k; i++)
					CHECK(vec_same(v, i, all, index[i]));
				vec_drop(&all);
			}
			vec_drop(&v);
		}
		page_source_close(&p);
	}
	splits->ops->close(splits);
	return sum;
}

static int
column_number(const struct conn_table *t, const char *name)
{
	for (int i = 0; i < t->n; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return i;
	return -1;
}

static void
test_sums(struct conn *c, const char *schema)
{
	bool tiny = strcmp(schema, "tiny") == 0;

	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		struct scan s;
		uint64_t rows, sum;
		double t0 = now();
		int column;

		scan_open(&s, c, schema, sums[i].table);
		column = column_number(s.t, sums[i].column);
		sum = column < 0 ? 0 : scan_column(&s, column, false, &rows);
		ok(column >= 0 && sum == (tiny ? sums[i].tiny : sums[i].sf1),
		    "%s.%s", sums[i].table, sums[i].column);
		if (!tiny)
			diag("%.1f M rows/s", (double)rows / (now() - t0) /
			    1e6);
		arena_release(&s.a);
	}
}

static void
test_selection(struct conn *c)
{
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		struct scan s;
		uint64_t rows;

		scan_open(&s, c, "tiny", sums[i].table);
		scan_column(&s, column_number(s.t, sums[i].column), true,
		    &rows);
		arena_release(&s.a);
	}
	ok(true, "selected rows are those of the whole column");
}

static void
test_metadata(struct conn *c, struct conn *decimal)
{
	struct arena a;
	struct conn_table *t;
	struct sbuf b = { 0 };
	struct err e;

	arena_init(&a);
	CHECK(c->kind->table(c, NULL, &a, "sf0.1", "lineitem", &t, &e) == 0);
	ok(t != NULL && t->n == 17, "sf0.1 is a schema");
	ok(t->columns[16].hidden && !t->columns[15].hidden,
	    "row_number is hidden");
	is_str(t->columns[8].name, "returnflag", "simplified names");
	type_print(&b, t->columns[13].type);
	is_str(sbuf_z(&b), "varchar(25)", "a type");
	c->kind->table(c, NULL, &a, "sf-1", "lineitem", &t, &e);
	ok(t == NULL, "no negative scale");
	c->kind->table(c, NULL, &a, "sfx", "lineitem", &t, &e);
	ok(t == NULL, "no scale");
	c->kind->table(c, NULL, &a, "tiny", "x", &t, &e);
	ok(t == NULL, "no table");
	decimal->kind->table(decimal, NULL, &a, "tiny", "orders", &t, &e);
	is_str(t->columns[3].name, "o_totalprice", "standard names");
	sbuf_clear(&b);
	type_print(&b, t->columns[3].type);
	is_str(sbuf_z(&b), "decimal(12,2)", "amounts as decimals");
	sbuf_release(&b);
	arena_release(&a);
}

/* orderkey between 100 and 2000, as a domain. */
static void
test_filter(struct conn *c)
{
	int64_t low = 100, high = 2000;
	struct domain_range range = { .low_closed = true,
	    .high_closed = true };
	struct domain d = { .type = TYPE(BIGINT), .n = 1, .ranges = &range };
	struct domain *domains[1] = { &d };
	int columns[1] = { 0 };
	struct scan s;
	uint64_t rows;
	struct err e;

	range.low = vec_new_const(TYPE(BIGINT), &low, 1, NULL, &e);
	range.high = vec_new_const(TYPE(BIGINT), &high, 1, NULL, &e);
	scan_open(&s, c, "tiny", "orders");
	s.scan.filter = (struct domain_set){ .n = 1, .column = columns,
	    .domain = domains };
	scan_column(&s, 0, false, &rows);
	/* 128..2016: 59 groups of 8, and the 4 of 100..103. */
	is_int((long long)rows, 476, "only orders with keys in range");
	arena_release(&s.a);
	scan_open(&s, c, "tiny", "lineitem");
	s.scan.limit = 10;
	scan_column(&s, 0, false, &rows);
	ok(rows >= 10 && rows <= 70, "a limit keeps the scan short");
	arena_release(&s.a);
	vec_drop(&range.low);
	vec_drop(&range.high);
}

static void
test_hostile(struct conn *c)
{
	struct { uint64_t first, n; } split = { 0, 1 };
	struct { uint32_t table, decimals; double scale; } handle = {
		8, 0, 0.01 };
	struct conn_run run = { 0 };
	const struct type *t = TYPE(BIGINT);
	struct str h = { (char *)&handle, sizeof(handle) };
	struct str b = { (char *)&split, sizeof(split) };
	struct page_source *p;
	struct err e;
	int column = 0;

	ok(c->kind->source(c, &run, h, b, &column, 1, &t, NULL, &p, &e) < 0,
	    "no table of that number");
	handle.table = 3;
	split.first = UINT64_MAX;
	ok(c->kind->source(c, &run, h, b, &column, 1, &t, NULL, &p, &e) < 0,
	    "no such rows");
	split.first = 0;
	column = 10;
	ok(c->kind->source(c, &run, h, b, &column, 1, &t, NULL, &p, &e) < 0,
	    "no such column");
	h.n--;
	ok(c->kind->source(c, &run, h, b, &column, 1, &t, NULL, &p, &e) < 0,
	    "a cut handle");
}

static void
test_dictionaries(struct conn *c)
{
	static const int columns[] = { 8, 8 };
	const struct type *types[2];
	struct conn_run run = { 0 };
	struct split_source *splits;
	struct page_source *p;
	struct wait *w = NULL;
	struct vec *v, *u;
	struct split split;
	struct scan s;
	struct err e;
	uint32_t rows;
	int n;

	scan_open(&s, c, "tiny", "lineitem");
	types[0] = types[1] = s.t->columns[8].type;
	c->kind->splits(c, NULL, &s.scan, &splits, &e);
	splits->ops->next(splits, &s.a, 1, &split, &n, &e);
	c->kind->source(c, &run, s.t->handle, split.bytes, columns, 2, types,
	    NULL, &p, &e);
	p->ops->next(p, &rows, &w, &e);
	p->ops->load(p, 0, NULL, rows, &v, &w, &e);
	p->ops->load(p, 1, NULL, rows, &u, &w, &e);
	ok(v->form == VEC_DICT && v->dict_id != 0 && v->dict_id == u->dict_id
	    && v->base == u->base, "flags share one dictionary");
	vec_drop(&v);
	vec_drop(&u);
	page_source_close(&p);
	splits->ops->close(splits);
	arena_release(&s.a);
}

int
main(int argc, char **argv)
{
	struct conn_world world = { 0 };
	struct conn *c, *decimal;
	struct err e;

	CHECK(conn_open(&conn_tpch, "tpch", STR(""), "f", &world, &c,
	    &e) == 0);
	CHECK(conn_open(&conn_tpch, "d", STR("connector.name=tpch\n"
	    "tpch.column-naming=standard\n"
	    "tpch.double-type-mapping=decimal\n"), "f", &world, &decimal,
	    &e) == 0);
	test_sums(c, argc > 1 ? argv[1] : "tiny");
	test_metadata(c, decimal);
	test_filter(c);
	test_hostile(c);
	test_dictionaries(c);
	test_selection(c);
	conn_close(&c);
	conn_close(&decimal);
	return tap_done();
}
