/* SPDX-License-Identifier: Apache-2.0
 * dict.c - growing dictionaries of strings. */
#include "conn/memory/dict.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"

enum { HEAP_FIRST = 1024, HEAP_GROWTH = 4, HEAP_MAX = 256 * 1024 };

struct dict {
	atomic_int refs;
	const struct type *type;
	struct mem_account *account;
	atomic_bool closed;
	_Atomic uint32_t n;
	struct strview *chunks[DICT_CHUNKS];
	struct buf *chunk_bufs[DICT_CHUNKS];
	pthread_mutex_t lock;   /* of what follows, and of adding */
	uint32_t *slots;        /* 1 + code */
	uint32_t cap;
	struct buf **heaps;     /* where long texts are */
	int n_heaps, cap_heaps;
	size_t used;            /* of the last heap */
	struct vec *vec;        /* of the first vec_n entries; NULL: none */
	uint32_t vec_n;
	uint64_t vec_id;
};

struct dict *
dict_new(const struct type *type, struct mem_account *account)
{
	struct dict *d = xcalloc(1, sizeof(*d));

	atomic_init(&d->refs, 1);
	d->type = type;
	d->account = account == NULL ? NULL : mem_account_ref(account);
	pthread_mutex_init(&d->lock, NULL);
	d->cap = 64;
	d->slots = xcalloc(d->cap, sizeof(*d->slots));
	return d;
}

struct dict *
dict_ref(struct dict *d)
{
	atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
	return d;
}

void
dict_drop(struct dict **dp)
{
	struct dict *d = *dp;

	*dp = NULL;
	if (d == NULL || atomic_fetch_sub_explicit(&d->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	vec_drop(&d->vec);
	for (int i = 0; i < DICT_CHUNKS; i++)
		buf_drop(&d->chunk_bufs[i]);
	for (int i = 0; i < d->n_heaps; i++)
		buf_drop(&d->heaps[i]);
	free(d->heaps);
	free(d->slots);
	mem_account_drop(&d->account);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

uint32_t
dict_size(const struct dict *d)
{
	return atomic_load_explicit(&d->n, memory_order_acquire);
}

void
dict_close(struct dict *d)
{
	atomic_store_explicit(&d->closed, true, memory_order_release);
}

bool
dict_closed(const struct dict *d)
{
	return atomic_load_explicit(&d->closed, memory_order_acquire);
}

static inline uint32_t
chunk_of(uint32_t code)
{
	return 31 - (uint32_t)__builtin_clz(code / DICT_CHUNK + 1);
}

static inline uint32_t
chunk_start(uint32_t chunk)
{
	return DICT_CHUNK * ((1u << chunk) - 1);
}

const struct strview *
dict_at(const struct dict *d, uint32_t code)
{
	uint32_t chunk = chunk_of(code);

	return &d->chunks[chunk][code - chunk_start(chunk)];
}

static uint32_t
text_hash(struct str s)
{
	return (uint32_t)hash_bytes(s.p, s.n);
}

static bool
same_text(const struct strview *v, struct str s)
{
	return v->n == s.n && memcmp(strview_str(v).p, s.p, s.n) == 0;
}

/* A lasting copy of a long text. */
static int
keep_text(struct dict *d, struct str *s, struct err *e)
{
	struct buf *b = d->n_heaps == 0 ? NULL : d->heaps[d->n_heaps - 1];

	if (b == NULL || b->size - d->used < s->n) {
		size_t size = b == NULL ? HEAP_FIRST
		    : MIN(b->size * HEAP_GROWTH, HEAP_MAX);

		b = buf_new(d->account, MAX(size, s->n), e);
		if (b == NULL)
			return -(int)e->code;
		if (d->n_heaps == d->cap_heaps) {
			d->cap_heaps = d->cap_heaps * 2 + 4;
			d->heaps = xrealloc(d->heaps,
			    (size_t)d->cap_heaps * sizeof(*d->heaps));
		}
		d->heaps[d->n_heaps++] = b;
		d->used = 0;
	}
	memcpy(b->data + d->used, s->p, s->n);
	s->p = (const char *)b->data + d->used;
	d->used += s->n;
	return 0;
}

static void
grow_slots(struct dict *d)
{
	uint32_t n = atomic_load_explicit(&d->n, memory_order_relaxed);

	d->cap *= 2;
	free(d->slots);
	d->slots = xcalloc(d->cap, sizeof(*d->slots));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = text_hash(strview_str(dict_at(d, i)));

		while (d->slots[at &= d->cap - 1] != 0)
			at++;
		d->slots[at] = i + 1;
	}
}

/* Under the lock: the code of a text that the writer does not know. */
static int
find_or_add(struct dict *d, struct str s, uint32_t hash, uint32_t *code,
    struct err *e)
{
	uint32_t n = atomic_load_explicit(&d->n, memory_order_relaxed);
	uint32_t at = hash, chunk = chunk_of(n);
	int rc;

	for (; d->slots[at &= d->cap - 1] != 0; at++)
		if (same_text(dict_at(d, d->slots[at] - 1), s)) {
			*code = d->slots[at] - 1;
			return 1;
		}
	if (n >= DICT_MAX)
		dict_close(d);
	if (dict_closed(d))
		return 0;
	if (d->chunks[chunk] == NULL) {
		struct buf *b = buf_new(d->account,
		    ((size_t)DICT_CHUNK << chunk) * sizeof(struct strview), e);

		if (b == NULL)
			return -(int)e->code;
		d->chunk_bufs[chunk] = b;
		d->chunks[chunk] = (struct strview *)b->data;
	}
	if (s.n > STRVIEW_INLINE && (rc = keep_text(d, &s, e)) != 0)
		return rc;
	d->chunks[chunk][n - chunk_start(chunk)] = strview_of(s);
	d->slots[at] = n + 1;
	*code = n;
	atomic_store_explicit(&d->n, n + 1, memory_order_release);
	if ((n + 1) * 2 > d->cap)
		grow_slots(d);
	return 1;
}

struct vec *
dict_vec(struct dict *d, uint64_t *id, struct err *e)
{
	struct vec *v = NULL;
	uint32_t n;

	pthread_mutex_lock(&d->lock);
	n = dict_size(d);
	if (d->vec == NULL || d->vec_n != n) {
		v = vec_new_flat(d->type, n, false, d->account, e);
		if (v == NULL) {
			pthread_mutex_unlock(&d->lock);
			return NULL;
		}
		for (uint32_t i = 0; i < n; i++)
			((struct strview *)v->data)[i] = *dict_at(d, i);
		for (int i = 0; i < d->n_heaps; i++)
			vec_add_buf(v, buf_ref(d->heaps[i]));
		vec_drop(&d->vec);
		d->vec = v;
		d->vec_n = n;
		d->vec_id = vec_new_dict_id();
	}
	v = vec_ref(d->vec);
	*id = d->vec_id;
	pthread_mutex_unlock(&d->lock);
	return v;
}

void
dict_writer_init(struct dict_writer *w, struct dict *d)
{
	*w = (struct dict_writer){ .dict = dict_ref(d), .cap = 64 };
	w->slots = xcalloc(w->cap, sizeof(*w->slots));
	w->hashes = xcalloc(w->cap, sizeof(*w->hashes));
}

void
dict_writer_release(struct dict_writer *w)
{
	dict_drop(&w->dict);
	free(w->slots);
	free(w->hashes);
	*w = (struct dict_writer){ 0 };
}

static void
writer_grow(struct dict_writer *w)
{
	uint32_t cap = w->cap * 2, *slots, *hashes;

	slots = xcalloc(cap, sizeof(*slots));
	hashes = xcalloc(cap, sizeof(*hashes));
	for (uint32_t i = 0; i < w->cap; i++) {
		uint32_t at = w->hashes[i];

		if (w->slots[i] == 0)
			continue;
		while (slots[at &= cap - 1] != 0)
			at++;
		slots[at] = w->slots[i];
		hashes[at] = w->hashes[i];
	}
	free(w->slots);
	free(w->hashes);
	w->slots = slots;
	w->hashes = hashes;
	w->cap = cap;
}

int
dict_code(struct dict_writer *w, struct str s, uint32_t *code, struct err *e)
{
	uint32_t hash = text_hash(s), at = hash;
	int rc;

	for (; w->slots[at &= w->cap - 1] != 0; at++)
		if (w->hashes[at] == hash &&
		    same_text(dict_at(w->dict, w->slots[at] - 1), s)) {
			*code = w->slots[at] - 1;
			return 1;
		}
	pthread_mutex_lock(&w->dict->lock);
	rc = find_or_add(w->dict, s, hash, code, e);
	pthread_mutex_unlock(&w->dict->lock);
	if (rc != 1)
		return rc;
	w->slots[at] = *code + 1;
	w->hashes[at] = hash;
	if (++w->n * 2 > w->cap)
		writer_grow(w);
	return 1;
}
