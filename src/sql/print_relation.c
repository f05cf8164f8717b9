/* SPDX-License-Identifier: Apache-2.0
 * print_relation.c - what stands in FROM, as text. */
#include "sql/printer.h"

#include <stdlib.h>

void
put_definitions(struct sbuf *to, const struct node_list *l, int indent,
    void (*put)(struct sbuf *to, const struct node *n))
{
	int i;

	if (l->n == 1) {
		sbuf_addc(to, ' ');
		put(to, l->v[0]);
		sbuf_addc(to, '\n');
		return;
	}
	sbuf_addc(to, '\n');
	for (i = 0; i < l->n; i++) {
		put_indent(to, indent);
		put(to, l->v[i]);
		sbuf_addz(to, i + 1 < l->n ? ",\n" : "\n");
	}
}

/* What another clause stands behind: in parentheses when it has one. */
static void
put_inner(struct sbuf *to, const struct node *n, int indent)
{
	bool wrap = n->kind == NODE_ALIASED || n->kind == NODE_SAMPLED
	    || n->kind == NODE_MATCH_RECOGNIZE || n->kind == NODE_PIVOT;

	if (!wrap) {
		put_relation(to, n, indent);
		return;
	}
	sbuf_addz(to, "( ");
	put_relation(to, n, indent + 1);
	put_line(to, indent, ")");
}

static void
put_alias_columns(struct sbuf *to, const struct node_list *l)
{
	if (l->n == 0)
		return;
	sbuf_addc(to, ' ');
	put_parens(to, l);
}

/* The right side and the condition. */
static void
put_join_end(struct sbuf *to, const struct join_node *n, int indent)
{
	static const char *const types[] = {
		", ", "CROSS JOIN ", "INNER JOIN ", "LEFT JOIN ",
		"RIGHT JOIN ", "FULL JOIN ",
	};

	sbuf_addc(to, '\n');
	put_indent(to, indent);
	put_if(to, n->natural, "NATURAL ");
	sbuf_addz(to, types[n->type]);
	put_relation(to, n->right, indent);
	if (n->on != NULL) {
		sbuf_addz(to, " ON ");
		put_expression(to, n->on);
	} else if (n->using.n > 0) {
		sbuf_addz(to, " USING ");
		put_parens(to, &n->using);
	}
}

/* Left-deep: from the left, without recursion on it.  A join needs
 * parentheses only as the right side of another, but Trino writes them;
 * for long chains, the outermost must do. */
static void
put_joins(struct sbuf *to, const struct node *n, int indent)
{
	enum { NESTED_MAX = 100 };
	const struct join_node **spine = NULL;
	int count = 0, cap = 0, i, outermost;

	for (; n->kind == NODE_JOIN;
	    n = ((const struct join_node *)n)->left) {
		const struct join_node *join = (const struct join_node *)n;

		if (count == cap) {
			cap = cap == 0 ? 16 : cap * 2;
			spine = xrealloc(spine,
			    (size_t)cap * sizeof(*spine));
		}
		spine[count++] = join;
	}
	for (i = 0; i < count; i++)
		if (spine[i]->type != JOIN_IMPLICIT) {
			sbuf_addc(to, '(');
			if (count > NESTED_MAX)
				break;
		}
	outermost = i;
	put_relation(to, n, indent);
	while (count-- > 0) {
		put_join_end(to, spine[count], indent);
		put_if(to, spine[count]->type != JOIN_IMPLICIT
		    && count <= outermost, ")");
	}
	free(spine);
}

static void
put_table(struct sbuf *to, const struct table_node *n)
{
	put_name(to, n->name);
	if (n->branch != NULL) {
		sbuf_addc(to, '@');
		put_ident(to, n->branch);
	}
	if (n->period != NULL) {
		sbuf_addz(to, n->period->timestamp ? " FOR TIMESTAMP AS OF "
		    : " FOR VERSION AS OF ");
		put_expression(to, n->period->end);
	}
}

static void
put_nearest(struct sbuf *to, const struct nearest_node *n, int indent)
{
	put_line(to, indent, "NEAREST (");
	put_line(to, indent + 1, "FROM ");
	put_relation(to, n->relation, indent + 1);
	if (n->where != NULL) {
		sbuf_addc(to, '\n');
		put_line(to, indent + 1, "WHERE ");
		put_expression(to, n->where);
	}
	sbuf_addc(to, '\n');
	put_line(to, indent + 1, "MATCH ");
	put_expression(to, n->match);
	sbuf_addc(to, '\n');
	put_line(to, indent, ")");
}

static void
put_tuple(struct sbuf *to, const struct node_list *l)
{
	if (l->n == 1)
		put_expression(to, l->v[0]);
	else
		put_parens(to, l);
}

static void
put_as(struct sbuf *to, const struct ident_node *alias)
{
	if (alias == NULL)
		return;
	sbuf_addz(to, " AS ");
	put_ident(to, alias);
}

static void
put_pivot(struct sbuf *to, const struct pivot_node *n, int indent)
{
	int i;

	put_inner(to, n->relation, indent);
	sbuf_addz(to, " PIVOT (\n");
	put_indent(to, indent + 1);
	for (i = 0; i < n->aggregations.n; i++) {
		const struct single_column_node *a
		    = (const struct single_column_node *)
		    n->aggregations.v[i];

		put_if(to, i > 0, ", ");
		put_expression(to, a->value);
		put_as(to, a->alias);
	}
	sbuf_addc(to, '\n');
	put_line(to, indent + 1, "FOR ");
	put_tuple(to, &n->columns);
	sbuf_addz(to, " IN (");
	for (i = 0; i < n->values.n; i++) {
		const struct pivot_values_node *v
		    = (const struct pivot_values_node *)n->values.v[i];

		put_if(to, i > 0, ", ");
		put_tuple(to, &v->list);
		put_as(to, v->alias);
	}
	sbuf_addz(to, ")\n");
	if (n->group_by != NULL) {
		put_line(to, indent + 1, "GROUP BY ");
		put_group_by(to, n->group_by);
		sbuf_addc(to, '\n');
	}
	put_line(to, indent, ")");
}

static void
put_match_clauses(struct sbuf *to, const struct match_recognize_node *n,
    int indent)
{
	static const char *const rows[] = {
		"", "ONE ROW PER MATCH\n",
		"ALL ROWS PER MATCH SHOW EMPTY MATCHES\n",
		"ALL ROWS PER MATCH OMIT EMPTY MATCHES\n",
		"ALL ROWS PER MATCH WITH UNMATCHED ROWS\n",
	};

	if (n->measures.n > 0) {
		put_line(to, indent, "MEASURES");
		put_definitions(to, &n->measures, indent + 1, put_measure);
	}
	if (n->rows != ROWS_DEFAULT)
		put_line(to, indent, rows[n->rows]);
	if (n->skip_to != NULL) {
		put_indent(to, indent);
		put_skip_to(to, n->skip_to);
		sbuf_addc(to, '\n');
	}
	if (n->search != SEARCH_DEFAULT) {
		put_line(to, indent, search_text(n->search));
		sbuf_addc(to, '\n');
	}
	put_line(to, indent, "PATTERN (");
	put_pattern(to, (const struct pattern_node *)n->pattern);
	sbuf_addz(to, ")\n");
	if (n->subsets.n > 0) {
		put_line(to, indent, "SUBSET");
		put_definitions(to, &n->subsets, indent + 1, put_subset);
	}
	put_line(to, indent, "DEFINE");
	put_definitions(to, &n->definitions, indent + 1, put_definition);
}

static void
put_match_recognize(struct sbuf *to, const struct match_recognize_node *n,
    int indent)
{
	put_inner(to, n->relation, indent);
	sbuf_addz(to, " MATCH_RECOGNIZE (\n");
	if (n->partition_by.n > 0) {
		put_line(to, indent + 1, "PARTITION BY ");
		put_list(to, &n->partition_by);
		sbuf_addc(to, '\n');
	}
	if (n->order_by != NULL) {
		put_indent(to, indent + 1);
		put_order_by(to, n->order_by);
		sbuf_addc(to, '\n');
	}
	put_match_clauses(to, n, indent + 1);
	sbuf_addc(to, ')');
}

static void
put_descriptor(struct sbuf *to, const struct operands_node *n)
{
	int i;

	if (n->list.n == 0) {
		sbuf_addz(to, "CAST (NULL AS DESCRIPTOR)");
		return;
	}
	sbuf_addz(to, "DESCRIPTOR(");
	for (i = 0; i < n->list.n; i++) {
		const struct descriptor_field_node *f
		    = (const struct descriptor_field_node *)n->list.v[i];

		put_if(to, i > 0, ", ");
		put_ident(to, f->name);
		if (f->type != NULL) {
			sbuf_addc(to, ' ');
			put_type(to, f->type);
		}
	}
	sbuf_addc(to, ')');
}

static void
put_table_argument(struct sbuf *to, const struct table_argument_node *n,
    int indent)
{
	static const char *const empties[] = {
		"", "PRUNE WHEN EMPTY", "KEEP WHEN EMPTY",
	};
	const struct aliased_node *alias
	    = n->relation->kind == NODE_ALIASED
	    ? (const struct aliased_node *)n->relation : NULL;
	const struct node *relation = alias != NULL ? alias->relation
	    : n->relation;

	sbuf_addz(to, "TABLE(");
	if (relation->kind == NODE_TABLE_SUBQUERY)
		put_query(to, (const struct query_node *)
		    ((const struct unary_node *)relation)->value, indent);
	else
		put_table(to, (const struct table_node *)relation);
	sbuf_addc(to, ')');
	if (alias != NULL) {
		put_as(to, alias->alias);
		put_alias_columns(to, &alias->columns);
	}
	if (n->has_partition_by) {
		sbuf_addc(to, '\n');
		put_line(to, indent, "PARTITION BY ");
		put_tuple(to, &n->partition_by);
	}
	if (n->empty != EMPTY_DEFAULT) {
		sbuf_addc(to, '\n');
		put_line(to, indent, empties[n->empty]);
	}
	if (n->order_by != NULL) {
		sbuf_addc(to, '\n');
		put_line(to, indent, "ORDER BY (");
		put_sort_items(to,
		    &((const struct operands_node *)n->order_by)->list);
		sbuf_addc(to, ')');
	}
}

static void
put_function_argument(struct sbuf *to, const struct node *n, int indent)
{
	const struct argument_node *named = (const struct argument_node *)n;

	put_indent(to, indent);
	if (n->kind == NODE_ARGUMENT) {
		put_ident(to, named->name);
		sbuf_addz(to, " => ");
		n = named->value;
	}
	if (n->kind == NODE_TABLE_ARGUMENT)
		put_table_argument(to, (const struct table_argument_node *)n,
		    indent + 1);
	else if (n->kind == NODE_DESCRIPTOR)
		put_descriptor(to, (const struct operands_node *)n);
	else
		put_expression(to, n);
}

static void
put_copartition(struct sbuf *to, const struct table_function_node *n,
    int indent)
{
	int group, i = 0;

	sbuf_addc(to, '\n');
	put_line(to, indent, "COPARTITION ");
	for (group = 0; group < n->copartition_ends.n; group++) {
		int end = (int)((const struct long_literal_node *)
		    n->copartition_ends.v[group])->value;

		sbuf_addz(to, group > 0 ? ", (" : "(");
		for (; i < end; i++) {
			put_expression(to, n->copartition.v[i]);
			put_if(to, i + 1 < end, ", ");
		}
		sbuf_addc(to, ')');
	}
}

static void
put_table_function(struct sbuf *to, const struct table_function_node *n,
    int indent)
{
	int i;

	put_line(to, indent, "TABLE(");
	put_name(to, n->name);
	sbuf_addz(to, "(\n");
	for (i = 0; i < n->args.n; i++) {
		put_if(to, i > 0, ",\n");
		put_function_argument(to, n->args.v[i], indent + 2);
	}
	if (n->copartition.n > 0)
		put_copartition(to, n, indent + 2);
	sbuf_addz(to, "))");
}

static void
put_subquery(struct sbuf *to, const struct node *n, int indent)
{
	const struct query_node *query = (const struct query_node *)
	    ((const struct unary_node *)n)->value;

	if (n->kind == NODE_LATERAL) {
		put_line(to, indent, "LATERAL (");
		put_query(to, query, indent + 1);
		put_line(to, indent, ")");
		return;
	}
	sbuf_addz(to, "(\n");
	put_query(to, query, indent + 1);
	put_line(to, indent, ") ");
}

static void
put_unnest(struct sbuf *to, const struct unnest_node *n)
{
	sbuf_addz(to, "UNNEST");
	put_parens(to, &n->list);
	put_if(to, n->with_ordinality, " WITH ORDINALITY");
}

static void
put_sampled(struct sbuf *to, const struct sampled_node *n, int indent)
{
	put_inner(to, n->relation, indent);
	sbuf_addz(to, n->system ? " TABLESAMPLE SYSTEM ("
	    : " TABLESAMPLE BERNOULLI (");
	put_expression(to, n->percentage);
	sbuf_addc(to, ')');
}

/* What is neither statement, relation nor expression: for messages. */
static void
put_part(struct sbuf *to, const struct node *n)
{
	switch (n->kind) {
	case NODE_ORDER_BY:
		put_order_by(to, n);
		break;
	case NODE_SORT_ITEM:
		put_sort_items(to, &(struct node_list){
		    (struct node *[]){ (struct node *)n }, 1, 1 });
		break;
	case NODE_GROUP_BY:
		put_group_by(to, (const struct group_by_node *)n);
		break;
	case NODE_WINDOW:
		put_window(to, (const struct window_node *)n);
		break;
	case NODE_MEASURE:
		put_measure(to, n);
		break;
	case NODE_VARIABLE_DEFINITION:
		put_definition(to, n);
		break;
	case NODE_SUBSET:
		put_subset(to, n);
		break;
	case NODE_PATTERN:
		put_pattern(to, (const struct pattern_node *)n);
		break;
	case NODE_DESCRIPTOR:
		put_descriptor(to, (const struct operands_node *)n);
		break;
	default:
		sbuf_addf(to, "<%s>", node_kind_name(n->kind));
	}
}

void
put_relation(struct sbuf *to, const struct node *n, int indent)
{
	const struct aliased_node *aliased = (const struct aliased_node *)n;

	switch (n->kind) {
	case NODE_TABLE:
		put_table(to, (const struct table_node *)n);
		break;
	case NODE_FILE_TABLE:
		put_quoted(to, ((const struct file_table_node *)n)->path);
		break;
	case NODE_ALIASED:
		put_inner(to, aliased->relation, indent);
		sbuf_addc(to, ' ');
		put_ident(to, aliased->alias);
		put_alias_columns(to, &aliased->columns);
		break;
	case NODE_JOIN:
		put_joins(to, n, indent);
		break;
	case NODE_SAMPLED:
		put_sampled(to, (const struct sampled_node *)n, indent);
		break;
	case NODE_UNNEST:
		put_unnest(to, (const struct unnest_node *)n);
		break;
	case NODE_LATERAL:
	case NODE_TABLE_SUBQUERY:
		put_subquery(to, n, indent);
		break;
	case NODE_NEAREST:
		put_nearest(to, (const struct nearest_node *)n, indent);
		break;
	case NODE_PIVOT:
		put_pivot(to, (const struct pivot_node *)n, indent);
		break;
	case NODE_MATCH_RECOGNIZE:
		put_match_recognize(to,
		    (const struct match_recognize_node *)n, indent);
		break;
	case NODE_TABLE_FUNCTION:
		put_table_function(to, (const struct table_function_node *)n,
		    indent);
		break;
	case NODE_JSON_TABLE:
		put_json_table(to, (const struct json_table_node *)n, indent);
		break;
	case NODE_QUERY_SPEC:
	case NODE_SET_OPERATION:
	case NODE_VALUES:
		put_body(to, n, indent);
		break;
	default:
		put_part(to, n);
	}
}
