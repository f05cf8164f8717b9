/* SPDX-License-Identifier: Apache-2.0
 * information.c - information_schema of a catalog, and system.metadata. */
#include "base/check.h"
#include "conn/system/system.h"

/* Calls each() with the catalog whose information_schema is asked. */
static int
with_catalog(struct sys_rows *r,
    int (*each)(struct sys_rows *r, struct catalog *c))
{
	struct catalog *c = r->world == NULL || r->world->catalogs == NULL
	    ? NULL : catalog_get(r->world->catalogs, r->catalog);
	int rc = 0;

	if (c == NULL)
		return err_set(r->e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", r->catalog);
	if (sys_wanted(r->catalogs, c->name))
		rc = each(r, c);
	catalog_drop(&c);
	return rc;
}

static int
put_schema(struct sys_rows *r, struct catalog *c, const char *name)
{
	put_text(r, c->name);
	put_text(r, name);
	return r->rc;
}

static int
schemata_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_schema(r, c, put_schema);
}

int
sys_schemata(struct sys_rows *r)
{
	return with_catalog(r, schemata_of);
}

static int
put_table(struct sys_rows *r, const struct sys_object *o)
{
	put_text(r, o->catalog->name);
	put_text(r, o->schema);
	put_text(r, o->name);
	put_text(r, o->view ? "VIEW" : "BASE TABLE");
	return r->rc;
}

static int
tables_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, false, put_table);
}

int
sys_tables(struct sys_rows *r)
{
	return with_catalog(r, tables_of);
}

static int
put_columns(struct sys_rows *r, const struct sys_object *o)
{
	int64_t position = 0;

	for (int i = 0; i < o->n && r->rc == 0; i++) {
		const struct conn_column *c = &o->columns[i];
		struct sbuf type = { 0 };

		if (c->hidden)
			continue;
		type_print(&type, c->type);
		put_text(r, o->catalog->name);
		put_text(r, o->schema);
		put_text(r, o->name);
		put_text(r, c->name);
		put_int(r, ++position);
		put_null(r);
		put_text(r, c->not_null ? "NO" : "YES");
		put_str(r, sbuf_str(&type));
		put_text(r, c->comment);
		sbuf_release(&type);
	}
	return r->rc;
}

static int
columns_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, true, put_columns);
}

int
sys_columns(struct sys_rows *r)
{
	return with_catalog(r, columns_of);
}

static int
put_view(struct sys_rows *r, const struct sys_object *o)
{
	if (!o->view)
		return 0;
	put_text(r, o->catalog->name);
	put_text(r, o->schema);
	put_text(r, o->name);
	put_text(r, o->view_sql);
	return r->rc;
}

static int
views_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, false, put_view);
}

int
sys_views(struct sys_rows *r)
{
	return with_catalog(r, views_of);
}

/* --- system.metadata ------------------------------------------------------ */

static int
put_catalog(struct sys_rows *r, struct catalog *c)
{
	put_text(r, c->name);
	put_text(r, c->name);
	put_text(r, c->conn->kind->name);
	put_text(r, "OPERATIONAL");
	return r->rc;
}

int
sys_catalogs(struct sys_rows *r)
{
	return sys_each_catalog(r, put_catalog);
}

static int
put_comment(struct sys_rows *r, const struct sys_object *o)
{
	put_text(r, o->catalog->name);
	put_text(r, o->schema);
	put_text(r, o->name);
	put_text(r, o->comment);
	return r->rc;
}

static int
comments_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, true, put_comment);
}

int
sys_table_comments(struct sys_rows *r)
{
	return sys_each_catalog(r, comments_of);
}

static const char *
property_type(const struct conf_item *item)
{
	switch (item->type) {
	case CONF_BOOL:
		return "boolean";
	case CONF_INT:
		return "integer";
	case CONF_DOUBLE:
		return "double";
	default:
		return "varchar";
	}
}

static int
properties_of(struct sys_rows *r, struct catalog *c)
{
	const struct conn_kind *kind = c->conn->kind;

	for (int i = 0; i < kind->n_table_properties; i++) {
		const struct conf_item *item = &kind->table_properties[i];

		put_text(r, c->name);
		put_text(r, item->name);
		put_text(r, item->fallback);
		put_text(r, property_type(item));
		put_text(r, item->help);
	}
	return r->rc;
}

int
sys_table_properties(struct sys_rows *r)
{
	return sys_each_catalog(r, properties_of);
}
