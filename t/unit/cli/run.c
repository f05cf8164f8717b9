/* SPDX-License-Identifier: Apache-2.0
 * run.c - statements of the shell against a client that plays its part. */
#include "cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/pager.h"
#include "cli/status.h"
#include "tap.h"

/* Hands out the batches of a script; waits for cancel() where it says so. */
struct fake {
	struct client head;
	const struct client_batch *batches;
	struct client_query query;
	int at, submitted, closed, canceled;
	int wait_at;                    /* 0: never */
	bool refuse;
	struct sbuf statements;
};

static int
fake_submit(struct client *c, const struct client_session *s, struct str sql,
    struct client_query **out, struct err *e)
{
	struct fake *f = (struct fake *)c;

	f->submitted++;
	f->at = 0;
	sbuf_adds(&f->statements, sql);
	sbuf_addc(&f->statements, '|');
	if (f->refuse)
		return err_set(e, ERR_REMOTE_HOST_GONE, "nobody there");
	f->query.client = c;
	*out = &f->query;
	return 0;
}

static int
fake_next(struct client_query *q, const struct client_batch **out,
    struct err *e)
{
	struct fake *f = (struct fake *)q->client;

	if (f->wait_at > 0 && f->at == f->wait_at) {
		kill(getpid(), SIGINT);
		for (int i = 0; i < 500 && !f->canceled; i++)
			usleep(10000);
	}
	*out = &f->batches[f->at++];
	return 0;
}

static void
fake_cancel(struct client_query *q)
{
	((struct fake *)q->client)->canceled++;
}

static void
fake_close(struct client_query *q)
{
	((struct fake *)q->client)->closed++;
}

static const struct client_ops fake_ops = { fake_submit, fake_next,
	fake_cancel, fake_close, NULL };

static bool
keep(void *arg, struct str text)
{
	sbuf_adds(arg, text);
	return true;
}

static bool
refuse(void *arg, struct str text)
{
	(*(int *)arg)++;
	return false;
}

static bool
split(struct str *rest, struct str *statement)
{
	ptrdiff_t end = str_find(*rest, ';', 0);

	*statement = str_trim((struct str){ rest->p, end < 0 ? rest->n
	    : (size_t)end });
	rest->p += end < 0 ? (ptrdiff_t)rest->n : end + 1;
	rest->n -= end < 0 ? rest->n : (size_t)end + 1;
	return end >= 0;
}

static const struct client_column column = { "a", "bigint", "bigint" };
static const struct str two[] = { { "1", 1 }, { "2", 1 } };

#define NO_COLUMNS .query_id = "q", .update_count = -1
#define QUERY NO_COLUMNS, .n_columns = 1, .columns = &column

static const struct client_batch rows[] = {
	{ NO_COLUMNS, .n_columns = -1 },
	{ QUERY, .n_rows = 2, .cells = two },
	{ QUERY, .n_rows = 1, .cells = two },
	{ QUERY, .done = true },
};
static const struct client_batch failure[] = {
	{ QUERY, .done = true, .failed = true, .error = {
	    ERR_COLUMN_NOT_FOUND, 2, 8, "no such column" } },
};
static const struct client_batch use[] = {
	{ NO_COLUMNS, .update_type = "USE", .set_schema = "s" },
	{ NO_COLUMNS, .update_type = "USE", .done = true },
};
static const struct client_batch insert[] = {
	{ .query_id = "q", .n_columns = 1, .columns = &column, .n_rows = 1,
	    .cells = two, .update_type = "INSERT", .update_count = 1,
	    .done = true },
};

struct scene {
	struct fake fake;
	struct client_session session;
	struct sbuf out;
	struct run run;
};

static void
set(struct scene *s, const struct client_batch *batches)
{
	*s = (struct scene){ .fake = { .head = { &fake_ops },
		.batches = batches } };
	client_session_init(&s->session);
	s->run = (struct run){ .client = &s->fake.head,
		.session = &s->session, .format = "CSV", .screen_width = 80,
		.interactive = true, .write = keep, .arg = &s->out };
}

static void
end(struct scene *s)
{
	is_int(s->fake.closed, s->fake.refuse ? 0 : s->fake.submitted,
	    "every query is closed");
	interrupt_free(&s->run.interrupt);
	client_session_release(&s->session);
	sbuf_release(&s->out);
	sbuf_release(&s->fake.statements);
}

static void
test_results(void)
{
	struct scene s;

	set(&s, rows);
	is_int(run_statement(&s.run, STR("SELECT")), RUN_DONE, "rows");
	is_str(sbuf_z(&s.out), "\"1\"\n\"2\"\n\"1\"\n", "all batches");
	end(&s);
	set(&s, failure);
	is_int(run_statement(&s.run, STR("SELECT\n1 + x\xc3\xa9 + b")),
	    RUN_FAILED, "failure");
	is_str(sbuf_z(&s.out), "Query q failed: line 2:8: no such column\n"
	    "LINE 2: 1 + x\xc3\xa9 + b\n               ^\n\n", "its place");
	end(&s);
	set(&s, use);
	is_int(run_statement(&s.run, STR("USE s")), RUN_DONE, "USE");
	is_str(sbuf_z(&s.out), "USE\n", "no rows");
	is_str(s.session.schema, "s", "any batch changes the session");
	end(&s);
	set(&s, insert);
	is_int(run_statement(&s.run, STR("INSERT")), RUN_DONE, "INSERT");
	is_str(sbuf_z(&s.out), "INSERT: 1 row\n", "the count alone");
	end(&s);
	set(&s, rows);
	s.fake.refuse = true;
	is_int(run_statement(&s.run, STR("SELECT")), RUN_FAILED, "refused");
	is_str(sbuf_z(&s.out), "nobody there\n", "why");
	end(&s);
}

static void
test_interrupt(void)
{
	struct scene s;

	set(&s, failure);
	s.run.interrupt = interrupt_new(false);
	kill(getpid(), SIGINT);
	usleep(20000);
	s.fake.batches = rows;
	is_int(run_statement(&s.run, STR("SELECT")), RUN_DONE,
	    "a signal before a statement does nothing");
	s.fake.batches = (const struct client_batch[]){ rows[0], failure[0] };
	s.fake.wait_at = 1;
	sbuf_clear(&s.out);
	is_int(run_statement(&s.run, STR("SELECT")), RUN_INTERRUPTED,
	    "a signal while it runs");
	is_int(s.fake.canceled, 1, "cancels it once");
	is_str(sbuf_z(&s.out), "Query aborted by user\n", "and is told");
	s.fake.wait_at = 0;
	is_int(run_statement(&s.run, STR("SELECT")), RUN_FAILED,
	    "the next statement is not concerned");
	end(&s);
}

static void
test_nobody_reads(void)
{
	struct scene s;
	int writes = 0;

	set(&s, rows);
	s.run.write = refuse;
	s.run.arg = &writes;
	is_int(run_statement(&s.run, STR("SELECT")), RUN_DONE,
	    "the reader has left");
	ok(writes == 1 && s.fake.canceled == 1, "the statement is cancelled");
	end(&s);
}

/* The status of a batch run in a process of its own. */
static int
batch(const struct client_batch *batches, struct cli_options o, int signum)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct scene s;

		set(&s, batches);
		s.fake.wait_at = signum != 0;
		o.split = split;
		if (freopen("/dev/null", "w", stdout) == NULL ||
		    freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		status = cli_run(&s.fake.head, &s.session, &o);
		_exit(status * 10 + s.fake.submitted);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_batch(void)
{
	struct cli_options o = { .execute = "a; b;; c" };
	struct client_batch stuck[] = { rows[0], failure[0] };

	is_int(batch(rows, o, 0), 3, "three statements, status 0");
	is_int(batch(failure, o, 0), 11, "the first failure ends it, 1");
	o.ignore_errors = true;
	is_int(batch(failure, o, 0), 13, "unless it is ignored, 1");
	is_int(batch(stuck, o, SIGINT), (1300 + 1) & 255,
	    "Control-C ends it all, 130");
	o.format = "XML";
	is_int(batch(rows, o, 0), 20, "no such format, 2");
	o.format = "json";
	o.file = "x";
	is_int(batch(rows, o, 0), 20, "--execute and --file, 2");
	o.execute = NULL;
	o.file = "/nonexistent";
	is_int(batch(rows, o, 0), 20, "no such file, 2");
	o.file = "/";
	is_int(batch(rows, o, 0), 20, "a directory, 2");
}

static void
test_status(void)
{
	struct client_batch b = { .query_id = "q1", .stats = {
		.state = "FINISHED", .nodes = 1, .splits = 1234,
		.completed_splits = 1234, .progress = 100, .elapsed_ms = 320,
		.rows = 15000000, .bytes = 2276332667 } };
	struct sbuf t = { 0 };

	status_summary(&t, &b);
	is_str(sbuf_z(&t), "\nQuery q1, FINISHED, 1 node\n"
	    "Splits: 1,234 total, 1,234 done (100.00%)\n"
	    "0.32 [15M rows, 2.12GB] [46.9M rows/s, 6.62GB/s]\n\n",
	    "a summary");
	sbuf_clear(&t);
	b.stats.elapsed_ms = 61000;
	b.stats.rows = 1000;
	b.stats.bytes = 1023;
	b.stats.progress = 20;
	b.stats.state = "RUNNING";
	status_progress(&t, &b);
	is_str(sbuf_z(&t), "1:01 RUNNING [1000 rows, 1023B] [16 rows/s, "
	    "17B/s] [====>               ] 20%", "progress");
	sbuf_clear(&t);
	b.stats.splits = 0;
	status_summary(&t, &b);
	is_str(sbuf_z(&t), "", "nothing was done");
	b.error = (struct err){ ERR_SYNTAX_ERROR, 9, 7, "text" };
	status_failure(&t, &b, STR("one line"));
	is_str(sbuf_z(&t), "Query q1 failed: line 9:7: text\nLINE 9: \n"
	    "        ^\n\n", "a place outside of the statement");
	sbuf_release(&t);
}

static void
test_pager(void)
{
	char path[] = "/tmp/quern-pager-XXXXXX", command[64], text[64] = "";
	int fd = mkstemp(path);
	struct pager *p;

	snprintf(command, sizeof(command), "head -n 2 > %s", path);
	signal(SIGPIPE, SIG_IGN);
	p = pager_new(command);
	for (int i = 0; i < 22; i++)
		pager_write(p, STR("# few lines: none is started\n"));
	pager_finish(p);
	is_int(lseek(fd, 0, SEEK_END), 0, "few lines");
	for (int i = 0; i < 100; i++)
		pager_write(p, STR("x\n"));
	pager_finish(p);
	is_int(pread(fd, text, sizeof(text), 0), 4, "many lines");
	is_str(text, "x\nx\n", "go through the command");
	for (int i = 0; i < 100000; i++)
		if (!pager_write(p, STR("0123456789012345678901234567890\n")))
			break;
	ok(!pager_write(p, STR("x")), "nobody reads any more");
	pager_free(&p);
	close(fd);
	unlink(path);
}

int
main(void)
{
	test_batch();
	test_results();
	test_nobody_reads();
	test_status();
	test_pager();
	test_interrupt();
	return tap_done();
}
