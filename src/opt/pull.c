/* SPDX-License-Identifier: Apache-2.0
 * pull.c - pulling correlated terms up through a subquery's tree. */
#include "opt/decorrelate.h"

bool
pull_is_correlated(struct pull *p, struct plan_node *n)
{
	struct symbol_list free = { 0 };

	plan_free_symbols(p->o->plan, n, &free);
	for (int i = 0; i < free.n; i++)
		if (symbol_list_has(&p->outer, free.v[i]))
			return true;
	return false;
}

static bool
reads_outer(struct pull *p, const struct expr *x)
{
	return expr_reads_any(p->o, x, &p->outer);
}

/* x with what was projected late put in. */
static struct expr *
expand(struct pull *p, struct expr *x)
{
	return plan_expr_substitute(p->o->plan, x, p->late.v, p->late.n);
}

static bool
pull_filter(struct pull *p, struct plan_node **n)
{
	struct expr_list all = { 0 }, stay = { 0 };
	struct plan_node *child = (*n)->child[0];

	if (!pull_up(p, &child))
		return false;
	expr_conjuncts(p->o, expand(p, (*n)->filter.predicate), &all);
	for (int i = 0; i < all.n; i++) {
		if (!reads_outer(p, all.v[i])) {
			arena_push(p->o->arena, &stay, all.v[i]);
			continue;
		}
		/* Behind an aggregation without keys a filter has no row to
		 * drop but must turn its result into NULL. */
		if (p->was_global)
			return false;
		arena_push(p->o->arena, &p->terms, all.v[i]);
	}
	if (p->was_global && stay.n > 0)
		return false;
	*n = plan_filter(p->o->plan, child, expr_conjunction(p->o, &stay));
	return true;
}

/* The symbols of the node that pulled terms read. */
static struct symbol_list
term_symbols(struct pull *p, const struct plan_node *n)
{
	struct symbol_list all = { 0 }, l = { 0 };

	for (int i = 0; i < p->terms.n; i++)
		plan_expr_uses(p->o->arena, p->terms.v[i], &all);
	for (int i = 0; i < p->late.n; i++)
		plan_expr_uses(p->o->arena, p->late.v[i].expr, &all);
	for (int i = 0; i < p->empty.n; i++)
		if (!symbol_list_has(&all, p->empty.v[i].symbol))
			symbol_list_add(p->o->arena, &all,
			    p->empty.v[i].symbol);
	for (int i = 0; i < all.n; i++)
		if (symbol_list_has(&n->out, all.v[i]))
			symbol_list_add(p->o->arena, &l, all.v[i]);
	return l;
}

static bool
pull_project(struct pull *p, struct plan_node **n)
{
	struct plan_node *child = (*n)->child[0], *old = *n;
	struct plan_assign *v;
	struct symbol_list keep;
	int count = 0;

	if (!pull_up(p, &child))
		return false;
	v = arena_array(p->o->arena, struct plan_assign,
	    old->project.n + child->out.n + 1);
	for (int i = 0; i < old->project.n; i++) {
		struct plan_assign a = old->project.v[i];

		a.expr = expand(p, a.expr);
		/* What a row of no match would have computed is not NULL:
		 * leave it to the time after the join. */
		if (reads_outer(p, a.expr) || (p->was_global &&
		    a.expr->kind != EXPR_INPUT)) {
			arena_push(p->o->arena, &p->late, a);
			continue;
		}
		v[count++] = a;
		if (p->was_global && a.expr->input != a.symbol) {
			count--;
			arena_push(p->o->arena, &p->late, a);
		}
	}
	keep = term_symbols(p, child);
	for (int i = 0; i < keep.n; i++) {
		bool there = false;

		for (int k = 0; k < count; k++)
			there |= v[k].symbol == keep.v[i];
		if (!there)
			v[count++] = (struct plan_assign){ keep.v[i],
				plan_symbol_expr(p->o->plan, keep.v[i]) };
	}
	*n = plan_project(p->o->plan, child, v, count);
	return true;
}

/* The inner sides of the equalities so far as keys; false when a term is no
 * equality of an inner with an outer expression. */
static bool
equality_keys(struct pull *p, struct plan_node **child,
    struct symbol_list *keys)
{
	for (int i = 0; i < p->terms.n; i++) {
		struct symbol_list inner = (*child)->out;
		struct expr *sides[2];
		bool null_safe;
		int key;

		if (!expr_equi_sides(p->o, p->terms.v[i], &inner, &p->outer,
		    sides, &null_safe))
			return false;
		key = expr_as_symbol(p->o, child, sides[0], "key");
		if (sides[0]->kind != EXPR_INPUT) {
			struct expr *l = plan_symbol_expr(p->o->plan, key);

			p->terms.v[i] = expr_binary(p->o, null_safe
			    ? "IS DISTINCT FROM" : "=", l, sides[1]);
			if (p->terms.v[i] == NULL)
				return false;
			if (null_safe)
				p->terms.v[i] = expr_negate(p->o,
				    p->terms.v[i]);
		}
		if (!symbol_list_has(keys, key))
			symbol_list_add(p->o->arena, keys, key);
	}
	return true;
}

/* The values of aggregates over no rows that are not NULL. */
static bool
counts(const struct agg_func *f)
{
	static const char *const names[] = { "count(", "count_if(",
		"approx_distinct(", "regr_count(" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(f->signature, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool
pull_aggregate(struct pull *p, struct plan_node **n)
{
	struct plan_node *old = *n, *child = old->child[0];
	struct symbol_list keys = { 0 };
	bool global = old->aggregate.keys.n == 0;

	if (!pull_up(p, &child) || p->was_global || p->late.n > 0)
		return false;
	if (p->terms.n == 0)
		return false;
	for (int i = 0; i < old->aggregate.keys.n; i++)
		symbol_list_add(p->o->arena, &keys,
		    old->aggregate.keys.v[i]);
	if (!equality_keys(p, &child, &keys) ||
	    old->aggregate.global_sets >= 0)
		return false;
	*n = plan_aggregate(p->o->plan, child, &keys, old->aggregate.v,
	    old->aggregate.n);
	if (!global)
		return true;
	p->was_global = p->unique = true;
	for (int i = 0; i < old->aggregate.n; i++) {
		const struct plan_agg *a = &old->aggregate.v[i];
		struct plan_assign e = { .symbol = a->symbol };

		if (counts(a->func) && type_is(a->result, TYPE_BIGINT))
			e.expr = expr_bigint(p->o->pool, 0);
		else
			e.expr = expr_const(p->o->pool, a->result, NULL);
		arena_push(p->o->arena, &p->empty, e);
	}
	return true;
}

/* A projection that only drops columns. */
static bool
passes_on(const struct plan_node *n)
{
	for (int i = 0; i < n->project.n; i++)
		if (n->project.v[i].expr->kind != EXPR_INPUT ||
		    n->project.v[i].expr->input != n->project.v[i].symbol)
			return false;
	return true;
}

/* n rows of each group: by row number within the keys. */
static bool
pull_limit(struct pull *p, struct plan_node **n)
{
	struct plan_node *old = *n, *child = old->child[0], *w;
	struct symbol_list keys = { 0 };
	struct plan_window_func *f;
	struct expr *number, *term;
	const struct plan_order *order = old->sort.v;
	int n_order = old->sort.n;

	if (old->sort.ties)
		return false;
	if (child->kind == PLAN_PROJECT && passes_on(child) &&
	    child->child[0]->kind == PLAN_SORT)
		child = child->child[0];
	if (child->kind == PLAN_SORT && n_order == 0) {
		order = child->sort.v;
		n_order = child->sort.n;
		child = child->child[0];
	}
	if (!pull_up(p, &child) || p->late.n > 0 || p->was_global)
		return false;
	if (p->terms.n == 0 || !equality_keys(p, &child, &keys))
		return false;
	w = plan_node_new(p->o->plan, PLAN_WINDOW, 1);
	f = arena_new(p->o->arena, struct plan_window_func);
	f->name = "row_number";
	f->agg.result = TYPE(BIGINT);
	f->agg.filter = f->frame.start_value = f->frame.end_value = -1;
	f->frame.end = PLAN_CURRENT_ROW;
	f->agg.symbol = plan_symbol_new(p->o->plan, "row_number",
	    TYPE(BIGINT));
	w->child[0] = child;
	w->window.partition = keys;
	w->window.n_order = n_order;
	w->window.order = (struct plan_order *)(uintptr_t)order;
	w->window.n = 1;
	w->window.v = f;
	plan_node_reout(p->o->plan, w);
	number = plan_symbol_expr(p->o->plan, f->agg.symbol);
	*n = w;
	if (old->sort.limit >= 0) {
		term = expr_binary(p->o, "<=", number, expr_bigint(
		    p->o->pool, old->sort.limit + old->sort.offset));
		if (term == NULL)
			return false;
		*n = plan_filter(p->o->plan, *n, term);
	}
	if (old->sort.offset > 0) {
		term = expr_binary(p->o, ">", number, expr_bigint(p->o->pool,
		    old->sort.offset));
		if (term == NULL)
			return false;
		*n = plan_filter(p->o->plan, *n, term);
	}
	p->unique |= old->sort.limit == 1;
	return true;
}

static bool
pull_join(struct pull *p, struct plan_node **n)
{
	struct plan_node *old = *n, *left = old->child[0];
	struct plan_node *right = old->child[1];
	struct expr_list all = { 0 }, stay = { 0 };
	enum plan_join_kind k = old->join.kind;

	if (k != PLAN_INNER && pull_is_correlated(p, right))
		return false;
	if ((k == PLAN_FULL || k == PLAN_RIGHT) &&
	    pull_is_correlated(p, left))
		return false;
	if (!pull_up(p, &left))
		return false;
	if (k == PLAN_INNER && !pull_up(p, &right))
		return false;
	if (p->was_global)
		return false;
	expr_conjuncts(p->o, expand(p, old->join.on), &all);
	for (int i = 0; i < all.n; i++) {
		if (!reads_outer(p, all.v[i])) {
			arena_push(p->o->arena, &stay, all.v[i]);
			continue;
		}
		if (k != PLAN_INNER)
			return false;
		arena_push(p->o->arena, &p->terms, all.v[i]);
	}
	*n = plan_join(p->o->plan, k, left, right,
	    expr_conjunction(p->o, &stay));
	(*n)->join.mark = old->join.mark;
	plan_node_reout(p->o->plan, *n);
	p->unique = false;
	return true;
}

static bool
pull_window(struct pull *p, struct plan_node **n)
{
	struct plan_node *old = *n, *child = old->child[0], *w;
	struct symbol_list keys = { 0 };

	if (!pull_up(p, &child) || p->late.n > 0 || p->was_global)
		return false;
	for (int i = 0; i < old->window.partition.n; i++)
		symbol_list_add(p->o->arena, &keys,
		    old->window.partition.v[i]);
	if (!equality_keys(p, &child, &keys))
		return false;
	w = plan_node_new(p->o->plan, PLAN_WINDOW, 1);
	w->window = old->window;
	w->window.partition = keys;
	w->child[0] = child;
	plan_node_reout(p->o->plan, w);
	*n = w;
	return true;
}

static bool
pull_passing(struct pull *p, struct plan_node **n)
{
	struct plan_node *m;

	if ((*n)->kind == PLAN_SORT)
		*n = (*n)->child[0];    /* order within does not matter */
	else if ((*n)->kind != PLAN_MARK_DISTINCT &&
	    (*n)->kind != PLAN_ROW_ID)
		return false;
	else {
		m = arena_dup(p->o->arena, *n, sizeof(*m));
		m->child = arena_array(p->o->arena, struct plan_node *, 1);
		m->child[0] = (*n)->child[0];
		if (!pull_up(p, &m->child[0]))
			return false;
		plan_node_reout(p->o->plan, m);
		*n = m;
		return true;
	}
	return pull_up(p, n);
}

bool
pull_up(struct pull *p, struct plan_node **n)
{
	bool done;

	if (!pull_is_correlated(p, *n))
		return true;
	if (opt_enter(p->o) != 0)
		return false;
	switch ((*n)->kind) {
	case PLAN_FILTER: done = pull_filter(p, n); break;
	case PLAN_PROJECT: done = pull_project(p, n); break;
	case PLAN_AGGREGATE: done = pull_aggregate(p, n); break;
	case PLAN_JOIN: done = pull_join(p, n); break;
	case PLAN_LIMIT: case PLAN_TOPN: done = pull_limit(p, n); break;
	case PLAN_WINDOW: done = pull_window(p, n); break;
	default: done = pull_passing(p, n);
	}
	p->o->depth--;
	return done;
}
