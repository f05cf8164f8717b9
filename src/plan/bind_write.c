/* SPDX-License-Identifier: Apache-2.0
 * bind_write.c - CREATE TABLE AS and INSERT: the query, its columns as the
 * table wants them, the WRITE node. */
#include "plan/binder.h"
#include "sql/print.h"

static int
unsupported(struct binder *b, const char *what)
{
	return bind_error(b, NULL, ERR_NOT_SUPPORTED,
	    "This connector does not support %s", what);
}

/* WRITE and OUTPUT over the query, whose columns are in order. */
static void
write_root(struct binder *b, struct plan_node *query,
    const struct symbol_list *columns, const struct plan_target *target)
{
	struct plan *p = b->plan;
	struct plan_node *w = plan_node_new(p, PLAN_WRITE, 1);
	struct plan_node *o = plan_node_new(p, PLAN_OUTPUT, 1);
	int rows = plan_symbol_new(p, "rows", TYPE(BIGINT));

	w->child[0] = query;
	w->write.target = target;
	w->write.columns = *columns;
	symbol_list_add(b->arena, &w->out, rows);
	o->child[0] = w;
	o->output.names = arena_array(b->arena, const char *, 1);
	o->output.names[0] = "rows";
	symbol_list_add(b->arena, &o->out, rows);
	p->root = o;
	p->read_only = false;
	p->catalog = target->catalog;
	p->conn = target->conn;
}

/* ---- CREATE TABLE AS ---- */

static int
new_columns(struct binder *b, const struct create_node *n,
    const struct relation *r, struct conn_new_table *t)
{
	struct conn_column *c = arena_array(b->arena, struct conn_column,
	    r->fields.n + 1);

	if (n->has_columns && n->columns.n != r->fields.n)
		return bind_error(b, n->columns.v[0],
		    ERR_MISMATCHED_COLUMN_ALIASES,
		    "Column alias list has %d entries but relation has %d "
		    "columns", n->columns.n, r->fields.n);
	for (int i = 0; i < r->fields.n; i++) {
		const struct field *f = &r->fields.v[i];
		const struct node *at = &n->node;
		struct str name = f->lower;

		if (n->has_columns) {
			at = n->columns.v[i];
			name = ((struct ident_node *)n->columns.v[i])->lower;
		} else if (f->name == NULL) {
			return bind_error(b, at, ERR_MISSING_COLUMN_NAME,
			    "Column name not specified at position %d",
			    i + 1);
		}
		for (int k = 0; k < i; k++)
			if (str_eq(str_of(c[k].name), name))
				return bind_error(b, at,
				    ERR_DUPLICATE_COLUMN_NAME,
				    "Column name '%.*s' specified more than "
				    "once", STR_ARG(name));
		if (type_is(f->type, TYPE_UNKNOWN))
			return bind_error(b, at, ERR_COLUMN_TYPE_UNKNOWN,
			    "Column type is unknown at position %d", i + 1);
		c[i].name = bind_str(b, name);
		c[i].type = f->type;
	}
	t->n = r->fields.n;
	t->columns = c;
	return 0;
}

int
bind_table_properties(struct binder *b, const struct node_list *l,
    const char *catalog, const char *what)
{
	enum err_code code = strcmp(what, "table") == 0
	    ? ERR_INVALID_TABLE_PROPERTY : strcmp(what, "schema") == 0
	    ? ERR_INVALID_SCHEMA_PROPERTY : strcmp(what, "view") == 0
	    ? ERR_INVALID_VIEW_PROPERTY : ERR_INVALID_COLUMN_PROPERTY;
	const struct property_node *p;

	if (l->n == 0)
		return 0;
	p = (const struct property_node *)l->v[0];
	return bind_error(b, &p->node, code,
	    "Catalog '%s' %s property '%.*s' does not exist", catalog, what,
	    STR_ARG(p->name->lower));
}

static int
bind_create_as(struct binder *b, const struct create_node *n)
{
	struct plan *p = b->plan;
	struct plan_target *target = arena_new(b->arena, struct plan_target);
	struct symbol_list columns = { 0 };
	struct conn_table *existing;
	struct table_name name;
	struct relation r;
	bool schema;
	int rc;

	p->statement = STATEMENT_CREATE_TABLE_AS;
	p->update_type = "CREATE TABLE";
	if ((rc = bind_table_name(b, n->name, &name)) != 0 ||
	    (rc = bind_find_table(b, &name, &target->conn,
	    &existing)) != 0)
		return rc;
	if (target->conn == NULL)
		return bind_error(b, &n->node, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", name.catalog);
	if (existing != NULL && n->if_not_exists) {
		p->statement = STATEMENT_NOTHING;
		return 0;
	}
	if (existing != NULL && !n->replace)
		return bind_error(b, &n->node, ERR_TABLE_ALREADY_EXISTS,
		    "Destination table '%s.%s.%s' already exists",
		    name.catalog, name.schema, name.name);
	if ((rc = bind_table_properties(b, &n->properties, name.catalog,
	    "table")) != 0 ||
	    (rc = bind_access(b, ACCESS_CREATE_TABLE, &name, NULL)) != 0 ||
	    (rc = bind_query(b, n->query, NULL, &r)) != 0 ||
	    (rc = new_columns(b, n, &r, &target->definition)) != 0)
		return rc;
	if (target->conn->kind->begin_create == NULL)
		return unsupported(b, "creating tables with data");
	if ((rc = bind_has_schema(b, target->conn, name.schema,
	    &schema)) != 0)
		return rc;
	if (!schema)
		return bind_error(b, NULL, ERR_NOT_FOUND,
		    "Schema %s not found", name.schema);
	target->catalog = name.catalog;
	target->create = true;
	target->definition.schema = name.schema;
	target->definition.name = name.name;
	target->definition.replace = n->replace;
	target->definition.if_not_exists = n->if_not_exists;
	if (n->has_comment)
		target->definition.comment = bind_str(b, n->comment);
	for (int i = 0; i < r.fields.n; i++)
		symbol_list_add(b->arena, &columns, r.fields.v[i].symbol);
	if (n->with_no_data)
		r.node = plan_limit(b->plan, r.node, 0, 0);
	p->schema = name.schema;
	p->name = name.name;
	p->definition = target->definition;
	write_root(b, r.node, &columns, target);
	return 0;
}

/* ---- INSERT ---- */

static bool
is_number(const struct type *t)
{
	return t->id >= TYPE_TINYINT && t->id <= TYPE_NUMBER;
}

static bool
is_text(const struct type *t)
{
	return t->id == TYPE_VARCHAR || t->id == TYPE_CHAR;
}

/* May a value be stored with a cast that may fail (but not silently change
 * its family)? */
static bool
storable(const struct type *from, const struct type *to)
{
	if (type_can_coerce(from, to))
		return true;
	if ((is_number(from) && is_number(to)) ||
	    (is_text(from) && is_text(to)))
		return true;
	if (from->id != to->id)
		return false;
	if (from->n != to->n)
		return false;
	for (int i = 0; i < from->n; i++)
		if (!storable(from->child[i], to->child[i]))
			return false;
	return from->n > 0 || (from->id >= TYPE_TIME &&
	    from->id <= TYPE_TIMESTAMP_TZ);
}

/* The table's columns that are written: numbers in table->columns. */
struct insert_columns {
	int n;
	int *at;
};

static int
insert_columns(struct binder *b, const struct insert_node *n,
    const struct conn_table *t, struct insert_columns *out)
{
	out->at = arena_array(b->arena, int, t->n + n->columns.n + 1);
	for (int i = 0; !n->has_columns && i < t->n; i++)
		if (!t->columns[i].hidden)
			out->at[out->n++] = i;
	for (int i = 0; i < n->columns.n; i++) {
		struct str name = ((struct ident_node *)n->columns.v[i])
		    ->lower;
		int at = 0;

		while (at < t->n && (t->columns[at].hidden ||
		    !str_eq(str_of(t->columns[at].name), name)))
			at++;
		if (at == t->n)
			return bind_error(b, &n->node, ERR_COLUMN_NOT_FOUND,
			    "Insert column name does not exist in target "
			    "table: %.*s", STR_ARG(name));
		for (int k = 0; k < out->n; k++)
			if (out->at[k] == at)
				return bind_error(b, &n->node,
				    ERR_DUPLICATE_COLUMN_NAME,
				    "Insert column name is specified more "
				    "than once: %.*s", STR_ARG(name));
		out->at[out->n++] = at;
	}
	return 0;
}

static int
insert_mismatch(struct binder *b, const struct insert_node *n,
    const struct conn_table *t, const struct insert_columns *c,
    const struct relation *r)
{
	struct sbuf table = { 0 }, query = { 0 };
	int rc;

	for (int i = 0; i < c->n; i++)
		sbuf_addf(&table, "%s%s", i > 0 ? ", " : "",
		    bind_type_text(b, t->columns[c->at[i]].type));
	for (int i = 0; i < r->fields.n; i++)
		sbuf_addf(&query, "%s%s", i > 0 ? ", " : "",
		    bind_type_text(b, r->fields.v[i].type));
	rc = bind_error(b, &n->node, ERR_TYPE_MISMATCH,
	    "Insert query has mismatched column types: Table: [%s], Query: "
	    "[%s]", sbuf_z(&table), sbuf_z(&query));
	sbuf_release(&table);
	sbuf_release(&query);
	return rc;
}

/* What a column gets that is not named: its default, or NULL. */
static int
default_value(struct binder *b, const struct conn_column *c,
    struct expr **out)
{
	struct node *n;
	int rc;

	*out = expr_const(b->pool, c->type, NULL);
	if (c->default_sql == NULL)
		return 0;
	if ((rc = bind_parse_expression(b, c->default_sql, &n)) != 0 ||
	    (rc = bind_constant(b, n, out)) != 0)
		return rc;
	*out = bind_coerce(b, *out, c->type);
	return 0;
}

/* All visible columns of the table in order, computed from the query's. */
static int
table_columns(struct binder *b, const struct conn_table *t,
    const struct insert_columns *c, struct relation *r,
    struct symbol_list *columns)
{
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    t->n + 1);
	int n = 0, rc;

	for (int i = 0; i < t->n; i++) {
		const struct conn_column *column = &t->columns[i];
		struct expr *x = NULL;

		if (column->hidden)
			continue;
		for (int k = 0; k < c->n; k++)
			if (c->at[k] == i)
				x = bind_coerce(b, plan_symbol_expr(b->plan,
				    r->fields.v[k].symbol), column->type);
		if (x == NULL && (rc = default_value(b, column, &x)) != 0)
			return rc;
		v[n].expr = x;
		v[n].symbol = plan_symbol_new(b->plan, column->name,
		    column->type);
		symbol_list_add(b->arena, columns, v[n++].symbol);
	}
	r->node = plan_project(b->plan, r->node, v, n);
	return 0;
}

static int
bind_insert(struct binder *b, const struct insert_node *n)
{
	struct plan *p = b->plan;
	struct plan_target *target = arena_new(b->arena, struct plan_target);
	struct insert_columns c = { 0 };
	struct symbol_list columns = { 0 };
	struct table_name name;
	struct relation r;
	bool fits;
	int rc;

	p->statement = STATEMENT_INSERT;
	p->update_type = "INSERT";
	if ((rc = bind_table_name(b, n->table->name, &name)) != 0 ||
	    (rc = bind_find_table(b, &name, &target->conn,
	    &target->table)) != 0)
		return rc;
	if (target->table == NULL)
		return bind_error(b, &n->node, ERR_TABLE_NOT_FOUND,
		    "Table '%s.%s.%s' does not exist", name.catalog,
		    name.schema, name.name);
	if ((rc = insert_columns(b, n, target->table, &c)) != 0 ||
	    (rc = bind_access(b, ACCESS_INSERT, &name, NULL)) != 0 ||
	    (rc = bind_query(b, n->query, NULL, &r)) != 0)
		return rc;
	fits = c.n == r.fields.n;
	for (int i = 0; fits && i < c.n; i++)
		fits = storable(r.fields.v[i].type,
		    target->table->columns[c.at[i]].type);
	if (!fits)
		return insert_mismatch(b, n, target->table, &c, &r);
	if (target->conn->kind->begin_insert == NULL)
		return unsupported(b, "inserts");
	if ((rc = table_columns(b, target->table, &c, &r, &columns)) != 0)
		return rc;
	target->catalog = name.catalog;
	p->schema = name.schema;
	p->name = name.name;
	p->table = target->table;
	write_root(b, r.node, &columns, target);
	return 0;
}

static int
bind_change(struct binder *b, const struct node *n)
{
	const struct name_node *table = n->kind == NODE_TRUNCATE
	    ? ((const struct named_node *)n)->name
	    : n->kind == NODE_DELETE
	    ? ((const struct delete_node *)n)->table->name
	    : n->kind == NODE_UPDATE
	    ? ((const struct update_node *)n)->table->name
	    : ((const struct merge_node *)n)->table->name;
	struct table_name name;
	struct conn_table *t;
	struct conn *conn;
	int rc;

	if ((rc = bind_table_name(b, table, &name)) != 0 ||
	    (rc = bind_find_table(b, &name, &conn, &t)) != 0)
		return rc;
	if (t == NULL)
		return bind_error(b, n, ERR_TABLE_NOT_FOUND,
		    "Table '%s.%s.%s' does not exist", name.catalog,
		    name.schema, name.name);
	return unsupported(b, n->kind == NODE_TRUNCATE ? "truncating tables"
	    : "modifying table rows");
}

int
bind_write(struct binder *b, struct node *n)
{
	switch (n->kind) {
	case NODE_CREATE:
		return bind_create_as(b, (struct create_node *)n);
	case NODE_INSERT:
		return bind_insert(b, (struct insert_node *)n);
	default:
		return bind_change(b, n);
	}
}
