/* SPDX-License-Identifier: Apache-2.0
 * print_dml.c - INSERT, DELETE, UPDATE, MERGE and calls of procedures as
 * text. */
#include "sql/printer.h"

static void
put_where(struct sbuf *to, const struct node *where, int indent)
{
	if (where == NULL)
		return;
	sbuf_addc(to, '\n');
	put_line(to, indent, "WHERE ");
	put_expression(to, where);
}

static void
put_assignment(struct sbuf *to, const struct node *n)
{
	const struct property_node *p = (const struct property_node *)n;

	put_ident(to, p->name);
	sbuf_addz(to, " = ");
	put_expression(to, p->value);
}

static void
put_insert(struct sbuf *to, const struct insert_node *n, int indent)
{
	sbuf_addz(to, "INSERT INTO ");
	put_relation(to, &n->table->node, indent);
	if (n->has_columns) {
		sbuf_addc(to, ' ');
		put_parens(to, &n->columns);
	}
	sbuf_addc(to, '\n');
	put_query(to, n->query, indent);
}

static void
put_delete(struct sbuf *to, const struct delete_node *n, int indent)
{
	sbuf_addz(to, "DELETE FROM ");
	put_relation(to, &n->table->node, indent);
	if (n->where != NULL) {
		sbuf_addz(to, " WHERE ");
		put_expression(to, n->where);
	}
}

static void
put_update(struct sbuf *to, const struct update_node *n, int indent)
{
	int i;

	sbuf_addz(to, "UPDATE ");
	put_relation(to, &n->table->node, indent);
	sbuf_addz(to, " SET");
	for (i = 0; i < n->assignments.n; i++) {
		sbuf_addz(to, i > 0 ? ",\n" : "\n");
		put_indent(to, indent + 1);
		put_assignment(to, n->assignments.v[i]);
	}
	put_where(to, n->where, indent);
}

static void
put_merge_case(struct sbuf *to, const struct merge_case_node *n, int indent)
{
	int i;

	sbuf_addz(to, n->action == MERGE_INSERT ? "WHEN NOT MATCHED"
	    : "WHEN MATCHED");
	if (n->condition != NULL) {
		sbuf_addz(to, " AND ");
		put_expression(to, n->condition);
	}
	sbuf_addc(to, '\n');
	switch (n->action) {
	case MERGE_DELETE:
		put_line(to, indent + 1, "THEN DELETE");
		break;
	case MERGE_INSERT:
		put_line(to, indent + 1, "THEN INSERT ");
		if (n->columns.n > 0)
			put_parens(to, &n->columns);
		sbuf_addz(to, "VALUES ");
		put_parens(to, &n->values);
		break;
	default:
		put_line(to, indent + 1, "THEN UPDATE SET");
		for (i = 0; i < n->assignments.n; i++) {
			sbuf_addc(to, '\n');
			put_line(to, indent + 1, i == 0 ? "  " : ", ");
			put_assignment(to, n->assignments.v[i]);
		}
	}
}

static void
put_merge(struct sbuf *to, const struct merge_node *n, int indent)
{
	int i;

	sbuf_addz(to, "MERGE INTO ");
	put_relation(to, &n->table->node, indent);
	if (n->alias != NULL) {
		sbuf_addc(to, ' ');
		put_ident(to, n->alias);
	}
	sbuf_addc(to, '\n');
	put_line(to, indent + 1, "USING ");
	put_relation(to, n->source, indent + 2);
	sbuf_addc(to, '\n');
	put_line(to, indent + 1, "ON ");
	put_expression(to, n->on);
	for (i = 0; i < n->cases.n; i++) {
		sbuf_addc(to, '\n');
		put_merge_case(to,
		    (const struct merge_case_node *)n->cases.v[i], indent);
	}
}

static void
put_table_execute(struct sbuf *to, const struct table_execute_node *n,
    int indent)
{
	sbuf_addz(to, "ALTER TABLE ");
	put_relation(to, &n->table->node, indent);
	sbuf_addz(to, " EXECUTE ");
	put_ident(to, n->procedure);
	if (n->args.n > 0)
		put_parens(to, &n->args);
	put_where(to, n->where, indent);
}

bool
put_dml(struct sbuf *to, const struct node *n, int indent)
{
	const struct call_procedure_node *call = (const void *)n;

	switch (n->kind) {
	case NODE_INSERT:
		put_insert(to, (const struct insert_node *)n, indent);
		return true;
	case NODE_DELETE:
		put_delete(to, (const struct delete_node *)n, indent);
		return true;
	case NODE_UPDATE:
		put_update(to, (const struct update_node *)n, indent);
		return true;
	case NODE_MERGE:
		put_merge(to, (const struct merge_node *)n, indent);
		return true;
	case NODE_MERGE_CASE:
		put_merge_case(to, (const struct merge_case_node *)n, indent);
		return true;
	case NODE_ASSIGNMENT:
		put_assignment(to, n);
		return true;
	case NODE_TRUNCATE:
		sbuf_addz(to, "TRUNCATE TABLE ");
		put_name(to, ((const struct named_node *)n)->name);
		return true;
	case NODE_TABLE_EXECUTE:
		put_table_execute(to, (const struct table_execute_node *)n,
		    indent);
		return true;
	case NODE_CALL_PROCEDURE:
		sbuf_addz(to, "CALL ");
		put_name(to, call->name);
		put_parens(to, &call->args);
		return true;
	default:
		return false;
	}
}
