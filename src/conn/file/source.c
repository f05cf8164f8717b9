/* SPDX-License-Identifier: Apache-2.0
 * source.c - a split's rows: the file is opened by a job, then its format's
 * source is read, and what is not in the file is added as constants. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/file/file.h"

/* Shared with the job, which may outlive the source. */
struct opening {
	atomic_int refs;
	struct file_conn *c;
	struct fmt_io io;
	char *path;
	struct wait *done;
	int rc;
	struct err err;
	struct fmt_file *file;
	struct file_facts *facts;
};

struct file_source {
	struct page_source s;
	struct arena arena;
	struct file_conn *c;
	struct fmt_io io;
	struct mem_account *account;
	struct file_split split;
	struct file_table table;
	int n;
	int *columns;                   /* of the table */
	const struct type *const *types;
	int *inner_at;                  /* index in the inner source; -1: a
					 * constant */
	struct domain_set filter, inner_filter;
	struct opening *opening;        /* NULL: not started, or over */
	struct page_source *inner;
	struct domain_set narrowed;
	bool has_narrowed;
	uint32_t rows;
};

static void
opening_unref(struct opening *o)
{
	if (atomic_fetch_sub(&o->refs, 1) != 1)
		return;
	fmt_file_drop(&o->file);
	file_facts_drop(&o->facts);
	wait_drop(&o->done);
	free(o->path);
	free(o);
}

static void
open_job(void *arg)
{
	struct opening *o = arg;

	o->rc = file_facts_get(o->c, &o->io, o->path, &o->facts, &o->err);
	if (o->rc == 0)
		o->rc = fmt_file_open(&o->io, o->path, &o->file, &o->err);
	wait_complete(o->done);
	opening_unref(o);
}

static void
start_open(struct file_source *s)
{
	struct opening *o = xcalloc(1, sizeof(*o));

	atomic_init(&o->refs, 2);
	o->c = s->c;
	o->io = s->io;
	o->io.account = NULL;
	o->path = xstrdup(s->split.path);
	o->done = wait_new(WAIT_SOURCE);
	s->opening = o;
	job_submit(s->io.jobs, open_job, o);
}

/* --- the inner source --------------------------------------------------------- */

/* Which columns the file has, and the filter in their numbers. */
static void
map_columns(struct file_source *s, const struct file_facts *f, int *inner,
    const struct type **types, int *n)
{
	*n = 0;
	for (int i = 0; i < s->n; i++) {
		const struct file_column *c =
		    &s->table.columns[s->columns[i]];

		s->inner_at[i] = -1;
		if (c->kind != COLUMN_OF_FILE)
			continue;
		inner[*n] = file_facts_find(f, c->name);
		types[*n] = s->types[i];
		s->inner_at[i] = (*n)++;
	}
}

static void
map_filter(struct file_source *s, const struct domain_set *from,
    struct domain_set *to)
{
	*to = (struct domain_set){ .none = from->none };
	to->column = arena_array(&s->arena, int, from->n + 1);
	to->domain = arena_array(&s->arena, struct domain *, from->n + 1);
	for (int i = 0; i < from->n; i++) {
		int at = from->column[i];

		if (at < 0 || at >= s->n || s->inner_at[at] < 0)
			continue;
		to->column[to->n] = s->inner_at[at];
		to->domain[to->n++] = from->domain[i];
	}
}

static int
open_inner(struct file_source *s, struct opening *o, struct err *e)
{
	int *columns = arena_array(&s->arena, int, s->n + 1), n;
	const struct type **types = arena_array(&s->arena,
	    const struct type *, s->n + 1);

	if (o->rc != 0) {
		*e = o->err;
		return o->rc;
	}
	if (o->facts->format != s->split.format)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "%s: the file has changed since the query was planned",
		    s->split.path);
	map_columns(s, o->facts, columns, types, &n);
	map_filter(s, &s->filter, &s->inner_filter);
	if (s->split.format == FILE_PARQUET) {
		struct parquet_scan scan = { .meta = o->facts->parquet,
			.file = o->file, .first_group = (int)s->split.first,
			.n_groups = (int)s->split.count, .n = n,
			.columns = columns, .types = types,
			.filter = &s->inner_filter };

		if (s->split.first + s->split.count >
		    (uint64_t)parquet_groups(scan.meta))
			return err_set(e, ERR_HIVE_BAD_DATA, "%s: the file "
			    "has changed since the query was planned",
			    s->split.path);
		return parquet_source_open(&s->io, &scan, &s->inner, e);
	}
	struct csv_scan scan = { .file = o->file, .schema = s->split.csv,
		.offset = s->split.first, .size = s->split.count, .n = n,
		.columns = columns, .types = types };

	return csv_source_open(&s->io, &scan, &s->inner, e);
}

static enum source_step
ensure_open(struct file_source *s, struct wait **blocked, struct err *e)
{
	int rc;

	if (s->inner != NULL)
		return SOURCE_READY;
	if (s->opening == NULL)
		start_open(s);
	if (!wait_done(s->opening->done)) {
		/* A token of its own: the job's has one listener. */
		*blocked = wait_ref(s->opening->done);
		return SOURCE_BLOCKED;
	}
	rc = open_inner(s, s->opening, e);
	opening_unref(s->opening);
	s->opening = NULL;
	if (rc != 0)
		return SOURCE_FAILED;
	if (s->has_narrowed && s->inner->ops->narrow != NULL) {
		struct domain_set *set = arena_new(&s->arena,
		    struct domain_set);

		map_filter(s, &s->narrowed, set);
		s->inner->ops->narrow(s->inner, set);
	}
	return SOURCE_READY;
}

/* --- page_source ------------------------------------------------------------------ */

static enum source_step
source_next(struct page_source *source, uint32_t *rows,
    struct wait **blocked, struct err *e)
{
	struct file_source *s = (struct file_source *)source;
	enum source_step step = ensure_open(s, blocked, e);

	if (step != SOURCE_READY)
		return step;
	step = s->inner->ops->next(s->inner, rows, blocked, e);
	s->s.bytes_read = s->inner->bytes_read;
	s->s.rows_read = s->inner->rows_read;
	s->s.rows_pruned = s->inner->rows_pruned;
	return step;
}

static enum source_step
source_load(struct page_source *source, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct file_source *s = (struct file_source *)source;

	if (s->inner_at[column] >= 0)
		return s->inner->ops->load(s->inner, s->inner_at[column],
		    index, n, out, blocked, e);
	*out = file_constant(&s->table.columns[s->columns[column]], &s->split,
	    n, s->account, e);
	return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
}

static void
source_narrow(struct page_source *source, const struct domain_set *set)
{
	struct file_source *s = (struct file_source *)source;
	struct domain_set *mine;

	if (s->inner == NULL) {
		s->narrowed = *set;
		s->has_narrowed = true;
		return;
	}
	if (s->inner->ops->narrow == NULL)
		return;
	mine = arena_new(&s->arena, struct domain_set);
	map_filter(s, set, mine);
	s->inner->ops->narrow(s->inner, mine);
}

static void
source_close(struct page_source *source)
{
	struct file_source *s = (struct file_source *)source;

	page_source_close(&s->inner);
	if (s->opening != NULL)
		opening_unref(s->opening);
	arena_release(&s->arena);
	free(s);
}

int
file_source(struct conn *conn, const struct conn_run *run,
    struct str handle, struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e)
{
	static const struct page_source_ops ops = { "file", source_next,
		source_load, source_narrow, source_close };
	struct file_source *s = xcalloc(1, sizeof(*s));
	int rc;

	s->s.ops = &ops;
	s->c = (struct file_conn *)conn;
	s->io = (struct fmt_io){ conn->world->env, run->jobs, run->account,
		run->session == NULL ? NULL : run->session->cancel };
	s->account = run->account;
	s->n = n;
	s->columns = arena_dup(&s->arena, columns, sizeof(int) *
	    (size_t)n);
	s->types = types;
	s->inner_at = arena_array(&s->arena, int, n + 1);
	if (filter != NULL)
		s->filter = *filter;
	rc = file_handle_read(&s->arena, handle, &s->table, e);
	if (rc == 0)
		rc = file_split_read(&s->arena, split, &s->split, e);
	for (int i = 0; i < n && rc == 0; i++)
		if (columns[i] < 0 || columns[i] >= s->table.n)
			rc = err_set(e, ERR_SERIALIZATION_ERROR,
			    "Column %d of a table of %d", columns[i],
			    s->table.n);
	if (rc != 0) {
		source_close(&s->s);
		return rc;
	}
	*out = &s->s;
	return 0;
}
