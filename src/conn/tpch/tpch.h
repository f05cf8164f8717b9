/* SPDX-License-Identifier: Apache-2.0
 * tpch.h - what the files of the tpch connector share: the tables, and how
 * batches of their columns are made. */
#ifndef CONN_TPCH_TPCH_H
#define CONN_TPCH_TPCH_H

#include <pthread.h>

#include "conn/conn.h"
#include "conn/tpch/rng.h"
#include "conn/tpch/text.h"

enum tpch_table_id {
	TPCH_CUSTOMER, TPCH_LINEITEM, TPCH_NATION, TPCH_ORDERS, TPCH_PART,
	TPCH_PARTSUPP, TPCH_REGION, TPCH_SUPPLIER, TPCH_TABLES
};

/* Columns with few values share one dictionary a catalog. */
enum tpch_dict_id {
	TPCH_DICT_NONE, TPCH_DICT_SEGMENT, TPCH_DICT_MFGR, TPCH_DICT_BRAND,
	TPCH_DICT_TYPE, TPCH_DICT_CONTAINER, TPCH_DICT_STATUS,
	TPCH_DICT_PRIORITY, TPCH_DICT_RETURN, TPCH_DICT_LINE_STATUS,
	TPCH_DICT_INSTRUCT, TPCH_DICT_MODE, TPCH_DICT_NATION,
	TPCH_DICT_REGION, TPCH_DICT_CLERK, TPCH_DICTS
};

struct tpch_gen;

struct tpch_column {
	const char *name;       /* STANDARD; SIMPLIFIED: behind the '_' */
	const struct type *type; /* NULL: double or decimal(12,2) */
	struct vec *(*make)(struct tpch_gen *g, const struct tpch_column *c,
	    const uint16_t *index, uint32_t n, struct err *e);
	struct rng rng;
	int32_t low, high;      /* of a draw; for texts low is the mean
				 * length, for phones the nation's seed */
	enum tpch_dict_id dict;
};

struct tpch_table {
	const char *name;
	const struct tpch_column *columns;
	int n;                  /* without row_number */
	uint32_t base;          /* rows at scale 1 (lineitem: orders) */
	bool fixed;             /* at every scale */
	bool by_order;          /* rows are counted in orders */
};

extern const struct tpch_table tpch_tables[TPCH_TABLES];
extern const struct tpch_column tpch_row_number;

struct tpch_dict {
	struct vec *vec;
	uint64_t id;
};

struct tpch_conn {
	struct conn conn;
	bool standard_names, decimals;
	pthread_mutex_t lock;   /* of all below */
	struct text_pool *text; /* NULL until needed */
	struct tpch_dict dicts[TPCH_DICTS]; /* but clerks */
	/* Clerks depend on the scale: one a number of clerks seen. */
	struct { uint32_t n; struct tpch_dict dict; } clerks[4];
	uint32_t n_clerks;
};

/* What a worker has to know of a scan: the table handle. */
struct tpch_handle {
	uint32_t table;
	uint32_t decimals;
	double scale;
};

struct tpch_gen {
	struct tpch_conn *conn;
	struct mem_account *account;
	struct text_pool *text; /* NULL until needed */
	enum tpch_table_id table;
	bool decimals;
	double scale;
	uint64_t first;         /* first row (order) of the batch, from 0 */
	uint32_t n;             /* rows; of by_order tables: lines */
	uint32_t orders;        /* by_order: orders of the batch */
	/* by_order, a row: its order's place in the batch, its line's. */
	uint16_t order_of[PAGE_ROWS];
	uint8_t line_of[PAGE_ROWS];
	uint8_t lines[PAGE_ROWS]; /* of an order */
	uint32_t start[PAGE_ROWS]; /* seeds of orders */
	uint32_t seeds[2][PAGE_ROWS];
};

/* gen.c: seeds and the plain columns. */

static inline uint32_t
tpch_row(const uint16_t *index, uint32_t i)
{
	return index == NULL ? i : index[i];
}

/* The row (order) of the table in which row r of the batch is. */
static inline uint64_t
tpch_entity(const struct tpch_gen *g, uint32_t r)
{
	return g->first + (g->table == TPCH_LINEITEM ? g->order_of[r] : r);
}

/* What draw `draw` (of a line) gives as seed, for rows index[0..n). */
void tpch_seeds(struct tpch_gen *g, struct rng rng, uint32_t draw,
    const uint16_t *index, uint32_t n, uint32_t *out);
/* Values of a draw in low..high. */
void tpch_draws(const uint32_t *seeds, uint32_t n, int64_t low, int64_t high,
    int64_t *out);
struct vec *tpch_flat(struct tpch_gen *g, const struct type *t, uint32_t n,
    struct err *e);
/* A double or decimal column of amounts in cents. */
struct vec *tpch_money(struct tpch_gen *g, const int64_t *cents, uint32_t n,
    struct err *e);
/* A dictionary column; its codes are to be written. */
struct vec *tpch_coded(struct tpch_gen *g, enum tpch_dict_id dict, uint32_t n,
    uint32_t **codes, struct err *e);
/* Rows of a table at a scale, in units of its splits. */
uint64_t tpch_units(const struct tpch_table *t, double scale);
uint64_t tpch_count(uint32_t base, double scale);
struct text_pool *tpch_text(struct tpch_gen *g);
/* Lays out the lines of a batch that starts at g->first, at most max orders;
 * sets orders and n. */
void tpch_lay_lines(struct tpch_gen *g, uint64_t max);
uint32_t tpch_clerks(double scale);
/* out->vec is a reference for the caller. */
bool tpch_dict_get(struct tpch_gen *g, enum tpch_dict_id id,
    struct tpch_dict *out, struct err *e);
void tpch_dicts_release(struct tpch_conn *c);

/* Makers of columns, by file. */
#define TPCH_MAKER(name) \
struct vec *name(struct tpch_gen *g, const struct tpch_column *c, \
    const uint16_t *index, uint32_t n, struct err *e)
TPCH_MAKER(tpch_make_key);
TPCH_MAKER(tpch_make_row_number);
TPCH_MAKER(tpch_make_bigint);
TPCH_MAKER(tpch_make_integer);
TPCH_MAKER(tpch_make_cents);
TPCH_MAKER(tpch_make_word);
TPCH_MAKER(tpch_make_text);
TPCH_MAKER(tpch_make_name);
TPCH_MAKER(tpch_make_address);
TPCH_MAKER(tpch_make_phone);
TPCH_MAKER(tpch_make_supplier_comment);
TPCH_MAKER(tpch_make_part_name);
TPCH_MAKER(tpch_make_mfgr);
TPCH_MAKER(tpch_make_brand);
TPCH_MAKER(tpch_make_retail_price);
TPCH_MAKER(tpch_make_ps_partkey);
TPCH_MAKER(tpch_make_ps_suppkey);
TPCH_MAKER(tpch_make_fixed_name);
TPCH_MAKER(tpch_make_regionkey);
TPCH_MAKER(tpch_make_orderkey);
TPCH_MAKER(tpch_make_custkey);
TPCH_MAKER(tpch_make_status);
TPCH_MAKER(tpch_make_totalprice);
TPCH_MAKER(tpch_make_orderdate);
TPCH_MAKER(tpch_make_zero);
TPCH_MAKER(tpch_make_partkey);
TPCH_MAKER(tpch_make_suppkey);
TPCH_MAKER(tpch_make_linenumber);
TPCH_MAKER(tpch_make_quantity);
TPCH_MAKER(tpch_make_extendedprice);
TPCH_MAKER(tpch_make_shipdate);
TPCH_MAKER(tpch_make_commitdate);
TPCH_MAKER(tpch_make_receiptdate);
TPCH_MAKER(tpch_make_returnflag);
TPCH_MAKER(tpch_make_linestatus);

enum {
	TPCH_LINES_MAX = 7,
	TPCH_SUPPLIERS = 10000, TPCH_PARTS = 200000, TPCH_CUSTOMERS = 150000,
	TPCH_ORDERS_BASE = 1500000,
	TPCH_WIDE_SCALE = 30000, /* from here keys are drawn as 64 bits */
	TPCH_DATE_MIN = 8035,   /* 1992-01-01 */
	TPCH_DATE_RANGE = 2406, /* of order dates */
	TPCH_TODAY = 9298,      /* 1995-06-17 */
};

static inline int64_t
tpch_part_price(int64_t part)
{
	return 90000 + part / 10 % 20001 + part % 1000 * 100;
}

static inline int64_t
tpch_suppliers(double scale)
{
	uint64_t n = tpch_count(TPCH_SUPPLIERS, scale);

	return n == 0 ? 1 : (int64_t)n;
}

static inline int64_t
tpch_part_supplier(int64_t part, int64_t number, int64_t suppliers)
{
	return (part + number * (suppliers / 4 + (part - 1) / suppliers)) %
	    suppliers + 1;
}

/* stats.c */
int tpch_stats(struct conn *c, struct conn_tx *tx,
    const struct conn_scan *scan, struct expr_pool *pool,
    struct table_stats *out, struct err *e);
/* source.c */
int tpch_source(struct conn *c, const struct conn_run *run,
    struct str handle, struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e);
int tpch_splits(struct conn *c, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e);
/* False: not the bytes of one. */
bool tpch_handle_read(struct str bytes, struct tpch_handle *h);

#endif
