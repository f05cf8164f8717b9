/* SPDX-License-Identifier: Apache-2.0
 * agg_bits.c - bool_and, bool_or, every; bitwise_and_agg, bitwise_or_agg,
 * bitwise_xor_agg.  No value that is not NULL: NULL. */
#include "func/agg.h"
#include "func/tables.h"

struct bits {
	uint64_t set, value;
};

enum op { OP_AND, OP_OR, OP_XOR };

static inline uint64_t
value_at(const struct vec *v, uint32_t i)
{
	return v->type->rep == REP_BOOL ? KERNEL_AT(uint8_t, v, i)
	    : KERNEL_AT(uint64_t, v, i);
}

static inline void
join(struct bits *s, uint64_t x, enum op op)
{
	if (!s->set)
		s->value = x;
	else if (op == OP_AND)
		s->value &= x;
	else if (op == OP_OR)
		s->value |= x;
	else
		s->value ^= x;
	s->set = 1;
}

static inline __attribute__((always_inline)) int
join_rows(char *const *rows, uint32_t offset, const struct vec *v,
    const struct rows_sel *s, enum op op)
{
	KERNEL_EACH(s, i)
		if (!vec_is_null(v, i))
			join(AGG_STATE(struct bits, rows, offset, i),
			    value_at(v, i), op);
	return 0;
}

#define BITS(name, op) \
static int \
name##_update(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	return join_rows(rows, offset, args[0], s, op); \
} \
static int \
name##_one(struct agg_context *c, char *state, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	struct bits bits = *(struct bits *)(void *)state; \
	KERNEL_EACH(s, i) \
		if (!vec_is_null(args[0], i)) \
			join(&bits, value_at(args[0], i), op); \
	*(struct bits *)(void *)state = bits; \
	return 0; \
} \
static int \
name##_combine(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	return join_rows(rows, offset, in, s, op); \
}

BITS(and, OP_AND)
BITS(or, OP_OR)
BITS(xor, OP_XOR)

static int
bits_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct bits *s = AGG_STATE(struct bits, rows, offset, i);
		uint8_t b = s->value != 0;

		if (!s->set)
			rc = vec_builder_null(out, e);
		else if (out->type->rep == REP_BOOL)
			rc = vec_builder_value(out, &b, e);
		else
			rc = vec_builder_value(out, &s->value, e);
	}
	return rc;
}

#define RECORD(name, T, op, how, help_text) \
	{ .signature = name "(" T "):" T, .intermediate = T, .flags = how, \
	    .state_size = sizeof(struct bits), .update = op##_update, \
	    .update_one = op##_one, .combine = op##_combine, \
	    .save = bits_final, .final = bits_final, .help = help_text }

const struct agg_func agg_bits[] = {
	RECORD("bool_and", "boolean", and, AGG_IGNORES_DUPLICATES, ""),
	RECORD("every", "boolean", and, AGG_IGNORES_DUPLICATES, ""),
	RECORD("bool_or", "boolean", or, AGG_IGNORES_DUPLICATES, ""),
	RECORD("bitwise_and_agg", "bigint", and, AGG_IGNORES_DUPLICATES, ""),
	RECORD("bitwise_or_agg", "bigint", or, AGG_IGNORES_DUPLICATES, ""),
	RECORD("bitwise_xor_agg", "bigint", xor, 0, ""),
	{ 0 }
};
