/* SPDX-License-Identifier: Apache-2.0
 * group_cache.c - values to array indices. */
#pragma GCC optimize("O3")
#include "ops/group_cache.h"

#include <stdlib.h>

enum { MAX_RESETS = 64, MAX_CODES = 1 << 16 };

void
group_cache_init(struct group_cache *c, int n, struct mem_account *account)
{
	c->n = n;
	c->off = n == 0 || n > CACHE_COLUMNS;
	c->account = account;
}

void
group_cache_release(struct group_cache *c)
{
	mem_free(c->account, c->rows, c->bytes);
	c->rows = NULL;
	c->bytes = 0;
	c->size = 0;
	for (int i = 0; i < CACHE_COLUMNS; i++)
		vec_drop(&c->column[i].base);
	c->off = true;
}

void
group_cache_forget(struct group_cache *c)
{
	if (c->rows != NULL)
		memset(c->rows, 0, c->size * sizeof(*c->rows));
}

static bool
is_coded(const struct vec *v)
{
	return v->form == VEC_DICT && v->dict_id != 0 &&
	    v->base->n <= MAX_CODES;
}

static bool
is_integer(const struct type *t)
{
	return t->rep <= REP_I64 && t->id != TYPE_TIMESTAMP_TZ;
}

#define RANGE_OF(type_t) do { \
	const type_t *d = v->data; \
	type_t lo = d[0], hi = d[0]; \
	for (uint32_t i = 1; i < n; i++) { \
		lo = d[i] < lo ? d[i] : lo; \
		hi = d[i] > hi ? d[i] : hi; \
	} \
	*min = lo; \
	*max = hi; \
} while (0)

/* Smallest and largest of a flat column; garbage of NULL rows included. */
static void
range_of(const struct vec *v, uint32_t n, int64_t *min, int64_t *max)
{
	switch (v->type->rep) {
	case REP_BOOL: RANGE_OF(uint8_t); break;
	case REP_I8: RANGE_OF(int8_t); break;
	case REP_I16: RANGE_OF(int16_t); break;
	case REP_I32: RANGE_OF(int32_t); break;
	default: RANGE_OF(int64_t);
	}
}

/* Makes column k's ids cover the page; *changed when ids are new. */
static bool
cover(struct group_cache *c, int k, struct vec *v, uint32_t n, bool *changed)
{
	struct cache_column *to = &c->column[k];
	int64_t min, max, low, high;
	uint64_t span;

	if (is_coded(v)) {
		if (to->dict_id == v->dict_id)
			return true;
		vec_drop(&to->base);
		to->base = vec_ref(v->base);
		to->dict_id = v->dict_id;
		to->size = (uint64_t)v->base->n + 1;
		*changed = true;
		return true;
	}
	if (v->form != VEC_FLAT || !is_integer(v->type) || n == 0)
		return false;
	range_of(v, n, &min, &max);
	if (to->dict_id == 0 && to->size > 1 && min >= to->min &&
	    (uint64_t)max - (uint64_t)to->min < to->size - 1)
		return true;
	low = min;
	high = max;
	if (to->dict_id == 0 && to->size > 1) {
		low = to->min < min ? to->min : min;
		high = (int64_t)((uint64_t)to->min + to->size - 2);
		high = high > max ? high : max;
	}
	span = (uint64_t)high - (uint64_t)low;
	if (span >= CACHE_BIG)
		return false;
	/* Room on the side that grew, so that this ends soon. */
	if (to->size > 1 && to->dict_id == 0) {
		if (low < to->min && low > INT64_MIN + CACHE_BIG)
			low -= (int64_t)(span / 2);
		span += span / 2;
	}
	vec_drop(&to->base);
	to->dict_id = 0;
	to->min = low;
	to->size = span + 2;
	*changed = true;
	return true;
}

/* New ids: a new array, all unknown. */
static bool
lay_out(struct group_cache *c, uint64_t groups)
{
	uint64_t size = 1, limit = CACHE_SMALL;
	size_t bytes;

	/* A big array pays when it is not much bigger than a hash table. */
	while (limit < CACHE_BIG && limit < groups * 8)
		limit *= 2;
	for (int i = 0; i < c->n; i++) {
		c->column[i].stride = size;
		size *= c->column[i].size;
		if (size > limit)
			return false;
	}
	bytes = size * sizeof(*c->rows);
	if (bytes > c->bytes) {
		mem_free(c->account, c->rows, c->bytes);
		c->bytes = 0;
		c->rows = mem_alloc(c->account, bytes, NULL);
		if (c->rows == NULL)
			return false;
		c->bytes = bytes;
	}
	c->size = size;
	memset(c->rows, 0, bytes);
	return true;
}

#define ADD_IDS(type_t) do { \
	const type_t *d = v->data; \
	uint64_t base = (uint64_t)to->min - 1; \
	if (first) \
		for (uint32_t i = 0; i < n; i++) \
			index[i] = (uint32_t)((uint64_t)d[i] - base); \
	else \
		for (uint32_t i = 0; i < n; i++) \
			index[i] += (uint32_t)((uint64_t)d[i] - base) * \
			    stride; \
} while (0)

static void
add_ids(const struct cache_column *to, const struct vec *v, uint32_t n,
    uint32_t *restrict index, bool first)
{
	uint32_t stride = (uint32_t)to->stride;

	if (to->dict_id != 0) {
		const uint32_t *d = v->data;

		if (first)
			for (uint32_t i = 0; i < n; i++)
				index[i] = d[i] + 1;
		else
			for (uint32_t i = 0; i < n; i++)
				index[i] += (d[i] + 1) * stride;
		return;
	}
	switch (v->type->rep) {
	case REP_BOOL: ADD_IDS(uint8_t); break;
	case REP_I8: ADD_IDS(int8_t); break;
	case REP_I16: ADD_IDS(int16_t); break;
	case REP_I32: ADD_IDS(int32_t); break;
	default: ADD_IDS(int64_t);
	}
}

/* Id 0 for NULL rows. */
static void
clear_nulls(const struct cache_column *to, const struct vec *v, uint32_t n,
    uint32_t *index)
{
	uint32_t before;

	if (v->valid == NULL)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id;

		if (bit_get(v->valid, i))
			continue;
		/* What this column has added goes again. */
		if (to->dict_id != 0) {
			id = ((const uint32_t *)v->data)[i] + 1;
		} else {
			struct cache_column one = *to;
			struct vec at = { .type = v->type, .data =
			    (char *)v->data + (size_t)i *
			    (size_t)rep_width(v->type->rep) };

			one.stride = 1;
			before = 0;
			add_ids(&one, &at, 1, &before, true);
			id = before;
		}
		index[i] -= id * (uint32_t)to->stride;
	}
}

bool
group_cache_index(struct group_cache *c, struct vec **col, uint32_t n,
    uint64_t groups)
{
	bool changed = c->rows == NULL;

	if (c->off)
		return false;
	for (int i = 0; i < c->n; i++)
		if (!cover(c, i, col[i], n, &changed)) {
			c->off |= ++c->resets > MAX_RESETS;
			c->size = 0;
			goto none;
		}
	if (changed || c->size == 0) {
		c->off |= ++c->resets > MAX_RESETS;
		if (!lay_out(c, groups))
			goto none;
	}
	for (int i = 0; i < c->n; i++) {
		add_ids(&c->column[i], col[i], n, c->index, i == 0);
		clear_nulls(&c->column[i], col[i], n, c->index);
	}
	return true;
none:
	/* Ids may have changed under the array. */
	c->size = 0;
	return false;
}
