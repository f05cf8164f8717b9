/* SPDX-License-Identifier: Apache-2.0
 * decimal.c - decimal arithmetic against exact results in decimal.txt, and
 * texts, rescaling and conversions at the limits. */
#include "type/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <math.h>

#include "base/check.h"
#include "tap.h"

static struct arena arena;

static int128
number(const char *text)
{
	int128 x = 0;
	int p, s;

	CHECK(decimal_parse(str_of(text), &x, &p, &s));
	return x;
}

static bool
apply(char op, const struct type *x, int128 a, const struct type *y, int128 b,
    int128 *out)
{
	int p, s;

	decimal_result(op, x, y, &p, &s);
	switch (op) {
	case '+':
		return decimal_add_to(a, x->scale, b, y->scale, s, out);
	case '-':
		return decimal_add_to(a, x->scale, -b, y->scale, s, out);
	case '*':
		return decimal_multiply_to(a, b, x->scale + y->scale - s, out);
	case '/':
		return decimal_divide(a, x->scale, b, y->scale, s, out);
	default:
		return decimal_modulus(a, x->scale, b, y->scale, out);
	}
}

static const char *
text_of(int128 x, int scale)
{
	struct sbuf b = { 0 };
	const char *z;

	decimal_print(&b, x, scale);
	z = arena_strdup(&arena, sbuf_z(&b));
	sbuf_release(&b);
	return z;
}

static void
test_vectors(void)
{
	FILE *f = fopen(TESTDIR "/decimal.txt", "r");
	char line[400], x[64], y[64], want[64], op;
	int p1, s1, p2, s2, p, s, rp, rs, n = 0;

	ok(f != NULL, "vectors");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const struct type *tx, *ty;
		int128 out;
		bool fits;

		if (line[0] == '#')
			continue;
		CHECK(sscanf(line, "%c %63s %d %d %63s %d %d %d %d %63s", &op,
		    x, &p1, &s1, y, &p2, &s2, &p, &s, want) == 10);
		tx = type_decimal(&arena, p1, s1);
		ty = type_decimal(&arena, p2, s2);
		decimal_result(op, tx, ty, &rp, &rs);
		fits = apply(op, tx, number(x), ty, number(y), &out);
		if (rp != p || rs != s ||
		    strcmp(fits ? text_of(out, 0) : "overflow", want) != 0)
			ok(false, "%s: got decimal(%d,%d) %s", line, rp, rs,
			    fits ? text_of(out, 0) : "overflow");
		n++;
	}
	if (f != NULL)
		fclose(f);
	ok(n > 600, "%d vectors", n);
}

static void
test_text(void)
{
	static const struct { const char *text; int p, s; const char *out; }
	    good[] = {
		{ "1", 1, 0, "1" }, { "1.", 1, 0, "1" }, { ".1", 1, 1, "0.1" },
		{ "-.1", 1, 1, "-0.1" }, { "00", 1, 0, "0" },
		{ "0.00", 2, 2, "0.00" }, { "000123.4500", 7, 4, "123.4500" },
		{ "+1.5", 2, 1, "1.5" },
		{ "12345678901234567890123456789012345678", 38, 0,
		    "12345678901234567890123456789012345678" },
		{ "0.12345678901234567890123456789012345678", 38, 38,
		    "0.12345678901234567890123456789012345678" },
		{ "-99999999999999999999999999999999999999", 38, 0,
		    "-99999999999999999999999999999999999999" },
	};
	static const char *const bad[] = { "", ".", "-", "1 ", " 1", "1e3",
	    "1_0", "--1", "1.2.3", "123456789012345678901234567890123456789",
	    "0.123456789012345678901234567890123456789" };
	size_t i;
	int128 x;
	int p, s;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		bool is = decimal_parse(str_of(good[i].text), &x, &p, &s);

		ok(is && p == good[i].p && s == good[i].s, "%s", good[i].text);
		is_str(text_of(x, s), good[i].out, good[i].text);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		ok(!decimal_parse(str_of(bad[i]), &x, &p, &s), "no: %s",
		    bad[i]);
}

static void
test_parse_as(void)
{
	static const struct { const char *text; int p, s; const char *out; }
	    cases[] = {
		{ "1.555", 5, 2, "1.56" }, { "-1.555", 5, 2, "-1.56" },
		{ "999.994", 5, 2, "999.99" }, { "999.995", 5, 2, "large" },
		{ "1000", 5, 2, "large" }, { "1e2", 5, 2, "100.00" },
		{ "1.5E1", 5, 2, "15.00" }, { "1e-3", 5, 2, "0.00" },
		{ "5.", 5, 2, "5.00" }, { ".", 5, 2, "none" },
		{ "", 5, 2, "none" }, { " 1.5", 5, 2, "none" },
		{ "NaN", 5, 2, "none" }, { "1_0", 5, 2, "none" },
		{ "1e", 5, 2, "none" }, { "1e999999999999", 5, 2, "large" },
		{ "0e999999999999", 5, 2, "0.00" },
		{ "1e-999999999999", 5, 2, "0.00" },
		{ "000001.5", 5, 2, "1.50" },
		{ "1e28", 38, 10, "large" },
		{ "1e-11", 38, 10, "0.0000000000" },
		{ "-0.00000000005", 38, 10, "-0.0000000001" },
		{ "12345678901234567890.12345678901", 38, 10,
		    "12345678901234567890.1234567890" },
		{ "9999999999999999999999999999.99999999995", 38, 10, "large" },
		{ "0.123456789012345678901234567890123456785", 38, 38,
		    "0.12345678901234567890123456789012345679" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int128 x = 0;
		enum decimal_status status = decimal_parse_as(
		    str_of(cases[i].text), cases[i].p, cases[i].s, &x);

		is_str(status == DECIMAL_OK ? text_of(x, cases[i].s)
		    : status == DECIMAL_TOO_LARGE ? "large" : "none",
		    cases[i].out, cases[i].text);
	}
}

static void
test_float(void)
{
	int128 x;

	ok(decimal_from_double(0.49999999999999994, 5, 2, &x) && x == 50,
	    "just below a half");
	ok(!decimal_from_double(999.995, 5, 2, &x), "too large");
	ok(!decimal_from_double(NAN, 5, 2, &x), "NaN");
	ok(!decimal_from_double(1e38, 38, 0, &x), "1e38");
	ok(decimal_from_double(1e23, 38, 0, &x), "1e23");
	is_str(text_of(x, 0), "100000000000000000000000", "shortest digits");
	ok(decimal_from_real(0.1f, 38, 30, &x), "real");
	is_str(text_of(x, 30), "0.100000000000000000000000000000", "real");
	ok(decimal_from_double(-0.05, 3, 1, &x) && x == -1, "away from zero");
	ok(decimal_from_double(1e-300, 38, 38, &x) && x == 0, "tiny");
	ok(decimal_to_double(number("1234567890123456789012"), 2) ==
	    12345678901234567890.12, "to double");
	ok(decimal_to_double(number("99999999999999999999999999999999999999"),
	    38) == 1.0, "nearest");
	ok(decimal_to_real(12749, 2) == 127.49f, "to real");
	ok(decimal_to_double(-15, 1) == -1.5, "negative");
}

static void
test_random(void)
{
	uint64_t seed = 88172645463325252u;
	int i, bad = 0;

	for (i = 0; i < 100000; i++) {
		int128 x, y, z;
		int p, s, scale = i % 39;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		x = (int128)(int64_t)seed;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		y = (int128)(int64_t)seed;
		z = (x * y) >> (seed % 120);
		if (!decimal_fits(z, 38))
			z /= 10;
		bad += !decimal_parse(str_of(text_of(z, scale)), &x, &p, &s) ||
		    x != z || s != scale;
		if (z == (int64_t)z && scale <= 18) {
			int128 w;

			decimal_rescale(z, scale, 0, &w);
			bad += w != decimal_shrink64((int64_t)z, scale);
		}
		if (i % 1000 == 0)
			arena_release(&arena);
	}
	is_int(bad, 0, "print and parse");
}

static void
test_compare(void)
{
	int128 big = decimal_pow10(38) - 1;

	is_int(decimal_compare(10, 1, 1, 0), 0, "1.0 = 1");
	is_int(decimal_compare(11, 1, 1, 0), 1, "1.1 > 1");
	is_int(decimal_compare(big, 0, 1, 38), 1, "huge > tiny");
	is_int(decimal_compare(-big, 0, -1, 38), -1, "-huge < -tiny");
	is_int(decimal_compare(1, 38, big, 0), -1, "tiny < huge");
	is_int(decimal_compare(1, 38, -big, 0), 1, "tiny > -huge");
	ok(!decimal_add(big, 0, 1, 0, &big), "overflow");
}

int
main(void)
{
	arena_init(&arena);
	test_vectors();
	test_text();
	test_parse_as();
	test_float();
	test_random();
	test_compare();
	arena_release(&arena);
	return tap_done();
}
