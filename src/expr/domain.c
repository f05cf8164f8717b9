/* SPDX-License-Identifier: Apache-2.0
 * domain.c - asking and printing domains. */
#include "expr/domain.h"

#include "page/compare.h"

/* Value v is below the range's low end. */
static bool
below(const struct domain_range *r, const struct vec *v, uint32_t i)
{
	int c;

	if (r->low == NULL)
		return false;
	c = vec_compare(v, i, r->low, 0);
	return r->low_closed ? c < 0 : c <= 0;
}

static bool
above(const struct domain_range *r, const struct vec *v, uint32_t i)
{
	int c;

	if (r->high == NULL)
		return false;
	c = vec_compare(v, i, r->high, 0);
	return r->high_closed ? c > 0 : c >= 0;
}

bool
domain_contains(const struct domain *d, const struct vec *v, uint32_t i)
{
	int low = 0, high = d->n - 1;

	if (vec_is_null(v, i))
		return d->nulls;
	if (d->all)
		return true;
	while (low <= high) {
		int mid = (low + high) / 2;

		if (below(&d->ranges[mid], v, i))
			high = mid - 1;
		else if (above(&d->ranges[mid], v, i))
			low = mid + 1;
		else
			return true;
	}
	return false;
}

bool
domain_overlaps(const struct domain *d, const struct vec *min,
    const struct vec *max, bool has_null, bool all_null)
{
	if (has_null && d->nulls)
		return true;
	if (all_null)
		return false;
	if (d->all)
		return true;
	for (int i = 0; i < d->n; i++)
		if ((max == NULL || !below(&d->ranges[i], max, 0)) &&
		    (min == NULL || !above(&d->ranges[i], min, 0)))
			return true;
	return false;
}

int
domain_points(const struct domain *d, struct vec **out, int max)
{
	if (d->all || d->nulls || d->n > max)
		return -1;
	for (int i = 0; i < d->n; i++) {
		const struct domain_range *r = &d->ranges[i];

		if (r->low == NULL || r->high == NULL || !r->low_closed ||
		    !r->high_closed || vec_compare(r->low, 0, r->high, 0) != 0)
			return -1;
		out[i] = r->low;
	}
	return d->n;
}

void
domain_print(struct sbuf *to, const struct domain *d)
{
	sbuf_addc(to, '[');
	if (d->all)
		sbuf_addz(to, "ALL");
	for (int i = 0; i < d->n; i++) {
		const struct domain_range *r = &d->ranges[i];

		if (i > 0)
			sbuf_addz(to, ", ");
		if (i == 8) {
			sbuf_addf(to, "... %d more", d->n - i);
			break;
		}
		if (r->low != NULL && r->high != NULL &&
		    vec_compare(r->low, 0, r->high, 0) == 0) {
			vec_print_json(to, r->low, 0);
			continue;
		}
		sbuf_addc(to, r->low_closed ? '[' : '(');
		if (r->low != NULL)
			vec_print_json(to, r->low, 0);
		sbuf_addz(to, "..");
		if (r->high != NULL)
			vec_print_json(to, r->high, 0);
		sbuf_addc(to, r->high_closed ? ']' : ')');
	}
	if (d->nulls)
		sbuf_addz(to, d->n > 0 || d->all ? ", NULL" : "NULL");
	sbuf_addc(to, ']');
}
