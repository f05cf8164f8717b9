/* SPDX-License-Identifier: Apache-2.0
 * join_table.c - building the tables of a hash join. */
#pragma GCC optimize("O3")
#include "ops/join_table.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"

/* A dense array may have so many entries a row; a bitmap so many bits. */
enum { DENSE_SPREAD = 8, SET_SPREAD = 256, DENSE_SMALL = 1 << 16 };
#define DENSE_MAX (UINT64_C(1) << 28)

static void *
get_memory(struct join_table *t, size_t bytes, size_t *kept, struct err *e)
{
	void *p = mem_alloc(t->account, bytes == 0 ? 8 : bytes, e);

	*kept = p == NULL ? 0 : bytes == 0 ? 8 : bytes;
	return p;
}

void
join_table_release(struct join_table *t)
{
	mem_free(t->account, t->head, t->head_bytes);
	mem_free(t->account, t->order, t->order_bytes);
	mem_free(t->account, t->bits, t->bits_bytes);
	mem_free(t->account, t->slots, t->slot_bytes);
	mem_free(t->account, t->next, t->next_bytes);
	mem_free(t->account, t->words, t->word_bytes);
	key_codec_release(&t->codec);
	memset(t, 0, sizeof(*t));
}

/* Calls LOOP for each row i with a key v that is not NULL. */
#define EACH_KEY_OF(type_t, LOOP) do { \
	const type_t *d = values->data; \
	for (uint32_t i = 0; i < n; i++) { \
		int64_t v; \
		if (nulls && vec_is_null(key, i)) \
			continue; \
		v = d[form == VEC_FLAT ? i : form == VEC_CONST ? 0 \
		    : index[i]]; \
		LOOP; \
	} \
} while (0)
#define EACH_KEY(LOOP) do { \
	const struct vec *values = vec_values(key); \
	const uint32_t *index = key->data; \
	bool nulls = vec_may_be_null(key); \
	enum vec_form form = key->form; \
	uint32_t n = key->n; \
	switch (key->type->rep) { \
	case REP_BOOL: EACH_KEY_OF(uint8_t, LOOP); break; \
	case REP_I8: EACH_KEY_OF(int8_t, LOOP); break; \
	case REP_I16: EACH_KEY_OF(int16_t, LOOP); break; \
	case REP_I32: EACH_KEY_OF(int32_t, LOOP); break; \
	default: EACH_KEY_OF(int64_t, LOOP); \
	} \
} while (0)

/* Smallest and largest key; counts the rows that have one. */
static void
find_range(struct join_table *t, const struct vec *key)
{
	int64_t min = INT64_MAX, max = INT64_MIN;
	uint32_t keyed = 0;

	EACH_KEY({
		min = v < min ? v : min;
		max = v > max ? v : max;
		keyed++;
	});
	t->keyed = keyed;
	t->min = min;
	t->span = keyed == 0 ? 0 : (uint64_t)max - (uint64_t)min;
}

static int
build_set(struct join_table *t, const struct vec *key, struct err *e)
{
	uint64_t *bits, min = (uint64_t)t->min;

	t->bits = get_memory(t, (t->span / 64 + 1) * 8, &t->bits_bytes, e);
	if (t->bits == NULL)
		return -(int)e->code;
	memset(t->bits, 0, t->bits_bytes);
	bits = t->bits;
	EACH_KEY({
		uint64_t at = (uint64_t)v - min;

		bits[at >> 6] |= UINT64_C(1) << (at & 63);
	});
	t->form = TABLE_SET;
	return 0;
}

/* Duplicates: counts by key, sums, then rows into their runs in order. */
static int
build_runs(struct join_table *t, const struct vec *key, struct err *e)
{
	uint32_t *head = t->head, *order, at = 0;
	uint64_t min = (uint64_t)t->min;

	t->order = get_memory(t, (size_t)t->keyed * sizeof(*order),
	    &t->order_bytes, e);
	if (t->order == NULL)
		return -(int)e->code;
	order = t->order;
	memset(head, 0, t->head_bytes);
	EACH_KEY(head[(uint64_t)v - min]++);
	for (uint64_t k = 0; k <= t->span; k++) {
		uint32_t count = head[k];

		head[k] = at;
		at += count;
	}
	EACH_KEY(order[head[(uint64_t)v - min]++] = i);
	/* Each start has moved to its run's end: the starts are those of the
	 * entries before. */
	memmove(head + 1, head, (t->span + 1) * sizeof(*head));
	head[0] = 0;
	t->unique = false;
	return 0;
}

static int
build_dense(struct join_table *t, const struct vec *key, struct err *e)
{
	uint32_t *head, doubles = 0;
	uint64_t min = (uint64_t)t->min;

	t->form = TABLE_DENSE;
	t->head = get_memory(t, (t->span + 2) * sizeof(*t->head),
	    &t->head_bytes, e);
	if (t->head == NULL)
		return -(int)e->code;
	head = t->head;
	memset(head, 0, t->head_bytes);
	EACH_KEY({
		uint32_t *to = &head[(uint64_t)v - min];

		doubles += *to != 0;
		*to = i + 1;
	});
	t->unique = doubles == 0;
	return t->unique ? 0 : build_runs(t, key, e);
}

static int
get_next(struct join_table *t, struct err *e)
{
	t->next = get_memory(t, (size_t)t->rows * sizeof(*t->next),
	    &t->next_bytes, e);
	if (t->next == NULL)
		return -(int)e->code;
	memset(t->next, 0, t->next_bytes);
	t->unique = false;
	return 0;
}

static int
insert_inline(struct join_table *t, const uint64_t *words,
    const uint64_t *hash, const uint64_t *nulls, uint32_t from, uint32_t n,
    struct err *e)
{
	struct join_slot *slots = t->slots;
	uint64_t mask = t->mask;

	for (uint32_t i = n; i-- > 0;) {
		uint64_t at = hash[i] & mask;

		if (bit_get(nulls, i))
			continue;
		t->keyed++;
		while (slots[at].head != 0 && slots[at].key != words[i])
			at = (at + 1) & mask;
		if (slots[at].head != 0) {
			if (t->next == NULL && get_next(t, e) < 0)
				return -(int)e->code;
			t->next[from + i] = slots[at].head;
		}
		slots[at].key = words[i];
		slots[at].head = from + i + 1;
	}
	return 0;
}

/* Are the string keys of two build rows with equal words really equal? */
static bool
same_strings(const struct join_table *t, struct vec *const *x, uint32_t i,
    uint32_t row)
{
	for (int k = 0; k < t->codec.n; k++) {
		const struct vec *a = x[k], *b = t->col[k];

		if (vec_is_null(a, i) || vec_is_null(b, row))
			continue;
		if (t->codec.column[k].form == KEY_STRING) {
			if (!strview_eq(vec_at(a, i), vec_at(b, row)))
				return false;
		} else if (t->codec.column[k].form == KEY_NESTED) {
			struct sbuf p, q;
			bool same;

			sbuf_init(&p);
			sbuf_init(&q);
			key_bytes_add(&p, a, i);
			key_bytes_add(&q, b, row);
			same = str_eq(sbuf_str(&p), sbuf_str(&q));
			sbuf_release(&p);
			sbuf_release(&q);
			if (!same)
				return false;
		}
	}
	return true;
}

static inline bool
slot_matches(const struct join_table *t, uint64_t slot, uint16_t salt,
    const uint64_t *words, struct vec *const *col, uint32_t i)
{
	size_t W = (size_t)t->codec.words;
	uint32_t row = (uint32_t)slot - 1;

	return (uint16_t)(slot >> 48) == salt &&
	    key_words_equal(t->words + row * W, words, t->codec.words) &&
	    (!t->codec.verify || same_strings(t, col, i, row));
}

/* words: of the rows from.. on; they are kept in t->words already. */
static int
insert_pointed(struct join_table *t, const uint64_t *hash,
    const uint64_t *nulls, uint32_t from, uint32_t n, struct err *e)
{
	uint64_t *slots = t->slots, mask = t->mask;
	size_t W = (size_t)t->codec.words;

	for (uint32_t i = n; i-- > 0;) {
		uint64_t at = hash[i] & mask;
		uint16_t salt = hash_salt(hash[i]);
		const uint64_t *w = t->words + (from + i) * W;

		if (bit_get(nulls, i))
			continue;
		t->keyed++;
		while (slots[at] != 0 && !slot_matches(t, slots[at], salt, w,
		    t->col, from + i))
			at = (at + 1) & mask;
		if (slots[at] != 0) {
			if (t->next == NULL && get_next(t, e) < 0)
				return -(int)e->code;
			t->next[from + i] = (uint32_t)slots[at];
		}
		slots[at] = (uint64_t)salt << 48 | (from + i + 1);
	}
	return 0;
}

/* One batch of build rows, the last ones first, so that chains ascend. */
static int
insert_batch(struct join_table *t, struct key_batch *b, uint64_t *hash,
    uint32_t from, uint32_t n, struct err *e)
{
	struct vec **part = xcalloc((size_t)t->codec.n, sizeof(*part));
	int ret = 0;

	for (int k = 0; ret == 0 && k < t->codec.n; k++) {
		part[k] = vec_slice(t->col[k], from, n, NULL, e);
		ret = part[k] == NULL ? -(int)e->code : 0;
	}
	if (ret == 0) {
		key_encode(&t->codec, b, part, n);
		key_hash(&t->codec, b, hash);
		if (t->form == TABLE_INLINE) {
			ret = insert_inline(t, b->words, hash, b->any_nulls,
			    from, n, e);
		} else {
			memcpy(t->words + (size_t)from *
			    (size_t)t->codec.words, b->words, (size_t)n *
			    (size_t)t->codec.words * 8);
			ret = insert_pointed(t, hash, b->any_nulls, from, n,
			    e);
		}
	}
	for (int k = 0; k < t->codec.n; k++)
		vec_drop(&part[k]);
	free(part);
	return ret;
}

static int
build_hash(struct join_table *t, struct err *e)
{
	uint64_t slots = 64, nulls[BITMAP_WORDS];
	uint64_t *hash = xmalloc(PAGE_ROWS * sizeof(*hash));
	struct key_batch b;
	int ret = 0;

	t->form = t->codec.words == 1 && !t->codec.verify ? TABLE_INLINE
	    : TABLE_POINTED;
	while (slots < (uint64_t)t->rows * 2)
		slots *= 2;
	t->mask = slots - 1;
	t->slots = get_memory(t, slots * (t->form == TABLE_INLINE ? 16 : 8),
	    &t->slot_bytes, e);
	if (t->slots != NULL && t->form == TABLE_POINTED)
		t->words = get_memory(t, (size_t)t->rows *
		    (size_t)t->codec.words * 8, &t->word_bytes, e);
	if (t->slots == NULL || (t->form == TABLE_POINTED &&
	    t->words == NULL)) {
		free(hash);
		return -(int)e->code;
	}
	memset(t->slots, 0, t->slot_bytes);
	key_batch_init(&b, &t->codec);
	b.any_nulls = nulls;
	for (uint32_t at = (t->rows + PAGE_ROWS - 1) / PAGE_ROWS; ret == 0 &&
	    at-- > 0;) {
		uint32_t from = at * PAGE_ROWS;
		uint32_t n = t->rows - from < PAGE_ROWS ? t->rows - from
		    : PAGE_ROWS;

		ret = insert_batch(t, &b, hash, from, n, e);
	}
	key_batch_release(&b);
	free(hash);
	return ret;
}

static bool
is_small_range(const struct join_table *t, bool set_only)
{
	uint64_t spread = set_only ? SET_SPREAD : DENSE_SPREAD;

	return t->span < DENSE_SMALL || (t->span < DENSE_MAX &&
	    t->span / spread < t->keyed);
}

int
join_table_build(struct join_table *t, const struct join_keys *keys,
    struct mem_account *account, struct err *e)
{
	bool any_safe = false;

	memset(t, 0, sizeof(*t));
	t->account = account;
	t->col = keys->col;
	t->rows = keys->col[0]->n;
	t->unique = true;
	for (int i = 0; i < keys->n; i++)
		any_safe |= keys->null_safe != NULL && keys->null_safe[i];
	key_codec_init(&t->codec, keys->types, keys->n, any_safe);
	if (t->codec.lone) {
		/* Here a lone NULL gets a bit: such keys are rare in joins. */
		t->codec.lone = false;
		t->codec.words = 2;
		t->codec.column[0].null_word = 1;
		t->codec.column[0].alone = false;
	}
	for (int i = 0; i < keys->n; i++)
		t->codec.column[i].null_safe = any_safe &&
		    keys->null_safe[i];
	if (t->rows == 0)
		return 0;
	if (keys->n == 1 && !any_safe &&
	    t->codec.column[0].form == KEY_FIXED) {
		find_range(t, t->col[0]);
		if (t->keyed == 0)
			return 0;
		if (is_small_range(t, keys->set_only))
			return keys->set_only ? build_set(t, t->col[0], e)
			    : build_dense(t, t->col[0], e);
		t->keyed = 0;
	}
	return build_hash(t, e);
}
