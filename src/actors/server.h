/* SPDX-License-Identifier: Apache-2.0
 * server.h - one node: what its actors share, and how it starts and stops.
 *
 * The struct is filled before the first actor runs and read-only from then
 * on; what changes stands behind the registry's lock (registry.h) or belongs
 * to the control actor. */
#ifndef ACTORS_SERVER_H
#define ACTORS_SERVER_H

#include "actors/outputs.h"
#include "actors/registry.h"
#include "base/conf.h"
#include "conn/catalog.h"
#include "mem/pool.h"
#include "net/page_server.h"
#include "rt/rt.h"
#include "rt/transport.h"

struct publisher;
struct text_server;

struct server {
	const struct conf *conf;        /* over node_items; owner: main */
	struct rt *rt;
	struct env *env;
	struct mem_node *mem;
	struct catalog_set *catalogs;
	struct conn_world world;
	struct registry *registry;
	struct transport *transport;    /* NULL: embedded */
	struct page_server *pages;      /* NULL: embedded */
	struct listener *control_listener;
	bool coordinator;
	bool runs_tasks;        /* worker, or coordinator that is included */
	char *id;               /* "node.id" */
	char *environment;
	uint64_t incarnation;   /* random, new at every start */
	char *control_address;  /* "tcp://127.0.0.1:8081"; "" embedded */
	char *data_address;
	char *http_address;             /* "http://127.0.0.1:8080"; "" none */
	char *client_address, *events_address;
	struct text_server *client_text; /* NULL: none */
	struct publisher *events;       /* NULL: none */
	char *discovery;        /* coordinator's control address */
	actor_id control;
	int64_t start_ns;       /* mono */
	int concurrency;        /* task.concurrency */
	uint64_t query_max_memory, query_max_memory_per_node;
	struct spill_dir *spill_dir;    /* NULL: no spilling */
	struct admission *admission;
	int64_t client_timeout_ns;      /* query.client.timeout */
	_Atomic unsigned next_query;
	char id_suffix[8];      /* of query ids: 5 of [a-z0-9] */
	struct task_outputs *outputs;
	int64_t silence_ns;     /* a node silent for so long is gone */
	/* Called on the control loop when a drain has ended. */
	void (*drained)(void *arg);
	void *drained_arg;
};

extern const char quern_version[];      /* of Trino's protocol: "483" */

/* Frames to a node's control actor, by address; own address (or "") goes
 * without a socket.  Takes bytes (malloc'd).  The answer comes as MSG_REPLY
 * with tag to reply_to (0: nobody cares). */
/* (control.c) */
void server_send(struct server *n, const char *address, struct sbuf *bytes,
    actor_id reply_to, uint64_t tag);

/* tcp://ADDRESS:PORT for a port setting (start.c). */
void server_bind_address(const struct server *s, const char *setting,
    char *out, size_t n);

#endif
