/* SPDX-License-Identifier: Apache-2.0
 * serde_read.c - bytes to pages: the reading half of the wire format.
 *
 * Nothing is believed: sizes are checked against what is there, indices,
 * views and lists against what they point into.  The body is unpacked into
 * one buffer in which pointers are then put right. */
#include <lz4.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/hash.h"
#include "page/serde_priv.h"
#include "page/vec_priv.h"

struct reader {
	char *at, *end;
	struct buf *buf;
	struct mem_account *account;
	struct err *e;
};

static int
corrupt(struct err *e, const char *what)
{
	return err_set(e, ERR_CORRUPT_PAGE, "corrupt page: %s", what);
}

static int
read_head(struct str bytes, struct wire_head *h, struct err *e)
{
	if (bytes.n < sizeof(*h))
		return corrupt(e, "cut short");
	memcpy(h, bytes.p, sizeof(*h));
	if (h->magic != WIRE_MAGIC)
		return corrupt(e, "no page");
	if (h->version != PAGE_FORMAT_VERSION)
		return err_set(e, ERR_CORRUPT_PAGE,
		    "page format version %d, expected %d", h->version,
		    PAGE_FORMAT_VERSION);
	if (h->codec > PAGE_ZSTD || h->plain > WIRE_MAX_BODY ||
	    h->stored > h->plain || h->columns > WIRE_MAX_COLUMNS ||
	    h->rows > PAGE_ROWS)
		return corrupt(e, "wrong head");
	if (h->codec == PAGE_PLAIN && h->stored != h->plain)
		return corrupt(e, "wrong head");
	return 0;
}

int
page_frame_size(struct str bytes, size_t *size, struct err *e)
{
	struct wire_head h;
	int ret = read_head(bytes, &h, e);

	if (ret == 0)
		*size = sizeof(h) + h.stored;
	return ret;
}

static void *
take(struct reader *r, size_t n)
{
	char *at = r->at;

	if (wire_pad(n) < n || wire_pad(n) > (size_t)(r->end - r->at)) {
		corrupt(r->e, "cut short");
		return NULL;
	}
	r->at += wire_pad(n);
	return at;
}

static int
fix_strings(struct reader *r, struct strview *v, uint32_t n, uint64_t heap)
{
	char *base;

	if (heap > WIRE_MAX_BODY)
		return corrupt(r->e, "wrong string heap");
	base = take(r, heap);
	if (base == NULL)
		return -ERR_CORRUPT_PAGE;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t offset = (uintptr_t)v[i].p;

		if (v[i].n <= STRVIEW_INLINE) {
			memset(v[i].inlined + v[i].n, 0,
			    STRVIEW_INLINE - v[i].n);
			continue;
		}
		if (offset > heap || v[i].n > heap - offset)
			return corrupt(r->e, "string out of bounds");
		v[i].p = base + offset;
		memcpy(v[i].prefix, v[i].p, sizeof(v[i].prefix));
	}
	return 0;
}

static int
fix_lists(struct reader *r, const struct vec *v, uint32_t n)
{
	const struct list_ref *refs = v->data;
	uint32_t held = v->child[0]->n;

	for (int i = 1; i < v->n_child; i++)
		if (v->child[i]->n != held)
			return corrupt(r->e, "keys without values");
	for (uint32_t i = 0; i < n; i++)
		if (refs[i].offset > held || refs[i].n > held -
		    refs[i].offset)
			return corrupt(r->e, "list out of bounds");
	return 0;
}

/* What the fixed-width forms do not allow. */
static void
fix_fixed(struct vec *v, uint32_t n)
{
	if (v->type->rep == REP_BOOL) {
		uint8_t *b = v->data;

		for (uint32_t i = 0; i < n; i++)
			b[i] = b[i] != 0;
	} else if (v->type->rep == REP_LONG_TIME) {
		struct long_time *t = v->data;

		for (uint32_t i = 0; i < n; i++)
			t[i].zero = 0;
	}
}

static int read_vec(struct reader *r, const struct type *t, struct vec **out);

static int
read_children(struct reader *r, struct vec *v, uint32_t n)
{
	int ret = 0;

	for (int i = 0; ret == 0 && i < v->n_child; i++) {
		ret = read_vec(r, v->type->child[i], &v->child[i]);
		if (ret == 0 && v->type->rep == REP_ROW &&
		    v->child[i]->n != n)
			ret = corrupt(r->e, "field of another length");
	}
	return ret;
}

static int
read_dict(struct reader *r, struct vec *v, const struct wire_vec *w)
{
	const uint32_t *index;
	uint32_t max = 0;
	int ret;

	v->data = take(r, (size_t)w->rows * sizeof(uint32_t));
	if (v->data == NULL)
		return -ERR_CORRUPT_PAGE;
	v->dict_id = 0; /* identities are this process's own */
	ret = read_vec(r, v->type, &v->base);
	if (ret < 0)
		return ret;
	if (v->base->form != VEC_FLAT)
		return corrupt(r->e, "nested dictionary");
	index = v->data;
	for (uint32_t i = 0; i < w->rows; i++)
		max = index[i] > max ? index[i] : max;
	if (w->rows > 0 && max >= v->base->n)
		return corrupt(r->e, "index out of bounds");
	return 0;
}

static int
read_values(struct reader *r, struct vec *v, const struct wire_vec *w)
{
	size_t width = (size_t)rep_width(v->type->rep);
	int ret = 0;

	v->data = take(r, (size_t)w->values * width);
	if (v->data == NULL)
		return -ERR_CORRUPT_PAGE;
	if (v->type->rep == REP_STR)
		return fix_strings(r, v->data, w->values, w->heap);
	fix_fixed(v, w->values);
	ret = read_children(r, v, w->values);
	if (ret == 0 && v->type->rep == REP_LIST)
		ret = fix_lists(r, v, w->values);
	return ret;
}

static int
read_into(struct reader *r, struct vec *v, const struct wire_vec *w)
{
	if (w->has_valid) {
		v->valid = take(r, (size_t)bitmap_words(w->values) * 8);
		if (v->valid == NULL)
			return -ERR_CORRUPT_PAGE;
	}
	if (v->form == VEC_DICT)
		return read_dict(r, v, w);
	return read_values(r, v, w);
}

static int
read_vec(struct reader *r, const struct type *t, struct vec **out)
{
	struct wire_vec *w = take(r, sizeof(*w));
	struct vec *v;
	int ret;

	*out = NULL;
	if (w == NULL)
		return -ERR_CORRUPT_PAGE;
	if (w->form > VEC_DICT || w->rep != t->rep || w->has_valid > 1 ||
	    w->values != (w->form == VEC_CONST ? 1 : w->rows))
		return corrupt(r->e, "wrong column");
	v = vec_new_bare(t, (enum vec_form)w->form, w->rows);
	if (v->form == VEC_DICT) {
		free(v->child);
		v->child = NULL;
		v->n_child = 0;
	}
	vec_add_buf(v, buf_ref(r->buf));
	ret = (int)w->n_child == (v->form == VEC_DICT ? 1 : v->n_child)
	    ? read_into(r, v, w) : corrupt(r->e, "wrong column");
	if (ret < 0)
		vec_drop(&v);
	*out = v;
	return ret;
}

static int
unpack(struct str bytes, const struct wire_head *h, struct buf *to,
    struct err *e)
{
	const char *from = bytes.p + sizeof(*h);
	size_t got = h->plain;

	if (h->codec == PAGE_LZ4) {
		int n = LZ4_decompress_safe(from, (char *)to->data,
		    (int)h->stored, (int)h->plain);

		got = n < 0 ? 0 : (size_t)n;
	} else if (h->codec == PAGE_ZSTD) {
		got = ZSTD_decompress(to->data, h->plain, from, h->stored);
		if (ZSTD_isError(got))
			got = 0;
	} else if (h->plain > 0) {
		memcpy(to->data, from, h->plain);
	}
	return got == h->plain ? 0 : corrupt(e, "does not unpack");
}

static int
read_columns(struct reader *r, const struct type *const *types,
    struct page *p)
{
	int ret = 0;

	for (int i = 0; ret == 0 && i < p->n; i++) {
		ret = read_vec(r, types[i], &p->col[i]);
		if (ret == 0 && p->col[i]->n != p->rows)
			ret = corrupt(r->e, "column of another length");
	}
	if (ret == 0 && r->at != r->end)
		ret = corrupt(r->e, "bytes behind the columns");
	return ret;
}

int
page_decode(struct str bytes, const struct type *const *types, int n,
    struct mem_account *account, struct page **out, struct err *e)
{
	struct wire_head h;
	struct reader r = { .account = account, .e = e };
	struct page *p;
	int ret = read_head(bytes, &h, e);

	*out = NULL;
	if (ret < 0)
		return ret;
	if (bytes.n != sizeof(h) + h.stored)
		return corrupt(e, "cut short");
	if (hash_combine(hash_bytes(&h, offsetof(struct wire_head, checksum)),
	    hash_bytes(bytes.p + sizeof(h), h.stored)) != h.checksum)
		return corrupt(e, "wrong checksum");
	if (h.columns != (uint32_t)n)
		return corrupt(e, "wrong number of columns");
	r.buf = buf_new(account, h.plain + 1, e);
	if (r.buf == NULL)
		return -(int)e->code;
	ret = unpack(bytes, &h, r.buf, e);
	r.at = (char *)r.buf->data;
	r.end = r.at + h.plain;
	p = page_new(n, h.rows);
	if (ret == 0)
		ret = read_columns(&r, types, p);
	buf_drop(&r.buf);
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}
