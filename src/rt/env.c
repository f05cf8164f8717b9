/* SPDX-License-Identifier: Apache-2.0
 * env.c - the real world behind base/env.h: the kernel's clock, random
 * numbers and files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"
#include "rt/rt.h"

struct env_file {
	int fd;
	char path[];
};

static int64_t
clock_read(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t
real_mono(struct env *env)
{
	return clock_read(CLOCK_MONOTONIC);
}

static int64_t
real_wall(struct env *env)
{
	return clock_read(CLOCK_REALTIME);
}

static uint64_t
real_random(struct env *env)
{
	uint64_t v;

	CHECK(getrandom(&v, sizeof(v), 0) == (ssize_t)sizeof(v));
	return v;
}

static int
fail(struct err *e, const char *what, const char *path)
{
	int code = errno;

	return err_set(e, code == ENOENT || code == ENOTDIR ? ERR_NOT_FOUND
	    : code == EACCES || code == EPERM ? ERR_PERMISSION_DENIED
	    : code == ENOSPC || code == EDQUOT ? ERR_OUT_OF_SPILL_SPACE
	    : ERR_HIVE_CANNOT_OPEN_SPLIT, "Cannot %s %s: %s", what, path,
	    strerror(code));
}

static int
open_file(const char *path, int flags, const char *what,
    struct env_file **out, struct err *e)
{
	size_t n = strlen(path) + 1;
	struct env_file *f;
	int fd;

	*out = NULL;
	do {
		fd = open(path, flags | O_CLOEXEC, 0600);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return fail(e, what, path);
	f = xmalloc(sizeof(*f) + n);
	f->fd = fd;
	memcpy(f->path, path, n);
	*out = f;
	return 0;
}

static int
real_open_read(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	/* A named pipe must not hold up a thread. */
	return open_file(path, O_RDONLY | O_NONBLOCK, "open", out, e);
}

static int
real_create(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	return open_file(path, O_RDWR | O_CREAT | O_EXCL, "create", out, e);
}

static void
stat_fill(struct env_stat *to, const struct stat *st)
{
	to->size = (uint64_t)st->st_size;
	to->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 +
	    st->st_mtim.tv_nsec;
	to->is_dir = S_ISDIR(st->st_mode);
	to->is_regular = S_ISREG(st->st_mode);
}

static int
real_fstat(struct env *env, struct env_file *f, struct env_stat *to,
    struct err *e)
{
	struct stat st;

	if (fstat(f->fd, &st) < 0)
		return fail(e, "stat", f->path);
	stat_fill(to, &st);
	return 0;
}

static int
real_stat(struct env *env, const char *path, struct env_stat *to,
    struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(e, "stat", path);
	stat_fill(to, &st);
	return 0;
}

static int
real_pread(struct env *env, struct env_file *f, void *buf, size_t n,
    uint64_t off, size_t *got, struct err *e)
{
	size_t have = 0;

	*got = 0;
	if (off > INT64_MAX - n)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "Cannot read %s: the offset is too big", f->path);
	while (have < n) {
		ssize_t r = pread(f->fd, (char *)buf + have, n - have,
		    (off_t)(off + have));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return fail(e, "read", f->path);
		if (r == 0)
			break;
		have += (size_t)r;
	}
	*got = have;
	return 0;
}

static int
real_pwrite(struct env *env, struct env_file *f, const void *buf, size_t n,
    uint64_t off, struct err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pwrite(f->fd, (const char *)buf + done, n - done,
		    (off_t)(off + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			errno = ENOSPC;
		if (r <= 0)
			return fail(e, "write", f->path);
		done += (size_t)r;
	}
	return 0;
}

static void
real_close(struct env *env, struct env_file *f)
{
	if (f == NULL)
		return;
	close(f->fd);
	free(f);
}

static int
real_unlink(struct env *env, const char *path, struct err *e)
{
	return unlink(path) < 0 ? fail(e, "remove", path) : 0;
}

static int
real_mkdir(struct env *env, const char *path, struct err *e)
{
	return mkdir(path, 0700) < 0 ? fail(e, "make directory", path) : 0;
}

static int
real_list(struct env *env, const char *path,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *de;

	if (d == NULL)
		return fail(e, "list", path);
	while ((de = readdir(d)) != NULL)
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0 && each(arg, de->d_name) != 0)
			break;
	closedir(d);
	return 0;
}

static int
real_real_path(struct env *env, const char *path, char **out, struct err *e)
{
	*out = realpath(path, NULL);
	return *out == NULL ? fail(e, "resolve", path) : 0;
}

struct env *
env_real(void)
{
	static const struct env_ops ops = {
		.mono_ns = real_mono,
		.wall_ns = real_wall,
		.random = real_random,
		.open_read = real_open_read,
		.create = real_create,
		.fstat = real_fstat,
		.pread = real_pread,
		.pwrite = real_pwrite,
		.close = real_close,
		.unlink = real_unlink,
		.mkdir = real_mkdir,
		.stat = real_stat,
		.list = real_list,
		.real_path = real_real_path,
	};
	struct env *env = xmalloc(sizeof(*env));

	env->ops = &ops;
	return env;
}

void
env_free(struct env **env)
{
	free(*env);
	*env = NULL;
}
