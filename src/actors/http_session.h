/* SPDX-License-Identifier: Apache-2.0
 * http_session.h - the session that request headers describe. */
#ifndef ACTORS_HTTP_SESSION_H
#define ACTORS_HTTP_SESSION_H

#include "client/client.h"
#include "http/server.h"

/* Reads the X-Trino-* headers into *s.  false: a bad one, and r was answered
 * with 400 or 401. */
bool http_session_read(struct http_request *r, struct client_session *s);

#endif
