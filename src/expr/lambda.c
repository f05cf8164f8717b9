/* SPDX-License-Identifier: Apache-2.0
 * lambda.c - lambdas: the body is a program of its own.  Its inputs are the
 * parameters, then what it captures from around. */
#include <stdlib.h>

#include "base/check.h"
#include "expr/program.h"

struct program_lambda {
	struct lambda api;      /* first: kernels hold its address */
	struct program *outer, *body;
	int n_captured;
	int *captured;          /* outer inputs */
};

/* Finds the captured inputs' channels while the body is copied. */
struct capture {
	struct expr_pool pool;
	const struct expr *lambda;
	struct { int *v; int n, cap; } list;
	struct { const struct type **v; int n, cap; } types;
};

static struct expr *
to_channel(void *arg, int input, const struct type *t)
{
	struct capture *c = arg;
	int first = c->lambda->input, n = c->lambda->n_params, i;

	if (input >= first && input < first + n)
		return expr_input(&c->pool, input - first, t);
	for (i = 0; i < c->list.n; i++)
		if (c->list.v[i] == input)
			break;
	if (i == c->list.n) {
		arena_push(c->pool.arena, &c->list, input);
		arena_push(c->pool.arena, &c->types, t);
	}
	return expr_input(&c->pool, n + i, t);
}

static int
run_body(struct program_lambda *l, struct vec *const *in, uint32_t n,
    struct vec **out, struct err *e)
{
	struct program *outer = l->outer, *body = l->body;

	body->ev.account = outer->ev.account;
	body->try_depth = outer->try_depth > 0;
	body->errors->quiet = body->try_depth;
	body->errors->catch_all = outer->ev.errors->catch_all;
	return program_run_rows(body, in, n, out, e);
}

/* Rows from..from+n of args and captured columns through the body. */
static int
apply_slice(struct program_lambda *l, const struct vec *const *args,
    const uint32_t *rows, uint32_t from, uint32_t n, struct vec **out,
    struct err *e)
{
	int total = l->api.n_params + l->n_captured, rc = 0;
	struct vec **in = xcalloc((size_t)total + 1, sizeof(*in));
	struct mem_account *account = l->outer->ev.account;

	for (int i = 0; i < total && rc == 0; i++) {
		int k = i - l->api.n_params;

		in[i] = k < 0 ? vec_slice((struct vec *)(uintptr_t)args[i],
		    from, n, account, e) : vec_select(
		    l->outer->in[l->captured[k]], rows + from, n, account, e);
		if (in[i] == NULL)
			rc = -e->code;
	}
	if (rc == 0)
		rc = run_body(l, in, n, out, e);
	if (rc == 0 && l->body->errors->n > 0) {
		for (uint32_t i = 0; i < n; i++)
			if (bit_get(l->body->errors->failed, i))
				eval_row_error(&l->outer->ev, rows[from + i],
				    l->body->errors->first.code, "%s", "");
	}
	eval_errors_clear(l->body->errors);
	for (int i = 0; i < total; i++)
		vec_drop(&in[i]);
	free(in);
	return rc;
}

static int
lambda_apply(struct lambda *api, struct eval *ev,
    const struct vec *const *args, const uint32_t *rows, uint32_t n,
    struct vec **out, struct err *e)
{
	struct program_lambda *l = (struct program_lambda *)api;
	struct vec_builder b;
	struct vec *part;
	int rc = 0;

	if (n <= PAGE_ROWS)
		return apply_slice(l, args, rows, 0, n, out, e);
	vec_builder_init(&b, api->result, ev->account);
	for (uint32_t from = 0; from < n && rc == 0; from += PAGE_ROWS) {
		uint32_t m = MIN(n - from, PAGE_ROWS);

		rc = apply_slice(l, args, rows, from, m, &part, e);
		if (rc != 0)
			break;
		rc = vec_builder_rows(&b, part, NULL, 0, m, e);
		vec_drop(&part);
	}
	if (rc == 0 && (*out = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	return rc;
}

struct program_lambda *
program_lambda_new(struct program *p, const struct expr *x, struct err *e)
{
	struct program_lambda *l = arena_new(&p->arena,
	    struct program_lambda);
	struct capture c = { .lambda = x };
	const struct type **types;
	struct expr *body;

	expr_pool_init(&c.pool, &p->arena);
	body = expr_map_inputs(&c.pool, x->arg[0], to_channel, &c);
	types = arena_array(&p->arena, const struct type *,
	    x->n_params + c.list.n + 1);
	for (int i = 0; i < x->n_params; i++)
		types[i] = x->type->child[i];
	for (int i = 0; i < c.list.n; i++)
		types[x->n_params + i] = c.types.v[i];
	l->api = (struct lambda){ .n_params = x->n_params,
	    .result = body->type, .apply = lambda_apply };
	l->outer = p;
	l->n_captured = c.list.n;
	l->captured = c.list.v;
	if (program_compile(NULL, &body, 1, types, x->n_params + c.list.n,
	    p->ev.session, &l->body, e) != 0)
		return NULL;
	return l;
}

void
program_lambda_free(struct program_lambda **lp)
{
	struct program_lambda *l = *lp;

	*lp = NULL;
	if (l != NULL)
		program_free(&l->body);
}

struct lambda *
program_lambda_api(struct program_lambda *l)
{
	return &l->api;
}
