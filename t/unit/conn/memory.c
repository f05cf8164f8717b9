/* SPDX-License-Identifier: Apache-2.0
 * memory.c - the memory connector: writes, deletes and definitions, all or
 * nothing; what many threads write.  With the
 * argument sf1 copies TPC-H's tables of scale 1, with timings. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "harness.h"
#include "tap.h"
#include "tpch_sums.h"

/* --- TPC-H ---------------------------------------------------------------- */

static void
test_tpch(struct conn *tpch, struct conn *c, const char *schema)
{
	bool tiny = strcmp(schema, "tiny") == 0;
	const char *last = "";

	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		uint64_t sum = 0, rows = 0;
		struct scan s;
		struct page *p;
		double t = 0;

		if (strcmp(last, sums[i].table) != 0) {
			last = sums[i].table;
			t = now();
			copy_table(tpch, schema, last, c, 2);
			if (!tiny)
				diag("%s copied in %.2f s", last, now() - t);
		}
		scan_open(&s, c, "default", last);
		for (int k = 0; k < s.t->n; k++)
			if (strcmp(s.t->columns[k].name,
			    sums[i].column) == 0) {
				s.columns[0] = k;
				s.types[0] = s.t->columns[k].type;
			}
		s.n = 1;
		t = 0;
		for (;;) {
			double from = now();

			p = scan_next(&s);
			t += now() - from;
			if (p == NULL)
				break;
			rows += p->rows;
			sum += vec_sum(p->col[0]);
			page_drop(&p);
		}
		ok(sum == (tiny ? sums[i].tiny : sums[i].sf1), "%s.%s", last,
		    sums[i].column);
		if (!tiny)
			diag("%.0f M rows/s", (double)rows / t / 1e6);
		scan_close(&s);
	}
}

static void
test_stats(struct conn *c)
{
	struct expr_pool pool;
	struct table_stats stats;
	struct arena a;
	struct scan s;
	struct err e;

	arena_init(&a);
	expr_pool_init(&pool, &a);
	scan_open(&s, c, "default", "orders");
	ok(c->kind->stats(c, NULL, &s.scan, &pool, &stats, &e) == 0 &&
	    stats.rows == 15000, "rows are counted");
	ok(stats.column[0].distinct > 14000 && stats.column[0].distinct <=
	    15000, "orderkey: about 15000 values (%.0f)",
	    stats.column[0].distinct);
	ok(stats.column[2].distinct == 3, "orderstatus: 3 values");
	ok(stats.column[0].min != NULL &&
	    *(int64_t *)stats.column[0].min->data == 1 &&
	    *(int64_t *)stats.column[0].max->data == 60000, "extremes");
	ok(stats.column[0].nulls == 0, "no NULLs");
	scan_close(&s);
	expr_pool_release(&pool);
	arena_release(&a);
}

/* --- writes --------------------------------------------------------------- */

static struct page *
number_page(const struct type *const *types, int64_t from, uint32_t n)
{
	struct page *p = page_new(1, n);
	struct err e;

	p->col[0] = vec_new_flat(types[0], n, false, NULL, &e);
	for (uint32_t i = 0; i < n; i++)
		((int64_t *)p->col[0]->data)[i] = from + i;
	return p;
}

static void
insert(struct conn *c, const char *table, int64_t from, uint32_t n,
    bool commit)
{
	const struct type *types[] = { TYPE(BIGINT) };
	struct write w = { .c = c };
	struct page *p;
	struct scan s;
	struct err e;

	scan_open(&s, c, "default", table);
	CHECK(c->kind->begin_insert(c, NULL, s.t, &w.bytes, &e) == 0);
	write_sinks(&w, types, 1, 1);
	for (uint32_t done = 0; done < n; done += PAGE_ROWS) {
		p = number_page(types, from + done, MIN(n - done, PAGE_ROWS));
		write_page(&w, 0, p);
		page_drop(&p);
	}
	CHECK(write_end(&w, commit, &e) == 0);
	scan_close(&s);
}

static int64_t
sum_rows(struct conn *c, const char *table)
{
	struct scan s;
	struct page *p;
	int64_t sum = 0;

	scan_open(&s, c, "default", table);
	while ((p = scan_next(&s)) != NULL) {
		for (uint32_t i = 0; i < p->rows; i++)
			sum += *(const int64_t *)vec_at(p->col[0], i);
		page_drop(&p);
	}
	scan_close(&s);
	return sum;
}

/* DELETE FROM table WHERE a % by = 0, INSERT of one row in the same write. */
static int
delete_some(struct conn *c, const char *table, int64_t by, struct err *e)
{
	const struct type *types[] = { TYPE(TINYINT), TYPE(BIGINT),
	    TYPE(BIGINT) };
	struct write w = { .c = c };
	struct scan s;
	struct page *p;

	scan_open(&s, c, "default", table);
	s.n = 2;
	s.columns[1] = 1;       /* "$row_id" */
	s.types[1] = TYPE(BIGINT);
	CHECK(c->kind->begin_change(c, NULL, s.t, &w.bytes, e) == 0);
	write_sinks(&w, types, 3, 1);
	while ((p = scan_next(&s)) != NULL) {
		struct page *q;
		uint32_t n = 0;

		for (uint32_t i = 0; i < p->rows; i++)
			n += *(const int64_t *)vec_at(p->col[0], i) % by == 0;
		q = page_new(3, n);
		q->col[0] = vec_new_flat(types[0], n, false, NULL, e);
		q->col[1] = vec_new_flat(types[1], n, false, NULL, e);
		q->col[2] = vec_new_null(types[2], n, NULL, e);
		n = 0;
		for (uint32_t i = 0; i < p->rows; i++)
			if (*(const int64_t *)vec_at(p->col[0], i) % by ==
			    0) {
				((int8_t *)q->col[0]->data)[n] = CONN_DELETE;
				((int64_t *)q->col[1]->data)[n++] =
				    *(const int64_t *)vec_at(p->col[1], i);
			}
		if (n > 0)
			write_page(&w, 0, q);
		page_drop(&q);
		page_drop(&p);
	}
	p = page_new(3, 1);
	p->col[0] = vec_new_flat(types[0], 1, false, NULL, e);
	((int8_t *)p->col[0]->data)[0] = CONN_INSERT;
	p->col[1] = vec_new_null(types[1], 1, NULL, e);
	p->col[2] = vec_new_flat(types[2], 1, false, NULL, e);
	((int64_t *)p->col[2]->data)[0] = -1;
	write_page(&w, 0, p);
	page_drop(&p);
	scan_close(&s);
	return write_end(&w, true, e);
}

static void
test_writes(struct conn *c)
{
	struct conn_column a = { .name = "a", .type = TYPE(BIGINT) };
	struct conn_column b = { .name = "b", .type = TYPE(VARCHAR) };
	struct conn_new_table new = { .schema = "default", .name = "w",
	    .n = 1, .columns = &a };
	struct scan s, old;
	struct page *p;
	struct err e;

	CHECK(c->kind->create_table(c, NULL, &new, &e) == 0);
	ok(c->kind->create_table(c, NULL, &new, &e) ==
	    -ERR_TABLE_ALREADY_EXISTS, "a table cannot be made twice");
	is_int((long long)count_rows(c, "w"), 0, "an empty table");
	insert(c, "w", 0, 10, true);
	insert(c, "w", 10, 1, true);
	is_int((long long)sum_rows(c, "w"), 55, "two inserts");
	insert(c, "w", 100, 10000, false);
	is_int((long long)count_rows(c, "w"), 11, "an aborted one");
	insert(c, "w", 11, 250000, true);
	is_int((long long)count_rows(c, "w"), 250011, "a big one");
	scan_open(&old, c, "default", "w");
	ok(delete_some(c, "w", 3, &e) == 0, "a third of the rows deleted");
	is_int((long long)count_rows(c, "w"), 250011 - 83337 + 1,
	    "which are gone");
	is_int(sum_rows(c, "w"), 250010LL * 250011 / 2 -
	    3LL * 83336 * 83337 / 2 - 1, "and none else");
	long long n = 0;
	while ((p = scan_next(&old)) != NULL) {
		n += p->rows;
		page_drop(&p);
	}
	is_int(n, 250011, "a scan from before still sees them");
	scan_close(&old);
	ok(delete_some(c, "w", 2, &e) == 0, "more rows deleted");
	is_int(sum_rows(c, "w"), 250010LL * 250011 / 2 -
	    3LL * 83336 * 83337 / 2 - 2 -
	    (2LL * 125005 * 125006 / 2 - 6LL * 41668 * 41669 / 2),
	    "and none else");

	scan_open(&s, c, "default", "w");
	CHECK(c->kind->add_column(c, NULL, s.t, &b, 0, &e) == 0);
	scan_close(&s);
	scan_open(&s, c, "default", "w");
	ok(s.n == 2 && strcmp(s.t->columns[0].name, "b") == 0,
	    "a column in front");
	p = scan_next(&s);
	ok(vec_is_null(p->col[0], 0) && !vec_is_null(p->col[1], 0),
	    "NULL in old rows");
	page_drop(&p);
	CHECK(c->kind->drop_column(c, NULL, s.t, 0, &e) == 0);
	CHECK(c->kind->rename_table(c, NULL, s.t, "default", "w2", &e) == 0);
	scan_close(&s);
	scan_open(&s, c, "default", "w2");
	CHECK(c->kind->truncate(c, NULL, s.t, &e) == 0);
	is_int((long long)count_rows(c, "w2"), 0, "truncated");
	insert(c, "w2", 5, 1, true);
	is_int(sum_rows(c, "w2"), 5, "and filled again");
	CHECK(c->kind->drop_table(c, NULL, s.t, &e) == 0);
	ok(c->kind->drop_table(c, NULL, s.t, &e) == -ERR_TABLE_NOT_FOUND,
	    "dropped once");
	scan_close(&s);
}

static void
test_not_null(struct conn *c)
{
	const struct type *types[] = { TYPE(BIGINT) };
	struct conn_column a = { .name = "a", .type = TYPE(BIGINT),
	    .not_null = true };
	struct conn_new_table new = { .schema = "default", .name = "nn",
	    .n = 1, .columns = &a };
	struct write w = { .c = c };
	struct wait *wait = NULL;
	struct page *p = page_new(1, 1);
	struct scan s;
	struct err e = { 0 };

	CHECK(c->kind->create_table(c, NULL, &new, &e) == 0);
	scan_open(&s, c, "default", "nn");
	CHECK(c->kind->begin_insert(c, NULL, s.t, &w.bytes, &e) == 0);
	write_sinks(&w, types, 1, 1);
	p->col[0] = vec_new_null(types[0], 1, NULL, &e);
	ok(w.sink[0]->ops->append(w.sink[0], p, &wait, &e) ==
	    -ERR_CONSTRAINT_VIOLATION, "NULL is refused");
	is_str(e.text, "NULL value not allowed for NOT NULL column: a",
	    "with the column's name");
	page_drop(&p);
	scan_close(&s);
	CHECK(write_end(&w, false, &e) == 0);
}

static void
test_pruning(struct conn *c)
{
	int64_t low = 5000000, columns[1] = { 0 };
	struct domain_range range = { .low_closed = true };
	struct domain d = { .type = TYPE(BIGINT), .n = 1, .ranges = &range };
	struct domain *domains[1] = { &d };
	int column = 0;
	struct domain_set set = { .n = 1, .column = &column,
	    .domain = domains };
	struct conn_run run = { 0 };
	struct page_source *source;
	struct split split;
	struct scan s;
	struct err e;
	uint32_t rows;
	struct wait *w = NULL;
	int n;

	(void)columns;
	range.low = vec_new_const(TYPE(BIGINT), &low, 1, NULL, &e);
	scan_open(&s, c, "default", "orders");
	s.splits->ops->next(s.splits, &s.a, 1, &split, &n, &e);
	CHECK(c->kind->source(c, &run, s.t->handle, split.bytes, s.columns,
	    s.n, s.types, &set, &source, &e) == 0);
	ok(source->ops->next(source, &rows, &w, &e) == SOURCE_DONE &&
	    source->rows_pruned > 0, "a segment out of range is skipped");
	page_source_close(&source);
	ok(c->kind->source(c, &run, STR("\x90"), split.bytes, s.columns,
	    s.n, s.types, NULL, &source, &e) < 0, "a damaged handle");
	ok(c->kind->source(c, &run, s.t->handle, STR("\x94\x01\x01\x01\x80"),
	    s.columns, s.n, s.types, NULL, &source, &e) < 0,
	    "a damaged split");
	scan_close(&s);
	vec_drop(&range.low);
}

static void
test_schemas(struct conn *c)
{
	struct conn_column a = { .name = "a", .type = TYPE(BIGINT) };
	struct conn_new_table new = { .schema = "s", .name = "x",
	    .n = 1, .columns = &a };
	struct conn_view v = { .schema = "s", .name = "v", .sql = "SELECT 1",
	    .n = 1, .columns = &a }, *got;
	struct arena arena;
	struct err e;

	arena_init(&arena);
	ok(c->kind->create_table(c, NULL, &new, &e) == -ERR_SCHEMA_NOT_FOUND,
	    "no such schema");
	CHECK(c->kind->create_schema(c, NULL, "s", &e) == 0);
	ok(c->kind->create_schema(c, NULL, "s", &e) ==
	    -ERR_SCHEMA_ALREADY_EXISTS, "schema exists");
	CHECK(c->kind->create_table(c, NULL, &new, &e) == 0);
	CHECK(c->kind->create_view(c, NULL, &v, false, &e) == 0);
	ok(c->kind->create_view(c, NULL, &v, false, &e) ==
	    -ERR_TABLE_ALREADY_EXISTS, "view exists");
	v.sql = "SELECT 2";
	CHECK(c->kind->create_view(c, NULL, &v, true, &e) == 0);
	CHECK(c->kind->view(c, NULL, &arena, "s", "v", &got, &e) == 0);
	is_str(got->sql, "SELECT 2", "a view replaced");
	CHECK(c->kind->rename_view(c, NULL, "s", "v", "default", "u",
	    &e) == 0);
	CHECK(c->kind->view(c, NULL, &arena, "s", "v", &got, &e) == 0);
	ok(got == NULL, "and renamed");
	CHECK(c->kind->drop_view(c, NULL, "default", "u", &e) == 0);
	ok(c->kind->drop_schema(c, NULL, "s", false, &e) ==
	    -ERR_SCHEMA_NOT_EMPTY, "not empty");
	ok(c->kind->drop_schema(c, NULL, "s", true, &e) == 0, "cascade");
	arena_release(&arena);
}

static void
test_limit(struct conn *tpch)
{
	struct conn_world world = { 0 };
	struct conn_run run = { 0 };
	struct conn_new_table new = { .schema = "default", .name = "x" };
	struct sbuf bytes = { 0 };
	struct page_sink *sink;
	struct wait *w = NULL;
	struct conn *c;
	struct page *p;
	struct scan s;
	struct err e = { 0 };
	int rc = 0;

	CHECK(conn_open(&conn_memory, "m", STR(
	    "memory.max-data-per-node=200kB"), "f", &world, &c, &e) == 0);
	scan_open(&s, tpch, "tiny", "lineitem");
	new.n = s.n;
	new.columns = s.t->columns;
	CHECK(c->kind->begin_create(c, NULL, &new, &bytes, &e) == 0);
	CHECK(c->kind->sink(c, &run, sbuf_str(&bytes), s.types, s.n, &sink,
	    &e) == 0);
	while (rc == 0 && (p = scan_next(&s)) != NULL) {
		rc = sink->ops->append(sink, p, &w, &e);
		page_drop(&p);
	}
	is_str(e.text, "Memory limit [200kB] for memory connector exceeded",
	    "the limit");
	sink->ops->close(sink);
	c->kind->abort_write(c, NULL, sbuf_str(&bytes), NULL, 0);
	sbuf_release(&bytes);
	scan_close(&s);
	conn_close(&c);
}

/* --- many threads --------------------------------------------------------- */

struct thread {
	pthread_t id;
	struct conn *tpch;
	struct write *w;
	int number;
};

/* Reads the table and writes every fourth page to a sink of its own. */
static void *
run_thread(void *arg)
{
	struct thread *t = arg;
	struct scan s;
	struct page *p;
	int turn = 0;

	scan_open(&s, t->tpch, "tiny", "lineitem");
	while ((p = scan_next(&s)) != NULL) {
		if (turn++ % 4 == t->number)
			write_page(t->w, t->number, p);
		page_drop(&p);
	}
	scan_close(&s);
	return NULL;
}

static void
test_threads(struct conn *c)
{
	struct conn_world world = { 0 };
	struct conn_new_table new = { .schema = "default", .name = "threads" };
	struct write w = { .c = c };
	struct thread t[4];
	struct conn *tpch;
	struct scan s;
	struct page *p;
	uint64_t sum = 0, comments = 0;
	struct err e;

	/* A connector of its own, so that the texts are made again. */
	CHECK(conn_open(&conn_tpch, "tpch", STR(""), "f", &world, &tpch,
	    &e) == 0);
	scan_open(&s, tpch, "tiny", "lineitem");
	new.n = s.n;
	new.columns = s.t->columns;
	CHECK(c->kind->begin_create(c, NULL, &new, &w.bytes, &e) == 0);
	write_sinks(&w, s.types, s.n, 4);
	for (int i = 0; i < 4; i++) {
		t[i] = (struct thread){ .tpch = tpch, .w = &w, .number = i };
		CHECK(pthread_create(&t[i].id, NULL, run_thread, &t[i]) == 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(t[i].id, NULL);
	CHECK(write_end(&w, true, &e) == 0);
	scan_close(&s);
	scan_open(&s, c, "default", "threads");
	while ((p = scan_next(&s)) != NULL) {
		sum += vec_sum(p->col[14]);
		comments += vec_sum(p->col[15]);
		page_drop(&p);
	}
	scan_close(&s);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		if (strcmp(sums[i].table, "lineitem") != 0)
			continue;
		if (strcmp(sums[i].column, "shipmode") == 0)
			ok(sum == sums[i].tiny, "four writers, one "
			    "dictionary");
		if (strcmp(sums[i].column, "comment") == 0)
			ok(comments == sums[i].tiny, "four readers of texts");
	}
	conn_close(&tpch);
}

int
main(int argc, char **argv)
{
	struct conn_world world = { .node_id = "node" };
	struct conn *tpch, *c;
	struct err e;

	CHECK(conn_open(&conn_tpch, "tpch", STR(""), "f", &world, &tpch,
	    &e) == 0);
	CHECK(conn_open(&conn_memory, "memory", STR(""), "f", &world, &c,
	    &e) == 0);
	test_tpch(tpch, c, argc > 1 ? argv[1] : "tiny");
	if (argc > 1)
		return tap_done();
	test_stats(c);
	test_pruning(c);
	test_writes(c);
	test_not_null(c);
	test_schemas(c);
	test_limit(tpch);
	test_threads(c);
	conn_close(&c);
	conn_close(&tpch);
	return tap_done();
}
