/* SPDX-License-Identifier: Apache-2.0
 * query.c - the query actor: its messages, states and fetches. */
#include "actors/query.h"

#include <stdio.h>
#include <stdlib.h>

#include "actors/events.h"
#include "actors/page_link.h"
#include "actors/query_priv.h"
#include "base/check.h"
#include "base/log.h"

enum { RESULT_AHEAD = 8 << 20, DEFAULT_BATCH = 1 << 20,
    LINGER_NS = 3 * 1000 * 1000 };

static int64_t
wall_micros(struct query *q)
{
	return env_wall_ns(q->server->env) / 1000;
}

static void
publish(struct query *q)
{
	struct query_stats *s = &q->info.stats;
	int64_t now = q->ended ? q->ended_ns : env_mono_ns(q->server->env);

	stages_stats(q);
	s->elapsed_ns = now - q->created_ns;
	s->queued_ns = (q->started_ns == 0 ? now : q->started_ns) -
	    q->created_ns;
	if (q->plan != NULL && !q->planning) {
		s->planning_ns = q->plan->planning_ns;
		s->analysis_ns = q->plan->analysis_ns;
	}
	q->info.heartbeat = wall_micros(q);
	registry_query_update(q->server->registry, &q->info);
}

static void
set_state(struct query *q, enum query_state state)
{
	q->info.state = state;
	publish(q);
	events_query(q->server, &q->info);
}

/* --- answering ---------------------------------------------------------------- */

static void
fill_batch(struct query *q, struct arena *a, struct query_batch *b,
    int pages)
{
	const struct query_plan *p = q->planning ? NULL : q->plan;

	*b = (struct query_batch){
		.id = q->info.id, .state = q->info.state, .n_columns = -1,
		.update_count = q->update_count, .stats = &q->info.stats,
		.n_pages = pages, .pages = q->pages,
		.done = q->ended && pages == q->n_pages,
	};
	if (q->info.state == QUERY_FAILED)
		b->error = &q->error;
	if (p != NULL && p->rc == 0) {
		b->update_type = p->update_type;
		if (q->info.state != QUERY_FAILED)
			b->changes = &p->changes;
		b->n_columns = 0;
		if (q->analyze) {
			static const char *const name[] = { "Query Plan" };
			static const struct type *const type[] = {
				&type_simple[TYPE_VARCHAR] };

			b->n_columns = 1;
			b->names = name;
			b->types = type;
		} else if (p->frag != NULL) {
			b->n_columns = p->frag->n_columns;
			b->names = p->frag->names;
			b->types = p->frag->root->root->types;
		}
	}
	b->n_stages = stages_summary(q, a, (void *)&b->stages);
}

/* Is there enough for an answer now?  A few rows wait a moment for the end,
 * which then comes with them. */
static bool
can_answer(const struct query *q)
{
	return q->ended || q->page_bytes >= q->fetch->max_bytes ||
	    (q->n_pages > 0 && q->lingered);
}

static void
query_answer(struct query *q)
{
	struct msg_fetch *f = q->fetch;
	size_t want = f->max_bytes;
	struct msg_batch *out = msg_new(MSG_QUERY_BATCH, sizeof(*out), NULL);
	struct arena a = { 0 };
	struct query_batch b;
	struct msg *m = &out->m, *done = &f->m;
	size_t bytes = 0;
	int n = 0;

	while (n < q->n_pages && (n == 0 || bytes < want))
		bytes += page_bytes(q->pages[n++]);
	publish(q);
	fill_batch(q, &a, &b, n);
	f->renderer.render(f->renderer.arg, &b, &out->body, &out->head);
	out->tag = f->tag;
	out->done = b.done;
	out->failed = b.error != NULL;
	out->state = b.state;
	arena_release(&a);
	for (int i = 0; i < n; i++)
		page_drop(&q->pages[i]);
	memmove(q->pages, q->pages + n, (size_t)(q->n_pages - n) *
	    sizeof(*q->pages));
	q->n_pages -= n;
	q->page_bytes -= MIN(q->page_bytes, bytes);
	if (out->done)
		q->said_done = true;
	actor_send(q->server->rt, f->reply_to, &m);
	q->fetch = NULL;
	q->lingered = q->lingering = false;
	actor_timer_cancel(&q->a, TAG_FETCH);
	actor_timer_cancel(&q->a, TAG_LINGER);
	msg_drop(&done);
}

static void try_leave(struct query *q);

/* Something has changed: answers a waiting fetch if there is news. */
static void
news(struct query *q)
{
	if (q->fetch != NULL && can_answer(q))
		query_answer(q);
	else if (q->fetch != NULL && q->n_pages > 0 && !q->lingering) {
		q->lingering = true;
		actor_timer(&q->a, LINGER_NS, TAG_LINGER);
	}
	try_leave(q);
}

/* --- the end -------------------------------------------------------------------- */

static void
drop_pages(struct query *q)
{
	for (int i = 0; i < q->n_pages; i++)
		page_drop(&q->pages[i]);
	q->n_pages = 0;
	q->page_bytes = 0;
}

/* Frees what tasks hold once no page of theirs is held here. */
static void
let_tasks_go(struct query *q)
{
	if (!q->ended || q->n_pages > 0)
		return;
	if (q->result != NULL)
		exchange_close(&q->result);
	stages_abort(q);
}

static void
try_leave(struct query *q)
{
	let_tasks_go(q);
	if (q->ended && q->said_done && !q->planning && !q->jobs_running &&
	    q->splits_jobs == 0 && q->links_busy == 0)
		actor_stop(q->server->rt, q->a.id);
}

static void
query_over(struct query *q, enum query_state state)
{
	q->ended = true;
	q->ended_ns = env_mono_ns(q->server->env);
	q->info.ended = wall_micros(q);
	if (q->admitted)
		admission_leave(q->server->admission, q->a.id);
	q->admitted = false;
	set_state(q, state);
	q->info.actor = q->a.id;
	news(q);
}

struct end_job {
	struct query_plan *plan;
	bool commit;
	int rc;
	struct err err;
};

static void
run_end(void *arg)
{
	struct end_job *j = arg;

	if (j->commit)
		j->rc = query_commit(j->plan, &j->err);
	if (!j->commit || j->rc != 0)
		query_rollback(j->plan);
}

/* Commits or rolls back, on a work thread if there is anything to do. */
static void
end_transactions(struct query *q, bool commit)
{
	struct end_job *j;
	struct work w = { run_end, free, NULL, q->a.id, TAG_ENDED };

	if (q->plan == NULL || (q->plan->n_tx == 0 &&
	    (commit || q->plan->write_conn == NULL))) {
		query_over(q, commit ? QUERY_FINISHED : QUERY_FAILED);
		return;
	}
	j = xcalloc(1, sizeof(*j));
	j->plan = q->plan;
	j->commit = commit;
	w.arg = j;
	q->jobs_running = true;
	rt_work(rt_pool_plan(q->server->rt), &w);
}

static void
ended_job(struct query *q, struct end_job *j)
{
	q->jobs_running = false;
	if (j->commit && j->rc != 0) {
		q->error = j->err;
		drop_pages(q);
		query_over(q, QUERY_FAILED);
	} else {
		query_over(q, j->commit ? QUERY_FINISHED : QUERY_FAILED);
	}
}

static bool
over(const struct query *q)
{
	return q->ended || q->info.state == QUERY_FAILED || q->jobs_running;
}

void
query_fail(struct query *q, const struct err *e)
{
	if (over(q))
		return;
	q->error = *e;
	q->info.error = *e;
	q->info.state = QUERY_FAILED;
	atomic_store(&q->cancel, 1);
	if (q->planning)
		return;         /* goes on when the job has ended */
	drop_pages(q);
	if (q->result != NULL)
		exchange_close(&q->result);
	stages_abort(q);
	end_transactions(q, false);
}

static void
query_finish(struct query *q)
{
	if (over(q))
		return;
	set_state(q, QUERY_FINISHING);
	if (q->plan->write_conn != NULL)
		q->plan->write_conn = NULL;     /* TableFinish has committed */
	end_transactions(q, true);
}

/* --- the answer's pages ----------------------------------------------------------- */

static void
add_page(struct query *q, struct page *p)
{
	if (q->plan->update_type != NULL && p->n == 1 && p->rows == 1 &&
	    p->col[0]->type->id == TYPE_BIGINT && !vec_is_null(p->col[0], 0))
		memcpy(&q->update_count, vec_at(p->col[0], 0), 8);
	if (q->analyze || p->rows == 0) {
		page_drop(&p);
		return;
	}
	if (q->n_pages == q->cap_pages) {
		q->cap_pages = q->cap_pages == 0 ? 16 : q->cap_pages * 2;
		q->pages = xrealloc(q->pages, (size_t)q->cap_pages *
		    sizeof(*q->pages));
	}
	q->info.stats.output_rows += p->rows;
	q->page_bytes += page_bytes(p);
	q->pages[q->n_pages++] = p;
}

static void
answer_complete(struct query *q)
{
	struct err e;

	q->result_done = true;
	if (!stages_reported(q)) {
		/* The last numbers are on their way. */
		actor_timer(&q->a, q->analyze ? INT64_C(2000000000)
		    : INT64_C(20000000), TAG_STATS);
		return;
	}
	actor_timer_cancel(&q->a, TAG_STATS);
	if (q->analyze && query_explain_analyze(q, &e) != 0) {
		query_fail(q, &e);
		return;
	}
	query_finish(q);
}

static void
pull_result(struct query *q)
{
	const struct fragment *root;
	struct wait *blocked = NULL;
	struct page *p;
	struct err e;

	if (q->result == NULL || q->result_done || q->result_waiting ||
	    over(q))
		return;
	root = q->plan->frag->root;
	while (q->page_bytes < RESULT_AHEAD) {
		switch (page_take(q->result, root->root->types,
		    root->root->n, q->account, &p, &blocked, &e)) {
		case 1:
			add_page(q, p);
			continue;
		case 0:
			answer_complete(q);
			return;
		case 2:
			q->result_waiting = true;
			actor_wake_on(&q->a, blocked, TAG_RESULT);
			wait_drop(&blocked);
			return;
		default:
			query_fail(q, &e);
			return;
		}
	}
}

/* --- planning ---------------------------------------------------------------------- */

static void
run_plan(void *arg)
{
	query_plan_run(arg);
}

static void
count_nodes(struct query *q, struct query_plan *p)
{
	struct arena a = { 0 };
	struct node_info *v;
	int n = registry_nodes(q->server->registry, &a, &v);
	bool self = false;

	for (int i = 0; i < n; i++) {
		if (strcmp(v[i].state, "active") != 0 || !v[i].runs_tasks)
			continue;
		p->nodes++;
		self |= strcmp(v[i].id, q->server->id) == 0;
	}
	p->single_node = p->nodes == 1 && self;
	arena_release(&a);
}

static void
start_planning(struct query *q)
{
	struct query_plan *p = xcalloc(1, sizeof(*p));
	struct work w = { run_plan, NULL, p, q->a.id, TAG_PLANNED };

	q->started_ns = env_mono_ns(q->server->env);
	q->info.started = wall_micros(q);
	p->server = q->server;
	p->session = &q->session;
	p->sql = str_of(q->sql);
	p->query_id = q->info.id;
	p->cancel = &q->cancel;
	expr_pool_init(&p->pool, &p->arena);
	count_nodes(q, p);
	q->plan = p;
	q->planning = true;
	set_state(q, QUERY_PLANNING);
	rt_work(rt_pool_plan(q->server->rt), &w);
}

static void
planned(struct query *q)
{
	struct query_plan *p = q->plan;
	struct err e;

	q->planning = false;
	q->planned_ns = env_mono_ns(q->server->env);
	if (q->info.state == QUERY_FAILED) {
		end_transactions(q, false);
		return;
	}
	q->info.update_type = p->update_type;
	if (p->rc != 0) {
		query_fail(q, &p->error);
		return;
	}
	if (p->frag == NULL) {
		query_finish(q);
		return;
	}
	q->analyze = p->plan->statement == STATEMENT_EXPLAIN &&
	    p->plan->analyze;
	set_state(q, QUERY_STARTING);
	if (stages_make(q, &e) != 0) {
		query_fail(q, &e);
		return;
	}
	set_state(q, QUERY_RUNNING);
	pull_result(q);
	news(q);
}

/* --- splits ------------------------------------------------------------------------- */

struct split_job {
	struct query_scan *scan;
	int rc;
	struct err err;
};

static void
run_splits(void *arg)
{
	struct split_job *j = arg;

	j->rc = query_scan_fetch(j->scan, &j->err);
}

static void
fetch_splits(struct query *q, struct query_scan *s)
{
	struct split_job *j;
	struct work w = { run_splits, free, NULL, q->a.id, TAG_SPLITS };

	if (s->done || s->fetching || over(q))
		return;
	j = xcalloc(1, sizeof(*j));
	j->scan = s;
	w.arg = j;
	s->fetching = true;
	q->splits_jobs++;
	rt_work(rt_pool_plan(q->server->rt), &w);
}

static void
splits_came(struct query *q, struct split_job *j)
{
	struct query_scan *s = j->scan;

	s->fetching = false;
	q->splits_jobs--;
	if (over(q))
		return;
	if (j->rc != 0) {
		query_fail(q, &j->err);
		return;
	}
	stages_assign(q, s);
	if (s->assigned < SPLITS_AHEAD)
		fetch_splits(q, s);
}

static void
task_event(struct query *q, struct msg_frame *f)
{
	struct arena a = { 0 };
	struct task_event v;
	struct err e;

	if (control_read_task_event(&a, msg_frame_bytes(f), &v, &e) != 0) {
		log_warn("query", "%s: %s", q->info.id, e.text);
	} else {
		stages_event(q, &v);
		if (v.state == TASK_FAILED)
			query_fail(q, &v.error);
		for (int i = 0; v.wants_node >= 0 && i < q->plan->n_scans;
		    i++)
			if (q->plan->scans[i].node->id == v.wants_node)
				fetch_splits(q, &q->plan->scans[i]);
		if (q->result_done && stages_reported(q) && !over(q))
			answer_complete(q);
	}
	arena_release(&a);
}

/* --- messages ------------------------------------------------------------------------ */

static void
take_fetch(struct query *q, struct msg **m)
{
	if (q->fetch != NULL)
		query_answer(q);
	q->fetch = (struct msg_fetch *)*m;
	*m = NULL;
	if (q->fetch->max_bytes == 0)
		q->fetch->max_bytes = DEFAULT_BATCH;
	actor_timer_cancel(&q->a, TAG_CLIENT);
	actor_timer(&q->a, q->server->client_timeout_ns, TAG_CLIENT);
	if (!q->started && !over(q)) {
		struct err e;
		int rc = admission_enter(q->server->admission, q->a.id, &e);

		q->started = true;
		if (rc < 0) {
			query_fail(q, &e);
			return;
		}
		q->admitted = rc > 0;
		if (rc > 0)
			start_planning(q);
	}
	actor_timer(&q->a, q->fetch->wait_ns, TAG_FETCH);
	news(q);
	pull_result(q);
	news(q);
}

static void
take_timer(struct query *q, uint64_t tag)
{
	struct err e;

	if (tag == TAG_FETCH && q->fetch != NULL) {
		query_answer(q);
	} else if (tag == TAG_LINGER) {
		q->lingered = true;
		news(q);
	} else if (tag == TAG_STATS && q->result_done && !over(q)) {
		if (q->analyze && query_explain_analyze(q, &e) != 0)
			query_fail(q, &e);
		else
			query_finish(q);
	} else if (tag == TAG_CLIENT && q->fetch == NULL) {
		err_set(&e, ERR_ABANDONED_QUERY, "Query %s was abandoned by "
		    "the client, as it may have exited or stopped checking "
		    "for query results", q->info.id);
		q->said_done = true;
		drop_pages(q);
		query_fail(q, &e);
		try_leave(q);
	}
}

static void
take_work(struct query *q, struct msg_work *w)
{
	switch (w->tag) {
	case TAG_PLANNED:
		planned(q);
		break;
	case TAG_SPLITS:
		splits_came(q, w->arg);
		try_leave(q);
		break;
	case TAG_ENDED:
		ended_job(q, w->arg);
		break;
	}
}

static void
query_receive(struct actor *self, struct msg **m)
{
	struct query *q = (struct query *)self;
	struct err e;

	switch ((*m)->kind) {
	case MSG_QUERY_FETCH:
		take_fetch(q, m);
		break;
	case MSG_QUERY_ADMIT:
		q->admitted = true;
		if (over(q)) {
			admission_leave(q->server->admission, q->a.id);
			q->admitted = false;
		} else {
			start_planning(q);
		}
		break;
	case MSG_WORK:
		take_work(q, (struct msg_work *)*m);
		break;
	case MSG_TASK_EVENT:
		task_event(q, (struct msg_frame *)*m);
		break;
	case MSG_RESUME:
		q->result_waiting = false;
		pull_result(q);
		news(q);
		break;
	case MSG_TIMER:
		take_timer(q, ((struct msg_timer *)*m)->tag);
		break;
	case MSG_QUERY_CANCEL:
		err_set(&e, ((struct msg_cancel *)*m)->code, "%s",
		    ((struct msg_cancel *)*m)->text);
		query_fail(q, &e);
		break;
	case MSG_REPLY:
		query_link_answered(q, (struct msg_reply *)*m);
		try_leave(q);
		break;
	case MSG_QUERY_NODE_GONE:
		stages_node_gone(q, (struct msg_node_gone *)*m);
		break;
	}
}

static int
query_init(struct actor *self, void *args, struct err *e)
{
	struct query *q = (struct query *)self;
	struct query *from = args;

	q->server = from->server;
	q->sql = from->sql;
	q->session = from->session;
	q->info = from->info;
	q->created_ns = from->created_ns;
	q->update_count = -1;
	return 0;
}

static void
query_start(struct actor *self)
{
	struct query *q = (struct query *)self;

	q->info.actor = self->id;
	q->account = mem_account_new(NULL, "result");
	registry_query_update(q->server->registry, &q->info);
	actor_timer(self, q->server->client_timeout_ns, TAG_CLIENT);
}

static void
query_stop(struct actor *self)
{
	struct query *q = (struct query *)self;
	struct err e;

	if (!q->ended) {
		err_set(&e, ERR_SERVER_SHUTTING_DOWN, "Server is shutting "
		    "down. Query %s has been cancelled", q->info.id);
		q->said_done = true;
		query_fail(q, &e);
		if (!q->ended)
			return;         /* a job runs; comes again */
	}
	if (q->planning || q->jobs_running || q->splits_jobs > 0 ||
	    q->links_busy > 0)
		return;
	actor_gone(self);
}

static void
query_release(struct actor *self)
{
	struct query *q = (struct query *)self;
	struct msg *f = (struct msg *)q->fetch;

	drop_pages(q);
	free(q->pages);
	if (q->result != NULL)
		exchange_close(&q->result);
	stages_abort(q);
	query_links_release(q);
	q->info.actor = 0;
	registry_query_update(q->server->registry, &q->info);
	if (q->admitted)
		admission_leave(q->server->admission, q->a.id);
	for (int i = 0; i < q->n_stages; i++)
		for (int k = 0; k < q->stages[i].n_tasks; k++)
			free(q->stages[i].tasks[k].measures);
	if (q->plan != NULL) {
		query_plan_release(q->plan);
		free(q->plan);
	}
	mem_account_drop(&q->account);
	client_session_release(&q->session);
	free(q->sql);
	msg_drop(&f);
}

const struct actor_kind query_actor = {
	.name = "query",
	.size = sizeof(struct query),
	.init = query_init,
	.start = query_start,
	.receive = query_receive,
	.stop = query_stop,
	.release = query_release,
};
