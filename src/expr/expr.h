/* SPDX-License-Identifier: Apache-2.0
 * expr.h - typed expressions: trees in an arena, compiled once to a flat
 * program of vector steps, run over pages.
 *
 * A tree has no coercions left to find: every argument has exactly the type
 * that its function wants (EXPR_CAST nodes do what the binder decided).
 * EXPR_INPUT numbers are symbols in a logical plan and channels in a
 * fragment. */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "func/func.h"

enum expr_kind {
	EXPR_CONST,             /* value */
	EXPR_INPUT,             /* input */
	EXPR_CALL,              /* func(arg...) */
	EXPR_CAST,              /* arg[0] to type; `safe`: TRY_CAST */
	EXPR_AND, EXPR_OR,      /* n >= 2 */
	EXPR_NOT,
	EXPR_IF,                /* condition, then, else: CASE is a chain */
	EXPR_COALESCE,
	EXPR_NULLIF,            /* arg[0] unless arg[1] (comparison) is true:
				 * args: value, boolean */
	EXPR_IN,                /* arg[0] IN (arg[1..]) of one type */
	EXPR_IS_NULL,
	EXPR_TRY,
	EXPR_FIELD,             /* field `input` of a row */
	EXPR_ROW,               /* constructor */
	EXPR_ARRAY,             /* constructor */
	EXPR_LAMBDA,            /* body arg[0]; first parameter is `input` */
	EXPR_KINDS
};

struct expr {
	enum expr_kind kind;
	const struct type *type;
	int n;
	struct expr **arg;
	int input;              /* INPUT, FIELD, LAMBDA */
	int n_params;           /* LAMBDA: parameters input..input+n_params-1
				 * appear as EXPR_INPUT in the body; captured
				 * symbols appear as they are */
	bool safe;              /* CAST */
	struct vec *value;      /* CONST: constant vector of one row, owned by
				 * the arena's owner (expr_const registers it) */
	const struct func *func;        /* CALL */
	int line, column;       /* in the SQL; 0 when made up */
};

/* Expressions of one query share a pool, which owns constants. */
struct expr_pool {
	struct arena *arena;
	struct vec **constants;
	int n, cap;
};
void expr_pool_init(struct expr_pool *p, struct arena *a);
void expr_pool_release(struct expr_pool *p);

struct expr *expr_new(struct expr_pool *p, enum expr_kind kind,
    const struct type *t, int n);       /* arg[] is there, all NULL */
struct expr *expr_input(struct expr_pool *p, int input, const struct type *t);
/* From the bytes of a value; NULL: NULL. */
struct expr *expr_const(struct expr_pool *p, const struct type *t,
    const void *value);
struct expr *expr_const_str(struct expr_pool *p, const struct type *t,
    struct str s);
/* Takes over the reference; v is constant or has one row. */
struct expr *expr_const_vec(struct expr_pool *p, struct vec *v);
struct expr *expr_bool(struct expr_pool *p, bool b);
struct expr *expr_bigint(struct expr_pool *p, int64_t v);
/* arg as type t: itself when equal, else a cast. */
struct expr *expr_cast(struct expr_pool *p, struct expr *arg,
    const struct type *t);
/* A call of an operator or function by name; the argument types must match
 * after coercion, which is added. */
int expr_call(struct expr_pool *p, struct str name, struct expr **arg, int n,
    struct expr **out, struct err *e);
/* Conjunction; n 0: true, 1: the term itself; flattens nested ANDs. */
struct expr *expr_and(struct expr_pool *p, struct expr **term, int n);

bool expr_equal(const struct expr *x, const struct expr *y);
uint64_t expr_hash(const struct expr *x);
bool expr_is_const(const struct expr *x);       /* an EXPR_CONST */
bool expr_is_null_const(const struct expr *x);
bool expr_is_true(const struct expr *x);        /* the constant true */
bool expr_is_false_or_null(const struct expr *x);
bool expr_deterministic(const struct expr *x);
bool expr_can_fail(const struct expr *x);
/* Calls each() with every input number (lambda parameters excluded). */
void expr_inputs(const struct expr *x, void (*each)(void *arg, int input),
    void *arg);
/* A copy in which each input becomes map(arg, input, type). */
struct expr *expr_map_inputs(struct expr_pool *p, const struct expr *x,
    struct expr *(*map)(void *arg, int input, const struct type *t),
    void *arg);
/* As EXPLAIN prints it: names[input], NULL: "$3". */
void expr_print(struct sbuf *to, const struct expr *x,
    const char *(*name)(void *arg, int input), void *arg);

/* Evaluates what has no inputs and is deterministic, and simplifies AND, OR,
 * IF, COALESCE, CAST of constants.  What fails stays as it is (the error
 * comes when, and if, a row is evaluated). */
struct expr *expr_fold(struct expr_pool *p, struct expr *x,
    const struct session_context *session);
/* The value of an expression without inputs as a one-row vector (a reference
 * for the caller). */
int expr_eval_const(const struct expr *x, const struct session_context *s,
    struct vec **out, struct err *e);

/* msgpack form, strict: unknown keys are errors. */
struct mpack_writer;
struct mpack_reader;
void expr_encode(struct mpack_writer *w, const struct expr *x);
int expr_decode(struct expr_pool *p, struct mpack_reader *r,
    struct expr **out, struct err *e);

/* Programs. */

struct program;                 /* immutable after compile; one thread runs */

/* Compiles filter (may be NULL) and n projections over inputs 0..n_inputs-1
 * with the given types.  Common subexpressions are computed once.  The trees,
 * their types and `inputs` must outlive the program, the types its results
 * too. */
int program_compile(const struct expr *filter, struct expr *const *project,
    int n, const struct type *const *inputs, int n_inputs,
    const struct session_context *session, struct program **out,
    struct err *e);
void program_free(struct program **p);
/* Where random() and the like start; by default from the session's query, so
 * programs that run side by side want different seeds. */
void program_seed(struct program *p, uint64_t seed);

/* Which inputs does the filter need (for late materialisation)? */
bool program_filter_needs(const struct program *p, int input);
bool program_needs(const struct program *p, int input);

/* Evaluates the filter over rows 0..rows-1 whose input columns are in
 * in[] (only those that program_filter_needs must be set): fills sel with
 * the row numbers for which it is true, *n_sel of them.  Conjuncts are
 * ordered by cost over selectivity as seen at run time. */
int program_filter(struct program *p, struct vec *const *in, uint32_t rows,
    struct mem_account *account, uint16_t *sel, uint32_t *n_sel,
    struct err *e);
/* Evaluates the projections for rows sel[0..n_sel) (NULL: all): out[i]
 * vectors of n_sel rows, references for the caller.  in[] are whole columns
 * (rows rows). */
int program_project(struct program *p, struct vec *const *in, uint32_t rows,
    const uint16_t *sel, uint32_t n_sel, struct mem_account *account,
    struct vec **out, struct err *e);

#endif
