/* SPDX-License-Identifier: Apache-2.0
 * graph.h - a tree of inner joins as a graph: relations, and the terms
 * between them.  Private to src/opt. */
#ifndef OPT_GRAPH_H
#define OPT_GRAPH_H

#include "opt/infer.h"

enum { GRAPH_MAX = 64, GRAPH_DP_MAX = 11 };

struct graph_term {
	struct expr *x;
	uint64_t mask;          /* the relations that it reads */
	int class;              /* of column = column; -1: another term */
};

/* A column of an equivalence class in one relation. */
struct graph_member {
	int class, symbol, leaf;
};

struct graph {
	struct opt *o;
	struct stats *stats;
	int n;
	struct plan_node *leaf[GRAPH_MAX];
	struct { struct graph_term *v; int n, cap; } terms;
	struct { struct graph_member *v; int n, cap; } members;
	int n_classes;
	struct { struct plan_assign *v; int n, cap; } late;     /* projections
				 * that were in between: computed on top */
	bool full;              /* there were more relations than fit */
};

/* A set of relations joined in some order. */
struct graph_plan {
	uint64_t mask;
	double rows, cost;
	int left, right;        /* plans; -1: a relation */
	int leaf;
};

/* Takes the joins under n apart. */
void graph_take(struct graph *g, struct plan_node *n);
void graph_finish(struct graph *g);
void graph_close_leaves(struct graph *g);
bool graph_connected(const struct graph *g, uint64_t a, uint64_t b);
/* Rows of the join of two disjoint sets. */
double graph_rows(const struct graph *g, const struct graph_plan *a,
    const struct graph_plan *b);
/* The condition of that join: one equality a class, and what else has all
 * that it reads now. */
struct expr *graph_condition(const struct graph *g, uint64_t a, uint64_t b);

#endif
