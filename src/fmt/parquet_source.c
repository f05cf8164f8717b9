/* SPDX-License-Identifier: Apache-2.0
 * parquet_source.c - the page source: row groups one after another, batches
 * of rows of each, columns on demand.
 *
 * A row group goes through states: pruned by statistics (NEW), page index and
 * Bloom filters on their way (INDEX), column chunks on their way (READ),
 * batches are made (OPEN).  While one is OPEN the next one that is not pruned
 * is brought to READ.  Columns of the filter are asked for first, the others
 * as soon as the group before has shown that they are used, or when the first
 * load() wants one. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_scan.h"

enum {
	CHUNK_FIRST = 16 << 20, /* of a big chunk, what is read at once */
	READ_MAX = 16 << 20,    /* chunks are read together up to this */
	READ_GAP = 256 << 10,   /* over gaps of this many bytes */
};

static void
group_free(struct parquet_source *s, struct parquet_group_scan **gp)
{
	struct parquet_group_scan *g = *gp;

	*gp = NULL;
	if (g == NULL)
		return;
	for (int i = 0; i < s->n_readers; i++)
		parquet_reader_release(&g->readers[i]);
	for (int i = 0; i < s->n; i++)
		free(g->spots[i]);
	parquet_index_free(&g->index);
	free(g->readers);
	free(g->started);
	free(g->spans);
	free(g->spots);
	free(g->n_spots);
	free(g);
}

static struct parquet_group_scan *
group_new(struct parquet_source *s, int number)
{
	struct parquet_group_scan *g = xcalloc(1, sizeof(*g));

	g->number = number;
	g->rows = s->meta->groups[number].rows;
	g->readers = xcalloc((size_t)s->n_readers + 1, sizeof(*g->readers));
	g->started = xcalloc((size_t)s->n + 1, sizeof(*g->started));
	g->spots = xcalloc((size_t)s->n + 1, sizeof(struct parquet_spot *));
	g->n_spots = xcalloc((size_t)s->n + 1, sizeof(*g->n_spots));
	g->spans = xcalloc(1, sizeof(*g->spans));
	g->spans[0].to = g->rows;
	g->n_spans = g->rows > 0;
	return g;
}

/* A chunk to be read: its reader, and the bytes wanted of it now. */
struct chunk_read {
	struct parquet_reader *reader;
	uint64_t from, to;
};

static int
by_offset(const void *a, const void *b)
{
	const struct chunk_read *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int
reader_set_up(struct parquet_source *s, struct parquet_group_scan *g,
    const struct parquet_leaf *leaf, struct chunk_read *read, struct err *e)
{
	struct parquet_reader *r = read->reader;
	struct parquet_pages *p = &r->pages;
	int rc;

	r->leaf = p->leaf = leaf;
	r->account = s->io.account;
	p->meta = s->meta;
	p->chunk = &s->meta->chunks[g->number][leaf->index];
	p->group = g->number;
	p->io = &s->io;
	p->file = s->file;
	p->codec = s->codec;
	p->bytes_read = &s->base.bytes_read;
	rc = parquet_chunk_check(s->meta, g->number, leaf, &p->start, &p->end,
	    e);
	read->from = p->start;
	read->to = p->end;
	/* Rows of nested columns are found by reading; so all of it. */
	if (leaf->max_rep == 0 && leaf->max_def <= 1)
		read->to = MIN(p->end, p->start + CHUNK_FIRST);
	return rc;
}

/* Issues the reads of columns, neighbours together. */
static int
start_reads(struct parquet_source *s, struct chunk_read *reads, int n,
    struct err *e)
{
	qsort(reads, (size_t)n, sizeof(*reads), by_offset);
	for (int i = 0, j; i < n; i = j) {
		uint64_t from = reads[i].from, to = reads[i].to;
		struct parquet_range *range;

		for (j = i + 1; j < n && reads[j].from <= to + READ_GAP &&
		    MAX(to, reads[j].to) - from <= READ_MAX; j++)
			to = MAX(to, reads[j].to);
		range = parquet_range_start(&s->io, s->file, from,
		    (size_t)(to - from), e);
		if (range == NULL)
			return -(int)e->code;
		s->base.bytes_read += to - from;
		range->refs += j - i - 1;
		for (int k = i; k < j; k++)
			parquet_pages_init(&reads[k].reader->pages, range);
	}
	return 0;
}

/* Starts all columns that are not yet, or only those to be had early. */
static int
start_columns(struct parquet_source *s, struct parquet_group_scan *g,
    bool early, struct err *e)
{
	struct chunk_read *reads = xcalloc((size_t)s->n_readers + 1,
	    sizeof(*reads));
	int n = 0, rc = 0;

	for (int i = 0; i < s->n && rc == 0; i++) {
		const struct parquet_want *w = &s->wants[i];

		if (w->node == NULL || g->started[i] ||
		    (early && !w->filtered && !w->used))
			continue;
		g->started[i] = true;
		for (int j = 0; j < w->node->n_leaves && rc == 0; j++) {
			reads[n].reader = &g->readers[w->first_reader + j];
			rc = reader_set_up(s, g, s->meta->leaves
			    [w->node->first_leaf + j], &reads[n], e);
			n++;
		}
		g->readers[w->first_reader].pages.spots = g->spots[i];
		g->readers[w->first_reader].pages.n_spots = g->n_spots[i];
	}
	if (rc == 0)
		rc = start_reads(s, reads, n, e);
	free(reads);
	return rc;
}

static void
prune(struct parquet_source *s, struct parquet_group_scan *g)
{
	g->state = GROUP_PRUNED;
	s->base.rows_pruned += g->rows;
}

/* Brings a group to `goal` (READ or OPEN), or to PRUNED. */
static enum source_step
advance(struct parquet_source *s, struct parquet_group_scan *g,
    enum parquet_group_state goal, struct wait **blocked, struct err *e)
{
	enum source_step step = SOURCE_READY;
	bool matches = true;

	if (g->state == GROUP_NEW) {
		if (parquet_group_matches(s, g, &matches, e) < 0)
			return SOURCE_FAILED;
		if (!matches || g->rows == 0) {
			prune(s, g);
			return SOURCE_READY;
		}
		parquet_index_start(s, g);
		g->state = GROUP_INDEX;
	}
	if (g->state == GROUP_INDEX) {
		step = parquet_index_use(s, g, &matches, blocked, e);
		if (step != SOURCE_READY)
			return step;
		if (!matches) {
			prune(s, g);
			return SOURCE_READY;
		}
		if (start_columns(s, g, true, e) < 0)
			return SOURCE_FAILED;
		g->state = GROUP_READ;
	}
	if (g->state == GROUP_READ && goal == GROUP_OPEN) {
		step = parquet_group_dictionary(s, g, &matches, blocked, e);
		if (step != SOURCE_READY)
			return step;
		if (!matches) {
			prune(s, g);
			return SOURCE_READY;
		}
		g->row = g->spans[0].from;
		g->state = GROUP_OPEN;
	}
	return SOURCE_READY;
}

/* Finds the next group with a chance and has its reads started. */
static enum source_step
look_ahead(struct parquet_source *s, struct wait **blocked, struct err *e)
{
	while (s->ahead == NULL || s->ahead->state == GROUP_PRUNED) {
		enum source_step step;

		group_free(s, &s->ahead);
		if (s->next_group >= s->end_group)
			return SOURCE_DONE;
		s->ahead = group_new(s, s->next_group++);
		step = advance(s, s->ahead, GROUP_READ, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	return advance(s, s->ahead, GROUP_READ, blocked, e);
}

/* The current group has given all its rows: what the page index had said of
 * it is compared with the pages that were not looked at. */
static enum source_step
finish_group(struct parquet_source *s, struct wait **blocked, struct err *e)
{
	struct parquet_group_scan *g = s->now;

	for (int i = 0; i < s->n; i++) {
		struct parquet_want *w = &s->wants[i];
		enum source_step step;

		if (g->spots[i] == NULL || !g->started[i])
			continue;
		step = parquet_pages_finish(
		    &g->readers[w->first_reader].pages, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	group_free(s, &s->now);
	return SOURCE_READY;
}

/* Makes s->now an open group with rows left. */
static enum source_step
open_group(struct parquet_source *s, struct wait **blocked, struct err *e)
{
	for (;;) {
		struct parquet_group_scan *g = s->now;
		enum source_step step;

		if (g != NULL && g->state == GROUP_OPEN) {
			if (g->span < g->n_spans)
				return SOURCE_READY;
			step = finish_group(s, blocked, e);
			if (step != SOURCE_READY)
				return step;
			continue;
		}
		if (g != NULL && g->state == GROUP_PRUNED)
			group_free(s, &s->now);
		if (s->now == NULL) {
			step = look_ahead(s, blocked, e);
			if (step != SOURCE_READY)
				return step;
			s->now = s->ahead;
			s->ahead = NULL;
		}
		step = advance(s, s->now, GROUP_OPEN, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
}

static enum source_step
source_next(struct page_source *base, uint32_t *rows, struct wait **blocked,
    struct err *e)
{
	struct parquet_source *s = container_of(base, struct parquet_source,
	    base);
	enum source_step step = open_group(s, blocked, e);
	struct parquet_group_scan *g = s->now;
	struct wait *later = NULL;
	struct parquet_span *span;

	if (step != SOURCE_READY)
		return step;
	/* What the next group waits for is nothing to wait for now. */
	step = look_ahead(s, &later, e);
	wait_drop(&later);
	if (step == SOURCE_FAILED)
		return step;
	span = &g->spans[g->span];
	s->batch = g->row;
	s->batch_rows = (uint32_t)MIN((uint64_t)PAGE_ROWS,
	    span->to - g->row);
	g->row += s->batch_rows;
	if (g->row == span->to && ++g->span < g->n_spans)
		g->row = g->spans[g->span].from;
	base->rows_read += s->batch_rows;
	*rows = s->batch_rows;
	return SOURCE_READY;
}

/* A flat column: its dictionary is cast once, everything else by batch. */
static struct vec *
cast_flat(struct parquet_reader *r, struct vec *v, const struct type *t,
    struct err *e)
{
	struct vec *to;

	if (v->form != VEC_DICT || v->base != r->dict)
		return parquet_cast(v, t, r->account, e);
	if (r->dict_cast == NULL)
		r->dict_cast = parquet_cast(vec_ref(r->dict), t, r->account,
		    e);
	if (r->dict_cast == NULL) {
		vec_drop(&v);
		return NULL;
	}
	if (r->dict_cast == r->dict && v->type == t)
		return v;
	/* The batch is ours alone: give it the other base. */
	to = v;
	vec_drop(&to->base);
	to->base = vec_ref(r->dict_cast);
	to->type = t;
	return to;
}

static enum source_step
load_flat(struct parquet_source *s, struct parquet_want *w,
    struct parquet_reader *r, uint64_t first, uint32_t n, struct vec **out,
    struct wait **blocked, struct err *e)
{
	enum source_step step = parquet_pages_find(&r->pages, first,
	    first + n, blocked, e);

	if (step != SOURCE_READY)
		return step;
	if (parquet_reader_flat(r, first, n, out, e) < 0)
		return SOURCE_FAILED;
	*out = cast_flat(r, *out, w->type, e);
	return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
}

static enum source_step
load_rows(struct parquet_source *s, struct parquet_want *w, uint64_t first,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct parquet_reader *r = &s->now->readers[w->first_reader];
	enum source_step step;

	if (w->node->kind == NODE_LEAF)
		return load_flat(s, w, r, first, n, out, blocked, e);
	step = parquet_nested_read(r, w->node, first, n, out, blocked, e);
	if (step == SOURCE_READY) {
		*out = parquet_cast(*out, w->type, s->io.account, e);
		step = *out == NULL ? SOURCE_FAILED : SOURCE_READY;
	}
	return step;
}

static enum source_step
choose(struct parquet_source *s, struct vec **v, const uint16_t *index,
    uint32_t first, uint32_t n, struct err *e)
{
	struct vec *whole = *v;
	uint32_t *wide;

	if (whole->type->rep != REP_LIST && whole->type->rep != REP_ROW) {
		*v = parquet_compact(whole, index, first, n, s->io.account,
		    e);
	} else {
		wide = xmalloc(sizeof(*wide) * (n + 1));
		for (uint32_t i = 0; i < n; i++)
			wide[i] = index[i] - first;
		*v = vec_select(whole, wide, n, s->io.account, e);
		free(wide);
	}
	vec_drop(&whole);
	return *v == NULL ? SOURCE_FAILED : SOURCE_READY;
}

static enum source_step
source_load(struct page_source *base, int column, const uint16_t *index,
    uint32_t n, struct vec **out, struct wait **blocked, struct err *e)
{
	struct parquet_source *s = container_of(base, struct parquet_source,
	    base);
	struct parquet_want *w = &s->wants[column];
	uint32_t low = 0, high = s->batch_rows;
	enum source_step step;

	CHECK(column >= 0 && column < s->n && s->now != NULL);
	*out = NULL;
	if (w->node == NULL || n == 0) {
		*out = vec_new_null(w->type, n, s->io.account, e);
		return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
	}
	w->used = true;
	if (!s->now->started[column] &&
	    start_columns(s, s->now, false, e) < 0)
		return SOURCE_FAILED;
	if (index != NULL) {
		low = index[0];
		high = (uint32_t)index[n - 1] + 1;
		CHECK(high <= s->batch_rows);
	}
	step = load_rows(s, w, s->batch + low, high - low, out, blocked, e);
	if (step == SOURCE_READY && index != NULL && n < high - low)
		step = choose(s, out, index, low, n, e);
	return step;
}

static void
source_narrow(struct page_source *base, const struct domain_set *set)
{
	struct parquet_source *s = container_of(base, struct parquet_source,
	    base);

	s->narrowed = set;
	/* The group that is being brought was judged without it; judge it
	 * again, unless its reads are on their way anyway. */
	if (s->ahead != NULL && s->ahead->state <= GROUP_INDEX)
		s->ahead->state = GROUP_NEW;
	if (s->ahead != NULL && s->ahead->state == GROUP_READ) {
		bool matches = true;
		struct err ignored;

		if (parquet_group_matches(s, s->ahead, &matches,
		    &ignored) == 0 && !matches)
			prune(s, s->ahead);
	}
}

static void
source_close(struct page_source *base)
{
	struct parquet_source *s = container_of(base, struct parquet_source,
	    base);

	group_free(s, &s->now);
	group_free(s, &s->ahead);
	codec_context_free(&s->codec);
	fmt_file_drop(&s->file);
	parquet_meta_drop(&s->meta);
	free(s->wants);
	free(s);
}

static const struct page_source_ops parquet_source_ops = {
	.name = "parquet",
	.next = source_next,
	.load = source_load,
	.narrow = source_narrow,
	.close = source_close,
};

static int
set_wants(struct parquet_source *s, const struct parquet_scan *scan,
    struct err *e)
{
	s->wants = xcalloc((size_t)scan->n + 1, sizeof(*s->wants));
	s->n = scan->n;
	for (int i = 0; i < scan->n; i++) {
		struct parquet_want *w = &s->wants[i];

		w->column = scan->columns[i];
		w->type = scan->types[i];
		w->first_reader = s->n_readers;
		w->used = scan->filter == NULL;
		if (w->column < 0)
			continue;
		CHECK(w->column < s->meta->n_columns);
		w->node = s->meta->nodes[w->column];
		s->n_readers += w->node->n_leaves;
		if (!parquet_can_cast(w->node->type, w->type)) {
			struct sbuf from = { 0 }, to = { 0 };

			type_print(&from, w->node->type);
			type_print(&to, w->type);
			err_set(e, ERR_NOT_SUPPORTED, "%s: column %s of type "
			    "%s cannot be read as %s", s->meta->path,
			    s->meta->columns[w->column].name, sbuf_z(&from),
			    sbuf_z(&to));
			sbuf_release(&from);
			sbuf_release(&to);
			return -ERR_NOT_SUPPORTED;
		}
	}
	for (int i = 0; scan->filter != NULL && i < scan->filter->n; i++) {
		int column = scan->filter->column[i];

		if (column >= 0 && column < s->n)
			s->wants[column].filtered = true;
	}
	return 0;
}

int
parquet_source_open(const struct fmt_io *io, const struct parquet_scan *scan,
    struct page_source **out, struct err *e)
{
	struct parquet_source *s = xcalloc(1, sizeof(*s));
	int rc;

	CHECK(scan->first_group >= 0 && scan->n_groups >= 0 &&
	    scan->first_group + scan->n_groups <= scan->meta->n_groups);
	*out = NULL;
	s->base.ops = &parquet_source_ops;
	s->io = *io;
	s->meta = parquet_meta_ref(scan->meta);
	s->file = fmt_file_ref(scan->file);
	s->codec = codec_context_new();
	s->filter = scan->filter;
	s->next_group = scan->first_group;
	s->end_group = scan->first_group + scan->n_groups;
	rc = set_wants(s, scan, e);
	if (rc < 0) {
		source_close(&s->base);
		return rc;
	}
	*out = &s->base;
	return 0;
}
