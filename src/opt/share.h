/* SPDX-License-Identifier: Apache-2.0
 * share.h - what is computed once instead of twice.  Private to src/opt. */
#ifndef OPT_SHARE_H
#define OPT_SHARE_H

#include "opt/graph.h"

/* Does a put out, for every column of b, one with the same values in the
 * same rows?  map (as many as symbols) gets b's symbols to a's. */
bool plan_same(struct opt *o, struct plan_node *a, struct plan_node *b,
    int *map);
/* Relations of the graph that aggregate, as a whole, what another relation
 * is become window functions over that one. */
void share_aggregates(struct graph *g);

#endif
