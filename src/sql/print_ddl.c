/* SPDX-License-Identifier: Apache-2.0
 * print_ddl.c - CREATE, DROP, ALTER and the like as text. */
#include "sql/printer.h"

static const char *const object_texts[] = {
	"TABLE ", "TABLE ", "VIEW ", "MATERIALIZED VIEW ", "SCHEMA ",
	"CATALOG ", "ROLE ", "FUNCTION ", "BRANCH ", "COLUMN ",
};

static void
put_property(struct sbuf *to, const struct node *n)
{
	const struct property_node *p = (const struct property_node *)n;

	put_ident(to, p->name);
	sbuf_addz(to, " = ");
	if (p->value != NULL)
		put_expression(to, p->value);
	else
		sbuf_addz(to, "DEFAULT");
}

void
put_property_list(struct sbuf *to, const struct node_list *l,
    const char *separator)
{
	int i;

	for (i = 0; i < l->n; i++) {
		put_if(to, i > 0, separator);
		put_property(to, l->v[i]);
	}
}

/* WITH (..) over several lines; nothing for none. */
void
put_properties(struct sbuf *to, const struct node_list *l)
{
	if (l->n == 0)
		return;
	sbuf_addz(to, "\nWITH (\n   ");
	put_property_list(to, l, ",\n   ");
	sbuf_addz(to, "\n)");
}

static void
put_comment(struct sbuf *to, bool has, struct str comment,
    const char *before)
{
	if (!has)
		return;
	sbuf_addf(to, "%sCOMMENT ", before);
	put_quoted(to, comment);
}

static void
put_column(struct sbuf *to, const struct column_definition_node *n)
{
	put_name(to, n->name);
	sbuf_addc(to, ' ');
	put_type(to, n->type);
	if (n->fallback != NULL) {
		sbuf_addz(to, " DEFAULT ");
		put_expression(to, n->fallback);
	}
	put_if(to, n->not_null, " NOT NULL");
	put_comment(to, n->has_comment, n->comment, " ");
	if (n->properties.n > 0) {
		sbuf_addz(to, " WITH (");
		put_property_list(to, &n->properties, ", ");
		sbuf_addc(to, ')');
	}
}

static void
put_element(struct sbuf *to, const struct node *n)
{
	const struct like_clause_node *like = (const void *)n;

	if (n->kind == NODE_COLUMN_DEFINITION) {
		put_column(to, (const struct column_definition_node *)n);
		return;
	}
	sbuf_addz(to, "LIKE ");
	put_name(to, like->name);
	put_if(to, like->including, " INCLUDING PROPERTIES");
	put_if(to, like->excluding, " EXCLUDING PROPERTIES");
}

static void
put_create_table(struct sbuf *to, const struct create_node *n)
{
	int i;

	if (n->object == OBJECT_TABLE) {
		sbuf_addz(to, " (\n");
		for (i = 0; i < n->elements.n; i++) {
			sbuf_addz(to, i > 0 ? ",\n   " : "   ");
			put_element(to, n->elements.v[i]);
		}
		sbuf_addz(to, "\n)");
	} else if (n->has_columns) {
		sbuf_addz(to, "( ");
		put_list(to, &n->columns);
		sbuf_addz(to, " )");
	}
	put_comment(to, n->has_comment, n->comment, "\n");
	put_properties(to, &n->properties);
	if (n->object == OBJECT_TABLE)
		return;
	sbuf_addz(to, " AS ");
	/* A query with WITH FUNCTION needs no parentheses. */
	put_query(to, n->query, 0);
	put_if(to, n->with_no_data, " WITH NO DATA");
}

static void
put_create_view(struct sbuf *to, const struct create_node *n)
{
	bool materialized = n->object == OBJECT_MATERIALIZED_VIEW;

	if (n->grace_period != NULL) {
		sbuf_addz(to, "\nGRACE PERIOD ");
		put_expression(to, n->grace_period);
	}
	if (n->when_stale != STALE_DEFAULT)
		sbuf_addz(to, n->when_stale == STALE_FAIL
		    ? "\nWHEN STALE FAIL" : "\nWHEN STALE INLINE");
	put_comment(to, n->has_comment, n->comment,
	    materialized ? "\n" : " ");
	if (n->security != SECURITY_DEFAULT)
		sbuf_addz(to, n->security == SECURITY_DEFINER
		    ? " SECURITY DEFINER" : " SECURITY INVOKER");
	put_properties(to, &n->properties);
	sbuf_addz(to, " AS\n");
	put_query(to, n->query, 0);
}

/* CATALOG, SCHEMA, ROLE */
static void
put_create_other(struct sbuf *to, const struct create_node *n)
{
	if (n->connector != NULL) {
		sbuf_addz(to, " USING ");
		put_ident(to, n->connector);
	}
	put_comment(to, n->has_comment, n->comment, "\n");
	if (n->principal != NULL) {
		sbuf_addz(to, n->object == OBJECT_ROLE ? " WITH ADMIN "
		    : "\nAUTHORIZATION ");
		put_principal(to, n->principal);
	}
	if (n->catalog != NULL) {
		sbuf_addz(to, " IN ");
		put_ident(to, n->catalog);
	}
	put_properties(to, &n->properties);
}

static void
put_create_branch(struct sbuf *to, const struct create_node *n)
{
	put_ident(to, n->branch);
	put_properties(to, &n->properties);
	sbuf_addz(to, " IN TABLE ");
	put_name(to, n->name);
	if (n->from_branch != NULL) {
		sbuf_addz(to, " FROM ");
		put_ident(to, n->from_branch);
	}
}

static void
put_create(struct sbuf *to, const struct create_node *n)
{
	sbuf_addz(to, n->replace ? "CREATE OR REPLACE " : "CREATE ");
	if (n->object == OBJECT_FUNCTION) {
		put_statement(to, n->function, 0);
		return;
	}
	sbuf_addz(to, object_texts[n->object]);
	put_if(to, n->if_not_exists, "IF NOT EXISTS ");
	if (n->object == OBJECT_BRANCH) {
		put_create_branch(to, n);
		return;
	}
	put_name(to, n->name);
	switch (n->object) {
	case OBJECT_TABLE:
	case OBJECT_TABLE_AS:
		put_create_table(to, n);
		break;
	case OBJECT_VIEW:
	case OBJECT_MATERIALIZED_VIEW:
		put_create_view(to, n);
		break;
	default:
		put_create_other(to, n);
	}
}

static void
put_drop(struct sbuf *to, const struct drop_node *n)
{
	sbuf_addf(to, "DROP %s", object_texts[n->object]);
	put_if(to, n->if_exists, "IF EXISTS ");
	if (n->object == OBJECT_BRANCH) {
		put_ident(to, n->branch);
		sbuf_addz(to, " IN TABLE ");
	}
	put_name(to, n->name);
	if (n->object == OBJECT_FUNCTION)
		put_parens(to, &n->parameters);
	if (n->object == OBJECT_SCHEMA || n->object == OBJECT_CATALOG)
		sbuf_addz(to, n->cascade ? " CASCADE" : " RESTRICT");
	if (n->catalog != NULL) {
		sbuf_addz(to, " IN ");
		put_ident(to, n->catalog);
	}
}

static void
put_add_column(struct sbuf *to, const struct alter_node *n)
{
	static const char *const places[] = { " FIRST", " LAST",
	    " AFTER " };

	sbuf_addz(to, " ADD COLUMN ");
	put_if(to, n->column_exists, "IF NOT EXISTS ");
	put_column(to, n->definition);
	if (n->position == NULL)
		return;
	sbuf_addz(to, places[n->position->where]);
	if (n->position->after != NULL)
		put_ident(to, n->position->after);
}

static void
put_alter_column(struct sbuf *to, const struct alter_node *n)
{
	sbuf_addz(to, " ALTER COLUMN ");
	put_name(to, n->column);
	switch (n->action) {
	case ALTER_SET_TYPE:
		sbuf_addz(to, " SET DATA TYPE ");
		put_type(to, n->type);
		break;
	case ALTER_SET_DEFAULT:
		sbuf_addz(to, " SET DEFAULT ");
		put_expression(to, n->value);
		break;
	case ALTER_DROP_DEFAULT:
		sbuf_addz(to, " DROP DEFAULT");
		break;
	default:
		sbuf_addz(to, " DROP NOT NULL");
	}
}

static void
put_alter_action(struct sbuf *to, const struct alter_node *n)
{
	switch (n->action) {
	case ALTER_RENAME:
		sbuf_addz(to, " RENAME TO ");
		put_name(to, n->target);
		break;
	case ALTER_SET_AUTHORIZATION:
		sbuf_addz(to, " SET AUTHORIZATION ");
		put_principal(to, n->principal);
		break;
	case ALTER_SET_PROPERTIES:
		sbuf_addz(to, " SET PROPERTIES ");
		put_property_list(to, &n->properties, ", ");
		break;
	case ALTER_ADD_COLUMN:
		put_add_column(to, n);
		break;
	case ALTER_RENAME_COLUMN:
		sbuf_addz(to, n->column_exists ? " RENAME COLUMN IF EXISTS "
		    : " RENAME COLUMN ");
		put_name(to, n->column);
		sbuf_addz(to, " TO ");
		put_name(to, n->target);
		break;
	case ALTER_DROP_COLUMN:
		sbuf_addz(to, n->column_exists ? " DROP COLUMN IF EXISTS "
		    : " DROP COLUMN ");
		put_name(to, n->column);
		break;
	default:
		put_alter_column(to, n);
	}
}

static void
put_alter(struct sbuf *to, const struct alter_node *n)
{
	sbuf_addz(to, "ALTER ");
	if (n->action == ALTER_FAST_FORWARD) {
		sbuf_addz(to, "BRANCH ");
		put_name(to, n->column);
		sbuf_addz(to, " IN TABLE ");
		put_name(to, n->name);
		sbuf_addz(to, " FAST FORWARD TO ");
		put_name(to, n->target);
		return;
	}
	if (n->action == ALTER_SET_AUTHORIZATION) {
		sbuf_adds(to, n->kind_name);
		sbuf_addc(to, ' ');
	} else {
		sbuf_addz(to, object_texts[n->object]);
	}
	put_if(to, n->if_exists, "IF EXISTS ");
	put_name(to, n->name);
	put_alter_action(to, n);
}

static void
put_comment_on(struct sbuf *to, const struct comment_node *n)
{
	sbuf_addf(to, "COMMENT ON %s", object_texts[n->object]);
	put_name(to, n->name);
	sbuf_addz(to, " IS ");
	if (n->has_comment)
		put_quoted(to, n->comment);
	else
		sbuf_addz(to, "NULL");
}

static void
put_refresh(struct sbuf *to, const struct named_node *n)
{
	sbuf_addz(to, n->materialized ? "REFRESH MATERIALIZED VIEW "
	    : "ALTER VIEW ");
	put_name(to, n->name);
	put_if(to, !n->materialized, " REFRESH");
}

bool
put_ddl(struct sbuf *to, const struct node *n)
{
	const struct analyze_node *analyze = (const struct analyze_node *)n;

	switch (n->kind) {
	case NODE_CREATE:
		put_create(to, (const struct create_node *)n);
		return true;
	case NODE_DROP:
		put_drop(to, (const struct drop_node *)n);
		return true;
	case NODE_ALTER:
		put_alter(to, (const struct alter_node *)n);
		return true;
	case NODE_COMMENT:
		put_comment_on(to, (const struct comment_node *)n);
		return true;
	case NODE_REFRESH:
		put_refresh(to, (const struct named_node *)n);
		return true;
	case NODE_ANALYZE:
		sbuf_addz(to, "ANALYZE ");
		put_name(to, analyze->name);
		put_properties(to, &analyze->properties);
		return true;
	case NODE_COLUMN_DEFINITION:
	case NODE_LIKE_CLAUSE:
		put_element(to, n);
		return true;
	case NODE_PROPERTY:
		put_property(to, n);
		return true;
	case NODE_PRINCIPAL:
		put_principal(to, n);
		return true;
	case NODE_GRANT_OBJECT:
		put_grant_object(to, (const struct grant_object_node *)n);
		return true;
	default:
		return false;
	}
}
