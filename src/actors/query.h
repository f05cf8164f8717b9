/* SPDX-License-Identifier: Apache-2.0
 * query.h - statements as actors: submit one, fetch its answer in batches,
 * cancel it.  What every client stands on: HTTP, nng text, embedded.
 *
 *   QUEUED --first fetch, admitted--> PLANNING --> STARTING --> RUNNING
 *          --answer complete--> FINISHING --> FINISHED
 *   any of them --error, cancel, lost node--> FAILED
 *
 * The actor goes after it has answered the fetch that says done, or when
 * nobody has fetched for query.client.timeout. */
#ifndef ACTORS_QUERY_H
#define ACTORS_QUERY_H

#include "actors/server.h"
#include "client/client.h"
#include "page/page.h"

/* Registers the statement; nothing is parsed yet.  Copies all.  id: room for
 * 64 bytes.  Any thread. */
int query_submit(struct server *n, const struct client_session *session,
    struct str sql, char *id, actor_id *actor, struct err *e);

/* What a statement changed in the session, as NAME=VALUE where it is both. */
struct session_changes {
	const char *catalog, *schema, *path, *authorization, *transaction;
	bool reset_authorization, clear_transaction;
	int n_set, n_clear, n_added, n_deallocated, n_roles;
	struct client_pair set[4], added[1], roles[1];
	const char *clear[4], *deallocated[1];
};

struct stage_summary {
	int id, parent;         /* parent -1: the root */
	const char *state;
	bool done, coordinator_only;
	int nodes, tasks, tasks_done;
	int64_t cpu_ns, wall_ns, rows, bytes, physical_bytes;
};

/* One answer, valid during render() only. */
struct query_batch {
	const char *id;
	enum query_state state;
	const struct err *error;        /* NULL: none */
	int n_columns;                  /* -1: not known yet */
	const char *const *names;
	const struct type *const *types;
	int n_pages;
	struct page *const *pages;
	const char *update_type;
	int64_t update_count;           /* -1: none */
	const struct session_changes *changes;  /* NULL: not known, or failed */
	const struct query_stats *stats;
	int n_stages;
	const struct stage_summary *stages;
	bool done;                      /* the last answer */
};

/* Makes a client's form of a batch; on the query's thread. */
struct renderer {
	void (*render)(void *arg, const struct query_batch *b,
	    struct sbuf *body, struct sbuf *head);
	void *arg;              /* outlives the query's actor, or is copied
				 * data of static life */
};

/* MSG_QUERY_FETCH: answered once, by MSG_QUERY_BATCH to reply_to.  A second
 * one takes the place of the first, which gets an empty batch. */
struct msg_fetch {
	struct msg m;
	actor_id reply_to;
	uint64_t tag;
	size_t max_bytes;       /* of rows, roughly; 0: 1 MiB */
	int64_t wait_ns;        /* for rows or the end */
	struct renderer renderer;
	void (*drop_arg)(void *arg);    /* of renderer.arg; may be NULL */
};

struct msg_batch {
	struct msg m;
	uint64_t tag;
	struct sbuf body, head;
	bool done, failed;
	enum query_state state;
};

/* Sends a fetch; to be answered even when the query is gone already is the
 * sender's care: it watches the actor. */
void query_fetch(struct server *n, actor_id query, const struct msg_fetch *f);
void query_cancel(struct server *n, actor_id query, enum err_code code,
    const char *text);

#endif
