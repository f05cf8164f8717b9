/* SPDX-License-Identifier: Apache-2.0
 * conf.c - typed settings and the properties syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"
#include "tap.h"

static const struct conf_item items[] = {
	{ .name = "query.max-memory", .type = CONF_SIZE, .fallback = "20GB",
	  .min = 1, .max = INT64_C(1) << 50, .help = "x" },
	{ .name = "retry-policy", .type = CONF_ENUM, .fallback = "NONE",
	  .choices = "NONE|QUERY|TASK", .help = "x" },
	{ .name = "task.concurrency", .type = CONF_INT, .fallback = "16",
	  .min = 1, .max = 256, .help = "x" },
	{ .name = "idle", .type = CONF_DURATION, .fallback = "5m",
	  .help = "x" },
	{ .name = "on", .type = CONF_BOOL, .fallback = "true", .help = "x" },
	{ .name = "ratio", .type = CONF_DOUBLE, .fallback = "0.5",
	  .help = "x" },
	{ .name = "password", .type = CONF_STRING, .fallback = "",
	  .help = "x", .secret = true },
	{ .name = "pin", .type = CONF_INT, .fallback = "", .help = "x",
	  .secret = true },
};
enum { N = sizeof(items) / sizeof(items[0]) };

static void
test_values(void)
{
	struct conf c;
	struct err e;

	conf_init(&c, items, N);
	is_int(conf_int(&c, "query.max-memory"), 20LL << 30, "a default");
	is_str(conf_string(&c, "password"), "", "an unset text");
	is_int(conf_int(&c, "pin"), 0, "an unset number");
	ok(conf_load_text(&c, STR(
	    "# comment\n! another\n\n"
	    "query.max-memory = 1.5GB\n"
	    "retry-policy:task\n"
	    "  idle   90s  \n"
	    "on=FALSE\r\n"
	    "ratio=-1.5e3\n"
	    "password=a\\u0041\\tb\\\n"
	    "     c\n"), "f.properties", &e) == 0, "a text loads");
	is_int(conf_int(&c, "query.max-memory"), 3LL << 29, "a size");
	is_str(conf_string(&c, "retry-policy"), "TASK", "a choice as spelt");
	is_int(conf_int(&c, "idle"), 90000000000LL, "a duration");
	ok(!conf_bool(&c, "on"), "a boolean, CR LF");
	ok(conf_double(&c, "ratio") == -1500, "a double");
	is_str(conf_string(&c, "password"), "aA\tbc",
	    "escapes and a continued line");
	is_int(conf_get(&c, "on")->line, 7, "the line is kept");
	is_str(conf_get(&c, "on")->file, "f.properties", "the file is kept");
	conf_release(&c);
}

static void
fails(const char *text, const char *want)
{
	struct conf c;
	struct err e = { 0 };

	conf_init(&c, items, N);
	if (conf_load_text(&c, str_of(text), "f", &e) == 0)
		ok(false, "must fail: %s", text);
	else
		is_str(e.text, want, text);
	conf_release(&c);
}

static void
test_errors(void)
{
	fails("task.concurrency=x", "f:1: Invalid value 'x' for "
	    "task.concurrency: must be a whole number, from 1 to 256");
	fails("\n\ntask.concurrency=257", "f:3: Invalid value '257' for "
	    "task.concurrency: must be a whole number, from 1 to 256");
	fails("query.max-memory=64mb", "f:1: Invalid value '64mb' for "
	    "query.max-memory: must be a size such as 64MB "
	    "(B, kB, MB, GB, TB, PB), from 1B to 1PB");
	fails("idle=5", "f:1: Invalid value '5' for idle: must be a duration "
	    "such as 10m (ns, us, ms, s, m, h, d)");
	fails("retry-policy=all", "f:1: Invalid value 'all' for retry-policy: "
	    "must be one of NONE, QUERY, TASK");
	fails("pin=secret", "f:1: Invalid value for pin: must be a whole "
	    "number");
	fails("task.concurency=4", "f:1: Configuration property "
	    "'task.concurency' was not used (did you mean "
	    "'task.concurrency'?)");
	fails("zzz=4", "f:1: Configuration property 'zzz' was not used");
	fails("on=true\non=true", "f:2: on is set twice: first in line 1");
	fails("=4", "f:1: a value without a name");
	fails("password=${ENV:QUERN_NOT_SET}", "f:1: password: Environment "
	    "variable QUERN_NOT_SET is not set");
	fails("password=${X:y}", "f:1: password: ${X:y}: must be ${ENV:NAME} "
	    "or ${FILE:PATH}");
	fails("password=${ENV:x", "f:1: password: ${ without }");
	fails("password=${FILE:/no/such/file}", "f:1: password: "
	    "/no/such/file: No such file or directory");
}

static void
test_substitution(void)
{
	char path[] = "/tmp/conf-test-XXXXXX";
	struct sbuf text = { 0 };
	struct conf c;
	struct err e;
	int fd = mkstemp(path);
	bool wrote = fd >= 0 && write(fd, " s3cret\n", 8) == 8;

	conf_init(&c, items, N);
	setenv("QUERN_TEST", "${x}", 1);
	sbuf_addf(&text, "password=a${ENV:QUERN_TEST}b${FILE:%s}", path);
	ok(wrote && conf_load_text(&c, sbuf_str(&text), "f", &e) == 0,
	    "values from outside");
	is_str(conf_string(&c, "password"), "a${x}bs3cret",
	    "put in once, trimmed");
	ok(conf_set(&c, STR("password"), STR("x"), "--set", 0, &e) == 0 &&
	    conf_set(&c, STR("password"), STR("y"), "--set", 0, &e) == 0,
	    "a flag may override");
	is_str(conf_string(&c, "password"), "y", "the last one counts");
	ok(conf_set(&c, STR("idle"), STR("y"), "--set", 0, &e) < 0,
	    "a wrong flag");
	ok(conf_load(&c, "/no/such/file", &e) ==
	    -ERR_CONFIGURATION_UNAVAILABLE, "a missing file");
	ok(conf_load(&c, path, &e) < 0, "a file is read");
	unlink(path);
	close(fd);
	sbuf_release(&text);
	conf_release(&c);
}

static void
test_print(void)
{
	static const struct { uint64_t v; const char *text; } sizes[] = {
		{ 0, "0B" }, { 1023, "1023B" }, { 1024, "1kB" },
		{ 12636, "12.34kB" }, { 3u << 20, "3MB" },
	}, times[] = {
		{ 0, "0.00ns" }, { 1230000, "1.23ms" },
		{ 1000000000, "1.00s" }, { 90000000000, "1.50m" },
		{ 999950, "1.00ms" },
	};
	struct sbuf b = { 0 };

	for (int i = 0; i < 5; i++) {
		sbuf_clear(&b);
		conf_print_size(&b, sizes[i].v);
		is_str(sbuf_z(&b), sizes[i].text, "a size");
		sbuf_clear(&b);
		conf_print_duration(&b, (int64_t)times[i].v);
		is_str(sbuf_z(&b), times[i].text, "a duration");
	}
	sbuf_release(&b);
}

int
main(void)
{
	test_values();
	test_errors();
	test_substitution();
	test_print();
	return tap_done();
}
