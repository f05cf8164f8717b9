/* SPDX-License-Identifier: Apache-2.0
 * system.c - catalogs and their files; the system connector's tables; the
 * blackhole connector. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "conn/catalog.h"
#include "conn/kinds.h"
#include "conn/system_info.h"
#include "page/compare.h"
#include "rt/rt.h"
#include "tap.h"

/* All rows of a table as text, a row a line, cells by |; NULL: no table.
 * only: the column's filter "= value". */
static char *
read_table(struct conn *c, const char *schema, const char *name,
    const char *only, const char *value)
{
	struct conn_scan scan = { .limit = -1 };
	struct conn_run run = { 0 };
	struct domain_range range = { .low_closed = true,
	    .high_closed = true };
	struct domain d = { .type = TYPE(VARCHAR), .n = 1, .ranges = &range };
	struct domain *domains[1] = { &d };
	struct domain_set filter = { .domain = domains };
	int filtered = 0, columns[64], n = 0, got;
	const struct type *types[64];
	struct split_source *splits;
	struct page_source *source;
	struct wait *w = NULL;
	struct sbuf b = { 0 };
	struct conn_table *t;
	struct split split;
	struct arena a;
	uint32_t rows;
	struct err e;

	arena_init(&a);
	CHECK(c->kind->table(c, NULL, &a, schema, name, &t, &e) == 0);
	if (t == NULL) {
		arena_release(&a);
		return NULL;
	}
	scan.table = t;
	for (int i = 0; i < t->n; i++) {
		columns[n] = i;
		types[n++] = t->columns[i].type;
		if (only != NULL && strcmp(only, t->columns[i].name) == 0) {
			struct strview v = strview_of(str_of(value));

			filtered = i;
			filter.n = 1;
			filter.column = &filtered;
			range.low = vec_new_const(TYPE(VARCHAR), &v, 1, NULL,
			    &e);
			range.high = range.low;
		}
	}
	CHECK(c->kind->splits(c, NULL, &scan, &splits, &e) == 0);
	while (splits->ops->next(splits, &a, 1, &split, &got, &e) == 0 &&
	    got == 1) {
		CHECK(c->kind->source(c, &run, t->handle, split.bytes,
		    columns, n, types, filter.n > 0 ? &filter : NULL,
		    &source, &e) == 0);
		while (source->ops->next(source, &rows, &w, &e) ==
		    SOURCE_READY) {
			struct vec *v[64];

			for (int k = 0; k < n; k++)
				CHECK(source->ops->load(source, k, NULL,
				    rows, &v[k], &w, &e) == SOURCE_READY);
			for (uint32_t i = 0; i < rows; i++) {
				for (int k = 0; k < n; k++) {
					if (k > 0)
						sbuf_addc(&b, '|');
					vec_print_json(&b, v[k], i);
				}
				sbuf_addc(&b, '\n');
			}
			for (int k = 0; k < n; k++)
				vec_drop(&v[k]);
		}
		page_source_close(&source);
	}
	splits->ops->close(splits);
	vec_drop(&range.low);
	arena_release(&a);
	sbuf_z(&b);
	return sbuf_take(&b);
}

static int
lines(const char *z)
{
	int n = 0;

	for (; z != NULL && *z != '\0'; z++)
		n += *z == '\n';
	return n;
}

static void
has(struct conn *c, const char *schema, const char *name, const char *line)
{
	char *text = read_table(c, schema, name, NULL, NULL);

	if (!ok(text != NULL && strstr(text, line) != NULL, "%s.%s has %s",
	    schema, name, line))
		diag("%s", text == NULL ? "no table" : text);
	free(text);
}

static int
some_nodes(const struct system_info *s, struct arena *a,
    struct system_node **out, int *n, struct err *e)
{
	*out = arena_array(a, struct system_node, 1);
	(*out)[0] = (struct system_node){ "n1", "http://h:8080", "483", true,
	    "active" };
	*n = 1;
	return 0;
}

static int
some_queries(const struct system_info *s, struct arena *a,
    struct system_query **out, int *n, struct err *e)
{
	static const char *group[] = { "global" };

	*out = arena_array(a, struct system_query, 1);
	(*out)[0] = (struct system_query){ .id = "q", .state = "RUNNING",
	    .user = "u", .sql = "SELECT 1", .n_group = 1, .group = group,
	    .created = INT64_C(1600000000123456), .started = SYSTEM_NO_TIME,
	    .last_heartbeat = SYSTEM_NO_TIME, .end = SYSTEM_NO_TIME };
	*n = 1;
	return 0;
}

static const struct system_info info = {
	.nodes = some_nodes, .queries = some_queries,
};

static void
test_system(struct conn *c)
{
	static const struct {
		const char *schema, *name;
		int rows;
	} counts[] = {
		{ "information_schema", "tpch.schemata", 10 },
		{ "information_schema", "tpch.tables", 80 },
		{ "information_schema", "tpch.columns", 583 },
		{ "information_schema", "tpch.views", 0 },
		{ "information_schema", "tpch.roles", 0 },
		{ "information_schema", "tpch.table_privileges", 0 },
		{ "information_schema", "system.schemata", 4 },
		{ "jdbc", "types", 42 }, { "jdbc", "table_types", 2 },
		{ "jdbc", "procedures", 0 },
	};
	char *text;

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		text = read_table(c, counts[i].schema, counts[i].name, NULL,
		    NULL);
		is_int(lines(text), counts[i].rows, counts[i].name);
		free(text);
	}
	text = read_table(c, "jdbc", "columns", "table_cat", "tpch");
	is_int(lines(text), 583, "jdbc.columns of tpch");
	free(text);
	text = read_table(c, "information_schema", "tpch.columns",
	    "table_schema", "tiny");
	is_int(lines(text), 61, "columns of one schema");
	free(text);
	has(c, "metadata", "catalogs",
	    "\"tpch\"|\"tpch\"|\"tpch\"|\"OPERATIONAL\"");
	has(c, "information_schema", "tpch.columns",
	    "\"tpch\"|\"tiny\"|\"nation\"|\"name\"|2|null|\"NO\"|"
	    "\"varchar(25)\"|null");
	has(c, "information_schema", "tpch.tables",
	    "\"tpch\"|\"information_schema\"|\"columns\"|\"BASE TABLE\"");
	has(c, "jdbc", "columns", "\"tpch\"|\"tiny\"|\"orders\"|\"comment\"|"
	    "12|\"varchar(79)\"|79|0|null|null|0|null|null|null|null|79|9|"
	    "\"NO\"|null");
	has(c, "jdbc", "columns", "\"system\"|\"runtime\"|\"queries\"|"
	    "\"resource_group_id\"|2003|\"array(varchar)\"|null|0|");
	has(c, "runtime", "nodes",
	    "\"n1\"|\"http://h:8080\"|\"483\"|true|\"active\"");
	has(c, "runtime", "queries", "\"q\"|\"RUNNING\"|\"u\"|null|"
	    "\"SELECT 1\"|[\"global\"]|0|0|0|"
	    "\"2020-09-13 12:26:40.123 UTC\"|null|null|null|null|null");
	has(c, "metadata", "table_comments",
	    "\"tpch\"|\"tiny\"|\"nation\"|null");
	has(c, "metadata", "table_properties",
	    "\"blackhole\"|\"rows_per_page\"|\"0\"|\"integer\"|");
	ok(read_table(c, "runtime", "nosuch", NULL, NULL) == NULL,
	    "no such table");
	ok(read_table(c, "information_schema", "tables", NULL, NULL) == NULL,
	    "information_schema needs a catalog");
}

static void
test_blackhole(struct conn *c)
{
	struct conn_column columns[] = {
		{ .name = "a", .type = TYPE(BIGINT) },
		{ .name = "b", .type = TYPE(VARCHAR) },
	};
	struct conn_property p[] = {
		{ "split_count", "2" }, { "pages_per_split", "3" },
		{ "rows_per_page", "5" }, { "field_length", "4" },
	};
	struct conn_new_table t = { .schema = "default", .name = "x", .n = 2,
	    .columns = columns, .n_properties = 4, .properties = p };
	struct conn_run run = { 0 };
	struct page_sink *sink;
	struct sbuf bytes = { 0 }, fragment = { 0 };
	struct wait *w = NULL;
	struct page *page;
	struct err e;
	char *text;

	ok(c->kind->create_table(c, NULL, &t, &e) == 0, "made");
	text = read_table(c, "default", "x", NULL, NULL);
	is_int(lines(text), 30, "as many rows as asked for");
	ok(strncmp(text, "0|\"****\"\n", 9) == 0, "constant ones");
	free(text);
	p[0].value = "-1";
	t.name = "y";
	ok(c->kind->create_table(c, NULL, &t, &e) ==
	    -ERR_INVALID_TABLE_PROPERTY, "a wrong property");
	t.n_properties = 0;
	CHECK(c->kind->begin_create(c, NULL, &t, &bytes, &e) == 0);
	CHECK(c->kind->sink(c, &run, sbuf_str(&bytes), NULL, 0, &sink,
	    &e) == 0);
	page = page_new(0, 10);
	CHECK(sink->ops->append(sink, page, &w, &e) == 0);
	CHECK(sink->ops->finish(sink, &fragment, &w, &e) == 0);
	sink->ops->close(sink);
	page_drop(&page);
	text = read_table(c, "default", "y", NULL, NULL);
	ok(text != NULL && *text == '\0', "rows are gone");
	free(text);
	c->kind->abort_write(c, NULL, sbuf_str(&bytes), NULL, 0);
	ok(read_table(c, "default", "y", NULL, NULL) == NULL,
	    "an aborted CREATE TABLE AS leaves nothing");
	sbuf_release(&bytes);
	sbuf_release(&fragment);
}

static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void
fails(const char *dir, const char *text, const char *want,
    const struct conn_world *world)
{
	struct catalog_set *s = catalog_set_new();
	char full[512];
	struct err e = { 0 };

	write_file(dir, "bad.properties", text);
	ok(catalog_load(s, dir, world, &e) < 0, "must fail");
	snprintf(full, sizeof(full), "%s/bad.properties%s", dir, want);
	if (!ok(strncmp(e.text, full, strlen(full)) == 0, "%s", want))
		diag("%s", e.text);
	catalog_set_free(&s);
}

static void
test_files(struct conn_world world)
{
	char dir[] = "/tmp/catalog-test-XXXXXX", path[256];
	struct catalog_set *s = catalog_set_new();
	struct catalog *c, **list;
	struct arena a;
	struct err e = { 0 };
	int n;

	CHECK(mkdtemp(dir) != NULL);
	arena_init(&a);
	write_file(dir, "std.properties", "connector.name=tpch\n"
	    "tpch.column-naming=STANDARD\n");
	write_file(dir, "note.txt", "nothing");
	if (!ok(catalog_load(s, dir, &world, &e) == 0, "a directory loads"))
		diag("%s", e.text);
	n = catalog_list(s, &a, &list);
	ok(n >= 5, "defaults and files");
	for (int i = 0; i < n; i++)
		ok(i == 0 || strcmp(list[i - 1]->name, list[i]->name) < 0,
		    "%s in order", list[i]->name);
	for (int i = 0; i < n; i++)
		catalog_drop(&list[i]);
	c = catalog_get(s, "std");
	ok(c != NULL && strcmp(conf_string(&c->conn->conf,
	    "tpch.column-naming"), "STANDARD") == 0, "with its settings");
	ok(catalog_set_add(s, "std", c->conn, NULL, &e) ==
	    -ERR_ALREADY_EXISTS, "a name is taken once");
	ok(catalog_set_drop(s, "std", &e) == 0 && catalog_get(s, "std") ==
	    NULL, "dropped");
	ok(strcmp(c->conn->catalog, "std") == 0,
	    "but alive while somebody has it");
	catalog_drop(&c);
	ok(catalog_set_drop(s, "std", &e) == -ERR_CATALOG_NOT_FOUND,
	    "dropped once");
	catalog_set_free(&s);
	fails(dir, "x=1\n", ": connector.name is not set", &world);
	fails(dir, "\nconnector.name=oracle\n",
	    ":2: No factory for connector 'oracle'", &world);
	fails(dir, "connector.name=tpch\ntpch.colum-naming=STANDARD\n",
	    ":2: Configuration property 'tpch.colum-naming' was not used "
	    "(did you mean 'tpch.column-naming'?)", &world);
	fails(dir, "connector.name=tpch\ntpch.column-naming=${ENV:NOT_IT}\n",
	    ":2: tpch.column-naming: Environment variable NOT_IT is not set",
	    &world);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "std.properties",
		    "bad.properties", "note.txt" };

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	arena_release(&a);
}

int
main(void)
{
	struct env *env = env_real();
	struct catalog_set *s = catalog_set_new();
	struct conn_world world = { .env = env, .node_id = "n1",
	    .version = "483", .system = &info, .catalogs = s };
	struct catalog *c;
	struct err e;

	test_files(world);
	CHECK(catalog_load(s, NULL, &world, &e) == 0);
	c = catalog_get(s, "system");
	test_system(c->conn);
	catalog_drop(&c);
	c = catalog_get(s, "blackhole");
	test_blackhole(c->conn);
	catalog_drop(&c);
	catalog_set_free(&s);
	env_free(&env);
	return tap_done();
}
