/* SPDX-License-Identifier: Apache-2.0
 * planner.h - SQL to plans in tests: catalogs tpch, tpch_standard, memory,
 * blackhole and system, a session in tpch.tiny, one call a statement. */
#ifndef T_LIB_PLANNER_H
#define T_LIB_PLANNER_H

#include "opt/opt.h"
#include "plan/bind.h"

struct planner {
	struct catalog_set *catalogs;
	struct conn_world world;
	struct session_context context;
	struct plan_session session;
	struct conf properties;
	struct opt_options options;
	/* Of the last statement, until the next. */
	struct arena arena;
	struct expr_pool pool;
	struct plan *plan;
	struct frag_plan *fragments;    /* NULL: it is no query */
	struct err err;
};

void planner_init(struct planner *p);
void planner_release(struct planner *p);
/* Parses, binds and, when it has a root, plans; checks the fragments. */
int planner_run(struct planner *p, const char *sql);
/* "name type, name type" of the last plan's columns; or the error as
 * "NAME: message". free() frees. */
char *planner_columns(struct planner *p, const char *sql);
/* EXPLAIN's text, or the error. free() frees. */
char *planner_explain(struct planner *p, const char *sql);

#endif
