/* SPDX-License-Identifier: Apache-2.0
 * bind_statement.c - sorts statements and binds those that are queries,
 * EXPLAIN or run prepared ones. */
#include "plan/binder.h"
#include "sql/parse.h"
#include "type/time.h"

static struct plan *
plan_new(struct binder *b)
{
	struct plan *p = arena_new(b->arena, struct plan);

	p->arena = b->arena;
	p->pool = b->pool;
	p->read_only = true;
	return p;
}

/* The OUTPUT node over a bound query. */
static void
set_root(struct binder *b, const struct relation *r)
{
	struct plan_node *n = plan_node_new(b->plan, PLAN_OUTPUT, 1);
	struct origin *origins = arena_array(b->arena, struct origin,
	    r->fields.n + 1);
	int columns = 0;

	n->child[0] = r->node;
	n->output.names = arena_array(b->arena, const char *,
	    r->fields.n + 1);
	for (int i = 0; i < r->fields.n; i++) {
		const struct field *f = &r->fields.v[i];

		if (f->hidden)
			continue;
		n->output.names[columns] = f->name != NULL ? f->name
		    : arena_printf(b->arena, "_col%d", columns);
		symbol_list_add(b->arena, &n->out, f->symbol);
		origins[columns++] = f->origin;
	}
	n->output.origins = origins;
	b->plan->root = n;
}

/* From here on the statement is in another zone. */
static void
use_zone(struct binder *b, int zone)
{
	struct plan_session *s = arena_dup(b->arena, b->session,
	    sizeof(*b->session));

	s->context = arena_dup(b->arena, b->session->context,
	    sizeof(*s->context));
	s->context->zone = zone;
	b->session = s;
	b->plan->context = s->context;
}

/* WITH SESSION: settings for the one query. */
static int
query_settings(struct binder *b, const struct query_node *q)
{
	struct plan *p = b->plan;
	int rc;

	p->setting_names = arena_array(b->arena, struct str, q->session.n);
	p->setting_values = arena_array(b->arena, struct str, q->session.n);
	for (int i = 0; i < q->session.n; i++) {
		const struct session_property_node *n =
		    (const struct session_property_node *)q->session.v[i];
		struct plan one = { .arena = p->arena, .pool = p->pool };

		if ((rc = bind_session_value(b, n, &one)) != 0)
			return rc;
		p->setting_names[i] = str_of(one.name);
		p->setting_values[i] = one.value;
		p->n_settings++;
		if (strcmp(one.name, "time_zone_id") == 0)
			use_zone(b, zone_find(one.value));
	}
	return 0;
}

int
bind_root(struct binder *b, const struct query_node *q)
{
	struct relation r;
	int rc;

	if (q->session.n > 0 && (rc = query_settings(b, q)) != 0)
		return rc;
	if ((rc = bind_query(b, q, NULL, &r)) != 0)
		return rc;
	set_root(b, &r);
	b->plan->statement = STATEMENT_QUERY;
	return 0;
}

int
bind_sql(struct binder *b, struct str sql)
{
	struct node *n;
	int rc;

	if ((rc = sql_parse(b->arena, sql, &n, b->err)) != 0)
		return rc;
	return bind_root(b, (struct query_node *)n);
}

/* Binds another statement with this one's session into a plan of its own. */
int
bind_nested_statement(struct binder *b, struct node *n, struct plan **out)
{
	struct plan *outer = b->plan;
	int rc;

	b->plan = plan_new(b);
	rc = bind_statement(b, n);
	*out = b->plan;
	b->plan = outer;
	return rc;
}

static int
bind_explain(struct binder *b, const struct explain_node *n)
{
	struct plan *p = b->plan;
	int rc;

	p->statement = STATEMENT_EXPLAIN;
	p->analyze = n->analyze;
	p->verbose = n->verbose;
	p->explain = n->type == EXPLAIN_IO ? PLAN_EXPLAIN_IO
	    : n->type == EXPLAIN_VALIDATE ? PLAN_EXPLAIN_VALIDATE
	    : n->format == FORMAT_JSON ? PLAN_EXPLAIN_JSON
	    : n->format == FORMAT_GRAPHVIZ ? PLAN_EXPLAIN_GRAPHVIZ
	    : PLAN_EXPLAIN_TEXT;
	if ((rc = bind_nested_statement(b, n->statement,
	    &p->explained)) != 0)
		return rc;
	p->read_only = !n->analyze || p->explained->read_only;
	return 0;
}

/* ---- EXECUTE ---- */

static int
check_parameters(struct binder *b, const struct node *at, int expected,
    int found)
{
	if (expected == found)
		return 0;
	return bind_error(b, at, ERR_INVALID_PARAMETER_USAGE,
	    "Incorrect number of parameters: expected %d but found %d",
	    expected, found);
}

static int
prepared_text(struct binder *b, const struct ident_node *name,
    struct str *out)
{
	*out = (struct str){ 0 };
	if (b->session->prepared != NULL)
		*out = b->session->prepared(b->session->prepared_arg,
		    name->value);
	if (out->p == NULL)
		return bind_error(b, NULL, ERR_NOT_FOUND,
		    "Prepared statement not found: %.*s",
		    STR_ARG(name->value));
	return 0;
}

/* Moves the places of a statement parsed out of a literal to the literal's. */
static int
shift_node(void *arg, struct node *n)
{
	const struct node *at = arg;

	if (n->line == 1)
		n->column += at->column;
	n->line += at->line - 1;
	return 0;
}

static int
execute_immediate(struct binder *b, const struct execute_node *n,
    struct node **out)
{
	const struct text_literal_node *text =
	    (const struct text_literal_node *)n->text;
	int rc = sql_parse(b->arena, text->value, out, b->err);

	if (rc != 0) {
		if (b->err->line == 1)
			b->err->column += text->node.column;
		b->err->line += text->node.line - 1;
		return rc;
	}
	node_walk(*out, shift_node, (void *)(uintptr_t)&text->node);
	return 0;
}

static int
bind_execute(struct binder *b, const struct execute_node *n)
{
	struct node *statement;
	struct str text;
	int rc;

	if (n->name == NULL) {
		if ((rc = execute_immediate(b, n, &statement)) != 0)
			return rc;
	} else if ((rc = prepared_text(b, n->name, &text)) != 0 ||
	    (rc = sql_parse(b->arena, text, &statement, b->err)) != 0) {
		return rc;
	}
	if (statement->kind == NODE_EXECUTE)
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "Unsupported statement type: Execute");
	if ((rc = check_parameters(b, statement,
	    sql_parameter_count(statement), n->args.n)) != 0)
		return rc;
	for (int i = 0; i < n->args.n; i++) {
		struct expr *ignored;

		if ((rc = bind_constant(b, n->args.v[i], &ignored)) != 0)
			return rc;
	}
	b->parameters = n->args;
	return bind_statement(b, statement);
}

/* ---- all statements ---- */

static int
bind_transaction(struct binder *b, const struct node *n)
{
	struct plan *p = b->plan;

	if (n->kind == NODE_START_TRANSACTION) {
		const struct start_transaction_node *s =
		    (const struct start_transaction_node *)n;

		p->statement = STATEMENT_START_TRANSACTION;
		p->update_type = "START TRANSACTION";
		p->transaction_read_only = s->has_access && s->read_only;
		p->isolation = s->has_isolation ? bind_str(b, s->isolation)
		    : NULL;
		if (b->session->in_transaction)
			return bind_error(b, NULL, ERR_NOT_SUPPORTED,
			    "Nested transactions not supported");
		return 0;
	}
	p->statement = n->kind == NODE_COMMIT ? STATEMENT_COMMIT
	    : STATEMENT_ROLLBACK;
	p->update_type = n->kind == NODE_COMMIT ? "COMMIT" : "ROLLBACK";
	if (!b->session->in_transaction)
		return bind_error(b, NULL, ERR_NOT_IN_TRANSACTION,
		    "No transaction in progress");
	return 0;
}

int
bind_statement(struct binder *b, struct node *n)
{
	switch (n->kind) {
	case NODE_QUERY:
		return bind_root(b, (struct query_node *)n);
	case NODE_EXPLAIN:
		return bind_explain(b, (struct explain_node *)n);
	case NODE_EXECUTE:
		return bind_execute(b, (struct execute_node *)n);
	case NODE_SHOW:
		return bind_show(b, n);
	case NODE_DESCRIBE:
		return bind_describe(b, n);
	case NODE_USE: case NODE_SET_SESSION: case NODE_RESET_SESSION:
	case NODE_SET_TIME_ZONE: case NODE_SET_PATH: case NODE_SET_ROLE:
	case NODE_SET_SESSION_AUTHORIZATION:
	case NODE_RESET_SESSION_AUTHORIZATION:
	case NODE_PREPARE: case NODE_DEALLOCATE:
		return bind_setting(b, n);
	case NODE_START_TRANSACTION: case NODE_COMMIT: case NODE_ROLLBACK:
		return bind_transaction(b, n);
	case NODE_INSERT: case NODE_DELETE: case NODE_UPDATE:
	case NODE_MERGE: case NODE_TRUNCATE:
		return bind_write(b, n);
	case NODE_CREATE:
		if (((struct create_node *)n)->object == OBJECT_TABLE_AS)
			return bind_write(b, n);
		return bind_define(b, n);
	default:
		return bind_define(b, n);
	}
}

int
plan_statement(struct arena *a, struct expr_pool *pool,
    const struct plan_session *session, struct node *statement,
    struct plan **out, struct err *e)
{
	struct binder b = { .arena = a, .pool = pool, .session = session,
		.err = e, .next_lambda = LAMBDA_BASE };
	int rc, expected = statement->kind == NODE_EXECUTE ||
	    statement->kind == NODE_PREPARE ? 0
	    : sql_parameter_count(statement);

	memset(e, 0, offsetof(struct err, text) + 1);
	b.plan = *out = plan_new(&b);
	if (expected > 0)
		return check_parameters(&b, statement, expected, 0);
	if ((rc = bind_enter(&b)) != 0)
		return rc;
	return bind_statement(&b, statement);
}
