/* SPDX-License-Identifier: Apache-2.0
 * agg_hash.c - hashes of values of all types; see agg_hash.h. */
#pragma GCC optimize("O3")
#include "func/agg_hash.h"

#include <xxhash.h>

#include "type/time_math.h"

/* Fields of rows hash otherwise, and all that is inside of them. */
enum how { HASH_XX, HASH_FIELD };

static uint64_t hash_value(const struct vec *v, uint32_t i, enum how how);

static inline uint64_t
hash_word(uint64_t x, enum how how)
{
	if (how == HASH_XX)
		return xxhash64_u64(x);
	x *= UINT64_C(0xc2b2ae3d27d4eb4f);
	return (x << 31 | x >> 33) * UINT64_C(0x9e3779b185ebca87);
}

static uint64_t
double_word(double d)
{
	uint64_t bits;

	if (d == 0)
		d = 0;
	memcpy(&bits, &d, sizeof(bits));
	return d == d ? bits : UINT64_C(0x7ff8000000000000);
}

static uint64_t
real_word(float f)
{
	int32_t bits;

	if (f == 0)
		f = 0;
	memcpy(&bits, &f, sizeof(bits));
	return (uint64_t)(f == f ? bits : 0x7fc00000);
}

static uint64_t
hash_128(const struct type *t, const void *p, enum how how)
{
	struct long_time lt;
	uint64_t word[2];

	memcpy(word, p, sizeof(word));
	memcpy(&lt, p, sizeof(lt));
	switch (t->id) {
	case TYPE_TIMESTAMP:
		return xxhash64_u64((uint64_t)lt.hi) ^
		    xxhash64_u64((uint64_t)lt.lo);
	case TYPE_TIMESTAMP_TZ:
		return xxhash64_u64((uint64_t)zoned_millis(lt.hi)) ^
		    xxhash64_u64((uint64_t)lt.lo);
	case TYPE_TIME_TZ:
		return hash_word((uint64_t)time_tz_key(lt) /
		    (t->precision <= 9 ? 1000 : 1), how);
	default:
		return xxhash64_u64(word[0]) ^ xxhash64_u64(word[1]);
	}
}

static uint64_t
hash_or_zero(const struct vec *v, uint32_t i, enum how how)
{
	return vec_is_null(v, i) ? 0 : hash_value(v, i, how);
}

static uint64_t
hash_list(const struct vec *v, uint32_t i, enum how how)
{
	const struct vec *values = vec_values(v);
	struct list_ref ref;
	uint64_t hash = 0;

	memcpy(&ref, vec_at(v, i), sizeof(ref));
	for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++)
		if (values->n_child == 2)
			hash += hash_or_zero(values->child[0], k, how) ^
			    hash_or_zero(values->child[1], k, how);
		else
			hash = hash * 31 + hash_or_zero(values->child[0], k,
			    how);
	return hash;
}

static uint64_t
hash_row(const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	uint32_t at = vec_slot(v, i);
	uint64_t hash = 1;

	for (int k = 0; k < values->n_child; k++)
		hash = hash * 31 + hash_or_zero(values->child[k], at,
		    HASH_FIELD);
	return hash;
}

static uint64_t
hash_value(const struct vec *v, uint32_t i, enum how how)
{
	const void *p = v->type->rep == REP_ROW ? NULL : vec_at(v, i);
	struct str s;
	int64_t x;

	switch (v->type->rep) {
	case REP_BOOL:
		return xxhash64_u64(*(const uint8_t *)p);
	case REP_I8:
		return hash_word((uint64_t)*(const int8_t *)p, how);
	case REP_I16:
		return hash_word((uint64_t)*(const int16_t *)p, how);
	case REP_I32:
		return hash_word((uint64_t)*(const int32_t *)p, how);
	case REP_I64:
		x = *(const int64_t *)p;
		if (v->type->id == TYPE_TIMESTAMP_TZ)
			x = zoned_millis(x);
		return hash_word((uint64_t)x, how);
	case REP_F32:
		return hash_word(real_word(*(const float *)p), how);
	case REP_F64:
		return hash_word(double_word(*(const double *)p), how);
	case REP_STR:
		s = strview_str(p);
		return XXH64(s.p, s.n, 0);
	case REP_LIST:
		return hash_list(v, i, how);
	case REP_ROW:
		return hash_row(v, i);
	default:
		return hash_128(v->type, p, how);
	}
}

uint64_t
xxhash64_value(const struct vec *v, uint32_t i)
{
	return hash_value(v, i, HASH_XX);
}

void
xxhash64_rows(const struct vec *v, const struct rows_sel *s, uint64_t *hashes)
{
	const int64_t *a = v->data;

	if (v->form == VEC_CONST) {
		uint64_t hash = hash_or_zero(v, 0, HASH_XX);

		KERNEL_EACH(s, i)
			hashes[i] = hash;
	} else if (v->type->rep == REP_I64 && s->sel == NULL &&
	    v->type->id != TYPE_TIMESTAMP_TZ) {
		for (uint32_t i = 0; i < s->n; i++)
			hashes[i] = xxhash64_u64((uint64_t)a[i]);
	} else {
		KERNEL_EACH(s, i)
			hashes[i] = hash_or_zero(v, i, HASH_XX);
	}
}

/* ---- MurmurHash3, 128 bits for 64-bit machines ---- */

static const uint64_t c1 = UINT64_C(0x87c37b91114253d5);
static const uint64_t c2 = UINT64_C(0x4cf5ad432745937f);

static inline uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline uint64_t
mix(uint64_t k)
{
	k = (k ^ k >> 33) * UINT64_C(0xff51afd7ed558ccd);
	k = (k ^ k >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return k ^ k >> 33;
}

static inline uint64_t
mix_k1(uint64_t k)
{
	return rotate(k * c1, 31) * c2;
}

static inline uint64_t
mix_k2(uint64_t k)
{
	return rotate(k * c2, 33) * c1;
}

static inline uint64_t
finish(uint64_t h1, uint64_t h2, uint64_t n)
{
	h1 ^= n;
	h2 ^= n;
	h1 += h2;
	h2 += h1;
	h1 = mix(h1);
	h2 = mix(h2);
	return h1 + h2;
}

uint64_t
murmur3_u64(uint64_t x)
{
	return finish(mix_k1(x), 0, 8);
}

uint64_t
murmur3_bytes(const void *bytes, size_t n)
{
	const char *p = bytes;
	uint64_t h1 = 0, h2 = 0, k1 = 0, k2 = 0;
	size_t left = n;

	for (; left >= 16; left -= 16, p += 16) {
		memcpy(&k1, p, 8);
		memcpy(&k2, p + 8, 8);
		h1 = rotate(h1 ^ mix_k1(k1), 27) + h2;
		h1 = h1 * 5 + 0x52dce729;
		h2 = rotate(h2 ^ mix_k2(k2), 31) + h1;
		h2 = h2 * 5 + 0x38495ab5;
	}
	k1 = k2 = 0;
	memcpy(&k1, p, MIN(left, (size_t)8));
	if (left > 8)
		memcpy(&k2, p + 8, left - 8);
	h2 ^= mix_k2(k2);
	h1 ^= mix_k1(k1);
	return finish(h1, h2, n);
}
