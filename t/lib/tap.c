/* SPDX-License-Identifier: Apache-2.0
 * tap.c - counts and prints; see tap.h. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int ran, failed;

bool
ok(bool cond, const char *name, ...)
{
	va_list ap;

	printf("%sok %d - ", cond ? "" : "not ", ++ran);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	failed += !cond;
	return cond;
}

bool
is_str(const char *got, const char *want, const char *name)
{
	bool same = got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0);

	ok(same, "%s", name);
	if (!same)
		diag("got:  %s\nwant: %s", got == NULL ? "(null)" : got,
		    want == NULL ? "(null)" : want);
	return same;
}

bool
is_int(long long got, long long want, const char *name)
{
	ok(got == want, "%s", name);
	if (got != want)
		diag("got %lld, want %lld", got, want);
	return got == want;
}

void
diag(const char *fmt, ...)
{
	char text[4096], *line, *rest = text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while ((line = strsep(&rest, "\n")) != NULL)
		printf("# %s\n", line);
}

int
tap_done(void)
{
	printf("1..%d\n", ran);
	return failed == 0 ? 0 : 1;
}
