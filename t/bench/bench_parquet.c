/* SPDX-License-Identifier: Apache-2.0
 * bench_parquet.c - how fast are columns of a Parquet file decoded, on one
 * thread?
 *
 *     bench_parquet FILE [ROUNDS [COLUMN...]]
 *
 * Prints the fastest round of each column (all columns without names), then
 * of all of them together.  t/bench/parquet.py makes a file and runs DuckDB
 * over the same columns beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "fmt/parquet.h"
#include "rt/rt.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct bench {
	struct fmt_io io;
	struct fmt_file *file;
	struct parquet_meta *meta;
	int rounds;
	double sum;             /* so that nothing is optimised away */
};

static void
die(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	exit(1);
}

/* Uses every value: numbers as what they are, strings by their lengths. */
static double
total_of(const struct vec *v)
{
	const struct vec *values = vec_values(v);
	const uint32_t *index = v->form == VEC_DICT ? v->data : NULL;
	uint32_t n = v->form == VEC_CONST ? 1 : v->n;
	uint64_t sum = 0;
	double real = 0;

#define TOTAL(T, to, get) do { \
	const T *x = values->data; \
\
	for (uint32_t i = 0; i < n && index == NULL; i++) \
		to += x[i] get; \
	for (uint32_t i = 0; i < n && index != NULL; i++) \
		to += x[index[i]] get; \
} while (0)
	switch (v->type->rep) {
	case REP_I32:
		TOTAL(int32_t, sum, );
		break;
	case REP_I64:
		TOTAL(uint64_t, sum, );
		break;
	case REP_F64:
		TOTAL(double, real, );
		break;
	case REP_STR:
		TOTAL(struct strview, sum, .n);
		break;
	default:
		break;
	}
	return real + (double)sum;
}

/* Rows of a whole pass over n columns. */
static uint64_t
scan(struct bench *b, const int *columns, int n)
{
	const struct type **types = xcalloc((size_t)n + 1, sizeof(*types));
	struct parquet_scan scan = { .meta = b->meta, .file = b->file,
	    .n_groups = parquet_groups(b->meta), .n = n,
	    .columns = columns, .types = types };
	struct page_source *s;
	struct wait *blocked = NULL;
	enum source_step step;
	uint32_t rows;
	uint64_t total = 0;
	struct err e;

	for (int i = 0; i < n; i++)
		types[i] = parquet_column(b->meta, columns[i])->type;
	if (parquet_source_open(&b->io, &scan, &s, &e) < 0)
		die(&e);
	while ((step = s->ops->next(s, &rows, &blocked, &e)) ==
	    SOURCE_READY) {
		for (int i = 0; i < n; i++) {
			struct vec *v;

			step = s->ops->load(s, i, NULL, rows, &v, &blocked,
			    &e);
			if (step != SOURCE_READY)
				die(&e);
			b->sum += total_of(v);
			vec_drop(&v);
		}
		total += rows;
	}
	if (step == SOURCE_FAILED)
		die(&e);
	page_source_close(&s);
	free(types);
	return total;
}

static void
measure(struct bench *b, const char *name, const int *columns, int n)
{
	double best = 1e9;
	uint64_t rows = 0;

	for (int i = 0; i < b->rounds; i++) {
		double start = seconds();

		rows = scan(b, columns, n);
		best = MIN(best, seconds() - start);
	}
	printf("%s\t%.2f ms\t%.2f ns/row\n", name, best * 1e3,
	    best * 1e9 / (double)MAX(rows, 1u));
}

int
main(int argc, char **argv)
{
	struct env *env = env_real();
	struct mem_node_options options = { 0 };
	struct mem_node *node = mem_node_new(&options);
	struct mem_pool *pool = mem_pool_new(node, "bench",
	    &(struct mem_limits){ 0 });
	struct mem_account *account = mem_account_new(pool, "TableScan");
	struct bench b = { .io = { .env = env, .account = account },
	    .rounds = 5 };
	int *columns, n = 0;
	struct err e;

	if (argc < 2)
		return 2;
	if (argc > 2)
		b.rounds = atoi(argv[2]);
	if (fmt_file_open(&b.io, argv[1], &b.file, &e) < 0 ||
	    parquet_open(&b.io, b.file, &b.meta, &e) < 0)
		die(&e);
	columns = xcalloc((size_t)parquet_columns(b.meta) + (size_t)argc,
	    sizeof(*columns));
	for (int i = 3; i < argc; i++) {
		int at = parquet_find(b.meta, str_of(argv[i]));

		if (at >= 0)
			columns[n++] = at;
	}
	for (; argc <= 3 && n < parquet_columns(b.meta); n++)
		columns[n] = n;
	for (int i = 0; i < n; i++)
		measure(&b, parquet_column(b.meta, columns[i])->name,
		    &columns[i], 1);
	measure(&b, "*", columns, n);
	free(columns);
	parquet_meta_drop(&b.meta);
	fmt_file_drop(&b.file);
	mem_account_drop(&account);
	mem_pool_drop(&pool);
	mem_node_drop(&node);
	env_free(&env);
	return 0;
}
