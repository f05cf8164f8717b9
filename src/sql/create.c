/* SPDX-License-Identifier: Apache-2.0
 * create.c - parses CREATE and DROP of all kinds of objects. */
#include "sql/parser.h"

void
parse_property_list(struct parser *p, struct node_list *l)
{
	do {
		struct property_node *n = parse_new(p, PROPERTY, property);

		n->name = parse_ident(p);
		parse_expect(p, '=');
		/* DEFAULT may also begin an expression. */
		if (parse_at(p, KW_DEFAULT) && (parse_peek(p, 1) == ','
		    || parse_peek(p, 1) == ')'
		    || parse_peek(p, 1) == TK_EOF))
			p->t++;
		else
			n->value = parse_expression(p);
		parse_push(p, l, parse_end(p, n));
	} while (parse_accept(p, ','));
}

/* '(' name = value, .. ')' */
void
parse_properties(struct parser *p, struct node_list *l)
{
	parse_expect(p, '(');
	parse_property_list(p, l);
	parse_expect(p, ')');
}

struct node *
parse_column_definition(struct parser *p)
{
	struct column_definition_node *n = parse_new(p, COLUMN_DEFINITION,
	    column_definition);

	n->name = parse_name(p);
	parse_forget(p);
	n->type = parse_type(p);
	if (parse_accept(p, KW_DEFAULT))
		n->fallback = parse_expect_literal(p);
	if (parse_accept(p, KW_NOT)) {
		parse_expect(p, KW_NULL);
		n->not_null = true;
	}
	n->has_comment = parse_comment(p, &n->comment);
	if (parse_accept(p, KW_WITH))
		parse_properties(p, &n->properties);
	return parse_end(p, n);
}

/* LIKE name [INCLUDING | EXCLUDING PROPERTIES] */
static struct node *
parse_like_clause(struct parser *p)
{
	struct like_clause_node *n = parse_new(p, LIKE_CLAUSE, like_clause);

	p->t++;
	n->name = parse_name(p);
	n->including = parse_accept(p, KW_INCLUDING);
	n->excluding = !n->including && parse_accept(p, KW_EXCLUDING);
	if (n->including || n->excluding)
		parse_expect(p, KW_PROPERTIES);
	return parse_end(p, n);
}

static void
parse_with_properties(struct parser *p, struct create_node *n)
{
	if (parse_accept(p, KW_WITH))
		parse_properties(p, &n->properties);
}

/* AS query [WITH [NO] DATA] */
static void
parse_as_query(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_TABLE_AS;
	parse_expect(p, KW_AS);
	if (parse_at(p, '(') && parse_peek(p, 1) == KW_WITH) {
		p->t++;
		n->query = parse_root_query(p, false);
		parse_expect(p, ')');
	} else {
		n->query = parse_root_query(p, false);
	}
	if (parse_accept(p, KW_WITH)) {
		n->with_no_data = parse_accept(p, KW_NO);
		parse_expect(p, KW_DATA);
	}
}

static void
check_replace(struct parser *p, const struct create_node *n)
{
	if (n->replace && n->if_not_exists)
		parse_fail_node(p, &n->node, "'OR REPLACE' and 'IF NOT "
		    "EXISTS' clauses can not be used together");
}

static void
create_table(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_TABLE;
	n->if_not_exists = parse_if_not_exists(p);
	n->name = parse_name(p);
	if (parse_is_columns(p, 0)) {
		n->has_columns = true;
		parse_columns(p, &n->columns);
	} else if (parse_accept(p, '(')) {
		do
			parse_push(p, &n->elements, parse_at(p, KW_LIKE)
			    ? parse_like_clause(p)
			    : parse_column_definition(p));
		while (parse_forget(p), parse_accept(p, ','));
		parse_expect(p, ')');
	}
	n->has_comment = parse_comment(p, &n->comment);
	parse_with_properties(p, n);
	if (n->elements.n == 0)
		parse_as_query(p, n);
	check_replace(p, n);
}

static void
create_view(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_VIEW;
	n->name = parse_name(p);
	parse_forget(p);
	n->has_comment = parse_comment(p, &n->comment);
	if (parse_accept(p, KW_SECURITY))
		n->security = parse_either(p, KW_DEFINER, KW_INVOKER)
		    ? SECURITY_DEFINER : SECURITY_INVOKER;
	parse_with_properties(p, n);
	parse_expect(p, KW_AS);
	n->query = parse_root_query(p, false);
}

static void
create_materialized_view(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_MATERIALIZED_VIEW;
	parse_expect(p, KW_VIEW);
	n->if_not_exists = parse_if_not_exists(p);
	n->name = parse_name(p);
	parse_forget(p);
	if (parse_accept(p, KW_GRACE)) {
		parse_expect(p, KW_PERIOD);
		n->grace_period = parse_interval(p);
	}
	if (parse_accept(p, KW_WHEN)) {
		parse_expect(p, KW_STALE);
		n->when_stale = parse_either(p, KW_FAIL, KW_INLINE)
		    ? STALE_FAIL : STALE_INLINE;
	}
	n->has_comment = parse_comment(p, &n->comment);
	parse_with_properties(p, n);
	parse_expect(p, KW_AS);
	n->query = parse_root_query(p, false);
}

static void
create_branch(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_BRANCH;
	n->if_not_exists = parse_if_not_exists(p);
	n->branch = parse_ident(p);
	parse_with_properties(p, n);
	parse_expect(p, KW_IN);
	parse_expect(p, KW_TABLE);
	n->name = parse_name(p);
	if (parse_accept(p, KW_FROM))
		n->from_branch = parse_ident(p);
	check_replace(p, n);
}

static void
create_catalog(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_CATALOG;
	n->if_not_exists = parse_if_not_exists(p);
	n->name = parse_name_of(p, parse_ident(p));
	parse_expect(p, KW_USING);
	n->connector = parse_ident(p);
	n->has_comment = parse_comment(p, &n->comment);
	if (parse_accept(p, KW_AUTHORIZATION))
		n->principal = parse_principal(p, false);
	parse_with_properties(p, n);
}

static void
create_schema(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_SCHEMA;
	n->if_not_exists = parse_if_not_exists(p);
	n->name = parse_name(p);
	if (parse_accept(p, KW_AUTHORIZATION))
		n->principal = parse_principal(p, false);
	parse_with_properties(p, n);
}

static void
create_role(struct parser *p, struct create_node *n)
{
	n->object = OBJECT_ROLE;
	n->name = parse_name_of(p, parse_ident(p));
	if (parse_accept(p, KW_WITH)) {
		parse_expect(p, KW_ADMIN);
		n->principal = parse_principal(p, true);
	}
	if (parse_accept(p, KW_IN))
		n->catalog = parse_ident(p);
}

struct node *
parse_create(struct parser *p)
{
	struct create_node *n = parse_new(p, CREATE, create);

	p->t++;
	if (parse_accept(p, KW_OR)) {
		parse_expect(p, KW_REPLACE);
		n->replace = true;
	}
	if (parse_accept(p, KW_TABLE)) {
		create_table(p, n);
	} else if (parse_accept(p, KW_VIEW)) {
		create_view(p, n);
	} else if (parse_accept(p, KW_MATERIALIZED)) {
		create_materialized_view(p, n);
	} else if (parse_accept(p, KW_BRANCH)) {
		create_branch(p, n);
	} else if (parse_at(p, KW_FUNCTION)) {
		n->object = OBJECT_FUNCTION;
		n->function = parse_function(p);
		n->name = ((struct function_node *)n->function)->name;
	} else if (n->replace) {
		parse_unexpected(p);
	} else if (parse_accept(p, KW_CATALOG)) {
		create_catalog(p, n);
	} else if (parse_accept(p, KW_SCHEMA)) {
		create_schema(p, n);
	} else {
		parse_expect(p, KW_ROLE);
		create_role(p, n);
	}
	return parse_end(p, n);
}

/* [CASCADE | RESTRICT] */
static void
parse_cascade(struct parser *p, struct drop_node *n)
{
	n->cascade = parse_accept(p, KW_CASCADE);
	n->restricted = !n->cascade && parse_accept(p, KW_RESTRICT);
}

static void
drop_function(struct parser *p, struct drop_node *n)
{
	n->name = parse_name(p);
	parse_parameters(p, &n->parameters);
}

static void
drop_branch(struct parser *p, struct drop_node *n)
{
	n->branch = parse_ident(p);
	parse_expect(p, KW_IN);
	parse_expect(p, KW_TABLE);
	n->name = parse_name(p);
}

static enum object_kind
parse_drop_kind(struct parser *p)
{
	if (parse_accept(p, KW_TABLE))
		return OBJECT_TABLE;
	if (parse_accept(p, KW_VIEW))
		return OBJECT_VIEW;
	if (parse_accept(p, KW_MATERIALIZED)) {
		parse_expect(p, KW_VIEW);
		return OBJECT_MATERIALIZED_VIEW;
	}
	if (parse_accept(p, KW_SCHEMA))
		return OBJECT_SCHEMA;
	if (parse_accept(p, KW_CATALOG))
		return OBJECT_CATALOG;
	if (parse_accept(p, KW_FUNCTION))
		return OBJECT_FUNCTION;
	if (parse_accept(p, KW_BRANCH))
		return OBJECT_BRANCH;
	parse_expect(p, KW_ROLE);
	return OBJECT_ROLE;
}

struct node *
parse_drop(struct parser *p)
{
	struct drop_node *n = parse_new(p, DROP, drop);

	p->t++;
	n->object = parse_drop_kind(p);
	n->if_exists = parse_peek(p, 1) == KW_EXISTS
	    && parse_accept2(p, KW_IF, KW_EXISTS);
	switch (n->object) {
	case OBJECT_FUNCTION:
		drop_function(p, n);
		break;
	case OBJECT_BRANCH:
		drop_branch(p, n);
		break;
	case OBJECT_ROLE:
		n->name = parse_name_of(p, parse_ident(p));
		if (parse_accept(p, KW_IN))
			n->catalog = parse_ident(p);
		break;
	case OBJECT_CATALOG:
		n->name = parse_name_of(p, parse_ident(p));
		parse_cascade(p, n);
		break;
	case OBJECT_SCHEMA:
		n->name = parse_name(p);
		parse_cascade(p, n);
		break;
	default:
		n->name = parse_name(p);
	}
	return parse_end(p, n);
}
