/* SPDX-License-Identifier: Apache-2.0
 * text_server.h - texts in, texts out for shell users: a raw REP socket, and
 * a PUB socket for one-line events.
 *
 * A REQ client that hears nothing for a minute sends its request again with
 * the same id on the same pipe: such a copy is dropped while the first is
 * worked on. */
#ifndef NET_TEXT_SERVER_H
#define NET_TEXT_SERVER_H

#include "base/str.h"
#include "rt/rt.h"

struct text_server;
struct text_call;               /* one request, not yet answered */

enum { MSG_TEXT_REQUEST = MSG_NET + 64 };

/* Dropping the message with call set answers with nothing. */
struct msg_text_request {
	struct msg m;
	struct text_call *call; /* NULL it to answer later */
	char *text;             /* NUL-terminated; malloc'd, the message's */
	size_t size;
};

/* Listens and sends each request to `to`. *bound gets the address. */
struct text_server *text_server_new(struct rt *rt, const char *address,
    actor_id to, struct sbuf *bound, struct err *e);
/* Any thread; takes call.  p is copied. */
void text_answer(struct text_call **call, struct str text);
/* Calls still open may be answered later, to nobody. */
void text_server_free(struct text_server **s);

struct publisher;
struct publisher *publisher_new(const char *address, struct sbuf *bound,
    struct err *e);
/* Any thread.  Best effort. */
void publisher_send(struct publisher *p, struct str line);
void publisher_free(struct publisher **p);

#endif
