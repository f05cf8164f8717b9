/* SPDX-License-Identifier: Apache-2.0
 * join.h - what a hash join's build and probe share.
 *
 *      drivers gather pages --all in--> columns are laid end to end, the table
 *      is built (jobs that the drivers share out) --ready--> probes begin */
#ifndef OPS_JOIN_H
#define OPS_JOIN_H

#include "ops/join_table.h"
#include "ops/page_store.h"
#include "ops/task_priv.h"

struct join_build {
	struct op_slot *slot;
	const struct frag_node *node;
	pthread_mutex_t lock;
	struct page_bag **bag;  /* one a driver */
	int n_bags;
	struct gate in;         /* all drivers have gathered */
	struct gate ready;      /* probes may begin */
	int n_columns;          /* of the build side */
	int *job_column;        /* columns in the order of the jobs */
	int n_jobs;
	atomic_int next_job, keys_left, jobs_left;
	atomic_int failed;
	struct err err;         /* of the job that failed */
	/* When ready, all read-only: */
	uint32_t rows;
	struct vec **column;    /* whole; NULL: not needed */
	struct vec **key;       /* of these, borrowed */
	struct join_table table;
	bool null_key;          /* a build row has a NULL in its keys */
	bool set_only;
	/* RIGHT, FULL: rows that were matched; written relaxed. */
	uint8_t *found;
	struct gate probed;     /* all probe drivers have ended */
	atomic_uint next_unmatched;
};

/* The build side of a probe's node. */
static inline struct join_build *
join_of(const struct op *op)
{
	return op->slot->peer->shared;
}

/* Drops probe rows that nothing matches. */
static inline bool
join_drops_probe(enum join_kind k)
{
	return k == JOIN_INNER || k == JOIN_RIGHT || k == JOIN_SEMI;
}

static inline bool
join_keeps_build(enum join_kind k)
{
	return k == JOIN_RIGHT || k == JOIN_FULL;
}

/* join_filter.c: publishes the node's dynamic filters. */
int join_publish(struct join_build *b, struct err *e);

/* Conditions over pairs of rows, besides the keys. */
struct pair_filter {
	struct program *program;
	int n_probe, n_build;
	struct vec **in;
	bool *needs;
	uint16_t sel[PAGE_ROWS];
};
int pair_filter_init(struct pair_filter *f, const struct frag_node *n,
    const struct session_context *session, struct err *e);
void pair_filter_release(struct pair_filter *f);
/* Pairs (x[i], y[i]) of the columns' rows. */
struct row_pairs {
	struct vec *const *probe, *const *build;
	uint32_t *x, *y, n;
};
/* Pairs that pass move to the front. */
int pair_filter_run(struct pair_filter *f, struct row_pairs *p,
    struct mem_account *account, struct err *e);

#endif
