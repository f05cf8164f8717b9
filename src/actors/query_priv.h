/* SPDX-License-Identifier: Apache-2.0
 * query_priv.h - the query actor's state, shared by its files:
 *   query.c         messages, states, fetches
 *   query_plan.c    the planning job (planning thread)
 *   query_define.c  statements that are no queries (planning thread)
 *   query_stage.c   stages and tasks: placing, splits, events
 *   query_link.c    frames to other nodes, in order
 *   query_explain.c EXPLAIN ANALYZE's text */
#ifndef ACTORS_QUERY_PRIV_H
#define ACTORS_QUERY_PRIV_H

#include "actors/query.h"
#include "actors/msg.h"
#include "actors/spec.h"
#include "net/exchange.h"
#include "opt/opt.h"
#include "plan/plan.h"

/* A transaction of one connector, within one statement. */
struct query_tx {
	struct conn *conn;
	struct conn_tx *tx;
};

/* One scan's splits. */
struct query_scan {
	const struct frag_node *node;
	struct fragment *fragment;
	struct split_source *source;    /* NULL: used up */
	bool done;                      /* no more splits come */
	bool fetching;                  /* a job asks for more */
	int64_t assigned;
	/* The batch just fetched, in its own arena until assigned. */
	struct arena arena;
	struct split *batch;
	int n_batch;
};
enum { SPLIT_BATCH = 256, SPLITS_AHEAD = 4096, MAX_CATALOGS = 64 };

/* All that planning makes.  One thread at a time: the planning job, then the
 * actor. */
struct query_plan {
	struct server *server;
	const struct client_session *session;   /* the query's, read-only */
	struct str sql;
	const char *query_id;
	struct arena arena;
	struct expr_pool pool;
	struct conf properties;
	struct session_context context;
	atomic_int *cancel;
	struct plan *plan;
	struct frag_plan *frag;         /* NULL: nothing to run */
	struct query_tx *tx;
	int n_tx, cap_tx;
	struct catalog *catalogs[MAX_CATALOGS]; /* references */
	int n_catalogs;
	struct sbuf write;              /* the connector's bytes */
	struct conn *write_conn;        /* not NULL: a write has begun */
	struct query_scan *scans;
	int n_scans;
	int nodes;                      /* that run tasks */
	bool single_node;
	struct session_changes changes;
	const char *update_type;
	int64_t analysis_ns, planning_ns;
	struct err error;
	int rc;
};

/* Planning thread: parse, bind, optimise, define, begin writes, first
 * splits. Fills q->rc and q->error. */
void query_plan_run(struct query_plan *q);
void query_plan_release(struct query_plan *q);
/* Work thread: the next batch of splits. */
int query_scan_fetch(struct query_scan *s, struct err *e);
/* Work thread: ends the transactions. */
int query_commit(struct query_plan *q, struct err *e);
void query_rollback(struct query_plan *q);
/* Statements without a plan to run; planning thread. */
int query_define(struct query_plan *q, struct err *e);
/* The transaction of a connector in this statement. */
int query_transaction(void *arg, struct conn *c, struct conn_tx **out,
    struct err *e);

struct stage_task {
	char id[96], node[64], control[128], data[128];
	enum task_state state;
	int64_t memory, peak;
	int64_t assigned;               /* splits given */
	struct node_measure *measures;  /* malloc'd */
	int n_measures;
};

struct stage {
	struct fragment *fragment;
	int parent;                     /* fragment id; -1: the root */
	int n_tasks;
	struct stage_task *tasks;       /* arena */
};

enum query_tag { TAG_FETCH = 1, TAG_RESULT, TAG_PLANNED, TAG_SPLITS,
    TAG_ENDED, TAG_CLIENT, TAG_STATS, TAG_LINGER };

/* To one other node; see query_link.c. */
struct query_link {
	char address[128];
	bool busy;                      /* frames are on their way */
	struct sbuf queued;             /* for after that */
};

struct query {
	struct actor a;
	struct server *server;
	char *sql;
	struct client_session session;
	struct query_info info;
	int64_t created_ns, started_ns, planned_ns, ended_ns;   /* mono */
	atomic_int cancel;
	struct query_plan *plan;
	bool planning;                  /* the job runs */
	bool jobs_running;              /* commit or rollback runs */
	int splits_jobs;
	bool started, admitted, ended;
	bool analyze;                   /* EXPLAIN ANALYZE: pages are dropped */
	struct err error;
	/* stages */
	struct stage *stages;           /* by fragment id */
	int n_stages;
	bool tasks_made, tasks_aborted;
	struct query_link *links;
	int n_links, links_busy;
	bool corked;                    /* frames are gathered */
	/* result */
	struct exchange *result;
	struct mem_account *account;
	bool result_done, result_waiting;
	struct page **pages;
	int n_pages, cap_pages;
	size_t page_bytes;
	int64_t update_count;
	/* the client */
	struct msg_fetch *fetch;        /* owned; NULL: none */
	bool said_done;
	bool lingering, lingered;       /* few rows wait for the end */
};

/* query_stage.c */
int stages_make(struct query *q, struct err *e);
void stages_abort(struct query *q);
void stages_event(struct query *q, const struct task_event *v);
void stages_node_gone(struct query *q, const struct msg_node_gone *g);
void stages_assign(struct query *q, struct query_scan *s);
void stages_stats(struct query *q);
int stages_summary(struct query *q, struct arena *a,
    struct stage_summary **out);
/* All tasks have reported their last numbers. */
bool stages_reported(const struct query *q);

/* query_link.c */
void query_send(struct query *q, const char *address, struct sbuf *frame);
void query_uncork(struct query *q);
void query_link_answered(struct query *q, struct msg_reply *r);
void query_links_release(struct query *q);

/* query_explain.c: replaces the answer by the text. */
int query_explain_analyze(struct query *q, struct err *e);

/* query.c; args: a struct query whose sql, session and info are taken. */
extern const struct actor_kind query_actor;
void query_fail(struct query *q, const struct err *e);

/* admission.c */
struct admission;
struct admission *admission_new(struct rt *rt, int running, int queued);
void admission_free(struct admission **a);
/* Any thread.  1: go on; 0: MSG_QUERY_ADMIT will come; negative: full. */
int admission_enter(struct admission *a, actor_id query, struct err *e);
/* Of one that was let in, or that gave up waiting. */
void admission_leave(struct admission *a, actor_id query);

#endif
