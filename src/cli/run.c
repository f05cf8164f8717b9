/* SPDX-License-Identifier: Apache-2.0
 * run.c - runs a statement: rows out, progress, the last lines. */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/format.h"
#include "cli/status.h"

/* Short statements show none. */
enum { PROGRESS_AFTER_MS = 500 };

/* Hands text over and empties it. */
static bool
put(const struct run *r, struct sbuf *text)
{
	bool good = true;

	if (text->n > 0)
		good = r->write != NULL ? r->write(r->arg, sbuf_str(text))
		    : fwrite(text->p, 1, text->n, stdout) == text->n;
	sbuf_clear(text);
	return good;
}

/* The same with a message. */
static void
say(const struct run *r, struct sbuf *text)
{
	if (r->interactive) {
		put(r, text);
		return;
	}
	fflush(stdout);
	if (text->n > 0)
		fwrite(text->p, 1, text->n, stderr);
	sbuf_clear(text);
}

static void
show_progress(const struct run *r, const struct client_batch *b)
{
	struct sbuf line = { 0 };

	if (b->done || !r->progress ||
	    b->stats.elapsed_ms < PROGRESS_AFTER_MS)
		return;
	sbuf_addz(&line, "\r\033[K");
	status_progress(&line, b);
	(void)!write(STDERR_FILENO, line.p, line.n);
	sbuf_release(&line);
}

static void
clear_progress(const struct run *r)
{
	if (r->progress)
		(void)!write(STDERR_FILENO, "\r\033[K", 4);
}

static bool
has_rows(const struct client_batch *b)
{
	return b->update_type == NULL || (b->update_count < 0 &&
	    b->n_columns > 0);
}

/* Rows of one batch; false: nobody reads them. */
static bool
put_batch(const struct run *r, struct format *f, const struct client_batch *b,
    struct sbuf *text)
{
	if (!has_rows(b) || b->failed || (b->n_rows == 0 && !b->done))
		return true;
	format_rows(f, b, text);
	if (b->done)
		format_end(f, b, text);
	if (text->n > 0)
		clear_progress(r);
	return put(r, text);
}

/* Takes batches until the last; the last one stays in *b.  What nobody reads
 * is cancelled, and *b is NULL. */
static int
take_all(const struct run *r, struct client_query *q, struct format *f,
    const struct client_batch **b, struct err *e)
{
	struct sbuf text = { 0 };
	bool reading = true;
	int rc;

	do {
		rc = r->client->ops->next(q, b, e);
		if (rc != 0)
			break;
		client_session_apply(r->session, *b);
		if (reading && !put_batch(r, f, *b, &text)) {
			reading = false;
			r->client->ops->cancel(q);
		}
		show_progress(r, *b);
	} while (!(*b)->done);
	clear_progress(r);
	sbuf_release(&text);
	if (!reading)
		*b = NULL;
	return reading ? rc : 0;
}

static enum run_result
conclude(const struct run *r, const struct client_batch *b, struct str sql,
    bool came)
{
	struct sbuf text = { 0 };

	for (int i = 0; i < b->n_warnings; i++)
		sbuf_addf(&text, "WARNING: %s\n", b->warnings[i]);
	say(r, &text);
	if (!b->failed && b->update_type != NULL)
		status_update(&text, b);
	if (r->interactive)
		status_summary(&text, b);
	if (b->failed && came)
		sbuf_addz(&text, "Query aborted by user\n");
	else if (b->failed)
		status_failure(&text, b, sql);
	say(r, &text);
	sbuf_release(&text);
	return !b->failed ? RUN_DONE : came ? RUN_INTERRUPTED : RUN_FAILED;
}

static enum run_result
say_error(const struct run *r, const struct err *e, bool came)
{
	struct sbuf text = { 0 };

	sbuf_addf(&text, "%s\n", e->text);
	say(r, &text);
	sbuf_release(&text);
	return came ? RUN_INTERRUPTED : RUN_FAILED;
}

enum run_result
run_statement(const struct run *r, struct str sql)
{
	const struct client_batch *b = NULL;
	enum run_result result;
	struct client_query *q;
	struct format *f;
	struct err e;
	bool came;
	int rc;

	if (r->client->ops->submit(r->client, r->session, sql, &q, &e) != 0)
		return say_error(r, &e, false);
	if (r->interrupt != NULL)
		interrupt_arm(r->interrupt, q);
	f = format_new(r->format, r->screen_width);
	rc = take_all(r, q, f, &b, &e);
	came = r->interrupt != NULL && interrupt_disarm(r->interrupt);
	if (rc != 0)
		result = say_error(r, &e, came);
	else if (b == NULL)
		result = r->interactive ? RUN_DONE : RUN_FAILED;
	else
		result = conclude(r, b, sql, came);
	fflush(stdout);
	r->client->ops->close(q);
	format_free(&f);
	return result;
}
