/* SPDX-License-Identifier: Apache-2.0
 * type_print.c - the texts of types: one for SQL and messages, one for the
 * client protocol's columns, which differ in small ways. */
#include "type/type.h"

enum print_style { PRINT_SQL, PRINT_DISPLAY };

static const char *const base_name[TYPE_IDS] = {
	[TYPE_UNKNOWN] = "unknown", [TYPE_BOOLEAN] = "boolean",
	[TYPE_TINYINT] = "tinyint", [TYPE_SMALLINT] = "smallint",
	[TYPE_INTEGER] = "integer", [TYPE_BIGINT] = "bigint",
	[TYPE_REAL] = "real", [TYPE_DOUBLE] = "double",
	[TYPE_DECIMAL] = "decimal", [TYPE_NUMBER] = "number",
	[TYPE_VARCHAR] = "varchar", [TYPE_CHAR] = "char",
	[TYPE_VARBINARY] = "varbinary", [TYPE_JSON] = "json",
	[TYPE_VARIANT] = "variant", [TYPE_DATE] = "date",
	[TYPE_TIME] = "time", [TYPE_TIME_TZ] = "time",
	[TYPE_TIMESTAMP] = "timestamp", [TYPE_TIMESTAMP_TZ] = "timestamp",
	[TYPE_INTERVAL_YM] = "interval year to month",
	[TYPE_INTERVAL_DS] = "interval day to second",
	[TYPE_UUID] = "uuid", [TYPE_IPADDRESS] = "ipaddress",
	[TYPE_HYPERLOGLOG] = "HyperLogLog",
	[TYPE_P4HYPERLOGLOG] = "P4HyperLogLog",
	[TYPE_SETDIGEST] = "SetDigest", [TYPE_QDIGEST] = "qdigest",
	[TYPE_TDIGEST] = "tdigest", [TYPE_COLOR] = "color",
	[TYPE_ARRAY] = "array", [TYPE_MAP] = "map", [TYPE_ROW] = "row",
	[TYPE_FUNCTION] = "function",
};

static void print(struct sbuf *to, const struct type *t,
    enum print_style style);

/* In messages every name is quoted; the protocol quotes only what is no
 * plain identifier. */
static void
print_field_name(struct sbuf *to, const char *name, enum print_style style)
{
	const char *p = name;
	bool plain = style == PRINT_DISPLAY;

	for (; *p != '\0' && plain; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') ||
		    (*p >= 'A' && *p <= 'Z') || *p == '_';

		plain = letter || (p > name && *p >= '0' && *p <= '9');
	}
	if (plain && p > name) {
		sbuf_addz(to, name);
		return;
	}
	sbuf_addc(to, '"');
	for (p = name; *p != '\0'; p++) {
		if (*p == '"')
			sbuf_addc(to, '"');
		sbuf_addc(to, *p);
	}
	sbuf_addc(to, '"');
}

static void
print_children(struct sbuf *to, const struct type *t, enum print_style style)
{
	int i;

	sbuf_addz(to, base_name[t->id]);
	sbuf_addc(to, '(');
	for (i = 0; i < t->n; i++) {
		if (i > 0)
			sbuf_addz(to, t->id == TYPE_FUNCTION ? "," : ", ");
		if (t->names != NULL && t->names[i] != NULL) {
			print_field_name(to, t->names[i], style);
			sbuf_addc(to, ' ');
		}
		print(to, t->child[i], style);
	}
	sbuf_addc(to, ')');
}

static void
print(struct sbuf *to, const struct type *t, enum print_style style)
{
	switch (t->id) {
	case TYPE_DECIMAL:
		sbuf_addf(to, style == PRINT_DISPLAY ? "decimal(%d, %d)"
		    : "decimal(%d,%d)", t->precision, t->scale);
		break;
	case TYPE_VARCHAR:
		sbuf_addz(to, "varchar");
		if (t->length != TYPE_UNBOUNDED)
			sbuf_addf(to, "(%d)", t->length);
		break;
	case TYPE_CHAR:
		sbuf_addf(to, "char(%d)", t->length);
		break;
	case TYPE_TIME: case TYPE_TIMESTAMP:
		sbuf_addf(to, "%s(%d)", base_name[t->id], t->precision);
		break;
	case TYPE_TIME_TZ: case TYPE_TIMESTAMP_TZ:
		sbuf_addf(to, "%s(%d) with time zone", base_name[t->id],
		    t->precision);
		break;
	case TYPE_INTERVAL_YM:
		sbuf_addz(to, style == PRINT_DISPLAY
		    ? "INTERVAL YEAR TO MONTH" : base_name[t->id]);
		break;
	case TYPE_INTERVAL_DS:
		sbuf_addz(to, style == PRINT_DISPLAY
		    ? "INTERVAL DAY TO SECOND" : base_name[t->id]);
		break;
	case TYPE_QDIGEST: case TYPE_ARRAY: case TYPE_MAP: case TYPE_ROW:
	case TYPE_FUNCTION:
		print_children(to, t, style);
		break;
	default:
		sbuf_addz(to, base_name[t->id]);
		break;
	}
}

void
type_print(struct sbuf *to, const struct type *t)
{
	print(to, t, PRINT_SQL);
}

void
type_print_display(struct sbuf *to, const struct type *t)
{
	print(to, t, PRINT_DISPLAY);
}

const char *
type_name(struct arena *a, const struct type *t)
{
	struct sbuf b = { 0 };
	const char *z;

	print(&b, t, PRINT_SQL);
	z = arena_strndup(a, b.p, b.n);
	sbuf_release(&b);
	return z;
}
