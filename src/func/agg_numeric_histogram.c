/* SPDX-License-Identifier: Apache-2.0
 * agg_numeric_histogram.c - numeric_histogram(buckets, value[, weight]): at
 * most so many (mean, weight) pairs.  Pairs whose joining loses least are
 * joined when a buffer of a fifth more is full (Ben-Haim and Tom-Tov's
 * streaming histogram with a penalty by variance). */
#include <math.h>
#include <stdlib.h>

#include "func/agg_number.h"
#include "func/tables.h"

struct bucket {
	double value, weight;
};

struct buckets {
	uint32_t most, n, cap;  /* most 0: no row came */
	struct bucket *at;
};

enum { LARGEST = 1 << 24 };

static int
compare_values(const void *x, const void *y)
{
	double a = ((const struct bucket *)x)->value;
	double b = ((const struct bucket *)y)->value;

	if (a == b || (a != a && b != b))
		return 0;
	return a < b || b != b ? -1 : 1;
}

static double
penalty(const struct bucket *x, const struct bucket *y)
{
	double all = x->weight + y->weight, d = x->value - y->value;

	return all * d * d * (x->weight * y->weight / (all * all));
}

/* Sorts, and joins those of the same value. */
static void
join_same(struct buckets *b)
{
	uint32_t last = 0;

	if (b->n == 0)
		return;
	qsort(b->at, b->n, sizeof(*b->at), compare_values);
	for (uint32_t i = 1; i < b->n; i++) {
		if (b->at[last].value == b->at[i].value)
			b->at[last].weight += b->at[i].weight;
		else
			b->at[++last] = b->at[i];
	}
	b->n = last + 1;
}

/* Neighbours are joined, the cheapest first, until `most` are left.  cost[i]
 * is that of joining i with the one behind it; the cheapest is kept at hand
 * in a tournament over all of them. */
struct tournament {
	uint32_t size;          /* leaves, a power of two */
	uint32_t *best;         /* [1] is the winner's number */
	double *cost;
};

static void
replay(struct tournament *t, uint32_t i)
{
	for (uint32_t k = (t->size + i) / 2; k > 0; k /= 2) {
		uint32_t x = t->best[2 * k], y = t->best[2 * k + 1];

		t->best[k] = t->cost[y] < t->cost[x] ? y : x;
	}
}

static void
tournament_init(struct tournament *t, const struct buckets *b)
{
	for (t->size = 1; t->size < b->n;)
		t->size *= 2;
	t->best = xcalloc(2 * (size_t)t->size, sizeof(*t->best));
	t->cost = xcalloc(t->size, sizeof(*t->cost));
	for (uint32_t i = 0; i < t->size; i++) {
		t->best[t->size + i] = i;
		t->cost[i] = i + 1 < b->n ? penalty(&b->at[i],
		    &b->at[i + 1]) : INFINITY;
		if (isnan(t->cost[i]))
			t->cost[i] = INFINITY;
	}
	for (uint32_t k = t->size - 1; k > 0; k--) {
		uint32_t x = t->best[2 * k], y = t->best[2 * k + 1];

		t->best[k] = t->cost[y] < t->cost[x] ? y : x;
	}
}

static void
join_cheapest(struct buckets *b)
{
	struct tournament t;
	uint32_t *next, *before, left = b->n, n = 0;

	tournament_init(&t, b);
	next = xcalloc(b->n + 1, sizeof(*next));
	before = xcalloc(b->n + 1, sizeof(*before));
	for (uint32_t i = 0; i < b->n; i++) {
		next[i] = i + 1;
		before[i] = i - 1;
	}
	for (; left > b->most; left--) {
		uint32_t i = t.size == 1 ? 0 : t.best[1], k = next[i];
		struct bucket *x = &b->at[i], *y;

		if (k >= b->n)
			break;
		y = &b->at[k];
		x->value = (x->value * x->weight + y->value * y->weight) /
		    (x->weight + y->weight);
		x->weight += y->weight;
		next[i] = next[k];
		if (next[k] < b->n)
			before[next[k]] = i;
		t.cost[k] = INFINITY;
		replay(&t, k);
		t.cost[i] = next[i] < b->n ? penalty(x, &b->at[next[i]])
		    : INFINITY;
		replay(&t, i);
		if (i > 0) {
			t.cost[before[i]] = penalty(&b->at[before[i]], x);
			replay(&t, before[i]);
		}
	}
	for (uint32_t i = 0; i < b->n; i = next[i])
		b->at[n++] = b->at[i];
	b->n = n;
	free(next);
	free(before);
	free(t.best);
	free(t.cost);
}

static void
compact(struct buckets *b)
{
	join_same(b);
	if (b->n > b->most)
		join_cheapest(b);
}

static void
add(struct agg_context *c, struct buckets *b, double value, double weight)
{
	uint32_t full = b->most + MAX(b->most / 5, 1u);

	if (b->n >= full)
		compact(b);
	if (b->n == b->cap) {
		uint32_t cap = MIN(MAX(b->cap * 2, 8u), full);
		struct bucket *at = arena_alloc(c->heap, sizeof(*at) * cap);

		if (b->n > 0)
			memcpy(at, b->at, sizeof(*at) * b->n);
		b->at = at;
		b->cap = cap;
	}
	b->at[b->n++] = (struct bucket){ value, weight };
}

static int
begin(struct buckets *b, int64_t most, struct err *e)
{
	if (most < 2)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "numeric_histogram bucket count must be greater than "
		    "one");
	if (most > LARGEST)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "numeric_histogram bucket count is too large: %lld",
		    (long long)most);
	b->most = (uint32_t)most;
	return 0;
}

static int
buckets_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		struct buckets *b = AGG_STATE(struct buckets, rows, offset,
		    i);

		if (vec_is_null(args[0], i) || vec_is_null(args[1], i) ||
		    (c->n_args > 2 && vec_is_null(args[2], i)))
			continue;
		if (b->most == 0 && (rc = begin(b, KERNEL_AT(int64_t,
		    args[0], i), e)) != 0)
			return rc;
		add(c, b, agg_double_at(args[1], i), c->n_args > 2
		    ? KERNEL_AT(double, args[2], i) : 1);
	}
	return 0;
}

static int
buckets_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct buckets *b = AGG_STATE(struct buckets, rows, offset,
		    i);
		struct str bytes;
		uint32_t most;

		if (vec_is_null(in, i))
			continue;
		bytes = kernel_str(in, i);
		if (bytes.n < 4)
			continue;
		memcpy(&most, bytes.p, 4);
		if (b->most == 0)
			b->most = MIN(MAX(most, 2u), (uint32_t)LARGEST);
		for (size_t at = 4; at + sizeof(struct bucket) <= bytes.n;
		    at += sizeof(struct bucket)) {
			struct bucket x;

			memcpy(&x, bytes.p + at, sizeof(x));
			add(c, b, x.value, x.weight);
		}
	}
	return 0;
}

static int
buckets_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	struct sbuf bytes = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct buckets *b = AGG_STATE(struct buckets, rows, offset,
		    i);

		if (b->most == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		compact(b);
		sbuf_clear(&bytes);
		sbuf_add(&bytes, &b->most, 4);
		sbuf_add(&bytes, b->at, sizeof(*b->at) * b->n);
		rc = vec_builder_str(out, sbuf_str(&bytes), e);
	}
	sbuf_release(&bytes);
	return rc;
}

static int
buckets_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct buckets *b = AGG_STATE(struct buckets, rows, offset,
		    i);

		if (b->most == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		compact(b);
		for (uint32_t k = 0; k < b->n && rc == 0; k++) {
			rc = agg_double_put(&out->child[0], b->at[k].value,
			    e);
			if (rc == 0)
				rc = agg_double_put(&out->child[1],
				    b->at[k].weight, e);
		}
		if (rc == 0)
			rc = vec_builder_list(out, b->n, e);
	}
	return rc;
}

#define RECORD(args, T) \
	{ .signature = "numeric_histogram(" args "):map(" T "," T ")", \
	    .intermediate = "varbinary", \
	    .state_size = sizeof(struct buckets), .update = buckets_update, \
	    .combine = buckets_combine, .save = buckets_save, \
	    .final = buckets_final, .help = "" }

const struct agg_func agg_numeric_histogram[] = {
	RECORD("bigint,double", "double"),
	RECORD("bigint,double,double", "double"),
	RECORD("bigint,real", "real"), RECORD("bigint,real,double", "real"),
	{ 0 }
};
