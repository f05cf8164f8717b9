/* SPDX-License-Identifier: Apache-2.0
 * float.c - double and real: shortest digits read back, are shortest, and
 * look as Java's and Trino's; parsing takes exactly Java's syntax. */
#include "type/float.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "tap.h"

static void
test_layout(void)
{
	static const struct { double d; const char *java, *varchar; }
	    cases[] = {
		{ 0.0, "0.0", "0E0" }, { -0.0, "-0.0", "-0E0" },
		{ 1, "1.0", "1.0E0" }, { -1.5, "-1.5", "-1.5E0" },
		{ 1e10, "1.0E10", "1.0E10" }, { 1e7, "1.0E7", "1.0E7" },
		{ 9999999, "9999999.0", "9.999999E6" },
		{ 0.001, "0.001", "1.0E-3" },
		{ 9.999e-4, "9.999E-4", "9.999E-4" },
		{ 123456.789, "123456.789", "1.23456789E5" },
		{ 1e23, "1.0E23", "9.999999999999999E22" },
		{ 2e23, "2.0E23", "1.9999999999999998E23" },
		{ 8.41e21, "8.41E21", "8.409999999999999E21" },
		{ 9223372036854774784.0, "9.223372036854775E18",
		    "9.2233720368547748E18" },
		{ 9223372036854775808.0, "9.223372036854776E18",
		    "9.223372036854776E18" },
		{ 4.9e-324, "4.9E-324", "4.9E-324" },
		{ 2e-323, "2.0E-323", "2.0E-323" },
		{ 2.2250738585072014e-308, "2.2250738585072014E-308",
		    "2.2250738585072014E-308" },
		{ 1.7976931348623157e308, "1.7976931348623157E308",
		    "1.7976931348623157E308" },
		{ 0.49999999999999994, "0.49999999999999994",
		    "4.9999999999999994E-1" },
		{ 2147483647.4, "2.1474836474E9", "2.1474836474E9" },
		{ 2.0e-44, "2.0E-44", "2.0E-44" },
		{ 9.5e-3, "0.0095", "9.5E-3" },
		{ 9007199254740992.0, "9.007199254740992E15",
		    "9.007199254740992E15" },
		{ INFINITY, "Infinity", "Infinity" },
		{ -INFINITY, "-Infinity", "-Infinity" },
	};
	static const struct { float f; const char *java, *varchar; } reals[] = {
		{ 0.1f, "0.1", "1.0E-1" }, { 1.4e-45f, "1.4E-45", "1.4E-45" },
		{ 3.4028235e38f, "3.4028235E38", "3.402823E38" },
		{ 2147483600.0f, "2.1474836E9", "2.147484E9" },
		{ 33554432.0f, "3.3554432E7", "3.355443E7" },
		{ 9999999.5f, "1.0E7", "1.0E7" },
		{ 1.0000005f, "1.0000005", "1.000001E0" },
		{ 3.3333333f, "3.3333333", "3.333333E0" },
		{ NAN, "NaN", "NaN" }, { -0.0f, "-0.0", "-0E0" },
	};
	struct sbuf b = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		sbuf_clear(&b);
		double_print(&b, cases[i].d);
		is_str(sbuf_z(&b), cases[i].java, cases[i].java);
		sbuf_clear(&b);
		double_print_varchar(&b, cases[i].d);
		is_str(sbuf_z(&b), cases[i].varchar, cases[i].varchar);
	}
	for (i = 0; i < ARRAY_LEN(reals); i++) {
		sbuf_clear(&b);
		real_print(&b, reals[i].f);
		is_str(sbuf_z(&b), reals[i].java, reals[i].java);
		sbuf_clear(&b);
		real_print_varchar(&b, reals[i].f);
		is_str(sbuf_z(&b), reals[i].varchar, reals[i].varchar);
	}
	sbuf_release(&b);
}

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int
digits_of(uint64_t x)
{
	int n = 1;

	while (x >= 10) {
		x /= 10;
		n++;
	}
	return n;
}

/* Fewer digits than ours never read back (ours may have two for one). */
static bool
is_shortest(double d, struct float_digits s)
{
	char text[40];
	int n = digits_of(s.digits);

	if (n <= 2)
		return true;
	snprintf(text, sizeof(text), "%.*e", n - 2, d);
	return strtod(text, NULL) != d;
}

static void
test_random(void)
{
	uint64_t seed = 88172645463325252u;
	int i, bad = 0, longer = 0, odd = 0;
	struct sbuf b = { 0 };

	for (i = 0; i < 300000; i++) {
		uint64_t bits = next(&seed);
		double d, back;

		if (i % 3 == 0)
			bits &= ~UINT64_C(0) << (i % 53);
		memcpy(&d, &bits, sizeof(d));
		if (!isfinite(d) || d == 0)
			continue;
		d = fabs(d);
		sbuf_clear(&b);
		double_print(&b, d);
		bad += strtod(sbuf_z(&b), NULL) != d;
		bad += !double_parse(sbuf_str(&b), &back) || back != d;
		longer += !is_shortest(d, double_shortest(d));
		if (i % 10 == 0) {
			sbuf_clear(&b);
			double_print_varchar(&b, d);
			odd += strtod(sbuf_z(&b), NULL) != d;
		}
	}
	is_int(bad, 0, "doubles read back");
	is_int(longer, 0, "doubles are shortest");
	is_int(odd, 0, "the varchar form reads back");
	for (i = 0, bad = 0; i < 300000; i++) {
		uint32_t bits = (uint32_t)next(&seed);
		float f, back;

		memcpy(&f, &bits, sizeof(f));
		if (!isfinite(f))
			continue;
		sbuf_clear(&b);
		real_print(&b, f);
		bad += strtof(sbuf_z(&b), NULL) != f || b.n > 15;
		bad += !real_parse(sbuf_str(&b), &back) || back != f;
	}
	is_int(bad, 0, "reals read back");
	sbuf_release(&b);
}

static void
test_parse(void)
{
	static const struct { const char *text; double d; } good[] = {
		{ "0", 0 }, { "1e3", 1000 }, { "1E-3", .001 }, { " 1.5", 1.5 },
		{ "1.5 \t", 1.5 }, { "\0011.5", 1.5 }, { "1.5f", 1.5 },
		{ "1.5D", 1.5 }, { "0x1.8p1", 3 }, { "0X.8P1", 1 },
		{ "0x1p3d", 8 }, { "-0x1p3", -8 }, { ".5", .5 }, { "5.", 5 },
		{ "+.5e1", 5 }, { "1e+5", 1e5 }, { "1e309", INFINITY },
		{ "-1e999999999999", -INFINITY }, { "1e-325", 0 },
		{ "4.9e-324", 4.9e-324 }, { "Infinity", INFINITY },
		{ "+Infinity", INFINITY }, { "-Infinity", -INFINITY },
		{ "123456789012345678901234567890",
		    123456789012345678901234567890.0 },
		{ "0.1", .1 }, { "9007199254740993", 9007199254740992.0 },
		{ "1e400d", INFINITY }, { "00000000000000000000000001", 1 },
		{ "0.000000000000000000000000000001", 1e-30 },
	};
	static const char *const bad[] = { "", " ", ".", "+", "1e", "1e+",
	    "1,5", "nan", "inf", "infinity", "NaNd", "Infinityf", "0x1.8", "0x",
	    "1 5",
	    "1.5ff", "--1", "abc", "1_0", "٣", "0xp1", "1.2.3", "e5" };
	double d;
	float f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++)
		ok(double_parse(str_of(good[i].text), &d) && d == good[i].d,
		    "%s", good[i].text);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		ok(!double_parse(str_of(bad[i]), &d) &&
		    !real_parse(str_of(bad[i]), &f), "no: %s", bad[i]);
	ok(double_parse(STR("-NaN"), &d) && isnan(d), "NaN");
	ok(double_parse(STR("-0"), &d) && signbit(d), "-0");
	ok(real_parse(STR("3.4028236e38"), &f) && isinf(f), "real overflow");
	ok(real_parse(STR("1e-46"), &f) && f == 0, "real underflow");
	ok(real_parse(STR("1.00000017881393432617187499"), &f) &&
	    f == 1.00000012f, "real is rounded once");
}

int
main(void)
{
	test_layout();
	test_random();
	test_parse();
	return tap_done();
}
