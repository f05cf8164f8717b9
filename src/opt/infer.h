/* SPDX-License-Identifier: Apache-2.0
 * infer.h - what follows from a conjunction.  Private to src/opt. */
#ifndef OPT_INFER_H
#define OPT_INFER_H

#include "opt/pass.h"

/* Columns known to be equal: a union-find over symbols. */
struct classes {
	struct opt *o;
	int n;                  /* symbols */
	int *parent;
};
void classes_init(struct opt *o, struct classes *c);
int classes_find(struct classes *c, int symbol);
/* Unites the two sides of every column = column among the terms. */
void classes_add(struct classes *c, const struct expr_list *terms);
/* Is it column = column (of one type)? */
bool classes_is_equality(const struct expr *x, int *left, int *right);

/* Adds to the conjunction what its equalities say of single columns: from
 * a = b and p(a), p(b). */
void infer_terms(struct opt *o, struct expr_list *terms);
/* Adds, for every OR, the weaker condition that it puts on columns of l
 * alone: (a AND x) OR (b AND y) implies a OR b. */
void infer_or_sides(struct opt *o, struct expr_list *terms,
    const struct symbol_list *l);

#endif
