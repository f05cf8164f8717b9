/* SPDX-License-Identifier: Apache-2.0
 * agg_array.c - array_agg: the values of a group in the order they came,
 * NULLs included. */
#include "func/agg.h"
#include "func/tables.h"

static void
add_value(struct agg_context *c, struct byte_list *l, const struct vec *v,
    uint32_t i, struct sbuf *b)
{
	char fixed[24];
	size_t width;

	if (v->type->rep >= REP_STR && v->type->rep != REP_LONG_TIME) {
		sbuf_clear(b);
		value_bytes_add(b, v, i);
		byte_list_add(c, l, b->p, b->n);
		return;
	}
	width = (size_t)rep_width(v->type->rep);
	fixed[0] = !vec_is_null(v, i);
	if (fixed[0])
		memcpy(fixed + 1, vec_at(v, i), width);
	byte_list_add(c, l, fixed, fixed[0] ? 1 + width : 1);
}

static int
array_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i)
		add_value(c, AGG_STATE(struct byte_list, rows, offset, i),
		    args[0], i, &b);
	sbuf_release(&b);
	return 0;
}

static int
array_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	const struct vec *values = vec_values(in);
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i) {
		struct list_ref ref;

		if (vec_is_null(in, i))
			continue;
		memcpy(&ref, vec_at(in, i), sizeof(ref));
		for (uint32_t k = 0; k < ref.n; k++)
			add_value(c, AGG_STATE(struct byte_list, rows, offset,
			    i), values->child[0], ref.offset + k, &b);
	}
	sbuf_release(&b);
	return 0;
}

static int
array_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct byte_list *l = AGG_STATE(struct byte_list, rows,
		    offset, i);

		if (l->count == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		rc = byte_list_read(l, &out->child[0], e);
		if (rc == 0)
			rc = vec_builder_list(out, (uint32_t)l->count, e);
	}
	return rc;
}

const struct agg_func agg_array[] = {
	{ .signature = "array_agg(T):array(T)", .intermediate = "array(T)",
	    .flags = AGG_ORDER_SENSITIVE,
	    .state_size = sizeof(struct byte_list), .update = array_update,
	    .combine = array_combine, .save = array_final,
	    .final = array_final, .help = "return an array of values" },
	{ 0 }
};
