/* SPDX-License-Identifier: Apache-2.0
 * query_parse.c - from text to a bound plan; apart from query_plan.c because
 * the tree of a statement and the physical plan share words. */
#include "actors/query_parse.h"

#include "plan/bind.h"
#include "sql/parse.h"

int
query_parse(struct arena *a, struct expr_pool *pool,
    const struct plan_session *s, struct str sql, struct plan **out,
    struct err *e)
{
	struct node *statement;
	int rc = sql_parse(a, sql, &statement, e);

	return rc != 0 ? rc : plan_statement(a, pool, s, statement, out, e);
}
