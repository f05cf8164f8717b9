/* SPDX-License-Identifier: Apache-2.0
 * interactive.c - libedit: lines into statements, history, completion, the
 * pager, Control-C. */
#include "cli/interactive.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/complete.h"

struct shell {
	struct run run;
	const struct cli_options *o;
	EditLine *el;
	History *history;
	HistEvent event;
	struct sbuf pending;            /* lines of an unfinished statement */
	char prompt[128], path[512];
	struct completion *completion;
	struct sbuf out;                /* of one statement */
};

static char *
prompt(EditLine *el)
{
	struct shell *s;

	el_get(el, EL_CLIENTDATA, &s);
	if (s->pending.n > 0)
		snprintf(s->prompt, sizeof(s->prompt), "%*s> ",
		    5 + (s->run.session->schema == NULL ? 0
		    : 1 + (int)strlen(s->run.session->schema)), "    ->" + 5);
	else if (s->run.session->schema != NULL)
		snprintf(s->prompt, sizeof(s->prompt), "quern:%s> ",
		    s->run.session->schema);
	else
		snprintf(s->prompt, sizeof(s->prompt), "quern> ");
	return s->prompt;
}

/* --- output ---------------------------------------------------------------------- */

static void
collect(void *arg, struct str text)
{
	sbuf_adds(&((struct shell *)arg)->out, text);
}

static int
lines_of(const struct sbuf *b)
{
	int n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

static const char *
pager_command(const struct shell *s)
{
	const char *p = s->o->pager;

	if (p == NULL)
		p = getenv("QUERN_PAGER");
	if (p == NULL)
		p = getenv("PAGER");
	return p == NULL ? "less -FRSX" : p;
}

/* Through the pager when it does not fit the screen. */
static void
show(struct shell *s)
{
	struct winsize size = { .ws_row = 24 };
	const char *command = pager_command(s);
	FILE *p = NULL;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (*command != '\0' && lines_of(&s->out) >= size.ws_row - 1 &&
	    isatty(STDOUT_FILENO))
		p = popen(command, "w");
	fwrite(s->out.p, 1, s->out.n, p != NULL ? p : stdout);
	if (p != NULL)
		pclose(p);
	fflush(stdout);
	sbuf_clear(&s->out);
}

/* --- statements ------------------------------------------------------------------- */

static void
run_one(struct shell *s, struct str statement)
{
	*s->run.interrupted = 0;
	run_statement(&s->run, statement);
	show(s);
	completion_forget(s->completion);
}

static void
help(void)
{
	fputs("A statement ends with a semicolon.  Also:\n"
	    "  quit, exit      leave\n"
	    "  clear           clear the screen\n"
	    "  history         statements so far\n"
	    "  help            this text\n", stdout);
}

static void
print_history(struct shell *s)
{
	int rc = history(s->history, &s->event, H_LAST);

	for (; rc != -1; rc = history(s->history, &s->event, H_PREV))
		fputs(s->event.str, stdout);
}

/* A word that is no statement; -1: leave, 1: done, 0: none of them. */
static int
command(struct shell *s, struct str line)
{
	line = str_trim(line);
	if (line.n > 0 && line.p[line.n - 1] == ';')
		line.n--;
	if (str_ieq(line, STR("quit")) || str_ieq(line, STR("exit")))
		return -1;
	if (str_ieq(line, STR("help")))
		help();
	else if (str_ieq(line, STR("clear")))
		fputs("\033[H\033[2J", stdout);
	else if (str_ieq(line, STR("history")))
		print_history(s);
	else
		return line.n == 0;
	return 1;
}

/* Takes a line; false: leave. */
static bool
take_line(struct shell *s, struct str line)
{
	struct str rest, statement;

	if (s->pending.n == 0) {
		int c = command(s, line);

		if (c != 0)
			return c > 0;
	}
	sbuf_adds(&s->pending, line);
	rest = sbuf_str(&s->pending);
	while (s->o->split(&rest, &statement)) {
		struct sbuf entry = { 0 };

		if (statement.n == 0)
			continue;
		sbuf_adds(&entry, statement);
		sbuf_addz(&entry, ";\n");
		history(s->history, &s->event, H_ENTER, sbuf_z(&entry));
		sbuf_release(&entry);
		run_one(s, statement);
	}
	/* What is left is the beginning of the next one. */
	{
		struct sbuf left = { 0 };

		if (str_trim(statement).n > 0)
			sbuf_adds(&left, statement);
		if (left.n > 0)
			sbuf_addc(&left, '\n');
		sbuf_release(&s->pending);
		s->pending = left;
	}
	return true;
}

/* --- set-up ------------------------------------------------------------------------- */

static unsigned char
complete(EditLine *el, int ch)
{
	struct shell *s;

	el_get(el, EL_CLIENTDATA, &s);
	return completion_run(s->completion, el);
}

static void
open_editor(struct shell *s)
{
	const char *home = getenv("HOME");

	if (s->o->history_file != NULL)
		snprintf(s->path, sizeof(s->path), "%s", s->o->history_file);
	else
		snprintf(s->path, sizeof(s->path), "%s/.quern_history",
		    home == NULL ? "." : home);
	s->history = history_init();
	history(s->history, &s->event, H_SETSIZE, 1000);
	history(s->history, &s->event, H_SETUNIQUE, 1);
	history(s->history, &s->event, H_LOAD, s->path);
	s->el = el_init("quern", stdin, stdout, stderr);
	el_set(s->el, EL_CLIENTDATA, s);
	el_set(s->el, EL_PROMPT, prompt);
	el_set(s->el, EL_EDITOR, "emacs");
	el_set(s->el, EL_SIGNAL, 0);
	el_set(s->el, EL_HIST, history, s->history);
	el_set(s->el, EL_ADDFN, "complete", "complete a word", complete);
	el_set(s->el, EL_BIND, "^I", "complete", NULL);
	el_set(s->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(s->el, NULL);
}

/* The shell's only shared word with its signal handler. */
static volatile sig_atomic_t *
interrupt_word(void)
{
	static volatile sig_atomic_t word;

	return &word;
}

static void
on_interrupt(int signum)
{
	*interrupt_word() = 1;
}

int
interactive_run(const struct run *r, const struct cli_options *o)
{
	struct shell s = { .run = *r, .o = o };
	struct sigaction act = { .sa_handler = on_interrupt };
	const char *line;
	int n;

	s.run.summary = true;
	s.run.write = collect;
	s.run.arg = &s;
	s.run.interrupted = interrupt_word();
	s.completion = completion_new(r->client, r->session);
	sigaction(SIGINT, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	open_editor(&s);
	for (;;) {
		errno = 0;
		line = el_gets(s.el, &n);
		if (line == NULL || n <= 0) {
			if (errno != EINTR && !*interrupt_word())
				break;
			/* Control-C drops the unfinished statement. */
			*interrupt_word() = 0;
			sbuf_clear(&s.pending);
			fputs("^C\n", stdout);
			el_reset(s.el);
			continue;
		}
		if (!take_line(&s, (struct str){ line, (size_t)n }))
			break;
	}
	history(s.history, &s.event, H_SAVE, s.path);
	history_end(s.history);
	el_end(s.el);
	completion_free(&s.completion);
	sbuf_release(&s.pending);
	sbuf_release(&s.out);
	return 0;
}
