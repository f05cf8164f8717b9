/* SPDX-License-Identifier: Apache-2.0
 * tree.h - making logical plan nodes, looking at them and copying them.
 *
 * All that is made lives in the plan's arena.  One thread at a time. */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include "plan/plan.h"

const char *plan_node_name(enum plan_node_kind kind);   /* "TableScan" */

/* A new symbol; hint becomes its name, made unique by a number. */
int plan_symbol_new(struct plan *p, const char *hint, const struct type *t);
struct expr *plan_symbol_expr(const struct plan *p, int symbol);
const struct type *plan_symbol_type(const struct plan *p, int symbol);
void symbol_list_add(struct arena *a, struct symbol_list *l, int symbol);
bool symbol_list_has(const struct symbol_list *l, int symbol);

struct plan_node *plan_node_new(struct plan *p, enum plan_node_kind kind,
    int n_child);
/* The usual nodes over a child, with their out set. */
struct plan_node *plan_filter(struct plan *p, struct plan_node *child,
    struct expr *predicate);    /* child itself when the predicate is true */
struct plan_node *plan_project(struct plan *p, struct plan_node *child,
    const struct plan_assign *v, int n);
/* The child's columns and n more. */
struct plan_node *plan_extend(struct plan *p, struct plan_node *child,
    const struct plan_assign *v, int n);
struct plan_node *plan_join(struct plan *p, enum plan_join_kind kind,
    struct plan_node *left, struct plan_node *right, struct expr *on);
struct plan_node *plan_limit(struct plan *p, struct plan_node *child,
    int64_t limit, int64_t offset);
struct plan_node *plan_aggregate(struct plan *p, struct plan_node *child,
    const struct symbol_list *keys, const struct plan_agg *v, int n);
/* Recomputes out of a node whose children have changed (those kinds that
 * pass columns on). */
void plan_node_reout(struct plan *p, struct plan_node *n);

/* Looks at, or changes, what one node (not its children) holds; members may
 * be NULL. */
struct plan_visitor {
	void *arg;
	void (*expr)(void *arg, struct expr **slot);
	void (*use)(void *arg, int *symbol);    /* read beside expressions */
	void (*make)(void *arg, int *symbol);   /* made here; a projection of
						 * a symbol to itself too */
};
void plan_node_visit(struct plan_node *n, const struct plan_visitor *v);
/* Adds the symbols that the node itself reads. */
void plan_node_uses(struct plan *p, struct plan_node *n,
    struct symbol_list *out);
void plan_expr_uses(struct arena *a, const struct expr *x,
    struct symbol_list *out);
/* x with symbols replaced: map[s] is the new number or s. */
struct expr *plan_expr_map(struct plan *p, struct expr *x, const int *map);
/* x with inputs replaced by expressions: with[i] for symbols[i]. */
struct expr *plan_expr_substitute(struct plan *p, struct expr *x,
    const struct plan_assign *v, int n);
/* Symbols that the tree reads but does not make: its correlation. */
void plan_free_symbols(struct plan *p, struct plan_node *n,
    struct symbol_list *out);
/* Replaces symbols that the tree reads (not those that it makes): map[s] is
 * the new number or s itself. */
void plan_replace_symbols(struct plan *p, struct plan_node *n,
    const int *map);
/* A copy with new symbols and ids; map (plan's symbol count before the call,
 * may be NULL) gets old to new. */
struct plan_node *plan_copy(struct plan *p, const struct plan_node *n,
    int *map);
/* The logical tree as text, for tests and debugging. */
void plan_print(struct sbuf *to, const struct plan *p,
    const struct plan_node *n);

#endif
