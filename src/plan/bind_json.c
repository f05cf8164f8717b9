/* SPDX-License-Identifier: Apache-2.0
 * bind_json.c - the SQL/JSON functions. */
#include "plan/binder.h"

int
bind_json(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	(void)c;
	(void)out;
	return bind_error(b, n, ERR_NOT_SUPPORTED, "%s is not yet supported",
	    node_kind_name(n->kind));
}
