/* SPDX-License-Identifier: Apache-2.0
 * bind_recursive.c - WITH RECURSIVE: the step is bound once over a leaf that
 * stands for the rows so far, and its plan copied as often as
 * max_recursion_depth says; one step more must find nothing. */
#include "plan/binder.h"

/* ---- where the name stands ---- */

struct reference_search {
	struct arena *arena;
	struct str name;
	struct node_list found;
};

static int
search_reference(void *arg, struct node *n)
{
	struct reference_search *s = arg;
	const struct table_node *t = (const struct table_node *)n;

	if (n->kind == NODE_TABLE && t->name->parts.n == 1 && str_eq(
	    ((struct ident_node *)t->name->parts.v[0])->lower, s->name))
		arena_push(s->arena, &s->found, n);
	return 0;
}

static struct node_list
references(struct binder *b, const struct with_query_node *w, struct node *n)
{
	struct reference_search s = { .arena = b->arena,
		.name = w->name->lower };

	if (n != NULL)
		node_walk(n, search_reference, &s);
	return s.found;
}

static int
bad_reference(struct binder *b, const struct node *at, const char *what)
{
	return bind_error(b, at, ERR_INVALID_RECURSIVE_REFERENCE, "%s", what);
}

/* Outer joins may not lose or invent rows of the recursion. */
static int
check_joins(struct binder *b, const struct with_query_node *w, struct node *n)
{
	const struct join_node *j = (const struct join_node *)n;
	struct node_list l, r;
	int rc;

	if (n->kind == NODE_ALIASED)
		return check_joins(b, w, ((struct aliased_node *)n)
		    ->relation);
	if (n->kind != NODE_JOIN)
		return 0;
	l = references(b, w, j->left);
	r = references(b, w, j->right);
	if (r.n > 0 && j->type == JOIN_LEFT)
		return bad_reference(b, r.v[0],
		    "recursive reference in right source of LEFT join");
	if (l.n > 0 && j->type == JOIN_RIGHT)
		return bad_reference(b, l.v[0],
		    "recursive reference in left source of RIGHT join");
	if (l.n + r.n > 0 && j->type == JOIN_FULL)
		return bad_reference(b, l.n > 0 ? l.v[0] : r.v[0], l.n > 0
		    ? "recursive reference in left source of FULL join"
		    : "recursive reference in right source of FULL join");
	if ((rc = check_joins(b, w, j->left)) != 0)
		return rc;
	return check_joins(b, w, j->right);
}

static int
check_step(struct binder *b, const struct with_query_node *w,
    struct node *step)
{
	const struct query_spec_node *s = (const struct query_spec_node *)step;
	struct node_list all = references(b, w, step), from;

	if (all.n > 1)
		return bad_reference(b, all.v[1], "multiple recursive "
		    "references in the step relation of recursion");
	if (step->kind != NODE_QUERY_SPEC)
		return 0;
	from = references(b, w, s->from);
	if (from.n == 0)
		return bad_reference(b, all.v[0], "recursive reference "
		    "outside of FROM clause of the step relation of "
		    "recursion");
	return check_joins(b, w, s->from);
}

/* The query's union whose right side recurs; NULL: it does not recur. */
static int
find_union(struct binder *b, const struct with_query_node *w,
    const struct set_operation_node **out)
{
	struct node_list all = references(b, w,
	    (struct node *)(uintptr_t)&w->query->node), base;
	const struct set_operation_node *s =
	    (const struct set_operation_node *)w->query->body;

	*out = NULL;
	if (all.n == 0)
		return 0;
	if (w->query->body->kind != NODE_SET_OPERATION ||
	    s->op != SET_UNION)
		return bad_reference(b, all.v[0],
		    "recursive reference not allowed in this context");
	base = references(b, w, s->left);
	if (base.n > 0)
		return bad_reference(b, base.v[0], "WITH table name is "
		    "referenced in the base relation of recursion");
	if (w->query->order_by != NULL)
		return bind_error(b, w->query->order_by, ERR_NOT_SUPPORTED,
		    "immediate ORDER BY clause in recursive query");
	if (w->query->offset != NULL)
		return bind_error(b, w->query->offset, ERR_NOT_SUPPORTED,
		    "immediate OFFSET clause in recursive query");
	if (w->query->limit != NULL)
		return bind_error(b, w->query->limit, ERR_NOT_SUPPORTED,
		    "immediate LIMIT / FETCH FIRST clause in recursive "
		    "query");
	*out = s;
	return check_step(b, w, s->right);
}

/* ---- plans ---- */

enum { LEAF_LINE = -1 };        /* marks the leaf that is replaced */

static struct plan_node **
find_leaf(struct plan_node **n)
{
	struct plan_node **found;

	if ((*n)->kind == PLAN_VALUES && (*n)->line == LEAF_LINE)
		return n;
	for (int i = 0; i < (*n)->n_child; i++)
		if ((found = find_leaf(&(*n)->child[i])) != NULL)
			return found;
	return NULL;
}

/* The rows so far as a relation that can be named. */
static struct relation
leaf_relation(struct binder *b, const struct with_query_node *w,
    const struct relation *base)
{
	struct plan_node *v = plan_node_new(b->plan, PLAN_VALUES, 0);
	struct relation r = { .node = v };

	v->line = LEAF_LINE;
	for (int i = 0; i < base->fields.n; i++) {
		const struct ident_node *id =
		    (const struct ident_node *)w->columns.v[i];
		int symbol = plan_symbol_new(b->plan, bind_str(b, id->value),
		    base->fields.v[i].type);
		struct field f = field_of_symbol(b, symbol,
		    bind_str(b, id->value));

		symbol_list_add(b->arena, &v->out, symbol);
		field_add(b, &r.fields, &f);
	}
	return r;
}

static int
check_types(struct binder *b, const struct relation *base,
    const struct relation *step, const struct node *at)
{
	if (base->fields.n != step->fields.n)
		return bind_error(b, at, ERR_TYPE_MISMATCH,
		    "base and step relations of recursion have different "
		    "number of fields: %d, %d", base->fields.n,
		    step->fields.n);
	for (int i = 0; i < base->fields.n; i++)
		if (!type_can_coerce(step->fields.v[i].type,
		    base->fields.v[i].type))
			return bind_error(b, at, ERR_TYPE_MISMATCH,
			    "recursion step relation output type (%s) is not "
			    "coercible to recursion base relation output "
			    "type (%s) at column %d",
			    bind_type_text(b, step->fields.v[i].type),
			    bind_type_text(b, base->fields.v[i].type), i + 1);
	return 0;
}

/* Exactly the fields in order, as new symbols of the given types. */
static struct plan_node *
columns_of(struct binder *b, const struct relation *r,
    const struct relation *like)
{
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    r->fields.n + 1);

	for (int i = 0; i < r->fields.n; i++) {
		const struct type *t = like->fields.v[i].type;

		v[i].symbol = plan_symbol_new(b->plan, "column", t);
		v[i].expr = bind_coerce(b, plan_symbol_expr(b->plan,
		    r->fields.v[i].symbol), t);
	}
	return plan_project(b->plan, r->node, v, r->fields.n);
}

/* A copy of the step over the rows of prev. */
static struct plan_node *
next_step(struct binder *b, const struct plan_node *step,
    const struct plan_node *prev)
{
	struct plan_node *copy = plan_copy(b->plan, step, NULL), **leaf;
	struct plan_node *below = plan_copy(b->plan, prev, NULL);
	struct plan_assign *v;

	leaf = find_leaf(&copy);
	v = arena_array(b->arena, struct plan_assign, below->out.n + 1);
	for (int i = 0; i < below->out.n; i++)
		v[i] = (struct plan_assign){ (*leaf)->out.v[i],
			plan_symbol_expr(b->plan, below->out.v[i]) };
	*leaf = plan_project(b->plan, below, v, below->out.n);
	return copy;
}

/* In place of rows: fails when there is one, else puts out none.  The count
 * keeps the failure from being asked of rows that a filter drops. */
static int
check_end(struct binder *b, struct plan_node **n, int64_t depth)
{
	int32_t code = err_number(ERR_NOT_SUPPORTED);
	const struct symbol_list like = (*n)->out;
	struct expr *args[2], *fail, *some;
	struct plan_agg count = { .filter = -1 };
	struct plan_assign *v;
	struct func_match m;
	int rc;

	if ((rc = func_find(b->arena, STR("count"), NULL, 0, &m,
	    b->err)) != 0)
		return rc;
	count.func = m.agg;
	count.intermediate = m.intermediate;
	count.result = m.result;
	count.symbol = plan_symbol_new(b->plan, "count", m.result);
	*n = plan_aggregate(b->plan, *n, NULL, &count, 1);
	args[0] = expr_const(b->pool, TYPE(INTEGER), &code);
	args[1] = expr_const_str(b->pool, TYPE(VARCHAR), str_of(arena_printf(
	    b->arena, "Recursion depth limit exceeded (%lld). Use "
	    "'max_recursion_depth' session property to modify the limit.",
	    (long long)depth)));
	if ((rc = bind_call_named(b, NULL, "fail", args, 2, &fail)) != 0 ||
	    (rc = bind_compare(b, NULL, CMP_GT, plan_symbol_expr(b->plan,
	    count.symbol), expr_bigint(b->pool, 0), &some)) != 0)
		return rc;
	*n = plan_filter(b->plan, *n, bind_if(b, some, expr_cast(b->pool,
	    fail, TYPE(BOOLEAN)), expr_bool(b->pool, false)));
	v = arena_array(b->arena, struct plan_assign, like.n + 1);
	for (int i = 0; i < like.n; i++) {
		const struct type *t = plan_symbol_type(b->plan, like.v[i]);

		v[i].symbol = plan_symbol_new(b->plan, "column", t);
		v[i].expr = expr_const(b->pool, t, NULL);
	}
	*n = plan_project(b->plan, *n, v, like.n);
	return 0;
}

static int
unroll(struct binder *b, struct plan_node *base, struct plan_node *step,
    struct plan_node **out)
{
	int64_t depth = b->session->properties == NULL ? 10
	    : conf_int(b->session->properties, "max_recursion_depth");
	struct plan_node *u, *prev = base;
	int rc;

	if (depth < 1)
		depth = 1;
	if (depth > 200)
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "max_recursion_depth above 200 is not supported");
	u = plan_node_new(b->plan, PLAN_UNION, (int)depth + 2);
	u->set.inputs = arena_array(b->arena, int *, depth + 2);
	u->child[0] = base;
	for (int i = 1; i <= depth + 1; i++) {
		prev = next_step(b, step, prev);
		u->child[i] = prev;
	}
	if ((rc = check_end(b, &u->child[depth + 1], depth)) != 0)
		return rc;
	for (int i = 0; i <= depth + 1; i++)
		u->set.inputs[i] = arena_dup(b->arena, u->child[i]->out.v,
		    sizeof(int) * (size_t)base->out.n);
	*out = u;
	return 0;
}

int
bind_recursive(struct binder *b, const struct with_query_node *w,
    const struct scope *outer, struct relation *out)
{
	const struct set_operation_node *s;
	struct relation base, leaf, step;
	struct with_entry *entry;
	struct plan_node *u = NULL;
	int rc;

	if (!w->has_columns)
		return bind_error(b, &w->node, ERR_MISSING_COLUMN_ALIASES,
		    "missing column aliases in recursive WITH query");
	if ((rc = find_union(b, w, &s)) != 0)
		return rc;
	if (s == NULL)
		return bind_query(b, w->query, outer, out);
	if ((rc = bind_body(b, s->left, outer, &base)) != 0)
		return rc;
	if (w->columns.n != base.fields.n)
		return bind_error(b, w->columns.v[0],
		    ERR_MISMATCHED_COLUMN_ALIASES,
		    "Column alias list has %d entries but relation has %d "
		    "columns", w->columns.n, base.fields.n);
	leaf = leaf_relation(b, w, &base);
	entry = arena_new(b->arena, struct with_entry);
	*entry = (struct with_entry){ .next = b->with,
		.name = w->name->lower, .relation = leaf };
	b->with = entry;
	rc = bind_body(b, s->right, outer, &step);
	b->with = (struct with_entry *)(uintptr_t)entry->next;
	if (rc != 0 || (rc = check_types(b, &base, &step, s->right)) != 0)
		return rc;
	if ((rc = unroll(b, columns_of(b, &base, &base), columns_of(b, &step,
	    &base), &u)) != 0)
		return rc;
	*out = (struct relation){ .node = u };
	u->set.distinct = s->distinct;
	for (int i = 0; i < base.fields.n; i++) {
		struct field f = field_of_symbol(b, plan_symbol_new(b->plan,
		    "column", base.fields.v[i].type), NULL);

		symbol_list_add(b->arena, &u->out, f.symbol);
		field_add(b, &out->fields, &f);
	}
	return 0;
}
