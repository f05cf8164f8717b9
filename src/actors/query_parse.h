/* SPDX-License-Identifier: Apache-2.0
 * query_parse.h - parses and binds a statement.  Planning thread. */
#ifndef ACTORS_QUERY_PARSE_H
#define ACTORS_QUERY_PARSE_H

#include "plan/plan.h"
#include "plan/session.h"

/* All that comes out lives in a and pool. */
int query_parse(struct arena *a, struct expr_pool *pool,
    const struct plan_session *s, struct str sql, struct plan **out,
    struct err *e);

#endif
