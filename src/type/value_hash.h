/* SPDX-License-Identifier: Apache-2.0
 * value_hash.h - the hash of a non-NULL value, by layout, for loops over
 * vectors.  value_hash() (value.h) picks among these; all nodes must agree.
 *
 * Integers, dates, short decimals and times hash as their 64-bit values, so
 * that widening does not change a hash.  Times with a zone hash by instant. */
#ifndef TYPE_VALUE_HASH_H
#define TYPE_VALUE_HASH_H

#include "base/hash.h"
#include "type/time_math.h"
#include "type/type.h"

static inline uint64_t
hash_i64(int64_t x)
{
	return hash_u64((uint64_t)x);
}

/* Signs of zero and payloads of NaN do not count. */
static inline uint64_t
hash_f64(double d)
{
	uint64_t bits;

	if (d == 0)
		d = 0;
	memcpy(&bits, &d, sizeof(bits));
	return hash_u64(d == d ? bits : UINT64_C(0x7ff8000000000000));
}

static inline uint64_t
hash_f32(float f)
{
	uint32_t bits;

	if (f == 0)
		f = 0;
	memcpy(&bits, &f, sizeof(bits));
	return hash_u64(f == f ? bits : 0x7fc00000u);
}

static inline uint64_t
hash_i128(int128 x)
{
	return hash_combine(hash_u64((uint64_t)x),
	    hash_u64((uint64_t)(x >> 64)));
}

static inline uint64_t
hash_b16(const void *p)
{
	uint64_t word[2];

	memcpy(word, p, sizeof(word));
	return hash_combine(hash_u64(word[0]), hash_u64(word[1]));
}

static inline uint64_t
hash_view(const struct strview *v)
{
	struct str s = strview_str(v);

	return hash_bytes(s.p, s.n);
}

/* timestamp(p > 6) */
static inline uint64_t
hash_timestamp(struct long_time t)
{
	return hash_combine(hash_i64(t.hi), hash_i64(t.lo));
}

/* timestamp(p <= 3) with time zone */
static inline uint64_t
hash_zoned(int64_t packed)
{
	return hash_i64(zoned_millis(packed));
}

/* timestamp(p > 3) with time zone */
static inline uint64_t
hash_long_zoned(struct long_time t)
{
	return hash_combine(hash_zoned(t.hi), hash_i64(t.lo));
}

static inline uint64_t
hash_time_tz(struct long_time t)
{
	return hash_i64(time_tz_key(t));
}

#endif
