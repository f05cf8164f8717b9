/* SPDX-License-Identifier: Apache-2.0
 * agg_number.h - reading arguments as doubles, writing doubles; states of
 * plain bytes that travel in a varbinary.  Private to func/. */
#ifndef FUNC_AGG_NUMBER_H
#define FUNC_AGG_NUMBER_H

#include "func/agg.h"

/* Row i of a vector of bigint, double or real (flat or constant). */
static inline double
agg_double_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_F64 ? KERNEL_AT(double, v, i)
	    : v->type->rep == REP_F32 ? (double)KERNEL_AT(float, v, i)
	    : (double)KERNEL_AT(int64_t, v, i);
}

/* Appends d to a builder of double or real. */
static inline int
agg_double_put(struct vec_builder *out, double d, struct err *e)
{
	float f = (float)d;

	return out->type->rep == REP_F32 ? vec_builder_value(out, &f, e)
	    : vec_builder_value(out, &d, e);
}

/* save() of states of type T that are plain bytes. */
#define AGG_SAVE_BYTES(name, T) \
static int \
name(struct agg_context *c, char *const *rows, uint32_t offset, uint32_t n, \
    struct vec_builder *out, struct err *e) \
{ \
	return agg_save_bytes(rows, offset, n, sizeof(T), out, e); \
}

/* combine() of the same by merge(to, from). */
#define AGG_COMBINE_BYTES(name, T, merge) \
static int \
name(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	KERNEL_EACH(s, i) { \
		T other; \
		if (agg_load(in, i, &other, sizeof(other))) \
			merge(AGG_STATE(T, rows, offset, i), &other); \
	} \
	return 0; \
}

/* final() of states of type T by `bool value(const T *, double *)`, false for
 * NULL. */
#define AGG_FINAL_DOUBLE(name, T, value) \
static int \
name(struct agg_context *c, char *const *rows, uint32_t offset, uint32_t n, \
    struct vec_builder *out, struct err *e) \
{ \
	int rc = 0; \
	for (uint32_t i = 0; i < n && rc == 0; i++) { \
		double d; \
		rc = value(AGG_STATE(T, rows, offset, i), &d) \
		    ? agg_double_put(out, d, e) : vec_builder_null(out, e); \
	} \
	return rc; \
}

#endif
