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

struct described_column {
	const char *text[5];    /* name, catalog, schema, table, type */
	int32_t size;
	bool aliased;
};

static int32_t
length_of(const char *z)
{
	int32_t n = 0;

	for (; *z != '\0'; z++)
		n += ((unsigned char)*z & 0xc0) != 0x80;
	return n;
}

static const char *
or_empty(const char *z)
{
	return z == NULL ? "" : z;
}

static struct described_column
describe_column(struct binder *b, const struct plan *p, int column)
{
	static const struct origin none;
	const struct plan_node *o = p->root;
	const struct origin *from = o->output.origins == NULL ? &none
	    : &o->output.origins[column];
	const struct type *t = p->symbols.v[o->out.v[column]].type;
	struct described_column d = { .aliased = from->aliased,
		.size = type_width(t) };

	d.text[0] = o->output.names[column];
	d.text[1] = or_empty(from->catalog);
	d.text[2] = or_empty(from->schema);
	d.text[3] = or_empty(from->table);
	d.text[4] = bind_type_text(b, t);
	if (t->rep == REP_STR || t->rep == REP_LIST || t->rep == REP_ROW)
		d.size = 0;
	return d;
}

static int
describe_output(struct binder *b, struct node *statement)
{
	static const char *const names[] = { "Column Name", "Catalog",
		"Schema", "Table", "Type", "Type Size", "Aliased" };
	struct described_column *d;
	const struct type *types[7];
	struct show_rows r;
	struct plan *p;
	int rc, n;

	if ((rc = bind_nested_statement(b, statement, &p)) != 0)
		return rc;
	n = p->root == NULL || p->update_type != NULL ? 0 : p->root->out.n;
	d = arena_array(b->arena, struct described_column, n + 1);
	for (int i = 0; i < n; i++)
		d[i] = describe_column(b, p, i);
	for (int k = 0; k < 5; k++) {
		int32_t longest = 0;

		for (int i = 0; i < n; i++)
			if (length_of(d[i].text[k]) > longest)
				longest = length_of(d[i].text[k]);
		types[k] = n == 0 ? TYPE(VARCHAR)
		    : type_varchar(b->arena, longest);
	}
	types[5] = n == 0 ? TYPE(BIGINT) : TYPE(INTEGER);
	types[6] = TYPE(BOOLEAN);
	show_init(&r, names, types, 7);
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < 5; k++)
			show_text(b, &r, d[i].text[k]);
		show_cell(b, &r, expr_const(b->pool, TYPE(INTEGER),
		    &d[i].size));
		show_cell(b, &r, expr_bool(b->pool, d[i].aliased));
	}
	return show_answer(b, &r, NULL);
}

static int
describe_input(struct binder *b, struct node *statement, int count)
{
	static const char *const names[] = { "Position", "Type" };
	const struct type *types[] = { TYPE(BIGINT), TYPE(VARCHAR) };
	struct show_rows r;
	int32_t longest = 0;
	struct plan *ignored;
	int rc;

	if ((rc = bind_nested_statement(b, statement, &ignored)) != 0)
		return rc;
	for (int i = 0; i < count; i++) {
		const struct type *t = b->parameter_types[i];
		int32_t n = length_of(bind_type_text(b, t));

		longest = n > longest ? n : longest;
	}
	if (count > 0) {
		types[0] = TYPE(INTEGER);
		types[1] = type_varchar(b->arena, longest);
	}
	show_init(&r, names, types, 2);
	for (int32_t i = 0; i < count; i++) {
		show_cell(b, &r, expr_const(b->pool, TYPE(INTEGER), &i));
		show_text(b, &r, bind_type_text(b, b->parameter_types[i]));
	}
	return show_answer(b, &r, NULL);
}

int
bind_describe(struct binder *b, struct node *node)
{
	const struct describe_node *n = (const struct describe_node *)node;
	struct node *statement;
	int rc, count;

	if ((rc = described(b, n, &statement)) != 0)
		return rc;
	count = sql_parameter_count(statement);
	b->parameter_types = arena_array(b->arena, const struct type *,
	    count + 1);
	for (int i = 0; i < count; i++)
		b->parameter_types[i] = TYPE(UNKNOWN);
	return n->output ? describe_output(b, statement)
	    : describe_input(b, statement, count);
}
