/* SPDX-License-Identifier: Apache-2.0
 * catalog.h - the set of catalogs of a node: NAME -> open connector.  May be
 * changed while queries run: a query holds references to those it uses. */
#ifndef CONN_CATALOG_H
#define CONN_CATALOG_H

#include <pthread.h>

#include "base/map.h"
#include "conn/conn.h"

struct catalog {                /* counted, any thread */
	atomic_int refs;
	char *name;
	struct conn *conn;
	char *properties;       /* its file's text, for other nodes */
};

struct catalog_set;             /* any thread */

struct catalog_set *catalog_set_new(void);
void catalog_set_free(struct catalog_set **s);
/* CATALOG "x" exists already: ALREADY_EXISTS. */
int catalog_set_add(struct catalog_set *s, const char *name,
    struct conn *conn, const char *properties, struct err *e);
int catalog_set_drop(struct catalog_set *s, const char *name,
    struct err *e);
/* A reference for the caller; NULL: no such catalog. */
struct catalog *catalog_get(const struct catalog_set *s, const char *name);
void catalog_drop(struct catalog **c);
/* Names in sorted order, references for the caller in out[]. */
int catalog_list(const struct catalog_set *s, struct arena *a,
    struct catalog ***out);
/* Adds tpch, tpcds (when there is one), memory, blackhole, system, file;
 * then every *.properties of dir (NULL: none). */
int catalog_load(struct catalog_set *s, const char *dir,
    const struct conn_world *world, struct err *e);

#endif
