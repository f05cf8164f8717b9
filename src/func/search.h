/* SPDX-License-Identifier: Apache-2.0
 * search.h - where a text stands in another.  Private to func/. */
#ifndef FUNC_SEARCH_H
#define FUNC_SEARCH_H

#include "base/str.h"

/* Index of the first `what` at or after `from`, or -1.  Compares first and
 * last byte of `what` 16 places at a time. */
ptrdiff_t search_find(struct str s, struct str what, size_t from);

#endif
