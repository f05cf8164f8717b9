/* SPDX-License-Identifier: Apache-2.0
 * bind.h - from a parsed statement to a typed plan: names, types, scopes,
 * access checks, Trino's error names, texts and places.
 *
 * The folder: bind_statement.c sorts statements; bind_query.c, bind_select.c,
 * bind_from.c and bind_agg.c make relational nodes; bind_expr*.c make
 * expressions; bind_show.c rewrites SHOW; bind_define.c reads definitions. */
#ifndef PLAN_BIND_H
#define PLAN_BIND_H

#include "plan/plan.h"
#include "plan/session.h"

struct node;

/* Nesting of queries and expressions that binding takes on; beyond it the
 * statement fails with STACK_OVERFLOW.  Fits a stack of 64 MiB. */
enum { BIND_DEPTH_MAX = 2500 };

/* Binds `statement` (of sql_parse, in any arena that outlives the plan).
 * Asks connectors, so it may block: planning threads only.  *out and all in
 * it live in arena a and pool. */
int plan_statement(struct arena *a, struct expr_pool *pool,
    const struct plan_session *session, struct node *statement,
    struct plan **out, struct err *e);

#endif
