/* SPDX-License-Identifier: Apache-2.0
 * interrupt.h - Control-C cancels the statement that runs.
 *
 * A thread of its own takes SIGINT, which every thread of the process must
 * have blocked, so nothing is done within a signal handler. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include "client/client.h"

struct interrupt;

/* Blocks SIGINT in the calling thread and in those it starts.  `ends`: one
 * that comes while the last is still unanswered, or while nothing runs, ends
 * the process with status 130. */
struct interrupt *interrupt_new(bool ends);
void interrupt_free(struct interrupt **i);
/* From now on it cancels q. */
void interrupt_arm(struct interrupt *i, struct client_query *q);
/* No longer; true: it came.  q may be closed after that. */
bool interrupt_disarm(struct interrupt *i);

#endif
