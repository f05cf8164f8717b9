/* SPDX-License-Identifier: Apache-2.0
 * program_run.c - a page through a program: filters to row numbers,
 * projections to vectors. */
#include <stdlib.h>

#include "base/check.h"
#include "expr/program.h"

static struct context
begin_page(struct program *p, struct vec *const *in, uint32_t rows,
    struct mem_account *account)
{
	CHECK(rows <= PAGE_ROWS);
	p->in = in;
	p->rows = rows;
	p->next_context = 1;
	p->ev.account = account;
	return (struct context){ .rows = { NULL, rows, rows }, .id = 1 };
}

/* ---- filters ---- */

/* Comparisons of flat values go straight to row numbers. */
static int
filter_call(struct program *p, struct node *x, const struct context *c,
    uint16_t *out, uint32_t *n, bool *done, struct err *e)
{
	const struct type *types[2];
	const struct vec *args[2];
	struct func_args a = { .n = 2, .v = args, .types = types,
	    .result = x->type };
	struct vec *v;
	int rc;

	*done = false;
	if (x->result != NULL)
		return 0;
	if (x->peel_root && p->in[x->only_input]->form == VEC_DICT)
		return 0;
	for (int i = 0; i < 2; i++) {
		if ((rc = node_eval_flat(p, x->arg[i], c, &v, e)) != 0)
			return rc;
		args[i] = v;
		types[i] = v->type;
		if (v->form == VEC_CONST && vec_is_null(v, 0)) {
			*n = 0;
			*done = true;
			return 0;
		}
	}
	if (args[0]->form == VEC_CONST && args[1]->form == VEC_CONST)
		return 0;
	*n = x->select(&a, &c->rows, out);
	for (int i = 0; i < 2; i++)
		if (vec_may_be_null(args[i]))
			*n = select_valid(args[i], true, &(struct rows_sel){
			    out, *n, p->rows }, out);
	*done = true;
	return 0;
}

/* Only for terms that cannot fail: one that can must also be evaluated where
 * an earlier one is NULL (eval_and_or). */
static int
filter_and(struct program *p, struct node *x, const struct context *c,
    uint16_t *out, uint32_t *n, struct err *e)
{
	uint16_t sel[PAGE_ROWS];
	struct context within = *c;
	int rc;

	for (int k = 0; k < x->n; k++) {
		rc = node_filter(p, x->arg[k], &within, out, n, e);
		if (rc != 0 || *n == 0)
			return rc;
		if (k + 1 < x->n) {
			memcpy(sel, out, sizeof(*sel) * *n);
			within = context_within(p, c, sel, *n);
		}
	}
	return 0;
}

int
node_filter(struct program *p, int number, const struct context *c,
    uint16_t *out, uint32_t *n, struct err *e)
{
	struct node *x = &p->node[number];
	struct vec *v;
	bool done;
	int rc;

	if (c->rows.n == 0) {
		*n = 0;
		return 0;
	}
	if (x->kind == EXPR_AND && !x->can_fail)
		return filter_and(p, x, c, out, n, e);
	if (x->kind == EXPR_CALL && x->select != NULL) {
		rc = filter_call(p, x, c, out, n, &done, e);
		if (rc != 0 || done)
			return rc;
	}
	if ((rc = node_eval(p, number, c, &v, e)) != 0)
		return rc;
	*n = select_true(v, &c->rows, out);
	return 0;
}

static double
rank(const struct program *p, const struct conjunct *t)
{
	double pass = (t->passed + 1) / (t->seen + 2);

	return (p->node[t->node].cost + 1) / (1.0001 - pass);
}

/* Cheap and selective ones first, each among its neighbours that cannot fail
 * either. */
static void
reorder(struct program *p)
{
	for (int i = 1; i < p->n_conjuncts; i++) {
		struct conjunct t = p->conjunct[i];
		int k = i;

		if (t.can_fail)
			continue;
		for (; k > 0 && !p->conjunct[k - 1].can_fail &&
		    rank(p, &t) < rank(p, &p->conjunct[k - 1]); k--)
			p->conjunct[k] = p->conjunct[k - 1];
		p->conjunct[k] = t;
	}
}

/* A row that one term has rejected, NULL included, is not shown to the next.
 */
static int
run_conjuncts(struct program *p, const struct context *page, uint16_t *sel,
    uint32_t *n_sel, struct err *e)
{
	uint16_t other[PAGE_ROWS], *from = other, *to = sel, *swap;
	struct context within = *page;
	uint32_t n = page->rows.n;
	int rc;

	for (int i = 0; i < p->n_conjuncts; i++) {
		struct conjunct *t = &p->conjunct[i];

		t->seen = t->seen * 0.9 + n;
		rc = node_filter(p, t->node, &within, to, &n, e);
		if (rc != 0)
			return rc;
		t->passed = t->passed * 0.9 + n;
		if (n == 0)
			break;
		swap = from;
		from = to;
		to = swap;
		within = context_within(p, page, from, n);
	}
	if (n > 0 && from != sel)
		memcpy(sel, from, n * sizeof(*sel));
	*n_sel = n;
	return 0;
}

int
program_filter(struct program *p, struct vec *const *in, uint32_t rows,
    struct mem_account *account, uint16_t *sel, uint32_t *n_sel,
    struct err *e)
{
	struct context page = begin_page(p, in, rows, account);
	int rc = 0;

	if (p->n_conjuncts == 0) {
		for (uint32_t i = 0; i < rows; i++)
			sel[i] = (uint16_t)i;
		*n_sel = rows;
	} else if (rows == 0) {
		*n_sel = 0;
	} else {
		rc = run_conjuncts(p, &page, sel, n_sel, e);
		reorder(p);
	}
	program_end_page(p);
	return rc;
}

/* ---- projections ---- */

static int
project_all(struct program *p, const struct context *page, struct vec **out,
    struct err *e)
{
	struct vec *v;
	int rc;

	for (int i = 0; i < p->n_project; i++) {
		struct node *x = &p->node[p->project[i]];

		rc = node_eval(p, p->project[i], page, &v, e);
		if (rc != 0) {
			while (i-- > 0)
				vec_drop(&out[i]);
			return rc;
		}
		/* A field or branch may have a type that is equal, not same;
		 * results carry the expression's. */
		out[i] = v->type == x->type ? vec_ref(v)
		    : vec_retype(v, x->type);
	}
	return 0;
}

int
program_run_rows(struct program *p, struct vec *const *in, uint32_t rows,
    struct vec **out, struct err *e)
{
	struct context page = begin_page(p, in, rows, p->ev.account);
	struct eval_errors kept;
	int rc;

	eval_errors_clear(p->errors);
	rc = project_all(p, &page, out, e);
	if (p->errors->n == 0) {
		program_end_page(p);
		return rc;
	}
	kept = *p->errors;
	program_end_page(p);
	*p->errors = kept;
	return rc;
}

int
program_run(struct program *p, struct vec *const *in, uint32_t rows,
    struct vec **out, struct err *e)
{
	struct context page = begin_page(p, in, rows, p->ev.account);
	int rc = project_all(p, &page, out, e);

	program_end_page(p);
	return rc;
}

/* Rows sel of an input as the projections see it: a copy for values that are
 * cheap to copy, else a dictionary. */
static struct vec *
select_input(struct vec *v, const uint16_t *sel, uint32_t n,
    struct mem_account *account, struct err *e)
{
	uint32_t index[PAGE_ROWS];

	if (v->form == VEC_FLAT && v->type->rep != REP_LIST &&
	    v->type->rep != REP_ROW)
		return take_rows(v, sel, n, account, e);
	for (uint32_t i = 0; i < n; i++)
		index[i] = sel[i];
	return vec_select(v, index, n, account, e);
}

int
program_project(struct program *p, struct vec *const *in, uint32_t rows,
    const uint16_t *sel, uint32_t n_sel, struct mem_account *account,
    struct vec **out, struct err *e)
{
	struct context page;
	int rc = 0;

	if (sel == NULL || n_sel == rows) {
		page = begin_page(p, in, rows, account);
		rc = project_all(p, &page, out, e);
		program_end_page(p);
		return rc;
	}
	for (int i = 0; i < p->n_inputs && rc == 0; i++) {
		if (!p->project_needs[i])
			continue;
		p->gathered[i] = select_input(in[i], sel, n_sel, account, e);
		if (p->gathered[i] == NULL)
			rc = -e->code;
	}
	page = begin_page(p, p->gathered, n_sel, account);
	if (rc == 0)
		rc = project_all(p, &page, out, e);
	program_end_page(p);
	for (int i = 0; i < p->n_inputs; i++)
		vec_drop(&p->gathered[i]);
	return rc;
}

void
program_seed(struct program *p, uint64_t seed)
{
	p->random_state = seed;
}
