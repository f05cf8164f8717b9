/* SPDX-License-Identifier: Apache-2.0
 * csv_source.c - the page source: runs of records are cut into batches,
 * columns are converted when they are asked for.
 *
 * An error must name its line.  In a compressed file lines are counted as it
 * is read; of a plain one the part before the place is read again, once,
 * when there is an error to tell. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "fmt/csv_priv.h"

struct csv_source {
	struct page_source base;
	struct fmt_io io;
	struct fmt_file *file;
	struct csv_schema schema;
	int n;
	int *columns;
	const struct type *const *types;
	struct csv_start *start;        /* looking for the first record */
	struct csv_input input;
	struct csv_window window;
	uint64_t offset, end;           /* the range */
	bool opened, fresh;             /* fresh: nothing was read yet */
	bool header;                    /* the next record is it */
	bool finished;
	size_t row;                     /* of the run: the batch's first */
	uint32_t batch_rows, batch_most;
	/* After an error: its text, and where it belongs to. */
	bool failed, counted;
	char fault[512];
	uint64_t fault_at, lines, count_at;
	bool cr;
	struct csv_input counter;
};

static struct csv_source *
source_of(struct page_source *base)
{
	return container_of(base, struct csv_source, base);
}

/* --- errors -------------------------------------------------------------- */

/* Counts the lines before fault_at. */
static enum source_step
count_lines(struct csv_source *s, struct wait **blocked, struct err *e)
{
	while (s->count_at < s->fault_at) {
		struct buf *b;
		size_t n;
		enum source_step step = csv_input_next(&s->counter, &b, &n,
		    blocked, e);

		if (step == SOURCE_DONE)
			break;
		if (step != SOURCE_READY)
			return step;
		n = (size_t)MIN((uint64_t)n, s->fault_at - s->count_at);
		s->lines += csv_count_lines(b->data, n, &s->cr);
		s->count_at += n;
		buf_drop(&b);
	}
	return SOURCE_READY;
}

static enum source_step
report(struct csv_source *s, struct wait **blocked, struct err *e)
{
	if (!s->counted) {
		enum source_step step = count_lines(s, blocked, e);

		if (step == SOURCE_BLOCKED || step == SOURCE_FAILED)
			return step;
		csv_input_close(&s->counter);
		s->counter = (struct csv_input){ 0 };
		s->counted = true;
	}
	err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: line %llu: %s",
	    fmt_file_path(s->file), 1 + (unsigned long long)s->lines,
	    s->fault);
	return SOURCE_FAILED;
}

/* An error at byte `at` of the run; s->fault is its text. */
static enum source_step
fail_at(struct csv_source *s, size_t at, struct wait **blocked,
    struct err *e)
{
	struct csv_window *w = &s->window;

	s->failed = true;
	s->fault_at = w->at + at;
	if (s->schema.codec == CSV_PLAIN) {
		csv_input_open(&s->counter, &s->io, s->file, CSV_PLAIN, 0,
		    s->fault_at);
	} else {
		bool cr = w->cr;

		s->lines = w->lines + csv_count_lines(w->text, at, &cr);
		s->counted = true;
	}
	return report(s, blocked, e);
}

/* "column v: 'oops' is no bigint" */
static void
value_fault(struct csv_source *s, const struct csv_fields *f,
    const struct type *t, uint32_t row)
{
	struct sbuf copy = { 0 }, name = { 0 };
	struct str text = csv_field_text(f, row, &copy);
	size_t n = MIN(text.n, (size_t)80);

	while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80)
		n--;
	type_print(&name, t);
	snprintf(s->fault, sizeof(s->fault), "column %.100s: '%.*s%s' is no "
	    "%.100s", s->schema.names[f->column], (int)n, text.p,
	    n < text.n ? "..." : "", sbuf_z(&name));
	sbuf_release(&copy);
	sbuf_release(&name);
}

/* --- records ------------------------------------------------------------- */

/* Opens the input where the range's first record begins. */
static enum source_step
open_input(struct csv_source *s, struct wait **blocked, struct err *e)
{
	uint64_t at = s->offset;

	if (at > 0 && s->schema.codec == CSV_PLAIN) {
		bool first;
		enum source_step step;

		if (s->start == NULL)
			s->start = csv_start_new(&s->io, s->file,
			    &s->window.d, at);
		step = csv_start_find(s->start, &at, &first, blocked, e);
		if (step != SOURCE_READY)
			return step;
		csv_start_free(&s->start);
		s->header &= first;
		if (at >= s->end) {
			s->finished = true;
			return SOURCE_DONE;
		}
	}
	csv_input_open(&s->input, &s->io, s->file, s->schema.codec, at,
	    s->end);
	s->window.input = &s->input;
	s->window.now.at = at;
	s->opened = true;
	return SOURCE_READY;
}

/* Where record k of the run begins. */
static size_t
record_at(const struct csv_tokens *t, size_t k)
{
	return (uint32_t)(t->pos[t->rows[k] - 1] + 1);
}

static bool
blank(const struct csv_window *w, size_t k)
{
	const struct csv_tokens *t = &w->tokens;
	size_t from = record_at(t, k), to = t->pos[t->rows[k]];

	return to == from || (to == from + 1 && w->text[from] == '\r');
}

/* Leaves out the header and the records of the next range. */
static void
trim_run(struct csv_source *s)
{
	struct csv_tokens *t = &s->window.tokens;

	s->row = 0;
	/* The first record counts with the byte order mark before it. */
	if (s->fresh && s->offset == 0 && s->window.at == 3)
		s->end = MAX(s->end, (uint64_t)4);
	if (s->header && t->n_rows > 0) {
		/* In a file of one column blank lines may stand before it. */
		while (s->row < t->n_rows && s->schema.n == 1 &&
		    blank(&s->window, s->row))
			s->row++;
		s->header = s->row == t->n_rows;
		s->row += !s->header;
	}
	while (t->n_rows > s->row && s->window.at +
	    record_at(t, t->n_rows - 1) >= s->end) {
		t->n_rows--;
		s->finished = true;
	}
	s->fresh = false;
	/* Batches of like size, not a full one and a rest. */
	if (t->n_rows > s->row) {
		size_t rows = t->n_rows - s->row;
		size_t batches = (rows + PAGE_ROWS - 1) / PAGE_ROWS;

		s->batch_most = (uint32_t)((rows + batches - 1) / batches);
	}
}

static enum source_step
next_run(struct csv_source *s, struct wait **blocked, struct err *e)
{
	struct csv_window *w = &s->window;
	enum source_step step;

	if (s->finished)
		return SOURCE_DONE;
	if (!s->opened) {
		step = open_input(s, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	if (!s->fresh && w->now.buf != NULL && w->now.at >= s->end)
		return SOURCE_DONE;
	step = csv_window_next(w, blocked, e);
	s->base.bytes_read = s->input.bytes_read;
	if (step != SOURCE_READY)
		return step;
	if (w->tokens.fault != CSV_FINE) {
		csv_fault_text(&w->tokens, w->d.n, s->fault,
		    sizeof(s->fault));
		return fail_at(s, w->tokens.fault_at, blocked, e);
	}
	trim_run(s);
	return SOURCE_READY;
}

static enum source_step
source_next(struct page_source *base, uint32_t *rows, struct wait **blocked,
    struct err *e)
{
	struct csv_source *s = source_of(base);

	if (s->failed)
		return report(s, blocked, e);
	s->row += s->batch_rows;
	s->batch_rows = 0;
	while (s->row >= s->window.tokens.n_rows) {
		enum source_step step = next_run(s, blocked, e);

		if (step != SOURCE_READY)
			return step;
	}
	s->batch_rows = (uint32_t)MIN(s->window.tokens.n_rows - s->row,
	    (size_t)s->batch_most);
	base->rows_read += s->batch_rows;
	*rows = s->batch_rows;
	return SOURCE_READY;
}

static enum source_step
source_load(struct page_source *base, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct csv_source *s = source_of(base);
	struct csv_window *w = &s->window;
	struct csv_fields f = { .buf = w->buf, .text = w->text,
	    .pos = w->tokens.pos, .index = index, .n = n,
	    .quote = w->d.quote };
	uint32_t bad, row;
	int rc;

	*out = NULL;
	if (s->failed)
		return report(s, blocked, e);
	CHECK(column >= 0 && column < s->n && n <= s->batch_rows);
	if (s->columns[column] < 0 || n == 0) {
		*out = vec_new_null(s->types[column], n, s->io.account, e);
		return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
	}
	f.rows = w->tokens.rows + s->row;
	f.column = (uint32_t)s->columns[column];
	f.last = f.column + 1 == w->d.n;
	rc = csv_column_read(&f, s->types[column], s->io.account, out, &bad,
	    e);
	if (rc < 0)
		return SOURCE_FAILED;
	if (rc == 0)
		return SOURCE_READY;
	value_fault(s, &f, s->types[column], bad);
	row = index == NULL ? bad : index[bad];
	return fail_at(s, w->tokens.pos[f.rows[row] + f.column - 1] + 1,
	    blocked, e);
}

static void
source_close(struct page_source *base)
{
	struct csv_source *s = source_of(base);

	csv_start_free(&s->start);
	csv_input_close(&s->counter);
	csv_input_close(&s->input);
	csv_window_release(&s->window);
	fmt_file_drop(&s->file);
	free(s->columns);
	free(s);
}

static const struct page_source_ops csv_source_ops = {
	.name = "csv",
	.next = source_next,
	.load = source_load,
	.close = source_close,
};

int
csv_source_open(const struct fmt_io *io, const struct csv_scan *scan,
    struct page_source **out, struct err *e)
{
	struct csv_source *s = xcalloc(1, sizeof(*s));

	s->base.ops = &csv_source_ops;
	s->io = *io;
	s->file = fmt_file_ref(scan->file);
	s->schema = scan->schema;
	s->n = scan->n;
	s->columns = xcalloc((size_t)scan->n + 1, sizeof(*s->columns));
	for (int i = 0; i < scan->n; i++) {
		CHECK(scan->columns[i] < scan->schema.n);
		s->columns[i] = scan->columns[i];
	}
	s->types = scan->types;
	s->window.d = (struct csv_dialect){
		(uint8_t)scan->schema.delimiter, (uint8_t)scan->schema.quote,
		(uint32_t)scan->schema.n };
	s->window.tokens.account = io->account;
	s->offset = scan->offset;
	s->end = scan->schema.codec != CSV_PLAIN ? UINT64_MAX
	    : scan->offset + scan->size;
	s->header = scan->schema.header;
	s->fresh = true;
	*out = &s->base;
	return 0;
}
