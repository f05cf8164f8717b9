/* SPDX-License-Identifier: Apache-2.0
 * type.h - SQL types: what a type is, how its values lie in memory.
 *
 * A struct type is immutable.  Simple types are constants (TYPE(BIGINT));
 * parametric ones are made in an arena and live as long as it.  Two types
 * are the same when type_equal() says so; pointers are not compared.
 *
 * How one value lies in a flat vector (struct vec, page/page.h):
 *
 *  rep          bytes  types
 *  REP_BOOL       1    boolean: 0 or 1; unknown: 0
 *  REP_I8..I64  1..8   tinyint, smallint, integer, bigint; date (days since
 *                      1970, I32); real/double have REP_F32/F64; decimal with
 *                      p <= 18 (unscaled, I64); time(p) (picoseconds of the
 *                      day, I64); timestamp(p <= 6) (microseconds since 1970
 *                      as if in UTC, I64); timestamp(p <= 3) with time zone
 *                      (millis since 1970 UTC << 12 | zone id, I64); interval
 *                      year to month (months, I32); interval day to second
 *                      (milliseconds, I64); color (I32)
 *  REP_I128      16    decimal with p > 18 (unscaled, two's complement)
 *  REP_B16       16    uuid, ipaddress: 16 bytes, big-endian order
 *  REP_STR       16    struct strview: varchar(n), char(n) (without the
 *                      trailing blanks), varbinary, json (normalised text as
 *                      Trino prints it), number, variant, sketches
 *  REP_LONG_TIME 16    struct long_time: timestamp(p > 6), timestamp(p > 3)
 *                      with time zone, time(p) with time zone
 *  REP_LIST       8    struct list_ref into child vectors: array, map
 *  REP_ROW        0    row: one child vector a field, same row numbers
 */
#ifndef TYPE_TYPE_H
#define TYPE_TYPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum type_id {
	TYPE_UNKNOWN, TYPE_BOOLEAN, TYPE_TINYINT, TYPE_SMALLINT, TYPE_INTEGER,
	TYPE_BIGINT, TYPE_REAL, TYPE_DOUBLE, TYPE_DECIMAL, TYPE_NUMBER,
	TYPE_VARCHAR, TYPE_CHAR, TYPE_VARBINARY, TYPE_JSON, TYPE_VARIANT,
	TYPE_DATE, TYPE_TIME, TYPE_TIME_TZ, TYPE_TIMESTAMP, TYPE_TIMESTAMP_TZ,
	TYPE_INTERVAL_YM, TYPE_INTERVAL_DS, TYPE_UUID, TYPE_IPADDRESS,
	TYPE_HYPERLOGLOG, TYPE_P4HYPERLOGLOG, TYPE_SETDIGEST, TYPE_QDIGEST,
	TYPE_TDIGEST, TYPE_COLOR, TYPE_ARRAY, TYPE_MAP, TYPE_ROW,
	TYPE_FUNCTION,          /* of a lambda: children are arguments, result */
	TYPE_IDS
};

enum type_rep {
	REP_BOOL, REP_I8, REP_I16, REP_I32, REP_I64, REP_F32, REP_F64,
	REP_I128, REP_B16, REP_STR, REP_LONG_TIME, REP_LIST, REP_ROW,
	REP_COUNT
};

/* length of varchar without one; a bounded one is smaller. */
#define TYPE_UNBOUNDED INT32_MAX
enum { DECIMAL_MAX_PRECISION = 38, DECIMAL_MAX_SHORT = 18 };

struct type {
	enum type_id id;
	enum type_rep rep;
	int32_t length;         /* varchar, char: code points */
	int16_t precision;      /* decimal: digits; times: fraction digits */
	int16_t scale;          /* decimal */
	int n;                  /* children: array 1, map 2, row fields,
				 * qdigest 1, function arguments + 1 */
	const struct type *const *child;
	const char *const *names; /* row: field names; NULL: none; an item
				 * may be NULL */
};

/* A string of at most 12 bytes lies in the view, zero padded; a longer one
 * has its first 4 bytes in prefix and all of them at p. */
struct strview {
	uint32_t n;             /* bytes */
	union {
		char inlined[12];
		struct {
			char prefix[4];
			const char *p;
		} __attribute__((packed, aligned(4)));
	};
};
_Static_assert(sizeof(struct strview) == 16, "a view is 16 bytes");
enum { STRVIEW_INLINE = 12 };

/* timestamp: hi = microseconds since 1970, lo = picoseconds of the
 * microsecond (0..999999).  timestamp with time zone: hi = (millis UTC << 12)
 * | zone id, lo = picoseconds of the millisecond (0..999999999).  time with
 * time zone: hi = picoseconds of the local day, lo = offset in minutes. */
struct long_time {
	int64_t hi;
	int32_t lo;
	int32_t zero;           /* always 0, so that bytes can be compared */
};

struct list_ref {
	uint32_t offset, n;
};

typedef __int128 int128;
typedef unsigned __int128 uint128;

static inline struct str
strview_str(const struct strview *v)
{
	return (struct str){ v->n <= STRVIEW_INLINE ? v->inlined : v->p, v->n };
}

/* s must outlive the view when it is longer than 12 bytes. */
static inline struct strview
strview_of(struct str s)
{
	struct strview v = { .n = (uint32_t)s.n };

	if (s.n <= STRVIEW_INLINE) {
		memset(v.inlined, 0, STRVIEW_INLINE);
		if (s.n > 0)
			memcpy(v.inlined, s.p, s.n);
	} else {
		memcpy(v.prefix, s.p, 4);
		v.p = s.p;
	}
	return v;
}

static inline bool
strview_eq(const struct strview *a, const struct strview *b)
{
	uint64_t ax, bx;

	memcpy(&ax, a, 8);
	memcpy(&bx, b, 8);
	if (ax != bx)
		return false;
	if (a->n <= STRVIEW_INLINE)
		return memcmp(a->inlined + 4, b->inlined + 4, 8) == 0;
	return memcmp(a->p, b->p, a->n) == 0;
}

/* Bytewise order, as Trino's varchar and varbinary. */
int strview_cmp(const struct strview *a, const struct strview *b);

/* The constant of a type without parameters: TYPE(BIGINT), TYPE(VARCHAR)
 * (unbounded), TYPE(TIMESTAMP) (3 digits), TYPE(JSON), ... */
#define TYPE(name) (&type_simple[TYPE_##name])
extern const struct type type_simple[TYPE_IDS];

const struct type *type_varchar(struct arena *a, int32_t length);
const struct type *type_char(struct arena *a, int32_t length);
const struct type *type_decimal(struct arena *a, int precision, int scale);
/* id: TIME, TIME_TZ, TIMESTAMP or TIMESTAMP_TZ; 0..12 digits. */
const struct type *type_time(struct arena *a, enum type_id id, int digits);
const struct type *type_array(struct arena *a, const struct type *element);
const struct type *type_map(struct arena *a, const struct type *key,
    const struct type *value);
/* Copies the arrays (and names); names may be NULL. */
const struct type *type_row(struct arena *a, int n,
    const struct type *const *fields, const char *const *names);
const struct type *type_qdigest(struct arena *a, const struct type *of);
const struct type *type_function(struct arena *a, int n_args,
    const struct type *const *args, const struct type *result);
/* A deep copy that lives in a. */
const struct type *type_copy(struct arena *a, const struct type *t);

bool type_equal(const struct type *a, const struct type *b);
static inline bool type_is(const struct type *t, enum type_id id)
{ return t->id == id; }
bool type_comparable(const struct type *t);     /* has = */
bool type_orderable(const struct type *t);      /* has < */
int type_width(const struct type *t);           /* bytes of a flat value */
int rep_width(enum type_rep rep);

/* The text as in SQL and in error messages: "decimal(10,2)",
 * "timestamp(3) with time zone", "row(a bigint, \"B x\" varchar)".
 * display: as the client protocol's column types ("decimal(10, 2)"). */
void type_print(struct sbuf *to, const struct type *t);
void type_print_display(struct sbuf *to, const struct type *t);
const char *type_name(struct arena *a, const struct type *t); /* the former */
/* Reads what either of them prints, and SQL's spellings; TYPE_NOT_FOUND or
 * INVALID_FUNCTION_ARGUMENT-style errors otherwise.  Nesting is limited. */
int type_parse(struct arena *a, struct str text, const struct type **out,
    struct err *e);

#endif
