/* SPDX-License-Identifier: Apache-2.0
 * alter.c - parses ALTER. */
#include "sql/parser.h"

static void
parse_rename(struct parser *p, struct alter_node *n, bool single)
{
	n->action = ALTER_RENAME;
	parse_expect(p, KW_TO);
	n->target = single ? parse_name_of(p, parse_ident(p))
	    : parse_name(p);
}

/* COLUMN [IF NOT EXISTS] definition [FIRST | LAST | AFTER name] */
static void
parse_add_column(struct parser *p, struct alter_node *n)
{
	struct column_position_node *where;

	n->action = ALTER_ADD_COLUMN;
	parse_expect(p, KW_COLUMN);
	n->column_exists = parse_if_not_exists(p);
	n->definition = (struct column_definition_node *)
	    parse_column_definition(p);
	where = parse_new(p, COLUMN_POSITION, column_position);
	if (parse_accept(p, KW_FIRST)) {
		where->where = COLUMN_FIRST;
	} else if (parse_accept(p, KW_LAST)) {
		where->where = COLUMN_LAST;
	} else if (parse_accept(p, KW_AFTER)) {
		where->where = COLUMN_AFTER;
		where->after = parse_ident(p);
	} else {
		return;
	}
	parse_end(p, where);
	n->position = where;
}

static void
parse_rename_column(struct parser *p, struct alter_node *n)
{
	n->action = ALTER_RENAME_COLUMN;
	n->column_exists = parse_if_exists(p);
	n->column = parse_name(p);
	parse_expect(p, KW_TO);
	n->target = parse_name_of(p, parse_ident(p));
}

/* ALTER COLUMN name SET .. | DROP .. */
static void
parse_alter_column(struct parser *p, struct alter_node *n)
{
	parse_expect(p, KW_COLUMN);
	n->column = parse_name(p);
	if (parse_accept(p, KW_DROP)) {
		if (parse_accept(p, KW_DEFAULT)) {
			n->action = ALTER_DROP_DEFAULT;
			return;
		}
		n->action = ALTER_DROP_NOT_NULL;
		parse_expect(p, KW_NOT);
		parse_expect(p, KW_NULL);
		return;
	}
	parse_expect(p, KW_SET);
	if (parse_accept(p, KW_DEFAULT)) {
		n->action = ALTER_SET_DEFAULT;
		n->value = parse_expect_literal(p);
		return;
	}
	n->action = ALTER_SET_TYPE;
	parse_expect(p, KW_DATA);
	parse_expect(p, KW_TYPE);
	n->type = parse_type(p);
}

/* AUTHORIZATION principal, the words before it are start .. name */
static void
parse_set_authorization(struct parser *p, struct alter_node *n,
    const char *kind)
{
	n->action = ALTER_SET_AUTHORIZATION;
	n->kind_name = str_of(kind);
	n->principal = parse_principal(p, false);
}

static void
parse_set_properties(struct parser *p, struct alter_node *n)
{
	n->action = ALTER_SET_PROPERTIES;
	parse_expect(p, KW_PROPERTIES);
	parse_property_list(p, &n->properties);
}

/* EXECUTE procedure[(args)] [WHERE ..] */
static struct node *
parse_table_execute(struct parser *p, struct alter_node *alter)
{
	struct table_execute_node *n = parse_new(p, TABLE_EXECUTE,
	    table_execute);
	struct table_node *table = parse_new(p, TABLE, table);

	n->node.line = alter->node.line;
	n->node.column = alter->node.column;
	n->node.start = alter->node.start;
	table->node = alter->name->node;
	table->node.kind = NODE_TABLE;
	table->name = alter->name;
	n->table = table;
	n->procedure = parse_ident(p);
	if (parse_accept(p, '('))
		parse_arguments(p, &n->args);
	if (parse_accept(p, KW_WHERE))
		n->where = parse_expression(p);
	return parse_end(p, n);
}

static struct node *
alter_table(struct parser *p, struct alter_node *n)
{
	n->object = OBJECT_TABLE;
	n->if_exists = parse_if_exists(p);
	n->name = parse_name(p);
	if (parse_accept(p, KW_RENAME)) {
		if (parse_accept(p, KW_COLUMN))
			parse_rename_column(p, n);
		else
			parse_rename(p, n, false);
	} else if (parse_accept(p, KW_ADD)) {
		parse_add_column(p, n);
	} else if (parse_accept(p, KW_DROP)) {
		n->action = ALTER_DROP_COLUMN;
		parse_expect(p, KW_COLUMN);
		n->column_exists = parse_if_exists(p);
		n->column = parse_name(p);
	} else if (parse_accept(p, KW_ALTER)) {
		parse_alter_column(p, n);
	} else if (!n->if_exists && parse_accept(p, KW_EXECUTE)) {
		return parse_table_execute(p, n);
	} else if (!n->if_exists && parse_accept(p, KW_SET)) {
		if (parse_accept(p, KW_AUTHORIZATION))
			parse_set_authorization(p, n, "TABLE");
		else
			parse_set_properties(p, n);
	} else {
		parse_unexpected(p);
	}
	return parse_end(p, n);
}

static struct node *
alter_view(struct parser *p, struct alter_node *n)
{
	struct named_node *refresh;

	n->object = OBJECT_VIEW;
	n->name = parse_name(p);
	if (parse_accept(p, KW_REFRESH)) {
		refresh = parse_new(p, REFRESH, named);
		refresh->node = n->node;
		refresh->node.kind = NODE_REFRESH;
		refresh->name = n->name;
		return parse_end(p, refresh);
	}
	if (parse_accept(p, KW_RENAME)) {
		parse_rename(p, n, false);
	} else {
		parse_expect(p, KW_SET);
		parse_expect(p, KW_AUTHORIZATION);
		parse_set_authorization(p, n, "VIEW");
	}
	return parse_end(p, n);
}

static struct node *
alter_materialized_view(struct parser *p, struct alter_node *n)
{
	parse_expect(p, KW_VIEW);
	n->object = OBJECT_MATERIALIZED_VIEW;
	n->if_exists = parse_if_exists(p);
	n->name = parse_name(p);
	if (parse_accept(p, KW_RENAME)) {
		parse_rename(p, n, false);
	} else {
		if (n->if_exists || !parse_accept(p, KW_SET))
			parse_unexpected(p);
		if (parse_accept(p, KW_AUTHORIZATION))
			parse_set_authorization(p, n, "MATERIALIZED VIEW");
		else
			parse_set_properties(p, n);
	}
	return parse_end(p, n);
}

static struct node *
alter_branch(struct parser *p, struct alter_node *n)
{
	n->object = OBJECT_BRANCH;
	n->action = ALTER_FAST_FORWARD;
	n->column = parse_name_of(p, parse_ident(p));
	parse_expect(p, KW_IN);
	parse_expect(p, KW_TABLE);
	n->name = parse_name(p);
	parse_expect(p, KW_FAST);
	parse_expect(p, KW_FORWARD);
	parse_expect(p, KW_TO);
	n->target = parse_name_of(p, parse_ident(p));
	return parse_end(p, n);
}

static struct node *
alter_schema(struct parser *p, struct alter_node *n)
{
	n->object = OBJECT_SCHEMA;
	n->name = parse_name(p);
	if (parse_accept(p, KW_RENAME)) {
		parse_rename(p, n, true);
	} else {
		parse_expect(p, KW_SET);
		parse_expect(p, KW_AUTHORIZATION);
		parse_set_authorization(p, n, "SCHEMA");
	}
	return parse_end(p, n);
}

struct node *
parse_alter(struct parser *p)
{
	struct alter_node *n = parse_new(p, ALTER, alter);
	struct ident_node *kind;

	p->t++;
	if (parse_accept(p, KW_TABLE))
		return alter_table(p, n);
	if (parse_accept(p, KW_SCHEMA))
		return alter_schema(p, n);
	if (parse_at(p, KW_VIEW) && parse_is_name(p, 1)) {
		p->t++;
		return alter_view(p, n);
	}
	if (parse_at(p, KW_MATERIALIZED) && parse_peek(p, 1) == KW_VIEW) {
		p->t++;
		return alter_materialized_view(p, n);
	}
	if (parse_at(p, KW_BRANCH) && parse_is_name(p, 1)
	    && parse_peek(p, 2) == KW_IN) {
		p->t++;
		return alter_branch(p, n);
	}
	kind = parse_ident(p);
	n->name = parse_name(p);
	parse_expect(p, KW_SET);
	parse_expect(p, KW_AUTHORIZATION);
	parse_set_authorization(p, n, arena_strndup(p->arena,
	    kind->value.p, kind->value.n));
	return parse_end(p, n);
}
