/* SPDX-License-Identifier: Apache-2.0
 * ast_expr.h - expression nodes; include sql/ast.h.
 *
 * As Trino's parser does, some syntax becomes a plain call: a || b is
 * concat(a, b) with the place of the ||, SUBSTRING(a FROM b FOR c) is
 * substr(a, b, c), POSITION(a IN b) is strpos(b, a), NORMALIZE(a, NFC) is
 * "normalize"(a, 'NFC'), LISTAGG(x, s ON OVERFLOW ..) is LISTAGG with five
 * arguments: value, separator, fail on overflow (boolean), filler, with
 * count (boolean). */
#ifndef SQL_AST_EXPR_H
#define SQL_AST_EXPR_H

struct boolean_literal_node {
	struct node node;
	bool value;
};

/* INTEGER of any base (also row counts, precisions).  The minus of a number
 * belongs to the literal: -1 is no UNARY. */
struct long_literal_node {
	struct node node;
	int64_t value;
	struct str text;                /* as written: 0x1F, 1_000, -5 */
};

struct double_literal_node {
	struct node node;
	double value;
	struct str text;                /* as written */
};

/* DECIMAL_LITERAL: as written with its minus, but without _;
 * STRING_LITERAL: the value; BINARY_LITERAL: the decoded bytes. */
struct text_literal_node {
	struct node node;
	struct str value;
};

/* DATE '2001-01-01': type as written (a DOUBLE PRECISION is DOUBLE). */
struct generic_literal_node {
	struct node node;
	struct ident_node *type;
	struct str value;
};

/* The index-th ? of the statement, from 0. */
struct parameter_node {
	struct node node;
	int index;
};

/* BINARY: + - * / %, place: the operator.  NULLIF: first, second.
 * AT_TIME_ZONE: value, zone (STRING_ or INTERVAL_LITERAL, or any
 * expression), place: AT. */
struct binary_node {
	struct node node;
	char op;                        /* BINARY only: + - * / % */
	struct node *left, *right;
};

/* a AND b AND c is one node of three terms; place: the first term's start.
 * Terms of a nested node of the same operator stand in parentheses. */
struct logical_node {
	struct node node;
	bool is_or;
	struct node_list terms;
};

enum compare_op { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

/* Predicates: place is the predicate's first token (operator, NOT, IS, ..).
 * In the WHEN of a simple CASE the left side (value) may be NULL: it is the
 * operand of the CASE then. */
struct compare_node {
	struct node node;
	enum compare_op op;
	struct node *left, *right;
};

struct between_node {
	struct node node;
	bool negated, symmetric;
	bool asymmetric;                /* the word was written */
	struct node *value, *min, *max;
};

struct in_list_node {
	struct node node;
	bool negated;
	struct node *value;
	struct node_list list;
};

struct in_query_node {
	struct node node;
	bool negated;
	struct node *value;
	struct node *query;             /* struct unary_node, SUBQUERY */
};

struct like_node {
	struct node node;
	bool negated;
	struct node *value, *pattern;
	struct node *escape;            /* or NULL */
};

struct test_node {                      /* value IS [NOT] NULL */
	struct node node;
	bool negated;
	struct node *value;
};

enum truth_value { TRUTH_TRUE, TRUTH_FALSE, TRUTH_UNKNOWN };

struct boolean_test_node {              /* value IS [NOT] TRUE */
	struct node node;
	bool negated;
	enum truth_value truth;
	struct node *value;
};

/* left IS [NOT] DISTINCT FROM right; left OVERLAPS right (rows of two). */
struct compare_from_node {
	struct node node;
	bool negated;
	struct node *left, *right;
};

enum quantifier { QUANT_ALL, QUANT_ANY, QUANT_SOME };

struct quantified_node {                /* value op ALL (query) */
	struct node node;
	enum compare_op op;
	enum quantifier quantifier;
	struct node *value;
	struct node *query;             /* SUBQUERY */
};

enum match_type { MATCH_DEFAULT, MATCH_SIMPLE, MATCH_PARTIAL, MATCH_FULL };

struct match_node {                     /* value MATCH [UNIQUE] (query) */
	struct node node;
	bool unique;
	enum match_type type;
	struct node *value;
	struct node *query;             /* SUBQUERY */
};

/* ROW(a, b AS n) and (a, b).  Items: expressions, or ROW_ITEM when named. */
struct row_node {
	struct node node;
	struct node_list items;
};

struct row_item_node {
	struct node node;
	struct node *value;
	struct ident_node *name;
};

struct array_node {                     /* ARRAY[..] and [..] */
	struct node node;
	struct node_list items;
};

struct subscript_node {                 /* base[index] */
	struct node node;
	struct node *base, *index;
};

/* base.field.  field NULL: label.* as the only argument of a call. */
struct dereference_node {
	struct node node;
	struct node *base;
	struct ident_node *field;
};

enum null_treatment { NULLS_DEFAULT, NULLS_IGNORE, NULLS_RESPECT };
enum processing_mode { PROCESS_DEFAULT, PROCESS_RUNNING, PROCESS_FINAL };

/* name(args): place is the name's (or RUNNING's) start. */
struct call_node {
	struct node node;
	struct name_node *name;
	struct node_list args;          /* expressions; named: ARGUMENT */
	bool star;                      /* count(*): no args */
	bool distinct;
	enum processing_mode mode;
	enum null_treatment nulls;
	struct node *order_by;          /* ORDER_BY or NULL */
	struct node *filter;            /* the condition or NULL */
	struct node *over;              /* WINDOW, IDENT (a name) or NULL */
};

/* name => value: calls, CALL, table functions (value may be a
 * TABLE_ARGUMENT or DESCRIPTOR there). */
struct argument_node {
	struct node node;
	struct ident_node *name;
	struct node *value;
};

/* receiver.method(args), Type::method(args). */
struct method_call_node {
	struct node node;
	struct node *receiver;          /* an expression; static: NAME */
	struct ident_node *method;
	struct node_list args;
};

/* measure OVER w: a row pattern measure of a window. */
struct window_operation_node {
	struct node node;
	struct ident_node *name;
	struct node *over;              /* WINDOW or IDENT */
};

struct lambda_node {
	struct node node;
	struct node_list params;        /* IDENT */
	struct node *body;
};

struct case_node {
	struct node node;
	struct node *operand;           /* SEARCHED_CASE: NULL */
	struct node_list whens;         /* WHEN */
	struct node *otherwise;         /* ELSE or NULL */
};

/* SEARCHED: a condition.  SIMPLE: an expression (compared for equality) or
 * a predicate without left side (CASE x WHEN > 5 THEN ..). */
struct when_node {
	struct node node;
	struct node *condition;
	struct node *result;
};

struct if_node {
	struct node node;
	struct node *condition, *then;
	struct node *otherwise;         /* or NULL */
};

struct cast_node {
	struct node node;
	struct node *value;
	struct node *type;              /* a type node */
	bool safe;                      /* TRY_CAST */
};

struct extract_node {
	struct node node;
	struct ident_node *field;       /* checked: one that Trino knows;
					 * lower is its name, "day_of_week" */
	struct node *value;
};

enum trim_spec { TRIM_BOTH, TRIM_LEADING, TRIM_TRAILING };

struct trim_node {
	struct node node;
	enum trim_spec spec;
	struct node *chars;             /* or NULL */
	struct node *value;
};

struct overlay_node {
	struct node node;
	struct node *value, *replacement, *start;
	struct node *length;            /* or NULL */
};

enum current_what {
	CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP, CURRENT_LOCALTIME,
	CURRENT_LOCALTIMESTAMP, CURRENT_USER, CURRENT_CATALOG,
	CURRENT_SCHEMA, CURRENT_PATH,
};

struct current_node {
	struct node node;
	enum current_what what;
	int precision;                  /* -1: not given */
};

#endif
