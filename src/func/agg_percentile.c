/* SPDX-License-Identifier: Apache-2.0
 * agg_percentile.c - approx_percentile, tdigest_agg, merge(tdigest).
 *
 * Percentiles are arguments: the last row's count.  The intermediate value of
 * approx_percentile is the digest's bytes and the percentiles. */
#include <math.h>
#include <stdlib.h>

#include "func/agg_number.h"
#include "func/tables.h"
#include "func/tdigest.h"

struct percentile {
	struct tdigest *digest;
	uint32_t n, cap;
	double *q;
};

/* Where the arguments of a signature lie. */
static int
percentile_arg(const struct agg_context *c)
{
	return c->n_args == 2 ? 1 : 2;
}

static int
check_weight(struct agg_context *c, double weight, struct err *e)
{
	if (!(weight >= 1) && weight == weight)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "weight must be >= 1, was %s",
		    eval_double_text(c->ev, weight));
	if (!isfinite(weight))
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "weight must be finite, was %s",
		    eval_double_text(c->ev, weight));
	return 0;
}

static int
check_value(struct agg_context *c, const struct vec *v, uint32_t i,
    struct err *e)
{
	double d = agg_double_at(v, i);
	int64_t x;

	if (v->type->rep != REP_I64) {
		if (isfinite(d))
			return 0;
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "value must be finite; was %s",
		    eval_double_text(c->ev, d));
	}
	x = KERNEL_AT(int64_t, v, i);
	if ((d >= 0x1p63 ? INT64_MAX : (int64_t)d) != x)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "no exact double representation for long: %lld",
		    (long long)x);
	return 0;
}

static void
set_room(struct agg_context *c, struct percentile *p, uint32_t n)
{
	if (p->cap < n) {
		p->q = arena_array(c->heap, double, n);
		p->cap = n;
	}
	p->n = n;
}

static int
set_array(struct agg_context *c, struct percentile *p, const struct vec *v,
    uint32_t i, struct err *e)
{
	const struct vec *values = vec_values(v)->child[0];
	struct list_ref ref;

	memcpy(&ref, vec_at(v, i), sizeof(ref));
	set_room(c, p, ref.n);
	for (uint32_t k = 0; k < ref.n; k++) {
		if (vec_is_null(values, ref.offset + k))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Percentile cannot be null");
		memcpy(&p->q[k], vec_at(values, ref.offset + k), 8);
		if (!(p->q[k] >= 0 && p->q[k] <= 1))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Percentile must be between 0 and 1");
	}
	return 0;
}

static int
add_row(struct agg_context *c, struct percentile *p,
    const struct vec *const *args, uint32_t i, struct err *e)
{
	int at = percentile_arg(c), rc;
	const struct vec *q = args[at];
	double weight = at == 2 ? KERNEL_AT(double, args[1], i) : 1;

	if (c->n_args == 4) {
		double accuracy = KERNEL_AT(double, args[3], i);

		if (!(accuracy > 0 && accuracy < 1))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Percentile accuracy must be strictly between 0 "
			    "and 1");
	}
	if ((rc = check_value(c, args[0], i, e)) != 0 ||
	    (at == 2 && (rc = check_weight(c, weight, e)) != 0))
		return rc;
	if (p->digest == NULL)
		p->digest = tdigest_new(c->heap);
	tdigest_add(c->heap, p->digest, agg_double_at(args[0], i), weight);
	if (q->type->rep == REP_LIST)
		return p->n > 0 ? 0 : set_array(c, p, q, i, e);
	set_room(c, p, 1);
	p->q[0] = KERNEL_AT(double, q, i);
	return 0;
}

static int
percentile_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i) {
		bool null = false;

		for (int k = 0; k < c->n_args; k++)
			null |= vec_is_null(args[k], i);
		if (!null)
			rc = add_row(c, AGG_STATE(struct percentile, rows,
			    offset, i), args, i, e);
		if (rc != 0)
			break;
	}
	return rc;
}

/* Bytes of a digest into *at. */
static int
join(struct agg_context *c, struct tdigest **at, struct str bytes,
    struct err *e)
{
	struct tdigest *other;
	struct arena a;
	int rc;

	if (*at == NULL)
		return tdigest_read(c->heap, bytes, at, e);
	arena_init(&a);
	rc = tdigest_read(&a, bytes, &other, e);
	if (rc == 0)
		tdigest_merge(c->heap, *at, other);
	arena_release(&a);
	return rc;
}

static int
percentile_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		struct percentile *p = AGG_STATE(struct percentile, rows,
		    offset, i);
		uint32_t at = kernel_is_const(in) ? 0 : i;

		if (vec_is_null(in, i))
			continue;
		if ((rc = join(c, &p->digest, strview_str(vec_at(
		    in->child[0], at)), e)) != 0)
			return rc;
		if (p->n == 0) {
			const struct vec *q = vec_values(in->child[1]);
			struct list_ref ref;

			memcpy(&ref, vec_at(in->child[1], at), sizeof(ref));
			set_room(c, p, ref.n);
			for (uint32_t k = 0; k < ref.n; k++)
				memcpy(&p->q[k], vec_at(q->child[0],
				    ref.offset + k), 8);
		}
	}
	return 0;
}

static int
percentile_save(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct percentile *p = AGG_STATE(struct percentile, rows,
		    offset, i);

		if (p->digest == NULL) {
			rc = vec_builder_null(out, e);
			continue;
		}
		sbuf_clear(&b);
		tdigest_write(p->digest, &b);
		rc = vec_builder_str(&out->child[0], sbuf_str(&b), e);
		for (uint32_t k = 0; k < p->n && rc == 0; k++)
			rc = vec_builder_value(&out->child[1].child[0],
			    &p->q[k], e);
		if (rc == 0)
			rc = vec_builder_list(&out->child[1], p->n, e);
		if (rc == 0)
			rc = vec_builder_struct(out, e);
	}
	sbuf_release(&b);
	return rc;
}

static int
put_number(struct vec_builder *out, double d, struct err *e)
{
	int64_t x;

	if (out->type->rep != REP_I64)
		return agg_double_put(out, d, e);
	d = floor(d + 0.5);
	x = d >= 0x1p63 ? INT64_MAX : d < -0x1p63 ? INT64_MIN : (int64_t)d;
	return vec_builder_value(out, &x, e);
}

static int
put_percentiles(const struct percentile *p, struct vec_builder *out,
    struct err *e)
{
	bool list = out->type->rep == REP_LIST;
	int rc = 0;

	for (uint32_t k = 0; k < p->n && rc == 0; k++) {
		double value;

		if (!(p->q[k] >= 0 && p->q[k] <= 1))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Percentile must be between 0 and 1");
		tdigest_values(p->digest, &p->q[k], 1, &value);
		rc = put_number(list ? &out->child[0] : out, value, e);
	}
	if (rc == 0 && list)
		rc = vec_builder_list(out, p->n, e);
	return rc;
}

static int
percentile_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct percentile *p = AGG_STATE(struct percentile, rows,
		    offset, i);

		rc = p->digest == NULL ? vec_builder_null(out, e)
		    : put_percentiles(p, out, e);
	}
	return rc;
}

/* ---- tdigest_agg, merge ---- */

#define DIGEST(rows, offset, i) AGG_STATE(struct tdigest *, rows, offset, i)

static int
digest_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		struct tdigest **d = DIGEST(rows, offset, i);
		double value, weight = 1;

		if (vec_is_null(args[0], i) ||
		    (c->n_args > 1 && vec_is_null(args[1], i)))
			continue;
		value = KERNEL_AT(double, args[0], i);
		if (c->n_args > 1)
			weight = KERNEL_AT(double, args[1], i);
		if ((rc = check_weight(c, weight, e)) != 0)
			return rc;
		if (!isfinite(value))
			return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
			    isnan(value) ? "value is NaN"
			    : "value must be finite");
		if (*d == NULL)
			*d = tdigest_new(c->heap);
		tdigest_add(c->heap, *d, value, weight);
	}
	return 0;
}

static int
digest_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	int rc = 0;

	KERNEL_EACH(s, i) {
		if (vec_is_null(in, i))
			continue;
		rc = join(c, DIGEST(rows, offset, i), kernel_str(in, i), e);
		if (rc != 0)
			break;
	}
	return rc;
}

static int
merge_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	return digest_combine(c, rows, offset, args[0], s, e);
}

static int
digest_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct tdigest *d = *DIGEST(rows, offset, i);

		sbuf_clear(&b);
		if (d != NULL)
			tdigest_write(d, &b);
		rc = d == NULL ? vec_builder_null(out, e)
		    : vec_builder_str(out, sbuf_str(&b), e);
	}
	sbuf_release(&b);
	return rc;
}

#define ONE(args, R) \
	{ .signature = "approx_percentile(" args "):" R, \
	    .intermediate = "row(varbinary,array(double))", \
	    .state_size = sizeof(struct percentile), \
	    .update = percentile_update, .combine = percentile_combine, \
	    .save = percentile_save, .final = percentile_final, .help = "" }
#define PERCENTILE(T) \
	ONE(T ",array(double)", "array(" T ")"), \
	ONE(T ",double,array(double)", "array(" T ")"), \
	ONE(T ",double", T), ONE(T ",double,double", T), \
	ONE(T ",double,double,double", T)
#define DIGESTS(text, fn) \
	{ .signature = text ":tdigest", .intermediate = "tdigest", \
	    .state_size = sizeof(struct tdigest *), .update = fn, \
	    .combine = digest_combine, .save = digest_final, \
	    .final = digest_final, .help = "" }

const struct agg_func agg_percentile[] = {
	PERCENTILE("bigint"), PERCENTILE("double"), PERCENTILE("real"),
	DIGESTS("tdigest_agg(double)", digest_update),
	DIGESTS("tdigest_agg(double,double)", digest_update),
	DIGESTS("merge(tdigest)", merge_update),
	{ 0 }
};
