/* SPDX-License-Identifier: Apache-2.0
 * run.h - one statement from submit to the last row. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <signal.h>

#include "cli/cli.h"

struct run {
	struct client *client;
	struct client_session *session;
	const char *format;
	bool progress;          /* a line of progress on standard error */
	bool summary;           /* "(5 rows)" and the statistics after it */
	/* Where output goes; NULL: standard output. */
	void (*write)(void *arg, struct str text);
	void *arg;
	/* Set by a signal handler: cancel the statement. */
	volatile sig_atomic_t *interrupted;
};

/* 0, or 1 when it failed (and that was said on standard error). */
int run_statement(const struct run *r, struct str sql);

#endif
