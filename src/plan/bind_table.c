/* SPDX-License-Identifier: Apache-2.0
 * bind_table.c - tables: what a name in FROM stands for; scans, row filters
 * and column masks. */
#include "plan/binder.h"
#include "sql/parse.h"
#include "sql/print.h"

static const struct with_entry *
with_find(struct binder *b, const struct name_node *n)
{
	struct str name;

	if (n->parts.n != 1)
		return NULL;
	name = ((struct ident_node *)n->parts.v[0])->lower;
	for (const struct with_entry *w = b->with; w != NULL; w = w->next)
		if (str_eq(w->name, name))
			return w;
	return NULL;
}

static void
qualify(struct field_list *l, const struct str *parts, int n)
{
	for (int i = 0; i < l->n; i++) {
		memcpy(l->v[i].qualifier, parts, sizeof(*parts) * (size_t)n);
		l->v[i].n_qualifier = n;
	}
}

/* A reference to a WITH query: its plan, the first time; a copy then. */
static int
use_with(struct binder *b, const struct with_entry *found,
    struct relation *out)
{
	struct with_entry *w = (struct with_entry *)found;

	*out = w->relation;
	out->fields.v = arena_dup(b->arena, w->relation.fields.v,
	    sizeof(struct field) * (size_t)w->relation.fields.n);
	out->fields.cap = out->fields.n;
	if (w->used) {
		int before = b->plan->symbols.n;
		int *map = arena_array(b->arena, int, before);

		out->node = plan_copy(b->plan, w->relation.node, map);
		for (int i = 0; i < out->fields.n; i++)
			out->fields.v[i].symbol = map[out->fields.v[i].symbol];
	}
	w->used = true;
	qualify(&out->fields, &w->name, 1);
	return 0;
}

static struct plan_node *
scan_node(struct binder *b, struct conn *conn, struct conn_table *table,
    const struct table_name *t, struct field_list *fields)
{
	struct plan_node *n = plan_node_new(b->plan, PLAN_SCAN, 0);

	n->scan.conn = conn;
	n->scan.catalog = conn->catalog;
	n->scan.table = table;
	n->scan.label = arena_printf(b->arena, "%s:%s:%s", t->catalog,
	    t->schema, t->name);
	n->scan.columns = arena_array(b->arena, int, table->n);
	for (int i = 0; i < table->n; i++) {
		const struct conn_column *c = &table->columns[i];
		int symbol = plan_symbol_new(b->plan, c->name, c->type);
		struct field f = field_of_symbol(b, symbol, c->name);

		f.hidden = c->hidden;
		f.origin.catalog = t->catalog;
		f.origin.schema = t->schema;
		f.origin.table = t->name;
		symbol_list_add(b->arena, &n->out, symbol);
		n->scan.columns[i] = i;
		field_add(b, fields, &f);
	}
	return n;
}

/* What access control lays over a table: its row filter, then masks. */
static int
parse_rule(struct binder *b, const char *sql, struct node **out)
{
	return sql_parse_expression(b->arena, str_of(sql), out, b->err);
}

static int
apply_row_filter(struct binder *b, const struct access_object *o,
    struct relation *r)
{
	const struct access_control *ac = b->session->access;
	struct scope scope = { .fields = r->fields };
	struct subquery_list subqueries = { 0 };
	struct expr_context c = { .scope = &scope,
		.subqueries = &subqueries };
	const char *sql = NULL;
	struct expr *x;
	struct node *n;
	int rc;

	if (ac->row_filter == NULL)
		return 0;
	rc = ac->row_filter(ac->arg, b->arena, b->session->user, o, &sql,
	    b->err);
	if (rc != 0 || sql == NULL)
		return rc;
	if ((rc = parse_rule(b, sql, &n)) != 0 ||
	    (rc = bind_condition(b, &c, n, "Row filter", &x)) != 0)
		return rc;
	r->node = bind_attach(b, r->node, &subqueries);
	r->node = plan_filter(b->plan, r->node, x);
	return 0;
}

static int
apply_masks(struct binder *b, struct access_object o, struct relation *r)
{
	const struct access_control *ac = b->session->access;
	struct scope scope = { .fields = r->fields };
	struct subquery_list subqueries = { 0 };
	struct expr_context c = { .scope = &scope,
		.subqueries = &subqueries };
	struct field_list masked = { 0 };
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    r->fields.n);
	int n = 0, rc;

	if (ac->column_mask == NULL)
		return 0;
	for (int i = 0; i < r->fields.n; i++) {
		struct field f = r->fields.v[i];
		const char *sql = NULL;
		struct node *ast;
		struct expr *x;

		o.column = f.name;
		if ((rc = ac->column_mask(ac->arg, b->arena, b->session->user,
		    &o, &sql, b->err)) != 0)
			return rc;
		if (sql != NULL) {
			if ((rc = parse_rule(b, sql, &ast)) != 0 ||
			    (rc = bind_expr(b, &c, ast, &x)) != 0)
				return rc;
			f.symbol = plan_symbol_new(b->plan, f.name, f.type);
			v[n].symbol = f.symbol;
			v[n++].expr = bind_coerce(b, x, f.type);
		}
		field_add(b, &masked, &f);
	}
	r->node = bind_attach(b, r->node, &subqueries);
	r->node = plan_extend(b->plan, r->node, v, n);
	r->fields = masked;
	return 0;
}

static int
apply_access(struct binder *b, const struct table_name *t, struct relation *r)
{
	struct access_object o = { t->catalog, t->schema, t->name, NULL };
	int rc;

	if (b->session->access == NULL)
		return 0;
	if ((rc = bind_access(b, ACCESS_SELECT, t, NULL)) != 0 ||
	    (rc = apply_row_filter(b, &o, r)) != 0)
		return rc;
	return apply_masks(b, o, r);
}

static int
table_missing(struct binder *b, const struct node *at,
    const struct table_name *t, struct conn *conn)
{
	struct sbuf name = { 0 };
	bool schema;
	int rc;

	if (conn == NULL)
		return bind_error(b, at, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", t->catalog);
	if ((rc = bind_has_schema(b, bind_catalog(b, t->catalog), t->schema,
	    &schema)) != 0)
		return rc;
	if (!schema)
		return bind_error(b, at, ERR_SCHEMA_NOT_FOUND,
		    "Schema '%s' does not exist", t->schema);
	sql_print_ident(&name, str_of(t->name));
	rc = bind_error(b, at, ERR_TABLE_NOT_FOUND,
	    "Table '%s.%s.%s' does not exist", t->catalog, t->schema,
	    sbuf_z(&name));
	sbuf_release(&name);
	return rc;
}

int
bind_table(struct binder *b, struct node *n, struct relation *out)
{
	const struct table_node *t = (const struct table_node *)n;
	const struct with_entry *w = with_find(b, t->name);
	struct conn_table *table;
	struct table_name name;
	struct conn *conn;
	int rc;

	if (w != NULL)
		return use_with(b, w, out);
	if ((rc = bind_table_name(b, t->name, &name)) != 0)
		return bind_place(b, n);
	if ((rc = bind_find_table(b, &name, &conn, &table)) != 0)
		return rc;
	if (table == NULL)
		return table_missing(b, n, &name, conn);
	if (t->period != NULL)
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "This connector does not support versioned tables");
	*out = (struct relation){ 0 };
	out->node = scan_node(b, conn, table, &name, &out->fields);
	if ((rc = apply_access(b, &name, out)) != 0)
		return rc;
	qualify(&out->fields, (struct str[]){ str_of(name.name),
		str_of(name.schema), str_of(name.catalog) },
	    t->name->parts.n);
	return 0;
}

int
bind_file_table(struct binder *b, struct node *n, struct relation *out)
{
	struct str path = ((struct file_table_node *)n)->path;
	struct table_name name = { "file", "path", bind_str(b, path) };
	struct conn_table *table;
	struct conn *conn;
	int rc;

	if ((rc = bind_find_table(b, &name, &conn, &table)) != 0)
		return bind_place(b, n);
	if (conn == NULL)
		return bind_error(b, n, ERR_CATALOG_NOT_FOUND,
		    "Catalog 'file' not found");
	if (table == NULL)
		return bind_error(b, n, ERR_TABLE_NOT_FOUND,
		    "File '%s' does not exist", name.name);
	*out = (struct relation){ 0 };
	out->node = scan_node(b, conn, table, &name, &out->fields);
	return apply_access(b, &name, out);
}
