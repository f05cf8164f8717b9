/* SPDX-License-Identifier: Apache-2.0
 * memory.c - the connector that keeps tables in memory. */
#include "conn/memory/memory.h"

#include <stdlib.h>

#include "base/check.h"
#include "conn/kinds.h"

static const struct conf_item items[] = {
	{ .name = "memory.max-data-per-node", .type = CONF_SIZE,
	  .fallback = "", .min = 1, .max = INT64_C(1) << 60,
	  .help = "How much data a node may store; by default half of the "
	    "node's memory for data." },
	{ .name = "memory.splits-per-node", .type = CONF_INT,
	  .fallback = "0", .min = 0, .max = INT32_MAX,
	  .help = "Accepted for compatibility: splits are made by size." },
	{ .name = "memory.enable-lazy-dynamic-filtering", .type = CONF_BOOL,
	  .fallback = "true", .help = "Accepted for compatibility." },
};

static int
memory_open(struct conn *conn, struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	const struct conn_world *w = conn->world;
	struct mem_node *node = w == NULL ? NULL : w->memory;

	c->limit = (uint64_t)conf_int(&conn->conf,
	    "memory.max-data-per-node");
	if (node != NULL) {
		struct mem_limits none = { 0 };
		struct sbuf b = { 0 };

		if (c->limit == 0)
			c->limit = mem_node_limit(node) / 2;
		sbuf_addf(&b, "catalog %s", conn->catalog);
		c->pool = mem_pool_new(node, sbuf_z(&b), &none);
		sbuf_release(&b);
	}
	c->account = mem_account_new(c->pool, "MemoryConnector");
	pthread_mutex_init(&c->lock, NULL);
	arena_init(&c->types);
	map_init(&c->schemas);
	map_put(&c->schemas, STR("default"), c);
	/* Workers outlive coordinators: later ids are bigger. */
	if (w != NULL && w->env != NULL)
		c->next_id = (uint64_t)env_wall_ns(w->env) /
		    UINT64_C(1000000000) << 28;
	return 0;
}

static void
memory_close(struct conn *conn)
{
	struct mem_conn *c = (struct mem_conn *)conn;

	while (c->tables.n > 0)
		mem_remove(c, c->tables.v[0]);
	for (int i = 0; i < c->views.n; i++)
		mem_view_free(&c->views.v[i]);
	for (int i = 0; i < c->writes.n; i++) {
		mem_table_free(&c->writes.v[i]->table);
		free(c->writes.v[i]);
	}
	for (int i = 0; i < c->parts.n; i++)
		part_drop(&c->parts.v[i]);
	for (int i = 0; i < c->dicts.n; i++)
		dict_drop(&c->dicts.v[i].dict);
	free(c->tables.v);
	free(c->views.v);
	free(c->writes.v);
	free(c->parts.v);
	free(c->dicts.v);
	free(c->type_list.v);
	free(c->nodes.v);
	map_release(&c->schemas);
	arena_release(&c->types);
	pthread_mutex_destroy(&c->lock);
	mem_account_drop(&c->account);
	mem_pool_drop(&c->pool);
}

const struct conn_kind conn_memory = {
	.name = "memory",
	.size = sizeof(struct mem_conn),
	.items = items,
	.n_items = ARRAY_LEN(items),
	.open = memory_open,
	.close = memory_close,
	.schemas = mem_schemas,
	.tables = mem_tables,
	.table = mem_describe,
	.stats = mem_stats,
	.splits = mem_splits,
	.source = mem_source,
	.create_schema = mem_create_schema,
	.drop_schema = mem_drop_schema,
	.create_table = mem_create_table,
	.drop_table = mem_drop_table,
	.rename_table = mem_rename_table,
	.begin_create = mem_begin_create,
	.begin_insert = mem_begin_insert,
	.sink = mem_sink,
	.finish_write = mem_finish_write,
	.abort_write = mem_abort_write,
	.begin_change = mem_begin_change,
	.truncate = mem_truncate,
	.rename_schema = mem_rename_schema,
	.comment_table = mem_comment_table,
	.comment_column = mem_comment_column,
	.add_column = mem_add_column,
	.rename_column = mem_rename_column,
	.drop_column = mem_drop_column,
	.drop_not_null = mem_drop_not_null,
	.view = mem_view,
	.create_view = mem_create_view,
	.drop_view = mem_drop_view,
	.rename_view = mem_rename_view,
};
