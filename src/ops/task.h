/* SPDX-License-Identifier: Apache-2.0
 * task.h - one task: a fragment turned into pipelines of drivers.
 *
 * The owner (an actor, or a test) makes the task, spawns what
 * task_next_driver() yields on its threads, feeds splits, and closes the task
 * after the last driver has ended.  ops never sees whose threads those are:
 * all that comes from outside stands behind the tables below. */
#ifndef OPS_TASK_H
#define OPS_TASK_H

#include "base/env.h"
#include "conn/catalog.h"
#include "ops/op.h"

struct mem_pool;
struct spill_dir;
struct spill_quota;

/* Pages of other fragments.  Called by drivers of one task, several at once:
 * thread-safe. */
struct page_inlet {
	/* 1: *out is a page for the caller; 0: no more, ever; -1: failed;
	 * 2: nothing yet, *blocked is a token. */
	int (*take)(struct page_inlet *in, struct page **out,
	    struct wait **blocked, struct err *e);
};
/* A merging exchange asks each producer's stream by itself. */
struct page_inlets {
	int n;
	struct page_inlet **v;
};

/* Where the task's pages go: thread-safe. */
struct page_outlet {
	int partitions;         /* of OUTPUT_HASH: logical ones map to them */
	const uint8_t *partition_map; /* 256 logical partitions to 0..n-1 */
	/* Takes the page's reference; partition is ignored unless HASH. */
	void (*put)(struct page_outlet *out, int partition,
	    struct page *page);
	/* A token while the buffers are full, NULL when there is room. */
	struct wait *(*full)(struct page_outlet *out);
};

struct task_world {
	struct env *env;
	struct job_runner *jobs;        /* blocking reads and spills */
	struct catalog_set *catalogs;
	struct mem_pool *pool;          /* the query's on this node */
	const struct session_context *session;
	struct spill_dir *spill_dir;    /* NULL: nothing is spilled */
	struct spill_quota *spill_quota; /* the query's; NULL: none */
	int concurrency;                /* drivers a pipeline, at most */
	int task_index, task_count;
	struct page_outlet *outlet;
	void *arg;
	/* Streams of the fragments that exchange node `n` reads: one inlet
	 * that mixes them (merge false) or one each. */
	int (*inlets)(void *arg, const struct frag_node *n, bool merge,
	    struct page_inlets *out, struct err *e);
	/* A join build has ended: its keys' domain for dynamic filter id, of
	 * this task.  Domain lives as long as the task. */
	void (*publish)(void *arg, int id, const struct domain *d);
	/* Ask for splits: fewer than `left` are queued for the node. */
	void (*want_splits)(void *arg, int node_id, int left);
	/* The node wants about `bytes` back: park the task's drivers, then
	 * task_revoke().  Any thread, under locks: only send a message.  NULL:
	 * the owner revokes when it likes. */
	void (*want_revoke)(void *arg, uint64_t bytes);
	/* FRAG_FINISH: all fragments of the write; commits it.  Runs on a
	 * driver. */
	int (*finish_write)(void *arg, const struct frag_node *n,
	    const struct str *fragments, int n_fragments, struct err *e);
};

/* The fragment (and its pool) must outlive the task. */
int task_new(const struct fragment *f, const struct task_world *w,
    struct task **out, struct err *e);
/* All drivers have ended.  NULLs *t. */
void task_free(struct task **t);

/* Scans: any thread. */
void task_add_splits(struct task *t, int node_id, const struct split *v,
    int n);
void task_no_more_splits(struct task *t, int node_id);
/* A dynamic filter from elsewhere has arrived (also used within the task);
 * the domain must outlive the task. Any thread. */
void task_dynamic_filter(struct task *t, int id, const struct domain *d);

struct driver;
/* Drivers become runnable in the order that builds need: call again whenever
 * a driver has ended, until NULL comes; *all is true when no more will ever
 * come.  Owner's thread. */
struct driver *task_next_driver(struct task *t, bool *all);

enum driver_state {
	DRIVER_FAILED = -1, DRIVER_DONE, DRIVER_YIELD, DRIVER_BLOCKED,
};
/* Runs until the quantum is spent, it blocks (token for the caller), ends or
 * fails.  One thread at a time. */
enum driver_state driver_run(struct driver *d, int64_t quantum_ns,
    struct wait **blocked, struct err *e);
/* After the end, or in the middle when the query was cancelled. */
void driver_free(struct driver **d);

/* Measured numbers of node ids, for EXPLAIN ANALYZE and system tables. */
struct task_node_stats {
	int node_id;
	const char *op;         /* op_kind's name */
	int drivers;
	const struct op_stats *stats;
};
int task_stats(const struct task *t, struct task_node_stats *out, int max);
/* Spills up to want bytes; only while no driver runs. */
int task_revoke(struct task *t, size_t want, size_t *freed, struct err *e);

#endif
