/* SPDX-License-Identifier: Apache-2.0
 * text.c - making pseudo text by TPC-H's grammar, block by block on demand. */
#include "conn/tpch/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/check.h"
#include "base/str.h"
#include "conn/tpch/rng.h"
#include "conn/tpch/words.h"

enum { WORD_MAX = 23, LOCKS = 64 };

/* A word with the blank behind it. */
struct word {
	char text[WORD_MAX];
	uint8_t n;
};

/* index[v] is the word for the value v of a draw; total: the draw's range. */
struct bag {
	struct word words[64];
	uint8_t index[512];
	uint32_t total;
};

struct text_words {
	struct bag nouns, verbs, adverbs, prepositions, auxiliaries,
	    terminators, adjectives;
};

static void
bag_fill(struct bag *b, const struct tpch_word *w, int n, const char *tail)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(w[i].text), more = strlen(tail);

		CHECK(len + more <= WORD_MAX);
		memcpy(b->words[i].text, w[i].text, len);
		memcpy(b->words[i].text + len, tail, more);
		b->words[i].n = (uint8_t)(len + more);
		for (int k = 0; k < w[i].weight; k++) {
			CHECK(b->total < sizeof(b->index));
			b->index[b->total++] = (uint8_t)i;
		}
	}
}

struct text_words *
text_words_new(void)
{
	struct text_words *w = xcalloc(1, sizeof(*w));

	bag_fill(&w->nouns, tpch_nouns, TPCH_NOUNS, " ");
	bag_fill(&w->verbs, tpch_verbs, TPCH_VERBS, " ");
	bag_fill(&w->adverbs, tpch_adverbs, TPCH_ADVERBS, " ");
	bag_fill(&w->prepositions, tpch_prepositions, TPCH_PREPOSITIONS,
	    " the ");
	bag_fill(&w->auxiliaries, tpch_auxiliaries, TPCH_AUXILIARIES, " ");
	bag_fill(&w->terminators, tpch_terminators, TPCH_TERMINATORS, " ");
	bag_fill(&w->adjectives, tpch_adjectives, TPCH_ADJECTIVES, " ");
	return w;
}

/* Where the next word goes and the random state. */
struct pen {
	char *to;
	uint32_t seed, draws;
};

static inline uint32_t
draw(struct pen *p, uint32_t range)
{
	p->seed = rng_mul(p->seed, RNG_MULTIPLIER);
	p->draws++;
	return rng_small(p->seed, range);
}

/* Writes up to a word's full room: the text is cut to size at the end. */
static inline void
write_word(struct pen *p, const struct bag *b)
{
	const struct word *w = &b->words[b->index[draw(p, b->total)]];

	memcpy(p->to, w->text, WORD_MAX);
	p->to += w->n;
}

static void
noun_phrase(struct pen *p, const struct text_words *w)
{
	uint32_t kind = draw(p, 90);

	if (kind < 10) {
		/* N */
	} else if (kind < 30) {         /* J N */
		write_word(p, &w->adjectives);
	} else if (kind < 40) {         /* J, J N */
		write_word(p, &w->adjectives);
		p->to[-1] = ',';
		*p->to++ = ' ';
		write_word(p, &w->adjectives);
	} else {                        /* D J N */
		write_word(p, &w->adverbs);
		write_word(p, &w->adjectives);
	}
	write_word(p, &w->nouns);
}

static void
verb_phrase(struct pen *p, const struct text_words *w)
{
	uint32_t kind = draw(p, 72);

	if (kind == 30 || kind == 71)   /* X V, X V D */
		write_word(p, &w->auxiliaries);
	write_word(p, &w->verbs);
	if (kind > 30)                  /* V D, X V D */
		write_word(p, &w->adverbs);
}

static void
preposition(struct pen *p, const struct text_words *w)
{
	write_word(p, &w->prepositions);
	noun_phrase(p, w);
}

char *
text_sentence(const struct text_words *w, uint32_t *seed, char *to,
    uint32_t *draws)
{
	struct pen p = { to, *seed, 0 };
	uint32_t kind = draw(&p, 11);

	/* N V, N V P, N V N, N P V N, N P V P, each with a terminator. */
	noun_phrase(&p, w);
	if (kind >= 9)
		preposition(&p, w);
	verb_phrase(&p, w);
	if ((kind >= 3 && kind < 6) || kind == 10)
		preposition(&p, w);
	else if (kind >= 6)
		noun_phrase(&p, w);
	p.to--;
	write_word(&p, &w->terminators);
	*seed = p.seed;
	*draws += p.draws;
	return p.to;
}

struct text_pool {
	struct text_words *words;
	struct buf *buf;
	uint32_t *seed, *start; /* TEXT_BLOCKS + 1: before and where the
				 * first sentence of a block is */
	atomic_uchar *ready;    /* a block is there */
	pthread_mutex_t locks[LOCKS];
};

static uint32_t
seed_digit(uint32_t block, int i)
{
	char c = text_seeds[block / TEXT_SEEDS_PER_LINE]
	    [block % TEXT_SEEDS_PER_LINE * 4 + (uint32_t)i];

	return (uint32_t)(c - '0') - (c > '\\');
}

static void
read_seeds(struct text_pool *p)
{
	uint32_t seed = TEXT_SEED;

	p->seed = xmalloc((TEXT_BLOCKS + 1) * sizeof(*p->seed));
	p->start = xmalloc((TEXT_BLOCKS + 1) * sizeof(*p->start));
	for (uint32_t i = 0; i < TEXT_BLOCKS; i++) {
		p->seed[i] = seed;
		p->start[i] = i * TEXT_BLOCK + seed_digit(i, 2) * 64 +
		    seed_digit(i, 3);
		seed = rng_mul(seed, rng_power(TEXT_DRAWS_BASE +
		    seed_digit(i, 0) * 64 + seed_digit(i, 1)));
	}
	p->seed[TEXT_BLOCKS] = 0;
	p->start[TEXT_BLOCKS] = TEXT_SIZE;
}

static void
unmap(void *arg, uint8_t *data, size_t size)
{
	munmap(data, size + BUF_PAD);
}

struct text_pool *
text_pool_new(bool huge)
{
	struct text_pool *p = xcalloc(1, sizeof(*p));
	/* Only pages that are written take memory. */
	void *map = mmap(NULL, TEXT_SIZE + BUF_PAD, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(map != MAP_FAILED);
	if (huge)
		(void)madvise(map, TEXT_SIZE, MADV_HUGEPAGE);
	p->buf = buf_wrap(NULL, map, TEXT_SIZE, unmap, NULL, NULL);
	p->words = text_words_new();
	p->ready = xcalloc(TEXT_BLOCKS, 1);
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&p->locks[i], NULL);
	read_seeds(p);
	return p;
}

void
text_pool_free(struct text_pool **pp)
{
	struct text_pool *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	buf_drop(&p->buf);
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&p->locks[i]);
	free(p->words);
	free(p->seed);
	free(p->start);
	free((void *)p->ready);
	free(p);
}

struct buf *
text_pool_buf(struct text_pool *p)
{
	return p->buf;
}

static void
write_block(struct text_pool *p, uint32_t block)
{
	char room[TEXT_BLOCK + 2 * TEXT_SENTENCE_MAX + WORD_MAX];
	uint32_t n = p->start[block + 1] - p->start[block];
	uint32_t seed = p->seed[block], draws = 0;
	char *to = room;

	while ((size_t)(to - room) < n)
		to = text_sentence(p->words, &seed, to, &draws);
	/* The text ends in the middle of its last sentence. */
	CHECK((size_t)(to - room) == n || block == TEXT_BLOCKS - 1);
	memcpy(p->buf->data + p->start[block], room, n);
}

static void
need_block(struct text_pool *p, uint32_t block)
{
	pthread_mutex_t *lock = &p->locks[block % LOCKS];

	if (likely(atomic_load_explicit(&p->ready[block],
	    memory_order_acquire)))
		return;
	pthread_mutex_lock(lock);
	if (!atomic_load_explicit(&p->ready[block], memory_order_relaxed)) {
		write_block(p, block);
		atomic_store_explicit(&p->ready[block], 1,
		    memory_order_release);
	}
	pthread_mutex_unlock(lock);
}

const char *
text_at(struct text_pool *p, uint32_t at, uint32_t n)
{
	uint32_t first = at / TEXT_BLOCK;
	uint32_t last = (at + n - 1) / TEXT_BLOCK;

	first -= at < p->start[first];
	last -= at + n - 1 < p->start[last];
	need_block(p, first);
	if (last != first)
		need_block(p, last);
	return (const char *)p->buf->data + at;
}
