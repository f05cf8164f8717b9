/* SPDX-License-Identifier: Apache-2.0
 * conn.h - the connector contract: what one catalog can tell, yield and
 * take.
 *
 * Calls marked [off loop] may block; they run on planning or work threads,
 * several at once for one connector.  The rest run on a loop thread and must
 * not block.  Every call gets the transaction it is part of. */
#ifndef CONN_CONN_H
#define CONN_CONN_H

#include "base/conf.h"
#include "base/env.h"
#include "base/job.h"
#include "expr/domain.h"
#include "expr/expr.h"
#include "fmt/source.h"

struct conn;                    /* an open catalog; see struct conn below */
struct conn_tx;                 /* a connector's transaction; may be NULL for
				 * connectors without one */

/* What a connector gets of the world, for all its life. */
struct conn_world {
	struct env *env;
	struct job_runner *jobs;        /* for blocking reads; may be NULL */
	const char *node_id;
	const char *version;
	/* System tables ask through this; set by actors, NULL elsewhere. */
	const struct system_info *system;
	const struct catalog_set *catalogs; /* for information_schema */
	const char *base_path;  /* files: relative paths start here; NULL: cwd */
	bool confine;           /* files: nothing outside base_path */
	struct mem_node *memory; /* for data that connectors keep; NULL: not
				 * counted in it */
};

struct conn_column {
	const char *name;       /* lower case as stored */
	const struct type *type;
	bool hidden;            /* not part of SELECT * ($path) */
	bool not_null;
	const char *comment;    /* NULL: none */
	const char *extra;      /* SHOW COLUMNS' Extra ("partition key") */
	const char *default_sql; /* DEFAULT's expression; NULL: none */
};

/* A table as of one moment.  Lives in the arena given to table(). */
struct conn_table {
	const char *schema, *name;
	int n;
	struct conn_column *columns;
	struct str handle;      /* opaque bytes: all that a worker needs to
				 * read this snapshot */
	/* Properties that plans use.  sorted_by: ascending, every split. */
	int n_sorted;
	int *sorted_by;         /* column numbers */
	const char *comment;
	int n_properties;       /* that are set, for SHOW CREATE TABLE */
	const struct conn_property *properties;
};

enum { STATS_UNKNOWN = -1 };
struct column_stats {
	double nulls;           /* fraction 0..1; negative: unknown */
	double distinct;        /* non-NULL values; negative: unknown */
	double bytes;           /* average of a value; negative: unknown */
	struct vec *min, *max;  /* one row; NULL: unknown; pool's */
};
struct table_stats {
	double rows;            /* negative: unknown */
	int n;                  /* as many as columns, or 0: unknown */
	struct column_stats *column;
	bool unique;            /* reserved for keys: see unique_column */
	int unique_column;      /* a column without duplicates; -1: none */
};

/* A scan as it is pushed down, step by step; in an arena. */
struct conn_scan {
	const struct conn_table *table;
	int n;
	int *columns;           /* what is read, numbers in table->columns */
	struct domain_set filter; /* by number in table->columns */
	int64_t limit;          /* -1: none */
};

struct split {
	struct str bytes;       /* opaque to all but the connector */
	double rows;            /* estimate for scheduling; negative: unknown */
	uint64_t size;          /* bytes to read, 0: unknown */
	const char *node;       /* id of the only node that has it; NULL: any */
};

struct split_source;
struct split_source_ops {
	/* [off loop] Up to max splits into out[] (in arena a); *n 0: no more. */
	int (*next)(struct split_source *s, struct arena *a, int max,
	    struct split *out, int *n, struct err *e);
	void (*close)(struct split_source *s);
};
struct split_source {
	const struct split_source_ops *ops;
};

/* What a page source or sink runs with. */
struct conn_run {
	struct mem_account *account;
	const struct session_context *session;
	struct job_runner *jobs;
	int task_index, task_count; /* sinks of one write */
};

/* Writing.  The coordinator begins, workers' sinks take pages and return
 * fragments, the coordinator commits all fragments or aborts. */
struct page_sink;
struct page_sink_ops {
	/* 0, or negative; 1: blocked, call again with the same page after
	 * *blocked.  Does not take the caller's reference. */
	int (*append)(struct page_sink *s, struct page *p,
	    struct wait **blocked, struct err *e);
	/* 0: *fragment is set (free() frees); 1: blocked. */
	int (*finish)(struct page_sink *s, struct sbuf *fragment,
	    struct wait **blocked, struct err *e);
	void (*close)(struct page_sink *s); /* without finish: abandoned */
};
struct page_sink {
	const struct page_sink_ops *ops;
};

/* WITH (name = value): the value as text ('a' is a, 5 is 5). */
struct conn_property {
	const char *name, *value;
};

/* CREATE TABLE's wish. */
struct conn_new_table {
	const char *schema, *name;
	int n;
	const struct conn_column *columns;
	const char *comment;
	bool replace, if_not_exists;
	/* Names are those of the kind's table_properties. */
	int n_properties;
	const struct conn_property *properties;
};

/* A view as it is stored; lives in the arena given to view(). */
struct conn_view {
	const char *schema, *name;
	const char *sql;        /* as the AST printer wrote it */
	/* Where its names are resolved; NULL: not set. */
	const char *from_catalog, *from_schema;
	const char *owner;      /* NULL: SECURITY INVOKER */
	const char *comment;
	int n;
	struct conn_column *columns;
};

struct conn_kind {
	const char *name;       /* connector.name of a catalog file */
	size_t size;            /* of the private struct; conn is its head */
	bool blocking;          /* page sources and sinks block: own threads */
	const struct conf_item *items;  /* settings of its catalogs */
	int n_items;
	const struct conf_item *table_properties; /* of CREATE TABLE's WITH */
	int n_table_properties;

	/* c is zeroed but for kind, catalog, conf and world. */
	int (*open)(struct conn *c, struct err *e);
	void (*close)(struct conn *c);

	/* [off loop] names go to each(); nonzero stops. */
	int (*schemas)(struct conn *c, struct conn_tx *tx,
	    int (*each)(void *arg, const char *name), void *arg,
	    struct err *e);
	/* schema NULL: of all schemas.  Views are reported as tables too. */
	int (*tables)(struct conn *c, struct conn_tx *tx, const char *schema,
	    int (*each)(void *arg, const char *schema, const char *name),
	    void *arg, struct err *e);
	/* [off loop] *out NULL: no such table (or schema). */
	int (*table)(struct conn *c, struct conn_tx *tx, struct arena *a,
	    const char *schema, const char *name, struct conn_table **out,
	    struct err *e);
	/* [off loop] NULL: statistics unknown. */
	int (*stats)(struct conn *c, struct conn_tx *tx,
	    const struct conn_scan *scan, struct expr_pool *pool,
	    struct table_stats *out, struct err *e);
	/* [off loop] Splits of a scan. */
	int (*splits)(struct conn *c, struct conn_tx *tx,
	    const struct conn_scan *scan, struct split_source **out,
	    struct err *e);
	/* Opens `columns` (with table's column numbers) of a split.  filter
	 * (by position in columns; may be NULL) may be used to skip; rows
	 * outside it may be yielded all the same.
	 * Runs on the worker; *handle and split are the coordinator's bytes
	 * and not trusted blindly. */
	int (*source)(struct conn *c, const struct conn_run *run,
	    struct str handle, struct str split, const int *columns, int n,
	    const struct type *const *types, const struct domain_set *filter,
	    struct page_source **out, struct err *e);

	/* Transactions; NULL: none needed. */
	int (*begin)(struct conn *c, bool read_only, struct conn_tx **out,
	    struct err *e);
	int (*commit)(struct conn *c, struct conn_tx *tx, struct err *e);
	void (*rollback)(struct conn *c, struct conn_tx *tx);

	/* Definitions; NULL: "This connector does not support ...". */
	int (*create_schema)(struct conn *c, struct conn_tx *tx,
	    const char *name, struct err *e);
	int (*drop_schema)(struct conn *c, struct conn_tx *tx,
	    const char *name, bool cascade, struct err *e);
	int (*create_table)(struct conn *c, struct conn_tx *tx,
	    const struct conn_new_table *t, struct err *e);
	int (*drop_table)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, struct err *e);
	int (*rename_table)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, const char *schema, const char *name,
	    struct err *e);
	/* Writing: *write is opaque bytes for the sinks and for finish. */
	int (*begin_create)(struct conn *c, struct conn_tx *tx,
	    const struct conn_new_table *t, struct sbuf *write,
	    struct err *e);
	int (*begin_insert)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, struct sbuf *write, struct err *e);
	int (*sink)(struct conn *c, const struct conn_run *run,
	    struct str write, const struct type *const *types, int n,
	    struct page_sink **out, struct err *e);
	int (*finish_write)(struct conn *c, struct conn_tx *tx,
	    struct str write, const struct str *fragments, int n,
	    struct err *e);
	void (*abort_write)(struct conn *c, struct conn_tx *tx,
	    struct str write, const struct str *fragments, int n);

	/* Changing rows (DELETE, UPDATE, MERGE).  The table has a hidden
	 * column "$row_id" of type bigint, which a scan can read; the sink's
	 * pages have the columns: operation (tinyint, enum conn_change), row
	 * id (bigint, NULL for inserts), then the table's visible columns.
	 * An update is passed as a delete and an insert. */
	int (*begin_change)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, struct sbuf *write, struct err *e);
	int (*truncate)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, struct err *e);

	/* More definitions; columns by number in t->columns. */
	int (*rename_schema)(struct conn *c, struct conn_tx *tx,
	    const char *name, const char *to, struct err *e);
	int (*comment_table)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, const char *comment, struct err *e);
	int (*comment_column)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, int column, const char *comment,
	    struct err *e);
	int (*add_column)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, const struct conn_column *column,
	    int before, struct err *e); /* before: t->n visible: last */
	int (*rename_column)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, int column, const char *name,
	    struct err *e);
	int (*drop_column)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, int column, struct err *e);
	int (*drop_not_null)(struct conn *c, struct conn_tx *tx,
	    const struct conn_table *t, int column, struct err *e);

	/* Views; tables() reports them as well, table() does not know them.
	 * *out NULL: no such view. */
	int (*view)(struct conn *c, struct conn_tx *tx, struct arena *a,
	    const char *schema, const char *name, struct conn_view **out,
	    struct err *e);
	int (*create_view)(struct conn *c, struct conn_tx *tx,
	    const struct conn_view *v, bool replace, struct err *e);
	int (*drop_view)(struct conn *c, struct conn_tx *tx,
	    const char *schema, const char *name, struct err *e);
	int (*rename_view)(struct conn *c, struct conn_tx *tx,
	    const char *schema, const char *name, const char *to_schema,
	    const char *to_name, struct err *e);
};

/* A changing sink's first column. */
enum conn_change { CONN_INSERT = 1, CONN_DELETE = 2 };

/* First member of every connector's own struct. */
struct conn {
	const struct conn_kind *kind;
	const char *catalog;    /* its name */
	struct conf conf;       /* the catalog's settings */
	const struct conn_world *world;
};

/* All kinds, for connector.name; NULL-terminated. */
extern const struct conn_kind *const conn_kinds[];
const struct conn_kind *conn_kind_find(const char *name);
/* Allocates, reads settings (text of a properties file without
 * connector.name) and opens. */
int conn_open(const struct conn_kind *kind, const char *catalog,
    struct str properties, const char *file, const struct conn_world *world,
    struct conn **out, struct err *e);
void conn_close(struct conn **c);

#endif
