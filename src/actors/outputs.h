/* SPDX-License-Identifier: Apache-2.0
 * outputs.h - output buffers that a reader in this process made before their
 * task was there: the task takes them over. */
#ifndef ACTORS_OUTPUTS_H
#define ACTORS_OUTPUTS_H

#include "net/out_buffer.h"

struct task_outputs;            /* any thread */

struct task_outputs *task_outputs_new(void);
void task_outputs_free(struct task_outputs **o);
/* Takes a reference of its own. */
void task_outputs_put(struct task_outputs *o, const char *task,
    struct out_buffer *b);
/* Removes it: the reference goes to the caller; NULL: not there. */
struct out_buffer *task_outputs_take(struct task_outputs *o,
    const char *task);

#endif
