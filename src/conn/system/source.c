/* SPDX-License-Identifier: Apache-2.0
 * source.c - a scan of a system table: a job makes all rows, the source
 * yields them. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mpack.h"
#include "conn/system/system.h"
#include "conn/system_info.h"

/* --- cells ---------------------------------------------------------------- */

static struct vec_builder *
next_cell(struct sys_rows *r)
{
	struct vec_builder *b = &r->b[r->at];

	r->at = (r->at + 1) % r->table->n;
	return b;
}

void
put_null(struct sys_rows *r)
{
	struct vec_builder *b = next_cell(r);

	if (r->rc == 0)
		r->rc = vec_builder_null(b, r->e);
}

void
put_str(struct sys_rows *r, struct str s)
{
	struct vec_builder *b = next_cell(r);

	CHECK(b->type->rep == REP_STR);
	if (r->rc == 0)
		r->rc = vec_builder_str(b, s, r->e);
}

void
put_text(struct sys_rows *r, const char *z)
{
	if (z == NULL)
		put_null(r);
	else
		put_str(r, str_of(z));
}

static void
put_value(struct sys_rows *r, enum type_rep rep, const void *value)
{
	struct vec_builder *b = next_cell(r);

	CHECK(b->type->rep == rep);
	if (r->rc == 0)
		r->rc = vec_builder_value(b, value, r->e);
}

void
put_int(struct sys_rows *r, int64_t v)
{
	put_value(r, REP_I64, &v);
}

void
put_bool(struct sys_rows *r, bool v)
{
	uint8_t byte = v;

	put_value(r, REP_BOOL, &byte);
}

/* timestamp(3) with time zone: milliseconds and UTC, which is zone 0. */
void
put_time(struct sys_rows *r, int64_t micros)
{
	int64_t packed;

	if (micros == SYSTEM_NO_TIME) {
		put_null(r);
		return;
	}
	packed = micros / 1000 * 4096;
	put_value(r, REP_I64, &packed);
}

void
sys_put_list(struct sys_rows *r, const char *const *v, int n)
{
	struct vec_builder *b = next_cell(r);

	CHECK(b->type->rep == REP_LIST);
	for (int i = 0; i < n && r->rc == 0; i++)
		r->rc = vec_builder_str(&b->child[0], str_of(v[i]), r->e);
	if (r->rc == 0)
		r->rc = vec_builder_list(b, (uint32_t)n, r->e);
}

/* --- handles -------------------------------------------------------------- */

struct str
sys_handle_write(struct arena *a, const struct sys_handle *h)
{
	struct sbuf b = { 0 };
	struct mpack_writer w = { &b };
	struct str s;

	mpack_array(&w, 3);
	mpack_str(&w, str_of(h->table->schema));
	mpack_str(&w, str_of(h->table->name));
	mpack_str(&w, str_of(h->catalog));
	s = arena_str(a, sbuf_str(&b));
	sbuf_release(&b);
	return s;
}

int
sys_handle_read(struct arena *a, struct str bytes, struct sys_handle *h,
    struct err *e)
{
	struct str schema, name, catalog;
	struct mpack_reader r;
	uint32_t n;
	int rc;

	if ((rc = mpack_open(&r, bytes, "table handle", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 3)
		return mpack_error(&r, e, "3 values wanted");
	if ((rc = mpack_get_str(&r, &schema, e)) != 0 ||
	    (rc = mpack_get_str(&r, &name, e)) != 0 ||
	    (rc = mpack_get_str(&r, &catalog, e)) != 0)
		return rc;
	h->table = sys_find(arena_strndup(a, schema.p, schema.n),
	    arena_strndup(a, name.p, name.n));
	h->catalog = arena_strndup(a, catalog.p, catalog.n);
	if (h->table == NULL)
		return mpack_error(&r, e, "no such table");
	return 0;
}

/* --- splits: one, on the coordinator -------------------------------------- */

struct one_split {
	struct split_source source;
	struct conn *conn;
	bool done;
};

static int
next_splits(struct split_source *source, struct arena *a, int max,
    struct split *out, int *n, struct err *e)
{
	struct one_split *s = (struct one_split *)source;
	const struct conn_world *w = s->conn->world;

	*n = !s->done && max > 0;
	if (*n == 0)
		return 0;
	s->done = true;
	*out = (struct split){ .bytes = STR("*"), .rows = STATS_UNKNOWN,
	    .node = w == NULL ? NULL : w->node_id };
	return 0;
}

static void
close_splits(struct split_source *source)
{
	free(source);
}

int
sys_splits(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e)
{
	static const struct split_source_ops ops = {
		next_splits, close_splits,
	};
	struct one_split *s = xcalloc(1, sizeof(*s));

	s->source.ops = &ops;
	s->conn = conn;
	*out = &s->source;
	return 0;
}

/* --- the job -------------------------------------------------------------- */

/* Shared by the source and the job; who is last frees it. */
struct sys_job {
	atomic_int refs;
	atomic_bool done;
	struct wait *wait;
	struct arena arena;
	struct sys_rows rows;
	struct mem_account *account;
	struct { struct vec **v; int n, cap; } held; /* by copied domains */
	struct vec **columns;   /* all of the table, when it went well */
	uint32_t n;
	int rc;
	struct err error;
};

static void
job_drop(struct sys_job *j)
{
	if (atomic_fetch_sub_explicit(&j->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (int i = 0; i < j->rows.table->n; i++)
		vec_drop(&j->columns[i]);
	for (int i = 0; i < j->held.n; i++)
		vec_drop(&j->held.v[i]);
	wait_drop(&j->wait);
	mem_account_drop(&j->account);
	arena_release(&j->arena);
	free(j);
}

static void
job_run(void *arg)
{
	struct sys_job *j = arg;
	struct sys_rows *r = &j->rows;
	int n = r->table->n;

	r->b = arena_array(&j->arena, struct vec_builder, n);
	for (int i = 0; i < n; i++)
		vec_builder_init(&r->b[i], r->table->columns[i].type,
		    j->account);
	j->rc = r->table->fill == NULL ? 0 : r->table->fill(r);
	if (j->rc == 0)
		j->rc = r->rc;
	CHECK(j->rc != 0 || r->at == 0);
	j->n = r->b[0].n;
	for (int i = 0; j->rc == 0 && i < n; i++) {
		j->columns[i] = vec_builder_finish(&r->b[i], &j->error);
		if (j->columns[i] == NULL)
			j->rc = -(int)j->error.code;
	}
	for (int i = 0; i < n; i++)
		vec_builder_release(&r->b[i]);
	atomic_store_explicit(&j->done, true, memory_order_release);
	wait_complete(j->wait);
	job_drop(j);
}

/* --- the source ----------------------------------------------------------- */

struct sys_source {
	struct page_source source;
	struct job_runner *jobs;
	struct sys_job *job;
	bool started;
	uint32_t row, rows;     /* the batch */
	int n;
	int columns[];
};

static enum source_step
source_next(struct page_source *source, uint32_t *rows, struct wait **blocked,
    struct err *e)
{
	struct sys_source *s = (struct sys_source *)source;
	struct sys_job *j = s->job;

	if (!s->started) {
		s->started = true;
		atomic_fetch_add(&j->refs, 1);
		job_submit(s->jobs, job_run, j);
	}
	if (!atomic_load_explicit(&j->done, memory_order_acquire)) {
		*blocked = wait_ref(j->wait);
		return SOURCE_BLOCKED;
	}
	if (j->rc != 0) {
		*e = j->error;
		return SOURCE_FAILED;
	}
	s->row += s->rows;
	s->rows = MIN(j->n - s->row, PAGE_ROWS);
	*rows = s->rows;
	source->rows_read += s->rows;
	return s->rows > 0 ? SOURCE_READY : SOURCE_DONE;
}

static enum source_step
source_load(struct page_source *source, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct sys_source *s = (struct sys_source *)source;
	struct vec *v = s->job->columns[s->columns[column]];
	uint32_t rows[PAGE_ROWS];

	if (index == NULL) {
		*out = vec_slice(v, s->row, n, s->job->account, e);
	} else {
		for (uint32_t i = 0; i < n; i++)
			rows[i] = s->row + index[i];
		*out = vec_select(v, rows, n, s->job->account, e);
	}
	return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
}

static void
source_close(struct page_source *source)
{
	struct sys_source *s = (struct sys_source *)source;

	job_drop(s->job);
	free(s);
}

static struct vec *
hold(struct sys_job *j, struct vec *v)
{
	if (v == NULL)
		return NULL;
	v = vec_retype(v, TYPE(VARCHAR));
	arena_push(&j->arena, &j->held, v);
	return v;
}

/* The job may outlive the scan and what its filter lies in. */
static const struct domain *
copy_domain(struct sys_job *j, const struct domain *d)
{
	struct domain *c = arena_dup(&j->arena, d, sizeof(*d));

	c->type = TYPE(VARCHAR);
	c->ranges = arena_array(&j->arena, struct domain_range, d->n + 1);
	for (int i = 0; i < d->n; i++) {
		c->ranges[i] = d->ranges[i];
		c->ranges[i].low = hold(j, d->ranges[i].low);
		c->ranges[i].high = hold(j, d->ranges[i].high);
	}
	return c;
}

/* What the filter says of catalogs, schemas and tables. */
static void
keep_filter(struct sys_job *j, const struct sys_source *s,
    const struct domain_set *filter)
{
	for (int i = 0; filter != NULL && i < filter->n; i++) {
		int at = filter->column[i];
		const struct domain *d = filter->domain[i];
		const char *name;

		if (at < 0 || at >= s->n || d->type->rep != REP_STR)
			continue;
		name = j->rows.table->columns[s->columns[at]].name;
		if (strcmp(name, "table_catalog") == 0 ||
		    strcmp(name, "table_cat") == 0 ||
		    strcmp(name, "catalog_name") == 0)
			j->rows.catalogs = copy_domain(j, d);
		else if (strcmp(name, "table_schema") == 0 ||
		    strcmp(name, "table_schem") == 0 ||
		    strcmp(name, "schema_name") == 0)
			j->rows.schemas = copy_domain(j, d);
		else if (strcmp(name, "table_name") == 0)
			j->rows.tables = copy_domain(j, d);
	}
}

int
sys_source(struct conn *conn, const struct conn_run *run, struct str handle,
    struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e)
{
	static const struct page_source_ops ops = {
		.name = "system", .next = source_next, .load = source_load,
		.close = source_close,
	};
	struct sys_job *j = xcalloc(1, sizeof(*j));
	struct sys_source *s;
	struct sys_handle h;
	int rc;

	arena_init(&j->arena);
	rc = sys_handle_read(&j->arena, handle, &h, e);
	for (int i = 0; rc == 0 && i < n; i++)
		if (columns[i] < 0 || columns[i] >= h.table->n)
			rc = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
			    "No column %d", columns[i]);
	if (rc != 0) {
		arena_release(&j->arena);
		free(j);
		return rc;
	}
	atomic_init(&j->refs, 1);
	j->wait = wait_new(WAIT_SOURCE);
	j->account = run->account == NULL ? NULL
	    : mem_account_ref(run->account);
	j->columns = arena_array(&j->arena, struct vec *, h.table->n);
	j->rows = (struct sys_rows){ .table = h.table, .world = conn->world,
	    .catalog = h.catalog, .e = &j->error, .a = &j->arena };
	s = xcalloc(1, sizeof(*s) + (size_t)n * sizeof(s->columns[0]));
	s->source.ops = &ops;
	s->jobs = run->jobs;
	s->job = j;
	s->n = n;
	memcpy(s->columns, columns, (size_t)n * sizeof(*columns));
	keep_filter(j, s, filter);
	*out = &s->source;
	return 0;
}
