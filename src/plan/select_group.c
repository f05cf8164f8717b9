/* SPDX-License-Identifier: Apache-2.0
 * select_group.c - GROUP BY: its elements and sets, the aggregation node,
 * and expressions mapped from FROM's rows onto the groups. */
#include "plan/select.h"

enum { GROUPING_SETS_MAX = 2048 };

/* The number of a key: a new one unless there is an equal one. */
static int
add_key(struct select_build *s, struct expr *x)
{
	struct select_group *g = &s->group;

	for (int i = 0; i < g->n_keys; i++)
		if (expr_equal(g->keys[i], x))
			return i;
	if (g->n_keys == g->cap_keys)
		g->keys = arena_grow(s->b->arena, g->keys, &g->cap_keys,
		    sizeof(*g->keys));
	g->keys[g->n_keys] = x;
	return g->n_keys++;
}

static int
key_ordinal(struct select_build *s, const struct long_literal_node *n,
    struct expr **out)
{
	const struct select_item *item;
	int rc;

	if (n->value < 1 || n->value > s->items.n)
		return bind_error(s->b, &n->node,
		    ERR_INVALID_COLUMN_REFERENCE,
		    "GROUP BY position %lld is not in select list",
		    (long long)n->value);
	item = &s->items.v[n->value - 1];
	if (item->ast != NULL && (rc = bind_no_aggregates(s->b, item->ast,
	    "GROUP BY clause")) != 0)
		return rc;
	*out = item->expr;
	return 0;
}

static int
bind_key(struct select_build *s, struct node *n, bool simple, int *out)
{
	struct expr_context c = select_context(s);
	struct expr *x;
	int rc;

	c.subqueries = &s->before;
	if (simple && n->kind == NODE_LONG_LITERAL) {
		rc = key_ordinal(s, (struct long_literal_node *)n, &x);
		if (rc != 0)
			return rc;
	} else {
		if ((rc = bind_no_aggregates(s->b, n, "GROUP BY clause")) != 0
		    || (rc = bind_expr(s->b, &c, n, &x)) != 0)
			return rc;
		if (!simple && x->kind != EXPR_INPUT)
			return bind_error(s->b, n,
			    ERR_INVALID_COLUMN_REFERENCE,
			    "GROUP BY expression must be a column reference: "
			    "%s", bind_node_text(s->b, n));
	}
	if (!type_comparable(x->type))
		return bind_error(s->b, n, ERR_TYPE_MISMATCH,
		    "%s is not comparable, and therefore cannot be used in "
		    "GROUP BY", bind_type_text(s->b, x->type));
	*out = add_key(s, x);
	return 0;
}

static int
bind_key_list(struct select_build *s, const struct operands_node *n,
    bool simple, struct symbol_list *out)
{
	int rc, key = -1;

	for (int i = 0; i < n->list.n; i++) {
		if ((rc = bind_key(s, n->list.v[i], simple, &key)) != 0)
			return rc;
		if (!symbol_list_has(out, key))
			symbol_list_add(s->b->arena, out, key);
	}
	return 0;
}

/* Unites the sets chosen by bits (or a prefix) of lists. */
static void
unite(struct select_build *s, const struct group_sets *from, uint64_t chosen,
    struct group_sets *out)
{
	struct symbol_list all = { 0 };

	for (int i = 0; i < from->n; i++) {
		if ((chosen >> i & 1) == 0)
			continue;
		for (int k = 0; k < from->v[i].n; k++)
			if (!symbol_list_has(&all, from->v[i].v[k]))
				symbol_list_add(s->b->arena, &all,
				    from->v[i].v[k]);
	}
	arena_push(s->b->arena, out, all);
}

static int
too_many_sets(struct select_build *s, const struct node *at, long long n)
{
	return bind_error(s->b, at, ERR_TOO_MANY_GROUPING_SETS,
	    "GROUP BY has %lld grouping sets but can contain at most %d",
	    n, GROUPING_SETS_MAX);
}

static int
grouping_sets(struct select_build *s, const struct grouping_sets_node *n,
    struct group_sets *out)
{
	struct group_sets lists = { 0 };
	int rc;

	for (int i = 0; i < n->sets.n; i++) {
		struct symbol_list l = { 0 };

		rc = bind_key_list(s, (struct operands_node *)n->sets.v[i],
		    false, &l);
		if (rc != 0)
			return rc;
		arena_push(s->b->arena, &lists, l);
	}
	if (n->type == GROUPING_EXPLICIT) {
		*out = lists;
	} else if (n->type == GROUPING_ROLLUP) {
		for (int k = lists.n; k >= 0; k--)
			unite(s, &lists, k >= 64 ? ~UINT64_C(0)
			    : (UINT64_C(1) << k) - 1, out);
	} else {
		if (lists.n > 30)
			return too_many_sets(s, &n->node, 1LL << 31);
		if (1LL << lists.n > GROUPING_SETS_MAX)
			return too_many_sets(s, &n->node, 1LL << lists.n);
		for (uint64_t bits = (UINT64_C(1) << lists.n); bits-- > 0; )
			unite(s, &lists, bits, out);
	}
	return 0;
}

/* The sets of several elements: all unions of one set of each. */
static int
cross(struct select_build *s, const struct node *at, struct group_sets *all,
    const struct group_sets *more)
{
	struct group_sets out = { 0 };

	if ((long long)all->n * more->n > GROUPING_SETS_MAX)
		return too_many_sets(s, at, (long long)all->n * more->n);
	for (int i = 0; i < all->n; i++)
		for (int k = 0; k < more->n; k++) {
			struct symbol_list pair[2] = { all->v[i],
				more->v[k] };
			struct group_sets both = { pair, 2, 2 };

			unite(s, &both, 3, &out);
		}
	*all = out;
	return 0;
}

/* GROUP BY AUTO: all items that aggregate nothing. */
static int
auto_keys(struct select_build *s, struct symbol_list *out)
{
	for (int i = 0; i < s->items.n; i++) {
		struct select_item *item = &s->items.v[i];

		if (item->ast != NULL && (bind_has_aggregate(item->ast) ||
		    bind_has_window(item->ast)))
			continue;
		if (expr_is_const(item->expr))
			continue;
		symbol_list_add(s->b->arena, out, add_key(s, item->expr));
	}
	return 0;
}

static int
bind_element(struct select_build *s, struct node *n, struct group_sets *out)
{
	struct symbol_list one = { 0 };
	int rc;

	switch (n->kind) {
	case NODE_GROUPING_SETS:
		return grouping_sets(s, (struct grouping_sets_node *)n, out);
	case NODE_AUTO_GROUP_BY:
		rc = auto_keys(s, &one);
		break;
	default:
		rc = bind_key_list(s, (struct operands_node *)n, true, &one);
	}
	if (rc == 0)
		arena_push(s->b->arena, out, one);
	return rc;
}

static bool
same_set(const struct symbol_list *x, const struct symbol_list *y)
{
	if (x->n != y->n)
		return false;
	for (int i = 0; i < x->n; i++)
		if (!symbol_list_has(y, x->v[i]))
			return false;
	return true;
}

int
select_bind_group_by(struct select_build *s)
{
	const struct group_by_node *g = s->q->group_by;
	struct symbol_list nothing = { 0 };
	struct group_sets all = { 0 };
	int rc, kept = 0;

	s->group.id_symbol = -1;
	if (g == NULL)
		return 0;
	s->group.present = true;
	arena_push(s->b->arena, &all, nothing);
	for (int i = 0; i < g->elements.n; i++) {
		struct group_sets more = { 0 };

		if ((rc = bind_element(s, g->elements.v[i], &more)) != 0 ||
		    (rc = cross(s, &g->node, &all, &more)) != 0)
			return rc;
	}
	for (int i = 0; i < all.n; i++) {
		bool seen = false;

		for (int k = 0; g->distinct && k < kept; k++)
			seen |= same_set(&all.v[k], &all.v[i]);
		if (!seen)
			all.v[kept++] = all.v[i];
	}
	all.n = kept;
	s->group.sets = all;
	return 0;
}

/* ---- the node ---- */

/* Expressions computed below the aggregation. */
struct inputs {
	struct select_build *s;
	struct plan_assign *v;
	int n, cap;
};

static int
input_symbol(struct inputs *in, struct expr *x, const char *hint)
{
	struct binder *b = in->s->b;
	struct plan_assign a = { .expr = x };

	if (x->kind == EXPR_INPUT &&
	    symbol_list_has(&in->s->node->out, x->input))
		return x->input;
	for (int i = 0; i < in->n; i++)
		if (expr_equal(in->v[i].expr, x))
			return in->v[i].symbol;
	a.symbol = plan_symbol_new(b->plan, hint, x->type);
	arena_push(b->arena, in, a);
	return a.symbol;
}

static void
input_agg(struct inputs *in, struct agg_call *call)
{
	struct arena *a = in->s->b->arena;

	call->agg.args = arena_array(a, int, call->agg.n_args + 1);
	for (int i = 0; i < call->agg.n_args; i++)
		call->agg.args[i] = input_symbol(in, call->args[i], "expr");
	call->agg.filter = call->filter == NULL ? -1
	    : input_symbol(in, call->filter, "filter");
	for (int i = 0; i < call->agg.n_order; i++)
		call->agg.order[i].symbol = input_symbol(in, call->order[i],
		    "expr");
}

static struct plan_node *
group_id_node(struct select_build *s, const int *from)
{
	struct binder *b = s->b;
	struct select_group *g = &s->group;
	struct plan_node *n = plan_node_new(b->plan, PLAN_GROUP_ID, 1);

	n->child[0] = s->node;
	n->group_id.n_keys = g->n_keys;
	n->group_id.from = arena_dup(b->arena, from,
	    sizeof(int) * (size_t)g->n_keys);
	n->group_id.to = arena_array(b->arena, int, g->n_keys);
	n->group_id.n_sets = g->sets.n;
	n->group_id.sets = arena_array(b->arena, struct symbol_list,
	    g->sets.n);
	for (int i = 0; i < g->sets.n; i++)
		for (int k = 0; k < g->sets.v[i].n; k++)
			symbol_list_add(b->arena, &n->group_id.sets[i],
			    from[g->sets.v[i].v[k]]);
	for (int i = 0; i < g->n_keys; i++) {
		n->group_id.to[i] = plan_symbol_new(b->plan, arena_printf(
		    b->arena, "%s$gid", b->plan->symbols.v[from[i]].name),
		    g->keys[i]->type);
		symbol_list_add(b->arena, &n->out, n->group_id.to[i]);
		g->key_symbols[i] = n->group_id.to[i];
	}
	for (int i = 0; i < s->node->out.n; i++)
		symbol_list_add(b->arena, &n->out, s->node->out.v[i]);
	g->id_symbol = plan_symbol_new(b->plan, "groupid", TYPE(BIGINT));
	n->group_id.id_symbol = g->id_symbol;
	symbol_list_add(b->arena, &n->out, g->id_symbol);
	return n;
}

int
select_group_node(struct select_build *s)
{
	struct binder *b = s->b;
	struct select_group *g = &s->group;
	struct inputs in = { .s = s };
	int *from = arena_array(b->arena, int, g->n_keys + 1);
	struct symbol_list keys = { 0 };
	struct plan_agg *aggs = arena_array(b->arena, struct plan_agg,
	    s->aggs.n + 1);

	s->node = bind_attach(b, s->node, &s->before);
	for (int i = 0; i < s->node->out.n; i++)
		symbol_list_add(b->arena, &g->source, s->node->out.v[i]);
	g->key_symbols = arena_array(b->arena, int, g->n_keys + 1);
	for (int i = 0; i < g->n_keys; i++)
		from[i] = g->key_symbols[i] = input_symbol(&in, g->keys[i],
		    "expr");
	for (int i = 0; i < s->aggs.n; i++) {
		input_agg(&in, &s->aggs.v[i]);
		aggs[i] = s->aggs.v[i].agg;
	}
	s->node = plan_extend(b->plan, s->node, in.v, in.n);
	if (g->sets.n > 1 || (g->sets.n == 1 &&
	    g->sets.v[0].n < g->n_keys))
		s->node = group_id_node(s, from);
	for (int i = 0; i < g->n_keys; i++)
		if (!symbol_list_has(&keys, g->key_symbols[i]))
			symbol_list_add(b->arena, &keys, g->key_symbols[i]);
	if (g->id_symbol >= 0)
		symbol_list_add(b->arena, &keys, g->id_symbol);
	s->node = plan_aggregate(b->plan, s->node, &keys, aggs, s->aggs.n);
	s->node->aggregate.global_sets = -1;
	if (g->id_symbol >= 0)
		for (int i = 0; i < g->sets.n; i++)
			if (g->sets.v[i].n == 0)
				s->node->aggregate.global_sets = g->id_symbol;
	return 0;
}

/* ---- mapping ---- */

/* grouping(..) of a set: bit i (from the right) is set when argument i is
 * not among the set's keys. */
static int
grouping_value(struct select_build *s, const struct grouping_call *call,
    const struct symbol_list *set, int64_t *out)
{
	struct select_group *g = &s->group;

	*out = 0;
	for (int i = 0; i < call->n; i++) {
		int key = 0;

		while (key < g->n_keys && !expr_equal(g->keys[key],
		    call->args[i]))
			key++;
		if (key == g->n_keys) {
			struct node at = { .line = call->line,
				.column = call->column };

			return bind_error(s->b, &at,
			    ERR_INVALID_ARGUMENTS,
			    "The arguments to GROUPING() must be expressions "
			    "referenced by the GROUP BY at the associated "
			    "query level. Mismatch due to argument %d.",
			    i + 1);
		}
		*out = *out << 1 | !symbol_list_has(set, key);
	}
	return 0;
}

static struct expr *
number(struct binder *b, const struct type *t, int64_t v)
{
	int32_t v32 = (int32_t)v;

	return expr_const(b->pool, t, type_is(t, TYPE_INTEGER) ? (void *)&v32
	    : (void *)&v);
}

static int
grouping_expr(struct select_build *s, const struct grouping_call *call,
    struct expr **out)
{
	struct select_group *g = &s->group;
	const struct type *t = plan_symbol_type(s->b->plan, call->symbol);
	struct expr *id, *equal;
	int64_t v;
	int rc;

	if (g->sets.n == 0)
		return bind_error(s->b, &s->q->node, ERR_MISSING_GROUP_BY,
		    "A GROUPING() operation can only be used with a "
		    "corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause");
	if ((rc = grouping_value(s, call, &g->sets.v[g->sets.n - 1],
	    &v)) != 0)
		return rc;
	*out = number(s->b, t, v);
	if (g->id_symbol < 0)
		return 0;
	id = plan_symbol_expr(s->b->plan, g->id_symbol);
	for (int i = g->sets.n - 2; i >= 0; i--) {
		if ((rc = grouping_value(s, call, &g->sets.v[i], &v)) != 0 ||
		    (rc = bind_compare(s->b, NULL, CMP_EQ, id,
		    expr_bigint(s->b->pool, i), &equal)) != 0)
			return rc;
		*out = bind_if(s->b, equal, number(s->b, t, v), *out);
	}
	return 0;
}

struct mapping {
	struct select_build *s;
	int failed;             /* a symbol of FROM that is in no group */
	int rc;
};

static struct expr *
map_input(struct mapping *m, struct expr *x)
{
	struct select_build *s = m->s;
	struct expr *y = x;

	if (x->input >= LAMBDA_BASE)
		return x;
	for (int i = 0; i < s->groupings.n; i++)
		if (s->groupings.v[i].symbol == x->input) {
			m->rc = grouping_expr(s, &s->groupings.v[i], &y);
			return m->rc == 0 ? y : x;
		}
	if (symbol_list_has(&s->group.source, x->input))
		m->failed = x->input;
	return x;
}

static struct expr *
map_tree(struct mapping *m, struct expr *x)
{
	struct select_build *s = m->s;
	struct expr *y;

	for (int i = 0; i < s->group.n_keys; i++)
		if (expr_equal(s->group.keys[i], x))
			return plan_symbol_expr(s->b->plan,
			    s->group.key_symbols[i]);
	if (x->kind == EXPR_INPUT)
		return map_input(m, x);
	if (x->n == 0)
		return x;
	y = arena_dup(s->b->arena, x, sizeof(*x));
	y->arg = arena_array(s->b->arena, struct expr *, x->n);
	for (int i = 0; i < x->n; i++)
		y->arg[i] = map_tree(m, x->arg[i]);
	return y;
}

int
select_map(struct select_build *s, struct expr *x, struct node *at,
    const char *format, struct expr **out)
{
	struct mapping m = { .s = s, .failed = -1 };
	const char *what;

	*out = x;
	if (!s->group.present && s->groupings.n == 0)
		return 0;
	*out = map_tree(&m, x);
	if (m.rc != 0)
		return m.rc;
	if (m.failed < 0)
		return 0;
	what = at == NULL ? "" : bind_node_text(s->b, at);
	return bind_error(s->b, at, ERR_EXPRESSION_NOT_AGGREGATE,
	    "%s'%s' must be an aggregate expression or appear in GROUP BY "
	    "clause", format, what);
}

/* Where in a tree of expressions a symbol is read. */
static const struct expr *
find_input(const struct expr *x, int symbol)
{
	const struct expr *found;

	if (x->kind == EXPR_INPUT)
		return x->input == symbol && x->line > 0 ? x : NULL;
	for (int i = 0; i < x->n; i++)
		if ((found = find_input(x->arg[i], symbol)) != NULL)
			return found;
	return NULL;
}

struct input_search {
	int symbol;
	const struct expr *found;
};

static void
search_expr(void *arg, struct expr **slot)
{
	struct input_search *s = arg;

	if (s->found == NULL)
		s->found = find_input(*slot, s->symbol);
}

static void
search_tree(struct plan_node *n, struct input_search *s)
{
	struct plan_visitor v = { s, search_expr, NULL, NULL };

	plan_node_visit(n, &v);
	for (int i = 0; i < n->n_child && s->found == NULL; i++)
		search_tree(n->child[i], s);
}

static int
not_grouped(struct select_build *s, struct subquery *q, int symbol)
{
	struct input_search search = { .symbol = symbol };
	struct node at = { .line = q->line, .column = q->column };
	struct sbuf name = { 0 };
	int rc;

	search_tree(q->node, &search);
	if (search.found != NULL) {
		at.line = search.found->line;
		at.column = search.found->column;
	}
	for (int i = 0; i < s->from.fields.n; i++) {
		const struct field *f = &s->from.fields.v[i];

		if (f->symbol != symbol)
			continue;
		if (f->n_qualifier > 0)
			sbuf_addf(&name, "%.*s.", STR_ARG(f->qualifier[0]));
		sbuf_adds(&name, f->lower);
		break;
	}
	rc = bind_error(s->b, &at, ERR_EXPRESSION_NOT_AGGREGATE,
	    "Subquery uses '%s' which must appear in GROUP BY clause",
	    sbuf_z(&name));
	sbuf_release(&name);
	return rc;
}

/* Subqueries above the groups may read keys only. */
int
select_map_subqueries(struct select_build *s)
{
	struct binder *b = s->b;
	struct select_group *g = &s->group;

	for (int i = 0; g->present && i < s->after.n; i++) {
		struct subquery *q = &s->after.v[i];
		struct symbol_list free = { 0 };
		int *map = arena_array(b->arena, int, b->plan->symbols.n);
		int rc;

		plan_free_symbols(b->plan, q->node, &free);
		for (int k = 0; k < b->plan->symbols.n; k++)
			map[k] = k;
		for (int k = 0; k < free.n; k++) {
			int key = 0;

			if (!symbol_list_has(&g->source, free.v[k]))
				continue;
			while (key < g->n_keys &&
			    (g->keys[key]->kind != EXPR_INPUT ||
			    g->keys[key]->input != free.v[k]))
				key++;
			if (key == g->n_keys)
				return not_grouped(s, q, free.v[k]);
			map[free.v[k]] = g->key_symbols[key];
		}
		plan_replace_symbols(b->plan, q->node, map);
		if (q->operand != NULL && (rc = select_map(s, q->operand,
		    q->ast, "", &q->operand)) != 0)
			return rc;
	}
	return 0;
}
