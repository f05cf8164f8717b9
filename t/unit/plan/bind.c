/* SPDX-License-Identifier: Apache-2.0
 * bind.c - names, types, scopes and errors of statements. */
#include <stdlib.h>

#include "planner.h"
#include "tap.h"

static const struct {
	const char *sql, *want;
} cases[] = {
	{ "SELECT 1, 'a' AS x, 1.50, 1e0, NULL, true, X'00'",
	    "_col0 integer, x varchar(1), _col2 decimal(3,2), _col3 double, "
	    "_col4 unknown, _col5 boolean, _col6 varbinary" },
	{ "SELECT * FROM nation",
	    "nationkey bigint, name varchar(25), regionkey bigint, "
	    "comment varchar(152)" },
	{ "SELECT N.NAME, n.* FROM nation n WHERE n.\"NAME\" > 'A'",
	    "NAME varchar(25), nationkey bigint, name varchar(25), "
	    "regionkey bigint, comment varchar(152)" },
	{ "SELECT nation.name FROM nation n", "COLUMN_NOT_FOUND: line 1:8: "
	    "Column 'nation.name' cannot be resolved" },
	{ "SELECT name FROM nation, region", "AMBIGUOUS_NAME: line 1:8: "
	    "Column 'name' is ambiguous" },
	{ "SELECT * FROM nosuch", "TABLE_NOT_FOUND: line 1:15: Table "
	    "'tpch.tiny.nosuch' does not exist" },
	{ "SELECT * FROM nosuch.nation", "SCHEMA_NOT_FOUND: line 1:15: "
	    "Schema 'nosuch' does not exist" },
	{ "SELECT * FROM a.b.c", "CATALOG_NOT_FOUND: line 1:15: Catalog 'a' "
	    "not found" },
	{ "SELECT 1 + 'a'", "TYPE_MISMATCH: line 1:10: Cannot apply "
	    "operator: integer + varchar(1)" },
	{ "SELECT regionkey, count(*), sum(nationkey) s FROM nation GROUP BY "
	    "1 HAVING count(*) > 2 ORDER BY s + 1",
	    "regionkey bigint, _col1 bigint, s bigint" },
	{ "SELECT name, count(*) FROM nation GROUP BY regionkey",
	    "EXPRESSION_NOT_AGGREGATE: line 1:8: 'name' must be an aggregate "
	    "expression or appear in GROUP BY clause" },
	{ "SELECT * FROM nation WHERE count(*) > 1",
	    "EXPRESSION_NOT_SCALAR: line 1:37: WHERE clause cannot contain "
	    "aggregations, window functions or grouping operations: "
	    "[count(*)]" },
	{ "SELECT regionkey, name, grouping(regionkey, name) g, count(*) "
	    "FROM nation GROUP BY ROLLUP (regionkey, name)",
	    "regionkey bigint, name varchar(25), g integer, _col3 bigint" },
	{ "SELECT regionkey, n.name, r.name FROM nation n JOIN region r "
	    "USING (regionkey)",
	    "regionkey bigint, name varchar(25), name varchar(25)" },
	{ "SELECT 1 AS a UNION SELECT 2.5", "a decimal(11,1)" },
	{ "SELECT 1 UNION SELECT true", "TYPE_MISMATCH: line 1:10: column 1 "
	    "in UNION query has incompatible types: integer, boolean" },
	{ "SELECT x, y FROM (VALUES (1, 'a'), (2, 'bcd')) t(x, y)",
	    "x integer, y varchar(3)" },
	{ "WITH a(x) AS (SELECT 1), b AS (SELECT x + 1 AS y FROM a) SELECT * "
	    "FROM a, b", "x integer, y integer" },
	{ "SELECT (SELECT max(name) FROM nation), EXISTS (SELECT 1), "
	    "1 IN (SELECT nationkey FROM nation)",
	    "_col0 varchar(25), _col1 boolean, _col2 boolean" },
	{ "SELECT n.name, u.x, u.o FROM nation n CROSS JOIN UNNEST(ARRAY[1, "
	    "2]) WITH ORDINALITY u(x, o)",
	    "name varchar(25), x integer, o bigint" },
	{ "SELECT rank() OVER (PARTITION BY regionkey ORDER BY name) r, "
	    "sum(nationkey) OVER w FROM nation WINDOW w AS (ORDER BY name)",
	    "r bigint, _col1 bigint" },
	{ "SELECT DISTINCT name FROM nation ORDER BY nationkey",
	    "EXPRESSION_NOT_IN_DISTINCT: line 1:1: For SELECT DISTINCT, "
	    "ORDER BY expressions must appear in select list" },
	{ "SELECT CAST(1 AS date)", "TYPE_MISMATCH: line 1:8: Cannot cast "
	    "integer to date" },
	{ "SELECT DATE 'x'", "INVALID_LITERAL: line 1:8: 'x' is not a valid "
	    "DATE literal" },
	{ "SELECT TIMESTAMP '2020-01-01 00:00:00.12 UTC', "
	    "TIME '01:02:03.4567', INTERVAL '1-2' YEAR TO MONTH",
	    "_col0 timestamp(2) with time zone, _col1 time(4), "
	    "_col2 interval year to month" },
	{ "SELECT CASE regionkey WHEN 1 THEN 'a' WHEN 2 THEN 'bc' END, "
	    "COALESCE(name, 'x'), NULLIF(1, 2), IF(true, 1, 2.0) FROM nation",
	    "_col0 varchar(2), _col1 varchar(25), _col2 integer, "
	    "_col3 decimal(11,1)" },
	{ "SHOW SESSION LIKE 'task_concurrency'", "Name varchar(63), "
	    "Value varchar(14), Default varchar(14), Type varchar(14), "
	    "Description varchar(206)" },
	{ "SET SESSION task_concurrency = 3", "INVALID_SESSION_PROPERTY: "
	    "line 1:32: task_concurrency must be a power of 2: 3" },
	{ "CREATE TABLE memory.default.t AS SELECT 1", "MISSING_COLUMN_NAME: "
	    "line 1:1: Column name not specified at position 1" },
	{ "INSERT INTO nation VALUES 1", "TYPE_MISMATCH: line 1:1: Insert "
	    "query has mismatched column types: Table: [bigint, varchar(25), "
	    "bigint, varchar(152)], Query: [integer]" },
	{ "EXECUTE nosuch", "NOT_FOUND: Prepared statement not found: "
	    "nosuch" },
	{ "COMMIT", "NOT_IN_TRANSACTION: No transaction in progress" },
};

static void
test_cases(struct planner *p)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = planner_columns(p, cases[i].sql);

		is_str(got, cases[i].want, cases[i].sql);
		free(got);
	}
}

static void
test_statements(struct planner *p)
{
	ok(planner_run(p, "USE sf1") == 0 &&
	    p->plan->statement == STATEMENT_USE &&
	    str_eq(str_of(p->plan->schema), STR("sf1")), "USE");
	ok(planner_run(p, "SET SESSION join_distribution_type = "
	    "'BROADCAST'") == 0 &&
	    p->plan->statement == STATEMENT_SET_SESSION &&
	    str_eq(p->plan->value, STR("BROADCAST")), "SET SESSION");
	ok(planner_run(p, "CREATE TABLE memory.default.t (a bigint NOT NULL,"
	    " b varchar(3) COMMENT 'x')") == 0 &&
	    p->plan->statement == STATEMENT_CREATE_TABLE &&
	    p->plan->definition.n == 2 &&
	    p->plan->definition.columns[0].not_null, "CREATE TABLE");
	ok(planner_run(p, "CREATE TABLE memory.default.t AS SELECT name, "
	    "nationkey k FROM nation") == 0 &&
	    p->plan->statement == STATEMENT_CREATE_TABLE_AS &&
	    p->plan->definition.n == 2 && p->fragments != NULL,
	    "CREATE TABLE AS");
	ok(planner_run(p, "PREPARE p FROM SELECT ? + 1") == 0 &&
	    p->plan->statement == STATEMENT_PREPARE && p->plan->value.n > 0,
	    "PREPARE keeps the text");
	ok(planner_run(p, "DROP TABLE IF EXISTS nosuch") == 0 &&
	    p->plan->statement == STATEMENT_NOTHING, "IF EXISTS");
	ok(planner_run(p, "START TRANSACTION READ ONLY") == 0 &&
	    p->plan->statement == STATEMENT_START_TRANSACTION &&
	    p->plan->transaction_read_only, "START TRANSACTION");
}

/* Nesting must end in an error, not in a crash. */
static void
test_depth(struct planner *p)
{
	struct sbuf sql = { 0 };
	int rc;

	sbuf_addz(&sql, "SELECT ");
	for (int i = 0; i < 20000; i++)
		sbuf_addz(&sql, "(1 + ");
	sbuf_addz(&sql, "1");
	for (int i = 0; i < 20000; i++)
		sbuf_addc(&sql, ')');
	rc = planner_run(p, sbuf_z(&sql));
	if (!ok(rc < 0 && strstr(p->err.text, "stack overflow") != NULL,
	    "20,000 parentheses are refused"))
		diag("%s: %s", err_name(p->err.code), p->err.text);
	sbuf_clear(&sql);
	sbuf_addz(&sql, "SELECT 0");
	for (int i = 1; i < 1000; i++)
		sbuf_addf(&sql, " UNION ALL SELECT %d", i);
	ok(planner_run(p, sbuf_z(&sql)) == 0, "a union of 1,000 is fine");
	sbuf_clear(&sql);
	sbuf_addz(&sql, "SELECT * FROM nation WHERE nationkey = 0");
	for (int i = 1; i < 3000; i++)
		sbuf_addf(&sql, " OR nationkey = %d", i);
	ok(planner_run(p, sbuf_z(&sql)) == 0, "an OR of 3,000 is fine");
	sbuf_release(&sql);
}

static int
deny(void *arg, const char *user, enum access_action action,
    const struct access_object *o, struct err *e)
{
	(void)arg;
	(void)user;
	if (action == ACCESS_SELECT && strcmp(o->name, "region") == 0)
		return err_set(e, ERR_PERMISSION_DENIED,
		    "Access Denied: Cannot select from table %s.%s.%s",
		    o->catalog, o->schema, o->name);
	return 0;
}

static int
filter_rows(void *arg, struct arena *a, const char *user,
    const struct access_object *table, const char **sql, struct err *e)
{
	(void)arg;
	(void)a;
	(void)user;
	(void)e;
	*sql = strcmp(table->name, "nation") == 0 ? "regionkey = 2" : NULL;
	return 0;
}

static int
mask_column(void *arg, struct arena *a, const char *user,
    const struct access_object *column, const char **sql, struct err *e)
{
	(void)arg;
	(void)a;
	(void)user;
	(void)e;
	*sql = strcmp(column->column, "comment") == 0 ? "'hidden'" : NULL;
	return 0;
}

static void
test_access(struct planner *p)
{
	struct access_control ac = { NULL, deny, filter_rows, mask_column };
	char *text;

	p->session.access = &ac;
	text = planner_columns(p, "SELECT * FROM region");
	is_str(text, "PERMISSION_DENIED: Access Denied: Cannot select from "
	    "table tpch.tiny.region", "a table that may not be read");
	free(text);
	text = planner_explain(p, "SELECT name, comment FROM nation");
	ok(strstr(text, "regionkey = bigint '2'") != NULL,
	    "a row filter is in the plan");
	ok(strstr(text, "'hidden'") != NULL, "and a column mask");
	free(text);
	p->session.access = NULL;
}

int
main(void)
{
	struct planner p;

	planner_init(&p);
	test_cases(&p);
	test_statements(&p);
	test_depth(&p);
	test_access(&p);
	planner_release(&p);
	return tap_done();
}
