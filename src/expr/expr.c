/* SPDX-License-Identifier: Apache-2.0
 * expr.c - making expression trees. */
#include "expr/expr.h"

#include "base/check.h"

void
expr_pool_init(struct expr_pool *p, struct arena *a)
{
	*p = (struct expr_pool){ .arena = a };
}

void
expr_pool_release(struct expr_pool *p)
{
	for (int i = 0; i < p->n; i++)
		vec_drop(&p->constants[i]);
	*p = (struct expr_pool){ .arena = p->arena };
}

struct expr *
expr_new(struct expr_pool *p, enum expr_kind kind, const struct type *t,
    int n)
{
	struct expr *x = arena_new(p->arena, struct expr);

	x->kind = kind;
	x->type = t;
	x->n = n;
	if (n > 0)
		x->arg = arena_array(p->arena, struct expr *, n);
	return x;
}

struct expr *
expr_input(struct expr_pool *p, int input, const struct type *t)
{
	struct expr *x = expr_new(p, EXPR_INPUT, t, 0);

	x->input = input;
	return x;
}

struct expr *
expr_const_vec(struct expr_pool *p, struct vec *v)
{
	struct expr *x;

	if (v->form != VEC_CONST || v->n != 1) {
		struct vec *one = vec_const_of(v, 0, 1, NULL, NULL);

		CHECK(one != NULL);
		vec_drop(&v);
		v = one;
	}
	if (p->n == p->cap)
		p->constants = arena_grow(p->arena, p->constants, &p->cap,
		    sizeof(*p->constants));
	p->constants[p->n++] = v;
	x = expr_new(p, EXPR_CONST, v->type, 0);
	x->value = v;
	return x;
}

struct expr *
expr_const(struct expr_pool *p, const struct type *t, const void *value)
{
	struct vec *v = value == NULL ? vec_new_null(t, 1, NULL, NULL)
	    : vec_new_const(t, value, 1, NULL, NULL);

	CHECK(v != NULL);
	return expr_const_vec(p, v);
}

struct expr *
expr_const_str(struct expr_pool *p, const struct type *t, struct str s)
{
	struct strview view = strview_of(s);

	return expr_const(p, t, &view);
}

struct expr *
expr_bool(struct expr_pool *p, bool b)
{
	uint8_t v = b;

	return expr_const(p, TYPE(BOOLEAN), &v);
}

struct expr *
expr_bigint(struct expr_pool *p, int64_t v)
{
	return expr_const(p, TYPE(BIGINT), &v);
}

/* A lambda of another type: its body is cast. */
static struct expr *
cast_lambda(struct expr_pool *p, struct expr *x, const struct type *t)
{
	struct expr *copy = arena_dup(p->arena, x, sizeof(*x));

	copy->arg = arena_array(p->arena, struct expr *, 1);
	copy->arg[0] = expr_cast(p, x->arg[0], t->child[t->n - 1]);
	copy->type = t;
	return copy;
}

struct expr *
expr_cast(struct expr_pool *p, struct expr *arg, const struct type *t)
{
	struct expr *x;

	if (type_equal(arg->type, t))
		return arg;
	if (t->id == TYPE_FUNCTION && arg->kind == EXPR_LAMBDA)
		return cast_lambda(p, arg, t);
	x = expr_new(p, EXPR_CAST, t, 1);
	x->arg[0] = arg;
	x->line = arg->line;
	x->column = arg->column;
	return x;
}

int
expr_call(struct expr_pool *p, struct str name, struct expr **arg, int n,
    struct expr **out, struct err *e)
{
	const struct type *types[FUNC_MAX_ARGS];
	struct func_match m;
	struct expr *x;
	int rc;

	if (n > FUNC_MAX_ARGS)
		return err_set(e, ERR_TOO_MANY_ARGUMENTS,
		    "Too many arguments for function call %.*s()",
		    STR_ARG(name));
	for (int i = 0; i < n; i++)
		types[i] = arg[i]->type;
	if ((rc = func_find(p->arena, name, types, n, &m, e)) != 0)
		return rc;
	if (m.func == NULL)
		return err_set(e, ERR_EXPRESSION_NOT_SCALAR,
		    "'%.*s' is not a scalar function", STR_ARG(name));
	x = expr_new(p, EXPR_CALL, m.result, n);
	x->func = m.func;
	for (int i = 0; i < n; i++)
		x->arg[i] = expr_cast(p, arg[i], m.args[i]);
	*out = x;
	return 0;
}

static int
count_terms(const struct expr *x, enum expr_kind kind)
{
	int n = 0;

	if (x->kind != kind)
		return 1;
	for (int i = 0; i < x->n; i++)
		n += count_terms(x->arg[i], kind);
	return n;
}

static void
put_terms(struct expr *x, enum expr_kind kind, struct expr *to, int *at)
{
	if (x->kind != kind) {
		to->arg[(*at)++] = x;
		return;
	}
	for (int i = 0; i < x->n; i++)
		put_terms(x->arg[i], kind, to, at);
}

struct expr *
expr_and(struct expr_pool *p, struct expr **term, int n)
{
	struct expr *x;
	int total = 0, at = 0;

	if (n == 0)
		return expr_bool(p, true);
	if (n == 1)
		return term[0];
	for (int i = 0; i < n; i++)
		total += count_terms(term[i], EXPR_AND);
	x = expr_new(p, EXPR_AND, TYPE(BOOLEAN), total);
	for (int i = 0; i < n; i++)
		put_terms(term[i], EXPR_AND, x, &at);
	return x;
}
