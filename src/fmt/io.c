/* SPDX-License-Identifier: Apache-2.0
 * io.c - files and ranges of them read by jobs.
 *
 * A read is shared by the one who asked and the job that does it, each with
 * a reference; so it may be dropped while it is under way.  `done` is set
 * once, by the job, after everything else. */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"
#include "fmt/io.h"

struct fmt_file {
	atomic_int refs;
	struct env *env;
	struct env_file *file;
	struct env_stat stat;
	char *path;
};

struct fmt_read {
	atomic_int refs;
	struct fmt_file *file;
	uint64_t off;
	size_t n;
	atomic_int *cancel;
	struct buf *buf;        /* the asker's after `done` */
	struct wait_list waiting;
	atomic_bool done;
	struct err err;         /* code ERR_OK: it went well */
};

int
fmt_file_open(struct fmt_io *io, const char *path, struct fmt_file **out,
    struct err *e)
{
	struct fmt_file *f = xcalloc(1, sizeof(*f));
	int rc;

	*out = NULL;
	f->env = io->env;
	atomic_init(&f->refs, 1);
	rc = io->env->ops->open_read(io->env, path, &f->file, e);
	if (rc < 0) {
		free(f);
		return rc;
	}
	f->path = xstrdup(path);
	rc = io->env->ops->fstat(io->env, f->file, &f->stat, e);
	if (rc == 0 && f->stat.is_dir)
		rc = err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "%s: is a directory", path);
	if (rc < 0) {
		fmt_file_drop(&f);
		return rc;
	}
	*out = f;
	return 0;
}

struct fmt_file *
fmt_file_ref(struct fmt_file *f)
{
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	return f;
}

void
fmt_file_drop(struct fmt_file **fp)
{
	struct fmt_file *f = *fp;

	*fp = NULL;
	if (f == NULL || atomic_fetch_sub_explicit(&f->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	f->env->ops->close(f->env, f->file);
	free(f->path);
	free(f);
}

const char *
fmt_file_path(const struct fmt_file *f)
{
	return f->path;
}

uint64_t
fmt_file_size(const struct fmt_file *f)
{
	return f->stat.size;
}

int64_t
fmt_file_mtime_ns(const struct fmt_file *f)
{
	return f->stat.mtime_ns;
}

int
fmt_file_read(struct fmt_file *f, uint64_t off, size_t n, void *to,
    struct err *e)
{
	size_t done = 0, got;

	while (done < n) {
		int rc = f->env->ops->pread(f->env, f->file,
		    (char *)to + done, n - done, off + done, &got, e);

		if (rc < 0)
			return rc;
		if (got == 0)
			return err_set(e, ERR_HIVE_BAD_DATA,
			    "%s: the file ends at offset %llu, before %llu: "
			    "it has become shorter", f->path,
			    (unsigned long long)(off + done),
			    (unsigned long long)(off + n));
		done += got;
	}
	return 0;
}

static void
read_unref(struct fmt_read *r)
{
	if (atomic_fetch_sub_explicit(&r->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	buf_drop(&r->buf);
	fmt_file_drop(&r->file);
	wait_list_release(&r->waiting);
	free(r);
}

/* The job. */
static void
read_run(void *arg)
{
	struct fmt_read *r = arg;

	/* Nobody but the job is left: the asker has dropped it. */
	if (atomic_load_explicit(&r->refs, memory_order_acquire) == 1)
		err_set(&r->err, ERR_USER_CANCELED, "the read was abandoned");
	else if (r->cancel != NULL && atomic_load_explicit(r->cancel,
	    memory_order_relaxed) != 0)
		err_set(&r->err, ERR_USER_CANCELED, "Query was canceled");
	else
		fmt_file_read(r->file, r->off, r->n, r->buf->data, &r->err);
	atomic_store(&r->done, true);
	wait_list_wake(&r->waiting);
	read_unref(r);
}

struct fmt_read *
fmt_read_start(struct fmt_io *io, struct fmt_file *f, uint64_t off, size_t n,
    struct err *e)
{
	struct fmt_read *r;
	struct buf *b;

	if (off > f->stat.size || n > f->stat.size - off) {
		err_set(e, ERR_HIVE_BAD_DATA, "%s: offset %llu and length "
		    "%zu do not fit the file of %llu bytes", f->path,
		    (unsigned long long)off, n,
		    (unsigned long long)f->stat.size);
		return NULL;
	}
	b = buf_new(io->account, n, e);
	if (b == NULL)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	atomic_init(&r->refs, 2);
	atomic_init(&r->done, false);
	r->file = fmt_file_ref(f);
	r->off = off;
	r->n = n;
	r->cancel = io->cancel;
	r->buf = b;
	wait_list_init(&r->waiting);
	job_submit(io->jobs, read_run, r);
	return r;
}

int
fmt_read_take(struct fmt_read *r, struct buf **out, struct wait **blocked,
    struct err *e)
{
	if (!atomic_load(&r->done)) {
		struct wait *w = wait_list_add(&r->waiting, WAIT_SOURCE);

		if (!atomic_load(&r->done)) {
			*blocked = w;
			return 0;
		}
		/* Done meanwhile; nobody will look at the token. */
		wait_complete(w);
		wait_drop(&w);
	}
	if (r->err.code != ERR_OK) {
		if (e != NULL)
			*e = r->err;
		return -(int)r->err.code;
	}
	CHECK(r->buf != NULL);
	*out = r->buf;
	r->buf = NULL;
	return 1;
}

void
fmt_read_drop(struct fmt_read **rp)
{
	struct fmt_read *r = *rp;

	*rp = NULL;
	if (r != NULL)
		read_unref(r);
}
