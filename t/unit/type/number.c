/* SPDX-License-Identifier: Apache-2.0
 * number.c - NUMBER: arithmetic against exact results in number.txt, texts,
 * limits, order, and conversions to and from the other numeric types. */
#include "type/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "tap.h"
#include "type/convert.h"

enum { LINE_MAX_BYTES = 2000 };

static struct number
number(const char *text)
{
	struct number x;

	CHECK(number_parse(str_of(text), &x));
	return x;
}

static const char *
text_of(const struct number *x)
{
	static _Thread_local char text[4][NUMBER_TEXT_MAX + 1];
	static _Thread_local int at;
	char *p = text[at++ % 4];

	p[number_write(p, x)] = '\0';
	return p;
}

static int
apply(char op, const struct number *x, const struct number *y,
    struct number *out, struct err *e)
{
	switch (op) {
	case '+':
		return number_add(x, y, out, e);
	case '-':
		return number_subtract(x, y, out, e);
	case '*':
		return number_multiply(x, y, out, e);
	case '/':
		return number_divide(x, y, out, e);
	default:
		return number_modulus(x, y, out, e);
	}
}

static void
test_vectors(void)
{
	FILE *f = fopen(TESTDIR "/number.txt", "r");
	static char line[LINE_MAX_BYTES], a[500], b[500], want[500];
	int n = 0, bad = 0;
	char op;

	ok(f != NULL, "vectors");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		struct number x, y, z;
		struct err e;
		int rc;

		if (line[0] == '#')
			continue;
		CHECK(sscanf(line, "%c %499s %499s %499s", &op, a, b, want) ==
		    4);
		x = number(a);
		y = number(b);
		rc = apply(op, &x, &y, &z, &e);
		n++;
		if (rc == -ERR_DIVISION_BY_ZERO ? strcmp(want, "zero") == 0
		    : rc == 0 && strcmp(text_of(&z), want) == 0)
			continue;
		diag("%s# got %s", line, rc == 0 ? text_of(&z) : e.text);
		bad++;
	}
	if (f != NULL)
		fclose(f);
	is_int(bad, 0, "vectors");
	ok(n > 400, "%d vectors", n);
}

static void
test_text(void)
{
	static const struct { const char *in, *out; } good[] = {
		{ "1.5", "1.5" }, { "-0.0", "0" }, { "1e10", "1E+10" },
		{ "1E-10", "1E-10" }, { "000123.4500", "123.45" },
		{ ".5", "0.5" }, { "5.", "5" }, { " +1.50 ", "1.5" },
		{ "1e5", "1E+5" }, { "1200000", "1.2E+6" },
		{ "0.000001", "0.000001" }, { "0.0000001", "1E-7" },
		{ "-0.0000012", "-0.0000012" }, { "0.1e-5", "0.000001" },
		{ "12345678901234567890.00", "1.234567890123456789E+19" },
		{ "Infinity", "+Infinity" }, { "-Infinity", "-Infinity" },
		{ "NaN", "NaN" }, { "٣", "3" }, { "1e16384", "1E+16384" },
		{ "1e-16383", "1E-16383" }, { "0e99999", "0" },
		{ "1.2e16384", "1.2E+16384" },
	};
	static const char *const bad[] = { "", ".", "x", "nan", "infinity",
	    "inf", "+NaN", "1_0", "0x10", "1d", "1e", "1e16385", "1e-16384",
	    "1.2e-16383", "1e2147483647", "1e99999999999", "--1", "1 2" };
	struct number x;
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		x = number(good[i].in);
		is_str(text_of(&x), good[i].out, good[i].in);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		ok(!number_parse(str_of(bad[i]), &x), "no: %s", bad[i]);
}

static void
test_limits(void)
{
	struct number x, y = number("1e16000"), z;
	char nines[600];
	struct err e;

	memset(nines, '9', sizeof(nines));
	ok(number_parse((struct str){ nines, 200 }, &x), "200 digits");
	is_int((long long)strlen(text_of(&x)), 200, "are kept");
	ok(number_parse((struct str){ nines, 201 }, &x), "201 digits");
	is_str(text_of(&x), "1E+201", "are rounded");
	ok(number_parse((struct str){ nines, 599 }, &x), "599 digits");
	is_str(text_of(&x), "1E+599", "are rounded");
	is_int(number_multiply(&y, &y, &z, &e), -ERR_GENERIC_INTERNAL_ERROR,
	    "too large");
	is_str(e.text, "Scale out of range: -32000", "the message");
	x = number("1");
	y = number("0");
	is_int(number_divide(&x, &y, &z, &e), -ERR_DIVISION_BY_ZERO, "1 / 0");
	is_str(e.text, "Division by zero", "the message");
}

static void
test_special(void)
{
	static const struct { char op; const char *x, *y, *out; } cases[] = {
		{ '+', "Infinity", "1", "+Infinity" },
		{ '-', "Infinity", "Infinity", "NaN" },
		{ '*', "Infinity", "0", "NaN" },
		{ '*', "Infinity", "-1", "-Infinity" },
		{ '/', "1", "Infinity", "0" },
		{ '/', "Infinity", "Infinity", "NaN" },
		{ '/', "Infinity", "0", "+Infinity" },
		{ '/', "-Infinity", "-5", "+Infinity" },
		{ '/', "NaN", "0", "NaN" },
		{ '%', "5", "Infinity", "5" }, { '%', "Infinity", "5", "NaN" },
		{ '%', "Infinity", "0", "NaN" }, { '%', "1", "NaN", "NaN" },
	};
	static const char *const order[] = { "-Infinity", "-1e50", "-3", "-2.5",
	    "-1e-300", "0", "1e-300", "0.1", "1.5", "15", "1e50",
	    "1.0000000001e50", "Infinity", "NaN" };
	struct number x, y, z;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		x = number(cases[i].x);
		y = number(cases[i].y);
		ok(apply(cases[i].op, &x, &y, &z, NULL) == 0, "no error");
		is_str(text_of(&z), cases[i].out, cases[i].x);
	}
	for (i = 0; i < ARRAY_LEN(order); i++)
		for (k = 0; k < ARRAY_LEN(order); k++) {
			x = number(order[i]);
			y = number(order[k]);
			is_int(number_compare(&x, &y), (i > k) - (i < k),
			    order[i]);
		}
}

static void
test_round(void)
{
	static const struct { const char *x; int n; enum number_rounding how;
	    const char *out; } cases[] = {
		{ "2.5", 0, NUMBER_HALF_UP, "3" },
		{ "-2.5", 0, NUMBER_HALF_UP, "-3" },
		{ "1.2345", 2, NUMBER_HALF_UP, "1.23" },
		{ "12345", -2, NUMBER_HALF_UP, "1.23E+4" },
		{ "12345.678", -1, NUMBER_HALF_UP, "1.235E+4" },
		{ "-1.9", 0, NUMBER_DOWN, "-1" },
		{ "1.2", 0, NUMBER_CEILING, "2" },
		{ "-1.2", 0, NUMBER_CEILING, "-1" },
		{ "-1.2", 0, NUMBER_FLOOR, "-2" },
		{ "1e-300", 0, NUMBER_CEILING, "1" },
		{ "1e-300", 0, NUMBER_HALF_UP, "0" },
		{ "Infinity", 2, NUMBER_HALF_UP, "+Infinity" },
		{ "7", 3, NUMBER_FLOOR, "7" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct number x = number(cases[i].x);

		number_round(&x, cases[i].n, cases[i].how);
		is_str(text_of(&x), cases[i].out, cases[i].x);
	}
}

static void
test_convert(void)
{
	struct number x;
	struct err e;
	int64_t i64;
	int128 v;

	number_from_int128(-1500, 3, &x);
	is_str(text_of(&x), "-1.5", "from decimal");
	number_from_double(1.7976931348623157e308, &x);
	is_str(text_of(&x), "1.7976931348623157E+308", "from double");
	number_from_real(0.1f, &x);
	is_str(text_of(&x), "0.1", "from real");
	number_from_double(-INFINITY, &x);
	is_str(text_of(&x), "-Infinity", "from infinity");
	x = number("1e400");
	ok(isinf(number_to_double(&x)), "to double");
	x = number("0.1");
	ok(number_to_real(&x) == 0.1f, "to real");
	x = number("-0.5");
	ok(number_to_integer(&x, TYPE_BIGINT, &i64, &e) == 0 && i64 == -1,
	    "to bigint");
	x = number("300");
	ok(number_to_integer(&x, TYPE_TINYINT, &i64, &e) ==
	    -ERR_NUMERIC_VALUE_OUT_OF_RANGE, "to tinyint");
	is_str(e.text, "Cannot cast NUMBER '3E+2' to TINYINT", "the message");
	x = number("NaN");
	ok(number_to_decimal(&x, TYPE(DECIMAL), &v, &e) ==
	    -ERR_INVALID_CAST_ARGUMENT, "NaN");
	is_str(e.text, "Cannot cast NUMBER 'NaN' to DECIMAL(38, 0)",
	    "the message");
	x = number("12345678901234567890123456789012345678");
	ok(number_to_int128(&x, 0, &v), "38 digits");
	x = number("99999999999999999999999999999999999999.5");
	ok(!number_to_int128(&x, 0, &v), "39 digits");
}

static void
test_random(void)
{
	uint64_t seed = 88172645463325252u;
	int i, bad = 0;

	for (i = 0; i < 50000; i++) {
		struct number x, y;
		int128 v, back;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		v = (int128)(int64_t)seed * (int64_t)(seed >> (seed % 60));
		if (v > (int128)1e37 || v < (int128)-1e37)
			v >>= 8;
		number_from_int128(v, i % 60, &x);
		bad += !number_parse(str_of(text_of(&x)), &y);
		bad += number_compare(&x, &y) != 0;
		bad += strcmp(text_of(&x), text_of(&y)) != 0;
		if (i % 60 <= 38)
			bad += !number_to_int128(&x, i % 60, &back) ||
			    back != v;
	}
	is_int(bad, 0, "print and parse");
}

int
main(void)
{
	test_vectors();
	test_text();
	test_limits();
	test_special();
	test_round();
	test_convert();
	test_random();
	return tap_done();
}
