/* SPDX-License-Identifier: Apache-2.0
 * system.c - the connector of catalog "system": metadata, runtime, jdbc, and
 * information_schema of every catalog.
 *
 * Table T of catalog X's information_schema is asked for as schema
 * "information_schema", table "X.T". */
#include "base/check.h"
#include "conn/kinds.h"
#include "conn/system/system.h"

static int
system_schemas(struct conn *c, struct conn_tx *tx,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	static const char *const names[] = { "jdbc", "metadata", "runtime" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (each(arg, names[i]) != 0)
			break;
	return 0;
}

static int
system_list_tables(struct conn *c, struct conn_tx *tx, const char *schema,
    int (*each)(void *arg, const char *schema, const char *name), void *arg,
    struct err *e)
{
	for (int i = 0; i < sys_all_n; i++) {
		const struct sys_table *t = &sys_all[i];

		if (strcmp(t->schema, "information_schema") == 0 ||
		    (schema != NULL && strcmp(t->schema, schema) != 0))
			continue;
		if (each(arg, t->schema, t->name) != 0)
			break;
	}
	return 0;
}

/* Splits "X.T" at the last dot: table names have none. */
static const struct sys_table *
find_information(struct arena *a, const char *name, const char **catalog)
{
	const char *dot = strrchr(name, '.');

	if (dot == NULL)
		return NULL;
	*catalog = arena_strndup(a, name, (size_t)(dot - name));
	return sys_find("information_schema", dot + 1);
}

static int
system_table(struct conn *c, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e)
{
	struct sys_handle h = { .catalog = "" };
	struct conn_table *t;

	*out = NULL;
	if (strcmp(schema, "information_schema") == 0)
		h.table = find_information(a, name, &h.catalog);
	else
		h.table = sys_find(schema, name);
	if (h.table == NULL)
		return 0;
	t = arena_new(a, struct conn_table);
	t->schema = h.table->schema;
	t->name = arena_strdup(a, name);
	t->n = h.table->n;
	t->columns = sys_describe(a, h.table);
	t->handle = sys_handle_write(a, &h);
	*out = t;
	return 0;
}

const struct conn_kind conn_system = {
	.name = "system",
	.size = sizeof(struct conn),
	.schemas = system_schemas,
	.tables = system_list_tables,
	.table = system_table,
	.splits = sys_splits,
	.source = sys_source,
};
