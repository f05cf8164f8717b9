/* SPDX-License-Identifier: Apache-2.0
 * scope.h - scopes, contexts of expressions, bound relations, and what is
 * met in expressions and put below them.  Private to src/plan. */
#ifndef PLAN_SCOPE_H
#define PLAN_SCOPE_H

#include "plan/bind.h"
#include "plan/tree.h"
#include "sql/ast.h"
#include "type/coerce.h"

/* The table column that a column is, for DESCRIBE OUTPUT. */
struct origin {
	const char *catalog, *schema, *table;   /* NULL: none */
	bool aliased;
};

/* A column that can be named. */
struct field {
	const char *name;       /* as written; NULL: none */
	struct str lower;
	struct str qualifier[3]; /* relation, schema, catalog: lower case */
	int n_qualifier;
	const struct type *type;
	int symbol;
	bool hidden;            /* not in SELECT * */
	struct origin origin;
	/* ORDER BY sees an output column as the expression behind it. */
	struct expr *expr;      /* NULL: the symbol */
};

struct field_list {
	struct field *v;
	int n, cap;
};

struct scope {
	const struct scope *parent;     /* of an outer query or, for LATERAL,
					 * the join's left side */
	struct field_list fields;
	bool query_boundary;    /* the parent is another query's */
	const char *forbidden;  /* naming these is an error: "RIGHT JOIN" */
};

/* A bound relation or query: its plan and what can be named of it. */
struct relation {
	struct plan_node *node;
	struct field_list fields;
};

/* A subquery met in an expression, to be applied below where the expression
 * is evaluated. */
struct subquery {
	enum plan_apply_kind kind;
	struct plan_node *node;
	int symbol;
	struct expr *operand;
	enum plan_compare compare;
	bool all;
	int line, column;
	struct node *ast;
};

struct subquery_list {
	struct subquery *v;
	int n, cap;
};

/* An aggregate call: arguments are expressions still. */
struct agg_call {
	struct plan_agg agg;
	struct expr **args;
	struct expr *filter;
	struct expr **order;    /* agg.n_order keys */
};

struct agg_list {
	struct agg_call *v;
	int n, cap;
};

struct window_call {
	struct plan_window_func func;
	struct expr **args;
	int n_partition, n_order;
	struct expr **partition, **order_expr;
	struct plan_order *order;       /* symbols unset */
	struct expr *start, *end;
	struct node *ast;       /* the call */
	struct node *const *partition_ast, *const *order_ast;
};

struct window_list {
	struct window_call *v;
	int n, cap;
};

/* grouping(a, b): becomes an expression over the group id later. */
struct grouping_call {
	int symbol;
	int n;
	struct expr **args;
	int line, column;
};

struct grouping_list {
	struct grouping_call *v;
	int n, cap;
};

struct lambda_scope {
	const struct lambda_scope *parent;
	int n;
	const struct str *names;        /* lower */
	const struct type *const *types;
	int first;              /* input number of the first parameter */
};

/* Where an expression stands. */
struct expr_context {
	const struct scope *scope;
	const struct lambda_scope *lambda;
	struct subquery_list *subqueries; /* NULL: not allowed here */
	struct agg_list *aggs;          /* NULL: aggregates are errors that
					 * the caller has reported */
	struct subquery_list *agg_subqueries;   /* those within aggregates */
	struct window_list *windows;
	struct grouping_list *groupings;
	const struct node_list *window_definitions;
	const struct node *grouping_query;      /* the SELECT */
	bool in_agg, in_window, in_lambda;
	bool in_grouping;
	bool in_window_args;    /* else in its specification */
	bool constant;          /* no column references */
	struct expr *operand;   /* of the CASE around a WHEN > 5 */
};

#endif
