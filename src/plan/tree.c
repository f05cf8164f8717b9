/* SPDX-License-Identifier: Apache-2.0
 * tree.c - making logical plan nodes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "plan/tree.h"

/* Node names as EXPLAIN shows them. */
const char *
plan_node_name(enum plan_node_kind kind)
{
	static const char *const names[PLAN_NODE_KINDS] = {
		[PLAN_SCAN] = "TableScan", [PLAN_VALUES] = "Values",
		[PLAN_FILTER] = "Filter", [PLAN_PROJECT] = "Project",
		[PLAN_AGGREGATE] = "Aggregate", [PLAN_GROUP_ID] = "GroupId",
		[PLAN_JOIN] = "Join", [PLAN_APPLY] = "Apply",
		[PLAN_SORT] = "Sort", [PLAN_TOPN] = "TopN",
		[PLAN_LIMIT] = "Limit", [PLAN_UNION] = "Union",
		[PLAN_INTERSECT] = "Intersect", [PLAN_EXCEPT] = "Except",
		[PLAN_WINDOW] = "Window", [PLAN_UNNEST] = "Unnest",
		[PLAN_SINGLE_ROW] = "EnforceSingleRow",
		[PLAN_MARK_DISTINCT] = "MarkDistinct",
		[PLAN_ROW_ID] = "AssignUniqueId", [PLAN_SAMPLE] = "Sample",
		[PLAN_WRITE] = "TableWriter", [PLAN_OUTPUT] = "Output",
	};

	return names[kind];
}

int
plan_symbol_new(struct plan *p, const char *hint, const struct type *t)
{
	struct plan_symbol s = { .name = hint, .type = t };

	CHECK(t != NULL);
	/* The numbers make names unique; the first of a name has none. */
	for (int i = p->symbols.n - 1; i >= 0; i--)
		if (strcmp(p->symbols.v[i].name, hint) == 0) {
			s.name = arena_printf(p->arena, "%s_%d", hint,
			    p->symbols.n);
			break;
		}
	if (s.name == hint)
		s.name = arena_strdup(p->arena, hint);
	arena_push(p->arena, &p->symbols, s);
	return p->symbols.n - 1;
}

struct expr *
plan_symbol_expr(const struct plan *p, int symbol)
{
	return expr_input(p->pool, symbol, p->symbols.v[symbol].type);
}

const struct type *
plan_symbol_type(const struct plan *p, int symbol)
{
	return p->symbols.v[symbol].type;
}

void
symbol_list_add(struct arena *a, struct symbol_list *l, int symbol)
{
	arena_push(a, l, symbol);
}

bool
symbol_list_has(const struct symbol_list *l, int symbol)
{
	for (int i = 0; i < l->n; i++)
		if (l->v[i] == symbol)
			return true;
	return false;
}

struct plan_node *
plan_node_new(struct plan *p, enum plan_node_kind kind, int n_child)
{
	struct plan_node *n = arena_new(p->arena, struct plan_node);

	n->kind = kind;
	n->id = p->n_nodes++;
	n->n_child = n_child;
	n->child = arena_array(p->arena, struct plan_node *, n_child);
	n->rows = n->bytes = -1;
	switch (kind) {
	case PLAN_JOIN:
		n->join.mark = -1;
		break;
	case PLAN_SCAN:
		n->scan.limit = -1;
		break;
	case PLAN_UNNEST:
		n->unnest.ordinality = -1;
		break;
	case PLAN_AGGREGATE:
		n->aggregate.global_sets = -1;
		break;
	case PLAN_SORT: case PLAN_TOPN: case PLAN_LIMIT:
		n->sort.limit = -1;
		break;
	default:
		break;
	}
	return n;
}

static void
add_all(struct plan *p, struct symbol_list *to, const struct symbol_list *from)
{
	for (int i = 0; i < from->n; i++)
		symbol_list_add(p->arena, to, from->v[i]);
}

/* The columns of kinds that make some of their own besides the child's. */
static void
reout_extending(struct plan *p, struct plan_node *n)
{
	switch (n->kind) {
	case PLAN_WINDOW:
		for (int i = 0; i < n->window.n; i++)
			symbol_list_add(p->arena, &n->out,
			    n->window.v[i].agg.symbol);
		break;
	case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		symbol_list_add(p->arena, &n->out, n->mark.symbol);
		break;
	default:
		break;
	}
}

static void
reout_join(struct plan *p, struct plan_node *n)
{
	enum plan_join_kind kind = n->join.kind;

	add_all(p, &n->out, &n->child[0]->out);
	if (kind == PLAN_MARK)
		symbol_list_add(p->arena, &n->out, n->join.mark);
	else if (kind <= PLAN_FULL)
		add_all(p, &n->out, &n->child[1]->out);
}

static void
reout_apply(struct plan *p, struct plan_node *n)
{
	add_all(p, &n->out, &n->child[0]->out);
	if (n->apply.kind == APPLY_LATERAL)
		add_all(p, &n->out, &n->child[1]->out);
	else
		symbol_list_add(p->arena, &n->out, n->apply.symbol);
}

void
plan_node_reout(struct plan *p, struct plan_node *n)
{
	switch (n->kind) {
	case PLAN_SCAN: case PLAN_VALUES: case PLAN_UNION:
	case PLAN_INTERSECT: case PLAN_EXCEPT: case PLAN_UNNEST:
	case PLAN_WRITE: case PLAN_OUTPUT: case PLAN_GROUP_ID:
		return;
	default:
		break;
	}
	n->out = (struct symbol_list){ 0 };
	switch (n->kind) {
	case PLAN_PROJECT:
		for (int i = 0; i < n->project.n; i++)
			symbol_list_add(p->arena, &n->out,
			    n->project.v[i].symbol);
		break;
	case PLAN_AGGREGATE:
		add_all(p, &n->out, &n->aggregate.keys);
		for (int i = 0; i < n->aggregate.n; i++)
			symbol_list_add(p->arena, &n->out,
			    n->aggregate.v[i].symbol);
		break;
	case PLAN_JOIN:
		reout_join(p, n);
		break;
	case PLAN_APPLY:
		reout_apply(p, n);
		break;
	default:
		add_all(p, &n->out, &n->child[0]->out);
		reout_extending(p, n);
	}
}

struct plan_node *
plan_filter(struct plan *p, struct plan_node *child, struct expr *predicate)
{
	struct plan_node *n;

	if (predicate == NULL || expr_is_true(predicate))
		return child;
	n = plan_node_new(p, PLAN_FILTER, 1);
	n->child[0] = child;
	n->filter.predicate = predicate;
	plan_node_reout(p, n);
	return n;
}

struct plan_node *
plan_project(struct plan *p, struct plan_node *child,
    const struct plan_assign *v, int count)
{
	struct plan_node *n = plan_node_new(p, PLAN_PROJECT, 1);

	n->child[0] = child;
	n->project.n = count;
	if (count > 0)
		n->project.v = arena_dup(p->arena, v,
		    sizeof(*v) * (size_t)count);
	plan_node_reout(p, n);
	return n;
}

struct plan_node *
plan_extend(struct plan *p, struct plan_node *child,
    const struct plan_assign *v, int n)
{
	int passed = child->out.n, count = passed;
	struct plan_assign *all;

	all = arena_array(p->arena, struct plan_assign, passed + n + 1);
	for (int i = 0; i < passed; i++)
		all[i] = (struct plan_assign){ child->out.v[i],
			plan_symbol_expr(p, child->out.v[i]) };
	for (int i = 0; i < n; i++)
		if (v[i].expr->kind != EXPR_INPUT ||
		    v[i].expr->input != v[i].symbol ||
		    !symbol_list_has(&child->out, v[i].symbol))
			all[count++] = v[i];
	return count == passed ? child : plan_project(p, child, all, count);
}

struct plan_node *
plan_join(struct plan *p, enum plan_join_kind kind, struct plan_node *left,
    struct plan_node *right, struct expr *on)
{
	struct plan_node *n = plan_node_new(p, PLAN_JOIN, 2);

	n->child[0] = left;
	n->child[1] = right;
	n->join.kind = kind;
	n->join.on = on != NULL && expr_is_true(on) ? NULL : on;
	if (kind != PLAN_MARK)
		plan_node_reout(p, n);
	return n;
}

struct plan_node *
plan_limit(struct plan *p, struct plan_node *child, int64_t limit,
    int64_t offset)
{
	struct plan_node *n = plan_node_new(p, PLAN_LIMIT, 1);

	n->child[0] = child;
	n->sort.limit = limit;
	n->sort.offset = offset;
	plan_node_reout(p, n);
	return n;
}

struct plan_node *
plan_aggregate(struct plan *p, struct plan_node *child,
    const struct symbol_list *keys, const struct plan_agg *v, int count)
{
	struct plan_node *n = plan_node_new(p, PLAN_AGGREGATE, 1);

	n->child[0] = child;
	if (keys != NULL)
		add_all(p, &n->aggregate.keys, keys);
	n->aggregate.n = count;
	if (count > 0)
		n->aggregate.v = arena_dup(p->arena, v,
		    sizeof(*v) * (size_t)count);
	plan_node_reout(p, n);
	return n;
}
