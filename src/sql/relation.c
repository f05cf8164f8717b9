/* SPDX-License-Identifier: Apache-2.0
 * relation.c - parses what stands in FROM: tables, joins, subqueries, table
 * functions. */
#include "sql/parser.h"

/* [FOR VERSION | TIMESTAMP AS OF e] */
static struct query_period_node *
parse_period(struct parser *p)
{
	struct query_period_node *n;

	if (!parse_at(p, KW_FOR))
		return NULL;
	n = parse_new(p, QUERY_PERIOD, query_period);
	p->t++;
	n->timestamp = parse_either(p, KW_TIMESTAMP, KW_VERSION);
	parse_expect(p, KW_AS);
	parse_expect(p, KW_OF);
	n->end = parse_value_expression(p);
	parse_end(p, n);
	return n;
}

static struct node *
parse_table(struct parser *p)
{
	struct table_node *n = parse_new(p, TABLE, table);

	n->name = parse_name(p);
	n->period = parse_period(p);
	return parse_end(p, n);
}

static struct node *
parse_file_table(struct parser *p)
{
	struct file_table_node *n = parse_new(p, FILE_TABLE, file_table);

	n->path = parse_string_value(p);
	return parse_end(p, n);
}

static struct node *
parse_unnest(struct parser *p)
{
	struct unnest_node *n = parse_new(p, UNNEST, unnest);

	p->t++;
	parse_expect(p, '(');
	do {
		parse_push(p, &n->list, parse_expression(p));
		parse_forget(p);
	} while (parse_accept(p, ','));
	parse_expect(p, ')');
	if (parse_peek(p, 1) == KW_ORDINALITY)
		n->with_ordinality = parse_accept(p, KW_WITH);
	p->t += n->with_ordinality;
	return parse_end(p, n);
}

static struct node *
parse_lateral(struct parser *p)
{
	struct unary_node *n = parse_new(p, LATERAL, unary);

	p->t += 2;
	n->value = (struct node *)parse_query(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* NEAREST (FROM relation [WHERE ..] MATCH ..) */
static struct node *
parse_nearest(struct parser *p)
{
	struct nearest_node *n = parse_new(p, NEAREST, nearest);
	bool outer = p->in_nearest;

	p->t += 2;
	parse_expect(p, KW_FROM);
	p->in_nearest = true;
	n->relation = parse_relation(p);
	if (parse_accept(p, KW_WHERE))
		n->where = parse_expression(p);
	p->in_nearest = outer;
	parse_expect(p, KW_MATCH);
	n->match = parse_expression(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* name type, .. of a DESCRIPTOR; CAST(NULL AS DESCRIPTOR) has none. */
static struct node *
parse_descriptor(struct parser *p)
{
	struct operands_node *n = parse_new(p, DESCRIPTOR, operands);

	if (p->t->kind == KW_CAST) {
		p->t += 5;
		parse_expect(p, ')');
		return parse_end(p, n);
	}
	p->t++;
	parse_expect(p, '(');
	do {
		struct descriptor_field_node *f = parse_new(p,
		    DESCRIPTOR_FIELD, descriptor_field);

		f->name = parse_ident(p);
		if (parse_is_name(p, 0))
			f->type = parse_type(p);
		parse_push(p, &n->list, parse_end(p, f));
	} while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

static bool
is_descriptor(const struct parser *p)
{
	if (p->t->kind == KW_DESCRIPTOR)
		return parse_peek(p, 1) == '(' && parse_is_name(p, 2);
	return p->t->kind == KW_CAST && parse_peek(p, 1) == '('
	    && parse_peek(p, 2) == KW_NULL && parse_peek(p, 3) == KW_AS
	    && parse_peek(p, 4) == KW_DESCRIPTOR;
}

static struct node *
parse_aliased(struct parser *p, struct node *relation)
{
	struct ident_node *alias = parse_alias(p);
	struct aliased_node *n;

	if (alias == NULL)
		return relation;
	n = parse_new(p, ALIASED, aliased);
	parse_start_at(p, n, relation);
	n->relation = relation;
	n->alias = alias;
	n->has_columns = parse_at(p, '(');
	if (n->has_columns)
		parse_columns(p, &n->columns);
	return parse_end(p, n);
}

/* TABLE(name) or TABLE(query), aliased or not */
static struct node *
parse_argument_relation(struct parser *p)
{
	const struct token *start = parse_next(p);
	const struct token *word;
	struct table_node *table;
	struct unary_node *query;
	struct node *relation;

	parse_expect(p, '(');
	if (parse_is_name(p, 0)) {
		table = parse_new_at(p, TABLE, table, start);
		table->name = parse_name(p);
		relation = &table->node;
	} else {
		query = parse_new_at(p, TABLE_SUBQUERY, unary, start);
		query->value = (struct node *)parse_query(p);
		relation = &query->node;
	}
	parse_expect(p, ')');
	parse_end(p, relation);
	word = p->t;
	relation = parse_aliased(p, relation);
	if (word->kind == KW_COPARTITION && relation->kind == NODE_ALIASED)
		parse_fail(p, start, "The word \"COPARTITION\" is ambiguous "
		    "in this context. To alias an argument, precede the "
		    "alias with \"AS\". To specify co-partitioning, change "
		    "the argument order so that the last argument cannot be "
		    "aliased.");
	return relation;
}

static void
parse_argument_partition(struct parser *p, struct table_argument_node *n)
{
	const struct token *start;
	struct node *value;

	n->has_partition_by = true;
	parse_expect(p, KW_BY);
	if (p->t->kind == '(' && parse_peek(p, 1) == ')') {
		p->t += 2;
		return;
	}
	start = p->t;
	value = parse_expression(p);
	if (parse_is_list(value, start))
		n->partition_by = ((struct row_node *)value)->items;
	else
		parse_push(p, &n->partition_by, value);
}

static struct node *
parse_argument_order(struct parser *p)
{
	struct operands_node *n = parse_new(p, ORDER_BY, operands);

	p->t++;
	parse_expect(p, KW_BY);
	if (!parse_accept(p, '(')) {
		parse_push(p, &n->list, parse_sort_item(p));
		return parse_end(p, n);
	}
	do
		parse_push(p, &n->list, parse_sort_item(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_table_argument(struct parser *p)
{
	struct table_argument_node *n = parse_new(p, TABLE_ARGUMENT,
	    table_argument);

	n->relation = parse_argument_relation(p);
	if (parse_accept(p, KW_PARTITION))
		parse_argument_partition(p, n);
	if (parse_accept(p, KW_PRUNE))
		n->empty = EMPTY_PRUNE;
	else if (parse_accept(p, KW_KEEP))
		n->empty = EMPTY_KEEP;
	if (n->empty != EMPTY_DEFAULT) {
		parse_expect(p, KW_WHEN);
		parse_expect(p, KW_EMPTY);
	}
	if (parse_at(p, KW_ORDER))
		n->order_by = parse_argument_order(p);
	return parse_end(p, n);
}

static struct node *
parse_function_argument(struct parser *p)
{
	struct argument_node *named = NULL;
	struct node *value;

	if (parse_is_name(p, 0) && parse_peek(p, 1) == TK_NAMED) {
		named = parse_new(p, ARGUMENT, argument);
		named->name = parse_ident(p);
		p->t++;
	}
	parse_at(p, KW_CAST);
	parse_at(p, KW_DESCRIPTOR);
	if (parse_at(p, KW_TABLE))
		value = parse_table_argument(p);
	else if (is_descriptor(p))
		value = parse_descriptor(p);
	else
		value = parse_expression(p);
	if (named == NULL)
		return value;
	named->value = value;
	return parse_end(p, named);
}

/* COPARTITION (a, b), (c, d) */
static void
parse_copartition(struct parser *p, struct table_function_node *n)
{
	do {
		struct long_literal_node *end;
		int count = 0;

		parse_expect(p, '(');
		do {
			parse_push(p, &n->copartition, parse_name(p));
			count++;
		} while (parse_accept(p, ','));
		if (count == 1)
			parse_expect(p, ',');
		parse_expect(p, ')');
		end = parse_new(p, LONG_LITERAL, long_literal);
		end->value = n->copartition.n;
		parse_push(p, &n->copartition_ends, parse_end(p, end));
	} while (parse_accept(p, ','));
}

/* TABLE(name(..)) */
static struct node *
parse_table_function(struct parser *p)
{
	struct table_function_node *n;

	p->t++;
	parse_expect(p, '(');
	n = parse_new(p, TABLE_FUNCTION, table_function);
	n->name = parse_name(p);
	parse_expect(p, '(');
	if (!parse_at(p, ')') && !(parse_at(p, KW_COPARTITION)
	    && parse_peek(p, 1) == '(')) {
		do
			parse_push(p, &n->args, parse_function_argument(p));
		while (parse_accept(p, ','));
	}
	if (parse_accept(p, KW_COPARTITION))
		parse_copartition(p, n);
	parse_expect(p, ')');
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* (query), (relation), ((query) UNION ..) */
static struct node *
parse_parenthesized(struct parser *p)
{
	const struct token *open = p->t;
	struct unary_node *query;
	struct node *inner;

	if (parse_starts_query(p, 1))
		return parse_subquery(p, NODE_TABLE_SUBQUERY);
	p->t++;
	parse_down(p);
	if (p->recording)
		parse_record(p, EXPECT_QUERY);
	inner = parse_relation(p);
	parse_up(p);
	if (inner->kind == NODE_TABLE_SUBQUERY
	    && (p->t->kind == ')' || parse_goes_on_as_query(p))) {
		query = parse_new_at(p, TABLE_SUBQUERY, unary, open);
		query->value = (struct node *)parse_query_from(p, inner);
		parse_expect(p, ')');
		return parse_end(p, query);
	}
	parse_expect(p, ')');
	inner->start = open->at;
	return inner;
}

static struct node *
parse_relation_primary(struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	parse_at(p, KW_JSON_TABLE);
	parse_at(p, KW_LATERAL);
	parse_at(p, KW_NEAREST);
	parse_at(p, KW_TABLE);
	parse_at(p, KW_UNNEST);
	switch (p->t->kind) {
	case KW_UNNEST:
		return parse_unnest(p);
	case KW_LATERAL:
		if (next == '(')
			return parse_lateral(p);
		break;
	case KW_NEAREST:
		if (next == '(' && parse_peek(p, 2) == KW_FROM)
			return parse_nearest(p);
		break;
	case KW_TABLE:
		return parse_table_function(p);
	case KW_JSON_TABLE:
		return parse_json_table(p);
	case TK_STRING:
	case TK_UNICODE_STRING:
		return parse_file_table(p);
	default:
		break;
	}
	if (parse_at(p, '('))
		return parse_parenthesized(p);
	return parse_table(p);
}

static struct node *
parse_pivot_values(struct parser *p)
{
	struct pivot_values_node *n = parse_new(p, PIVOT_VALUES,
	    pivot_values);
	const struct token *start = p->t;
	struct node *value;

	parse_at(p, '(');
	value = parse_expression(p);
	if (parse_is_list(value, start))
		n->list = ((struct row_node *)value)->items;
	else
		parse_push(p, &n->list, value);
	n->alias = parse_alias(p);
	return parse_end(p, n);
}

/* A name of several parts as an expression. */
static struct node *
parse_pivot_column(struct parser *p)
{
	struct name_node *name = parse_name(p);
	struct node *column = name->parts.v[0];
	int i;

	for (i = 1; i < name->parts.n; i++) {
		struct dereference_node *d = parse_new(p, DEREFERENCE,
		    dereference);

		parse_start_at(p, d, column);
		d->base = column;
		d->field = (struct ident_node *)name->parts.v[i];
		column = parse_end(p, d);
	}
	return column;
}

/* PIVOT (..) behind a relation, the word at hand */
static struct node *
parse_pivot(struct parser *p, struct node *relation)
{
	struct pivot_node *n = parse_new(p, PIVOT, pivot);

	parse_start_at(p, n, relation);
	n->relation = relation;
	p->t++;
	parse_expect(p, '(');
	do {
		struct single_column_node *a = parse_new(p,
		    PIVOT_AGGREGATION, single_column);

		a->value = parse_expression(p);
		a->alias = parse_alias(p);
		parse_push(p, &n->aggregations, parse_end(p, a));
		parse_forget(p);
	} while (parse_accept(p, ','));
	parse_expect(p, KW_FOR);
	if (parse_accept(p, '(')) {
		do
			parse_push(p, &n->columns, parse_pivot_column(p));
		while (parse_accept(p, ','));
		parse_expect(p, ')');
	} else {
		parse_push(p, &n->columns, parse_pivot_column(p));
	}
	parse_expect(p, KW_IN);
	parse_expect(p, '(');
	do
		parse_push(p, &n->values, parse_pivot_values(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
	if (parse_accept(p, KW_GROUP)) {
		parse_expect(p, KW_BY);
		n->group_by = parse_group_by(p);
	}
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* TABLESAMPLE BERNOULLI (percentage) */
static struct node *
parse_sampled(struct parser *p, struct node *relation)
{
	struct sampled_node *n = parse_new(p, SAMPLED, sampled);

	parse_start_at(p, n, relation);
	n->relation = relation;
	p->t++;
	n->system = !parse_either(p, KW_BERNOULLI, KW_SYSTEM);
	parse_expect(p, '(');
	n->percentage = parse_expression(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_sampled_relation(struct parser *p)
{
	struct node *n = parse_aliased(p, parse_relation_primary(p));

	if (parse_at(p, KW_MATCH_RECOGNIZE))
		n = parse_aliased(p, parse_match_recognize(p, n));
	if (parse_at(p, KW_PIVOT))
		n = parse_aliased(p, parse_pivot(p, n));
	if (parse_at(p, KW_TABLESAMPLE))
		n = parse_sampled(p, n);
	return n;
}

/* [INNER | LEFT [OUTER] | ..] JOIN; false: no join stands here. */
static bool
parse_join_type(struct parser *p, enum join_type *type)
{
	*type = JOIN_INNER;
	if (parse_accept(p, KW_JOIN))
		return true;
	if (parse_accept(p, KW_INNER)) {
		parse_expect(p, KW_JOIN);
		return true;
	}
	if (parse_accept(p, KW_LEFT))
		*type = JOIN_LEFT;
	else if (parse_accept(p, KW_RIGHT))
		*type = JOIN_RIGHT;
	else if (parse_accept(p, KW_FULL))
		*type = JOIN_FULL;
	else
		return false;
	parse_accept(p, KW_OUTER);
	parse_expect(p, KW_JOIN);
	return true;
}

/* relation ON e, relation USING (a, b) */
static void
parse_join_right(struct parser *p, struct join_node *n)
{
	parse_down(p);
	n->right = parse_relation(p);
	parse_up(p);
	parse_forget(p);
	if (parse_accept(p, KW_ON)) {
		n->on = parse_expression(p);
		return;
	}
	parse_expect(p, KW_USING);
	parse_columns(p, &n->using);
}

struct node *
parse_relation(struct parser *p)
{
	struct node *left = parse_sampled_relation(p);
	int chain = 0;

	for (;;) {
		enum join_type type = JOIN_INNER;
		bool natural = false;
		struct join_node *n;

		if (++chain > SQL_CHAIN_MAX)
			parse_too_large(p);
		if (parse_accept(p, KW_CROSS)) {
			parse_expect(p, KW_JOIN);
			type = JOIN_CROSS;
		} else if (parse_accept(p, KW_NATURAL)) {
			natural = true;
			if (!parse_join_type(p, &type))
				parse_unexpected(p);
		} else if (!parse_join_type(p, &type)) {
			return left;
		}
		n = parse_new(p, JOIN, join);
		parse_start_at(p, n, left);
		n->type = type;
		n->natural = natural;
		n->left = left;
		if (natural || type == JOIN_CROSS)
			n->right = parse_sampled_relation(p);
		else
			parse_join_right(p, n);
		left = parse_end(p, n);
	}
}
