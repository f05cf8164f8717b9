/* SPDX-License-Identifier: Apache-2.0
 * cast.h - CAST between any two types that type_can_cast() allows, over
 * vectors.  Used by expr/. */
#ifndef FUNC_CAST_H
#define FUNC_CAST_H

#include "func/func.h"

/* Could a row fail? */
bool cast_can_fail(const struct type *from, const struct type *to);
/* CAST(in AS to) for rows *sel of `in` (flat or constant): *out is a flat
 * vector of page_rows rows (any form for a cast that changes no bits), a
 * reference for the caller.  Rows that fail are recorded; NULLs stay NULL.
 * 0, or an error that ends the query. */
int cast_run(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *sel, struct vec **out, struct err *e);
/* All rows of a flat vector of any length; failed rows are NULL, their errors
 * not reported. */
int cast_all(struct eval *ev, struct vec *in, const struct type *to,
    struct vec **out, struct err *e);

#endif
