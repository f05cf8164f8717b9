/* SPDX-License-Identifier: Apache-2.0
 * memory.h - what the files of the memory connector share.
 *
 * The coordinator's connector knows schemas, tables and which parts each
 * version of a table has; a part is what one sink of one write has stored, on
 * the sink's node, as segments of columns.  Parts are immutable; a write is
 * published by a new version of its table. */
#ifndef CONN_MEMORY_MEMORY_H
#define CONN_MEMORY_MEMORY_H

#include <pthread.h>

#include "base/map.h"
#include "base/mpack.h"
#include "conn/conn.h"
#include "conn/memory/column.h"

/* --- stored data ---------------------------------------------------------- */

struct segment {
	uint32_t n;
	struct seg_column *columns;
};

struct part {                   /* counted, immutable once stored */
	atomic_int refs;
	uint64_t id, write;
	int n;                  /* columns */
	int32_t *ids;           /* of the columns, in the table */
	const struct type **types; /* the connector's */
	int n_segs, cap_segs;
	struct segment *segs;
};

void part_drop(struct part **p);

/* --- the connector -------------------------------------------------------- */

struct mem_column {
	int32_t id;             /* stays when columns come and go */
	char *name, *comment, *default_sql;
	const struct type *type; /* the connector's */
	bool not_null;
	struct column_facts *facts;
};

/* The rows of one segment that a table's version has no more. */
struct deletes {                /* counted */
	atomic_int refs;
	uint32_t n;
	uint64_t bits[SEG_ROWS / 64];
};

struct version_part {
	uint64_t id, write, rows;
	uint32_t number;        /* within the table, for row ids */
	char *node;             /* counted by nobody: lives in the conn */
	struct deletes **deletes; /* a segment each; NULL: none at all */
};

struct version {                /* under the connector's lock */
	uint64_t id;
	uint64_t rows;
	int n;
	struct version_part *parts;
};

enum { OLD_VERSIONS = 4 };

struct mem_table {
	uint64_t id;
	char *schema, *name, *comment;
	int n;
	struct mem_column *columns;
	int32_t next_column;
	uint32_t next_part;
	uint64_t next_version;
	struct version *version; /* the current one */
	struct version *old[OLD_VERSIONS]; /* for scans planned before */
};

struct mem_view {
	struct arena arena;
	struct conn_view *view;
};

struct mem_write {              /* one that has begun */
	uint64_t id;
	struct mem_table *table; /* to be created; NULL: insert */
	uint64_t table_id;
	bool replace;
};

struct mem_conn {
	struct conn conn;
	struct mem_pool *pool;
	struct mem_account *account;
	uint64_t limit;         /* bytes; 0: none */
	pthread_mutex_t lock;   /* of all that follows */
	struct arena types;     /* and node names; live as long as this */
	struct { const struct type **v; int n, cap; } type_list;
	struct { char **v; int n, cap; } nodes;
	uint64_t next_id;       /* of tables, writes and parts */
	struct map schemas;     /* name -> itself */
	struct { struct mem_table **v; int n, cap; } tables;
	struct { struct mem_view **v; int n, cap; } views;
	struct { struct mem_write **v; int n, cap; } writes;
	struct { struct part **v; int n, cap; } parts; /* stored here */
	struct { struct shared_dict *v; int n, cap; } dicts;
};

/* The dictionary of a column on this node, while parts hold it. */
struct shared_dict {
	uint64_t table;
	int32_t column;
	struct dict *dict;
};

/* Doubles a list { T *v; int n, cap; } when it is full. */
#define list_push(list, value) do { \
	if ((list)->n == (list)->cap) { \
		(list)->cap = (list)->cap * 2 + 8; \
		(list)->v = xrealloc((list)->v, \
		    (size_t)(list)->cap * sizeof(*(list)->v)); \
	} \
	(list)->v[(list)->n++] = (value); \
} while (0)

/* tables.c; all under the lock unless said otherwise. */
const struct type *mem_intern(struct mem_conn *c, const struct type *t);
char *mem_node_name(struct mem_conn *c, struct str name);
struct mem_table *mem_find(struct mem_conn *c, const char *schema,
    const char *name);
struct mem_table *mem_find_id(struct mem_conn *c, uint64_t id);
/* The table that t describes; TABLE_NOT_FOUND when it is gone. */
int mem_find_described(struct mem_conn *c, const struct conn_table *t,
    struct mem_table **out, struct err *e);
int mem_new_table(struct mem_conn *c, const struct conn_new_table *t,
    struct mem_table **out, struct err *e);
int mem_check_new(struct mem_conn *c, const char *schema, const char *name,
    struct err *e);
void mem_table_free(struct mem_table **t);
/* Takes it out of the list, frees it and its data that is stored here. */
void mem_remove(struct mem_conn *c, struct mem_table *t);
struct mem_view **mem_find_view(struct mem_conn *c, const char *schema,
    const char *name);
void mem_view_free(struct mem_view **v);
/* Makes v the current version (owned). */
void mem_set_version(struct mem_table *t, struct version *v);
struct version *mem_version_copy(const struct version *v, int more);
void mem_version_free(struct version **v);
struct deletes *deletes_ref(struct deletes *d);
void deletes_drop(struct deletes **d);

/* The table handle: which columns of which version. */
struct mem_handle {
	uint64_t table, version;
	uint32_t n;
	int32_t *ids;           /* -1: "$row_id" */
};
int mem_handle_read(struct arena *a, struct str bytes, struct mem_handle *h,
    struct err *e);
int mem_schemas(struct conn *c, struct conn_tx *tx,
    int (*each)(void *arg, const char *name), void *arg, struct err *e);
int mem_tables(struct conn *c, struct conn_tx *tx, const char *schema,
    int (*each)(void *arg, const char *schema, const char *name), void *arg,
    struct err *e);
int mem_describe(struct conn *c, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e);

/* alter.c, views.c */
extern const struct conn_kind conn_memory;
#define MEM_OP(name, ...) \
int name(struct conn *conn, struct conn_tx *tx, __VA_ARGS__, struct err *e)
MEM_OP(mem_create_schema, const char *name);
MEM_OP(mem_drop_schema, const char *name, bool cascade);
MEM_OP(mem_rename_schema, const char *name, const char *to);
MEM_OP(mem_create_table, const struct conn_new_table *t);
MEM_OP(mem_drop_table, const struct conn_table *t);
MEM_OP(mem_rename_table, const struct conn_table *t, const char *schema,
    const char *name);
MEM_OP(mem_truncate, const struct conn_table *t);
MEM_OP(mem_comment_table, const struct conn_table *t, const char *comment);
MEM_OP(mem_comment_column, const struct conn_table *t, int column,
    const char *comment);
MEM_OP(mem_add_column, const struct conn_table *t,
    const struct conn_column *column, int before);
MEM_OP(mem_rename_column, const struct conn_table *t, int column,
    const char *name);
MEM_OP(mem_drop_column, const struct conn_table *t, int column);
MEM_OP(mem_drop_not_null, const struct conn_table *t, int column);
MEM_OP(mem_create_view, const struct conn_view *v, bool replace);
MEM_OP(mem_drop_view, const char *schema, const char *name);
int mem_view(struct conn *conn, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_view **out,
    struct err *e);
int mem_rename_view(struct conn *conn, struct conn_tx *tx, const char *schema,
    const char *name, const char *to_schema, const char *to_name,
    struct err *e);

/* store.c: parts on this node.  The first two take the lock themselves. */
void store_add(struct mem_conn *c, struct part *p);
struct part *store_get(struct mem_conn *c, uint64_t id);
/* Frees parts of the writes in gone[0..n), under the lock. */
void store_drop_writes(struct mem_conn *c, const uint64_t *gone, int n);
/* Frees parts of writes before `before` that are not in live[0..n), under
 * the lock. */
void store_keep_writes(struct mem_conn *c, const uint64_t *live, int n,
    uint64_t before);
/* Takes the lock itself. */
struct dict *store_dict(struct mem_conn *c, uint64_t table, int32_t column,
    const struct type *type);
int store_check_limit(struct mem_conn *c, struct err *e);

/* write.c: the coordinator's half of writing; sink.c: the workers'. */
struct write_info {             /* the bytes that begin_* makes */
	uint64_t id, table;
	bool change;
	uint32_t n;
	int32_t *ids;
	struct str *not_null;   /* a column's name when it is; p NULL */
	uint32_t n_live;
	uint64_t *live;         /* writes to keep, among those before this
				 * one; NULL: not said */
};
int write_info_read(struct arena *a, struct str bytes, struct write_info *w,
    struct err *e);
struct part_facts {             /* a fragment */
	uint64_t id, rows;
	struct str node;
	uint32_t n;
	int32_t *ids;           /* of the columns */
	struct column_facts **columns;
	uint32_t n_deleted;
	const char *deleted;    /* int64_t row ids, not aligned */
};
void part_facts_write(struct sbuf *to, const struct part_facts *f,
    const int32_t *ids);
int part_facts_read(struct arena *a, struct str bytes, struct part_facts *f,
    struct err *e);
MEM_OP(mem_begin_create, const struct conn_new_table *t, struct sbuf *write);
MEM_OP(mem_begin_insert, const struct conn_table *t, struct sbuf *write);
MEM_OP(mem_begin_change, const struct conn_table *t, struct sbuf *write);
MEM_OP(mem_finish_write, struct str write, const struct str *fragments,
    int n);
void mem_abort_write(struct conn *conn, struct conn_tx *tx, struct str write,
    const struct str *fragments, int n);
int mem_sink(struct conn *conn, const struct conn_run *run, struct str write,
    const struct type *const *types, int n, struct page_sink **out,
    struct err *e);

/* source.c, facts.c */
int mem_splits(struct conn *conn, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e);
int mem_source(struct conn *conn, const struct conn_run *run,
    struct str handle, struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e);
MEM_OP(mem_stats, const struct conn_scan *scan, struct expr_pool *pool,
    struct table_stats *out);
/* "$row_id": part number, segment, row. */
static inline int64_t
row_id_of(uint32_t part, uint32_t segment, uint32_t row)
{
	return (int64_t)((uint64_t)part << 40 | (uint64_t)segment << 17 |
	    row);
}
_Static_assert(SEG_ROWS <= 1 << 17, "a row's number has 17 bits");

#endif
