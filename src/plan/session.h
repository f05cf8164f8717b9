/* SPDX-License-Identifier: Apache-2.0
 * session.h - what binding a statement needs of the world: catalogs, the
 * session's place and settings, who asks and what they may.
 *
 * information_schema of any catalog X is served by the connector of catalog
 * "system": table T of X.information_schema is its schema
 * "information_schema", table name "X.T" (catalog, dot, name: the first dot
 * ends the catalog when X itself has none; X is as written in the catalog
 * set).  FROM 'path' is asked of catalog "file": schema "path", table name
 * the text. SHOW statements become queries over these tables:
 *      SHOW CATALOGS   system.metadata.catalogs (catalog_name)
 *      SHOW SCHEMAS    X.information_schema.schemata (schema_name)
 *      SHOW TABLES     X.information_schema.tables (table_schema, table_name)
 * the others are answered by the binder itself (VALUES). */
#ifndef PLAN_SESSION_H
#define PLAN_SESSION_H

#include "base/conf.h"
#include "conn/catalog.h"
#include "func/func.h"

/* What somebody may do.  Names are lower case; column NULL when the action
 * is about a whole table. */
enum access_action {
	ACCESS_CATALOG, ACCESS_SCHEMA, /* see it, use it */
	ACCESS_CREATE_SCHEMA, ACCESS_DROP_SCHEMA,
	ACCESS_SELECT,          /* once a column, or with column NULL */
	ACCESS_INSERT, ACCESS_DELETE, ACCESS_UPDATE,
	ACCESS_CREATE_TABLE, ACCESS_DROP_TABLE, ACCESS_RENAME_TABLE,
	ACCESS_SHOW_COLUMNS, ACCESS_SHOW_CREATE,
	ACCESS_SET_SESSION,     /* schema: catalog's property; name */
	ACCESS_EXECUTE_FUNCTION,
	ACCESS_KILL_QUERY,
};

struct access_object {
	const char *catalog, *schema, *name, *column;
};

/* All members may be NULL: everything is allowed, nothing is hidden. */
struct access_control {
	void *arg;
	/* PERMISSION_DENIED "Access Denied: ..." or 0. */
	int (*check)(void *arg, const char *user, enum access_action action,
	    const struct access_object *o, struct err *e);
	/* Conditions and masks are SQL expressions over the table's columns,
	 * in the arena; NULL: none. */
	int (*row_filter)(void *arg, struct arena *a, const char *user,
	    const struct access_object *table, const char **sql,
	    struct err *e);
	int (*column_mask)(void *arg, struct arena *a, const char *user,
	    const struct access_object *column, const char **sql,
	    struct err *e);
};

/* Session properties: the table, with Trino's names and defaults.  Types as
 * SHOW SESSION says them come from session_property_type(). */
extern const struct conf_item session_items[];
extern const int session_items_n;
const char *session_property_type(const struct conf_item *item);
/* The item of that name; NULL: none. */
const struct conf_item *session_item_find(struct str name);
/* As SET SESSION reads it: checks beyond the type (powers of two, ranges)
 * with Trino's texts: INVALID_SESSION_PROPERTY. */
int session_property_check(const struct conf_item *item, struct str value,
    struct err *e);

struct plan_session {
	const struct catalog_set *catalogs;
	/* The transaction of a catalog, begun when first asked for; NULL:
	 * none (then connectors get a NULL transaction). */
	int (*transaction)(void *arg, struct conn *c, struct conn_tx **out,
	    struct err *e);
	void *transaction_arg;
	const char *catalog, *schema;   /* NULL: not set */
	const char *path;       /* SET PATH's text; NULL: not set */
	const char *user;
	struct session_context *context; /* zone, start time; read */
	const struct conf *properties;  /* over session_items; NULL: the
					 * defaults */
	const struct access_control *access;    /* NULL: all is allowed */
	/* The text of a prepared statement; p NULL: there is none. */
	struct str (*prepared)(void *arg, struct str name);
	void *prepared_arg;
	bool in_transaction;    /* an explicit one */
	bool transaction_aborted;
	/* DEFAULT of catalogs' session properties etc. are not known here:
	 * SHOW SESSION lists the engine's. */
};

#endif
