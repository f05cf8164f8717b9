/* SPDX-License-Identifier: Apache-2.0
 * system.h - what the files of the system connector share: tables that are
 * made anew, whole, by each scan. */
#ifndef CONN_SYSTEM_SYSTEM_H
#define CONN_SYSTEM_SYSTEM_H

#include "conn/catalog.h"
#include "conn/conn.h"
#include "page/build.h"

struct sys_rows;

struct sys_column {
	const char *name;
	const struct type *type;
	bool hidden;
};

struct sys_table {
	const char *schema, *name;
	const struct sys_column *columns;
	int n;
	/* Puts all rows; NULL: there are none. */
	int (*fill)(struct sys_rows *r);
};

extern const struct sys_table sys_all[];
extern const int sys_all_n;
const struct sys_table *sys_find(const char *schema, const char *name);

/* The rows of one scan on their way; cells are put from left to right, row
 * by row.  The first error stays and ends the scan. */
struct sys_rows {
	const struct sys_table *table;
	const struct conn_world *world;
	const char *catalog;    /* whose information_schema; NULL: none */
	struct vec_builder *b;  /* a column each */
	int at;                 /* the next cell's column */
	int rc;
	struct err *e;
	struct arena *a;
	/* Schemas and catalogs that the scan's filter leaves; NULL: all. */
	const struct domain *catalogs, *schemas, *tables;
};

void put_null(struct sys_rows *r);
void put_text(struct sys_rows *r, const char *z);       /* NULL: NULL */
void put_str(struct sys_rows *r, struct str s);
void put_int(struct sys_rows *r, int64_t v);
void put_bool(struct sys_rows *r, bool v);
void put_time(struct sys_rows *r, int64_t micros);
void sys_put_list(struct sys_rows *r, const char *const *v, int n);
/* May rows with this text be wanted? */
bool sys_wanted(const struct domain *d, const char *text);

/* walk.c: catalogs, their schemas, tables and columns, in order, with
 * information_schema; each is called for what is wanted and answers 0 or a
 * negative code. */
struct sys_object {
	struct catalog *catalog;
	const char *schema, *name;
	bool view;
	/* Only when described: */
	const char *comment, *view_sql;
	int n;
	const struct conn_column *columns;
};
int sys_each_catalog(struct sys_rows *r,
    int (*each)(struct sys_rows *r, struct catalog *c));
int sys_each_schema(struct sys_rows *r, struct catalog *c,
    int (*each)(struct sys_rows *r, struct catalog *c, const char *name));
/* Tables and views of all wanted schemas; described: also what they are. */
int sys_each_table(struct sys_rows *r, struct catalog *c, bool described,
    int (*each)(struct sys_rows *r, const struct sys_object *o));

/* The columns of one of our tables as a connector tells them. */
struct conn_column *sys_describe(struct arena *a, const struct sys_table *t);

/* metadata.c, runtime.c, jdbc.c, information.c */
int sys_catalogs(struct sys_rows *r);
int sys_table_comments(struct sys_rows *r);
int sys_table_properties(struct sys_rows *r);
int sys_nodes(struct sys_rows *r);
int sys_queries(struct sys_rows *r);
int sys_tasks(struct sys_rows *r);
int sys_transactions(struct sys_rows *r);
int sys_jdbc_catalogs(struct sys_rows *r);
int sys_jdbc_schemas(struct sys_rows *r);
int sys_jdbc_tables(struct sys_rows *r);
int sys_jdbc_columns(struct sys_rows *r);
int sys_jdbc_table_types(struct sys_rows *r);
int sys_jdbc_types(struct sys_rows *r);
int sys_schemata(struct sys_rows *r);
int sys_tables(struct sys_rows *r);
int sys_columns(struct sys_rows *r);
int sys_views(struct sys_rows *r);

/* source.c */
struct sys_handle {
	const struct sys_table *table;
	const char *catalog;    /* "" when not of an information_schema */
};
struct str sys_handle_write(struct arena *a, const struct sys_handle *h);
int sys_handle_read(struct arena *a, struct str bytes, struct sys_handle *h,
    struct err *e);
int sys_splits(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e);
int sys_source(struct conn *conn, const struct conn_run *run,
    struct str handle, struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e);

#endif
