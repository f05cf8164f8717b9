/* SPDX-License-Identifier: Apache-2.0
 * local_client.h - the client's table of functions inside the process: the
 * same queries, no socket. */
#ifndef ACTORS_LOCAL_CLIENT_H
#define ACTORS_LOCAL_CLIENT_H

#include "actors/server.h"
#include "client/client.h"

/* Free it after server_stop(): its actor lives on the server. */
struct client *local_client_new(struct server *s);

#endif
