/* SPDX-License-Identifier: Apache-2.0
 * agg_count.c - count(*), count(x), count_if. */
#pragma GCC optimize("O3")
#include "func/agg.h"
#include "func/kernel.h"
#include "func/tables.h"

static int
count_all(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i)
		++*(int64_t *)(rows[i] + offset);
	return 0;
}

static int
count_all_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	*(int64_t *)state += s->n;
	return 0;
}

static int
count_some(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	if (v->valid == NULL)
		return count_all(c, rows, offset, args, s, e);
	KERNEL_EACH(s, i)
		*(int64_t *)(rows[i] + offset) += !vec_is_null(v, i);
	return 0;
}

static int
count_some_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];
	int64_t n = 0;

	if (v->valid == NULL)
		n = s->n;
	else if (s->sel == NULL && v->form == VEC_FLAT)
		n = bitmap_count(v->valid, s->n);
	else
		KERNEL_EACH(s, i)
			n += !vec_is_null(v, i);
	*(int64_t *)state += n;
	return 0;
}

static int
count_true(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];

	KERNEL_EACH(s, i)
		*(int64_t *)(rows[i] + offset) += !vec_is_null(v, i) &&
		    KERNEL_AT(uint8_t, v, i) != 0;
	return 0;
}

static int
count_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i)
		if (!vec_is_null(in, i))
			*(int64_t *)(rows[i] + offset) +=
			    KERNEL_AT(int64_t, in, i);
	return 0;
}

static int
count_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = vec_builder_value(out, rows[i] + offset, e);
	return rc;
}

const struct agg_func agg_count[] = {
	{ .signature = "count():bigint", .intermediate = "bigint",
	    .state_size = 8, .update = count_all, .update_one = count_all_one,
	    .combine = count_combine, .save = count_final,
	    .final = count_final, .help = "Counts the rows" },
	{ .signature = "count(T):bigint", .intermediate = "bigint",
	    .state_size = 8, .update = count_some,
	    .update_one = count_some_one, .combine = count_combine,
	    .save = count_final, .final = count_final,
	    .help = "Counts the values that are not NULL" },
	{ .signature = "count_if(boolean):bigint", .intermediate = "bigint",
	    .state_size = 8, .update = count_true, .combine = count_combine,
	    .save = count_final, .final = count_final,
	    .help = "Counts the true values" },
	{ 0 }
};
