/* SPDX-License-Identifier: Apache-2.0
 * estimate.h - what the files of the statistics share.  Private to
 * src/opt. */
#ifndef OPT_ESTIMATE_H
#define OPT_ESTIMATE_H

#include "opt/pass.h"

struct stats_column *stats_column(struct stats *s, int symbol);
double stats_value(const struct vec *v);
void stats_cap(struct stats *s, const struct symbol_list *l, double rows);
double stats_groups(struct stats *s, const struct symbol_list *keys,
    double rows);
/* Rows that a filter leaves of `rows`; narrows the columns it is about. */
double stats_filter(struct stats *s, double rows, const struct expr *x);
/* semi.c: n, or what is to be done in its place (nodes not estimated). */
struct plan_node *semi_turned(struct opt *o, struct stats *s,
    struct plan_node *n);
/* Fills a join's rows. */
void stats_join(struct stats *s, struct plan_node *n);

#endif
