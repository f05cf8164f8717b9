/* SPDX-License-Identifier: Apache-2.0
 * fold.c - evaluating what needs no row, and simplifying around constants. */
#include "base/check.h"
#include "expr/program.h"

int
expr_eval_const(const struct expr *x, const struct session_context *s,
    struct vec **out, struct err *e)
{
	struct program *p;
	struct expr *project = (struct expr *)(uintptr_t)x;
	int rc = program_compile(NULL, &project, 1, NULL, 0, s, &p, e);

	if (rc != 0)
		return rc;
	rc = program_project(p, NULL, 1, NULL, 1, NULL, out, e);
	program_free(&p);
	return rc;
}

/* Terms of AND and OR: neutral constants go, a deciding one is the answer. */
static struct expr *
fold_terms(struct expr_pool *p, struct expr *x)
{
	bool and = x->kind == EXPR_AND;
	struct expr *copy;
	int n = 0;

	copy = expr_new(p, x->kind, x->type, x->n);
	copy->line = x->line;
	copy->column = x->column;
	for (int i = 0; i < x->n; i++) {
		struct expr *a = x->arg[i];

		if (expr_is_const(a) && !expr_is_null_const(a)) {
			bool value = *(uint8_t *)a->value->data != 0;

			if (value == and)
				continue;
			return a;
		}
		copy->arg[n++] = a;
	}
	if (n == 0)
		return expr_bool(p, and);
	copy->n = n;
	return n == 1 ? copy->arg[0] : copy;
}

static struct expr *
fold_coalesce(struct expr_pool *p, struct expr *x)
{
	struct expr *copy = expr_new(p, EXPR_COALESCE, x->type, x->n);
	int n = 0;

	for (int i = 0; i < x->n; i++) {
		if (expr_is_null_const(x->arg[i]))
			continue;
		copy->arg[n++] = x->arg[i];
		if (expr_is_const(x->arg[i]))
			break;
	}
	if (n == 0)
		return expr_const(p, x->type, NULL);
	copy->n = n;
	return n == 1 ? copy->arg[0] : copy;
}

static bool
all_const(const struct expr *x)
{
	for (int i = 0; i < x->n; i++)
		if (!expr_is_const(x->arg[i]))
			return false;
	return true;
}

/* Does a NULL constant argument decide the call? */
static bool
null_argument(const struct expr *x)
{
	if (x->kind != EXPR_CALL || x->func->flags & (FUNC_NULL_CALLS |
	    FUNC_NONDETERMINISTIC))
		return false;
	for (int i = 0; i < x->n; i++) {
		if (expr_is_null_const(x->arg[i]))
			return true;
		if (expr_can_fail(x->arg[i]))
			return false;
	}
	return false;
}

static struct expr *
simplify(struct expr_pool *p, struct expr *x)
{
	switch (x->kind) {
	case EXPR_AND:
	case EXPR_OR:
		return fold_terms(p, x);
	case EXPR_IF:
		if (expr_is_const(x->arg[0]))
			return x->arg[expr_is_true(x->arg[0]) ? 1 : 2];
		return x;
	case EXPR_COALESCE:
		return fold_coalesce(p, x);
	case EXPR_TRY:
		return expr_can_fail(x->arg[0]) ? x : x->arg[0];
	default:
		return x;
	}
}

struct expr *
expr_fold(struct expr_pool *p, struct expr *x,
    const struct session_context *session)
{
	struct expr *copy, *simple;
	struct vec *v;
	struct err ignored;

	if (x->kind == EXPR_CONST || x->kind == EXPR_INPUT)
		return x;
	copy = arena_dup(p->arena, x, sizeof(*x));
	if (x->n > 0)
		copy->arg = arena_array(p->arena, struct expr *, x->n);
	for (int i = 0; i < x->n; i++)
		copy->arg[i] = expr_fold(p, x->arg[i], session);
	if (x->kind == EXPR_LAMBDA)
		return copy;
	simple = simplify(p, copy);
	if (simple != copy)
		return simple;
	if (null_argument(copy))
		return expr_const(p, x->type, NULL);
	if (!all_const(copy) || (x->kind == EXPR_CALL &&
	    x->func->flags & FUNC_NONDETERMINISTIC))
		return copy;
	if (expr_eval_const(copy, session, &v, &ignored) != 0)
		return copy;
	return expr_const_vec(p, v);
}
