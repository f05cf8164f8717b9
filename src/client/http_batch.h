/* SPDX-License-Identifier: Apache-2.0
 * http_batch.h - a QueryResults document as a client's batch. */
#ifndef CLIENT_HTTP_BATCH_H
#define CLIENT_HTTP_BATCH_H

#include "client/client.h"

/* Everything lives in the arena (the document is copied).  *next: NULL when
 * nothing follows. */
int http_batch_read(struct arena *a, struct str body, struct str head,
    struct client_batch *out, const char **next, struct err *e);

#endif
