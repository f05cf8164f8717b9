/* SPDX-License-Identifier: Apache-2.0
 * ast_json.h - nodes of the SQL/JSON functions, of types and intervals;
 * include sql/ast.h. */
#ifndef SQL_AST_JSON_H
#define SQL_AST_JSON_H

enum json_format {
	JSON_FORMAT_NONE, JSON_FORMAT_JSON, JSON_FORMAT_UTF8,
	JSON_FORMAT_UTF16, JSON_FORMAT_UTF32,
};

/* input [FORMAT JSON], 'path' [AS name] [PASSING ..] */
struct json_path_node {
	struct node node;
	struct node *input;
	enum json_format format;
	struct node *path;              /* STRING_LITERAL */
	struct ident_node *name;        /* or NULL */
	struct node_list passing;       /* JSON_PASSING */
};

struct json_passing_node {
	struct node node;
	struct node *value;
	enum json_format format;
	struct ident_node *name;
};

enum json_behavior {
	/* Nothing was written: only where no default is known yet, as the
	 * ON ERROR of JSON_TABLE and its columns. */
	BEHAVIOR_DEFAULTED,
	BEHAVIOR_NULL, BEHAVIOR_ERROR, BEHAVIOR_EMPTY, BEHAVIOR_EMPTY_ARRAY,
	BEHAVIOR_EMPTY_OBJECT, BEHAVIOR_DEFAULT, BEHAVIOR_TRUE,
	BEHAVIOR_FALSE, BEHAVIOR_UNKNOWN,
};

struct json_exists_node {
	struct node node;
	struct json_path_node *path;
	enum json_behavior on_error;
};

struct json_value_node {
	struct node node;
	struct json_path_node *path;
	struct node *returning;         /* a type or NULL */
	enum json_behavior on_empty, on_error;
	struct node *empty_default, *error_default;     /* or NULL */
};

enum json_wrapper {
	JSON_WRAP_WITHOUT,              /* the default */
	JSON_WRAP_CONDITIONAL, JSON_WRAP_UNCONDITIONAL,
};
enum json_quotes { JSON_QUOTES_DEFAULT, JSON_QUOTES_KEEP, JSON_QUOTES_OMIT };

struct json_query_node {
	struct node node;
	struct json_path_node *path;
	struct node *returning;         /* a type or NULL */
	enum json_format format;        /* of what is returned */
	enum json_wrapper wrapper;
	enum json_quotes quotes;
	enum json_behavior on_empty, on_error;
};

struct json_object_node {
	struct node node;
	struct node_list members;       /* JSON_MEMBER with a key */
	bool absent_on_null, unique_keys;
	struct node *returning;
	enum json_format format;
};

struct json_array_node {
	struct node node;
	struct node_list members;       /* JSON_MEMBER without key */
	bool null_on_null;
	struct node *returning;
	enum json_format format;
};

struct json_member_node {
	struct node node;
	struct node *key;               /* or NULL */
	struct node *value;
	enum json_format format;
};

/* Types.  x ARRAY and ARRAY<x> are array(x), DOUBLE PRECISION is double. */
struct generic_type_node {
	struct node node;
	struct ident_node *name;
	struct node_list args;          /* types and LONG_LITERALs */
};

struct datetime_type_node {
	struct node node;
	bool timestamp;                 /* else time */
	bool with_time_zone;
	struct node *precision;         /* LONG_LITERAL, a type, or NULL */
};

enum interval_field {
	FIELD_NONE, FIELD_YEAR, FIELD_MONTH, FIELD_DAY, FIELD_HOUR,
	FIELD_MINUTE, FIELD_SECOND,
};

/* YEAR, DAY(3), DAY TO SECOND(6): a part of literals and types. */
struct interval_qualifier {
	enum interval_field from;
	enum interval_field to;         /* FIELD_NONE: a single field */
	int precision;                  /* of from; -1: not given */
	int fraction;                   /* of SECOND; -1: not given */
};

struct interval_literal_node {
	struct node node;
	bool negative;
	struct str value;               /* the string's */
	struct interval_qualifier qualifier;
};

struct interval_type_node {
	struct node node;
	struct interval_qualifier qualifier;
};

struct row_type_node {
	struct node node;
	struct node_list fields;        /* ROW_TYPE_FIELD */
};

/* Also a routine's parameter. */
struct row_type_field_node {
	struct node node;
	struct ident_node *name;        /* or NULL */
	struct node *type;
};

struct json_table_node {
	struct node node;
	struct json_path_node *path;
	struct node_list columns;       /* JSON_COLUMN */
	struct node *plan;              /* JSON_PLAN or NULL */
	enum json_behavior on_error;    /* EMPTY, ERROR, DEFAULTED */
};

enum json_column_type {
	JSON_COLUMN_ORDINALITY,         /* name FOR ORDINALITY */
	JSON_COLUMN_VALUE, JSON_COLUMN_QUERY,
	JSON_COLUMN_NESTED,             /* NESTED path AS name COLUMNS (..) */
};

struct json_column_node {
	struct node node;
	enum json_column_type column_type;
	struct ident_node *name;        /* NESTED: of the path, or NULL */
	struct node *type;
	struct node *path;              /* STRING_LITERAL or NULL */
	enum json_format format;        /* QUERY */
	enum json_wrapper wrapper;
	enum json_quotes quotes;
	enum json_behavior on_empty, on_error;
	struct node *empty_default, *error_default;
	struct node_list columns;       /* NESTED */
};

enum json_plan_type {
	JSON_PLAN_DEFAULT,              /* PLAN DEFAULT (..): both flags */
	JSON_PLAN_LEAF,                 /* a path's name */
	JSON_PLAN_PARENT,               /* list: a LEAF and its child */
	JSON_PLAN_SIBLINGS,             /* list: two or more */
};

struct json_plan_node {
	struct node node;
	enum json_plan_type type;
	bool inner;                     /* DEFAULT, PARENT; else OUTER */
	bool cross;                     /* DEFAULT, SIBLINGS; else UNION */
	struct ident_node *name;        /* LEAF */
	struct node_list list;
};

#endif
