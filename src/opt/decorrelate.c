/* SPDX-License-Identifier: Apache-2.0
 * decorrelate.c - APPLY nodes become joins: uncorrelated ones at once,
 * correlated ones by pulling terms up or by grouping the outer rows. */
#include "opt/decorrelate.h"

int
apply_unsupported(struct opt *o, const struct plan_node *a)
{
	return err_set_at(o->err, ERR_NOT_SUPPORTED, a->line, a->column,
	    "Given correlated subquery is not supported");
}

struct symbol_list
apply_correlation(struct opt *o, struct plan_node *a)
{
	struct symbol_list free = { 0 }, l = { 0 };

	plan_free_symbols(o->plan, a->child[1], &free);
	for (int i = 0; i < free.n; i++)
		if (symbol_list_has(&a->child[0]->out, free.v[i]))
			symbol_list_add(o->arena, &l, free.v[i]);
	return l;
}

struct plan_node *
apply_row_id(struct opt *o, struct plan_node *n, int *id)
{
	struct plan_node *r = plan_node_new(o->plan, PLAN_ROW_ID, 1);

	*id = r->mark.symbol = plan_symbol_new(o->plan, "unique",
	    TYPE(BIGINT));
	r->child[0] = n;
	plan_node_reout(o->plan, r);
	return r;
}

struct plan_node *
apply_result(struct opt *o, struct plan_node *child, int symbol,
    struct expr *x)
{
	struct plan_assign a = { symbol, x };

	return plan_extend(o->plan, child, &a, 1);
}

/* Does it always put out exactly one row? */
static bool
is_one_row(const struct plan_node *n)
{
	switch (n->kind) {
	case PLAN_PROJECT:
		return is_one_row(n->child[0]);
	case PLAN_VALUES:
		return n->values.n_rows == 1;
	case PLAN_AGGREGATE:
		return n->aggregate.keys.n == 0;
	case PLAN_SINGLE_ROW:
		return true;
	case PLAN_JOIN:
		return n->join.kind == PLAN_INNER && n->join.on == NULL &&
		    is_one_row(n->child[0]) && is_one_row(n->child[1]);
	default:
		return false;
	}
}

/* ---- scalar ---- */

static struct plan_node *
single_row(struct opt *o, struct plan_node *n)
{
	struct plan_node *s;

	if (is_one_row(n))
		return n;
	s = plan_node_new(o->plan, PLAN_SINGLE_ROW, 1);
	s->child[0] = n;
	plan_node_reout(o->plan, s);
	return s;
}

/* Fails for outer rows (numbered by id) that have met more than one. */
static int
check_single(struct opt *o, struct plan_node **n, int id)
{
	struct plan_node *m = plan_node_new(o->plan, PLAN_MARK_DISTINCT, 1);
	int32_t code = err_number(ERR_SUBQUERY_MULTIPLE_ROWS);
	struct expr *args[2], *fail;
	int rc;

	m->mark.symbol = plan_symbol_new(o->plan, "is_distinct",
	    TYPE(BOOLEAN));
	symbol_list_add(o->arena, &m->mark.keys, id);
	m->child[0] = *n;
	plan_node_reout(o->plan, m);
	args[0] = expr_const(o->pool, TYPE(INTEGER), &code);
	args[1] = expr_const_str(o->pool, TYPE(VARCHAR),
	    STR("Scalar sub-query has returned multiple rows"));
	if ((rc = expr_call(o->pool, STR("fail"), args, 2, &fail,
	    o->err)) != 0)
		return rc;
	*n = plan_filter(o->plan, m, expr_if3(o,
	    plan_symbol_expr(o->plan, m->mark.symbol),
	    expr_bool(o->pool, true), expr_cast(o->pool, fail,
	    TYPE(BOOLEAN))));
	(*n)->filter.barrier = true;
	return 0;
}

/* The value that stands for the subquery over the joined rows. */
static struct expr *
pulled_value(struct opt *o, struct pull *p, int symbol, struct expr *marker)
{
	struct plan_assign *v = arena_array(o->arena, struct plan_assign,
	    p->empty.n + 1);
	struct expr *x = plan_symbol_expr(o->plan, symbol);
	bool late = false;
	int n = 0;

	for (int i = 0; i < p->late.n; i++)
		late |= p->late.v[i].symbol == symbol;
	/* Late ones may build on earlier ones. */
	for (int i = p->late.n - 1; i >= 0; i--)
		x = plan_expr_substitute(o->plan, x, &p->late.v[i], 1);
	for (int i = 0; i < p->empty.n; i++) {
		struct expr *value = p->empty.v[i].expr;

		if (expr_is_null_const(value))
			continue;
		v[n].symbol = p->empty.v[i].symbol;
		v[n].expr = expr_coalesce2(o, plan_symbol_expr(o->plan,
		    v[n].symbol), value);
		n++;
	}
	x = plan_expr_substitute(o->plan, x, v, n);
	if (late && !p->was_global && marker != NULL)
		x = expr_if3(o, expr_negate(o, expr_null_test(o, marker)), x,
		    expr_const(o->pool, x->type, NULL));
	return x;
}

static struct plan_node *
with_marker(struct opt *o, struct plan_node *n, struct expr **marker)
{
	struct plan_assign a = { .expr = expr_bool(o->pool, true) };

	a.symbol = plan_symbol_new(o->plan, "non_null", TYPE(BOOLEAN));
	*marker = plan_symbol_expr(o->plan, a.symbol);
	return plan_extend(o->plan, n, &a, 1);
}

static int
scalar_pulled(struct opt *o, struct plan_node *a, struct pull *p,
    struct plan_node *right, struct plan_node **out)
{
	struct plan_node *left = a->child[0];
	int id = -1, symbol = a->child[1]->out.v[0], rc;
	struct expr *marker = NULL;

	if (p->terms.n == 0 && is_one_row(right)) {
		*out = plan_join(o->plan, PLAN_INNER, left, right, NULL);
	} else {
		if (p->late.n > 0 && !p->was_global)
			right = with_marker(o, right, &marker);
		if (!p->unique && !is_one_row(right))
			left = apply_row_id(o, left, &id);
		*out = plan_join(o->plan, PLAN_LEFT, left, right,
		    expr_conjunction(o, &p->terms));
		if (id >= 0 && (rc = check_single(o, out, id)) != 0)
			return rc;
	}
	*out = apply_result(o, *out, a->apply.symbol,
	    pulled_value(o, p, symbol, marker));
	return 0;
}

int
apply_scalar(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct pull p = { .o = o, .outer = apply_correlation(o, a) };
	struct plan_node *right = a->child[1];
	int rc;

	if (p.outer.n == 0) {
		*out = plan_join(o->plan, PLAN_INNER, a->child[0],
		    single_row(o, right), NULL);
		*out = apply_result(o, *out, a->apply.symbol,
		    plan_symbol_expr(o->plan, right->out.v[0]));
		return 0;
	}
	if (pull_up(&p, &right))
		return scalar_pulled(o, a, &p, right, out);
	if ((rc = apply_by_grouping(o, a, out)) != 0)
		return rc;
	return *out != NULL ? 0 : apply_unsupported(o, a);
}

/* ---- lateral ---- */

int
apply_lateral(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	struct pull p = { .o = o, .outer = apply_correlation(o, a) };
	struct plan_node *right = a->child[1];
	struct plan_assign *v;
	struct expr *marker = NULL;
	int n = 0, rc;

	if (!pull_up(&p, &right)) {
		if ((rc = apply_by_grouping(o, a, out)) != 0 ||
		    (*out == NULL && (rc = apply_unnest(o, a, out)) != 0))
			return rc;
		return *out != NULL ? 0 : apply_unsupported(o, a);
	}
	if (a->apply.on != NULL)
		expr_conjuncts(o, plan_expr_substitute(o->plan, a->apply.on,
		    p.late.v, p.late.n), &p.terms);
	if (p.was_global && a->apply.on != NULL)
		return apply_unsupported(o, a);
	if (a->apply.join == PLAN_LEFT && !p.was_global)
		right = with_marker(o, right, &marker);
	*out = plan_join(o->plan, p.was_global ? PLAN_LEFT : a->apply.join,
	    a->child[0], right, expr_conjunction(o, &p.terms));
	v = arena_array(o->arena, struct plan_assign, a->out.n + 1);
	for (int i = 0; i < a->child[1]->out.n; i++) {
		int symbol = a->child[1]->out.v[i];
		struct expr *x = pulled_value(o, &p, symbol, marker);

		if (x->kind == EXPR_INPUT && x->input == symbol)
			continue;
		/* Values over what is there already get the same symbol:
		 * project everything anew. */
		v[n].symbol = symbol;
		v[n++].expr = x;
	}
	for (int i = 0; i < (*out)->out.n && n > 0; i++) {
		int symbol = (*out)->out.v[i];
		bool made = false;

		for (int k = 0; k < n; k++)
			made |= v[k].symbol == symbol;
		if (!made && symbol_list_has(&a->out, symbol)) {
			v[n].symbol = symbol;
			v[n++].expr = plan_symbol_expr(o->plan, symbol);
		}
	}
	if (n > 0)
		*out = plan_project(o->plan, *out, v, n);
	return 0;
}

/* ---- the walk ---- */

/* Is the apply's mark used in the filter's terms once, as a whole term?
 * 1: as it is; -1: negated; 0: otherwise. */
static int
mark_use(struct opt *o, const struct expr_list *terms, int mark, int *at)
{
	struct symbol_list l = { &mark, 1, 1 };
	int use = 0, uses = 0;

	for (int i = 0; i < terms->n; i++) {
		const struct expr *x = terms->v[i];

		if (!expr_reads_any(o, x, &l))
			continue;
		uses++;
		*at = i;
		if (x->kind == EXPR_INPUT)
			use = 1;
		else if (x->kind == EXPR_NOT &&
		    x->arg[0]->kind == EXPR_INPUT)
			use = -1;
		else
			return 0;
	}
	return uses == 1 ? use : 0;
}

/* EXISTS and IN as whole terms of a filter: semi and anti joins. */
static int
semi_join(struct opt *o, struct plan_node *a, int use,
    struct plan_node **out)
{
	struct pull p = { .o = o, .outer = apply_correlation(o, a) };
	struct plan_node *right = a->child[1];
	enum plan_join_kind kind = PLAN_SEMI;
	struct expr *equal;

	*out = NULL;
	if (a->apply.kind == APPLY_IN && use < 0 && p.outer.n > 0)
		return 0;
	while (a->apply.kind == APPLY_EXISTS && ((right->kind == PLAN_LIMIT &&
	    right->sort.limit != 0 && right->sort.offset == 0) ||
	    right->kind == PLAN_SORT || right->kind == PLAN_PROJECT ||
	    (right->kind == PLAN_AGGREGATE && right->aggregate.keys.n > 0 &&
	    right->aggregate.global_sets < 0)))
		right = right->child[0];
	if (a->apply.kind == APPLY_EXISTS && p.outer.n == 0)
		return 0;
	if (!pull_up(&p, &right) || p.was_global)
		return 0;
	if (a->apply.kind == APPLY_IN) {
		struct expr *column = plan_symbol_expr(o->plan,
		    a->child[1]->out.v[0]);

		column = plan_expr_substitute(o->plan, column, p.late.v,
		    p.late.n);
		if (use < 0)
			a->apply.operand = plan_symbol_expr(o->plan,
			    expr_as_symbol(o, &a->child[0], a->apply.operand,
			    "operand"));
		equal = expr_binary(o, "=", a->apply.operand, column);
		if (equal == NULL)
			return -(int)o->err->code;
		arena_push(o->arena, &p.terms, equal);
		kind = use > 0 ? PLAN_SEMI : PLAN_ANTI_NULL;
	} else if (use < 0) {
		kind = PLAN_ANTI;
	}
	*out = plan_join(o->plan, kind, a->child[0], right,
	    expr_conjunction(o, &p.terms));
	return 0;
}

static int
apply_any(struct opt *o, struct plan_node *a, struct plan_node **out)
{
	switch (a->apply.kind) {
	case APPLY_SCALAR: return apply_scalar(o, a, out);
	case APPLY_EXISTS: return apply_exists(o, a, out);
	case APPLY_IN: return apply_in(o, a, out);
	case APPLY_QUANTIFIED: return apply_quantified(o, a, out);
	default: return apply_lateral(o, a, out);
	}
}

static int decorrelate(struct opt *o, struct plan_node **n);

/* Filter over applies: from the uppermost down. */
static int
filter_applies(struct opt *o, struct plan_node *f)
{
	struct expr_list terms = { 0 };
	struct plan_node **at = &f->child[0];
	int rc, term = 0, kept = 0;
	bool *gone;

	expr_conjuncts(o, f->filter.predicate, &terms);
	gone = arena_array(o->arena, bool, terms.n + 1);
	while ((*at)->kind == PLAN_APPLY) {
		struct plan_node *a = *at, *semi = NULL;
		int use = a->apply.kind == APPLY_IN ||
		    a->apply.kind == APPLY_EXISTS
		    ? mark_use(o, &terms, a->apply.symbol, &term) : 0;

		if (use != 0) {
			if ((rc = decorrelate(o, &a->child[1])) != 0 ||
			    (rc = semi_join(o, a, use, &semi)) != 0)
				return rc;
		}
		if (semi == NULL) {
			at = &a->child[0];
			continue;
		}
		gone[term] = true;
		*at = semi;
		at = &semi->child[0];
	}
	for (int i = 0; i < terms.n; i++)
		if (!gone[i])
			terms.v[kept++] = terms.v[i];
	terms.n = kept;
	f->filter.predicate = kept == 0 ? expr_bool(o->pool, true)
	    : expr_conjunction(o, &terms);
	return 0;
}

static int
decorrelate(struct opt *o, struct plan_node **n)
{
	struct plan_node *m = *n, *out = NULL;
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	if (m->kind == PLAN_FILTER && m->child[0]->kind == PLAN_APPLY &&
	    (rc = filter_applies(o, m)) != 0)
		return rc;
	for (int i = 0; i < m->n_child; i++)
		if ((rc = decorrelate(o, &m->child[i])) != 0)
			return rc;
	if (m->kind == PLAN_APPLY) {
		if ((rc = apply_any(o, m, &out)) != 0)
			return rc;
		*n = out;
	} else {
		plan_node_reout(o->plan, m);
	}
	if (m->kind == PLAN_FILTER && expr_is_true(m->filter.predicate))
		*n = m->child[0];
	o->depth--;
	return 0;
}

int
pass_decorrelate(struct opt *o, struct plan_node **n)
{
	return decorrelate(o, n);
}
