/* SPDX-License-Identifier: Apache-2.0
 * show.h - answers that the binder makes of constants.  Private to
 * src/plan. */
#ifndef PLAN_SHOW_H
#define PLAN_SHOW_H

#include "plan/binder.h"

/* Rows in the making: cells are added one after another. */
struct show_rows {
	const char *const *names;
	const struct type *const *types;
	int columns;
	int like;               /* the column that LIKE is about; -1: none */
	struct { struct expr **v; int n, cap; } cells;
};

void show_init(struct show_rows *r, const char *const *names,
    const struct type *const *types, int columns);
void show_cell(struct binder *b, struct show_rows *r, struct expr *x);
/* A text of the column's type; NULL: NULL. */
void show_text(struct binder *b, struct show_rows *r, const char *z);
/* Makes the statement a query that answers the rows. */
int show_answer(struct binder *b, const struct show_rows *r,
    const struct show_node *n);
/* The table of a SHOW, or its error. */
int show_find_table(struct binder *b, const struct node *at,
    const struct name_node *n, struct table_name *name,
    struct conn_table **out);

/* show_create.c, show_stats.c */
int show_create_table(struct binder *b, const struct show_node *n);
int show_create_schema(struct binder *b, const struct show_node *n);
int show_stats(struct binder *b, const struct show_node *n);

#endif
