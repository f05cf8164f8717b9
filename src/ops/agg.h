/* SPDX-License-Identifier: Apache-2.0
 * agg.h - what the files of the aggregation share.
 *
 * Each driver fills a table of its own (struct agg_local).  When all have
 * finished, the tables' rows are merged partition by partition, each by
 * whichever driver takes it: a row whose key the others lack is adopted as it
 * is, equal ones are combined.  A PARTIAL step merges nothing. */
#ifndef OPS_AGG_H
#define OPS_AGG_H

#include "ops/group_cache.h"
#include "ops/page_store.h"
#include "ops/spill_read.h"
#include "ops/task_priv.h"

enum { AGG_PARTITION_BITS = 6, AGG_PARTITIONS = 1 << AGG_PARTITION_BITS };

/* What all drivers know of the node's functions. */
struct agg_layout {
	int n;
	uint32_t *offset;       /* of the state in a row */
	bool *deferred;         /* distinct or ordered: updated at the end */
	bool *twin;             /* uses the state that an earlier one keeps */
	bool any_deferred;
	uint32_t forward_at;    /* deferred: a merged row names its heir */
	uint32_t user_bytes;
};

/* Tuples of a deferred aggregate. */
struct agg_tuples {
	struct key_codec codec; /* group row's address, arguments, order */
	struct group_table table; /* distinct: each once */
	struct key_batch batch;
	bool distinct, ordered;
	struct page_bag bag;    /* ordered: the tuples, with the columns that
				 * say in which order */
	const struct type **types;
	int n_columns, n_ordered; /* of the table, of the bag */
};

/* One driver's. */
struct agg_local {
	struct agg_shared *shared;
	struct group_table table;
	struct group_cache cache;
	struct key_batch batch;
	struct arena scratch;
	struct eval eval;
	struct eval_errors errors;
	struct agg_context *context;    /* one a function */
	struct vec **flat;      /* of the page at hand, by channel */
	uint64_t rows_seen;
	bool abandoned;         /* PARTIAL: every row is its own group */
	struct agg_tuples *tuples;      /* of deferred functions */
	char **by_part;         /* rows, partition by partition */
	size_t by_part_bytes;
	uint32_t part_start[AGG_PARTITIONS + 1];
	struct fresh_rows fresh;
	char *rows[PAGE_ROWS];
	uint64_t hash[PAGE_ROWS];
	struct vec **keys;
};

struct agg_shared {
	struct op_slot *slot;
	const struct frag_node *node;
	struct key_codec codec;
	struct agg_layout layout;
	pthread_mutex_t lock;
	struct agg_local **local;
	int n_local;
	struct gate in;         /* all have finished */
	bool direct;            /* one table: nothing to merge */
	struct agg_local *only; /* that one; NULL: no rows at all */
	int jobs;
	atomic_int next_job, done;
	/* Spilled pages by partition; filled while drivers are parked. */
	struct spill_file *file;
	struct spill_list spilled[AGG_PARTITIONS];
	bool has_spilled;
	const struct type **spill_types;
};

/* agg_update.c */
struct agg_local *agg_local_new(struct op *op, struct agg_shared *s);
void agg_local_free(struct agg_local *l);
int agg_update(struct agg_local *l, struct page *in, struct err *e);
/* Input rows as groups of their own (PARTIAL, abandoned). */
int agg_pass(struct agg_local *l, struct page *in, struct page **out,
    struct err *e);
/* Groups of the batch in l->batch (hashes included), with init() done. */
int agg_find(struct agg_local *l, const uint16_t *sel, uint32_t n,
    struct err *e);
/* Fails when a kernel recorded an error. */
int agg_check(struct agg_local *l, struct err *e);

/* agg_emit.c: a page of the groups rows[0..n). */
int agg_emit(struct agg_local *l, char *const *rows, uint32_t n,
    const char *null_row, struct page **out, struct err *e);
/* Keys and intermediate values, whatever the step. */
int agg_emit_saved(struct agg_local *l, char *const *rows, uint32_t n,
    const char *null_row, struct page **out, struct err *e);

/* agg_merge.c */
int agg_partition(struct agg_local *l, struct err *e);
/* All drivers have finished: what is to be done. */
void agg_plan(struct agg_shared *s);
struct agg_merge;
struct agg_merge *agg_merge_new(struct agg_local *l);
void agg_merge_free(struct agg_merge **m);
/* OP_PAGE, OP_YIELD, OP_BLOCKED (reading spilled pages), OP_DONE. */
enum op_step agg_merge_next(struct agg_merge *m, struct page **out,
    struct wait **blocked, struct err *e);

/* agg_deferred.c */
void agg_tuples_init(struct agg_tuples *t, struct agg_local *l, int at);
void agg_tuples_release(struct agg_tuples *t);
int agg_tuples_add(struct agg_local *l, int at, struct page *in,
    struct err *e);
/* Updates the states of all groups (after merging) from all drivers'
 * tuples. */
int agg_tuples_finish(struct agg_local *l, struct err *e);

/* agg_spill.c */
int agg_revoke(struct op_slot *slot, size_t want, size_t *freed,
    struct err *e);
void agg_spill_release(struct agg_shared *s);

#endif
