/* SPDX-License-Identifier: Apache-2.0
 * join_probe_table.c - looking keys up in the tables of a hash join. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "base/hash.h"
#include "ops/join_table.h"

void
join_probe_keys_release(struct join_probe_keys *k)
{
	if (k->ready)
		key_batch_release(&k->batch);
	k->ready = false;
}

/* The entry of the dense array for value v: 0 when there is none. */
static inline uint32_t
dense_unique(const struct join_table *t, const uint32_t *restrict head,
    int64_t v)
{
	uint64_t at = (uint64_t)v - (uint64_t)t->min;

	/* The entry behind the last is empty. */
	at = at <= t->span ? at : t->span + 1;
	return head[at];
}

static inline uint32_t
dense_run(const struct join_table *t, const uint32_t *restrict head,
    int64_t v)
{
	uint64_t at = (uint64_t)v - (uint64_t)t->min;
	bool in = at <= t->span;

	at = in ? at : 0;
	return in & (head[at] != head[at + 1]) ? (uint32_t)at + 1 : 0;
}

static inline uint32_t
set_has(const struct join_table *t, int64_t v)
{
	uint64_t at = (uint64_t)v - (uint64_t)t->min;
	bool in = at <= t->span;

	at = in ? at : 0;
	return in & (t->bits[at >> 6] >> (at & 63) & 1);
}

#define PROBE_VALUES(type_t, n_values) do { \
	const type_t *d = values->data; \
	if (t->form == TABLE_SET) \
		for (uint32_t i = 0; i < (n_values); i++) \
			out[i] = set_has(t, d[i]); \
	else if (t->unique) \
		for (uint32_t i = 0; i < (n_values); i++) \
			out[i] = dense_unique(t, t->head, d[i]); \
	else \
		for (uint32_t i = 0; i < (n_values); i++) \
			out[i] = dense_run(t, t->head, d[i]); \
} while (0)

#define PROBE_INDEXED(type_t) do { \
	const type_t *d = values->data; \
	if (t->form == TABLE_SET) \
		for (uint32_t i = 0; i < n; i++) \
			head[i] = set_has(t, d[index[i]]); \
	else if (t->unique) \
		for (uint32_t i = 0; i < n; i++) \
			head[i] = dense_unique(t, t->head, d[index[i]]); \
	else \
		for (uint32_t i = 0; i < n; i++) \
			head[i] = dense_run(t, t->head, d[index[i]]); \
} while (0)

static void
probe_values(const struct join_table *t, const struct vec *values,
    uint32_t n, uint32_t *restrict out)
{
	switch (values->type->rep) {
	case REP_BOOL: PROBE_VALUES(uint8_t, n); break;
	case REP_I8: PROBE_VALUES(int8_t, n); break;
	case REP_I16: PROBE_VALUES(int16_t, n); break;
	case REP_I32: PROBE_VALUES(int32_t, n); break;
	default: PROBE_VALUES(int64_t, n);
	}
}

static void
probe_dense(const struct join_table *t, const struct vec *key, uint32_t n,
    uint32_t *restrict head)
{
	const struct vec *values = vec_values(key);
	const uint32_t *index = key->data;
	uint32_t one;

	if (key->form == VEC_FLAT) {
		probe_values(t, key, n, head);
	} else if (key->form == VEC_CONST) {
		probe_values(t, key, 1, &one);
		for (uint32_t i = 0; i < n; i++)
			head[i] = one;
	} else if (values->n == 0) {
		memset(head, 0, (size_t)n * sizeof(*head));
	} else if (values->n <= n / 2) {
		uint32_t by_entry[PAGE_ROWS / 2];

		probe_values(t, values, values->n, by_entry);
		for (uint32_t i = 0; i < n; i++)
			head[i] = by_entry[index[i]];
	} else {
		switch (values->type->rep) {
		case REP_BOOL: PROBE_INDEXED(uint8_t); break;
		case REP_I8: PROBE_INDEXED(int8_t); break;
		case REP_I16: PROBE_INDEXED(int16_t); break;
		case REP_I32: PROBE_INDEXED(int32_t); break;
		default: PROBE_INDEXED(int64_t);
		}
	}
	if (vec_may_be_null(key))
		for (uint32_t i = 0; i < n; i++)
			if (vec_is_null(key, i))
				head[i] = 0;
}

static void
probe_inline(const struct join_table *t, const uint64_t *restrict words,
    const uint64_t *restrict hash, uint32_t n, uint32_t *restrict head)
{
	const struct join_slot *slots = t->slots;
	uint64_t mask = t->mask;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = hash[i] & mask, key = words[i];

		while (slots[at].head != 0 && slots[at].key != key)
			at = (at + 1) & mask;
		head[i] = slots[at].head;
	}
}

static bool
same_strings(const struct join_table *t, const struct key_batch *b,
    uint32_t i, uint32_t row)
{
	for (int k = 0; k < t->codec.n; k++) {
		const struct vec *col = t->col[k];
		struct sbuf bytes;
		bool same;

		if (vec_is_null(b->col[k], i) || vec_is_null(col, row))
			continue;
		if (t->codec.column[k].form == KEY_STRING &&
		    !strview_eq(vec_at(b->col[k], i), vec_at(col, row)))
			return false;
		if (t->codec.column[k].form != KEY_NESTED)
			continue;
		sbuf_init(&bytes);
		key_bytes_add(&bytes, col, row);
		same = str_eq(sbuf_str(&bytes),
		    strview_str(&b->nested[k][i]));
		sbuf_release(&bytes);
		if (!same)
			return false;
	}
	return true;
}

static void
probe_pointed(const struct join_table *t, const struct key_batch *b,
    const uint64_t *restrict hash, uint32_t *restrict head)
{
	const uint64_t *slots = t->slots;
	size_t W = (size_t)t->codec.words;
	uint64_t mask = t->mask;

	for (uint32_t i = 0; i < b->n; i++) {
		uint64_t at = hash[i] & mask;
		uint16_t salt = hash_salt(hash[i]);
		const uint64_t *w = b->words + i * W;

		for (; slots[at] != 0; at = (at + 1) & mask) {
			uint32_t row = (uint32_t)slots[at] - 1;

			if ((uint16_t)(slots[at] >> 48) == salt &&
			    key_words_equal(t->words + row * W, w,
			    t->codec.words) && (!t->codec.verify ||
			    same_strings(t, b, i, row)))
				break;
		}
		head[i] = (uint32_t)slots[at];
	}
}

void
join_table_probe(const struct join_table *t, struct join_probe_keys *k,
    struct vec **col, uint32_t n, uint32_t *head)
{
	if (t->form == TABLE_EMPTY) {
		memset(head, 0, (size_t)n * sizeof(*head));
		return;
	}
	if (t->form == TABLE_DENSE || t->form == TABLE_SET) {
		probe_dense(t, col[0], n, head);
		return;
	}
	if (!k->ready) {
		key_batch_init(&k->batch, &t->codec);
		k->batch.any_nulls = k->nulls;
		k->ready = true;
	}
	key_encode(&t->codec, &k->batch, col, n);
	key_hash(&t->codec, &k->batch, k->hash);
	if (t->form == TABLE_INLINE)
		probe_inline(t, k->batch.words, k->hash, n, head);
	else
		probe_pointed(t, &k->batch, k->hash, head);
	for (int i = 0; i < t->codec.n; i++)
		if (vec_may_be_null(col[i])) {
			for (uint32_t r = 0; r < n; r++)
				if (bit_get(k->nulls, r))
					head[r] = 0;
			break;
		}
}
