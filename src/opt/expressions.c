/* SPDX-License-Identifier: Apache-2.0
 * expressions.c - what passes ask of expressions: terms of conjunctions,
 * sides of equalities, NULL rejection; and making small ones. */
#include "opt/pass.h"

int
opt_enter(struct opt *o)
{
	if (o->depth >= OPT_DEPTH_MAX)
		return err_set(o->err, ERR_STACK_OVERFLOW,
		    "statement is too large (stack overflow during planning)");
	o->depth++;
	return 0;
}

void
expr_conjuncts(struct opt *o, struct expr *x, struct expr_list *out)
{
	if (x == NULL || expr_is_true(x))
		return;
	if (x->kind != EXPR_AND) {
		arena_push(o->arena, out, x);
		return;
	}
	for (int i = 0; i < x->n; i++)
		expr_conjuncts(o, x->arg[i], out);
}

struct expr *
expr_conjunction(struct opt *o, const struct expr_list *l)
{
	return l->n == 0 ? NULL : expr_and(o->pool, l->v, l->n);
}

struct reading {
	const struct symbol_list *l;
	bool all, any;
};

static void
reading_input(void *arg, int input)
{
	struct reading *r = arg;

	if (symbol_list_has(r->l, input))
		r->any = true;
	else
		r->all = false;
}

bool
expr_within(struct opt *o, const struct expr *x, const struct symbol_list *l)
{
	struct reading r = { .l = l, .all = true };

	(void)o;
	expr_inputs(x, reading_input, &r);
	return r.all;
}

bool
expr_reads_any(struct opt *o, const struct expr *x,
    const struct symbol_list *l)
{
	struct reading r = { .l = l };

	(void)o;
	expr_inputs(x, reading_input, &r);
	return r.any;
}

const char *
expr_operator(const struct expr *x)
{
	static const char *const names[] = { "=", "<>", "<", "<=", ">", ">=",
		"IS DISTINCT FROM" };
	const char *s;

	if (x->kind != EXPR_CALL || x->n != 2)
		return NULL;
	s = x->func->signature;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(s, names[i], n) == 0 && s[n] == '(')
			return names[i];
	}
	return NULL;
}

bool
expr_equi_sides(struct opt *o, struct expr *x, const struct symbol_list *left,
    const struct symbol_list *right, struct expr *sides[2], bool *null_safe)
{
	struct expr *c = x;
	const char *op;

	*null_safe = x->kind == EXPR_NOT;
	if (*null_safe)
		c = x->arg[0];
	op = expr_operator(c);
	if (op == NULL || strcmp(op, *null_safe ? "IS DISTINCT FROM"
	    : "=") != 0)
		return false;
	for (int swap = 0; swap < 2; swap++) {
		struct expr *l = c->arg[swap], *r = c->arg[1 - swap];

		if (expr_within(o, l, left) && expr_within(o, r, right) &&
		    expr_reads_any(o, l, left) && expr_reads_any(o, r, right)
		    && expr_deterministic(c)) {
			sides[0] = l;
			sides[1] = r;
			return true;
		}
	}
	return false;
}

struct expr *
expr_binary(struct opt *o, const char *op, struct expr *l, struct expr *r)
{
	struct expr *args[2] = { l, r }, *x;

	if (expr_call(o->pool, str_of(op), args, 2, &x, o->err) != 0)
		return NULL;
	return x;
}

struct expr *
expr_coalesce2(struct opt *o, struct expr *x, struct expr *y)
{
	struct expr *c = expr_new(o->pool, EXPR_COALESCE, x->type, 2);

	c->arg[0] = x;
	c->arg[1] = y;
	return c;
}

struct expr *
expr_negate(struct opt *o, struct expr *x)
{
	struct expr *n = expr_new(o->pool, EXPR_NOT, TYPE(BOOLEAN), 1);

	n->arg[0] = x;
	return n;
}

struct expr *
expr_if3(struct opt *o, struct expr *c, struct expr *x, struct expr *y)
{
	struct expr *n = expr_new(o->pool, EXPR_IF, x->type, 3);

	n->arg[0] = c;
	n->arg[1] = x;
	n->arg[2] = y;
	return n;
}

struct expr *
expr_null_test(struct opt *o, struct expr *x)
{
	struct expr *n = expr_new(o->pool, EXPR_IS_NULL, TYPE(BOOLEAN), 1);

	n->arg[0] = x;
	return n;
}

struct expr *
expr_fold_in(struct opt *o, struct expr *x)
{
	return x == NULL ? NULL
	    : expr_fold(o->pool, x, o->session->context);
}

struct nulling {
	struct opt *o;
	const struct symbol_list *l;
};

static struct expr *
null_input(void *arg, int input, const struct type *t)
{
	struct nulling *n = arg;

	if (symbol_list_has(n->l, input))
		return expr_const(n->o->pool, t, NULL);
	return expr_input(n->o->pool, input, t);
}

/* Is the value NULL when the symbols are?  (Functions that handle NULL
 * themselves and the like stop the proof.) */
static bool
null_strict(const struct expr *x, const struct symbol_list *l)
{
	switch (x->kind) {
	case EXPR_INPUT:
		return symbol_list_has(l, x->input);
	case EXPR_CAST: case EXPR_NOT:
		return null_strict(x->arg[0], l);
	case EXPR_CALL:
		if ((x->func->flags & FUNC_NULL_CALLS) != 0)
			return false;
		for (int i = 0; i < x->n; i++)
			if (null_strict(x->arg[i], l))
				return true;
		return false;
	case EXPR_IN:
		return null_strict(x->arg[0], l);
	default:
		return false;
	}
}

bool
expr_rejects_nulls(struct opt *o, struct expr *x,
    const struct symbol_list *l)
{
	struct nulling n = { o, l };

	if (!expr_reads_any(o, x, l))
		return false;
	if (null_strict(x, l))
		return true;
	if (!expr_deterministic(x) || expr_can_fail(x))
		return false;
	return expr_is_false_or_null(expr_fold_in(o,
	    expr_map_inputs(o->pool, x, null_input, &n)));
}

int
expr_as_symbol(struct opt *o, struct plan_node **node, struct expr *x,
    const char *hint)
{
	struct plan_assign a = { .expr = x };

	if (x->kind == EXPR_INPUT &&
	    symbol_list_has(&(*node)->out, x->input))
		return x->input;
	a.symbol = plan_symbol_new(o->plan, hint, x->type);
	*node = plan_extend(o->plan, *node, &a, 1);
	return a.symbol;
}

bool
opt_aggregate(struct opt *o, const char *name, const int *args, int n,
    struct plan_agg *out)
{
	const struct type *types[4];
	struct func_match m;

	for (int i = 0; i < n; i++)
		types[i] = plan_symbol_type(o->plan, args[i]);
	if (func_find(o->arena, str_of(name), types, n, &m, o->err) != 0 ||
	    m.agg == NULL)
		return false;
	*out = (struct plan_agg){ .func = m.agg, .n_args = n, .filter = -1,
		.intermediate = m.intermediate, .result = m.result };
	out->args = arena_array(o->arena, int, n + 1);
	for (int i = 0; i < n; i++)
		out->args[i] = args[i];
	out->symbol = plan_symbol_new(o->plan, name, m.result);
	return true;
}
