/* SPDX-License-Identifier: Apache-2.0
 * alter.c - CREATE, DROP, ALTER and COMMENT on schemas and tables. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

#define LOCKED struct mem_conn *c = (struct mem_conn *)conn; int rc = 0; \
	pthread_mutex_lock(&c->lock)

static int
unlock(struct mem_conn *c, int rc)
{
	pthread_mutex_unlock(&c->lock);
	return rc;
}

MEM_OP(mem_create_schema, const char *name)
{
	LOCKED;

	if (map_get(&c->schemas, str_of(name)) != NULL)
		rc = err_set(e, ERR_SCHEMA_ALREADY_EXISTS,
		    "Schema [%s] already exists", name);
	else
		map_put(&c->schemas, str_of(name), c);
	return unlock(c, rc);
}

static bool
schema_used(struct mem_conn *c, const char *name)
{
	for (int i = 0; i < c->tables.n; i++)
		if (strcmp(c->tables.v[i]->schema, name) == 0)
			return true;
	for (int i = 0; i < c->views.n; i++)
		if (strcmp(c->views.v[i]->view->schema, name) == 0)
			return true;
	return false;
}

MEM_OP(mem_drop_schema, const char *name, bool cascade)
{
	LOCKED;

	if (map_get(&c->schemas, str_of(name)) == NULL)
		return unlock(c, err_set(e, ERR_SCHEMA_NOT_FOUND,
		    "Schema [%s] does not exist", name));
	if (!cascade && schema_used(c, name))
		return unlock(c, err_set(e, ERR_SCHEMA_NOT_EMPTY,
		    "Schema not empty: %s", name));
	for (int i = c->tables.n - 1; i >= 0; i--)
		if (strcmp(c->tables.v[i]->schema, name) == 0)
			mem_remove(c, c->tables.v[i]);
	for (int i = c->views.n - 1; i >= 0; i--)
		if (strcmp(c->views.v[i]->view->schema, name) == 0) {
			mem_view_free(&c->views.v[i]);
			c->views.v[i] = c->views.v[--c->views.n];
		}
	map_del(&c->schemas, str_of(name));
	return unlock(c, rc);
}

static void
replace_text(char **at, const char *z)
{
	free(*at);
	*at = z == NULL ? NULL : xstrdup(z);
}

MEM_OP(mem_rename_schema, const char *name, const char *to)
{
	LOCKED;

	if (map_get(&c->schemas, str_of(name)) == NULL)
		return unlock(c, err_set(e, ERR_SCHEMA_NOT_FOUND,
		    "Schema [%s] does not exist", name));
	if (map_get(&c->schemas, str_of(to)) != NULL)
		return unlock(c, err_set(e, ERR_SCHEMA_ALREADY_EXISTS,
		    "Schema [%s] already exists", to));
	map_del(&c->schemas, str_of(name));
	map_put(&c->schemas, str_of(to), c);
	for (int i = 0; i < c->tables.n; i++)
		if (strcmp(c->tables.v[i]->schema, name) == 0)
			replace_text(&c->tables.v[i]->schema, to);
	for (int i = 0; i < c->views.n; i++)
		if (strcmp(c->views.v[i]->view->schema, name) == 0)
			c->views.v[i]->view->schema =
			    arena_strdup(&c->views.v[i]->arena, to);
	return unlock(c, rc);
}

MEM_OP(mem_create_table, const struct conn_new_table *t)
{
	struct mem_table *m, *old;
	LOCKED;

	old = t->replace ? mem_find(c, t->schema, t->name) : NULL;
	if (old == NULL)
		rc = mem_check_new(c, t->schema, t->name, e);
	if (rc == 0)
		rc = mem_new_table(c, t, &m, e);
	if (rc != 0)
		return unlock(c, rc);
	if (old != NULL)
		mem_remove(c, old);
	list_push(&c->tables, m);
	return unlock(c, 0);
}

/* Runs with the table under the lock. */
#define WITH_TABLE struct mem_table *m; LOCKED; \
	if ((rc = mem_find_described(c, t, &m, e)) != 0) \
		return unlock(c, rc)

MEM_OP(mem_drop_table, const struct conn_table *t)
{
	WITH_TABLE;

	mem_remove(c, m);
	return unlock(c, rc);
}

MEM_OP(mem_rename_table, const struct conn_table *t, const char *schema,
    const char *name)
{
	WITH_TABLE;

	rc = mem_check_new(c, schema, name, e);
	if (rc == 0) {
		replace_text(&m->schema, schema);
		replace_text(&m->name, name);
	}
	return unlock(c, rc);
}

MEM_OP(mem_truncate, const struct conn_table *t)
{
	WITH_TABLE;

	for (int i = 0; i < m->version->n; i++)
		store_drop_writes(c, &m->version->parts[i].write, 1);
	mem_set_version(m, xcalloc(1, sizeof(struct version)));
	for (int i = 0; i < m->n; i++)
		memset(m->columns[i].facts, 0, sizeof(*m->columns[i].facts));
	return unlock(c, rc);
}

MEM_OP(mem_comment_table, const struct conn_table *t, const char *comment)
{
	WITH_TABLE;

	replace_text(&m->comment, comment);
	return unlock(c, rc);
}

static int
check_column(const struct mem_table *m, int column, struct err *e)
{
	return column >= 0 && column < m->n ? 0
	    : err_set(e, ERR_COLUMN_NOT_FOUND,
	    "Table '%s.%s' was changed meanwhile", m->schema, m->name);
}

MEM_OP(mem_comment_column, const struct conn_table *t, int column,
    const char *comment)
{
	WITH_TABLE;

	rc = check_column(m, column, e);
	if (rc == 0)
		replace_text(&m->columns[column].comment, comment);
	return unlock(c, rc);
}

MEM_OP(mem_add_column, const struct conn_table *t,
    const struct conn_column *column, int before)
{
	struct mem_column new;
	WITH_TABLE;

	for (int i = 0; i < m->n; i++)
		if (strcmp(m->columns[i].name, column->name) == 0)
			return unlock(c, err_set(e,
			    ERR_COLUMN_ALREADY_EXISTS,
			    "Column '%s' already exists", column->name));
	if (column->not_null && m->version->rows > 0)
		return unlock(c, err_set(e, ERR_NOT_SUPPORTED,
		    "Unable to add NOT NULL column '%s' for non-empty table: "
		    "%s.%s", column->name, m->schema, m->name));
	new = (struct mem_column){
		.id = m->next_column++,
		.name = xstrdup(column->name),
		.comment = column->comment == NULL ? NULL
		    : xstrdup(column->comment),
		.default_sql = column->default_sql == NULL ? NULL
		    : xstrdup(column->default_sql),
		.type = mem_intern(c, column->type),
		.not_null = column->not_null,
		.facts = xcalloc(1, sizeof(struct column_facts)),
	};
	new.facts->nulls = m->version->rows;
	before = before < 0 || before > m->n ? m->n : before;
	m->columns = xrealloc(m->columns, ((size_t)m->n + 2) *
	    sizeof(*m->columns));
	memmove(m->columns + before + 1, m->columns + before,
	    (size_t)(m->n - before) * sizeof(*m->columns));
	m->columns[before] = new;
	m->n++;
	return unlock(c, rc);
}

MEM_OP(mem_rename_column, const struct conn_table *t, int column,
    const char *name)
{
	WITH_TABLE;

	rc = check_column(m, column, e);
	if (rc == 0)
		replace_text(&m->columns[column].name, name);
	return unlock(c, rc);
}

MEM_OP(mem_drop_column, const struct conn_table *t, int column)
{
	WITH_TABLE;

	rc = check_column(m, column, e);
	if (rc == 0 && m->n == 1)
		rc = err_set(e, ERR_NOT_SUPPORTED,
		    "Cannot drop the only column in a table");
	if (rc != 0)
		return unlock(c, rc);
	free(m->columns[column].name);
	free(m->columns[column].comment);
	free(m->columns[column].default_sql);
	free(m->columns[column].facts);
	m->n--;
	memmove(m->columns + column, m->columns + column + 1,
	    (size_t)(m->n - column) * sizeof(*m->columns));
	return unlock(c, 0);
}

MEM_OP(mem_drop_not_null, const struct conn_table *t, int column)
{
	WITH_TABLE;

	rc = check_column(m, column, e);
	if (rc == 0)
		m->columns[column].not_null = false;
	return unlock(c, rc);
}
