/* SPDX-License-Identifier: Apache-2.0
 * spill.c - temporary files of checksummed blocks; see spill.h.
 *
 * A block is u64 size, u64 xxh3 of the bytes, the bytes, and zeroes up to the
 * next multiple of 16. */
#include "mem/spill.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"

enum { BLOCK_HEAD = 16, BLOCK_ALIGN = 16 };

#define SPILL_PREFIX "quern1-"
#define SPILL_SUFFIX ".spill"

struct spill_dir {
	struct env *env;
	char *path;
	uint64_t limit;
	uint64_t incarnation;           /* in the files' names */
	atomic_uint_fast64_t used, total, files;
};

struct spill_file {
	struct spill_dir *dir;
	struct spill_quota *quota;
	struct env_file *file;
	char *path;
	uint64_t end;
};

struct sweep {
	struct spill_dir *dir;
	struct sbuf names;              /* each with its NUL */
};

static int
sweep_name(void *arg, const char *name)
{
	struct sweep *s = arg;

	if (str_starts(str_of(name), STR(SPILL_PREFIX)) &&
	    str_ends(str_of(name), STR(SPILL_SUFFIX)))
		sbuf_add(&s->names, name, strlen(name) + 1);
	return 0;
}

static int
spill_sweep(struct spill_dir *d, struct err *e)
{
	struct sweep s = { .dir = d };
	struct sbuf path = { 0 };
	int n = 0, r;

	r = d->env->ops->list(d->env, d->path, sweep_name, &s, e);
	for (size_t at = 0; r == 0 && at < s.names.n;
	    at += strlen(s.names.p + at) + 1) {
		sbuf_clear(&path);
		sbuf_addf(&path, "%s/%s", d->path, s.names.p + at);
		r = d->env->ops->unlink(d->env, sbuf_z(&path), e);
		n++;
	}
	if (n > 0)
		log_info("spill", "removed %d files of an earlier run in %s",
		    n, d->path);
	sbuf_release(&path);
	sbuf_release(&s.names);
	return r;
}

int
spill_dir_open(struct env *env, const char *path, uint64_t limit,
    struct spill_dir **out, struct err *e)
{
	struct spill_dir *d;
	struct env_stat st;

	*out = NULL;
	if (env->ops->stat(env, path, &st, NULL) < 0) {
		int r = env->ops->mkdir(env, path, e);

		if (r < 0)
			return r;
	} else if (!st.is_dir)
		return err_set(e, ERR_CONFIGURATION_INVALID,
		    "Spill path is not a directory: %s", path);
	d = xcalloc(1, sizeof(*d));
	d->env = env;
	d->path = xstrdup(path);
	d->limit = limit == 0 ? UINT64_MAX : limit;
	d->incarnation = env_random(env);
	if (spill_sweep(d, e) < 0) {
		spill_dir_close(&d);
		return -(int)(e == NULL ? ERR_GENERIC_INTERNAL_ERROR : e->code);
	}
	*out = d;
	return 0;
}

void
spill_dir_close(struct spill_dir **dp)
{
	struct spill_dir *d = *dp;

	*dp = NULL;
	if (d == NULL)
		return;
	CHECK(d->used == 0);
	free(d->path);
	free(d);
}

uint64_t
spill_dir_used(const struct spill_dir *d)
{
	return d->used;
}

uint64_t
spill_dir_total(const struct spill_dir *d)
{
	return d->total;
}

int
spill_create(struct spill_dir *d, struct spill_quota *quota,
    struct spill_file **out, struct err *e)
{
	struct spill_file *f = xcalloc(1, sizeof(*f));
	struct sbuf path = { 0 };
	int r;

	sbuf_addf(&path, "%s/" SPILL_PREFIX "%016" PRIx64 "-%" PRIu64
	    SPILL_SUFFIX, d->path, d->incarnation,
	    (uint64_t)atomic_fetch_add(&d->files, 1));
	f->dir = d;
	f->quota = quota;
	f->path = sbuf_take(&path);
	r = d->env->ops->create(d->env, f->path, &f->file, e);
	if (r < 0) {
		free(f->path);
		free(f);
		f = NULL;
	}
	*out = f;
	return r;
}

uint64_t
spill_next(uint64_t at, size_t n)
{
	return at + BLOCK_HEAD +
	    ((n + BLOCK_ALIGN - 1) & ~(uint64_t)(BLOCK_ALIGN - 1));
}

uint64_t
spill_size(const struct spill_file *f)
{
	return f->end;
}

/* Books n bytes more on the directory and the query's quota, or none. */
static int
spill_book(struct spill_file *f, uint64_t n, struct err *e)
{
	struct spill_dir *d = f->dir;
	struct spill_quota *q = f->quota;

	if (atomic_fetch_add(&d->used, n) + n > d->limit) {
		atomic_fetch_sub(&d->used, n);
		return err_set(e, ERR_EXCEEDED_SPILL_LIMIT,
		    "Query exceeded local spill limit of %" PRIu64 "B",
		    d->limit);
	}
	if (q != NULL && atomic_fetch_add(&q->used, n) + n > q->limit &&
	    q->limit != 0) {
		atomic_fetch_sub(&q->used, n);
		atomic_fetch_sub(&d->used, n);
		return err_set(e, ERR_EXCEEDED_SPILL_LIMIT,
		    "Query exceeded per-query local spill limit of %" PRIu64
		    "B", q->limit);
	}
	return 0;
}

static void
spill_unbook(struct spill_file *f, uint64_t n)
{
	atomic_fetch_sub(&f->dir->used, n);
	if (f->quota != NULL)
		atomic_fetch_sub(&f->quota->used, n);
}

int
spill_append(struct spill_file *f, const void *bytes, size_t n, uint64_t *at,
    struct err *e)
{
	struct env *env = f->dir->env;
	uint64_t head[2] = { n, hash_bytes(bytes, n) };
	uint64_t size = spill_next(0, n);
	int r;

	r = spill_book(f, size, e);
	if (r < 0)
		return r;
	/* The padding is never written: the next block starts behind it, and
	 * nobody reads it. */
	r = env->ops->pwrite(env, f->file, head, sizeof(head), f->end, e);
	if (r == 0 && n > 0)
		r = env->ops->pwrite(env, f->file, bytes, n,
		    f->end + BLOCK_HEAD, e);
	if (r < 0) {
		spill_unbook(f, size);
		return r;
	}
	*at = f->end;
	f->end += size;
	atomic_fetch_add(&f->dir->total, size);
	return 0;
}

static int
spill_read_all(struct spill_file *f, uint64_t at, void *to, size_t n,
    struct err *e)
{
	struct env *env = f->dir->env;
	size_t got;
	int r;

	r = env->ops->pread(env, f->file, to, n, at, &got, e);
	if (r == 0 && got < n)
		r = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Spill file is truncated: %s", f->path);
	return r;
}

static int
spill_head(struct spill_file *f, uint64_t at, uint64_t head[2],
    struct err *e)
{
	int r;

	CHECK(at + BLOCK_HEAD <= f->end);
	r = spill_read_all(f, at, head, BLOCK_HEAD, e);
	if (r == 0 && (head[0] > f->end || spill_next(at, head[0]) > f->end))
		r = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Spill file is damaged: %s", f->path);
	return r;
}

int
spill_block_size(struct spill_file *f, uint64_t at, size_t *n, struct err *e)
{
	uint64_t head[2] = { 0 };
	int r = spill_head(f, at, head, e);

	*n = head[0];
	return r;
}

int
spill_read(struct spill_file *f, uint64_t at, void *bytes, size_t n,
    struct err *e)
{
	uint64_t head[2];
	int r = spill_head(f, at, head, e);

	if (r < 0)
		return r;
	CHECK(n == head[0]);
	r = spill_read_all(f, at + BLOCK_HEAD, bytes, n, e);
	if (r == 0 && hash_bytes(bytes, n) != head[1])
		r = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Wrong checksum in spill file: %s", f->path);
	return r;
}

void
spill_close(struct spill_file **fp)
{
	struct spill_file *f = *fp;
	struct env *env;

	*fp = NULL;
	if (f == NULL)
		return;
	env = f->dir->env;
	env->ops->close(env, f->file);
	/* When it cannot be removed now, the next start sweeps it. */
	env->ops->unlink(env, f->path, NULL);
	spill_unbook(f, f->end);
	free(f->path);
	free(f);
}
