/* SPDX-License-Identifier: Apache-2.0
 * bench_csv.c - how fast is a CSV file read, on one thread?
 *
 *     bench_csv FILE [ROUNDS [COLUMN...]]
 *
 * Prints the fastest round of counting the rows (fields and records are
 * found, nothing is converted), of each column and of all of them.  The file
 * is cut into ranges of 16 MiB as a query does.  t/bench/bench_csv.py makes files
 * and runs DuckDB beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "fmt/csv.h"
#include "rt/rt.h"

enum { PIECE = 16 << 20 };

struct bench {
	struct fmt_io io;
	struct fmt_file *file;
	struct csv_schema schema;
	int rounds;
	double sum;             /* so that nothing is optimised away */
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	exit(1);
}

static double
total_of(const struct vec *v)
{
	double sum = 0;

	for (uint32_t i = 0; i < v->n && v->form == VEC_FLAT; i++) {
		switch (v->type->rep) {
		case REP_I64:
			sum += (double)((const int64_t *)v->data)[i];
			break;
		case REP_F64:
			sum += ((const double *)v->data)[i];
			break;
		case REP_I32:
			sum += ((const int32_t *)v->data)[i];
			break;
		case REP_BOOL:
			sum += ((const uint8_t *)v->data)[i];
			break;
		default:
			sum += ((const struct strview *)v->data)[i].n;
			break;
		}
	}
	return sum;
}

static uint64_t
read_piece(struct bench *b, uint64_t offset, const int *columns, int n,
    const struct type *const *types)
{
	struct csv_scan scan = { .file = b->file, .schema = b->schema,
	    .offset = offset, .size = PIECE, .n = n, .columns = columns,
	    .types = types };
	struct page_source *s;
	struct wait *blocked = NULL;
	struct err e;
	uint64_t total = 0;
	uint32_t rows;
	enum source_step step;

	if (b->schema.codec != CSV_PLAIN)
		scan.size = fmt_file_size(b->file);
	if (csv_source_open(&b->io, &scan, &s, &e) < 0)
		die(&e);
	while ((step = s->ops->next(s, &rows, &blocked, &e)) ==
	    SOURCE_READY) {
		total += rows;
		for (int i = 0; i < n; i++) {
			struct vec *v;

			if (s->ops->load(s, i, NULL, rows, &v, &blocked,
			    &e) != SOURCE_READY)
				die(&e);
			b->sum += total_of(v);
			vec_drop(&v);
		}
	}
	if (step == SOURCE_FAILED)
		die(&e);
	page_source_close(&s);
	return total;
}

static void
measure(struct bench *b, const char *name, const int *columns, int n)
{
	const struct type **types = xcalloc((size_t)n + 1, sizeof(*types));
	uint64_t size = fmt_file_size(b->file), rows = 0;
	double best = 1e9;

	for (int i = 0; i < n; i++)
		types[i] = b->schema.types[columns[i]];
	for (int r = 0; r < b->rounds; r++) {
		double start = seconds();

		rows = 0;
		for (uint64_t at = 0; at < size; at +=
		    b->schema.codec == CSV_PLAIN ? PIECE : size)
			rows += read_piece(b, at, columns, n, types);
		best = MIN(best, seconds() - start);
	}
	printf("%-24s %8.4f s %8.3f GB/s %9.1f M rows/s\n", name, best,
	    (double)size / best / 1e9, (double)rows / best / 1e6);
	free(types);
}

int
main(int argc, char **argv)
{
	struct csv_options none = { 0 };
	struct arena a = { 0 };
	struct bench b = { 0 };
	struct err e;
	int *all;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_csv FILE [ROUNDS "
		    "[COLUMN...]]\n");
		return 2;
	}
	b.io.env = env_real();
	b.rounds = argc > 2 ? atoi(argv[2]) : 5;
	if (fmt_file_open(&b.io, argv[1], &b.file, &e) < 0 ||
	    csv_sniff(&b.io, b.file, &none, &a, &b.schema, &e) < 0)
		die(&e);
	all = xcalloc((size_t)b.schema.n, sizeof(*all));
	measure(&b, "(count)", all, 0);
	for (int i = 0; i < b.schema.n; i++) {
		all[i] = i;
		if (argc == 3 || argc == 2)
			measure(&b, b.schema.names[i], &i, 1);
		for (int k = 3; k < argc; k++)
			if (strcmp(argv[k], b.schema.names[i]) == 0)
				measure(&b, argv[k], &i, 1);
	}
	measure(&b, "(all)", all, b.schema.n);
	printf("sum %.17g\n", b.sum);
	fmt_file_drop(&b.file);
	arena_release(&a);
	free(all);
	return 0;
}
