/* SPDX-License-Identifier: Apache-2.0
 * errors.c - what is said about texts that are no statements. */
#include <stdlib.h>

#include "sql/parse.h"
#include "tap.h"

static void
fails(const char *sql, const char *want)
{
	char text[ERR_TEXT_MAX + 64];
	struct node *n;
	struct arena a;
	struct err e = { 0 };
	int r;

	arena_init(&a);
	r = sql_parse(&a, str_of(sql), &n, &e);
	if (r == 0)
		is_str("parsed", want, sql);
	else
		is_str(err_message(&e, text, sizeof(text)), want, sql);
	ok(r == 0 || (e.code == ERR_SYNTAX_ERROR && n == NULL),
	    "SYNTAX_ERROR and no tree");
	arena_release(&a);
}

static void
test_expected(void)
{
	fails("SELECT", "line 1:7: mismatched input '<EOF>'. Expecting: '*', "
	    "'ALL', 'DISTINCT', <expression>");
	fails("SELECT 1, FROM nation", "line 1:11: mismatched input 'FROM'. "
	    "Expecting: '*', <expression>");
	fails("SELECT 1 == 2", "line 1:11: mismatched input '='. Expecting: "
	    "'ALL', 'ANY', 'SOME', <expression>");
	fails("SELECT * FROM", "line 1:14: mismatched input '<EOF>'. "
	    "Expecting: '(', 'JSON_TABLE', 'LATERAL', 'NEAREST', 'TABLE', "
	    "'UNNEST', <identifier>");
	fails("SELECT 1)", "line 1:9: mismatched input ')'. Expecting: '%', "
	    "'*', '+', ',', '-', '.', '/', 'AND', 'AS', 'AT', 'EXCEPT', "
	    "'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', "
	    "'OFFSET', 'OR', 'ORDER', 'UNION', 'WHERE', 'WINDOW', '[', '||', "
	    "<EOF>, <identifier>, <predicate>");
	fails("SELECT\n  CASE WHEN a THEN 1 ELSE END", "line 2:27: mismatched "
	    "input 'END'. Expecting: <expression>");
	fails("SELECT '\xc3\xa4' 'x'", "line 1:12: mismatched input ''x''. "
	    "Expecting: '%', '*', '+', ',', '-', '.', '/', 'AND', 'AS', "
	    "'AT', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', "
	    "'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', "
	    "'WHERE', 'WINDOW', '[', '||', <EOF>, <identifier>, <predicate>");
	fails("SELECT CAST(1 AS timestamp WITH ZONE)", "line 1:33: mismatched "
	    "input 'ZONE'. Expecting: 'TIME'");
}

static void
test_checks(void)
{
	fails("SELECT if(a)", "line 1:8: Invalid number of arguments for 'if' "
	    "function");
	fails("SELECT 1, coalesce(1)", "line 1:11: The 'coalesce' function "
	    "must have at least two arguments");
	fails("SELECT try(DISTINCT a)", "line 1:8: DISTINCT not valid for "
	    "'try' function");
	fails("SELECT 9223372036854775808", "line 1:8: Invalid numeric "
	    "literal: 9223372036854775808");
	fails("SELECT -9223372036854775808", "parsed");
	fails("SELECT X'1g'", "line 1:8: Binary literal can only contain "
	    "hexadecimal digits");
	fails("SELECT U&'\\zzzz'", "line 1:8: Invalid hexadecimal digit: z");
	fails("SELECT U&'\\00'", "line 1:8: Incomplete escape sequence: 00");
	fails("SELECT EXTRACT(foo FROM a)", "line 1:8: Invalid EXTRACT field "
	    "foo, valid fields are: YEAR, QUARTER, MONTH, WEEK, DAY, "
	    "DAY_OF_MONTH, DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, "
	    "YOW, HOUR, MINUTE, SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR");
	fails("SELECT `a`", "line 1:8: backquoted identifiers are not "
	    "supported; use double quotes to quote identifiers");
	fails("SELECT 1a FROM t", "line 1:8: identifiers must not start with "
	    "a digit; surround the identifier with double quotes");
	fails("SELECT \"\"", "line 1:8: Zero-length delimited identifier not "
	    "allowed");
	fails("GRANT SELECT TO u", "line 1:7: May not use a privilege name as "
	    "a role name");
}

static void
test_outer(void)
{
	char text[ERR_TEXT_MAX + 64];
	struct node *n;
	struct arena a;
	struct err e;

	arena_init(&a);
	sql_parse_at(&a, STR("SELECT 1 FROM WHERE"), 1, 19, &n, &e);
	ok(strncmp(err_message(&e, text, sizeof(text)), "line 1:34: ", 11)
	    == 0, "a text in a statement has that one's places");
	arena_release(&a);
}

static void
nested(const char *open, const char *inner, const char *close, int times,
    bool good)
{
	struct sbuf b = { 0 };
	struct node *n;
	struct arena a;
	struct err e = { 0 };
	int i, r;

	sbuf_addz(&b, "SELECT ");
	for (i = 0; i < times; i++)
		sbuf_addz(&b, open);
	sbuf_addz(&b, inner);
	for (i = 0; i < times; i++)
		sbuf_addz(&b, close);
	arena_init(&a);
	r = sql_parse(&a, sbuf_str(&b), &n, &e);
	ok(good ? r == 0 : e.line == 1 && e.column == 1
	    && strcmp(e.text, "statement is too large (stack overflow while "
	    "parsing)") == 0, "%s %d times", open, times);
	arena_release(&a);
	sbuf_release(&b);
}

int
main(void)
{
	test_expected();
	test_checks();
	test_outer();
	nested("(", "1", ")", 400, true);
	nested("(", "1", ")", 100000, false);
	nested("[", "1", "]", 100000, false);
	nested("NOT ", "a", "", 100000, false);
	nested("- ", "a", "", 100000, false);
	nested("f(", "1", ")", 100000, false);
	nested("(SELECT ", "1", ")", 100000, false);
	nested("CASE WHEN a THEN ", "1", " END", 100000, false);
	nested("x -> ", "1", "", 100000, false);
	nested("a.", "b", "", 100000, false);
	nested("position(", "1", ")", 900, true);
	nested("1 + ", "1", "", 100000, false);
	nested("* FROM (", "t", ")", 1, true);
	return tap_done();
}
