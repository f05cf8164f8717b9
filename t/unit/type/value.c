/* SPDX-License-Identifier: Apache-2.0
 * value.c - single values: parse, print, compare and hash of every scalar
 * type, and the texts of failing casts. */
#include "type/value.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "tap.h"
#include "type/convert.h"
#include "type/decimal.h"
#include "type/time.h"

static struct arena arena;

static const struct type *
parse_type(const char *text)
{
	const struct type *t = NULL;
	struct err e;

	CHECK(type_parse(&arena, str_of(text), &t, &e) == 0);
	return t;
}

/* Type, text, CAST AS varchar of the value, its protocol JSON; or the error
 * and NULL. */
static const struct {
	const char *type, *text, *print, *json;
} cast_cases[] = {
	{ "boolean", "T", "true", "true" },
	{ "boolean", " true", "Cannot cast ' true' to BOOLEAN", NULL },
	{ "tinyint", "  -128", "-128", "-128" },
	{ "tinyint", "٣", "3", "3" }, { "tinyint", "１", "1", "1" },
	{ "tinyint", "128", "Cannot cast '128' to TINYINT", NULL },
	{ "integer", "1e3", "Cannot cast '1e3' to INT", NULL },
	{ "integer", "-", "Cannot cast '-' to INT", NULL },
	{ "bigint", "-9223372036854775808", "-9223372036854775808",
	    "-9223372036854775808" },
	{ "bigint", "9223372036854775808",
	    "Cannot cast '9223372036854775808' to BIGINT", NULL },
	{ "real", "1.5", "1.5E0", "1.5" },
	{ "real", "inf", "Cannot cast 'inf' to REAL", NULL },
	{ "double", "1e10", "1.0E10", "1.0E10" },
	{ "double", "NaN", "NaN", "\"NaN\"" },
	{ "double", "-0", "-0E0", "-0.0" },
	{ "decimal(5,2)", "-1.555", "-1.56", "\"-1.56\"" },
	{ "decimal(5,2)", "1000", "Cannot cast VARCHAR '1000' to "
	    "DECIMAL(5, 2). Value too large.", NULL },
	{ "decimal(38,10)", "", "Cannot cast VARCHAR '' to "
	    "DECIMAL(38, 10). Value is not a number.", NULL },
	{ "decimal(38,10)", "12345678901234567890.12345678901",
	    "12345678901234567890.1234567890",
	    "\"12345678901234567890.1234567890\"" },
	{ "number", " 1.50 ", "1.5", "\"1.5\"" },
	{ "number", "x", "Cannot cast 'x' to NUMBER", NULL },
	{ "varchar(3)", "héllo", "hél", "\"hél\"" },
	{ "varchar", "a\"\n", "a\"\n", "\"a\\\"\\n\"" },
	{ "char(4)", "ab  cd", "ab", "\"ab  \"" },
	{ "varbinary", "ab", "6162", "\"YWI=\"" },
	{ "json", "a\"b", "\"a\\\"b\"", "\"\\\"a\\\\\\\"b\\\"\"" },
	{ "date", " 2020-2-9 ", "2020-02-09", "\"2020-02-09\"" },
	{ "date", "12345-01-01", "12345-01-01", "\"+12345-01-01\"" },
	{ "date", "-0044-03-15", "-0044-03-15", "\"-0044-03-15\"" },
	{ "date", "2021-02-29",
	    "Value cannot be cast to date: 2021-02-29", NULL },
	{ "date", "5881580-07-12",
	    "Value cannot be cast to date: 5881580-07-12", NULL },
	{ "timestamp(0)", "12345-01-01 00:00",
	    "+12345-01-01 00:00:00", "\"+12345-01-01 00:00:00\"" },
	{ "uuid", "12151FD2-7586-11E9-8F9E-2A86E4085A59",
	    "12151fd2-7586-11e9-8f9e-2a86e4085a59",
	    "\"12151fd2-7586-11e9-8f9e-2a86e4085a59\"" },
	{ "uuid", "1-1-1-1-1", "Invalid UUID string length: 9", NULL },
	{ "uuid", "x", "Cannot cast value to UUID: x", NULL },
	{ "uuid", "12151fd2-758611e9-8f9e-2a86e4085a59-",
	    "Cannot cast value to UUID: "
	    "12151fd2-758611e9-8f9e-2a86e4085a59-", NULL },
	{ "ipaddress", "10.0.0.1", "10.0.0.1", "\"10.0.0.1\"" },
	{ "ipaddress", "2001:DB8:0:0:0:0:0:1", "2001:db8::1",
	    "\"2001:db8::1\"" },
	{ "ipaddress", "::ffff:1.2.3.4", "1.2.3.4", "\"1.2.3.4\"" },
	{ "ipaddress", "::10.0.0.1", "::a00:1", "\"::a00:1\"" },
	{ "ipaddress", "fe80::1%eth0", "fe80::1", "\"fe80::1\"" },
	{ "ipaddress", "1:0:0:2:0:0:0:3", "1:0:0:2::3",
	    "\"1:0:0:2::3\"" },
	{ "ipaddress", "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7",
	    "\"1:0:2:3:4:5:6:7\"" },
	{ "ipaddress", "::", "::", "\"::\"" },
	{ "ipaddress", "10.0.0.01",
	    "Cannot cast value to IPADDRESS: 10.0.0.01", NULL },
	{ "ipaddress", "10.0.0.1 ",
	    "Cannot cast value to IPADDRESS: 10.0.0.1 ", NULL },
};

static void
test_cast(void)
{
	struct sbuf b = { 0 };
	char out[16];
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cast_cases); i++) {
		const struct type *t = parse_type(cast_cases[i].type);

		if (value_parse(t, str_of(cast_cases[i].text), ZONE_UTC,
		    &arena, out, &e) != 0) {
			ok(cast_cases[i].json == NULL, "%s",
			    cast_cases[i].text);
			is_str(e.text, cast_cases[i].print, cast_cases[i].text);
			continue;
		}
		sbuf_clear(&b);
		value_print(&b, t, out);
		is_str(sbuf_z(&b), cast_cases[i].print, cast_cases[i].type);
		sbuf_clear(&b);
		value_print_json(&b, t, out);
		is_str(sbuf_z(&b), cast_cases[i].json, cast_cases[i].type);
	}
	sbuf_release(&b);
}

/* Values of each type in rising order; "=" before those equal to the one
 * before. */
static void
test_order(void)
{
	static const struct { const char *type, *values[8]; } cases[] = {
		{ "boolean", { "false", "true" } },
		{ "smallint", { "-32768", "-1", "0", "32767" } },
		{ "bigint", { "-9223372036854775808", "0", "1" } },
		{ "real", { "-Infinity", "-1", "0", "=-0", "1", "Infinity",
		    "NaN", "=NaN" } },
		{ "double", { "-Infinity", "-1", "-0", "=0", "1e-320",
		    "Infinity", "NaN", "=NaN" } },
		{ "decimal(38,2)", { "-1e35", "-1", "0", "1", "1e35" } },
		{ "number", { "-Infinity", "-5", "0", "=-0", "2", "10",
		    "=1e1", "NaN" } },
		{ "varchar", { "", "a", "aa", "b", "longer than twelve",
		    "longer than twelve!", "é" } },
		{ "char(5)", { "a\t", "a", "=a ", "a!", "b" } },
		{ "varbinary", { "\x01", "\x7f", "\xff" } },
		{ "date", { "-0001-01-01", "1970-01-01", "2020-01-01" } },
		{ "time(12)", { "00:00", "00:00:00.000000000001", "23:59" } },
		{ "time(0) with time zone", { "00:00+01:00",
		    "=23:00+00:00", "23:30+00:00" } },
		{ "timestamp(9)", { "1969-12-31 23:59:59.999999999",
		    "1970-01-01", "1970-01-01 00:00:00.000000001" } },
		{ "timestamp(3) with time zone", { "2020-01-01 00:00 UTC",
		    "=2020-01-01 01:00 +01:00",
		    "2020-01-01 00:00 America/New_York" } },
		{ "timestamp(12) with time zone", { "2020-01-01 00:00 UTC",
		    "=2020-01-01 01:00 +01:00",
		    "2020-01-01 00:00:00.000000000001 UTC" } },
		{ "uuid", { "00000000-0000-0000-0000-000000000000",
		    "7fffffff-0000-0000-0000-000000000000",
		    "80000000-0000-0000-0000-000000000000" } },
		{ "ipaddress", { "::1", "9.0.0.0", "10.0.0.0",
		    "2001:db8::1" } },
	};
	size_t i, k, m;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct type *t = parse_type(cases[i].type);
		char value[8][16];
		int rank[8], bad = 0;

		for (k = 0; k < 8 && cases[i].values[k] != NULL; k++) {
			const char *v = cases[i].values[k];
			bool same = *v == '=';
			struct err e;

			rank[k] = k == 0 ? 0 : rank[k - 1] + !same;
			CHECK(value_parse(t, str_of(v + same), ZONE_UTC, &arena,
			    value[k], &e) == 0);
		}
		for (m = 0; m < k * k; m++) {
			size_t x = m / k, y = m % k;
			int c = value_compare(t, value[x], value[y]);

			bad += (c > 0) - (c < 0) !=
			    (rank[x] > rank[y]) - (rank[x] < rank[y]);
			bad += value_same(t, value[x], value[y]) !=
			    (rank[x] == rank[y]);
			bad += rank[x] == rank[y] && value_hash(t, value[x]) !=
			    value_hash(t, value[y]);
			bad += rank[x] != rank[y] && value_hash(t, value[x]) ==
			    value_hash(t, value[y]);
		}
		is_int(bad, 0, cases[i].type);
	}
}

static void
test_hash(void)
{
	int8_t i8 = -5;
	int64_t i64 = -5;
	int128 v = -5;

	ok(value_hash(TYPE(TINYINT), &i8) == hash_u64((uint64_t)-5),
	    "the contract of integers");
	ok(value_hash(TYPE(TINYINT), &i8) == value_hash(TYPE(BIGINT), &i64),
	    "integers hash alike");
	ok(value_hash(parse_type("decimal(18,3)"), &i64) ==
	    value_hash(TYPE(BIGINT), &i64), "short decimal");
	ok(value_hash(TYPE(DECIMAL), &v) == hash_combine(hash_u64(
	    (uint64_t)-5), hash_u64((uint64_t)-1)), "long decimal");
}

static void
test_convert(void)
{
	const struct type *d52 = parse_type("decimal(5,2)");
	const struct type *d31 = parse_type("decimal(3,1)");
	double d = 1.5;
	int64_t x;
	int128 v;
	struct err e;

	ok(double_to_integer(-2.5, TYPE_TINYINT, &x, &e) == 0 && x == -3,
	    "half away from zero");
	ok(double_to_integer(0.49999999999999994, TYPE_TINYINT, &x, &e) == 0 &&
	    x == 0, "just below a half");
	ok(double_to_integer(-9223372036854775808.0, TYPE_BIGINT, &x, &e) == 0,
	    "the least bigint");
	ok(double_to_integer(9223372036854775808.0, TYPE_BIGINT, &x, &e) < 0,
	    "too large");
	is_str(e.text, "Out of range for bigint: 9.223372036854776E18", "text");
	real_to_integer(NAN, TYPE_INTEGER, &x, &e);
	is_str(e.text, "Cannot cast real NaN to integer", "NaN");
	integer_to_integer(128, TYPE_TINYINT, &e);
	is_str(e.text, "Out of range for tinyint: 128", "integer");
	decimal_to_integer(12750, d52, TYPE_TINYINT, &x, &e);
	is_str(e.text, "Cannot cast '128' to TINYINT", "short decimal");
	decimal_to_integer((int128)300 * 100 + 50, parse_type("decimal(38,2)"),
	    TYPE_TINYINT, &x, &e);
	is_str(e.text, "Cannot cast '300.50' to TINYINT", "long decimal");
	integer_to_decimal(100, TYPE_INTEGER, d31, &v, &e);
	is_str(e.text, "Cannot cast INTEGER '100' to DECIMAL(3, 1)", "integer");
	decimal_to_decimal(-9995, d52, d31, &v, &e);
	is_str(e.text, "Cannot cast DECIMAL(5, 2) '-99.95' to DECIMAL(3, 1)",
	    "decimal");
	double_to_decimal(1e3, d31, &v, &e);
	is_str(e.text, "Cannot cast DOUBLE '1000.0' to DECIMAL(3, 1)",
	    "double");
	double_to_decimal(1e38, TYPE(DECIMAL), &v, &e);
	is_str(e.text, "Decimal overflow", "double");
	boolean_to_decimal(true, parse_type("decimal(38,38)"), &v, &e);
	is_str(e.text, "Cannot cast BOOLEAN 'true' to DECIMAL(38, 38)",
	    "boolean");
	varchar_too_long(TYPE(DOUBLE), &d, STR("1.5E0"), 3, &e);
	is_str(e.text, "Value 1.5 (1.5E0) cannot be represented as varchar(3)",
	    "varchar of double");
	varchar_too_long(TYPE(DATE), NULL, STR("2020-01-01"), 3, &e);
	is_str(e.text, "Value 2020-01-01 cannot be represented as varchar(3)",
	    "varchar of date");
	varchar_too_long(TYPE(BOOLEAN), NULL, STR("true"), 3, &e);
	is_str(e.text, "Cannot cast 'true' to varchar(3)", "boolean");
	ok(double_to_integer(NAN, TYPE_BIGINT, &x, NULL) ==
	    -ERR_INVALID_CAST_ARGUMENT, "without an error to fill");
	ok(integer_fits(127, TYPE_TINYINT) &&
	    !integer_fits(128, TYPE_TINYINT) &&
	    integer_fits(INT64_MIN, TYPE_BIGINT) &&
	    !integer_fits(-32769, TYPE_SMALLINT), "integer_fits");
}

int
main(void)
{
	arena_init(&arena);
	test_cast();
	test_order();
	test_hash();
	test_convert();
	arena_release(&arena);
	return tap_done();
}
