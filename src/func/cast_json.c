/* SPDX-License-Identifier: Apache-2.0
 * cast_json.c - casts to and from json. */
#include "func/cast_priv.h"

int
cast_to_json(const struct cast_job *j)
{
	return err_set(j->e, ERR_NOT_SUPPORTED, "CAST AS json");
}

int
cast_from_json(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return err_set(e, ERR_NOT_SUPPORTED, "CAST from json");
}
