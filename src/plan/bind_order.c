/* SPDX-License-Identifier: Apache-2.0
 * bind_order.c - sorting: what ORDER BY's items share. */
#include "plan/binder.h"

struct plan_order
bind_sort_item(const struct sort_item_node *s, int symbol)
{
	return (struct plan_order){ .symbol = symbol,
		.descending = s->descending,
		.nulls_first = s->nulls == NULLS_FIRST };
}

struct plan_node *
bind_sort(struct binder *b, struct plan_node *child,
    const struct plan_order *v, int n)
{
	struct plan_node *s = plan_node_new(b->plan, PLAN_SORT, 1);

	s->child[0] = child;
	s->sort.v = arena_array(b->arena, struct plan_order, n);
	/* A key that came before decides nothing any more. */
	for (int i = 0; i < n; i++) {
		int k = 0;

		while (k < s->sort.n && s->sort.v[k].symbol != v[i].symbol)
			k++;
		if (k == s->sort.n)
			s->sort.v[s->sort.n++] = v[i];
	}
	plan_node_reout(b->plan, s);
	return s;
}

int
bind_order(struct binder *b, const struct operands_node *o,
    struct order_build *build)
{
	struct subquery_list subqueries = { 0 };
	struct expr_context c = { .scope = build->scope,
		.subqueries = &subqueries };
	struct plan_order *v = arena_array(b->arena, struct plan_order,
	    o->list.n);
	struct plan_assign *made = arena_array(b->arena, struct plan_assign,
	    o->list.n);
	int n_made = 0, rc;

	for (int i = 0; i < o->list.n; i++) {
		const struct sort_item_node *s =
		    (const struct sort_item_node *)o->list.v[i];
		struct expr *x;

		if ((rc = bind_no_aggregates(b, s->key, "ORDER BY clause"))
		    != 0)
			return rc;
		if (s->key->kind == NODE_LONG_LITERAL) {
			int64_t at = ((struct long_literal_node *)s->key)
			    ->value;

			if (at < 1 || at > build->fields->n)
				return bind_error(b, s->key,
				    ERR_INVALID_COLUMN_REFERENCE,
				    "ORDER BY position %lld is not in select "
				    "list", (long long)at);
			x = plan_symbol_expr(b->plan,
			    build->fields->v[at - 1].symbol);
		} else if ((rc = bind_expr(b, &c, s->key, &x)) != 0) {
			return rc;
		}
		if (!type_orderable(x->type))
			return bind_error(b, build->at, ERR_TYPE_MISMATCH,
			    "Type %s is not orderable, and therefore cannot "
			    "be used in ORDER BY: %s",
			    bind_type_text(b, x->type),
			    bind_node_text(b, s->key));
		if (x->kind != EXPR_INPUT) {
			made[n_made].expr = x;
			made[n_made].symbol = plan_symbol_new(b->plan, "expr",
			    x->type);
			v[i] = bind_sort_item(s, made[n_made++].symbol);
		} else {
			v[i] = bind_sort_item(s, x->input);
		}
	}
	build->node = bind_attach(b, build->node, &subqueries);
	build->node = plan_extend(b->plan, build->node, made, n_made);
	build->node = bind_sort(b, build->node, v, o->list.n);
	return 0;
}
