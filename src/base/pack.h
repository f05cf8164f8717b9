/* SPDX-License-Identifier: Apache-2.0
 * pack.h - msgpack to a buffer and back.
 *
 * Writing is msgpack-c's.  Reading is an own bounded cursor: it allocates
 * nothing, never recurses, checks depth and that each announced element can
 * still be there, and turns any malformed input into one error.  Texts and
 * bytes point into the input.  A failed reader stays failed and answers
 * zeroes, so that a whole structure is read first and unpack_end() asked
 * once.
 *
 * What goes between nodes: maps with small integers as keys, a version first.
 * Control messages skip unknown keys (unpack_skip), plans reject them. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "base/err.h"
#include "base/str.h"

/* --- writing --- */

void pack_nil(struct sbuf *to);
void pack_bool(struct sbuf *to, bool v);
void pack_int(struct sbuf *to, int64_t v);
void pack_uint(struct sbuf *to, uint64_t v);
void pack_double(struct sbuf *to, double v);
void pack_str(struct sbuf *to, struct str s);
void pack_strz(struct sbuf *to, const char *z);         /* NULL: nil */
void pack_bin(struct sbuf *to, const void *p, size_t n);
void pack_array(struct sbuf *to, uint32_t n);           /* n values follow */
void pack_map(struct sbuf *to, uint32_t n);             /* n pairs follow */
/* A map whose size is known only at its end: *at keeps the place. */
size_t pack_map_open(struct sbuf *to);
void pack_map_close(struct sbuf *to, size_t at, uint32_t n);
size_t pack_array_open(struct sbuf *to);
void pack_array_close(struct sbuf *to, size_t at, uint32_t n);

/* --- reading --- */

enum { UNPACK_DEPTH = 64 };

enum unpack_type {
	UNPACK_NIL, UNPACK_BOOL, UNPACK_INT, UNPACK_DOUBLE, UNPACK_STR,
	UNPACK_BIN, UNPACK_ARRAY, UNPACK_MAP, UNPACK_NONE,
};

struct unpack {
	const uint8_t *p, *end, *start;
	int depth;              /* of arrays and maps open in the cursor */
	const char *wrong;      /* first fault; NULL: none */
	const uint8_t *wrong_at;
};

void unpack_init(struct unpack *u, const void *p, size_t n);
/* The next value's type; UNPACK_NONE at the end or after a fault. */
enum unpack_type unpack_peek(const struct unpack *u);
/* Takes a nil if the next value is one. */
bool unpack_nil(struct unpack *u);
bool unpack_bool(struct unpack *u);
int64_t unpack_int(struct unpack *u);
uint64_t unpack_uint(struct unpack *u);
/* An integer within min..max, else a fault (answers min). */
int64_t unpack_range(struct unpack *u, int64_t min, int64_t max);
double unpack_double(struct unpack *u);         /* takes integers too */
struct str unpack_str(struct unpack *u);        /* UTF-8 is not checked */
struct str unpack_bin(struct unpack *u);        /* takes str too */
/* The number of elements (pairs) that follow: never more than there are
 * bytes left. */
uint32_t unpack_array(struct unpack *u);
uint32_t unpack_map(struct unpack *u);
/* Recursive readers guard themselves: false (a fault) beyond UNPACK_DEPTH. */
bool unpack_enter(struct unpack *u);
void unpack_leave(struct unpack *u);
void unpack_skip(struct unpack *u);             /* one value, whole */
/* The bytes of one value, whole (to read or send it on later). */
struct str unpack_raw(struct unpack *u);
/* Declares a fault of the reader's own; the first one stays. */
void unpack_fail(struct unpack *u, const char *what);
bool unpack_ok(const struct unpack *u);
/* 0 when there was no fault and nothing is left; else SERIALIZATION_ERROR
 * ("malformed WHAT at byte N: ..."). */
int unpack_end(struct unpack *u, const char *what, struct err *e);

#endif
