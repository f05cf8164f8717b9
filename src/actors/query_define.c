/* SPDX-License-Identifier: Apache-2.0
 * query_define.c - statements that run no plan: definitions, session
 * settings, transactions.  On a planning thread; may block. */
#include <stdio.h>
#include <stdlib.h>

#include "actors/query_priv.h"

static int
unsupported(struct err *e, const char *what)
{
	return err_set(e, ERR_NOT_SUPPORTED,
	    "This connector does not support %s", what);
}

static int
define_schema(struct query_plan *q, struct err *e)
{
	const struct plan *p = q->plan;
	const struct conn_kind *k = p->conn->kind;
	struct conn_tx *tx;
	int rc = query_transaction(q, p->conn, &tx, e);

	if (rc != 0)
		return rc;
	if (p->statement == STATEMENT_CREATE_SCHEMA)
		return k->create_schema == NULL
		    ? unsupported(e, "creating schemas")
		    : k->create_schema(p->conn, tx, p->schema, e);
	return k->drop_schema == NULL ? unsupported(e, "dropping schemas")
	    : k->drop_schema(p->conn, tx, p->schema, p->cascade, e);
}

static int
define_table(struct query_plan *q, struct err *e)
{
	const struct plan *p = q->plan;
	const struct conn_kind *k = p->conn->kind;
	struct conn_tx *tx;
	int rc = query_transaction(q, p->conn, &tx, e);

	if (rc != 0)
		return rc;
	switch (p->statement) {
	case STATEMENT_CREATE_TABLE:
		return k->create_table == NULL
		    ? unsupported(e, "creating tables")
		    : k->create_table(p->conn, tx, &p->definition, e);
	case STATEMENT_DROP_TABLE:
		return k->drop_table == NULL
		    ? unsupported(e, "dropping tables")
		    : k->drop_table(p->conn, tx, p->table, e);
	default:
		return k->rename_table == NULL
		    ? unsupported(e, "renaming tables")
		    : k->rename_table(p->conn, tx, p->table, p->new_schema,
			p->new_name, e);
	}
}

/* NAME or CATALOG.NAME. */
static char *
property_name(struct query_plan *q)
{
	const struct plan *p = q->plan;

	return p->catalog == NULL ? arena_strdup(&q->arena, p->name)
	    : arena_printf(&q->arena, "%s.%s", p->catalog, p->name);
}

static char *
text_of(struct query_plan *q, struct str s)
{
	return arena_strndup(&q->arena, s.p, s.n);
}

static void
change_session(struct query_plan *q)
{
	struct session_changes *c = &q->changes;
	const struct plan *p = q->plan;

	switch (p->statement) {
	case STATEMENT_USE:
		c->catalog = p->catalog;
		c->schema = p->schema;
		break;
	case STATEMENT_SET_SESSION:
		c->set[c->n_set++] = (struct client_pair){ property_name(q),
			text_of(q, p->value) };
		break;
	case STATEMENT_RESET_SESSION:
		c->clear[c->n_clear++] = property_name(q);
		break;
	case STATEMENT_SET_TIME_ZONE:
		if (p->value.n == 0)
			c->clear[c->n_clear++] = "time_zone_id";
		else
			c->set[c->n_set++] = (struct client_pair){
				arena_strdup(&q->arena, "time_zone_id"),
				text_of(q, p->value) };
		break;
	case STATEMENT_SET_PATH:
		c->path = text_of(q, p->value);
		break;
	case STATEMENT_SET_AUTHORIZATION:
		c->authorization = p->name;
		break;
	case STATEMENT_RESET_AUTHORIZATION:
		c->reset_authorization = true;
		break;
	case STATEMENT_SET_ROLE:
		c->roles[c->n_roles++] = (struct client_pair){
			(char *)(uintptr_t)(p->catalog == NULL ? "system"
			: p->catalog), text_of(q, p->value) };
		break;
	case STATEMENT_PREPARE:
		c->added[c->n_added++] = (struct client_pair){
			arena_strdup(&q->arena, p->name),
			text_of(q, p->value) };
		break;
	case STATEMENT_DEALLOCATE:
		c->deallocated[c->n_deallocated++] = p->name;
		break;
	default:
		break;
	}
}

/* Transactions of several statements: each statement commits by itself, as
 * with Trino's connectors that know only autocommit; the id is the client's
 * to carry. */
static int
transaction(struct query_plan *q, struct err *e)
{
	if (q->plan->statement == STATEMENT_START_TRANSACTION) {
		uint64_t a = env_random(q->server->env);
		uint64_t b = env_random(q->server->env);

		q->changes.transaction = arena_printf(&q->arena,
		    "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
		    (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
		    (unsigned)(b >> 52) & 0xfff, (unsigned long long)b &
		    0xffffffffffffULL);
		return 0;
	}
	if (q->session->transaction == NULL)
		return err_set(e, ERR_NOT_IN_TRANSACTION,
		    "No transaction in progress");
	q->changes.clear_transaction = true;
	return 0;
}

static int
kill_query(struct query_plan *q, struct err *e)
{
	actor_id victim = registry_query_actor(q->server->registry,
	    q->plan->name);
	char text[256];

	if (victim == 0)
		return err_set(e, ERR_NOT_FOUND,
		    "Target query not found: %s", q->plan->name);
	snprintf(text, sizeof(text), "Query killed. Message: %.*s",
	    STR_ARG(q->plan->value));
	query_cancel(q->server, victim, ERR_ADMINISTRATIVELY_KILLED, text);
	return 0;
}

int
query_define(struct query_plan *q, struct err *e)
{
	switch (q->plan->statement) {
	case STATEMENT_CREATE_SCHEMA:
	case STATEMENT_DROP_SCHEMA:
		return define_schema(q, e);
	case STATEMENT_CREATE_TABLE:
	case STATEMENT_DROP_TABLE:
	case STATEMENT_RENAME_TABLE:
		return define_table(q, e);
	case STATEMENT_START_TRANSACTION:
	case STATEMENT_COMMIT:
	case STATEMENT_ROLLBACK:
		return transaction(q, e);
	case STATEMENT_DROP_CATALOG:
		return catalog_set_drop(q->server->catalogs, q->plan->name, e);
	case STATEMENT_CREATE_CATALOG:
		return err_set(e, ERR_NOT_SUPPORTED,
		    "CREATE CATALOG is not supported: put a file into the "
		    "catalog directory");
	case STATEMENT_KILL_QUERY:
		return kill_query(q, e);
	default:
		change_session(q);
		return 0;
	}
}
