/* SPDX-License-Identifier: Apache-2.0
 * dml.c - parses INSERT, DELETE, UPDATE and MERGE. */
#include "sql/parser.h"

/* name [@branch] */
static struct table_node *
parse_target(struct parser *p)
{
	struct table_node *n = parse_new(p, TABLE, table);

	n->name = parse_name(p);
	parse_forget(p);
	if (parse_accept(p, '@'))
		n->branch = parse_ident(p);
	parse_end(p, n);
	return n;
}

struct node *
parse_insert(struct parser *p)
{
	struct insert_node *n = parse_new(p, INSERT, insert);

	p->t++;
	parse_expect(p, KW_INTO);
	n->table = parse_target(p);
	n->has_columns = parse_at(p, '(') && parse_is_name(p, 1);
	if (n->has_columns)
		parse_columns(p, &n->columns);
	n->query = parse_root_query(p, false);
	return parse_end(p, n);
}

struct node *
parse_delete(struct parser *p)
{
	struct delete_node *n = parse_new(p, DELETE, delete);

	p->t++;
	parse_expect(p, KW_FROM);
	n->table = parse_target(p);
	if (parse_accept(p, KW_WHERE))
		n->where = parse_expression(p);
	return parse_end(p, n);
}

/* name = value, .. */
static void
parse_assignments(struct parser *p, struct node_list *l)
{
	do {
		struct property_node *n = parse_new(p, ASSIGNMENT, property);

		n->name = parse_ident(p);
		parse_expect(p, '=');
		n->value = parse_expression(p);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

struct node *
parse_update(struct parser *p)
{
	struct update_node *n = parse_new(p, UPDATE, update);

	p->t++;
	n->table = parse_target(p);
	parse_expect(p, KW_SET);
	parse_assignments(p, &n->assignments);
	if (parse_accept(p, KW_WHERE))
		n->where = parse_expression(p);
	return parse_end(p, n);
}

static void
parse_merge_insert(struct parser *p, struct merge_case_node *n)
{
	n->action = MERGE_INSERT;
	parse_expect(p, KW_INSERT);
	if (parse_at(p, '('))
		parse_columns(p, &n->columns);
	parse_expect(p, KW_VALUES);
	parse_expect(p, '(');
	parse_expressions(p, &n->values);
	parse_expect(p, ')');
}

/* WHEN [NOT] MATCHED [AND e] THEN .. */
static struct node *
parse_merge_case(struct parser *p)
{
	struct merge_case_node *n = parse_new(p, MERGE_CASE, merge_case);
	bool negated;

	parse_expect(p, KW_WHEN);
	negated = parse_accept(p, KW_NOT);
	parse_expect(p, KW_MATCHED);
	if (parse_accept(p, KW_AND))
		n->condition = parse_expression(p);
	parse_expect(p, KW_THEN);
	if (negated) {
		parse_merge_insert(p, n);
	} else if (parse_accept(p, KW_UPDATE)) {
		n->action = MERGE_UPDATE;
		parse_expect(p, KW_SET);
		parse_assignments(p, &n->assignments);
	} else {
		parse_expect(p, KW_DELETE);
		n->action = MERGE_DELETE;
	}
	return parse_end(p, n);
}

struct node *
parse_merge(struct parser *p)
{
	struct merge_node *n = parse_new(p, MERGE, merge);

	p->t++;
	parse_expect(p, KW_INTO);
	n->table = parse_target(p);
	n->alias = parse_alias(p);
	parse_expect(p, KW_USING);
	n->source = parse_relation(p);
	parse_expect(p, KW_ON);
	n->on = parse_expression(p);
	parse_forget(p);
	do
		parse_push(p, &n->cases, parse_merge_case(p));
	while (parse_at(p, KW_WHEN));
	return parse_end(p, n);
}
