/* SPDX-License-Identifier: Apache-2.0
 * agg_sum_number.c - sum and avg of NUMBER. */
#include "func/agg.h"
#include "func/tables.h"
#include "type/number.h"

struct sum_number {
	int64_t n;
	struct number sum;
};

static int
add(struct sum_number *s, const struct number *x, int64_t n, struct err *e)
{
	struct number sum = *x;
	int rc = 0;

	if (s->n > 0)
		rc = number_add(&s->sum, x, &sum, e);
	s->sum = sum;
	s->n += n;
	return rc;
}

static int
number_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct number x;

		if (vec_is_null(args[0], i))
			continue;
		number_load(kernel_str(args[0], i), &x);
		rc = add(AGG_STATE(struct sum_number, rows, offset, i), &x, 1,
		    e);
		if (rc != 0)
			break;
	}
	return rc;
}

static int
number_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct sum_number other;

		if (!agg_load(in, i, &other, sizeof(other)) || other.n <= 0 ||
		    other.sum.n < 0 || other.sum.n > NUMBER_LIMBS)
			continue;
		rc = add(AGG_STATE(struct sum_number, rows, offset, i),
		    &other.sum, other.n, e);
		if (rc != 0)
			break;
	}
	return rc;
}

static int
number_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	return agg_save_bytes(rows, offset, n, sizeof(struct sum_number), out,
	    e);
}

static int
put(struct vec_builder *out, const struct number *x, struct err *e)
{
	char text[NUMBER_TEXT_MAX];

	return vec_builder_str(out, (struct str){ text, number_write(text,
	    x) }, e);
}

static int
sum_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_number *s = AGG_STATE(struct sum_number, rows,
		    offset, i);

		rc = s->n == 0 ? vec_builder_null(out, e)
		    : put(out, &s->sum, e);
	}
	return rc;
}

static int
avg_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct sum_number *s = AGG_STATE(struct sum_number, rows,
		    offset, i);
		struct number count, mean;

		if (s->n == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		number_from_int128(s->n, 0, &count);
		rc = number_divide(&s->sum, &count, &mean, e);
		if (rc == 0)
			rc = put(out, &mean, e);
	}
	return rc;
}

#define RECORD(name, what) \
	{ .signature = #name "(number):number", .intermediate = "varbinary", \
	    .state_size = sizeof(struct sum_number), \
	    .update = number_update, .combine = number_combine, \
	    .save = number_save, .final = name##_final, .help = what }

const struct agg_func agg_sum_number[] = {
	RECORD(sum, "Sum of the values"), RECORD(avg, "Mean of the values"),
	{ 0 }
};
