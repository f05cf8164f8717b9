/* SPDX-License-Identifier: Apache-2.0
 * signature_bind.c - values for a signature's variables.
 *
 * As Trino solves it: each parameter adds what it knows, again and again
 * until nothing changes; a variable that has a value and meets another takes
 * the common super type.  In the end each actual type must be, or become, the
 * bound parameter. */
#include "func/signature.h"

#include "base/check.h"

struct solver {
	struct arena *arena;
	const struct signature *sig;
	struct sig_binding *b;
	bool changed;
};

static int64_t
type_num(const struct type *t, int i)
{
	switch (t->id) {
	case TYPE_VARCHAR: case TYPE_CHAR:
		return t->length;
	case TYPE_DECIMAL:
		return i == 0 ? t->precision : t->scale;
	default:
		return t->precision;
	}
}

/* The type of family `id` with these numbers; NULL when there is none. */
static const struct type *
type_of_nums(struct arena *a, enum type_id id, const int64_t *num)
{
	switch (id) {
	case TYPE_VARCHAR:
		if (num[0] < 0)
			return NULL;
		return num[0] >= TYPE_UNBOUNDED ? TYPE(VARCHAR)
		    : type_varchar(a, (int32_t)num[0]);
	case TYPE_CHAR:
		return type_char(a, (int32_t)MIN(num[0], 65536));
	case TYPE_DECIMAL:
		if (num[0] < 1 || num[0] > DECIMAL_MAX_PRECISION ||
		    num[1] < 0 || num[1] > num[0])
			return NULL;
		return type_decimal(a, (int)num[0], (int)num[1]);
	default:
		if (num[0] < 0 || num[0] > 12)
			return NULL;
		return type_time(a, id, (int)num[0]);
	}
}

static bool
var_allows(const struct sig_var *v, const struct type *t)
{
	if (t->id == TYPE_UNKNOWN)
		return true;
	return (!v->orderable || type_orderable(t)) &&
	    (!v->comparable || type_comparable(t));
}

static bool
solve_var(struct solver *s, int var, const struct type *actual)
{
	const struct type **slot = &s->b->var[var];
	const struct type *t = actual;

	if (*slot != NULL) {
		t = type_common(s->arena, *slot, actual);
		if (t == NULL)
			return false;
	}
	if (!var_allows(&s->sig->var[var], t))
		return false;
	if (*slot == NULL || !type_equal(*slot, t)) {
		*slot = t;
		s->changed = true;
	}
	return true;
}

/* varchar(x), decimal(p,s), timestamp(p), ... */
static bool
solve_nums(struct solver *s, const struct sig_type *f,
    const struct type *actual)
{
	const struct type *base, *common;
	int64_t num[2] = { 0, 0 };

	base = type_coerce_to_base(s->arena, actual, f->id);
	if (base == NULL)
		return false;
	for (int i = 0; i < f->n_num; i++) {
		int var = f->num[i].var;

		num[i] = var < 0 ? f->num[i].value : s->b->num_set[var]
		    ? s->b->num[var] : type_num(base, i);
	}
	common = type_of_nums(s->arena, f->id, num);
	if (common == NULL)
		return false;
	common = type_common(s->arena, common, actual);
	if (common == NULL || common->id != f->id)
		return false;
	for (int i = 0; i < f->n_num; i++) {
		int var = f->num[i].var;
		int64_t v = type_num(common, i);

		if (var < 0) {
			if (v != f->num[i].value)
				return false;
		} else if (!s->b->num_set[var] || s->b->num[var] != v) {
			s->b->num_set[var] = true;
			s->b->num[var] = v;
			s->changed = true;
		}
	}
	return true;
}

static bool
solve(struct solver *s, const struct sig_type *f, const struct type *actual)
{
	if (f->kind == SIG_FUNCTION) {
		if (actual == NULL)
			return true;
		return actual->id == TYPE_FUNCTION &&
		    actual->n == f->n_child &&
		    solve(s, f->child[f->n_child - 1],
		    actual->child[actual->n - 1]);
	}
	if (actual == NULL || actual->id == TYPE_FUNCTION)
		return false;
	if (f->kind == SIG_VAR)
		return solve_var(s, f->var, actual);
	if (f->kind == SIG_TEXT || f->kind == SIG_ANY)
		return true;
	if (f->n_num > 0)
		return solve_nums(s, f, actual);
	if (f->n_child == 0)
		return true;
	if (actual->id == TYPE_UNKNOWN) {
		for (int i = 0; i < f->n_child; i++)
			if (!solve(s, f->child[i], actual))
				return false;
		return true;
	}
	if (actual->id != f->id || actual->n != f->n_child)
		return false;
	for (int i = 0; i < f->n_child; i++)
		if (!solve(s, f->child[i], actual->child[i]))
			return false;
	return true;
}

const struct type *
signature_type(struct arena *a, const struct sig_type *f,
    const struct sig_binding *b)
{
	const struct type *child[SIG_MAX_CHILD];
	int64_t num[2] = { 0, 0 };

	if (f->kind == SIG_VAR)
		return b->var[f->var];
	if (f->kind == SIG_TEXT)
		return TYPE(VARCHAR);
	for (int i = 0; i < f->n_num; i++) {
		if (f->num[i].var >= 0 && !b->num_set[f->num[i].var])
			return NULL;
		num[i] = f->num[i].var < 0 ? f->num[i].value
		    : b->num[f->num[i].var];
	}
	if (f->n_num > 0)
		return type_of_nums(a, f->id, num);
	for (int i = 0; i < f->n_child; i++)
		if ((child[i] = signature_type(a, f->child[i], b)) == NULL)
			return NULL;
	switch (f->id) {
	case TYPE_ARRAY:
		return type_array(a, child[0]);
	case TYPE_MAP:
		return type_map(a, child[0], child[1]);
	case TYPE_ROW:
		return type_row(a, f->n_child, child, NULL);
	case TYPE_QDIGEST:
		return type_qdigest(a, child[0]);
	case TYPE_FUNCTION:
		return type_function(a, f->n_child - 1, child,
		    child[f->n_child - 1]);
	default:
		return &type_simple[f->id];
	}
}

/* Is (or becomes) the actual type what the parameter has been bound to?  A
 * lambda must yield what is wanted; where that is a variable, a cast of its
 * body will do. */
static bool
satisfied(struct solver *s, const struct sig_type *f,
    const struct type *actual, enum sig_match how)
{
	const struct type *bound;

	if (f->kind == SIG_ANY)
		return true;
	if (f->kind == SIG_TEXT)
		return how == SIG_COERCE && (actual->id == TYPE_VARCHAR ||
		    actual->id == TYPE_CHAR || actual->id == TYPE_UNKNOWN);
	if (f->kind == SIG_FUNCTION) {
		const struct sig_type *result = f->child[f->n_child - 1];

		if (actual == NULL)
			return true;
		return satisfied(s, result, actual->child[actual->n - 1],
		    result->kind == SIG_VAR ? SIG_COERCE : SIG_EXACT);
	}
	bound = signature_type(s->arena, f, s->b);
	if (bound == NULL)
		return false;
	return how == SIG_EXACT ? type_equal(actual, bound)
	    : type_can_coerce(actual, bound);
}

bool
signature_bind(struct arena *a, const struct signature *s,
    const struct type *const *actual, int n, enum sig_match how,
    struct sig_binding *out)
{
	struct solver solver = { a, s, out, true };

	memset(out, 0, sizeof(*out));
	if (s->variadic ? n < s->n - 1 : n != s->n)
		return false;
	for (int round = 0; solver.changed && round < 100; round++) {
		solver.changed = false;
		for (int i = 0; i < n; i++)
			if (!solve(&solver, signature_param(s, i), actual[i]))
				return false;
	}
	for (int i = 0; i < n; i++)
		if (!satisfied(&solver, signature_param(s, i), actual[i], how))
			return false;
	/* Without arguments to say so a variable of the result stays open. */
	for (int i = 0; i < s->n_vars && n == 0; i++)
		if (out->var[i] == NULL)
			return false;
	return true;
}
