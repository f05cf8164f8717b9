/* SPDX-License-Identifier: Apache-2.0
 * task_run.h - runs a hand-made fragment in a task without actors: pages in
 * from arrays, pages out to an array; drivers take turns on one thread, or
 * run on threads of their own.
 *
 * Exchange nodes read the pages given for their id. */
#ifndef T_LIB_TASK_RUN_H
#define T_LIB_TASK_RUN_H

#include <pthread.h>

#include "ops/task.h"

struct page_list {
	int n, cap;
	struct page **v;        /* counted references */
};
void page_list_add(struct page_list *l, struct page *p); /* takes it */
void page_list_release(struct page_list *l);

struct run_input {
	int node_id;
	int n;                  /* streams: 1, or more for a merge */
	struct page_list stream[8];
};

struct run_splits {
	int node_id, n;
	const struct split *v;
};

struct run_options {
	int concurrency;
	bool threads;           /* a thread a driver */
	int partitions;         /* of the outlet; 0: 1 */
	int revoke_every;       /* turns; 0: never */
	int block_every;        /* every so many takes and puts block; 0 */
	struct spill_dir *spill;
	struct mem_pool *pool;
	const struct session_context *session;
	struct catalog_set *catalogs;
	/* Splits of scans, all at once. */
	struct run_splits *scans;
	int n_scans;
	uint64_t seed;
};

struct run_result {
	struct page_list out[16]; /* by partition */
	int64_t rows;
	int64_t spilled;        /* revoked bytes */
	int published;          /* dynamic filters */
	/* Of each operator: its kind's name and CPU time. */
	const char *names[64];
	int64_t cpu[64], in[64], rows_out[64];
	int n_stats;
};

/* 0 or the error's code; r must be released either way.  Inputs are kept. */
int task_run(const struct fragment *f, struct run_input *in, int n_in,
    const struct run_options *o, struct run_result *r, struct err *e);
void run_result_release(struct run_result *r);

/* Fragments by hand.  All in an arena, nodes numbered by *next_id. */
struct frag_maker {
	struct arena arena;
	struct expr_pool pool;
	int next_id;
};
void frag_maker_init(struct frag_maker *m);
void frag_maker_release(struct frag_maker *m);
struct frag_node *make_node(struct frag_maker *m, enum frag_kind kind, int n,
    const struct type *const *types);
void add_child(struct frag_maker *m, struct frag_node *n,
    struct frag_node *child);
/* A node that passes its child's columns through. */
struct frag_node *make_through(struct frag_maker *m, enum frag_kind kind,
    struct frag_node *child);
struct fragment *make_fragment(struct frag_maker *m, struct frag_node *root);
int *make_ints(struct frag_maker *m, int n, ...);

/* Deterministic random numbers. */
uint64_t random_next(uint64_t *state);

#endif
