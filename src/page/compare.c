/* SPDX-License-Identifier: Apache-2.0
 * compare.c - order, equality and text of values inside vectors. */
#include "page/compare.h"

#include "base/check.h"
#include "type/value.h"

static struct list_ref
list_at(const struct vec *v, uint32_t i)
{
	return ((const struct list_ref *)vec_values(v)->data)[vec_slot(v, i)];
}

/* Two possibly NULL values; NULLs last. */
static int
compare_nulls(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j)
{
	bool xn = vec_is_null(x, i), yn = vec_is_null(y, j);

	if (xn || yn)
		return xn - yn;
	return vec_compare(x, i, y, j);
}

int
vec_compare(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *xv = vec_values(x), *yv = vec_values(y);
	int c = 0;

	if (xv->type->rep == REP_LIST) {
		struct list_ref a = list_at(x, i), b = list_at(y, j);

		for (uint32_t k = 0; k < a.n && k < b.n && c == 0; k++)
			c = compare_nulls(xv->child[0], a.offset + k,
			    yv->child[0], b.offset + k);
		return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
	}
	if (xv->type->rep == REP_ROW) {
		for (int k = 0; k < xv->n_child && c == 0; k++)
			c = compare_nulls(xv->child[k], vec_slot(x, i),
			    yv->child[k], vec_slot(y, j));
		return c;
	}
	return value_compare(xv->type, vec_at(x, i), vec_at(y, j));
}

/* The place of key `at` of map a among the keys of b, or -1. */
static int64_t
find_key(const struct vec *keys, uint32_t at, const struct vec *in,
    struct list_ref b)
{
	for (uint32_t k = 0; k < b.n; k++)
		if (vec_same(keys, at, in, b.offset + k))
			return b.offset + k;
	return -1;
}

static bool
same_list(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *xv = vec_values(x), *yv = vec_values(y);
	struct list_ref a = list_at(x, i), b = list_at(y, j);

	if (a.n != b.n)
		return false;
	for (uint32_t k = 0; k < a.n; k++) {
		if (xv->type->id == TYPE_MAP) {
			int64_t at = find_key(xv->child[0], a.offset + k,
			    yv->child[0], b);

			if (at < 0 || !vec_same(xv->child[1], a.offset + k,
			    yv->child[1], (uint32_t)at))
				return false;
		} else if (!vec_same(xv->child[0], a.offset + k, yv->child[0],
		    b.offset + k)) {
			return false;
		}
	}
	return true;
}

bool
vec_same(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *xv = vec_values(x), *yv = vec_values(y);
	bool xn = vec_is_null(x, i), yn = vec_is_null(y, j);

	if (xn || yn)
		return xn && yn;
	if (xv->type->rep == REP_LIST)
		return same_list(x, i, y, j);
	if (xv->type->rep == REP_ROW) {
		for (int k = 0; k < xv->n_child; k++)
			if (!vec_same(xv->child[k], vec_slot(x, i),
			    yv->child[k], vec_slot(y, j)))
				return false;
		return true;
	}
	return value_same(xv->type, vec_at(x, i), vec_at(y, j));
}

static bool
is_nan(const struct vec *v, uint32_t i)
{
	float f;
	double d;

	if (v->type->rep == REP_F64) {
		memcpy(&d, vec_at(v, i), sizeof(d));
		return d != d;
	}
	if (v->type->rep == REP_F32) {
		memcpy(&f, vec_at(v, i), sizeof(f));
		return f != f;
	}
	return false;
}

static int
equal_list(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *xv = vec_values(x), *yv = vec_values(y);
	struct list_ref a = list_at(x, i), b = list_at(y, j);
	bool map = xv->type->id == TYPE_MAP;
	int known = 1;

	if (a.n != b.n)
		return 0;
	for (uint32_t k = 0; k < a.n; k++) {
		int64_t at = !map ? b.offset + k : find_key(xv->child[0],
		    a.offset + k, yv->child[0], b);
		int c;

		if (at < 0)
			return 0;
		c = vec_equal(xv->child[map], a.offset + k, yv->child[map],
		    (uint32_t)at);
		if (c == 0)
			return 0;
		if (c < 0)
			known = -1;
	}
	return known;
}

int
vec_equal(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *xv = vec_values(x), *yv = vec_values(y);
	int known = 1;

	if (vec_is_null(x, i) || vec_is_null(y, j))
		return -1;
	if (xv->type->rep == REP_LIST)
		return equal_list(x, i, y, j);
	if (xv->type->rep == REP_ROW) {
		for (int k = 0; k < xv->n_child; k++) {
			int c = vec_equal(xv->child[k], vec_slot(x, i),
			    yv->child[k], vec_slot(y, j));

			if (c == 0)
				return 0;
			if (c < 0)
				known = -1;
		}
		return known;
	}
	return !is_nan(x, i) &&
	    value_same(xv->type, vec_at(x, i), vec_at(y, j));
}

/* A map's key as the name of a JSON member. */
static void
print_key(struct sbuf *to, const struct vec *v, uint32_t i)
{
	struct sbuf text = { 0 };

	vec_print_json(&text, v, i);
	if (text.n > 0 && text.p[0] == '"')
		sbuf_adds(to, sbuf_str(&text));
	else
		sbuf_addf(to, "\"%.*s\"", (int)text.n, text.p);
	sbuf_release(&text);
}

void
vec_print_json(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);

	if (vec_is_null(v, i)) {
		sbuf_addz(to, "null");
	} else if (values->type->id == TYPE_MAP) {
		struct list_ref r = list_at(v, i);

		sbuf_addc(to, '{');
		for (uint32_t k = 0; k < r.n; k++) {
			if (k > 0)
				sbuf_addc(to, ',');
			print_key(to, values->child[0], r.offset + k);
			sbuf_addc(to, ':');
			vec_print_json(to, values->child[1], r.offset + k);
		}
		sbuf_addc(to, '}');
	} else if (values->type->rep == REP_LIST) {
		struct list_ref r = list_at(v, i);

		sbuf_addc(to, '[');
		for (uint32_t k = 0; k < r.n; k++) {
			if (k > 0)
				sbuf_addc(to, ',');
			vec_print_json(to, values->child[0], r.offset + k);
		}
		sbuf_addc(to, ']');
	} else if (values->type->rep == REP_ROW) {
		sbuf_addc(to, '[');
		for (int k = 0; k < values->n_child; k++) {
			if (k > 0)
				sbuf_addc(to, ',');
			vec_print_json(to, values->child[k], vec_slot(v, i));
		}
		sbuf_addc(to, ']');
	} else {
		value_print_json(to, values->type, vec_at(v, i));
	}
}
