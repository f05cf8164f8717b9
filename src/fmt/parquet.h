/* SPDX-License-Identifier: Apache-2.0
 * parquet.h - reading Apache Parquet files.
 *
 * parquet_open() reads the footer into an immutable description that any
 * number of sources, on any threads, share; parquet_source_open() makes a
 * page source over a run of row groups.  A source skips row groups by
 * statistics, Bloom filters and dictionaries, and pages by the page index;
 * column chunks are read ahead by the job runner's threads, at most one row
 * group before it is needed.
 *
 * Nothing in a file is trusted.  What cannot be opened at all (no Parquet
 * file, footer damaged) is HIVE_CANNOT_OPEN_SPLIT, damage found later is
 * HIVE_BAD_DATA; the text names file, row group, column and offset.
 *
 * SQL types of columns: INT_8..64 and UINT_8..64 tinyint..bigint and
 * smallint, integer, bigint, decimal(20,0); FLOAT16 and FLOAT real; DECIMAL
 * decimal; DATE date; TIME time(3|6|9); TIMESTAMP timestamp(3|6|9), adjusted
 * to UTC with time zone; INT96 timestamp(9); STRING, ENUM, JSON varchar; UUID
 * uuid; other byte arrays varbinary; LIST array, MAP map, groups row; a
 * repeated field without LIST an array; unknown annotations as if absent. */
#ifndef FMT_PARQUET_H
#define FMT_PARQUET_H

#include "fmt/io.h"
#include "fmt/source.h"

struct parquet_meta;            /* counted, immutable, any thread */

/* A column of the table: a child of the schema's root. */
struct parquet_column {
	const char *name;       /* as in the file; UTF-8 */
	const struct type *type;
	bool not_null;
	int32_t field_id;       /* -1: none */
};

struct parquet_group {
	uint64_t rows;
	uint64_t first_row;     /* rows of the groups before it */
	uint64_t offset;        /* of its first byte: where a split by bytes
				 * puts it */
	uint64_t bytes;         /* compressed */
};

/* Extremes of one column in one row group. */
struct parquet_stats {
	struct vec *min, *max;  /* one row of the column's type; NULL: unknown
				 * or not to be trusted.  Bounds: they may lie
				 * outside of what is there */
	int64_t nulls;          /* -1: unknown */
	int64_t distinct;       /* -1: unknown */
	bool min_exact, max_exact; /* it is a value of the column */
};

/* Reads and checks the footer.  Blocks.  One reference in *out. */
int parquet_open(struct fmt_io *io, struct fmt_file *f,
    struct parquet_meta **out, struct err *e);
struct parquet_meta *parquet_meta_ref(struct parquet_meta *m);
void parquet_meta_drop(struct parquet_meta **m);
/* Bytes of memory, for caches. */
size_t parquet_meta_bytes(const struct parquet_meta *m);

int parquet_columns(const struct parquet_meta *m);
const struct parquet_column *parquet_column(const struct parquet_meta *m,
    int i);
/* The first column with this name: exactly, else without regard to ASCII
 * case; -1: none. */
int parquet_find(const struct parquet_meta *m, struct str name);
uint64_t parquet_rows(const struct parquet_meta *m);
int parquet_groups(const struct parquet_meta *m);
const struct parquet_group *parquet_group(const struct parquet_meta *m,
    int i);
const char *parquet_created_by(const struct parquet_meta *m); /* or NULL */
/* Key-value metadata (a table format's schema); p is NULL: no such key. */
struct str parquet_property(const struct parquet_meta *m, struct str key);

/* Statistics of a column of scalar type (all is unknown for others).  The
 * vectors are the caller's: parquet_stats_release(). */
int parquet_stats(const struct parquet_meta *m, int group, int column,
    struct mem_account *account, struct parquet_stats *out, struct err *e);
void parquet_stats_release(struct parquet_stats *s);

/* What a source is to read.  Everything but meta and file is copied or used
 * up by parquet_source_open(); filter must outlive the source. */
struct parquet_scan {
	struct parquet_meta *meta;
	struct fmt_file *file;
	int first_group, n_groups;
	int n;                  /* columns; may be 0: rows are counted only */
	const int *columns;     /* numbers in meta; -1: not in this file, all
				 * NULL */
	/* Types of the vectors that are wanted: the column's own, or one that
	 * it can be cast to (integer as bigint).  Must outlive the source and
	 * its vectors. */
	const struct type *const *types;
	const struct domain_set *filter; /* by index into columns; or NULL.
				 * Used to skip: rows outside may come */
};

/* The source holds references to meta and file and copies *io. */
int parquet_source_open(const struct fmt_io *io,
    const struct parquet_scan *scan, struct page_source **out,
    struct err *e);

#endif
