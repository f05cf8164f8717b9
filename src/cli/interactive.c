/* SPDX-License-Identifier: Apache-2.0
 * interactive.c - libedit: lines into statements, history, completion, the
 * pager, Control-C. */
#include "cli/interactive.h"

#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/complete.h"
#include "cli/pager.h"

enum { PROMPT_SCHEMA_MAX = 100, HISTORY_SIZE = 1000 };

struct shell {
	struct run run;
	const struct cli_options *o;
	EditLine *el;
	History *history;
	HistEvent event;
	struct sbuf pending;            /* lines of an unfinished statement */
	bool dropped;                   /* Control-C at the prompt */
	char prompt[128], path[4096];
	struct completion *completion;
	struct pager *pager;
};

/* "quern:schema> ", and "          -> " for the lines that follow. */
static char *
prompt(EditLine *el)
{
	struct shell *s;
	const char *schema;

	el_get(el, EL_CLIENTDATA, &s);
	schema = s->run.session->schema;
	snprintf(s->prompt, sizeof(s->prompt), "quern%s%.*s> ",
	    schema != NULL ? ":" : "", PROMPT_SCHEMA_MAX,
	    schema != NULL ? schema : "");
	if (s->pending.n > 0) {
		memset(s->prompt, ' ', strlen(s->prompt));
		memcpy(s->prompt + strlen(s->prompt) - 3, "-> ", 3);
	}
	return s->prompt;
}

/* --- statements ------------------------------------------------------------------- */

static bool
to_pager(void *arg, struct str text)
{
	return pager_write(((struct shell *)arg)->pager, text);
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

static void
run_one(struct shell *s, struct str statement, bool vertical)
{
	struct run r = s->run;

	if (vertical)
		r.format = "VERTICAL";
	run_statement(&r, statement);
	pager_finish(s->pager);
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
		puts(s->event.str);
}

/* A word that is no statement; -1: leave, 1: done, 0: none of them. */
static int
command(struct shell *s, struct str line)
{
	line = str_trim(line);
	while (line.n > 0 && line.p[line.n - 1] == ';')
		line.n--;
	line = str_trim(line);
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
	fflush(stdout);
	return 1;
}

static void
remember(struct shell *s, struct str statement, bool vertical)
{
	struct sbuf entry = { 0 };

	sbuf_adds(&entry, statement);
	sbuf_addz(&entry, vertical ? "\\G" : ";");
	history(s->history, &s->event, H_ENTER, sbuf_z(&entry));
	/* At once: other shells may be open, and this one may be killed. */
	history(s->history, &s->event, H_SAVE, s->path);
	sbuf_release(&entry);
}

/* Takes a line; false: leave. */
static bool
take_line(struct shell *s, struct str line)
{
	struct str rest, statement = { "", 0 };
	struct sbuf left = { 0 };
	bool vertical = str_ends(str_trim(line), STR("\\G"));

	if (s->pending.n == 0) {
		int c = command(s, line);

		if (c != 0)
			return c > 0;
	}
	sbuf_adds(&s->pending, line);
	if (vertical) {
		s->pending.n = str_trim(sbuf_str(&s->pending)).p +
		    str_trim(sbuf_str(&s->pending)).n - s->pending.p - 2;
		sbuf_addz(&s->pending, ";\n");
	}
	rest = sbuf_str(&s->pending);
	while (s->o->split(&rest, &statement)) {
		if (str_trim(statement).n == 0)
			continue;
		remember(s, str_trim(statement), vertical);
		run_one(s, statement, vertical);
	}
	/* What is left is the beginning of the next one. */
	if (str_trim(statement).n > 0) {
		sbuf_adds(&left, statement);
		sbuf_addc(&left, '\n');
	}
	sbuf_release(&s->pending);
	s->pending = left;
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

/* While a line is edited Control-C is a key, no signal. */
static unsigned char
drop(EditLine *el, int ch)
{
	struct shell *s;

	el_get(el, EL_CLIENTDATA, &s);
	s->dropped = true;
	fputs("^C\n", stdout);
	fflush(stdout);
	return CC_EOF;
}

static void
open_editor(struct shell *s)
{
	const char *home = getenv("HOME");

	/* Texts are UTF-8 whatever the environment says. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (s->o->history_file != NULL)
		snprintf(s->path, sizeof(s->path), "%s", s->o->history_file);
	else
		snprintf(s->path, sizeof(s->path), "%s/.quern_history",
		    home == NULL ? "." : home);
	s->history = history_init();
	history(s->history, &s->event, H_SETSIZE, HISTORY_SIZE);
	history(s->history, &s->event, H_SETUNIQUE, 1);
	history(s->history, &s->event, H_LOAD, s->path);
	s->el = el_init("quern", stdin, stdout, stderr);
	el_set(s->el, EL_CLIENTDATA, s);
	el_set(s->el, EL_PROMPT, prompt);
	el_set(s->el, EL_EDITOR, "emacs");
	el_set(s->el, EL_SIGNAL, 0);
	el_set(s->el, EL_HIST, history, s->history);
	el_set(s->el, EL_ADDFN, "complete", "complete a word", complete);
	el_set(s->el, EL_ADDFN, "drop", "drop the statement", drop);
	el_set(s->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(s->el, EL_BIND, "^I", "complete", NULL);
	el_set(s->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(s->el, NULL);
	el_set(s->el, EL_BIND, "^C", "drop", NULL);
}

int
interactive_run(const struct run *r, const struct cli_options *o)
{
	struct shell s = { .run = *r, .o = o };
	const char *line;
	int n;

	signal(SIGPIPE, SIG_IGN);
	s.pager = pager_new(pager_command(&s));
	s.completion = completion_new(r->client, r->session);
	s.run.interactive = true;
	s.run.write = to_pager;
	s.run.arg = &s;
	s.run.interrupt = interrupt_new(false);
	open_editor(&s);
	do {
		el_resize(s.el);
		line = el_gets(s.el, &n);
		if (s.dropped) {
			/* Control-C drops the unfinished statement. */
			s.dropped = false;
			sbuf_clear(&s.pending);
			line = "";
			n = 0;
		} else if (line == NULL || n <= 0) {
			fputc('\n', stdout);
			break;
		}
	} while (take_line(&s, (struct str){ line, (size_t)n }));
	history_end(s.history);
	el_end(s.el);
	interrupt_free(&s.run.interrupt);
	completion_free(&s.completion);
	pager_free(&s.pager);
	sbuf_release(&s.pending);
	fflush(stdout);
	return 0;
}
