/* SPDX-License-Identifier: Apache-2.0
 * code.h - types and constants as msgpack, for expressions and domains.
 * Private to expr/. */
#ifndef EXPR_CODE_H
#define EXPR_CODE_H

#include "base/mpack.h"
#include "expr/expr.h"

void code_put_type(struct mpack_writer *w, const struct type *t);
int code_get_type(struct arena *a, struct mpack_reader *r,
    const struct type **out, struct err *e);
/* A one-row vector; NULL as nil. */
void code_put_value(struct mpack_writer *w, const struct vec *v);
/* The pool owns *out; NULL for nil. */
int code_get_value(struct expr_pool *p, struct mpack_reader *r,
    const struct type *t, struct vec **out, struct err *e);

/* Could the tree be evaluated?  What comes from another node is checked as
 * the binder's own work need not be: argument types, counts, fields. */
int expr_check(struct arena *a, const struct expr *x,
    const struct mpack_reader *r, struct err *e);

#endif
