/* SPDX-License-Identifier: Apache-2.0
 * domain.h - which values a column may have: what can be pushed down to
 * statistics, partitions and other systems (Trino's Domain and TupleDomain).
 *
 * A domain is a sorted list of disjoint ranges of one type plus "may be
 * NULL".  All values are constants of one row. */
#ifndef EXPR_DOMAIN_H
#define EXPR_DOMAIN_H

#include "expr/expr.h"

struct domain_range {
	struct vec *low, *high;         /* NULL: unbounded; pool's */
	bool low_closed, high_closed;
};

struct domain {
	const struct type *type;
	bool nulls;             /* NULL is allowed */
	bool all;               /* every non-NULL value is (no ranges) */
	int n;
	struct domain_range *ranges;    /* sorted, disjoint */
};

/* A conjunction of domains by column (input number). */
struct domain_set {
	bool none;              /* contradiction: no row can match */
	int n;
	int *column;
	struct domain **domain;
};

/* What `filter` says of single columns.  Rows outside the set are surely
 * rejected.  rest (may be NULL) gets the conjuncts that are not fully
 * expressed; NULL when the set says all that the filter says.  filter may be
 * NULL. */
int domain_extract(struct expr_pool *p, struct expr *filter,
    struct domain_set *out, struct expr **rest, struct err *e);
/* May a column with these extremes (one-row vectors; NULL: unknown), and
 * has_null/all_null, have a row in the domain? */
bool domain_overlaps(const struct domain *d, const struct vec *min,
    const struct vec *max, bool has_null, bool all_null);
bool domain_contains(const struct domain *d, const struct vec *v, uint32_t i);
/* All single values when the domain is a list of at most max points; -1
 * otherwise.  out[i] borrowed. */
int domain_points(const struct domain *d, struct vec **out, int max);
void domain_print(struct sbuf *to, const struct domain *d);
void domain_encode(struct mpack_writer *w, const struct domain_set *d);
int domain_decode(struct expr_pool *p, struct mpack_reader *r,
    struct domain_set *out, struct err *e);

#endif
