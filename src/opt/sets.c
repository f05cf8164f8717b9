/* SPDX-License-Identifier: Apache-2.0
 * sets.c - set operations in terms of UNION ALL: DISTINCT by grouping,
 * INTERSECT and EXCEPT by counting each side's rows; TABLESAMPLE as a
 * filter. */
#include "opt/pass.h"

static int
failed(struct opt *o)
{
	return -(int)o->err->code;
}

/* Takes nested UNION ALLs into one. */
static void
flatten(struct opt *o, struct plan_node *n)
{
	struct { struct plan_node **v; int n, cap; } child = { 0 };
	struct { int **v; int n, cap; } inputs = { 0 };

	for (int c = 0; c < n->n_child; c++) {
		struct plan_node *m = n->child[c];

		if (m->kind != PLAN_UNION) {
			arena_push(o->arena, &child, m);
			arena_push(o->arena, &inputs, n->set.inputs[c]);
			continue;
		}
		for (int k = 0; k < m->n_child; k++) {
			int *in = arena_array(o->arena, int, n->out.n + 1);

			for (int i = 0; i < n->out.n; i++)
				for (int j = 0; j < m->out.n; j++)
					if (m->out.v[j] ==
					    n->set.inputs[c][i])
						in[i] = m->set.inputs[k][j];
			arena_push(o->arena, &child, m->child[k]);
			arena_push(o->arena, &inputs, in);
		}
	}
	n->child = child.v;
	n->n_child = child.n;
	n->set.inputs = inputs.v;
}

/* Both sides one under the other, each row with two marks: true in its own
 * side's, NULL in the other's. */
static struct plan_node *
marked_union(struct opt *o, struct plan_node *n, int marks[2])
{
	struct plan_node *u = plan_node_new(o->plan, PLAN_UNION, 2);

	u->set.inputs = arena_array(o->arena, int *, 2);
	for (int i = 0; i < n->out.n; i++)
		symbol_list_add(o->arena, &u->out, n->out.v[i]);
	for (int i = 0; i < 2; i++) {
		marks[i] = plan_symbol_new(o->plan, "marker", TYPE(BOOLEAN));
		symbol_list_add(o->arena, &u->out, marks[i]);
	}
	for (int c = 0; c < 2; c++) {
		struct plan_assign v[2];
		int *in = arena_array(o->arena, int, u->out.n);

		if (n->out.n > 0)
			memcpy(in, n->set.inputs[c],
			    sizeof(int) * (size_t)n->out.n);
		for (int i = 0; i < 2; i++) {
			bool yes = true;

			v[i].symbol = plan_symbol_new(o->plan, "marker",
			    TYPE(BOOLEAN));
			v[i].expr = expr_const(o->pool, TYPE(BOOLEAN),
			    i == c ? &yes : NULL);
			in[n->out.n + i] = v[i].symbol;
		}
		u->child[c] = plan_extend(o->plan, n->child[c], v, 2);
		u->set.inputs[c] = in;
	}
	return u;
}

static struct expr *
compare(struct opt *o, const char *op, int symbol, struct expr *with)
{
	return expr_binary(o, op, plan_symbol_expr(o->plan, symbol), with);
}

static int
count_distinct_sides(struct opt *o, struct plan_node **n)
{
	struct plan_node *old = *n, *u;
	struct plan_agg counts[2];
	struct expr *terms[2];
	int marks[2];

	u = marked_union(o, old, marks);
	for (int i = 0; i < 2; i++)
		if (!opt_aggregate(o, "count", &marks[i], 1, &counts[i]))
			return failed(o);
	u = plan_aggregate(o->plan, u, &old->out, counts, 2);
	terms[0] = compare(o, ">", counts[0].symbol, expr_bigint(o->pool, 0));
	terms[1] = compare(o, old->kind == PLAN_INTERSECT ? ">" : "=",
	    counts[1].symbol, expr_bigint(o->pool, 0));
	if (terms[0] == NULL || terms[1] == NULL)
		return failed(o);
	*n = plan_filter(o->plan, u, expr_and(o->pool, terms, 2));
	return 0;
}

/* INTERSECT ALL keeps the smaller count of each row, EXCEPT ALL the
 * difference: the row's number among its equals decides. */
static int
count_all_sides(struct opt *o, struct plan_node **n)
{
	struct plan_node *old = *n, *u, *w;
	struct plan_window_func *f;
	struct expr *number, *first, *second, *keep[2];
	int marks[2];

	u = marked_union(o, old, marks);
	w = plan_node_new(o->plan, PLAN_WINDOW, 1);
	w->child[0] = u;
	w->window.partition = old->out;
	w->window.n = 3;
	w->window.v = f = arena_array(o->arena, struct plan_window_func, 3);
	for (int i = 0; i < 3; i++) {
		if (i < 2 && !opt_aggregate(o, "count", &marks[i], 1,
		    &f[i].agg))
			return failed(o);
		f[i].agg.filter = f[i].frame.start_value =
		    f[i].frame.end_value = -1;
		f[i].frame.start = PLAN_UNBOUNDED_PRECEDING;
		f[i].frame.end = PLAN_UNBOUNDED_FOLLOWING;
	}
	f[2].name = "row_number";
	f[2].agg.result = TYPE(BIGINT);
	f[2].agg.symbol = plan_symbol_new(o->plan, "row_number",
	    TYPE(BIGINT));
	plan_node_reout(o->plan, w);
	number = plan_symbol_expr(o->plan, f[2].agg.symbol);
	first = plan_symbol_expr(o->plan, f[0].agg.symbol);
	second = plan_symbol_expr(o->plan, f[1].agg.symbol);
	if (old->kind == PLAN_EXCEPT) {
		first = expr_binary(o, "-", first, second);
		if (first == NULL)
			return failed(o);
		second = first;
	}
	keep[0] = expr_binary(o, "<=", number, first);
	keep[1] = expr_binary(o, "<=", number, second);
	if (keep[0] == NULL || keep[1] == NULL)
		return failed(o);
	*n = plan_filter(o->plan, w, old->kind == PLAN_EXCEPT ? keep[0]
	    : expr_and(o->pool, keep, 2));
	return 0;
}

static int
lower_sample(struct opt *o, struct plan_node **n)
{
	double ratio = (*n)->sample.ratio;
	struct expr *random, *less;
	int rc;

	if ((rc = expr_call(o->pool, STR("random"), NULL, 0, &random,
	    o->err)) != 0)
		return rc;
	less = expr_binary(o, "<", random, expr_const(o->pool, TYPE(DOUBLE),
	    &ratio));
	if (less == NULL)
		return failed(o);
	*n = plan_filter(o->plan, (*n)->child[0], less);
	return 0;
}

/* ---- empty grouping sets ---- */

/* The numbers of the empty sets as rows. */
static struct plan_node *
empty_sets(struct opt *o, const struct plan_node *g, int *symbol)
{
	struct plan_node *v = plan_node_new(o->plan, PLAN_VALUES, 0);

	*symbol = plan_symbol_new(o->plan, "groupid", TYPE(BIGINT));
	symbol_list_add(o->arena, &v->out, *symbol);
	v->values.v = arena_array(o->arena, struct expr *,
	    g->group_id.n_sets);
	for (int i = 0; i < g->group_id.n_sets; i++)
		if (g->group_id.sets[i].n == 0)
			v->values.v[v->values.n_rows++] =
			    expr_bigint(o->pool, i);
	return v;
}

static void
rename_all(struct symbol_list *l, int from, int to)
{
	for (int i = 0; i < l->n; i++)
		if (l->v[i] == from)
			l->v[i] = to;
}

/* What a group of no rows has instead of NULL; NULL: nothing. */
static struct expr *
empty_value(struct opt *o, const struct plan_node *agg, int symbol, int set)
{
	if (symbol == agg->child[0]->group_id.id_symbol)
		return plan_symbol_expr(o->plan, set);
	for (int i = 0; i < agg->aggregate.n; i++)
		if (agg->aggregate.v[i].symbol == symbol && strncmp(
		    agg->aggregate.v[i].func->signature, "count", 5) == 0)
			return expr_bigint(o->pool, 0);
	return NULL;
}

/* Empty sets have a row even without input: the groups are joined on both
 * sides with the numbers of those sets. */
static int
lower_global_sets(struct opt *o, struct plan_node **n)
{
	struct plan_node *agg = *n, *g = agg->child[0], *v;
	struct symbol_list out = agg->out;
	struct plan_assign *made;
	int set, id, k = 0;
	struct expr *on;

	agg->aggregate.global_sets = -1;
	if (g->kind != PLAN_GROUP_ID)
		return 0;
	v = empty_sets(o, g, &set);
	made = arena_array(o->arena, struct plan_assign, out.n + 1);
	id = g->group_id.id_symbol;
	for (int i = 0; i < out.n; i++) {
		int symbol = out.v[i], below;
		struct expr *value = empty_value(o, agg, symbol, set);

		if (value == NULL)
			continue;
		below = plan_symbol_new(o->plan,
		    o->plan->symbols.v[symbol].name, value->type);
		made[k].symbol = symbol;
		made[k++].expr = expr_coalesce2(o, plan_symbol_expr(o->plan,
		    below), value);
		for (int j = 0; j < agg->aggregate.n; j++)
			if (agg->aggregate.v[j].symbol == symbol)
				agg->aggregate.v[j].symbol = below;
		if (symbol == id) {
			g->group_id.id_symbol = below;
			rename_all(&agg->aggregate.keys, symbol, below);
			rename_all(&g->out, symbol, below);
			id = below;
		}
	}
	plan_node_reout(o->plan, agg);
	on = expr_binary(o, "=", plan_symbol_expr(o->plan, id),
	    plan_symbol_expr(o->plan, set));
	if (on == NULL)
		return failed(o);
	*n = plan_join(o->plan, PLAN_FULL, agg, v, on);
	*n = plan_extend(o->plan, *n, made, k);
	return 0;
}

static int
lower(struct opt *o, struct plan_node **n)
{
	struct plan_node *m = *n;

	switch (m->kind) {
	case PLAN_UNION:
		flatten(o, m);
		if (m->set.distinct) {
			m->set.distinct = false;
			*n = plan_aggregate(o->plan, m, &m->out, NULL, 0);
		}
		return 0;
	case PLAN_INTERSECT: case PLAN_EXCEPT:
		return m->set.distinct ? count_distinct_sides(o, n)
		    : count_all_sides(o, n);
	case PLAN_SAMPLE:
		return lower_sample(o, n);
	case PLAN_AGGREGATE:
		return m->aggregate.global_sets >= 0
		    ? lower_global_sets(o, n) : 0;
	case PLAN_LIMIT:
		if (m->sort.ties)
			m->kind = PLAN_TOPN;
		return 0;
	default:
		return 0;
	}
}

static int
sets(struct opt *o, struct plan_node **n)
{
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	for (int i = 0; i < (*n)->n_child; i++)
		if ((rc = sets(o, &(*n)->child[i])) != 0)
			return rc;
	plan_node_reout(o->plan, *n);
	o->depth--;
	return lower(o, n);
}

int
pass_sets(struct opt *o, struct plan_node **n)
{
	return sets(o, n);
}
