/* SPDX-License-Identifier: Apache-2.0
 * sketch.c - functions of sketches: cardinality and empty_approx_set of
 * HyperLogLog, value_at_quantile and values_at_quantiles of t-digests. */
#include "func/hll.h"
#include "func/list.h"
#include "func/tables.h"
#include "func/tdigest.h"

static int
cardinality(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;
	struct arena a;

	arena_init(&a);
	KERNEL_EACH(s, i) {
		struct err bad;
		struct hll *h;

		if (hll_read(&a, kernel_str(args->v[0], i), &h, &bad) != 0)
			eval_row_error(ev, i, bad.code, "%s", bad.text);
		else
			r[i] = hll_cardinality(h);
		arena_release(&a);
	}
	return 0;
}

static int
empty_approx_set(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	struct arena a;
	int rc = 0;

	arena_init(&a);
	hll_write(hll_new(&a, HLL_SET_BITS), &b);
	KERNEL_EACH(s, i)
		if (rc == 0)
			rc = kernel_put(ev, *out, i, sbuf_str(&b), e);
	arena_release(&a);
	sbuf_release(&b);
	return rc;
}

/* The digest of row i; NULL: an error was recorded. */
static struct tdigest *
digest_at(struct eval *ev, struct arena *a, const struct vec *v, uint32_t i)
{
	struct tdigest *d;
	struct err bad;

	if (tdigest_read(a, kernel_str(v, i), &d, &bad) == 0)
		return d;
	eval_row_error(ev, i, bad.code, "%s", bad.text);
	return NULL;
}

static bool
check_quantile(struct eval *ev, uint32_t row, double q)
{
	if (q >= 0 && q <= 1)
		return true;
	eval_row_error(ev, row, ERR_GENERIC_INTERNAL_ERROR,
	    "quantiles should be in [0, 1] range");
	return false;
}

static int
value_at_quantile(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	double *r = (*out)->data;
	struct arena a;

	arena_init(&a);
	KERNEL_EACH(s, i) {
		struct tdigest *d = digest_at(ev, &a, args->v[0], i);
		double q = KERNEL_AT(double, args->v[1], i);

		if (d != NULL && check_quantile(ev, i, q))
			tdigest_values(d, &q, 1, &r[i]);
		arena_release(&a);
	}
	return 0;
}

/* A NULL quantile is the one before. */
static int
put_quantiles(struct eval *ev, uint32_t row, struct tdigest *d,
    const struct vec *v, struct list_ref ref, struct vec_builder *out,
    struct err *e)
{
	double q = 0, value;
	int rc = 0;

	for (uint32_t k = ref.offset; k < ref.offset + ref.n && rc == 0;
	    k++) {
		double next = q;

		if (!vec_is_null(v, k))
			memcpy(&next, vec_at(v, k), sizeof(next));
		if (next < q) {
			eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT,
			    "percentiles must be sorted in increasing order");
			break;
		}
		if (!check_quantile(ev, row, next))
			break;
		q = next;
		tdigest_values(d, &q, 1, &value);
		rc = vec_builder_value(out, &value, e);
	}
	return rc;
}

static int
values_at_quantiles(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *lists = args->v[1];
	struct list_out l;
	struct arena a;
	int rc = 0;

	list_begin(&l, ev, *out);
	arena_init(&a);
	KERNEL_EACH(s, i) {
		struct tdigest *d = digest_at(ev, &a, args->v[0], i);

		if (d != NULL && rc == 0)
			rc = put_quantiles(ev, i, d, lists->child[0],
			    list_at(lists, i), &l.b[0], e);
		list_row(&l, i);
		arena_release(&a);
	}
	return list_finish(&l, rc, e);
}

const struct func func_sketch[] = {
	{ .signature = "cardinality(hyperloglog):bigint",
	    .kernel = cardinality,
	    .help = "Compute the cardinality of a HyperLogLog instance" },
	{ .signature = "empty_approx_set():hyperloglog",
	    .flags = FUNC_CANNOT_FAIL, .kernel = empty_approx_set,
	    .help = "An empty HyperLogLog instance" },
	{ .signature = "value_at_quantile(tdigest,double):double",
	    .kernel = value_at_quantile, .help = "Given an input q between "
	    "[0, 1], find the value whose rank in the sorted sequence of the "
	    "n values represented by the tdigest is qn" },
	{ .signature =
	    "values_at_quantiles(tdigest,array(double)):array(double)",
	    .kernel = values_at_quantiles, .help = "For each input q between "
	    "[0, 1], find the value whose rank in the sorted sequence of the "
	    "n values represented by the tdigest is qn" },
	{ 0 }
};
