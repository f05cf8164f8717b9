/* SPDX-License-Identifier: Apache-2.0
 * format.c - the output formats, character by character. */
#include "cli/format.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cell.h"
#include "cli/width.h"
#include "tap.h"

enum { CELLS_MAX = 64 };

/* A batch of n columns; cells end with NULL. */
struct table {
	int n;
	struct client_column columns[8];
	const char *cells[CELLS_MAX];
};

static struct client_batch
batch_of(const struct table *t, struct str *cells)
{
	int64_t n = 0;

	for (; t->cells[n] != NULL; n++)
		cells[n] = str_of(t->cells[n]);
	return (struct client_batch){ .n_columns = t->n,
		.columns = t->columns, .n_rows = t->n > 0 ? n / t->n : 0,
		.cells = cells, .update_count = -1, .done = true };
}

static void
expect(const char *format, const struct table *t, const char *want,
    const char *name)
{
	struct str cells[CELLS_MAX];
	struct client_batch b = batch_of(t, cells);
	struct format *f = format_new(format, 80);
	struct sbuf text = { 0 };
	char title[128];

	format_rows(f, &b, &text);
	format_end(f, &b, &text);
	snprintf(title, sizeof(title), "%s: %s", format, name);
	is_str(sbuf_z(&text), want, title);
	is_int(format_count(f), b.n_rows, "count");
	sbuf_release(&text);
	format_free(&f);
}

#define VARCHAR(name) { name, "varchar(9)", "varchar" }
#define BIGINT(name) { name, "bigint", "bigint" }

static const struct table people = { 3, { VARCHAR("first"),
	VARCHAR("last"), BIGINT("quantity") }, { "\"hello\"", "\"world\"",
	"123", "\"a\"", "null", "4.5", "\"b\"", "null", "null",
	"\"some long\\ntext that\\ndoes not\\nfit on\\none line\"",
	"\"more\\ntext\"", "4567", "\"bye\"", "\"done\"", "-15" } };
static const struct table nothing = { 2, { VARCHAR("first"),
	VARCHAR("last") }, { NULL } };
static const struct table one_row = { 2, { VARCHAR("first"),
	VARCHAR("last") }, { "\"a long line\\nwithout wrapping\"",
	"\"text\"" } };
static const struct table wide = { 3, { VARCHAR("go\xe7\xbd\x91"),
	VARCHAR("last"), BIGINT("quantity\xe7\xbd\x91") }, { "\"hello\"",
	"\"wide\\u7f51\"", "123", "\"some long\\ntext \\u7f51\\ndoes not"
	"\\u7f51\\nfit\"", "\"more\\ntext\"", "4567", "\"bye\"",
	"\"done\"", "-15" } };
/* "hello", "some long text that is more than 16 bytes", "" */
static const struct table bytes = { 3, { VARCHAR("first"), { "binary",
	"varbinary", "varbinary" }, VARCHAR("last") }, { "\"hello\"",
	"\"aGVsbG8=\"", "\"world\"", "\"a\"", "\"c29tZSBsb25nIHRleHQgdGhhd"
	"CBpcyBtb3JlIHRoYW4gMTYgYnl0ZXM=\"", "\"b\"", "\"cat\"", "\"\"",
	"\"dog\"" } };

static void
test_aligned(void)
{
	expect("ALIGNED", &people,
	    "   first   | last  | quantity \n"
	    "-----------+-------+----------\n"
	    " hello     | world |      123 \n"
	    " a         | NULL  |      4.5 \n"
	    " b         | NULL  |     NULL \n"
	    " some long+| more +|     4567 \n"
	    " text that+| text  |          \n"
	    " does not +|       |          \n"
	    " fit on   +|       |          \n"
	    " one line  |       |          \n"
	    " bye       | done  |      -15 \n"
	    "(5 rows)\n", "cells of several lines");
	expect("aligned", &one_row,
	    "      first       | last \n"
	    "------------------+------\n"
	    " a long line      | text \n"
	    " without wrapping |      \n"
	    "(1 row)\n", "no marks in a single row");
	expect("ALIGNED", &nothing,
	    " first | last \n"
	    "-------+------\n"
	    "(0 rows)\n", "no rows");
	expect("ALIGNED", &wide,
	    "    go\xe7\xbd\x91    |  last  | quantity\xe7\xbd\x91 \n"
	    "------------+--------+------------\n"
	    " hello      | wide\xe7\xbd\x91 |        123 \n"
	    " some long +| more  +|       4567 \n"
	    " text \xe7\xbd\x91   +| text   |            \n"
	    " does not\xe7\xbd\x91+|        |            \n"
	    " fit        |        |            \n"
	    " bye        | done   |        -15 \n"
	    "(3 rows)\n", "wide characters");
	expect("ALIGNED", &bytes,
	    " first |                     binary                      | last  "
	    "\n"
	    "-------+-------------------------------------------------+-------"
	    "\n"
	    " hello | 68 65 6c 6c 6f                                  | world "
	    "\n"
	    " a     | 73 6f 6d 65 20 6c 6f 6e 67 20 74 65 78 74 20 74+| b     "
	    "\n"
	    "       | 68 61 74 20 69 73 20 6d 6f 72 65 20 74 68 61 6e+|       "
	    "\n"
	    "       | 20 31 36 20 62 79 74 65 73                      |       "
	    "\n"
	    " cat   |                                                 | dog   "
	    "\n"
	    "(3 rows)\n", "bytes");
	expect("ALIGNED", &(struct table){ 1, { VARCHAR("") }, { "\"\"",
	    "\"a\\n\"" } }, "   \n---\n   \n a+\n   \n(2 rows)\n",
	    "an empty name, an empty line");
}

static void
test_vertical(void)
{
	expect("VERTICAL", &people,
	    "-[ RECORD 1 ]-------\nfirst    | hello\nlast     | world\n"
	    "quantity | 123\n-[ RECORD 2 ]-------\nfirst    | a\n"
	    "last     | NULL\nquantity | 4.5\n-[ RECORD 3 ]-------\n"
	    "first    | b\nlast     | NULL\nquantity | NULL\n"
	    "-[ RECORD 4 ]-------\nfirst    | some long\n"
	    "         | text that\n         | does not\n         | fit on\n"
	    "         | one line\nlast     | more\n         | text\n"
	    "quantity | 4567\n-[ RECORD 5 ]-------\nfirst    | bye\n"
	    "last     | done\nquantity | -15\n", "cells of several lines");
	expect("VERTICAL", &(struct table){ 1, { VARCHAR("a") },
	    { "\"x\"" } }, "-[ RECORD 1 ]\na | x\n", "a short name");
	expect("VERTICAL", &(struct table){ 1, { VARCHAR("shippriority") },
	    { "\"hello\"" } }, "-[ RECORD 1 ]+------\n"
	    "shippriority | hello\n", "a name as long as the head");
	expect("VERTICAL", &(struct table){ 1, { VARCHAR(
	    "order_priority\xe7\xbd\x91") }, { "\"hello\"" } },
	    "-[ RECORD 1 ]----+------\norder_priority\xe7\xbd\x91 | hello\n",
	    "a wide name");
	expect("VERTICAL", &(struct table){ 1, { VARCHAR("name") },
	    { "\"hello\\u7f51 bye\"" } }, "-[ RECORD 1 ]-----\n"
	    "name | hello\xe7\xbd\x91 bye\n", "a wide value");
	expect("VERTICAL", &nothing, "(no rows)\n", "no rows");
	expect("VERTICAL", &bytes,
	    "-[ RECORD 1 ]-------------------------------------------\n"
	    "first  | hello\nbinary | 68 65 6c 6c 6f\nlast   | world\n"
	    "-[ RECORD 2 ]-------------------------------------------\n"
	    "first  | a\n"
	    "binary | 73 6f 6d 65 20 6c 6f 6e 67 20 74 65 78 74 20 74\n"
	    "       | 68 61 74 20 69 73 20 6d 6f 72 65 20 74 68 61 6e\n"
	    "       | 20 31 36 20 62 79 74 65 73\nlast   | b\n"
	    "-[ RECORD 3 ]-------------------------------------------\n"
	    "first  | cat\nbinary | \nlast   | dog\n", "bytes");
}

static void
test_markdown(void)
{
	expect("MARKDOWN", &(struct table){ 2, { VARCHAR("first"),
	    BIGINT("quantity") }, { "\"some\\ntext\"", "123",
	    "\"bye | not **& <a>\"", "null" } },
	    "| first                  | quantity |\n"
	    "| ---------------------- | --------:|\n"
	    "| some<br>text           |      123 |\n"
	    "| bye \\| not \\*\\*& \\<a\\> |     NULL |\n", "escapes");
	expect("MARKDOWN", &(struct table){ 1, { { "b", "varbinary",
	    "varbinary" } }, { "\"c29tZSBsb25nIHRleHQgdGg=\"" } },
	    "| b                                                     |\n"
	    "| ----------------------------------------------------- |\n"
	    "| 73 6f 6d 65 20 6c 6f 6e 67 20 74 65 78 74 20 74<br>68 |\n",
	    "bytes");
	expect("MARKDOWN", &nothing, "| first | last |\n"
	    "| ----- | ---- |\n", "no rows");
}

static void
test_separated(void)
{
	static const struct table quotes = { 2, { VARCHAR("a\"b"),
		BIGINT("n") }, { "\"x,\\\"y\"", "1", "\"\\t\\\\\\n\\u0000\"",
		"null" } };

	expect("CSV", &(struct table){ 4, { BIGINT("a"), VARCHAR("b"),
	    BIGINT("c"), { "d", "decimal(3, 2)", "decimal" } }, { "1",
	    "\"x,\\\"y\"", "null", "\"1.50\"" } },
	    "\"1\",\"x,\"\"y\",\"\",\"1.50\"\n", "quotes and NULL");
	expect("CSV_HEADER", &quotes, "\"a\"\"b\",\"n\"\n\"x,\"\"y\",\"1\"\n"
	    "\"\t\\\n", "up to a NUL");
	expect("CSV_UNQUOTED", &(struct table){ 2, { VARCHAR("a"),
	    BIGINT("b") }, { "\"\\\"x\"", "0", "\"a\"", "null" } },
	    "\"\"x,0\na,\n", "no quotes around, doubled within");
	expect("CSV_HEADER_UNQUOTED", &nothing, "first,last\n", "no rows");
	expect("CSV", &nothing, "", "no rows, no header");
	expect("CSV", &bytes, "\"hello\",\"68 65 6c 6c 6f\",\"world\"\n"
	    "\"a\",\"73 6f 6d 65 20 6c 6f 6e 67 20 74 65 78 74 20 74 68 61 "
	    "74 20 69 73 20 6d 6f 72 65 20 74 68 61 6e 20 31 36 20 62 79 74 "
	    "65 73\",\"b\"\n\"cat\",\"\",\"dog\"\n", "bytes on one line");
	expect("TSV", &quotes, "x,\"y\t1\n\\t\\\\\\n\\0\t\n", "escapes");
	expect("TSV_HEADER", &quotes, "a\"b\tn\nx,\"y\t1\n"
	    "\\t\\\\\\n\\0\t\n", "header");
	expect("NULL", &people, "", "nothing");
}

static void
test_json(void)
{
	expect("JSON", &people, "{\"first\":\"hello\",\"last\":\"world\","
	    "\"quantity\":123}\n{\"first\":\"a\",\"last\":null,\"quantity\":"
	    "4.5}\n{\"first\":\"b\",\"last\":null,\"quantity\":null}\n"
	    "{\"first\":\"some long\\ntext that\\ndoes not\\nfit on\\n"
	    "one line\",\"last\":\"more\\ntext\",\"quantity\":4567}\n"
	    "{\"first\":\"bye\",\"last\":\"done\",\"quantity\":-15}\n",
	    "objects");
	expect("JSON", &nothing, "", "no rows");
	expect("JSON", &(struct table){ 4, { { "a\"", "varbinary",
	    "varbinary" }, { "r", "row(x bigint, \"y z\" varbinary)", "row" },
	    { "u", "row(bigint, array(bigint))", "row" },
	    { "m", "map(varchar, array(row(a bigint)))", "map" } },
	    { "\"aGk=\"", "[1,\"aGk=\"]", "[1,[2,null]]",
	    "{\"k\":[[1],null]}" } },
	    "{\"a\\\"\":\"68 69\",\"r\":{\"x\":1,\"y z\":\"68 69\"},"
	    "\"u\":[1,[2,null]],\"m\":{\"k\":[{\"a\":1},null]}}\n", "nested");
}

static void
test_auto(void)
{
	static const char value[] = "\"a value of a width of more than half "
	    "of the screen\"";
	struct table t = { 2, { VARCHAR("a"), VARCHAR("b") }, { "\"1\"",
		"\"2\"" } };

	expect("AUTO", &t, " a | b \n---+---\n 1 | 2 \n(1 row)\n", "narrow");
	t.cells[0] = t.cells[1] = value;
	expect("AUTO", &t, "-[ RECORD 1 ]----------------------------------"
	    "-------\na | a value of a width of more than half of the "
	    "screen\nb | a value of a width of more than half of the screen"
	    "\n", "wide");
}

/* --- cells -------------------------------------------------------------------------- */

static void
cell(const char *type, const char *json, const char *want)
{
	struct arena a = { 0 };
	struct sbuf text = { 0 };
	char name[256];

	cell_text(&text, cell_type_parse(&a, type), str_of(json), "", 0);
	snprintf(name, sizeof(name), "%.120s %.120s", type, json);
	is_str(sbuf_z(&text), want, name);
	sbuf_release(&text);
	arena_release(&a);
}

static void
test_cells(void)
{
	cell("double", "1.0E10", "1.0E10");
	cell("double", "\"NaN\"", "NaN");
	cell("boolean", "true", "true");
	cell("json", "\"{\\\"a\\\":1}\"", "{\"a\":1}");
	cell("array(integer)", "[1,null]", "[1, NULL]");
	cell("array(integer)", "null", "");
	cell("array(integer)", "[]", "[]");
	cell("map(varchar(1), decimal(2, 1))", "{\"k\":\"1.5\"}", "{k=1.5}");
	cell("map(varbinary, varbinary)", "{\"aGk=\":\"aGk=\"}",
	    "{68 69=68 69}");
	cell("row(a bigint, b varchar)", "[1,\"x\"]", "{a=1, b=x}");
	cell("row(integer, varchar(1))", "[1,\"x\"]", "{1, x}");
	cell("row(\"a \"\"b, (\" bigint, c row(d double))", "[1,[2.5]]",
	    "{a \"b, (=1, c={d=2.5}}");
	cell("row(timestamp(3) with time zone, interval day to second)",
	    "[\"t\",\"i\"]", "{t, i}");
	cell("row(t timestamp(3) with time zone, interval interval year to "
	    "month)", "[\"t\",\"i\"]", "{t=t, interval=i}");
	cell("row(array(integer), map(varchar(1), integer))",
	    "[[1],{\"a\":2}]", "{[1], {a=2}}");
	cell("array(row(x array(varbinary)))", "[[[\"aGk=\",null]]]",
	    "[{x=[68 69, NULL]}]");
	/* What does not fit its type is shown as it is. */
	cell("array(integer)", "{\"a\":1}", "{\"a\":1}");
	cell("row(a bigint)", "[1,2,3]", "{a=1, 2, 3}");
	cell("row(", "[1]", "[1]");
	cell("array", "[1]", "[1]");
	cell("map(bigint)", "{}", "{}");
	cell("", "[1]", "[1]");
	cell("bigint", "[[[[[", "[[[[[");
}

static void
test_hostile_type(void)
{
	size_t n = 200000;
	char *type = malloc(7 * n + 1), *json = malloc(n + 1);
	struct arena a = { 0 };
	struct sbuf text = { 0 };

	for (size_t i = 0; i < n; i++) {
		memcpy(type + 6 * i, "array(", 6);
		type[6 * n + i] = ')';
		json[i] = '[';
	}
	type[7 * n] = json[n] = '\0';
	cell_text(&text, cell_type_parse(&a, type), (struct str){ json, n },
	    "", 0);
	ok(text.n > 0, "a type as deep as it may be");
	sbuf_release(&text);
	arena_release(&a);
	free(type);
	free(json);
}

static void
test_width(void)
{
	is_int(text_width(STR("abc")), 3, "ASCII");
	is_int(text_width(STR("\xe7\xbd\x91")), 2, "a wide character");
	is_int(text_width(STR("e\xcc\x81")), 1, "a combining one");
	is_int(text_width(STR("a\tb\x01")), 2, "control characters");
	is_int(text_width(STR("\033[31mred\033[0m")), 3, "escapes");
	is_int(text_width(STR("\033[31")), 3, "half an escape");
	is_int(text_width(STR("\xff\xc3")), 2, "bytes that are no UTF-8");
}

/* Many rows: columns are measured anew after ten thousand. */
static void
test_blocks(void)
{
	struct client_column column = BIGINT("n");
	struct str *cells = malloc(sizeof(*cells) * 10000);
	struct str last = STR("\"wide text\""), more[2] = { last,
		STR("\"a\\nb\"") };
	struct client_batch b = { .n_columns = 1, .columns = &column,
		.n_rows = 10000, .cells = cells };
	struct format *f = format_new("ALIGNED", 80);
	struct sbuf text = { 0 };

	column.type = column.raw_type = "varchar";
	for (int i = 0; i < 10000; i++)
		cells[i] = STR("\"x\"");
	format_rows(f, &b, &text);
	ok(strncmp(sbuf_z(&text), " n \n---\n x \n x \n", 16) == 0,
	    "ten thousand rows are printed at once");
	sbuf_clear(&text);
	b.n_rows = 2;
	b.cells = more;
	b.done = true;
	format_rows(f, &b, &text);
	is_str(sbuf_z(&text), "", "the next ones wait");
	format_end(f, &b, &text);
	is_str(sbuf_z(&text), " wide text \n a        +\n b         \n"
	    "(10002 rows)\n", "the last ones");
	sbuf_release(&text);
	format_free(&f);
	free(cells);
}

int
main(void)
{
	ok(format_new("XML", 80) == NULL, "no such format");
	test_aligned();
	test_vertical();
	test_markdown();
	test_separated();
	test_json();
	test_auto();
	test_cells();
	test_hostile_type();
	test_width();
	test_blocks();
	return tap_done();
}
