/* SPDX-License-Identifier: Apache-2.0
 * window.h - what the window operator's files share: one partition's rows in
 * order, and what a function sees of them. */
#ifndef OPS_WINDOW_H
#define OPS_WINDOW_H

#include "ops/sorted_input.h"
#include "page/build.h"

/* Rows order[0..n) of the input's whole columns. */
struct window_part {
	const struct frag_node *node;
	struct vec **column;
	const uint32_t *order;
	uint32_t n;
	/* Peers (equal sort keys) of row i: first, behind the last; and which
	 * group of peers it is. */
	uint32_t *peer_start, *peer_end, *group;
	uint32_t *group_start;  /* by group; one more at the end */
	uint32_t groups, room;
	struct mem_account *account;
	const struct task *task;
};

/* The frame of row i: rows *low..*high of the partition. */
int window_frame(const struct window_part *w, const struct frag_agg *f,
    uint32_t i, uint32_t *low, uint32_t *high, struct err *e);

/* Appends one value a row of the partition. */
int window_value(const struct window_part *w, const struct frag_agg *f,
    struct vec_builder *out, struct err *e);
int window_aggregate(const struct window_part *w, const struct frag_agg *f,
    struct vec_builder *out, struct err *e);

#endif
