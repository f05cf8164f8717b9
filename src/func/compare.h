/* SPDX-License-Identifier: Apache-2.0
 * compare.h - comparing single values of any type in vectors, with SQL's
 * rules for NaN.  Private to func/. */
#ifndef FUNC_COMPARE_H
#define FUNC_COMPARE_H

#include "page/compare.h"
#include "type/value.h"

/* Varchar's order, mostly decided by the first four bytes. */
static inline int
compare_views(const struct strview *x, const struct strview *y)
{
	uint32_t a, b;

	memcpy(&a, x->prefix, 4);
	memcpy(&b, y->prefix, 4);
	if (a != b) {
		a = __builtin_bswap32(a);
		b = __builtin_bswap32(b);
		return a < b ? -1 : 1;
	}
	return strview_cmp(x, y);
}

/* Is the value a NaN of real, double or number? */
bool compare_is_nan(const struct vec *v, uint32_t i);
/* ORDER BY's order of two non-NULL rows, constants included. */
int compare_rows(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j);
/* The order that the largest (want > 0) or smallest value is looked for by:
 * NaN and NULL (also inside of nested values) are never it while there is
 * anything else. */
int compare_extreme(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j, int want);

#endif
