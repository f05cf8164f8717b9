/* SPDX-License-Identifier: Apache-2.0
 * text_edit.c - replace, translate, split and split_part, concat_ws,
 * distances. */
#include <stdlib.h>

#include "func/kernel.h"
#include "func/search.h"
#include "func/tables.h"
#include "page/build.h"
#include "type/text.h"

/* ---- replace, translate ---- */

static void
replace_in(struct sbuf *to, struct str s, struct str what, struct str with)
{
	size_t from = 0;
	ptrdiff_t at;

	if (what.n == 0) {
		/* Between all characters. */
		sbuf_adds(to, with);
		while (from < s.n) {
			int n;

			utf8_at(s.p + from, s.p + s.n, &n);
			sbuf_add(to, s.p + from, (size_t)n);
			sbuf_adds(to, with);
			from += (size_t)n;
		}
		return;
	}
	while ((at = search_find(s, what, from)) >= 0) {
		sbuf_add(to, s.p + from, (size_t)at - from);
		sbuf_adds(to, with);
		from = (size_t)at + what.n;
	}
	sbuf_add(to, s.p + from, s.n - from);
}

static int
replace(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str what = kernel_str(args->v[1], i), with = { "", 0 };

		if (args->n > 2)
			with = kernel_str(args->v[2], i);
		sbuf_clear(&b);
		if (what.n > 0 || with.n > 0)
			replace_in(&b, kernel_str(args->v[0], i), what, with);
		else
			sbuf_adds(&b, kernel_str(args->v[0], i));
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* varchar(x + z * (x + 1)) */
static int
resolve_replace(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	int64_t x = args[0]->length, z = args[2]->length;
	int64_t length = x == TYPE_UNBOUNDED || z == TYPE_UNBOUNDED
	    ? TYPE_UNBOUNDED : MIN(x + z * (x + 1), TYPE_UNBOUNDED);

	*result = length == TYPE_UNBOUNDED ? TYPE(VARCHAR)
	    : type_varchar(a, (int32_t)length);
	return 0;
}

/* The n-th character of set as a slice; empty: there is none. */
static struct str
nth_char(struct str set, size_t n)
{
	size_t at = utf8_offset(set, n);
	int bytes = 0;

	if (at < set.n)
		utf8_at(set.p + at, set.p + set.n, &bytes);
	return (struct str){ set.p + at, (size_t)bytes };
}

static ptrdiff_t
index_of_char(struct str set, struct str c)
{
	ptrdiff_t index = 0;
	int n;

	for (size_t at = 0; at < set.n; at += (size_t)n, index++) {
		utf8_at(set.p + at, set.p + set.n, &n);
		if ((size_t)n == c.n && memcmp(set.p + at, c.p, c.n) == 0)
			return index;
	}
	return -1;
}

static int
translate(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0, n;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		struct str from = kernel_str(args->v[1], i);
		struct str to = kernel_str(args->v[2], i);

		sbuf_clear(&b);
		for (size_t at = 0; at < x.n; at += (size_t)n) {
			struct str c;
			ptrdiff_t k;

			utf8_at(x.p + at, x.p + x.n, &n);
			c = (struct str){ x.p + at, (size_t)n };
			k = index_of_char(from, c);
			sbuf_adds(&b, k < 0 ? c : nth_char(to, (size_t)k));
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- split ---- */

static int
split_row(struct eval *ev, const struct func_args *args, uint32_t i,
    struct vec_builder *parts, uint32_t *count, struct err *e)
{
	struct str x = kernel_str(args->v[0], i);
	struct str by = kernel_str(args->v[1], i);
	int64_t limit = args->n < 3 ? INT32_MAX
	    : KERNEL_AT(int64_t, args->v[2], i);
	size_t from = 0;
	ptrdiff_t at;
	int rc;

	*count = 0;
	if (limit <= 0 || limit > INT32_MAX || by.n == 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT, "%s",
		    limit <= 0 ? "Limit must be positive"
		    : limit > INT32_MAX ? "Limit is too large"
		    : "The delimiter may not be the empty string");
		return 0;
	}
	while (++*count < limit && (at = search_find(x, by, from)) >= 0) {
		rc = vec_builder_str(parts, (struct str){ x.p + from,
		    (size_t)at - from }, e);
		if (rc != 0)
			return rc;
		from = (size_t)at + by.n;
	}
	return vec_builder_str(parts, (struct str){ x.p + from, x.n - from },
	    e);
}

static int
split(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	struct list_ref *refs = (*out)->data;
	struct vec_builder b;
	uint32_t at = 0;
	int rc = 0;

	vec_builder_init(&b, args->result->child[0], ev->account);
	KERNEL_EACH(s, i) {
		uint32_t n;

		if ((rc = split_row(ev, args, i, &b, &n, e)) != 0)
			break;
		n = b.n - at;
		refs[i] = (struct list_ref){ at, n };
		at += n;
	}
	if (rc == 0) {
		struct vec *child = vec_builder_finish(&b, e);

		if (child == NULL)
			rc = -e->code;
		else
			vec_set_child(*out, 0, child);
	}
	vec_builder_release(&b);
	return rc;
}

static int
split_part(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int rc;

	vec_share_bufs(*out, args->v[0]);
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i), part;
		struct str by = kernel_str(args->v[1], i);
		int64_t index = KERNEL_AT(int64_t, args->v[2], i), k = 1;
		size_t from = 0;
		ptrdiff_t at = -1;

		if (index <= 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Index must be greater than zero");
			continue;
		}
		if (by.n == 0) {
			/* Character by character. */
			part = index > (int64_t)x.n ? (struct str){ x.p, 0 }
			    : nth_char(x, (size_t)index - 1);
			at = part.n == 0 ? -2 : 0;
		} else {
			while (k < index && (at = search_find(x, by, from)) >=
			    0) {
				from = (size_t)at + by.n;
				k++;
			}
			at = k < index ? -2 : search_find(x, by, from);
			part = (struct str){ x.p + from, (at < 0 ? x.n
			    : (size_t)at) - from };
		}
		if (at == -2) {
			if ((rc = kernel_put_null(ev, *out, i, e)) != 0)
				return rc;
			continue;
		}
		kernel_put_shared(*out, i, part);
	}
	return 0;
}

/* ---- concat_ws: NULL parts are left out ---- */

static int
concat_ws(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		bool first = true;

		if (args->n < 2) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "There must be two or more arguments");
			continue;
		}
		if (vec_is_null(args->v[0], i)) {
			if ((rc = kernel_put_null(ev, *out, i, e)) != 0)
				break;
			continue;
		}
		sbuf_clear(&b);
		for (int k = 1; k < args->n; k++) {
			if (vec_is_null(args->v[k], i))
				continue;
			if (!first)
				sbuf_adds(&b, kernel_str(args->v[0], i));
			sbuf_adds(&b, kernel_str(args->v[k], i));
			first = false;
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
concat_ws_array(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *list = args->v[1], *parts = list->child[0];
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct list_ref ref = KERNEL_AT(struct list_ref, list, i);
		bool first = true;

		sbuf_clear(&b);
		for (uint32_t k = 0; k < ref.n; k++) {
			uint32_t at = ref.offset + k;

			if (vec_is_null(parts, at))
				continue;
			if (!first)
				sbuf_adds(&b, kernel_str(args->v[0], i));
			sbuf_adds(&b, strview_str(vec_at(parts, at)));
			first = false;
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- distances ---- */

static int32_t *
code_points(struct arena *a, struct str s, int *n)
{
	int32_t *c = arena_alloc(a, sizeof(*c) * (s.n + 1));
	int bytes;

	*n = 0;
	for (size_t at = 0; at < s.n; at += (size_t)bytes)
		c[(*n)++] = utf8_at(s.p + at, s.p + s.n, &bytes);
	return c;
}

static int64_t
levenshtein(struct arena *a, struct str x, struct str y)
{
	int nx, ny;
	int32_t *cx = code_points(a, x, &nx), *cy = code_points(a, y, &ny);
	int32_t *row;

	if (nx < ny) {
		int32_t *c = cx;
		int n = nx;

		cx = cy;
		nx = ny;
		cy = c;
		ny = n;
	}
	row = arena_alloc(a, sizeof(*row) * (size_t)(ny + 1));
	for (int j = 0; j <= ny; j++)
		row[j] = j;
	for (int i = 1; i <= nx; i++) {
		int32_t corner = row[0];

		row[0] = i;
		for (int j = 1; j <= ny; j++) {
			int32_t best = corner + (cx[i - 1] != cy[j - 1]);

			corner = row[j];
			best = MIN(best, row[j] + 1);
			row[j] = MIN(best, row[j - 1] + 1);
		}
	}
	return row[ny];
}

static int
levenshtein_distance(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		struct str y = kernel_str(args->v[1], i);

		/* The work is the product of the lengths. */
		if ((uint64_t)x.n * y.n > UINT64_C(4) << 30)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "The combined inputs for Levenshtein distance "
			    "are too large");
		else
			r[i] = levenshtein(ev->scratch, x, y);
	}
	return 0;
}

static int
hamming_distance(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		int nx, ny;
		int32_t *x = code_points(ev->scratch,
		    kernel_str(args->v[0], i), &nx);
		int32_t *y = code_points(ev->scratch,
		    kernel_str(args->v[1], i), &ny);

		r[i] = 0;
		if (nx != ny)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "The input strings to hamming_distance function "
			    "must have the same length");
		for (int k = 0; k < nx && nx == ny; k++)
			r[i] += x[k] != y[k];
	}
	return 0;
}

const struct func func_text_edit[] = {
	{ .signature = "replace(varchar(x),varchar(y)):varchar(x)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = replace,
	    .help = "Takes a text out of another" },
	{ .signature = "replace(varchar(x),varchar(y),varchar(z)):varchar(x)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = replace,
	    .resolve = resolve_replace, .help = "Replaces a text in another" },
	{ .signature =
	    "translate(varchar(x),varchar(y),varchar(z)):varchar",
	    .flags = FUNC_CANNOT_FAIL, .kernel = translate,
	    .help = "Replaces characters one for one" },
	{ .signature = "split(varchar(x),varchar(y)):array(varchar(x))",
	    .kernel = split, .help = "Parts between a delimiter" },
	{ .signature =
	    "split(varchar(x),varchar(y),bigint):array(varchar(x))",
	    .kernel = split, .help = "At most so many parts" },
	{ .signature =
	    "split_part(varchar(x),varchar(y),bigint):varchar(x)",
	    .kernel = split_part, .help = "The n-th part, from 1" },
	{ .signature = "concat_ws(varchar,varchar...):varchar",
	    .flags = FUNC_NULL_CALLS, .kernel = concat_ws,
	    .help = "Joins texts with a separator" },
	{ .signature = "concat_ws(varchar,array(varchar)):varchar",
	    .flags = FUNC_CANNOT_FAIL, .kernel = concat_ws_array,
	    .help = "Joins texts with a separator" },
	{ .signature =
	    "levenshtein_distance(varchar(x),varchar(y)):bigint",
	    .kernel = levenshtein_distance,
	    .help = "Insertions, deletions and changes between two texts" },
	{ .signature = "hamming_distance(varchar(x),varchar(y)):bigint",
	    .kernel = hamming_distance,
	    .help = "Places in which two texts differ" },
	{ 0 }
};
