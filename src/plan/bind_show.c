/* SPDX-License-Identifier: Apache-2.0
 * bind_show.c - SHOW: queries over the information schema, or constant rows
 * that the binder knows itself. */
#include <stdlib.h>

#include "plan/show.h"
#include "sql/print.h"

/* ---- constant rows ---- */

void
show_init(struct show_rows *r, const char *const *names,
    const struct type *const *types, int columns)
{
	*r = (struct show_rows){ .names = names, .types = types,
		.columns = columns, .like = -1 };
}

void
show_cell(struct binder *b, struct show_rows *r, struct expr *x)
{
	arena_push(b->arena, &r->cells, x);
}

void
show_text(struct binder *b, struct show_rows *r, const char *z)
{
	const struct type *t = r->types[r->cells.n % r->columns];

	show_cell(b, r, z == NULL ? expr_const(b->pool, t, NULL)
	    : expr_const_str(b->pool, t, str_of(z)));
}

static int
like_filter(struct binder *b, const struct show_node *n, int symbol,
    struct plan_node **node)
{
	struct expr *v[3], *x;
	int rc;

	if (!n->has_like)
		return 0;
	v[0] = bind_coerce(b, plan_symbol_expr(b->plan, symbol),
	    TYPE(VARCHAR));
	v[1] = expr_const_str(b->pool, TYPE(VARCHAR), n->like);
	v[2] = expr_const_str(b->pool, TYPE(VARCHAR), n->escape);
	if ((rc = bind_call_named(b, NULL, "LIKE", v, n->has_escape ? 3 : 2,
	    &x)) != 0)
		return rc;
	*node = plan_filter(b->plan, *node, x);
	return 0;
}

int
show_answer(struct binder *b, const struct show_rows *r,
    const struct show_node *n)
{
	struct plan_node *v = plan_node_new(b->plan, PLAN_VALUES, 0);
	struct plan_node *o = plan_node_new(b->plan, PLAN_OUTPUT, 1);
	int rc;

	v->values.n_rows = r->cells.n / r->columns;
	v->values.v = r->cells.v;
	for (int i = 0; i < r->columns; i++) {
		int symbol = plan_symbol_new(b->plan, r->names[i],
		    r->types[i]);

		symbol_list_add(b->arena, &v->out, symbol);
		symbol_list_add(b->arena, &o->out, symbol);
	}
	if (n != NULL && r->like >= 0) {
		struct plan_node *top = v;

		if ((rc = like_filter(b, n, o->out.v[r->like], &top)) != 0)
			return rc;
		v = top;
	}
	o->child[0] = v;
	o->output.names = arena_dup(b->arena, r->names,
	    sizeof(*r->names) * (size_t)r->columns);
	b->plan->root = o;
	b->plan->statement = STATEMENT_QUERY;
	return 0;
}

/* ---- over the information schema ---- */

static void
add_like(struct sbuf *sql, const struct show_node *n, const char *column,
    const char *word)
{
	if (!n->has_like)
		return;
	sbuf_addf(sql, " %s %s LIKE ", word, column);
	sql_print_string(sql, n->like);
	if (n->has_escape) {
		sbuf_addz(sql, " ESCAPE ");
		sql_print_string(sql, n->escape);
	}
}

static int
run_sql(struct binder *b, struct sbuf *sql)
{
	int rc = bind_sql(b, sbuf_str(sql));

	sbuf_release(sql);
	return rc;
}

static int
show_schemas(struct binder *b, const struct show_node *n)
{
	const char *catalog = b->session->catalog;
	struct sbuf sql = { 0 };

	if (n->name != NULL)
		catalog = bind_str(b,
		    ((struct ident_node *)n->name->parts.v[0])->lower);
	if (catalog == NULL)
		return bind_error(b, &n->node, ERR_MISSING_CATALOG_NAME,
		    "Catalog must be specified when session catalog is not "
		    "set");
	if (bind_catalog(b, catalog) == NULL)
		return bind_error(b, NULL, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", catalog);
	sbuf_addz(&sql, "SELECT schema_name AS \"Schema\" FROM ");
	sql_print_ident(&sql, str_of(catalog));
	sbuf_addz(&sql, ".information_schema.schemata");
	add_like(&sql, n, "schema_name", "WHERE");
	sbuf_addz(&sql, " ORDER BY schema_name");
	return run_sql(b, &sql);
}

static int
show_tables(struct binder *b, const struct show_node *n)
{
	struct sbuf sql = { 0 };
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
		    "Schema '%s' does not exist", t.schema);
	sbuf_addz(&sql, "SELECT table_name AS \"Table\" FROM ");
	sql_print_ident(&sql, str_of(t.catalog));
	sbuf_addz(&sql, ".information_schema.tables WHERE table_schema = ");
	sql_print_string(&sql, str_of(t.schema));
	add_like(&sql, n, "table_name", "AND");
	sbuf_addz(&sql, " ORDER BY table_name");
	return run_sql(b, &sql);
}

/* ---- known here ---- */

static int
show_catalogs(struct binder *b, const struct show_node *n)
{
	static const char *const names[] = { "Catalog" };
	struct catalog **list;
	const struct type *type;
	struct show_rows r;
	int count = catalog_list(b->session->catalogs, b->arena, &list);
	int32_t length = 1;

	for (int i = 0; i < count; i++)
		if ((int32_t)strlen(list[i]->name) > length)
			length = (int32_t)strlen(list[i]->name);
	type = type_varchar(b->arena, length);
	show_init(&r, names, &type, 1);
	r.like = 0;
	for (int i = 0; i < count; i++) {
		show_text(b, &r, list[i]->name);
		catalog_drop(&list[i]);
	}
	return show_answer(b, &r, n);
}

int
show_find_table(struct binder *b, const struct node *at,
    const struct name_node *n, struct table_name *name,
    struct conn_table **out)
{
	struct conn *conn;
	bool schema;
	int rc;

	if ((rc = bind_table_name(b, n, name)) != 0 ||
	    (rc = bind_find_table(b, name, &conn, out)) != 0)
		return rc;
	if (*out != NULL)
		return 0;
	if (conn == NULL)
		return bind_error(b, at, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", name->catalog);
	if ((rc = bind_has_schema(b, bind_catalog(b, name->catalog),
	    name->schema, &schema)) != 0)
		return rc;
	if (!schema)
		return bind_error(b, at, ERR_SCHEMA_NOT_FOUND,
		    "Schema '%s' does not exist", name->schema);
	return bind_error(b, at, ERR_TABLE_NOT_FOUND,
	    "Table '%s.%s.%s' does not exist", name->catalog, name->schema,
	    name->name);
}

static int
show_columns(struct binder *b, const struct show_node *n)
{
	static const char *const names[] = { "Column", "Type", "Extra",
		"Comment" };
	const struct type *types[] = { TYPE(VARCHAR), TYPE(VARCHAR),
		TYPE(VARCHAR), TYPE(VARCHAR) };
	struct table_name name;
	struct conn_table *t;
	struct show_rows r;
	int rc;

	if ((rc = show_find_table(b, &n->node, n->name, &name, &t)) != 0 ||
	    (rc = bind_access(b, ACCESS_SHOW_COLUMNS, &name, NULL)) != 0)
		return rc;
	show_init(&r, names, types, 4);
	r.like = 0;
	for (int i = 0; i < t->n; i++) {
		const struct conn_column *c = &t->columns[i];

		if (c->hidden)
			continue;
		show_text(b, &r, c->name);
		show_text(b, &r, bind_type_text(b, c->type));
		show_text(b, &r, c->extra == NULL ? "" : c->extra);
		show_text(b, &r, c->comment == NULL ? "" : c->comment);
	}
	return show_answer(b, &r, n);
}

static int
show_session(struct binder *b, const struct show_node *n)
{
	static const char *const names[] = { "Name", "Value", "Default",
		"Type", "Description" };
	static const int lengths[] = { 63, 14, 14, 14, 206 };
	const struct type *types[5];
	const struct conf *conf = b->session->properties;
	struct show_rows r;

	for (int i = 0; i < 5; i++)
		types[i] = type_varchar(b->arena, lengths[i]);
	show_init(&r, names, types, 5);
	r.like = 0;
	for (int i = 0; i < session_items_n; i++) {
		const struct conf_item *item = &session_items[i];

		if (item->help[0] == '\0')
			continue;
		show_text(b, &r, item->name);
		show_text(b, &r, conf == NULL ? item->fallback
		    : conf_get(conf, item->name)->text);
		show_text(b, &r, item->fallback);
		show_text(b, &r, session_property_type(item));
		show_text(b, &r, item->help);
	}
	return show_answer(b, &r, n);
}

/* ---- functions ---- */

struct function_row {
	const char *name, *result, *args, *kind, *help;
	bool deterministic;
};

/* "substr(varchar(x),bigint):varchar(x)" in its parts. */
static void
split_signature(struct binder *b, const char *s, struct function_row *r)
{
	const char *open = strchr(s, '('), *colon = strrchr(s, ':');
	struct sbuf args = { 0 };
	int depth = 0;

	while (colon > s && (colon[-1] == ')') == 0)
		colon--;
	r->name = arena_strndup(b->arena, s, (size_t)(open - s));
	r->result = arena_strdup(b->arena, colon + 1);
	for (const char *p = open + 1; p + 1 < colon; p++) {
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (*p == '=' || *p == '<')
			continue;
		sbuf_addc(&args, *p);
		if (*p == ',' && depth == 0)
			sbuf_addc(&args, ' ');
	}
	r->args = arena_strndup(b->arena, args.n == 0 ? "" : args.p, args.n);
	sbuf_release(&args);
}

static int
compare_rows(const void *x, const void *y)
{
	const struct function_row *a = x, *b = y;
	int c = strcmp(a->name, b->name);

	return c != 0 ? c : strcmp(a->args, b->args);
}

static int
collect_functions(struct binder *b, struct function_row **out)
{
	struct { struct function_row *v; int n, cap; } l = { 0 };
	const struct agg_func *g;
	const struct func *f;
	int i = 0;

	while (func_next(&i, &f, &g)) {
		const char *s = f != NULL ? f->signature : g->signature;
		unsigned flags = f != NULL ? f->flags : 0;
		struct function_row r = {
			.kind = f != NULL ? "scalar" : "aggregate",
			.help = f != NULL ? f->help : g->help };

		if ((flags & (FUNC_HIDDEN | FUNC_OPERATOR)) != 0 ||
		    s[0] == '$' || strchr(s, '(') == NULL)
			continue;
		r.deterministic = (flags & FUNC_NONDETERMINISTIC) == 0;
		split_signature(b, s, &r);
		arena_push(b->arena, &l, r);
	}
	if (l.n > 0)
		qsort(l.v, (size_t)l.n, sizeof(*l.v), compare_rows);
	*out = l.v;
	return l.n;
}

static int
show_functions(struct binder *b, const struct show_node *n)
{
	static const char *const names[] = { "Function", "Return Type",
		"Argument Types", "Function Type", "Deterministic",
		"Description" };
	static const int lengths[] = { 30, 28, 68, 9, 0, 131 };
	const struct type *types[6];
	struct function_row *rows;
	struct show_rows r;
	int count = collect_functions(b, &rows);

	for (int i = 0; i < 6; i++)
		types[i] = i == 4 ? TYPE(BOOLEAN) : n->name != NULL
		    ? TYPE(VARCHAR) : type_varchar(b->arena, lengths[i]);
	show_init(&r, names, types, 6);
	r.like = 0;
	for (int i = 0; n->name == NULL && i < count; i++) {
		show_text(b, &r, rows[i].name);
		show_text(b, &r, rows[i].result);
		show_text(b, &r, rows[i].args);
		show_text(b, &r, rows[i].kind);
		show_cell(b, &r, expr_bool(b->pool, rows[i].deterministic));
		show_text(b, &r, rows[i].help == NULL ? "" : rows[i].help);
	}
	return show_answer(b, &r, n);
}

int
bind_show(struct binder *b, struct node *node)
{
	const struct show_node *n = (const struct show_node *)node;

	switch (n->what) {
	case SHOW_CATALOGS: return show_catalogs(b, n);
	case SHOW_SCHEMAS: return show_schemas(b, n);
	case SHOW_TABLES: return show_tables(b, n);
	case SHOW_COLUMNS: return show_columns(b, n);
	case SHOW_SESSION: return show_session(b, n);
	case SHOW_FUNCTIONS: return show_functions(b, n);
	case SHOW_CREATE_TABLE: return show_create_table(b, n);
	case SHOW_CREATE_SCHEMA: return show_create_schema(b, n);
	case SHOW_STATS: return show_stats(b, n);
	default:
		return bind_unsupported(b, node, "This SHOW is");
	}
}
