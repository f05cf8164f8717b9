/* SPDX-License-Identifier: Apache-2.0
 * driver.c - one thread's run of a chain of operators: pulls pages from the
 * last operator towards the source. */
#include "ops/driver.h"

#include <stdlib.h>

#include "base/check.h"
#include "ops/task_priv.h"

struct driver {
	struct task *task;
	int n;
	struct op **op;
	int at;                 /* whose turn it is */
	struct page *passed;    /* to it from the one below */
	bool ended;
	int64_t blocked_since;  /* 0: not blocked */
};

struct driver *
driver_new(struct task *t, struct pipeline *p)
{
	struct driver *d = xcalloc(1, sizeof(*d));

	d->task = t;
	d->n = p->n;
	d->op = xcalloc((size_t)p->n, sizeof(*d->op));
	d->at = p->n - 1;
	for (int i = 0; i < p->n; i++) {
		struct op_slot *s = p->v[i];
		struct op *op = xcalloc(1, s->kind->size);

		op->kind = s->kind;
		op->node = s->node;
		op->task = t;
		op->slot = s;
		op->shared = s->shared;
		op->driver = s->made++;
		op->account = s->account;
		op->stats = &s->stats;
		d->op[i] = op;
	}
	return d;
}

static void
close_ops(struct driver *d, int n)
{
	for (int i = 0; i < n; i++) {
		struct op *op = d->op[i];

		if (op == NULL)
			continue;
		if (op->kind->close != NULL)
			op->kind->close(op);
		free(op);
		d->op[i] = NULL;
	}
}

void
driver_free(struct driver **dp)
{
	struct driver *d = *dp;

	*dp = NULL;
	if (d == NULL)
		return;
	page_drop(&d->passed);
	close_ops(d, d->n);
	atomic_fetch_sub(&d->task->running, 1);
	free(d->op);
	free(d);
}

static int
open_ops(struct driver *d, struct err *e)
{
	for (int i = d->n - 1; i >= 0; i--) {
		struct op *op = d->op[i];
		int ret;

		if (op == NULL || op->opened)
			continue;
		ret = op->kind->open(op, e);
		if (ret < 0)
			return ret;
		op->opened = true;
	}
	return 0;
}

static int64_t
now(struct driver *d)
{
	return env_mono_ns(d->task->world.env);
}

/* The operator that just ran is charged for the time since *since. */
static void
charge(struct driver *d, struct op_stats *stats, int64_t *since)
{
	int64_t t = now(d);

	stat_add(&stats->cpu_ns, t - *since);
	stat_add(&stats->wall_ns, t - *since);
	stat_add(&stats->calls, 1);
	*since = t;
}

/* The page goes to the next operator in a step of its own, so that its time
 * is charged to the right one. */
static void
pass_page(struct driver *d, struct page *page)
{
	stat_add(&d->op[d->at]->stats->output_rows, page->rows);
	d->at++;
	d->passed = page;
}

static int
take_page(struct driver *d, struct err *e)
{
	struct op *op = d->op[d->at];
	struct page *page = d->passed;

	d->passed = NULL;
	stat_add(&op->stats->input_rows, page->rows);
	return op->kind->add(op, page, e);
}

/* The input of operator d->at has ended. */
static int
pass_end(struct driver *d, struct err *e)
{
	struct op *op = d->op[d->at];

	/* What stands below is not needed any more. */
	close_ops(d, d->at);
	if (op->finished)
		return 0;
	op->finished = true;
	return op->kind->finish == NULL ? 0 : op->kind->finish(op, e);
}

/* One step of the operator whose turn it is. */
static enum driver_state
step(struct driver *d, struct wait **blocked, struct err *e)
{
	struct op *op = d->op[d->at];
	struct page *page = NULL;

	if (d->passed != NULL && take_page(d, e) < 0)
		return DRIVER_FAILED;
	switch (op->kind->next(op, &page, blocked, e)) {
	case OP_PAGE:
		CHECK(d->at + 1 < d->n);
		pass_page(d, page);
		return DRIVER_YIELD;
	case OP_NEED_INPUT:
		/* An operator below is gone when it has ended. */
		if (d->at > 0 && d->op[d->at - 1] != NULL) {
			d->at--;
			return DRIVER_YIELD;
		}
		CHECK(!op->finished);
		return pass_end(d, e) < 0 ? DRIVER_FAILED : DRIVER_YIELD;
	case OP_DONE:
		if (d->at + 1 == d->n)
			return DRIVER_DONE;
		d->at++;
		return pass_end(d, e) < 0 ? DRIVER_FAILED : DRIVER_YIELD;
	case OP_BLOCKED:
		CHECK(*blocked != NULL);
		return DRIVER_BLOCKED;
	case OP_YIELD:
		return DRIVER_YIELD;
	case OP_FAILED:
		break;
	}
	return DRIVER_FAILED;
}

/* Ends the driver: what it holds goes now, so that its peers, who may wait
 * for it, go on. */
static enum driver_state
end(struct driver *d, enum driver_state state)
{
	d->ended = true;
	page_drop(&d->passed);
	close_ops(d, d->n);
	return state;
}

static void
unblocked(struct driver *d, int64_t t)
{
	if (d->blocked_since == 0 || d->op[d->at] == NULL)
		return;
	stat_add(&d->op[d->at]->stats->blocked_ns, t - d->blocked_since);
	stat_add(&d->op[d->at]->stats->wall_ns, t - d->blocked_since);
	d->blocked_since = 0;
}

enum driver_state
driver_run(struct driver *d, int64_t quantum_ns, struct wait **blocked,
    struct err *e)
{
	int64_t since = now(d), until = since + quantum_ns;

	*blocked = NULL;
	CHECK(!d->ended);
	unblocked(d, since);
	if (open_ops(d, e) < 0)
		return end(d, DRIVER_FAILED);
	for (;;) {
		struct op *op = d->op[d->at];
		/* The operator may be gone after its step, its slot not. */
		struct op_stats *stats = op->stats;
		enum driver_state state;

		if (task_cancelled(d->task)) {
			task_cancel_error(d->task, e);
			return end(d, DRIVER_FAILED);
		}
		*blocked = mem_blocked(op->account);
		state = *blocked != NULL ? DRIVER_BLOCKED
		    : step(d, blocked, e);
		charge(d, stats, &since);
		if (state == DRIVER_FAILED || state == DRIVER_DONE)
			return end(d, state);
		if (state == DRIVER_BLOCKED) {
			d->blocked_since = since;
			return state;
		}
		if (since >= until)
			return DRIVER_YIELD;
	}
}
