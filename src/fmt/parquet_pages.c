/* SPDX-License-Identifier: Apache-2.0
 * parquet_pages.c - walking over the pages of a column chunk.
 *
 * A chunk up to WINDOW bytes is read as a whole; of a bigger one a window
 * moves over it.  Pages that were found hold their window's buffer. */
#include "fmt/parquet_pages.h"

#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_thrift.h"

enum { WINDOW = 16 << 20, HEADER_MAX = 16 << 20 };

struct parquet_range *
parquet_range_start(struct fmt_io *io, struct fmt_file *f, uint64_t off,
    size_t n, struct err *e)
{
	struct parquet_range *r = xcalloc(1, sizeof(*r));

	r->refs = 1;
	r->off = off;
	r->n = n;
	r->read = fmt_read_start(io, f, off, n, e);
	if (r->read == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

enum source_step
parquet_range_wait(struct parquet_range *r, struct wait **blocked,
    struct err *e)
{
	int rc;

	if (r->buf != NULL)
		return SOURCE_READY;
	rc = fmt_read_take(r->read, &r->buf, blocked, e);
	if (rc == 0)
		return SOURCE_BLOCKED;
	if (rc < 0)
		return SOURCE_FAILED;
	fmt_read_drop(&r->read);
	return SOURCE_READY;
}

void
parquet_range_drop(struct parquet_range **rp)
{
	struct parquet_range *r = *rp;

	*rp = NULL;
	if (r == NULL || --r->refs > 0)
		return;
	fmt_read_drop(&r->read);
	buf_drop(&r->buf);
	free(r);
}

static void
read_data_header(struct thrift *t, const struct thrift_field *in,
    struct parquet_page_header *h)
{
	struct thrift_field f = { 0 };

	h->has_member = true;
	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		if (f.id == 1)
			h->values = thrift_i32(t, &f);
		else if (f.id == 2)
			h->encoding = thrift_i32(t, &f);
		else if (f.id == 3 && h->type == PAGE_DATA)
			h->def_encoding = thrift_i32(t, &f);
		else if (f.id == 4 && h->type == PAGE_DATA)
			h->rep_encoding = thrift_i32(t, &f);
		else
			thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

static void
read_v2_header(struct thrift *t, const struct thrift_field *in,
    struct parquet_page_header *h)
{
	struct thrift_field f = { 0 };

	h->has_member = true;
	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		if (f.id == 1)
			h->values = thrift_i32(t, &f);
		else if (f.id == 2)
			h->nulls = thrift_i32(t, &f);
		else if (f.id == 3)
			h->rows = thrift_i32(t, &f);
		else if (f.id == 4)
			h->encoding = thrift_i32(t, &f);
		else if (f.id == 5)
			h->def_size = thrift_i32(t, &f);
		else if (f.id == 6)
			h->rep_size = thrift_i32(t, &f);
		else if (f.id == 7)
			h->compressed = thrift_bool(t, &f);
		else
			thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

static int
bad_header(struct err *e, const char *why)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "a page header cannot be parsed: %s", why);
}

int
parquet_page_header(const uint8_t *p, size_t n, struct parquet_page_header *h,
    size_t *used, struct err *e)
{
	struct thrift_field f = { 0 };
	struct thrift t;

	*h = (struct parquet_page_header){ .type = -1, .size = -1,
	    .packed = -1, .values = -1, .encoding = -1, .rows = -1,
	    .def_encoding = PARQUET_RLE, .rep_encoding = PARQUET_RLE,
	    .compressed = true };
	thrift_init(&t, p, MIN(n, (size_t)HEADER_MAX));
	while (thrift_next(&t, &f)) {
		if (f.id == 1)
			h->type = thrift_i32(&t, &f);
		else if (f.id == 2)
			h->size = thrift_i32(&t, &f);
		else if (f.id == 3)
			h->packed = thrift_i32(&t, &f);
		else if (f.id == 4) {
			h->crc = (uint32_t)thrift_i32(&t, &f);
			h->has_crc = true;
		} else if ((f.id == 5 && h->type == PAGE_DATA) ||
		    (f.id == 7 && h->type == PAGE_DICTIONARY))
			read_data_header(&t, &f, h);
		else if (f.id == 8 && h->type == PAGE_DATA_V2)
			read_v2_header(&t, &f, h);
		else
			thrift_skip(&t, f.type);
	}
	if (t.bad != NULL)
		return bad_header(e, t.bad);
	*used = (size_t)(t.p - p);
	if (h->type == -1)
		return bad_header(e, "it has no page type");
	if (h->type < 0 || h->type > PAGE_DATA_V2)
		return err_set(e, ERR_HIVE_BAD_DATA, "unknown page type %d",
		    h->type);
	if (h->size < 0 || h->packed < 0)
		return err_set(e, ERR_HIVE_BAD_DATA, "negative page size");
	if (h->type == PAGE_INDEX)
		return 0;
	if (!h->has_member)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "a page of type %d without its header", h->type);
	if (h->values < 0)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "negative number of values");
	return 0;
}

void
parquet_pages_init(struct parquet_pages *p, struct parquet_range *window)
{
	p->at = p->start;
	p->window = window;
}

static void
ref_release(struct parquet_page_ref *r)
{
	buf_drop(&r->holder);
	r->body = NULL;
}

void
parquet_pages_release(struct parquet_pages *p)
{
	for (int i = p->head; i < p->n; i++)
		ref_release(&p->queue[i]);
	free(p->queue);
	ref_release(&p->dictionary);
	parquet_range_drop(&p->window);
	p->queue = NULL;
	p->head = p->n = p->cap = 0;
}

/* Makes the bytes [p->at, p->at + n) available, or as many as the chunk
 * has. */
static enum source_step
need(struct parquet_pages *p, size_t n, struct wait **blocked, struct err *e)
{
	uint64_t end = MIN(p->end, p->at + n);
	size_t want;

	if (p->window != NULL && p->at >= p->window->off &&
	    end <= p->window->off + p->window->n)
		return parquet_range_wait(p->window, blocked, e);
	want = (size_t)MIN((uint64_t)MAX(n, (size_t)WINDOW), p->end - p->at);
	parquet_range_drop(&p->window);
	p->window = parquet_range_start(p->io, p->file, p->at, want, e);
	if (p->window == NULL)
		return SOURCE_FAILED;
	*p->bytes_read += want;
	return parquet_range_wait(p->window, blocked, e);
}

static int
fail(struct parquet_pages *p, uint64_t offset, struct err *e)
{
	parquet_wrap(p->meta, p->group, p->leaf, (int64_t)offset, e);
	return SOURCE_FAILED;
}

static int
fail_with(struct parquet_pages *p, struct err *e, const char *what)
{
	err_set(e, ERR_HIVE_BAD_DATA, "%s", what);
	return fail(p, p->at, e);
}

/* The header at p->at; the window has it. */
static enum source_step
header(struct parquet_pages *p, struct parquet_page_header *h, size_t *used,
    struct wait **blocked, struct err *e)
{
	size_t look = 64 << 10;

	if (p->at >= p->end)
		return fail_with(p, e, "the column chunk has fewer values "
		    "than its metadata says");
	for (;;) {
		enum source_step step = need(p, 1, blocked, e);
		uint64_t have;

		if (step != SOURCE_READY)
			return step;
		have = p->window->off + p->window->n;
		have = MIN(have, p->end) - p->at;
		if (parquet_page_header(p->window->buf->data +
		    (p->at - p->window->off), (size_t)have, h, used, e) == 0)
			return SOURCE_READY;
		if (have == p->end - p->at || have >= HEADER_MAX)
			return fail(p, p->at, e);
		/* It may be cut by the window's end. */
		look = MAX(look, (size_t)have * 2);
		step = need(p, look, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
}

/* The body behind a header of `used` bytes; then p->at is behind it. */
static enum source_step
body(struct parquet_pages *p, const struct parquet_page_header *h,
    size_t used, struct parquet_page_ref *to, struct wait **blocked,
    struct err *e)
{
	enum source_step step;

	if ((uint64_t)h->packed > p->end - p->at - used)
		return fail_with(p, e,
		    "a page is longer than its column chunk");
	step = need(p, used + (size_t)h->packed, blocked, e);
	if (step != SOURCE_READY)
		return step;
	to->h = *h;
	to->body = p->window->buf->data + (p->at - p->window->off) + used;
	to->holder = buf_ref(p->window->buf);
	to->offset = p->at;
	to->row = p->row;
	p->at += used + (uint64_t)h->packed;
	return SOURCE_READY;
}

static enum source_step
take_dictionary(struct parquet_pages *p, const struct parquet_page_header *h,
    size_t used, struct wait **blocked, struct err *e)
{
	if (p->dictionary.body != NULL)
		return fail_with(p, e,
		    "a column chunk has two dictionary pages");
	if (p->n_pages > 0)
		return fail_with(p, e, "a dictionary page behind data pages");
	return body(p, h, used, &p->dictionary, blocked, e);
}

/* The data page at p->at against what the footer and page index say. */
static enum source_step
check_data(struct parquet_pages *p, const struct parquet_page_header *h,
    struct err *e)
{
	if ((uint64_t)h->values > (uint64_t)p->chunk->values - p->row)
		return fail_with(p, e, "the column chunk has more values "
		    "than its metadata says");
	if (p->spots != NULL && (p->n_pages >= p->n_spots ||
	    p->spots[p->n_pages].offset != p->at ||
	    p->spots[p->n_pages].row != p->row))
		return fail_with(p, e,
		    "the page index is damaged: it is not about this page");
	return SOURCE_READY;
}

static struct parquet_page_ref *
push(struct parquet_pages *p)
{
	if (p->head == p->n)
		p->head = p->n = 0;
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 8 : p->cap * 2;
		p->queue = xrealloc(p->queue,
		    sizeof(*p->queue) * (size_t)p->cap);
	}
	return &p->queue[p->n];
}

/* Goes over one page; pushes it when it has rows behind `first`. */
static enum source_step
walk(struct parquet_pages *p, uint64_t first, struct wait **blocked,
    struct err *e)
{
	struct parquet_page_header h;
	size_t used;
	enum source_step step = header(p, &h, &used, blocked, e);

	if (step != SOURCE_READY)
		return step;
	if (h.type == PAGE_DICTIONARY)
		return take_dictionary(p, &h, used, blocked, e);
	if (h.type != PAGE_INDEX) {
		step = check_data(p, &h, e);
		if (step != SOURCE_READY)
			return step;
		if (p->row + (uint64_t)h.values > first) {
			step = body(p, &h, used, push(p), blocked, e);
			if (step != SOURCE_READY)
				return step;
			p->n++;
			p->row += (uint64_t)h.values;
			p->n_pages++;
			return SOURCE_READY;
		}
		p->row += (uint64_t)h.values;
		p->n_pages++;
	}
	if ((uint64_t)h.packed > p->end - p->at - used)
		return fail_with(p, e,
		    "a page is longer than its column chunk");
	p->at += used + (uint64_t)h.packed;
	return SOURCE_READY;
}

enum source_step
parquet_pages_find(struct parquet_pages *p, uint64_t first, uint64_t end,
    struct wait **blocked, struct err *e)
{
	while (p->row < end) {
		enum source_step step = walk(p, first, blocked, e);

		if (step != SOURCE_READY)
			return step;
	}
	return SOURCE_READY;
}

enum source_step
parquet_pages_more(struct parquet_pages *p, struct wait **blocked,
    struct err *e)
{
	int before = p->n - p->head;

	while (p->n - p->head == before) {
		enum source_step step;

		if (p->row >= (uint64_t)p->chunk->values)
			return SOURCE_DONE;
		step = walk(p, 0, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	return SOURCE_READY;
}

enum source_step
parquet_pages_finish(struct parquet_pages *p, struct wait **blocked,
    struct err *e)
{
	enum source_step step = parquet_pages_find(p, UINT64_MAX,
	    (uint64_t)p->chunk->values, blocked, e);

	if (step == SOURCE_READY && p->spots != NULL &&
	    p->n_pages != p->n_spots)
		return fail_with(p, e,
		    "the page index is damaged: it has other pages");
	return step;
}

enum source_step
parquet_pages_whole(struct parquet_pages *p, struct wait **blocked,
    struct err *e)
{
	return need(p, (size_t)(p->end - p->at), blocked, e);
}
