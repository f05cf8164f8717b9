/* SPDX-License-Identifier: Apache-2.0
 * infer.c - equivalence classes of columns and what they make known. */
#include "opt/infer.h"

enum { INFER_MAX = 200 };

void
classes_init(struct opt *o, struct classes *c)
{
	c->o = o;
	c->n = o->plan->symbols.n;
	c->parent = arena_array(o->arena, int, c->n + 1);
	for (int i = 0; i < c->n; i++)
		c->parent[i] = i;
}

int
classes_find(struct classes *c, int symbol)
{
	if (symbol >= c->n)
		return symbol;
	while (c->parent[symbol] != symbol) {
		c->parent[symbol] = c->parent[c->parent[symbol]];
		symbol = c->parent[symbol];
	}
	return symbol;
}

bool
classes_is_equality(const struct expr *x, int *left, int *right)
{
	const char *op = expr_operator(x);

	if (op == NULL || strcmp(op, "=") != 0 ||
	    x->arg[0]->kind != EXPR_INPUT || x->arg[1]->kind != EXPR_INPUT ||
	    !type_equal(x->arg[0]->type, x->arg[1]->type))
		return false;
	*left = x->arg[0]->input;
	*right = x->arg[1]->input;
	return true;
}

void
classes_add(struct classes *c, const struct expr_list *terms)
{
	int l, r;

	for (int i = 0; i < terms->n; i++)
		if (classes_is_equality(terms->v[i], &l, &r) && l < c->n &&
		    r < c->n)
			c->parent[classes_find(c, l)] = classes_find(c, r);
}

/* The only symbol that x reads; -1: none or several. */
static int
only_symbol(struct opt *o, const struct expr *x)
{
	struct symbol_list uses = { 0 };

	plan_expr_uses(o->arena, x, &uses);
	return uses.n == 1 ? uses.v[0] : -1;
}

static void
add_term(struct opt *o, struct expr_list *l, struct expr *x)
{
	for (int i = 0; i < l->n; i++)
		if (expr_equal(l->v[i], x))
			return;
	arena_push(o->arena, l, x);
}

/* x with symbol replaced, for each other member of the symbol's class that
 * an equality among the terms names. */
static void
spread(struct opt *o, struct classes *c, struct expr_list *terms,
    struct expr *x, int symbol)
{
	struct symbol_list done = { 0 };
	int before = terms->n, sides[2];

	symbol_list_add(o->arena, &done, symbol);
	for (int i = 0; i < before; i++) {
		if (!classes_is_equality(terms->v[i], &sides[0], &sides[1]) ||
		    classes_find(c, sides[0]) != classes_find(c, symbol))
			continue;
		for (int k = 0; k < 2; k++) {
			struct plan_assign a;

			if (symbol_list_has(&done, sides[k]))
				continue;
			symbol_list_add(o->arena, &done, sides[k]);
			a.symbol = symbol;
			a.expr = plan_symbol_expr(o->plan, sides[k]);
			add_term(o, terms, plan_expr_substitute(o->plan, x,
			    &a, 1));
		}
	}
}

void
infer_terms(struct opt *o, struct expr_list *terms)
{
	struct classes c;
	int before = terms->n, l, r;
	bool any = false;

	for (int i = 0; i < before; i++)
		any |= classes_is_equality(terms->v[i], &l, &r);
	if (!any || before > INFER_MAX)
		return;
	classes_init(o, &c);
	classes_add(&c, terms);
	for (int i = 0; i < before; i++) {
		struct expr *x = terms->v[i];
		int symbol;

		if (classes_is_equality(x, &l, &r) || !expr_deterministic(x))
			continue;
		if ((symbol = only_symbol(o, x)) >= 0 && symbol < c.n)
			spread(o, &c, terms, x, symbol);
	}
}

/* The part of a branch that is about columns of l; NULL: nothing. */
static struct expr *
branch_side(struct opt *o, struct expr *branch, const struct symbol_list *l)
{
	struct expr_list all = { 0 }, side = { 0 };

	expr_conjuncts(o, branch, &all);
	for (int i = 0; i < all.n; i++)
		if (expr_within(o, all.v[i], l) &&
		    expr_reads_any(o, all.v[i], l) &&
		    expr_deterministic(all.v[i]))
			arena_push(o->arena, &side, all.v[i]);
	return expr_conjunction(o, &side);
}

void
infer_or_sides(struct opt *o, struct expr_list *terms,
    const struct symbol_list *l)
{
	int before = terms->n;

	for (int i = 0; i < before; i++) {
		struct expr *x = terms->v[i], *side;
		bool all = true;

		if (x->kind != EXPR_OR || expr_within(o, x, l) || x->n > 64)
			continue;
		side = expr_new(o->pool, EXPR_OR, TYPE(BOOLEAN), x->n);
		for (int k = 0; all && k < x->n; k++) {
			side->arg[k] = branch_side(o, x->arg[k], l);
			all = side->arg[k] != NULL;
		}
		if (all)
			add_term(o, terms, side);
	}
}
