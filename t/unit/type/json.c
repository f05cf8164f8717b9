/* SPDX-License-Identifier: Apache-2.0
 * json.c - the normal form of JSON, strings in and out, hostile input; and
 * what type/text.h does with UTF-8. */
#include "type/json.h"

#include <stdlib.h>

#include "base/check.h"
#include "tap.h"
#include "type/text.h"

static struct sbuf buffer;

static const char *
normal(struct str s)
{
	sbuf_clear(&buffer);
	return json_normalize(&buffer, s) ? sbuf_z(&buffer) : "none";
}

static void
test_normal(void)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "1e5", "1E+5" }, { "-0", "0" }, { "-0.0", "0.0" },
		{ "1.50", "1.50" }, { "1e-7", "1E-7" }, { "1e0", "1" },
		{ "100e-2", "1.00" }, { "12e3", "1.2E+4" }, { "0e10", "0E+10" },
		{ "0.0e3", "0E+2" }, { "1.00e2", "100" }, { "-1.5", "-1.5" },
		{ "1e2147483647", "1E+2147483647" },
		{ "123456789012345678901234567890",
		    "123456789012345678901234567890" },
		{ " [ 1 , true , null ] ", "[1,true,null]" }, { "[]", "[]" },
		{ "{}", "{}" }, { " { } ", "{}" }, { "[[ ],{ }]", "[[],{}]" },
		{ "{\"b\":1,\"a\":{\"d\":1,\"c\":2},\"b\":3}",
		    "{\"a\":{\"c\":2,\"d\":1},\"b\":3}" },
		{ "{\"a\":1,\"a\":2,\"\\u0061\":3}", "{\"a\":3}" },
		{ "\"\\u00e9\\ud83d\\ude00/\\/\\b\\n\\u0001\x7f\"",
		    "\"é\\uD83D\\uDE00//\\b\\n\\u0001\x7f\"" },
		{ "\"😀\"", "\"\\uD83D\\uDE00\"" },
		{ "\"\\ud800\"", "\"\\uD800\"" },
		{ "\"\\udc00\\ud800x\"", "\"\\uDC00\\uD800x\"" },
		{ "{\"é\":1,\"z\":2,\"😀\":3,\"\":4,\"A\":5,\"ｚ\":6}",
		    "{\"\":4,\"A\":5,\"z\":2,\"é\":1,\"\\uD83D\\uDE00\":3,"
		    "\"ｚ\":6}" },
	};
	static const char *const bad[] = { "", " ", "01", "1.", ".5", "+1",
	    "NaN", "1 2", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "\"\\x\"",
	    "\"a", "\"\t\"", "tru", "truex", "[1 2]", "[", "{", "{\"a\"}",
	    "{\"a\":}", "\"\\u12\"", "\"\\ud83\"", "1e", "1e+", "-", "--1",
	    "1e2147483648", "\x0b" "1", "\xef\xbb\xbf" "1", "\"\xff\"",
	    "\"\xed\xa0\x80\"", "]", "1]", "nul", "\"\\" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		is_str(normal(str_of(cases[i].in)), cases[i].out, cases[i].in);
		is_str(normal(str_of(cases[i].out)), cases[i].out,
		    "is its own normal form");
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		is_str(normal(str_of(bad[i])), "none", bad[i]);
	is_str(normal((struct str){ "1\0", 2 }), "none", "NUL");
}

static void
test_hostile(void)
{
	struct sbuf b = { 0 };
	uint64_t seed = 42;
	int i, k, good = 0;

	for (i = 0; i < 1000000; i++)
		sbuf_addc(&b, i % 2 ? '[' : '{');
	is_str(normal(sbuf_str(&b)), "none", "mixed nesting");
	sbuf_clear(&b);
	for (i = 0; i < 1000000; i++)
		sbuf_addc(&b, '[');
	is_str(normal(sbuf_str(&b)), "none", "deep nesting");
	sbuf_clear(&b);
	for (i = 0; i < JSON_MAX_DEPTH; i++)
		sbuf_addc(&b, '[');
	for (i = 0; i < JSON_MAX_DEPTH; i++)
		sbuf_addc(&b, ']');
	ok(strcmp(normal(sbuf_str(&b)), "none") != 0, "as deep as allowed");
	for (i = 0; i < 200000; i++) {
		static const char set[] = "[]{},:\"\\u00dE8-.1eE tfn";

		sbuf_clear(&b);
		for (k = 0; k < 12; k++) {
			seed = seed * 6364136223846793005u + 1;
			sbuf_addc(&b, set[(seed >> 33) % (sizeof(set) - 1)]);
		}
		if (json_normalize(&buffer, sbuf_str(&b)))
			good++;
		sbuf_clear(&buffer);
	}
	ok(good >= 0, "rubbish is no crash");
	sbuf_release(&b);
}

static void
test_strings(void)
{
	struct sbuf b = { 0 };

	json_value_quote(&b, STR("it's \"q\"\\ \001😀é\t"));
	is_str(sbuf_z(&b),
	    "\"it's \\\"q\\\"\\\\ \\u0001\\uD83D\\uDE00é\\t\"", "quote");
	sbuf_clear(&buffer);
	json_unquote(&buffer, sbuf_str(&b));
	is_str(sbuf_z(&buffer), "it's \"q\"\\ \001😀é\t", "unquote");
	sbuf_clear(&buffer);
	json_unquote(&buffer, STR("\"a\\ud800b\""));
	is_str(sbuf_z(&buffer), "a?b", "lone surrogate");
	sbuf_clear(&b);
	json_value_quote(&b, STR("\xff"));
	is_str(sbuf_z(&b), "\"\xef\xbf\xbd\"", "broken UTF-8");
	sbuf_release(&b);
}

static void
test_utf8(void)
{
	struct sbuf b = { 0 };

	is_int((long long)utf8_count(STR("héllo😀")), 6, "count");
	is_int((long long)utf8_count(STR("\xff\xc3")), 2, "broken bytes");
	is_int((long long)varchar_cut(STR("é😀ü"), 2).n, 6, "varchar(2)");
	is_int((long long)varchar_cut(STR("abc"), 0).n, 0, "varchar(0)");
	is_int((long long)char_cut(STR("a  b"), 3).n, 1, "char(3)");
	char_pad(&b, STR("😀"), 3);
	is_str(sbuf_z(&b), "😀  ", "padded");
	ok(str_eq(utf8_trim(STR("\t\xe3\x80\x80 a b \xe2\x80\x83\n")),
	    STR("a b")), "trim");
	ok(str_eq(utf8_trim(STR("\xc2\xa0x")), STR("\xc2\xa0x")),
	    "no-break space stays");
	is_int((long long)utf8_trim(STR(" \xe2\x80\x83")).n, 0, "all space");
	ok(utf8_valid(STR("é")) && !utf8_valid(STR("\xed\xa0\x80")) &&
	    !utf8_valid(STR("\xc0\x80")) &&
	    !utf8_valid(STR("\xf5\x80\x80\x80")), "valid");
	sbuf_clear(&b);
	base64_print(&b, "ab", 2);
	base64_print(&b, "abc", 3);
	base64_print(&b, "a", 1);
	is_str(sbuf_z(&b), "YWI=YWJjYQ==", "base64");
	sbuf_release(&b);
}

int
main(void)
{
	test_normal();
	test_hostile();
	test_strings();
	test_utf8();
	sbuf_release(&buffer);
	return tap_done();
}
