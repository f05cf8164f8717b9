/* SPDX-License-Identifier: Apache-2.0
 * hash.c - hashes of whole columns, equal to value_hash() value by value. */
#include <stdlib.h>

#include "base/hash.h"
#include "page/compare.h"
#include "type/value.h"

static uint64_t hash_slot(const struct vec *values, uint32_t slot);

/* The hash of element i of a child vector, NULLs included. */
static uint64_t
hash_element(const struct vec *v, uint32_t i)
{
	return vec_is_null(v, i) ? HASH_NULL
	    : hash_slot(vec_values(v), vec_slot(v, i));
}

static uint64_t
hash_nested(const struct vec *values, uint32_t slot)
{
	uint64_t h = 0;

	if (values->type->rep == REP_ROW) {
		for (int k = 0; k < values->n_child; k++)
			h = hash_combine(h, hash_element(values->child[k],
			    slot));
		return h;
	}
	struct list_ref r = ((const struct list_ref *)values->data)[slot];

	for (uint32_t k = r.offset; k < r.offset + r.n; k++) {
		uint64_t one = hash_element(values->child[0], k);

		/* The order of a map's entries must not count. */
		if (values->type->id == TYPE_MAP)
			h += hash_combine(one, hash_element(values->child[1],
			    k));
		else
			h = hash_combine(h, one);
	}
	return h;
}

static uint64_t
hash_slot(const struct vec *values, uint32_t slot)
{
	if (values->type->rep == REP_LIST || values->type->rep == REP_ROW)
		return hash_nested(values, slot);
	return value_hash(values->type, (const char *)values->data +
	    (size_t)slot * (size_t)rep_width(values->type->rep));
}

uint64_t
vec_hash_at(const struct vec *v, uint32_t i)
{
	return hash_element(v, i);
}

/* Hashes entries slots[0..n), or 0..n-1 when slots is NULL, of a flat vector
 * without looking at NULLs. */
static void
hash_values(const struct vec *values, const uint32_t *slots, uint32_t n,
    uint64_t *restrict out)
{
	const struct type *t = values->type;

#define HASH_LOOP(expr) do { \
	if (slots == NULL) \
		for (uint32_t i = 0, s; i < n; i++) { \
			s = i; \
			out[i] = (expr); \
		} \
	else \
		for (uint32_t i = 0, s; i < n; i++) { \
			s = slots[i]; \
			out[i] = (expr); \
		} \
} while (0)
#define HASH_INT(type_t) \
	HASH_LOOP(hash_u64((uint64_t)(int64_t)((const type_t *)d)[s]))
	const void *d = values->data;

	if (t->id == TYPE_TIMESTAMP_TZ) {
		HASH_LOOP(hash_slot(values, s));
		return;
	}
	switch (t->rep) {
	case REP_BOOL: HASH_INT(uint8_t); break;
	case REP_I8: HASH_INT(int8_t); break;
	case REP_I16: HASH_INT(int16_t); break;
	case REP_I32: HASH_INT(int32_t); break;
	case REP_I64: HASH_INT(int64_t); break;
	case REP_STR:
		if (t->id == TYPE_NUMBER || t->id == TYPE_VARIANT) {
			HASH_LOOP(hash_slot(values, s));
		} else {
			const struct strview *v = d;

			HASH_LOOP(hash_bytes(strview_str(&v[s]).p, v[s].n));
		}
		break;
	default:
		HASH_LOOP(hash_slot(values, s));
	}
#undef HASH_INT
#undef HASH_LOOP
}

static void
put_nulls(const struct vec *v, uint64_t *out)
{
	if (!vec_may_be_null(v))
		return;
	for (uint32_t i = 0; i < v->n; i++)
		if (vec_is_null(v, i))
			out[i] = HASH_NULL;
}

static void
hash_all(const struct vec *v, uint64_t *out)
{
	const uint32_t *index = v->data;

	if (v->form == VEC_CONST) {
		uint64_t h = v->n == 0 ? 0 : hash_element(v, 0);

		for (uint32_t i = 0; i < v->n; i++)
			out[i] = h;
		return;
	}
	if (v->form == VEC_FLAT) {
		hash_values(v, NULL, v->n, out);
	} else if (v->base->n == 0) {
		memset(out, 0, (size_t)v->n * 8);
	} else if (v->base->n <= v->n / 2) {
		uint64_t *base = xmalloc((size_t)v->base->n * 8);

		hash_values(v->base, NULL, v->base->n, base);
		for (uint32_t i = 0; i < v->n; i++)
			out[i] = base[index[i]];
		free(base);
	} else {
		hash_values(v->base, index, v->n, out);
	}
	put_nulls(v, out);
}

void
vec_hash(const struct vec *v, uint64_t *hashes, bool combine)
{
	uint64_t *own;

	if (!combine) {
		hash_all(v, hashes);
		return;
	}
	own = xmalloc((size_t)v->n * 8);
	hash_all(v, own);
	for (uint32_t i = 0; i < v->n; i++)
		hashes[i] = hash_combine(hashes[i], own[i]);
	free(own);
}

void
page_hash(const struct page *p, const int *which, int n, uint64_t *hashes)
{
	if (n == 0)
		memset(hashes, 0, (size_t)p->rows * 8);
	for (int i = 0; i < n; i++)
		vec_hash(p->col[which[i]], hashes, i > 0);
}
