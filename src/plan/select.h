/* SPDX-License-Identifier: Apache-2.0
 * select.h - what the files that bind one SELECT share: its items, groups,
 * and the expressions that stand for them.  Private to src/plan. */
#ifndef PLAN_SELECT_H
#define PLAN_SELECT_H

#include "plan/binder.h"

/* An output column. */
struct select_item {
	struct expr *expr;      /* over FROM; over the groups once mapped */
	struct node *ast;       /* NULL: of a star */
	const char *name;       /* NULL: none */
	const struct field *field;      /* of a star: what it is */
	int symbol;             /* what it becomes */
	struct origin origin;
};

struct select_items {
	struct select_item *v;
	int n, cap;
};

struct sort_key_expr {
	struct expr *expr;
	const struct sort_item_node *ast;
	int item;               /* an ordinal's column; -1 */
};

/* Grouping sets: lists of key numbers. */
struct group_sets {
	struct symbol_list *v;
	int n, cap;
};

struct select_group {
	bool present;           /* GROUP BY is written or aggregates are */
	int n_keys, cap_keys;
	struct expr **keys;     /* over FROM */
	struct group_sets sets; /* none: one of all keys */
	int *key_symbols;       /* output symbols of keys */
	int id_symbol;          /* -1: one set only */
	struct symbol_list source;      /* FROM's symbols: out of reach */
};

struct select_build {
	struct binder *b;
	const struct query_spec_node *q;
	const struct scope *outer;
	struct scope scope;     /* FROM */
	struct relation from;
	struct plan_node *node; /* grows upwards */
	struct select_items items;
	struct agg_list aggs;
	struct window_list windows;
	struct grouping_list groupings;
	struct subquery_list before, after;     /* grouping */
	struct select_group group;
	struct expr *having;
	struct sort_key_expr *order;
	int n_order;
};

struct expr_context select_context(struct select_build *s);
/* select_items.c */
int select_bind_items(struct select_build *s);
/* select_group.c */
int select_bind_group_by(struct select_build *s);
int select_group_node(struct select_build *s);
/* x over the groups instead of FROM's rows; at: the expression to blame. */
int select_map(struct select_build *s, struct expr *x, struct node *at,
    const char *format, struct expr **out);
int select_map_subqueries(struct select_build *s);
/* select_window.c */
int select_windows(struct select_build *s);

#endif
