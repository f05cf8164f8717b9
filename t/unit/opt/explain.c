/* SPDX-License-Identifier: Apache-2.0
 * explain.c - what the optimizer makes of queries, seen in EXPLAIN: parts
 * that must, and (behind a !) must not, be in its text, in order. */
#include <stdio.h>
#include <stdlib.h>

#include "planner.h"
#include "tap.h"

static const struct {
	const char *name, *sql;
	const char *parts[6];
} cases[] = {
	{ "a filter goes into the scan and to the connector",
	    "SELECT name FROM nation WHERE regionkey = 1 + 1",
	    { "ScanFilterProject[table = tpch:tiny:nation, filterPredicate "
	    "= (regionkey = bigint '2')", "Domains: regionkey",
	    "!FilterProject[filter" } },
	{ "columns that nobody reads are not read",
	    "SELECT count(*) FROM (SELECT name, comment FROM nation)",
	    { "Aggregate[]", "count(*)", "TableScan", "!comment :=",
	    "!name :=" } },
	{ "constants spread over equalities",
	    "SELECT * FROM nation n JOIN region r ON n.regionkey = "
	    "r.regionkey WHERE n.regionkey = 3",
	    { "filterPredicate = (regionkey", "= bigint '3')",
	    "filterPredicate = (regionkey", "= bigint '3')" } },
	{ "a filter turns LEFT JOIN into an inner one",
	    "SELECT * FROM nation n LEFT JOIN region r ON n.regionkey = "
	    "r.regionkey WHERE r.name = 'ASIA'", { "InnerJoin[" } },
	{ "IS NULL leaves it",
	    "SELECT n.name FROM nation n LEFT JOIN region r ON n.regionkey = "
	    "r.regionkey WHERE r.name IS NULL", { "!InnerJoin[" } },
	{ "IN is a semi join",
	    "SELECT name FROM nation WHERE regionkey IN (SELECT regionkey "
	    "FROM region WHERE name = 'ASIA')", { "SemiJoin[criteria" } },
	{ "NOT EXISTS is an anti join",
	    "SELECT name FROM region r WHERE NOT EXISTS (SELECT 1 FROM "
	    "nation n WHERE n.regionkey = r.regionkey AND n.name > 'M')",
	    { "AntiJoin[criteria", "> 'M'" } },
	{ "a correlated average groups by its key",
	    "SELECT name FROM nation n WHERE nationkey > (SELECT "
	    "avg(nationkey) FROM nation m WHERE m.regionkey = n.regionkey)",
	    { "InnerJoin[criteria", "filter = ", "Aggregate[keys = " } },
	{ "a correlated count is 0 where there is nothing",
	    "SELECT name, (SELECT count(*) FROM nation n WHERE n.regionkey = "
	    "r.regionkey) FROM region r",
	    { "COALESCE(count", "Join[criteria", "Aggregate[keys" } },
	{ "ORs share what all of their branches say",
	    "SELECT count(*) FROM nation n, region r WHERE (n.regionkey = "
	    "r.regionkey AND n.name = 'CHINA') OR (n.regionkey = r.regionkey "
	    "AND r.name = 'ASIA')",
	    { "InnerJoin[criteria = ", "filter = (" } },
	{ "an OR over two tables filters each",
	    "SELECT count(*) FROM nation n, region r WHERE n.regionkey = "
	    "r.regionkey AND ((n.name = 'CHINA' AND r.name = 'ASIA') OR "
	    "(n.name = 'FRANCE' AND r.name = 'EUROPE'))",
	    { "filter = (", "nation, filterPredicate = ((name = 'CHINA') OR "
	    "(name = 'FRANCE'))" } },
	{ "LIMIT over ORDER BY is TopN",
	    "SELECT name FROM nation ORDER BY regionkey, name DESC LIMIT 3",
	    { "TopN[count = 3, orderBy = [regionkey ASC NULLS LAST, name "
	    "DESC NULLS LAST]]", "!Sort[" } },
	{ "LIMIT goes to the scan",
	    "SELECT name FROM nation LIMIT 3",
	    { "Limit[count = 3]", "limit = 3" } },
	{ "one DISTINCT argument groups twice",
	    "SELECT regionkey, count(DISTINCT name) FROM nation GROUP BY 1",
	    { "Aggregate[keys = [regionkey]]",
	    "Aggregate[keys = [regionkey, name]]" } },
	{ "two DISTINCT arguments are left to the aggregation",
	    "SELECT count(DISTINCT name), count(DISTINCT regionkey) FROM "
	    "nation", { "count(DISTINCT name)" } },
	{ "FALSE leaves no scan",
	    "SELECT * FROM nation WHERE 1 = 2", { "Values[]",
	    "!TableScan" } },
	{ "the small side is built, filters flow to the probe side",
	    "SELECT * FROM region r JOIN nation n ON r.regionkey = "
	    "n.regionkey WHERE r.name = 'ASIA'",
	    { "InnerJoin[", "tpch:tiny:nation, dynamicFilters = {",
	    "tpch:tiny:region" } },
	{ "a predicate goes through UNION ALL and projections",
	    "SELECT * FROM (SELECT nationkey + 1 AS x FROM nation UNION ALL "
	    "SELECT regionkey FROM region) WHERE x = 7",
	    { "Union[]", "filterPredicate = ((nationkey + bigint '1') = "
	    "bigint '7')", "filterPredicate = (regionkey" } },
	{ "a predicate on keys goes below GROUP BY",
	    "SELECT * FROM (SELECT regionkey, count(*) c FROM nation GROUP "
	    "BY 1) WHERE regionkey = 2 AND c > 1",
	    { "Filter[filterPredicate = (count > bigint '1')]",
	    "Aggregate[", "filterPredicate = (regionkey = bigint '2')" } },
	{ "EXCEPT counts sides",
	    "SELECT regionkey FROM nation EXCEPT SELECT regionkey FROM "
	    "region WHERE name = 'ASIA'",
	    { "= bigint '0'", "Aggregate[", "Union[]" } },
	{ "INTERSECT ALL numbers rows",
	    "SELECT regionkey FROM nation INTERSECT ALL SELECT regionkey "
	    "FROM region", { "Window[partitionBy", "row_number()" } },
	{ "windows of one specification share a node",
	    "SELECT rank() OVER w, sum(nationkey) OVER w FROM nation WINDOW "
	    "w AS (PARTITION BY regionkey ORDER BY name)",
	    { "Window[partitionBy = [regionkey], orderBy = [name ASC NULLS "
	    "LAST]]", "rank", "sum(nationkey)", "!Window[" } },
	{ "ORDER BY within a subquery is dropped",
	    "SELECT count(*) FROM (SELECT name FROM nation ORDER BY name)",
	    { "!Sort[" } },
};

/* All parts in their order; those behind ! nowhere behind the last found. */
static bool
has_parts(const char *text, const char *const *parts, const char **missed)
{
	const char *at = text;

	for (int i = 0; i < 6 && parts[i] != NULL; i++) {
		const char *found;

		*missed = parts[i];
		if (parts[i][0] == '!') {
			if (strstr(at, parts[i] + 1) != NULL)
				return false;
			continue;
		}
		if ((found = strstr(at, parts[i])) == NULL)
			return false;
		at = found + strlen(parts[i]);
	}
	return true;
}

static void
test_cases(struct planner *p)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = planner_explain(p, cases[i].sql);
		const char *missed = "";

		if (!ok(has_parts(text, cases[i].parts, &missed), "%s",
		    cases[i].name))
			diag("%s\n%s", missed, text);
		free(text);
	}
}

static int
count(const char *text, const char *part)
{
	int n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

/* Exchanges appear when there are several nodes. */
static void
test_distribution(struct planner *p)
{
	const char *sql = "SELECT r.name, count(*) FROM nation n JOIN region "
	    "r ON n.regionkey = r.regionkey GROUP BY r.name ORDER BY 2";
	char *text = planner_explain(p, sql);

	is_int(count(text, "Fragment "), 1, "one node, one fragment");
	free(text);
	p->options = (struct opt_options){ .nodes = 3 };
	text = planner_explain(p, sql);
	ok(count(text, "\nFragment ") >= 4, "several nodes, several "
	    "fragments");
	ok(count(text, "type = PARTIAL") == 1 &&
	    count(text, "type = FINAL") == 1, "aggregation in two steps");
	ok(count(text, "RemoteMerge") == 1, "sorted streams are merged");
	free(text);
	conf_set(&p->properties, STR("join_distribution_type"),
	    STR("BROADCAST"), "test", 1, &p->err);
	text = planner_explain(p, sql);
	ok(count(text, "distribution = REPLICATED") == 1 &&
	    count(text, "Output partitioning: BROADCAST") == 1,
	    "join_distribution_type=BROADCAST");
	free(text);
	conf_set(&p->properties, STR("join_distribution_type"),
	    STR("PARTITIONED"), "other", 1, &p->err);
	text = planner_explain(p, sql);
	ok(count(text, "Output partitioning: HASH") >= 2,
	    "join_distribution_type=PARTITIONED");
	free(text);
	text = planner_explain(p, "SELECT name FROM nation ORDER BY name "
	    "LIMIT 2");
	ok(count(text, "TopNPartial[") == 1 && count(text, "TopN[") == 1,
	    "TopN per task, then of all");
	free(text);
	p->options = (struct opt_options){ .single_node = true, .nodes = 1 };
}

/* The larger a join's result, the later it comes. */
static void
test_order(struct planner *p)
{
	char *text;

	p->session.catalog = "tpch_standard";
	p->session.schema = "sf1";
	text = planner_explain(p, "SELECT count(*) FROM lineitem, orders, "
	    "customer WHERE c_custkey = o_custkey AND l_orderkey = "
	    "o_orderkey AND c_mktsegment = 'BUILDING'");
	ok(strstr(text, ":lineitem") < strstr(text, ":orders") &&
	    strstr(text, ":orders") < strstr(text, ":customer"),
	    "lineitem probes orders, which probe customer");
	is_int(count(text, "CrossJoin"), 0, "no product");
	free(text);
	text = planner_explain(p, "SELECT count(*) FROM customer, lineitem, "
	    "orders WHERE c_custkey = o_custkey AND l_orderkey = "
	    "o_orderkey");
	is_int(count(text, "CrossJoin"), 0, "whatever the order written");
	free(text);
	p->session.catalog = "tpch";
	p->session.schema = "tiny";
}

static void
test_explain(struct planner *p)
{
	char *text = planner_columns(p, "EXPLAIN SELECT 1");

	ok(strncmp(text, "Query Plan varchar(", 19) == 0, "EXPLAIN answers");
	free(text);
	text = planner_columns(p, "EXPLAIN (TYPE VALIDATE) SELECT 1");
	is_str(text, "Valid boolean", "EXPLAIN (TYPE VALIDATE)");
	free(text);
}

int
main(void)
{
	struct planner p;

	planner_init(&p);
	test_cases(&p);
	test_distribution(&p);
	test_order(&p);
	test_explain(&p);
	planner_release(&p);
	return tap_done();
}
