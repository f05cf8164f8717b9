/* SPDX-License-Identifier: Apache-2.0
 * func.h - functions as records in tables: scalar, aggregate.
 *
 * A family is one file with one const table; func.c lists the tables.  Adding
 * a function is one kernel and one row.
 *
 * Signatures are texts in Trino's notation, e.g.
 *      "substr(varchar(x),bigint):varchar(x)"   numeric variables x, p, s
 *      "contains(array(T),T):boolean"           type variables, upper case
 *      "concat(varchar...):varchar"             the last repeats
 * Type variables can be constrained: "=T" comparable, "<T" orderable, in
 * front of the name: "max(<T):<T".  Where the result's parameters need
 * arithmetic, resolve() computes them. */
#ifndef FUNC_FUNC_H
#define FUNC_FUNC_H

#include "page/build.h"
#include "page/page.h"
#include "type/type.h"

enum { FUNC_MAX_ARGS = 128 };

/* Names of operators for func_find(): "+" "-" "*" "/" "%" "=" "<>" "<" "<="
 * ">" ">=" "IS DISTINCT FROM" with two arguments, "-" with one, "[]"
 * (subscript of array or map), "LIKE" (value, pattern[, escape]). */

/* What a kernel may know of the world: the session and the query.  Read-only
 * while a query runs, shared by all its threads, but cancel. */
struct session_context {
	int zone;               /* session time zone id */
	int64_t start_micros;   /* query start, UTC since 1970 */
	struct str user, catalog, schema, query_id, version;
	const char *locale;
	atomic_int *cancel;     /* nonzero: stop; may be NULL */
};

/* Per program and thread. */
struct eval {
	const struct session_context *session;
	struct mem_account *account;    /* results are charged here */
	struct arena *scratch;          /* reset after each page */
	uint64_t (*random)(void *arg);  /* 64 uniform bits */
	void *random_arg;
	/* Errors of rows, kept until it is known which rows count: kernels
	 * call eval_row_error(). */
	struct eval_errors *errors;
	/* eval_heap()'s current block. */
	struct vec *heap_owner;
	char *heap_at, *heap_end;
	size_t heap_block;
};

/* Row errors of one evaluation: which rows (up to PAGE_ROWS), and the first
 * one's text.  quiet: inside TRY, where nobody will read the text of errors
 * that TRY catches (others are fatal); catch_all: inside TRY_CAST. */
struct eval_errors {
	uint32_t n;             /* errors recorded */
	int quiet;
	bool catch_all, fatal;
	uint64_t failed[BITMAP_WORDS];
	struct err first;
};
void eval_errors_clear(struct eval_errors *errors);

/* Records that row `row` (of the page) failed; the row's result is NULL
 * from then on.  The first error of a row stays. */
void eval_row_error(struct eval *ev, uint32_t row, enum err_code code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The rows that a kernel is asked for: sel[0..n), or 0..n-1 when sel is
 * NULL.  A kernel may compute more rows of a dense page if that cannot fail
 * (it may not record errors for rows not asked for). */
struct rows_sel {
	const uint16_t *sel;
	uint32_t n;             /* rows asked for */
	uint32_t page_rows;     /* rows of the page */
};

/* A lambda as its function sees it.  apply() evaluates the body for n
 * elements: args[] are its parameters, flat or constant vectors of n rows (n
 * may exceed PAGE_ROWS); rows[i] is the page's row that element i belongs to
 * (for captured columns; ascending).  Errors go to those rows.  *out: n
 * results, any form, a reference for the caller. */
struct lambda {
	int n_params;
	const struct type *result;
	int (*apply)(struct lambda *l, struct eval *ev,
	    const struct vec *const *args, const uint32_t *rows, uint32_t n,
	    struct vec **out, struct err *e);
};

struct func_args {
	int n;
	/* Flat or constant, unless the record says FUNC_TAKES_DICT.  With
	 * default NULL handling the rows of *sel have no NULL argument. */
	const struct vec *const *v;
	struct lambda *const *lambda;   /* [i] set where an argument is one */
	const struct type *const *types;
	const struct type *result;
	const void *bound;              /* what prepare() made, or NULL */
};

/* Writes rows *sel of out, a flat vector of the result type whose bitmap is
 * all-valid or absent (then vec_make_nullable() first); for REP_STR results
 * heap memory comes from eval_heap().  List and row results: the kernel
 * builds a vector and stores it in *out instead (dropping the given one).
 * 0 or a negative code for errors that end the query (memory). */
typedef int (*func_kernel)(struct eval *ev, const struct func_args *args,
    const struct rows_sel *sel, struct vec **out, struct err *e);

/* The rows of *sel for which a boolean function of fixed-width arguments is
 * true, in order, into out[] (room for page_rows); returns how many.  Rows
 * with NULL arguments may appear: the caller takes them out. */
typedef uint32_t (*func_select)(const struct func_args *args,
    const struct rows_sel *sel, uint16_t *out);

/* n bytes that live as long as vector v. */
char *eval_heap(struct eval *ev, struct vec *v, size_t n, struct err *e);
/* Gives v (being built) a bitmap; NULL on refusal. */
uint64_t *vec_make_nullable(struct eval *ev, struct vec *v, struct err *e);

enum func_flags {
	FUNC_NULL_CALLS = 1,    /* called for NULL arguments as well */
	FUNC_NONDETERMINISTIC = 2,
	FUNC_TAKES_DICT = 4,    /* arguments in any form */
	FUNC_CANNOT_FAIL = 8,   /* never records an error */
	FUNC_HIDDEN = 16,       /* not in SHOW FUNCTIONS */
	FUNC_OPERATOR = 32,     /* named by an operator: "+", "=", "[]", ... */
};

struct func {
	const char *signature;
	unsigned flags;
	func_kernel kernel;
	/* NULL: the signature says all.  Fills the result type (and may change
	 * arg types it wants coerced) from the actual argument types. */
	int (*resolve)(struct arena *a, const struct type **args, int n,
	    const struct type **result, struct err *e);
	/* NULL: nothing to prepare.  Called once a program with the constant
	 * arguments (value[i] NULL where not constant), e.g. to compile a
	 * pattern; *bound is freed by unprepare. */
	int (*prepare)(const struct type *const *types,
	    const struct vec *const *value, int n, void **bound,
	    struct err *e);
	void (*unprepare)(void *bound);
	const char *help;       /* SHOW FUNCTIONS' description */
	/* NULL: none for these types. */
	func_select (*select)(const struct type *const *types);
};

/* Window functions that are no aggregates: their signature; ops/ knows what
 * they do by name. */
struct window_func {
	const char *signature;
	const char *help;
};

/* Aggregates.  A group's state is state_size bytes (a multiple of 8, zeroed
 * before init) inside a row of a row table; variable parts are in the heap
 * that ctx gives.  rows[i] + offset is the state for argument row i. */
struct agg_context {
	struct eval *ev;
	const struct type *const *types;        /* of the arguments */
	int n_args;
	const struct type *intermediate, *result;
	struct arena *heap;     /* lives with the group states */
	struct mem_account *account; /* what heap holds is charged here by ops */
	/* [i] is argument i's lambda, where it is one (update's args[] are
	 * the arguments before the first lambda); NULL: none is.  Lambdas of
	 * aggregates capture nothing. */
	struct lambda *const *lambda;
};

struct agg_func {
	const char *signature;
	const char *intermediate; /* type text in the signature's variables */
	unsigned flags;
	uint32_t state_size;
	int (*resolve)(struct arena *a, const struct type **args, int n,
	    const struct type **intermediate, const struct type **result,
	    struct err *e);
	/* NULL: all zeroes is the state of no rows. */
	void (*init)(struct agg_context *c, char *state);
	/* Adds rows sel of the arguments (flat or constant; NULLs as they
	 * are: the kernel skips them by its own rule). */
	int (*update)(struct agg_context *c, char *const *rows,
	    uint32_t offset, const struct vec *const *args,
	    const struct rows_sel *sel, struct err *e);
	/* The same when all rows belong to one group.  NULL: update is used. */
	int (*update_one)(struct agg_context *c, char *state,
	    const struct vec *const *args, const struct rows_sel *sel,
	    struct err *e);
	/* Merges intermediate values (vector of type intermediate). */
	int (*combine)(struct agg_context *c, char *const *rows,
	    uint32_t offset, const struct vec *in,
	    const struct rows_sel *sel, struct err *e);
	/* States of n rows to values appended to out. */
	int (*save)(struct agg_context *c, char *const *rows,
	    uint32_t offset, uint32_t n, struct vec_builder *out,
	    struct err *e);
	int (*final)(struct agg_context *c, char *const *rows,
	    uint32_t offset, uint32_t n, struct vec_builder *out,
	    struct err *e);
	const char *help;
};

enum agg_flags {
	AGG_ORDER_SENSITIVE = 1,        /* array_agg, ... */
	AGG_IGNORES_DUPLICATES = 2,     /* min, max, bool_and, ... */
};

/* What a call means: found by name and argument types, with Trino's rules
 * (exact match, then the most specific by coercion). */
struct func_match {
	const struct func *func;        /* or */
	const struct agg_func *agg;
	const struct window_func *window;       /* or */
	int n;
	const struct type **args;       /* what each argument is coerced to */
	const struct type *result;
	const struct type *intermediate;        /* aggregates */
};

/* Lambda arguments have type NULL in `types` at first: see
 * func_lambda_types().  FUNCTION_NOT_FOUND with Trino's text ("Unexpected
 * parameters (integer) for function f. Expected: ..."), AMBIGUOUS_FUNCTION_
 * CALL, TYPE_MISMATCH for operators. */
int func_find(struct arena *a, struct str name, const struct type *const *types,
    int n, struct func_match *out, struct err *e);
/* Is there any function or aggregate with the name? */
bool func_exists(struct str name);
bool func_is_aggregate(struct str name);
bool func_is_window(struct str name);
/* For a call with lambdas: the argument types that lambda `i` will get, from
 * the other arguments' types.  *n_out of them.  Bind the bodies with these,
 * put type_function(arguments, result) into types[], and ask again until
 * nothing changes (a result may widen a type variable, as reduce()'s state);
 * then func_find().  The match's args[] has the type that each lambda must
 * have: cast its body when the result differs. */
int func_lambda_types(struct arena *a, struct str name,
    const struct type *const *types, int n, int i,
    const struct type **out, int *n_out, struct err *e);
/* The record with exactly this signature text; NULL when there is none.  A
 * task descriptor names functions so. */
const struct func *func_by_signature(struct str signature);
const struct agg_func *agg_by_signature(struct str signature);
/* Is `result` what f gives for exactly these types?  For expressions that
 * come from elsewhere. */
bool func_accepts(struct arena *a, const struct func *f,
    const struct type *const *types, int n, const struct type *result);
/* All, for SHOW FUNCTIONS: walks *i from 0; false ends. */
bool func_next(int *i, const struct func **f, const struct agg_func **g);

#endif
