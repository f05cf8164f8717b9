/* SPDX-License-Identifier: Apache-2.0
 * walk.c - going through all catalogs, schemas and tables there are. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/system/system.h"

bool
sys_wanted(const struct domain *d, const char *text)
{
	struct vec *v;
	bool wanted;
	struct strview view = strview_of(str_of(text));

	if (d == NULL)
		return true;
	v = vec_new_const(d->type, &view, 1, NULL, NULL);
	if (v == NULL)
		return true;
	wanted = domain_contains(d, v, 0);
	vec_drop(&v);
	return wanted;
}

int
sys_each_catalog(struct sys_rows *r,
    int (*each)(struct sys_rows *r, struct catalog *c))
{
	struct catalog **v;
	int n, rc = 0;

	if (r->world == NULL || r->world->catalogs == NULL)
		return 0;
	n = catalog_list(r->world->catalogs, r->a, &v);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && sys_wanted(r->catalogs, v[i]->name))
			rc = each(r, v[i]);
		catalog_drop(&v[i]);
	}
	return rc;
}

struct name_list {
	struct arena *a;
	const char **v;
	int n, cap;
};

static int
note_name(void *arg, const char *name)
{
	struct name_list *l = arg;

	arena_push(l->a, l, arena_strdup(l->a, name));
	return 0;
}

static int
note_table(void *arg, const char *schema, const char *name)
{
	return note_name(arg, name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort_names(struct name_list *l)
{
	if (l->n > 1)
		qsort(l->v, (size_t)l->n, sizeof(*l->v), by_text);
}

int
sys_each_schema(struct sys_rows *r, struct catalog *c,
    int (*each)(struct sys_rows *r, struct catalog *c, const char *name))
{
	struct name_list l = { .a = r->a };
	int rc;

	note_name(&l, "information_schema");
	rc = c->conn->kind->schemas(c->conn, NULL, note_name, &l, r->e);
	sort_names(&l);
	for (int i = 0; rc == 0 && i < l.n; i++)
		if (sys_wanted(r->schemas, l.v[i]) &&
		    (i == 0 || strcmp(l.v[i], l.v[i - 1]) != 0))
			rc = each(r, c, l.v[i]);
	return rc;
}

/* Says what a table or view is; *gone when it is there no more. */
static int
describe(struct sys_rows *r, bool columns, struct sys_object *o, bool *gone)
{
	struct conn *c = o->catalog->conn;
	struct conn_view *v = NULL;
	struct conn_table *t = NULL;
	int rc = 0;

	*gone = false;
	if (c->kind->view != NULL)
		rc = c->kind->view(c, NULL, r->a, o->schema, o->name, &v,
		    r->e);
	if (rc == 0 && v != NULL) {
		o->view = true;
		o->view_sql = v->sql;
		o->comment = v->comment;
		o->n = v->n;
		o->columns = v->columns;
		return 0;
	}
	if (rc != 0 || !columns)
		return rc;
	rc = c->kind->table(c, NULL, r->a, o->schema, o->name, &t, r->e);
	if (rc != 0 || t == NULL) {
		*gone = true;
		return rc;
	}
	o->comment = t->comment;
	o->n = t->n;
	o->columns = t->columns;
	return 0;
}

struct table_walk {
	bool described;
	int (*each)(struct sys_rows *r, const struct sys_object *o);
};

/* The tables that every catalog has. */
static int
walk_information(struct sys_rows *r, struct catalog *c,
    const struct table_walk *w)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < sys_all_n; i++) {
		struct sys_object o = { .catalog = c,
		    .schema = sys_all[i].schema, .name = sys_all[i].name,
		    .n = sys_all[i].n };

		if (strcmp(o.schema, "information_schema") != 0 ||
		    !sys_wanted(r->tables, o.name))
			continue;
		if (w->described)
			o.columns = sys_describe(r->a, &sys_all[i]);
		rc = w->each(r, &o);
	}
	return rc;
}

static int
walk_schema(struct sys_rows *r, struct catalog *c, const char *schema,
    const struct table_walk *w)
{
	struct name_list l = { .a = r->a };
	int rc;

	if (strcmp(schema, "information_schema") == 0)
		return walk_information(r, c, w);
	rc = c->conn->kind->tables(c->conn, NULL, schema, note_table, &l,
	    r->e);
	sort_names(&l);
	for (int i = 0; rc == 0 && i < l.n; i++) {
		struct sys_object o = { .catalog = c, .schema = schema,
		    .name = l.v[i] };
		bool gone;

		if (!sys_wanted(r->tables, o.name))
			continue;
		rc = describe(r, w->described, &o, &gone);
		if (rc == 0 && !gone)
			rc = w->each(r, &o);
	}
	return rc;
}

int
sys_each_table(struct sys_rows *r, struct catalog *c, bool described,
    int (*each)(struct sys_rows *r, const struct sys_object *o))
{
	struct table_walk w = { described, each };
	struct name_list l = { .a = r->a };
	int rc;

	note_name(&l, "information_schema");
	rc = c->conn->kind->schemas(c->conn, NULL, note_name, &l, r->e);
	sort_names(&l);
	for (int i = 0; rc == 0 && i < l.n; i++)
		if (sys_wanted(r->schemas, l.v[i]) &&
		    (i == 0 || strcmp(l.v[i], l.v[i - 1]) != 0))
			rc = walk_schema(r, c, l.v[i], &w);
	return rc;
}

struct conn_column *
sys_describe(struct arena *a, const struct sys_table *t)
{
	struct conn_column *c = arena_array(a, struct conn_column, t->n);

	for (int i = 0; i < t->n; i++)
		c[i] = (struct conn_column){ .name = t->columns[i].name,
		    .type = t->columns[i].type,
		    .hidden = t->columns[i].hidden };
	return c;
}
