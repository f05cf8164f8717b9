/* SPDX-License-Identifier: Apache-2.0
 * selectivity.c - which part of the rows a predicate lets pass, and what
 * joins yield. */
#include <math.h>

#include "opt/estimate.h"

static const double unknown_filter = 0.3, like_filter = 0.1,
    unknown_range = 0.33;

static double
clamp(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* The column that x is, perhaps under casts that keep the order; -1: none. */
static int
column_of(const struct expr *x)
{
	while (x->kind == EXPR_CAST)
		x = x->arg[0];
	return x->kind == EXPR_INPUT ? x->input : -1;
}

static double
equals_constant(struct stats *s, int symbol, double v)
{
	struct stats_column *c = stats_column(s, symbol);
	double nulls = c->nulls > 0 ? c->nulls : 0;

	if (!isnan(v) && !isnan(c->low) && (v < c->low || v > c->high))
		return 0;
	if (c->distinct <= 0)
		return 0.05;
	return (1 - nulls) / fmax(1, c->distinct);
}

/* Part of the column's values within [low, high]. */
static double
within(struct stats *s, int symbol, double low, double high)
{
	const struct stats_column *c = stats_column(s, symbol);
	double nulls = c->nulls > 0 ? c->nulls : 0, part;

	if (isnan(c->low) || isnan(c->high))
		return isinf(low) || isinf(high) ? unknown_range : 0.1;
	low = fmax(low, c->low);
	high = fmin(high, c->high);
	if (low > high)
		return 0;
	if (c->high == c->low)
		return 1 - nulls;
	part = (high - low) / (c->high - c->low);
	if (c->distinct > 0)
		part = fmax(part, 1 / c->distinct);
	return clamp(part) * (1 - nulls);
}

static double
compare(struct stats *s, const char *op, const struct expr *x)
{
	int l = column_of(x->arg[0]), r = column_of(x->arg[1]);
	const struct expr *c = x->arg[1];
	double v;
	bool less = op[0] == '<';

	if (l >= 0 && r >= 0) {
		double dl = stats_column(s, l)->distinct;
		double dr = stats_column(s, r)->distinct, d = fmax(dl, dr);

		if (strcmp(op, "=") == 0)
			return d > 0 ? 1 / d : 0.1;
		return strcmp(op, "<>") == 0 ? 0.9 : unknown_range;
	}
	if (l < 0) {
		l = r;
		c = x->arg[0];
		less = !less;
	}
	if (l < 0 || !expr_is_const(c))
		return strcmp(op, "=") == 0 ? 0.1
		    : strcmp(op, "<>") == 0 ? 0.9 : unknown_range;
	v = stats_value(c->value);
	if (strcmp(op, "=") == 0)
		return equals_constant(s, l, v);
	if (strcmp(op, "<>") == 0)
		return 1 - equals_constant(s, l, v);
	if (strcmp(op, "IS DISTINCT FROM") == 0)
		return 1 - equals_constant(s, l, v);
	if (isnan(v))
		return unknown_range;
	return less ? within(s, l, -INFINITY, v) : within(s, l, v, INFINITY);
}

static double
any_of(struct stats *s, const struct expr *x)
{
	int symbol = column_of(x->arg[0]);
	double sum = 0;

	for (int i = 1; i < x->n; i++)
		sum += symbol >= 0 && expr_is_const(x->arg[i])
		    ? equals_constant(s, symbol, stats_value(x->arg[i]
		    ->value)) : 0.05;
	return clamp(sum);
}

static bool
is_like(const struct expr *x)
{
	return x->kind == EXPR_CALL &&
	    strncmp(x->func->signature, "LIKE(", 5) == 0;
}

/* ---- conjunctions ---- */

/* Bounds on one column. */
struct bounds {
	int symbol;
	double low, high;
};

/* Is the term a bound on a column? */
static bool
take_bound(const struct expr *x, struct bounds *out)
{
	const char *op = expr_operator(x);
	int side, symbol;
	double v;
	bool less;

	if (op == NULL || (op[0] != '<' && op[0] != '>') ||
	    strcmp(op, "<>") == 0)
		return false;
	side = column_of(x->arg[0]) >= 0 ? 0 : 1;
	symbol = column_of(x->arg[side]);
	if (symbol < 0 || !expr_is_const(x->arg[1 - side]))
		return false;
	v = stats_value(x->arg[1 - side]->value);
	less = (op[0] == '<') == (side == 0);
	if (isnan(v))
		return false;
	*out = (struct bounds){ symbol, less ? -INFINITY : v,
		less ? v : INFINITY };
	return true;
}

static double
conjunction(struct stats *s, struct expr *const *v, int n)
{
	struct bounds *all = arena_array(s->o->arena, struct bounds, n + 1);
	double part = 1;
	int count = 0;

	for (int i = 0; i < n; i++) {
		struct bounds one;
		int k = 0;

		if (!take_bound(v[i], &one)) {
			part *= stats_selectivity(s, v[i]);
			continue;
		}
		while (k < count && all[k].symbol != one.symbol)
			k++;
		if (k == count)
			all[count++] = one;
		all[k].low = fmax(all[k].low, one.low);
		all[k].high = fmin(all[k].high, one.high);
	}
	for (int k = 0; k < count; k++)
		part *= within(s, all[k].symbol, all[k].low, all[k].high);
	return part;
}

double
stats_selectivity(struct stats *s, const struct expr *x)
{
	const char *op;
	double part = 1;
	int symbol;

	switch (x->kind) {
	case EXPR_CONST:
		return expr_is_true(x) ? 1 : 0;
	case EXPR_AND:
		return conjunction(s, x->arg, x->n);
	case EXPR_OR:
		for (int i = 0; i < x->n; i++)
			part *= 1 - stats_selectivity(s, x->arg[i]);
		return 1 - part;
	case EXPR_NOT:
		if (x->arg[0]->kind == EXPR_IS_NULL &&
		    (symbol = column_of(x->arg[0]->arg[0])) >= 0 &&
		    stats_column(s, symbol)->nulls < 0)
			return 0.95;
		return clamp(1 - stats_selectivity(s, x->arg[0]));
	case EXPR_IN:
		return any_of(s, x);
	case EXPR_IS_NULL:
		symbol = column_of(x->arg[0]);
		if (symbol >= 0 && stats_column(s, symbol)->nulls >= 0)
			return stats_column(s, symbol)->nulls;
		return 0.05;
	default:
		if (is_like(x))
			return like_filter;
		op = expr_operator(x);
		return op == NULL ? unknown_filter : compare(s, op, x);
	}
}

/* ---- filters ---- */

static void
narrow(struct stats *s, const struct expr *x)
{
	const char *op = expr_operator(x);
	struct stats_column *c;
	struct bounds b;
	int symbol;

	if (x->kind == EXPR_AND) {
		for (int i = 0; i < x->n; i++)
			narrow(s, x->arg[i]);
		return;
	}
	if (take_bound(x, &b)) {
		c = stats_column(s, b.symbol);
		if (!isnan(c->low) && c->high > c->low && c->distinct > 0)
			c->distinct = fmax(1, c->distinct * within(s,
			    b.symbol, b.low, b.high));
		if (!isnan(c->low))
			c->low = fmax(c->low, b.low);
		if (!isnan(c->high))
			c->high = fmin(c->high, b.high);
		c->nulls = 0;
		return;
	}
	if (x->kind == EXPR_IN && (symbol = column_of(x->arg[0])) >= 0) {
		c = stats_column(s, symbol);
		if (c->distinct < 0 || c->distinct > x->n - 1)
			c->distinct = x->n - 1;
		return;
	}
	if (op != NULL && strcmp(op, "=") == 0) {
		for (int i = 0; i < 2; i++) {
			symbol = column_of(x->arg[i]);
			if (symbol < 0 || !expr_is_const(x->arg[1 - i]))
				continue;
			c = stats_column(s, symbol);
			c->distinct = 1;
			c->nulls = 0;
			c->low = c->high = stats_value(x->arg[1 - i]->value);
		}
	}
}

static void
cap_symbol(void *arg, int input)
{
	struct { struct stats *s; double rows; } *a = arg;
	struct stats_column *c;

	if (input >= a->s->o->plan->symbols.n)
		return;
	c = stats_column(a->s, input);
	if (c->distinct > a->rows)
		c->distinct = a->rows;
}

double
stats_filter(struct stats *s, double rows, const struct expr *x)
{
	struct { struct stats *s; double rows; } cap = { s, 0 };
	double left = rows * stats_selectivity(s, x);

	if (left < 1 && rows >= 1)
		left = 1;
	narrow(s, x);
	cap.rows = left;
	expr_inputs(x, cap_symbol, &cap);
	return left;
}

/* ---- joins ---- */

/* Part of the pairs that one equality keeps; *known is false without
 * statistics. */
static double
key_part(struct stats *s, const struct expr *x, const struct plan_node *left,
    const struct plan_node *right)
{
	int l = column_of(x->arg[0]), r = column_of(x->arg[1]);
	double d = -1;

	if (l >= 0)
		d = fmin(stats_column(s, l)->distinct, left->rows > right->rows
		    ? left->rows : right->rows);
	if (r >= 0)
		d = fmax(d, stats_column(s, r)->distinct);
	if (d <= 0)
		d = fmax(1, fmin(left->rows, right->rows));
	return 1 / fmax(1, d);
}

double
stats_join_rows(struct stats *s, const struct plan_node *left,
    const struct plan_node *right, const struct expr_list *terms)
{
	double rows, best = 1, others = 1;

	if (left->rows < 0 || right->rows < 0)
		return -1;
	rows = left->rows * right->rows;
	for (int i = 0; i < terms->n; i++) {
		struct expr *sides[2];
		bool null_safe;
		double part;

		if (!expr_equi_sides(s->o, terms->v[i], &left->out,
		    &right->out, sides, &null_safe)) {
			rows *= stats_selectivity(s, terms->v[i]);
			continue;
		}
		part = null_safe ? 0.1 : key_part(s, terms->v[i], left,
		    right);
		/* Keys of one join are mostly not independent: the best
		 * counts in full, the others little. */
		if (part < best) {
			others *= best;
			best = part;
		} else {
			others *= part;
		}
	}
	rows *= best * pow(others, 0.25);
	return rows < 1 ? 1 : rows;
}

static double
semi_part(struct stats *s, const struct plan_node *n,
    const struct expr_list *terms)
{
	double part = 1;

	for (int i = 0; i < terms->n; i++) {
		struct expr *sides[2];
		bool null_safe;
		double dl, dr;
		int l, r;

		if (!expr_equi_sides(s->o, terms->v[i], &n->child[0]->out,
		    &n->child[1]->out, sides, &null_safe)) {
			part *= 0.9;
			continue;
		}
		l = column_of(sides[0]);
		r = column_of(sides[1]);
		dl = l < 0 ? -1 : stats_column(s, l)->distinct;
		dr = r < 0 ? -1 : stats_column(s, r)->distinct;
		part *= dl > 0 && dr >= 0 ? clamp(dr / dl) : 0.5;
	}
	return part;
}

void
stats_join(struct stats *s, struct plan_node *n)
{
	struct expr_list terms = { 0 };
	double l = n->child[0]->rows, r = n->child[1]->rows, rows;

	expr_conjuncts(s->o, n->join.on, &terms);
	rows = stats_join_rows(s, n->child[0], n->child[1], &terms);
	switch (n->join.kind) {
	case PLAN_LEFT: rows = rows < 0 ? -1 : fmax(rows, l); break;
	case PLAN_RIGHT: rows = rows < 0 ? -1 : fmax(rows, r); break;
	case PLAN_FULL: rows = rows < 0 ? -1 : fmax(rows, l + r); break;
	case PLAN_SEMI: rows = l < 0 ? -1 : l * semi_part(s, n, &terms); break;
	case PLAN_ANTI: case PLAN_ANTI_NULL:
		rows = l < 0 ? -1 : fmax(l * 0.1, l * (1 - semi_part(s, n,
		    &terms)));
		break;
	case PLAN_MARK: rows = l; break;
	default: break;
	}
	n->rows = rows;
	stats_cap(s, &n->out, rows);
}
