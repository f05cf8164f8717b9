/* SPDX-License-Identifier: Apache-2.0
 * log.c - the process's log; the only mutable file-scope state beside main. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

static _Atomic enum log_level threshold = LOG_WARN;
static atomic_int journal;

void
log_set_level(enum log_level level)
{
	atomic_store(&threshold, level);
}

enum log_level
log_get_level(void)
{
	return atomic_load_explicit(&threshold, memory_order_relaxed);
}

void
log_set_journal(int on)
{
	atomic_store(&journal, on);
}

static size_t
put_head(char *line, enum log_level level, const char *where)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARN",
		"ERROR" };
	static const char *const priorities[] = { "<7>", "<6>", "<4>", "<3>" };
	struct timespec now;
	struct tm tm;
	size_t n = 0;

	if (atomic_load(&journal))
		return (size_t)snprintf(line, 64, "%s%s: ", priorities[level],
		    where);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(line, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, 96, ".%03ldZ %-5s %s: ",
	    now.tv_nsec / 1000000, names[level], where);
	return n;
}

void
log_write(enum log_level level, const char *where, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	size_t n = put_head(line, level, where);
	va_list ap;
	int more;

	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if (more < 0)
		return;
	for (; line[n] != '\0'; n++)
		if ((unsigned char)line[n] < ' ' || line[n] == 127)
			line[n] = '?';
	line[n++] = '\n';
	/* One write a line, so that lines of threads do not mix. */
	(void)!write(STDERR_FILENO, line, n);
}
