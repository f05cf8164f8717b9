/* SPDX-License-Identifier: Apache-2.0
 * jdbc.c - system.jdbc: what the JDBC driver's DatabaseMetaData asks. */
#include "base/check.h"
#include "conn/system/system.h"

static int
put_catalog(struct sys_rows *r, struct catalog *c)
{
	put_text(r, c->name);
	return r->rc;
}

int
sys_jdbc_catalogs(struct sys_rows *r)
{
	return sys_each_catalog(r, put_catalog);
}

static int
put_schema(struct sys_rows *r, struct catalog *c, const char *name)
{
	put_text(r, name);
	put_text(r, c->name);
	return r->rc;
}

static int
schemas_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_schema(r, c, put_schema);
}

int
sys_jdbc_schemas(struct sys_rows *r)
{
	return sys_each_catalog(r, schemas_of);
}

static int
put_table(struct sys_rows *r, const struct sys_object *o)
{
	put_text(r, o->catalog->name);
	put_text(r, o->schema);
	put_text(r, o->name);
	put_text(r, o->view ? "VIEW" : "TABLE");
	for (int i = 4; i < r->table->n; i++)
		put_null(r);
	return r->rc;
}

static int
tables_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, false, put_table);
}

int
sys_jdbc_tables(struct sys_rows *r)
{
	return sys_each_catalog(r, tables_of);
}

int
sys_jdbc_table_types(struct sys_rows *r)
{
	put_text(r, "TABLE");
	put_text(r, "VIEW");
	return 0;
}

/* --- types ---------------------------------------------------------------- */

/* java.sql.Types; a size or radix of -1 is NULL. */
static void
jdbc_type(const struct type *t, int64_t *code, int64_t *size, int64_t *digits,
    int64_t *radix)
{
	int64_t fraction = t->precision > 0 ? 1 + t->precision : 0;

	*code = 2000;           /* JAVA_OBJECT */
	*size = *digits = *radix = -1;
	switch (t->id) {
	case TYPE_BOOLEAN:
		*code = 16;
		break;
	case TYPE_TINYINT:
		*code = -6, *size = 3, *radix = 10;
		break;
	case TYPE_SMALLINT:
		*code = 5, *size = 5, *radix = 10;
		break;
	case TYPE_INTEGER:
		*code = 4, *size = 10, *radix = 10;
		break;
	case TYPE_BIGINT:
		*code = -5, *size = 19, *radix = 10;
		break;
	case TYPE_REAL:
		*code = 7, *size = 24, *radix = 2;
		break;
	case TYPE_DOUBLE:
		*code = 8, *size = 53, *radix = 2;
		break;
	case TYPE_DECIMAL:
		*code = 3, *size = t->precision, *radix = 10;
		*digits = t->scale;
		break;
	case TYPE_VARCHAR:
		*code = 12, *size = t->length;
		break;
	case TYPE_CHAR:
		*code = 1, *size = t->length;
		break;
	case TYPE_VARBINARY:
		*code = -3, *size = INT32_MAX;
		break;
	case TYPE_DATE:
		*code = 91, *size = 14;
		break;
	case TYPE_TIME:
		*code = 92, *size = 8 + fraction, *digits = t->precision;
		break;
	case TYPE_TIME_TZ:
		*code = 2013, *size = 14 + fraction, *digits = t->precision;
		break;
	case TYPE_TIMESTAMP:
		*code = 93, *size = 21 + fraction, *digits = t->precision;
		break;
	case TYPE_TIMESTAMP_TZ:
		*code = 2014, *size = 55 + fraction, *digits = t->precision;
		break;
	case TYPE_ARRAY:
		*code = 2003;
		break;
	default:
		break;
	}
}

static void
put_known(struct sys_rows *r, int64_t v)
{
	if (v == -1)
		put_null(r);
	else
		put_int(r, v);
}

static void
put_column(struct sys_rows *r, const struct sys_object *o,
    const struct conn_column *c, int64_t position)
{
	int64_t code, size, digits, radix;
	bool octets = c->type->id == TYPE_VARCHAR ||
	    c->type->id == TYPE_CHAR || c->type->id == TYPE_VARBINARY;
	struct sbuf type = { 0 };

	jdbc_type(c->type, &code, &size, &digits, &radix);
	type_print(&type, c->type);
	put_text(r, o->catalog->name);
	put_text(r, o->schema);
	put_text(r, o->name);
	put_text(r, c->name);
	put_int(r, code);
	put_str(r, sbuf_str(&type));
	put_known(r, size);
	put_int(r, 0);
	put_known(r, digits);
	put_known(r, radix);
	put_int(r, c->not_null ? 0 : 1);
	put_text(r, c->comment);
	put_null(r);
	put_null(r);
	put_null(r);
	put_known(r, octets ? size : -1);
	put_int(r, position);
	put_text(r, c->not_null ? "NO" : "YES");
	for (int i = 0; i < 6; i++)
		put_null(r);
	sbuf_release(&type);
}

static int
put_columns(struct sys_rows *r, const struct sys_object *o)
{
	int64_t position = 0;

	for (int i = 0; i < o->n && r->rc == 0; i++)
		if (!o->columns[i].hidden)
			put_column(r, o, &o->columns[i], ++position);
	return r->rc;
}

static int
columns_of(struct sys_rows *r, struct catalog *c)
{
	return sys_each_table(r, c, true, put_columns);
}

int
sys_jdbc_columns(struct sys_rows *r)
{
	return sys_each_catalog(r, columns_of);
}

static const struct {
	const char *name;
	int code, precision, searchable, radix;
} known_types[] = {
	{ "tinyint", -6, 3, 3, 10 },
	{ "bigint", -5, 19, 3, 10 },
	{ "varbinary", -3, 2147483647, 3, -1 },
	{ "integer", 4, 10, 3, 10 },
	{ "integer", 4, 10, 3, 10 },
	{ "smallint", 5, 5, 3, 10 },
	{ "real", 7, 24, 3, 2 },
	{ "double", 8, 53, 3, 2 },
	{ "boolean", 16, -1, 3, -1 },
	{ "date", 91, 14, 3, -1 },
	{ "CodePoints", 2000, -1, 0, -1 },
	{ "HyperLogLog", 2000, -1, 0, -1 },
	{ "JoniRegExp", 2000, -1, 0, -1 },
	{ "JsonPath", 2000, -1, 0, -1 },
	{ "LikePattern", 2000, -1, 0, -1 },
	{ "P4HyperLogLog", 2000, -1, 0, -1 },
	{ "Re2JRegExp", 2000, -1, 0, -1 },
	{ "SetDigest", 2000, -1, 0, -1 },
	{ "SqlJsonPath", 2000, -1, 0, -1 },
	{ "char", 2000, -1, 0, -1 },
	{ "color", 2000, -1, 3, -1 },
	{ "decimal", 2000, -1, 0, -1 },
	{ "function", 2000, -1, 0, -1 },
	{ "interval day to second", 2000, -1, 3, -1 },
	{ "interval year to month", 2000, -1, 3, -1 },
	{ "ipaddress", 2000, -1, 3, -1 },
	{ "json", 2000, -1, 3, -1 },
	{ "json2016", 2000, -1, 0, -1 },
	{ "map", 2000, -1, 0, -1 },
	{ "number", 2000, -1, 3, -1 },
	{ "qdigest", 2000, -1, 0, -1 },
	{ "row", 2000, -1, 0, -1 },
	{ "tdigest", 2000, -1, 0, -1 },
	{ "time", 2000, -1, 0, -1 },
	{ "time with time zone", 2000, -1, 0, -1 },
	{ "timestamp", 2000, -1, 0, -1 },
	{ "timestamp with time zone", 2000, -1, 0, -1 },
	{ "unknown", 2000, -1, 3, -1 },
	{ "uuid", 2000, -1, 3, -1 },
	{ "varchar", 2000, -1, 0, -1 },
	{ "variant", 2000, -1, 3, -1 },
	{ "array", 2003, -1, 0, -1 },
};

int
sys_jdbc_types(struct sys_rows *r)
{
	for (size_t i = 0; i < ARRAY_LEN(known_types); i++) {
		put_text(r, known_types[i].name);
		put_int(r, known_types[i].code);
		put_known(r, known_types[i].precision);
		put_null(r);
		put_null(r);
		put_null(r);
		put_int(r, 1);
		put_bool(r, false);
		put_int(r, known_types[i].searchable);
		put_null(r);
		put_bool(r, false);
		put_null(r);
		put_null(r);
		put_int(r, 0);
		put_int(r, 0);
		put_null(r);
		put_null(r);
		put_known(r, known_types[i].radix);
	}
	return r->rc;
}
