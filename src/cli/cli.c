/* SPDX-License-Identifier: Apache-2.0
 * cli.c - where statements come from in batch mode. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/format.h"
#include "cli/interactive.h"
#include "cli/run.h"

enum { SCREEN_WIDTH = 80, STATUS_INTERRUPTED = 130 };

static int
run_all(const struct run *r, const struct cli_options *o, struct str text)
{
	int status = 0;
	bool ended = true;

	while (ended) {
		struct str statement;

		ended = o->split(&text, &statement);
		if (statement.n == 0)
			continue;
		switch (run_statement(r, statement)) {
		case RUN_DONE:
			break;
		case RUN_FAILED:
			if (!o->ignore_errors)
				return 1;
			status = 1;
			break;
		case RUN_INTERRUPTED:
			return STATUS_INTERRUPTED;
		}
	}
	return status;
}

static int
read_all(const char *file, struct sbuf *to)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	int status = 0;
	size_t n;

	if (f == NULL) {
		fprintf(stderr, "quern: %s: %s\n", file, strerror(errno));
		return 2;
	}
	while ((n = fread(sbuf_reserve(to, 65536), 1, 65536, f)) > 0)
		to->n += n;
	if (ferror(f)) {
		fprintf(stderr, "quern: %s: %s\n", file, strerror(errno));
		status = 2;
	}
	if (f != stdin)
		fclose(f);
	return status;
}

static int
screen_width(void)
{
	struct winsize size = { .ws_col = 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_col > 0 ? size.ws_col : SCREEN_WIDTH;
}

static int
run_batch(struct run *r, const struct cli_options *o)
{
	struct sbuf text = { 0 };
	int status = 0;

	if (o->execute == NULL)
		status = read_all(o->file == NULL ? "-" : o->file, &text);
	if (status == 0) {
		r->interrupt = interrupt_new(true);
		status = run_all(r, o, o->execute != NULL
		    ? str_of(o->execute) : sbuf_str(&text));
		interrupt_free(&r->interrupt);
	}
	sbuf_release(&text);
	return status;
}

int
cli_run(struct client *c, struct client_session *s,
    const struct cli_options *o)
{
	bool terminal = o->execute == NULL && o->file == NULL &&
	    isatty(STDIN_FILENO);
	struct run r = { .client = c, .session = s,
		.format = o->format != NULL ? o->format : terminal
		    ? "ALIGNED" : "CSV",
		.screen_width = screen_width(),
		.progress = o->progress > 0 || (o->progress == 0 &&
		    terminal && isatty(STDERR_FILENO)) };
	struct format *known = format_new(r.format, 0);

	if (known == NULL) {
		fprintf(stderr, "quern: no such output format: %s\n",
		    r.format);
		return 2;
	}
	format_free(&known);
	if (o->execute != NULL && o->file != NULL) {
		fputs("quern: both --execute and --file specified\n", stderr);
		return 2;
	}
	return terminal ? interactive_run(&r, o) : run_batch(&r, o);
}
