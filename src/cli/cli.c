/* SPDX-License-Identifier: Apache-2.0
 * cli.c - where statements come from in batch mode. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/format.h"
#include "cli/interactive.h"
#include "cli/run.h"

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
		if (run_statement(r, statement) != 0) {
			status = 1;
			if (!o->ignore_errors)
				break;
		}
	}
	return status;
}

static int
read_all(const char *file, struct sbuf *to)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	size_t n;

	if (f == NULL) {
		fprintf(stderr, "quern: %s: %s\n", file, strerror(errno));
		return 1;
	}
	while ((n = fread(sbuf_reserve(to, 65536), 1, 65536, f)) > 0)
		to->n += n;
	if (f != stdin)
		fclose(f);
	return 0;
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
		.progress = o->progress > 0 || (o->progress == 0 &&
		    terminal && isatty(STDERR_FILENO)) };
	struct format *known = format_new(r.format);
	struct sbuf text = { 0 };
	int status;

	if (known == NULL) {
		fprintf(stderr, "quern: no such output format: %s\n",
		    r.format);
		return 2;
	}
	format_free(&known);
	if (terminal)
		return interactive_run(&r, o);
	if (o->execute != NULL)
		return run_all(&r, o, str_of(o->execute));
	status = read_all(o->file == NULL ? "-" : o->file, &text);
	if (status == 0)
		status = run_all(&r, o, sbuf_str(&text));
	sbuf_release(&text);
	return status;
}
