/* SPDX-License-Identifier: Apache-2.0
 * op.h - the operator contract: pages in, pages out.
 *
 * An operator never blocks, opens no socket and is driven by one thread at a
 * time, so it takes no lock.  Calls: open, then add and next in turn, finish
 * once input has ended, close last (also after an error).
 *
 * What the drivers of a pipeline share (a join build, an aggregation's
 * partitions, a sort's runs) is a structure made once a task by the kind's
 * share(); it is filled by one pipeline's drivers and read by the next. */
#ifndef OPS_OP_H
#define OPS_OP_H

#include "base/wait.h"
#include "frag/frag.h"
#include "page/page.h"

struct op;                      /* one operator of one driver */
struct op_slot;                 /* its place in the task's pipelines */
struct task;                    /* ops/task.h */
struct gate;                    /* ops/gate.h */

enum op_step {
	OP_FAILED = -1, OP_DONE, OP_PAGE, OP_NEED_INPUT, OP_BLOCKED,
	OP_YIELD,               /* more to do, but let others run first */
};

/* Measured by the driver and the operator; read by any thread (relaxed). */
struct op_stats {
	_Atomic int64_t input_rows, input_bytes, output_rows, output_bytes;
	_Atomic int64_t cpu_ns, wall_ns, blocked_ns, calls;
	_Atomic int64_t memory, peak_memory;    /* bytes reserved */
	_Atomic int64_t physical_bytes, physical_rows, splits, spilled_bytes;
};

struct op_kind {
	const char *name;       /* as EXPLAIN prints it: "HashAggregation" */
	size_t size;            /* private state, zeroed; struct op first */
	/* NULL: drivers share nothing.  Makes slot->shared before any driver
	 * runs; the number of drivers is known. */
	int (*share)(struct op_slot *slot, struct err *e);
	/* After all drivers have ended; also when share() has failed. */
	void (*unshare)(struct op_slot *slot);
	/* Required.  op->node is set; outlives the operator, read-only. */
	int (*open)(struct op *op, struct err *e);
	/* NULL in a source.  Takes the page, also when it fails.  Called only
	 * when next() answered OP_NEED_INPUT. */
	int (*add)(struct op *op, struct page *in, struct err *e);
	/* NULL: nothing to flush.  Input has ended; next may still yield. */
	int (*finish)(struct op *op, struct err *e);
	/* Required.  OP_PAGE: caller owns *out.  OP_BLOCKED: *blocked is a
	 * token for the caller.  OP_DONE: never called again. */
	enum op_step (*next)(struct op *op, struct page **out,
	    struct wait **blocked, struct err *e);
	/* NULL: cannot spill.  Writes out what the slot's drivers hold, about
	 * want bytes; how many were freed in *freed.  All drivers are
	 * parked at a page boundary. */
	int (*revoke)(struct op_slot *slot, size_t want, size_t *freed,
	    struct err *e);
	/* Builds: what opens when probes may begin; NULL otherwise. */
	struct gate *(*gate)(struct op_slot *slot);
	/* NULL: nothing to do.  Frees everything; also in the middle, and when
	 * open() was never called or has failed. */
	void (*close)(struct op *op);
};

struct op_slot {
	const struct op_kind *kind;
	const struct frag_node *node;   /* NULL: the task's output */
	struct task *task;
	struct op_slot *peer;   /* a probe's: the build's; else NULL */
	void *shared;           /* the kind's */
	struct mem_account *account;
	struct op_stats stats;
	int drivers;            /* that will run it, of all pipelines */
	int made;               /* of these */
};

struct op {
	const struct op_kind *kind;
	const struct frag_node *node;
	struct task *task;
	struct op_slot *slot;
	void *shared;           /* slot->shared */
	int driver;             /* 0..slot->drivers-1 */
	struct mem_account *account;
	struct op_stats *stats;
	bool opened;
	bool finished;          /* finish() was called */
};

#endif
