/* SPDX-License-Identifier: Apache-2.0
 * agg_n.c - min(x, n), max(x, n), min_by(x, y, n), max_by(x, y, n).
 *
 * A state keeps the n best rows, best first; how many is what the group's
 * first row says.  NaN is worse than everything. */
#include "func/agg.h"
#include "func/compare.h"
#include "func/tables.h"

enum { MOST = 10000 };

struct kept {
	struct agg_value key, value;
};

struct best {
	struct kept **item;
	uint32_t n, cap;
	int64_t limit;          /* 0: no row came yet */
};

/* Which function: want is -1 for min, 1 for max. */
struct best_kind {
	int want;
	bool by;
	const char *name;
};

static const struct best_kind kind_min = { -1, false, "min_n" };
static const struct best_kind kind_max = { 1, false, "max_n" };
static const struct best_kind kind_min_by = { -1, true, "min_by" };
static const struct best_kind kind_max_by = { 1, true, "max_by" };

static int
check_limit(const struct best_kind *k, int64_t n, struct err *e)
{
	if (n <= 0 && k->by)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "third argument of %s must be a positive integer",
		    k->name);
	if (n <= 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "second argument of %s must be positive", k->name);
	if (n > MOST)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "%s argument of %s must be less than or equal to %d; "
		    "found %lld", k->by ? "third" : "second", k->name, MOST,
		    (long long)n);
	return 0;
}

static bool
is_nan(const struct type *t, const struct agg_value *a)
{
	double d;
	float f;

	if (t->id == TYPE_DOUBLE) {
		memcpy(&d, a->bytes, 8);
		return d != d;
	}
	memcpy(&f, a->bytes, 4);
	return t->id == TYPE_REAL && f != f;
}

/* Does row i come before what is kept? */
static bool
is_better(const struct vec *v, uint32_t i, const struct agg_value *a,
    int want)
{
	int order;

	if (v->type->id == TYPE_DOUBLE || v->type->id == TYPE_REAL) {
		if (compare_is_nan(v, i))
			return false;
		if (is_nan(v->type, a))
			return true;
	}
	order = agg_value_compare(v, i, a);
	return want < 0 ? order < 0 : order > 0;
}

static struct kept *
new_item(struct agg_context *c, struct best *b)
{
	struct kept *k;

	if ((int64_t)b->n == b->limit) {
		k = b->item[--b->n];
		return k;
	}
	if (b->n == b->cap) {
		uint32_t cap = b->cap == 0 ? 4 : b->cap * 2;
		struct kept **item;

		cap = (uint32_t)MIN((int64_t)cap, b->limit);
		item = arena_alloc(c->heap, sizeof(*item) * cap);
		if (b->n > 0)
			memcpy(item, b->item, sizeof(*item) * b->n);
		b->item = item;
		b->cap = cap;
	}
	return arena_new(c->heap, struct kept);
}

/* value may be NULL. */
static void
best_add(struct agg_context *c, struct best *b, const struct vec *key,
    const struct vec *value, uint32_t i, int want)
{
	uint32_t low = 0, high = b->n;
	struct kept *k;

	if ((int64_t)b->n == b->limit &&
	    !is_better(key, i, &b->item[b->n - 1]->key, want))
		return;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (is_better(key, i, &b->item[middle]->key, want))
			high = middle;
		else
			low = middle + 1;
	}
	k = new_item(c, b);
	memmove(b->item + low + 1, b->item + low,
	    sizeof(*b->item) * (b->n - low));
	b->item[low] = k;
	b->n++;
	agg_value_set(c, &k->key, key, i);
	if (value != NULL)
		agg_value_set(c, &k->value, value, i);
}

static int
best_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s,
    const struct best_kind *k, struct err *e)
{
	const struct vec *key = args[k->by ? 1 : 0];
	const struct vec *value = k->by ? args[0] : NULL;
	const struct vec *limit = args[k->by ? 2 : 1];
	int rc;

	KERNEL_EACH(s, i) {
		struct best *b = AGG_STATE(struct best, rows, offset, i);

		if (vec_is_null(key, i) || vec_is_null(limit, i))
			continue;
		if (b->limit == 0) {
			int64_t n = KERNEL_AT(int64_t, limit, i);

			if ((rc = check_limit(k, n, e)) != 0)
				return rc;
			b->limit = n;
		}
		best_add(c, b, key, value, i, k->want);
	}
	return 0;
}

/* The flat elements of column k of an intermediate row. */
static struct vec *
elements(struct agg_context *c, const struct vec *in, int k, struct err *e)
{
	return vec_flatten(vec_values(in->child[k])->child[0], c->account, e);
}

static int
best_merge(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s,
    const struct best_kind *k, struct err *e)
{
	struct vec *key = elements(c, in, 1, e), *value = NULL;

	if (key != NULL && k->by)
		value = elements(c, in, 2, e);
	if (key == NULL || (k->by && value == NULL)) {
		vec_drop(&key);
		return -(int)e->code;
	}
	KERNEL_EACH(s, i) {
		struct best *b = AGG_STATE(struct best, rows, offset, i);
		uint32_t at = kernel_is_const(in) ? 0 : i;
		struct list_ref ref;

		if (vec_is_null(in, i))
			continue;
		if (b->limit == 0)
			memcpy(&b->limit, vec_at(in->child[0], at), 8);
		memcpy(&ref, vec_at(in->child[1], at), sizeof(ref));
		/* Both arrays came from one state, so they lie alike. */
		for (uint32_t j = ref.offset; j < ref.offset + ref.n; j++)
			best_add(c, b, key, value, j, k->want);
	}
	vec_drop(&key);
	vec_drop(&value);
	return 0;
}

static int
put_array(const struct best *b, bool keys, struct vec_builder *out,
    struct err *e)
{
	int rc = 0;

	for (uint32_t k = 0; k < b->n && rc == 0; k++)
		rc = agg_value_put(keys ? &b->item[k]->key
		    : &b->item[k]->value, out->type->child[0], &out->child[0],
		    e);
	return rc != 0 ? rc : vec_builder_list(out, b->n, e);
}

static int
best_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct best *b = AGG_STATE(struct best, rows, offset, i);

		if (b->limit == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		rc = vec_builder_value(&out->child[0], &b->limit, e);
		if (rc == 0)
			rc = put_array(b, true, &out->child[1], e);
		if (rc == 0 && out->type->n == 3)
			rc = put_array(b, false, &out->child[2], e);
		if (rc == 0)
			rc = vec_builder_struct(out, e);
	}
	return rc;
}

static int
best_put(char *const *rows, uint32_t offset, uint32_t n, bool keys,
    struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct best *b = AGG_STATE(struct best, rows, offset, i);

		rc = b->n == 0 ? vec_builder_null(out, e)
		    : put_array(b, keys, out, e);
	}
	return rc;
}

static int
n_final(struct agg_context *c, char *const *rows, uint32_t offset, uint32_t n,
    struct vec_builder *out, struct err *e)
{
	return best_put(rows, offset, n, true, out, e);
}

static int
by_n_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	return best_put(rows, offset, n, false, out, e);
}

#define KIND(kind) \
static int \
kind##_update(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	return best_update(c, rows, offset, args, s, &kind, e); \
} \
static int \
kind##_combine(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	return best_merge(c, rows, offset, in, s, &kind, e); \
}

KIND(kind_min)
KIND(kind_max)
KIND(kind_min_by)
KIND(kind_max_by)

#define RECORD(text, parts, kind, put, help_text) \
	{ .signature = text, .intermediate = parts, \
	    .state_size = sizeof(struct best), .update = kind##_update, \
	    .combine = kind##_combine, .save = best_save, .final = put, \
	    .help = help_text }

const struct agg_func agg_n[] = {
	RECORD("min(<E,bigint):array(E)", "row(bigint,array(E))", kind_min,
	    n_final, "Returns the minimum values of the argument"),
	RECORD("max(<E,bigint):array(E)", "row(bigint,array(E))", kind_max,
	    n_final, "Returns the maximum values of the argument"),
	RECORD("min_by(V,<K,bigint):array(V)",
	    "row(bigint,array(K),array(V))", kind_min_by, by_n_final,
	    "Returns the values of the first argument associated with the "
	    "minimum values of the second argument"),
	RECORD("max_by(V,<K,bigint):array(V)",
	    "row(bigint,array(K),array(V))", kind_max_by, by_n_final,
	    "Returns the values of the first argument associated with the "
	    "maximum values of the second argument"),
	{ 0 }
};
