/* SPDX-License-Identifier: Apache-2.0
 * coerce.h - which type becomes which without being asked (Trino's
 * TypeCoercion), and which casts there are. */
#ifndef TYPE_COERCE_H
#define TYPE_COERCE_H

#include "type/type.h"

/* Can a value of `from` be used where `to` is wanted, without CAST? */
bool type_can_coerce(const struct type *from, const struct type *to);
/* The type that both become (UNION, CASE, =, ...); NULL when there is none. */
const struct type *type_common(struct arena *a, const struct type *x,
    const struct type *y);
/* `from` with the parameters that a target family of id needs, e.g. integer
 * to decimal: decimal(10,0); varchar(5) to char: char(5).  NULL: no implicit
 * way. */
const struct type *type_coerce_to_base(struct arena *a,
    const struct type *from, enum type_id id);
/* True when the coercion changes no bits (varchar(3) to varchar). */
bool type_only_coercion(const struct type *from, const struct type *to);
/* Is there a CAST(from AS to)? */
bool type_can_cast(const struct type *from, const struct type *to);

#endif
