/* SPDX-License-Identifier: Apache-2.0
 * key_codec.h - key columns as words: rows with equal keys (IS NOT DISTINCT
 * FROM) have equal words, so that tables hash and compare whole words,
 * whatever the types.
 *
 * Small fixed-width values share a word.  A string takes two words: length
 * with prefix, and the rest when it is short or else its hash; equal words of
 * long strings are verified against the bytes.  Arrays, maps and rows become
 * canonical byte strings.  A single 64-bit key has no room for NULL in its
 * word: such rows are named in key_batch.nulls. */
#ifndef OPS_KEY_CODEC_H
#define OPS_KEY_CODEC_H

#include "base/arena.h"
#include "page/build.h"

enum key_form {
	KEY_FIXED,              /* up to 8 bytes, exact */
	KEY_FLOAT,              /* with one NaN and one zero */
	KEY_WIDE,               /* 16 bytes, exact */
	KEY_STRING,             /* two words; saved: pointer to long bytes */
	KEY_ZONED,              /* 8 bytes; saved: the value with its zone */
	KEY_WIDE_ZONED,         /* 16 bytes; saved: the value */
	KEY_NESTED,             /* as a string; saved: pointer to the bytes */
};

struct key_column {
	const struct type *type;
	enum key_form form;
	int width;              /* bytes of a value */
	int word, shift;        /* where the value starts */
	int null_word, null_shift; /* the bit that says NULL; word -1: none */
	int saved;              /* offset in the saved bytes; -1: nothing */
	bool alone;             /* the only one, in one word, without bits */
	bool null_safe;         /* not counted in key_batch.any_nulls */
};

struct key_codec {
	int n;
	struct key_column *column;
	int words;              /* of a key */
	int saved_bytes;        /* of a key, behind the words */
	bool lone;              /* one 64-bit key that may be NULL */
	bool verify;            /* equal words may lie: strings */
};

/* The keys of one page. */
struct key_batch {
	uint32_t n;
	int columns;
	uint64_t *words;        /* n * codec->words, row by row */
	bool any_null;          /* lone: nulls[] says which */
	uint64_t nulls[BITMAP_WORDS];
	uint64_t *any_nulls;    /* wanted by joins: a NULL in a column that is
				 * not null safe; bitmap; or NULL */
	struct vec **col;       /* borrowed */
	/* Canonical bytes of nested columns, by column and row. */
	struct strview **nested;
	struct arena nested_heap;
};

/* nulls false: NULLs never reach a table, no bits are spent on them. */
void key_codec_init(struct key_codec *c, const struct type *const *types,
    int n, bool nulls);
void key_codec_release(struct key_codec *c);
void key_batch_init(struct key_batch *b, const struct key_codec *c);
void key_batch_release(struct key_batch *b);

/* Encodes rows 0..n-1 (at most PAGE_ROWS) of the columns col[0..c->n). */
void key_encode(const struct key_codec *c, struct key_batch *b,
    struct vec **col, uint32_t n);
void key_hash(const struct key_codec *c, const struct key_batch *b,
    uint64_t *hash);
uint64_t key_hash_one(const uint64_t *words, int n);

/* Row i's key is written at `key` (words, then saved bytes); what must last
 * is copied into heap. */
void key_store(const struct key_codec *c, const struct key_batch *b,
    uint32_t i, char *key, struct arena *heap);
/* Do long strings of row i really equal those of the stored key?  Their
 * words are equal. */
bool key_verify(const struct key_codec *c, const struct key_batch *b,
    uint32_t i, const char *key);
/* The same of two stored keys. */
bool key_verify_stored(const struct key_codec *c, const char *x,
    const char *y);

/* Column k of the stored keys at rows[0..n); null_row (may be NULL) is the
 * row of a lone NULL. */
struct vec *key_decode(const struct key_codec *c, int k, char *const *rows,
    uint32_t n, const char *null_row, struct mem_account *account,
    struct err *e);

/* Canonical bytes of a value of any type; equal values, equal bytes. */
void key_bytes_add(struct sbuf *to, const struct vec *v, uint32_t i);
/* Appends the value; bytes are our own. */
int key_bytes_read(const unsigned char **at, struct vec_builder *to,
    struct err *e);

static inline bool
key_words_equal(const uint64_t *x, const uint64_t *y, int n)
{
	uint64_t diff = 0;

	for (int i = 0; i < n; i++)
		diff |= x[i] ^ y[i];
	return diff == 0;
}

#endif
