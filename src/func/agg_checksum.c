/* SPDX-License-Identifier: Apache-2.0
 * agg_checksum.c - checksum(x): a sum of hashes, the same in any order. */
#pragma GCC optimize("O3")
#include "func/agg.h"
#include "func/agg_hash.h"
#include "func/tables.h"

static const uint64_t prime = UINT64_C(0x9e3779b185ebca87);

struct checksum {
	uint64_t any, sum;
};

static int
checksum_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	const struct vec *v = args[0];
	uint64_t hash[PAGE_ROWS];

	xxhash64_rows(v, s, hash);
	KERNEL_EACH(s, i) {
		struct checksum *st = AGG_STATE(struct checksum, rows, offset,
		    i);

		st->any = 1;
		st->sum += vec_is_null(v, i) ? prime : hash[i] * prime;
	}
	return 0;
}

static int
checksum_one(struct agg_context *c, char *state,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	struct checksum *st = (void *)state;
	const struct vec *v = args[0];
	uint64_t hash[PAGE_ROWS], sum = 0;

	xxhash64_rows(v, s, hash);
	KERNEL_EACH(s, i)
		sum += vec_is_null(v, i) ? 1 : hash[i];
	st->any |= s->n > 0;
	st->sum += sum * prime;
	return 0;
}

static int
checksum_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct checksum *st = AGG_STATE(struct checksum, rows, offset,
		    i);
		uint64_t sum;

		if (!agg_load(in, i, &sum, sizeof(sum)))
			continue;
		st->any = 1;
		st->sum += sum;
	}
	return 0;
}

static int
checksum_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct checksum *st = AGG_STATE(struct checksum, rows, offset,
		    i);

		rc = st->any ? vec_builder_str(out, (struct str){
		    (const char *)&st->sum, 8 }, e)
		    : vec_builder_null(out, e);
	}
	return rc;
}

const struct agg_func agg_checksum[] = {
	{ .signature = "checksum(=T):varbinary", .intermediate = "varbinary",
	    .state_size = sizeof(struct checksum), .update = checksum_update,
	    .update_one = checksum_one, .combine = checksum_combine,
	    .save = checksum_final, .final = checksum_final,
	    .help = "Checksum of the given values" },
	{ 0 }
};
