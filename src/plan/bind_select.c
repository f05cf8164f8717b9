/* SPDX-License-Identifier: Apache-2.0
 * bind_select.c - one SELECT, from FROM to LIMIT. */
#include "plan/select.h"

struct expr_context
select_context(struct select_build *s)
{
	return (struct expr_context){ .scope = &s->scope,
		.subqueries = &s->after, .aggs = &s->aggs,
		.agg_subqueries = &s->before, .windows = &s->windows,
		.groupings = &s->groupings,
		.window_definitions = &s->q->windows,
		.grouping_query = &s->q->node };
}

static int
select_from(struct select_build *s)
{
	struct plan_node *one;
	int rc;

	if (s->q->from != NULL) {
		if ((rc = bind_from(s->b, s->q->from, s->outer,
		    &s->from)) != 0)
			return rc;
	} else {
		one = plan_node_new(s->b->plan, PLAN_VALUES, 0);
		one->values.n_rows = 1;
		s->from.node = one;
	}
	s->node = s->from.node;
	s->scope = (struct scope){ .parent = s->outer,
		.fields = s->from.fields, .query_boundary = true };
	return 0;
}

static int
select_window_names(struct select_build *s)
{
	const struct node_list *l = &s->q->windows;
	struct expr_context c = select_context(s);

	for (int i = 0; i < l->n; i++) {
		const struct window_definition_node *d =
		    (const struct window_definition_node *)l->v[i];
		bool known = d->window->base == NULL;

		for (int k = 0; k < i; k++) {
			const struct window_definition_node *e =
			    (const struct window_definition_node *)l->v[k];

			if (str_eq(d->name->lower, e->name->lower))
				return bind_error(s->b, &d->node,
				    ERR_DUPLICATE_WINDOW_NAME,
				    "WINDOW name '%.*s' specified more than "
				    "once", STR_ARG(d->name->value));
			known |= !known && str_eq(e->name->lower,
			    d->window->base->lower);
		}
		if (!known)
			return bind_error(s->b, &d->window->base->node,
			    ERR_INVALID_WINDOW_REFERENCE,
			    "Cannot resolve WINDOW name %.*s",
			    STR_ARG(d->window->base->value));
	}
	(void)c;
	return 0;
}

static int
select_where(struct select_build *s)
{
	struct expr_context c = select_context(s);
	struct subquery_list subqueries = { 0 };
	struct agg_list ignored = { 0 };
	struct expr *x;
	int rc;

	if (s->q->where == NULL)
		return 0;
	c.subqueries = c.agg_subqueries = &subqueries;
	c.aggs = &ignored;
	if ((rc = bind_expr(s->b, &c, s->q->where, &x)) != 0 ||
	    (rc = bind_no_aggregates(s->b, s->q->where,
	    "WHERE clause")) != 0)
		return rc;
	if (!type_is(x->type, TYPE_BOOLEAN) &&
	    !type_is(x->type, TYPE_UNKNOWN))
		return bind_error(s->b, s->q->where, ERR_TYPE_MISMATCH,
		    "WHERE clause must evaluate to a boolean: actual type %s",
		    bind_type_text(s->b, x->type));
	s->windows.n = 0;
	s->node = bind_attach(s->b, s->node, &subqueries);
	s->node = plan_filter(s->b->plan, s->node,
	    bind_coerce(s->b, x, TYPE(BOOLEAN)));
	return 0;
}

static int
select_having(struct select_build *s)
{
	struct expr_context c = select_context(s);

	if (s->q->having == NULL)
		return 0;
	if (bind_has_window(s->q->having))
		return bind_error(s->b, bind_first_window(s->q->having),
		    ERR_NESTED_WINDOW,
		    "HAVING clause cannot contain window functions or row "
		    "pattern measures");
	return bind_condition(s->b, &c, s->q->having, "HAVING clause",
	    &s->having);
}

/* ---- ORDER BY ---- */

/* Output columns by name hide FROM's. */
static struct scope
output_scope(struct select_build *s)
{
	struct scope out = { .parent = &s->scope };

	for (int i = 0; i < s->items.n; i++) {
		const struct select_item *item = &s->items.v[i];
		struct field f = { .name = item->name, .symbol = -1,
			.type = item->expr->type, .expr = item->expr };
		char *lower;

		if (item->name != NULL) {
			lower = arena_strdup(s->b->arena, item->name);
			for (char *z = lower; *z != '\0'; z++)
				if (*z >= 'A' && *z <= 'Z')
					*z = (char)(*z + 'a' - 'A');
			f.lower = str_of(lower);
		}
		if (item->field != NULL) {
			memcpy(f.qualifier, item->field->qualifier,
			    sizeof(f.qualifier));
			f.n_qualifier = item->field->n_qualifier;
		}
		field_add(s->b, &out.fields, &f);
	}
	return out;
}

static int
order_item(struct select_build *s, const struct scope *scope,
    const struct sort_item_node *n, struct sort_key_expr *out)
{
	struct expr_context c = select_context(s);
	int rc;

	c.scope = scope;
	*out = (struct sort_key_expr){ .ast = n, .item = -1 };
	if (n->key->kind == NODE_LONG_LITERAL) {
		int64_t at = ((struct long_literal_node *)n->key)->value;

		if (at < 1 || at > s->items.n)
			return bind_error(s->b, n->key,
			    ERR_INVALID_COLUMN_REFERENCE,
			    "ORDER BY position %lld is not in select list",
			    (long long)at);
		out->item = (int)at - 1;
		out->expr = s->items.v[at - 1].expr;
	} else if ((rc = bind_expr(s->b, &c, n->key, &out->expr)) != 0) {
		return rc;
	}
	if (!type_orderable(out->expr->type))
		return bind_error(s->b, &s->q->node, ERR_TYPE_MISMATCH,
		    "Type %s is not orderable, and therefore cannot be used "
		    "in ORDER BY: %s", bind_type_text(s->b, out->expr->type),
		    bind_node_text(s->b, n->key));
	return 0;
}

static int
select_order(struct select_build *s)
{
	const struct operands_node *o =
	    (const struct operands_node *)s->q->order_by;
	struct scope scope;
	int rc;

	if (o == NULL)
		return 0;
	scope = output_scope(s);
	s->n_order = o->list.n;
	s->order = arena_array(s->b->arena, struct sort_key_expr, o->list.n);
	for (int i = 0; i < o->list.n; i++)
		if ((rc = order_item(s, &scope,
		    (struct sort_item_node *)o->list.v[i],
		    &s->order[i])) != 0)
			return rc;
	if (!s->q->distinct)
		return 0;
	for (int i = 0; i < s->n_order; i++) {
		bool found = false;

		for (int k = 0; k < s->items.n && !found; k++)
			found = expr_equal(s->items.v[k].expr,
			    s->order[i].expr);
		if (!found)
			return bind_error(s->b, &s->q->node,
			    ERR_EXPRESSION_NOT_IN_DISTINCT,
			    "For SELECT DISTINCT, ORDER BY expressions must "
			    "appear in select list");
	}
	return 0;
}

/* ---- grouping ---- */

static int
star_not_grouped(struct select_build *s, const struct field *f)
{
	if (f->n_qualifier > 0)
		return bind_error(s->b, NULL, ERR_EXPRESSION_NOT_AGGREGATE,
		    "Column '%.*s.%s' not in GROUP BY clause",
		    STR_ARG(f->qualifier[0]), f->name);
	return bind_error(s->b, NULL, ERR_EXPRESSION_NOT_AGGREGATE,
	    "Column '%s' not in GROUP BY clause",
	    f->name == NULL ? "<unnamed>" : f->name);
}

static int
map_items(struct select_build *s)
{
	int rc;

	for (int i = 0; i < s->items.n; i++) {
		struct select_item *item = &s->items.v[i];

		rc = select_map(s, item->expr, item->ast, "", &item->expr);
		if (rc != 0 && item->ast == NULL &&
		    rc == -ERR_EXPRESSION_NOT_AGGREGATE)
			return star_not_grouped(s, item->field);
		if (rc != 0)
			return rc;
	}
	for (int i = 0; i < s->n_order; i++) {
		rc = select_map(s, s->order[i].expr, s->order[i].ast->key, "",
		    &s->order[i].expr);
		if (rc != 0)
			return rc;
	}
	return s->having == NULL ? 0
	    : select_map(s, s->having, s->q->having, "", &s->having);
}

static int
select_groups(struct select_build *s)
{
	int rc;

	if (s->aggs.n > 0 || s->having != NULL)
		s->group.present = true;
	if (s->group.present && (rc = select_group_node(s)) != 0)
		return rc;
	if ((rc = map_items(s)) != 0 || (rc = select_map_subqueries(s)) != 0)
		return rc;
	s->node = bind_attach(s->b, s->node, &s->after);
	s->node = plan_filter(s->b->plan, s->node, s->having);
	return 0;
}

/* ---- the end ---- */

/* The symbol of an expression over the node: its own when it is one. */
static int
output_symbol(struct select_build *s, struct expr *x, const char *name,
    struct plan_assign *v, int *n)
{
	for (int i = 0; i < *n; i++)
		if (expr_equal(v[i].expr, x) && expr_deterministic(x))
			return v[i].symbol;
	v[*n].expr = x;
	if (x->kind == EXPR_INPUT && symbol_list_has(&s->node->out, x->input))
		v[*n].symbol = x->input;
	else
		v[*n].symbol = plan_symbol_new(s->b->plan,
		    name == NULL ? "expr" : name, x->type);
	return v[(*n)++].symbol;
}

static int
check_distinct(struct select_build *s)
{
	for (int i = 0; i < s->items.n; i++)
		if (!type_comparable(s->items.v[i].expr->type))
			return bind_error(s->b, &s->q->node,
			    ERR_TYPE_MISMATCH,
			    "DISTINCT can only be applied to comparable types "
			    "(actual: %s)", bind_type_text(s->b,
			    s->items.v[i].expr->type));
	return 0;
}

static int
select_project(struct select_build *s)
{
	struct binder *b = s->b;
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    s->items.n + s->n_order + 1);
	struct plan_order *order = arena_array(b->arena, struct plan_order,
	    s->n_order + 1);
	int n = 0, rc;

	for (int i = 0; i < s->items.n; i++)
		s->items.v[i].symbol = output_symbol(s, s->items.v[i].expr,
		    s->items.v[i].name, v, &n);
	for (int i = 0; i < s->n_order; i++) {
		const struct sort_key_expr *k = &s->order[i];

		order[i] = bind_sort_item(k->ast, k->item >= 0
		    ? s->items.v[k->item].symbol
		    : output_symbol(s, k->expr, NULL, v, &n));
	}
	s->node = plan_project(b->plan, s->node, v, n);
	if (s->q->distinct) {
		struct symbol_list keys = s->node->out;

		if ((rc = check_distinct(s)) != 0)
			return rc;
		s->node = plan_aggregate(b->plan, s->node, &keys, NULL, 0);
	}
	if (s->n_order > 0)
		s->node = bind_sort(b, s->node, order, s->n_order);
	return bind_limits(b, s->q->offset, s->q->limit, s->n_order > 0,
	    &s->node);
}

static void
select_fields(struct select_build *s, struct relation *out)
{
	*out = (struct relation){ .node = s->node };
	for (int i = 0; i < s->items.n; i++) {
		const struct select_item *item = &s->items.v[i];
		struct field f = field_of_symbol(s->b, item->symbol,
		    item->name);

		f.origin = item->origin;
		if (item->field != NULL) {
			memcpy(f.qualifier, item->field->qualifier,
			    sizeof(f.qualifier));
			f.n_qualifier = item->field->n_qualifier;
		}
		field_add(s->b, &out->fields, &f);
	}
	bind_trim_columns(s->b, out);
}

int
bind_select(struct binder *b, const struct query_spec_node *q,
    const struct scope *outer, struct relation *out)
{
	struct select_build *s = arena_new(b->arena, struct select_build);
	int rc;

	s->b = b;
	s->q = q;
	s->outer = outer;
	if ((rc = select_from(s)) != 0 ||
	    (rc = select_window_names(s)) != 0 ||
	    (rc = select_where(s)) != 0 ||
	    (rc = select_bind_items(s)) != 0 ||
	    (rc = select_bind_group_by(s)) != 0 ||
	    (rc = select_having(s)) != 0 ||
	    (rc = select_order(s)) != 0 ||
	    (rc = select_groups(s)) != 0 ||
	    (rc = select_windows(s)) != 0 ||
	    (rc = select_project(s)) != 0)
		return rc;
	select_fields(s, out);
	return 0;
}
