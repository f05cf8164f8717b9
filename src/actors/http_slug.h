/* SPDX-License-Identifier: Apache-2.0
 * http_slug.h - the secret part of a statement's URIs, and form encoding. */
#ifndef ACTORS_HTTP_SLUG_H
#define ACTORS_HTTP_SLUG_H

#include "base/str.h"

/* 'y' and 40 hex digits: HMAC-SHA1 over context (0 queued, 1 executing) and
 * token with a 16-byte key. */
void http_slug(const unsigned char *key, int context, int64_t token,
    char *out);
/* application/x-www-form-urlencoded, as java.net.URLEncoder. */
void http_form_encode(struct sbuf *to, const char *z);
/* The reverse, leniently; appends. */
void http_form_decode(struct sbuf *to, struct str s);

#endif
