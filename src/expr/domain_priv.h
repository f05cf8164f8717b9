/* SPDX-License-Identifier: Apache-2.0
 * domain_priv.h - making domains.  Private to expr/. */
#ifndef EXPR_DOMAIN_PRIV_H
#define EXPR_DOMAIN_PRIV_H

#include "expr/domain.h"

/* Nothing yet, room for n ranges. */
struct domain *domain_new(struct expr_pool *p, const struct type *t, int n);
struct domain *domain_intersect(struct expr_pool *p, const struct domain *x,
    const struct domain *y);
struct domain *domain_unite(struct expr_pool *p, const struct domain *x,
    const struct domain *y);
/* All values that x has not; without NULL. */
struct domain *domain_complement(struct expr_pool *p, const struct domain *x);

#endif
