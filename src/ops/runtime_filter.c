/* SPDX-License-Identifier: Apache-2.0
 * runtime_filter.c - filters that join builds make for scans. */
#include "ops/runtime_filter.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "mem/pool.h"
#include "page/vec.h"

/* More single values than this are told as min and max. */
enum { MAX_POINTS = 50, BITMAP_MIN = 1 << 20, BITMAP_MAX = 1 << 28 };
enum { BITS_PER_KEY = 64, BLOOM_BITS = 16 };

bool
runtime_filter_checks(const struct runtime_filter *f, const struct type *t)
{
	if (f->kind == FILTER_NONE)
		return true;
	return f->kind != FILTER_DOMAIN && t->rep >= REP_I8 &&
	    t->rep <= REP_I64 && t->id != TYPE_TIMESTAMP_TZ;
}

static inline uint64_t
bloom_bits(uint64_t h)
{
	return UINT64_C(1) << (h & 63) | UINT64_C(1) << (h >> 6 & 63) |
	    UINT64_C(1) << (h >> 12 & 63) | UINT64_C(1) << (h >> 18 & 63);
}

static inline bool
bloom_has(const struct runtime_filter *f, int64_t v)
{
	uint64_t h = hash_u64((uint64_t)v), bits = bloom_bits(h);

	return (f->bits[h >> 32 & f->mask] & bits) == bits;
}

static inline bool
bitmap_has(const struct runtime_filter *f, uint64_t span, int64_t v)
{
	uint64_t at = (uint64_t)v - (uint64_t)f->min;
	bool in = at <= span;

	at = in ? at : 0;
	return in & (f->bits[at >> 6] >> (at & 63) & 1);
}

/* Rows sel_in (or all) for which VALUE passes TEST. */
#define FILTER_LOOP(VALUE, TEST) do { \
	for (uint32_t k = 0; k < n; k++) { \
		uint32_t i = sel_in == NULL ? k : sel_in[k]; \
		int64_t v = (VALUE); \
		sel[left] = (uint16_t)i; \
		left += (TEST); \
	} \
} while (0)

#define FILTER_TEST(VALUE) do { \
	if (f->kind == FILTER_RANGE) \
		FILTER_LOOP(VALUE, (uint64_t)v - (uint64_t)f->min <= span); \
	else if (f->kind == FILTER_BITMAP) \
		FILTER_LOOP(VALUE, bitmap_has(f, span, v)); \
	else \
		FILTER_LOOP(VALUE, bloom_has(f, v)); \
} while (0)

#define FILTER_FORM(type_t) do { \
	const type_t *d = values->data; \
	if (vec->form == VEC_FLAT) \
		FILTER_TEST(d[i]); \
	else \
		FILTER_TEST(d[index[i]]); \
} while (0)

static uint32_t
drop_nulls(const struct vec *vec, uint32_t n, uint16_t *sel)
{
	uint32_t left = 0;

	for (uint32_t k = 0; k < n; k++) {
		sel[left] = sel[k];
		left += !vec_is_null(vec, sel[k]);
	}
	return left;
}

static bool
const_passes(const struct runtime_filter *f, const struct vec *vec)
{
	int64_t v = 0;

	if (vec_is_null(vec, 0))
		return false;
	switch (vec->type->rep) {
	case REP_I8: v = *(const int8_t *)vec->data; break;
	case REP_I16: v = *(const int16_t *)vec->data; break;
	case REP_I32: v = *(const int32_t *)vec->data; break;
	default: v = *(const int64_t *)vec->data;
	}
	if (f->kind == FILTER_BLOOM)
		return bloom_has(f, v);
	if (f->kind == FILTER_BITMAP)
		return bitmap_has(f, (uint64_t)f->max - (uint64_t)f->min, v);
	return v >= f->min && v <= f->max;
}

uint32_t
runtime_filter_apply(const struct runtime_filter *f, const struct vec *vec,
    const uint16_t *sel_in, uint32_t n, uint16_t *sel)
{
	const struct vec *values = vec_values(vec);
	const uint32_t *index = vec->data;
	uint64_t span = (uint64_t)f->max - (uint64_t)f->min;
	uint32_t left = 0;

	if (f->kind == FILTER_NONE || n == 0)
		return 0;
	if (vec->form == VEC_CONST) {
		if (!const_passes(f, vec))
			return 0;
		for (uint32_t k = 0; k < n; k++)
			sel[k] = sel_in == NULL ? (uint16_t)k : sel_in[k];
		return n;
	}
	if (values->n == 0)
		return 0;
	switch (vec->type->rep) {
	case REP_I8: FILTER_FORM(int8_t); break;
	case REP_I16: FILTER_FORM(int16_t); break;
	case REP_I32: FILTER_FORM(int32_t); break;
	default: FILTER_FORM(int64_t);
	}
	return vec_may_be_null(vec) ? drop_nulls(vec, left, sel) : left;
}

static struct runtime_filter *
filter_new(struct mem_account *account)
{
	struct runtime_filter *f = xcalloc(1, sizeof(*f));

	arena_init(&f->arena);
	expr_pool_init(&f->pool, &f->arena);
	f->account = account == NULL ? NULL : mem_account_ref(account);
	return f;
}

void
runtime_filter_free(struct runtime_filter **fp)
{
	struct runtime_filter *f = *fp;

	*fp = NULL;
	if (f == NULL)
		return;
	mem_free(f->account, f->bits, f->bytes);
	mem_account_drop(&f->account);
	expr_pool_release(&f->pool);
	arena_release(&f->arena);
	free(f);
}

static int64_t
int_at(const struct vec *v)
{
	switch (v->type->rep) {
	case REP_I8: return *(const int8_t *)v->data;
	case REP_I16: return *(const int16_t *)v->data;
	case REP_I32: return *(const int32_t *)v->data;
	default: return *(const int64_t *)v->data;
	}
}

/* The bitmap of a domain's single values. */
static void
domain_bitmap(struct runtime_filter *f, const struct domain *d)
{
	uint64_t span = (uint64_t)f->max - (uint64_t)f->min;

	if (span >= BITMAP_MIN)
		return;
	f->bytes = (span / 64 + 1) * 8;
	f->bits = mem_alloc(f->account, f->bytes, NULL);
	if (f->bits == NULL)
		return;
	memset(f->bits, 0, f->bytes);
	for (int i = 0; i < d->n; i++) {
		uint64_t at = (uint64_t)int_at(d->ranges[i].low) -
		    (uint64_t)f->min;

		f->bits[at >> 6] |= UINT64_C(1) << (at & 63);
	}
	f->kind = FILTER_BITMAP;
}

struct runtime_filter *
runtime_filter_of(const struct domain *d, struct mem_account *account)
{
	struct runtime_filter *f = filter_new(account);
	bool points = true;

	f->domain = d;
	if (!d->all && d->n == 0 && !d->nulls) {
		f->kind = FILTER_NONE;
		return f;
	}
	if (d->all || d->n == 0 || d->nulls || d->type->rep < REP_I8 ||
	    d->type->rep > REP_I64 || d->type->id == TYPE_TIMESTAMP_TZ ||
	    d->ranges[0].low == NULL || d->ranges[d->n - 1].high == NULL)
		return f;
	f->kind = FILTER_RANGE;
	f->min = int_at(d->ranges[0].low);
	f->max = int_at(d->ranges[d->n - 1].high);
	for (int i = 0; i < d->n; i++)
		points &= d->ranges[i].low != NULL &&
		    d->ranges[i].high != NULL && int_at(d->ranges[i].low) ==
		    int_at(d->ranges[i].high);
	if (points && d->n > 1)
		domain_bitmap(f, d);
	return f;
}

/* A value of the type's representation in a constant of the filter's. */
static struct vec *
point(struct runtime_filter *f, const struct type *t, int64_t v)
{
	/* Little endian: the low bytes come first. */
	return expr_const(&f->pool, t, &v)->value;
}

static void
add_range(struct runtime_filter *f, struct domain *d, int64_t low,
    int64_t high)
{
	struct domain_range *r = &d->ranges[d->n++];

	r->low = point(f, d->type, low);
	r->high = low == high ? r->low : point(f, d->type, high);
	r->low_closed = r->high_closed = true;
}

static int
compare_ints(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/* The distinct values when they are few, else 0. */
static int
few_points(const int64_t *values, uint32_t n, int64_t *out)
{
	int got = 0;

	for (uint32_t i = 0; i < n; i++) {
		int k = 0;

		while (k < got && out[k] != values[i])
			k++;
		if (k < got)
			continue;
		if (got == MAX_POINTS)
			return 0;
		out[got++] = values[i];
	}
	qsort(out, (size_t)got, sizeof(*out), compare_ints);
	return got;
}

static void
make_domain(struct runtime_filter *f, const struct type *t,
    const int64_t *values, uint32_t n)
{
	struct domain *d = arena_new(&f->arena, struct domain);
	int64_t points[MAX_POINTS];
	int got = few_points(values, n, points);

	d->type = t;
	d->ranges = arena_array(&f->arena, struct domain_range,
	    got > 0 ? got : 1);
	for (int i = 0; i < got; i++)
		add_range(f, d, points[i], points[i]);
	if (got == 0 && n > 0)
		add_range(f, d, f->min, f->max);
	f->domain = d;
}

static void
make_bitmap(struct runtime_filter *f, const int64_t *values, uint32_t n)
{
	uint64_t span = (uint64_t)f->max - (uint64_t)f->min, set = 0;

	f->bytes = (span / 64 + 1) * 8;
	f->bits = mem_alloc(f->account, f->bytes, NULL);
	if (f->bits == NULL)
		return;
	memset(f->bits, 0, f->bytes);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = (uint64_t)values[i] - (uint64_t)f->min;

		f->bits[at >> 6] |= UINT64_C(1) << (at & 63);
	}
	for (uint64_t w = 0; w <= span / 64; w++)
		set += (uint64_t)__builtin_popcountll(f->bits[w]);
	/* Without gaps the range says it all. */
	f->kind = set == span + 1 ? FILTER_RANGE : FILTER_BITMAP;
}

static void
make_bloom(struct runtime_filter *f, const int64_t *values, uint32_t n)
{
	uint64_t words = 64;

	while (words * 64 < (uint64_t)n * BLOOM_BITS)
		words *= 2;
	f->bytes = words * 8;
	f->bits = mem_alloc(f->account, f->bytes, NULL);
	if (f->bits == NULL)
		return;
	memset(f->bits, 0, f->bytes);
	f->mask = words - 1;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t h = hash_u64((uint64_t)values[i]);

		f->bits[h >> 32 & f->mask] |= bloom_bits(h);
	}
	f->kind = FILTER_BLOOM;
}

struct runtime_filter *
runtime_filter_make(const struct type *t, const int64_t *values, uint32_t n,
    struct mem_account *account)
{
	struct runtime_filter *f = filter_new(account);
	uint64_t span;

	f->kind = n == 0 ? FILTER_NONE : FILTER_RANGE;
	if (n > 0)
		f->min = f->max = values[0];
	for (uint32_t i = 0; i < n; i++) {
		f->min = values[i] < f->min ? values[i] : f->min;
		f->max = values[i] > f->max ? values[i] : f->max;
	}
	make_domain(f, t, values, n);
	span = (uint64_t)f->max - (uint64_t)f->min;
	if (n == 0)
		return f;
	if (span < BITMAP_MIN || (span < BITMAP_MAX &&
	    span / BITS_PER_KEY < n))
		make_bitmap(f, values, n);
	else if (n < 1u << 24)
		make_bloom(f, values, n);
	return f;
}
