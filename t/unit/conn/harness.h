/* SPDX-License-Identifier: Apache-2.0
 * harness.h - reading and writing tables without an engine.  What fails
 * ends the test. */
#ifndef T_UNIT_CONN_HARNESS_H
#define T_UNIT_CONN_HARNESS_H

#include "conn/kinds.h"

double now(void);
/* What Trino's checksum() adds for the rows of a vector. */
uint64_t vec_sum(const struct vec *v);

struct scan {
	struct conn *c;
	struct arena a;
	struct conn_table *t;
	struct conn_scan scan;
	struct split_source *splits;
	struct page_source *source;
	int n;
	int columns[64];
	const struct type *types[64];
	bool sel;               /* every third row only */
};

/* All visible columns, all splits. */
void scan_open(struct scan *s, struct conn *c, const char *schema,
    const char *table);
void scan_close(struct scan *s);
/* The next page of all columns; NULL at the end. */
struct page *scan_next(struct scan *s);
uint64_t count_rows(struct conn *c, const char *table);

struct write {
	struct conn *c;
	struct sbuf bytes;
	struct page_sink *sink[4];
	struct sbuf fragment[4];
	int n;
};

void write_sinks(struct write *w, const struct type *const *types, int n,
    int sinks);
void write_page(struct write *w, int sink, struct page *p);
int write_end(struct write *w, bool commit, struct err *e);
/* CREATE TABLE to AS SELECT * FROM schema.table of another connector. */
void copy_table(struct conn *from, const char *schema, const char *table,
    struct conn *c, int sinks);

#endif
