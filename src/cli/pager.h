/* SPDX-License-Identifier: Apache-2.0
 * pager.h - output on a terminal: a page of it as it is, more through a
 * command such as less. */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdbool.h>

#include "base/str.h"

struct pager;

/* command NULL or "": none.  It is started when more lines come than the
 * terminal shows; what came before waits until then. */
struct pager *pager_new(const char *command);
void pager_free(struct pager **p);
/* false: nobody reads any more. */
bool pager_write(struct pager *p, struct str text);
/* Shows what waits and waits until the reader leaves; ready for the next
 * output then. */
void pager_finish(struct pager *p);

#endif
