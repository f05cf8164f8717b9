/* SPDX-License-Identifier: Apache-2.0
 * tables.c - the coordinator's knowledge: schemas, tables, versions. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

static const char row_id_name[] = "$row_id";

const struct type *
mem_intern(struct mem_conn *c, const struct type *t)
{
	for (int i = 0; i < c->type_list.n; i++)
		if (type_equal(c->type_list.v[i], t))
			return c->type_list.v[i];
	t = type_copy(&c->types, t);
	list_push(&c->type_list, t);
	return t;
}

char *
mem_node_name(struct mem_conn *c, struct str name)
{
	for (int i = 0; i < c->nodes.n; i++)
		if (str_eq(name, str_of(c->nodes.v[i])))
			return c->nodes.v[i];
	list_push(&c->nodes, arena_strndup(&c->types,
	    name.p == NULL ? "" : name.p, name.n));
	return c->nodes.v[c->nodes.n - 1];
}

struct mem_table *
mem_find(struct mem_conn *c, const char *schema, const char *name)
{
	for (int i = 0; i < c->tables.n; i++)
		if (strcmp(c->tables.v[i]->name, name) == 0 &&
		    strcmp(c->tables.v[i]->schema, schema) == 0)
			return c->tables.v[i];
	return NULL;
}

struct mem_table *
mem_find_id(struct mem_conn *c, uint64_t id)
{
	for (int i = 0; i < c->tables.n; i++)
		if (c->tables.v[i]->id == id)
			return c->tables.v[i];
	return NULL;
}

struct mem_view **
mem_find_view(struct mem_conn *c, const char *schema, const char *name)
{
	for (int i = 0; i < c->views.n; i++)
		if (strcmp(c->views.v[i]->view->name, name) == 0 &&
		    strcmp(c->views.v[i]->view->schema, schema) == 0)
			return &c->views.v[i];
	return NULL;
}

int
mem_check_new(struct mem_conn *c, const char *schema, const char *name,
    struct err *e)
{
	if (map_get(&c->schemas, str_of(schema)) == NULL)
		return err_set(e, ERR_SCHEMA_NOT_FOUND,
		    "Schema %s not found", schema);
	if (mem_find(c, schema, name) != NULL)
		return err_set(e, ERR_TABLE_ALREADY_EXISTS,
		    "Table [%s.%s] already exists", schema, name);
	if (mem_find_view(c, schema, name) != NULL)
		return err_set(e, ERR_TABLE_ALREADY_EXISTS,
		    "View already exists: %s.%s", schema, name);
	return 0;
}

static char *
copy_or_null(const char *z)
{
	return z == NULL ? NULL : xstrdup(z);
}

int
mem_new_table(struct mem_conn *c, const struct conn_new_table *t,
    struct mem_table **out, struct err *e)
{
	struct mem_table *m = xcalloc(1, sizeof(*m));

	m->id = ++c->next_id;
	m->schema = xstrdup(t->schema);
	m->name = xstrdup(t->name);
	m->comment = copy_or_null(t->comment);
	m->columns = xcalloc((size_t)t->n + 1, sizeof(*m->columns));
	for (int i = 0; i < t->n; i++)
		m->columns[m->n++] = (struct mem_column){
			.id = m->next_column++,
			.name = xstrdup(t->columns[i].name),
			.comment = copy_or_null(t->columns[i].comment),
			.default_sql = copy_or_null(
			    t->columns[i].default_sql),
			.type = mem_intern(c, t->columns[i].type),
			.not_null = t->columns[i].not_null,
			.facts = xcalloc(1, sizeof(struct column_facts)),
		};
	mem_set_version(m, xcalloc(1, sizeof(struct version)));
	*out = m;
	return 0;
}

struct deletes *
deletes_ref(struct deletes *d)
{
	if (d != NULL)
		atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
	return d;
}

void
deletes_drop(struct deletes **dp)
{
	struct deletes *d = *dp;

	*dp = NULL;
	if (d != NULL && atomic_fetch_sub_explicit(&d->refs, 1,
	    memory_order_acq_rel) == 1)
		free(d);
}

static uint32_t
part_segments(const struct version_part *p)
{
	return (uint32_t)((p->rows + SEG_ROWS - 1) / SEG_ROWS);
}

struct version *
mem_version_copy(const struct version *v, int more)
{
	struct version *w = xcalloc(1, sizeof(*w));

	*w = *v;
	w->parts = xcalloc((size_t)(v->n + more) + 1, sizeof(*w->parts));
	for (int i = 0; i < v->n; i++) {
		struct version_part *p = &w->parts[i];
		uint32_t n;

		*p = v->parts[i];
		if (p->deletes == NULL)
			continue;
		n = part_segments(p);
		p->deletes = xcalloc(n, sizeof(*p->deletes));
		for (uint32_t k = 0; k < n; k++)
			p->deletes[k] = deletes_ref(v->parts[i].deletes[k]);
	}
	return w;
}

void
mem_version_free(struct version **vp)
{
	struct version *v = *vp;

	*vp = NULL;
	if (v == NULL)
		return;
	for (int i = 0; i < v->n; i++) {
		struct version_part *p = &v->parts[i];

		for (uint32_t k = 0; p->deletes != NULL &&
		    k < part_segments(p); k++)
			deletes_drop(&p->deletes[k]);
		free(p->deletes);
	}
	free(v->parts);
	free(v);
}

void
mem_set_version(struct mem_table *t, struct version *v)
{
	mem_version_free(&t->old[OLD_VERSIONS - 1]);
	memmove(&t->old[1], &t->old[0], sizeof(t->old) - sizeof(t->old[0]));
	t->old[0] = t->version;
	v->id = ++t->next_version;
	t->version = v;
}

void
mem_table_free(struct mem_table **tp)
{
	struct mem_table *t = *tp;

	*tp = NULL;
	if (t == NULL)
		return;
	for (int i = 0; i < t->n; i++) {
		free(t->columns[i].name);
		free(t->columns[i].comment);
		free(t->columns[i].default_sql);
		free(t->columns[i].facts);
	}
	mem_version_free(&t->version);
	for (int i = 0; i < OLD_VERSIONS; i++)
		mem_version_free(&t->old[i]);
	free(t->columns);
	free(t->schema);
	free(t->name);
	free(t->comment);
	free(t);
}

void
mem_remove(struct mem_conn *c, struct mem_table *t)
{
	for (int i = 0; i < c->tables.n; i++)
		if (c->tables.v[i] == t) {
			c->tables.v[i] = c->tables.v[--c->tables.n];
			break;
		}
	for (int i = 0; i < c->dicts.n; i++)
		if (c->dicts.v[i].table == t->id) {
			dict_drop(&c->dicts.v[i].dict);
			c->dicts.v[i--] = c->dicts.v[--c->dicts.n];
		}
	for (int i = 0; i < t->version->n; i++)
		store_drop_writes(c, &t->version->parts[i].write, 1);
	mem_table_free(&t);
}

/* --- what the engine asks ------------------------------------------------- */

int
mem_schemas(struct conn *conn, struct conn_tx *tx,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct { char **v; int n, cap; } names = { 0 };
	struct map_entry *entry;
	uint32_t at = 0;
	bool stop = false;

	/* each() may take its time, or ask again. */
	pthread_mutex_lock(&c->lock);
	while ((entry = map_next(&c->schemas, &at)) != NULL)
		list_push(&names, xstrdup(entry->key));
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < names.n; i++) {
		stop = stop || each(arg, names.v[i]) != 0;
		free(names.v[i]);
	}
	free(names.v);
	return 0;
}

int
mem_tables(struct conn *conn, struct conn_tx *tx, const char *schema,
    int (*each)(void *arg, const char *schema, const char *name), void *arg,
    struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct { char **v; int n, cap; } names = { 0 };
	bool stop = false;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->tables.n + c->views.n; i++) {
		const char *s = i < c->tables.n ? c->tables.v[i]->schema
		    : c->views.v[i - c->tables.n]->view->schema;
		const char *name = i < c->tables.n ? c->tables.v[i]->name
		    : c->views.v[i - c->tables.n]->view->name;

		if (schema != NULL && strcmp(s, schema) != 0)
			continue;
		list_push(&names, xstrdup(s));
		list_push(&names, xstrdup(name));
	}
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < names.n; i += 2) {
		stop = stop || each(arg, names.v[i], names.v[i + 1]) != 0;
		free(names.v[i]);
		free(names.v[i + 1]);
	}
	free(names.v);
	return 0;
}

static struct str
make_handle(struct arena *a, const struct mem_table *m)
{
	struct sbuf b = { 0 };
	struct mpack_writer w = { &b };
	struct str s;

	mpack_array(&w, 3);
	mpack_uint(&w, m->id);
	mpack_uint(&w, m->version->id);
	mpack_array(&w, (uint32_t)m->n + 1);
	for (int i = 0; i < m->n; i++)
		mpack_int(&w, m->columns[i].id);
	mpack_int(&w, -1);
	s = arena_str(a, sbuf_str(&b));
	sbuf_release(&b);
	return s;
}

int
mem_handle_read(struct arena *a, struct str bytes, struct mem_handle *h,
    struct err *e)
{
	struct mpack_reader r;
	uint32_t n;
	int rc;

	if ((rc = mpack_open(&r, bytes, "table handle", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 3)
		return mpack_error(&r, e, "3 values wanted");
	if ((rc = mpack_get_uint(&r, &h->table, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &h->version, e)) != 0 ||
	    (rc = mpack_get_array(&r, &h->n, e)) != 0)
		return rc;
	h->ids = arena_array(a, int32_t, h->n);
	for (uint32_t i = 0; rc == 0 && i < h->n; i++) {
		int64_t id = 0;

		rc = mpack_get_int_in(&r, -1, INT32_MAX, &id, e);
		h->ids[i] = (int32_t)id;
	}
	return rc;
}

static char *
dup_or_null(struct arena *a, const char *z)
{
	return z == NULL ? NULL : arena_strdup(a, z);
}

int
mem_describe(struct conn *conn, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_table *m;
	struct conn_table *t;

	*out = NULL;
	pthread_mutex_lock(&c->lock);
	m = mem_find(c, schema, name);
	if (m == NULL) {
		pthread_mutex_unlock(&c->lock);
		return 0;
	}
	t = arena_new(a, struct conn_table);
	t->schema = arena_strdup(a, schema);
	t->name = arena_strdup(a, name);
	t->comment = dup_or_null(a, m->comment);
	t->n = m->n + 1;
	t->columns = arena_array(a, struct conn_column, t->n);
	for (int i = 0; i < m->n; i++)
		t->columns[i] = (struct conn_column){
			.name = arena_strdup(a, m->columns[i].name),
			.type = m->columns[i].type,
			.not_null = m->columns[i].not_null,
			.comment = dup_or_null(a, m->columns[i].comment),
			.default_sql = dup_or_null(a,
			    m->columns[i].default_sql),
		};
	t->columns[m->n] = (struct conn_column){ .name = row_id_name,
		.type = TYPE(BIGINT), .hidden = true, .not_null = true };
	t->handle = make_handle(a, m);
	pthread_mutex_unlock(&c->lock);
	*out = t;
	return 0;
}

int
mem_find_described(struct mem_conn *c, const struct conn_table *t,
    struct mem_table **out, struct err *e)
{
	struct mem_handle h;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = mem_handle_read(&a, t->handle, &h, e);
	arena_release(&a);
	if (rc != 0)
		return rc;
	*out = mem_find_id(c, h.table);
	return *out != NULL ? 0 : err_set(e, ERR_TABLE_NOT_FOUND,
	    "Table '%s.%s' does not exist", t->schema, t->name);
}
