/* SPDX-License-Identifier: Apache-2.0
 * join_table.h - from keys to build rows.
 *
 *   dense   one integer key in a small range: an array by key
 *   set     the same when only existence matters: a bitmap
 *   inline  keys of one word: open addressing, the key in the slot
 *   pointed longer keys: salt and row in the slot, words beside
 *
 * Rows with equal keys are a run of order[] (dense) or a chain of next[].
 * Immutable once built. */
#ifndef OPS_JOIN_TABLE_H
#define OPS_JOIN_TABLE_H

#include "mem/pool.h"
#include "ops/key_codec.h"

enum join_table_form {
	TABLE_EMPTY, TABLE_DENSE, TABLE_SET, TABLE_INLINE, TABLE_POINTED,
};

struct join_slot {
	uint64_t key;
	uint32_t head;          /* row + 1; 0: empty slot */
	uint32_t zero;
};

struct join_table {
	enum join_table_form form;
	struct key_codec codec;
	struct mem_account *account;
	uint32_t rows;          /* of the build side */
	uint32_t keyed;         /* of these, without a NULL that never matches */
	bool unique;            /* no two rows with equal keys */
	struct vec **col;       /* key columns, whole; borrowed */
	/* DENSE, SET */
	int64_t min;
	uint64_t span;          /* max - min */
	/* DENSE: unique: row + 1 by key - min, else where its run starts in
	 * order[] (the next entry is where it ends) */
	uint32_t *head;
	uint32_t *order;
	uint64_t *bits;
	/* INLINE: struct join_slot; POINTED: salt above, row + 1 below */
	void *slots;
	uint64_t mask;
	uint32_t *next;         /* row + 1 of the next with this key; or NULL */
	uint64_t *words;        /* POINTED: of each row */
	size_t head_bytes, order_bytes, bits_bytes, slot_bytes, next_bytes,
	    word_bytes;
};

struct join_keys {
	int n;
	struct vec **col;       /* must stay while the table is */
	const struct type *const *types;
	const bool *null_safe;  /* NULL: none is */
	bool set_only;          /* the probe asks for existence only */
};
int join_table_build(struct join_table *t, const struct join_keys *keys,
    struct mem_account *account, struct err *e);
void join_table_release(struct join_table *t);

/* One prober's scratch. */
struct join_probe_keys {
	struct key_batch batch;
	uint64_t nulls[BITMAP_WORDS]; /* rows with a NULL that never matches */
	uint64_t hash[PAGE_ROWS];
	bool ready;
};
void join_probe_keys_release(struct join_probe_keys *k);

/* head[i]: 0 when no build row has row i's keys, else where its matches
 * start: see join_table_first().  col: the page's key columns. */
void join_table_probe(const struct join_table *t, struct join_probe_keys *k,
    struct vec **col, uint32_t n, uint32_t *head);

/* Walking the matches of a head that is not 0: row is what the head names;
 * more is 0 when it was the last. */
struct join_cursor {
	uint32_t at, end;
};
static inline struct join_cursor
join_table_first(const struct join_table *t, uint32_t head)
{
	if (t->form == TABLE_DENSE && !t->unique)
		return (struct join_cursor){ t->head[head - 1],
		    t->head[head] };
	return (struct join_cursor){ head, 0 };
}
/* The row at the cursor, which moves on; call while !join_cursor_done(). */
static inline uint32_t
join_table_next(const struct join_table *t, struct join_cursor *c)
{
	uint32_t row;

	if (t->form == TABLE_DENSE && !t->unique)
		return t->order[c->at++];
	row = c->at - 1;
	c->at = t->next == NULL ? 0 : t->next[row];
	return row;
}
static inline bool
join_cursor_done(const struct join_table *t, const struct join_cursor *c)
{
	if (t->form == TABLE_DENSE && !t->unique)
		return c->at == c->end;
	return c->at == 0;
}

#endif
