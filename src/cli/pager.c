/* SPDX-License-Identifier: Apache-2.0
 * pager.c - a pipe to a command, opened when it is needed. */
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS_UNKNOWN = 24 };

struct pager {
	const char *command;
	struct sbuf waiting;
	int lines;
	int fd;                         /* -1: the command does not run */
	pid_t pid;
	bool gone;                      /* its reader has left */
};

struct pager *
pager_new(const char *command)
{
	struct pager *p = xcalloc(1, sizeof(*p));

	p->command = command == NULL ? "" : command;
	p->fd = -1;
	return p;
}

void
pager_free(struct pager **pp)
{
	struct pager *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	pager_finish(p);
	sbuf_release(&p->waiting);
	free(p);
}

static int
rows_of_terminal(void)
{
	struct winsize size = { .ws_row = 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_row > 0 ? size.ws_row : ROWS_UNKNOWN;
}

static bool
write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

/* The command sees signals as any program does; here SIGINT is blocked and
 * SIGPIPE ignored. */
static bool
start(struct pager *p)
{
	char *arguments[] = { "sh", "-c", (char *)(uintptr_t)p->command,
		NULL };
	extern char **environ;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ends[0], STDIN_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(&p->pid, "/bin/sh", &files, &attributes, arguments,
	    environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	close(ends[0]);
	if (rc != 0) {
		close(ends[1]);
		return false;
	}
	p->fd = ends[1];
	return true;
}

static bool
flush(struct pager *p)
{
	bool good = p->gone ? false : write_all(p->fd >= 0 ? p->fd
	    : STDOUT_FILENO, sbuf_str(&p->waiting));

	sbuf_clear(&p->waiting);
	p->gone |= !good;
	return good;
}

bool
pager_write(struct pager *p, struct str text)
{
	if (p->gone)
		return false;
	sbuf_adds(&p->waiting, text);
	if (p->fd >= 0 || *p->command == '\0')
		return flush(p);
	for (size_t i = 0; i < text.n; i++)
		p->lines += text.p[i] == '\n';
	if (p->lines < rows_of_terminal() - 1)
		return true;
	if (!start(p))
		p->command = "";
	return flush(p);
}

void
pager_finish(struct pager *p)
{
	if (p->waiting.n > 0)
		flush(p);
	if (p->fd >= 0) {
		close(p->fd);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	p->fd = -1;
	p->lines = 0;
	p->gone = false;
}
