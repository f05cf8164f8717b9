/* SPDX-License-Identifier: Apache-2.0
 * group_table.c - keys to rows: linear probing over slots of a power of two,
 * at most two thirds of them taken. */
#pragma GCC optimize("O3")
#include "ops/group_table.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 1024, FIRST_ROWS = 256, BLOCK_BYTES = 2 << 20 };

/* A slot of keys of several words: salt above, the row's address below. */
#define SLOT_ROW(s) ((char *)(uintptr_t)((s) & ((UINT64_C(1) << 48) - 1)))
#define SLOT_SALT(s) ((uint16_t)((s) >> 48))

void
group_table_init(struct group_table *t, const struct key_codec *c,
    uint32_t user_bytes, struct mem_account *account)
{
	memset(t, 0, sizeof(*t));
	t->codec = c;
	t->account = account;
	t->hash_at = (uint32_t)(c->words * 8 + c->saved_bytes);
	t->user_at = t->hash_at + 8;
	t->row_bytes = t->user_at + user_bytes;
	t->inlined = c->words == 1 && !c->verify;
	t->ascending = t->inlined;
	arena_init(&t->heap);
}

void
group_table_clear(struct group_table *t)
{
	mem_free(t->account, t->slots, t->slot_bytes);
	for (int i = 0; i < t->n_blocks; i++)
		mem_free(t->account, t->block[i].p, t->block[i].bytes);
	free(t->block);
	arena_release(&t->heap);
	mem_release(t->account, t->heap_charged);
	t->slots = NULL;
	t->slot_bytes = t->heap_charged = 0;
	t->mask = t->n = 0;
	t->block = NULL;
	t->n_blocks = t->cap_blocks = 0;
	t->null_row = t->last_row = NULL;
	t->ascending = t->inlined;
}

size_t
group_table_bytes(const struct group_table *t)
{
	size_t bytes = t->slot_bytes + t->heap_charged;

	for (int i = 0; i < t->n_blocks; i++)
		bytes += t->block[i].bytes;
	return bytes;
}

int
group_table_charge(struct group_table *t, struct err *e)
{
	size_t bytes = t->heap.bytes;
	int ret;

	if (bytes <= t->heap_charged)
		return 0;
	ret = mem_reserve(t->account, bytes - t->heap_charged, e);
	if (ret == 0)
		t->heap_charged = bytes;
	return ret;
}

static void
put_slot(struct group_table *t, char *row, uint64_t hash)
{
	uint64_t at = hash & t->mask;

	if (t->inlined) {
		struct inline_slot *s = t->slots;

		while (s[at].row != NULL)
			at = (at + 1) & t->mask;
		memcpy(&s[at].key, row, 8);
		s[at].row = row;
	} else {
		uint64_t *s = t->slots;

		while (s[at] != 0)
			at = (at + 1) & t->mask;
		s[at] = (uint64_t)hash_salt(hash) << 48 | (uintptr_t)row;
	}
}

static int
grow_slots(struct group_table *t, uint64_t slots, struct err *e)
{
	size_t bytes = slots * (t->inlined ? 16 : 8);
	void *p = mem_alloc(t->account, bytes, e), *old = t->slots;
	size_t old_bytes = t->slot_bytes;
	uint64_t old_mask = t->mask;

	if (p == NULL)
		return -(int)e->code;
	memset(p, 0, bytes);
	t->slots = p;
	t->slot_bytes = bytes;
	t->mask = slots - 1;
	if (old == NULL)
		return 0;
	for (uint64_t i = 0; i <= old_mask; i++) {
		char *row = t->inlined ? ((struct inline_slot *)old)[i].row
		    : SLOT_ROW(((uint64_t *)old)[i]);
		uint64_t hash;

		if (row == NULL)
			continue;
		hash = t->inlined ? hash_u64(((struct inline_slot *)
		    old)[i].key) : group_row_hash(t, row);
		put_slot(t, row, hash);
	}
	mem_free(t->account, old, old_bytes);
	return 0;
}

int
group_table_reserve(struct group_table *t, uint64_t more, struct err *e)
{
	uint64_t slots = t->slots == NULL ? FIRST_SLOTS : t->mask + 1;

	while ((t->n + more) * 3 > slots * 2)
		slots *= 2;
	if (t->slots != NULL && slots == t->mask + 1)
		return 0;
	return grow_slots(t, slots, e);
}

static int
new_block(struct group_table *t, struct err *e)
{
	uint32_t rows = FIRST_ROWS;
	struct row_block *b;

	if (t->n_blocks > 0)
		rows = t->block[t->n_blocks - 1].cap * 2;
	if (rows < t->n)
		rows = (uint32_t)t->n;
	if (rows < 16)
		rows = 16;
	if (t->n_blocks == t->cap_blocks) {
		t->cap_blocks = t->cap_blocks == 0 ? 8 : t->cap_blocks * 2;
		t->block = xrealloc(t->block, sizeof(*t->block) *
		    (size_t)t->cap_blocks);
	}
	b = &t->block[t->n_blocks];
	b->bytes = (size_t)rows * t->row_bytes;
	/* Whole huge pages, once there are that many rows. */
	if (b->bytes > BLOCK_BYTES / 2)
		b->bytes = rows >= 1 << 20 ? 4 * BLOCK_BYTES : BLOCK_BYTES;
	b->rows = 0;
	b->cap = (uint32_t)(b->bytes / t->row_bytes);
	b->p = mem_alloc(t->account, b->bytes, e);
	if (b->p == NULL)
		return -(int)e->code;
	t->n_blocks++;
	return 0;
}

/* A new row with row i's key, its user part zeroed. */
static inline char *
new_row(struct group_table *t, const struct key_batch *b, uint32_t i,
    uint64_t hash, struct err *e)
{
	struct row_block *last = t->n_blocks == 0 ? NULL
	    : &t->block[t->n_blocks - 1];
	char *row;

	if (last == NULL || last->rows == last->cap) {
		if (new_block(t, e) < 0)
			return NULL;
		last = &t->block[t->n_blocks - 1];
	}
	row = last->p + (size_t)last->rows++ * t->row_bytes;
	if (t->codec->words == 1 && t->codec->saved_bytes == 0)
		memcpy(row, &b->words[i], 8);
	else
		key_store(t->codec, b, i, row, &t->heap);
	memcpy(row + t->hash_at, &hash, 8);
	memset(row + t->user_at, 0, t->row_bytes - t->user_at);
	t->n++;
	return row;
}

static int
make_row(struct group_table *t, const struct group_find *f, uint32_t i,
    uint64_t hash, struct err *e)
{
	struct fresh_rows *fresh = f->fresh;
	char *row = new_row(t, f->batch, i, hash, e);

	if (row == NULL)
		return -(int)e->code;
	fresh->at[fresh->n] = (uint16_t)i;
	fresh->row[fresh->n++] = row;
	return 0;
}

static int
find_inlined(struct group_table *t, const struct group_find *f,
    struct err *e)
{
	struct inline_slot *slots = t->slots;
	const uint64_t *words = f->batch->words, *hash = f->hash;
	const uint16_t *sel = f->sel;
	uint32_t n = f->n;
	char **rows = f->rows;
	uint64_t mask = t->mask;

	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = sel == NULL ? k : sel[k];
		uint64_t at = hash[i] & mask, key = words[i];

		while (slots[at].row != NULL && slots[at].key != key)
			at = (at + 1) & mask;
		if (unlikely(slots[at].row == NULL)) {
			int ret = make_row(t, f, i, hash[i], e);

			if (ret < 0)
				return ret;
			slots[at].key = key;
			slots[at].row = f->fresh->row[f->fresh->n - 1];
		}
		rows[i] = slots[at].row;
	}
	return 0;
}

static inline bool
row_matches(const struct group_table *t, const struct key_batch *b,
    uint32_t i, uint64_t slot, uint16_t salt)
{
	const struct key_codec *c = t->codec;
	const char *row = SLOT_ROW(slot);

	return SLOT_SALT(slot) == salt &&
	    key_words_equal(b->words + (size_t)i * (size_t)c->words,
	    (const void *)row, c->words) &&
	    (!c->verify || key_verify(c, b, i, row));
}

static int
find_pointed(struct group_table *t, const struct group_find *f,
    struct err *e)
{
	uint64_t *slots = t->slots, mask = t->mask;
	const uint64_t *hash = f->hash;

	for (uint32_t k = 0; k < f->n; k++) {
		uint32_t i = f->sel == NULL ? k : f->sel[k];
		uint64_t at = hash[i] & mask;
		uint16_t salt = hash_salt(hash[i]);

		while (slots[at] != 0 && !row_matches(t, f->batch, i, slots[at],
		    salt))
			at = (at + 1) & mask;
		if (unlikely(slots[at] == 0)) {
			int ret = make_row(t, f, i, hash[i], e);

			if (ret < 0)
				return ret;
			slots[at] = (uint64_t)salt << 48 |
			    (uintptr_t)f->fresh->row[f->fresh->n - 1];
		}
		f->rows[i] = SLOT_ROW(slots[at]);
	}
	return 0;
}

/* Rows with a lone NULL: one row for all; the others are left in f, listed
 * in rest. */
static int
find_null(struct group_table *t, struct group_find *f, uint16_t *rest,
    struct err *e)
{
	uint32_t left = 0;

	for (uint32_t k = 0; k < f->n; k++) {
		uint32_t i = f->sel == NULL ? k : f->sel[k];

		if (!bit_get(f->batch->nulls, i)) {
			rest[left++] = (uint16_t)i;
			continue;
		}
		if (t->null_row == NULL) {
			if (make_row(t, f, i, HASH_NULL, e) < 0)
				return -(int)e->code;
			t->null_row = f->fresh->row[f->fresh->n - 1];
		}
		f->rows[i] = t->null_row;
	}
	f->sel = rest;
	f->n = left;
	return 0;
}

/* Equal keys one after another: looks up the first of each run only.  Worth
 * it when runs are at least two long on average. */
static uint32_t
run_heads(const uint64_t *words, uint32_t n, uint16_t *heads)
{
	uint32_t changes = 1, got = 0;

	for (uint32_t i = 1; i < n; i++)
		changes += words[i] != words[i - 1];
	if (changes > n / 2)
		return 0;
	heads[got++] = 0;
	for (uint32_t i = 1; i < n; i++) {
		heads[got] = (uint16_t)i;
		got += words[i] != words[i - 1];
	}
	return got;
}

static bool
is_ascending(const uint64_t *words, uint32_t n)
{
	uint32_t falls = 0;

	for (uint32_t i = 1; i < n; i++)
		falls += words[i] < words[i - 1];
	return falls == 0;
}

bool
group_table_ascends(const struct group_table *t, const struct key_batch *b)
{
	return t->ascending && b->n > 0 && !(t->codec->lone && b->any_null) &&
	    (t->last_row == NULL || b->words[0] >= t->last_key) &&
	    is_ascending(b->words, b->n);
}

static int
find_ascending(struct group_table *t, const struct group_find *f,
    struct err *e)
{
	const uint64_t *words = f->batch->words;
	char *last = t->last_row;
	uint64_t key = t->last_key;

	for (uint32_t i = 0; i < f->n; i++) {
		if (last == NULL || words[i] != key) {
			if (make_row(t, f, i, f->hash[i], e) < 0)
				return -(int)e->code;
			last = f->fresh->row[f->fresh->n - 1];
			key = words[i];
		}
		f->rows[i] = last;
	}
	t->last_row = last;
	t->last_key = key;
	return 0;
}

/* The order has ended: all rows get their slots. */
static int
fill_slots(struct group_table *t, struct err *e)
{
	int ret = group_table_reserve(t, 0, e);

	t->ascending = false;
	for (int b = 0; ret == 0 && b < t->n_blocks; b++)
		for (uint32_t i = 0; i < t->block[b].rows; i++) {
			char *row = t->block[b].p + (size_t)i * t->row_bytes;

			if (row != t->null_row)
				put_slot(t, row, group_row_hash(t, row));
		}
	return ret;
}

int
group_table_find(struct group_table *t, const struct group_find *find,
    struct err *e)
{
	struct group_find f = *find;
	uint16_t picked[PAGE_ROWS];
	uint32_t heads = 0;
	int ret;

	f.fresh->n = 0;
	if (t->ascending) {
		if (f.sel == NULL && group_table_ascends(t, f.batch))
			return find_ascending(t, &f, e);
		if (fill_slots(t, e) < 0)
			return -(int)e->code;
	}
	if (group_table_reserve(t, f.n, e) < 0)
		return -(int)e->code;
	if (t->codec->lone && f.batch->any_null) {
		ret = find_null(t, &f, picked, e);
		if (ret < 0)
			return ret;
	} else if (t->inlined && f.sel == NULL && f.n >= 64) {
		heads = run_heads(f.batch->words, f.n, picked);
		if (heads > 0) {
			f.sel = picked;
			f.n = heads;
		}
	}
	ret = t->inlined ? find_inlined(t, &f, e) : find_pointed(t, &f, e);
	if (ret < 0 || heads == 0)
		return ret;
	for (uint32_t h = 0; h < heads; h++) {
		uint32_t end = h + 1 < heads ? picked[h + 1] : find->n;
		char *row = f.rows[picked[h]];

		for (uint32_t i = picked[h] + 1u; i < end; i++)
			f.rows[i] = row;
	}
	return 0;
}

void
group_table_adopt(struct group_table *t, char *row, uint64_t hash)
{
	t->ascending = false;
	put_slot(t, row, hash);
	t->n++;
}

char *
group_table_lookup(const struct group_table *t, const char *row,
    uint64_t hash)
{
	uint64_t at = hash & t->mask;

	if (t->inlined) {
		const struct inline_slot *s = t->slots;
		uint64_t key;

		memcpy(&key, row, 8);
		while (s[at].row != NULL && s[at].key != key)
			at = (at + 1) & t->mask;
		return s[at].row;
	}
	const uint64_t *s = t->slots;
	const struct key_codec *c = t->codec;

	for (; s[at] != 0; at = (at + 1) & t->mask) {
		const char *other = SLOT_ROW(s[at]);

		if (SLOT_SALT(s[at]) == hash_salt(hash) &&
		    key_words_equal((const void *)row, (const void *)other,
		    c->words) && (!c->verify ||
		    key_verify_stored(c, row, other)))
			return (char *)other;
	}
	return NULL;
}
