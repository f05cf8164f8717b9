/* SPDX-License-Identifier: Apache-2.0
 * query_plan.c - the planning job: from text to fragments and first splits,
 * on a planning thread with a large stack. */
#include <stdio.h>
#include <stdlib.h>

#include "actors/query_parse.h"
#include "actors/query_priv.h"
#include "base/check.h"
#include "type/time.h"

static struct str
find_prepared(void *arg, struct str name)
{
	const struct query_plan *q = arg;

	for (int i = 0; i < q->session->prepared.n; i++) {
		const struct client_pair *p = &q->session->prepared.v[i];

		if (str_eq(str_of(p->name), name))
			return str_of(p->value);
	}
	return (struct str){ 0 };
}

int
query_transaction(void *arg, struct conn *c, struct conn_tx **out,
    struct err *e)
{
	struct query_plan *q = arg;
	struct query_tx tx = { c, NULL };
	int rc;

	*out = NULL;
	if (c->kind->begin == NULL)
		return 0;
	for (int i = 0; i < q->n_tx; i++)
		if (q->tx[i].conn == c) {
			*out = q->tx[i].tx;
			return 0;
		}
	if ((rc = c->kind->begin(c, false, &tx.tx, e)) != 0)
		return rc;
	if (q->n_tx == q->cap_tx)
		q->tx = arena_grow(&q->arena, q->tx, &q->cap_tx,
		    sizeof(*q->tx));
	q->tx[q->n_tx++] = tx;
	*out = tx.tx;
	return 0;
}

int
query_commit(struct query_plan *q, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < q->n_tx && rc == 0; i++) {
		struct query_tx *t = &q->tx[i];

		if (t->tx != NULL)
			rc = t->conn->kind->commit(t->conn, t->tx, e);
		t->tx = NULL;
	}
	return rc;
}

void
query_rollback(struct query_plan *q)
{
	if (q->write_conn != NULL &&
	    q->write_conn->kind->abort_write != NULL) {
		struct conn_tx *tx = NULL;
		struct err e;

		query_transaction(q, q->write_conn, &tx, &e);
		q->write_conn->kind->abort_write(q->write_conn, tx,
		    sbuf_str(&q->write), NULL, 0);
	}
	q->write_conn = NULL;
	for (int i = 0; i < q->n_tx; i++) {
		struct query_tx *t = &q->tx[i];

		if (t->tx != NULL && t->conn->kind->rollback != NULL)
			t->conn->kind->rollback(t->conn, t->tx);
		t->tx = NULL;
	}
}

/* --- the session -------------------------------------------------------------- */

static int
set_properties(struct query_plan *q, struct err *e)
{
	const struct client_pairs *p = &q->session->properties;

	conf_init(&q->properties, session_items, session_items_n);
	for (int i = 0; i < p->n; i++) {
		struct str name = str_of(p->v[i].name);
		struct str value = str_of(p->v[i].value);
		const struct conf_item *item = session_item_find(name);
		struct conf_value *slot;
		int rc;

		if (str_find(name, '.', 0) >= 0)
			continue;       /* a catalog's own */
		if (item == NULL)
			return err_set(e, ERR_INVALID_SESSION_PROPERTY,
			    "Session property '%s' does not exist", name.p);
		if ((rc = session_property_check(item, value, e)) != 0)
			return rc;
		slot = &q->properties.v[item - session_items];
		if (conf_parse(item, value, &q->properties.arena, slot, e)
		    != 0)
			return err_set(e, ERR_INVALID_SESSION_PROPERTY,
			    "%s is invalid: %s", name.p, value.p);
		slot->file = "session";
	}
	return 0;
}

static int
set_context(struct query_plan *q, struct err *e)
{
	const struct client_session *s = q->session;
	const char *zone = s->time_zone == NULL || *s->time_zone == '\0'
	    ? "UTC" : s->time_zone;
	const struct conf_item *item =
	    session_item_find(STR("time_zone_id"));
	int id;

	if (item != NULL) {
		const char *set = q->properties.v[item - session_items].s;

		if (set != NULL && *set != '\0')
			zone = set;
	}
	id = zone_find(str_of(zone));
	if (id < 0)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "Time zone not supported: %s", zone);
	q->context = (struct session_context){
		.zone = id,
		.start_micros = env_wall_ns(q->server->env) / 1000,
		.user = str_of(s->user), .catalog = str_of(s->catalog),
		.schema = str_of(s->schema), .query_id = str_of(q->query_id),
		.version = str_of(quern_version), .locale = s->language,
		.cancel = q->cancel,
	};
	return 0;
}

/* --- scans --------------------------------------------------------------------- */

/* A filter by position in the scan's columns, by table column. */
static void
table_filter(struct arena *a, const struct frag_node *n,
    struct domain_set *out)
{
	*out = n->domains;
	out->column = arena_array(a, int, n->domains.n + 1);
	for (int i = 0; i < n->domains.n; i++)
		out->column[i] = n->columns[n->domains.column[i]];
}

static struct conn *
find_conn(struct query_plan *q, const char *catalog)
{
	for (int i = 0; i < q->n_catalogs; i++)
		if (strcmp(q->catalogs[i]->name, catalog) == 0)
			return q->catalogs[i]->conn;
	return NULL;
}

static int
open_scan(struct query_plan *q, struct fragment *f, struct frag_node *n,
    struct err *e)
{
	struct query_scan *s = &q->scans[q->n_scans];
	struct conn *c = find_conn(q, n->catalog);
	struct conn_tx *tx;
	struct conn_scan scan = { .table = n->table, .n = n->n_columns,
		.columns = n->columns, .limit = n->scan_limit };
	int rc;

	if (c == NULL)
		return err_set(e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", n->catalog);
	table_filter(&q->arena, n, &scan.filter);
	*s = (struct query_scan){ .node = n, .fragment = f };
	q->n_scans++;
	if ((rc = query_transaction(q, c, &tx, e)) != 0 ||
	    (rc = c->kind->splits(c, tx, &scan, &s->source, e)) != 0)
		return rc;
	return query_scan_fetch(s, e);
}

int
query_scan_fetch(struct query_scan *s, struct err *e)
{
	int rc = 0;

	arena_release(&s->arena);
	s->n_batch = 0;
	s->batch = arena_array(&s->arena, struct split, SPLIT_BATCH);
	if (s->source != NULL)
		rc = s->source->ops->next(s->source, &s->arena, SPLIT_BATCH,
		    s->batch, &s->n_batch, e);
	if (rc == 0 && s->n_batch == 0)
		s->done = true;
	return rc;
}

static int
count_scans(const struct frag_node *n)
{
	int count = n->kind == FRAG_SCAN;

	for (int i = 0; i < n->n_child; i++)
		count += count_scans(n->child[i]);
	return count;
}

static int
open_scans(struct query_plan *q, struct fragment *f, struct frag_node *n,
    struct err *e)
{
	int rc = n->kind == FRAG_SCAN ? open_scan(q, f, n, e) : 0;

	for (int i = 0; i < n->n_child && rc == 0; i++)
		rc = open_scans(q, f, n->child[i], e);
	return rc;
}

static int
all_scans(struct query_plan *q, struct err *e)
{
	int count = 0, rc = 0;

	for (int i = 0; i < q->frag->n; i++)
		count += count_scans(q->frag->by_id[i]->root);
	q->scans = arena_array(&q->arena, struct query_scan, count + 1);
	for (int i = 0; i < q->frag->n && rc == 0; i++)
		rc = open_scans(q, q->frag->by_id[i],
		    q->frag->by_id[i]->root, e);
	return rc;
}

/* --- writes -------------------------------------------------------------------- */

static const struct plan_target *
find_target(const struct plan_node *n)
{
	const struct plan_target *t = NULL;

	if (n->kind == PLAN_WRITE)
		return n->write.target;
	for (int i = 0; i < n->n_child && t == NULL; i++)
		t = find_target(n->child[i]);
	return t;
}

static int
begin_write(struct query_plan *q, const struct plan_target *t, struct err *e)
{
	struct conn_tx *tx;
	int rc = query_transaction(q, t->conn, &tx, e);

	if (rc != 0)
		return rc;
	if (t->create && t->conn->kind->begin_create == NULL)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "This connector does not support creating tables with data");
	if (!t->create && t->conn->kind->begin_insert == NULL)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "This connector does not support inserts");
	rc = t->create
	    ? t->conn->kind->begin_create(t->conn, tx, &t->definition,
		&q->write, e)
	    : t->conn->kind->begin_insert(t->conn, tx, t->table, &q->write,
		e);
	if (rc != 0)
		return rc;
	q->write_conn = t->conn;
	opt_set_write(q->frag, sbuf_str(&q->write));
	return 0;
}

/* --- the whole ------------------------------------------------------------------ */

/* Holds all catalogs, so that none goes while the query runs. */
static void
hold_catalogs(struct query_plan *q)
{
	struct catalog **v;
	int n = catalog_list(q->server->catalogs, &q->arena, &v);

	for (int i = 0; i < n; i++) {
		if (q->n_catalogs < MAX_CATALOGS)
			q->catalogs[q->n_catalogs++] = v[i];
		else
			catalog_drop(&v[i]);
	}
}

static int
optimise(struct query_plan *q, const struct plan_session *s, struct err *e)
{
	struct opt_options options = { q->single_node, MAX(q->nodes, 1) };
	struct plan *p = q->plan;
	const struct plan_target *target;
	int rc;

	if (p->statement == STATEMENT_EXPLAIN && !p->analyze) {
		rc = opt_explain_statement(p, s, &options, &q->frag, e);
	} else {
		if (p->statement == STATEMENT_EXPLAIN)
			p = p->explained;
		rc = opt_plan(p, s, &options, &q->frag, e);
		if (rc == 0 && (target = find_target(p->root)) != NULL)
			rc = begin_write(q, target, e);
	}
	return rc != 0 ? rc : all_scans(q, e);
}

static int
plan_it(struct query_plan *q, struct err *e)
{
	struct plan_session s = {
		.catalogs = q->server->catalogs,
		.transaction = query_transaction, .transaction_arg = q,
		.catalog = q->session->catalog, .schema = q->session->schema,
		.path = q->session->path, .user = q->session->user,
		.context = &q->context, .properties = &q->properties,
		.prepared = find_prepared, .prepared_arg = q,
		.in_transaction = q->session->transaction != NULL,
	};
	int64_t start = env_mono_ns(q->server->env);
	int rc;

	if ((rc = set_properties(q, e)) != 0 ||
	    (rc = set_context(q, e)) != 0)
		return rc;
	hold_catalogs(q);
	rc = query_parse(&q->arena, &q->pool, &s, q->sql, &q->plan, e);
	q->analysis_ns = env_mono_ns(q->server->env) - start;
	if (rc != 0)
		return rc;
	q->update_type = q->plan->update_type;
	if (q->plan->root == NULL && q->plan->statement != STATEMENT_EXPLAIN)
		rc = query_define(q, e);
	else
		rc = optimise(q, &s, e);
	q->planning_ns = env_mono_ns(q->server->env) - start;
	return rc;
}

void
query_plan_run(struct query_plan *q)
{
	q->rc = plan_it(q, &q->error);
}

void
query_plan_release(struct query_plan *q)
{
	for (int i = 0; i < q->n_scans; i++) {
		if (q->scans[i].source != NULL)
			q->scans[i].source->ops->close(q->scans[i].source);
		arena_release(&q->scans[i].arena);
	}
	for (int i = 0; i < q->n_catalogs; i++)
		catalog_drop(&q->catalogs[i]);
	if (q->properties.v != NULL)
		conf_release(&q->properties);
	sbuf_release(&q->write);
	expr_pool_release(&q->pool);
	arena_release(&q->arena);
}
