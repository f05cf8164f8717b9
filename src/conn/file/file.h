/* SPDX-License-Identifier: Apache-2.0
 * file.h - the file connector: files by path as tables.
 *
 * The only schema is "path"; a table's name is a path, a pattern (*, ?, [..]
 * within a component, ** for any depth) or a directory.  Files are sorted by
 * name; the columns are the union of the files' by name without regard to
 * case, in order of first sight, types the common supertype; then the
 * directories named key=value (hive partitions); then, hidden, $path,
 * $file_size and $file_modified_time.
 *
 *   path.c     names to files: patterns, walking, confinement
 *   format.c   what a file is; a cache of what was found out
 *   table.c    columns of many files; the table handle
 *   splits.c   pieces to read
 *   source.c   a split's rows
 *   file.c     the connector's record */
#ifndef CONN_FILE_FILE_H
#define CONN_FILE_FILE_H

#include <pthread.h>

#include "base/map.h"
#include "base/mpack.h"
#include "conn/conn.h"
#include "fmt/csv.h"
#include "fmt/parquet.h"

enum file_format { FILE_PARQUET, FILE_CSV };

/* One file, in an arena. */
struct file_name {
	const char *path;
	uint64_t size;
	int64_t mtime_ns;
	/* key=value directories between the pattern's fixed part and the
	 * file, values decoded; NULL value: NULL. */
	int n_parts;
	const char **keys, **values;
};
struct file_list {
	struct file_name *v;
	int n, cap;
};

/* What a file holds: counted, immutable. */
struct file_facts {
	atomic_int refs;
	enum file_format format;
	uint64_t size;
	int64_t mtime_ns;
	struct arena arena;             /* of csv */
	struct csv_schema csv;
	struct parquet_meta *parquet;
};

/* Facts of files seen lately, by path. */
struct file_cache;
struct file_cache *file_cache_new(int max);
void file_cache_free(struct file_cache **c);

struct file_conn {
	struct conn c;
	struct file_cache *cache;
};

/* Files that `name` stands for.  Blocks.  NOT_FOUND when there are none,
 * PERMISSION_DENIED outside the base path. */
int file_list(struct file_conn *c, struct arena *a, const char *name,
    struct file_list *out, struct err *e);
/* From the cache or the file.  Blocks; a reference. */
int file_facts_get(struct file_conn *c, struct fmt_io *io, const char *path,
    struct file_facts **out, struct err *e);
void file_facts_drop(struct file_facts **f);
int file_facts_columns(const struct file_facts *f);
const char *file_facts_name(const struct file_facts *f, int i);
const struct type *file_facts_type(const struct file_facts *f, int i);
/* The column named so, exactly or without regard to case; -1: none. */
int file_facts_find(const struct file_facts *f, const char *name);
double file_facts_rows(const struct file_facts *f);     /* estimate */

/* A table's columns, as the handle carries them. */
enum file_column_kind { COLUMN_OF_FILE, COLUMN_PART, COLUMN_PATH,
	COLUMN_SIZE, COLUMN_MODIFIED };
struct file_column {
	enum file_column_kind kind;
	const char *name;
	const struct type *type;
	bool undecided;         /* seen in files without rows only */
};
struct file_table {
	int n;
	struct file_column *columns;
};

/* conn_kind calls. */
int file_table_open(struct conn *c, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e);
int file_stats(struct conn *c, struct conn_tx *tx,
    const struct conn_scan *scan, struct expr_pool *pool,
    struct table_stats *out, struct err *e);
int file_splits(struct conn *c, struct conn_tx *tx,
    const struct conn_scan *scan, struct split_source **out, struct err *e);
int file_source(struct conn *c, const struct conn_run *run,
    struct str handle, struct str split, const int *columns, int n,
    const struct type *const *types, const struct domain_set *filter,
    struct page_source **out, struct err *e);

int file_handle_read(struct arena *a, struct str handle,
    struct file_table *out, struct err *e);

/* One piece of one file. */
struct file_split {
	const char *path;
	uint64_t size;          /* of the file, as planned */
	int64_t mtime_ns;
	enum file_format format;
	uint64_t first, count;  /* row groups, or bytes */
	struct csv_schema csv;
	int n_parts;
	const char **keys, **values;
};
void file_split_write(struct sbuf *to, const struct file_split *s);
int file_split_read(struct arena *a, struct str bytes,
    struct file_split *out, struct err *e);

/* The value of a partition column as the bytes of its type (bigint, date or
 * varchar); false: it is none. */
bool file_part_value(const struct type *t, const char *text, void *out);
/* A constant of n rows of a column that is not in the file. */
struct vec *file_constant(const struct file_column *c,
    const struct file_split *s, uint32_t n, struct mem_account *account,
    struct err *e);

#endif
