/* SPDX-License-Identifier: Apache-2.0
 * serde.c - pages to bytes: the writing half of the wire format. */
#include <lz4.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/check.h"
#include "base/hash.h"
#include "page/serde_priv.h"
#include "page/vec_priv.h"

static int put_vec(struct sbuf *to, struct vec *v, struct err *e);

static void
put_padded(struct sbuf *to, const void *p, size_t n)
{
	size_t padded = wire_pad(n);
	char *at = sbuf_reserve(to, padded);

	if (n > 0)
		memcpy(at, p, n);
	memset(at + n, 0, padded - n);
	to->n += padded;
}

static void
put_valid(struct sbuf *to, const uint64_t *valid, uint32_t n)
{
	uint32_t words = bitmap_words(n);
	char *at = sbuf_reserve(to, wire_pad(words * 8));

	memset(at, 0, wire_pad(words * 8));
	if (n > 0)
		bitmap_copy((uint64_t *)(void *)at, valid, 0, n);
	to->n += wire_pad(words * 8);
}

/* Views first, their pointers turned into heap offsets; then the heap. */
static size_t
put_strings(struct sbuf *to, const struct strview *v, uint32_t n)
{
	size_t heap = 0, padded = wire_pad((size_t)n * sizeof(*v));
	struct strview *out;
	char *at;

	out = (void *)sbuf_reserve(to, padded);
	for (uint32_t i = 0; i < n; i++) {
		out[i] = v[i];
		if (v[i].n > STRVIEW_INLINE) {
			out[i].p = (const char *)(uintptr_t)heap;
			heap += v[i].n;
		}
	}
	to->n += padded;
	at = sbuf_reserve(to, wire_pad(heap));
	for (uint32_t i = 0; i < n; i++)
		if (v[i].n > STRVIEW_INLINE) {
			memcpy(at, v[i].p, v[i].n);
			at += v[i].n;
		}
	memset(at, 0, wire_pad(heap) - heap);
	to->n += wire_pad(heap);
	return heap;
}

/* One vector as it is. */
static int
put_form(struct sbuf *to, struct vec *v, struct err *e)
{
	enum type_rep rep = v->type->rep;
	uint32_t values = v->form == VEC_CONST ? 1 : v->n;
	struct wire_vec head = {
		.form = (uint8_t)v->form, .rep = (uint8_t)rep,
		.has_valid = v->valid != NULL,
		.n_child = (uint32_t)(v->form == VEC_DICT ? 1 : v->n_child),
		.rows = v->n, .values = values,
		.dict_id = v->form == VEC_DICT ? v->dict_id : 0,
	};
	size_t at = to->n;
	int ret = 0;

	put_padded(to, &head, sizeof(head));
	if (v->valid != NULL)
		put_valid(to, v->valid, values);
	if (v->form == VEC_DICT) {
		put_padded(to, v->data, (size_t)v->n * sizeof(uint32_t));
		return put_vec(to, v->base, e);
	}
	if (rep == REP_STR) {
		head.heap = put_strings(to, v->data, values);
		memcpy(to->p + at, &head, sizeof(head));
	} else {
		put_padded(to, v->data,
		    (size_t)values * (size_t)rep_width(rep));
	}
	for (int i = 0; ret == 0 && i < v->n_child; i++)
		ret = put_vec(to, v->child[i], e);
	return ret;
}

/* Do lists use less than half of the elements behind them? */
static bool
sparse_lists(const struct vec *v)
{
	const struct list_ref *r = v->data;
	uint32_t n = v->form == VEC_CONST ? 1 : v->n;
	uint64_t used = 0;

	if (v->type->rep != REP_LIST || v->form == VEC_DICT)
		return false;
	for (uint32_t i = 0; i < n; i++)
		used += r[i].n;
	return v->child[0]->n / 2 > used;
}

static int
put_vec(struct sbuf *to, struct vec *v, struct err *e)
{
	struct vec *other = NULL;
	int ret;

	if (v->form == VEC_DICT && v->base->n == 0)
		other = vec_new_null(v->type, v->n, NULL, e);
	else if (v->form == VEC_DICT && v->base->n > v->n)
		other = vec_flatten(v, NULL, e);
	else if (v->form == VEC_FLAT && sparse_lists(v))
		other = vec_copy(v, NULL, v->n, NULL, e);
	else
		return put_form(to, v, e);
	if (other == NULL)
		return -(int)e->code;
	/* A flattened list may still be sparse: once more is enough, as a
	 * copy is dense. */
	ret = other->form == VEC_FLAT && sparse_lists(other)
	    ? put_vec(to, other, e) : put_form(to, other, e);
	vec_drop(&other);
	return ret;
}

/* Puts the packed body in place of the plain one when it is a fifth
 * smaller. */
static bool
pack_body(struct sbuf *to, size_t body, enum page_codec codec)
{
	size_t plain = to->n - body, limit = plain - plain / 5, got = 0;
	char *room;

	if (codec == PAGE_PLAIN || plain < 256 || plain > INT32_MAX)
		return false;
	room = xmalloc(limit);
	if (codec == PAGE_LZ4) {
		int n = LZ4_compress_default(to->p + body, room, (int)plain,
		    (int)limit);

		got = n > 0 ? (size_t)n : 0;
	} else {
		got = ZSTD_compress(room, limit, to->p + body, plain, 1);
		if (ZSTD_isError(got))
			got = 0;
	}
	if (got > 0) {
		memcpy(to->p + body, room, got);
		to->n = body + got;
	}
	free(room);
	return got > 0;
}

int
page_encode(struct sbuf *to, const struct page *p, enum page_codec codec,
    struct err *e)
{
	struct wire_head head = {
		.magic = WIRE_MAGIC, .version = PAGE_FORMAT_VERSION,
		.columns = (uint32_t)p->n, .rows = p->rows,
	};
	struct sbuf frame = { NULL, 0, 0 };
	int ret = 0;

	/* Blocks are aligned within the frame, so it is made by itself. */
	put_padded(&frame, &head, sizeof(head));
	for (int i = 0; ret == 0 && i < p->n; i++)
		ret = put_vec(&frame, p->col[i], e);
	if (ret == 0 && frame.n - sizeof(head) > WIRE_MAX_BODY)
		ret = err_set(e, ERR_PAGE_TOO_LARGE,
		    "page of %zu bytes is too large", frame.n);
	if (ret < 0) {
		sbuf_release(&frame);
		return ret;
	}
	head.plain = frame.n - sizeof(head);
	if (pack_body(&frame, sizeof(head), codec))
		head.codec = (uint8_t)codec;
	head.stored = frame.n - sizeof(head);
	head.checksum = hash_combine(hash_bytes(&head,
	    offsetof(struct wire_head, checksum)),
	    hash_bytes(frame.p + sizeof(head), head.stored));
	memcpy(frame.p, &head, sizeof(head));
	sbuf_add(to, frame.p, frame.n);
	sbuf_release(&frame);
	return 0;
}
