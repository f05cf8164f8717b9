/* SPDX-License-Identifier: Apache-2.0
 * plan.h - the logical plan: what a bound statement means.
 *
 * A plan is a tree of relational nodes in one arena.  Columns are symbols:
 * numbers into the plan's symbol table, each with one type and one maker in
 * the whole plan; expressions refer to them by EXPR_INPUT.  Nodes say which
 * symbols they put out; a join, filter or sort passes its children's on.
 *
 * The binder makes trees with APPLY nodes where a subquery stands (its right
 * child may use symbols of its left child: correlation); the optimizer
 * removes them.  Rules rewrite nodes in place or build new ones; nothing is
 * freed before the arena is. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "conn/conn.h"
#include "expr/expr.h"

struct plan_symbol {
	const char *name;       /* as EXPLAIN shows it, unique in the plan */
	const struct type *type;
};

struct plan_symbols {
	struct plan_symbol *v;
	int n, cap;
};

/* A growable list of symbol numbers, in the plan's arena. */
struct symbol_list {
	int *v;
	int n, cap;
};

/* symbol := expr */
struct plan_assign {
	int symbol;
	struct expr *expr;
};

struct plan_order {
	int symbol;
	bool descending, nulls_first;
};

/* symbol := func(args) over the rows of a group. */
struct plan_agg {
	int symbol;
	const struct agg_func *func;
	int n_args;
	int *args;              /* symbols; already of the types wanted */
	const struct type *intermediate, *result;
	int filter;             /* a boolean symbol; -1: none */
	bool distinct;
	int n_order;
	struct plan_order *order;
};

enum plan_node_kind {
	PLAN_SCAN,              /* a table of a connector */
	PLAN_VALUES,
	PLAN_FILTER,
	PLAN_PROJECT,
	PLAN_AGGREGATE,         /* also DISTINCT: keys only */
	PLAN_GROUP_ID,          /* grouping sets: a copy of the rows a set */
	PLAN_JOIN,
	PLAN_APPLY,             /* child[0] with a subquery, child[1] */
	PLAN_SORT, PLAN_TOPN, PLAN_LIMIT,
	PLAN_UNION, PLAN_INTERSECT, PLAN_EXCEPT,
	PLAN_WINDOW,
	PLAN_UNNEST,
	PLAN_SINGLE_ROW,        /* EnforceSingleRow */
	PLAN_MARK_DISTINCT,
	PLAN_ROW_ID,            /* AssignUniqueId */
	PLAN_SAMPLE,
	PLAN_WRITE,             /* TableWriter and TableFinish: puts out the
				 * number of rows written */
	PLAN_OUTPUT,            /* names and order of the answer's columns */
	PLAN_NODE_KINDS
};

enum plan_join_kind {
	PLAN_INNER, PLAN_LEFT, PLAN_RIGHT, PLAN_FULL,
	PLAN_SEMI, PLAN_ANTI,
	PLAN_ANTI_NULL,         /* NOT IN: NULLs decide as SQL says */
	PLAN_MARK,              /* all left rows; mark := is there a match,
				 * NULL when unknown as of x IN (...) */
};

enum plan_apply_kind {
	APPLY_SCALAR,           /* value of the only row or NULL */
	APPLY_EXISTS,           /* mark := has it a row */
	APPLY_IN,               /* mark := left values IN subquery */
	APPLY_QUANTIFIED,       /* mark := value op ALL/ANY subquery */
	APPLY_LATERAL,          /* a join whose right side may see the left */
};

enum plan_compare { PLAN_EQ, PLAN_NE, PLAN_LT, PLAN_LE, PLAN_GT, PLAN_GE };

enum plan_frame_type { PLAN_FRAME_RANGE, PLAN_FRAME_ROWS, PLAN_FRAME_GROUPS };
enum plan_bound_type {
	PLAN_UNBOUNDED_PRECEDING, PLAN_PRECEDING, PLAN_CURRENT_ROW,
	PLAN_FOLLOWING, PLAN_UNBOUNDED_FOLLOWING,
};

struct plan_frame {
	enum plan_frame_type type;
	enum plan_bound_type start, end;
	int start_value, end_value; /* symbols; -1: none */
};

/* A window function: agg.func or, for those that are no aggregates, name. */
struct plan_window_func {
	struct plan_agg agg;
	const char *name;       /* "row_number"; NULL: agg.func */
	bool ignore_nulls;
	struct plan_frame frame;
};

struct origin;
struct plan_node {
	enum plan_node_kind kind;
	int id;                 /* unique in the plan */
	int line, column;       /* in the SQL; 0: none */
	int n_child;
	struct plan_node **child;
	struct symbol_list out; /* what it puts out, in order */
	double rows, bytes;     /* estimates by opt; negative: unknown */
	union {
		struct {
			const char *catalog;    /* whose connector reads */
			struct conn *conn;
			struct conn_table *table;
			const char *label;      /* "tpch:tiny:nation" */
			int *columns;   /* column of out.v[i] in the table */
			struct expr *filter;    /* opt's: over out; or NULL */
			struct domain_set domains;      /* opt's: by table
							 * column */
			bool sampled;   /* TABLESAMPLE SYSTEM */
			int64_t limit;  /* opt's; -1: none */
		} scan;
		struct {
			int n_rows;
			struct expr **v;        /* row-major */
		} values;
		struct {
			struct expr *predicate;
			bool barrier;   /* asked before any filter above:
					 * it fails for rows that must not
					 * be */
		} filter;
		struct {                /* out is exactly the symbols */
			int n;
			struct plan_assign *v;
		} project;
		struct {                /* out: keys, then aggs */
			struct symbol_list keys;
			int n;
			struct plan_agg *v;
			/* -1, or the group id that makes the empty sets'
			 * rows come even without input. */
			int global_sets;
		} aggregate;
		struct {
			int n_sets;
			struct symbol_list *sets;       /* of `from` */
			int n_keys;
			int *from, *to; /* key symbols: input's, output's */
			int id_symbol;  /* bigint: number of the set */
		} group_id;
		struct {
			enum plan_join_kind kind;
			struct expr *on;        /* NULL: true */
			int mark;       /* symbol; -1 */
			bool broadcast, partitioned;    /* opt's choice */
		} join;
		struct {
			enum plan_apply_kind kind;
			int symbol;     /* SCALAR's value, else the mark */
			bool all;       /* QUANTIFIED: ALL, else ANY */
			enum plan_compare compare;
			struct expr *operand;   /* IN, QUANTIFIED: over child[0];
						 * of the type of the right
						 * side's only column */
			enum plan_join_kind join;       /* LATERAL: INNER, LEFT */
			struct expr *on;        /* LATERAL */
		} apply;
		struct {                /* SORT, TOPN; LIMIT WITH TIES */
			int n;
			struct plan_order *v;
			int64_t limit, offset;  /* limit -1: none */
			bool ties;
			bool partial;
		} sort;
		struct {                /* UNION, INTERSECT, EXCEPT: column i
					 * is inputs[c][i] of child c */
			bool distinct;
			int **inputs;
		} set;
		struct {                /* out: child's, then functions */
			struct symbol_list partition;
			int n_order;
			struct plan_order *order;
			int n;
			struct plan_window_func *v;
		} window;
		struct {                /* out: replicated, elements,
					 * ordinality */
			struct symbol_list replicated;
			struct symbol_list arrays;
			int ordinality; /* symbol; -1 */
			enum plan_join_kind join;       /* INNER, LEFT */
		} unnest;
		struct {                /* MARK_DISTINCT, ROW_ID */
			struct symbol_list keys;
			int symbol;
		} mark;
		struct {
			double ratio;   /* 0..1, BERNOULLI */
		} sample;
		struct {
			const struct plan_target *target;
			struct symbol_list columns;
		} write;
		struct {
			const char **names;     /* of out */
			const struct origin *origins;   /* the binder's */
		} output;
	};
};

/* A table that is written. */
struct plan_target {
	const char *catalog;
	struct conn *conn;
	bool create;            /* CREATE TABLE AS: definition; else table */
	struct conn_new_table definition;
	struct conn_table *table;
};

enum plan_statement {
	STATEMENT_QUERY,        /* root; SHOW and DESCRIBE come as this too */
	STATEMENT_CREATE_TABLE_AS, /* root ends in WRITE */
	STATEMENT_INSERT,       /* the same */
	STATEMENT_EXPLAIN,      /* explained: the statement's own plan */
	STATEMENT_NOTHING,      /* done already: IF [NOT] EXISTS and the like */
	STATEMENT_USE,          /* catalog (NULL: keep), schema */
	STATEMENT_SET_SESSION, STATEMENT_RESET_SESSION,
	STATEMENT_SET_TIME_ZONE,
	STATEMENT_SET_PATH, STATEMENT_SET_ROLE,
	STATEMENT_SET_AUTHORIZATION, STATEMENT_RESET_AUTHORIZATION,
	STATEMENT_CREATE_SCHEMA, STATEMENT_DROP_SCHEMA,
	STATEMENT_CREATE_TABLE, STATEMENT_DROP_TABLE, STATEMENT_RENAME_TABLE,
	STATEMENT_PREPARE, STATEMENT_DEALLOCATE,
	STATEMENT_START_TRANSACTION, STATEMENT_COMMIT, STATEMENT_ROLLBACK,
	STATEMENT_CREATE_CATALOG, STATEMENT_DROP_CATALOG,
	STATEMENT_KILL_QUERY,   /* CALL system.runtime.kill_query */
	STATEMENT_KINDS
};

enum plan_explain { PLAN_EXPLAIN_TEXT, PLAN_EXPLAIN_JSON,
    PLAN_EXPLAIN_GRAPHVIZ, PLAN_EXPLAIN_IO, PLAN_EXPLAIN_VALIDATE };

/* A bound statement, in the arena and pool given to plan_statement();
 * connectors are the session's, which must stay until the query's end. */
struct plan {
	enum plan_statement statement;
	const char *update_type; /* the protocol's "CREATE TABLE"; NULL */
	struct arena *arena;
	struct expr_pool *pool;
	struct plan_symbols symbols;
	int n_nodes;            /* ids are below this */
	struct plan_node *root; /* PLAN_OUTPUT; NULL: no query to run */
	bool read_only;         /* writes no table */
	/* WITH SESSION: settings for this query only, NAME=VALUE pairs. */
	int n_settings;
	struct str *setting_names, *setting_values;
	/* What to run with when WITH SESSION has changed it; NULL: as is. */
	const struct session_context *context;
	/* EXPLAIN */
	struct plan *explained;
	bool analyze, verbose;
	enum plan_explain explain;
	/* Definitions: the connector, NULL for settings. */
	const char *catalog;
	struct conn *conn;
	const char *schema, *name; /* of schema, table, statement, role */
	const char *new_schema, *new_name;      /* RENAME */
	struct conn_table *table;       /* DROP, RENAME */
	struct conn_new_table definition;
	bool cascade;
	/* SET SESSION: name (catalog NULL: the engine's) and value as text;
	 * PREPARE: value is the statement's text; SET TIME ZONE: the zone
	 * (n 0: the local one). */
	struct str value;
	bool transaction_read_only;
	const char *isolation;
};

#endif
