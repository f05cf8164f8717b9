/* SPDX-License-Identifier: Apache-2.0
 * frag.h - the physical plan: fragments and their nodes, as opt makes them,
 * actors place them and ops runs them; serialisable.
 *
 * A fragment is a tree of nodes that runs as one stage; its leaves read
 * splits or other fragments' output.  Expressions refer to channels: the
 * output columns of the child (of a join: probe's, then build's).
 * Everything lives in one arena and one expr_pool and is read-only. */
#ifndef FRAG_FRAG_H
#define FRAG_FRAG_H

#include "conn/conn.h"
#include "expr/expr.h"

enum frag_kind {
	FRAG_SCAN,              /* splits of a table: filter and projections
				 * fused (Trino's ScanFilterProject) */
	FRAG_VALUES,
	FRAG_PROJECT,           /* FilterProject */
	FRAG_AGGREGATE,
	FRAG_JOIN,              /* hash join: child[0] probe, child[1] build */
	FRAG_CROSS,             /* nested loops, any condition: same children */
	FRAG_SORT, FRAG_TOPN, FRAG_LIMIT,
	FRAG_UNION,             /* children one after another, any order */
	FRAG_EXCHANGE,          /* output of other fragments */
	FRAG_SINGLE_ROW,        /* EnforceSingleRow: 0 rows become NULLs, more
				 * than one fail SUBQUERY_MULTIPLE_ROWS */
	FRAG_MARK_DISTINCT,     /* adds a boolean: first row with these keys */
	FRAG_ROW_ID,            /* AssignUniqueId: adds a bigint */
	FRAG_GROUP_ID,          /* grouping sets: a copy of the rows a set */
	FRAG_UNNEST,
	FRAG_WINDOW,            /* functions over partitions, in agg[] */
	FRAG_WRITER,            /* table writer: yields (rows, fragment) */
	FRAG_FINISH,            /* TableFinish: collects fragments; yields rows */
	FRAG_KINDS
};

enum join_kind {
	JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL,
	JOIN_SEMI,              /* probe rows with a match */
	JOIN_ANTI,              /* probe rows without (NOT EXISTS) */
	JOIN_ANTI_NULL,         /* NOT IN: NULL keys decide as SQL says */
	JOIN_MARK,              /* all probe rows + boolean (NULL: unknown as
				 * in x IN (...)) as last output column */
};

enum agg_step { AGG_SINGLE, AGG_PARTIAL, AGG_FINAL };

struct sort_key {
	int channel;
	bool descending, nulls_first;
};

/* The rows around one that a window function sees. */
enum frag_frame_type { FRAG_RANGE, FRAG_ROWS, FRAG_GROUPS };
enum frag_bound {
	FRAG_UNBOUNDED_PRECEDING, FRAG_PRECEDING, FRAG_CURRENT_ROW,
	FRAG_FOLLOWING, FRAG_UNBOUNDED_FOLLOWING,
};
struct frag_frame {
	enum frag_frame_type type;
	enum frag_bound start, end;
	int start_value, end_value; /* channels of the offsets; of RANGE: of
				 * the sort key plus or minus it; -1: none */
};

struct frag_agg {
	const struct agg_func *func;
	int n_args;
	int *arg;               /* channels; of a FINAL step: one, the
				 * intermediate value */
	int n_arg_types;        /* as many as the function has arguments */
	const struct type *const *arg_types; /* theirs, also in FINAL */
	int filter;             /* channel of a boolean; -1: none */
	bool distinct;          /* SINGLE only: arguments per group once */
	const struct type *intermediate, *result;
	int n_order;            /* agg(x ORDER BY ..), SINGLE only */
	struct sort_key *order;
	const char *name;       /* as in EXPLAIN: sum("x") */
	/* WINDOW only. */
	const char *window;     /* "row_number", "lag", ...; NULL: func */
	bool ignore_nulls;
	struct frag_frame frame;
};

/* A dynamic filter: join keys' values on their way to scans. */
struct frag_dynamic {
	int id;                 /* unique in the query */
	int channel;            /* join: build channel; scan: its table column
				 * position in `columns` */
};

struct frag_node {
	enum frag_kind kind;
	int id;                 /* unique in the query; EXPLAIN shows it */
	int n_child;
	struct frag_node **child;
	int n;                  /* output columns */
	const struct type **types;
	const char **names;     /* for EXPLAIN; items not NULL */
	double rows, bytes;     /* estimates; negative: unknown */

	/* SCAN, PROJECT: filter may be NULL; project NULL: all inputs as they
	 * are.  SCAN's inputs are its `columns`. */
	struct expr *filter;
	struct expr **project;
	/* SCAN */
	const char *catalog;
	struct conn_table *table;
	int n_columns;
	int *columns;           /* numbers in table->columns */
	const struct type **column_types;
	struct domain_set domains; /* by position in columns */
	int64_t scan_limit;     /* -1: none; rows enough for a driver */
	/* VALUES: constants, row-major: rows_n * n */
	int n_rows;
	struct expr **values;
	/* AGGREGATE; MARK_DISTINCT: keys only.  Output: keys, then aggs.
	 * Without keys one row always comes (SINGLE, FINAL). */
	enum agg_step step;
	int n_keys;
	int *keys;              /* channels */
	int n_aggs;
	struct frag_agg *aggs;
	bool sorted_input;      /* equal keys come together */
	/* JOIN, CROSS: output columns are probe_out then build_out channels
	 * (build's counted from 0), then the mark. */
	enum join_kind join;
	int n_join_keys;
	int *probe_keys, *build_keys;
	bool *null_safe;        /* key i matches by IS NOT DISTINCT FROM */
	struct expr *residual;  /* over probe channels, then build channels */
	int n_probe_out, n_build_out;
	int *probe_out, *build_out;
	bool broadcast;         /* build side is whole in each task */
	/* JOIN produces, SCAN consumes. */
	int n_dynamic;
	struct frag_dynamic *dynamic;
	/* SORT, TOPN, EXCHANGE (merge when n_sort > 0), WINDOW */
	int n_sort;
	struct sort_key *sort;
	int64_t limit, offset;  /* TOPN, LIMIT; offset 0 when partial */
	bool partial;           /* TOPN, LIMIT: per task, another follows */
	bool ties;              /* TOPN: WITH TIES */
	/* EXCHANGE */
	int n_sources;
	int *sources;           /* fragment ids */
	/* GROUP_ID: n_sets lists of channels kept; output: all keys[] (NULL
	 * when not in the set), the channels columns[] as they are, the set's
	 * number (bigint) */
	int n_sets;
	int *set_sizes;
	int **sets;
	/* UNNEST: output: the replicated channels columns[], then elements of
	 * each array (maps: two; rows: their fields), then the ordinality */
	int n_unnest;
	int *unnest;            /* channels */
	bool ordinality, outer;
	/* WINDOW: partition by keys[], order by sort[], functions in aggs[];
	 * output: the child's columns, then the functions'.  MARK_DISTINCT,
	 * ROW_ID: the child's columns, then theirs. */
	/* WRITER: writes child's columns; FINISH */
	struct str write;       /* the connector's bytes */
};

enum frag_place {
	PLACE_SINGLE,           /* one task */
	PLACE_COORDINATOR,      /* one task, on the coordinator */
	PLACE_SOURCE,           /* where splits are: a task a node */
	PLACE_HASH,             /* logical partitions mapped to tasks */
	PLACE_ANY,              /* some tasks, rows arbitrarily spread */
};

enum frag_output {
	OUTPUT_GATHER,          /* to one consumer task */
	OUTPUT_BROADCAST,
	OUTPUT_HASH,            /* by hash_channels */
	OUTPUT_ARBITRARY,       /* whoever asks */
};

struct fragment {
	int id;                 /* 0: the root, whose output is the answer */
	enum frag_place place;
	struct frag_node *root;
	enum frag_output output;
	int n_hash;
	int *hash_channels;     /* of the root node's output */
	int n_children;
	struct fragment **children;
};

struct frag_plan {
	struct arena *arena;
	struct expr_pool *pool;
	struct fragment *root;
	int n;                  /* fragments; by_id[i]->id == i */
	struct fragment **by_id;
	int n_columns;          /* of the answer */
	const char **names;
	int n_dynamic;          /* dynamic filter ids 0..n-1 */
	int n_nodes;            /* node ids are below this */
};

const char *frag_kind_name(enum frag_kind kind);        /* "ScanFilterProject" */
const char *join_kind_name(enum join_kind kind);        /* "InnerJoin" */

/* One fragment (with its nodes, without children fragments) in strict,
 * versioned msgpack; what comes back lives in pool's arena.  Channels, counts
 * and types are checked, so that what decodes can be run. */
enum { FRAG_VERSION = 1 };
void frag_encode(struct sbuf *to, const struct fragment *f);
int frag_decode(struct expr_pool *pool, struct str bytes,
    struct fragment **out, struct err *e);
/* Checks that a node's channels and types fit together; SERIALIZATION_ERROR
 * naming the node otherwise. */
int frag_check(const struct fragment *f, struct err *e);

#endif
