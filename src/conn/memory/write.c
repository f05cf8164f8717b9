/* SPDX-License-Identifier: Apache-2.0
 * write.c - the coordinator's half of a write: begin, publish, abort. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

/* --- bytes on their way to sinks and back --------------------------------- */

static void
write_info_write(struct sbuf *to, const struct write_info *info)
{
	struct mpack_writer w = { to };

	mpack_array(&w, 6);
	mpack_uint(&w, info->id);
	mpack_uint(&w, info->table);
	mpack_bool(&w, info->change);
	mpack_array(&w, info->n);
	for (uint32_t i = 0; i < info->n; i++)
		mpack_int(&w, info->ids[i]);
	mpack_array(&w, info->n);
	for (uint32_t i = 0; i < info->n; i++)
		if (info->not_null[i].p == NULL)
			mpack_nil(&w);
		else
			mpack_str(&w, info->not_null[i]);
	if (info->live == NULL) {
		mpack_nil(&w);
		return;
	}
	mpack_array(&w, info->n_live);
	for (uint32_t i = 0; i < info->n_live; i++)
		mpack_uint(&w, info->live[i]);
}

static int
read_ids(struct arena *a, struct mpack_reader *r, uint32_t *n, int32_t **ids,
    struct err *e)
{
	int rc = mpack_get_array(r, n, e);

	if (rc != 0)
		return rc;
	*ids = arena_array(a, int32_t, *n);
	for (uint32_t i = 0; rc == 0 && i < *n; i++) {
		int64_t id = 0;

		rc = mpack_get_int_in(r, 0, INT32_MAX, &id, e);
		(*ids)[i] = (int32_t)id;
	}
	return rc;
}

static int
read_names(struct arena *a, struct mpack_reader *r, uint32_t want,
    struct str **out, struct err *e)
{
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc == 0 && n != want)
		rc = mpack_error(r, e, "another number of columns");
	if (rc != 0)
		return rc;
	*out = arena_array(a, struct str, n);
	for (uint32_t i = 0; rc == 0 && i < n; i++)
		if (mpack_is_nil(r))
			rc = mpack_skip(r, e);
		else
			rc = mpack_get_str(r, &(*out)[i], e);
	return rc;
}

int
write_info_read(struct arena *a, struct str bytes, struct write_info *w,
    struct err *e)
{
	struct mpack_reader r;
	uint32_t n;
	int rc;

	*w = (struct write_info){ 0 };
	if ((rc = mpack_open(&r, bytes, "write", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 6)
		return mpack_error(&r, e, "6 values wanted");
	if ((rc = mpack_get_uint(&r, &w->id, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &w->table, e)) != 0 ||
	    (rc = mpack_get_bool(&r, &w->change, e)) != 0 ||
	    (rc = read_ids(a, &r, &w->n, &w->ids, e)) != 0 ||
	    (rc = read_names(a, &r, w->n, &w->not_null, e)) != 0)
		return rc;
	if (mpack_is_nil(&r))
		return 0;
	if ((rc = mpack_get_array(&r, &w->n_live, e)) != 0)
		return rc;
	w->live = arena_array(a, uint64_t, w->n_live + 1);
	for (uint32_t i = 0; rc == 0 && i < w->n_live; i++)
		rc = mpack_get_uint(&r, &w->live[i], e);
	return rc;
}

void
part_facts_write(struct sbuf *to, const struct part_facts *f,
    const int32_t *ids)
{
	struct mpack_writer w = { to };

	mpack_array(&w, 5);
	mpack_uint(&w, f->id);
	mpack_uint(&w, f->rows);
	mpack_str(&w, f->node);
	mpack_array(&w, f->n);
	for (uint32_t i = 0; i < f->n; i++) {
		mpack_array(&w, 2);
		mpack_int(&w, ids[i]);
		mpack_bin(&w, (struct str){ (char *)f->columns[i],
		    sizeof(*f->columns[i]) });
	}
	mpack_bin(&w, (struct str){ f->deleted, (size_t)f->n_deleted * 8 });
}

static int
read_column_facts(struct arena *a, struct mpack_reader *r, int32_t *id,
    struct column_facts **out, struct err *e)
{
	struct str bytes;
	uint32_t n;
	int64_t v;
	int rc;

	if ((rc = mpack_get_array(r, &n, e)) != 0)
		return rc;
	if (n != 2)
		return mpack_error(r, e, "2 values wanted");
	if ((rc = mpack_get_int_in(r, 0, INT32_MAX, &v, e)) != 0 ||
	    (rc = mpack_get_bin(r, &bytes, e)) != 0)
		return rc;
	if (bytes.n != sizeof(struct column_facts))
		return mpack_error(r, e, "facts of a wrong size");
	*id = (int32_t)v;
	*out = arena_dup(a, bytes.p, bytes.n);
	return 0;
}

int
part_facts_read(struct arena *a, struct str bytes, struct part_facts *f,
    struct err *e)
{
	struct mpack_reader r;
	uint32_t n;
	struct str deleted;
	int rc;

	*f = (struct part_facts){ 0 };
	if ((rc = mpack_open(&r, bytes, "write fragment", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 5)
		return mpack_error(&r, e, "5 values wanted");
	if ((rc = mpack_get_uint(&r, &f->id, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &f->rows, e)) != 0 ||
	    (rc = mpack_get_str(&r, &f->node, e)) != 0 ||
	    (rc = mpack_get_array(&r, &f->n, e)) != 0)
		return rc;
	f->columns = arena_array(a, struct column_facts *, f->n);
	f->ids = arena_array(a, int32_t, f->n);
	for (uint32_t i = 0; i < f->n; i++)
		if ((rc = read_column_facts(a, &r, &f->ids[i],
		    &f->columns[i], e)) != 0)
			return rc;
	if ((rc = mpack_get_bin(&r, &deleted, e)) != 0)
		return rc;
	f->deleted = deleted.p;
	f->n_deleted = (uint32_t)(deleted.n / 8);
	return 0;
}

/* --- begin ---------------------------------------------------------------- */

/* What other nodes must keep, when there are any. */
static void
list_live(struct mem_conn *c, struct arena *a, struct write_info *info)
{
	struct { uint64_t *v; int n, cap; } live = { 0 };

	if (c->nodes.n < 2)
		return;
	for (int i = 0; i < c->tables.n; i++) {
		const struct version *v = c->tables.v[i]->version;

		for (int k = 0; k < v->n; k++)
			arena_push(a, &live, v->parts[k].write);
	}
	for (int i = 0; i < c->writes.n; i++)
		arena_push(a, &live, c->writes.v[i]->id);
	arena_push(a, &live, 0);
	info->live = live.v;
	info->n_live = (uint32_t)live.n;
}

static void
begin(struct mem_conn *c, const struct mem_table *m, struct mem_table *new,
    bool change, bool replace, struct sbuf *out)
{
	struct mem_write *w = xcalloc(1, sizeof(*w));
	struct write_info info = { .change = change };
	struct arena a;

	arena_init(&a);
	w->id = ++c->next_id;
	w->table = new;
	w->table_id = m->id;
	w->replace = replace;
	list_push(&c->writes, w);
	info.id = w->id;
	info.table = m->id;
	info.n = (uint32_t)m->n;
	info.ids = arena_array(&a, int32_t, m->n + 1);
	info.not_null = arena_array(&a, struct str, m->n + 1);
	for (int i = 0; i < m->n; i++) {
		info.ids[i] = m->columns[i].id;
		if (m->columns[i].not_null)
			info.not_null[i] = str_of(m->columns[i].name);
	}
	list_live(c, &a, &info);
	write_info_write(out, &info);
	arena_release(&a);
}

MEM_OP(mem_begin_create, const struct conn_new_table *t, struct sbuf *write)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_table *m;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	if (!t->replace || mem_find(c, t->schema, t->name) == NULL)
		rc = mem_check_new(c, t->schema, t->name, e);
	if (rc == 0)
		rc = mem_new_table(c, t, &m, e);
	if (rc == 0)
		begin(c, m, m, false, t->replace, write);
	pthread_mutex_unlock(&c->lock);
	return rc;
}

static int
begin_on(struct mem_conn *c, const struct conn_table *t, bool change,
    struct sbuf *write, struct err *e)
{
	struct mem_table *m;
	int rc;

	pthread_mutex_lock(&c->lock);
	rc = mem_find_described(c, t, &m, e);
	if (rc == 0 && m->n != t->n - 1)
		rc = err_set(e, ERR_TRANSACTION_CONFLICT,
		    "Table '%s.%s' was changed meanwhile", t->schema,
		    t->name);
	if (rc == 0)
		begin(c, m, NULL, change, false, write);
	pthread_mutex_unlock(&c->lock);
	return rc;
}

MEM_OP(mem_begin_insert, const struct conn_table *t, struct sbuf *write)
{
	return begin_on((struct mem_conn *)conn, t, false, write, e);
}

MEM_OP(mem_begin_change, const struct conn_table *t, struct sbuf *write)
{
	return begin_on((struct mem_conn *)conn, t, true, write, e);
}

/* --- publish -------------------------------------------------------------- */

static struct version_part *
find_part(struct version *v, uint32_t number)
{
	for (int i = 0; i < v->n; i++)
		if (v->parts[i].number == number)
			return &v->parts[i];
	return NULL;
}

static int
delete_row(struct mem_table *m, struct version *v, int64_t id, struct err *e)
{
	struct version_part *p = find_part(v, (uint32_t)((uint64_t)id >> 40));
	uint64_t segment = (uint64_t)id >> 17 & 0x7fffff;
	uint64_t row = (uint64_t)id & 0x1ffff;
	struct deletes **at, *d;
	uint64_t n;

	if (p == NULL || segment * SEG_ROWS + row >= p->rows)
		return err_set(e, ERR_TRANSACTION_CONFLICT,
		    "Table '%s.%s' was changed meanwhile", m->schema,
		    m->name);
	n = (p->rows + SEG_ROWS - 1) / SEG_ROWS;
	if (p->deletes == NULL)
		p->deletes = xcalloc(n, sizeof(*p->deletes));
	at = &p->deletes[segment];
	if (*at == NULL || atomic_load(&(*at)->refs) > 1) {
		/* Other versions keep theirs. */
		d = xcalloc(1, sizeof(*d));
		if (*at != NULL)
			*d = **at;
		atomic_init(&d->refs, 1);
		deletes_drop(at);
		*at = d;
	}
	d = *at;
	if (bit_get(d->bits, (uint32_t)row))
		return err_set(e, ERR_TRANSACTION_CONFLICT,
		    "A row of '%s.%s' was deleted twice", m->schema, m->name);
	bit_set(d->bits, (uint32_t)row);
	d->n++;
	v->rows--;
	return 0;
}

static struct mem_column *
find_column(struct mem_table *m, int32_t id)
{
	for (int i = 0; i < m->n; i++)
		if (m->columns[i].id == id)
			return &m->columns[i];
	return NULL;
}

static int
apply_deletes(struct mem_table *m, struct version *v,
    const struct part_facts *f, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < f->n_deleted; i++) {
		int64_t id;

		memcpy(&id, f->deleted + (size_t)i * 8, 8);
		rc = delete_row(m, v, id, e);
	}
	return rc;
}

static int
apply(struct mem_conn *c, struct mem_table *m, uint64_t write,
    const struct part_facts *f, int n, struct err *e)
{
	struct version *v = mem_version_copy(m->version, n);

	for (int i = 0; i < n; i++) {
		int rc = apply_deletes(m, v, &f[i], e);

		if (rc != 0) {
			mem_version_free(&v);
			return rc;
		}
	}
	for (int i = 0; i < n; i++) {
		if (f[i].rows == 0)
			continue;
		v->parts[v->n++] = (struct version_part){
			.id = f[i].id, .write = write, .rows = f[i].rows,
			.number = m->next_part++,
			.node = mem_node_name(c, f[i].node),
		};
		v->rows += f[i].rows;
		for (uint32_t k = 0; k < f[i].n; k++) {
			struct mem_column *col = find_column(m, f[i].ids[k]);

			if (col != NULL)
				facts_merge(col->facts, f[i].columns[k],
				    col->type);
		}
	}
	mem_set_version(m, v);
	return 0;
}

/* Takes the write out of the list; NULL: it has not begun here. */
static struct mem_write *
take_write(struct mem_conn *c, uint64_t id)
{
	for (int i = 0; i < c->writes.n; i++)
		if (c->writes.v[i]->id == id) {
			struct mem_write *w = c->writes.v[i];

			c->writes.v[i] = c->writes.v[--c->writes.n];
			return w;
		}
	return NULL;
}

static int
publish(struct mem_conn *c, struct mem_write *w, const struct part_facts *f,
    int n, struct err *e)
{
	struct mem_table *m = w->table, *old = NULL;
	int rc = 0;

	if (m == NULL) {
		m = mem_find_id(c, w->table_id);
		if (m == NULL)
			return err_set(e, ERR_TABLE_NOT_FOUND,
			    "The table was dropped meanwhile");
		return apply(c, m, w->id, f, n, e);
	}
	if (w->replace)
		old = mem_find(c, m->schema, m->name);
	if (old == NULL)
		rc = mem_check_new(c, m->schema, m->name, e);
	if (rc == 0)
		rc = apply(c, m, w->id, f, n, e);
	if (rc != 0)
		return rc;
	if (old != NULL)
		mem_remove(c, old);
	list_push(&c->tables, m);
	w->table = NULL;
	return 0;
}

MEM_OP(mem_finish_write, struct str write, const struct str *fragments, int n)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct write_info info;
	struct part_facts *f;
	struct mem_write *w = NULL;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = write_info_read(&a, write, &info, e);
	f = arena_array(&a, struct part_facts, n + 1);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = part_facts_read(&a, fragments[i], &f[i], e);
	pthread_mutex_lock(&c->lock);
	if (rc == 0) {
		w = take_write(c, info.id);
		rc = w == NULL ? err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "This write has not begun") : publish(c, w, f, n, e);
		if (rc != 0)
			store_drop_writes(c, &info.id, 1);
	}
	pthread_mutex_unlock(&c->lock);
	if (w != NULL)
		mem_table_free(&w->table);
	free(w);
	arena_release(&a);
	return rc;
}

void
mem_abort_write(struct conn *conn, struct conn_tx *tx, struct str write,
    const struct str *fragments, int n)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_write *w = NULL;
	struct write_info info;
	struct arena a;

	arena_init(&a);
	if (write_info_read(&a, write, &info, NULL) == 0) {
		pthread_mutex_lock(&c->lock);
		w = take_write(c, info.id);
		store_drop_writes(c, &info.id, 1);
		pthread_mutex_unlock(&c->lock);
	}
	if (w != NULL)
		mem_table_free(&w->table);
	free(w);
	arena_release(&a);
}
