/* SPDX-License-Identifier: Apache-2.0
 * print_query.c - queries as text, a clause a line. */
#include "sql/printer.h"

#include <stdlib.h>

/* The literal of a type named interval, which is none. */
static bool
is_interval_name(const struct node *n)
{
	return n->kind == NODE_GENERIC_LITERAL && str_eq(
	    ((const struct generic_literal_node *)n)->type->lower,
	    STR("interval"));
}

static void
put_select_item(struct sbuf *to, const struct node *n)
{
	const struct single_column_node *c = (const void *)n;
	const struct all_columns_node *all = (const void *)n;

	if (n->kind == NODE_SINGLE_COLUMN) {
		put_expression(to, c->value);
		if (c->alias != NULL) {
			/* INTERVAL '1' YEAR would be something else. */
			sbuf_addz(to, is_interval_name(c->value) ? " AS "
			    : " ");
			put_ident(to, c->alias);
		}
		return;
	}
	if (all->target != NULL) {
		bool wrap = all->target->kind == NODE_AT_TIME_ZONE
		    || all->target->kind == NODE_AT_LOCAL
		    || all->target->kind == NODE_UNARY
		    || all->target->kind == NODE_LONG_LITERAL
		    || all->target->kind == NODE_DOUBLE_LITERAL;

		put_if(to, wrap, "(");
		put_expression(to, all->target);
		sbuf_addz(to, wrap ? ")." : ".");
	}
	sbuf_addc(to, '*');
	if (all->aliases.n > 0) {
		sbuf_addz(to, " AS ");
		put_parens(to, &all->aliases);
	}
}

static void
put_select(struct sbuf *to, const struct query_spec_node *n, int indent)
{
	int i;

	put_line(to, indent, n->distinct ? "SELECT DISTINCT" : "SELECT");
	if (n->items.n == 1) {
		sbuf_addc(to, ' ');
		put_select_item(to, n->items.v[0]);
	} else {
		for (i = 0; i < n->items.n; i++) {
			sbuf_addc(to, '\n');
			put_line(to, indent, i == 0 ? "  " : ", ");
			put_select_item(to, n->items.v[i]);
		}
	}
	sbuf_addc(to, '\n');
}

static void
put_grouping_set(struct sbuf *to, const struct node *n)
{
	put_parens(to, &((const struct operands_node *)n)->list);
}

static void
put_grouping_element(struct sbuf *to, const struct node *n)
{
	static const char *const types[] = {
		"GROUPING SETS (", "ROLLUP (", "CUBE (",
	};
	const struct grouping_sets_node *g = (const void *)n;
	const struct operands_node *simple = (const void *)n;
	int i;

	if (n->kind == NODE_AUTO_GROUP_BY) {
		sbuf_addz(to, "AUTO");
		return;
	}
	if (n->kind == NODE_SIMPLE_GROUP_BY) {
		if (simple->list.n == 1)
			put_expression(to, simple->list.v[0]);
		else
			put_grouping_set(to, n);
		return;
	}
	sbuf_addz(to, types[g->type]);
	for (i = 0; i < g->sets.n; i++) {
		put_if(to, i > 0, ", ");
		put_grouping_set(to, g->sets.v[i]);
	}
	sbuf_addc(to, ')');
}

void
put_group_by(struct sbuf *to, const struct group_by_node *n)
{
	int i;

	put_if(to, n->distinct, " DISTINCT ");
	for (i = 0; i < n->elements.n; i++) {
		put_if(to, i > 0, ", ");
		put_grouping_element(to, n->elements.v[i]);
	}
}

static void
put_condition(struct sbuf *to, int indent, const char *word,
    const struct node *n)
{
	if (n == NULL)
		return;
	put_line(to, indent, word);
	put_expression(to, n);
	sbuf_addc(to, '\n');
}

static void
put_window_definition(struct sbuf *to, const struct node *n)
{
	const struct window_definition_node *w = (const void *)n;

	put_ident(to, w->name);
	sbuf_addz(to, " AS ");
	put_window(to, w->window);
}

/* ORDER BY, OFFSET and LIMIT, each may be NULL. */
static void
put_limits(struct sbuf *to, const struct node *order_by,
    const struct node *offset, const struct node *limit, int indent)
{
	const struct fetch_first_node *fetch = (const void *)limit;

	if (order_by != NULL) {
		put_indent(to, indent);
		put_order_by(to, order_by);
		sbuf_addc(to, '\n');
	}
	if (offset != NULL) {
		put_line(to, indent, "OFFSET ");
		put_expression(to, ((const struct unary_node *)offset)->value);
		sbuf_addz(to, " ROWS\n");
	}
	if (limit == NULL)
		return;
	if (limit->kind == NODE_LIMIT) {
		put_condition(to, indent, "LIMIT ",
		    ((const struct unary_node *)limit)->value);
		return;
	}
	put_line(to, indent, "FETCH FIRST ");
	if (fetch->count != NULL)
		put_expression(to, fetch->count);
	sbuf_addz(to, fetch->count != NULL ? " ROWS " : "ROW ");
	sbuf_addz(to, fetch->with_ties ? "WITH TIES\n" : "ONLY\n");
}

static void
put_query_spec(struct sbuf *to, const struct query_spec_node *n, int indent)
{
	put_select(to, n, indent);
	if (n->from != NULL) {
		put_line(to, indent, "FROM\n");
		put_line(to, indent, "  ");
		put_relation(to, n->from, indent);
	}
	sbuf_addc(to, '\n');
	put_condition(to, indent, "WHERE ", n->where);
	if (n->group_by != NULL) {
		put_line(to, indent, "GROUP BY ");
		put_group_by(to, n->group_by);
		sbuf_addc(to, '\n');
	}
	put_condition(to, indent, "HAVING ", n->having);
	if (n->windows.n > 0) {
		put_line(to, indent, "WINDOW");
		put_definitions(to, &n->windows, indent + 1,
		    put_window_definition);
	}
	put_limits(to, n->order_by, n->offset, n->limit, indent);
}

static void
put_values(struct sbuf *to, const struct operands_node *n, int indent)
{
	int i;

	sbuf_addz(to, " VALUES ");
	for (i = 0; i < n->list.n; i++) {
		sbuf_addc(to, '\n');
		put_line(to, indent, i == 0 ? "  " : ", ");
		put_expression(to, n->list.v[i]);
	}
	sbuf_addc(to, '\n');
}

static void
put_set_operator(struct sbuf *to, const struct set_operation_node *n)
{
	static const char *const ops[] = { "UNION ", "INTERSECT ",
	    "EXCEPT " };

	sbuf_addz(to, ops[n->op]);
	put_if(to, !n->distinct, "ALL ");
	if (n->corresponding == NULL)
		return;
	sbuf_addz(to, "CORRESPONDING ");
	if (n->corresponding->columns.n > 0) {
		sbuf_addz(to, "BY ");
		put_parens(to, &n->corresponding->columns);
		sbuf_addc(to, ' ');
	}
}

/* Left-deep: from the left, without recursion on it. */
static void
put_set_operations(struct sbuf *to, const struct node *n, int indent)
{
	const struct set_operation_node **spine = NULL;
	int count = 0, cap = 0;

	for (; n->kind == NODE_SET_OPERATION;
	    n = ((const struct set_operation_node *)n)->left) {
		if (count == cap) {
			cap = cap == 0 ? 16 : cap * 2;
			spine = xrealloc(spine,
			    (size_t)cap * sizeof(*spine));
		}
		spine[count++] = (const struct set_operation_node *)n;
	}
	put_body(to, n, indent);
	while (count-- > 0) {
		put_set_operator(to, spine[count]);
		put_body(to, spine[count]->right, indent);
	}
	free(spine);
}

void
put_body(struct sbuf *to, const struct node *n, int indent)
{
	switch (n->kind) {
	case NODE_QUERY_SPEC:
		put_query_spec(to, (const struct query_spec_node *)n, indent);
		break;
	case NODE_SET_OPERATION:
		put_set_operations(to, n, indent);
		break;
	case NODE_VALUES:
		put_values(to, (const struct operands_node *)n, indent);
		break;
	case NODE_TABLE:
		sbuf_addz(to, "TABLE ");
		put_name(to, ((const struct table_node *)n)->name);
		sbuf_addc(to, '\n');
		break;
	default:
		put_relation(to, n, indent);
	}
}

static void
put_with(struct sbuf *to, const struct with_node *n, int indent)
{
	int i;

	put_line(to, indent, n->recursive ? "WITH RECURSIVE\n  "
	    : "WITH\n  ");
	for (i = 0; i < n->queries.n; i++) {
		const struct with_query_node *q
		    = (const struct with_query_node *)n->queries.v[i];

		put_if(to, i > 0, ", ");
		put_indent(to, indent);
		put_ident(to, q->name);
		if (q->has_columns) {
			sbuf_addc(to, ' ');
			put_parens(to, &q->columns);
		}
		sbuf_addz(to, " AS (\n");
		put_query(to, q->query, indent + 1);
		put_line(to, indent, ") \n");
	}
}

/* WITH SESSION .. and WITH FUNCTION .. */
static void
put_root(struct sbuf *to, const struct query_node *n, int indent)
{
	int i;

	put_if(to, n->session.n > 0, "WITH SESSION\n");
	for (i = 0; i < n->session.n; i++) {
		put_statement(to, n->session.v[i], indent + 1);
		sbuf_addz(to, i + 1 < n->session.n ? ",\n" : "\n");
	}
	put_if(to, n->functions.n > 0, "WITH\n");
	for (i = 0; i < n->functions.n; i++) {
		put_statement(to, n->functions.v[i], indent + 1);
		sbuf_addz(to, i + 1 < n->functions.n ? ",\n" : "\n");
	}
}

void
put_query(struct sbuf *to, const struct query_node *n, int indent)
{
	put_root(to, n, indent);
	if (n->with != NULL)
		put_with(to, n->with, indent);
	put_body(to, n->body, indent);
	put_limits(to, n->order_by, n->offset, n->limit, indent);
}
