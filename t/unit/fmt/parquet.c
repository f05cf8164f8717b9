/* SPDX-License-Identifier: Apache-2.0
 * parquet.c - the Parquet reader over the files of t/data, whose contents are
 * formulas of the row number (t/data/make_parquet.py), and over damage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "fmt/parquet.h"
#include "memory_env.h"
#include "tap.h"

/* Runs jobs only when it is told to. */
struct late_runner {
	struct job_runner runner;
	struct { void (*run)(void *arg); void *arg; } job[64];
	int n;
};

static void
late_submit(struct job_runner *r, void (*run)(void *arg), void *arg)
{
	struct late_runner *late = (struct late_runner *)r;

	CHECK(late->n < (int)ARRAY_LEN(late->job));
	late->job[late->n].run = run;
	late->job[late->n++].arg = arg;
}

/* The source is blocked: one job is done, the last one first. */
static void
late_run(struct late_runner *late)
{
	CHECK(late->n > 0);
	late->n--;
	late->job[late->n].run(late->job[late->n].arg);
}

struct file {
	struct late_runner late;
	int blocks;             /* how often a step was blocked */
	struct memory_env env;
	struct fmt_io io;
	struct fmt_file *file;
	struct parquet_meta *meta;
	uint8_t *bytes;
	size_t n;
	struct err err;
};

static void
load_bytes(struct file *f, const char *name)
{
	const char *top = getenv("top_srcdir");
	struct sbuf path = { 0 }, all = { 0 };
	char part[8192];
	size_t got;
	FILE *in;

	sbuf_addf(&path, "%s/t/data/%s", top == NULL ? "." : top, name);
	in = fopen(sbuf_z(&path), "rb");
	if (in == NULL) {
		diag("%s cannot be opened", sbuf_z(&path));
		exit(1);
	}
	while ((got = fread(part, 1, sizeof(part), in)) > 0)
		sbuf_add(&all, part, got);
	fclose(in);
	f->n = all.n;
	f->bytes = (uint8_t *)sbuf_take(&all);
	sbuf_release(&path);
}

/* Opens what is in f->bytes. */
static bool
open_bytes(struct file *f)
{
	memory_env_init(&f->env);
	f->env.bytes = f->bytes;
	f->env.n = f->n;
	f->io = (struct fmt_io){ .env = &f->env.env };
	CHECK(fmt_file_open(&f->io, "test.parquet", &f->file, &f->err) == 0);
	return parquet_open(&f->io, f->file, &f->meta, &f->err) == 0;
}

static void
file_close(struct file *f)
{
	parquet_meta_drop(&f->meta);
	fmt_file_drop(&f->file);
}

static void
file_release(struct file *f)
{
	file_close(f);
	free(f->bytes);
}

static struct page_source *
source_open(struct file *f, int n, const int *columns,
    const struct type *const *types, const struct domain_set *filter)
{
	struct parquet_scan scan = { .meta = f->meta, .file = f->file,
	    .n_groups = parquet_groups(f->meta), .n = n,
	    .columns = columns, .types = types, .filter = filter };
	struct page_source *s = NULL;

	parquet_source_open(&f->io, &scan, &s, &f->err);
	return s;
}

static bool
next(struct file *f, struct page_source *s, uint32_t *rows)
{
	struct wait *blocked = NULL;
	enum source_step step;

	while ((step = s->ops->next(s, rows, &blocked, &f->err)) ==
	    SOURCE_BLOCKED) {
		late_run(&f->late);
		wait_drop(&blocked);
		f->blocks++;
	}
	if (step == SOURCE_FAILED)
		diag("%s", f->err.text);
	return step == SOURCE_READY;
}

static struct vec *
load(struct file *f, struct page_source *s, int column,
    const uint16_t *index, uint32_t n)
{
	struct wait *blocked = NULL;
	struct vec *v = NULL;

	while (s->ops->load(s, column, index, n, &v, &blocked, &f->err) ==
	    SOURCE_BLOCKED) {
		late_run(&f->late);
		wait_drop(&blocked);
		f->blocks++;
	}
	return v;
}

static bool
text_is(const struct vec *v, uint32_t i, const char *fmt, long long x)
{
	struct sbuf want = { 0 };
	bool same;

	sbuf_addf(&want, fmt, x);
	same = str_eq(strview_str(vec_at(v, i)), sbuf_str(&want));
	sbuf_release(&want);
	return same;
}

enum { ID, V, S, T, D, M, B, FLAT };
static const int flat_columns[FLAT] = { ID, V, S, T, D, M, B };

/* Is row i of column c what the formula says for row `id`? */
static bool
flat_value(const struct vec *v, uint32_t i, int c, int64_t id)
{
	bool null = vec_is_null(v, i);

	switch (c) {
	case ID:
		return !null && *(const int64_t *)vec_at(v, i) == id;
	case V:
		return null == (id % 7 == 3) && (null ||
		    *(const int32_t *)vec_at(v, i) == id * 31 % 1000);
	case S:
		return null == (id % 11 == 0) && (null ||
		    text_is(v, i, "name-%lld", id % 50));
	case T:
		return !null && text_is(v, i, "text of row %lld", id);
	case D:
		return !null && *(const double *)vec_at(v, i) ==
		    (double)id / 4;
	case M:
		return !null && *(const int64_t *)vec_at(v, i) ==
		    id * 3 - 100;
	default:
		return !null && *(const uint8_t *)vec_at(v, i) ==
		    (id % 3 == 0);
	}
}

/* Loads every stride-th row of each batch (0: all) and compares; returns the
 * rows seen, -1 when one was wrong. */
static int64_t
check_flat(struct file *f, uint32_t stride)
{
	const struct type *types[FLAT];
	uint16_t index[PAGE_ROWS];
	struct page_source *s;
	int64_t base = 0;
	uint32_t rows;
	bool good = true;

	for (int c = 0; c < FLAT; c++)
		types[c] = parquet_column(f->meta, c)->type;
	s = source_open(f, FLAT, flat_columns, types, NULL);
	while (good && next(f, s, &rows)) {
		uint32_t n = 0;

		for (uint32_t i = stride / 2; stride > 0 && i < rows;
		    i += stride)
			index[n++] = (uint16_t)i;
		n = stride == 0 ? rows : n;
		for (int c = 0; c < FLAT && good; c++) {
			struct vec *v = load(f, s, c,
			    stride == 0 ? NULL : index, n);

			good = v != NULL && v->n == n;
			for (uint32_t i = 0; good && i < n; i++)
				good = flat_value(v, i, c, base +
				    (stride == 0 ? i : index[i]));
			if (!good)
				diag("column %d: %s", c, f->err.text);
			vec_drop(&v);
		}
		base += rows;
	}
	page_source_close(&s);
	return good ? base : -1;
}

static void
test_flat(const char *name, int64_t rows)
{
	struct file f = { 0 };

	load_bytes(&f, name);
	if (!ok(open_bytes(&f), "%s opens", name)) {
		diag("%s", f.err.text);
		return;
	}
	is_int((long long)parquet_rows(f.meta), rows, "rows");
	ok(check_flat(&f, 0) == rows, "all values");
	ok(check_flat(&f, 1) == rows, "all of them by index");
	ok(check_flat(&f, 3) == rows, "every third");
	ok(check_flat(&f, 1000) == rows, "few");
	file_release(&f);
}

static bool
check_list(const struct vec *v, uint32_t i, int64_t id)
{
	const struct list_ref *l;
	const struct vec *e;

	if (vec_is_null(v, i) != (id % 9 == 5))
		return false;
	if (id % 9 == 5)
		return true;
	l = vec_at(v, i);
	e = vec_values(v)->child[0];
	for (uint32_t j = 0; j < l->n; j++)
		if (vec_is_null(e, l->offset + j) != (j == 2) || (j != 2 &&
		    *(const int32_t *)vec_at(e, l->offset + j) != id + j))
			return false;
	return l->n == (uint32_t)(id % 4);
}

static bool
check_row(const struct vec *v, uint32_t i, int64_t id)
{
	const struct vec *x, *y;
	uint32_t at = vec_slot(v, i);

	if (vec_is_null(v, i) != (id % 5 == 4))
		return false;
	if (id % 5 == 4)
		return true;
	x = vec_values(v)->child[0];
	y = vec_values(v)->child[1];
	return *(const int64_t *)vec_at(x, at) == id &&
	    vec_is_null(y, at) == (id % 2 != 0) &&
	    (id % 2 != 0 || text_is(y, at, "y%lld", id));
}

static bool
check_map(const struct vec *v, uint32_t i, int64_t id)
{
	const struct list_ref *l = vec_at(v, i);
	const struct vec *keys = vec_values(v)->child[0];
	const struct vec *values = vec_values(v)->child[1];

	for (uint32_t j = 0; j < l->n; j++)
		if (!text_is(keys, l->offset + j, "k%lld", j) ||
		    *(const int64_t *)vec_at(values, l->offset + j) !=
		    id * j)
			return false;
	return !vec_is_null(v, i) && l->n == (uint32_t)(id % 3);
}

static void
test_nested(const char *name, int64_t rows, uint32_t stride)
{
	static bool (*const check[])(const struct vec *, uint32_t,
	    int64_t) = { check_list, check_row, check_map };
	static const int columns[] = { 1, 2, 3 };
	const struct type *types[3];
	struct file f = { 0 };
	struct page_source *s;
	uint16_t index[PAGE_ROWS];
	int64_t base = 0;
	uint32_t n_rows;
	bool good = true;

	load_bytes(&f, name);
	ok(open_bytes(&f), "%s opens", name);
	for (int c = 0; c < 3; c++)
		types[c] = parquet_column(f.meta, columns[c])->type;
	s = source_open(&f, 3, columns, types, NULL);
	while (next(&f, s, &n_rows)) {
		uint32_t n = 0;

		for (uint32_t i = stride / 2; i < n_rows; i += stride)
			index[n++] = (uint16_t)i;
		for (int c = 0; c < 3 && good; c++) {
			struct vec *v = load(&f, s, c, index, n);

			good = v != NULL;
			for (uint32_t i = 0; good && i < n; i++)
				good = check[c](v, i, base + index[i]);
			vec_drop(&v);
		}
		base += n_rows;
	}
	ok(good && base == rows, "every row of %u, arrays, rows and maps",
	    stride);
	page_source_close(&s);
	file_release(&f);
}

static void
test_meta(void)
{
	struct file f = { 0 };
	struct parquet_stats stats;
	struct sbuf text = { 0 };

	load_bytes(&f, "flat.parquet");
	open_bytes(&f);
	is_int(parquet_columns(f.meta), FLAT, "columns");
	is_int(parquet_groups(f.meta), 3, "row groups");
	is_int((long long)parquet_group(f.meta, 1)->first_row, 2000,
	    "a group's first row");
	for (int c = 0; c < FLAT; c++) {
		type_print(&text, parquet_column(f.meta, c)->type);
		sbuf_addc(&text, ' ');
	}
	is_str(sbuf_z(&text), "bigint integer varchar varchar double "
	    "decimal(12,2) boolean ", "types");
	ok(parquet_column(f.meta, ID)->not_null &&
	    !parquet_column(f.meta, V)->not_null, "NOT NULL");
	is_int(parquet_find(f.meta, STR("T")), T, "names without case");
	is_int(parquet_find(f.meta, STR("nope")), -1, "no such name");
	parquet_stats(f.meta, 1, ID, NULL, &stats, &f.err);
	ok(*(int64_t *)stats.min->data == 2000 &&
	    *(int64_t *)stats.max->data == 3999 && stats.nulls == 0,
	    "statistics of numbers");
	parquet_stats_release(&stats);
	parquet_stats(f.meta, 0, S, NULL, &stats, &f.err);
	ok(text_is(stats.min, 0, "name-%lld", 0) &&
	    text_is(stats.max, 0, "name-%lld", 9) && stats.nulls == 182,
	    "of strings");
	parquet_stats_release(&stats);
	sbuf_release(&text);
	file_release(&f);
}

static void
test_casts(void)
{
	static const int columns[] = { V, -1, M };
	const struct type *types[] = { TYPE(BIGINT), TYPE(VARCHAR),
	    TYPE(DOUBLE) };
	struct file f = { 0 };
	struct page_source *s;
	struct vec *v;
	uint32_t rows;

	load_bytes(&f, "flat.parquet");
	open_bytes(&f);
	s = source_open(&f, 3, columns, types, NULL);
	next(&f, s, &rows);
	v = load(&f, s, 0, NULL, rows);
	ok(v->type == TYPE(BIGINT) && *(int64_t *)vec_at(v, 40) == 240,
	    "integer as bigint");
	vec_drop(&v);
	v = load(&f, s, 1, NULL, rows);
	ok(v->n == rows && vec_is_null(v, 7), "a column that is not there");
	vec_drop(&v);
	v = load(&f, s, 2, NULL, rows);
	ok(*(double *)vec_at(v, 50) == 0.5, "decimal as double");
	vec_drop(&v);
	page_source_close(&s);
	types[0] = TYPE(DATE);
	ok(source_open(&f, 1, columns, types, NULL) == NULL &&
	    f.err.code == ERR_NOT_SUPPORTED, "integer as date: refused");
	file_release(&f);
}

/* Reads that take their time, and sources that are closed before they are
 * done. */
static void
test_blocked(void)
{
	static const int columns[] = { ID, T };
	const struct type *types[] = { TYPE(BIGINT), TYPE(VARCHAR) };
	struct file f = { 0 };
	struct page_source *s;
	struct wait *blocked = NULL;
	struct vec *v = NULL;
	uint32_t rows;

	load_bytes(&f, "flat.parquet");
	open_bytes(&f);
	f.late.runner.submit = late_submit;
	f.io.jobs = &f.late.runner;
	ok(check_flat(&f, 0) == 5000, "all values from late reads");
	ok(f.blocks > 0, "some steps were blocked");
	while (f.late.n > 0)
		late_run(&f.late);
	s = source_open(&f, 2, columns, types, NULL);
	ok(next(&f, s, &rows) && s->ops->load(s, 1, NULL, rows, &v, &blocked,
	    &f.err) == SOURCE_BLOCKED, "a load is blocked");
	wait_drop(&blocked);
	page_source_close(&s);
	ok(f.late.n > 0, "closed while a read is under way");
	while (f.late.n > 0)
		late_run(&f.late);
	file_release(&f);
}

/* Reads all; the error's text, or NULL. */
static const char *
damage(struct file *f)
{
	const char *text = NULL;

	if (!open_bytes(f) || check_flat(f, 0) < 0)
		text = f->err.text;
	file_close(f);
	return text;
}

static void
test_damage(void)
{
	struct file f = { 0 };
	size_t n;
	const char *text;

	load_bytes(&f, "flat.parquet");
	n = f.n;
	f.bytes[100] ^= 1;
	text = damage(&f);
	ok(text != NULL && strstr(text, "checksum") != NULL &&
	    strstr(text, "row group 0, column id, offset 4") != NULL,
	    "a flipped bit in a page: %s", text);
	f.bytes[100] ^= 1;
	f.n = n / 2;
	text = damage(&f);
	ok(text != NULL && strstr(text, "not a Parquet file") != NULL,
	    "half a file");
	f.n = n;
	f.bytes[n - 8] ^= 0x40;
	ok(damage(&f) != NULL, "a wrong footer length");
	f.bytes[n - 8] ^= 0x40;
	f.bytes[n - 1] = 'E';
	text = damage(&f);
	ok(text != NULL && f.err.code == ERR_NOT_SUPPORTED,
	    "an encrypted footer");
	f.bytes[n - 1] = '1';
	f.n = 5;
	ok(damage(&f) != NULL, "too small");
	f.n = n;
	ok(damage(&f) == NULL, "whole again");
	free(f.bytes);
}

/* A domain of one range or point of column `id`. */
static void
set_filter(struct domain_set *set, struct domain *d,
    struct domain_range *range, int64_t low, int64_t high)
{
	static const int column = 0;
	static struct err *const no_error = NULL;

	*d = (struct domain){ .type = TYPE(BIGINT), .n = 1, .ranges = range };
	*range = (struct domain_range){ .low_closed = true,
	    .high_closed = true };
	range->low = vec_new_const(TYPE(BIGINT), &low, 1, NULL, no_error);
	range->high = vec_new_const(TYPE(BIGINT), &high, 1, NULL, no_error);
	set->n = 1;
	set->column = (int *)&column;
}

static void
prune(int64_t low, int64_t high, uint64_t most, const char *what)
{
	const struct type *types[] = { TYPE(BIGINT), TYPE(VARCHAR) };
	static const int columns[] = { ID, T };
	struct domain_set set = { 0 };
	struct domain_range range;
	struct domain d, *domain = &d;
	struct file f = { 0 };
	struct page_source *s;
	uint32_t rows;
	int64_t found = 0;
	bool good = true;

	set_filter(&set, &d, &range, low, high);
	set.domain = &domain;
	load_bytes(&f, "flat.parquet");
	open_bytes(&f);
	s = source_open(&f, 2, columns, types, &set);
	while (next(&f, s, &rows)) {
		struct vec *id = load(&f, s, 0, NULL, rows);
		struct vec *t = load(&f, s, 1, NULL, rows);

		for (uint32_t i = 0; i < rows; i++) {
			int64_t v = *(int64_t *)vec_at(id, i);

			good &= flat_value(t, i, T, v);
			found += v >= low && v <= high;
		}
		vec_drop(&id);
		vec_drop(&t);
	}
	ok(good && found == MAX(MIN(high, 4999) - MAX(low, 0) + 1, 0),
	    "%s: the rows are there", what);
	ok(s->rows_read <= most, "%s: %llu rows read", what,
	    (unsigned long long)s->rows_read);
	is_int((long long)(s->rows_read + s->rows_pruned), 5000,
	    "the others are counted");
	page_source_close(&s);
	file_release(&f);
	vec_drop(&range.low);
	vec_drop(&range.high);
}

int
main(void)
{
	test_flat("flat.parquet", 5000);
	test_flat("flat_v2.parquet", 5000);
	test_flat("flat_gzip.parquet", 3000);
	test_nested("nested.parquet", 1000, 1);
	test_nested("nested.parquet", 1000, 7);
	test_nested("nested_v2.parquet", 700, 1);
	test_meta();
	test_casts();
	test_blocked();
	test_damage();
	prune(2500, 2600, 1100, "by row group and page");
	prune(-5, -1, 0, "by statistics");
	prune(1990, 2010, 1600, "at an edge");
	return tap_done();
}
