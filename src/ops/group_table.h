/* SPDX-License-Identifier: Apache-2.0
 * group_table.h - a hash table from keys to rows that never move: the groups
 * of an aggregation, the rows of a distinct.
 *
 * A row is: the key's words, its saved bytes, its hash, then room for the
 * user (aggregation states).  With one-word keys the slots hold the key
 * itself; otherwise salt and pointer.  One thread at a time. */
#ifndef OPS_GROUP_TABLE_H
#define OPS_GROUP_TABLE_H

#include "mem/pool.h"
#include "ops/key_codec.h"

struct row_block {
	char *p;
	size_t bytes;
	uint32_t rows, cap;
};

struct group_table {
	const struct key_codec *codec;
	struct mem_account *account;
	uint32_t row_bytes, hash_at, user_at;
	bool inlined;           /* slots hold the key */
	void *slots;
	size_t slot_bytes;
	uint64_t mask;          /* slots - 1 */
	uint64_t n;             /* rows, that of a lone NULL included */
	struct row_block *block;
	int n_blocks, cap_blocks;
	struct arena heap;      /* long strings; states' variable parts */
	size_t heap_charged;
	char *null_row;         /* of a lone NULL; NULL: none yet */
	/* While keys came in ascending order only the last row can match: the
	 * slots are left empty (slots NULL). */
	bool ascending;
	uint64_t last_key;
	char *last_row;
};

struct inline_slot {
	uint64_t key;
	char *row;
};

/* user_bytes: a multiple of 8; zeroed in new rows. */
void group_table_init(struct group_table *t, const struct key_codec *c,
    uint32_t user_bytes, struct mem_account *account);
/* Frees all; empty and usable afterwards. */
void group_table_clear(struct group_table *t);

/* Rows that were made by a call. */
struct fresh_rows {
	uint32_t n;
	char *row[PAGE_ROWS];
	uint16_t at[PAGE_ROWS]; /* the batch's row that made it */
};

/* A look-up of keys sel[0..n) of a batch (NULL: all n). */
struct group_find {
	const struct key_batch *batch;
	const uint64_t *hash;   /* of the batch's rows */
	const uint16_t *sel;
	uint32_t n;
	char **rows;            /* out: the row of key i at [i] */
	struct fresh_rows *fresh; /* out: rows that were made */
};

/* Every key's row, found or made. */
int group_table_find(struct group_table *t, const struct group_find *f,
    struct err *e);
/* Do the batch's rows go on in ascending order, so that no look-up is
 * needed? */
bool group_table_ascends(const struct group_table *t,
    const struct key_batch *b);
/* Takes in a row of another table of the same layout whose key is not here;
 * there must be room (group_table_reserve). */
void group_table_adopt(struct group_table *t, char *row, uint64_t hash);
/* The row here with the same key as the stored one; NULL: none. */
char *group_table_lookup(const struct group_table *t, const char *row,
    uint64_t hash);
/* Room for `more` rows' slots. */
int group_table_reserve(struct group_table *t, uint64_t more, struct err *e);
/* Charges what the heap has grown by. */
int group_table_charge(struct group_table *t, struct err *e);
size_t group_table_bytes(const struct group_table *t);

static inline uint64_t
group_row_hash(const struct group_table *t, const char *row)
{
	uint64_t h;

	memcpy(&h, row + t->hash_at, sizeof(h));
	return h;
}

#endif
