/* SPDX-License-Identifier: Apache-2.0
 * digest_hash.c - SpookyHash V2 (Bob Jenkins) and MurmurHash3 (Austin
 * Appleby), both in the public domain as designs. */
#include "func/digest.h"

#define SPOOKY_CONST UINT64_C(0xdeadbeefdeadbeef)
enum { SPOOKY_VARS = 12, SPOOKY_BLOCK = 96, SPOOKY_SHORT = 192 };

static inline uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline uint64_t
read64(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* The first n (< 9) bytes as a little-endian number. */
static uint64_t
read_part(const char *p, size_t n)
{
	uint64_t x = 0;

	memcpy(&x, p, n);
	return x;
}

static void
spooky_short_mix(uint64_t h[4])
{
	static const uint8_t by[] = { 50, 52, 30, 41, 54, 48, 38, 37, 62, 34,
		5, 36 };

	for (int k = 0; k < 12; k++) {
		int a = (k + 2) & 3;

		h[a] = rotate(h[a], by[k]) + h[(a + 1) & 3];
		h[(a + 2) & 3] ^= h[a];
	}
}

static void
spooky_short_end(uint64_t h[4])
{
	static const uint8_t by[] = { 15, 52, 26, 51, 28, 9, 47, 54, 32, 25,
		63 };

	for (int k = 0; k < 11; k++) {
		int a = (k + 3) & 3, b = (k + 2) & 3;

		h[a] ^= h[b];
		h[b] = rotate(h[b], by[k]);
		h[a] += h[b];
	}
}

static uint64_t
spooky_short(const char *p, size_t length)
{
	uint64_t h[4] = { 0, 0, SPOOKY_CONST, SPOOKY_CONST };
	size_t n = length;

	for (; n >= 32; n -= 32, p += 32) {
		h[2] += read64(p);
		h[3] += read64(p + 8);
		spooky_short_mix(h);
		h[0] += read64(p + 16);
		h[1] += read64(p + 24);
	}
	if (n >= 16) {
		h[2] += read64(p);
		h[3] += read64(p + 8);
		spooky_short_mix(h);
		p += 16;
		n -= 16;
	}
	h[3] += (uint64_t)length << 56;
	if (n == 0) {
		h[2] += SPOOKY_CONST;
		h[3] += SPOOKY_CONST;
	} else if (n < 8) {
		h[2] += read_part(p, n);
	} else {
		h[2] += read64(p);
		h[3] += read_part(p + 8, n - 8);
	}
	spooky_short_end(h);
	return h[0];
}

static void
spooky_mix(uint64_t h[SPOOKY_VARS], const char *p)
{
	static const uint8_t by[] = { 11, 32, 43, 31, 17, 28, 39, 57, 55, 54,
		22, 46 };

	for (int k = 0; k < SPOOKY_VARS; k++) {
		int before = (k + 11) % 12;

		h[k] += read64(p + 8 * k);
		h[(k + 2) % 12] ^= h[(k + 10) % 12];
		h[before] ^= h[k];
		h[k] = rotate(h[k], by[k]);
		h[before] += h[(k + 1) % 12];
	}
}

static void
spooky_end(uint64_t h[SPOOKY_VARS])
{
	static const uint8_t by[] = { 44, 15, 34, 21, 38, 33, 10, 13, 38, 53,
		42, 54 };

	for (int k = 0; k < SPOOKY_VARS; k++) {
		int a = (k + 11) % 12, b = (k + 1) % 12;

		h[a] += h[b];
		h[(k + 2) % 12] ^= h[a];
		h[b] = rotate(h[b], by[k]);
	}
}

uint64_t
spooky_hash64(struct str s)
{
	uint64_t h[SPOOKY_VARS];
	char block[SPOOKY_BLOCK] = { 0 };

	if (s.n < SPOOKY_SHORT)
		return spooky_short(s.p, s.n);
	for (int k = 0; k < SPOOKY_VARS; k++)
		h[k] = k % 3 == 2 ? SPOOKY_CONST : 0;
	for (; s.n >= SPOOKY_BLOCK; s.n -= SPOOKY_BLOCK, s.p += SPOOKY_BLOCK)
		spooky_mix(h, s.p);
	memcpy(block, s.p, s.n);
	block[SPOOKY_BLOCK - 1] = (char)s.n;
	for (int k = 0; k < SPOOKY_VARS; k++)
		h[k] += read64(block + 8 * k);
	for (int k = 0; k < 3; k++)
		spooky_end(h);
	return h[0];
}

static uint64_t
murmur_finish(uint64_t k)
{
	k = (k ^ k >> 33) * UINT64_C(0xff51afd7ed558ccd);
	k = (k ^ k >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return k ^ k >> 33;
}

void
murmur3_128(struct str s, uint64_t out[2])
{
	const uint64_t c1 = UINT64_C(0x87c37b91114253d5);
	const uint64_t c2 = UINT64_C(0x4cf5ad432745937f);
	uint64_t h1 = 0, h2 = 0, length = s.n;

	for (; s.n >= 16; s.n -= 16, s.p += 16) {
		h1 ^= rotate(read64(s.p) * c1, 31) * c2;
		h1 = (rotate(h1, 27) + h2) * 5 + 0x52dce729;
		h2 ^= rotate(read64(s.p + 8) * c2, 33) * c1;
		h2 = (rotate(h2, 31) + h1) * 5 + 0x38495ab5;
	}
	if (s.n > 8)
		h2 ^= rotate(read_part(s.p + 8, s.n - 8) * c2, 33) * c1;
	if (s.n > 0)
		h1 ^= rotate(read_part(s.p, s.n < 8 ? s.n : 8) * c1, 31) * c2;
	h1 ^= length;
	h2 ^= length;
	h1 += h2;
	h2 += h1;
	h1 = murmur_finish(h1);
	h2 = murmur_finish(h2);
	h1 += h2;
	h2 += h1;
	out[0] = h1;
	out[1] = h2;
}
