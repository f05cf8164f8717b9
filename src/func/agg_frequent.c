/* SPDX-License-Identifier: Apache-2.0
 * agg_frequent.c - approx_most_frequent(buckets, value, capacity): the values
 * that come most often, by the Space-Saving algorithm (Metwally, Agrawal, El
 * Abbadi): at most `capacity` values are counted; a new one takes the place,
 * and the count, of the one that came least often. */
#include <stdlib.h>

#include "func/agg.h"
#include "func/tables.h"
#include "page/compare.h"

struct counter {
	uint64_t hash;
	int64_t count;
	uint32_t at;            /* where in the heap */
	uint32_t next;          /* 1 + the next of the same chain */
	struct agg_value value;
};

/* heap[0] is the least frequent; equal ones by age. */
struct frequent {
	uint32_t buckets, capacity;     /* 0: no row came */
	uint32_t n, cap;
	struct counter *counter;
	uint32_t *heap, *chain;         /* 1 + the first of each chain */
};

enum { LARGEST = 1 << 24 };

/* ---- the heap ---- */

static bool
before(const struct frequent *f, uint32_t x, uint32_t y)
{
	const struct counter *a = &f->counter[x], *b = &f->counter[y];

	return a->count != b->count ? a->count < b->count : x < y;
}

static void
heap_put(struct frequent *f, uint32_t at, uint32_t x)
{
	f->heap[at] = x;
	f->counter[x].at = at;
}

static void
sink(struct frequent *f, uint32_t at)
{
	uint32_t x = f->heap[at];

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < f->n &&
		    before(f, f->heap[child + 1], f->heap[child]))
			child++;
		if (child >= f->n || !before(f, f->heap[child], x))
			break;
		heap_put(f, at, f->heap[child]);
		at = child;
	}
	heap_put(f, at, x);
}

static void
rise(struct frequent *f, uint32_t at)
{
	uint32_t x = f->heap[at];

	while (at > 0 && before(f, x, f->heap[(at - 1) / 2])) {
		heap_put(f, at, f->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(f, at, x);
}

/* ---- the chains ---- */

static void
link_counter(struct frequent *f, uint32_t x)
{
	uint32_t *first = &f->chain[f->counter[x].hash & (f->cap - 1)];

	f->counter[x].next = *first;
	*first = x + 1;
}

static void
unlink_counter(struct frequent *f, uint32_t x)
{
	uint32_t *at = &f->chain[f->counter[x].hash & (f->cap - 1)];

	while (*at != x + 1)
		at = &f->counter[*at - 1].next;
	*at = f->counter[x].next;
}

static void
grow(struct agg_context *c, struct frequent *f)
{
	uint32_t cap = MAX(f->cap * 2, 8u);
	struct counter *counter = arena_alloc(c->heap,
	    sizeof(*counter) * cap);
	uint32_t *heap = arena_alloc(c->heap, sizeof(*heap) * cap);

	if (f->n > 0) {
		memcpy(counter, f->counter, sizeof(*counter) * f->n);
		memcpy(heap, f->heap, sizeof(*heap) * f->n);
	}
	f->counter = counter;
	f->heap = heap;
	f->chain = arena_array(c->heap, uint32_t, cap);
	f->cap = cap;
	for (uint32_t i = 0; i < f->n; i++)
		link_counter(f, i);
}

static uint32_t
take_counter(struct agg_context *c, struct frequent *f)
{
	uint32_t x;

	if (f->n == f->capacity) {
		unlink_counter(f, f->heap[0]);
		return f->heap[0];
	}
	if (f->n == f->cap)
		grow(c, f);
	x = f->n++;
	memset(&f->counter[x], 0, sizeof(f->counter[x]));
	heap_put(f, x, x);
	rise(f, x);
	return x;
}

/* Row i of v (flat or constant) came `times` more. */
static void
count(struct agg_context *c, struct frequent *f, const struct vec *v,
    uint32_t i, int64_t times)
{
	uint64_t hash = vec_hash_at(v, i);
	uint32_t x = f->cap == 0 ? 0 : f->chain[hash & (f->cap - 1)];

	while (x != 0 && (f->counter[x - 1].hash != hash ||
	    agg_value_compare(v, i, &f->counter[x - 1].value) != 0))
		x = f->counter[x - 1].next;
	if (x == 0) {
		x = take_counter(c, f) + 1;
		f->counter[x - 1].hash = hash;
		agg_value_set(c, &f->counter[x - 1].value, v, i);
		link_counter(f, x - 1);
	}
	f->counter[x - 1].count += times;
	sink(f, f->counter[x - 1].at);
}

static int
begin(struct frequent *f, int64_t buckets, int64_t capacity, struct err *e)
{
	if (buckets < 2)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "approx_most_frequent bucket count must be greater than "
		    "one");
	if (capacity < 1 || capacity > LARGEST)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "approx_most_frequent capacity must be between 1 and "
		    "%d, was %lld", LARGEST, (long long)capacity);
	f->buckets = (uint32_t)MIN(buckets, (int64_t)LARGEST);
	f->capacity = (uint32_t)capacity;
	return 0;
}

static int
frequent_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		struct frequent *f = AGG_STATE(struct frequent, rows, offset,
		    i);

		if (vec_is_null(args[0], i) || vec_is_null(args[1], i) ||
		    vec_is_null(args[2], i))
			continue;
		if (f->capacity == 0 &&
		    (rc = begin(f, KERNEL_AT(int64_t, args[0], i),
		    KERNEL_AT(int64_t, args[2], i), e)) != 0)
			return rc;
		count(c, f, args[1], i, 1);
	}
	return 0;
}

static int
frequent_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	const struct vec *map = vec_values(in->child[2]);
	struct vec *key = vec_flatten(map->child[0], c->account, e);

	if (key == NULL)
		return -(int)e->code;
	KERNEL_EACH(s, i) {
		struct frequent *f = AGG_STATE(struct frequent, rows, offset,
		    i);
		uint32_t at = kernel_is_const(in) ? 0 : i;
		struct list_ref ref;
		int64_t n;

		if (vec_is_null(in, i))
			continue;
		if (f->capacity == 0) {
			memcpy(&n, vec_at(in->child[0], at), 8);
			f->buckets = (uint32_t)n;
			memcpy(&n, vec_at(in->child[1], at), 8);
			f->capacity = (uint32_t)MAX(n, 1);
		}
		memcpy(&ref, vec_at(in->child[2], at), sizeof(ref));
		for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++) {
			memcpy(&n, vec_at(map->child[1], k), 8);
			count(c, f, key, k, n);
		}
	}
	vec_drop(&key);
	return 0;
}

static int
compare_counts(const void *x, const void *y)
{
	const struct counter *a = *(const struct counter *const *)x;
	const struct counter *b = *(const struct counter *const *)y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* The `most` most frequent as a map; 0: all, by age. */
static int
put_counts(struct frequent *f, uint32_t most, struct vec_builder *out,
    struct err *e)
{
	struct counter **order = xcalloc((size_t)f->n + 1, sizeof(*order));
	uint32_t n = most == 0 ? f->n : MIN(f->n, most);
	int rc = 0;

	for (uint32_t i = 0; i < f->n; i++)
		order[i] = &f->counter[i];
	if (most > 0)
		qsort(order, f->n, sizeof(struct counter *), compare_counts);
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		rc = agg_value_put(&order[i]->value, out->type->child[0],
		    &out->child[0], e);
		if (rc == 0)
			rc = vec_builder_value(&out->child[1],
			    &order[i]->count, e);
	}
	free(order);
	return rc != 0 ? rc : vec_builder_list(out, n, e);
}

static int
frequent_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct frequent *f = AGG_STATE(struct frequent, rows, offset,
		    i);
		int64_t buckets = f->buckets, capacity = f->capacity;

		if (capacity == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		rc = vec_builder_value(&out->child[0], &buckets, e);
		if (rc == 0)
			rc = vec_builder_value(&out->child[1], &capacity, e);
		if (rc == 0)
			rc = put_counts(f, 0, &out->child[2], e);
		if (rc == 0)
			rc = vec_builder_struct(out, e);
	}
	return rc;
}

static int
frequent_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct frequent *f = AGG_STATE(struct frequent, rows, offset,
		    i);

		rc = f->capacity == 0 ? vec_builder_null(out, e)
		    : put_counts(f, f->buckets, out, e);
	}
	return rc;
}

#define RECORD(T) \
	{ .signature = "approx_most_frequent(bigint," T ",bigint):" \
	    "map(" T ",bigint)", \
	    .intermediate = "row(bigint,bigint,map(" T ",bigint))", \
	    .state_size = sizeof(struct frequent), \
	    .update = frequent_update, .combine = frequent_combine, \
	    .save = frequent_save, .final = frequent_final, .help = "" }

const struct agg_func agg_frequent[] = {
	RECORD("bigint"), RECORD("varchar"),
	{ 0 }
};
