/* SPDX-License-Identifier: Apache-2.0
 * msg.h - the messages that the node's actors send each other.
 *
 * Actors of a node:
 *   control   one; on the control loop: frames of other nodes and of this
 *             one, the task table, announcements, lost nodes (control.c)
 *   query     one a statement; on an exchange loop (query.c)
 *   task      one a task; on a worker loop (task_actor.c)
 *   driver    one a driver; on worker loops (driver_actor.c)
 */
#ifndef ACTORS_MSG_H
#define ACTORS_MSG_H

#include "base/err.h"
#include "base/str.h"
#include "rt/actor.h"
#include "rt/transport.h"

enum actors_msg {
	MSG_CONTROL_FRAME = MSG_USER,   /* struct msg_frame to control: a
				 * control frame of this node itself */
	MSG_TASK_UPDATE,        /* struct msg_frame to a task */
	MSG_TASK_ABORT,         /* to a task */
	MSG_TASK_EVENT,         /* struct msg_frame to a query */
	MSG_TASK_WANTS,         /* to a task: a scan runs short of splits */
	MSG_TASK_FILTER,        /* struct msg_filter to its own task: a join
				 * build's domain is known */
	MSG_DRIVER_ENDED,       /* struct msg_ended to a task */
	MSG_QUERY_FETCH,        /* struct msg_fetch to a query */
	MSG_QUERY_CANCEL,       /* struct msg_cancel to a query */
	MSG_QUERY_NODE_GONE,    /* struct msg_node_gone to a query */
	MSG_QUERY_BATCH,        /* struct msg_batch: a fetch's answer */
	MSG_QUERY_ADMIT,        /* to a query: it may start */
	MSG_QUERY_OVER,         /* struct msg_text to control: query id */
	MSG_CONTROL_READY,      /* to control: the addresses are known */
	MSG_DRAIN,              /* to control: take no more work, then stop */
	MSG_CLIENT_REQUEST,     /* struct msg_request-like, client text */
	MSG_EVENT,              /* struct msg_text to events: a JSON line */
	MSG_CLIENT_WATCH,       /* to a client port: watch m.from */
};

/* A received or made frame, decoded by whom it concerns. */
struct msg_frame {
	struct msg m;
	struct frame *frame;    /* of a transport; or */
	char *bytes;            /* malloc'd */
	size_t size;
};
struct str msg_frame_bytes(const struct msg_frame *f);
/* Takes bytes. */
struct msg *msg_frame_new(uint32_t kind, char *bytes, size_t size);

struct msg_text {
	struct msg m;
	char *text;             /* malloc'd */
};
struct msg *msg_text_new(uint32_t kind, const char *text);

struct msg_ended {
	struct msg m;
	bool failed;
	struct err err;
};

struct msg_cancel {
	struct msg m;
	enum err_code code;     /* USER_CANCELED, ADMINISTRATIVELY_KILLED... */
	char text[256];
};
struct msg *msg_cancel_new(enum err_code code, const char *text);

struct msg_node_gone {
	struct msg m;
	char node[64];
	char why[160];
};

#endif
