/* SPDX-License-Identifier: Apache-2.0
 * parquet_type.c - which SQL type a primitive column is, from its physical
 * type and its annotation (logical, else converted). */
#include "fmt/parquet_priv.h"

enum logical {
	LOGICAL_NONE, LOGICAL_STRING, LOGICAL_MAP, LOGICAL_LIST, LOGICAL_ENUM,
	LOGICAL_DECIMAL, LOGICAL_DATE, LOGICAL_TIME, LOGICAL_TIMESTAMP,
	LOGICAL_INTEGER = 10, LOGICAL_NULL, LOGICAL_JSON, LOGICAL_BSON,
	LOGICAL_UUID, LOGICAL_FLOAT16,
};

enum converted {
	CONVERTED_NONE = -1, CONVERTED_UTF8, CONVERTED_MAP,
	CONVERTED_MAP_KEY_VALUE, CONVERTED_LIST, CONVERTED_ENUM,
	CONVERTED_DECIMAL, CONVERTED_DATE, CONVERTED_TIME_MILLIS,
	CONVERTED_TIME_MICROS, CONVERTED_TIMESTAMP_MILLIS,
	CONVERTED_TIMESTAMP_MICROS, CONVERTED_UINT_8, CONVERTED_UINT_16,
	CONVERTED_UINT_32, CONVERTED_UINT_64, CONVERTED_INT_8,
	CONVERTED_INT_16, CONVERTED_INT_32, CONVERTED_INT_64, CONVERTED_JSON,
	CONVERTED_BSON, CONVERTED_INTERVAL,
};

enum { UNIT_MS = 1, UNIT_US, UNIT_NS };

/* An annotation in one form, whichever way the file said it. */
struct annotation {
	enum logical kind;
	int precision, scale;
	int unit;
	int bits;
	bool adjusted, is_signed;
};

static const char *const physical_names[PARQUET_PHYSICALS] = {
	"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE",
	"BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY",
};

static const char *const encoding_names[PARQUET_ENCODINGS] = {
	"PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED",
	"DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
	"RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
};

const char *
parquet_physical_name(int physical)
{
	return physical >= 0 && physical < PARQUET_PHYSICALS
	    ? physical_names[physical] : "unknown";
}

const char *
parquet_encoding_name(int encoding)
{
	return encoding >= 0 && encoding < PARQUET_ENCODINGS
	    ? encoding_names[encoding] : "unknown";
}

static void
from_converted(const struct parquet_element *el, struct annotation *a)
{
	int c = el->converted;

	if (c == CONVERTED_UTF8)
		a->kind = LOGICAL_STRING;
	else if (c == CONVERTED_ENUM)
		a->kind = LOGICAL_ENUM;
	else if (c == CONVERTED_DECIMAL)
		a->kind = LOGICAL_DECIMAL;
	else if (c == CONVERTED_DATE)
		a->kind = LOGICAL_DATE;
	else if (c == CONVERTED_TIME_MILLIS || c == CONVERTED_TIME_MICROS)
		a->kind = LOGICAL_TIME;
	else if (c == CONVERTED_TIMESTAMP_MILLIS ||
	    c == CONVERTED_TIMESTAMP_MICROS)
		a->kind = LOGICAL_TIMESTAMP;
	else if (c >= CONVERTED_UINT_8 && c <= CONVERTED_INT_64)
		a->kind = LOGICAL_INTEGER;
	else if (c == CONVERTED_JSON)
		a->kind = LOGICAL_JSON;
	else if (c == CONVERTED_BSON)
		a->kind = LOGICAL_BSON;
	a->precision = el->precision;
	a->scale = el->scale;
	a->unit = c == CONVERTED_TIME_MILLIS ||
	    c == CONVERTED_TIMESTAMP_MILLIS ? UNIT_MS : UNIT_US;
	a->adjusted = true;
	if (a->kind == LOGICAL_INTEGER) {
		a->is_signed = c >= CONVERTED_INT_8;
		a->bits = 8 << ((c - CONVERTED_UINT_8) & 3);
	}
}

static struct annotation
annotation_of(const struct parquet_element *el)
{
	struct annotation a = { 0 };

	if (el->logical == 0) {
		from_converted(el, &a);
		return a;
	}
	a.kind = el->logical;
	a.precision = el->logical_precision;
	a.scale = el->logical_scale;
	a.unit = el->unit;
	a.bits = el->bits;
	a.adjusted = el->adjusted;
	a.is_signed = el->is_signed;
	return a;
}

static int
cannot(const struct parquet_leaf *leaf, const char *what, struct err *e)
{
	return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
	    "column %s: a %s cannot be %s", leaf->path, what,
	    parquet_physical_name(leaf->physical));
}

static int
decimal_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct annotation *a, struct err *e)
{
	int p = a->precision, s = a->scale, limit = DECIMAL_MAX_PRECISION;
	bool is_short = p <= DECIMAL_MAX_SHORT;

	leaf->order = ORDER_SIGNED;
	switch (leaf->physical) {
	case PARQUET_INT32:
		limit = 9;
		leaf->convert = CONVERT_I32_I64;
		break;
	case PARQUET_INT64:
		limit = 18;
		break;
	case PARQUET_FIXED:
		leaf->convert = is_short ? CONVERT_FIXED_I64
		    : CONVERT_FIXED_I128;
		break;
	case PARQUET_BYTE_ARRAY:
		leaf->convert = is_short ? CONVERT_BYTES_I64
		    : CONVERT_BYTES_I128;
		break;
	default:
		limit = 0;
	}
	if (p <= 0 || p > limit || s < 0 || s > p)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "column %s: DECIMAL(%d,%d) cannot be %s", leaf->path, p,
		    s, parquet_physical_name(leaf->physical));
	leaf->type = type_decimal(&m->arena, p, s);
	return 0;
}

static int
integer_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct annotation *a, struct err *e)
{
	bool wide = leaf->physical == PARQUET_INT64;

	if (!(wide ? a->bits == 64 : leaf->physical == PARQUET_INT32 &&
	    (a->bits == 8 || a->bits == 16 || a->bits == 32)))
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "column %s: an integer of %d bits cannot be %s",
		    leaf->path, a->bits,
		    parquet_physical_name(leaf->physical));
	leaf->order = a->is_signed ? ORDER_SIGNED : ORDER_UNSIGNED;
	if (a->bits == 64) {
		leaf->type = a->is_signed ? TYPE(BIGINT)
		    : type_decimal(&m->arena, 20, 0);
		leaf->convert = a->is_signed ? CONVERT_NONE : CONVERT_U64;
	} else if (a->bits == 32) {
		leaf->type = a->is_signed ? TYPE(INTEGER) : TYPE(BIGINT);
		leaf->convert = a->is_signed ? CONVERT_NONE : CONVERT_U32;
	} else if (a->bits == 16) {
		leaf->type = a->is_signed ? TYPE(SMALLINT) : TYPE(INTEGER);
		leaf->convert = a->is_signed ? CONVERT_I16 : CONVERT_U16;
	} else {
		leaf->type = a->is_signed ? TYPE(TINYINT) : TYPE(SMALLINT);
		leaf->convert = a->is_signed ? CONVERT_I8 : CONVERT_U8;
	}
	return 0;
}

static int
time_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct annotation *a, struct err *e)
{
	bool stamp = a->kind == LOGICAL_TIMESTAMP;
	enum type_id id = !stamp ? TYPE_TIME : a->adjusted
	    ? TYPE_TIMESTAMP_TZ : TYPE_TIMESTAMP;
	enum parquet_physical want = !stamp && a->unit == UNIT_MS
	    ? PARQUET_INT32 : PARQUET_INT64;

	if (a->unit < UNIT_MS || a->unit > UNIT_NS ||
	    leaf->physical != want)
		return cannot(leaf, stamp ? "timestamp" : "time", e);
	leaf->order = ORDER_SIGNED;
	leaf->type = type_time(&m->arena, id, 3 * a->unit);
	if (!stamp)
		leaf->convert = CONVERT_TIME_MS + (a->unit - UNIT_MS);
	else if (a->adjusted)
		leaf->convert = CONVERT_TZ_MS + (a->unit - UNIT_MS);
	else if (a->unit != UNIT_US)
		leaf->convert = a->unit == UNIT_MS ? CONVERT_TS_MS
		    : CONVERT_TS_NS;
	return 0;
}

/* Without an annotation, or with one that is not known. */
static void
physical_type(struct parquet_meta *m, struct parquet_leaf *leaf)
{
	leaf->order = ORDER_SIGNED;
	switch (leaf->physical) {
	case PARQUET_BOOLEAN:
		leaf->type = TYPE(BOOLEAN);
		break;
	case PARQUET_INT32:
		leaf->type = TYPE(INTEGER);
		break;
	case PARQUET_INT64:
		leaf->type = TYPE(BIGINT);
		break;
	case PARQUET_INT96:
		leaf->type = type_time(&m->arena, TYPE_TIMESTAMP, 9);
		leaf->convert = CONVERT_INT96;
		leaf->order = ORDER_NONE;
		break;
	case PARQUET_FLOAT:
		leaf->type = TYPE(REAL);
		break;
	case PARQUET_DOUBLE:
		leaf->type = TYPE(DOUBLE);
		break;
	default:
		leaf->type = TYPE(VARBINARY);
		leaf->order = ORDER_UNSIGNED;
		if (leaf->physical == PARQUET_FIXED)
			leaf->convert = CONVERT_FIXED_VIEW;
	}
}

static int
text_type(struct parquet_leaf *leaf, struct err *e)
{
	if (leaf->physical != PARQUET_BYTE_ARRAY &&
	    leaf->physical != PARQUET_FIXED)
		return cannot(leaf, "string", e);
	leaf->type = TYPE(VARCHAR);
	leaf->utf8 = true;
	leaf->order = ORDER_UNSIGNED;
	if (leaf->physical == PARQUET_FIXED)
		leaf->convert = CONVERT_FIXED_VIEW;
	return 0;
}

static int
annotated_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct annotation *a, struct err *e)
{
	switch (a->kind) {
	case LOGICAL_STRING:
	case LOGICAL_ENUM:
	case LOGICAL_JSON:
		return text_type(leaf, e);
	case LOGICAL_BSON:
		if (leaf->physical != PARQUET_BYTE_ARRAY)
			return cannot(leaf, "BSON document", e);
		break;
	case LOGICAL_DECIMAL:
		return decimal_type(m, leaf, a, e);
	case LOGICAL_DATE:
		if (leaf->physical != PARQUET_INT32)
			return cannot(leaf, "date", e);
		leaf->type = TYPE(DATE);
		leaf->order = ORDER_SIGNED;
		return 0;
	case LOGICAL_TIME:
	case LOGICAL_TIMESTAMP:
		return time_type(m, leaf, a, e);
	case LOGICAL_INTEGER:
		return integer_type(m, leaf, a, e);
	case LOGICAL_UUID:
		if (leaf->physical != PARQUET_FIXED || leaf->width != 16)
			return cannot(leaf, "UUID", e);
		leaf->type = TYPE(UUID);
		leaf->order = ORDER_UNSIGNED;
		return 0;
	case LOGICAL_FLOAT16:
		if (leaf->physical != PARQUET_FIXED || leaf->width != 2)
			return cannot(leaf, "FLOAT16", e);
		leaf->type = TYPE(REAL);
		leaf->convert = CONVERT_FLOAT16;
		leaf->order = ORDER_SIGNED;
		return 0;
	default:
		break;
	}
	physical_type(m, leaf);
	return 0;
}

int
parquet_leaf_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct parquet_element *el, struct err *e)
{
	static const int widths[PARQUET_PHYSICALS] = { 1, 4, 8, 12, 4, 8 };
	struct annotation a = annotation_of(el);

	if (el->physical < 0 || el->physical >= PARQUET_PHYSICALS)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "column %s: unknown physical type %d", leaf->path,
		    el->physical);
	leaf->physical = el->physical;
	leaf->width = widths[leaf->physical];
	if (leaf->physical == PARQUET_FIXED) {
		if (el->width == INT32_MIN)
			return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
			    "column %s: FIXED_LEN_BYTE_ARRAY of length "
			    "unknown", leaf->path);
		if (el->width <= 0 || (uint64_t)el->width > m->file_size)
			return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
			    "column %s: FIXED_LEN_BYTE_ARRAY of length %d",
			    leaf->path, el->width);
		leaf->width = el->width;
	}
	return annotated_type(m, leaf, &a, e);
}
