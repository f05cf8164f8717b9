/* SPDX-License-Identifier: Apache-2.0
 * spill.h - temporary files of blocks: appended once, read any number of
 * times, gone when closed.
 *
 * All calls may block: work threads only.  A block is checksummed (xxh3) and
 * checked when it is read.  One thread at a time per file; a directory may be
 * used by all at once.
 *
 * Files are named FORMAT-NODE-NUMBER.spill; a starting node sweeps those of
 * its directory that a crash left. */
#ifndef MEM_SPILL_H
#define MEM_SPILL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "base/err.h"

struct spill_dir;
struct spill_file;

/* Makes `path` when it is not there and removes what a crash left.  limit 0:
 * none (max-spill-per-node). */
int spill_dir_open(struct env *env, const char *path, uint64_t limit,
    struct spill_dir **out, struct err *e);
/* All its files must be closed. */
void spill_dir_close(struct spill_dir **d);
uint64_t spill_dir_used(const struct spill_dir *d);     /* bytes on disk now */
uint64_t spill_dir_total(const struct spill_dir *d);    /* ever written */

/* What one query may spill (query-max-spill-per-node); embed, zero, set
 * limit.  Shared by the query's files, must outlive them. */
struct spill_quota {
	uint64_t limit;         /* 0: none */
	atomic_uint_fast64_t used;
};

/* quota may be NULL. */
int spill_create(struct spill_dir *d, struct spill_quota *quota,
    struct spill_file **out, struct err *e);
/* Appends one block; *at names it for spill_read().  OUT_OF_SPILL_SPACE when
 * the disk is full, EXCEEDED_SPILL_LIMIT by the limits; the file is
 * as before then and can be read. */
int spill_append(struct spill_file *f, const void *bytes, size_t n,
    uint64_t *at, struct err *e);
/* The size of the block at `at`. */
int spill_block_size(struct spill_file *f, uint64_t at, size_t *n,
    struct err *e);
/* Reads a whole block of n bytes; a wrong checksum is
 * GENERIC_INTERNAL_ERROR. */
int spill_read(struct spill_file *f, uint64_t at, void *bytes, size_t n,
    struct err *e);
/* The place behind the block at `at` (where the next one starts), for those
 * who read in order; blocks start at 0. */
uint64_t spill_next(uint64_t at, size_t n);
uint64_t spill_size(const struct spill_file *f);        /* end of the file */
/* Deletes the file. */
void spill_close(struct spill_file **f);

#endif
