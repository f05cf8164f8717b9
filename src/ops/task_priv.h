/* SPDX-License-Identifier: Apache-2.0
 * task_priv.h - what the files of ops/ know of a task: its pipelines, its
 * operators' places, its dynamic filters. */
#ifndef OPS_TASK_PRIV_H
#define OPS_TASK_PRIV_H

#include "mem/pool.h"
#include "ops/gate.h"
#include "ops/runtime_filter.h"
#include "ops/task.h"

/* A chain of operators from a source to what ends it. */
struct pipeline {
	int n, cap;
	struct op_slot **v;     /* the source first */
	int drivers;
	int made;               /* drivers handed out */
	int n_needs;
	struct gate **needs;    /* of builds that must be ready first */
};

/* A source slot that is fed from outside or is the last of a build. */
struct slot_list {
	int n, cap;
	struct op_slot **v;
};

struct pipeline_list {
	int n, cap;
	struct pipeline **v;
};

struct filter_ref {
	int id;
	/* NULL until published; lives as long as the task. */
	_Atomic(const struct runtime_filter *) filter;
};

struct task {
	const struct fragment *fragment;
	struct task_world world;
	struct arena arena;
	struct slot_list slots; /* in the order of making */
	struct pipeline_list pipelines;
	atomic_int running;     /* drivers handed out and not freed */
	int n_filters;
	struct filter_ref *filters;
	atomic_uint filter_version; /* counts publications */
	pthread_mutex_t lock;   /* owned filters below */
	int n_owned, cap_owned;
	struct runtime_filter **owned;
	struct mem_revoker *revokers;   /* one a slot that can spill */
	int n_revokers;
};

/* task_build.c: fills slots and pipelines. */
int task_build(struct task *t, struct err *e);
/* After share(): turns the builds that pipelines wait for into gates; scans
 * also wait for builds whose dynamic filters they read. */
void task_resolve_needs(struct task *t);

/* The runtime filter with that id, NULL when no scan of this task reads it. */
struct filter_ref *task_filter(struct task *t, int id);
/* Publishes f (ownership goes to the task) to this task's scans. */
void task_publish(struct task *t, int id, struct runtime_filter *f);

/* Has the query been cancelled?  Kernels' loops look once a vector. */
static inline bool
task_cancelled(const struct task *t)
{
	const struct session_context *s = t->world.session;

	return s != NULL && s->cancel != NULL && atomic_load_explicit(
	    s->cancel, memory_order_relaxed) != 0;
}
int task_cancel_error(const struct task *t, struct err *e);

/* op_scan.c */
void scan_add_splits(struct op_slot *slot, const struct split *v, int n);
void scan_no_more_splits(struct op_slot *slot);

static inline void
stat_add(_Atomic int64_t *to, int64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

extern const struct op_kind op_scan, op_project, op_values, op_exchange,
    op_merge, op_limit, op_output, op_aggregate, op_join_build,
    op_join_probe, op_cross_build, op_cross_probe, op_sort, op_topn,
    op_single_row, op_mark_distinct, op_row_id, op_group_id, op_unnest,
    op_window, op_writer, op_finish;

#endif
