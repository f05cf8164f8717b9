/* SPDX-License-Identifier: Apache-2.0
 * tables.c - TPC-H's tables: columns, types, and each column's stream of
 * random numbers. */
#include "base/check.h"
#include "conn/tpch/tpch.h"

#define STRINGS(len) { .id = TYPE_VARCHAR, .rep = REP_STR, .length = len }
static const struct type varchar_1 = STRINGS(1);
static const struct type varchar_10 = STRINGS(10);
static const struct type varchar_15 = STRINGS(15);
static const struct type varchar_23 = STRINGS(23);
static const struct type varchar_25 = STRINGS(25);
static const struct type varchar_40 = STRINGS(40);
static const struct type varchar_44 = STRINGS(44);
static const struct type varchar_55 = STRINGS(55);
static const struct type varchar_79 = STRINGS(79);
static const struct type varchar_101 = STRINGS(101);
static const struct type varchar_117 = STRINGS(117);
static const struct type varchar_152 = STRINGS(152);
static const struct type varchar_199 = STRINGS(199);

/* A plain column, one drawn from low..high, a word, a text. */
#define PLAIN(n, t, f) { .name = n, .type = t, .make = tpch_make_##f }
#define DRAWN(n, t, f, seed, usage, l, h) \
	{ .name = n, .type = t, .make = tpch_make_##f, \
	  .rng = { seed, usage }, .low = l, .high = h }
#define WORD(n, t, seed, usage, d) \
	{ .name = n, .type = t, .make = tpch_make_word, \
	  .rng = { seed, usage }, .dict = TPCH_DICT_##d }
#define COMMENT(n, t, seed, usage, mean) \
	{ .name = n, .type = t, .make = tpch_make_text, \
	  .rng = { seed, usage }, .low = mean }

static const struct tpch_column customer[] = {
	PLAIN("c_custkey", TYPE(BIGINT), key),
	PLAIN("c_name", &varchar_25, name),
	DRAWN("c_address", &varchar_40, address, 881155353, 9, 25, 0),
	DRAWN("c_nationkey", TYPE(BIGINT), bigint, 1489529863, 1, 0, 24),
	DRAWN("c_phone", &varchar_15, phone, 1521138112, 3, 1489529863, 0),
	DRAWN("c_acctbal", NULL, cents, 298370230, 1, -99999, 999999),
	WORD("c_mktsegment", &varchar_10, 1140279430, 1, SEGMENT),
	COMMENT("c_comment", &varchar_117, 1335826707, 2, 73),
};

static const struct tpch_column lineitem[] = {
	PLAIN("l_orderkey", TYPE(BIGINT), orderkey),
	DRAWN("l_partkey", TYPE(BIGINT), partkey, 1808217256, 7, 1, 0),
	DRAWN("l_suppkey", TYPE(BIGINT), suppkey, 2095021727, 7, 0, 3),
	PLAIN("l_linenumber", TYPE(INTEGER), linenumber),
	DRAWN("l_quantity", NULL, quantity, 209208115, 7, 1, 50),
	PLAIN("l_extendedprice", NULL, extendedprice),
	DRAWN("l_discount", NULL, cents, 554590007, 7, 0, 10),
	DRAWN("l_tax", NULL, cents, 721958466, 7, 0, 8),
	{ .name = "l_returnflag", .type = &varchar_1,
	  .make = tpch_make_returnflag, .rng = { 717419739, 7 },
	  .dict = TPCH_DICT_RETURN },
	{ .name = "l_linestatus", .type = &varchar_1,
	  .make = tpch_make_linestatus, .dict = TPCH_DICT_LINE_STATUS },
	PLAIN("l_shipdate", TYPE(DATE), shipdate),
	DRAWN("l_commitdate", TYPE(DATE), commitdate, 904914315, 7, 30, 90),
	DRAWN("l_receiptdate", TYPE(DATE), receiptdate, 373135028, 7, 1, 30),
	WORD("l_shipinstruct", &varchar_25, 1371272478, 7, INSTRUCT),
	WORD("l_shipmode", &varchar_10, 675466456, 7, MODE),
	COMMENT("l_comment", &varchar_44, 1095462486, 14, 27),
};

static const struct tpch_column nation[] = {
	PLAIN("n_nationkey", TYPE(BIGINT), row_number),
	{ .name = "n_name", .type = &varchar_25,
	  .make = tpch_make_fixed_name, .dict = TPCH_DICT_NATION },
	PLAIN("n_regionkey", TYPE(BIGINT), regionkey),
	COMMENT("n_comment", &varchar_152, 606179079, 2, 72),
};

static const struct tpch_column orders[] = {
	PLAIN("o_orderkey", TYPE(BIGINT), orderkey),
	DRAWN("o_custkey", TYPE(BIGINT), custkey, 851767375, 1, 1, 0),
	{ .name = "o_orderstatus", .type = &varchar_1,
	  .make = tpch_make_status, .dict = TPCH_DICT_STATUS },
	PLAIN("o_totalprice", NULL, totalprice),
	PLAIN("o_orderdate", TYPE(DATE), orderdate),
	WORD("o_orderpriority", &varchar_15, 591449447, 1, PRIORITY),
	WORD("o_clerk", &varchar_15, 1171034773, 1, CLERK),
	PLAIN("o_shippriority", TYPE(INTEGER), zero),
	COMMENT("o_comment", &varchar_79, 276090261, 2, 49),
};

static const struct tpch_column part[] = {
	PLAIN("p_partkey", TYPE(BIGINT), key),
	DRAWN("p_name", &varchar_55, part_name, 709314158, 92, 0, 91),
	{ .name = "p_mfgr", .type = &varchar_25, .make = tpch_make_mfgr,
	  .rng = { 1, 1 }, .dict = TPCH_DICT_MFGR },
	{ .name = "p_brand", .type = &varchar_10, .make = tpch_make_brand,
	  .rng = { 46831694, 1 }, .dict = TPCH_DICT_BRAND },
	WORD("p_type", &varchar_25, 1841581359, 1, TYPE),
	DRAWN("p_size", TYPE(INTEGER), integer, 1193163244, 1, 1, 50),
	WORD("p_container", &varchar_10, 727633698, 1, CONTAINER),
	PLAIN("p_retailprice", NULL, retail_price),
	COMMENT("p_comment", &varchar_23, 804159733, 2, 14),
};

static const struct tpch_column partsupp[] = {
	PLAIN("ps_partkey", TYPE(BIGINT), ps_partkey),
	PLAIN("ps_suppkey", TYPE(BIGINT), ps_suppkey),
	DRAWN("ps_availqty", TYPE(INTEGER), integer, 1671059989, 1, 1, 9999),
	DRAWN("ps_supplycost", NULL, cents, 1051288424, 1, 100, 100000),
	COMMENT("ps_comment", &varchar_199, 1961692154, 2, 124),
};

static const struct tpch_column region[] = {
	PLAIN("r_regionkey", TYPE(BIGINT), row_number),
	{ .name = "r_name", .type = &varchar_25,
	  .make = tpch_make_fixed_name, .dict = TPCH_DICT_REGION },
	COMMENT("r_comment", &varchar_152, 1500869201, 2, 72),
};

static const struct tpch_column supplier[] = {
	PLAIN("s_suppkey", TYPE(BIGINT), key),
	PLAIN("s_name", &varchar_25, name),
	DRAWN("s_address", &varchar_40, address, 706178559, 9, 25, 0),
	DRAWN("s_nationkey", TYPE(BIGINT), bigint, 110356601, 1, 0, 24),
	DRAWN("s_phone", &varchar_15, phone, 884434366, 3, 110356601, 0),
	DRAWN("s_acctbal", NULL, cents, 962338209, 1, -99999, 999999),
	DRAWN("s_comment", &varchar_101, supplier_comment, 1341315363, 2,
	    63, 0),
};

const struct tpch_column tpch_row_number = {
	.name = "row_number", .type = TYPE(BIGINT),
	.make = tpch_make_row_number,
};

#define TABLE(t, rows, ...) \
	{ .name = #t, .columns = t, .n = ARRAY_LEN(t), .base = rows, \
	  __VA_ARGS__ }

/* Of partsupp each part has four rows, which use their streams evenly. */
const struct tpch_table tpch_tables[TPCH_TABLES] = {
	TABLE(customer, TPCH_CUSTOMERS),
	TABLE(lineitem, TPCH_ORDERS_BASE, .by_order = true),
	TABLE(nation, 25, .fixed = true),
	TABLE(orders, TPCH_ORDERS_BASE),
	TABLE(part, TPCH_PARTS),
	TABLE(partsupp, TPCH_PARTS),
	TABLE(region, 5, .fixed = true),
	TABLE(supplier, TPCH_SUPPLIERS),
};
