/* SPDX-License-Identifier: Apache-2.0
 * csv.h - reading delimited text: what a file is, found out from its first
 * part, and its rows as a page source.
 *
 * Dialect: delimiter , ; | or tab, quote ", doubled to stand for itself, line
 * ends LF, CRLF or CR, a UTF-8 byte order mark is skipped, empty lines are
 * skipped (in files of more than one column).  Header: the first line, when
 * its fields are no values of the types of the lines below, or all is text.
 * Without one the columns are column0, column1, ...  Types: boolean, bigint,
 * double, date, time(6), timestamp(6), else varchar.  An empty field is NULL,
 * quoted or not.  A record is at most 4 MiB long.  gzip (.gz) and zstd (.zst) files are recognised by
 * name.  The text must be UTF-8; damage is HIVE_BAD_DATA with file, line and
 * column in the text. */
#ifndef FMT_CSV_H
#define FMT_CSV_H

#include "fmt/io.h"
#include "fmt/source.h"

/* What is known before: all zeroes says nothing. */
struct csv_options {
	char delimiter, quote;          /* 0: to be found out */
	enum { CSV_HEADER_AUTO, CSV_HEADER_YES, CSV_HEADER_NO } header;
	int n_types;                    /* 0: to be found out */
	const struct type *const *types;
};

enum { CSV_PLAIN, CSV_GZIP, CSV_ZSTD };

struct csv_schema {
	char delimiter, quote;
	bool header;
	bool no_rows;                   /* a header alone: the types say
					 * nothing */
	int codec;                      /* CSV_PLAIN, ... by the name */
	int n;
	const char **names;             /* unique without regard to case */
	const struct type **types;
};

/* Reads the first part of the file (about 1 MiB) and finds out.  Blocks.
 * Everything in *out lives in the arena.  An empty file is HIVE_BAD_DATA. */
int csv_sniff(struct fmt_io *io, struct fmt_file *f,
    const struct csv_options *options, struct arena *a,
    struct csv_schema *out, struct err *e);

struct csv_scan {
	struct fmt_file *file;
	struct csv_schema schema;       /* outlives the source */
	/* The rows that begin in [offset, offset + size); a compressed file is
	 * one piece: 0, its size. */
	uint64_t offset, size;
	int n;                          /* columns; 0: rows are counted only */
	const int *columns;             /* numbers in schema; -1: all NULL */
	/* The types wanted: of the schema, or wider (bigint as double or
	 * varchar).  Outlive the source and its vectors. */
	const struct type *const *types;
};

/* Holds a reference to the file and copies *io and the scan. */
int csv_source_open(const struct fmt_io *io, const struct csv_scan *scan,
    struct page_source **out, struct err *e);

#endif
