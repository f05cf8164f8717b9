/* SPDX-License-Identifier: Apache-2.0
 * agg_distinct.c - approx_distinct, approx_set, merge of sketches.
 *
 * A state is a pointer to a sketch in the states' heap; no value: NULL. */
#pragma GCC optimize("O3")
#include "func/agg.h"
#include "func/agg_hash.h"
#include "func/hll.h"
#include "func/tables.h"

enum { DISTINCT_BITS = 11 };

#define SKETCH(rows, offset, i) AGG_STATE(struct hll *, rows, offset, i)

static inline struct hll *
sketch(struct agg_context *c, struct hll **at, int bits)
{
	if (*at == NULL)
		*at = hll_new(c->heap, bits);
	return *at;
}

/* The error that row i asks for when its group has no sketch yet. */
static int
sketch_bits(struct agg_context *c, const struct vec *const *args, uint32_t i,
    int *bits, struct err *e)
{
	*bits = DISTINCT_BITS;
	if (c->n_args < 2)
		return 0;
	return hll_bits_for(c->ev, KERNEL_AT(double, args[1], i), bits, e);
}

static int
distinct_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];
	uint64_t hash[PAGE_ROWS];
	int bits, rc;

	xxhash64_rows(v, s, hash);
	KERNEL_EACH(s, i) {
		struct hll **h = SKETCH(rows, offset, i);

		if (vec_is_null(v, i) ||
		    (c->n_args > 1 && vec_is_null(args[1], i)))
			continue;
		if (*h == NULL) {
			if ((rc = sketch_bits(c, args, i, &bits, e)) != 0)
				return rc;
			*h = hll_new(c->heap, bits);
		}
		hll_add(c->heap, *h, hash[i]);
	}
	return 0;
}

static uint64_t
set_hash(const struct vec *v, uint32_t i)
{
	struct str s;
	uint64_t bits;

	if (v->type->rep == REP_STR) {
		s = kernel_str(v, i);
		return murmur3_bytes(s.p, s.n);
	}
	bits = KERNEL_AT(uint64_t, v, i);
	if (v->type->rep == REP_F64 && KERNEL_AT(double, v, i) !=
	    KERNEL_AT(double, v, i))
		bits = UINT64_C(0x7ff8000000000000);
	return murmur3_u64(bits);
}

static int
set_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i)
		if (!vec_is_null(args[0], i))
			hll_add(c->heap, sketch(c, SKETCH(rows, offset, i),
			    HLL_SET_BITS), set_hash(args[0], i));
	return 0;
}

static int
sketch_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	struct arena a;
	int rc = 0;

	arena_init(&a);
	KERNEL_EACH(s, i) {
		struct hll **h = SKETCH(rows, offset, i), *other;

		if (vec_is_null(in, i))
			continue;
		if (*h == NULL) {
			rc = hll_read(c->heap, kernel_str(in, i), h, e);
		} else {
			rc = hll_read(&a, kernel_str(in, i), &other, e);
			if (rc == 0)
				rc = hll_merge(c->heap, *h, other, e);
			arena_release(&a);
		}
		if (rc != 0)
			break;
	}
	arena_release(&a);
	return rc;
}

static int
merge_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	return sketch_combine(c, rows, offset, args[0], s, e);
}

static int
sketch_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct hll *h = *SKETCH(rows, offset, i);

		sbuf_clear(&b);
		if (h != NULL)
			hll_write(h, &b);
		rc = h == NULL ? vec_builder_null(out, e)
		    : vec_builder_str(out, sbuf_str(&b), e);
	}
	sbuf_release(&b);
	return rc;
}

static int
distinct_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct hll *h = *SKETCH(rows, offset, i);
		int64_t count = h == NULL ? 0 : hll_cardinality(h);

		rc = vec_builder_value(out, &count, e);
	}
	return rc;
}

/* ---- boolean: exactly ---- */

static int
boolean_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			*AGG_STATE(int64_t, rows, offset, i) |=
			    KERNEL_AT(uint8_t, v, i) != 0 ? 2 : 1;
	return 0;
}

static int
boolean_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i)
		if (!vec_is_null(in, i))
			*AGG_STATE(int64_t, rows, offset, i) |=
			    KERNEL_AT(int64_t, in, i);
	return 0;
}

static int
boolean_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = vec_builder_value(out, rows[i] + offset, e);
	return rc;
}

static int
boolean_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		int64_t seen = *AGG_STATE(int64_t, rows, offset, i);
		int64_t count = (seen & 1) + (seen >> 1);

		rc = vec_builder_value(out, &count, e);
	}
	return rc;
}

#define DISTINCT(args) \
	{ .signature = "approx_distinct(" args "):bigint", \
	    .intermediate = "varbinary", .flags = AGG_IGNORES_DUPLICATES, \
	    .state_size = sizeof(struct hll *), .update = distinct_update, \
	    .combine = sketch_combine, .save = sketch_save, \
	    .final = distinct_final, .help = "" }
#define BOOLEAN(args) \
	{ .signature = "approx_distinct(" args "):bigint", \
	    .intermediate = "bigint", .flags = AGG_IGNORES_DUPLICATES, \
	    .state_size = sizeof(int64_t), .update = boolean_update, \
	    .combine = boolean_combine, .save = boolean_save, \
	    .final = boolean_final, .help = "" }
#define SET(name, T, fn) \
	{ .signature = name "(" T "):hyperloglog", \
	    .intermediate = "hyperloglog", .flags = AGG_IGNORES_DUPLICATES, \
	    .state_size = sizeof(struct hll *), .update = fn, \
	    .combine = sketch_combine, .save = sketch_save, \
	    .final = sketch_save, .help = "" }

const struct agg_func agg_distinct[] = {
	DISTINCT("=T"), DISTINCT("=T,double"),
	DISTINCT("unknown"), DISTINCT("unknown,double"),
	BOOLEAN("boolean"), BOOLEAN("boolean,double"),
	SET("approx_set", "bigint", set_update),
	SET("approx_set", "double", set_update),
	SET("approx_set", "varchar(x)", set_update),
	SET("merge", "hyperloglog", merge_update),
	{ 0 }
};
