/* SPDX-License-Identifier: Apache-2.0
 * domain_code.c - domain sets as msgpack: [none, [column, type, nulls, all,
 * [low, closed, high, closed]...]...]. */
#include "expr/code.h"
#include "expr/domain_priv.h"
#include "page/compare.h"

enum { DOMAIN_MAX_COLUMNS = 1 << 16 };

void
domain_encode(struct mpack_writer *w, const struct domain_set *s)
{
	mpack_array(w, 1 + (uint32_t)s->n);
	mpack_bool(w, s->none);
	for (int i = 0; i < s->n; i++) {
		const struct domain *d = s->domain[i];

		mpack_array(w, 4 + (uint32_t)d->n);
		mpack_int(w, s->column[i]);
		code_put_type(w, d->type);
		mpack_bool(w, d->nulls);
		mpack_bool(w, d->all);
		for (int k = 0; k < d->n; k++) {
			const struct domain_range *r = &d->ranges[k];

			mpack_array(w, 4);
			code_put_value(w, r->low);
			mpack_bool(w, r->low_closed);
			code_put_value(w, r->high);
			mpack_bool(w, r->high_closed);
		}
	}
}

static int
get_range(struct expr_pool *p, struct mpack_reader *r, const struct type *t,
    struct domain_range *out, struct err *e)
{
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc == 0 && n != 4)
		rc = mpack_error(r, e, "a range of %u parts", n);
	if (rc == 0)
		rc = code_get_value(p, r, t, &out->low, e);
	if (rc == 0)
		rc = mpack_get_bool(r, &out->low_closed, e);
	if (rc == 0)
		rc = code_get_value(p, r, t, &out->high, e);
	if (rc == 0)
		rc = mpack_get_bool(r, &out->high_closed, e);
	if (rc == 0 && ((out->low != NULL && vec_is_null(out->low, 0)) ||
	    (out->high != NULL && vec_is_null(out->high, 0))))
		rc = mpack_error(r, e, "NULL as a bound");
	return rc;
}

/* What others rely on: sorted, disjoint. */
static bool
in_order(const struct domain *d)
{
	for (int i = 0; i + 1 < d->n; i++)
		if (d->ranges[i].high == NULL || d->ranges[i + 1].low == NULL ||
		    vec_compare(d->ranges[i].high, 0, d->ranges[i + 1].low,
		    0) > 0)
			return false;
	return true;
}

static int
get_domain(struct expr_pool *p, struct mpack_reader *r, int *column,
    struct domain **out, struct err *e)
{
	const struct type *t;
	struct domain *d;
	bool nulls, all;
	int64_t v;
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc == 0 && n < 4)
		rc = mpack_error(r, e, "a domain of %u parts", n);
	if (rc == 0)
		rc = mpack_get_int_in(r, 0, INT32_MAX, &v, e);
	if (rc == 0)
		rc = code_get_type(p->arena, r, &t, e);
	/* Without order there is NULL or not NULL, no ranges. */
	if (rc == 0 && n > 4 && !type_orderable(t))
		rc = mpack_error(r, e, "a domain of a type without order");
	if (rc == 0)
		rc = mpack_get_bool(r, &nulls, e);
	if (rc == 0)
		rc = mpack_get_bool(r, &all, e);
	if (rc != 0)
		return rc;
	*column = (int)v;
	d = domain_new(p, t, (int)n - 4);
	d->nulls = nulls;
	d->all = all;
	for (; d->n < (int)n - 4; d->n++)
		if ((rc = get_range(p, r, t, &d->ranges[d->n], e)) != 0)
			return rc;
	if (!in_order(d))
		return mpack_error(r, e, "ranges out of order");
	*out = d;
	return 0;
}

int
domain_decode(struct expr_pool *p, struct mpack_reader *r,
    struct domain_set *out, struct err *e)
{
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	*out = (struct domain_set){ 0 };
	if (rc == 0 && (n == 0 || n > DOMAIN_MAX_COLUMNS))
		rc = mpack_error(r, e, "a domain set of %u parts", n);
	if (rc == 0)
		rc = mpack_get_bool(r, &out->none, e);
	if (rc != 0)
		return rc;
	out->column = arena_array(p->arena, int, n);
	out->domain = arena_array(p->arena, struct domain *, n);
	for (; out->n < (int)n - 1 && rc == 0; out->n++)
		rc = get_domain(p, r, &out->column[out->n],
		    &out->domain[out->n], e);
	return rc;
}
