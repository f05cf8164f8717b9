/* SPDX-License-Identifier: Apache-2.0
 * interactive.h - the shell on a terminal. */
#ifndef CLI_INTERACTIVE_H
#define CLI_INTERACTIVE_H

#include "cli/run.h"

/* Reads statements with editing, history and completion until quit, exit or
 * the end of input; the exit status. */
int interactive_run(const struct run *r, const struct cli_options *o);

#endif
