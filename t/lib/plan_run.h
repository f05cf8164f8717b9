/* SPDX-License-Identifier: Apache-2.0
 * plan_run.h - runs all fragments of a plan, one after another, in one
 * process without actors: each fragment is one task; its output is kept and
 * read by the next. */
#ifndef T_LIB_PLAN_RUN_H
#define T_LIB_PLAN_RUN_H

#include "task_run.h"

struct plan_result {
	struct page_list out;   /* of the root fragment */
	struct sbuf stats;      /* a line an operator, when asked for */
	bool want_stats;
};

int plan_run(const struct frag_plan *plan, const struct run_options *o,
    struct plan_result *r, struct err *e);
void plan_result_release(struct plan_result *r);

#endif
