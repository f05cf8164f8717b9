/* SPDX-License-Identifier: Apache-2.0
 * tree.c - asking expression trees: equality, hashes, inputs, copies. */
#include "base/check.h"
#include "base/hash.h"
#include "expr/expr.h"
#include "func/cast.h"
#include "page/compare.h"

static bool
args_equal(const struct expr *x, const struct expr *y)
{
	if (x->n != y->n)
		return false;
	for (int i = 0; i < x->n; i++)
		if (!expr_equal(x->arg[i], y->arg[i]))
			return false;
	return true;
}

/* The same bits: 0 is not -0, one instant in two zones is two values. */
static bool
identical(const struct vec *x, uint32_t i, const struct vec *y, uint32_t j)
{
	const struct vec *vx = vec_values(x), *vy = vec_values(y);
	uint32_t at_x = vec_slot(x, i), at_y = vec_slot(y, j);
	struct list_ref rx, ry;

	if (vec_is_null(x, i) || vec_is_null(y, j))
		return vec_is_null(x, i) == vec_is_null(y, j);
	switch (x->type->rep) {
	case REP_STR:
		return strview_eq(vec_at(x, i), vec_at(y, j));
	case REP_LIST:
		rx = *(const struct list_ref *)vec_at(x, i);
		ry = *(const struct list_ref *)vec_at(y, j);
		if (rx.n != ry.n)
			return false;
		for (int c = 0; c < vx->n_child; c++)
			for (uint32_t k = 0; k < rx.n; k++)
				if (!identical(vx->child[c], rx.offset + k,
				    vy->child[c], ry.offset + k))
					return false;
		return true;
	case REP_ROW:
		for (int c = 0; c < vx->n_child; c++)
			if (!identical(vx->child[c], at_x, vy->child[c],
			    at_y))
				return false;
		return true;
	default:
		return memcmp(vec_at(x, i), vec_at(y, j),
		    (size_t)rep_width(x->type->rep)) == 0;
	}
}

bool
expr_equal(const struct expr *x, const struct expr *y)
{
	if (x == y)
		return true;
	if (x->kind != y->kind || !type_equal(x->type, y->type))
		return false;
	switch (x->kind) {
	case EXPR_CONST:
		return identical(x->value, 0, y->value, 0);
	case EXPR_INPUT:
		return x->input == y->input;
	case EXPR_CALL:
		return x->func == y->func && args_equal(x, y);
	case EXPR_CAST:
		return x->safe == y->safe && args_equal(x, y);
	case EXPR_FIELD:
	case EXPR_LAMBDA:
		return x->input == y->input && x->n_params == y->n_params &&
		    args_equal(x, y);
	default:
		return args_equal(x, y);
	}
}

uint64_t
expr_hash(const struct expr *x)
{
	uint64_t h = hash_u64((uint64_t)x->kind << 8 | x->type->id);

	switch (x->kind) {
	case EXPR_CONST:
		h = hash_combine(h, vec_is_null(x->value, 0) ? HASH_NULL
		    : vec_hash_at(x->value, 0));
		break;
	case EXPR_CALL:
		h = hash_combine(h, (uintptr_t)x->func);
		break;
	case EXPR_INPUT:
	case EXPR_FIELD:
	case EXPR_LAMBDA:
		h = hash_combine(h, (uint64_t)x->input);
		break;
	default:
		break;
	}
	for (int i = 0; i < x->n; i++)
		h = hash_combine(h, expr_hash(x->arg[i]));
	return h;
}

bool
expr_is_const(const struct expr *x)
{
	return x->kind == EXPR_CONST;
}

bool
expr_is_null_const(const struct expr *x)
{
	return x->kind == EXPR_CONST && vec_is_null(x->value, 0);
}

bool
expr_is_true(const struct expr *x)
{
	return x->kind == EXPR_CONST && x->type->id == TYPE_BOOLEAN &&
	    !vec_is_null(x->value, 0) && *(uint8_t *)x->value->data != 0;
}

bool
expr_is_false_or_null(const struct expr *x)
{
	return x->kind == EXPR_CONST && (vec_is_null(x->value, 0) ||
	    (x->type->id == TYPE_BOOLEAN && *(uint8_t *)x->value->data == 0));
}

bool
expr_deterministic(const struct expr *x)
{
	if (x->kind == EXPR_CALL && x->func->flags & FUNC_NONDETERMINISTIC)
		return false;
	for (int i = 0; i < x->n; i++)
		if (!expr_deterministic(x->arg[i]))
			return false;
	return true;
}

bool
expr_can_fail(const struct expr *x)
{
	if (x->kind == EXPR_TRY)
		return false;
	if (x->kind == EXPR_CALL && !(x->func->flags & FUNC_CANNOT_FAIL))
		return true;
	if (x->kind == EXPR_CAST && !x->safe &&
	    cast_can_fail(x->arg[0]->type, x->type))
		return true;
	for (int i = 0; i < x->n; i++)
		if (expr_can_fail(x->arg[i]))
			return true;
	return false;
}

/* ---- inputs ---- */

/* The lambdas around an expression, innermost first. */
struct scope {
	const struct scope *outer;
	int from, n;
};

static bool
is_parameter(const struct scope *s, int input)
{
	for (; s != NULL; s = s->outer)
		if (input >= s->from && input < s->from + s->n)
			return true;
	return false;
}

static void
walk_inputs(const struct expr *x, const struct scope *scope,
    void (*each)(void *arg, int input), void *arg)
{
	struct scope inner = { scope, x->input, x->n_params };

	if (x->kind == EXPR_INPUT && !is_parameter(scope, x->input))
		each(arg, x->input);
	for (int i = 0; i < x->n; i++)
		walk_inputs(x->arg[i], x->kind == EXPR_LAMBDA ? &inner
		    : scope, each, arg);
}

void
expr_inputs(const struct expr *x, void (*each)(void *arg, int input),
    void *arg)
{
	walk_inputs(x, NULL, each, arg);
}

struct input_map {
	struct expr_pool *pool;
	struct expr *(*map)(void *arg, int input, const struct type *t);
	void *arg;
};

static struct expr *
map_inputs(const struct input_map *m, const struct expr *x,
    const struct scope *scope)
{
	struct scope inner = { scope, x->input, x->n_params };
	struct expr *copy;

	if (x->kind == EXPR_INPUT && !is_parameter(scope, x->input))
		return m->map(m->arg, x->input, x->type);
	copy = arena_dup(m->pool->arena, x, sizeof(*x));
	if (x->n > 0)
		copy->arg = arena_array(m->pool->arena, struct expr *, x->n);
	for (int i = 0; i < x->n; i++)
		copy->arg[i] = map_inputs(m, x->arg[i],
		    x->kind == EXPR_LAMBDA ? &inner : scope);
	return copy;
}

struct expr *
expr_map_inputs(struct expr_pool *p, const struct expr *x,
    struct expr *(*map)(void *arg, int input, const struct type *t),
    void *arg)
{
	struct input_map m = { p, map, arg };

	return map_inputs(&m, x, NULL);
}
