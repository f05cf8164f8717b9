/* SPDX-License-Identifier: Apache-2.0
 * select.c - parses SELECT .. FROM .. WHERE .. GROUP BY .. HAVING ..
 * WINDOW .. */
#include "sql/parser.h"

static struct node *
parse_all_columns(struct parser *p, const struct token *start,
    struct node *target)
{
	struct all_columns_node *n = parse_new_at(p, ALL_COLUMNS, all_columns,
	    start);

	n->target = target;
	if (target != NULL && parse_accept(p, KW_AS))
		parse_columns(p, &n->aliases);
	return parse_end(p, n);
}

static struct node *
parse_select_item(struct parser *p)
{
	const struct token *start = p->t;
	struct single_column_node *n;
	struct node *value;

	if (parse_accept(p, '*'))
		return parse_all_columns(p, start, NULL);
	p->primary = NULL;
	value = parse_expression(p);
	if (p->t->kind == '.') {
		p->t++;
		/* Only what is nothing but a primary may have a .* */
		if (value == p->primary && p->t->kind == '*') {
			p->t++;
			return parse_all_columns(p, start, value);
		}
		parse_enter(p, EXPECT_IDENTIFIER);
		parse_unexpected(p);
	}
	n = parse_new_at(p, SINGLE_COLUMN, single_column, start);
	n->value = value;
	n->alias = parse_alias(p);
	return parse_end(p, n);
}

/* (a, b), () or a: columns of one grouping set */
static struct node *
parse_grouping_set(struct parser *p)
{
	struct operands_node *n = parse_new(p, SIMPLE_GROUP_BY, operands);
	const struct token *start = p->t;
	struct node *value;

	if (parse_at(p, '(') && parse_peek(p, 1) == ')'
	    && parse_peek(p, 2) != TK_ARROW) {
		p->t += 2;
		return parse_end(p, n);
	}
	value = parse_expression(p);
	if (parse_is_list(value, start))
		n->list = ((struct row_node *)value)->items;
	else
		parse_push(p, &n->list, value);
	return parse_end(p, n);
}

/* ROLLUP (..), CUBE (..), GROUPING SETS (..) */
static struct node *
parse_grouping_sets(struct parser *p, enum grouping_type type)
{
	struct grouping_sets_node *n = parse_new(p, GROUPING_SETS,
	    grouping_sets);

	n->type = type;
	p->t += type == GROUPING_EXPLICIT ? 2 : 1;
	parse_expect(p, '(');
	if (type != GROUPING_EXPLICIT && parse_accept(p, ')'))
		return parse_end(p, n);
	do
		parse_push(p, &n->sets, parse_grouping_set(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_grouping_element(struct parser *p)
{
	struct plain_node *automatic;

	if (parse_at(p, KW_AUTO)) {
		automatic = parse_new(p, AUTO_GROUP_BY, plain);
		p->t++;
		return parse_end(p, automatic);
	}
	if (parse_at(p, KW_ROLLUP))
		return parse_grouping_sets(p, GROUPING_ROLLUP);
	if (parse_at(p, KW_CUBE))
		return parse_grouping_sets(p, GROUPING_CUBE);
	if (parse_at(p, KW_GROUPING) && parse_peek(p, 1) == KW_SETS)
		return parse_grouping_sets(p, GROUPING_EXPLICIT);
	return parse_grouping_set(p);
}

/* What stands behind GROUP BY. */
struct group_by_node *
parse_group_by(struct parser *p)
{
	struct group_by_node *n = parse_new(p, GROUP_BY, group_by);
	enum token_kind next = parse_peek(p, 1);

	if (parse_accept(p, KW_DISTINCT))
		n->distinct = true;
	else if (parse_at(p, KW_ALL) && (parse_starts_expression(p, 1)
	    || next == KW_ROLLUP || next == KW_CUBE || next == KW_AUTO))
		p->t++;
	do
		parse_push(p, &n->elements, parse_grouping_element(p));
	while (parse_accept(p, ','));
	parse_end(p, n);
	return n;
}

/* a, b is an implicit join. */
static struct node *
parse_from(struct parser *p)
{
	struct node *left = parse_relation(p);
	int chain = 0;

	while (parse_accept(p, ',')) {
		struct join_node *n = parse_new(p, JOIN, join);

		if (++chain > SQL_CHAIN_MAX)
			parse_too_large(p);
		parse_start_at(p, n, left);
		n->type = JOIN_IMPLICIT;
		n->left = left;
		n->right = parse_relation(p);
		left = parse_end(p, n);
	}
	return left;
}

struct node *
parse_query_spec(struct parser *p)
{
	struct query_spec_node *n = parse_new(p, QUERY_SPEC, query_spec);

	p->t++;
	n->distinct = parse_set_quantifier(p);
	do
		parse_push(p, &n->items, parse_select_item(p));
	while (parse_accept(p, ','));
	if (parse_accept(p, KW_FROM))
		n->from = parse_from(p);
	if (parse_accept(p, KW_WHERE))
		n->where = parse_expression(p);
	if (parse_accept(p, KW_GROUP)) {
		parse_expect(p, KW_BY);
		n->group_by = parse_group_by(p);
	}
	if (parse_accept(p, KW_HAVING))
		n->having = parse_expression(p);
	if (parse_accept(p, KW_WINDOW)) {
		do
			parse_push(p, &n->windows,
			    parse_window_definition(p));
		while (parse_accept(p, ','));
	}
	return parse_end(p, n);
}
