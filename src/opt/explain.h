/* SPDX-License-Identifier: Apache-2.0
 * explain.h - what the files of EXPLAIN share.  Private to src/opt. */
#ifndef OPT_EXPLAIN_H
#define OPT_EXPLAIN_H

#include <stdlib.h>

#include "opt/opt.h"

/* Names of channels, for printing expressions. */
struct names {
	const char **v;
	int n;
	char lambda[32];
};

struct explain {
	struct sbuf *to;
	const struct opt_measures *measures;    /* NULL: EXPLAIN alone */
	const char *indent;
	bool has_children;
	const char **scan_names;
};

void explain_expr(struct sbuf *to, const struct expr *x, const char **names,
    int n);

/* explain_analyze.c; nothing when nothing was measured. */
void explain_measured_head(struct explain *e);
void explain_measured_fragment(struct explain *e, const struct fragment *f);
void explain_measured(struct explain *e, const struct frag_node *n,
    void (*line)(struct explain *e));

#endif
