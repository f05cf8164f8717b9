/* SPDX-License-Identifier: Apache-2.0
 * bind_name.c - names of catalogs, schemas and tables; asking connectors. */
#include "plan/binder.h"

static const char *
part(struct binder *b, const struct name_node *n, int i)
{
	return bind_str(b, ((struct ident_node *)n->parts.v[i])->lower);
}

static int
too_many(struct binder *b, const struct name_node *n, const char *what)
{
	struct sbuf text = { 0 };
	int rc;

	for (int i = 0; i < n->parts.n; i++)
		sbuf_addf(&text, "%s%s", i > 0 ? "." : "", part(b, n, i));
	rc = bind_error(b, &n->node, ERR_SYNTAX_ERROR, "Too many %s: %s",
	    what, sbuf_z(&text));
	sbuf_release(&text);
	return rc;
}

int
bind_table_name(struct binder *b, const struct name_node *n,
    struct table_name *out)
{
	int count = n->parts.n;

	if (count > 3)
		return too_many(b, n, "dots in table name");
	out->name = part(b, n, count - 1);
	out->schema = count > 1 ? part(b, n, count - 2) : b->session->schema;
	out->catalog = count > 2 ? part(b, n, 0) : b->session->catalog;
	if (out->catalog == NULL)
		return bind_error(b, &n->node, ERR_MISSING_CATALOG_NAME,
		    "Catalog must be specified when session catalog is not "
		    "set");
	if (out->schema == NULL)
		return bind_error(b, &n->node, ERR_MISSING_SCHEMA_NAME,
		    "Schema must be specified when session schema is not set");
	return 0;
}

int
bind_schema_name(struct binder *b, const struct name_node *n,
    const struct node *at, struct table_name *out)
{
	int count = n == NULL ? 0 : n->parts.n, rc;

	out->name = NULL;
	if (count > 2) {
		rc = too_many(b, n, "parts in schema name");
		b->err->line = at->line;
		b->err->column = at->column;
		return rc;
	}
	out->schema = count > 0 ? part(b, n, count - 1) : b->session->schema;
	out->catalog = count > 1 ? part(b, n, 0) : b->session->catalog;
	if (out->catalog == NULL)
		return bind_error(b, at, ERR_MISSING_CATALOG_NAME,
		    "Catalog must be specified when session catalog is not "
		    "set");
	if (out->schema == NULL)
		return bind_error(b, at, ERR_MISSING_SCHEMA_NAME,
		    "Schema must be specified when session schema is not set");
	return 0;
}

struct conn *
bind_catalog(struct binder *b, const char *name)
{
	struct catalog *c = catalog_get(b->session->catalogs, name);
	struct conn *conn;

	if (c == NULL)
		return NULL;
	conn = c->conn;
	/* The session's owner keeps catalogs for as long as the query. */
	catalog_drop(&c);
	return conn;
}

int
bind_tx(struct binder *b, struct conn *c, struct conn_tx **out)
{
	*out = NULL;
	if (b->session->transaction == NULL)
		return 0;
	return b->session->transaction(b->session->transaction_arg, c, out,
	    b->err);
}

static bool
is_information_schema(const char *schema)
{
	return strcmp(schema, "information_schema") == 0;
}

int
bind_find_table(struct binder *b, const struct table_name *t,
    struct conn **conn, struct conn_table **out)
{
	const char *name = t->name;
	struct conn_tx *tx;
	int rc;

	*out = NULL;
	*conn = bind_catalog(b, t->catalog);
	if (*conn == NULL)
		return 0;
	if (is_information_schema(t->schema)) {
		struct conn *system = bind_catalog(b, "system");

		if (system == NULL)
			return 0;
		*conn = system;
		name = arena_printf(b->arena, "%s.%s", t->catalog, t->name);
	}
	if ((rc = bind_tx(b, *conn, &tx)) != 0)
		return rc;
	return (*conn)->kind->table(*conn, tx, b->arena, t->schema, name, out,
	    b->err);
}

struct schema_search {
	const char *name;
	bool found;
};

static int
schema_seen(void *arg, const char *name)
{
	struct schema_search *s = arg;

	if (strcmp(name, s->name) == 0)
		s->found = true;
	return s->found;
}

int
bind_has_schema(struct binder *b, struct conn *c, const char *schema,
    bool *out)
{
	struct schema_search s = { .name = schema };
	struct conn_tx *tx;
	int rc;

	*out = true;
	if (is_information_schema(schema))
		return 0;
	if ((rc = bind_tx(b, c, &tx)) != 0)
		return rc;
	if (c->kind->schemas != NULL) {
		rc = c->kind->schemas(c, tx, schema_seen, &s, b->err);
		if (rc < 0)
			return rc;
	}
	*out = s.found;
	return 0;
}

int
bind_access(struct binder *b, enum access_action action,
    const struct table_name *t, const char *column)
{
	const struct access_control *ac = b->session->access;
	struct access_object o = { t->catalog, t->schema, t->name, column };

	if (ac == NULL || ac->check == NULL)
		return 0;
	return ac->check(ac->arg, b->session->user, action, &o, b->err);
}
