/* SPDX-License-Identifier: Apache-2.0
 * parquet_scan.h - the inside of a Parquet page source: what one row group
 * needs while it is scanned, or while its bytes are on their way. */
#ifndef FMT_PARQUET_SCAN_H
#define FMT_PARQUET_SCAN_H

#include "fmt/parquet_reader.h"

/* Rows from..to of a group that may match. */
struct parquet_span {
	uint64_t from, to;
};

/* A column as the caller wants it. */
struct parquet_want {
	const struct parquet_node *node;        /* NULL: all NULL */
	const struct type *type;
	int column;             /* in the file */
	int first_reader;       /* of the group's readers, one a leaf */
	bool filtered;          /* read first */
	bool used;              /* was loaded in the last group */
};

enum parquet_group_state {
	GROUP_NEW, GROUP_INDEX, GROUP_READ, GROUP_OPEN, GROUP_PRUNED,
};

struct parquet_index;           /* page index and Bloom filters coming in */

struct parquet_group_scan {
	enum parquet_group_state state;
	int number;
	uint64_t rows;
	struct parquet_reader *readers;
	bool *started;          /* by wanted column: its reads were issued */
	struct parquet_index *index;
	struct parquet_span *spans;     /* ascending, not empty */
	int n_spans;
	int span;               /* current */
	uint64_t row;           /* next row of it */
	/* What the page index said, by wanted column; NULL: not used. */
	struct parquet_spot **spots;
	uint32_t *n_spots;
};

struct parquet_source {
	struct page_source base;
	struct fmt_io io;
	struct parquet_meta *meta;
	struct fmt_file *file;
	struct codec_context *codec;
	int n, n_readers;
	struct parquet_want *wants;
	const struct domain_set *filter, *narrowed;
	int next_group, end_group;
	struct parquet_group_scan *now, *ahead; /* NULL: none */
	uint64_t batch;         /* first row of the batch, in its group */
	uint32_t batch_rows;
};

/* What is known of a column in some rows, as its wanted type. */
struct parquet_bounds {
	const struct type *type;
	struct vec *min, *max;  /* NULL: unknown */
	bool has_null, all_null;
};
/* May rows of wanted column i with these bounds match? */
bool parquet_bounds_match(const struct parquet_source *s, int i,
    const struct parquet_bounds *b);
bool parquet_has_domain(const struct parquet_source *s, int i);

/* The domains of wanted column i: each(d) until it answers false; false then.
 * Contradictions answer false at once. */
bool parquet_domains(const struct parquet_source *s, int i,
    bool (*each)(const struct domain *d, void *arg), void *arg);
/* Do statistics leave a chance for the row group? */
int parquet_group_matches(struct parquet_source *s,
    const struct parquet_group_scan *g, bool *matches, struct err *e);
/* Does the dictionary of a filter column, when it has all the values? */
enum source_step parquet_group_dictionary(struct parquet_source *s,
    struct parquet_group_scan *g, bool *matches, struct wait **blocked,
    struct err *e);

/* Asks for page indexes and Bloom filters of filter columns. */
void parquet_index_start(struct parquet_source *s,
    struct parquet_group_scan *g);
/* Waits for them and uses them: g->spans, g->spots; *matches false: none. */
enum source_step parquet_index_use(struct parquet_source *s,
    struct parquet_group_scan *g, bool *matches, struct wait **blocked,
    struct err *e);
void parquet_index_free(struct parquet_index **i);

/* v (a reference, taken over) as type t.  NOT_SUPPORTED when there is no
 * way. */
struct vec *parquet_cast(struct vec *v, const struct type *t,
    struct mem_account *account, struct err *e);
bool parquet_can_cast(const struct type *from, const struct type *to);

/* The next batch of a node's rows (nested columns): `skip` rows are passed
 * over, n rows read.  The readers are of the node's leaves. */
enum source_step parquet_nested_read(struct parquet_reader *readers,
    const struct parquet_node *node, uint64_t first, uint32_t n,
    struct vec **out, struct wait **blocked, struct err *e);

#endif
