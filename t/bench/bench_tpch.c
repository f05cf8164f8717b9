/* SPDX-License-Identifier: Apache-2.0
 * bench_tpch.c - runs SQL files in one process without actors: the rows, the
 * time of the best of some runs, and what each operator took.
 *
 *      bench_tpch [-t DRIVERS] [-n RUNS] [-s SCHEMA] [-p] [-v] FILE...
 *
 * -p prints the rows, -v operators' times. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "mem/pool.h"
#include "plan_run.h"
#include "planner.h"
#include "random_pages.h"

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct sbuf text;
	char block[4096];
	size_t n;

	CHECK(f != NULL);
	sbuf_init(&text);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		sbuf_add(&text, block, n);
	fclose(f);
	while (text.n > 0 && strchr(" \n;", text.p[text.n - 1]) != NULL)
		text.n--;
	sbuf_z(&text);
	return sbuf_take(&text);
}

struct bench {
	struct planner planner;
	struct run_options o;
	int runs;
	bool print, verbose;
};

static void
print_rows(const struct plan_result *r)
{
	struct text_list l = { 0 };

	text_list_pages(&l, &r->out);
	for (int i = 0; i < l.n; i++)
		printf("%s\n", l.v[i]);
	text_list_release(&l);
}

static bool
run_once(struct bench *b, const char *file, bool last, double *wall,
    double *cpu)
{
	struct plan_result r = { .want_stats = b->verbose && last };
	double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
	struct err e = { 0 };
	int ret;

	ret = plan_run(b->planner.fragments, &b->o, &r, &e);
	*wall = now(CLOCK_MONOTONIC) - w;
	*cpu = now(CLOCK_PROCESS_CPUTIME_ID) - c;
	if (ret < 0)
		printf("%s: %s: %s\n", file, err_name(e.code), e.text);
	else if (last && b->print)
		print_rows(&r);
	if (last && b->verbose)
		printf("%s", sbuf_z(&r.stats));
	plan_result_release(&r);
	return ret == 0;
}

static void
run_file(struct bench *b, const char *file)
{
	char *sql = read_file(file);
	double best = 1e18, best_cpu = 1e18, start = now(CLOCK_MONOTONIC);
	double planned;

	if (planner_run(&b->planner, sql) < 0) {
		printf("%s: %s\n", file, b->planner.err.text);
		free(sql);
		return;
	}
	planned = now(CLOCK_MONOTONIC) - start;
	for (int i = 0; i < b->runs; i++) {
		double wall, cpu;

		if (!run_once(b, file, i + 1 == b->runs, &wall, &cpu))
			break;
		best = wall < best ? wall : best;
		best_cpu = cpu < best_cpu ? cpu : best_cpu;
	}
	printf("%-24s %9.1f ms %9.1f ms CPU (plan %.1f ms)\n", file, best,
	    best_cpu, planned);
	fflush(stdout);
	free(sql);
}

int
main(int argc, char **argv)
{
	struct mem_node_options no = { .limit = 0 };
	struct mem_limits limits = { 0 };
	struct mem_node *node = mem_node_new(&no);
	struct bench b = { .runs = 3, .o = { .concurrency = 1 } };
	const char *schema = "tiny";
	int c;

	while ((c = getopt(argc, argv, "t:n:s:pv")) != -1)
		switch (c) {
		case 't': b.o.concurrency = atoi(optarg); break;
		case 'n': b.runs = atoi(optarg); break;
		case 's': schema = optarg; break;
		case 'p': b.print = true; break;
		case 'v': b.verbose = true; break;
		default: return 2;
		}
	planner_init(&b.planner);
	b.planner.session.schema = schema;
	b.planner.session.catalog = "tpch_standard";
	b.o.threads = b.o.concurrency > 1;
	b.o.catalogs = b.planner.catalogs;
	b.o.session = &b.planner.context;
	b.o.pool = mem_pool_new(node, "bench", &limits);
	for (; optind < argc; optind++)
		run_file(&b, argv[optind]);
	mem_pool_drop(&b.o.pool);
	planner_release(&b.planner);
	mem_node_drop(&node);
	return 0;
}
