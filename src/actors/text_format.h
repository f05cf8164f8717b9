/* SPDX-License-Identifier: Apache-2.0
 * text_format.h - rows as lines of text for shell users. */
#ifndef ACTORS_TEXT_FORMAT_H
#define ACTORS_TEXT_FORMAT_H

#include "actors/query.h"

struct text_format {
	enum { TEXT_TSV, TEXT_CSV, TEXT_JSON } kind;
	bool header;
	bool header_done;
};

/* "tsv", "csv" or "json"; false: no such format. */
bool text_format_set(struct text_format *f, struct str name);
/* A renderer (query.h): rows into body, their number into head; an error as
 * "ERROR NAME: text". */
void text_render(void *arg, const struct query_batch *b, struct sbuf *body,
    struct sbuf *head);

#endif
