/* SPDX-License-Identifier: Apache-2.0
 * print_stmt.c - statements of the session, SHOW, EXPLAIN and grants as
 * text, and who prints which other statement. */
#include "sql/printer.h"

void
put_principal(struct sbuf *to, const struct node *n)
{
	static const char *const texts[] = {
		"", "USER ", "ROLE ", "CURRENT_USER", "CURRENT_ROLE",
	};
	const struct principal_node *p = (const struct principal_node *)n;

	sbuf_addz(to, texts[p->type]);
	if (p->name != NULL)
		put_ident(to, p->name);
}

void
put_grant_object(struct sbuf *to, const struct grant_object_node *n)
{
	if (n->branch != NULL) {
		sbuf_addz(to, "BRANCH ");
		put_ident(to, n->branch);
		sbuf_addz(to, " IN ");
	}
	if (n->kind.n > 0) {
		sbuf_adds(to, n->kind);
		sbuf_addc(to, ' ');
	}
	put_name(to, n->name);
}

/* Privileges are key words: as they are. */
static void
put_privileges(struct sbuf *to, const struct grant_node *n)
{
	int i;

	put_if(to, n->all, "ALL PRIVILEGES");
	for (i = 0; i < n->names.n; i++) {
		const struct ident_node *id
		    = (const struct ident_node *)n->names.v[i];

		put_if(to, i > 0, ", ");
		if (n->object != NULL && !id->quoted)
			sbuf_adds(to, id->value);
		else
			put_ident(to, id);
	}
}

void
put_grant(struct sbuf *to, const struct grant_node *n)
{
	static const char *const verbs[] = { "GRANT ", "REVOKE ", "DENY " };
	bool roles = n->object == NULL;
	int i;

	sbuf_addz(to, verbs[n->verb]);
	if (n->verb == GRANT_REVOKE && n->option)
		sbuf_addz(to, roles ? "ADMIN OPTION FOR "
		    : "GRANT OPTION FOR ");
	put_privileges(to, n);
	if (!roles) {
		sbuf_addz(to, " ON ");
		put_grant_object(to, n->object);
	}
	sbuf_addz(to, n->verb == GRANT_REVOKE ? " FROM " : " TO ");
	for (i = 0; i < n->grantees.n; i++) {
		put_if(to, i > 0, ", ");
		put_principal(to, n->grantees.v[i]);
	}
	if (n->verb == GRANT_GRANT && n->option)
		sbuf_addz(to, roles ? " WITH ADMIN OPTION"
		    : " WITH GRANT OPTION");
	if (n->grantor != NULL) {
		sbuf_addz(to, " GRANTED BY ");
		put_principal(to, n->grantor);
	}
	if (n->catalog != NULL) {
		sbuf_addz(to, " IN ");
		put_ident(to, n->catalog);
	}
}

static void
put_show(struct sbuf *to, const struct show_node *n)
{
	static const char *const texts[] = {
		"CATALOGS", "SCHEMAS", "TABLES", "COLUMNS", "FUNCTIONS",
		"SESSION", "STATS FOR ", "ROLES", "CURRENT ROLES",
		"ROLE GRANTS", "GRANTS", "BRANCHES FROM TABLE ",
		"CREATE TABLE ", "CREATE SCHEMA ", "CREATE VIEW ",
		"CREATE MATERIALIZED VIEW ", "CREATE FUNCTION ",
	};
	bool direct = n->what == SHOW_STATS || n->what >= SHOW_BRANCHES;

	sbuf_addf(to, "SHOW %s", texts[n->what]);
	if (n->name != NULL) {
		put_if(to, !direct, " FROM ");
		put_name(to, n->name);
	}
	if (n->query != NULL) {
		sbuf_addc(to, '(');
		put_query(to, (const struct query_node *)n->query, 1);
		sbuf_addc(to, ')');
	}
	if (n->object != NULL) {
		sbuf_addz(to, " ON ");
		put_grant_object(to, n->object);
	}
	if (n->has_like) {
		sbuf_addz(to, " LIKE ");
		put_quoted(to, n->like);
	}
	if (n->has_escape) {
		sbuf_addz(to, " ESCAPE ");
		put_quoted(to, n->escape);
	}
}

static void
put_explain(struct sbuf *to, const struct explain_node *n, int indent)
{
	static const char *const types[] = {
		"", "TYPE LOGICAL", "TYPE DISTRIBUTED", "TYPE VALIDATE",
		"TYPE IO",
	};
	static const char *const formats[] = {
		"", "FORMAT TEXT", "FORMAT GRAPHVIZ", "FORMAT JSON",
	};

	sbuf_addz(to, "EXPLAIN ");
	if (n->analyze) {
		sbuf_addz(to, n->verbose ? "ANALYZE VERBOSE" : "ANALYZE");
	} else if (n->type != EXPLAIN_DEFAULT
	    || n->format != FORMAT_DEFAULT) {
		sbuf_addf(to, "(%s%s%s)", types[n->type],
		    n->type != EXPLAIN_DEFAULT && n->format != FORMAT_DEFAULT
		    ? ", " : "", formats[n->format]);
	}
	sbuf_addc(to, '\n');
	put_statement(to, n->statement, indent);
}

static void
put_execute(struct sbuf *to, const struct execute_node *n)
{
	sbuf_addz(to, "EXECUTE ");
	if (n->name != NULL) {
		put_ident(to, n->name);
	} else {
		sbuf_addz(to, "IMMEDIATE\n");
		put_expression(to, n->text);
	}
	if (n->args.n > 0) {
		sbuf_addz(to, n->name != NULL ? " USING " : "\nUSING ");
		put_list(to, &n->args);
	}
}

static void
put_start_transaction(struct sbuf *to, const struct start_transaction_node *n)
{
	sbuf_addz(to, "START TRANSACTION");
	if (n->has_isolation) {
		sbuf_addz(to, " ISOLATION LEVEL ");
		sbuf_adds(to, n->isolation);
	}
	if (n->has_access)
		sbuf_addf(to, "%s READ %s", n->has_isolation ? "," : "",
		    n->read_only ? "ONLY" : "WRITE");
}

static void
put_set_role(struct sbuf *to, const struct set_role_node *n)
{
	sbuf_addz(to, n->what == SET_ROLE_ALL ? "SET ROLE ALL"
	    : n->what == SET_ROLE_NONE ? "SET ROLE NONE" : "SET ROLE ");
	if (n->role != NULL)
		put_ident(to, n->role);
	if (n->catalog != NULL) {
		sbuf_addz(to, " IN ");
		put_ident(to, n->catalog);
	}
}

static void
put_use(struct sbuf *to, const struct use_node *n)
{
	if (n->catalog != NULL) {
		put_ident(to, n->catalog);
		sbuf_addc(to, '.');
	}
	put_ident(to, n->schema);
}

static void
put_path(struct sbuf *to, const struct operands_node *n)
{
	int i;

	sbuf_addz(to, "SET PATH ");
	for (i = 0; i < n->list.n; i++) {
		put_if(to, i > 0, ", ");
		put_use(to, (const struct use_node *)n->list.v[i]);
	}
}

static void
put_describe(struct sbuf *to, const struct describe_node *n)
{
	sbuf_addz(to, n->output ? "DESCRIBE OUTPUT " : "DESCRIBE INPUT ");
	if (n->name != NULL) {
		put_ident(to, n->name);
		return;
	}
	sbuf_addc(to, '(');
	put_query(to, n->query, 0);
	sbuf_addc(to, ')');
}

/* SET SESSION, SET TIME ZONE, .. */
static bool
put_set(struct sbuf *to, const struct node *n, int indent)
{
	const struct session_property_node *property = (const void *)n;
	const struct unary_node *unary = (const struct unary_node *)n;

	switch (n->kind) {
	case NODE_SET_SESSION:
		sbuf_addz(to, "SET SESSION ");
		put_name(to, property->name);
		break;
	case NODE_SESSION_PROPERTY:
		put_indent(to, indent);
		put_name(to, property->name);
		break;
	case NODE_SET_TIME_ZONE:
		sbuf_addz(to, "SET TIME ZONE ");
		if (unary->value != NULL)
			put_expression(to, unary->value);
		else
			sbuf_addz(to, "LOCAL");
		return true;
	case NODE_SET_SESSION_AUTHORIZATION:
		sbuf_addz(to, "SET SESSION AUTHORIZATION ");
		put_expression(to, unary->value);
		return true;
	case NODE_SET_PATH:
		put_path(to, (const struct operands_node *)n);
		return true;
	case NODE_SET_ROLE:
		put_set_role(to, (const struct set_role_node *)n);
		return true;
	default:
		return false;
	}
	sbuf_addz(to, " = ");
	put_expression(to, property->value);
	return true;
}

static void
put_named(struct sbuf *to, const char *words, const struct node *n)
{
	sbuf_addz(to, words);
	put_name(to, ((const struct named_node *)n)->name);
}

static bool
put_session(struct sbuf *to, const struct node *n, int indent)
{
	const struct prepare_node *prepare = (const struct prepare_node *)n;

	switch (n->kind) {
	case NODE_USE:
		sbuf_addz(to, "USE ");
		put_use(to, (const struct use_node *)n);
		return true;
	case NODE_RESET_SESSION:
		put_named(to, "RESET SESSION ", n);
		return true;
	case NODE_RESET_SESSION_AUTHORIZATION:
		sbuf_addz(to, "RESET SESSION AUTHORIZATION");
		return true;
	case NODE_START_TRANSACTION:
		put_start_transaction(to,
		    (const struct start_transaction_node *)n);
		return true;
	case NODE_COMMIT:
		sbuf_addz(to, "COMMIT");
		return true;
	case NODE_ROLLBACK:
		sbuf_addz(to, "ROLLBACK");
		return true;
	case NODE_PREPARE:
		sbuf_addz(to, "PREPARE ");
		put_ident(to, prepare->name);
		sbuf_addz(to, " FROM\n");
		put_statement(to, prepare->statement, indent + 1);
		return true;
	case NODE_DEALLOCATE:
		put_named(to, "DEALLOCATE PREPARE ", n);
		return true;
	case NODE_EXECUTE:
		put_execute(to, (const struct execute_node *)n);
		return true;
	case NODE_DESCRIBE:
		put_describe(to, (const struct describe_node *)n);
		return true;
	default:
		return put_set(to, n, indent);
	}
}

void
put_statement(struct sbuf *to, const struct node *n, int indent)
{
	switch (n->kind) {
	case NODE_QUERY:
		put_query(to, (const struct query_node *)n, indent);
		return;
	case NODE_SHOW:
		put_show(to, (const struct show_node *)n);
		return;
	case NODE_EXPLAIN:
		put_explain(to, (const struct explain_node *)n, indent);
		return;
	case NODE_GRANT:
		put_grant(to, (const struct grant_node *)n);
		return;
	default:
		break;
	}
	if (put_session(to, n, indent) || put_dml(to, n, indent)
	    || put_ddl(to, n) || put_routine(to, n, indent))
		return;
	put_relation(to, n, indent);
}
