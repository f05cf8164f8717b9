/* SPDX-License-Identifier: Apache-2.0
 * parquet_thrift.h - Thrift's compact protocol read from a bounded run of
 * bytes, as far as Parquet's footers and page headers need it.
 *
 * Errors stick: `bad` says what was wrong first, and everything read after
 * is zero. */
#ifndef FMT_PARQUET_THRIFT_H
#define FMT_PARQUET_THRIFT_H

#include "base/str.h"

enum thrift_type {
	THRIFT_STOP, THRIFT_TRUE, THRIFT_FALSE, THRIFT_I8, THRIFT_I16,
	THRIFT_I32, THRIFT_I64, THRIFT_DOUBLE, THRIFT_BINARY, THRIFT_LIST,
	THRIFT_SET, THRIFT_MAP, THRIFT_STRUCT,
};

struct thrift {
	const uint8_t *p, *end;
	const char *bad;        /* NULL: all is well */
	int depth;              /* of structs being read */
};

/* One struct being read; start with all zeroes. */
struct thrift_field {
	int id;
	enum thrift_type type;
};

void thrift_init(struct thrift *t, const void *p, size_t n);
void thrift_fail(struct thrift *t, const char *why);
/* The next field's header; false at the struct's end (or an error). */
bool thrift_next(struct thrift *t, struct thrift_field *f);
/* Skips the value of the field whose header was read. */
void thrift_skip(struct thrift *t, enum thrift_type type);

/* The value of a field; a field of another type is an error. */
int32_t thrift_i32(struct thrift *t, const struct thrift_field *f);
int64_t thrift_i64(struct thrift *t, const struct thrift_field *f);
int8_t thrift_i8(struct thrift *t, const struct thrift_field *f);
bool thrift_bool(struct thrift *t, const struct thrift_field *f);
struct str thrift_binary(struct thrift *t, const struct thrift_field *f);
/* The field is a list of elements of this type: how many.  Never more than
 * there are bytes left. */
uint32_t thrift_list(struct thrift *t, const struct thrift_field *f,
    enum thrift_type element);
/* The field is a struct: to be read by thrift_next() with a new
 * thrift_field, then thrift_leave().  False: it is not. */
bool thrift_enter(struct thrift *t, const struct thrift_field *f);
/* The same for an element of a list of structs. */
bool thrift_enter_element(struct thrift *t);
void thrift_leave(struct thrift *t);
/* Elements of lists. */
int32_t thrift_element_i32(struct thrift *t);
int64_t thrift_element_i64(struct thrift *t);
bool thrift_element_bool(struct thrift *t);
struct str thrift_element_binary(struct thrift *t);

#endif
