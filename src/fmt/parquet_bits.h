/* SPDX-License-Identifier: Apache-2.0
 * parquet_bits.h - bit-packed numbers, and Parquet's mix of runs and
 * bit-packed groups (levels, dictionary indices, booleans).
 *
 * All readers may touch BITS_OVERREAD bytes behind the end they were given:
 * pages lie in buffers with padding. */
#ifndef FMT_PARQUET_BITS_H
#define FMT_PARQUET_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BITS_OVERREAD = 16 };

static inline uint64_t
load_u64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint32_t
load_u32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* Numbers of `width` (0..32) bits, from..from+n of those that start at p. */
void bits_unpack32(const uint8_t *p, int width, uint32_t from, uint32_t n,
    uint32_t *out);
/* The same with 0..64 bits. */
void bits_unpack64(const uint8_t *p, int width, uint32_t from, uint32_t n,
    uint64_t *out);
/* n bits from bit `from` of src to bit `to` of map; the bits of map behind
 * are unspecified.  map has room for to + n bits in whole words. */
void bits_copy(uint64_t *map, uint32_t to, const uint8_t *src, uint32_t from,
    uint32_t n);
/* Sets or clears n bits at `to`, the rest as bits_copy. */
void bits_set(uint64_t *map, uint32_t to, uint32_t n, bool value);

struct rle {
	const uint8_t *p, *end;
	int width;              /* bits of a number */
	bool packed;            /* the current run */
	bool bad;               /* a run's header cannot be read */
	uint32_t left;          /* numbers left in the run */
	uint32_t value;         /* a repeated one */
	const uint8_t *bits;    /* packed: where the group starts */
	uint32_t at;            /* packed: the next number in it */
};

void rle_init(struct rle *r, const uint8_t *p, const uint8_t *end,
    int width);
/* Bits without run headers, `n` numbers. */
void rle_init_packed(struct rle *r, const uint8_t *p, int width, uint32_t n);
/* Makes left > 0; false: there is no more (or r->bad). */
bool rle_more(struct rle *r);
/* The next n numbers; returns how many there were. */
uint32_t rle_read(struct rle *r, uint32_t *out, uint32_t n);
uint32_t rle_skip(struct rle *r, uint32_t n);
/* width 1: the next n as bits of map from bit `to`; adds the ones to *ones. */
uint32_t rle_read_bits(struct rle *r, uint64_t *map, uint32_t to, uint32_t n,
    uint32_t *ones);
/* width 1: skips, adding the ones to *ones. */
uint32_t rle_skip_bits(struct rle *r, uint32_t n, uint32_t *ones);
/* The length of the run of one value that comes next, at most n (0: none). */
uint32_t rle_repeat(struct rle *r, uint32_t n, uint32_t *value);

#endif
