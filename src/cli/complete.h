/* SPDX-License-Identifier: Apache-2.0
 * complete.h - completion of keywords, schemas and tables. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <histedit.h>

#include "client/client.h"

struct completion;

/* Both must outlive it.  Names are asked for when first needed. */
struct completion *completion_new(struct client *c,
    const struct client_session *s);
void completion_free(struct completion **c);
void completion_forget(struct completion *c);   /* tables may have changed */
/* Completes the word before the cursor; a code for libedit. */
unsigned char completion_run(struct completion *c, EditLine *el);

#endif
