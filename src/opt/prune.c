/* SPDX-License-Identifier: Apache-2.0
 * prune.c - drops columns, assignments, aggregates and whole joins' outputs
 * that nobody above reads. */
#include "opt/pass.h"

static struct plan_node *prune(struct opt *o, struct plan_node *n,
    const struct symbol_list *required);

static void
require(struct opt *o, struct symbol_list *l, int symbol)
{
	if (symbol >= 0 && !symbol_list_has(l, symbol))
		symbol_list_add(o->arena, l, symbol);
}

static struct symbol_list
union_of(struct opt *o, const struct symbol_list *x, struct plan_node *n)
{
	struct symbol_list l = { 0 };

	for (int i = 0; i < x->n; i++)
		symbol_list_add(o->arena, &l, x->v[i]);
	if (n != NULL)
		plan_node_uses(o->plan, n, &l);
	return l;
}

static struct symbol_list
common(struct opt *o, const struct symbol_list *out,
    const struct symbol_list *required)
{
	struct symbol_list l = { 0 };

	for (int i = 0; i < out->n; i++)
		if (symbol_list_has(required, out->v[i]))
			require(o, &l, out->v[i]);
	return l;
}

/* n, or a projection of it to what is required when it has more. */
static struct plan_node *
narrow(struct opt *o, struct plan_node *n, const struct symbol_list *required)
{
	struct symbol_list l = common(o, &n->out, required);
	struct plan_assign *v;

	if (l.n == n->out.n)
		return n;
	v = arena_array(o->arena, struct plan_assign, l.n + 1);
	for (int i = 0; i < l.n; i++)
		v[i] = (struct plan_assign){ l.v[i],
			plan_symbol_expr(o->plan, l.v[i]) };
	n = plan_project(o->plan, n, v, l.n);
	n->rows = n->child[0]->rows;
	return n;
}

static struct plan_node *
prune_scan(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need = union_of(o, required, n), out = { 0 };
	int *columns = arena_array(o->arena, int, n->out.n + 1);

	/* What its filter reads stays, what it makes is no reading. */
	need = (struct symbol_list){ 0 };
	for (int i = 0; i < required->n; i++)
		require(o, &need, required->v[i]);
	plan_expr_uses(o->arena, n->scan.filter, &need);
	for (int i = 0; i < n->out.n; i++)
		if (symbol_list_has(&need, n->out.v[i])) {
			columns[out.n] = n->scan.columns[i];
			symbol_list_add(o->arena, &out, n->out.v[i]);
		}
	n->out = out;
	n->scan.columns = columns;
	return narrow(o, n, required);
}

static struct plan_node *
prune_values(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list out = common(o, &n->out, required);
	struct expr **v;

	if (out.n == n->out.n)
		return n;
	v = arena_array(o->arena, struct expr *, out.n * n->values.n_rows +
	    1);
	for (int k = 0; k < n->values.n_rows; k++)
		for (int i = 0, at = 0; i < n->out.n; i++)
			if (at < out.n && n->out.v[i] == out.v[at])
				v[k * out.n + at++] =
				    n->values.v[k * n->out.n + i];
	n->values.v = v;
	n->out = out;
	return n;
}

static struct plan_node *
prune_project(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need = { 0 };
	int kept = 0;

	for (int i = 0; i < n->project.n; i++)
		if (symbol_list_has(required, n->project.v[i].symbol))
			n->project.v[kept++] = n->project.v[i];
	n->project.n = kept;
	for (int i = 0; i < kept; i++)
		plan_expr_uses(o->arena, n->project.v[i].expr, &need);
	n->child[0] = prune(o, n->child[0], &need);
	plan_node_reout(o->plan, n);
	return n;
}

static struct plan_node *
prune_aggregate(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list none = { 0 }, need;
	int kept = 0;

	for (int i = 0; i < n->aggregate.n; i++)
		if (symbol_list_has(required, n->aggregate.v[i].symbol))
			n->aggregate.v[kept++] = n->aggregate.v[i];
	n->aggregate.n = kept;
	if (kept == 0 && n->aggregate.keys.n == 0) {
		struct plan_node *one = plan_node_new(o->plan, PLAN_VALUES,
		    0);

		one->values.n_rows = 1;
		return one;
	}
	need = union_of(o, &none, n);
	n->child[0] = prune(o, n->child[0], &need);
	plan_node_reout(o->plan, n);
	return n;
}

static struct plan_node *
prune_join(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need = union_of(o, required, n), out;

	n->child[0] = prune(o, n->child[0], &need);
	n->child[1] = prune(o, n->child[1], &need);
	plan_node_reout(o->plan, n);
	out = common(o, &n->out, required);
	n->out = out;
	return n;
}

static struct plan_node *
prune_apply(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need, right;

	if (n->apply.kind != APPLY_LATERAL &&
	    !symbol_list_has(required, n->apply.symbol))
		return prune(o, n->child[0], required);
	need = union_of(o, required, n);
	right = need;
	if (n->apply.kind == APPLY_EXISTS)
		right = (struct symbol_list){ 0 };
	n->child[1] = prune(o, n->child[1], &right);
	plan_free_symbols(o->plan, n->child[1], &need);
	n->child[0] = prune(o, n->child[0], &need);
	plan_node_reout(o->plan, n);
	return n;
}

/* A bag of rows: columns nobody reads go from all sides. */
static struct plan_node *
prune_union(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list out = { 0 };

	for (int i = 0; i < n->out.n; i++) {
		if (!n->set.distinct && n->kind == PLAN_UNION &&
		    !symbol_list_has(required, n->out.v[i]))
			continue;
		for (int c = 0; c < n->n_child; c++)
			n->set.inputs[c][out.n] = n->set.inputs[c][i];
		symbol_list_add(o->arena, &out, n->out.v[i]);
	}
	n->out = out;
	for (int c = 0; c < n->n_child; c++) {
		struct symbol_list need = { 0 };

		for (int i = 0; i < out.n; i++)
			require(o, &need, n->set.inputs[c][i]);
		n->child[c] = prune(o, n->child[c], &need);
	}
	return n;
}

static struct plan_node *
prune_window(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need;
	int kept = 0;

	for (int i = 0; i < n->window.n; i++)
		if (symbol_list_has(required, n->window.v[i].agg.symbol))
			n->window.v[kept++] = n->window.v[i];
	n->window.n = kept;
	if (kept == 0)
		return prune(o, n->child[0], required);
	need = union_of(o, required, n);
	/* Rows that are kept and sorted have a column at least. */
	if (common(o, &n->child[0]->out, &need).n == 0 &&
	    n->child[0]->out.n > 0)
		require(o, &need, n->child[0]->out.v[0]);
	n->child[0] = prune(o, n->child[0], &need);
	plan_node_reout(o->plan, n);
	return narrow(o, n, required);
}

static struct plan_node *
prune_unnest(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list kept = common(o, &n->unnest.replicated, required);
	struct symbol_list out = { 0 }, need, none = { 0 };

	for (int i = 0; i < kept.n; i++)
		symbol_list_add(o->arena, &out, kept.v[i]);
	for (int i = n->unnest.replicated.n; i < n->out.n; i++)
		if (n->out.v[i] != n->unnest.ordinality ||
		    symbol_list_has(required, n->out.v[i]))
			symbol_list_add(o->arena, &out, n->out.v[i]);
	if (!symbol_list_has(required, n->unnest.ordinality))
		n->unnest.ordinality = -1;
	n->unnest.replicated = kept;
	n->out = out;
	need = union_of(o, &none, n);
	n->child[0] = prune(o, n->child[0], &need);
	return n;
}

static struct plan_node *
prune_group_id(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need = union_of(o, required, n);
	struct symbol_list out = { 0 };

	for (int i = 0; i < n->out.n; i++) {
		bool made = n->out.v[i] == n->group_id.id_symbol;

		for (int k = 0; k < n->group_id.n_keys; k++)
			made |= n->out.v[i] == n->group_id.to[k];
		if (made || symbol_list_has(required, n->out.v[i]))
			symbol_list_add(o->arena, &out, n->out.v[i]);
	}
	n->out = out;
	n->child[0] = prune(o, n->child[0], &need);
	return n;
}

static struct plan_node *
prune_passing(struct opt *o, struct plan_node *n,
    const struct symbol_list *required)
{
	struct symbol_list need = union_of(o, required, n);

	if (n->kind == PLAN_MARK_DISTINCT &&
	    !symbol_list_has(required, n->mark.symbol))
		return prune(o, n->child[0], required);
	if (n->kind == PLAN_ROW_ID &&
	    !symbol_list_has(required, n->mark.symbol))
		return prune(o, n->child[0], required);
	n->child[0] = prune(o, n->child[0], &need);
	plan_node_reout(o->plan, n);
	return narrow(o, n, required);
}

static struct plan_node *
prune_output(struct opt *o, struct plan_node *n)
{
	struct symbol_list none = { 0 }, need = union_of(o, &none, n);

	n->child[0] = prune(o, n->child[0], &need);
	return n;
}

static struct plan_node *
prune(struct opt *o, struct plan_node *n, const struct symbol_list *required)
{
	switch (n->kind) {
	case PLAN_SCAN: return prune_scan(o, n, required);
	case PLAN_VALUES: return prune_values(o, n, required);
	case PLAN_PROJECT: return prune_project(o, n, required);
	case PLAN_AGGREGATE: return prune_aggregate(o, n, required);
	case PLAN_JOIN: return prune_join(o, n, required);
	case PLAN_APPLY: return prune_apply(o, n, required);
	case PLAN_UNION: case PLAN_INTERSECT: case PLAN_EXCEPT:
		return prune_union(o, n, required);
	case PLAN_WINDOW: return prune_window(o, n, required);
	case PLAN_UNNEST: return prune_unnest(o, n, required);
	case PLAN_GROUP_ID: return prune_group_id(o, n, required);
	case PLAN_OUTPUT: case PLAN_WRITE: return prune_output(o, n);
	default: return prune_passing(o, n, required);
	}
}

int
pass_prune(struct opt *o, struct plan_node **n)
{
	struct symbol_list none = { 0 };

	*n = prune(o, *n, &none);
	return 0;
}
