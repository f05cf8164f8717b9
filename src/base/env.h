/* SPDX-License-Identifier: Apache-2.0
 * env.h - the outside world as tables of functions: clock, random numbers,
 * files.  The real one is env_real() in rt; the simulation has its own, so
 * that a cluster runs on virtual time from a seed.
 *
 * Nothing outside rt calls time(), rand(), open() and the like.  (Sockets
 * stand behind the transport table in rt/transport.h for the same reason.)
 * All calls may come from any thread. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct env;
struct env_file;                /* one open file */
struct err;

struct env_stat {
	uint64_t size;          /* bytes */
	int64_t mtime_ns;       /* since the epoch */
	bool is_dir;
	bool is_regular;
};

struct env_ops {
	int64_t (*mono_ns)(struct env *env);    /* never goes back */
	int64_t (*wall_ns)(struct env *env);    /* since 1970, UTC */
	uint64_t (*random)(struct env *env);    /* 64 uniform bits */

	/* Files.  All may block: work threads only.  Errors name the path:
	 * NOT_FOUND when it does not exist, PERMISSION_DENIED,
	 * HIVE_CANNOT_OPEN_SPLIT otherwise. */
	int (*open_read)(struct env *env, const char *path,
	    struct env_file **out, struct err *e);
	/* Creates (fails when it exists), readable by the owner alone. */
	int (*create)(struct env *env, const char *path,
	    struct env_file **out, struct err *e);
	int (*fstat)(struct env *env, struct env_file *f, struct env_stat *st,
	    struct err *e);
	/* Reads up to n bytes at off; *got < n only at the end. */
	int (*pread)(struct env *env, struct env_file *f, void *buf, size_t n,
	    uint64_t off, size_t *got, struct err *e);
	/* Writes all n bytes at off, or fails (OUT_OF_SPILL_SPACE when the
	 * disk is full). */
	int (*pwrite)(struct env *env, struct env_file *f, const void *buf,
	    size_t n, uint64_t off, struct err *e);
	void (*close)(struct env *env, struct env_file *f);
	int (*unlink)(struct env *env, const char *path, struct err *e);
	int (*mkdir)(struct env *env, const char *path, struct err *e);
	int (*stat)(struct env *env, const char *path, struct env_stat *st,
	    struct err *e);
	/* Calls each() with the names in a directory, unsorted, without "."
	 * and ".."; each() answers nonzero to stop. */
	int (*list)(struct env *env, const char *path,
	    int (*each)(void *arg, const char *name), void *arg,
	    struct err *e);
	/* The path without links and dots, absolute (free() frees).  NULL:
	 * every path is its own. */
	int (*real_path)(struct env *env, const char *path, char **out,
	    struct err *e);
};

/* First member of every implementation. */
struct env {
	const struct env_ops *ops;
};

static inline int64_t
env_mono_ns(struct env *env)
{
	return env->ops->mono_ns(env);
}

static inline int64_t
env_wall_ns(struct env *env)
{
	return env->ops->wall_ns(env);
}

static inline uint64_t
env_random(struct env *env)
{
	return env->ops->random(env);
}

#endif
