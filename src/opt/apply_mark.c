/* SPDX-License-Identifier: Apache-2.0
 * apply_mark.c - EXISTS, IN and quantified comparisons whose truth value is
 * used in an expression. */
#include "opt/decorrelate.h"

/* L with mark := has a match, for correlated EXISTS. */
static struct plan_node *
mark_join(struct opt *o, struct plan_node *left, struct plan_node *right,
    struct expr *on, int *mark)
{
	struct plan_node *j = plan_join(o->plan, PLAN_MARK, left, right, on);

	*mark = j->join.mark = plan_symbol_new(o->plan, "mark",
	    TYPE(BOOLEAN));
	plan_node_reout(o->plan, j);
	return j;
}

/* Rows without end do not matter to EXISTS, nor what they hold. */
static struct plan_node *
strip(struct plan_node *n)
{
	while ((n->kind == PLAN_LIMIT && n->sort.limit != 0 &&
	    n->sort.offset == 0) || n->kind == PLAN_SORT ||
	    n->kind == PLAN_PROJECT || (n->kind == PLAN_AGGREGATE &&
	    n->aggregate.keys.n > 0 && n->aggregate.global_sets < 0))
		n = n->child[0];
	return n;
}

static int
exists_uncorrelated(struct opt *o, struct plan_node *a,
    struct plan_node **out)
{
	struct plan_node *right = plan_limit(o->plan, strip(a->child[1]), 1,
	    0);
	struct plan_agg count;
	struct expr *some;

	if (!opt_aggregate(o, "count", NULL, 0, &count))
		return -(int)o->err->code;
	right = plan_aggregate(o->plan, right, NULL, &count, 1);
	some = expr_binary(o, ">", plan_symbol_expr(o->plan, count.symbol),
	    expr_bigint(o->pool, 0));
	if (some == NULL)
		return -(int)o->err->code;
	*out = plan_join(o->plan, PLAN_INNER, a->child[0], right, NULL);
	*out = apply_result(o, *out, a->apply.symbol, some);
	return 0;
}

int
apply_exists(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct pull p = { .o = o, .outer = apply_correlation(o, a) };
	struct plan_node *right = strip(a->child[1]);
	int mark;

	if (right->kind == PLAN_AGGREGATE && right->aggregate.keys.n == 0) {
		/* A global aggregation always has its row. */
		*out = apply_result(o, a->child[0], a->apply.symbol,
		    expr_bool(o->pool, true));
		return 0;
	}
	if (p.outer.n == 0)
		return exists_uncorrelated(o, a, out);
	if (!pull_up(&p, &right) || p.was_global)
		return apply_unsupported(o, a);
	*out = mark_join(o, a->child[0], right,
	    expr_conjunction(o, &p.terms), &mark);
	*out = apply_result(o, *out, a->apply.symbol, expr_coalesce2(o,
	    plan_symbol_expr(o->plan, mark), expr_bool(o->pool, false)));
	return 0;
}

/* Counts, for each outer row, the inner rows, those that are equal and those
 * of which that is not known; the value follows from the counts. */
struct in_counts {
	struct plan_agg all, equal, unknown;
};

static bool
in_aggregates(struct opt *o, struct in_counts *c, int marker, int equal,
    int unknown)
{
	if (!opt_aggregate(o, "count", NULL, 0, &c->all) ||
	    !opt_aggregate(o, "count", NULL, 0, &c->equal) ||
	    !opt_aggregate(o, "count", NULL, 0, &c->unknown))
		return false;
	c->all.filter = marker;
	c->equal.filter = equal;
	c->unknown.filter = unknown;
	return true;
}

static struct expr *
positive(struct opt *o, int symbol)
{
	return expr_binary(o, ">", plan_symbol_expr(o->plan, symbol),
	    expr_bigint(o->pool, 0));
}

static struct expr *
in_value(struct opt *o, const struct in_counts *c)
{
	struct expr *equal = positive(o, c->equal.symbol);
	struct expr *unknown = positive(o, c->unknown.symbol);

	if (equal == NULL || unknown == NULL)
		return NULL;
	return expr_if3(o, equal, expr_bool(o->pool, true),
	    expr_if3(o, unknown, expr_const(o->pool, TYPE(BOOLEAN), NULL),
	    expr_bool(o->pool, false)));
}

static int
in_by_counting(struct opt *o, struct plan_node *a, struct pull *p,
    struct plan_node *right, struct plan_node **out)
{
	struct expr *column = plan_symbol_expr(o->plan,
	    a->child[1]->out.v[0]), *equal, *value;
	struct plan_assign v[3] = { { .expr = expr_bool(o->pool, true) } };
	struct symbol_list keys = { 0 };
	struct plan_node *left, *joined;
	struct in_counts c;
	struct plan_agg aggs[3];
	int id;

	v[0].symbol = plan_symbol_new(o->plan, "non_null", TYPE(BOOLEAN));
	right = plan_extend(o->plan, right, v, 1);
	left = apply_row_id(o, a->child[0], &id);
	column = plan_expr_substitute(o->plan, column, p->late.v, p->late.n);
	equal = expr_binary(o, "=", a->apply.operand, column);
	if (equal == NULL)
		return -(int)o->err->code;
	joined = plan_join(o->plan, PLAN_LEFT, left, right,
	    expr_conjunction(o, &p->terms));
	v[1].symbol = plan_symbol_new(o->plan, "equal", TYPE(BOOLEAN));
	v[1].expr = equal;
	joined = plan_extend(o->plan, joined, v + 1, 1);
	v[2].symbol = plan_symbol_new(o->plan, "unknown", TYPE(BOOLEAN));
	v[2].expr = expr_and(o->pool, (struct expr *[]){
	    plan_symbol_expr(o->plan, v[0].symbol), expr_null_test(o,
	    plan_symbol_expr(o->plan, v[1].symbol)) }, 2);
	joined = plan_extend(o->plan, joined, v + 2, 1);
	if (!in_aggregates(o, &c, v[0].symbol, v[1].symbol, v[2].symbol))
		return -(int)o->err->code;
	for (int i = 0; i < left->out.n; i++)
		symbol_list_add(o->arena, &keys, left->out.v[i]);
	aggs[0] = c.all;
	aggs[1] = c.equal;
	aggs[2] = c.unknown;
	*out = plan_aggregate(o->plan, joined, &keys, aggs, 3);
	if ((value = in_value(o, &c)) == NULL)
		return -(int)o->err->code;
	*out = apply_result(o, *out, a->apply.symbol, value);
	return 0;
}

int
apply_in(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct pull p = { .o = o, .outer = apply_correlation(o, a) };
	struct plan_node *right = a->child[1];
	struct expr *equal, *operand;
	int mark;

	if (!pull_up(&p, &right) || p.was_global)
		return apply_unsupported(o, a);
	if (p.outer.n > 0)
		return in_by_counting(o, a, &p, right, out);
	/* A constant operand becomes a column, so that it is a key: NULL is
	 * unknown as a key only. */
	operand = plan_symbol_expr(o->plan, expr_as_symbol(o, &a->child[0],
	    a->apply.operand, "operand"));
	equal = expr_binary(o, "=", operand,
	    plan_symbol_expr(o->plan, right->out.v[0]));
	if (equal == NULL)
		return -(int)o->err->code;
	*out = mark_join(o, a->child[0], right, equal, &mark);
	*out = apply_result(o, *out, a->apply.symbol,
	    plan_symbol_expr(o->plan, mark));
	return 0;
}

/* ---- value op ALL/ANY (subquery) ---- */

struct bounds {
	struct plan_agg min, max, all, known;
};

static const char *const operators[] = {
	[PLAN_EQ] = "=", [PLAN_NE] = "<>", [PLAN_LT] = "<", [PLAN_LE] = "<=",
	[PLAN_GT] = ">", [PLAN_GE] = ">=",
};

/* The comparison with the bounds that decides for all values. */
static struct expr *
bound_compare(struct opt *o, const struct plan_node *a,
    const struct bounds *b)
{
	enum plan_compare c = a->apply.compare;
	struct expr *min = plan_symbol_expr(o->plan, b->min.symbol);
	struct expr *max = plan_symbol_expr(o->plan, b->max.symbol);
	struct expr *x, *y, *both;
	bool low = c == PLAN_LT || c == PLAN_LE;

	if (c != PLAN_EQ && c != PLAN_NE)
		return expr_binary(o, operators[c], a->apply.operand,
		    low == a->apply.all ? min : max);
	/* All values are one, and the operand is that one. */
	x = expr_binary(o, operators[c], min, max);
	y = expr_binary(o, operators[c], a->apply.operand, max);
	if (x == NULL || y == NULL)
		return NULL;
	both = expr_new(o->pool, c == PLAN_EQ ? EXPR_AND : EXPR_OR,
	    TYPE(BOOLEAN), 2);
	both->arg[0] = x;
	both->arg[1] = y;
	return both;
}

/* The outer rows with the bounds of the values that they are compared
 * with. */
static int
join_bounds(struct opt *o, const struct plan_node *a, struct plan_node *right,
    struct plan_node **out)
{
	struct plan_node *l = plan_node_new(o->plan, PLAN_APPLY, 2);

	l->line = a->line;
	l->column = a->column;
	l->child[0] = a->child[0];
	l->child[1] = right;
	l->apply.kind = APPLY_LATERAL;
	l->apply.join = PLAN_INNER;
	l->apply.symbol = -1;
	plan_node_reout(o->plan, l);
	return apply_lateral(o, l, out);
}

int
apply_quantified(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct plan_node *right = a->child[1];
	int column = right->out.v[0];
	struct expr *compare, *none, *nulls, *rest, *null;
	bool all = a->apply.all;
	struct plan_agg aggs[4];
	struct bounds b;
	int rc;

	if (!opt_aggregate(o, "min", &column, 1, &b.min) ||
	    !opt_aggregate(o, "max", &column, 1, &b.max) ||
	    !opt_aggregate(o, "count", NULL, 0, &b.all) ||
	    !opt_aggregate(o, "count", &column, 1, &b.known))
		return -(int)o->err->code;
	aggs[0] = b.min;
	aggs[1] = b.max;
	aggs[2] = b.all;
	aggs[3] = b.known;
	right = plan_aggregate(o->plan, right, NULL, aggs, 4);
	if ((rc = join_bounds(o, a, right, out)) != 0)
		return rc;
	compare = bound_compare(o, a, &b);
	none = expr_binary(o, "=", plan_symbol_expr(o->plan, b.all.symbol),
	    expr_bigint(o->pool, 0));
	nulls = expr_binary(o, "<>", plan_symbol_expr(o->plan,
	    b.all.symbol), plan_symbol_expr(o->plan, b.known.symbol));
	if (compare == NULL || none == NULL || nulls == NULL)
		return -(int)o->err->code;
	null = expr_const(o->pool, TYPE(BOOLEAN), NULL);
	rest = expr_new(o->pool, all ? EXPR_AND : EXPR_OR, TYPE(BOOLEAN), 2);
	rest->arg[0] = compare;
	rest->arg[1] = expr_if3(o, nulls, null, expr_bool(o->pool, all));
	*out = apply_result(o, *out, a->apply.symbol, expr_if3(o, none,
	    expr_bool(o->pool, all), rest));
	return 0;
}
