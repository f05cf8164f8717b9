/* SPDX-License-Identifier: Apache-2.0
 * io.h - files as format readers see them: ranges asked for ahead, read by
 * somebody else's thread, taken when they are there.
 *
 * Users' files are read, never mapped: a truncated mapped file would kill
 * the node. */
#ifndef FMT_IO_H
#define FMT_IO_H

#include "base/env.h"
#include "base/job.h"
#include "base/wait.h"
#include "mem/buf.h"

struct fmt_io {
	struct env *env;
	struct job_runner *jobs;        /* NULL: reads happen at once */
	struct mem_account *account;
	atomic_int *cancel;             /* may be NULL */
};

struct fmt_file;                /* open, counted, any thread */

/* Blocks: call it in a job or where blocking is allowed. */
int fmt_file_open(struct fmt_io *io, const char *path, struct fmt_file **out,
    struct err *e);
void fmt_file_drop(struct fmt_file **f);
const char *fmt_file_path(const struct fmt_file *f);
uint64_t fmt_file_size(const struct fmt_file *f);
int64_t fmt_file_mtime_ns(const struct fmt_file *f);

/* Reads [off, off+n) at once, on the caller's thread: blocks.  Errors as
 * fmt_read_take(). */
int fmt_file_read(struct fmt_file *f, uint64_t off, size_t n, void *to,
    struct err *e);
struct fmt_file *fmt_file_ref(struct fmt_file *f);

struct fmt_read;                /* one range on its way */

/* Asks for [off, off+n); the memory is reserved before the read starts.
 * NULL and *e on refusal. */
struct fmt_read *fmt_read_start(struct fmt_io *io, struct fmt_file *f,
    uint64_t off, size_t n, struct err *e);
/* 1: *out is the data (a reference for the caller, once; buf->size is n,
 * followed by over-read padding); 0: not there yet, *blocked is a token for
 * the caller; negative: failed, with file and offset in the text (a file
 * that has become shorter is HIVE_BAD_DATA). */
int fmt_read_take(struct fmt_read *r, struct buf **out, struct wait **blocked,
    struct err *e);
/* Also while the read is under way. */
void fmt_read_drop(struct fmt_read **r);

#endif
