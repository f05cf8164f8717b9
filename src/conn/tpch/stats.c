/* SPDX-License-Identifier: Apache-2.0
 * stats.c - statistics of TPC-H's tables: measured at scales 0.01 and 1,
 * estimated at others. */
#include <math.h>

#include "base/check.h"
#include "conn/tpch/tpch.h"

/* Distinct values; bytes of the distinct texts of columns with few of them,
 * of all texts of others; extremes (amounts in cents, days since 1970). */
struct measure {
	int32_t distinct, bytes;
	int32_t min, max;
};

struct fact {
	struct measure tiny, one;
};

static const struct fact customer_facts[] = {
	{ { 1500, 0, 1, 1500 }, { 150000, 0, 1, 150000 } }, /* custkey */
	{ { 1500, 27000, 0, 0 }, { 150000, 2700000, 0, 0 } }, /* name */
	{ { 1500, 37090, 0, 0 }, { 150000, 3758056, 0, 0 } }, /* address */
	{ { 25, 0, 0, 24 }, { 25, 0, 0, 24 } }, /* nationkey */
	{ { 1500, 22500, 0, 0 }, { 150000, 2250000, 0, 0 } }, /* phone */
	{ { 1499, 0, -99479, 998771 }, { 140187, 0, -99999, 999999 } }, /* acctbal */
	{ { 5, 45, 0, 0 }, { 5, 45, 0, 0 } }, /* mktsegment */
	{ { 1500, 109800, 0, 0 }, { 149968, 10873942, 0, 0 } }, /* comment */
};
static const struct fact lineitem_facts[] = {
	{ { 15000, 0, 1, 60000 }, { 1500000, 0, 1, 6000000 } }, /* orderkey */
	{ { 2000, 0, 1, 2000 }, { 200000, 0, 1, 200000 } }, /* partkey */
	{ { 100, 0, 1, 100 }, { 10000, 0, 1, 10000 } }, /* suppkey */
	{ { 7, 0, 1, 7 }, { 7, 0, 1, 7 } }, /* linenumber */
	{ { 50, 0, 100, 5000 }, { 50, 0, 100, 5000 } }, /* quantity */
	{ { 35921, 0, 90400, 9494950 }, { 933900, 0, 90100, 10494950 } }, /* extendedprice */
	{ { 11, 0, 0, 10 }, { 11, 0, 0, 10 } }, /* discount */
	{ { 9, 0, 0, 8 }, { 9, 0, 0, 8 } }, /* tax */
	{ { 3, 3, 0, 0 }, { 3, 3, 0, 0 } }, /* returnflag */
	{ { 2, 2, 0, 0 }, { 2, 2, 0, 0 } }, /* linestatus */
	{ { 2518, 0, 8038, 10559 }, { 2526, 0, 8036, 10561 } }, /* shipdate */
	{ { 2460, 0, 8067, 10527 }, { 2466, 0, 8065, 10530 } }, /* commitdate */
	{ { 2529, 0, 8043, 10585 }, { 2554, 0, 8038, 10591 } }, /* receiptdate */
	{ { 4, 48, 0, 0 }, { 4, 48, 0, 0 } }, /* shipinstruct */
	{ { 7, 30, 0, 0 }, { 7, 30, 0, 0 } }, /* shipmode */
	{ { 58616, 1578058, 0, 0 }, { 4580667, 135857609, 0, 0 } }, /* comment */
};
static const struct fact nation_facts[] = {
	{ { 25, 0, 0, 24 }, { 25, 0, 0, 24 } }, /* nationkey */
	{ { 25, 177, 0, 0 }, { 25, 177, 0, 0 } }, /* name */
	{ { 5, 0, 0, 4 }, { 5, 0, 0, 4 } }, /* regionkey */
	{ { 25, 1857, 0, 0 }, { 25, 1857, 0, 0 } }, /* comment */
};
static const struct fact orders_facts[] = {
	{ { 15000, 0, 1, 60000 }, { 1500000, 0, 1, 6000000 } }, /* orderkey */
	{ { 1000, 0, 1, 1499 }, { 99996, 0, 1, 149999 } }, /* custkey */
	{ { 3, 3, 0, 0 }, { 3, 3, 0, 0 } }, /* orderstatus */
	{ { 14996, 0, 87489, 46600128 }, { 1464556, 0, 85771, 55528516 } }, /* totalprice */
	{ { 2401, 0, 8035, 10440 }, { 2406, 0, 8035, 10440 } }, /* orderdate */
	{ { 5, 42, 0, 0 }, { 5, 42, 0, 0 } }, /* orderpriority */
	{ { 1000, 15000, 0, 0 }, { 1000, 15000, 0, 0 } }, /* clerk */
	{ { 1, 0, 0, 0 }, { 1, 0, 0, 0 } }, /* shippriority */
	{ { 14995, 727249, 0, 0 }, { 1482071, 72292642, 0, 0 } }, /* comment */
};
static const struct fact part_facts[] = {
	{ { 2000, 0, 1, 2000 }, { 200000, 0, 1, 200000 } }, /* partkey */
	{ { 2000, 65314, 0, 0 }, { 199997, 6550123, 0, 0 } }, /* name */
	{ { 5, 70, 0, 0 }, { 5, 70, 0, 0 } }, /* mfgr */
	{ { 25, 200, 0, 0 }, { 25, 200, 0, 0 } }, /* brand */
	{ { 150, 3090, 0, 0 }, { 150, 3090, 0, 0 } }, /* type */
	{ { 50, 0, 1, 50 }, { 50, 0, 1, 50 } }, /* size */
	{ { 40, 303, 0, 0 }, { 40, 303, 0, 0 } }, /* container */
	{ { 1099, 0, 90100, 190099 }, { 20899, 0, 90100, 209899 } }, /* retailprice */
	{ { 1959, 26839, 0, 0 }, { 131753, 2038351, 0, 0 } }, /* comment */
};
static const struct fact partsupp_facts[] = {
	{ { 2000, 0, 1, 2000 }, { 200000, 0, 1, 200000 } }, /* partkey */
	{ { 100, 0, 1, 100 }, { 10000, 0, 1, 10000 } }, /* suppkey */
	{ { 5497, 0, 3, 9998 }, { 9999, 0, 1, 9999 } }, /* availqty */
	{ { 7665, 0, 105, 99999 }, { 99865, 0, 100, 100000 } }, /* supplycost */
	{ { 8000, 992530, 0, 0 }, { 799124, 98784266, 0, 0 } }, /* comment */
};
static const struct fact region_facts[] = {
	{ { 5, 0, 0, 4 }, { 5, 0, 0, 4 } }, /* regionkey */
	{ { 5, 34, 0, 0 }, { 5, 34, 0, 0 } }, /* name */
	{ { 5, 330, 0, 0 }, { 5, 330, 0, 0 } }, /* comment */
};
static const struct fact supplier_facts[] = {
	{ { 100, 0, 1, 100 }, { 10000, 0, 1, 10000 } }, /* suppkey */
	{ { 100, 1800, 0, 0 }, { 10000, 180000, 0, 0 } }, /* name */
	{ { 100, 2537, 0, 0 }, { 10000, 249771, 0, 0 } }, /* address */
	{ { 25, 0, 0, 24 }, { 25, 0, 0, 24 } }, /* nationkey */
	{ { 100, 1500, 0, 0 }, { 10000, 150000, 0, 0 } }, /* phone */
	{ { 100, 0, -96620, 991524 }, { 9955, 0, -99822, 999972 } }, /* acctbal */
	{ { 100, 6115, 0, 0 }, { 10000, 625695, 0, 0 } }, /* comment */
};

static const struct {
	const struct fact *facts;
	uint32_t tiny, one;     /* rows */
	int unique;             /* a key column; -1: none */
} tables[TPCH_TABLES] = {
	[TPCH_CUSTOMER] = { customer_facts, 1500, 150000, 0 },
	[TPCH_LINEITEM] = { lineitem_facts, 60175, 6001215, -1 },
	[TPCH_NATION] = { nation_facts, 25, 25, 0 },
	[TPCH_ORDERS] = { orders_facts, 15000, 1500000, 0 },
	[TPCH_PART] = { part_facts, 2000, 200000, 0 },
	[TPCH_PARTSUPP] = { partsupp_facts, 8000, 800000, -1 },
	[TPCH_REGION] = { region_facts, 5, 5, 0 },
	[TPCH_SUPPLIER] = { supplier_facts, 100, 10000, 0 },
};

static double
table_rows(enum tpch_table_id id, double scale)
{
	static const struct { double scale, lines; } known[] = {
		{ 0.01, 60175 }, { 0.1, 600572 }, { 1, 6001215 },
		{ 10, 59986052 }, { 100, 600037902 }, { 300, 1799989091 },
		{ 1000, 5999989709 }, { 3000, 18000048306 },
	};

	if (id != TPCH_LINEITEM)
		return (double)tpch_units(&tpch_tables[id], scale);
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].scale == scale)
			return known[i].lines;
	return round((double)tpch_units(&tpch_tables[id], scale) * 4.0008);
}

/* One number at any scale, from two measured ones: constant, or growing with
 * the rows, or (in between) towards a bound.  `grow` is the rows' growth. */
static double
scale_value(double tiny, double one, double scale, double rows)
{
	double power;

	if (tiny == one || scale == 1)
		return one;
	if (scale == 0.01)
		return tiny;
	/* 1 where a hundredfold scale has a hundredfold of values. */
	power = log(one / tiny) / log(100);
	return MIN(fmax(1, round(one * pow(scale, power))), rows);
}

static struct vec *
one_value(struct expr_pool *pool, const struct type *t, int64_t v)
{
	double d = (double)v / 100.0;
	int32_t i = (int32_t)v;

	if (t->id == TYPE_DOUBLE)
		return expr_const(pool, t, &d)->value;
	if (t->rep == REP_I32)
		return expr_const(pool, t, &i)->value;
	return expr_const(pool, t, &v)->value;
}

static void
column_stats(const struct fact *f, const struct type *t, double scale,
    double rows, struct expr_pool *pool, struct column_stats *out)
{
	const struct measure *near = scale < 0.1 ? &f->tiny : &f->one;
	double low = near->min, high = near->max;

	out->nulls = 0;
	out->distinct = scale_value(f->tiny.distinct, f->one.distinct, scale,
	    rows);
	out->bytes = STATS_UNKNOWN;
	if (t->rep == REP_STR) {
		out->bytes = scale_value(f->tiny.bytes, f->one.bytes, scale,
		    INFINITY) / fmax(rows, 1);
		return;
	}
	/* Keys reach as far as there are rows. */
	if (f->one.max >= 50 * (double)f->tiny.max)
		high = scale_value(f->tiny.max, f->one.max, scale, INFINITY);
	out->min = one_value(pool, t, (int64_t)low);
	out->max = one_value(pool, t, (int64_t)high);
}

int
tpch_stats(struct conn *c, struct conn_tx *tx, const struct conn_scan *scan,
    struct expr_pool *pool, struct table_stats *out, struct err *e)
{
	const struct conn_table *t = scan->table;
	struct tpch_handle h;

	if (!tpch_handle_read(t->handle, &h))
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Not a table of %s", c->catalog);
	*out = (struct table_stats){
		.rows = table_rows(h.table, h.scale),
		.n = t->n,
		.column = arena_array(pool->arena, struct column_stats, t->n),
		.unique_column = tables[h.table].unique,
	};
	for (int i = 0; i < t->n; i++) {
		struct column_stats *s = &out->column[i];

		if (i < tpch_tables[h.table].n)
			column_stats(&tables[h.table].facts[i],
			    t->columns[i].type, h.scale, out->rows, pool, s);
		else
			*s = (struct column_stats){ STATS_UNKNOWN,
			    STATS_UNKNOWN, STATS_UNKNOWN, NULL, NULL };
	}
	return 0;
}
