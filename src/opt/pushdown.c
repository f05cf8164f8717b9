/* SPDX-License-Identifier: Apache-2.0
 * pushdown.c - predicates as far down as they can go; outer joins that their
 * filter makes inner ones; what equalities say of other columns. */
#include "opt/infer.h"

static int push(struct opt *o, struct plan_node **n,
    const struct expr_list *terms);

static struct plan_node *
filtered(struct opt *o, struct plan_node *n, const struct expr_list *l)
{
	return plan_filter(o->plan, n, expr_conjunction(o, l));
}

static void
add_term(struct opt *o, struct expr_list *l, struct expr *x)
{
	for (int i = 0; i < l->n; i++)
		if (expr_equal(l->v[i], x))
			return;
	arena_push(o->arena, l, x);
}

static int
push_children(struct opt *o, struct plan_node *n)
{
	struct expr_list none = { 0 };
	int rc;

	for (int i = 0; i < n->n_child; i++)
		if ((rc = push(o, &n->child[i], &none)) != 0)
			return rc;
	return 0;
}

/* All terms stay above; what is below starts anew. */
static int
push_stop(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	int rc;

	if ((rc = push_children(o, *n)) != 0)
		return rc;
	plan_node_reout(o->plan, *n);
	*n = filtered(o, *n, terms);
	return 0;
}

/* Terms over the columns of l go below, the others stay. */
static int
push_within(struct opt *o, struct plan_node **n,
    const struct expr_list *terms, const struct symbol_list *l)
{
	struct expr_list down = { 0 }, stay = { 0 };
	int rc;

	for (int i = 0; i < terms->n; i++) {
		struct expr *t = terms->v[i];

		arena_push(o->arena, expr_within(o, t, l) ? &down : &stay, t);
	}
	if ((rc = push(o, &(*n)->child[0], &down)) != 0)
		return rc;
	plan_node_reout(o->plan, *n);
	*n = filtered(o, *n, &stay);
	return 0;
}

/* Terms about the outer rows of a checked subquery go below the check, the
 * others must wait for it. */
static int
push_barrier(struct opt *o, struct plan_node **n,
    const struct expr_list *terms)
{
	struct plan_node *f = *n, *join = f->child[0]->child[0];
	struct expr_list down = { 0 }, stay = { 0 };
	int rc;

	for (int i = 0; i < terms->n; i++)
		if (join->kind == PLAN_JOIN && join->join.kind == PLAN_LEFT &&
		    expr_within(o, terms->v[i], &join->child[0]->out))
			arena_push(o->arena, &down, terms->v[i]);
		else
			arena_push(o->arena, &stay, terms->v[i]);
	if ((rc = push(o, &f->child[0]->child[0], &down)) != 0)
		return rc;
	plan_node_reout(o->plan, f->child[0]);
	plan_node_reout(o->plan, f);
	*n = filtered(o, f, &stay);
	return 0;
}

static int
push_filter(struct opt *o, struct plan_node **n,
    const struct expr_list *terms)
{
	struct expr_list down = { 0 }, stay = { 0 }, own = { 0 };
	int rc;

	if ((*n)->filter.barrier)
		return push_barrier(o, n, terms);
	for (int i = 0; i < terms->n; i++)
		add_term(o, &down, terms->v[i]);
	expr_conjuncts(o, expr_simplify(o, (*n)->filter.predicate), &own);
	for (int i = 0; i < own.n; i++)
		if (expr_deterministic(own.v[i]))
			add_term(o, &down, own.v[i]);
		else
			arena_push(o->arena, &stay, own.v[i]);
	/* Terms from above may not be asked of rows that these drop, when
	 * they are about chance; they commute otherwise. */
	*n = (*n)->child[0];
	if ((rc = push(o, n, &down)) != 0)
		return rc;
	*n = filtered(o, *n, &stay);
	return 0;
}

static int
push_project(struct opt *o, struct plan_node **n,
    const struct expr_list *terms)
{
	struct plan_node *p = *n;
	struct expr_list down = { 0 }, stay = { 0 };
	int rc;

	for (int i = 0; i < terms->n; i++) {
		struct symbol_list uses = { 0 };
		bool chance = false;

		plan_expr_uses(o->arena, terms->v[i], &uses);
		for (int k = 0; k < p->project.n; k++)
			chance |= symbol_list_has(&uses,
			    p->project.v[k].symbol) &&
			    !expr_deterministic(p->project.v[k].expr);
		if (chance)
			arena_push(o->arena, &stay, terms->v[i]);
		else
			arena_push(o->arena, &down, expr_fold_in(o,
			    plan_expr_substitute(o->plan, terms->v[i],
			    p->project.v, p->project.n)));
	}
	if ((rc = push(o, &p->child[0], &down)) != 0)
		return rc;
	*n = filtered(o, p, &stay);
	return 0;
}

static int
push_scan(struct opt *o, struct plan_node *n, const struct expr_list *terms)
{
	struct expr_list all = { 0 };

	expr_conjuncts(o, n->scan.filter, &all);
	for (int i = 0; i < terms->n; i++)
		add_term(o, &all, terms->v[i]);
	n->scan.filter = expr_conjunction(o, &all);
	if (n->scan.filter != NULL)
		n->scan.filter = expr_simplify(o, n->scan.filter);
	if (n->scan.filter != NULL && expr_is_true(n->scan.filter))
		n->scan.filter = NULL;
	return 0;
}

static int
push_union(struct opt *o, struct plan_node *n, const struct expr_list *terms)
{
	int rc;

	for (int c = 0; c < n->n_child; c++) {
		struct plan_assign *v = arena_array(o->arena,
		    struct plan_assign, n->out.n + 1);
		struct expr_list down = { 0 };

		for (int i = 0; i < n->out.n; i++)
			v[i] = (struct plan_assign){ n->out.v[i],
				plan_symbol_expr(o->plan,
				n->set.inputs[c][i]) };
		for (int i = 0; i < terms->n; i++)
			arena_push(o->arena, &down, plan_expr_substitute(
			    o->plan, terms->v[i], v, n->out.n));
		if ((rc = push(o, &n->child[c], &down)) != 0)
			return rc;
	}
	return 0;
}

/* ---- joins ---- */

static bool
any_rejects(struct opt *o, const struct expr_list *terms,
    const struct symbol_list *l)
{
	for (int i = 0; i < terms->n; i++)
		if (expr_rejects_nulls(o, terms->v[i], l))
			return true;
	return false;
}

/* Filters above that drop NULL-extended rows turn outer into inner. */
static void
outer_to_inner(struct opt *o, struct plan_node *n,
    const struct expr_list *terms)
{
	const struct symbol_list *l = &n->child[0]->out;
	const struct symbol_list *r = &n->child[1]->out;
	enum plan_join_kind k = n->join.kind;

	if (k == PLAN_FULL) {
		bool left = any_rejects(o, terms, l);
		bool right = any_rejects(o, terms, r);

		if (left && right)
			k = PLAN_INNER;
		else if (left)
			k = PLAN_LEFT;
		else if (right)
			k = PLAN_RIGHT;
	}
	if (k == PLAN_LEFT && any_rejects(o, terms, r))
		k = PLAN_INNER;
	else if (k == PLAN_RIGHT && any_rejects(o, terms, l))
		k = PLAN_INNER;
	n->join.kind = k;
}

struct sides {
	struct expr_list left, right, both, above;
};

static int
finish_join(struct opt *o, struct plan_node **n, struct sides *s)
{
	struct plan_node *j = *n;
	int rc;

	j->join.on = expr_conjunction(o, &s->both);
	if ((rc = push(o, &j->child[0], &s->left)) != 0 ||
	    (rc = push(o, &j->child[1], &s->right)) != 0)
		return rc;
	plan_node_reout(o->plan, j);
	*n = filtered(o, j, &s->above);
	return 0;
}

static void
part_inner(struct opt *o, struct plan_node *n, struct expr_list *all,
    struct sides *s)
{
	const struct symbol_list *l = &n->child[0]->out;
	const struct symbol_list *r = &n->child[1]->out;

	infer_terms(o, all);
	infer_or_sides(o, all, l);
	infer_or_sides(o, all, r);
	for (int i = 0; i < all->n; i++) {
		struct expr *t = all->v[i];

		if (expr_within(o, t, l))
			add_term(o, &s->left, t);
		else if (expr_within(o, t, r))
			add_term(o, &s->right, t);
		else
			add_term(o, &s->both, t);
	}
}

static int
push_inner(struct opt *o, struct plan_node **n,
    const struct expr_list *terms)
{
	struct expr_list all = { 0 };
	struct sides s = { 0 };

	for (int i = 0; i < terms->n; i++)
		add_term(o, &all, terms->v[i]);
	expr_conjuncts(o, expr_simplify(o, (*n)->join.on), &all);
	part_inner(o, *n, &all, &s);
	return finish_join(o, n, &s);
}

/* keep: the side whose rows all stay; other: the side that is joined to
 * them. */
static int
push_outer(struct opt *o, struct plan_node **n,
    const struct expr_list *terms, int keep)
{
	struct plan_node *j = *n;
	const struct symbol_list *kept = &j->child[keep]->out;
	const struct symbol_list *other = &j->child[1 - keep]->out;
	struct expr_list on = { 0 }, known = { 0 };
	struct sides s = { 0 };
	struct expr_list *down = keep == 0 ? &s.left : &s.right;
	struct expr_list *across = keep == 0 ? &s.right : &s.left;

	for (int i = 0; i < terms->n; i++)
		if (expr_within(o, terms->v[i], kept)) {
			add_term(o, down, terms->v[i]);
			add_term(o, &known, terms->v[i]);
		} else {
			add_term(o, &s.above, terms->v[i]);
		}
	expr_conjuncts(o, expr_simplify(o, j->join.on), &on);
	for (int i = 0; i < on.n; i++) {
		add_term(o, &known, on.v[i]);
		if (expr_within(o, on.v[i], other))
			add_term(o, across, on.v[i]);
		else
			add_term(o, &s.both, on.v[i]);
	}
	/* What holds for the kept side's keys holds for their partners. */
	infer_terms(o, &known);
	for (int i = 0; i < known.n; i++)
		if (expr_within(o, known.v[i], other) &&
		    expr_reads_any(o, known.v[i], other))
			add_term(o, across, known.v[i]);
	return finish_join(o, n, &s);
}

static int
push_full(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	struct sides s = { 0 };

	for (int i = 0; i < terms->n; i++)
		add_term(o, &s.above, terms->v[i]);
	expr_conjuncts(o, expr_simplify(o, (*n)->join.on), &s.both);
	return finish_join(o, n, &s);
}

/* SEMI, ANTI, MARK: rows of the left side only come out. */
static int
push_semi(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	struct plan_node *j = *n;
	const struct symbol_list *l = &j->child[0]->out;
	const struct symbol_list *r = &j->child[1]->out;
	enum plan_join_kind k = j->join.kind;
	struct expr_list on = { 0 }, known = { 0 };
	struct sides s = { 0 };

	for (int i = 0; i < terms->n; i++) {
		bool left = expr_within(o, terms->v[i], l);

		add_term(o, left ? &s.left : &s.above, terms->v[i]);
		if (left)
			add_term(o, &known, terms->v[i]);
	}
	expr_conjuncts(o, expr_simplify(o, j->join.on), &on);
	for (int i = 0; i < on.n; i++) {
		struct expr *t = on.v[i];

		add_term(o, &known, t);
		if (expr_within(o, t, r) && k != PLAN_MARK &&
		    k != PLAN_ANTI_NULL)
			add_term(o, &s.right, t);
		else if (expr_within(o, t, l) && k == PLAN_SEMI)
			add_term(o, &s.left, t);
		else
			add_term(o, &s.both, t);
	}
	if (k == PLAN_SEMI || k == PLAN_ANTI) {
		infer_terms(o, &known);
		for (int i = 0; i < known.n; i++)
			if (expr_within(o, known.v[i], r) &&
			    expr_reads_any(o, known.v[i], r))
				add_term(o, &s.right, known.v[i]);
	}
	return finish_join(o, n, &s);
}

static int
push_join(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	outer_to_inner(o, *n, terms);
	switch ((*n)->join.kind) {
	case PLAN_INNER: return push_inner(o, n, terms);
	case PLAN_LEFT: return push_outer(o, n, terms, 0);
	case PLAN_RIGHT: return push_outer(o, n, terms, 1);
	case PLAN_FULL: return push_full(o, n, terms);
	default: return push_semi(o, n, terms);
	}
}

static int
push_node(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	struct plan_node *m = *n;

	switch (m->kind) {
	case PLAN_FILTER: return push_filter(o, n, terms);
	case PLAN_PROJECT: return push_project(o, n, terms);
	case PLAN_SCAN: return push_scan(o, m, terms);
	case PLAN_JOIN: return push_join(o, n, terms);
	case PLAN_UNION: return push_union(o, m, terms);
	case PLAN_AGGREGATE:
		if (m->aggregate.keys.n == 0 || m->aggregate.global_sets >= 0)
			return push_stop(o, n, terms);
		return push_within(o, n, terms, &m->aggregate.keys);
	case PLAN_WINDOW:
		return push_within(o, n, terms, &m->window.partition);
	case PLAN_UNNEST:
		return push_within(o, n, terms, &m->unnest.replicated);
	case PLAN_MARK_DISTINCT:
		return push_within(o, n, terms, &m->mark.keys);
	case PLAN_SORT: case PLAN_ROW_ID:
		return push_within(o, n, terms, &m->child[0]->out);
	default:
		return push_stop(o, n, terms);
	}
}

static int
push(struct opt *o, struct plan_node **n, const struct expr_list *terms)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	rc = push_node(o, n, terms);
	o->depth--;
	return rc;
}

int
pass_pushdown(struct opt *o, struct plan_node **n)
{
	struct expr_list none = { 0 };

	return push(o, n, &none);
}
