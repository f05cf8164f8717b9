/* SPDX-License-Identifier: Apache-2.0
 * planner.c - SQL to plans in tests. */
#include <stdlib.h>

#include "planner.h"

/* sql's and frag's names of joins clash: the parser's call alone. */
struct node;
int sql_parse(struct arena *a, struct str text, struct node **statement,
    struct err *e);

static void
add_catalog(struct planner *p, const char *name, const char *kind,
    const char *properties)
{
	struct conn *c = NULL;

	if (conn_open(conn_kind_find(kind), name, str_of(properties), name,
	    &p->world, &c, &p->err) == 0)
		catalog_set_add(p->catalogs, name, c, properties, &p->err);
}

void
planner_init(struct planner *p)
{
	memset(p, 0, sizeof(*p));
	p->catalogs = catalog_set_new();
	p->world.node_id = "test";
	p->world.version = "test";
	p->world.catalogs = p->catalogs;
	add_catalog(p, "tpch", "tpch", "");
	add_catalog(p, "tpch_standard", "tpch",
	    "tpch.column-naming=STANDARD");
	add_catalog(p, "memory", "memory", "");
	add_catalog(p, "blackhole", "blackhole", "");
	p->context = (struct session_context){ .user = STR("test"),
		.version = STR("test"),
		.start_micros = INT64_C(1700000000000000) };
	conf_init(&p->properties, session_items, session_items_n);
	p->session = (struct plan_session){ .catalogs = p->catalogs,
		.catalog = "tpch", .schema = "tiny", .user = "test",
		.context = &p->context, .properties = &p->properties };
	p->options = (struct opt_options){ .single_node = true, .nodes = 1 };
	arena_init(&p->arena);
	expr_pool_init(&p->pool, &p->arena);
}

static void
reset(struct planner *p)
{
	expr_pool_release(&p->pool);
	arena_release(&p->arena);
	p->plan = NULL;
	p->fragments = NULL;
}

void
planner_release(struct planner *p)
{
	reset(p);
	conf_release(&p->properties);
	catalog_set_free(&p->catalogs);
}

int
planner_run(struct planner *p, const char *sql)
{
	struct node *statement;
	int rc;

	reset(p);
	arena_init(&p->arena);
	expr_pool_init(&p->pool, &p->arena);
	memset(&p->err, 0, sizeof(p->err));
	if ((rc = sql_parse(&p->arena, str_of(sql), &statement,
	    &p->err)) != 0 ||
	    (rc = plan_statement(&p->arena, &p->pool, &p->session, statement,
	    &p->plan, &p->err)) != 0)
		return rc;
	if (p->plan->statement == STATEMENT_EXPLAIN)
		rc = opt_explain_statement(p->plan, &p->session, &p->options,
		    &p->fragments, &p->err);
	else if (p->plan->root != NULL)
		rc = opt_plan(p->plan, &p->session, &p->options,
		    &p->fragments, &p->err);
	for (int i = 0; rc == 0 && p->fragments != NULL &&
	    i < p->fragments->n; i++)
		rc = frag_check(p->fragments->by_id[i], &p->err);
	return rc;
}

static char *
error_text(struct planner *p)
{
	struct sbuf text = { 0 };
	char buf[ERR_TEXT_MAX + 64];

	sbuf_addf(&text, "%s: %s", err_name(p->err.code),
	    err_message(&p->err, buf, sizeof(buf)));
	return sbuf_take(&text);
}

char *
planner_columns(struct planner *p, const char *sql)
{
	struct sbuf text = { 0 };

	if (planner_run(p, sql) != 0)
		return error_text(p);
	for (int i = 0; p->fragments != NULL && i < p->fragments->n_columns;
	    i++) {
		sbuf_addf(&text, "%s%s ", i > 0 ? ", " : "",
		    p->fragments->names[i]);
		type_print(&text, p->fragments->root->root->types[i]);
	}
	sbuf_z(&text);
	return sbuf_take(&text);
}

char *
planner_explain(struct planner *p, const char *sql)
{
	struct sbuf text = { 0 };

	if (planner_run(p, sql) != 0)
		return error_text(p);
	if (p->fragments != NULL)
		opt_explain(&text, p->fragments, "test");
	sbuf_z(&text);
	return sbuf_take(&text);
}
