/* SPDX-License-Identifier: Apache-2.0
 * source.c - scans: a split is a segment of a part, on the part's node. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

/* --- splits --------------------------------------------------------------- */


struct mem_splitter {
	struct split_source source;
	struct arena a;
	int n, at;
	uint32_t segment;       /* the next one of part `at` */
	struct version_part *parts;
	int64_t limit;          /* rows still wanted */
};

static struct str
split_bytes(struct arena *a, const struct version_part *p, uint32_t segment,
    const struct deletes *d)
{
	struct sbuf b = { 0 };
	struct mpack_writer w = { &b };
	struct str s;

	mpack_array(&w, 4);
	mpack_uint(&w, p->id);
	mpack_uint(&w, p->number);
	mpack_uint(&w, segment);
	mpack_bin(&w, d == NULL ? (struct str){ "", 0 }
	    : (struct str){ (const char *)d->bits, sizeof(d->bits) });
	s = arena_str(a, sbuf_str(&b));
	sbuf_release(&b);
	return s;
}

static int
next_splits(struct split_source *source, struct arena *a, int max,
    struct split *out, int *n, struct err *e)
{
	struct mem_splitter *s = (struct mem_splitter *)source;

	*n = 0;
	while (*n < max && s->at < s->n && s->limit > 0) {
		const struct version_part *p = &s->parts[s->at];
		uint64_t first = (uint64_t)s->segment * SEG_ROWS;
		const struct deletes *d = p->deletes == NULL ? NULL
		    : p->deletes[s->segment];
		uint64_t rows = MIN(p->rows - first, SEG_ROWS) -
		    (d == NULL ? 0 : d->n);

		if (rows > 0) {
			out[*n] = (struct split){
				.bytes = split_bytes(a, p, s->segment, d),
				.rows = (double)rows,
				.node = p->node[0] == '\0' ? NULL
				    : arena_strdup(a, p->node),
			};
			++*n;
			s->limit -= (int64_t)rows;
		}
		s->segment++;
		if (first + SEG_ROWS >= p->rows) {
			s->segment = 0;
			s->at++;
		}
	}
	return 0;
}

static void
close_splits(struct split_source *source)
{
	struct mem_splitter *s = (struct mem_splitter *)source;

	for (int i = 0; i < s->n; i++) {
		struct version_part *p = &s->parts[i];

		for (uint64_t k = 0; p->deletes != NULL &&
		    k * SEG_ROWS < p->rows; k++)
			deletes_drop(&p->deletes[k]);
	}
	arena_release(&s->a);
	free(s);
}

/* The version that was planned, as long as it is kept. */
static const struct version *
planned_version(const struct mem_table *m, uint64_t id)
{
	for (int i = 0; i < OLD_VERSIONS; i++)
		if (m->old[i] != NULL && m->old[i]->id == id)
			return m->old[i];
	return m->version;
}

static void
copy_parts(struct mem_splitter *s, const struct version *v)
{
	s->parts = arena_array(&s->a, struct version_part, v->n + 1);
	for (s->n = 0; s->n < v->n; s->n++) {
		struct version_part *p = &s->parts[s->n];
		uint64_t segments;

		*p = v->parts[s->n];
		if (p->deletes == NULL)
			continue;
		segments = (p->rows + SEG_ROWS - 1) / SEG_ROWS;
		p->deletes = arena_dup(&s->a, p->deletes,
		    segments * sizeof(*p->deletes));
		for (uint64_t k = 0; k < segments; k++)
			deletes_ref(p->deletes[k]);
	}
}

int
mem_splits(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e)
{
	static const struct split_source_ops ops = {
		next_splits, close_splits,
	};
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_splitter *s = xcalloc(1, sizeof(*s));
	struct mem_handle h;
	struct mem_table *m;
	int rc;

	s->source.ops = &ops;
	arena_init(&s->a);
	s->limit = scan->limit >= 0 && scan->filter.n == 0 ? scan->limit
	    : INT64_MAX;
	rc = mem_handle_read(&s->a, scan->table->handle, &h, e);
	if (rc == 0) {
		pthread_mutex_lock(&c->lock);
		m = mem_find_id(c, h.table);
		if (m == NULL)
			rc = err_set(e, ERR_TABLE_NOT_FOUND,
			    "Table '%s.%s' was dropped meanwhile",
			    scan->table->schema, scan->table->name);
		else if (!scan->filter.none)
			copy_parts(s, planned_version(m, h.version));
		pthread_mutex_unlock(&c->lock);
	}
	if (rc != 0) {
		close_splits(&s->source);
		return rc;
	}
	*out = &s->source;
	return 0;
}

/* --- page source ---------------------------------------------------------- */

enum { COLUMN_ROW_ID = -1, COLUMN_MISSING = -2 };

struct mem_source_column {
	const struct type *type;
	int at;                 /* in the part, or one of the above */
};

struct mem_source {
	struct page_source source;
	struct part *part;
	const struct segment *segment;
	uint32_t number, segment_number;
	struct mem_account *account;
	uint32_t row, rows;     /* of the segment: the batch, its length */
	uint32_t next;
	uint64_t *deleted;      /* of the segment; NULL: none */
	uint16_t live[PAGE_ROWS]; /* rows of the batch when there are */
	uint32_t n_live;
	int n;
	struct mem_source_column columns[];
};

static enum source_step
source_next(struct page_source *source, uint32_t *rows, struct wait **blocked,
    struct err *e)
{
	struct mem_source *s = (struct mem_source *)source;

	while (s->next < s->segment->n) {
		s->row = s->next;
		s->rows = MIN(s->segment->n - s->row, PAGE_ROWS);
		s->next += s->rows;
		if (s->deleted == NULL) {
			*rows = s->rows;
			source->rows_read += *rows;
			return SOURCE_READY;
		}
		s->n_live = 0;
		for (uint32_t i = 0; i < s->rows; i++) {
			s->live[s->n_live] = (uint16_t)i;
			s->n_live += !bit_get(s->deleted, s->row + i);
		}
		if (s->n_live == 0)
			continue;
		*rows = s->n_live;
		source->rows_read += *rows;
		return SOURCE_READY;
	}
	return SOURCE_DONE;
}

static struct vec *
row_ids(struct mem_source *s, const uint16_t *index, uint32_t n,
    struct err *e)
{
	struct vec *v = vec_new_flat(TYPE(BIGINT), n, false, s->account, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		out[i] = row_id_of(s->number, s->segment_number, s->row +
		    (index == NULL ? i : index[i]));
	return v;
}

static enum source_step
source_load(struct page_source *source, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct mem_source *s = (struct mem_source *)source;
	const struct mem_source_column *c = &s->columns[column];
	uint16_t rows[PAGE_ROWS];

	if (s->deleted != NULL && s->n_live < s->rows) {
		for (uint32_t i = 0; i < n; i++)
			rows[i] = s->live[index == NULL ? i : index[i]];
		index = rows;
	}
	if (c->at == COLUMN_ROW_ID)
		*out = row_ids(s, index, n, e);
	else if (c->at == COLUMN_MISSING)
		*out = vec_new_null(c->type, n, s->account, e);
	else
		*out = seg_read(&s->segment->columns[c->at],
		    s->part->types[c->at], s->row, index, n, s->account, e);
	if (*out == NULL)
		return SOURCE_FAILED;
	source->bytes_read += vec_bytes(*out);
	return SOURCE_READY;
}

static bool
may_match(const struct mem_source *s, const struct domain_set *set)
{
	if (set->none)
		return false;
	for (int i = 0; i < set->n; i++) {
		const struct seg_column *c;
		int column = set->column[i];

		if (column < 0 || column >= s->n ||
		    s->columns[column].at < 0)
			continue;
		c = &s->segment->columns[s->columns[column].at];
		if (!domain_overlaps(set->domain[i], c->min, c->max,
		    c->nulls > 0, c->nulls == s->segment->n))
			return false;
	}
	return true;
}

static void
source_narrow(struct page_source *source, const struct domain_set *set)
{
	struct mem_source *s = (struct mem_source *)source;

	if (may_match(s, set))
		return;
	source->rows_pruned += s->segment->n - s->next;
	s->next = s->segment->n;
}

static void
source_close(struct page_source *source)
{
	struct mem_source *s = (struct mem_source *)source;

	part_drop(&s->part);
	mem_account_drop(&s->account);
	free(s->deleted);
	free(s);
}

static int
find_columns(struct mem_source *s, const struct mem_handle *h,
    const int *columns, const struct type *const *types, struct err *e)
{
	for (int i = 0; i < s->n; i++) {
		int32_t id;

		if (columns[i] < 0 || (uint32_t)columns[i] >= h->n)
			return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
			    "No column %d", columns[i]);
		id = h->ids[columns[i]];
		s->columns[i].type = types[i];
		s->columns[i].at = id < 0 ? COLUMN_ROW_ID : COLUMN_MISSING;
		for (int k = 0; id >= 0 && k < s->part->n; k++)
			if (s->part->ids[k] == id)
				s->columns[i].at = k;
		if (s->columns[i].at >= 0 &&
		    s->part->types[s->columns[i].at]->rep != types[i]->rep)
			return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
			    "Column %d has another type", columns[i]);
	}
	return 0;
}

static int
read_split(struct mem_conn *c, struct str bytes, struct mem_source *s,
    struct err *e)
{
	struct mpack_reader r;
	struct str deleted;
	uint64_t part, number, segment;
	uint32_t n;
	int rc;

	if ((rc = mpack_open(&r, bytes, "split", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	if (n != 4)
		return mpack_error(&r, e, "4 values wanted");
	if ((rc = mpack_get_uint(&r, &part, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &number, e)) != 0 ||
	    (rc = mpack_get_uint(&r, &segment, e)) != 0 ||
	    (rc = mpack_get_bin(&r, &deleted, e)) != 0)
		return rc;
	s->part = store_get(c, part);
	if (s->part == NULL || segment >= (uint64_t)s->part->n_segs)
		return err_set(e, ERR_GENERIC_USER_ERROR,
		    "Rows of the table are not on this node (any more)");
	s->segment = &s->part->segs[segment];
	s->number = (uint32_t)number;
	s->segment_number = (uint32_t)segment;
	if (deleted.n == 0)
		return 0;
	if (deleted.n != SEG_ROWS / 8)
		return mpack_error(&r, e, "a wrong set of deleted rows");
	s->deleted = xmalloc(deleted.n);
	memcpy(s->deleted, deleted.p, deleted.n);
	return 0;
}

int
mem_source(struct conn *conn, const struct conn_run *run, struct str handle,
    struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e)
{
	static const struct page_source_ops ops = {
		.name = "memory", .next = source_next, .load = source_load,
		.narrow = source_narrow, .close = source_close,
	};
	struct mem_conn *c = (struct mem_conn *)conn;
	struct mem_source *s = xcalloc(1, sizeof(*s) +
	    (size_t)n * sizeof(s->columns[0]));
	struct mem_handle h;
	struct arena a;
	int rc;

	s->source.ops = &ops;
	s->n = n;
	s->account = run->account == NULL ? NULL
	    : mem_account_ref(run->account);
	arena_init(&a);
	rc = mem_handle_read(&a, handle, &h, e);
	if (rc == 0)
		rc = read_split(c, split, s, e);
	if (rc == 0)
		rc = find_columns(s, &h, columns, types, e);
	arena_release(&a);
	if (rc != 0) {
		source_close(&s->source);
		return rc;
	}
	if (filter != NULL)
		source_narrow(&s->source, filter);
	*out = &s->source;
	return 0;
}
