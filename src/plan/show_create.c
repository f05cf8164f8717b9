/* SPDX-License-Identifier: Apache-2.0
 * show_create.c - SHOW CREATE TABLE and SCHEMA; DESCRIBE INPUT and OUTPUT. */
#include "plan/show.h"
#include "sql/parse.h"
#include "sql/print.h"

static int
text_answer(struct binder *b, const char *column, struct sbuf *text)
{
	const char *names[] = { column };
	const struct type *type;
	struct show_rows r;
	int32_t length = 0;

	for (size_t i = 0; i < text->n; i++)
		length += ((unsigned char)text->p[i] & 0xc0) != 0x80;
	type = type_varchar(b->arena, length);
	show_init(&r, names, &type, 1);
	show_text(b, &r, sbuf_z(text));
	sbuf_release(text);
	return show_answer(b, &r, NULL);
}

static void
qualified(struct sbuf *to, const struct table_name *t)
{
	sql_print_ident(to, str_of(t->catalog));
	sbuf_addc(to, '.');
	sql_print_ident(to, str_of(t->schema));
	if (t->name == NULL)
		return;
	sbuf_addc(to, '.');
	sql_print_ident(to, str_of(t->name));
}

int
show_create_table(struct binder *b, const struct show_node *n)
{
	struct sbuf text = { 0 };
	struct table_name name;
	struct conn_table *t;
	bool first = true;
	int rc;

	if ((rc = show_find_table(b, &n->node, n->name, &name, &t)) != 0 ||
	    (rc = bind_access(b, ACCESS_SHOW_CREATE, &name, NULL)) != 0)
		return rc;
	sbuf_addz(&text, "CREATE TABLE ");
	qualified(&text, &name);
	sbuf_addz(&text, " (\n");
	for (int i = 0; i < t->n; i++) {
		const struct conn_column *c = &t->columns[i];

		if (c->hidden)
			continue;
		sbuf_addz(&text, first ? "   " : ",\n   ");
		first = false;
		sql_print_ident(&text, str_of(c->name));
		sbuf_addf(&text, " %s", bind_type_text(b, c->type));
		if (c->default_sql != NULL)
			sbuf_addf(&text, " DEFAULT %s", c->default_sql);
		if (c->not_null)
			sbuf_addz(&text, " NOT NULL");
		if (c->comment != NULL) {
			sbuf_addz(&text, " COMMENT ");
			sql_print_string(&text, str_of(c->comment));
		}
	}
	sbuf_addz(&text, "\n)");
	if (t->comment != NULL) {
		sbuf_addz(&text, "\nCOMMENT ");
		sql_print_string(&text, str_of(t->comment));
	}
	return text_answer(b, "Create Table", &text);
}

int
show_create_schema(struct binder *b, const struct show_node *n)
{
	struct sbuf text = { 0 };
	struct table_name t;
	struct conn *c;
	bool found;
	int rc;

	if ((rc = bind_schema_name(b, n->name, &n->node, &t)) != 0)
		return rc;
	if ((c = bind_catalog(b, t.catalog)) == NULL)
		return bind_error(b, &n->node, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", t.catalog);
	if ((rc = bind_has_schema(b, c, t.schema, &found)) != 0)
		return rc;
	if (!found)
		return bind_error(b, &n->node, ERR_SCHEMA_NOT_FOUND,
		    "Schema '%s.%s' does not exist", t.catalog, t.schema);
	sbuf_addz(&text, "CREATE SCHEMA ");
	qualified(&text, &t);
	return text_answer(b, "Create Schema", &text);
}

/* ---- DESCRIBE ---- */

static int
described(struct binder *b, const struct describe_node *n, struct node **out)
{
	struct str text = { 0 };

	if (n->name == NULL) {
		*out = (struct node *)(uintptr_t)&n->query->node;
		return 0;
	}
	if (b->session->prepared != NULL)
		text = b->session->prepared(b->session->prepared_arg,
		    n->name->value);
	if (text.p == NULL)
		return bind_error(b, NULL, ERR_NOT_FOUND,
		    "Prepared statement not found: %.*s",
		    STR_ARG(n->name->value));
	return sql_parse(b->arena, text, out, b->err);
}

/* Columns and their types; where they come from is the scan's. */
static void
output_row(struct binder *b, struct show_rows *r, const struct plan *p,
    int column)
{
	int symbol = p->root->out.v[column];
	const struct type *t = p->symbols.v[symbol].type;
	int64_t size = type_width(t);

	show_text(b, r, p->root->output.names[column]);
	for (int i = 0; i < 3; i++)
		show_text(b, r, "");
	show_text(b, r, bind_type_text(b, t));
	if (t->rep == REP_STR || t->rep == REP_LIST || t->rep == REP_ROW)
		size = 0;
	show_cell(b, r, expr_bigint(b->pool, size));
	show_cell(b, r, expr_bool(b->pool, false));
}

static int
describe_output(struct binder *b, struct node *statement)
{
	static const char *const names[] = { "Column Name", "Catalog",
		"Schema", "Table", "Type", "Type Size", "Aliased" };
	const struct type *types[7];
	struct show_rows r;
	struct plan *p;
	int rc;

	for (int i = 0; i < 5; i++)
		types[i] = TYPE(VARCHAR);
	types[5] = TYPE(BIGINT);
	types[6] = TYPE(BOOLEAN);
	if ((rc = bind_nested_statement(b, statement, &p)) != 0)
		return rc;
	show_init(&r, names, types, 7);
	for (int i = 0; p->root != NULL && i < p->root->out.n; i++)
		output_row(b, &r, p, i);
	return show_answer(b, &r, NULL);
}

int
bind_describe(struct binder *b, struct node *node)
{
	const struct describe_node *n = (const struct describe_node *)node;
	static const char *const names[] = { "Position", "Type" };
	const struct type *types[] = { TYPE(BIGINT), TYPE(VARCHAR) };
	struct node *statement;
	struct show_rows r;
	int rc, count;

	if ((rc = described(b, n, &statement)) != 0)
		return rc;
	if (n->output)
		return describe_output(b, statement);
	count = sql_parameter_count(statement);
	show_init(&r, names, types, 2);
	for (int i = 0; i < count; i++) {
		show_cell(b, &r, expr_bigint(b->pool, i));
		show_text(b, &r, "unknown");
	}
	return show_answer(b, &r, NULL);
}
