/* SPDX-License-Identifier: Apache-2.0
 * status.h - what a statement costs, in words: while it runs and after. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "client/client.h"

/* One line without an end: "0:13 RUNNING [6.45M rows, 560MB] ...". */
void status_progress(struct sbuf *to, const struct client_batch *b);
/* The lines after a statement; nothing when it needed no split. */
void status_summary(struct sbuf *to, const struct client_batch *b);
/* "INSERT: 5 rows", "SET SESSION", with an end. */
void status_update(struct sbuf *to, const struct client_batch *b);
/* "Query ID failed: ...", and the line of the SQL with a mark below. */
void status_failure(struct sbuf *to, const struct client_batch *b,
    struct str sql);

#endif
