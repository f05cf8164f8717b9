/* SPDX-License-Identifier: Apache-2.0
 * program_call.c - calling kernels: constant arguments once, NULL arguments
 * not at all, errors by row. */
#include "base/check.h"
#include "expr/program.h"
#include "func/cast.h"

struct call {
	struct func_args args;
	const struct vec *v[FUNC_MAX_ARGS];
	const struct type *types[FUNC_MAX_ARGS];
	struct lambda *lambda[FUNC_MAX_ARGS];
	bool all_const, null_const, nulls;
};

static void
note_argument(struct call *call, const struct vec *v)
{
	if (v->form == VEC_CONST) {
		call->null_const |= vec_is_null(v, 0);
		return;
	}
	call->all_const = false;
	call->nulls |= vec_may_be_null(v);
}

/* The rows of s without a NULL argument. */
static uint32_t
rows_without_null(const struct call *call, const struct rows_sel *s,
    uint16_t *sel)
{
	struct rows_sel left = *s;

	for (int i = 0; i < call->args.n; i++) {
		const struct vec *v = call->v[i];

		if (v == NULL || !vec_may_be_null(v) ||
		    v->form == VEC_CONST)
			continue;
		left.n = select_valid(v, true, &left, sel);
		left.sel = sel;
	}
	return left.n;
}

/* Arguments to the right are not evaluated where one to the left is NULL:
 * *c may become narrower (sel: room for a page). */
static int
eval_arguments(struct program *p, struct node *x, struct call *call,
    const struct context **c, struct context *narrow, uint16_t *sel,
    struct err *e)
{
	bool by_null = !(x->source->func->flags & FUNC_NULL_CALLS);
	bool dict = x->source->func->flags & FUNC_TAKES_DICT;
	const struct context *outer = *c;
	struct vec *v;
	int rc;

	for (int i = 0; i < x->n; i++) {
		struct node *a = &p->node[x->arg[i]];

		call->types[i] = a->type;
		if (a->kind == EXPR_LAMBDA) {
			call->lambda[i] = program_lambda_api(a->lambda);
			call->v[i] = NULL;
			call->all_const = false;
			continue;
		}
		if (by_null && call->null_const)
			return 0;
		if (by_null && call->nulls && a->can_fail) {
			call->args.n = i;
			*narrow = context_within(p, outer, sel,
			    rows_without_null(call, &(*c)->rows, sel));
			*c = narrow;
		}
		rc = dict ? node_eval(p, x->arg[i], *c, &v, e)
		    : node_eval_flat(p, x->arg[i], *c, &v, e);
		if (rc != 0)
			return rc;
		call->v[i] = v;
		note_argument(call, v);
	}
	call->args.n = x->n;
	return 0;
}

/* One row stands for all. */
static int
call_once(struct program *p, struct node *x, struct call *call,
    const struct context *c, struct err *e)
{
	struct rows_sel one = { NULL, 1, 1 };
	struct vec *v, *all;
	uint32_t before = p->errors->n;
	int rc;

	v = vec_new_flat(x->type, 1, false, p->ev.account, e);
	if (v == NULL)
		return -e->code;
	rc = x->source->func->kernel(&p->ev, &call->args, &one, &v, e);
	if (rc == 0)
		rc = program_row_errors(p, e);
	if (rc == 0 && p->errors->n > before)
		for (uint32_t k = 0; k < c->rows.n; k++)
			bit_set(p->errors->failed, c->rows.sel == NULL ? k
			    : c->rows.sel[k]);
	if (rc != 0) {
		vec_drop(&v);
		return rc;
	}
	all = vec_const_of(v, 0, p->rows, p->ev.account, e);
	vec_drop(&v);
	if (all == NULL)
		return -e->code;
	node_store(x, all, c);
	return 0;
}

/* Rows in which an argument is NULL are NULL. */
static int
merge_nulls(struct program *p, struct vec *out, const struct call *call,
    struct err *e)
{
	uint32_t words = bitmap_words(p->rows);
	uint64_t *valid;

	for (int i = 0; i < call->args.n; i++) {
		const struct vec *v = call->v[i];

		if (v == NULL || v->form == VEC_CONST || !vec_may_be_null(v))
			continue;
		valid = vec_make_nullable(&p->ev, out, e);
		if (valid == NULL)
			return -e->code;
		if (v->form == VEC_FLAT) {
			for (uint32_t w = 0; w < words; w++)
				valid[w] &= v->valid[w];
			continue;
		}
		for (uint32_t k = 0; k < p->rows; k++)
			if (vec_is_null(v, k))
				bit_clear(valid, k);
	}
	return 0;
}

static int
call_kernel(struct program *p, struct node *x, struct call *call,
    const struct context *c, struct err *e)
{
	const struct func *f = x->source->func;
	bool by_null = !(f->flags & FUNC_NULL_CALLS) && call->nulls;
	struct rows_sel rows = c->rows;
	uint16_t sel[PAGE_ROWS];
	struct vec *out;
	int rc = 0;

	if (by_null && !(f->flags & FUNC_CANNOT_FAIL)) {
		rows.n = rows_without_null(call, &c->rows, sel);
		rows.sel = sel;
		rows.page_rows = p->rows;
	}
	if ((out = node_alloc(p, x, e)) == NULL)
		return -e->code;
	p->ev.heap_owner = NULL;
	if (rows.n > 0)
		rc = f->kernel(&p->ev, &call->args, &rows, &out, e);
	else if (x->type->rep == REP_LIST || x->type->rep == REP_ROW) {
		vec_drop(&out);
		out = vec_new_null(x->type, p->rows, p->ev.account, e);
		rc = out == NULL ? -e->code : 0;
		by_null = false;
	}
	if (rc == 0)
		rc = program_row_errors(p, e);
	if (rc == 0 && by_null)
		rc = merge_nulls(p, out, call, e);
	if (rc != 0) {
		vec_drop(&out);
		return rc;
	}
	node_store(x, out, c);
	return 0;
}

static int
store_null(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v = vec_new_null(x->type, p->rows, p->ev.account, e);

	if (v == NULL)
		return -e->code;
	node_store(x, v, c);
	return 0;
}

static void
call_init(struct call *call, struct node *x)
{
	call->all_const = true;
	call->null_const = call->nulls = false;
	for (int i = 0; i < x->n; i++)
		call->lambda[i] = NULL;
	call->args = (struct func_args){ .n = x->n, .v = call->v,
	    .lambda = call->lambda, .types = call->types, .result = x->type,
	    .bound = x->bound };
}

int
eval_call(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	const struct context *narrowed = c;
	struct context narrow;
	struct call call;
	uint16_t sel[PAGE_ROWS];
	int rc;

	call_init(&call, x);
	rc = eval_arguments(p, x, &call, &narrowed, &narrow, sel, e);
	if (rc != 0)
		return rc;
	if (narrowed->rows.n == 0)
		return store_null(p, x, c, e);
	if (call.null_const && !(x->source->func->flags & FUNC_NULL_CALLS))
		return store_null(p, x, c, e);
	/* The register says c: rows that were left out are NULL there. */
	if (narrowed != c) {
		struct context c2 = *c;

		c2.rows = narrowed->rows;
		return call_kernel(p, x, &call, &c2, e);
	}
	if (call.all_const && x->deterministic)
		return call_once(p, x, &call, c, e);
	return call_kernel(p, x, &call, c, e);
}

/* ---- casts ---- */

int
eval_cast(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct eval_errors *saved = p->errors, own;
	uint16_t sel[PAGE_ROWS];
	struct rows_sel rows = c->rows;
	struct vec *in, *out;
	bool safe = x->source->safe;
	int rc = node_eval_flat(p, x->arg[0], c, &in, e);

	if (rc != 0)
		return rc;
	if (in->form == VEC_CONST && vec_is_null(in, 0))
		return store_null(p, x, c, e);
	if (vec_may_be_null(in)) {
		rows.n = select_valid(in, true, &c->rows, sel);
		rows.sel = sel;
		rows.page_rows = p->rows;
	}
	if (safe) {
		memset(&own, 0, sizeof(own));
		own.quiet = 1;
		own.catch_all = true;
		p->errors = p->ev.errors = &own;
		p->try_depth++;
	}
	p->ev.heap_owner = NULL;
	rc = cast_run(&p->ev, in, x->type, &rows, &out, e);
	if (safe) {
		p->errors = p->ev.errors = saved;
		p->try_depth--;
	}
	if (rc == 0 && !safe && (rc = program_row_errors(p, e)) != 0)
		vec_drop(&out);
	if (rc != 0)
		return rc;
	if (safe && own.n > 0)
		rc = null_failed(p, &out, own.failed, e);
	if (rc == 0)
		node_store(x, out, c);
	return rc;
}
