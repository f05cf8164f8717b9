/* SPDX-License-Identifier: Apache-2.0
 * check.c - what a failed assertion prints. */
#include "base/check.h"

#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void
check_failed(const char *file, int line, const char *cond)
{
	void *frames[48];
	int n;

	fprintf(stderr, "%s:%d: check failed: %s\n", file, line, cond);
	n = backtrace(frames, 48);
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
	abort();
}
