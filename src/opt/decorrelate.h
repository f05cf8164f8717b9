/* SPDX-License-Identifier: Apache-2.0
 * decorrelate.h - what the files that remove APPLY share.  Private to
 * src/opt.
 *
 * A subquery's tree is freed of the outer query's symbols by pulling the
 * terms that read them up, into the condition of the join that takes the
 * APPLY's place.  Where terms pass an aggregation or a limit, the columns
 * that they compare become keys of it. */
#ifndef OPT_DECORRELATE_H
#define OPT_DECORRELATE_H

#include "opt/pass.h"

struct pull {
	struct opt *o;
	struct symbol_list outer;       /* the symbols to get rid of */
	struct expr_list terms; /* the condition, over outer and node */
	struct { struct plan_assign *v; int n, cap; } late;
	bool any_terms;         /* terms need not be equalities below
				 * aggregations (there are none) */
	/* A global aggregation has been given keys: its results for outer
	 * rows without match; symbol -> value. */
	bool was_global;
	struct { struct plan_assign *v; int n, cap; } empty;
	bool unique;            /* at most one row for an outer row */
};

/* Frees *n of p->outer; false: it cannot be done this way. */
bool pull_up(struct pull *p, struct plan_node **n);
bool pull_is_correlated(struct pull *p, struct plan_node *n);

/* Each takes an APPLY whose children are free of others and gives what
 * stands for it. */
int apply_scalar(struct opt *o, struct plan_node *a, struct plan_node **out);
int apply_exists(struct opt *o, struct plan_node *a, struct plan_node **out);
int apply_in(struct opt *o, struct plan_node *a, struct plan_node **out);
int apply_quantified(struct opt *o, struct plan_node *a,
    struct plan_node **out);
int apply_lateral(struct opt *o, struct plan_node *a,
    struct plan_node **out);
int apply_unsupported(struct opt *o, const struct plan_node *a);
/* Grouping the outer rows: computes the aggregation at the subquery's top
 * over a left join of numbered outer rows.  *out NULL: not of that form. */
int apply_by_grouping(struct opt *o, struct plan_node *a,
    struct plan_node **out);
/* Projections and filters over UNNEST of the outer row's arrays. */
int apply_unnest(struct opt *o, struct plan_node *a, struct plan_node **out);
struct symbol_list apply_correlation(struct opt *o, struct plan_node *a);
struct plan_node *apply_row_id(struct opt *o, struct plan_node *n, int *id);
/* child with symbol := x besides its columns. */
struct plan_node *apply_result(struct opt *o, struct plan_node *child,
    int symbol, struct expr *x);

#endif
