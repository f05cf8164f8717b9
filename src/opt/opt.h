/* SPDX-License-Identifier: Apache-2.0
 * opt.h - from the logical plan to fragments that run: rules, statistics,
 * cost, join order, distribution; and EXPLAIN's texts.
 *
 * The way of a plan, a pass a file:
 *      decorrelate.c   APPLY nodes become joins
 *      simplify.c      constants folded, projections merged
 *      pushdown.c      predicates down, outer joins to inner
 *      reorder.c       join order by dynamic programming over stats.c
 *      prune.c         columns that nobody reads
 *      limits.c        LIMIT and TopN down
 *      distinct.c      DISTINCT aggregates
 *      fragment.c      distribution, exchanges, channels: struct frag_plan */
#ifndef OPT_OPT_H
#define OPT_OPT_H

#include "frag/frag.h"
#include "plan/plan.h"
#include "plan/session.h"

struct opt_options {
	bool single_node;       /* embedded or one worker: no exchanges */
	int nodes;              /* workers; at least 1 */
};

/* Optimises p (whose nodes are rewritten) and makes fragments, in p's arena
 * and pool.  Asks connectors for statistics: planning threads only. */
int opt_plan(struct plan *p, const struct plan_session *session,
    const struct opt_options *options, struct frag_plan **out,
    struct err *e);

/* Puts the connector's write bytes into the plan's writer and finish nodes
 * (the bytes come from begin_create or begin_insert, after planning). */
void opt_set_write(struct frag_plan *f, struct str write);

/* EXPLAIN's text. */
void opt_explain(struct sbuf *to, const struct frag_plan *f,
    const char *version);
/* EXPLAIN of any statement of kind EXPLAIN: plans what is explained and
 * makes a plan whose answer is the text; not for ANALYZE. */
int opt_explain_statement(struct plan *p, const struct plan_session *session,
    const struct opt_options *options, struct frag_plan **out,
    struct err *e);
/* A plan that answers one row with one varchar column. */
int opt_text_plan(struct plan *p, const char *column, struct str text,
    struct frag_plan **out, struct err *e);

/* What was measured of an operator (all tasks and drivers). */
struct opt_measured {
	uint64_t in_rows, in_bytes, out_rows, out_bytes;
	uint64_t build_rows;    /* joins */
	uint64_t cpu_ns, wall_ns, blocked_ns, memory;
	uint64_t drivers, splits;
	uint64_t spilled;
};
/* Of a whole fragment. */
struct opt_measured_fragment {
	uint64_t cpu_ns, wall_ns, blocked_ns, blocked_input_ns,
	    blocked_output_ns, memory, tasks;
	uint64_t in_rows, in_bytes, out_rows, out_bytes;
};
struct opt_measures {
	void *arg;
	/* false: nothing is known of it. */
	bool (*node)(void *arg, int node_id, struct opt_measured *out);
	bool (*fragment)(void *arg, int fragment_id,
	    struct opt_measured_fragment *out);
	uint64_t queued_ns, analysis_ns, planning_ns, execution_ns;
};
void opt_explain_analyze(struct sbuf *to, const struct frag_plan *f,
    const char *version, const struct opt_measures *m);

#endif
