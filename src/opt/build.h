/* SPDX-License-Identifier: Apache-2.0
 * build.h - making fragments of an optimised plan.  Private to src/opt.
 *
 * A piece is a fragment in the making: its topmost node so far, which symbol
 * each of its channels is, and how its rows are spread. */
#ifndef OPT_BUILD_H
#define OPT_BUILD_H

#include "opt/pass.h"

struct fragment_list {
	struct fragment **v;
	int n, cap;
};

struct piece {
	struct frag_node *root;
	struct symbol_list out; /* channel i's symbol */
	enum frag_place place;
	struct symbol_list hash; /* PLACE_HASH: rows equal in these are in
				 * one task */
	struct fragment_list children;
};

/* A dynamic filter on its way from a join to scans. */
struct dynamic {
	int id;
	const struct plan_node *scan;
	int symbol;             /* of the scan */
};

struct build {
	struct opt *o;
	struct stats stats;
	int n_nodes;
	struct fragment_list fragments;
	int n_dynamic;
	struct { struct dynamic *v; int n, cap; } dynamics;
};

int build_node(struct build *b, struct plan_node *n, struct piece *out);

/* build_piece.c */
struct frag_node *build_frag(struct build *b, enum frag_kind kind,
    int n_child);
/* Puts a node over the piece: from now on its root, with out columns. */
void build_over(struct build *b, struct piece *p, struct frag_node *n,
    const struct symbol_list *out, const struct plan_node *of);
int build_channel(const struct piece *p, int symbol);   /* -1: none */
struct expr *build_expr(struct build *b, const struct piece *p,
    struct expr *x);
int *build_channels(struct build *b, const struct piece *p,
    const struct symbol_list *l);
struct sort_key *build_sort(struct build *b, const struct piece *p,
    const struct plan_order *v, int n);
/* Ends the piece's fragment and starts one that reads it. */
void build_exchange(struct build *b, struct piece *p, enum frag_output how,
    const struct symbol_list *hash, enum frag_place place);
/* One task for all rows (unless it is so). */
void build_gather(struct build *b, struct piece *p);
/* Rows with equal keys in one task; no keys: gathers. */
void build_partition(struct build *b, struct piece *p,
    const struct symbol_list *keys);
/* Channels exactly as the list says (adds a projection when they differ). */
void build_layout(struct build *b, struct piece *p,
    const struct symbol_list *l);
bool build_is_single(const struct build *b, const struct piece *p);

struct frag_agg build_agg(struct build *b, const struct piece *p,
    const struct plan_agg *a);

/* One kind each. */
int build_scan(struct build *b, struct plan_node *n, struct piece *out);
int build_values(struct build *b, struct plan_node *n, struct piece *out);
int build_filter(struct build *b, struct plan_node *n, struct piece *out);
int build_project(struct build *b, struct plan_node *n, struct piece *out);
int build_aggregate(struct build *b, struct plan_node *n, struct piece *out);
int build_group_id(struct build *b, struct plan_node *n, struct piece *out);
int build_join(struct build *b, struct plan_node *n, struct piece *out);
int build_window(struct build *b, struct plan_node *n, struct piece *out);
int build_unnest(struct build *b, struct plan_node *n, struct piece *out);

#endif
