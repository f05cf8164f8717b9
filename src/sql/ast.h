/* SPDX-License-Identifier: Apache-2.0
 * ast.h - the tree of a parsed statement: node kinds, what all nodes share,
 * and what can be done with any of them.
 *
 * Every kind has one struct, named after it (NODE_CALL: struct call_node),
 * whose first member is a struct node, so that pointers are cast freely.
 * Nodes, lists and texts live in the arena given to the parser and are
 * read-only afterwards.  An absent optional child is NULL, an absent list is
 * empty.  Texts are UTF-8 slices: decoded values (quotes and escapes gone)
 * unless said otherwise.
 *
 * ast_expr.h has expressions, ast_json.h types and the JSON functions,
 * ast_query.h queries and relations, ast_window.h windows and row patterns,
 * ast_stmt.h statements, ast_grant.h privileges and routines; this header
 * includes them at its end. */
#ifndef SQL_AST_H
#define SQL_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* X(KIND, struct name without _node).  The names are Trino's. */
#define NODE_KINDS_EXPR(X) \
	X(IDENT, ident) X(NAME, name) \
	X(NULL_LITERAL, plain) X(BOOLEAN_LITERAL, boolean_literal) \
	X(LONG_LITERAL, long_literal) X(DECIMAL_LITERAL, text_literal) \
	X(DOUBLE_LITERAL, double_literal) X(STRING_LITERAL, text_literal) \
	X(BINARY_LITERAL, text_literal) X(GENERIC_LITERAL, generic_literal) \
	X(INTERVAL_LITERAL, interval_literal) X(PARAMETER, parameter) \
	X(ALL_ROWS, plain) X(UNARY, unary) X(BINARY, binary) X(NOT, unary) \
	X(LOGICAL, logical) X(COMPARE, compare) X(BETWEEN, between) \
	X(IN_LIST, in_list) X(IN_QUERY, in_query) X(LIKE, like) \
	X(IS_NULL, test) X(BOOLEAN_TEST, boolean_test) \
	X(DISTINCT_FROM, compare_from) X(QUANTIFIED, quantified) \
	X(MATCH, match) X(OVERLAPS, compare_from) X(EXISTS, unary) \
	X(UNIQUE, unary) X(SUBQUERY, unary) X(ROW, row) \
	X(ROW_ITEM, row_item) X(ARRAY, array) X(SUBSCRIPT, subscript) \
	X(WILDCARD_SUBSCRIPT, unary) X(DEREFERENCE, dereference) \
	X(CALL, call) X(ARGUMENT, argument) X(METHOD_CALL, method_call) \
	X(STATIC_METHOD_CALL, method_call) X(WINDOW_OPERATION, window_operation) \
	X(LAMBDA, lambda) X(SIMPLE_CASE, case) X(SEARCHED_CASE, case) \
	X(WHEN, when) X(COALESCE, operands) X(IF, if) X(NULLIF, binary) \
	X(TRY, unary) X(FORMAT, operands) X(CAST, cast) X(EXTRACT, extract) \
	X(TRIM, trim) X(OVERLAY, overlay) X(AT_TIME_ZONE, binary) \
	X(AT_LOCAL, unary) X(CURRENT, current) X(GROUPING, operands) \
	X(JSON_EXISTS, json_exists) X(JSON_VALUE, json_value) \
	X(JSON_QUERY, json_query) X(JSON_OBJECT, json_object) \
	X(JSON_ARRAY, json_array) X(JSON_PATH, json_path) \
	X(JSON_PASSING, json_passing) X(JSON_MEMBER, json_member) \
	X(GENERIC_TYPE, generic_type) X(DATETIME_TYPE, datetime_type) \
	X(INTERVAL_TYPE, interval_type) X(ROW_TYPE, row_type) \
	X(ROW_TYPE_FIELD, row_type_field)
#define NODE_KINDS_QUERY(X) \
	X(QUERY, query) X(WITH, with) X(WITH_QUERY, with_query) \
	X(SESSION_PROPERTY, session_property) \
	X(QUERY_SPEC, query_spec) X(SET_OPERATION, set_operation) \
	X(CORRESPONDING, columns) X(VALUES, operands) \
	X(TABLE_SUBQUERY, unary) X(TABLE, table) X(FILE_TABLE, file_table) \
	X(QUERY_PERIOD, query_period) X(SINGLE_COLUMN, single_column) \
	X(ALL_COLUMNS, all_columns) X(GROUP_BY, group_by) \
	X(SIMPLE_GROUP_BY, operands) X(GROUPING_SETS, grouping_sets) \
	X(AUTO_GROUP_BY, plain) X(ORDER_BY, operands) X(SORT_ITEM, sort_item) \
	X(OFFSET, unary) X(LIMIT, unary) X(FETCH_FIRST, fetch_first) \
	X(ALIASED, aliased) X(JOIN, join) X(SAMPLED, sampled) \
	X(UNNEST, unnest) X(LATERAL, unary) X(NEAREST, nearest) \
	X(PIVOT, pivot) X(PIVOT_AGGREGATION, single_column) \
	X(PIVOT_VALUES, pivot_values) \
	X(TABLE_FUNCTION, table_function) \
	X(TABLE_ARGUMENT, table_argument) X(DESCRIPTOR, operands) \
	X(DESCRIPTOR_FIELD, descriptor_field) \
	X(JSON_TABLE, json_table) X(JSON_COLUMN, json_column) \
	X(JSON_PLAN, json_plan) X(MATCH_RECOGNIZE, match_recognize) \
	X(MEASURE, measure) X(SKIP_TO, skip_to) X(SUBSET, subset) \
	X(VARIABLE_DEFINITION, measure) X(PATTERN, pattern) \
	X(WINDOW, window) X(WINDOW_DEFINITION, window_definition) \
	X(WINDOW_FRAME, window_frame) X(FRAME_BOUND, frame_bound)
#define NODE_KINDS_STMT(X) \
	X(USE, use) X(CREATE, create) X(DROP, drop) X(ALTER, alter) \
	X(COLUMN_DEFINITION, column_definition) X(LIKE_CLAUSE, like_clause) \
	X(COLUMN_POSITION, column_position) X(PROPERTY, property) \
	X(INSERT, insert) X(DELETE, delete) X(UPDATE, update) \
	X(ASSIGNMENT, property) X(MERGE, merge) X(MERGE_CASE, merge_case) \
	X(TRUNCATE, named) X(REFRESH, named) X(COMMENT, comment) \
	X(ANALYZE, analyze) X(CALL_PROCEDURE, call_procedure) \
	X(TABLE_EXECUTE, table_execute) \
	X(GRANT, grant) X(GRANT_OBJECT, grant_object) X(PRINCIPAL, principal) \
	X(SET_ROLE, set_role) X(EXPLAIN, explain) X(SHOW, show) \
	X(SET_SESSION, session_property) X(RESET_SESSION, named) \
	X(SET_SESSION_AUTHORIZATION, unary) \
	X(RESET_SESSION_AUTHORIZATION, plain) \
	X(SET_TIME_ZONE, unary) X(SET_PATH, operands) \
	X(PATH_ELEMENT, use) X(START_TRANSACTION, start_transaction) \
	X(COMMIT, plain) X(ROLLBACK, plain) X(PREPARE, prepare) \
	X(DEALLOCATE, named) X(EXECUTE, execute) X(DESCRIBE, describe) \
	X(FUNCTION, function) X(FUNCTION_PARAMETER, row_type_field) \
	X(CHARACTERISTIC, characteristic) X(RETURN, unary) \
	X(SET_VARIABLE, property) X(DECLARE, declare) \
	X(COMPOUND, compound) X(CASE_STATEMENT, case_statement) \
	X(IF_STATEMENT, case_statement) X(STATEMENT_BRANCH, statement_branch) \
	X(LOOP, loop) X(WHILE, loop) X(REPEAT, loop) \
	X(ITERATE, named) X(LEAVE, named)
#define NODE_KINDS(X) \
	NODE_KINDS_EXPR(X) NODE_KINDS_QUERY(X) NODE_KINDS_STMT(X)

enum node_kind {
	NODE_NONE,
#define NODE_ENUM(kind, name) NODE_##kind,
	NODE_KINDS(NODE_ENUM)
#undef NODE_ENUM
	NODE_KIND_COUNT
};

/* What all nodes begin with.  line and column are the place that Trino
 * reports for the node, from 1, counted in code points: the first token's
 * mostly, the operator's for binary operators and predicates (see each
 * struct).  start is the byte offset of the node's first token in the text
 * that was parsed, end the offset behind its last. */
struct node {
	enum node_kind kind;
	int line, column;
	uint32_t start, end;
};

struct node_list {
	struct node **v;
	int n, cap;
};

/* "CALL", "QUERY_SPEC": for messages and tests. */
const char *node_kind_name(enum node_kind kind);

/* Same tree?  Places do not count, nor does how a literal was spelt when its
 * value is the same; identifiers compare without regard to case (ASCII)
 * unless both are quoted, as Trino's do.  NULL equals NULL only. */
bool node_equal(const struct node *a, const struct node *b);
/* Equal trees have equal hashes. */
uint64_t node_hash(const struct node *n);
bool node_list_equal(const struct node_list *a, const struct node_list *b);

/* Calls each() on every direct child, in the order of the text mostly,
 * until it answers other than 0, which is then the result. */
int node_children(const struct node *n,
    int (*each)(void *arg, struct node *child), void *arg);
/* Calls each() on n and all below it, parents first, until it answers a
 * negative number (the result); 1 skips what is below that node. */
int node_walk(struct node *n, int (*each)(void *arg, struct node *n),
    void *arg);
/* A copy in arena a, texts and all. */
struct node *node_copy(struct arena *a, const struct node *n);

/* A node without own fields: NULL, COMMIT, GROUP BY AUTO, ... */
struct plain_node {
	struct node node;
};

/* A name as written: value keeps its case, quotes removed and "" undone.
 * lower is the lower-case form by which names resolve (catalogs, schemas,
 * tables, columns and functions are all found by it). */
struct ident_node {
	struct node node;
	struct str value;
	struct str lower;
	bool quoted;
};

/* a.b.c; place: the first part's. */
struct name_node {
	struct node node;
	struct node_list parts;         /* struct ident_node, at least one */
};

/* One child: NOT (value is negated), EXISTS, UNIQUE and SUBQUERY (value is a
 * struct query_node), TRY, AT LOCAL (place: AT), x[*] (WILDCARD_SUBSCRIPT),
 * TABLE_SUBQUERY and LATERAL (query), OFFSET and LIMIT (row count: LONG_LITERAL,
 * PARAMETER or ALL_ROWS), RETURN, SET TIME ZONE (NULL: LOCAL), SET SESSION
 * AUTHORIZATION (IDENT or STRING_LITERAL), and UNARY itself, with its sign. */
struct unary_node {
	struct node node;
	char sign;                      /* UNARY: '+' or '-'; else 0 */
	struct node *value;
};

/* A list: COALESCE, FORMAT, GROUPING (columns), VALUES (rows: expressions; a
 * ROW spreads over the columns), SIMPLE_GROUP_BY (one element: its column,
 * or several in parentheses, or none for ()), ORDER_BY (SORT_ITEMs),
 * DESCRIPTOR (fields; empty: CAST(NULL AS DESCRIPTOR)), SET_PATH. */
struct operands_node {
	struct node node;
	struct node_list list;
};

/* A list of identifiers: CORRESPONDING [(columns)]. */
struct columns_node {
	struct node node;
	struct node_list columns;
};

#include "sql/ast_expr.h"
#include "sql/ast_json.h"
#include "sql/ast_query.h"
#include "sql/ast_window.h"
#include "sql/ast_stmt.h"
#include "sql/ast_grant.h"

#endif
