/* SPDX-License-Identifier: Apache-2.0
 * pass.h - what the optimizer's passes share.  Private to src/opt. */
#ifndef OPT_PASS_H
#define OPT_PASS_H

#include "opt/opt.h"
#include "plan/tree.h"

struct opt {
	struct plan *plan;
	struct arena *arena;
	struct expr_pool *pool;
	const struct plan_session *session;
	const struct opt_options *options;
	struct err *err;
	int depth;
};

enum { OPT_DEPTH_MAX = 6000 };

/* Passes: each gives the tree that takes the old one's place in *n. */
int pass_decorrelate(struct opt *o, struct plan_node **n);
int pass_sets(struct opt *o, struct plan_node **n);
int pass_distinct(struct opt *o, struct plan_node **n);
int pass_simplify(struct opt *o, struct plan_node **n);
int pass_pushdown(struct opt *o, struct plan_node **n);
int pass_reorder(struct opt *o, struct plan_node **n);
int pass_limits(struct opt *o, struct plan_node **n);
int pass_prune(struct opt *o, struct plan_node **n);
int pass_scans(struct opt *o, struct plan_node **n);
int pass_fragment(struct opt *o, struct frag_plan **out);

/* expressions.c */
struct expr_list {
	struct expr **v;
	int n, cap;
};
/* Adds the terms of a conjunction (nothing for NULL or true). */
void expr_conjuncts(struct opt *o, struct expr *x, struct expr_list *out);
struct expr *expr_conjunction(struct opt *o, const struct expr_list *l);
/* Are all symbols that x reads in the list?  In neither: constant. */
bool expr_within(struct opt *o, const struct expr *x,
    const struct symbol_list *l);
bool expr_reads_any(struct opt *o, const struct expr *x,
    const struct symbol_list *l);
/* x is left = right (or IS NOT DISTINCT FROM: *null_safe), each side reading
 * one of the lists only and something of it: the sides, in the lists' order. */
bool expr_equi_sides(struct opt *o, struct expr *x,
    const struct symbol_list *left, const struct symbol_list *right,
    struct expr *sides[2], bool *null_safe);
/* The name of a comparison's function: "=", "<", ...; NULL: none. */
const char *expr_operator(const struct expr *x);
/* A call of an operator; NULL with the error set when there is none. */
struct expr *expr_binary(struct opt *o, const char *op, struct expr *l,
    struct expr *r);
struct expr *expr_coalesce2(struct opt *o, struct expr *x, struct expr *y);
struct expr *expr_negate(struct opt *o, struct expr *x);
struct expr *expr_if3(struct opt *o, struct expr *c, struct expr *x,
    struct expr *y);
struct expr *expr_null_test(struct opt *o, struct expr *x);
struct expr *expr_fold_in(struct opt *o, struct expr *x);
/* Folds, takes shared terms out of ORs, drops repeated terms. */
struct expr *expr_simplify(struct opt *o, struct expr *x);
/* Is the value surely not true when all symbols of l are NULL? */
bool expr_rejects_nulls(struct opt *o, struct expr *x,
    const struct symbol_list *l);
/* An expression's symbol over node: its own, or a new column of *node. */
int expr_as_symbol(struct opt *o, struct plan_node **node, struct expr *x,
    const char *hint);
int opt_enter(struct opt *o);
/* An aggregate by name over the symbols; false: there is none (error set). */
bool opt_aggregate(struct opt *o, const char *name, const int *args, int n,
    struct plan_agg *out);

/* stats.c */
struct stats_column {
	double distinct;        /* negative: unknown */
	double nulls;           /* fraction; negative: unknown */
	double low, high;       /* as numbers; NAN: unknown */
	double bytes;           /* average; negative: unknown */
};
struct stats {
	struct opt *o;
	struct stats_column *v; /* by symbol */
	int n;
};
void stats_init(struct opt *o, struct stats *s);
/* Fills rows and bytes of the nodes of the tree. */
int stats_estimate(struct stats *s, struct plan_node *n);
/* Of a node whose children are estimated. */
int stats_estimate_one(struct stats *s, struct plan_node *n);
double stats_selectivity(struct stats *s, const struct expr *x);
/* Rows of a join of two estimated sides; negative: unknown. */
double stats_join_rows(struct stats *s, const struct plan_node *left,
    const struct plan_node *right, const struct expr_list *terms);
double stats_row_bytes(struct stats *s, const struct symbol_list *l);

#endif
