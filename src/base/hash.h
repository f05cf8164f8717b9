/* SPDX-License-Identifier: Apache-2.0
 * hash.h - the engine's 64-bit hashes: the same on every CPU and node.
 *
 * How the bits of a row's hash are used, so that the uses stay independent:
 *      63..56  exchange: logical partition (256)
 *      55..48  radix partition of a shared structure
 *      47..32  salt kept in a table's slot
 *      31..0   slot
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of a NULL of any type. */
#define HASH_NULL UINT64_C(0x9ae16a3b2f90404f)

static inline uint32_t
hash_exchange_partition(uint64_t h)
{
	return (uint32_t)(h >> 56);
}

static inline uint32_t
hash_radix(uint64_t h, int bits)
{
	return bits == 0 ? 0
	    : (uint32_t)(h >> (56 - bits)) & ((1u << bits) - 1);
}

static inline uint16_t
hash_salt(uint64_t h)
{
	return (uint16_t)(h >> 32);
}

/* Two rounds of multiply and fold (the finaliser of MurmurHash3's family;
 * constants: David Stafford's "mix 13"). */
static inline uint64_t
hash_u64(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x;
}

/* The hash of several columns: fold them in from left to right. */
static inline uint64_t
hash_combine(uint64_t h, uint64_t next)
{
	return hash_u64(h * UINT64_C(0x9e3779b97f4a7c15) + next);
}

/* xxh3 with seed 0. */
uint64_t hash_bytes(const void *p, size_t n);

#endif
