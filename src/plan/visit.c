/* SPDX-License-Identifier: Apache-2.0
 * visit.c - walking what plan nodes hold: symbols and expressions read,
 * symbols made; replacing and copying by that. */
#include "base/check.h"
#include "plan/tree.h"

static void
visit_expr(const struct plan_visitor *v, struct expr **slot)
{
	if (v->expr != NULL && *slot != NULL)
		v->expr(v->arg, slot);
}

static void
visit_use(const struct plan_visitor *v, int *symbol)
{
	if (v->use != NULL && *symbol >= 0)
		v->use(v->arg, symbol);
}

static void
visit_make(const struct plan_visitor *v, int *symbol)
{
	if (v->make != NULL && *symbol >= 0)
		v->make(v->arg, symbol);
}

static void
visit_uses(const struct plan_visitor *v, struct symbol_list *l)
{
	for (int i = 0; i < l->n; i++)
		visit_use(v, &l->v[i]);
}

static void
visit_orders(const struct plan_visitor *v, struct plan_order *o, int n)
{
	for (int i = 0; i < n; i++)
		visit_use(v, &o[i].symbol);
}

static void
visit_agg(const struct plan_visitor *v, struct plan_agg *a)
{
	visit_make(v, &a->symbol);
	for (int i = 0; i < a->n_args; i++)
		visit_use(v, &a->args[i]);
	visit_use(v, &a->filter);
	visit_orders(v, a->order, a->n_order);
}

static void
visit_window(const struct plan_visitor *v, struct plan_node *n)
{
	visit_uses(v, &n->window.partition);
	visit_orders(v, n->window.order, n->window.n_order);
	for (int i = 0; i < n->window.n; i++) {
		visit_agg(v, &n->window.v[i].agg);
		visit_use(v, &n->window.v[i].frame.start_value);
		visit_use(v, &n->window.v[i].frame.end_value);
	}
}

static void
visit_set(const struct plan_visitor *v, struct plan_node *n)
{
	for (int i = 0; i < n->out.n; i++)
		visit_make(v, &n->out.v[i]);
	for (int c = 0; c < n->n_child; c++)
		for (int i = 0; i < n->out.n; i++)
			visit_use(v, &n->set.inputs[c][i]);
}

static void
visit_unnest(const struct plan_visitor *v, struct plan_node *n)
{
	visit_uses(v, &n->unnest.replicated);
	visit_uses(v, &n->unnest.arrays);
	for (int i = n->unnest.replicated.n; i < n->out.n; i++)
		if (n->out.v[i] != n->unnest.ordinality)
			visit_make(v, &n->out.v[i]);
	visit_make(v, &n->unnest.ordinality);
}

static void
visit_group_id(const struct plan_visitor *v, struct plan_node *n)
{
	for (int i = 0; i < n->group_id.n_keys; i++) {
		visit_use(v, &n->group_id.from[i]);
		visit_make(v, &n->group_id.to[i]);
	}
	for (int i = 0; i < n->group_id.n_sets; i++)
		visit_uses(v, &n->group_id.sets[i]);
	visit_make(v, &n->group_id.id_symbol);
}

static void
visit_project(const struct plan_visitor *v, struct plan_node *n)
{
	for (int i = 0; i < n->project.n; i++) {
		visit_expr(v, &n->project.v[i].expr);
		visit_make(v, &n->project.v[i].symbol);
	}
}

static void
visit_outs(const struct plan_visitor *v, struct plan_node *n)
{
	for (int i = 0; i < n->out.n; i++)
		visit_make(v, &n->out.v[i]);
}

static void
visit_join(const struct plan_visitor *v, struct plan_node *n)
{
	visit_expr(v, &n->join.on);
	visit_make(v, &n->join.mark);
}

static void
visit_apply(const struct plan_visitor *v, struct plan_node *n)
{
	visit_expr(v, &n->apply.operand);
	visit_expr(v, &n->apply.on);
	if (n->apply.kind != APPLY_LATERAL)
		visit_make(v, &n->apply.symbol);
	if (n->apply.kind == APPLY_SCALAR || n->apply.kind == APPLY_IN ||
	    n->apply.kind == APPLY_QUANTIFIED)
		for (int i = 0; i < n->child[1]->out.n; i++) {
			int symbol = n->child[1]->out.v[i];

			if (v->use != NULL)
				v->use(v->arg, &symbol);
		}
}

static void
visit_scan(const struct plan_visitor *v, struct plan_node *n)
{
	visit_outs(v, n);
	visit_expr(v, &n->scan.filter);
}

static void
visit_values(const struct plan_visitor *v, struct plan_node *n)
{
	visit_outs(v, n);
	for (int i = 0; i < n->values.n_rows * n->out.n; i++)
		visit_expr(v, &n->values.v[i]);
}

static void
visit_aggregate(const struct plan_visitor *v, struct plan_node *n)
{
	visit_uses(v, &n->aggregate.keys);
	for (int i = 0; i < n->aggregate.n; i++)
		visit_agg(v, &n->aggregate.v[i]);
	visit_use(v, &n->aggregate.global_sets);
}

void
plan_node_visit(struct plan_node *n, const struct plan_visitor *v)
{
	switch (n->kind) {
	case PLAN_SCAN: visit_scan(v, n); break;
	case PLAN_VALUES: visit_values(v, n); break;
	case PLAN_FILTER: visit_expr(v, &n->filter.predicate); break;
	case PLAN_PROJECT: visit_project(v, n); break;
	case PLAN_AGGREGATE: visit_aggregate(v, n); break;
	case PLAN_GROUP_ID: visit_group_id(v, n); break;
	case PLAN_JOIN: visit_join(v, n); break;
	case PLAN_APPLY: visit_apply(v, n); break;
	case PLAN_SORT: case PLAN_TOPN: case PLAN_LIMIT:
		visit_orders(v, n->sort.v, n->sort.n);
		break;
	case PLAN_UNION: case PLAN_INTERSECT: case PLAN_EXCEPT:
		visit_set(v, n);
		break;
	case PLAN_WINDOW: visit_window(v, n); break;
	case PLAN_UNNEST: visit_unnest(v, n); break;
	case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		visit_uses(v, &n->mark.keys);
		visit_make(v, &n->mark.symbol);
		break;
	case PLAN_WRITE:
		visit_uses(v, &n->write.columns);
		visit_outs(v, n);
		break;
	case PLAN_OUTPUT: visit_uses(v, &n->out); break;
	case PLAN_SINGLE_ROW: case PLAN_SAMPLE: case PLAN_NODE_KINDS:
		break;
	}
}

struct collect {
	struct arena *arena;
	struct symbol_list *out;
};

static void
collect_symbol(void *arg, int symbol)
{
	struct collect *c = arg;

	if (!symbol_list_has(c->out, symbol))
		symbol_list_add(c->arena, c->out, symbol);
}

static void
collect_use(void *arg, int *symbol)
{
	collect_symbol(arg, *symbol);
}

static void
collect_expr(void *arg, struct expr **slot)
{
	expr_inputs(*slot, collect_symbol, arg);
}

void
plan_expr_uses(struct arena *a, const struct expr *x, struct symbol_list *out)
{
	struct collect c = { a, out };

	if (x != NULL)
		expr_inputs(x, collect_symbol, &c);
}

void
plan_node_uses(struct plan *p, struct plan_node *n, struct symbol_list *out)
{
	struct collect c = { p->arena, out };
	struct plan_visitor v = { &c, collect_expr, collect_use, NULL };

	plan_node_visit(n, &v);
}

static void
collect_tree(struct plan *p, struct plan_node *n, struct symbol_list *uses,
    struct symbol_list *makes)
{
	struct collect made = { p->arena, makes };
	struct plan_visitor v = { &made, NULL, NULL, collect_use };

	for (int i = 0; i < n->n_child; i++)
		collect_tree(p, n->child[i], uses, makes);
	plan_node_uses(p, n, uses);
	if (n->kind != PLAN_PROJECT) {
		plan_node_visit(n, &v);
		return;
	}
	/* A projection of an outer symbol to itself makes nothing. */
	for (int i = 0; i < n->project.n; i++) {
		struct plan_assign *a = &n->project.v[i];

		if (a->expr->kind != EXPR_INPUT || a->expr->input != a->symbol)
			collect_symbol(&made, a->symbol);
	}
}

void
plan_free_symbols(struct plan *p, struct plan_node *n,
    struct symbol_list *out)
{
	struct symbol_list uses = { 0 }, makes = { 0 };

	collect_tree(p, n, &uses, &makes);
	for (int i = 0; i < uses.n; i++)
		if (!symbol_list_has(&makes, uses.v[i]) &&
		    !symbol_list_has(out, uses.v[i]))
			symbol_list_add(p->arena, out, uses.v[i]);
}

/* Replacing. */

struct replace {
	struct plan *p;
	const int *map;
	int n;                  /* symbols from n on stay */
};

static struct expr *
replace_input(void *arg, int input, const struct type *t)
{
	struct replace *r = arg;

	return expr_input(r->p->pool,
	    input < r->n ? r->map[input] : input, t);
}

struct expr *
plan_expr_map(struct plan *p, struct expr *x, const int *map)
{
	struct replace r = { p, map, p->symbols.n };

	return x == NULL ? NULL
	    : expr_map_inputs(p->pool, x, replace_input, &r);
}

struct substitute {
	struct plan *p;
	const struct plan_assign *v;
	int n;
};

static struct expr *
substitute_input(void *arg, int input, const struct type *t)
{
	struct substitute *s = arg;

	for (int i = 0; i < s->n; i++)
		if (s->v[i].symbol == input)
			return s->v[i].expr;
	return expr_input(s->p->pool, input, t);
}

struct expr *
plan_expr_substitute(struct plan *p, struct expr *x,
    const struct plan_assign *v, int n)
{
	struct substitute s = { p, v, n };

	return x == NULL || n == 0 ? x
	    : expr_map_inputs(p->pool, x, substitute_input, &s);
}

static void
replace_expr(void *arg, struct expr **slot)
{
	struct replace *r = arg;

	*slot = expr_map_inputs(r->p->pool, *slot, replace_input, r);
}

static void
replace_use(void *arg, int *symbol)
{
	struct replace *r = arg;

	if (*symbol < r->n)
		*symbol = r->map[*symbol];
}

static void
replace_tree(struct replace *r, struct plan_node *n)
{
	struct plan_visitor v = { r, replace_expr, replace_use, NULL };

	for (int i = 0; i < n->n_child; i++)
		replace_tree(r, n->child[i]);
	plan_node_visit(n, &v);
	if (n->kind == PLAN_UNNEST)
		for (int i = 0; i < n->unnest.replicated.n; i++)
			n->out.v[i] = n->unnest.replicated.v[i];
	plan_node_reout(r->p, n);
}

void
plan_replace_symbols(struct plan *p, struct plan_node *n, const int *map)
{
	struct replace r = { p, map, p->symbols.n };

	replace_tree(&r, n);
}

/* Copying. */

struct copy {
	struct plan *p;
	int *map;
	int n;                  /* symbols before the copy */
};

static void *
dup_array(struct copy *c, const void *v, size_t bytes)
{
	return bytes == 0 ? NULL : arena_dup(c->p->arena, v, bytes);
}

static void
dup_list(struct copy *c, struct symbol_list *l)
{
	l->v = dup_array(c, l->v, sizeof(int) * (size_t)l->n);
	l->cap = l->n;
}

static void
dup_agg(struct copy *c, struct plan_agg *a)
{
	a->args = dup_array(c, a->args, sizeof(int) * (size_t)a->n_args);
	a->order = dup_array(c, a->order,
	    sizeof(*a->order) * (size_t)a->n_order);
}

static void
dup_set(struct copy *c, struct plan_node *m)
{
	int **inputs = m->set.inputs;

	m->set.inputs = arena_array(c->p->arena, int *, m->n_child);
	for (int i = 0; i < m->n_child; i++)
		m->set.inputs[i] = dup_array(c, inputs[i],
		    sizeof(int) * (size_t)m->out.n);
}

static void
dup_group_id(struct copy *c, struct plan_node *m)
{
	size_t n = sizeof(int) * (size_t)m->group_id.n_keys;

	m->group_id.from = dup_array(c, m->group_id.from, n);
	m->group_id.to = dup_array(c, m->group_id.to, n);
	m->group_id.sets = dup_array(c, m->group_id.sets,
	    sizeof(struct symbol_list) * (size_t)m->group_id.n_sets);
	for (int i = 0; i < m->group_id.n_sets; i++)
		dup_list(c, &m->group_id.sets[i]);
}

static void
dup_window(struct copy *c, struct plan_node *m)
{
	dup_list(c, &m->window.partition);
	m->window.order = dup_array(c, m->window.order,
	    sizeof(struct plan_order) * (size_t)m->window.n_order);
	m->window.v = dup_array(c, m->window.v,
	    sizeof(*m->window.v) * (size_t)m->window.n);
	for (int i = 0; i < m->window.n; i++)
		dup_agg(c, &m->window.v[i].agg);
}

/* Gives m own arrays for what the visitor will change. */
static void
dup_parts(struct copy *c, struct plan_node *m)
{
	dup_list(c, &m->out);
	switch (m->kind) {
	case PLAN_VALUES:
		m->values.v = dup_array(c, m->values.v, sizeof(struct expr *) *
		    (size_t)(m->values.n_rows * m->out.n));
		break;
	case PLAN_PROJECT:
		m->project.v = dup_array(c, m->project.v,
		    sizeof(struct plan_assign) * (size_t)m->project.n);
		break;
	case PLAN_AGGREGATE:
		dup_list(c, &m->aggregate.keys);
		m->aggregate.v = dup_array(c, m->aggregate.v,
		    sizeof(struct plan_agg) * (size_t)m->aggregate.n);
		for (int i = 0; i < m->aggregate.n; i++)
			dup_agg(c, &m->aggregate.v[i]);
		break;
	case PLAN_GROUP_ID: dup_group_id(c, m); break;
	case PLAN_SORT: case PLAN_TOPN: case PLAN_LIMIT:
		m->sort.v = dup_array(c, m->sort.v,
		    sizeof(struct plan_order) * (size_t)m->sort.n);
		break;
	case PLAN_UNION: case PLAN_INTERSECT: case PLAN_EXCEPT:
		dup_set(c, m);
		break;
	case PLAN_WINDOW: dup_window(c, m); break;
	case PLAN_UNNEST:
		dup_list(c, &m->unnest.replicated);
		dup_list(c, &m->unnest.arrays);
		break;
	case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		dup_list(c, &m->mark.keys);
		break;
	case PLAN_WRITE: dup_list(c, &m->write.columns); break;
	default:
		break;
	}
}

static void
copy_make(void *arg, int *symbol)
{
	struct copy *c = arg;

	if (*symbol >= c->n)
		return;
	if (c->map[*symbol] == *symbol) {
		struct plan_symbol s = c->p->symbols.v[*symbol];
		int fresh = plan_symbol_new(c->p, s.name, s.type);

		c->map[*symbol] = fresh;
	}
	*symbol = c->map[*symbol];
}

static void
copy_use(void *arg, int *symbol)
{
	struct copy *c = arg;

	if (*symbol < c->n)
		*symbol = c->map[*symbol];
}

static struct expr *
copy_input(void *arg, int input, const struct type *t)
{
	struct copy *c = arg;

	return expr_input(c->p->pool, input < c->n ? c->map[input] : input, t);
}

static void
copy_expr(void *arg, struct expr **slot)
{
	struct copy *c = arg;

	*slot = expr_map_inputs(c->p->pool, *slot, copy_input, c);
}

static struct plan_node *
copy_tree(struct copy *c, const struct plan_node *n)
{
	struct plan_node *m = arena_dup(c->p->arena, n, sizeof(*n));
	/* What a scan's filter reads is made by the scan itself. */
	struct plan_visitor makes = { c, NULL, NULL, copy_make };
	struct plan_visitor reads = { c, copy_expr, copy_use, NULL };

	m->id = c->p->n_nodes++;
	m->child = arena_array(c->p->arena, struct plan_node *, n->n_child);
	for (int i = 0; i < n->n_child; i++)
		m->child[i] = copy_tree(c, n->child[i]);
	dup_parts(c, m);
	plan_node_visit(m, &makes);
	plan_node_visit(m, &reads);
	if (m->kind == PLAN_UNNEST || m->kind == PLAN_GROUP_ID)
		for (int i = 0; i < m->out.n; i++)
			copy_use(c, &m->out.v[i]);
	plan_node_reout(c->p, m);
	return m;
}

struct plan_node *
plan_copy(struct plan *p, const struct plan_node *n, int *map)
{
	struct copy c = { p, map, p->symbols.n };

	if (map == NULL)
		c.map = arena_array(p->arena, int, c.n);
	for (int i = 0; i < c.n; i++)
		c.map[i] = i;
	return copy_tree(&c, n);
}
