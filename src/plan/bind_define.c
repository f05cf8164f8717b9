/* SPDX-License-Identifier: Apache-2.0
 * bind_define.c - CREATE, DROP and RENAME of schemas and tables; what is not
 * supported says so. */
#include "plan/binder.h"
#include "sql/parse.h"
#include "sql/print.h"

static int
unsupported(struct binder *b, const char *what)
{
	return bind_error(b, NULL, ERR_NOT_SUPPORTED,
	    "This connector does not support %s", what);
}

int
bind_parse_expression(struct binder *b, const char *sql, struct node **out)
{
	return sql_parse_expression(b->arena, str_of(sql), out, b->err);
}

/* ---- schemas ---- */

static int
define_schema(struct binder *b, const struct node *at,
    const struct name_node *name, struct table_name *t, bool *exists)
{
	struct plan *p = b->plan;
	int rc;

	if ((rc = bind_schema_name(b, name, at, t)) != 0)
		return rc;
	p->catalog = t->catalog;
	p->schema = t->schema;
	p->conn = bind_catalog(b, t->catalog);
	p->read_only = false;
	*exists = false;
	return p->conn == NULL ? 0
	    : bind_has_schema(b, p->conn, t->schema, exists);
}

static int
bind_create_schema(struct binder *b, const struct create_node *n)
{
	struct plan *p = b->plan;
	struct table_name t;
	bool exists;
	int rc;

	p->statement = STATEMENT_CREATE_SCHEMA;
	p->update_type = "CREATE SCHEMA";
	if ((rc = define_schema(b, &n->node, n->name, &t, &exists)) != 0)
		return rc;
	if (p->conn == NULL)
		return bind_error(b, &n->node, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", t.catalog);
	if (n->principal != NULL)
		return unsupported(b, "roles");
	if (exists && n->if_not_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (exists)
		return bind_error(b, &n->node, ERR_SCHEMA_ALREADY_EXISTS,
		    "Schema '%s.%s' already exists", t.catalog, t.schema);
	if ((rc = bind_table_properties(b, &n->properties, t.catalog,
	    "schema")) != 0 ||
	    (rc = bind_access(b, ACCESS_CREATE_SCHEMA, &t, NULL)) != 0)
		return rc;
	return p->conn->kind->create_schema != NULL ? 0
	    : unsupported(b, "creating schemas");
}

static int
any_table(void *arg, const char *schema, const char *name)
{
	(void)schema;
	(void)name;
	*(bool *)arg = true;
	return 1;
}

static int
bind_drop_schema(struct binder *b, const struct drop_node *n)
{
	struct plan *p = b->plan;
	struct table_name t;
	struct conn_tx *tx;
	bool exists, tables = false;
	int rc;

	p->statement = STATEMENT_DROP_SCHEMA;
	p->update_type = "DROP SCHEMA";
	p->cascade = n->cascade;
	if ((rc = define_schema(b, &n->node, n->name, &t, &exists)) != 0)
		return rc;
	if (!exists && n->if_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (!exists)
		return bind_error(b, &n->node, ERR_SCHEMA_NOT_FOUND,
		    "Schema '%s.%s' does not exist", t.catalog, t.schema);
	if ((rc = bind_access(b, ACCESS_DROP_SCHEMA, &t, NULL)) != 0 ||
	    (rc = bind_tx(b, p->conn, &tx)) != 0)
		return rc;
	if (strcmp(t.schema, "information_schema") == 0)
		tables = true;
	else if (!n->cascade && p->conn->kind->tables != NULL &&
	    (rc = p->conn->kind->tables(p->conn, tx, t.schema, any_table,
	    &tables, b->err)) < 0)
		return rc;
	if (tables)
		return bind_error(b, &n->node, ERR_SCHEMA_NOT_EMPTY,
		    "Cannot drop non-empty schema '%s'", t.schema);
	return p->conn->kind->drop_schema != NULL ? 0
	    : unsupported(b, "dropping schemas");
}

/* ---- tables ---- */

struct column_list {
	struct conn_column *v;
	int n, cap;
};

static int
check_column_name(struct binder *b, const struct column_list *l,
    const struct node *at, struct str name, const char *shown)
{
	for (int i = 0; i < l->n; i++)
		if (str_eq(str_of(l->v[i].name), name))
			return bind_error(b, at, ERR_DUPLICATE_COLUMN_NAME,
			    "Column name '%s' specified more than once",
			    shown);
	return 0;
}

static int
column_default(struct binder *b, struct node *n, struct conn_column *c)
{
	struct expr *x;
	int rc;

	if (n == NULL)
		return 0;
	if ((rc = bind_constant(b, n, &x)) != 0)
		return rc;
	if (!type_is(x->type, TYPE_UNKNOWN) &&
	    !type_can_coerce(x->type, c->type)) {
		struct sbuf upper = { 0 };

		type_print(&upper, c->type);
		for (size_t i = 0; i < upper.n; i++)
			if (upper.p[i] >= 'a' && upper.p[i] <= 'z')
				upper.p[i] = (char)(upper.p[i] - 'a' + 'A');
		rc = bind_error(b, n, ERR_INVALID_DEFAULT_COLUMN_VALUE,
		    "'%s' is not a valid %s literal", bind_node_text(b, n),
		    sbuf_z(&upper));
		sbuf_release(&upper);
		return rc;
	}
	c->default_sql = bind_node_text(b, n);
	return 0;
}

static int
define_column(struct binder *b, const struct column_definition_node *n,
    const char *catalog, struct column_list *l)
{
	const struct ident_node *id =
	    (const struct ident_node *)n->name->parts.v[0];
	struct conn_column c = { .name = bind_str(b, id->lower),
		.not_null = n->not_null };
	int rc;

	if (bind_type(b, n->type, &c.type) != 0) {
		if (b->err->code != ERR_TYPE_NOT_FOUND)
			return -(int)b->err->code;
		return bind_error(b, &n->node, ERR_TYPE_NOT_FOUND,
		    "Unknown type '%s' for column '%.*s'",
		    bind_node_text(b, n->type), STR_ARG(id->value));
	}
	if (type_is(c.type, TYPE_UNKNOWN))
		return bind_error(b, &n->node, ERR_COLUMN_TYPE_UNKNOWN,
		    "Column type is unknown: %.*s", STR_ARG(id->value));
	if ((rc = check_column_name(b, l, &n->node, id->lower,
	    bind_node_text(b, &id->node))) != 0 ||
	    (rc = bind_table_properties(b, &n->properties, catalog,
	    "column")) != 0 ||
	    (rc = column_default(b, n->fallback, &c)) != 0)
		return rc;
	if (n->has_comment)
		c.comment = bind_str(b, n->comment);
	arena_push(b->arena, l, c);
	return 0;
}

static int
like_columns(struct binder *b, const struct create_node *create,
    const struct like_clause_node *n, struct column_list *l)
{
	struct table_name name;
	struct conn_table *t;
	struct conn *conn;
	int rc;

	if ((rc = bind_table_name(b, n->name, &name)) != 0 ||
	    (rc = bind_find_table(b, &name, &conn, &t)) != 0)
		return rc;
	if (conn == NULL)
		return bind_error(b, &create->node, ERR_CATALOG_NOT_FOUND,
		    "LIKE table catalog '%s' not found", name.catalog);
	if (t == NULL)
		return bind_error(b, &create->node, ERR_TABLE_NOT_FOUND,
		    "LIKE table '%s.%s.%s' does not exist", name.catalog,
		    name.schema, name.name);
	for (int i = 0; i < t->n; i++) {
		struct conn_column c = t->columns[i];

		if (c.hidden)
			continue;
		if ((rc = check_column_name(b, l, &n->node, str_of(c.name),
		    c.name)) != 0)
			return rc;
		arena_push(b->arena, l, c);
	}
	return 0;
}

static int
bind_create_table(struct binder *b, const struct create_node *n)
{
	struct plan *p = b->plan;
	struct column_list columns = { 0 };
	struct table_name t;
	struct conn_table *existing;
	bool schema;
	int rc;

	p->statement = STATEMENT_CREATE_TABLE;
	p->update_type = "CREATE TABLE";
	p->read_only = false;
	if ((rc = bind_table_name(b, n->name, &t)) != 0)
		return rc;
	p->catalog = t.catalog;
	p->schema = t.schema;
	p->name = t.name;
	if ((rc = bind_find_table(b, &t, &p->conn, &existing)) != 0)
		return rc;
	if (p->conn == NULL)
		return bind_error(b, &n->node, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", t.catalog);
	if (existing != NULL && n->if_not_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (existing != NULL && !n->replace)
		return bind_error(b, &n->node, ERR_TABLE_ALREADY_EXISTS,
		    "Table '%s.%s.%s' already exists", t.catalog, t.schema,
		    t.name);
	for (int i = 0; i < n->elements.n; i++) {
		const struct node *e = n->elements.v[i];

		rc = e->kind == NODE_LIKE_CLAUSE
		    ? like_columns(b, n, (const struct like_clause_node *)e,
		    &columns) : define_column(b,
		    (const struct column_definition_node *)e, t.catalog,
		    &columns);
		if (rc != 0)
			return rc;
	}
	if ((rc = bind_table_properties(b, &n->properties, t.catalog,
	    "table")) != 0 ||
	    (rc = bind_access(b, ACCESS_CREATE_TABLE, &t, NULL)) != 0)
		return rc;
	p->definition = (struct conn_new_table){ .schema = t.schema,
		.name = t.name, .n = columns.n, .columns = columns.v,
		.replace = n->replace, .if_not_exists = n->if_not_exists,
		.comment = n->has_comment ? bind_str(b, n->comment) : NULL };
	if (p->conn->kind->create_table == NULL)
		return unsupported(b, "creating tables");
	if ((rc = bind_has_schema(b, p->conn, t.schema, &schema)) != 0)
		return rc;
	return schema ? 0 : bind_error(b, NULL, ERR_NOT_FOUND,
	    "Schema %s not found", t.schema);
}

static int
bind_drop_table(struct binder *b, const struct drop_node *n)
{
	struct plan *p = b->plan;
	struct table_name t;
	int rc;

	p->statement = STATEMENT_DROP_TABLE;
	p->update_type = "DROP TABLE";
	p->read_only = false;
	if ((rc = bind_table_name(b, n->name, &t)) != 0 ||
	    (rc = bind_find_table(b, &t, &p->conn, &p->table)) != 0)
		return rc;
	p->catalog = t.catalog;
	p->schema = t.schema;
	p->name = t.name;
	if (p->table == NULL && n->if_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (p->table == NULL)
		return bind_error(b, &n->node, ERR_TABLE_NOT_FOUND,
		    "Table '%s.%s.%s' does not exist", t.catalog, t.schema,
		    t.name);
	if ((rc = bind_access(b, ACCESS_DROP_TABLE, &t, NULL)) != 0)
		return rc;
	return p->conn->kind->drop_table != NULL ? 0
	    : unsupported(b, "dropping tables");
}

static int
bind_rename_table(struct binder *b, const struct alter_node *n)
{
	struct plan *p = b->plan;
	struct table_name t, to;
	struct conn_table *taken;
	struct conn *conn;
	int rc;

	p->statement = STATEMENT_RENAME_TABLE;
	p->update_type = "RENAME TABLE";
	p->read_only = false;
	if ((rc = bind_table_name(b, n->name, &t)) != 0 ||
	    (rc = bind_find_table(b, &t, &p->conn, &p->table)) != 0)
		return rc;
	if (p->table == NULL && n->if_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (p->table == NULL)
		return bind_error(b, &n->node, ERR_TABLE_NOT_FOUND,
		    "Table '%s.%s.%s' does not exist", t.catalog, t.schema,
		    t.name);
	to = t;
	to.name = bind_str(b, ((struct ident_node *)
	    n->target->parts.v[n->target->parts.n - 1])->lower);
	if (n->target->parts.n > 1 &&
	    (rc = bind_table_name(b, n->target, &to)) != 0)
		return rc;
	if (n->target->parts.n == 2)
		to.catalog = t.catalog;
	if ((rc = bind_find_table(b, &to, &conn, &taken)) != 0)
		return rc;
	if (conn == NULL)
		return bind_error(b, &n->node, ERR_CATALOG_NOT_FOUND,
		    "Target catalog '%s' not found", to.catalog);
	if (taken != NULL)
		return bind_error(b, &n->node, ERR_TABLE_ALREADY_EXISTS,
		    "Target table '%s.%s.%s' already exists", to.catalog,
		    to.schema, to.name);
	if (strcmp(t.catalog, to.catalog) != 0)
		return bind_error(b, &n->node, ERR_NOT_SUPPORTED,
		    "Table rename across catalogs is not supported");
	if ((rc = bind_access(b, ACCESS_RENAME_TABLE, &t, NULL)) != 0)
		return rc;
	p->catalog = t.catalog;
	p->schema = t.schema;
	p->name = t.name;
	p->new_schema = to.schema;
	p->new_name = to.name;
	return p->conn->kind->rename_table != NULL ? 0
	    : unsupported(b, "renaming tables");
}

/* ---- all ---- */

static int
bind_create(struct binder *b, const struct create_node *n)
{
	switch (n->object) {
	case OBJECT_SCHEMA: return bind_create_schema(b, n);
	case OBJECT_TABLE: return bind_create_table(b, n);
	case OBJECT_VIEW: return bind_unsupported(b, &n->node,
	    "CREATE VIEW is");
	case OBJECT_MATERIALIZED_VIEW:
		return unsupported(b, "creating materialized views");
	case OBJECT_ROLE:
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "System roles are not enabled");
	case OBJECT_FUNCTION: return unsupported(b, "creating functions");
	case OBJECT_BRANCH: return unsupported(b, "creating branches");
	default:
		return bind_unsupported(b, &n->node, "This CREATE is");
	}
}

static int
bind_drop(struct binder *b, const struct drop_node *n)
{
	switch (n->object) {
	case OBJECT_SCHEMA: return bind_drop_schema(b, n);
	case OBJECT_TABLE: return bind_drop_table(b, n);
	default:
		return bind_unsupported(b, &n->node, "This DROP is");
	}
}

int
bind_define(struct binder *b, struct node *n)
{
	switch (n->kind) {
	case NODE_CREATE:
		return bind_create(b, (struct create_node *)n);
	case NODE_DROP:
		return bind_drop(b, (struct drop_node *)n);
	case NODE_ALTER: {
		const struct alter_node *a = (const struct alter_node *)n;

		if (a->object == OBJECT_TABLE && a->action == ALTER_RENAME)
			return bind_rename_table(b, a);
		return bind_unsupported(b, n, "This ALTER is");
	}
	default:
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "Statement %s is not yet supported",
		    node_kind_name(n->kind));
	}
}

int
bind_set_role(struct binder *b, const struct node *n)
{
	const struct set_role_node *r = (const struct set_role_node *)n;

	if (r->catalog != NULL && bind_catalog(b, bind_str(b,
	    r->catalog->lower)) == NULL)
		return bind_error(b, n, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%.*s' not found", STR_ARG(r->catalog->lower));
	if (r->catalog != NULL)
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "Catalog '%.*s' does not support role management",
		    STR_ARG(r->catalog->lower));
	if (r->what == SET_ROLE_NAME)
		return bind_error(b, NULL, ERR_ROLE_NOT_FOUND,
		    "Role '%.*s' does not exist", STR_ARG(r->role->lower));
	return 0;
}
