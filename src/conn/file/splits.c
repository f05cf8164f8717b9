/* SPDX-License-Identifier: Apache-2.0
 * splits.c - pieces of files: runs of row groups, ranges of bytes. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/file/file.h"
#include "type/time.h"

enum { CSV_PIECE = 16 << 20, GROUP_BYTES = 8 << 20, GROUP_ROWS = 131072 };

struct file_split_source {
	struct split_source s;
	struct file_conn *c;
	struct arena arena;
	struct file_list files;
	struct file_table table;
	struct domain_set filter;       /* by table column; borrowed */
	int file;                       /* the next one */
	struct file_facts *facts;       /* of the one at work, or NULL */
	uint64_t at;                    /* row group or byte */
	bool used_up;
};

void
file_split_write(struct sbuf *to, const struct file_split *s)
{
	struct mpack_writer w = { to };

	mpack_array(&w, 12);
	mpack_str(&w, str_of(s->path));
	mpack_uint(&w, s->size);
	mpack_int(&w, s->mtime_ns);
	mpack_int(&w, s->format);
	mpack_uint(&w, s->first);
	mpack_uint(&w, s->count);
	mpack_int(&w, s->csv.delimiter);
	mpack_int(&w, s->csv.quote);
	mpack_bool(&w, s->csv.header);
	mpack_int(&w, s->csv.codec);
	mpack_array(&w, (uint32_t)s->csv.n * 2);
	for (int i = 0; i < s->csv.n; i++) {
		struct sbuf t = { 0 };

		type_print(&t, s->csv.types[i]);
		mpack_str(&w, str_of(s->csv.names[i]));
		mpack_str(&w, sbuf_str(&t));
		sbuf_release(&t);
	}
	mpack_array(&w, (uint32_t)s->n_parts * 2);
	for (int i = 0; i < s->n_parts; i++) {
		mpack_str(&w, str_of(s->keys[i]));
		if (s->values[i] == NULL)
			mpack_nil(&w);
		else
			mpack_str(&w, str_of(s->values[i]));
	}
}

static int
read_text(struct arena *a, struct mpack_reader *r, const char **out,
    struct err *e)
{
	struct str s;
	int rc;

	if (mpack_is_nil(r)) {
		*out = NULL;
		return mpack_skip(r, e);
	}
	rc = mpack_get_str(r, &s, e);
	if (rc == 0)
		*out = arena_strndup(a, s.p, s.n);
	return rc;
}

static int
read_csv(struct arena *a, struct mpack_reader *r, struct csv_schema *out,
    struct err *e)
{
	int64_t delimiter, quote, codec;
	uint32_t n;
	int rc;

	if ((rc = mpack_get_int_in(r, 0, 127, &delimiter, e)) != 0 ||
	    (rc = mpack_get_int_in(r, 0, 127, &quote, e)) != 0 ||
	    (rc = mpack_get_bool(r, &out->header, e)) != 0 ||
	    (rc = mpack_get_int_in(r, CSV_PLAIN, CSV_ZSTD, &codec, e)) != 0 ||
	    (rc = mpack_get_array(r, &n, e)) != 0)
		return rc;
	out->delimiter = (char)delimiter;
	out->quote = (char)quote;
	out->codec = (int)codec;
	out->n = (int)(n / 2);
	out->names = arena_array(a, const char *, n / 2 + 1);
	out->types = arena_array(a, const struct type *, n / 2 + 1);
	for (uint32_t i = 0; i < n / 2 && rc == 0; i++) {
		struct str type;

		if ((rc = read_text(a, r, &out->names[i], e)) == 0 &&
		    (rc = mpack_get_str(r, &type, e)) == 0)
			rc = type_parse(a, type, &out->types[i], e);
	}
	return rc;
}

int
file_split_read(struct arena *a, struct str bytes, struct file_split *out,
    struct err *e)
{
	struct mpack_reader r;
	int64_t format;
	uint32_t n;
	int rc;

	*out = (struct file_split){ .path = NULL };
	if ((rc = mpack_open(&r, bytes, "file split", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 12)
		return mpack_error(&r, e, "%u values", n);
	if ((rc = read_text(a, &r, &out->path, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &out->size, e)) != 0 ||
	    (rc = mpack_get_int(&r, &out->mtime_ns, e)) != 0 ||
	    (rc = mpack_get_int_in(&r, FILE_PARQUET, FILE_CSV, &format, e))
	    != 0 || (rc = mpack_get_uint(&r, &out->first, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &out->count, e)) != 0 ||
	    (rc = read_csv(a, &r, &out->csv, e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	out->format = (enum file_format)format;
	out->n_parts = (int)(n / 2);
	out->keys = arena_array(a, const char *, n / 2 + 1);
	out->values = arena_array(a, const char *, n / 2 + 1);
	for (uint32_t i = 0; i < n / 2 && rc == 0; i++)
		if ((rc = read_text(a, &r, &out->keys[i], e)) == 0)
			rc = read_text(a, &r, &out->values[i], e);
	if (rc == 0 && out->path == NULL)
		rc = mpack_error(&r, e, "no path");
	return rc;
}

struct vec *
file_constant(const struct file_column *c, const struct file_split *s,
    uint32_t n, struct mem_account *account, struct err *e)
{
	char value[16];
	int64_t number;
	struct strview text;

	switch (c->kind) {
	case COLUMN_PATH:
		text = strview_of(str_of(s->path));
		return vec_new_const(c->type, &text, n, account, e);
	case COLUMN_SIZE:
		number = (int64_t)s->size;
		return vec_new_const(c->type, &number, n, account, e);
	case COLUMN_MODIFIED:
		number = zoned_pack(s->mtime_ns / 1000000, ZONE_UTC);
		return vec_new_const(c->type, &number, n, account, e);
	default:
		break;
	}
	for (int i = 0; i < s->n_parts; i++)
		if (strcasecmp(s->keys[i], c->name) == 0 &&
		    s->values[i] != NULL &&
		    file_part_value(c->type, s->values[i], value))
			return vec_new_const(c->type, value, n, account, e);
	return vec_new_null(c->type, n, account, e);
}

/* Can the file's constants pass the filter? */
static bool
wanted(const struct file_split_source *s, const struct file_split *f)
{
	bool good = !s->filter.none;

	for (int i = 0; i < s->filter.n && good; i++) {
		int at = s->filter.column[i];
		struct err e;
		struct vec *v;

		if (at >= s->table.n ||
		    s->table.columns[at].kind == COLUMN_OF_FILE)
			continue;
		v = file_constant(&s->table.columns[at], f, 1, NULL, &e);
		good = v == NULL || domain_contains(s->filter.domain[i], v,
		    0);
		vec_drop(&v);
	}
	return good;
}

static int
next_file(struct file_split_source *s, struct file_split *f, struct err *e)
{
	struct fmt_io io = { .env = s->c->c.world->env };

	for (;;) {
		const struct file_name *name;

		if (s->facts == NULL && s->file == s->files.n) {
			s->used_up = true;
			return 0;
		}
		name = &s->files.v[s->facts == NULL ? s->file : s->file - 1];
		*f = (struct file_split){ .path = name->path,
			.size = name->size, .mtime_ns = name->mtime_ns,
			.n_parts = name->n_parts, .keys = name->keys,
			.values = name->values };
		if (s->facts == NULL) {
			int rc;

			s->file++;
			if (!wanted(s, f))
				continue;
			rc = file_facts_get(s->c, &io, name->path, &s->facts,
			    e);
			if (rc != 0)
				return rc;
			s->at = 0;
		}
		f->format = s->facts->format;
		f->csv = s->facts->csv;
		return 0;
	}
}

/* The next piece of the file at work; false: there is none. */
static bool
next_piece(struct file_split_source *s, struct file_split *f,
    struct split *out)
{
	const struct parquet_meta *m = s->facts->parquet;
	uint64_t rows = 0, bytes = 0;

	f->first = s->at;
	if (f->format == FILE_CSV) {
		uint64_t size = s->facts->size;

		f->count = f->csv.codec == CSV_PLAIN ? CSV_PIECE : size;
		f->count = MIN(f->count, size - s->at);
		s->at += f->count;
		out->size = f->count;
		out->rows = -1;
		return f->count > 0;
	}
	while (s->at < (uint64_t)parquet_groups(m) && (rows == 0 ||
	    (rows < GROUP_ROWS && bytes < GROUP_BYTES))) {
		const struct parquet_group *g = parquet_group(m, (int)s->at);

		rows += g->rows;
		bytes += g->bytes;
		s->at++;
	}
	f->count = s->at - f->first;
	out->size = bytes;
	out->rows = (double)rows;
	return f->count > 0;
}

static int
splits_next(struct split_source *source, struct arena *a, int max,
    struct split *out, int *n, struct err *e)
{
	struct file_split_source *s = (struct file_split_source *)source;

	*n = 0;
	while (*n < max && !s->used_up) {
		struct file_split f;
		struct sbuf b = { 0 };
		int rc = next_file(s, &f, e);

		if (rc != 0)
			return rc;
		if (s->used_up)
			break;
		out[*n] = (struct split){ .rows = -1 };
		if (!next_piece(s, &f, &out[*n])) {
			file_facts_drop(&s->facts);
			continue;
		}
		file_split_write(&b, &f);
		out[(*n)++].bytes = arena_str(a, sbuf_str(&b));
		sbuf_release(&b);
	}
	return 0;
}

static void
splits_close(struct split_source *source)
{
	struct file_split_source *s = (struct file_split_source *)source;

	file_facts_drop(&s->facts);
	arena_release(&s->arena);
	free(s);
}

int
file_splits(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e)
{
	static const struct split_source_ops ops = { splits_next,
		splits_close };
	struct file_split_source *s = xcalloc(1, sizeof(*s));
	int rc;

	s->s.ops = &ops;
	s->c = (struct file_conn *)conn;
	s->filter = scan->filter;
	rc = file_handle_read(&s->arena, scan->table->handle, &s->table, e);
	if (rc == 0)
		rc = file_list(s->c, &s->arena, scan->table->name, &s->files,
		    e);
	if (rc != 0) {
		splits_close(&s->s);
		return rc;
	}
	*out = &s->s;
	return 0;
}

int
file_stats(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct expr_pool *pool,
    struct table_stats *out, struct err *e)
{
	struct file_conn *c = (struct file_conn *)conn;
	struct fmt_io io = { .env = conn->world->env };
	struct arena a = { 0 };
	struct file_list l;
	int rc = file_list(c, &a, scan->table->name, &l, e);

	*out = (struct table_stats){ .unique_column = -1 };
	for (int i = 0; i < l.n && rc == 0; i++) {
		struct file_facts *f;

		rc = file_facts_get(c, &io, l.v[i].path, &f, e);
		if (rc == 0) {
			out->rows += file_facts_rows(f);
			file_facts_drop(&f);
		}
	}
	arena_release(&a);
	return rc;
}
