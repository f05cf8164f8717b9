/* SPDX-License-Identifier: Apache-2.0
 * cli.h - the shell: statements from a terminal, a file or a flag; answers in
 * the formats of Trino's command line. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "client/client.h"

struct cli_options {
	const char *execute;    /* statements; NULL: see file */
	const char *file;       /* "-": standard input; NULL: standard input,
				 * interactive when that is a terminal */
	const char *format;     /* NULL: CSV, or ALIGNED when interactive */
	bool ignore_errors;
	int progress;           /* 1 on, -1 off, 0 when interactive */
	const char *history_file;       /* NULL: ~/.quern_history */
	const char *pager;      /* NULL: $QUERN_PAGER, $PAGER, less */
	/* Cuts the first statement off *rest; true when a ';' ended it. */
	bool (*split)(struct str *rest, struct str *statement);
};

/* Runs; the exit status: 0, 1 after a failure, 2 for wrong options or an
 * unreadable file, 130 after Control-C.  The session is changed by
 * statements.  SIGINT must be blocked in all threads that run already. */
int cli_run(struct client *c, struct client_session *s,
    const struct cli_options *o);

#endif
