/* SPDX-License-Identifier: Apache-2.0
 * conn.c - the kinds of connectors; opening and closing one. */
#include "conn/conn.h"

#include <stdlib.h>

#include "conn/kinds.h"

const struct conn_kind *const conn_kinds[] = {
	&conn_tpch,
	&conn_memory,
	&conn_blackhole,
	&conn_system,
	&conn_file,
	NULL,
};

const struct conn_kind *
conn_kind_find(const char *name)
{
	for (int i = 0; conn_kinds[i] != NULL; i++)
		if (strcmp(conn_kinds[i]->name, name) == 0)
			return conn_kinds[i];
	return NULL;
}

struct conn_load {
	struct conn *c;
	const char *file;
};

static int
load_setting(void *arg, struct str name, struct str value, int line,
    struct err *e)
{
	struct conn_load *l = arg;

	if (str_eq(name, STR("connector.name")))
		return 0;
	return conf_set(&l->c->conf, name, value, l->file, line, e);
}

int
conn_open(const struct conn_kind *kind, const char *catalog,
    struct str properties, const char *file, const struct conn_world *world,
    struct conn **out, struct err *e)
{
	struct conn *c = xcalloc(1, kind->size);
	struct conn_load l = { c, file };
	int rc;

	c->kind = kind;
	c->world = world;
	conf_init(&c->conf, kind->items, kind->n_items);
	c->catalog = arena_strdup(&c->conf.arena, catalog);
	rc = conf_each(properties, file, load_setting, &l, e);
	if (rc == 0 && kind->open != NULL)
		rc = kind->open(c, e);
	if (rc != 0) {
		conf_release(&c->conf);
		free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void
conn_close(struct conn **cp)
{
	struct conn *c = *cp;

	*cp = NULL;
	if (c == NULL)
		return;
	if (c->kind->close != NULL)
		c->kind->close(c);
	conf_release(&c->conf);
	free(c);
}
