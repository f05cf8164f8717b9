/* SPDX-License-Identifier: Apache-2.0
 * agg_minmax.c - min, max, any_value; min_by, max_by.
 *
 * Integers have a loop of their own; all other types go value by value.  NaN
 * is the answer only when there is nothing else. */
#pragma GCC optimize("O3")
#include <math.h>

#include "func/agg.h"
#include "func/compare.h"
#include "func/tables.h"

/* ---- min, max ---- */

static inline bool
kept_nan(const struct type *t, const struct agg_value *a)
{
	if (t->id == TYPE_NUMBER)
		return str_eq(strview_str((const void *)a->bytes),
		    STR("NaN"));
	return t->id == TYPE_DOUBLE ? isnan(*(const double *)(const void *)
	    a->bytes) : isnan(*(const float *)(const void *)a->bytes);
}

/* Is row i to replace what is kept?  want: -1 min, 1 max. */
static inline bool
better(const struct vec *v, uint32_t i, const struct agg_value *a, int want)
{
	int order;

	if (!a->set)
		return true;
	if (v->type->id == TYPE_DOUBLE || v->type->id == TYPE_REAL ||
	    v->type->id == TYPE_NUMBER) {
		if (compare_is_nan(v, i))
			return false;
		if (kept_nan(v->type, a))
			return true;
	}
	order = agg_value_extreme(v, i, a, want);
	return want < 0 ? order < 0 : order > 0;
}

#define PLAIN(T, name, OP) \
static bool \
name(const struct vec *v, const struct rows_sel *s, T *best) \
{ \
	const T *a = v->data; \
	bool any = false; \
	if (v->valid == NULL && v->form == VEC_FLAT && s->sel == NULL && \
	    s->n > 0) { \
		T m = a[0]; \
		for (uint32_t i = 1; i < s->n; i++) \
			m = a[i] OP m ? a[i] : m; \
		*best = m; \
		return true; \
	} \
	KERNEL_EACH(s, i) { \
		const T x = a[kernel_is_const(v) ? 0 : i]; \
		if (vec_is_null(v, i)) \
			continue; \
		if (!any || x OP *best) \
			*best = x; \
		any = true; \
	} \
	return any; \
}

PLAIN(int32_t, min_i32, <)
PLAIN(int32_t, max_i32, >)
PLAIN(int64_t, min_i64, <)
PLAIN(int64_t, max_i64, >)

/* The best of the rows as one row number's value; false: do it one by one. */
static bool
best_plain(const struct vec *v, const struct rows_sel *s, int want,
    char *best, bool *any)
{
	if (v->type->rep == REP_I64 && v->type->id != TYPE_TIMESTAMP_TZ)
		*any = want < 0 ? min_i64(v, s, (int64_t *)(void *)best)
		    : max_i64(v, s, (int64_t *)(void *)best);
	else if (v->type->rep == REP_I32)
		*any = want < 0 ? min_i32(v, s, (int32_t *)(void *)best)
		    : max_i32(v, s, (int32_t *)(void *)best);
	else
		return false;
	return true;
}

#define GROUPED(T) do { \
	const T *a = v->data; \
	KERNEL_EACH(s, i) { \
		struct agg_value *st = AGG_STATE(struct agg_value, rows, \
		    offset, i); \
		T x, old; \
		if (vec_is_null(v, i)) \
			continue; \
		x = a[kernel_is_const(v) ? 0 : i]; \
		memcpy(&old, st->bytes, sizeof(T)); \
		if (!st->set || (want < 0 ? x < old : x > old)) \
			memcpy(st->bytes, &x, sizeof(T)); \
		st->set = true; \
	} \
	return 0; \
} while (0)

static int
minmax_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *v, const struct rows_sel *s, int want)
{
	if (v->type->rep == REP_I64 && v->type->id != TYPE_TIMESTAMP_TZ)
		GROUPED(int64_t);
	if (v->type->rep == REP_I32)
		GROUPED(int32_t);
	KERNEL_EACH(s, i) {
		struct agg_value *a = AGG_STATE(struct agg_value, rows,
		    offset, i);

		if (!vec_is_null(v, i) && better(v, i, a, want))
			agg_value_set(c, a, v, i);
	}
	return 0;
}

static int
minmax_one(struct agg_context *c, char *state, const struct vec *v,
    const struct rows_sel *s, int want)
{
	struct agg_value *a = (void *)state;
	char best[16] __attribute__((aligned(16)));
	bool any;

	if (best_plain(v, s, want, best, &any)) {
		if (any && (!a->set || (want < 0
		    ? value_compare(v->type, best, a->bytes) < 0
		    : value_compare(v->type, best, a->bytes) > 0))) {
			memcpy(a->bytes, best, 8);
			a->set = true;
		}
		return 0;
	}
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i) && better(v, i, a, want))
			agg_value_set(c, a, v, i);
	return 0;
}

#define MINMAX(name, want) \
static int \
name##_update(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	return minmax_update(c, rows, offset, args[0], s, want); \
} \
static int \
name##_one(struct agg_context *c, char *state, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	return minmax_one(c, state, args[0], s, want); \
} \
static int \
name##_combine(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	return minmax_update(c, rows, offset, in, s, want); \
}

MINMAX(min, -1)
MINMAX(max, 1)

static int
value_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = agg_value_put(AGG_STATE(struct agg_value, rows, offset,
		    i), c->result, out, e);
	return rc;
}

/* ---- any_value ---- */

static int
any_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct agg_value *a = AGG_STATE(struct agg_value, rows,
		    offset, i);

		if (!a->set && !vec_is_null(in, i))
			agg_value_set(c, a, in, i);
	}
	return 0;
}

static int
any_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	return any_combine(c, rows, offset, args[0], s, e);
}

/* ---- min_by, max_by: intermediate row(V, K) ---- */

struct by_state {
	struct agg_value value, key;
};

static void
by_add(struct agg_context *c, struct by_state *st, const struct vec *value,
    const struct vec *key, uint32_t i, int want)
{
	if (vec_is_null(key, i) || !better(key, i, &st->key, want))
		return;
	agg_value_set(c, &st->value, value, i);
	agg_value_set(c, &st->key, key, i);
}

static int
by_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, int want, struct err *e)
{
	struct vec *part[2] = { NULL, NULL };
	int rc = 0;

	for (int k = 0; k < 2; k++) {
		part[k] = vec_flatten(in->child[k], c->account, e);
		if (part[k] == NULL)
			rc = -e->code;
	}
	if (rc == 0)
		KERNEL_EACH(s, i)
			if (!vec_is_null(in, i))
				by_add(c, AGG_STATE(struct by_state, rows,
				    offset, i), part[0], part[1],
				    kernel_is_const(in) ? 0 : i, want);
	vec_drop(&part[0]);
	vec_drop(&part[1]);
	return rc;
}

#define BY(name, want) \
static int \
name##_update(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	KERNEL_EACH(s, i) \
		by_add(c, AGG_STATE(struct by_state, rows, offset, i), \
		    args[0], args[1], i, want); \
	return 0; \
} \
static int \
name##_combine(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	return by_combine(c, rows, offset, in, s, want, e); \
}
BY(min_by, -1)
BY(max_by, 1)

static int
by_save(struct agg_context *c, char *const *rows, uint32_t offset, uint32_t n,
    struct vec_builder *out, struct err *e)
{
	const struct type *t = c->intermediate;
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct by_state *st = AGG_STATE(struct by_state, rows, offset,
		    i);

		rc = agg_value_put(&st->value, t->child[0], &out->child[0], e);
		if (rc == 0)
			rc = agg_value_put(&st->key, t->child[1],
			    &out->child[1], e);
		if (rc == 0)
			rc = vec_builder_struct(out, e);
	}
	return rc;
}

static int
by_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = agg_value_put(&AGG_STATE(struct by_state, rows, offset,
		    i)->value, c->result, out, e);
	return rc;
}

#define EXTREME(name, help_text) \
	{ .signature = #name "(<T):T", .intermediate = "T", \
	    .flags = AGG_IGNORES_DUPLICATES, \
	    .state_size = sizeof(struct agg_value), \
	    .update = name##_update, .update_one = name##_one, \
	    .combine = name##_combine, .save = value_final, \
	    .final = value_final, .help = help_text }
#define EXTREME_BY(name, help_text) \
	{ .signature = #name "(V,<K):V", .intermediate = "row(V,K)", \
	    .state_size = sizeof(struct by_state), .update = name##_update, \
	    .combine = name##_combine, .save = by_save, .final = by_final, \
	    .help = help_text }
#define ANY(name) \
	{ .signature = name "(T):T", .intermediate = "T", \
	    .flags = AGG_IGNORES_DUPLICATES, \
	    .state_size = sizeof(struct agg_value), .update = any_update, \
	    .combine = any_combine, .save = value_final, \
	    .final = value_final, .help = "Some value that is not NULL" }

const struct agg_func agg_minmax[] = {
	EXTREME(min, "The smallest value"),
	EXTREME(max, "The largest value"),
	EXTREME_BY(min_by, "The value where the key is smallest"),
	EXTREME_BY(max_by, "The value where the key is largest"),
	ANY("any_value"), ANY("arbitrary"),
	{ 0 }
};
