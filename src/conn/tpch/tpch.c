/* SPDX-License-Identifier: Apache-2.0
 * tpch.c - the connector of TPC-H's tables, computed on demand at any
 * scale: schemas tiny (0.01), sf1, sf0.1, sf1000, ... */
#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "conn/kinds.h"
#include "conn/tpch/tpch.h"

static const struct conf_item items[] = {
	{ .name = "tpch.column-naming", .type = CONF_ENUM,
	  .fallback = "SIMPLIFIED", .choices = "SIMPLIFIED|STANDARD",
	  .help = "Column names: orderkey (SIMPLIFIED) or o_orderkey "
	    "(STANDARD)." },
	{ .name = "tpch.double-type-mapping", .type = CONF_ENUM,
	  .fallback = "DOUBLE", .choices = "DOUBLE|DECIMAL",
	  .help = "Type of amounts: double, or decimal(12,2)." },
	{ .name = "tpch.splits-per-node", .type = CONF_INT, .fallback = "0",
	  .min = 0, .max = INT32_MAX,
	  .help = "Accepted for compatibility: splits are made by size." },
	{ .name = "tpch.table-scan-redirection-catalog", .type = CONF_STRING,
	  .fallback = "", .help = "Accepted for compatibility." },
	{ .name = "tpch.table-scan-redirection-schema", .type = CONF_STRING,
	  .fallback = "", .help = "Accepted for compatibility." },
	{ .name = "tpch.predicate-pushdown-enabled", .type = CONF_BOOL,
	  .fallback = "true", .help = "Accepted for compatibility." },
	{ .name = "tpch.partitioning-enabled", .type = CONF_BOOL,
	  .fallback = "true", .help = "Accepted for compatibility." },
	{ .name = "tpch.produce-pages", .type = CONF_BOOL,
	  .fallback = "true", .help = "Accepted for compatibility." },
	{ .name = "tpch.max-rows-per-page", .type = CONF_INT,
	  .fallback = "1000000", .min = 1, .max = INT32_MAX,
	  .help = "Accepted for compatibility." },
};

static const char *const schema_names[] = {
	"tiny", "sf1", "sf100", "sf300", "sf1000", "sf3000", "sf10000",
	"sf30000", "sf100000",
};

static int
tpch_open(struct conn *conn, struct err *e)
{
	struct tpch_conn *c = (struct tpch_conn *)conn;

	c->standard_names = strcmp(conf_string(&conn->conf,
	    "tpch.column-naming"), "STANDARD") == 0;
	c->decimals = strcmp(conf_string(&conn->conf,
	    "tpch.double-type-mapping"), "DECIMAL") == 0;
	pthread_mutex_init(&c->lock, NULL);
	return 0;
}

static void
tpch_close(struct conn *conn)
{
	struct tpch_conn *c = (struct tpch_conn *)conn;

	tpch_dicts_release(c);
	text_pool_free(&c->text);
	pthread_mutex_destroy(&c->lock);
}

static int
tpch_schemas(struct conn *c, struct conn_tx *tx,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(schema_names); i++)
		if (each(arg, schema_names[i]) != 0)
			break;
	return 0;
}

/* The scale of a schema; 0: no such schema. */
static double
schema_scale(const char *schema)
{
	char *end;
	double scale;

	if (strcmp(schema, "tiny") == 0)
		return 0.01;
	if (strncmp(schema, "sf", 2) != 0 || schema[2] < '0' ||
	    schema[2] > '9' || strlen(schema) > 32 || schema[3] == 'x')
		return 0;
	scale = strtod(schema + 2, &end);
	return *end == '\0' && isfinite(scale) && scale > 0 && scale <= 1e6
	    ? scale : 0;
}

static int
tpch_list_tables(struct conn *c, struct conn_tx *tx, const char *schema,
    int (*each)(void *arg, const char *schema, const char *name), void *arg,
    struct err *e)
{
	for (size_t s = 0; s < ARRAY_LEN(schema_names); s++) {
		if (schema != NULL && (s > 0 || schema_scale(schema) == 0))
			break;
		for (int t = 0; t < TPCH_TABLES; t++)
			if (each(arg, schema == NULL ? schema_names[s]
			    : schema, tpch_tables[t].name) != 0)
				return 0;
	}
	return 0;
}

static struct conn_table *
describe(struct tpch_conn *c, struct arena *a, const char *schema,
    uint32_t id, double scale)
{
	static const struct type amount = {
		.id = TYPE_DECIMAL, .rep = REP_I64, .precision = 12,
		.scale = 2,
	};
	const struct tpch_table *def = &tpch_tables[id];
	struct conn_table *t = arena_new(a, struct conn_table);
	struct tpch_handle h = { id, c->decimals, scale };

	t->schema = arena_strdup(a, schema);
	t->name = def->name;
	t->n = def->n + 1;
	t->columns = arena_array(a, struct conn_column, t->n);
	for (int i = 0; i < def->n; i++) {
		const char *name = def->columns[i].name;

		t->columns[i] = (struct conn_column){
			.name = c->standard_names ? name
			    : strchr(name, '_') + 1,
			.type = def->columns[i].type != NULL
			    ? def->columns[i].type
			    : c->decimals ? &amount : TYPE(DOUBLE),
			.not_null = true,
		};
	}
	t->columns[def->n] = (struct conn_column){
		.name = tpch_row_number.name, .type = tpch_row_number.type,
		.hidden = true, .not_null = true,
	};
	t->handle = (struct str){ arena_dup(a, &h, sizeof(h)), sizeof(h) };
	/* All tables come in the order of their key, the first column. */
	t->n_sorted = 1;
	t->sorted_by = arena_array(a, int, 1);
	return t;
}

static int
tpch_table(struct conn *conn, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e)
{
	double scale = schema_scale(schema);

	*out = NULL;
	for (uint32_t i = 0; scale > 0 && i < TPCH_TABLES; i++)
		if (strcmp(tpch_tables[i].name, name) == 0)
			*out = describe((struct tpch_conn *)conn, a, schema,
			    i, scale);
	return 0;
}

const struct conn_kind conn_tpch = {
	.name = "tpch",
	.size = sizeof(struct tpch_conn),
	.items = items,
	.n_items = ARRAY_LEN(items),
	.open = tpch_open,
	.close = tpch_close,
	.schemas = tpch_schemas,
	.tables = tpch_list_tables,
	.table = tpch_table,
	.stats = tpch_stats,
	.splits = tpch_splits,
	.source = tpch_source,
};
