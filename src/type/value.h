/* SPDX-License-Identifier: Apache-2.0
 * value.h - single values of the scalar types: compare, hash, print, parse.
 *
 * A value is passed by the address of its bytes in a flat vector (see the
 * table in type.h).  Arrays, maps and rows need their child vectors and are
 * handled by page/.  No function here takes NULL values. */
#ifndef TYPE_VALUE_H
#define TYPE_VALUE_H

#include "type/type.h"

/* <0, 0, >0 in the type's order as ORDER BY uses it: NaN is equal to itself
 * and largest, -0 equals 0; zoned timestamps by instant. */
int value_compare(const struct type *t, const void *x, const void *y);
/* Grouping equality (IS NOT DISTINCT FROM of two non-NULLs): NaN is NaN. */
bool value_same(const struct type *t, const void *x, const void *y);
/* Equal values have equal hashes, also -0 and 0 and all NaNs. */
uint64_t value_hash(const struct type *t, const void *x);

/* CAST(x AS varchar): Trino's text. */
void value_print(struct sbuf *to, const struct type *t, const void *x);
/* What the client protocol's JSON shows: mostly value_print's text; numbers
 * and booleans bare, varbinary as base64, strings quoted and escaped. */
void value_print_json(struct sbuf *to, const struct type *t, const void *x);

/* CAST(text AS t) for the types whose casts need no session state but a zone:
 * writes type_width(t) bytes at out; strings longer than 12 bytes point into
 * text or into `a`.  INVALID_CAST_ARGUMENT with Trino's text.  zone_id: the
 * session's zone. */
int value_parse(const struct type *t, struct str text, int zone_id,
    struct arena *a, void *out, struct err *e);

#endif
