/* SPDX-License-Identifier: Apache-2.0
 * key_store.c - keys kept in tables: storing, verifying, reading back; the
 * canonical bytes of nested values. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/key_codec.h"

/* The string behind row i of column k, as it is or as canonical bytes. */
static struct str
string_of(const struct key_column *k, int at, const struct key_batch *b,
    uint32_t i)
{
	if (k->form == KEY_NESTED)
		return strview_str(&b->nested[at][i]);
	return strview_str(vec_at(b->col[at], i));
}

void
key_store(const struct key_codec *c, const struct key_batch *b, uint32_t i,
    char *key, struct arena *heap)
{
	const uint64_t *w = b->words + (size_t)i * (size_t)c->words;
	char *saved = key + c->words * 8;

	memcpy(key, w, (size_t)c->words * 8);
	if (c->saved_bytes == 0)
		return;
	memset(saved, 0, (size_t)c->saved_bytes);
	for (int at = 0; at < c->n; at++) {
		const struct key_column *k = &c->column[at];

		if (k->saved < 0 || vec_is_null(b->col[at], i))
			continue;
		if (k->form == KEY_ZONED || k->form == KEY_WIDE_ZONED) {
			memcpy(saved + k->saved, vec_at(b->col[at], i),
			    (size_t)k->width);
		} else if ((uint32_t)w[k->word] > STRVIEW_INLINE) {
			struct str s = string_of(k, at, b, i);
			char *p = arena_dup(heap, s.p, s.n);

			memcpy(saved + k->saved, &p, sizeof(p));
		}
	}
}

static const char *
stored_bytes(const struct key_codec *c, const struct key_column *k,
    const char *key)
{
	const char *p;

	memcpy(&p, key + c->words * 8 + k->saved, sizeof(p));
	return p;
}

bool
key_verify(const struct key_codec *c, const struct key_batch *b, uint32_t i,
    const char *key)
{
	const uint64_t *w = b->words + (size_t)i * (size_t)c->words;

	for (int at = 0; at < c->n; at++) {
		const struct key_column *k = &c->column[at];
		uint32_t n = (uint32_t)w[k->word];

		if ((k->form != KEY_STRING && k->form != KEY_NESTED) ||
		    n <= STRVIEW_INLINE)
			continue;
		if (memcmp(string_of(k, at, b, i).p, stored_bytes(c, k, key),
		    n) != 0)
			return false;
	}
	return true;
}

bool
key_verify_stored(const struct key_codec *c, const char *x, const char *y)
{
	const uint64_t *w = (const void *)x;

	for (int at = 0; at < c->n; at++) {
		const struct key_column *k = &c->column[at];
		uint32_t n = (uint32_t)w[k->word];

		if ((k->form != KEY_STRING && k->form != KEY_NESTED) ||
		    n <= STRVIEW_INLINE)
			continue;
		if (memcmp(stored_bytes(c, k, x), stored_bytes(c, k, y),
		    n) != 0)
			return false;
	}
	return true;
}

static bool
is_null(const struct key_column *k, const char *row, const char *null_row)
{
	const uint64_t *w = (const void *)row;

	return row == null_row || (k->null_word >= 0 &&
	    (w[k->null_word] >> k->null_shift & 1));
}

#define GET_EACH(type_t) do { \
	type_t *out = v->data; \
	for (uint32_t i = 0; i < n; i++) \
		out[i] = (type_t)(((const uint64_t *)(const void *)rows[i]) \
		    [k->word] >> k->shift); \
} while (0)

static void
decode_fixed(const struct key_column *k, char *const *rows, uint32_t n,
    struct vec *v)
{
	switch (k->width) {
	case 1: GET_EACH(uint8_t); break;
	case 2: GET_EACH(uint16_t); break;
	case 4: GET_EACH(uint32_t); break;
	default: GET_EACH(uint64_t);
	}
}

static int
decode_strings(const struct key_codec *c, const struct key_column *k,
    char *const *rows, struct vec *v, struct mem_account *account,
    struct err *e)
{
	struct strview *out = v->data;
	size_t bytes = 0;
	struct buf *heap;
	char *at;

	for (uint32_t i = 0; i < v->n; i++) {
		const uint64_t *w = (const void *)rows[i];

		memcpy(&out[i], w + k->word, 16);
		bytes += out[i].n > STRVIEW_INLINE ? out[i].n : 0;
	}
	if (bytes == 0)
		return 0;
	heap = buf_new(account, bytes, e);
	if (heap == NULL)
		return -(int)e->code;
	vec_add_buf(v, heap);
	at = (char *)heap->data;
	for (uint32_t i = 0; i < v->n; i++) {
		if (out[i].n <= STRVIEW_INLINE)
			continue;
		memcpy(at, stored_bytes(c, k, rows[i]), out[i].n);
		out[i].p = at;
		memcpy(out[i].prefix, at, sizeof(out[i].prefix));
		at += out[i].n;
	}
	return 0;
}

static void
decode_saved(const struct key_codec *c, const struct key_column *k,
    char *const *rows, uint32_t n, struct vec *v)
{
	size_t width = (size_t)k->width;
	size_t at = k->saved >= 0 ? (size_t)(c->words * 8 + k->saved)
	    : (size_t)k->word * 8;

	for (uint32_t i = 0; i < n; i++)
		memcpy((char *)v->data + i * width, rows[i] + at, width);
}

static struct vec *
decode_nested(const struct key_codec *c, const struct key_column *k,
    char *const *rows, uint32_t n, struct mem_account *account,
    struct err *e)
{
	struct vec_builder b;
	struct vec *v = NULL;
	int ret = 0;

	vec_builder_init(&b, k->type, account);
	for (uint32_t i = 0; ret == 0 && i < n; i++) {
		const uint64_t *w = (const void *)rows[i];
		uint32_t len = (uint32_t)w[k->word];
		struct strview view;
		const unsigned char *at;

		if (is_null(k, rows[i], NULL)) {
			ret = vec_builder_null(&b, e);
			continue;
		}
		memcpy(&view, w + k->word, 16);
		at = len <= STRVIEW_INLINE ? (unsigned char *)view.inlined
		    : (const unsigned char *)stored_bytes(c, k, rows[i]);
		ret = key_bytes_read(&at, &b, e);
	}
	if (ret == 0)
		v = vec_builder_finish(&b, e);
	vec_builder_release(&b);
	return v;
}

struct vec *
key_decode(const struct key_codec *c, int at, char *const *rows, uint32_t n,
    const char *null_row, struct mem_account *account, struct err *e)
{
	const struct key_column *k = &c->column[at];
	bool nullable = k->null_word >= 0 || null_row != NULL;
	struct vec *v;

	if (k->form == KEY_NESTED)
		return decode_nested(c, k, rows, n, account, e);
	v = vec_new_flat(k->type, n, nullable, account, e);
	if (v == NULL)
		return NULL;
	if (k->form <= KEY_FLOAT) {
		decode_fixed(k, rows, n, v);
	} else if (k->form != KEY_STRING) {
		decode_saved(c, k, rows, n, v);
	} else if (decode_strings(c, k, rows, v, account, e) < 0) {
		vec_drop(&v);
		return NULL;
	}
	if (nullable) {
		bool any = false;

		for (uint32_t i = 0; i < n; i++)
			if (is_null(k, rows[i], null_row)) {
				bit_clear(v->valid, i);
				any = true;
			}
		if (!any)
			v->valid = NULL;
	}
	return v;
}

static void
add_u32(struct sbuf *to, uint32_t n)
{
	sbuf_add(to, &n, sizeof(n));
}

struct entry {
	size_t at, n;
	const char *bytes;
};

static int
compare_entries(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int c = memcmp(a->bytes + a->at, b->bytes + b->at,
	    a->n < b->n ? a->n : b->n);

	return c != 0 ? c : (a->n > b->n) - (a->n < b->n);
}

/* Entries of a map in the order of their bytes. */
static void
add_map(struct sbuf *to, const struct vec *values, struct list_ref r)
{
	struct entry *v = xmalloc(sizeof(*v) * (r.n + 1));
	struct sbuf all;

	sbuf_init(&all);
	for (uint32_t i = 0; i < r.n; i++) {
		v[i].at = all.n;
		key_bytes_add(&all, values->child[0], r.offset + i);
		key_bytes_add(&all, values->child[1], r.offset + i);
		v[i].n = all.n - v[i].at;
	}
	for (uint32_t i = 0; i < r.n; i++)
		v[i].bytes = all.p;
	qsort(v, r.n, sizeof(*v), compare_entries);
	for (uint32_t i = 0; i < r.n; i++)
		sbuf_add(to, all.p + v[i].at, v[i].n);
	sbuf_release(&all);
	free(v);
}

static void
add_float(struct sbuf *to, const struct type *t, const void *value)
{
	if (t->rep == REP_F32) {
		float f = *(const float *)value;

		f = f != f ? __builtin_nanf("") : f == 0 ? 0 : f;
		sbuf_add(to, &f, sizeof(f));
	} else {
		double d = *(const double *)value;

		d = d != d ? __builtin_nan("") : d == 0 ? 0 : d;
		sbuf_add(to, &d, sizeof(d));
	}
}

void
key_bytes_add(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	const struct type *t = v->type;
	uint32_t slot;

	sbuf_addc(to, !vec_is_null(v, i));
	if (vec_is_null(v, i))
		return;
	slot = vec_slot(v, i);
	if (t->rep == REP_ROW) {
		for (int k = 0; k < values->n_child; k++)
			key_bytes_add(to, values->child[k], slot);
	} else if (t->rep == REP_LIST) {
		struct list_ref r = ((const struct list_ref *)
		    values->data)[slot];

		add_u32(to, r.n);
		if (t->id == TYPE_MAP) {
			add_map(to, values, r);
			return;
		}
		for (uint32_t k = 0; k < r.n; k++)
			key_bytes_add(to, values->child[0], r.offset + k);
	} else if (t->rep == REP_STR) {
		struct str s = strview_str(vec_at(v, i));

		add_u32(to, (uint32_t)s.n);
		sbuf_add(to, s.p, s.n);
	} else if (t->rep == REP_F32 || t->rep == REP_F64) {
		add_float(to, t, vec_at(v, i));
	} else {
		sbuf_add(to, vec_at(v, i), (size_t)rep_width(t->rep));
	}
}

static uint32_t
read_u32(const unsigned char **at)
{
	uint32_t n;

	memcpy(&n, *at, sizeof(n));
	*at += sizeof(n);
	return n;
}

int
key_bytes_read(const unsigned char **at, struct vec_builder *to,
    struct err *e)
{
	const struct type *t = to->type;
	const unsigned char *p;
	uint32_t n;
	int ret = 0;

	if (*(*at)++ == 0)
		return vec_builder_null(to, e);
	if (t->rep == REP_ROW) {
		for (int k = 0; ret == 0 && k < t->n; k++)
			ret = key_bytes_read(at, &to->child[k], e);
		return ret < 0 ? ret : vec_builder_struct(to, e);
	}
	if (t->rep == REP_LIST) {
		n = read_u32(at);
		for (uint32_t i = 0; ret == 0 && i < n; i++)
			for (int k = 0; ret == 0 && k < t->n; k++)
				ret = key_bytes_read(at, &to->child[k], e);
		return ret < 0 ? ret : vec_builder_list(to, n, e);
	}
	if (t->rep == REP_STR) {
		n = read_u32(at);
		p = *at;
		*at += n;
		return vec_builder_str(to, (struct str){ (const char *)p, n },
		    e);
	}
	p = *at;
	*at += rep_width(t->rep);
	return vec_builder_value(to, p, e);
}
