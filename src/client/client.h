/* SPDX-License-Identifier: Apache-2.0
 * client.h - what a client can do, as one table of functions: submit a
 * statement, take its answer batch by batch, cancel.
 *
 * Two forms: over HTTP to a coordinator (client/http_client.h), and inside
 * the process (actors/local_client.h).  Both speak of values as the client
 * protocol does: one JSON text a cell.
 *
 * Calls block the caller's thread; one thread a query, but cancel may come
 * from any. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct client;
struct client_query;

/* What a client keeps between statements.  Strings are the session's own
 * (client_session_*); changes that a statement made are applied by
 * client_session_apply(). */
struct client_pair {
	char *name, *value;
};
struct client_pairs {
	struct client_pair *v;
	int n, cap;
};
struct client_session {
	char *user;
	char *original_user;            /* before SET SESSION AUTHORIZATION;
					 * NULL: the same */
	char *source, *catalog, *schema, *path, *time_zone;
	char *transaction;              /* NULL: none */
	char *client_info, *client_tags, *trace_token, *language;
	struct client_pairs properties; /* SET SESSION */
	struct client_pairs prepared;   /* name, SQL */
	struct client_pairs roles;      /* catalog, role */
};
void client_session_init(struct client_session *s);
void client_session_release(struct client_session *s);
void client_session_set(char **field, const char *value);       /* copies */
void client_pairs_put(struct client_pairs *p, const char *name,
    const char *value);                 /* value NULL: removes */

struct client_column {
	const char *name, *type;        /* as the protocol's */
	const char *raw_type;           /* "varchar", "decimal", "row", ... */
};

struct client_stage {
	const char *id, *state;
	int depth;                      /* root 0; in order of the tree */
	int nodes, splits, queued, running, completed;
	int64_t cpu_ms, wall_ms, rows, bytes;
};

struct client_stats {
	const char *state;              /* "RUNNING" */
	bool queued, scheduled;
	double progress;                /* percent; negative: unknown */
	int nodes, splits, queued_splits, running_splits, completed_splits;
	int64_t cpu_ms, wall_ms, queued_ms, elapsed_ms;
	int64_t rows, bytes, physical_bytes, written_bytes, peak_bytes,
	    spilled_bytes;
	int n_stages;
	const struct client_stage *stages;
};

/* One answer.  Lives until the next call for the query. */
struct client_batch {
	const char *query_id, *info_uri;
	int n_columns;                  /* -1: not known yet */
	const struct client_column *columns;
	int64_t n_rows;
	const struct str *cells;        /* JSON texts, row-major */
	const char *update_type;        /* NULL: a query */
	int64_t update_count;           /* -1: none */
	bool failed;
	struct err error;
	int n_warnings;
	const char *const *warnings;
	struct client_stats stats;
	bool done;                      /* nothing follows */
	/* Changes to the session; NULL: none. */
	const char *set_catalog, *set_schema, *set_path;
	const char *set_user;                   /* SET SESSION AUTHORIZATION */
	bool reset_user;
	const char *started_transaction;
	bool clear_transaction;
	int n_set, n_clear, n_added, n_deallocated, n_roles;
	const struct client_pair *set;          /* session properties */
	const char *const *clear;
	const struct client_pair *added;        /* prepared statements */
	const char *const *deallocated;
	const struct client_pair *roles;        /* catalog, role */
};
/* Once for each batch; a batch that failed changes what it says too (the end
 * of a transaction). */
void client_session_apply(struct client_session *s,
    const struct client_batch *b);

struct client_ops {
	/* The session is read before it returns.  Failing means that the
	 * server could not be asked; errors of the statement come in a
	 * batch. */
	int (*submit)(struct client *c, const struct client_session *s,
	    struct str sql, struct client_query **out, struct err *e);
	/* Waits for rows, a change of state or about a second. */
	int (*next)(struct client_query *q, const struct client_batch **out,
	    struct err *e);
	/* Any thread, idempotent; next() then answers the error. */
	void (*cancel)(struct client_query *q);
	/* Cancels what still runs. */
	void (*close)(struct client_query *q);
	void (*free)(struct client *c);
};

/* First members of every implementation. */
struct client {
	const struct client_ops *ops;
};
struct client_query {
	struct client *client;
};

#endif
