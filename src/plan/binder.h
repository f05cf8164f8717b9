/* SPDX-License-Identifier: Apache-2.0
 * binder.h - what the files of the binder share: the binder and its calls.
 * Private to src/plan. */
#ifndef PLAN_BINDER_H
#define PLAN_BINDER_H

#include "plan/scope.h"

struct with_entry {
	const struct with_entry *next;
	struct str name;
	struct relation relation;
	bool used;              /* the plan has gone into the tree once */
};

enum { LAMBDA_BASE = 1 << 24 };

struct binder {
	struct arena *arena;
	struct expr_pool *pool;
	const struct plan_session *session;
	struct plan *plan;
	struct err *err;
	int depth;
	int next_lambda;
	struct with_entry *with;
	struct node_list parameters;    /* values of EXECUTE .. USING */
	/* DESCRIBE: parameters without values are NULLs, and what they are
	 * coerced to is noted; NULL: each must have a value. */
	const struct type **parameter_types;
	bool writes;
};

/* Sets the error at a node; returns the negative code. */
int bind_error(struct binder *b, const struct node *at, enum err_code code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Gives the error that is set the node's place if it has none; -code. */
int bind_place(struct binder *b, const struct node *at);
int bind_enter(struct binder *b);       /* depth; STACK_OVERFLOW */
static inline void bind_leave(struct binder *b) { b->depth--; }
int bind_unsupported(struct binder *b, const struct node *at,
    const char *what);
const char *bind_type_text(struct binder *b, const struct type *t);
const char *bind_node_text(struct binder *b, const struct node *n);
const char *bind_str(struct binder *b, struct str s);

/* bind_scope.c */
void field_add(struct binder *b, struct field_list *l, const struct field *f);
struct field field_of_symbol(struct binder *b, int symbol, const char *name);
/* Finds a column by name parts (lower).  1: found in *out, with *outer when
 * it belongs to an enclosing query; 0: not found; negative: ambiguous. */
int scope_resolve(struct binder *b, const struct scope *s,
    const struct node *at, const struct str *parts, int n,
    struct field **out);
bool scope_has_prefix(const struct scope *s, const struct str *parts, int n);
bool field_matches(const struct field *f, const struct str *parts, int n);

/* bind_expr.c */
int bind_expr(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);
int bind_exprs(struct binder *b, struct expr_context *c,
    const struct node_list *l, struct expr ***out);
/* A condition: must be boolean (or unknown), else TYPE_MISMATCH with
 * "WHAT must evaluate to a boolean: actual type T". */
int bind_condition(struct binder *b, struct expr_context *c, struct node *n,
    const char *what, struct expr **out);
struct expr *bind_coerce(struct binder *b, struct expr *x,
    const struct type *t);
/* The common type of n expressions, which are coerced to it; what is the
 * head of Trino's message. nodes[i] are their places. */
int bind_common(struct binder *b, const char *what, struct node *const *nodes,
    struct expr **v, int n);
int bind_compare(struct binder *b, const struct node *at, int op,
    struct expr *left, struct expr *right, struct expr **out);
struct expr *bind_not(struct binder *b, struct expr *x);
struct expr *bind_is_null(struct binder *b, struct expr *x);
struct expr *bind_if(struct binder *b, struct expr *condition,
    struct expr *then, struct expr *otherwise);
/* A function that must exist; the place is the node's. */
int bind_call_named(struct binder *b, const struct node *at, const char *name,
    struct expr **args, int n, struct expr **out);
/* An expression without columns, folded to a constant. */
int bind_constant(struct binder *b, struct node *n, struct expr **out);

/* bind_expr_*.c: one kind of node each family; used by bind_expr only. */
int bind_literal(struct binder *b, struct node *n, struct expr **out);
int bind_type(struct binder *b, const struct node *n,
    const struct type **out);
int bind_call(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);
int bind_call_args(struct binder *b, struct expr_context *c, struct node *n,
    struct func_match *match, struct expr ***out);
int bind_predicate(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);
int bind_conditional(struct binder *b, struct expr_context *c,
    struct node *n, struct expr **out);
int bind_subquery_expr(struct binder *b, struct expr_context *c,
    struct node *n, struct expr **out);
int bind_special(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);
int bind_window_call(struct binder *b, struct expr_context *c,
    struct node *n, struct expr **out);
int bind_current(struct binder *b, const struct current_node *n,
    struct expr **out);
int bind_json(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);

/* bind_agg.c */
int bind_agg_call(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out);
/* Aggregates, windows and grouping() in the expression (not in subqueries):
 * error "WHAT cannot contain aggregations, ...". */
int bind_no_aggregates(struct binder *b, struct node *n, const char *what);
bool bind_has_aggregate(struct node *n);
bool bind_has_window(struct node *n);
struct node *bind_first_window(struct node *n);
bool bind_is_aggregate(const struct node *n);

/* bind_query.c */
int bind_query(struct binder *b, const struct query_node *q,
    const struct scope *outer, struct relation *out);
int bind_body(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out);
int bind_set_operation(struct binder *b, struct node *n,
    const struct scope *outer, struct relation *out);
int bind_values(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out);
/* ORDER BY, OFFSET, LIMIT over a relation whose keys are symbols. */
int bind_limits(struct binder *b, struct node *offset, struct node *limit,
    bool ordered, struct plan_node **node);
/* WITH RECURSIVE: the step unrolled. */
int bind_recursive(struct binder *b, const struct with_query_node *w,
    const struct scope *outer, struct relation *out);
void bind_trim_columns(struct binder *b, struct relation *r);
int bind_with(struct binder *b, const struct with_node *w,
    const struct scope *outer);

/* bind_order.c: ORDER BY over `node`, which gets a sort; keys that are no
 * columns yet are computed below it. */
struct order_build {
	const struct scope *scope;
	const struct node *at;  /* named when a type cannot be ordered */
	const struct field_list *fields;        /* for ordinals */
	struct plan_node *node;
};
int bind_order(struct binder *b, const struct operands_node *o,
    struct order_build *build);
struct plan_order bind_sort_item(const struct sort_item_node *s, int symbol);
struct plan_node *bind_sort(struct binder *b, struct plan_node *child,
    const struct plan_order *v, int n);

/* bind_select.c */
int bind_select(struct binder *b, const struct query_spec_node *q,
    const struct scope *outer, struct relation *out);
struct plan_node *bind_attach(struct binder *b, struct plan_node *n,
    struct subquery_list *l);

/* bind_from.c, bind_table.c */
int bind_from(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out);
int bind_table(struct binder *b, struct node *n, struct relation *out);
int bind_alias(struct binder *b, const struct aliased_node *n,
    struct relation *r);
int bind_sampled(struct binder *b, const struct sampled_node *n,
    struct relation *r);
int bind_file_table(struct binder *b, struct node *n, struct relation *out);
int bind_join(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out);
int bind_unnest(struct binder *b, struct node *n, const struct scope *outer,
    struct plan_node *left, struct relation *out);

/* bind_name.c: names of catalogs, schemas, tables. */
struct table_name {
	const char *catalog, *schema, *name;
};
/* NULL name parts come from the session; catalogs need not exist. */
int bind_table_name(struct binder *b, const struct name_node *n,
    struct table_name *out);
int bind_schema_name(struct binder *b, const struct name_node *n,
    const struct node *at, struct table_name *out);
/* The catalog's connector; *out NULL: no such catalog. */
struct conn *bind_catalog(struct binder *b, const char *name);
/* The connector, schema and name by which a table is asked for. */
int bind_find_table(struct binder *b, const struct table_name *t,
    struct conn **conn, struct conn_table **out);
int bind_has_schema(struct binder *b, struct conn *c, const char *schema,
    bool *out);
int bind_tx(struct binder *b, struct conn *c, struct conn_tx **out);
int bind_access(struct binder *b, enum access_action action,
    const struct table_name *t, const char *column);

/* bind_show.c, bind_define.c, bind_setting.c: fill b->plan. */
int bind_show(struct binder *b, struct node *n);
int bind_describe(struct binder *b, struct node *n);
int bind_define(struct binder *b, struct node *n);
int bind_setting(struct binder *b, struct node *n);
int bind_write(struct binder *b, struct node *n);
int bind_session_value(struct binder *b,
    const struct session_property_node *n, struct plan *p);
int bind_set_role(struct binder *b, const struct node *n);
int bind_parse_expression(struct binder *b, const char *sql,
    struct node **out);
/* No property is known: the first one's error. */
int bind_table_properties(struct binder *b, const struct node_list *l,
    const char *catalog, const char *what);
/* A query as the whole statement. */
int bind_root(struct binder *b, const struct query_node *q);
/* SQL made by ourselves, with the session's catalogs. */
int bind_sql(struct binder *b, struct str sql);
/* An answer of constant rows: names, types and texts (NULL p: NULL). */
struct plan_node *bind_rows(struct binder *b, const char *const *names,
    const struct type *const *types, int columns, struct expr **v,
    int rows);
/* bind_statement.c */
int bind_statement(struct binder *b, struct node *n);
int bind_nested_statement(struct binder *b, struct node *n,
    struct plan **out);

#endif
