/* SPDX-License-Identifier: Apache-2.0
 * text.h - the 300 MB of pseudo text from which all comments are cut.
 *
 * The text is one long sequence of random sentences, but its random state is
 * known every TEXT_BLOCK bytes (text_seeds.c), so blocks are written when they
 * are first needed, by whoever needs them, into one run of memory.  What is
 * written stays: strings point into it. */
#ifndef CONN_TPCH_TEXT_H
#define CONN_TPCH_TEXT_H

#include <stdint.h>

#include "mem/buf.h"

enum {
	TEXT_SIZE = 300 * 1024 * 1024,
	TEXT_BLOCK = 32 * 1024,
	TEXT_BLOCKS = TEXT_SIZE / TEXT_BLOCK,
	TEXT_SENTENCE_MAX = 512,
	TEXT_SEED = 933588178,
	TEXT_DRAWS_BASE = 4600,  /* no block has fewer draws */
};

/* Four characters a block: six bits each, from '0' on with '\\' left out; the
 * first two are the draws of the block less the base, the others where its
 * first sentence starts behind the block's border. */
extern const char *const text_seeds[];
enum { TEXT_SEEDS_PER_LINE = 16 };

/* Words by weight, ready to be drawn. */
struct text_words;
struct text_words *text_words_new(void);
/* Appends one sentence at `to` (TEXT_SENTENCE_MAX bytes of room); returns its
 * end and counts draws. */
char *text_sentence(const struct text_words *w, uint32_t *seed, char *to,
    uint32_t *draws);

struct text_pool;               /* any thread */

/* huge: most of it will be needed. */
struct text_pool *text_pool_new(bool huge);
void text_pool_free(struct text_pool **p);
/* The whole text as a buffer that strings may refer to; borrowed. */
struct buf *text_pool_buf(struct text_pool *p);
/* The text from `at`, of which n bytes are made to be there. */
const char *text_at(struct text_pool *p, uint32_t at, uint32_t n);

#endif
