/* SPDX-License-Identifier: Apache-2.0
 * views.c - views of the memory connector: kept as they are given. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

static char *
copy(struct arena *a, const char *z)
{
	return z == NULL ? NULL : arena_strdup(a, z);
}

static struct conn_view *
copy_view(struct arena *a, const struct conn_view *v)
{
	struct conn_view *w = arena_new(a, struct conn_view);

	w->schema = copy(a, v->schema);
	w->name = copy(a, v->name);
	w->sql = copy(a, v->sql);
	w->from_catalog = copy(a, v->from_catalog);
	w->from_schema = copy(a, v->from_schema);
	w->owner = copy(a, v->owner);
	w->comment = copy(a, v->comment);
	w->n = v->n;
	w->columns = arena_array(a, struct conn_column, v->n);
	for (int i = 0; i < v->n; i++)
		w->columns[i] = (struct conn_column){
			.name = copy(a, v->columns[i].name),
			.type = type_copy(a, v->columns[i].type),
			.comment = copy(a, v->columns[i].comment),
			.extra = copy(a, v->columns[i].extra),
		};
	return w;
}

void
mem_view_free(struct mem_view **vp)
{
	struct mem_view *v = *vp;

	*vp = NULL;
	if (v == NULL)
		return;
	arena_release(&v->arena);
	free(v);
}

static int
no_view(const char *schema, const char *name, struct err *e)
{
	return err_set(e, ERR_TABLE_NOT_FOUND, "View '%s.%s' does not exist",
	    schema, name);
}

int
mem_view(struct conn *conn, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_view **out,
    struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_view **v;

	pthread_mutex_lock(&c->lock);
	v = mem_find_view(c, schema, name);
	*out = v == NULL ? NULL : copy_view(a, (*v)->view);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

int
mem_create_view(struct conn *conn, struct conn_tx *tx,
    const struct conn_view *v, bool replace, struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_view **old, *new;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	old = replace ? mem_find_view(c, v->schema, v->name) : NULL;
	if (old == NULL)
		rc = mem_check_new(c, v->schema, v->name, e);
	if (rc == 0) {
		new = xcalloc(1, sizeof(*new));
		arena_init(&new->arena);
		new->view = copy_view(&new->arena, v);
		if (old != NULL) {
			mem_view_free(old);
			*old = new;
		} else {
			list_push(&c->views, new);
		}
	}
	pthread_mutex_unlock(&c->lock);
	return rc;
}

int
mem_drop_view(struct conn *conn, struct conn_tx *tx, const char *schema,
    const char *name, struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_view **v;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	v = mem_find_view(c, schema, name);
	if (v == NULL) {
		rc = no_view(schema, name, e);
	} else {
		mem_view_free(v);
		*v = c->views.v[--c->views.n];
	}
	pthread_mutex_unlock(&c->lock);
	return rc;
}

int
mem_rename_view(struct conn *conn, struct conn_tx *tx, const char *schema,
    const char *name, const char *to_schema, const char *to_name,
    struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_view **v;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	v = mem_find_view(c, schema, name);
	if (v == NULL)
		rc = no_view(schema, name, e);
	else
		rc = mem_check_new(c, to_schema, to_name, e);
	if (rc == 0) {
		(*v)->view->schema = copy(&(*v)->arena, to_schema);
		(*v)->view->name = copy(&(*v)->arena, to_name);
	}
	pthread_mutex_unlock(&c->lock);
	return rc;
}
