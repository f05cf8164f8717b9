/* SPDX-License-Identifier: Apache-2.0
 * compare.c - = <> < <= > >= and IS DISTINCT FROM of all types.
 *
 * One record an operator for all types: the kernel looks at the type once a
 * page.  Fixed-width values go through loops that compilers vectorise, and
 * straight into row numbers when a filter asks (select). */
#pragma GCC optimize("O3")
#include <math.h>

#include "func/compare.h"
#include "func/kernel.h"
#include "func/tables.h"

enum compare_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_COUNT };

/* How values are compared: by plain representation or in a special way. */
enum compare_kind {
	KIND_U8, KIND_I8, KIND_I16, KIND_I32, KIND_I64, KIND_F32, KIND_F64,
	KIND_I128, KIND_ZONED, KIND_COUNT,
	KIND_TEXT, KIND_OTHER
};

#define SELECT(name, TA) \
static uint32_t \
name##_select(const struct func_args *args, const struct rows_sel *s, \
    uint16_t *out) \
{ \
	uint8_t bytes[PAGE_ROWS]; \
	uint32_t n = 0; \
	if (s->sel != NULL && s->n * 4 < s->page_rows) { \
		name##_gather(args->v[0], args->v[1], s, bytes); \
		for (uint32_t k = 0; k < s->n; k++) { \
			out[n] = s->sel[k]; \
			n += bytes[k]; \
		} \
		return n; \
	} \
	name##_run(args->v[0], args->v[1], s, bytes); \
	if (s->sel == NULL) \
		return kernel_select_bytes(bytes, s->n, out); \
	for (uint32_t k = 0; k < s->n; k++) { \
		out[n] = s->sel[k]; \
		n += bytes[s->sel[k]]; \
	} \
	return n; \
}

/* The few selected rows' answers, packed. */
#define GATHER(name, T, EXPR) \
static void \
name##_gather(const struct vec *va, const struct vec *vb, \
    const struct rows_sel *s, uint8_t *r) \
{ \
	const T *a = va->data, *b = vb->data; \
	uint32_t ma = kernel_is_const(va) ? 0 : UINT32_MAX; \
	uint32_t mb = kernel_is_const(vb) ? 0 : UINT32_MAX; \
	for (uint32_t k = 0; k < s->n; k++) { \
		const T x = a[s->sel[k] & ma], y = b[s->sel[k] & mb]; \
		r[k] = (EXPR); \
	} \
}

#define COMPARE(name, T, EXPR) \
	KERNEL_BINARY(name, T, T, uint8_t, EXPR) \
	GATHER(name, T, EXPR) \
	SELECT(name, T)

#define COMPARE_ALL(K, T) \
	COMPARE(eq_##K, T, x == y) \
	COMPARE(ne_##K, T, x != y) \
	COMPARE(lt_##K, T, x < y) \
	COMPARE(le_##K, T, x <= y)

COMPARE_ALL(u8, uint8_t)
COMPARE_ALL(i8, int8_t)
COMPARE_ALL(i16, int16_t)
COMPARE_ALL(i32, int32_t)
COMPARE_ALL(i64, int64_t)
COMPARE_ALL(f32, float)
COMPARE_ALL(f64, double)
COMPARE_ALL(i128, int128)
/* By instant; the zone lies below. */
COMPARE(eq_zoned, int64_t, x >> 12 == y >> 12)
COMPARE(ne_zoned, int64_t, x >> 12 != y >> 12)
COMPARE(lt_zoned, int64_t, x >> 12 < y >> 12)
COMPARE(le_zoned, int64_t, x >> 12 <= y >> 12)

#define ROW_OF(op) { op##_u8, op##_i8, op##_i16, op##_i32, op##_i64, \
	op##_f32, op##_f64, op##_i128, op##_zoned }
static const func_kernel kernels[OP_COUNT][KIND_COUNT] = {
	ROW_OF(eq), ROW_OF(ne), ROW_OF(lt), ROW_OF(le),
};
#undef ROW_OF
#define ROW_OF(op) { op##_u8_select, op##_i8_select, op##_i16_select, \
	op##_i32_select, op##_i64_select, op##_f32_select, op##_f64_select, \
	op##_i128_select, op##_zoned_select }
static const func_select selects[OP_COUNT][KIND_COUNT] = {
	ROW_OF(eq), ROW_OF(ne), ROW_OF(lt), ROW_OF(le),
};

static enum compare_kind
kind_of(const struct type *t, enum compare_op op)
{
	switch (t->rep) {
	case REP_BOOL:
		return KIND_U8;
	case REP_I8:
		return KIND_I8;
	case REP_I16:
		return KIND_I16;
	case REP_I32:
		return KIND_I32;
	case REP_I64:
		return t->id == TYPE_TIMESTAMP_TZ ? KIND_ZONED : KIND_I64;
	case REP_F32:
		return KIND_F32;
	case REP_F64:
		return KIND_F64;
	case REP_I128:
		return KIND_I128;
	case REP_STR:
		if (t->id == TYPE_VARCHAR || t->id == TYPE_VARBINARY)
			return KIND_TEXT;
		/* Equal texts mean equal values. */
		return op <= OP_NE && t->id != TYPE_NUMBER ? KIND_TEXT
		    : KIND_OTHER;
	default:
		return KIND_OTHER;
	}
}

/* ---- texts ---- */

/* Against a constant of at most 12 bytes two words say all. */
KERNEL_CLONES static void
eq_short(const struct strview *restrict a, uint64_t y0, uint64_t y1,
    uint8_t *restrict r, uint32_t n, uint8_t flip)
{
	const uint64_t *x = (const void *)a;

	for (uint32_t i = 0; i < n; i++)
		r[i] = (uint8_t)((x[2 * i] == y0) & (x[2 * i + 1] == y1)) ^
		    flip;
}

static void
equal_texts(const struct vec *va, const struct vec *vb,
    const struct rows_sel *s, uint8_t *r, uint8_t flip)
{
	const struct strview *a = va->data, *b = vb->data;
	uint32_t n = kernel_dense(s);
	uint64_t y[2];

	if (kernel_is_const(va) && !kernel_is_const(vb)) {
		equal_texts(vb, va, s, r, flip);
		return;
	}
	if (kernel_is_const(vb) && !kernel_is_const(va) && n > 0 &&
	    b[0].n <= STRVIEW_INLINE) {
		memcpy(y, b, 16);
		eq_short(a, y[0], y[1], r, n, flip);
		return;
	}
	KERNEL_EACH(s, i)
		r[i] = (uint8_t)strview_eq(&a[kernel_is_const(va) ? 0 : i],
		    &b[kernel_is_const(vb) ? 0 : i]) ^ flip;
}

static void
order_texts(const struct vec *va, const struct vec *vb,
    const struct rows_sel *s, uint8_t *r, enum compare_op op)
{
	const struct strview *a = va->data, *b = vb->data;
	int limit = op == OP_LE ? 1 : 0;

	KERNEL_EACH(s, i)
		r[i] = compare_views(&a[kernel_is_const(va) ? 0 : i],
		    &b[kernel_is_const(vb) ? 0 : i]) < limit;
}

/* ---- the rest: value by value ---- */

bool
compare_is_nan(const struct vec *v, uint32_t i)
{
	switch (v->type->id) {
	case TYPE_DOUBLE:
		return isnan(*(const double *)vec_at(v, i));
	case TYPE_REAL:
		return isnan(*(const float *)vec_at(v, i));
	case TYPE_NUMBER:
		return str_eq(strview_str(vec_at(v, i)), STR("NaN"));
	default:
		return false;
	}
}

int
compare_rows(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	if (x->type->rep == REP_LIST || x->type->rep == REP_ROW)
		return vec_compare(x, i, y, j);
	return value_compare(x->type, vec_at(x, i), vec_at(y, j));
}

/* NULL or NaN: 1; else 0. */
static int
is_nothing(const struct vec *v, uint32_t i)
{
	return vec_is_null(v, i) || compare_is_nan(v, i);
}

int
compare_extreme(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j, int want)
{
	const struct vec *vx = vec_values(x), *vy = vec_values(y);
	int nx = is_nothing(x, i), ny = is_nothing(y, j), order = 0;
	struct list_ref rx, ry;

	if (nx || ny)
		return want > 0 ? ny - nx : nx - ny;
	if (x->type->id == TYPE_ROW) {
		for (int c = 0; c < vx->n_child && order == 0; c++)
			order = compare_extreme(vx->child[c], vec_slot(x, i),
			    vy->child[c], vec_slot(y, j), want);
		return order;
	}
	if (x->type->id != TYPE_ARRAY)
		return compare_rows(x, i, y, j);
	rx = ((const struct list_ref *)vx->data)[vec_slot(x, i)];
	ry = ((const struct list_ref *)vy->data)[vec_slot(y, j)];
	for (uint32_t k = 0; k < rx.n && k < ry.n && order == 0; k++)
		order = compare_extreme(vx->child[0], rx.offset + k,
		    vy->child[0], ry.offset + k, want);
	return order != 0 ? order : (rx.n > ry.n) - (rx.n < ry.n);
}

enum { ORDER_UNKNOWN = -2, ORDER_NONE = -3 };

/* Lists and rows, element by element: the first that differ decide; a NULL
 * met before makes it unknown, a NaN is in no order with anything. */
static int
order_nested(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *vx = vec_values(x), *vy = vec_values(y);
	uint32_t at_x = vec_slot(x, i), at_y = vec_slot(y, j), n;
	struct list_ref rx, ry;
	int order;

	if (vec_is_null(x, i) || vec_is_null(y, j))
		return ORDER_UNKNOWN;
	if (x->type->id == TYPE_ROW) {
		for (int c = 0; c < vx->n_child; c++)
			if ((order = order_nested(vx->child[c], at_x,
			    vy->child[c], at_y)) != 0)
				return order;
		return 0;
	}
	if (x->type->id != TYPE_ARRAY) {
		if (compare_is_nan(x, i) || compare_is_nan(y, j))
			return ORDER_NONE;
		order = compare_rows(x, i, y, j);
		return order < 0 ? -1 : order > 0;
	}
	rx = ((const struct list_ref *)vx->data)[at_x];
	ry = ((const struct list_ref *)vy->data)[at_y];
	n = MIN(rx.n, ry.n);
	for (uint32_t k = 0; k < n; k++)
		if ((order = order_nested(vx->child[0], rx.offset + k,
		    vy->child[0], ry.offset + k)) != 0)
			return order;
	return rx.n < ry.n ? -1 : rx.n > ry.n;
}

static bool
decide(enum compare_op op, int c)
{
	return op == OP_EQ ? c == 0 : op == OP_NE ? c != 0
	    : op == OP_LT ? c < 0 : c <= 0;
}

static int
compare_other(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, enum compare_op op,
    struct err *e)
{
	const struct vec *a = args->v[0], *b = args->v[1];
	bool nested = a->type->rep == REP_LIST || a->type->rep == REP_ROW;
	uint8_t *r = out->data;
	int rc, equal;

	KERNEL_EACH(s, i) {
		if (nested && op <= OP_NE) {
			equal = vec_equal(a, i, b, i);
			r[i] = (equal == 1) == (op == OP_EQ);
			if (equal < 0 &&
			    (rc = kernel_put_null(ev, out, i, e)) != 0)
				return rc;
			continue;
		}
		if (nested) {
			int order = order_nested(a, i, b, i);

			r[i] = order != ORDER_NONE && decide(op, order);
			if (order == ORDER_UNKNOWN &&
			    (rc = kernel_put_null(ev, out, i, e)) != 0)
				return rc;
			continue;
		}
		if (compare_is_nan(a, i) || compare_is_nan(b, i))
			r[i] = op == OP_NE;
		else
			r[i] = decide(op, compare_rows(a, i, b, i));
	}
	return 0;
}

static int
compare(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, enum compare_op op,
    struct err *e)
{
	enum compare_kind kind = kind_of(args->v[0]->type, op);

	if (kind < KIND_COUNT)
		return kernels[op][kind](ev, args, s, out, e);
	if (kind == KIND_OTHER)
		return compare_other(ev, args, s, *out, op, e);
	if (op <= OP_NE)
		equal_texts(args->v[0], args->v[1], s, (*out)->data,
		    op == OP_NE);
	else
		order_texts(args->v[0], args->v[1], s, (*out)->data, op);
	return 0;
}

static struct func_args
swapped(const struct func_args *args, const struct vec *v[2])
{
	struct func_args s = *args;

	v[0] = args->v[1];
	v[1] = args->v[0];
	s.v = v;
	return s;
}

#define KERNEL_OF(name, op) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return compare(ev, args, s, out, op, e); \
} \
static func_select \
name##_select(const struct type *const *types) \
{ \
	enum compare_kind kind = kind_of(types[0], op); \
	return kind < KIND_COUNT ? selects[op][kind] : NULL; \
}

KERNEL_OF(equal, OP_EQ)
KERNEL_OF(not_equal, OP_NE)
KERNEL_OF(less, OP_LT)
KERNEL_OF(less_equal, OP_LE)

#define SWAPPED_SELECT(K, op) \
static uint32_t \
swapped_##op##_##K(const struct func_args *args, const struct rows_sel *s, \
    uint16_t *out) \
{ \
	const struct vec *v[2]; \
	struct func_args a = swapped(args, v); \
	return op##_##K##_select(&a, s, out); \
}
#define SWAPPED_ALL(op) \
	SWAPPED_SELECT(u8, op) SWAPPED_SELECT(i8, op) \
	SWAPPED_SELECT(i16, op) SWAPPED_SELECT(i32, op) \
	SWAPPED_SELECT(i64, op) SWAPPED_SELECT(f32, op) \
	SWAPPED_SELECT(f64, op) SWAPPED_SELECT(i128, op) \
	SWAPPED_SELECT(zoned, op)
SWAPPED_ALL(lt)
SWAPPED_ALL(le)
#undef ROW_OF
#define ROW_OF(op) { swapped_##op##_u8, swapped_##op##_i8, \
	swapped_##op##_i16, swapped_##op##_i32, swapped_##op##_i64, \
	swapped_##op##_f32, swapped_##op##_f64, swapped_##op##_i128, \
	swapped_##op##_zoned }
static const func_select swapped_selects[2][KIND_COUNT] = {
	ROW_OF(lt), ROW_OF(le),
};

#define SWAPPED_KERNEL(name, op) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	const struct vec *v[2]; \
	struct func_args a = swapped(args, v); \
	return compare(ev, &a, s, out, op, e); \
} \
static func_select \
name##_select(const struct type *const *types) \
{ \
	enum compare_kind kind = kind_of(types[0], op); \
	return kind < KIND_COUNT ? swapped_selects[op - OP_LT][kind] : NULL; \
}
SWAPPED_KERNEL(greater, OP_LT)
SWAPPED_KERNEL(greater_equal, OP_LE)

static int
distinct_from(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *a = args->v[0], *b = args->v[1];
	enum type_rep rep = a->type->rep;
	uint8_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		bool x = vec_is_null(a, i), y = vec_is_null(b, i);

		if (x || y)
			r[i] = x != y;
		else if (rep == REP_LIST || rep == REP_ROW)
			r[i] = !vec_same(a, i, b, i);
		else
			r[i] = !value_same(a->type, vec_at(a, i),
			    vec_at(b, i));
	}
	return 0;
}

#define COMPARISON(op, v, fn) \
	{ .signature = op "(" v "T," v "T):boolean", .flags = FUNC_OPERATOR | \
	    FUNC_HIDDEN | FUNC_CANNOT_FAIL, .kernel = fn, \
	    .select = fn##_select }

const struct func func_compare[] = {
	COMPARISON("=", "=", equal),
	COMPARISON("<>", "=", not_equal),
	COMPARISON("<", "<", less),
	COMPARISON("<=", "<", less_equal),
	COMPARISON(">", "<", greater),
	COMPARISON(">=", "<", greater_equal),
	{ .signature = "IS DISTINCT FROM(=T,=T):boolean", .flags =
	    FUNC_OPERATOR | FUNC_HIDDEN | FUNC_CANNOT_FAIL | FUNC_NULL_CALLS,
	    .kernel = distinct_from },
	{ 0 }
};
