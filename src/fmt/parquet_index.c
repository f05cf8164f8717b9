/* SPDX-License-Identifier: Apache-2.0
 * parquet_index.c - the page index and Bloom filters of filter columns.
 *
 * Both are only a help.  A page index that cannot be right is not used; what
 * it says of pages is compared with the pages' headers while they are walked
 * over (struct parquet_pages), because a wrong row number would lose rows. */
#include <stdlib.h>

#include <xxhash.h>

#include "base/check.h"
#include "fmt/parquet_scan.h"
#include "fmt/parquet_thrift.h"

enum {
	INDEX_MAX = 16 << 20,   /* no bigger page index is read */
	BLOOM_MAX = 32 << 20,
	BLOOM_GUESS = 1 << 20,  /* when its size is not said */
	POINTS_MAX = 64,
	BLOCK = 32,             /* bytes of a Bloom filter block */
};

/* What is read for one wanted column. */
struct index_part {
	struct parquet_range *columns, *offsets, *bloom;
};

struct parquet_index {
	int n;
	struct index_part *part;        /* by wanted column */
};

void
parquet_index_free(struct parquet_index **xp)
{
	struct parquet_index *x = *xp;

	*xp = NULL;
	if (x == NULL)
		return;
	for (int i = 0; i < x->n; i++) {
		parquet_range_drop(&x->part[i].columns);
		parquet_range_drop(&x->part[i].offsets);
		parquet_range_drop(&x->part[i].bloom);
	}
	free(x->part);
	free(x);
}

/* NULL when it is not there, not in the file, or too big. */
static struct parquet_range *
start(struct parquet_source *s, int64_t off, int64_t n, int64_t limit)
{
	struct err ignored;

	if (off <= 0 || n <= 0 || n > limit ||
	    (uint64_t)off > s->meta->file_size ||
	    (uint64_t)n > s->meta->file_size - (uint64_t)off)
		return NULL;
	s->base.bytes_read += (uint64_t)n;
	return parquet_range_start(&s->io, s->file, (uint64_t)off, (size_t)n,
	    &ignored);
}

static bool
has_points(const struct domain *d, void *arg)
{
	struct vec *points[POINTS_MAX];
	bool *any = arg;

	*any |= !d->nulls && domain_points(d, points, POINTS_MAX) > 0;
	return true;
}

/* Can a Bloom filter be asked about values of this leaf? */
static bool
can_hash(const struct parquet_leaf *leaf, const struct type *t)
{
	return leaf->convert == CONVERT_NONE && type_equal(leaf->type, t) &&
	    leaf->physical != PARQUET_BOOLEAN;
}

static struct parquet_range *
start_bloom(struct parquet_source *s, const struct parquet_want *w, int i,
    const struct parquet_chunk *c)
{
	int64_t size = c->bloom_size;
	bool points = false;

	if (c->bloom <= 0 || !can_hash(w->node->leaf, w->type))
		return NULL;
	parquet_domains(s, i, has_points, &points);
	if (!points)
		return NULL;
	if (size <= 0 && (uint64_t)c->bloom < s->meta->file_size)
		size = (int64_t)MIN((uint64_t)BLOOM_GUESS,
		    s->meta->file_size - (uint64_t)c->bloom);
	return start(s, c->bloom, size, BLOOM_MAX);
}

void
parquet_index_start(struct parquet_source *s, struct parquet_group_scan *g)
{
	struct parquet_index *x;

	parquet_index_free(&g->index);
	if (s->filter == NULL && s->narrowed == NULL)
		return;
	x = g->index = xcalloc(1, sizeof(*x));
	x->n = s->n;
	x->part = xcalloc((size_t)s->n + 1, sizeof(*x->part));
	for (int i = 0; i < s->n; i++) {
		const struct parquet_want *w = &s->wants[i];
		const struct parquet_chunk *c;

		if (w->node == NULL || w->node->kind != NODE_LEAF ||
		    !parquet_has_domain(s, i))
			continue;
		c = &s->meta->chunks[g->number][w->node->leaf->index];
		x->part[i].bloom = start_bloom(s, w, i, c);
		x->part[i].columns = start(s, c->column_index,
		    c->column_index_size, INDEX_MAX);
		if (x->part[i].columns != NULL)
			x->part[i].offsets = start(s, c->offset_index,
			    c->offset_index_size, INDEX_MAX);
	}
}

/* A page index as parsed; strings point into the range's buffer. */
struct page_index {
	uint32_t n;
	bool *null_page;
	struct str *min, *max;
	int64_t *nulls;         /* NULL: not said */
	uint32_t n_min, n_max, n_nulls;
};

static void
index_release(struct page_index *x)
{
	free(x->null_page);
	free(x->min);
	free(x->max);
	free(x->nulls);
}

static struct str *
strings(struct thrift *t, const struct thrift_field *f, uint32_t *n)
{
	struct str *v;

	*n = thrift_list(t, f, THRIFT_BINARY);
	v = xcalloc((size_t)*n + 1, sizeof(*v));
	for (uint32_t i = 0; i < *n && t->bad == NULL; i++)
		v[i] = thrift_element_binary(t);
	return v;
}

/* False: it cannot be right. */
static bool
parse_columns(struct parquet_range *r, struct page_index *x)
{
	struct thrift_field f = { 0 };
	struct thrift t;

	thrift_init(&t, r->buf->data, r->n);
	while (thrift_next(&t, &f)) {
		if (f.id == 1 && x->null_page == NULL) {
			x->n = thrift_list(&t, &f, THRIFT_TRUE);
			x->null_page = xcalloc((size_t)x->n + 1, 1);
			for (uint32_t i = 0; i < x->n; i++)
				x->null_page[i] = thrift_element_bool(&t);
		} else if (f.id == 2 && x->min == NULL) {
			x->min = strings(&t, &f, &x->n_min);
		} else if (f.id == 3 && x->max == NULL) {
			x->max = strings(&t, &f, &x->n_max);
		} else if (f.id == 5 && x->nulls == NULL) {
			x->n_nulls = thrift_list(&t, &f, THRIFT_I64);
			x->nulls = xcalloc((size_t)x->n_nulls + 1,
			    sizeof(*x->nulls));
			for (uint32_t i = 0; i < x->n_nulls; i++)
				x->nulls[i] = thrift_element_i64(&t);
		} else {
			thrift_skip(&t, f.type);
		}
	}
	return t.bad == NULL && x->null_page != NULL && x->n > 0 &&
	    x->n_min == x->n && x->n_max == x->n &&
	    (x->nulls == NULL || x->n_nulls == x->n);
}

static void
parse_spot(struct thrift *t, int64_t *offset, int64_t *row)
{
	struct thrift_field f = { 0 };

	*offset = *row = -1;
	if (!thrift_enter_element(t))
		return;
	while (thrift_next(t, &f)) {
		if (f.id == 1)
			*offset = thrift_i64(t, &f);
		else if (f.id == 3)
			*row = thrift_i64(t, &f);
		else
			thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

/* n + 1 spots, the last one behind the group's rows; NULL: they cannot be
 * right. */
static struct parquet_spot *
parse_offsets(struct parquet_range *r, uint32_t n, uint64_t rows)
{
	struct parquet_spot *spots = NULL;
	struct thrift_field f = { 0 };
	struct thrift t;
	bool good = true;

	thrift_init(&t, r->buf->data, r->n);
	while (thrift_next(&t, &f)) {
		if (f.id != 1 || spots != NULL) {
			thrift_skip(&t, f.type);
			continue;
		}
		if (thrift_list(&t, &f, THRIFT_STRUCT) != n)
			return NULL;
		spots = xcalloc((size_t)n + 1, sizeof(*spots));
		for (uint32_t i = 0; i < n; i++) {
			int64_t offset, row;

			parse_spot(&t, &offset, &row);
			good &= offset >= 0 && row >= 0 &&
			    (uint64_t)row < rows && (i == 0 ? row == 0 :
			    (uint64_t)row > spots[i - 1].row &&
			    (uint64_t)offset > spots[i - 1].offset);
			spots[i].offset = (uint64_t)offset;
			spots[i].row = (uint64_t)row;
		}
		spots[n].row = rows;
	}
	if (t.bad != NULL || !good) {
		free(spots);
		return NULL;
	}
	return spots;
}

static int
page_matches(struct parquet_source *s, int i, const struct page_index *x,
    uint32_t page, uint64_t rows, bool *matches, struct err *e)
{
	const struct parquet_want *w = &s->wants[i];
	const struct parquet_leaf *leaf = w->node->leaf;
	struct parquet_bounds b = { .type = w->type };
	int rc;

	b.all_null = x->null_page[page];
	b.has_null = leaf->max_def > 0 && (x->nulls == NULL ||
	    x->nulls[page] != 0);
	if (x->nulls != NULL && x->nulls[page] >= 0 &&
	    (uint64_t)x->nulls[page] >= rows)
		b.all_null = true;
	if (!b.all_null && (leaf->ordered || leaf->order == ORDER_SIGNED)) {
		rc = parquet_bounds(leaf, x->min[page], x->max[page],
		    s->io.account, &b.min, &b.max, e);
		if (rc < 0)
			return rc;
		if (b.min != NULL)
			b.min = parquet_cast(b.min, w->type, s->io.account,
			    e);
		if (b.max != NULL)
			b.max = parquet_cast(b.max, w->type, s->io.account,
			    e);
	}
	*matches = parquet_bounds_match(s, i, &b);
	vec_drop(&b.min);
	vec_drop(&b.max);
	return 0;
}

/* Keeps of g->spans what lies in the pages of `spots` that are kept. */
static void
intersect(struct parquet_group_scan *g, const struct parquet_spot *spots,
    const bool *keep, uint32_t n)
{
	struct parquet_span *to = xcalloc((size_t)n + (size_t)g->n_spans + 1,
	    sizeof(*to));
	int count = 0, at = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t from = spots[i].row, end = spots[i + 1].row;

		if (!keep[i])
			continue;
		while (at < g->n_spans && g->spans[at].to <= from)
			at++;
		for (int j = at; j < g->n_spans && g->spans[j].from < end;
		    j++) {
			uint64_t a = MAX(from, g->spans[j].from);
			uint64_t b = MIN(end, g->spans[j].to);

			if (count > 0 && to[count - 1].to == a)
				to[count - 1].to = b;
			else
				to[count++] = (struct parquet_span){ a, b };
		}
	}
	free(g->spans);
	g->spans = to;
	g->n_spans = count;
}

static int
use_pages(struct parquet_source *s, struct parquet_group_scan *g, int i,
    const struct index_part *part, struct err *e)
{
	struct page_index x = { 0 };
	struct parquet_spot *spots = NULL;
	bool *keep = NULL, pruned = false;
	int rc = 0;

	if (!parse_columns(part->columns, &x))
		goto out;
	spots = parse_offsets(part->offsets, x.n, g->rows);
	if (spots == NULL)
		goto out;
	keep = xcalloc((size_t)x.n + 1, sizeof(*keep));
	for (uint32_t p = 0; p < x.n && rc == 0; p++) {
		rc = page_matches(s, i, &x, p, spots[p + 1].row -
		    spots[p].row, &keep[p], e);
		pruned |= !keep[p];
	}
	if (rc == 0 && pruned) {
		intersect(g, spots, keep, x.n);
		free(g->spots[i]);
		g->spots[i] = spots;
		g->n_spots[i] = x.n;
		spots = NULL;
	}
out:
	free(keep);
	free(spots);
	index_release(&x);
	return rc;
}

/* A Bloom filter: blocks of eight words. */
struct bloom {
	const uint8_t *blocks;
	uint32_t n;
	const struct parquet_leaf *leaf;
};

static bool
block_has(const uint8_t *block, uint32_t key)
{
	static const uint32_t salt[8] = {
		0x47b6137bu, 0x44974d91u, 0x8824ad5bu, 0xa2b7289du,
		0x705495c7u, 0x2df1424bu, 0x9efc4947u, 0x5c6bfb31u,
	};

	for (int i = 0; i < 8; i++) {
		uint32_t bit = UINT32_C(1) << (key * salt[i] >> 27);

		if ((load_u32(block + i * 4) & bit) == 0)
			return false;
	}
	return true;
}

static bool
bloom_has(const struct bloom *b, const struct vec *v)
{
	const void *p = v->data;
	size_t n = (size_t)b->leaf->width;
	struct str s;
	uint64_t h;

	if (v->type->rep == REP_STR) {
		s = strview_str(v->data);
		p = s.p;
		n = s.n;
	}
	h = XXH64(p, n, 0);
	return block_has(b->blocks + (((h >> 32) * b->n) >> 32) * BLOCK,
	    (uint32_t)h);
}

static bool
bloom_matches(const struct domain *d, void *arg)
{
	struct vec *points[POINTS_MAX];
	int n;

	if (d->nulls)
		return true;
	n = domain_points(d, points, POINTS_MAX);
	/* Zeros and NaNs have several forms, of which one was hashed. */
	if (n < 0 || d->type->rep == REP_F32 || d->type->rep == REP_F64)
		return true;
	for (int i = 0; i < n; i++)
		if (bloom_has(arg, points[i]))
			return true;
	return false;
}

static int
use_bloom(struct parquet_source *s, struct parquet_group_scan *g, int i,
    struct parquet_range *r, bool *matches, struct err *e)
{
	struct bloom b = { .leaf = s->wants[i].node->leaf };
	struct thrift_field f = { 0 };
	int32_t bytes = -1;
	struct thrift t;
	size_t used;

	thrift_init(&t, r->buf->data, r->n);
	while (thrift_next(&t, &f)) {
		if (f.id == 1)
			bytes = thrift_i32(&t, &f);
		else
			thrift_skip(&t, f.type);
	}
	if (t.bad != NULL || bytes < BLOCK || bytes % BLOCK != 0) {
		err_set(e, ERR_HIVE_BAD_DATA, "the Bloom filter is damaged: "
		    "%s", t.bad != NULL ? t.bad : "its size is wrong");
		return parquet_wrap(s->meta, g->number, b.leaf,
		    (int64_t)r->off, e);
	}
	used = (size_t)(t.p - r->buf->data);
	if ((size_t)bytes > r->n - used)
		return 0;
	b.blocks = t.p;
	b.n = (uint32_t)bytes / BLOCK;
	*matches = parquet_domains(s, i, bloom_matches, &b);
	return 0;
}

static enum source_step
wait_part(const struct index_part *part, struct wait **blocked,
    struct err *e)
{
	struct parquet_range *all[] = { part->columns, part->offsets,
	    part->bloom };

	for (int i = 0; i < 3; i++) {
		enum source_step step;

		if (all[i] == NULL)
			continue;
		step = parquet_range_wait(all[i], blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	return SOURCE_READY;
}

enum source_step
parquet_index_use(struct parquet_source *s, struct parquet_group_scan *g,
    bool *matches, struct wait **blocked, struct err *e)
{
	struct parquet_index *x = g->index;
	uint64_t kept = 0;

	*matches = true;
	for (int i = 0; x != NULL && i < x->n && *matches; i++) {
		struct index_part *part = &x->part[i];
		enum source_step step = wait_part(part, blocked, e);

		if (step != SOURCE_READY)
			return step;
		if (part->bloom != NULL &&
		    use_bloom(s, g, i, part->bloom, matches, e) < 0)
			return SOURCE_FAILED;
		if (part->columns != NULL && part->offsets != NULL &&
		    *matches && use_pages(s, g, i, part, e) < 0)
			return SOURCE_FAILED;
		*matches &= g->n_spans > 0;
	}
	parquet_index_free(&g->index);
	if (*matches) {
		for (int i = 0; i < g->n_spans; i++)
			kept += g->spans[i].to - g->spans[i].from;
		s->base.rows_pruned += g->rows - kept;
	}
	return SOURCE_READY;
}
