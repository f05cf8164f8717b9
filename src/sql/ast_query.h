/* SPDX-License-Identifier: Apache-2.0
 * ast_query.h - queries and relations; include sql/ast.h.
 *
 * A query's body is a QUERY_SPEC, SET_OPERATION, VALUES, TABLE (TABLE name)
 * or TABLE_SUBQUERY (a query in parentheses).  When it is a QUERY_SPEC, the
 * ORDER BY, OFFSET and LIMIT stand in it and not in the query (they see the
 * columns of its FROM); else in the query. */
#ifndef SQL_AST_QUERY_H
#define SQL_AST_QUERY_H

struct query_node {                     /* also a statement */
	struct node node;
	struct node_list session;       /* WITH SESSION: SESSION_PROPERTY */
	struct node_list functions;     /* WITH FUNCTION: FUNCTION */
	struct with_node *with;         /* or NULL */
	struct node *body;
	struct node *order_by;          /* ORDER_BY or NULL */
	struct node *offset;            /* OFFSET or NULL */
	struct node *limit;             /* LIMIT, FETCH_FIRST or NULL */
};

struct with_node {
	struct node node;
	bool recursive;
	struct node_list queries;       /* WITH_QUERY */
};

struct with_query_node {
	struct node node;
	struct ident_node *name;
	bool has_columns;
	struct node_list columns;       /* IDENT */
	struct query_node *query;
};

/* a.b = value; also SET SESSION. */
struct session_property_node {
	struct node node;
	struct name_node *name;
	struct node *value;
};

/* Place: SELECT. */
struct query_spec_node {
	struct node node;
	bool distinct;
	struct node_list items;         /* SINGLE_COLUMN, ALL_COLUMNS */
	struct node *from;              /* a relation or NULL; FROM a, b is an
					 * implicit JOIN */
	struct node *where;
	struct group_by_node *group_by; /* or NULL */
	struct node *having;
	struct node_list windows;       /* WINDOW_DEFINITION */
	struct node *order_by, *offset, *limit; /* as in query_node */
};

enum set_operator { SET_UNION, SET_INTERSECT, SET_EXCEPT };

/* left op right, binary and left-deep; place: the operator. */
struct set_operation_node {
	struct node node;
	enum set_operator op;
	bool distinct;                  /* also when nothing was written */
	struct node *left, *right;      /* query bodies */
	struct columns_node *corresponding;     /* or NULL */
};

/* expression [AS alias]; also PIVOT's aggregations. */
struct single_column_node {
	struct node node;
	struct node *value;
	struct ident_node *alias;       /* or NULL */
};

/* *, t.*, row.* [AS (a, b)] */
struct all_columns_node {
	struct node node;
	struct node *target;            /* or NULL */
	struct node_list aliases;       /* IDENT */
};

struct group_by_node {
	struct node node;
	bool distinct;
	struct node_list elements;      /* SIMPLE_GROUP_BY, GROUPING_SETS,
					 * AUTO_GROUP_BY */
};

enum grouping_type { GROUPING_EXPLICIT, GROUPING_ROLLUP, GROUPING_CUBE };

struct grouping_sets_node {
	struct node node;
	enum grouping_type type;
	struct node_list sets;          /* SIMPLE_GROUP_BY, one a set */
};

enum null_order { NULLS_ORDER_DEFAULT, NULLS_FIRST, NULLS_LAST };

struct sort_item_node {
	struct node node;
	struct node *key;
	bool descending;
	enum null_order nulls;
};

struct fetch_first_node {
	struct node node;
	struct node *count;             /* or NULL: one row */
	bool with_ties;
};

/* Relations. */

/* name [@branch] [FOR ..]; also a body: TABLE name. */
struct table_node {
	struct node node;
	struct name_node *name;
	struct query_period_node *period;       /* or NULL */
	struct ident_node *branch;      /* or NULL; targets of DML only */
};

/* FROM 'dir/file*.parquet': files read in place. */
struct file_table_node {
	struct node node;
	struct str path;                /* as written, quotes removed */
};

struct query_period_node {
	struct node node;
	bool timestamp;                 /* else FOR VERSION */
	struct node *end;
};

/* relation [AS] alias [(columns)]: any relation. */
struct aliased_node {
	struct node node;
	struct node *relation;
	struct ident_node *alias;
	bool has_columns;
	struct node_list columns;       /* IDENT */
};

enum join_type {
	JOIN_IMPLICIT, JOIN_CROSS, JOIN_INNER, JOIN_LEFT, JOIN_RIGHT,
	JOIN_FULL,
};

/* Place: the left relation's start.  At most one of on, using, natural;
 * IMPLICIT and CROSS have none. */
struct join_node {
	struct node node;
	enum join_type type;
	bool natural;
	struct node *left, *right;
	struct node *on;                /* or NULL */
	struct node_list using;         /* IDENT */
};

struct sampled_node {
	struct node node;
	struct node *relation;
	bool system;                    /* else BERNOULLI */
	struct node *percentage;
};

struct unnest_node {
	struct node node;
	struct node_list list;
	bool with_ordinality;
};

struct nearest_node {                   /* NEAREST(FROM r WHERE .. MATCH ..) */
	struct node node;
	struct node *relation;
	struct node *where;             /* or NULL */
	struct node *match;
};

struct pivot_node {
	struct node node;
	struct node *relation;
	struct node_list aggregations;  /* PIVOT_AGGREGATION */
	struct node_list columns;       /* IDENT or DEREFERENCE */
	struct node_list values;        /* PIVOT_VALUES */
	struct group_by_node *group_by; /* or NULL */
};

struct pivot_values_node {
	struct node node;
	struct node_list list;
	struct ident_node *alias;       /* or NULL */
};

/* TABLE(name(args COPARTITION (a, b), (c, d))) */
struct table_function_node {
	struct node node;
	struct name_node *name;
	struct node_list args;          /* expressions, TABLE_ARGUMENT,
					 * DESCRIPTOR; named: ARGUMENT */
	struct node_list copartition;   /* NAMEs ... */
	struct node_list copartition_ends; /* LONG_LITERAL a group: index in
					 * copartition behind its last */
};

enum empty_treatment { EMPTY_DEFAULT, EMPTY_PRUNE, EMPTY_KEEP };

struct table_argument_node {
	struct node node;
	struct node *relation;          /* TABLE or TABLE_SUBQUERY, perhaps
					 * within ALIASED */
	bool has_partition_by;          /* the list may be empty then */
	struct node_list partition_by;
	enum empty_treatment empty;
	struct node *order_by;          /* ORDER_BY or NULL */
};

struct descriptor_field_node {
	struct node node;
	struct ident_node *name;
	struct node *type;              /* or NULL */
};

#endif
