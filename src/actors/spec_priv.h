/* SPDX-License-Identifier: Apache-2.0
 * spec_priv.h - what spec.c and spec_task.c share. */
#ifndef ACTORS_SPEC_PRIV_H
#define ACTORS_SPEC_PRIV_H

#include <stdio.h>

#include "actors/spec.h"

/* The head of a frame of 2 + pairs keys. */
void spec_head(struct mpack_writer *w, enum control_kind kind,
    uint32_t pairs);
void spec_put_str(struct mpack_writer *w, int key, struct str s);
void spec_put_int(struct mpack_writer *w, int key, int64_t v);
/* Checks version and kind; r stands at the first key of *pairs. */
int spec_open(struct mpack_reader *r, struct str frame,
    enum control_kind want, uint32_t *pairs, struct err *e);
/* The error of that name; always negative. */
int spec_error(struct str name, struct str text, struct err *e);

#endif
