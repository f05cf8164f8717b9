/* SPDX-License-Identifier: Apache-2.0
 * runtime_filter.h - what a join's build side says of the rows that a scan
 * on the probe side may yield: a domain for pruning and, beside it, a quick
 * check of single rows. */
#ifndef OPS_RUNTIME_FILTER_H
#define OPS_RUNTIME_FILTER_H

#include "expr/domain.h"

enum runtime_filter_kind {
	FILTER_DOMAIN,          /* for pruning only */
	FILTER_RANGE,           /* min <= value <= max */
	FILTER_BITMAP,          /* bit (value - min): exact */
	FILTER_BLOOM,           /* register-blocked, of hash_u64(value) */
	FILTER_NONE,            /* no row can match */
};

/* Immutable once published.  The checks are for integer-like values (REP_I8
 * to REP_I64) as int64_t. */
struct runtime_filter {
	enum runtime_filter_kind kind;
	int64_t min, max;
	uint64_t *bits;         /* BITMAP: max - min + 1 bits; BLOOM: words */
	uint64_t mask;          /* BLOOM: number of words - 1 */
	size_t bytes;           /* of bits */
	struct mem_account *account;    /* that bits are charged to */
	const struct domain *domain;    /* NULL: none */
	/* Owns the domain's memory when it was made here. */
	struct arena arena;
	struct expr_pool pool;
};

struct vec;

/* Does the filter look at rows of this type? */
bool runtime_filter_checks(const struct runtime_filter *f,
    const struct type *t);
/* Keeps those of the n rows of v that may match: row numbers (of v) into
 * sel[], which starts with the rows to look at (NULL sel_in: all).  Returns
 * how many are left. */
uint32_t runtime_filter_apply(const struct runtime_filter *f,
    const struct vec *v, const uint16_t *sel_in, uint32_t n, uint16_t *sel);

/* A filter for what a domain says; the domain must outlive it. */
struct runtime_filter *runtime_filter_of(const struct domain *d,
    struct mem_account *account);
/* Of integer keys: n values (duplicates welcome), non-NULL.  Bitmap, bloom
 * or range by what memory allows; the domain is points, or min and max. */
struct runtime_filter *runtime_filter_make(const struct type *t,
    const int64_t *values, uint32_t n, struct mem_account *account);
void runtime_filter_free(struct runtime_filter **f);

#endif
