/* SPDX-License-Identifier: Apache-2.0
 * parquet_cast.c - vectors of the file's types as wider ones: what a table
 * needs whose files do not all have the same types.  Only casts that lose
 * nothing; a dictionary's base is cast, never its rows. */
#include "base/check.h"
#include "fmt/parquet_scan.h"
#include "type/decimal.h"

static bool
is_int(const struct type *t)
{
	return t->id >= TYPE_TINYINT && t->id <= TYPE_BIGINT;
}

static int
int_digits(const struct type *t)
{
	static const int digits[] = { 3, 5, 10, 19 };

	return digits[t->id - TYPE_TINYINT];
}

static bool
can_cast_scalar(const struct type *from, const struct type *to)
{
	if (is_int(from) && is_int(to))
		return from->id <= to->id;
	if (is_int(from) && to->id == TYPE_DECIMAL)
		return to->precision - to->scale >= int_digits(from);
	if (is_int(from) || from->id == TYPE_REAL)
		return to->id == TYPE_DOUBLE ||
		    (is_int(from) && to->id == TYPE_REAL);
	if (from->id == TYPE_DECIMAL && to->id == TYPE_DECIMAL)
		return to->scale >= from->scale && to->precision - to->scale
		    >= from->precision - from->scale;
	if (from->id == TYPE_DECIMAL)
		return to->id == TYPE_DOUBLE || to->id == TYPE_REAL;
	if (from->id == TYPE_DATE)
		return to->id == TYPE_TIMESTAMP;
	if (from->id == TYPE_VARCHAR)
		return to->id == TYPE_VARCHAR && to->length >= from->length;
	if (from->id == TYPE_TIME || from->id == TYPE_TIMESTAMP ||
	    from->id == TYPE_TIMESTAMP_TZ)
		return to->id == from->id && to->precision >= from->precision;
	return false;
}

bool
parquet_can_cast(const struct type *from, const struct type *to)
{
	if (type_equal(from, to))
		return true;
	if (from->id == to->id && (from->id == TYPE_ARRAY ||
	    from->id == TYPE_MAP || from->id == TYPE_ROW)) {
		if (from->n != to->n)
			return false;
		for (int i = 0; i < from->n; i++)
			if (!parquet_can_cast(from->child[i], to->child[i]))
				return false;
		return true;
	}
	return can_cast_scalar(from, to);
}

static int64_t
int_at(const void *data, enum type_rep rep, uint32_t i)
{
	switch (rep) {
	case REP_I8:
		return ((const int8_t *)data)[i];
	case REP_I16:
		return ((const int16_t *)data)[i];
	case REP_I32:
		return ((const int32_t *)data)[i];
	default:
		return ((const int64_t *)data)[i];
	}
}

static void
int_put(void *data, enum type_rep rep, uint32_t i, int64_t v)
{
	switch (rep) {
	case REP_I16:
		((int16_t *)data)[i] = (int16_t)v;
		break;
	case REP_I32:
		((int32_t *)data)[i] = (int32_t)v;
		break;
	case REP_F32:
		((float *)data)[i] = (float)v;
		break;
	case REP_F64:
		((double *)data)[i] = (double)v;
		break;
	default:
		((int64_t *)data)[i] = v;
	}
}

/* The common pairs have loops of their own. */
static void
cast_ints(const void *src, enum type_rep from, void *dst, enum type_rep to,
    uint32_t n)
{
	if (from == REP_I32 && to == REP_I64) {
		for (uint32_t i = 0; i < n; i++)
			((int64_t *)dst)[i] = ((const int32_t *)src)[i];
	} else if (from == REP_I32 && to == REP_F64) {
		for (uint32_t i = 0; i < n; i++)
			((double *)dst)[i] = ((const int32_t *)src)[i];
	} else {
		for (uint32_t i = 0; i < n; i++)
			int_put(dst, to, i, int_at(src, from, i));
	}
}

/* Integers and decimals; NULL rows may hold anything, so overflow wraps. */
static void
cast_decimals(const struct vec *v, uint32_t n, struct vec *to)
{
	const struct type *from = v->type;
	uint128 factor = (uint128)decimal_pow10(to->type->scale -
	    (from->id == TYPE_DECIMAL ? from->scale : 0));

	for (uint32_t i = 0; i < n; i++) {
		int128 x = from->rep == REP_I128 ? ((int128 *)v->data)[i]
		    : int_at(v->data, from->rep, i);
		int128 y = (int128)((uint128)x * factor);

		if (to->type->rep == REP_I128)
			((int128 *)to->data)[i] = y;
		else
			((int64_t *)to->data)[i] = (int64_t)y;
	}
}

static void
cast_to_float(const struct vec *v, uint32_t n, struct vec *to)
{
	for (uint32_t i = 0; i < n; i++) {
		double d;

		if (v->type->rep == REP_F32)
			d = ((float *)v->data)[i];
		else
			d = decimal_to_double(v->type->rep == REP_I128
			    ? ((int128 *)v->data)[i]
			    : ((int64_t *)v->data)[i], v->type->scale);
		if (to->type->rep == REP_F32)
			((float *)to->data)[i] = (float)d;
		else
			((double *)to->data)[i] = d;
	}
}

#define DAY_MICROS INT64_C(86400000000)

/* Dates and times to more digits; the representation changes. */
static void
cast_times(const struct vec *v, uint32_t n, struct vec *to)
{
	for (uint32_t i = 0; i < n; i++) {
		int64_t x = int_at(v->data, v->type->rep, i);

		if (v->type->id == TYPE_DATE)
			x = (int64_t)((uint64_t)x * (uint64_t)DAY_MICROS);
		if (to->type->rep == REP_LONG_TIME)
			((struct long_time *)to->data)[i] =
			    (struct long_time){ .hi = x };
		else
			((int64_t *)to->data)[i] = x;
	}
}

/* Values of a flat or constant scalar vector. */
static struct vec *
cast_values(struct vec *v, const struct type *t, struct mem_account *account,
    struct err *e)
{
	uint32_t n = v->form == VEC_CONST ? 1 : v->n;
	const struct type *from = v->type;
	struct vec *to = vec_new_flat(t, n, false, account, e);

	if (to == NULL)
		return NULL;
	if (from->id == TYPE_DATE || from->id == TYPE_TIMESTAMP ||
	    from->id == TYPE_TIMESTAMP_TZ)
		cast_times(v, n, to);
	else if (t->id == TYPE_DECIMAL)
		cast_decimals(v, n, to);
	else if (is_int(from))
		cast_ints(v->data, from->rep, to->data, t->rep, n);
	else
		cast_to_float(v, n, to);
	if (v->valid != NULL) {
		to->valid = v->valid;
		vec_share_bufs(to, v);
	}
	to->form = v->form;
	to->n = v->n;
	return to;
}

/* Is it only the name of the type that changes? */
static bool
same_values(const struct type *from, const struct type *to)
{
	if (type_equal(from, to))
		return true;
	if (from->rep != to->rep || from->n > 0)
		return false;
	return from->id == to->id && (from->id == TYPE_VARCHAR ||
	    from->id == TYPE_TIME || from->id == TYPE_TIMESTAMP ||
	    from->id == TYPE_TIMESTAMP_TZ ||
	    (from->id == TYPE_DECIMAL && from->scale == to->scale));
}

static struct vec *
retype(struct vec *v, const struct type *t)
{
	struct vec *to;

	/* Ours alone, and nothing below it: no copy is needed. */
	if (v->form != VEC_DICT && v->n_child == 0 &&
	    atomic_load_explicit(&v->refs, memory_order_acquire) == 1) {
		v->type = t;
		return v;
	}
	to = vec_retype(v, t);
	vec_drop(&v);
	return to;
}

static struct vec *
cast_children(struct vec *v, const struct type *t,
    struct mem_account *account, struct err *e)
{
	for (int i = 0; i < v->n_child; i++) {
		v->child[i] = parquet_cast(v->child[i], t->child[i], account,
		    e);
		if (v->child[i] == NULL) {
			vec_drop(&v);
			return NULL;
		}
	}
	v->type = t;
	return v;
}

struct vec *
parquet_cast(struct vec *v, const struct type *t, struct mem_account *account,
    struct err *e)
{
	struct vec *to;

	if (v->type == t)
		return v;
	if (same_values(v->type, t))
		return retype(v, t);
	/* Nested vectors were just made by the reader: they may change. */
	if (v->n_child > 0 && v->form != VEC_DICT)
		return cast_children(v, t, account, e);
	if (v->form == VEC_DICT) {
		to = parquet_cast(vec_ref(v->base), t, account, e);
		if (to == NULL) {
			vec_drop(&v);
			return NULL;
		}
		vec_drop(&v->base);
		v->base = to;
		v->type = t;
		return v;
	}
	to = cast_values(v, t, account, e);
	vec_drop(&v);
	return to;
}
