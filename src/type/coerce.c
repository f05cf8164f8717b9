/* SPDX-License-Identifier: Apache-2.0
 * coerce.c - Trino's implicit coercions.
 *
 * Two types have a common type when they are of one family (then the wider
 * parameters win), or when one of them can step to the other's family. */
#include "type/coerce.h"

#include "base/check.h"

static const struct type *
common_decimal(struct arena *a, const struct type *x, const struct type *y)
{
	int scale = MAX(x->scale, y->scale);
	int digits = MAX(x->precision - x->scale, y->precision - y->scale);

	return type_decimal(a, MIN(digits + scale, DECIMAL_MAX_PRECISION),
	    scale);
}

/* Arrays, maps and rows: their children's common types. */
static const struct type *
common_nested(struct arena *a, const struct type *x, const struct type *y)
{
	const struct type **child;
	const char **names;
	int i;

	if (x->n != y->n)
		return NULL;
	child = arena_array(a, const struct type *, x->n);
	names = arena_array(a, const char *, x->n);
	for (i = 0; i < x->n; i++) {
		child[i] = type_common(a, x->child[i], y->child[i]);
		if (child[i] == NULL)
			return NULL;
		/* A field keeps its name when both have the same. */
		if (x->names != NULL && y->names != NULL &&
		    x->names[i] != NULL && y->names[i] != NULL &&
		    strcmp(x->names[i], y->names[i]) == 0)
			names[i] = x->names[i];
	}
	if (x->id == TYPE_ARRAY)
		return type_array(a, child[0]);
	if (x->id == TYPE_MAP)
		return type_map(a, child[0], child[1]);
	return type_row(a, x->n, child, names);
}

static const struct type *
common_family(struct arena *a, const struct type *x, const struct type *y)
{
	switch (x->id) {
	case TYPE_DECIMAL:
		return common_decimal(a, x, y);
	case TYPE_VARCHAR:
	case TYPE_CHAR:
		return x->length >= y->length ? x : y;
	case TYPE_TIME: case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_TZ:
		return x->precision >= y->precision ? x : y;
	case TYPE_ARRAY: case TYPE_MAP: case TYPE_ROW:
		return common_nested(a, x, y);
	default:
		return NULL;
	}
}

const struct type *
type_common(struct arena *a, const struct type *x, const struct type *y)
{
	const struct type *step;

	if (type_equal(x, y))
		return x;
	if (x->id == TYPE_UNKNOWN)
		return y;
	if (y->id == TYPE_UNKNOWN)
		return x;
	if (x->id == y->id)
		return common_family(a, x, y);
	step = type_coerce_to_base(a, x, y->id);
	if (step != NULL)
		return type_common(a, step, y);
	step = type_coerce_to_base(a, y, x->id);
	return step == NULL ? NULL : type_common(a, x, step);
}

bool
type_can_coerce(const struct type *from, const struct type *to)
{
	const struct type *common;
	struct arena a;
	bool can;

	if (from->id == TYPE_UNKNOWN || type_equal(from, to))
		return true;
	arena_init(&a);
	common = type_common(&a, from, to);
	can = common != NULL && type_equal(common, to);
	arena_release(&a);
	return can;
}

static const struct type *
unknown_to_base(struct arena *a, enum type_id id)
{
	switch (id) {
	case TYPE_VARCHAR:
		return type_varchar(a, 0);
	case TYPE_CHAR:
		return type_char(a, 0);
	case TYPE_DECIMAL:
		return type_decimal(a, 1, 0);
	case TYPE_TIME: case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_TZ:
		return type_time(a, id, 3);
	case TYPE_ROW: case TYPE_QDIGEST: case TYPE_FUNCTION:
		return NULL;
	default:
		return &type_simple[id];
	}
}

static const struct type *
integer_to_base(struct arena *a, const struct type *from, enum type_id id)
{
	static const uint8_t digits[] = { 3, 5, 10, 19 };

	switch (id) {
	case TYPE_SMALLINT: case TYPE_INTEGER: case TYPE_BIGINT:
		return id > from->id ? &type_simple[id] : NULL;
	case TYPE_REAL: case TYPE_DOUBLE: case TYPE_NUMBER:
		return &type_simple[id];
	case TYPE_DECIMAL:
		return type_decimal(a, digits[from->id - TYPE_TINYINT], 0);
	default:
		return NULL;
	}
}

const struct type *
type_coerce_to_base(struct arena *a, const struct type *from, enum type_id id)
{
	if (from->id == id)
		return from;
	switch (from->id) {
	case TYPE_UNKNOWN:
		return unknown_to_base(a, id);
	case TYPE_TINYINT: case TYPE_SMALLINT:
	case TYPE_INTEGER: case TYPE_BIGINT:
		return integer_to_base(a, from, id);
	case TYPE_DECIMAL:
		if (id == TYPE_REAL || id == TYPE_DOUBLE || id == TYPE_NUMBER)
			return &type_simple[id];
		return NULL;
	case TYPE_REAL:
		return id == TYPE_DOUBLE ? TYPE(DOUBLE) : NULL;
	case TYPE_CHAR:
		return id == TYPE_VARCHAR ? type_varchar(a, from->length)
		    : NULL;
	case TYPE_DATE:
		if (id == TYPE_TIMESTAMP || id == TYPE_TIMESTAMP_TZ)
			return type_time(a, id, 0);
		return NULL;
	case TYPE_TIME:
		return id == TYPE_TIME_TZ ? type_time(a, id, from->precision)
		    : NULL;
	case TYPE_TIMESTAMP:
		return id == TYPE_TIMESTAMP_TZ
		    ? type_time(a, id, from->precision) : NULL;
	case TYPE_P4HYPERLOGLOG:
		return id == TYPE_HYPERLOGLOG ? TYPE(HYPERLOGLOG) : NULL;
	default:
		return NULL;
	}
}

bool
type_only_coercion(const struct type *from, const struct type *to)
{
	int i;

	if (type_equal(from, to))
		return true;
	if (from->id == TYPE_CHAR && to->id == TYPE_VARCHAR)
		return from->length <= to->length;
	if (from->id != to->id || from->rep != to->rep || from->n != to->n)
		return false;
	switch (from->id) {
	case TYPE_VARCHAR: case TYPE_CHAR:
		return from->length <= to->length;
	case TYPE_DECIMAL:
		return from->scale == to->scale &&
		    from->precision <= to->precision;
	case TYPE_TIME: case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_TZ:
		return from->precision <= to->precision;
	case TYPE_ARRAY: case TYPE_MAP: case TYPE_ROW:
		break;
	default:
		return false;
	}
	for (i = 0; i < from->n; i++)
		if (!type_only_coercion(from->child[i], to->child[i]))
			return false;
	return true;
}
