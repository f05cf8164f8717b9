/* SPDX-License-Identifier: Apache-2.0
 * mpack.h - msgpack: a writer over msgpack-c's packer and a bounded cursor
 * reader of our own.
 *
 * The reader never allocates: strings and bins point into the input.  Before
 * the first read mpack_check() proves the whole input well-formed: depth,
 * and that every announced element has bytes left.  Maps have small integer
 * keys; control messages skip keys they do not know (mpack_skip), plans and
 * expressions reject them. */
#ifndef BASE_MPACK_H
#define BASE_MPACK_H

#include "base/err.h"
#include "base/str.h"

enum { MPACK_MAX_DEPTH = 512 };

struct mpack_writer {
	struct sbuf *to;
};

void mpack_nil(struct mpack_writer *w);
void mpack_bool(struct mpack_writer *w, bool b);
void mpack_int(struct mpack_writer *w, int64_t v);
void mpack_uint(struct mpack_writer *w, uint64_t v);
void mpack_double(struct mpack_writer *w, double d);
void mpack_str(struct mpack_writer *w, struct str s);
void mpack_bin(struct mpack_writer *w, struct str s);
void mpack_array(struct mpack_writer *w, uint32_t n);
void mpack_map(struct mpack_writer *w, uint32_t n);     /* n pairs follow */

struct mpack_reader {
	const unsigned char *at, *end;
	const char *what;       /* named in errors: "task descriptor" */
	size_t size;            /* of the whole input, for offsets */
};

/* Checks the whole input; SERIALIZATION_ERROR "WHAT: byte N: ...". */
int mpack_open(struct mpack_reader *r, struct str bytes, const char *what,
    struct err *e);
/* Each reads one value or fails with SERIALIZATION_ERROR. */
int mpack_get_bool(struct mpack_reader *r, bool *out, struct err *e);
int mpack_get_int(struct mpack_reader *r, int64_t *out, struct err *e);
/* Within min..max. */
int mpack_get_int_in(struct mpack_reader *r, int64_t min, int64_t max,
    int64_t *out, struct err *e);
int mpack_get_uint(struct mpack_reader *r, uint64_t *out, struct err *e);
int mpack_get_double(struct mpack_reader *r, double *out, struct err *e);
int mpack_get_str(struct mpack_reader *r, struct str *out, struct err *e);
int mpack_get_bin(struct mpack_reader *r, struct str *out, struct err *e);
int mpack_get_array(struct mpack_reader *r, uint32_t *n, struct err *e);
int mpack_get_map(struct mpack_reader *r, uint32_t *n, struct err *e);
bool mpack_is_nil(const struct mpack_reader *r);        /* the next value */
int mpack_skip(struct mpack_reader *r, struct err *e);  /* one whole value */
bool mpack_at_end(const struct mpack_reader *r);
/* An error at the reader's place. */
int mpack_error(const struct mpack_reader *r, struct err *e, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

#endif
