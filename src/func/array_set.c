/* SPDX-License-Identifier: Apache-2.0
 * array_set.c - arrays as sets: contains, distinct, union, intersect, except,
 * overlap, remove, sort. */
#include <stdlib.h>

#include "func/compare.h"
#include "func/list.h"
#include "func/tables.h"

/* ---- searching ---- */

/* 1 equal, 0 not, -1 unknown, for an element that is not NULL. */
static int
element_equal(struct eval *ev, const struct vec *values, uint32_t k,
    const struct vec *v, uint32_t i, uint32_t row, const char *who)
{
	int equal;

	if (values->type->rep != REP_LIST && values->type->rep != REP_ROW)
		return !compare_is_nan(values, k) && !compare_is_nan(v, i) &&
		    compare_rows(values, k, v, i) == 0;
	equal = vec_equal(values, k, v, i);
	if (equal < 0)
		eval_row_error(ev, row, ERR_NOT_SUPPORTED, "%s does not "
		    "support arrays with elements that are null or contain "
		    "null", who);
	return equal;
}

static int
contains(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *values = args->v[0]->child[0];
	uint8_t *r = (*out)->data;
	int rc;

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		bool found = false, null = false;

		for (uint32_t k = ref.offset; k < ref.offset + ref.n && !found;
		    k++) {
			if (vec_is_null(values, k))
				null = true;
			else
				found = element_equal(ev, values, k,
				    args->v[1], i, i, "contains") == 1;
		}
		r[i] = found;
		if (!found && null && (rc = kernel_put_null(ev, *out, i, e)) !=
		    0)
			return rc;
	}
	return 0;
}

static int
array_position(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *values = args->v[0]->child[0];
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		r[i] = 0;
		for (uint32_t k = 0; k < ref.n && r[i] == 0; k++)
			if (!vec_is_null(values, ref.offset + k) &&
			    element_equal(ev, values, ref.offset + k,
			    args->v[1], i, i, "array_position") == 1)
				r[i] = k + 1;
	}
	return 0;
}

static bool
stands_at(const struct vec *x, uint32_t at, const struct vec *y,
    struct list_ref what)
{
	for (uint32_t k = 0; k < what.n; k++)
		if (!vec_same(x, at + k, y, what.offset + k))
			return false;
	return true;
}

static int
contains_sequence(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0]->child[0], *y = args->v[1]->child[0];
	uint8_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct list_ref in = list_at(args->v[0], i);
		struct list_ref what = list_at(args->v[1], i);

		r[i] = false;
		for (uint32_t k = 0; k + what.n <= in.n && !r[i]; k++)
			r[i] = stands_at(x, in.offset + k, y, what);
	}
	return 0;
}

/* ---- sets ---- */

static int
array_distinct(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0]->child[0];
	struct element_set set;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		element_set_init(&set, ev->scratch, v, ref.n);
		for (uint32_t k = ref.offset; k < ref.offset + ref.n &&
		    rc == 0; k++)
			if (element_set_add(&set, k))
				rc = vec_builder_row(&l.b[0], v, k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
array_union(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0]->child[0], *y = args->v[1]->child[0];
	struct element_set in_x, in_y;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref a = list_at(args->v[0], i);
		struct list_ref b = list_at(args->v[1], i);

		element_set_init(&in_x, ev->scratch, x, a.n);
		element_set_init(&in_y, ev->scratch, y, b.n);
		for (uint32_t k = a.offset; k < a.offset + a.n && rc == 0; k++)
			if (element_set_add(&in_x, k))
				rc = vec_builder_row(&l.b[0], x, k, e);
		for (uint32_t k = b.offset; k < b.offset + b.n && rc == 0; k++)
			if (element_set_add(&in_y, k) &&
			    !element_set_has(&in_x, y, k))
				rc = vec_builder_row(&l.b[0], y, k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* Elements of the first array that are (keep) or are not in the second, each
 * once. */
static int
filter_by(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, bool keep, struct err *e)
{
	const struct vec *x = args->v[0]->child[0], *y = args->v[1]->child[0];
	struct element_set in_x, in_y;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref a = list_at(args->v[0], i);
		struct list_ref b = list_at(args->v[1], i);

		element_set_init(&in_x, ev->scratch, x, a.n);
		element_set_init(&in_y, ev->scratch, y, b.n);
		for (uint32_t k = b.offset; k < b.offset + b.n; k++)
			element_set_add(&in_y, k);
		for (uint32_t k = a.offset; k < a.offset + a.n && rc == 0; k++)
			if (element_set_has(&in_y, x, k) == keep &&
			    (element_set_add(&in_x, k) || (!keep &&
			    b.n == 0)))
				rc = vec_builder_row(&l.b[0], x, k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
array_intersect(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	/* The smaller is looked through, as in Trino; order follows it. */
	return filter_by(ev, args, s, out, true, e);
}

static int
array_except(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return filter_by(ev, args, s, out, false, e);
}

static int
arrays_overlap(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *x = args->v[0]->child[0], *y = args->v[1]->child[0];
	uint8_t *r = (*out)->data;
	struct element_set set;
	int rc;

	KERNEL_EACH(s, i) {
		struct list_ref a = list_at(args->v[0], i);
		struct list_ref b = list_at(args->v[1], i);
		bool null = false;

		element_set_init(&set, ev->scratch, y, b.n);
		for (uint32_t k = b.offset; k < b.offset + b.n; k++) {
			null |= vec_is_null(y, k);
			element_set_add(&set, k);
		}
		r[i] = false;
		for (uint32_t k = a.offset; k < a.offset + a.n; k++) {
			if (vec_is_null(x, k))
				null = true;
			else
				r[i] |= element_set_has(&set, x, k);
		}
		if (!r[i] && null && a.n > 0 && b.n > 0 &&
		    (rc = kernel_put_null(ev, *out, i, e)) != 0)
			return rc;
	}
	return 0;
}

static int
array_remove(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0]->child[0];
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		for (uint32_t k = ref.offset; k < ref.offset + ref.n &&
		    rc == 0; k++)
			if (vec_is_null(v, k) || element_equal(ev, v, k,
			    args->v[1], i, i, "array_remove") != 1)
				rc = vec_builder_row(&l.b[0], v, k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* How often each element stands in the array: a map. */
static int
array_histogram(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0]->child[0];
	struct element_set set;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		element_set_init(&set, ev->scratch, v, ref.n);
		for (uint32_t k = ref.offset; k < ref.offset + ref.n &&
		    rc == 0; k++) {
			int64_t count = 1;

			if (vec_is_null(v, k) || !element_set_add(&set, k))
				continue;
			for (uint32_t j = k + 1; j < ref.offset + ref.n; j++)
				count += vec_same(v, k, v, j);
			rc = vec_builder_row(&l.b[0], v, k, e);
			if (rc == 0)
				rc = vec_builder_value(&l.b[1], &count, e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* ---- sort ---- */

struct sorting {
	const struct vec *v;
};

static int
compare_elements(const void *x, const void *y, void *arg)
{
	const struct sorting *s = arg;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	bool a = vec_is_null(s->v, i), b = vec_is_null(s->v, j);
	int order = a || b ? a - b : compare_rows(s->v, i, s->v, j);

	/* Equal ones stay in order. */
	return order != 0 ? order : i < j ? -1 : i > j;
}

static int
array_sort(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sorting sorting = { args->v[0]->child[0] };
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		uint32_t *index = xcalloc(ref.n + 1, sizeof(*index));

		for (uint32_t k = 0; k < ref.n; k++)
			index[k] = ref.offset + k;
		qsort_r(index, ref.n, sizeof(*index), compare_elements,
		    &sorting);
		rc = vec_builder_rows(&l.b[0], sorting.v, index, 0, ref.n, e);
		free(index);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

#define SETS(name, fn, help_text) \
	{ .signature = name "(array(=E),array(E)):array(E)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = fn, .help = help_text }

const struct func func_array_set[] = {
	{ .signature = "contains(array(=T),T):boolean", .kernel = contains,
	    .help = "Is the value an element?" },
	{ .signature = "array_position(array(=T),T):bigint",
	    .kernel = array_position,
	    .help = "Where the value stands first, from 1; 0: nowhere" },
	{ .signature = "contains_sequence(array(=T),array(T)):boolean",
	    .flags = FUNC_CANNOT_FAIL, .kernel = contains_sequence,
	    .help = "Do the elements stand there in a row?" },
	{ .signature = "array_distinct(array(=E)):array(E)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = array_distinct,
	    .help = "Without duplicates" },
	SETS("array_union", array_union, "Elements of either, once"),
	SETS("array_intersect", array_intersect, "Elements of both, once"),
	SETS("array_except", array_except, "Elements of the first only"),
	{ .signature = "arrays_overlap(array(=E),array(E)):boolean",
	    .flags = FUNC_CANNOT_FAIL, .kernel = arrays_overlap,
	    .help = "Is there a common element?" },
	{ .signature = "array_remove(array(=E),E):array(E)",
	    .kernel = array_remove, .help = "Without all of a value" },
	{ .signature = "array_histogram(array(=T)):map(T,bigint)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = array_histogram,
	    .help = "How often each element stands there" },
	{ .signature = "array_sort(array(<E)):array(E)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = array_sort,
	    .help = "In order, NULLs last" },
	{ 0 }
};
