/* SPDX-License-Identifier: Apache-2.0
 * check.c - is a node that came from elsewhere one that the evaluator can
 * trust?  Its arguments have been checked before. */
#include "base/check.h"
#include "expr/code.h"
#include "type/coerce.h"

static bool
is_bool(const struct expr *x)
{
	return x->type->id == TYPE_BOOLEAN;
}

static bool
all_of(const struct expr *x, int from, const struct type *t)
{
	for (int i = from; i < x->n; i++)
		if (!type_equal(x->arg[i]->type, t))
			return false;
	return true;
}

static bool
check_call(struct arena *a, const struct expr *x)
{
	const struct type *types[FUNC_MAX_ARGS];

	if (x->func == NULL || x->n > FUNC_MAX_ARGS)
		return false;
	for (int i = 0; i < x->n; i++) {
		types[i] = x->arg[i]->type;
		/* A lambda is an argument, never a value. */
		if (types[i]->id == TYPE_FUNCTION &&
		    x->arg[i]->kind != EXPR_LAMBDA)
			return false;
	}
	return func_accepts(a, x->func, types, x->n, x->type);
}

static bool
check_row(const struct expr *x)
{
	if (x->type->id != TYPE_ROW || x->type->n != x->n)
		return false;
	for (int i = 0; i < x->n; i++)
		if (!type_equal(x->arg[i]->type, x->type->child[i]))
			return false;
	return true;
}

static bool
check_lambda(const struct expr *x)
{
	return x->n == 1 && x->type->id == TYPE_FUNCTION &&
	    x->type->n == x->n_params + 1 &&
	    type_equal(x->arg[0]->type, x->type->child[x->n_params]);
}

static bool
check(struct arena *a, const struct expr *x)
{
	switch (x->kind) {
	case EXPR_CONST:
		return x->n == 0 && x->value != NULL &&
		    type_equal(x->value->type, x->type);
	case EXPR_INPUT:
		return x->n == 0 && x->type->id != TYPE_FUNCTION;
	case EXPR_CALL:
		return check_call(a, x);
	case EXPR_CAST:
		return x->n == 1 && type_can_cast(x->arg[0]->type, x->type);
	case EXPR_AND:
	case EXPR_OR:
		return x->n >= 1 && is_bool(x) && all_of(x, 0, x->type);
	case EXPR_NOT:
		return x->n == 1 && is_bool(x) && is_bool(x->arg[0]);
	case EXPR_IF:
		return x->n == 3 && is_bool(x->arg[0]) &&
		    all_of(x, 1, x->type);
	case EXPR_COALESCE:
		return x->n >= 1 && all_of(x, 0, x->type);
	case EXPR_NULLIF:
		return x->n == 2 && is_bool(x->arg[1]) &&
		    type_equal(x->arg[0]->type, x->type);
	case EXPR_IN:
		return x->n >= 2 && is_bool(x) &&
		    all_of(x, 1, x->arg[0]->type) &&
		    type_comparable(x->arg[0]->type);
	case EXPR_IS_NULL:
		return x->n == 1 && is_bool(x);
	case EXPR_TRY:
		return x->n == 1 && type_equal(x->arg[0]->type, x->type);
	case EXPR_FIELD:
		return x->n == 1 && x->arg[0]->type->id == TYPE_ROW &&
		    x->input < x->arg[0]->type->n &&
		    type_equal(x->arg[0]->type->child[x->input], x->type);
	case EXPR_ROW:
		return check_row(x);
	case EXPR_ARRAY:
		return x->type->id == TYPE_ARRAY &&
		    all_of(x, 0, x->type->child[0]);
	default:
		return check_lambda(x);
	}
}

int
expr_check(struct arena *a, const struct expr *x,
    const struct mpack_reader *r, struct err *e)
{
	for (int i = 0; i < x->n; i++)
		if (x->arg[i]->kind == EXPR_LAMBDA && x->kind != EXPR_CALL)
			return mpack_error(r, e, "a lambda outside a call");
	if (check(a, x))
		return 0;
	return mpack_error(r, e, "an expression of kind %d that does not fit "
	    "its arguments", x->kind);
}
