/* SPDX-License-Identifier: Apache-2.0
 * run.h - one statement from submit to the last row. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/cli.h"
#include "cli/interrupt.h"

struct run {
	struct client *client;
	struct client_session *session;
	const char *format;
	int screen_width;
	bool progress;          /* a line of progress on standard error */
	/* On a terminal: the statistics after each statement, and all messages
	 * go where the rows go. */
	bool interactive;
	/* Where rows go; false: nobody reads any more, the statement is
	 * cancelled.  NULL: standard output. */
	bool (*write)(void *arg, struct str text);
	void *arg;
	struct interrupt *interrupt;    /* NULL: none */
};

enum run_result { RUN_DONE, RUN_FAILED, RUN_INTERRUPTED };

/* Failures are said on standard error (or where rows go). */
enum run_result run_statement(const struct run *r, struct str sql);

#endif
