/* SPDX-License-Identifier: Apache-2.0
 * json.c - the cursor over good and hostile JSON. */
#include "client/json_cursor.h"

#include <stdlib.h>

#include "tap.h"

static void
test_walk(void)
{
	struct json j = json_of(STR(" { \"a\" : [1, -2.5e+3 ,\"x,]\\\"\"],"
	    "\"b\\u0041\":{\"c\":null} } "));
	struct arena a = { 0 };
	const char *name;
	bool first = true;
	struct str v;

	ok(json_open(&j, '{') && json_member(&j, &a, &name), "first member");
	is_str(name, "a", "its name");
	ok(json_open(&j, '[') && json_element(&j, &first), "an array");
	is_int(json_int(json_value(&j), 0), 1, "an integer");
	ok(json_element(&j, &first) &&
	    str_eq(json_value(&j), STR("-2.5e+3")), "a number as written");
	ok(json_element(&j, &first), "third");
	is_str(json_text(json_value(&j), &a), "x,]\"", "a string");
	ok(!json_element(&j, &first) && !j.bad, "the end");
	ok(json_member(&j, &a, &name), "second member");
	is_str(name, "bA", "a name with an escape");
	v = json_value(&j);
	ok(str_eq(v, STR("{\"c\":null}")), "a whole object");
	ok(!json_member(&j, &a, &name) && !j.bad, "the end of it");
	is_int(json_int(STR("nonsense"), 7), 7, "no number");
	arena_release(&a);
}

static void
test_strings(void)
{
	static const struct { struct str in; const char *out; } cases[] = {
		{ STR("\"\""), "" },
		{ STR("\"a\\n\\t\\/\\\\\\\"\""), "a\n\t/\\\"" },
		{ STR("\"\\u00e9\\u7f51\""), "\xc3\xa9\xe7\xbd\x91" },
		{ STR("\"\\ud83d\\ude00\""), "\xf0\x9f\x98\x80" },
		{ STR("\"\\ud83dx\""), "\xef\xbf\xbdx" },
		{ STR("\"\\ude00\""), "\xef\xbf\xbd" },
		{ STR("\"\\ud83d\\u0041\""), "\xef\xbf\xbd" "A" },
		{ STR("\"\\u12\""), "" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is_str(json_text(cases[i].in, &a), cases[i].out,
		    cases[i].in.p);
	ok(json_text(STR("12"), &a) == NULL, "a number is no text");
	arena_release(&a);
}

static void
test_bad(void)
{
	static const struct str cases[] = { STR(""), STR("  "), STR("]"),
		STR("}"), STR(","), STR(":"), STR("\""), STR("\"a"),
		STR("\"a\\"), STR("\"a\\\""), STR("["), STR("[1,"), STR("{"),
		STR("{\"a\""), STR("[\0]"), STR("\0"), STR("[1,\001]"),
		STR("[\xff]") };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* Exactly as long as it is, so that tools see overruns. */
		char *copy = malloc(cases[i].n + 1);
		struct json j;
		struct str v;

		memcpy(copy, cases[i].p, cases[i].n);
		copy = realloc(copy, cases[i].n > 0 ? cases[i].n : 1);
		j = json_of((struct str){ copy, cases[i].n });
		v = json_value(&j);
		ok(j.bad && v.n == 0, "malformed text %zu", i);
		ok(!json_open(&j, '[') && json_value(&j).n == 0,
		    "and it stays so");
		free(copy);
	}
}

static void
test_members_bad(void)
{
	static const struct str cases[] = { STR("{"), STR("{1:2}"),
		STR("{\"a\"}"), STR("{\"a\" 1}"), STR("{\"a\":1"),
		STR("{\"a\":}"), STR("{,}") };
	struct arena a = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct json j = json_of(cases[i]);
		const char *name;
		int n = 0;

		json_open(&j, '{');
		while (json_member(&j, &a, &name) && n++ < 10)
			json_value(&j);
		ok(j.bad && n < 10, "malformed object %s", cases[i].p);
	}
	arena_release(&a);
}

static void
test_deep(void)
{
	size_t n = 20 * 1000 * 1000;
	char *text = malloc(2 * n);
	struct json j;

	memset(text, '[', n);
	memset(text + n, ']', n);
	j = json_of((struct str){ text, 2 * n });
	is_int((long long)json_value(&j).n, (long long)(2 * n),
	    "twenty million brackets");
	j = json_of((struct str){ text, n });
	ok(json_value(&j).n == 0 && j.bad, "and only their first half");
	free(text);
}

/* Every prefix and every byte changed: an end, whatever it says. */
static void
test_mutations(void)
{
	static const char good[] = "{\"id\":\"x\",\"a\":[[1,\"\\u0041\"],"
	    "[null,{\"k\":[]}]],\"b\":-1.5E3}";
	int visited = 0;

	for (size_t n = 0; n < sizeof(good); n++) {
		for (int c = 0; c < 256; c++) {
			struct arena a = { 0 };
			struct json j;
			const char *name;
			char text[sizeof(good)];

			memcpy(text, good, sizeof(good));
			text[n] = (char)c;
			j = json_of((struct str){ text, n % 2 == 0 ? n + 1
			    : sizeof(good) - 1 });
			json_open(&j, '{');
			while (json_member(&j, &a, &name))
				json_text(json_value(&j), &a);
			arena_release(&a);
			visited++;
		}
	}
	ok(visited == 256 * (int)sizeof(good), "changed texts end");
}

int
main(void)
{
	test_walk();
	test_strings();
	test_bad();
	test_members_bad();
	test_deep();
	test_mutations();
	return tap_done();
}
