/* SPDX-License-Identifier: Apache-2.0
 * array_part.c - elements and parts of arrays, and what makes arrays. */
#include <stdlib.h>

#include "func/cast.h"
#include "func/compare.h"
#include "func/list.h"
#include "func/tables.h"

static int
cardinality(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = list_at(args->v[0], i).n;
	return 0;
}

/* ---- one element ---- */

/* Rows' elements as numbers into the child. */
struct pick {
	uint32_t *index;
	uint64_t *valid;
};

static struct pick
pick_new(struct eval *ev, const struct rows_sel *s)
{
	return (struct pick){
	    arena_array(ev->scratch, uint32_t, s->page_rows + 1),
	    arena_array(ev->scratch, uint64_t, bitmap_words(s->page_rows) + 1)
	};
}

static void
pick_set(struct pick *p, uint32_t i, uint32_t element)
{
	p->index[i] = element;
	bit_set(p->valid, i);
}

static int
subscript(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	struct pick p = pick_new(ev, s);

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(v, i);
		int64_t at = KERNEL_AT(int64_t, args->v[1], i);

		if (at == 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "SQL array indices start at 1");
		else if (at < 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Array subscript is negative: %lld",
			    (long long)at);
		else if (at > ref.n)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Array subscript must be less than or equal to "
			    "array length: %lld > %u", (long long)at, ref.n);
		else
			pick_set(&p, i, ref.offset + (uint32_t)at - 1);
	}
	return list_pick(ev, v->child[0], p.index, p.valid, s->page_rows, out,
	    e);
}

static int
element_at(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	struct pick p = pick_new(ev, s);

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(v, i);
		int64_t at = KERNEL_AT(int64_t, args->v[1], i);

		if (at == 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "SQL array indices start at 1");
			continue;
		}
		at = at > 0 ? at - 1 : at + ref.n;
		if (at >= 0 && at < ref.n)
			pick_set(&p, i, ref.offset + (uint32_t)at);
	}
	return list_pick(ev, v->child[0], p.index, p.valid, s->page_rows, out,
	    e);
}

#define END(name, at) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	struct pick p = pick_new(ev, s); \
	KERNEL_EACH(s, i) { \
		struct list_ref ref = list_at(args->v[0], i); \
		if (ref.n > 0) \
			pick_set(&p, i, ref.offset + (at)); \
	} \
	return list_pick(ev, args->v[0]->child[0], p.index, p.valid, \
	    s->page_rows, out, e); \
}
END(array_first, 0)
END(array_last, ref.n - 1)

/* The extreme element; NULL when one is NULL.  NaN only among NaNs. */
static int
extreme(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, int want, struct err *e)
{
	const struct vec *values = args->v[0]->child[0];
	struct pick p = pick_new(ev, s);

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		uint32_t best = UINT32_MAX;
		bool null = ref.n == 0;

		for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++) {
			int order;

			if (vec_is_null(values, k)) {
				null = true;
				break;
			}
			if (best == UINT32_MAX) {
				best = k;
				continue;
			}
			order = compare_extreme(values, k, values, best,
			    want);
			if (want > 0 ? order > 0 : order < 0)
				best = k;
		}
		if (!null)
			pick_set(&p, i, best);
	}
	return list_pick(ev, args->v[0]->child[0], p.index, p.valid,
	    s->page_rows, out, e);
}

static int
array_min(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return extreme(ev, args, s, out, -1, e);
}

static int
array_max(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return extreme(ev, args, s, out, 1, e);
}

/* ---- joining, turning, cutting ---- */

/* E is an element or an array: all parts in a row. */
static int
array_concat(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_out l;
	int rc = 0;

	if (args->n < 2) {
		KERNEL_EACH(s, i)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "There must be two or more arguments to concat");
	}
	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		for (int k = 0; k < args->n && rc == 0; k++) {
			const struct vec *v = args->v[k];
			struct list_ref ref;

			if (!type_equal(args->types[k], args->result)) {
				rc = vec_builder_row(&l.b[0], v, i, e);
				continue;
			}
			ref = list_at(v, i);
			rc = vec_builder_rows(&l.b[0], v->child[0], NULL,
			    ref.offset, ref.n, e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
array_reverse(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		for (uint32_t k = ref.n; k-- > 0 && rc == 0;)
			rc = vec_builder_row(&l.b[0], args->v[0]->child[0],
			    ref.offset + k, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* Parts of arrays share the elements: only the references are new. */
static void
share_child(struct vec *out, const struct vec *v)
{
	vec_set_child(out, 0, vec_ref(v->child[0]));
}

static int
slice(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	struct list_ref *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		int64_t from = KERNEL_AT(int64_t, args->v[1], i);
		int64_t n = KERNEL_AT(int64_t, args->v[2], i);

		r[i] = (struct list_ref){ ref.offset, 0 };
		if (n < 0 || from == 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "%s", n < 0 ? "length must be greater than or "
			    "equal to 0" : "SQL array indices start at 1");
			continue;
		}
		/* As in Java, from + n may wrap: then nothing is left. */
		if (from > 0 && (int64_t)((uint64_t)from + (uint64_t)n) <
		    from)
			continue;
		from = from > 0 ? from - 1 : from + ref.n;
		if (from < 0 || from >= ref.n)
			continue;
		r[i] = (struct list_ref){ ref.offset + (uint32_t)from,
		    (uint32_t)MIN(n, ref.n - from) };
	}
	share_child(*out, args->v[0]);
	return 0;
}

static int
trim_array(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_ref *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		int64_t n = KERNEL_AT(int64_t, args->v[1], i);

		if (n < 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "size must not be negative: %lld", (long long)n);
		else if (n > ref.n)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "size must not exceed array cardinality %u: %lld",
			    ref.n, (long long)n);
		else
			r[i] = (struct list_ref){ ref.offset,
			    ref.n - (uint32_t)n };
	}
	share_child(*out, args->v[0]);
	return 0;
}

static int
flatten(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *inner = args->v[0]->child[0];
	const struct vec *lists = vec_values(inner);
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		for (uint32_t k = ref.offset; k < ref.offset + ref.n &&
		    rc == 0; k++) {
			struct list_ref part;

			if (vec_is_null(inner, k))
				continue;
			part = ((const struct list_ref *)lists->data)[
			    vec_slot(inner, k)];
			rc = vec_builder_rows(&l.b[0], lists->child[0], NULL,
			    part.offset, part.n, e);
		}
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
repeat(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		int64_t n;

		if (vec_is_null(args->v[1], i)) {
			rc = kernel_put_null(ev, *out, i, e);
			if (rc != 0)
				break;
			continue;
		}
		n = KERNEL_AT(int64_t, args->v[1], i);
		if (n > 10000 || n < 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    n < 0 ? "count argument of repeat function must "
			    "be greater than or equal to 0"
			    : "count argument of repeat function must be less "
			    "than or equal to 10000");
			continue;
		}
		for (int64_t k = 0; k < n && rc == 0; k++)
			rc = vec_builder_row(&l.b[0], args->v[0], i, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

static int
shuffle(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *values = args->v[0]->child[0];
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		uint32_t *index = xcalloc(ref.n + 1, sizeof(*index));

		for (uint32_t k = 0; k < ref.n; k++) {
			uint32_t j = (uint32_t)(ev->random(ev->random_arg) %
			    (k + 1));

			index[k] = index[j];
			index[j] = ref.offset + k;
		}
		rc = vec_builder_rows(&l.b[0], values, index, 0, ref.n, e);
		free(index);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* ---- array_join ---- */

static int
array_join(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct vec *texts = NULL, *flat;
	struct sbuf b = { 0 };
	int rc;

	/* All elements become texts first. */
	flat = vec_flatten(args->v[0]->child[0], ev->account, e);
	if (flat == NULL)
		return -e->code;
	rc = cast_all(ev, flat, TYPE(VARCHAR), &texts, e);
	vec_drop(&flat);
	if (rc != 0)
		return rc;
	ev->heap_owner = NULL;
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		bool first = true;

		sbuf_clear(&b);
		for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++) {
			bool null = vec_is_null(texts, k);

			if (null && args->n < 3)
				continue;
			if (!first)
				sbuf_adds(&b, kernel_str(args->v[1], i));
			sbuf_adds(&b, null ? kernel_str(args->v[2], i)
			    : strview_str(vec_at(texts, k)));
			first = false;
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	vec_drop(&texts);
	return rc;
}

static int
resolve_join(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	const struct type *t = args[0]->child[0];

	if (t->id == TYPE_VARBINARY || t->rep == REP_LIST ||
	    t->rep == REP_ROW)
		return err_set(e, ERR_OPERATOR_NOT_FOUND,
		    "Cannot cast %s to varchar", type_name(a, t));
	return 0;
}

#define ONE(name, fn, fl, r, help_text) \
	{ .signature = name "(array(E)):" r, .flags = fl, .kernel = fn, \
	    .help = help_text }
enum { SAFE = FUNC_CANNOT_FAIL };

const struct func func_array_part[] = {
	ONE("cardinality", cardinality, SAFE, "bigint", "Elements"),
	{ .signature = "[](array(E),bigint):E", .flags = FUNC_OPERATOR |
	    FUNC_HIDDEN, .kernel = subscript },
	{ .signature = "element_at(array(E),bigint):E", .kernel = element_at,
	    .help = "The n-th element, from the end when negative" },
	{ .signature = "array_first(array(E)):E", .flags = SAFE,
	    .kernel = array_first, .help = "The first element" },
	{ .signature = "array_last(array(E)):E", .flags = SAFE,
	    .kernel = array_last, .help = "The last element" },
	{ .signature = "array_min(array(<T)):T", .flags = SAFE,
	    .kernel = array_min, .help = "The smallest element" },
	{ .signature = "array_max(array(<T)):T", .flags = SAFE,
	    .kernel = array_max, .help = "The largest element" },
	{ .signature = "concat(E,array(E)):array(E)", .flags = 0,
	    .kernel = array_concat, .help = "Puts an element before" },
	{ .signature = "concat(array(E),E):array(E)", .flags = 0,
	    .kernel = array_concat, .help = "Puts an element behind" },
	{ .signature = "concat(array(E)...):array(E)", .flags = 0,
	    .kernel = array_concat, .help = "Joins arrays" },
	ONE("reverse", array_reverse, SAFE, "array(E)", "From the end"),
	{ .signature = "slice(array(E),bigint,bigint):array(E)",
	    .kernel = slice, .help = "Part of an array" },
	{ .signature = "trim_array(array(E),bigint):array(E)",
	    .kernel = trim_array, .help = "Without the last n elements" },
	{ .signature = "flatten(array(array(E))):array(E)", .flags = SAFE,
	    .kernel = flatten, .help = "One array of all arrays' elements" },
	{ .signature = "repeat(T,bigint):array(T)", .flags = FUNC_NULL_CALLS,
	    .kernel = repeat, .help = "n times the same" },
	{ .signature = "shuffle(array(E)):array(E)",
	    .flags = FUNC_NONDETERMINISTIC | SAFE, .kernel = shuffle,
	    .help = "In random order" },
	{ .signature = "array_join(array(E),varchar):varchar", .flags = 0,
	    .kernel = array_join, .resolve = resolve_join,
	    .help = "Elements as one text" },
	{ .signature = "array_join(array(E),varchar,varchar):varchar",
	    .kernel = array_join, .resolve = resolve_join,
	    .help = "Elements as one text, NULLs replaced" },
	{ 0 }
};
