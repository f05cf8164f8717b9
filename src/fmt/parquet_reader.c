/* SPDX-License-Identifier: Apache-2.0
 * parquet_reader.c - flat leaves: batches of rows out of pages.
 *
 * A batch is put together from pieces, one a page.  As long as all pieces are
 * dictionary-encoded it is a dictionary vector; the first plain piece makes
 * it flat.  A batch inside of one page of plain fixed-width values without
 * NULLs is not copied at all. */
#pragma GCC optimize("O3")
#include "fmt/parquet_reader.h"

#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_convert.h"

/* Dictionaries of fixed-width values stay dictionaries up to this size:
 * gathering from bigger ones is cheaper than carrying them. */
enum { SMALL_DICTIONARY = 256 };

struct batch {
	struct parquet_reader *r;
	uint32_t n, done;
	struct vec *v;          /* NULL, or flat or dictionary being made */
	bool nulls;
	uint64_t valid[BITMAP_WORDS + 1];
};

int
parquet_reader_fail(struct parquet_reader *r, struct err *e)
{
	return parquet_wrap(r->pages.meta, r->pages.group, r->leaf,
	    r->page.holder != NULL ? (int64_t)r->page.offset : -1, e);
}

static void
close_page(struct parquet_reader *r)
{
	parquet_values_release(&r->values);
	parquet_page_close(&r->page);
}

void
parquet_reader_release(struct parquet_reader *r)
{
	close_page(r);
	parquet_pages_release(&r->pages);
	vec_drop(&r->dict);
	vec_drop(&r->dict_cast);
	buf_drop(&r->levels);
	free(r->scratch);
	r->scratch = NULL;
}

/* Room for n values of the file's form, and one more. */
static void *
scratch(struct parquet_reader *r, uint32_t n)
{
	size_t width = r->leaf->width == 0 ? sizeof(struct strview)
	    : (size_t)r->leaf->width;
	size_t bytes = ((size_t)n + 1) * width + BITS_OVERREAD;

	if (bytes > r->scratch_size) {
		free(r->scratch);
		r->scratch = xmalloc(bytes);
		r->scratch_size = bytes;
	}
	return r->scratch;
}

/* Values of a fixed width that become views: they need memory that lives as
 * long as the vector. */
static int
fixed_views(struct parquet_reader *r, struct vec *to, struct strview *dst,
    uint32_t n, struct err *e)
{
	struct buf *heap = NULL, *b;
	int rc;

	b = buf_new(r->account, ((size_t)n + 1) * (size_t)r->leaf->width, e);
	if (b == NULL)
		return -(int)e->code;
	rc = parquet_values_read(&r->values, b->data, n, r->account, &heap,
	    e);
	buf_drop(&heap);
	if (rc == 0)
		rc = parquet_convert(r->leaf, b->data, n, dst, e);
	vec_add_buf(to, b);
	return rc;
}

int
parquet_reader_values(struct parquet_reader *r, struct vec *to, uint32_t at,
    uint32_t n, struct err *e)
{
	const struct parquet_leaf *leaf = r->leaf;
	char *dst = (char *)to->data +
	    (size_t)at * (size_t)rep_width(to->type->rep);
	struct buf *heap = NULL;
	const void *src;
	int rc;

	if (!parquet_converts(leaf)) {
		rc = parquet_values_read(&r->values, dst, n, r->account,
		    &heap, e);
	} else if ((src = parquet_values_direct(&r->values, n)) != NULL) {
		rc = parquet_convert(leaf, src, n, dst, e);
	} else if (leaf->convert == CONVERT_FIXED_VIEW) {
		return fixed_views(r, to, (struct strview *)dst, n, e);
	} else {
		void *raw = scratch(r, n);

		rc = parquet_values_read(&r->values, raw, n, r->account,
		    &heap, e);
		if (rc == 0)
			rc = parquet_convert(leaf, raw, n, dst, e);
	}
	if (rc < 0 || to->type->rep != REP_STR || n == 0) {
		buf_drop(&heap);
		return rc;
	}
	/* Views point into the page, or into a heap made for them. */
	if (heap == NULL)
		heap = buf_ref(r->page.holder);
	vec_add_buf(to, heap);
	return 0;
}

/* Copies of dictionary entries: dst[i] = base[index[i]]. */
static void
gather(void *restrict dst, const void *restrict base, int width,
    const uint32_t *restrict index, uint32_t n)
{
	uint32_t i;

	switch (width) {
	case 1:
		for (i = 0; i < n; i++)
			((uint8_t *)dst)[i] = ((const uint8_t *)base)
			    [index[i]];
		break;
	case 2:
		for (i = 0; i < n; i++)
			((uint16_t *)dst)[i] = ((const uint16_t *)base)
			    [index[i]];
		break;
	case 4:
		for (i = 0; i < n; i++)
			((uint32_t *)dst)[i] = ((const uint32_t *)base)
			    [index[i]];
		break;
	case 8:
		for (i = 0; i < n; i++)
			((uint64_t *)dst)[i] = ((const uint64_t *)base)
			    [index[i]];
		break;
	default:
		for (i = 0; i < n; i++)
			((int128 *)dst)[i] = ((const int128 *)base)
			    [index[i]];
	}
}

int
parquet_reader_gather(struct parquet_reader *r, struct vec *to, uint32_t at,
    uint32_t n, struct err *e)
{
	int width = rep_width(to->type->rep);
	char *dst = (char *)to->data + (size_t)at * (size_t)width;
	uint32_t index[1024];

	while (n > 0) {
		uint32_t take = MIN(n, (uint32_t)ARRAY_LEN(index));
		int rc = parquet_values_indices(&r->values, index, take,
		    r->dict->n, e);

		if (rc < 0)
			return rc;
		gather(dst, r->dict->data, width, index, take);
		dst += (size_t)take * (size_t)width;
		n -= take;
	}
	return 0;
}

int
parquet_reader_dictionary(struct parquet_reader *r, struct err *e)
{
	struct parquet_page saved = r->page;
	struct parquet_values values = r->values;
	uint32_t n = (uint32_t)r->pages.dictionary.h.values;
	const uint8_t *from, *to;
	int rc;

	if (r->dict != NULL || r->pages.dictionary.body == NULL)
		return 0;
	memset(&r->page, 0, sizeof(r->page));
	memset(&r->values, 0, sizeof(r->values));
	rc = parquet_pages_dictionary(&r->pages, &r->page.holder, &from, &to,
	    e);
	if (rc < 0)
		goto out;
	r->page.offset = r->pages.dictionary.offset;
	rc = parquet_values_open(&r->values, r->leaf, PARQUET_PLAIN, from, to,
	    n, e);
	if (rc == 0) {
		r->dict = vec_new_flat(r->leaf->type, n + 1, false,
		    r->account, e);
		rc = r->dict == NULL ? -(int)e->code : 0;
	}
	if (rc == 0) {
		r->dict->n = n;
		r->dict_id = vec_new_dict_id();
		rc = parquet_reader_values(r, r->dict, 0, n, e);
	}
	if (rc < 0) {
		rc = parquet_reader_fail(r, e);
		vec_drop(&r->dict);
	}
out:
	close_page(r);
	r->page = saved;
	r->values = values;
	return rc;
}

int
parquet_reader_open_values(struct parquet_reader *r, uint32_t n,
    struct err *e)
{
	int rc = parquet_values_open(&r->values, r->leaf, r->page.encoding,
	    r->page.p, r->page.end, n, e);

	if (rc < 0 || !r->values.dictionary)
		return rc;
	if (r->pages.dictionary.body == NULL && n == 0) {
		/* Nothing but NULLs needs no dictionary. */
		r->values.dictionary = false;
		return 0;
	}
	if (r->pages.dictionary.body == NULL)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "a page needs a dictionary and there is none");
	return parquet_reader_dictionary(r, e);
}

/* Levels of a flat page: how many values are there? */
static int
open_levels(struct parquet_reader *r, uint32_t *ones, struct err *e)
{
	struct rle ahead;

	if (r->leaf->max_def == 0) {
		*ones = r->page.values;
		return 0;
	}
	if (r->page.def_packed)
		rle_init_packed(&r->def, r->page.def, 1, r->page.values);
	else
		rle_init(&r->def, r->page.def, r->page.def_end, 1);
	ahead = r->def;
	*ones = 0;
	if (rle_skip_bits(&ahead, r->page.values, ones) < r->page.values)
		return err_set(e, ERR_HIVE_BAD_DATA, ahead.bad
		    ? "levels cannot be decoded"
		    : "levels end before the values of the page");
	if (!ahead.packed && ahead.left > 0)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "a page has more levels than values");
	return 0;
}

/* The next page with rows becomes the current one. */
static int
open_page(struct parquet_reader *r, struct err *e)
{
	uint32_t ones;
	int rc;

	close_page(r);
	rc = parquet_pages_open(&r->pages, &r->page, e);
	if (rc < 0)
		return rc;
	r->left = r->page.values;
	rc = open_levels(r, &ones, e);
	if (rc == 0)
		rc = parquet_reader_open_values(r, ones, e);
	return rc < 0 ? parquet_reader_fail(r, e) : 0;
}

/* Passes over n rows of the current page. */
static int
skip_rows(struct parquet_reader *r, uint32_t n, struct err *e)
{
	uint32_t ones = 0;
	int rc;

	if (n == 0)
		return 0;
	if (r->leaf->max_def == 0)
		ones = n;
	else
		rle_skip_bits(&r->def, n, &ones);
	r->left -= n;
	r->row += n;
	rc = parquet_values_skip(&r->values, ones, e);
	return rc < 0 ? parquet_reader_fail(r, e) : 0;
}

/* Makes the current page the one with row `first`. */
static int
seek(struct parquet_reader *r, uint64_t first, struct err *e)
{
	struct parquet_pages *p = &r->pages;

	CHECK(first >= r->row);
	if (r->page.holder != NULL && first - r->row < r->left)
		return skip_rows(r, (uint32_t)(first - r->row), e);
	close_page(r);
	r->left = 0;
	while (p->head < p->n && p->queue[p->head].row +
	    (uint64_t)p->queue[p->head].h.values <= first)
		buf_drop(&p->queue[p->head++].holder);
	CHECK(p->head < p->n);
	r->row = p->queue[p->head].row;
	if (open_page(r, e) < 0)
		return -(int)e->code;
	return skip_rows(r, (uint32_t)(first - r->row), e);
}

/* A flat vector for the batch; what was a dictionary moves into it. */
static int
make_flat(struct batch *b, struct err *e)
{
	struct parquet_reader *r = b->r;
	int width = rep_width(r->leaf->type->rep);
	size_t bytes = (((size_t)b->n + 1) * (size_t)width + 63) &
	    ~(size_t)63;
	struct buf *buf = buf_new(r->account, bytes, e);
	struct vec *flat;

	if (buf == NULL)
		return -(int)e->code;
	flat = vec_new_view(r->leaf->type, b->n, buf->data, NULL, buf);
	if (b->v != NULL) {
		/* NULL rows have index 0, which need not be there. */
		if (r->dict->n == 0)
			memset(flat->data, 0, b->done * (size_t)width);
		else
			gather(flat->data, r->dict->data, width, b->v->data,
			    b->done);
		vec_drop(&b->v);
	}
	if (flat->type->rep == REP_STR && r->dict != NULL)
		vec_share_bufs(flat, r->dict);
	b->v = flat;
	return 0;
}

/* The levels of n rows; *ones of them are not NULL. */
static void
batch_levels(struct batch *b, uint32_t n, uint32_t *ones)
{
	struct parquet_reader *r = b->r;

	*ones = n;
	if (r->leaf->max_def == 0)
		return;
	*ones = 0;
	/* That they are there was checked when the page was opened. */
	rle_read_bits(&r->def, b->valid, b->done, n, ones);
	b->nulls |= *ones < n;
}

static int
dictionary_piece(struct batch *b, uint32_t n, uint32_t ones, struct err *e)
{
	struct parquet_reader *r = b->r;
	bool keep = r->leaf->type->rep == REP_STR ||
	    r->dict->n <= SMALL_DICTIONARY;
	int width = 4, rc;
	void *at;

	if (b->v == NULL && keep) {
		/* One more for spreading. */
		b->v = vec_new_dict(r->dict, r->dict_id, b->n + 1,
		    r->account, e);
		if (b->v == NULL)
			return -(int)e->code;
		b->v->n = b->n;
	} else if (b->v == NULL) {
		rc = make_flat(b, e);
		if (rc < 0)
			return rc;
	}
	if (b->v->form == VEC_DICT) {
		at = (uint32_t *)b->v->data + b->done;
		rc = parquet_values_indices(&r->values, at, ones, r->dict->n,
		    e);
	} else {
		width = rep_width(b->v->type->rep);
		at = (char *)b->v->data + (size_t)b->done * (size_t)width;
		rc = parquet_reader_gather(r, b->v, b->done, ones, e);
	}
	if (rc == 0 && ones < n)
		parquet_spread(at, width, b->valid, b->done, n, ones);
	return rc;
}

static int
plain_piece(struct batch *b, uint32_t n, uint32_t ones, struct err *e)
{
	struct parquet_reader *r = b->r;
	int width = rep_width(r->leaf->type->rep), rc = 0;
	const void *direct;

	if (b->v == NULL && n == b->n && ones == n &&
	    !parquet_converts(r->leaf) &&
	    ((uintptr_t)r->values.p & (unsigned)(width - 1)) == 0 &&
	    (direct = parquet_values_direct(&r->values, n)) != NULL) {
		b->v = vec_new_view(r->leaf->type, n, (void *)direct, NULL,
		    buf_ref(r->page.holder));
		return 0;
	}
	if (b->v == NULL || b->v->form == VEC_DICT)
		rc = make_flat(b, e);
	if (rc == 0)
		rc = parquet_reader_values(r, b->v, b->done, ones, e);
	if (rc == 0 && ones < n)
		parquet_spread((char *)b->v->data + (size_t)b->done *
		    (size_t)width, width, b->valid, b->done, n, ones);
	return rc;
}

/* The whole batch is one repeated dictionary entry: a constant. */
static int
constant_piece(struct batch *b, struct err *e)
{
	struct parquet_reader *r = b->r;
	uint32_t index, ones = b->n;

	if (!r->values.dictionary || r->values.left < b->n ||
	    rle_repeat(&r->values.rle, b->n, &index) < b->n ||
	    index >= r->dict->n)
		return 0;
	if (r->leaf->max_def > 0) {
		uint32_t level;

		if (rle_repeat(&r->def, b->n, &level) < b->n || level != 1)
			return 0;
		ones = 0;
		rle_skip_bits(&r->def, b->n, &ones);
	}
	b->v = vec_const_of(r->dict, index, b->n, r->account, e);
	if (b->v == NULL)
		return -(int)e->code;
	return parquet_values_skip(&r->values, ones, e);
}

static int
batch_piece(struct batch *b, struct err *e)
{
	struct parquet_reader *r = b->r;
	uint32_t n = MIN(b->n - b->done, r->left), ones;
	int rc;

	if (n == b->n) {
		rc = constant_piece(b, e);
		if (rc < 0)
			return rc;
	}
	if (b->v == NULL || b->v->form != VEC_CONST) {
		batch_levels(b, n, &ones);
		rc = r->values.dictionary ? dictionary_piece(b, n, ones, e)
		    : plain_piece(b, n, ones, e);
		if (rc < 0)
			return rc;
	}
	b->done += n;
	r->left -= n;
	r->row += n;
	return 0;
}

/* Hands the validity over to the vector. */
static int
batch_finish(struct batch *b, struct err *e)
{
	struct buf *bits;

	if (!b->nulls)
		return 0;
	bits = buf_new(b->r->account, bitmap_words(b->n) * 8, e);
	if (bits == NULL)
		return -(int)e->code;
	memcpy(bits->data, b->valid, bitmap_words(b->n) * 8);
	if (b->n % 64 != 0)
		((uint64_t *)bits->data)[b->n / 64] &=
		    (UINT64_C(1) << (b->n % 64)) - 1;
	b->v->valid = (uint64_t *)bits->data;
	vec_add_buf(b->v, bits);
	return 0;
}

int
parquet_reader_flat(struct parquet_reader *r, uint64_t first, uint32_t n,
    struct vec **out, struct err *e)
{
	struct batch b = { .r = r, .n = n };
	int rc = 0;

	CHECK(n > 0 && n <= PAGE_ROWS && r->leaf->max_def <= 1 &&
	    r->leaf->max_rep == 0);
	*out = NULL;
	while (rc == 0 && b.done < n) {
		/* Fails with its place, the pieces without. */
		rc = seek(r, first + b.done, e);
		if (rc < 0)
			break;
		rc = batch_piece(&b, e);
		if (rc < 0)
			rc = parquet_reader_fail(r, e);
	}
	if (rc == 0)
		rc = batch_finish(&b, e);
	if (rc < 0)
		vec_drop(&b.v);
	*out = b.v;
	return rc;
}
