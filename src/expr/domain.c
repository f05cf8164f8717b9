/* SPDX-License-Identifier: Apache-2.0
 * domain.c - asking and printing domains. */
#include "expr/domain_priv.h"

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

static void
print_end(struct sbuf *to, const struct vec *v, const char *none)
{
	if (v != NULL)
		vec_print_json(to, v, 0);
	else
		sbuf_addz(to, none);
}

void
domain_print(struct sbuf *to, const struct domain *d)
{
	if (d->all) {
		sbuf_addz(to, d->nulls ? "ALL" : "NOT NULL");
		return;
	}
	sbuf_addz(to, d->nulls ? "[NULL" : "[");
	for (int i = 0; i < d->n; i++) {
		const struct domain_range *r = &d->ranges[i];

		if (i > 0 || d->nulls)
			sbuf_addz(to, ", ");
		if (i == 8) {
			sbuf_addf(to, "... %d more", d->n - i);
			break;
		}
		if (r->low != NULL && r->high != NULL &&
		    vec_compare(r->low, 0, r->high, 0) == 0) {
			sbuf_addc(to, '{');
			vec_print_json(to, r->low, 0);
			sbuf_addc(to, '}');
			continue;
		}
		sbuf_addc(to, r->low_closed ? '[' : '(');
		print_end(to, r->low, "<min>");
		sbuf_addz(to, ", ");
		print_end(to, r->high, "<max>");
		sbuf_addc(to, r->high_closed ? ']' : ')');
	}
	sbuf_addc(to, ']');
}

/* --- making --- */

struct domain *
domain_new(struct expr_pool *p, const struct type *t, int n)
{
	struct domain *d = arena_new(p->arena, struct domain);

	d->type = t;
	d->ranges = arena_array(p->arena, struct domain_range, n + 1);
	return d;
}

/* Which of two low ends comes first: <0, 0, >0; NULL is lowest. */
static int
compare_low(const struct domain_range *x, const struct domain_range *y)
{
	int c;

	if (x->low == NULL || y->low == NULL)
		return (x->low != NULL) - (y->low != NULL);
	c = vec_compare(x->low, 0, y->low, 0);
	return c != 0 ? c : y->low_closed - x->low_closed;
}

static int
compare_high(const struct domain_range *x, const struct domain_range *y)
{
	int c;

	if (x->high == NULL || y->high == NULL)
		return (x->high == NULL) - (y->high == NULL);
	c = vec_compare(x->high, 0, y->high, 0);
	return c != 0 ? c : x->high_closed - y->high_closed;
}

static void
set_low(struct domain_range *to, const struct domain_range *from)
{
	to->low = from->low;
	to->low_closed = from->low_closed;
}

static void
set_high(struct domain_range *to, const struct domain_range *from)
{
	to->high = from->high;
	to->high_closed = from->high_closed;
}

/* Is there no value in the range? */
static bool
is_empty(const struct domain_range *r)
{
	int c;

	if (r->low == NULL || r->high == NULL)
		return false;
	c = vec_compare(r->low, 0, r->high, 0);
	return c > 0 || (c == 0 && !(r->low_closed && r->high_closed));
}

struct domain *
domain_intersect(struct expr_pool *p, const struct domain *x,
    const struct domain *y)
{
	struct domain *d = domain_new(p, x->type, x->n + y->n);
	int i = 0, k = 0;

	d->nulls = x->nulls && y->nulls;
	d->all = x->all && y->all;
	if (x->all || y->all) {
		const struct domain *other = x->all ? y : x;

		d->n = other->n;
		memcpy(d->ranges, other->ranges, sizeof(*d->ranges) *
		    (size_t)other->n);
		return d;
	}
	while (i < x->n && k < y->n) {
		const struct domain_range *a = &x->ranges[i];
		const struct domain_range *b = &y->ranges[k];
		struct domain_range r;

		set_low(&r, compare_low(a, b) > 0 ? a : b);
		set_high(&r, compare_high(a, b) < 0 ? a : b);
		if (!is_empty(&r))
			d->ranges[d->n++] = r;
		if (compare_high(a, b) < 0)
			i++;
		else
			k++;
	}
	return d;
}

/* Does y begin within x, or right behind it? */
static bool
touches(const struct domain_range *x, const struct domain_range *y)
{
	int c;

	if (x->high == NULL || y->low == NULL)
		return true;
	c = vec_compare(x->high, 0, y->low, 0);
	return c > 0 || (c == 0 && (x->high_closed || y->low_closed));
}

struct domain *
domain_unite(struct expr_pool *p, const struct domain *x,
    const struct domain *y)
{
	struct domain *d = domain_new(p, x->type, x->n + y->n);
	int i = 0, k = 0;

	d->nulls = x->nulls || y->nulls;
	d->all = x->all || y->all;
	if (d->all)
		return d;
	while (i < x->n || k < y->n) {
		bool first = k == y->n || (i < x->n &&
		    compare_low(&x->ranges[i], &y->ranges[k]) <= 0);
		const struct domain_range *r = first ? &x->ranges[i++]
		    : &y->ranges[k++];
		struct domain_range *last = d->n == 0 ? NULL
		    : &d->ranges[d->n - 1];

		if (last == NULL || !touches(last, r))
			d->ranges[d->n++] = *r;
		else if (compare_high(last, r) < 0)
			set_high(last, r);
	}
	if (d->n == 1 && d->ranges[0].low == NULL &&
	    d->ranges[0].high == NULL) {
		d->all = true;
		d->n = 0;
	}
	return d;
}

struct domain *
domain_complement(struct expr_pool *p, const struct domain *x)
{
	struct domain *d = domain_new(p, x->type, x->n + 1);
	struct domain_range gap = { .low = NULL };

	if (x->all)
		return d;
	d->all = x->n == 0;
	for (int i = 0; i < x->n; i++) {
		const struct domain_range *r = &x->ranges[i];

		gap.high = r->low;
		gap.high_closed = !r->low_closed;
		if (r->low != NULL && !is_empty(&gap))
			d->ranges[d->n++] = gap;
		gap = (struct domain_range){ .low = r->high,
			.low_closed = !r->high_closed };
		if (r->high == NULL)
			return d;
	}
	if (x->n > 0)
		d->ranges[d->n++] = gap;
	return d;
}
