/* SPDX-License-Identifier: Apache-2.0
 * run.c - runs a statement: rows out, progress, the last line. */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/format.h"

static void
put(const struct run *r, struct sbuf *text)
{
	if (text->n == 0)
		return;
	if (r->write != NULL)
		r->write(r->arg, sbuf_str(text));
	else
		fwrite(text->p, 1, text->n, stdout);
	sbuf_clear(text);
}

/* 1.5K, 20.3M, ... */
static void
print_count(struct sbuf *to, double n)
{
	static const char units[] = " KMBT";
	int unit = 0;

	while (n >= 1000 && unit < 4) {
		n /= 1000;
		unit++;
	}
	if (unit == 0)
		sbuf_addf(to, "%.0f", n);
	else
		sbuf_addf(to, n < 10 ? "%.2f%c" : n < 100 ? "%.1f%c"
		    : "%.0f%c", n, units[unit]);
}

static void
print_bytes(struct sbuf *to, double n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB",
		"TiB" };
	int unit = 0;

	while (n >= 1024 && unit < 4) {
		n /= 1024;
		unit++;
	}
	sbuf_addf(to, n < 10 && unit > 0 ? "%.2f%s" : n < 100 && unit > 0
	    ? "%.1f%s" : "%.0f%s", n, units[unit]);
}

static void
show_progress(const struct client_batch *b)
{
	const struct client_stats *s = &b->stats;
	double seconds = (double)s->elapsed_ms / 1000;
	struct sbuf line = { 0 };

	sbuf_addf(&line, "\r\033[K%.0fs %s", seconds, s->state);
	if (s->progress >= 0)
		sbuf_addf(&line, " %.0f%%", s->progress);
	sbuf_addf(&line, ", %d stages, %d/%d splits", s->n_stages,
	    s->completed_splits, s->splits);
	if (seconds > 0) {
		sbuf_addz(&line, " [");
		print_count(&line, (double)s->rows);
		sbuf_addz(&line, " rows, ");
		print_bytes(&line, (double)s->bytes);
		sbuf_addz(&line, "] [");
		print_count(&line, (double)s->rows / seconds);
		sbuf_addz(&line, " rows/s, ");
		print_bytes(&line, (double)s->bytes / seconds);
		sbuf_addz(&line, "/s]");
	}
	(void)!write(STDERR_FILENO, line.p, line.n);
	sbuf_release(&line);
}

static void
clear_progress(void)
{
	(void)!write(STDERR_FILENO, "\r\033[K", 4);
}

static void
summary(const struct run *r, const struct client_batch *b, int64_t rows)
{
	const struct client_stats *s = &b->stats;
	double seconds = (double)s->elapsed_ms / 1000;
	struct sbuf t = { 0 };

	if (b->update_type == NULL)
		sbuf_addf(&t, "(%lld row%s)\n\n", (long long)rows,
		    rows == 1 ? "" : "s");
	else if (b->update_count >= 0)
		sbuf_addf(&t, "%s: %lld row%s\n\n", b->update_type,
		    (long long)b->update_count, b->update_count == 1 ? ""
		    : "s");
	else
		sbuf_addf(&t, "%s\n\n", b->update_type);
	if (s->nodes > 0 && s->splits > 0) {
		sbuf_addf(&t, "Query %s, %s, %d node%s\n", b->query_id,
		    s->state, s->nodes, s->nodes == 1 ? "" : "s");
		sbuf_addf(&t, "Splits: %d total, %d done (%.2f%%)\n",
		    s->splits, s->completed_splits,
		    100.0 * s->completed_splits / s->splits);
		sbuf_addf(&t, "%.2f [", seconds);
		print_count(&t, (double)s->rows);
		sbuf_addz(&t, " rows, ");
		print_bytes(&t, (double)s->bytes);
		sbuf_addz(&t, "] [");
		print_count(&t, seconds > 0 ? (double)s->rows / seconds : 0);
		sbuf_addz(&t, " rows/s, ");
		print_bytes(&t, seconds > 0 ? (double)s->bytes / seconds : 0);
		sbuf_addz(&t, "/s]\n\n");
	}
	put(r, &t);
	sbuf_release(&t);
}

/* Answers that have no rows: "SET SESSION", "CREATE TABLE: 5 rows". */
static void
update_line(const struct run *r, const struct client_batch *b)
{
	struct sbuf t = { 0 };

	if (b->update_count >= 0)
		sbuf_addf(&t, "%s: %lld row%s\n", b->update_type,
		    (long long)b->update_count, b->update_count == 1 ? ""
		    : "s");
	else
		sbuf_addf(&t, "%s\n", b->update_type);
	put(r, &t);
	sbuf_release(&t);
}

static int
say_failed(const struct client_batch *b)
{
	char text[ERR_TEXT_MAX + 64];

	fflush(stdout);
	fprintf(stderr, "Query %s failed: %s\n", b->query_id,
	    err_message(&b->error, text, sizeof(text)));
	return 1;
}

/* Takes batches until the last; the last one stays in *b. */
static int
take_all(const struct run *r, struct client_query *q, struct format *f,
    const struct client_batch **b, struct err *e)
{
	struct sbuf text = { 0 };
	bool canceled = false;
	int rc;

	for (;;) {
		rc = r->client->ops->next(q, b, e);
		if (rc != 0)
			break;
		if (r->progress && !(*b)->done)
			show_progress(*b);
		if ((*b)->update_type == NULL && ((*b)->n_rows > 0 ||
		    (*b)->done)) {
			if (r->progress)
				clear_progress();
			format_rows(f, *b, &text);
			if ((*b)->done)
				format_end(f, *b, &text);
			put(r, &text);
		}
		if ((*b)->done)
			break;
		if (r->interrupted != NULL && *r->interrupted && !canceled) {
			canceled = true;
			r->client->ops->cancel(q);
		}
	}
	if (r->progress)
		clear_progress();
	sbuf_release(&text);
	return rc;
}

int
run_statement(const struct run *r, struct str sql)
{
	struct format *f = format_new(r->format);
	const struct client_batch *b = NULL;
	struct client_query *q;
	struct err e;
	int failed = 0;

	if (r->client->ops->submit(r->client, r->session, sql, &q, &e) != 0) {
		fprintf(stderr, "%s\n", e.text);
		format_free(&f);
		return 1;
	}
	if (take_all(r, q, f, &b, &e) != 0) {
		fprintf(stderr, "%s\n", e.text);
		failed = 1;
	} else if (b->failed) {
		failed = say_failed(b);
	} else {
		client_session_apply(r->session, b);
		if (r->summary)
			summary(r, b, format_count(f));
		else if (b->update_type != NULL)
			update_line(r, b);
	}
	fflush(stdout);
	r->client->ops->close(q);
	format_free(&f);
	return failed;
}
