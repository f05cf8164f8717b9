/* SPDX-License-Identifier: Apache-2.0
 * bench_ops.c - nanoseconds per row of the operators, on made-up data.
 *
 *      bench_ops [DRIVERS [CASE]] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "mem/pool.h"
#include "task_run.h"

enum { DRIVERS_MAX = 16 };

struct bench {
	struct frag_maker m;
	struct mem_node *node;
	struct mem_pool *pool;
	int drivers;
	const char *only;
};

static double
now(void)
{
	struct timespec t;

	/* CPU time: the machine may have others to serve. */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct vec *
new_column(const struct type *t, uint32_t n)
{
	struct vec *v = vec_new_flat(t, n, false, NULL, NULL);

	CHECK(v != NULL);
	return v;
}

/* Pages of one bigint key below `range` and a double. */
static void
make_rows(struct page_list *l, uint32_t rows, uint64_t range, uint64_t step,
    uint64_t *seed)
{
	for (uint32_t at = 0; at < rows; at += PAGE_ROWS) {
		uint32_t n = rows - at < PAGE_ROWS ? rows - at : PAGE_ROWS;
		struct page *p = page_new(2, n);

		p->col[0] = new_column(TYPE(BIGINT), n);
		p->col[1] = new_column(TYPE(DOUBLE), n);
		for (uint32_t i = 0; i < n; i++) {
			((int64_t *)p->col[0]->data)[i] = (int64_t)(
			    (range == 0 ? at + i : random_next(seed) % range)
			    * step);
			((double *)p->col[1]->data)[i] = (double)i;
		}
		page_list_add(l, p);
	}
}

static void
print_stats(const struct run_result *r, double rows)
{
	for (int i = 0; i < r->n_stats; i++)
		printf("    %-28s %8.2f ns/row\n", r->names[i],
		    (double)r->cpu[i] / rows);
}

static void
run(struct bench *b, const char *name, struct frag_node *root,
    struct run_input *in, int n_in, double rows)
{
	struct run_options o = { .concurrency = b->drivers,
		.threads = b->drivers > 1, .pool = b->pool };
	struct fragment *f = make_fragment(&b->m, root);
	double best = 1e18;

	if (b->only != NULL && strstr(name, b->only) == NULL)
		return;
	for (int i = 0; i < 3; i++) {
		struct run_result r;
		struct err e = { 0 };
		double start = now(), took;

		if (task_run(f, in, n_in, &o, &r, &e) < 0) {
			printf("%s: %s\n", name, e.text);
			exit(1);
		}
		took = now() - start;
		best = took < best ? took : best;
		if (i == 2) {
			printf("%-34s %8.2f ns/row (%lld rows out)\n", name,
			    best / rows, (long long)r.rows);
			print_stats(&r, rows);
		}
		run_result_release(&r);
	}
}

static struct frag_agg
make_agg(struct bench *b, const char *signature, int arg,
    const struct type *t, const struct type *intermediate)
{
	struct frag_agg a = { .func = agg_by_signature(str_of(signature)),
		.filter = -1, .intermediate = intermediate, .result = t,
		.frame = { .start_value = -1, .end_value = -1 } };
	const struct type *types[1] = { TYPE(DOUBLE) };

	CHECK(a.func != NULL);
	if (arg >= 0) {
		a.n_args = a.n_arg_types = 1;
		a.arg = make_ints(&b->m, 1, arg);
		a.arg_types = arena_dup(&b->m.arena, types, sizeof(types));
	}
	return a;
}

static struct frag_node *
source(struct bench *b, struct run_input *in, struct page_list *pages)
{
	const struct page *p = pages->v[0];
	const struct type *types[16];
	struct frag_node *n;

	for (int i = 0; i < p->n; i++)
		types[i] = p->col[i]->type;
	n = make_node(&b->m, FRAG_EXCHANGE, p->n, types);
	in->node_id = n->id;
	in->n = 1;
	in->stream[0] = *pages;
	return n;
}

static void
bench_group(struct bench *b, const char *name, uint32_t rows, uint64_t range,
    uint64_t step)
{
	uint64_t seed = 1;
	struct page_list pages = { 0 };
	struct run_input in;
	struct frag_node *n;
	const struct type *types[2] = { TYPE(BIGINT), TYPE(BIGINT) };

	make_rows(&pages, rows, range, step, &seed);
	n = make_node(&b->m, FRAG_AGGREGATE, 2, types);
	add_child(&b->m, n, source(b, &in, &pages));
	n->n_keys = n->n_aggs = 1;
	n->keys = make_ints(&b->m, 1, 0);
	n->aggs = arena_new(&b->m.arena, struct frag_agg);
	n->aggs[0] = make_agg(b, "count():bigint", -1, TYPE(BIGINT),
	    TYPE(BIGINT));
	run(b, name, n, &in, 1, rows);
	page_list_release(&pages);
}

/* Q1: two dictionary keys with 4 groups, 6 aggregates of doubles. */
static void
bench_q1(struct bench *b, uint32_t rows)
{
	uint64_t seed = 1, id[2];
	struct page_list pages = { 0 };
	struct run_input in;
	struct vec *dict[2];
	const struct type *types[8] = { TYPE(VARCHAR), TYPE(VARCHAR) };
	struct frag_node *n;

	for (int k = 0; k < 2; k++) {
		dict[k] = new_column(TYPE(VARCHAR), 3);
		for (int i = 0; i < 3; i++)
			((struct strview *)dict[k]->data)[i] = strview_of(
			    (struct str){ &"ANR"[i], 1 });
		id[k] = vec_new_dict_id();
	}
	for (uint32_t at = 0; at < rows; at += PAGE_ROWS) {
		struct page *p = page_new(6, PAGE_ROWS);

		for (int k = 0; k < 6; k++) {
			if (k < 2) {
				p->col[k] = vec_new_dict(dict[k], id[k],
				    PAGE_ROWS, NULL, NULL);
				for (int i = 0; i < PAGE_ROWS; i++)
					((uint32_t *)p->col[k]->data)[i] =
					    (uint32_t)(random_next(&seed) %
					    2);
				continue;
			}
			p->col[k] = new_column(TYPE(DOUBLE), PAGE_ROWS);
			for (int i = 0; i < PAGE_ROWS; i++)
				((double *)p->col[k]->data)[i] = i;
		}
		page_list_add(&pages, p);
	}
	for (int i = 2; i < 8; i++)
		types[i] = TYPE(DOUBLE);
	types[7] = TYPE(BIGINT);
	n = make_node(&b->m, FRAG_AGGREGATE, 8, types);
	add_child(&b->m, n, source(b, &in, &pages));
	n->n_keys = 2;
	n->keys = make_ints(&b->m, 2, 0, 1);
	n->n_aggs = 6;
	n->aggs = arena_array(&b->m.arena, struct frag_agg, 6);
	for (int i = 0; i < 5; i++)
		n->aggs[i] = make_agg(b, "sum(double):double", 2 + i % 4,
		    TYPE(DOUBLE), TYPE(DOUBLE));
	n->aggs[5] = make_agg(b, "count():bigint", -1, TYPE(BIGINT),
	    TYPE(BIGINT));
	run(b, "group by 4 groups, 6 aggregates", n, &in, 1, rows);
	page_list_release(&pages);
	vec_drop(&dict[0]);
	vec_drop(&dict[1]);
}

static void
bench_join(struct bench *b, const char *name, uint32_t build, uint32_t probe,
    uint64_t step, enum join_kind kind)
{
	uint64_t seed = 1;
	struct page_list pages[2] = { { 0 }, { 0 } };
	struct run_input in[2];
	const struct type *types[4] = { TYPE(BIGINT), TYPE(DOUBLE),
		TYPE(DOUBLE) };
	bool semi = kind == JOIN_SEMI;
	struct frag_node *n = make_node(&b->m, FRAG_JOIN, semi ? 2 : 3,
	    types);

	make_rows(&pages[0], probe, build, step, &seed);
	make_rows(&pages[1], build, 0, step, &seed);
	add_child(&b->m, n, source(b, &in[0], &pages[0]));
	add_child(&b->m, n, source(b, &in[1], &pages[1]));
	n->join = kind;
	n->n_join_keys = 1;
	n->probe_keys = n->build_keys = make_ints(&b->m, 1, 0);
	n->n_probe_out = 2;
	n->probe_out = make_ints(&b->m, 2, 0, 1);
	n->n_build_out = semi ? 0 : 1;
	n->build_out = make_ints(&b->m, 1, 1);
	run(b, name, n, in, 2, probe);
	page_list_release(&pages[0]);
	page_list_release(&pages[1]);
}

static void
bench_sort(struct bench *b, const char *name, uint32_t rows, uint64_t range,
    int64_t limit)
{
	uint64_t seed = 1;
	struct page_list pages = { 0 };
	struct run_input in;
	struct frag_node *n;
	struct sort_key key = { 0 };

	make_rows(&pages, rows, range, 1, &seed);
	n = make_through(&b->m, limit > 0 ? FRAG_TOPN : FRAG_SORT,
	    source(b, &in, &pages));
	n->n_sort = 1;
	n->sort = arena_dup(&b->m.arena, &key, sizeof(key));
	n->limit = limit;
	run(b, name, n, &in, 1, rows);
	page_list_release(&pages);
}

int
main(int argc, char **argv)
{
	struct mem_node_options o = { .limit = 0 };
	struct mem_limits limits = { 0 };
	struct bench b = { .drivers = argc > 1 ? atoi(argv[1]) : 1,
		.only = argc > 2 ? argv[2] : NULL };
	uint32_t M = 1000000;

	b.node = mem_node_new(&o);
	b.pool = mem_pool_new(b.node, "bench", &limits);
	frag_maker_init(&b.m);
	bench_q1(&b, 6 * M / PAGE_ROWS * PAGE_ROWS);
	bench_group(&b, "group by 100 groups", 10 * M, 100, 1);
	bench_group(&b, "group by 100 K groups", 10 * M, 100000, 1);
	bench_group(&b, "group by 1 M groups", 10 * M, M, 1);
	bench_group(&b, "group by 1 M sparse groups", 10 * M, M, 1000003);
	bench_group(&b, "group by 10 M sparse groups", 10 * M, 10 * M,
	    1000003);
	bench_join(&b, "join dense 100 K", 100000, 10 * M, 1, JOIN_INNER);
	bench_join(&b, "join dense 1 M", M, 10 * M, 1, JOIN_INNER);
	bench_join(&b, "join sparse 1 M", M, 10 * M, 1000003, JOIN_INNER);
	bench_join(&b, "semi join dense 1 M", M, 10 * M, 1, JOIN_SEMI);
	bench_join(&b, "left join dense 1 M", M, 10 * M, 1, JOIN_LEFT);
	bench_sort(&b, "sort 10 M random", 10 * M, UINT64_MAX, 0);
	bench_sort(&b, "sort 10 M of 1000 values", 10 * M, 1000, 0);
	bench_sort(&b, "top 10 of 10 M", 10 * M, UINT64_MAX, 10);
	frag_maker_release(&b.m);
	mem_pool_drop(&b.pool);
	mem_node_drop(&b.node);
	return 0;
}
