/* SPDX-License-Identifier: Apache-2.0
 * golden.c - every recorded statement: what ran must parse and read back,
 * what was a syntax error must fail, at the same place.
 *
 * Reads the *.jsonl below the directory in QUERN_GOLDEN or t/golden.  Some
 * recorded SYNTAX_ERRORs are found by later stages: those are known by their
 * texts. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "sql/parse.h"
#include "tap.h"

struct counts {
	int parsed, refused, wrong, syntax, named, placed, texts;
};

/* Errors of the parser proper; others come from paths, names of objects,
 * routines and the texts in EXECUTE IMMEDIATE. */
static bool
is_later(const char *sql, const char *text)
{
	static const char *const later[] = {
		"lax", "<EOF>, '+', '*'", "{'+', '('", "Too many ",
		"Only functions using", "Multiple language",
		"Multiple deterministic", "Inline function names",
		"no viable alternative",
	};
	size_t i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (strstr(text, later[i]) != NULL)
			return strncmp(text, "line 1:1: mismatched", 20) != 0;
	return strncmp(sql, "EXECUTE IMMEDIATE", 17) == 0;
}

static void
check_error(struct counts *c, const char *sql, const json_t *error,
    int result, const struct err *e)
{
	const char *want = json_string_value(json_object_get(error,
	    "message"));
	char text[ERR_TEXT_MAX + 64];

	if (result == 0 && is_later(sql, want))
		return;
	c->syntax++;
	if (result == 0) {
		diag("parsed: %s (%s)", sql, want);
		return;
	}
	c->named += e->code == ERR_SYNTAX_ERROR;
	c->texts += strcmp(err_message(e, text, sizeof(text)), want) == 0;
	if (e->line == json_integer_value(json_object_get(error, "line"))
	    && e->column == json_integer_value(json_object_get(error,
	    "column")))
		c->placed++;
	else
		diag("%s: %s, wanted %s", sql, text, want);
}

static void
check_case(struct counts *c, const json_t *line)
{
	const char *sql = json_string_value(json_object_get(line, "sql"));
	const json_t *error = json_object_get(line, "error");
	struct err e = { 0 };
	struct node *n;
	struct arena a;
	bool parsed;
	int result;

	if (sql == NULL)
		return;
	arena_init(&a);
	result = sql_parse(&a, str_of(sql), &n, &e);
	if (json_is_object(error) && strcmp(json_string_value(
	    json_object_get(error, "name")), "SYNTAX_ERROR") == 0) {
		check_error(c, sql, error, result, &e);
	} else if (result != 0) {
		c->refused++;
		diag("%s: %s", sql, e.text);
	} else {
		c->parsed++;
		c->wrong += !round_trip(str_of(sql), &parsed);
	}
	arena_release(&a);
}

static void
check_file(struct counts *c, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL)
		return;
	while (getline(&line, &cap, f) > 0) {
		json_t *j = json_loads(line, 0, NULL);

		if (json_is_object(j))
			check_case(c, j);
		json_decref(j);
	}
	free(line);
	fclose(f);
}

static void
check_directory(struct counts *c, const char *top, const char *name)
{
	char path[4096];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	dir = opendir(path);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		size_t n = strlen(d->d_name);

		if (n < 6 || strcmp(d->d_name + n - 6, ".jsonl") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", top, name,
		    d->d_name);
		check_file(c, path);
	}
	if (dir != NULL)
		closedir(dir);
}

int
main(void)
{
	const char *top = getenv("QUERN_GOLDEN");
	struct counts c = { 0 };

	if (top == NULL)
		top = GOLDEN_DIR;
	check_directory(&c, top, "queries");
	check_directory(&c, top, "functions");
	check_directory(&c, top, "tpch");
	check_directory(&c, top, "tpcds");
	diag("%d statements, %d syntax errors: %d named, %d placed, %d with "
	    "the same text", c.parsed, c.syntax, c.named, c.placed, c.texts);
	is_int(c.refused, 0, "what ran parses");
	is_int(c.wrong, 0, "and reads back from its print");
	is_int(c.named, c.syntax, "what was a syntax error is one");
	is_int(c.placed, c.syntax, "at the same place");
	ok(c.texts * 100 >= c.syntax * 85, "mostly with the same text");
	return tap_done();
}
