/* SPDX-License-Identifier: Apache-2.0
 * type.c - making, copying and comparing types. */
#include "type/type.h"

#include "base/check.h"

#define SIMPLE(ID, REP) [TYPE_##ID] = { .id = TYPE_##ID, .rep = REP_##REP }
#define DIGITS(ID, REP) [TYPE_##ID] = { .id = TYPE_##ID, .rep = REP_##REP, \
	.precision = 3 }

static const struct type *const child_unknown[] = {
	TYPE(UNKNOWN), TYPE(UNKNOWN)
};
static const struct type *const child_bigint[] = { TYPE(BIGINT) };

const struct type type_simple[TYPE_IDS] = {
	SIMPLE(UNKNOWN, BOOL),
	SIMPLE(BOOLEAN, BOOL),
	SIMPLE(TINYINT, I8),
	SIMPLE(SMALLINT, I16),
	SIMPLE(INTEGER, I32),
	SIMPLE(BIGINT, I64),
	SIMPLE(REAL, F32),
	SIMPLE(DOUBLE, F64),
	[TYPE_DECIMAL] = { .id = TYPE_DECIMAL, .rep = REP_I128,
	    .precision = DECIMAL_MAX_PRECISION },
	SIMPLE(NUMBER, STR),
	[TYPE_VARCHAR] = { .id = TYPE_VARCHAR, .rep = REP_STR,
	    .length = TYPE_UNBOUNDED },
	[TYPE_CHAR] = { .id = TYPE_CHAR, .rep = REP_STR, .length = 1 },
	SIMPLE(VARBINARY, STR),
	SIMPLE(JSON, STR),
	SIMPLE(VARIANT, STR),
	SIMPLE(DATE, I32),
	DIGITS(TIME, I64),
	DIGITS(TIME_TZ, LONG_TIME),
	DIGITS(TIMESTAMP, I64),
	DIGITS(TIMESTAMP_TZ, I64),
	SIMPLE(INTERVAL_YM, I32),
	SIMPLE(INTERVAL_DS, I64),
	SIMPLE(UUID, B16),
	SIMPLE(IPADDRESS, B16),
	SIMPLE(HYPERLOGLOG, STR),
	SIMPLE(P4HYPERLOGLOG, STR),
	SIMPLE(SETDIGEST, STR),
	[TYPE_QDIGEST] = { .id = TYPE_QDIGEST, .rep = REP_STR, .n = 1,
	    .child = child_bigint },
	SIMPLE(TDIGEST, STR),
	SIMPLE(COLOR, I32),
	[TYPE_ARRAY] = { .id = TYPE_ARRAY, .rep = REP_LIST, .n = 1,
	    .child = child_unknown },
	[TYPE_MAP] = { .id = TYPE_MAP, .rep = REP_LIST, .n = 2,
	    .child = child_unknown },
	SIMPLE(ROW, ROW),
	[TYPE_FUNCTION] = { .id = TYPE_FUNCTION, .rep = REP_BOOL, .n = 1,
	    .child = child_unknown },
};

static struct type *
make(struct arena *a, enum type_id id)
{
	struct type *t = arena_new(a, struct type);

	*t = type_simple[id];
	return t;
}

const struct type *
type_varchar(struct arena *a, int32_t length)
{
	struct type *t;

	if (length == TYPE_UNBOUNDED)
		return TYPE(VARCHAR);
	t = make(a, TYPE_VARCHAR);
	t->length = length;
	return t;
}

const struct type *
type_char(struct arena *a, int32_t length)
{
	struct type *t = make(a, TYPE_CHAR);

	t->length = length;
	return t;
}

const struct type *
type_decimal(struct arena *a, int precision, int scale)
{
	struct type *t = make(a, TYPE_DECIMAL);

	CHECK(precision >= 1 && precision <= DECIMAL_MAX_PRECISION &&
	    scale >= 0 && scale <= precision);
	t->precision = (int16_t)precision;
	t->scale = (int16_t)scale;
	t->rep = precision <= DECIMAL_MAX_SHORT ? REP_I64 : REP_I128;
	return t;
}

const struct type *
type_time(struct arena *a, enum type_id id, int digits)
{
	struct type *t;

	CHECK(id >= TYPE_TIME && id <= TYPE_TIMESTAMP_TZ);
	CHECK(digits >= 0 && digits <= 12);
	if (digits == 3)
		return &type_simple[id];
	t = make(a, id);
	t->precision = (int16_t)digits;
	if (id == TYPE_TIMESTAMP)
		t->rep = digits <= 6 ? REP_I64 : REP_LONG_TIME;
	else if (id == TYPE_TIMESTAMP_TZ)
		t->rep = digits <= 3 ? REP_I64 : REP_LONG_TIME;
	return t;
}

static const struct type *
make_nested(struct arena *a, enum type_id id, int n,
    const struct type *const *child)
{
	struct type *t = make(a, id);

	t->n = n;
	t->child = n == 0 ? NULL
	    : arena_dup(a, child, sizeof(*child) * (size_t)n);
	return t;
}

const struct type *
type_array(struct arena *a, const struct type *element)
{
	return make_nested(a, TYPE_ARRAY, 1, &element);
}

const struct type *
type_map(struct arena *a, const struct type *key, const struct type *value)
{
	const struct type *child[] = { key, value };

	return make_nested(a, TYPE_MAP, 2, child);
}

const struct type *
type_row(struct arena *a, int n, const struct type *const *fields,
    const char *const *names)
{
	struct type *t = (struct type *)make_nested(a, TYPE_ROW, n, fields);
	const char **copy;
	bool any = false;
	int i;

	for (i = 0; names != NULL && i < n; i++)
		any |= names[i] != NULL;
	if (!any)
		return t;
	copy = arena_array(a, const char *, n);
	for (i = 0; i < n; i++)
		if (names[i] != NULL)
			copy[i] = arena_strdup(a, names[i]);
	t->names = copy;
	return t;
}

const struct type *
type_qdigest(struct arena *a, const struct type *of)
{
	return make_nested(a, TYPE_QDIGEST, 1, &of);
}

const struct type *
type_function(struct arena *a, int n_args, const struct type *const *args,
    const struct type *result)
{
	const struct type **child = arena_array(a, const struct type *,
	    n_args + 1);
	struct type *t = make(a, TYPE_FUNCTION);
	int i;

	for (i = 0; i < n_args; i++)
		child[i] = args[i];
	child[n_args] = result;
	t->n = n_args + 1;
	t->child = child;
	return t;
}

const struct type *
type_copy(struct arena *a, const struct type *t)
{
	const struct type **child;
	struct type *c;
	int i;

	if (t >= type_simple && t < type_simple + TYPE_IDS)
		return t;
	c = arena_dup(a, t, sizeof(*t));
	if (t->n == 0)
		return c;
	child = arena_array(a, const struct type *, t->n);
	for (i = 0; i < t->n; i++)
		child[i] = type_copy(a, t->child[i]);
	c->child = child;
	if (t->names != NULL) {
		const char **names = arena_array(a, const char *, t->n);

		for (i = 0; i < t->n; i++)
			if (t->names[i] != NULL)
				names[i] = arena_strdup(a, t->names[i]);
		c->names = names;
	}
	return c;
}

static bool
names_equal(const struct type *a, const struct type *b)
{
	int i;

	for (i = 0; i < a->n; i++) {
		const char *x = a->names == NULL ? NULL : a->names[i];
		const char *y = b->names == NULL ? NULL : b->names[i];

		if ((x == NULL) != (y == NULL) ||
		    (x != NULL && strcmp(x, y) != 0))
			return false;
	}
	return true;
}

bool
type_equal(const struct type *a, const struct type *b)
{
	int i;

	if (a == b)
		return true;
	if (a->id != b->id || a->length != b->length ||
	    a->precision != b->precision || a->scale != b->scale ||
	    a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!type_equal(a->child[i], b->child[i]))
			return false;
	return a->id != TYPE_ROW || names_equal(a, b);
}

bool
type_comparable(const struct type *t)
{
	int i;

	switch (t->id) {
	case TYPE_HYPERLOGLOG: case TYPE_P4HYPERLOGLOG: case TYPE_SETDIGEST:
	case TYPE_QDIGEST: case TYPE_TDIGEST: case TYPE_FUNCTION:
		return false;
	default:
		break;
	}
	for (i = 0; i < t->n; i++)
		if (!type_comparable(t->child[i]))
			return false;
	return true;
}

bool
type_orderable(const struct type *t)
{
	int i;

	if (t->id == TYPE_JSON || t->id == TYPE_VARIANT ||
	    t->id == TYPE_COLOR || t->id == TYPE_MAP || !type_comparable(t))
		return false;
	for (i = 0; i < t->n; i++)
		if (!type_orderable(t->child[i]))
			return false;
	return true;
}

int
rep_width(enum type_rep rep)
{
	static const uint8_t width[REP_COUNT] = {
		[REP_BOOL] = 1, [REP_I8] = 1, [REP_I16] = 2, [REP_I32] = 4,
		[REP_I64] = 8, [REP_F32] = 4, [REP_F64] = 8, [REP_I128] = 16,
		[REP_B16] = 16, [REP_STR] = 16, [REP_LONG_TIME] = 16,
		[REP_LIST] = 8, [REP_ROW] = 0,
	};

	return width[rep];
}

int
type_width(const struct type *t)
{
	return rep_width(t->rep);
}

int
strview_cmp(const struct strview *a, const struct strview *b)
{
	return str_cmp(strview_str(a), strview_str(b));
}
