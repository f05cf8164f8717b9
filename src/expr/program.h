/* SPDX-License-Identifier: Apache-2.0
 * program.h - inside a program: nodes, contexts, and the parts of the
 * evaluator.  Private to expr/.
 *
 * A program is a flat array of nodes; arguments stand before their users,
 * equal deterministic subexpressions are one node.  A node's register holds
 * its value for the current page, together with the context (which rows) it
 * was computed in: it may be used again in that context and in all that are
 * narrower.  Contexts nest as AND, OR, IF, COALESCE and TRY nest. */
#ifndef EXPR_PROGRAM_H
#define EXPR_PROGRAM_H

#include "expr/expr.h"

/* The rows that an evaluation is about. */
struct context {
	struct rows_sel rows;
	const struct context *outer;    /* a superset; NULL: the page */
	uint32_t id;            /* unique in a page */
};

struct in_set;                  /* constant list of IN */
struct program_lambda;

struct node {
	const struct expr *source;
	enum expr_kind kind;
	const struct type *type;
	int n;
	int *arg;               /* node numbers */
	int cost;               /* of the whole subtree, per row */
	int input;              /* INPUT: channel; FIELD: number */
	int only_input;         /* the one channel it depends on; -1: none,
				 * -2: several (or not to be peeled) */
	bool can_fail, deterministic;
	bool peel_root;         /* the highest that has one input */
	struct vec *value;      /* CONST: a reference */
	func_select select;     /* CALL */
	void *bound;            /* CALL: prepare()'s */
	struct in_set *set;     /* IN with constants */
	struct program_lambda *lambda;  /* LAMBDA */

	/* The register. */
	struct vec *result;     /* of this page; a reference */
	uint32_t context_id;    /* where it was computed */
	struct vec *flat;       /* INPUT: dictionary made flat */
	uint32_t flat_context_id;
	struct vec *spare;      /* last page's own result, for its memory */

	/* Peeling: this node over a dictionary's base. */
	struct program *peel;
	uint64_t peel_id, peel_result_id;       /* dictionaries: in, out */
	struct vec *peel_result;        /* NULL with peel_id: failed */
	int peel_seen;          /* pages with this dictionary */
};

struct conjunct {
	int node;
	bool can_fail;
	double seen, passed;    /* rows, decaying */
};

struct program {
	struct arena arena;
	struct eval ev;
	struct eval_errors *errors;
	struct arena scratch;
	uint64_t random_state;
	const struct type *const *inputs;
	int n_inputs;

	int n_nodes;
	struct node *node;
	int n_conjuncts;
	struct conjunct *conjunct;
	int n_project;
	int *project;
	bool *filter_needs, *project_needs;     /* by input */
	bool *computed;         /* inputs that computed projections read */

	/* The current page. */
	struct vec *const *in;
	uint32_t rows;
	uint32_t next_context;
	int try_depth;
	struct vec **gathered;  /* project: selected inputs */
};

/* Evaluates node x for the rows of c: *out is borrowed, any form, p->rows
 * rows.  Outside TRY the first row error is returned. */
int node_eval(struct program *p, int x, const struct context *c,
    struct vec **out, struct err *e);
/* The same, never a dictionary. */
int node_eval_flat(struct program *p, int x, const struct context *c,
    struct vec **out, struct err *e);
/* Which of c's rows is boolean x true for?  out: room for PAGE_ROWS. */
int node_filter(struct program *p, int x, const struct context *c,
    uint16_t *out, uint32_t *n, struct err *e);

/* A flat vector for node x's result, its values not written; the register
 * owns it.  NULL: refused. */
struct vec *node_alloc(struct program *p, struct node *x, struct err *e);
/* Ends an evaluation: stores the reference in the register. */
void node_store(struct node *x, struct vec *v, const struct context *c);
/* After a kernel: 0, or outside TRY the row error. */
int program_row_errors(struct program *p, struct err *e);
/* A context within c; its rows are to be filled. */
struct context context_within(struct program *p, const struct context *c,
    const uint16_t *sel, uint32_t n);

/* The kinds with rules of their own: program_logic.c, program_build.c,
 * program_call.c. */
int eval_and_or(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_not(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_if(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_coalesce(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_nullif(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_in(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_is_null(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_try(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_field(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_row(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_array(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_call(struct program *p, struct node *x, const struct context *c,
    struct err *e);
int eval_cast(struct program *p, struct node *x, const struct context *c,
    struct err *e);
/* A dictionary: 1 done, 0 not to be peeled, or an error. */
int eval_peeled(struct program *p, struct node *x, const struct context *c,
    struct err *e);

/* Boolean vectors to row numbers: the rows of s for which v is true. */
uint32_t select_true(const struct vec *v, const struct rows_sel *s,
    uint16_t *out);
/* The rows of s for which bit i of valid is set (want) or not. */
uint32_t select_valid(const struct vec *v, bool want,
    const struct rows_sel *s, uint16_t *out);
/* A flat copy of a dictionary's (or constant's) rows *s; others are
 * unspecified but safe. */
struct vec *gather_flat(struct vec *v, const struct rows_sel *s,
    struct mem_account *account, struct err *e);
/* *v, or a flat copy that shares its values, with the failed rows NULL. */
int null_failed(struct program *p, struct vec **v, const uint64_t *failed,
    struct err *e);
/* Puts rows *s of v into out (flat, of the same type, fixed width or text),
 * NULLs included; out holds v's buffers afterwards. */
int copy_rows(struct program *p, struct vec *out, const struct vec *v,
    const struct rows_sel *s, struct err *e);

/* Rows sel[0..n) of a flat vector, flat, sharing its text. */
struct vec *take_rows(struct vec *v, const uint16_t *sel, uint32_t n,
    struct mem_account *account, struct err *e);

/* Runs all projections over a page; used by lambdas and peeling too. */
int program_run(struct program *p, struct vec *const *in, uint32_t rows,
    struct vec **out, struct err *e);
/* The same, but inside TRY (p->try_depth) failed rows stay in p->errors. */
int program_run_rows(struct program *p, struct vec *const *in, uint32_t rows,
    struct vec **out, struct err *e);
void program_end_page(struct program *p);

/* May a NULL input give something else than NULL?  Then calls of NULL-aware
 * functions, COALESCE, IS NULL and the like stand within. */
bool expr_can_see_null(const struct expr *x);

/* lambda.c */
struct program_lambda *program_lambda_new(struct program *p,
    const struct expr *x, struct err *e);
void program_lambda_free(struct program_lambda **l);
struct lambda *program_lambda_api(struct program_lambda *l);

/* in_set.c: constants of one type, NULLs left out (*has_null). */
struct in_set *in_set_new(const struct type *t, struct vec *const *v, int n);
void in_set_free(struct in_set **s);
bool in_set_has_null(const struct in_set *s);
/* r[i] = is row i of v (flat or constant) in the set? For rows *s. */
void in_set_test(const struct in_set *s, const struct vec *v,
    const struct rows_sel *rows, uint8_t *r);

#endif
