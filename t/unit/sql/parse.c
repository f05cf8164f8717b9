/* SPDX-License-Identifier: Apache-2.0
 * parse.c - the shape of trees and the places of their nodes. */
#include <stdlib.h>

#include "sql/parse.h"
#include "tap.h"

static struct arena arena;

static struct node *
parse(const char *sql)
{
	struct node *n;
	struct err e = { 0 };

	if (sql_parse(&arena, str_of(sql), &n, &e) != 0)
		diag("%s: %s", sql, e.text);
	return n;
}

/* The first select item's expression. */
static struct node *
item(const char *sql)
{
	struct query_node *q = (struct query_node *)parse(sql);
	struct query_spec_node *s = (struct query_spec_node *)q->body;

	return ((struct single_column_node *)s->items.v[0])->value;
}

static struct node *
from(const char *sql)
{
	struct query_node *q = (struct query_node *)parse(sql);

	return ((struct query_spec_node *)q->body)->from;
}

static void
place(const char *sql, enum node_kind kind, int line, int column)
{
	struct node *n = item(sql);

	ok(n->kind == kind && n->line == line && n->column == column,
	    "%s: %s at %d:%d", sql, node_kind_name(n->kind), n->line,
	    n->column);
}

static void
test_places(void)
{
	place("SELECT true = 1", NODE_COMPARE, 1, 13);
	place("SELECT a + b", NODE_BINARY, 1, 10);
	place("SELECT a || b", NODE_CALL, 1, 10);
	place("SELECT a NOT IN (1)", NODE_IN_LIST, 1, 10);
	place("SELECT a IS NULL", NODE_IS_NULL, 1, 10);
	place("SELECT a = 1 AND b", NODE_LOGICAL, 1, 8);
	place("SELECT (a = 1) OR b", NODE_LOGICAL, 1, 8);
	place("SELECT (a = 1)", NODE_COMPARE, 1, 11);
	place("SELECT sum(x) OVER ()", NODE_CALL, 1, 8);
	place("SELECT a.b.c", NODE_DEREFERENCE, 1, 8);
	place("SELECT (a + b).c", NODE_DEREFERENCE, 1, 8);
	place("SELECT a\n AT TIME ZONE 'UTC'", NODE_AT_TIME_ZONE, 2, 2);
	place("SELECT -a", NODE_UNARY, 1, 8);
	place("SELECT -5", NODE_LONG_LITERAL, 1, 8);
	place("SELECT EXISTS (SELECT 1)", NODE_EXISTS, 1, 8);
}

static void
test_shapes(void)
{
	struct logical_node *l = (struct logical_node *)
	    item("SELECT a OR b AND c OR d");
	struct call_node *c;
	struct join_node *j;
	struct table_node *t;

	ok(l->is_or && l->terms.n == 3
	    && l->terms.v[1]->kind == NODE_LOGICAL, "OR is flat, AND in it");
	c = (struct call_node *)item("SELECT count(*) FILTER (WHERE a)");
	ok(c->star && c->filter != NULL && c->args.n == 0, "count(*)");
	c = (struct call_node *)item("SELECT POSITION('a' IN b)");
	ok(c->args.v[0]->kind == NODE_IDENT, "POSITION is strpos, turned");
	j = (struct join_node *)from("SELECT * FROM a JOIN b ON c, d");
	ok(j->type == JOIN_IMPLICIT && j->left->kind == NODE_JOIN,
	    "a comma is an implicit join");
	t = (struct table_node *)from("SELECT * FROM Ab.\"Cd\"");
	ok(str_eq(((struct ident_node *)t->name->parts.v[0])->lower,
	    STR("ab")) && str_eq(((struct ident_node *)
	    t->name->parts.v[1])->value, STR("Cd")), "names keep both forms");
	ok(from("SELECT * FROM 'x/*.csv' t")->kind == NODE_ALIASED,
	    "files in FROM");
	ok(item("SELECT ((SELECT 1))")->kind == NODE_SUBQUERY,
	    "a query in double parentheses");
	ok(parse("EXPLAIN ANALYZE t")->kind == NODE_EXPLAIN
	    && ((struct explain_node *)parse("EXPLAIN ANALYZE t"))
	    ->statement->kind == NODE_ANALYZE, "EXPLAIN of an ANALYZE");
	is_int(sql_parameter_count(parse("SELECT ?, ? + ? LIMIT ?")), 4,
	    "parameters are counted");
}

static void
aliased(const char *sql, enum node_kind kind)
{
	is_int(from(sql)->kind, kind, sql);
}

static void
test_aliases(void)
{
	aliased("SELECT * FROM t limit", NODE_ALIASED);
	aliased("SELECT * FROM t LIMIT 5", NODE_TABLE);
	aliased("SELECT * FROM t offset", NODE_ALIASED);
	aliased("SELECT * FROM t tablesample", NODE_ALIASED);
	aliased("SELECT * FROM t TABLESAMPLE SYSTEM (5)", NODE_SAMPLED);
	aliased("SELECT * FROM t pivot (a, b)", NODE_ALIASED);
	aliased("SELECT * FROM t WINDOW w AS ()", NODE_TABLE);
	aliased("SELECT * FROM t match_recognize", NODE_ALIASED);
	aliased("SELECT * FROM t fetch FETCH FIRST ROW ONLY", NODE_ALIASED);
	aliased("SELECT * FROM lateral", NODE_TABLE);
}

static bool
equal(const char *a, const char *b)
{
	struct node *x = item(a), *y = item(b);
	bool same = node_equal(x, y);

	if (same && node_hash(x) != node_hash(y))
		diag("equal, but the hashes differ");
	return same;
}

static int
count(void *arg, struct node *n)
{
	++*(int *)arg;
	return n->kind == NODE_CALL ? 1 : 0;
}

static void
test_equal(void)
{
	int n = 0;

	ok(equal("SELECT a.B + f(x)", "SELECT   A.b+F( X )"),
	    "case and space do not count");
	ok(equal("SELECT \"a\"", "SELECT A"), "one quoted name");
	ok(!equal("SELECT \"a\"", "SELECT \"A\""), "two quoted names");
	ok(equal("SELECT 0x10", "SELECT 16"), "numbers by their value");
	ok(!equal("SELECT 'a'", "SELECT 'A'"), "texts by their bytes");
	ok(!equal("SELECT f(a)", "SELECT f(DISTINCT a)"), "flags count");
	ok(!equal("SELECT a - (b - c)", "SELECT a - b - c"), "shape counts");
	ok(!equal("SELECT a IN (1)", "SELECT a IN (1, 1)"), "length counts");
	node_walk(item("SELECT a + f(b, c)"), count, &n);
	is_int(n, 3, "a walk may skip what is below a node");
}

static void
test_types(void)
{
	struct datetime_type_node *time;
	struct generic_type_node *g;
	struct node *n;

	sql_parse_type(&arena, STR("timestamp(6) with time zone"), &n, NULL);
	time = (struct datetime_type_node *)n;
	ok(n->kind == NODE_DATETIME_TYPE && time->timestamp
	    && time->with_time_zone && time->precision != NULL, "timestamps");
	sql_parse_type(&arena, STR("decimal(10, 2)"), &n, NULL);
	g = (struct generic_type_node *)n;
	ok(g->args.n == 2 && g->args.v[1]->kind == NODE_LONG_LITERAL,
	    "parameters");
	sql_parse_type(&arena, STR("bigint array"), &n, NULL);
	g = (struct generic_type_node *)n;
	ok(str_eq(g->name->lower, STR("array")) && g->args.n == 1,
	    "x ARRAY is array(x)");
	ok(sql_parse_type(&arena, STR("row(x bigint"), &n, NULL) < 0
	    && n == NULL, "a wrong type");
}

int
main(void)
{
	arena_init(&arena);
	test_places();
	test_shapes();
	test_aliases();
	test_equal();
	test_types();
	arena_release(&arena);
	return tap_done();
}
