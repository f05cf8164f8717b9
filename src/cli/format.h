/* SPDX-License-Identifier: Apache-2.0
 * format.h - answers as text, in the formats of Trino's command line. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include "client/client.h"

struct format;

/* NULL: no such name (case does not matter).  AUTO looks at the width. */
struct format *format_new(const char *name, int screen_width);
void format_free(struct format **f);
/* The rows of one batch; output is appended to `to` when it can be (aligned
 * tables wait for the widest cell of up to 10,000 rows). */
void format_rows(struct format *f, const struct client_batch *b,
    struct sbuf *to);
/* After the last batch: what waits, and "(5 rows)". */
void format_end(struct format *f, const struct client_batch *b,
    struct sbuf *to);
/* The number of rows so far. */
int64_t format_count(const struct format *f);

#endif
