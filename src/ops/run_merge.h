/* SPDX-License-Identifier: Apache-2.0
 * run_merge.h - sorted streams of pages merged into one: what a merging
 * exchange and a spilled sort read from. */
#ifndef OPS_RUN_MERGE_H
#define OPS_RUN_MERGE_H

#include "ops/task_priv.h"
#include "page/build.h"

/* One sorted stream.  1: *out is the next page; 0: no more; 2: *blocked;
 * negative: failed. */
struct run_source {
	int (*take)(void *arg, struct page **out, struct wait **blocked,
	    struct err *e);
	void *arg;
	struct page *page;      /* at hand */
	uint32_t row;
	uint64_t *prefix;       /* of its rows: see sort_prefix() */
	bool ended;
};

struct run_merge {
	int n;
	struct run_source *source;
	int *tree;              /* losers; [0] the winner */
	bool started;
	const struct sort_key *keys;
	int n_keys;
	struct vec **x, **y;    /* scratch: key columns */
	int n_columns;
	struct vec_builder *column;
	uint32_t rows;
	struct mem_account *account;
};

/* Sources are copied. */
void run_merge_init(struct run_merge *m, const struct run_source *source,
    int n, const struct sort_key *keys, int n_keys,
    struct mem_account *account);
/* Columns put out. */
void run_merge_types(struct run_merge *m, const struct type *const *types,
    int n);
void run_merge_release(struct run_merge *m);
enum op_step run_merge_next(struct run_merge *m, struct page **out,
    struct wait **blocked, struct err *e);

#endif
