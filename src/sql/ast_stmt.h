/* SPDX-License-Identifier: Apache-2.0
 * ast_stmt.h - statements other than queries; include sql/ast.h. */
#ifndef SQL_AST_STMT_H
#define SQL_AST_STMT_H

/* USE [catalog.]schema; PATH_ELEMENT: [catalog.]schema. */
struct use_node {
	struct node node;
	struct ident_node *catalog;     /* or NULL */
	struct ident_node *schema;
};

/* A statement or part with one name: TRUNCATE, REFRESH (view says which),
 * RESET_SESSION, DEALLOCATE, ITERATE, LEAVE (their single identifier is a
 * name of one part). */
struct named_node {
	struct node node;
	bool materialized;              /* REFRESH MATERIALIZED VIEW; else
					 * ALTER VIEW name REFRESH */
	struct name_node *name;
};

enum object_kind {
	OBJECT_TABLE, OBJECT_TABLE_AS, OBJECT_VIEW, OBJECT_MATERIALIZED_VIEW,
	OBJECT_SCHEMA, OBJECT_CATALOG, OBJECT_ROLE, OBJECT_FUNCTION,
	OBJECT_BRANCH, OBJECT_COLUMN,
};

enum view_security { SECURITY_DEFAULT, SECURITY_DEFINER, SECURITY_INVOKER };
enum when_stale { STALE_DEFAULT, STALE_INLINE, STALE_FAIL };

/* CREATE of all kinds; what a kind has not stays zero. */
struct create_node {
	struct node node;
	enum object_kind object;
	bool replace, if_not_exists;
	struct name_node *name;         /* BRANCH: the table's */
	struct node_list elements;      /* TABLE: COLUMN_DEFINITION,
					 * LIKE_CLAUSE */
	bool has_columns;               /* TABLE_AS: (aliases) */
	struct node_list columns;       /* IDENT */
	bool with_no_data;              /* TABLE_AS */
	struct query_node *query;       /* TABLE_AS, views */
	bool has_comment;
	struct str comment;
	struct node_list properties;    /* PROPERTY */
	enum view_security security;    /* VIEW */
	struct node *grace_period;      /* MATERIALIZED_VIEW: INTERVAL_LITERAL
					 * or NULL */
	enum when_stale when_stale;
	struct ident_node *connector;   /* CATALOG */
	struct ident_node *branch;      /* BRANCH */
	struct ident_node *from_branch; /* BRANCH, or NULL */
	struct node *principal;         /* PRINCIPAL: AUTHORIZATION, WITH
					 * ADMIN; or NULL */
	struct ident_node *catalog;     /* ROLE .. IN catalog, or NULL */
	struct node *function;          /* FUNCTION */
};

struct column_definition_node {
	struct node node;
	struct name_node *name;         /* several parts: a nested field */
	struct node *type;
	struct node *fallback;          /* DEFAULT literal or NULL */
	bool not_null;
	bool has_comment;
	struct str comment;
	struct node_list properties;
};

struct like_clause_node {
	struct node node;
	struct name_node *name;
	bool including, excluding;      /* PROPERTIES */
};

/* name = value (value NULL: DEFAULT); also UPDATE's and MERGE's
 * assignments (ASSIGNMENT) and SET x = v in routines (SET_VARIABLE). */
struct property_node {
	struct node node;
	struct ident_node *name;
	struct node *value;
};

struct drop_node {
	struct node node;
	enum object_kind object;
	bool if_exists;
	bool cascade, restricted;       /* SCHEMA, CATALOG: as written */
	struct name_node *name;         /* BRANCH: the table's */
	struct node_list parameters;    /* FUNCTION: FUNCTION_PARAMETER */
	struct ident_node *branch;      /* BRANCH */
	struct ident_node *catalog;     /* ROLE .. IN catalog, or NULL */
};

enum alter_action {
	ALTER_RENAME,                   /* name TO target */
	ALTER_SET_AUTHORIZATION,        /* principal; kind_name says of what */
	ALTER_SET_PROPERTIES,           /* properties */
	ALTER_ADD_COLUMN,               /* definition, position */
	ALTER_RENAME_COLUMN,            /* column TO target */
	ALTER_DROP_COLUMN,              /* column */
	ALTER_SET_TYPE,                 /* column, type */
	ALTER_SET_DEFAULT,              /* column, value */
	ALTER_DROP_DEFAULT, ALTER_DROP_NOT_NULL, /* column */
	ALTER_FAST_FORWARD,             /* BRANCH column IN TABLE name to
					 * target (all single names) */
};

/* ALTER TABLE, VIEW, MATERIALIZED VIEW, SCHEMA, BRANCH. */
struct alter_node {
	struct node node;
	enum object_kind object;        /* not for SET_AUTHORIZATION */
	enum alter_action action;
	bool if_exists;                 /* of the object */
	bool column_exists;             /* IF [NOT] EXISTS of the column */
	struct str kind_name;           /* SET_AUTHORIZATION: "TABLE", .. */
	struct name_node *name;
	struct name_node *target;       /* RENAME..., FAST_FORWARD */
	struct name_node *column;
	struct column_definition_node *definition;
	struct column_position_node *position;  /* or NULL */
	struct node *type;
	struct node *value;             /* SET_DEFAULT: a literal */
	struct node *principal;
	struct node_list properties;
};

enum column_place { COLUMN_FIRST, COLUMN_LAST, COLUMN_AFTER };

struct column_position_node {
	struct node node;
	enum column_place where;
	struct ident_node *after;       /* AFTER */
};

/* INSERT INTO table [(columns)] query. */
struct insert_node {
	struct node node;
	struct table_node *table;
	bool has_columns;
	struct node_list columns;       /* IDENT */
	struct query_node *query;
};

struct delete_node {
	struct node node;
	struct table_node *table;
	struct node *where;             /* or NULL */
};

struct update_node {
	struct node node;
	struct table_node *table;
	struct node_list assignments;   /* ASSIGNMENT */
	struct node *where;             /* or NULL */
};

struct merge_node {
	struct node node;
	struct table_node *table;
	struct ident_node *alias;       /* or NULL */
	struct node *source;            /* a relation */
	struct node *on;
	struct node_list cases;         /* MERGE_CASE */
};

enum merge_action { MERGE_UPDATE, MERGE_DELETE, MERGE_INSERT };

struct merge_case_node {
	struct node node;
	enum merge_action action;       /* INSERT: when not matched */
	struct node *condition;         /* AND .., or NULL */
	struct node_list assignments;   /* UPDATE: ASSIGNMENT */
	struct node_list columns;       /* INSERT: IDENT, may be empty */
	struct node_list values;        /* INSERT */
};

struct comment_node {
	struct node node;
	enum object_kind object;        /* TABLE, VIEW, COLUMN */
	struct name_node *name;
	bool has_comment;               /* else IS NULL */
	struct str comment;
};

struct analyze_node {
	struct node node;
	struct name_node *name;
	struct node_list properties;
};

struct call_procedure_node {
	struct node node;
	struct name_node *name;
	struct node_list args;          /* expressions; named: ARGUMENT */
};

struct table_execute_node {             /* ALTER TABLE t EXECUTE p(..) */
	struct node node;
	struct table_node *table;
	struct ident_node *procedure;
	struct node_list args;
	struct node *where;             /* or NULL */
};

enum explain_type {
	EXPLAIN_DEFAULT, EXPLAIN_LOGICAL, EXPLAIN_DISTRIBUTED,
	EXPLAIN_VALIDATE, EXPLAIN_IO,
};
enum explain_format {
	FORMAT_DEFAULT, FORMAT_TEXT, FORMAT_GRAPHVIZ, FORMAT_JSON,
};

/* The last of repeated options counts. */
struct explain_node {
	struct node node;
	bool analyze, verbose;
	enum explain_type type;
	enum explain_format format;
	struct node *statement;
};

enum show_what {
	SHOW_CATALOGS, SHOW_SCHEMAS, SHOW_TABLES, SHOW_COLUMNS,
	SHOW_FUNCTIONS, SHOW_SESSION, SHOW_STATS, SHOW_ROLES,
	SHOW_CURRENT_ROLES, SHOW_ROLE_GRANTS, SHOW_GRANTS, SHOW_BRANCHES,
	SHOW_CREATE_TABLE, SHOW_CREATE_SCHEMA, SHOW_CREATE_VIEW,
	SHOW_CREATE_MATERIALIZED_VIEW, SHOW_CREATE_FUNCTION,
};

/* Also DESCRIBE name and DESC name, which are SHOW COLUMNS. */
struct show_node {
	struct node node;
	enum show_what what;
	struct name_node *name;         /* FROM .. or the object, or NULL */
	struct node *query;             /* SHOW STATS FOR (query) */
	struct grant_object_node *object;       /* GRANTS, or NULL */
	bool has_like, has_escape;
	struct str like, escape;
};

struct start_transaction_node {
	struct node node;
	bool has_isolation, has_access;
	bool read_only;                 /* else READ WRITE */
	struct str isolation;           /* "READ COMMITTED", .. */
};

struct prepare_node {
	struct node node;
	struct ident_node *name;
	struct node *statement;
};

struct execute_node {
	struct node node;
	struct ident_node *name;        /* NULL: IMMEDIATE */
	struct node *text;              /* IMMEDIATE: STRING_LITERAL */
	struct node_list args;
};

struct describe_node {                  /* DESCRIBE INPUT, OUTPUT */
	struct node node;
	bool output;
	struct ident_node *name;        /* NULL: DESCRIBE OUTPUT (query) */
	struct query_node *query;
};

#endif
