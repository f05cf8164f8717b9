/* SPDX-License-Identifier: Apache-2.0
 * print.c - trees to text: the layout, and that the text reads back. */
#include <stdlib.h>

#include "corpus.h"
#include "sql/parse.h"
#include "sql/print.h"
#include "tap.h"

static void
prints(const char *sql, const char *want)
{
	struct sbuf b = { 0 };
	struct node *n;
	struct arena a;
	struct err e = { 0 };

	arena_init(&a);
	if (sql_parse(&a, str_of(sql), &n, &e) == 0)
		sql_print(&b, n);
	else
		sbuf_addf(&b, "%d:%d %s", e.line, e.column, e.text);
	is_str(sbuf_z(&b), want, sql);
	sbuf_release(&b);
	arena_release(&a);
}

static void
expression(const char *sql, const char *want)
{
	struct sbuf b = { 0 };
	struct node *n;
	struct arena a;
	struct err e = { 0 };

	arena_init(&a);
	if (sql_parse_expression(&a, str_of(sql), &n, &e) == 0)
		sql_print_expression(&b, n);
	else
		sbuf_addf(&b, "%d:%d %s", e.line, e.column, e.text);
	is_str(sbuf_z(&b), want, sql);
	sbuf_release(&b);
	arena_release(&a);
}

static void
test_expressions(void)
{
	expression("a+b*c", "(a + (b * c))");
	expression("a AND b AND (c AND d)", "(a AND b AND (c AND d))");
	expression("NOT a = b OR c", "((NOT (a = b)) OR c)");
	expression("'a' || 'b' || c", "concat(concat('a', 'b'), c)");
	expression("-(1)", "-(1)");
	expression("-1", "-1");
	expression("- a", "-(a)");
	expression("1.50", "DECIMAL '1.50'");
	expression("15e-1", "1.5E0");
	expression("100e0", "1E2");
	expression("\"Ab\".cD", "\"Ab\".cD");
	expression("x->x+1", "((x) -> (x + 1))");
	expression("f(x->x+1)", "f((x) -> (x + 1))");
	expression("a NOT IN (1,2)", "(a NOT IN (1, 2))");
	expression("CAST(x AS timestamp (3) with time zone)",
	    "CAST(x AS timestamp(3) with time zone)");
	expression("[1,2]", "ARRAY[1,2]");
	expression("substring(a from 2)", "substr(a, 2)");
	expression("date '2001-02-03'", "date '2001-02-03'");
	expression("x'0aF'", "1:1 Binary literal must contain an even number "
	    "of digits");
	expression("json_value(x, 'lax $')", "JSON_VALUE(x FORMAT JSON, "
	    "'lax $' NULL ON EMPTY NULL ON ERROR)");
}

static void
test_statements(void)
{
	prints("select a, b as c from t, u where a > 1 group by a order by 1",
	    "SELECT\n  a\n, b c\nFROM\n  t\n, u\nWHERE (a > 1)\n"
	    "GROUP BY a\nORDER BY 1 ASC");
	prints("CREATE VIEW v AS SELECT name FROM b WHERE regionkey = 3",
	    "CREATE VIEW v AS\nSELECT name\nFROM\n  b\n"
	    "WHERE (regionkey = 3)");
	prints("SELECT * FROM a JOIN b ON x LEFT JOIN c USING (d)",
	    "SELECT *\nFROM\n  ((a\nINNER JOIN b ON x)\n"
	    "LEFT JOIN c USING (d))");
	prints("WITH a AS (SELECT 1) TABLE a",
	    "WITH\n  a AS (\n   SELECT 1\n\n) \nTABLE a");
	prints("INSERT INTO t VALUES (1, 2)",
	    "INSERT INTO t\n VALUES \n  ROW(1, 2)");
}

static void
test_corpus(void)
{
	struct str rest = str_of(corpus), sql;
	bool more, parsed, good = true, all = true;
	int n = 0;

	do {
		more = sql_split(&rest, &sql);
		n++;
		good &= round_trip(sql, &parsed);
		if (!parsed)
			diag("no statement: %.*s", STR_ARG(sql));
		all &= parsed;
	} while (more);
	ok(all, "all of the corpus parses");
	ok(good, "%d statements read back as they were", n);
	ok(n > 120, "the script was cut at its semicolons");
}

/* The text of `times` repetitions between head and tail. */
static char *
repeated(const char *head, const char *what, int times, const char *tail)
{
	struct sbuf b = { 0 };

	sbuf_addz(&b, head);
	while (times-- > 0)
		sbuf_addz(&b, what);
	sbuf_addz(&b, tail);
	return sbuf_take(&b);
}

static void
test_chains(void)
{
	static const char *const chains[][2] = {
		{ "SELECT 1", " + 1" }, { "SELECT 'a'", " || 'b'" },
		{ "SELECT a", " AND b" }, { "SELECT a", " OR b" },
		{ "SELECT 1", " UNION ALL SELECT 1" },
		{ "SELECT * FROM a", " CROSS JOIN b" },
		{ "SELECT * FROM a", ", b" }, { "SELECT 1 IN (1", ", 2" },
	};
	size_t i;

	for (i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		char *z = repeated(chains[i][0], chains[i][1], 8000,
		    chains[i][0][7] == '1' && chains[i][1][0] == ','
		    ? ")" : "");
		bool parsed, good = round_trip(str_of(z), &parsed);

		ok(good && parsed, "8,000 times%s", chains[i][1]);
		free(z);
	}
}

int
main(void)
{
	struct sbuf b = { 0 };

	test_expressions();
	test_statements();
	test_corpus();
	test_chains();
	sql_print_ident(&b, STR("plain"));
	sql_print_ident(&b, STR("two words"));
	sql_print_ident(&b, STR("select"));
	sql_print_string(&b, STR("it's"));
	is_str(sbuf_z(&b), "plain\"two words\"\"select\"'it''s'",
	    "names and strings with the quotes that they need");
	sbuf_release(&b);
	return tap_done();
}
