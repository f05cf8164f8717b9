/* SPDX-License-Identifier: Apache-2.0
 * regexp_rows.h - the pattern of each row, for kernels whose argument 1 is a
 * regular expression.  Private to func/. */
#ifndef FUNC_REGEXP_ROWS_H
#define FUNC_REGEXP_ROWS_H

#include "func/kernel.h"
#include "func/regexp.h"

struct regexp_rows {
	struct eval *ev;
	const struct func_args *args;
	const struct regexp *use;       /* bound, or own */
	struct regexp own;
	struct str text;                /* of own */
	struct regexp_search search;
};

int regexp_prepare(const struct type *const *types,
    const struct vec *const *value, int n, void **bound, struct err *e);
void regexp_unprepare(void *bound);

void regexp_rows_begin(struct regexp_rows *p, struct eval *ev,
    const struct func_args *args);
/* p->search for row i; NULL: its pattern is bad, an error was recorded. */
struct regexp_search *regexp_rows_at(struct regexp_rows *p, uint32_t i);
/* After regexp_rows_at(): is there a match of x at or behind from? */
bool regexp_rows_find(struct regexp_rows *p, uint32_t i, struct str x,
    size_t from);
void regexp_rows_end(struct regexp_rows *p);

#define REGEXP(sig, fn, text) \
	{ .signature = sig, .kernel = fn, .prepare = regexp_prepare, \
	    .unprepare = regexp_unprepare, .help = text }

#endif
