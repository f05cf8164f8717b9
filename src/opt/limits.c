/* SPDX-License-Identifier: Apache-2.0
 * limits.c - LIMIT and SORT become TopN; limits move down to where rows come
 * from; sorts that nobody sees go. */
#include "opt/pass.h"

static int64_t
needed(const struct plan_node *n)
{
	int64_t all;

	if (n->sort.limit < 0 ||
	    __builtin_add_overflow(n->sort.limit, n->sort.offset, &all))
		return -1;
	return all;
}

/* Does the node put out its child's rows as they come? */
static bool
keeps_order(const struct plan_node *n)
{
	switch (n->kind) {
	case PLAN_OUTPUT: case PLAN_PROJECT: case PLAN_FILTER:
	case PLAN_LIMIT: case PLAN_WRITE:
		return true;
	default:
		return false;
	}
}

static int
drop_sorts(struct opt *o, struct plan_node **n, bool seen)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	while ((*n)->kind == PLAN_SORT && !seen)
		*n = (*n)->child[0];
	if ((*n)->kind == PLAN_LIMIT)
		seen = true;
	for (int i = 0; i < (*n)->n_child; i++)
		if ((rc = drop_sorts(o, &(*n)->child[i],
		    seen && keeps_order(*n))) != 0)
			return rc;
	o->depth--;
	return 0;
}

static bool
is_plain_limit(const struct plan_node *n)
{
	return n->kind == PLAN_LIMIT && !n->sort.ties && n->sort.limit >= 0;
}

static void push_limit(struct opt *o, struct plan_node **n, int64_t limit);

/* No more than `limit` rows of n are read: a limit of its own where that
 * pays. */
static void
add_limit(struct opt *o, struct plan_node **n, int64_t limit)
{
	struct plan_node *m = *n;

	switch (m->kind) {
	case PLAN_VALUES:
		return;
	case PLAN_SCAN: case PLAN_PROJECT: case PLAN_UNION: case PLAN_JOIN:
		push_limit(o, n, limit);
		return;
	case PLAN_LIMIT: case PLAN_TOPN: case PLAN_SINGLE_ROW:
		return;
	case PLAN_AGGREGATE:
		if (m->aggregate.keys.n == 0)
			return;
		break;
	default:
		break;
	}
	(void)limit;
}

static void
push_limit(struct opt *o, struct plan_node **n, int64_t limit)
{
	struct plan_node *m = *n;

	switch (m->kind) {
	case PLAN_SCAN:
		if (m->scan.filter == NULL && (m->scan.limit < 0 ||
		    m->scan.limit > limit))
			m->scan.limit = limit;
		break;
	case PLAN_PROJECT:
		add_limit(o, &m->child[0], limit);
		break;
	case PLAN_UNION:
		for (int c = 0; c < m->n_child; c++) {
			if (m->child[c]->kind != PLAN_VALUES)
				m->child[c] = plan_limit(o->plan,
				    m->child[c], limit, 0);
			if (m->child[c]->kind == PLAN_LIMIT)
				push_limit(o, &m->child[c]->child[0], limit);
		}
		break;
	case PLAN_JOIN:
		/* Each row of the kept side comes out once at least. */
		if (m->join.kind == PLAN_LEFT || m->join.kind == PLAN_MARK) {
			struct plan_node *l = m->child[0];

			if (l->kind != PLAN_LIMIT && l->kind != PLAN_TOPN)
				m->child[0] = plan_limit(o->plan, l, limit,
				    0);
			push_limit(o, &m->child[0]->child[0], limit);
		}
		break;
	default:
		break;
	}
}

/* Is every sort key a column that the projection only passes on? */
static bool
keys_below(const struct plan_node *sort, const struct plan_node *p,
    struct plan_order *out)
{
	for (int i = 0; i < sort->sort.n; i++) {
		bool found = false;

		out[i] = sort->sort.v[i];
		for (int k = 0; k < p->project.n && !found; k++)
			if (p->project.v[k].symbol == out[i].symbol &&
			    p->project.v[k].expr->kind == EXPR_INPUT) {
				out[i].symbol = p->project.v[k].expr->input;
				found = true;
			}
		if (!found)
			return false;
	}
	return true;
}

/* TopN below a projection computes it for fewer rows. */
static void
topn_below(struct opt *o, struct plan_node **n)
{
	struct plan_node *t = *n, *p = t->child[0];
	struct plan_order *keys;

	if (p->kind != PLAN_PROJECT)
		return;
	keys = arena_array(o->arena, struct plan_order, t->sort.n + 1);
	if (!keys_below(t, p, keys))
		return;
	t->sort.v = keys;
	t->child[0] = p->child[0];
	plan_node_reout(o->plan, t);
	p->child[0] = t;
	plan_node_reout(o->plan, p);
	*n = p;
}

static int limits(struct opt *o, struct plan_node **n);

static int
limit_node(struct opt *o, struct plan_node **n)
{
	struct plan_node *m = *n, *child = m->child[0];

	if (is_plain_limit(m) && child->kind == PLAN_PROJECT) {
		/* Meet the sort below the projection. */
		m->child[0] = child->child[0];
		plan_node_reout(o->plan, m);
		child->child[0] = m;
		plan_node_reout(o->plan, child);
		*n = child;
		return limit_node(o, &child->child[0]);
	}
	if (m->kind == PLAN_LIMIT && child->kind == PLAN_SORT &&
	    m->sort.limit >= 0) {
		m->kind = PLAN_TOPN;
		m->sort.n = child->sort.n;
		m->sort.v = child->sort.v;
		m->child[0] = child->child[0];
		plan_node_reout(o->plan, m);
	} else if (m->kind == PLAN_TOPN && child->kind == PLAN_SORT) {
		m->child[0] = child->child[0];
		plan_node_reout(o->plan, m);
	}
	if (is_plain_limit(m)) {
		push_limit(o, &m->child[0], needed(m));
	} else if (m->kind == PLAN_TOPN && !m->sort.ties) {
		topn_below(o, n);
	}
	return 0;
}

static int
limits(struct opt *o, struct plan_node **n)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	if ((*n)->kind == PLAN_LIMIT || (*n)->kind == PLAN_TOPN)
		if ((rc = limit_node(o, n)) != 0)
			return rc;
	for (int i = 0; i < (*n)->n_child; i++)
		if ((rc = limits(o, &(*n)->child[i])) != 0)
			return rc;
	o->depth--;
	return 0;
}

int
pass_limits(struct opt *o, struct plan_node **n)
{
	int rc;

	if ((rc = drop_sorts(o, n, true)) != 0)
		return rc;
	return limits(o, n);
}
