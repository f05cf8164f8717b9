/* SPDX-License-Identifier: Apache-2.0
 * vec_priv.h - what the files of page/ share about vectors. */
#ifndef PAGE_VEC_PRIV_H
#define PAGE_VEC_PRIV_H

#include "page/vec.h"

/* No data, no buffers; child[] all NULL. */
struct vec *vec_new_bare(const struct type *t, enum vec_form form,
    uint32_t n);
/* Another vector with the same contents, to be changed by its maker. */
struct vec *vec_clone(struct vec *v);

#endif
