/* SPDX-License-Identifier: Apache-2.0
 * parquet_nested.c - arrays, maps and rows out of repetition and definition
 * levels.
 *
 * Each leaf below the column yields, for the rows of a batch, its level
 * entries and its values without NULLs.  The tree of nodes is then built from
 * the top: a node's slots are the entries that belong to it (see struct
 * parquet_node); arrays take their structure from their first leaf, and all
 * other leaves must agree about the number of slots. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_scan.h"

/* The entries of one leaf in a batch. */
struct entries {
	struct parquet_reader *r;
	uint8_t *rep, *def;
	uint32_t n, cap;
	struct vec *values;     /* the non-NULL ones, flat; n may be more */
	uint32_t n_values, cap_values;
};

struct nested {
	struct entries *leaf;   /* of the node's leaves */
	int first_leaf;
	struct mem_account *account;
	struct err *e;
};

static int
bad(struct parquet_reader *r, const char *what, struct err *e)
{
	err_set(e, ERR_HIVE_BAD_DATA, "%s", what);
	return parquet_reader_fail(r, e);
}

static int
bits_for(int max)
{
	int bits = 0;

	while (max >> bits != 0)
		bits++;
	return bits;
}

/* One kind of level of a page as bytes. */
static int
decode_levels(struct parquet_reader *r, const uint8_t *p, const uint8_t *end,
    bool packed, int max, uint8_t *out, struct err *e)
{
	uint32_t n = r->page.values, chunk[1024], top = 0;
	struct rle levels;

	if (max == 0) {
		memset(out, 0, n);
		return 0;
	}
	if (packed)
		rle_init_packed(&levels, p, bits_for(max), n);
	else
		rle_init(&levels, p, end, bits_for(max));
	for (uint32_t done = 0; done < n; ) {
		uint32_t take = MIN(n - done, (uint32_t)ARRAY_LEN(chunk));

		if (rle_read(&levels, chunk, take) < take)
			return err_set(e, ERR_HIVE_BAD_DATA, levels.bad
			    ? "levels cannot be decoded"
			    : "levels end before the values of the page");
		for (uint32_t i = 0; i < take; i++) {
			top = MAX(top, chunk[i]);
			out[done + i] = (uint8_t)chunk[i];
		}
		done += take;
	}
	if (top > (uint32_t)max)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "level %u is above the maximum %d", top, max);
	return 0;
}

static int
open_levels(struct parquet_reader *r, struct err *e)
{
	uint32_t n = r->page.values, ones = 0;
	uint8_t max = (uint8_t)r->leaf->max_def;
	int rc;

	buf_drop(&r->levels);
	r->levels = buf_new(r->account, (size_t)n * 2, e);
	if (r->levels == NULL)
		return -(int)e->code;
	r->rep_levels = r->levels->data;
	r->def_levels = r->levels->data + n;
	r->level_at = 0;
	rc = decode_levels(r, r->page.rep, r->page.rep_end,
	    r->page.rep_packed, r->leaf->max_rep, r->rep_levels, e);
	if (rc == 0)
		rc = decode_levels(r, r->page.def, r->page.def_end,
		    r->page.def_packed, r->leaf->max_def, r->def_levels, e);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < n; i++)
		ones += r->def_levels[i] == max;
	return parquet_reader_open_values(r, ones, e);
}

/* Opens the next page; *done: there is none. */
static int
next_page(struct parquet_reader *r, bool *done, struct err *e)
{
	struct wait *blocked = NULL;
	int rc = 0;

	*done = false;
	parquet_values_release(&r->values);
	parquet_page_close(&r->page);
	while (r->pages.head == r->pages.n) {
		/* The whole chunk is at hand: nothing blocks. */
		switch (parquet_pages_more(&r->pages, &blocked, e)) {
		case SOURCE_DONE:
			*done = true;
			return 0;
		case SOURCE_READY:
			break;
		default:
			CHECK(blocked == NULL);
			return -(int)e->code;
		}
	}
	rc = parquet_pages_open(&r->pages, &r->page, e);
	if (rc < 0)
		return rc;
	rc = open_levels(r, e);
	return rc < 0 ? parquet_reader_fail(r, e) : 0;
}

static int
grow_levels(struct entries *t, uint32_t more, struct err *e)
{
	uint64_t want = (uint64_t)t->n + more;

	if (want > INT32_MAX / 2)
		return bad(t->r, "too many elements in a batch of rows", e);
	if (want > t->cap) {
		t->cap = (uint32_t)MAX(want, (uint64_t)t->cap * 2);
		t->rep = xrealloc(t->rep, t->cap);
		t->def = xrealloc(t->def, t->cap);
	}
	return 0;
}

/* Room for more values; what is there is copied. */
static int
grow_values(struct entries *t, uint32_t more, struct err *e)
{
	const struct type *type = t->r->leaf->type;
	uint32_t want = t->n_values + more;
	struct vec *v;

	if (t->values != NULL && want <= t->cap_values)
		return 0;
	want = MAX(want, t->cap_values * 2);
	v = vec_new_flat(type, want + 1, false, t->r->account, e);
	if (v == NULL)
		return -(int)e->code;
	if (t->values != NULL) {
		memcpy(v->data, t->values->data, (size_t)t->n_values *
		    (size_t)rep_width(type->rep));
		/* But for its own first buffer. */
		for (int i = 1; i < t->values->n_bufs; i++)
			vec_add_buf(v, buf_ref(t->values->bufs[i]));
		vec_drop(&t->values);
	}
	t->values = v;
	t->cap_values = want;
	return 0;
}

/* Takes `n` level entries of the current page with their values. */
static int
take(struct entries *t, uint32_t n, bool keep, struct err *e)
{
	struct parquet_reader *r = t->r;
	const uint8_t *def = r->def_levels + r->level_at;
	uint8_t max = (uint8_t)r->leaf->max_def;
	uint32_t ones = 0;
	int rc;

	for (uint32_t i = 0; i < n; i++)
		ones += def[i] == max;
	if (!keep) {
		rc = parquet_values_skip(&r->values, ones, e);
		r->level_at += n;
		return rc < 0 ? parquet_reader_fail(r, e) : 0;
	}
	rc = grow_levels(t, n, e);
	if (rc == 0)
		rc = grow_values(t, ones, e);
	if (rc < 0)
		return rc;
	memcpy(t->rep + t->n, r->rep_levels + r->level_at, n);
	memcpy(t->def + t->n, def, n);
	t->n += n;
	r->level_at += n;
	if (ones == 0)
		return 0;
	rc = r->values.dictionary
	    ? parquet_reader_gather(r, t->values, t->n_values, ones, e)
	    : parquet_reader_values(r, t->values, t->n_values, ones, e);
	t->n_values += ones;
	if (rc == 0 && r->values.dictionary && r->leaf->type->rep == REP_STR)
		vec_share_bufs(t->values, r->dict);
	return rc < 0 ? parquet_reader_fail(r, e) : 0;
}

/* Takes (or passes over) the entries of `rows` rows. */
static int
take_rows(struct entries *t, uint32_t rows, bool keep, struct err *e)
{
	struct parquet_reader *r = t->r;
	uint32_t begun = 0;     /* rows whose first entry was seen */

	while (rows > 0) {
		uint32_t from = r->level_at, at = from;
		bool done = false;
		int rc;

		if (r->page.holder == NULL || at == r->page.values) {
			rc = next_page(r, &done, e);
			if (rc < 0)
				return rc;
			if (done && begun < rows)
				return bad(r, "the column chunk has fewer "
				    "rows than its row group", e);
			if (done)
				break;
			from = at = r->level_at;
			if (r->row == 0 && begun == 0 && r->page.values > 0 &&
			    r->rep_levels[0] != 0)
				return bad(r, "the first value of a column "
				    "chunk does not start a row", e);
		}
		for (; at < r->page.values; at++) {
			if (r->rep_levels[at] != 0)
				continue;
			if (begun == rows)
				break;
			begun++;
		}
		rc = take(t, at - from, keep, e);
		if (rc < 0)
			return rc;
		if (at < r->page.values)
			break;
	}
	r->row += rows;
	return 0;
}

static int
finish_chunk(struct parquet_reader *r, struct err *e)
{
	bool done = false;
	int rc = 0;

	if (r->row < r->pages.meta->groups[r->pages.group].rows)
		return 0;
	while (rc == 0 && !done) {
		if (r->page.holder != NULL && r->level_at < r->page.values)
			return bad(r, "the column chunk has more rows than "
			    "its row group", e);
		rc = next_page(r, &done, e);
	}
	return rc;
}

static struct vec *build(struct nested *x, const struct parquet_node *node);

/* Slots of a node and which of them are not NULL, after its first leaf. */
struct slots {
	uint32_t n, nulls;
	struct buf *bits;       /* validity */
};

static int
find_slots(struct nested *x, const struct parquet_node *node,
    struct slots *out)
{
	const struct entries *t = &x->leaf[node->first_leaf - x->first_leaf];
	uint64_t *valid;
	uint32_t n = 0, ones = 0;

	out->bits = buf_new(x->account, (size_t)bitmap_words(t->n) * 8 + 8,
	    x->e);
	if (out->bits == NULL)
		return -(int)x->e->code;
	valid = (uint64_t *)out->bits->data;
	memset(valid, 0, (size_t)bitmap_words(t->n) * 8 + 8);
	for (uint32_t i = 0; i < t->n; i++) {
		uint64_t is_slot = t->rep[i] <= node->slot_rep &&
		    t->def[i] >= node->slot_def;
		uint64_t is_valid = is_slot & (t->def[i] >= node->def);

		valid[n / 64] |= is_valid << (n % 64);
		n += (uint32_t)is_slot;
		ones += (uint32_t)is_valid;
	}
	out->n = n;
	out->nulls = n - ones;
	return 0;
}

/* Hands the validity over to v. */
static void
set_valid(struct vec *v, struct slots *s)
{
	if (s->nulls > 0) {
		v->valid = (uint64_t *)s->bits->data;
		vec_add_buf(v, s->bits);
		s->bits = NULL;
	}
	buf_drop(&s->bits);
}

static struct vec *
build_leaf(struct nested *x, const struct parquet_node *node)
{
	struct entries *t = &x->leaf[node->first_leaf - x->first_leaf];
	int width = rep_width(node->type->rep);
	struct slots s;
	struct vec *v;

	if (find_slots(x, node, &s) < 0)
		return NULL;
	if (grow_values(t, s.n - MIN(s.n, t->n_values), x->e) < 0) {
		buf_drop(&s.bits);
		return NULL;
	}
	v = t->values;
	t->values = NULL;
	v->n = s.n;
	if (s.nulls > 0)
		parquet_spread(v->data, width, (uint64_t *)s.bits->data, 0,
		    s.n, s.n - s.nulls);
	set_valid(v, &s);
	return v;
}

static struct vec *
build_row(struct nested *x, const struct parquet_node *node)
{
	struct slots s;
	struct vec *v;

	if (find_slots(x, node, &s) < 0)
		return NULL;
	v = vec_new_flat(node->type, s.n, false, x->account, x->e);
	if (v == NULL) {
		buf_drop(&s.bits);
		return NULL;
	}
	set_valid(v, &s);
	for (int i = 0; i < node->n; i++) {
		struct vec *child = build(x, node->child[i]);

		if (child != NULL && child->n != v->n) {
			bad(x->leaf[node->first_leaf - x->first_leaf].r,
			    "the fields of a row have different numbers of "
			    "values", x->e);
			vec_drop(&child);
		}
		if (child == NULL) {
			vec_drop(&v);
			return NULL;
		}
		vec_set_child(v, i, child);
	}
	return v;
}

/* The (offset, length) pairs of an array or map; *elements in all. */
static void
fill_lists(const struct nested *x, const struct parquet_node *node,
    struct list_ref *lists, uint32_t *elements)
{
	const struct entries *t = &x->leaf[node->first_leaf - x->first_leaf];
	uint32_t slot = 0, n = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		if (t->rep[i] <= node->slot_rep) {
			if (t->def[i] < node->slot_def)
				continue;
			lists[slot].offset = n;
			lists[slot].n = 0;
			slot++;
		}
		/* An element belongs to the slot that came last; an entry
		 * in front of all slots belongs to none. */
		if (t->rep[i] <= node->rep &&
		    t->def[i] >= node->def_element && slot > 0) {
			lists[slot - 1].n++;
			n++;
		}
	}
	*elements = n;
}

static struct vec *
build_list(struct nested *x, const struct parquet_node *node)
{
	struct slots s;
	uint32_t elements;
	struct vec *v;

	if (find_slots(x, node, &s) < 0)
		return NULL;
	v = vec_new_flat(node->type, s.n, false, x->account, x->e);
	if (v == NULL) {
		buf_drop(&s.bits);
		return NULL;
	}
	fill_lists(x, node, v->data, &elements);
	set_valid(v, &s);
	for (int i = 0; i < node->n; i++) {
		struct vec *child = build(x, node->child[i]);

		if (child != NULL && child->n != elements) {
			bad(x->leaf[node->first_leaf - x->first_leaf].r,
			    "keys and values, or fields of elements, differ "
			    "in number", x->e);
			vec_drop(&child);
		}
		if (child == NULL) {
			vec_drop(&v);
			return NULL;
		}
		vec_set_child(v, i, child);
	}
	return v;
}

static struct vec *
build(struct nested *x, const struct parquet_node *node)
{
	switch (node->kind) {
	case NODE_LEAF:
		return build_leaf(x, node);
	case NODE_ROW:
		return build_row(x, node);
	default:
		return build_list(x, node);
	}
}

static int
take_batch(struct parquet_reader *r, struct entries *t, uint64_t first,
    uint32_t n, struct err *e)
{
	int rc = 0;

	t->r = r;
	CHECK(first >= r->row);
	while (rc == 0 && r->row < first)
		rc = take_rows(t, (uint32_t)MIN(first - r->row,
		    (uint64_t)PAGE_ROWS), false, e);
	if (rc == 0)
		rc = take_rows(t, n, true, e);
	return rc == 0 ? finish_chunk(r, e) : rc;
}

enum source_step
parquet_nested_read(struct parquet_reader *readers,
    const struct parquet_node *node, uint64_t first, uint32_t n,
    struct vec **out, struct wait **blocked, struct err *e)
{
	struct nested x = { .first_leaf = node->first_leaf, .e = e,
	    .account = readers->account };
	int rc = 0;

	*out = NULL;
	for (int i = 0; i < node->n_leaves; i++) {
		enum source_step step = parquet_pages_whole(
		    &readers[i].pages, blocked, e);

		if (step != SOURCE_READY)
			return step;
	}
	x.leaf = xcalloc((size_t)node->n_leaves, sizeof(*x.leaf));
	for (int i = 0; i < node->n_leaves && rc == 0; i++)
		rc = take_batch(&readers[i], &x.leaf[i], first, n, e);
	if (rc == 0)
		*out = build(&x, node);
	if (*out != NULL && (*out)->n != n) {
		bad(readers, "a batch has another number of rows than it "
		    "should", e);
		vec_drop(out);
	}
	for (int i = 0; i < node->n_leaves; i++) {
		free(x.leaf[i].rep);
		free(x.leaf[i].def);
		vec_drop(&x.leaf[i].values);
	}
	free(x.leaf);
	return *out == NULL ? SOURCE_FAILED : SOURCE_READY;
}
