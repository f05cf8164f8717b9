/* SPDX-License-Identifier: Apache-2.0
 * file.c - the file connector's record. */
#include "conn/file/file.h"

#include "conn/kinds.h"

enum { CACHED_FILES = 1024 };

static int
file_open(struct conn *c, struct err *e)
{
	((struct file_conn *)c)->cache = file_cache_new(CACHED_FILES);
	return 0;
}

static void
file_close(struct conn *c)
{
	struct file_conn *f = (struct file_conn *)c;

	if (f->cache != NULL)
		file_cache_free(&f->cache);
}

static int
file_schemas(struct conn *c, struct conn_tx *tx,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	each(arg, "path");
	return 0;
}

/* Paths are not listed. */
static int
file_tables(struct conn *c, struct conn_tx *tx, const char *schema,
    int (*each)(void *arg, const char *schema, const char *name), void *arg,
    struct err *e)
{
	return 0;
}

const struct conn_kind conn_file = {
	.name = "file",
	.size = sizeof(struct file_conn),
	.open = file_open,
	.close = file_close,
	.schemas = file_schemas,
	.tables = file_tables,
	.table = file_table_open,
	.stats = file_stats,
	.splits = file_splits,
	.source = file_source,
};
