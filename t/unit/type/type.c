/* SPDX-License-Identifier: Apache-2.0
 * type.c - types: texts there and back, coercions, casts. */
#include "type/coerce.h"
#include "type/type.h"

#include "base/check.h"
#include "tap.h"

static struct arena arena;

static const struct type *
parse(const char *text)
{
	const struct type *t = NULL;
	struct err e;

	if (type_parse(&arena, str_of(text), &t, &e) != 0) {
		diag("%s: %s", text, e.text);
		return TYPE(UNKNOWN);
	}
	return t;
}

static void
test_texts(void)
{
	static const struct { const char *sql, *print, *display; } cases[] = {
		{ "INT", "integer", "integer" },
		{ "decimal(10, 2)", "decimal(10,2)", "decimal(10, 2)" },
		{ "decimal", "decimal(38,0)", "decimal(38, 0)" },
		{ "varchar(5)", "varchar(5)", "varchar(5)" },
		{ "varchar", "varchar", "varchar" },
		{ "char", "char(1)", "char(1)" },
		{ "double precision", "double", "double" },
		{ "time", "time(3)", "time(3)" },
		{ "time(12) with time zone", "time(12) with time zone",
		    "time(12) with time zone" },
		{ "timestamp without time zone", "timestamp(3)",
		    "timestamp(3)" },
		{ "timestamp(0) WITH TIME ZONE", "timestamp(0) with time zone",
		    "timestamp(0) with time zone" },
		{ "interval year to month", "interval year to month",
		    "INTERVAL YEAR TO MONTH" },
		{ "array<int>", "array(integer)", "array(integer)" },
		{ "char(5) array array", "array(array(char(5)))",
		    "array(array(char(5)))" },
		{ "map(varchar, array(bigint))", "map(varchar, array(bigint))",
		    "map(varchar, array(bigint))" },
		{ "row(a int, \"B x\" varchar(3), date)",
		    "row(\"a\" integer, \"B x\" varchar(3), date)",
		    "row(a integer, \"B x\" varchar(3), date)" },
		{ "row(date date, time time with time zone)",
		    "row(\"date\" date, \"time\" time(3) with time zone)",
		    "row(date date, time time(3) with time zone)" },
		{ "row(a row(b array(json)))",
		    "row(\"a\" row(\"b\" array(json)))",
		    "row(a row(b array(json)))" },
		{ "HyperLogLog", "HyperLogLog", "HyperLogLog" },
		{ "qdigest(bigint)", "qdigest(bigint)", "qdigest(bigint)" },
		{ "\"integer\"", "integer", "integer" },
		{ "row(\"a\"\"b\" int)", "row(\"a\"\"b\" integer)",
		    "row(\"a\"\"b\" integer)" },
	};
	struct sbuf b = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct type *t = parse(cases[i].sql);

		is_str(type_name(&arena, t), cases[i].print, cases[i].sql);
		sbuf_clear(&b);
		type_print_display(&b, t);
		is_str(sbuf_z(&b), cases[i].display, cases[i].sql);
		ok(type_equal(parse(cases[i].print), t), "%s again",
		    cases[i].print);
		ok(type_equal(parse(cases[i].display), t), "%s again",
		    cases[i].display);
		ok(type_equal(type_copy(&arena, t), t), "copy");
	}
	sbuf_release(&b);
}

static void
test_errors(void)
{
	static const struct { const char *sql, *error; } cases[] = {
		{ "numeric(3,1)", "Unknown type: numeric(3, 1)" },
		{ "Foo", "Unknown type: foo" },
		{ "char(65537)", "Unknown type: char(65537)" },
		{ "timestamp(13) with time zone",
		    "Unknown type: timestamp(13) with time zone" },
		{ "map(varchar)", "Unknown type: map(varchar)" },
		{ "array", "Unknown type: array" },
		{ "row(a foo)", "Unknown type: foo" },
		{ "decimal(0,0)",
		    "DECIMAL precision must be in range [1, 38]: 0" },
		{ "decimal(5,6)",
		    "DECIMAL scale must be in range [0, precision (5)]: 6" },
		{ "", "Unknown type: " },
		{ "row(", "Unknown type: row(" },
		{ "\"a", "Unknown type: \"a" },
	};
	struct sbuf b = { 0 };
	const struct type *t;
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		ok(type_parse(&arena, str_of(cases[i].sql), &t, &e) < 0,
		    "%s fails", cases[i].sql);
		if (cases[i].sql[0] != 'r' || cases[i].sql[4] == 'a')
			is_str(e.text, cases[i].error, cases[i].sql);
	}
	for (i = 0; i < 100000; i++)
		sbuf_addz(&b, "array(");
	ok(type_parse(&arena, sbuf_str(&b), &t, &e) < 0, "deep nesting");
	sbuf_clear(&b);
	for (i = 0; i < 100000; i++)
		sbuf_addz(&b, "row(row ");
	ok(type_parse(&arena, sbuf_str(&b), &t, &e) < 0, "deep rows");
	sbuf_release(&b);
}

static void
test_common(void)
{
	static const struct { const char *x, *y, *common; } cases[] = {
		{ "integer", "bigint", "bigint" },
		{ "smallint", "decimal(3,2)", "decimal(7,2)" },
		{ "integer", "real", "real" },
		{ "real", "decimal(38,38)", "real" },
		{ "decimal(38,0)", "decimal(3,2)", "decimal(38,2)" },
		{ "decimal(38,38)", "decimal(3,2)", "decimal(38,38)" },
		{ "decimal(5,2)", "number", "number" },
		{ "number", "double", "none" },
		{ "number", "real", "none" },
		{ "boolean", "integer", "none" },
		{ "char(3)", "varchar(1)", "varchar(3)" },
		{ "varchar(4)", "char(3)", "varchar(4)" },
		{ "char(3)", "char(5)", "char(5)" },
		{ "char(3)", "varchar", "varchar" },
		{ "varbinary", "varchar(1)", "none" },
		{ "date", "timestamp(0)", "timestamp(0)" },
		{ "date", "timestamp(3) with time zone",
		    "timestamp(3) with time zone" },
		{ "timestamp(6)", "timestamp(3) with time zone",
		    "timestamp(6) with time zone" },
		{ "time(6)", "time(0) with time zone",
		    "time(6) with time zone" },
		{ "time(0)", "timestamp(0)", "none" },
		{ "unknown", "uuid", "uuid" },
		{ "json", "varchar", "none" },
		{ "array(integer)", "array(double)", "array(double)" },
		{ "array(unknown)", "array(varchar(1))", "array(varchar(1))" },
		{ "map(integer,varchar(1))", "map(bigint,varchar(3))",
		    "map(bigint, varchar(3))" },
		{ "row(integer, varchar(1))", "row(p double, q varchar)",
		    "row(double, varchar)" },
		{ "row(p integer, q date)", "row(p double, r date)",
		    "row(\"p\" double, date)" },
		{ "row(integer)", "row(integer, integer)", "none" },
		{ "array(integer)", "json", "none" },
		{ "p4hyperloglog", "hyperloglog", "HyperLogLog" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct type *x = parse(cases[i].x);
		const struct type *y = parse(cases[i].y);
		const struct type *c = type_common(&arena, x, y);
		const struct type *d = type_common(&arena, y, x);

		is_str(c == NULL ? "none" : type_name(&arena, c),
		    cases[i].common, cases[i].x);
		ok(c == NULL ? d == NULL : type_equal(c, d), "both ways");
		if (c != NULL)
			ok(type_can_coerce(x, c) && type_can_coerce(y, c),
			    "both coerce to %s", cases[i].common);
	}
	ok(!type_can_coerce(TYPE(BIGINT), TYPE(INTEGER)), "no narrowing");
	ok(!type_can_coerce(parse("varchar(5)"), parse("char(5)")),
	    "varchar stays varchar");
	ok(type_only_coercion(parse("varchar(3)"), TYPE(VARCHAR)), "varchar");
	ok(type_only_coercion(parse("char(3)"), parse("varchar(3)")), "char");
	ok(!type_only_coercion(TYPE(VARCHAR), parse("varchar(3)")), "narrow");
	ok(!type_only_coercion(parse("decimal(5,2)"), parse("decimal(20,2)")),
	    "short to long");
	ok(type_only_coercion(parse("row(a varchar(1))"),
	    parse("row(varchar)")), "row names");
}

static void
test_casts(void)
{
	ok(type_can_cast(TYPE(BIGINT), TYPE(VARCHAR)), "bigint to varchar");
	ok(!type_can_cast(TYPE(BIGINT), TYPE(CHAR)), "bigint to char");
	ok(!type_can_cast(TYPE(BIGINT), TYPE(DATE)), "bigint to date");
	ok(type_can_cast(TYPE(IPADDRESS), TYPE(VARCHAR)), "ip to varchar");
	ok(!type_can_cast(TYPE(IPADDRESS), parse("varchar(50)")),
	    "ip to varchar(50)");
	ok(type_can_cast(parse("array(integer)"), parse("array(varchar)")),
	    "elements");
	ok(!type_can_cast(parse("array(integer)"), parse("array(date)")),
	    "elements without a cast");
	ok(!type_can_cast(parse("row(int, int)"), parse("row(int)")),
	    "fewer fields");
	ok(type_can_cast(TYPE(UNKNOWN), parse("row(int)")), "NULL");
	ok(!type_can_cast(parse("char(12)"), TYPE(UUID)), "char to uuid");
	ok(type_can_cast(parse("char(12)"), TYPE(DOUBLE)), "char to double");
	ok(type_can_cast(TYPE(NUMBER), TYPE(JSON)) &&
	    !type_can_cast(TYPE(NUMBER), TYPE(BOOLEAN)), "number");
}

static void
test_layout(void)
{
	is_int(type_width(parse("decimal(18,0)")), 8, "short decimal");
	is_int(type_width(parse("decimal(19,0)")), 16, "long decimal");
	is_int(type_width(parse("timestamp(6)")), 8, "timestamp(6)");
	is_int(type_width(parse("timestamp(7)")), 16, "timestamp(7)");
	is_int(type_width(parse("timestamp(3) with time zone")), 8, "tz 3");
	is_int(type_width(parse("timestamp(4) with time zone")), 16, "tz 4");
	is_int(type_width(parse("time(0) with time zone")), 16, "time tz");
	is_int(type_width(parse("array(bigint)")), 8, "array");
	is_int(type_width(TYPE(INTERVAL_YM)), 4, "interval");
	ok(!type_orderable(TYPE(JSON)) && type_comparable(TYPE(JSON)), "json");
	ok(!type_comparable(parse("array(hyperloglog)")), "sketches");
	ok(type_orderable(parse("row(a array(int))")), "row order");
	ok(!type_orderable(parse("row(map(int,int))")), "map order");
}

int
main(void)
{
	arena_init(&arena);
	test_texts();
	test_errors();
	test_common();
	test_casts();
	test_layout();
	arena_release(&arena);
	return tap_done();
}
