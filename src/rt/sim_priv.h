/* SPDX-License-Identifier: Apache-2.0
 * sim_priv.h - the insides of a simulation: its events, nodes, network and
 * disks. */
#ifndef RT_SIM_PRIV_H
#define RT_SIM_PRIV_H

#include "base/map.h"
#include "rt/rt_priv.h"
#include "rt/sim.h"
#include "rt/transport.h"

/* What the trace counts. */
enum sim_kind {
	SIM_TURN, SIM_DRIVER, SIM_TIMER, SIM_JOB, SIM_REQUEST, SIM_REPLY,
	SIM_LOST, SIM_DISK, SIM_CRASH, SIM_START,
};

struct sim_turn {
	struct cell *cell;
	bool driver;
};

struct sim_turns {
	struct sim_turn *v;
	size_t n, cap;
};

struct sim_env {
	struct env env;
	struct sim *sim;
	int node;
};

/* A place in the cluster; survives crashes. */
struct sim_node {
	struct rt *rt;                  /* NULL: crashed */
	uint64_t incarnation;
	struct sim_env env;
	struct sim_transport *transport;        /* of rt; made on first use */
	struct sim_job *jobs;           /* of rt, not run yet */
	/* While it is frozen: */
	struct sim_turns held;
	struct timer **held_timers;
	size_t n_held_timers;
	/* Disk. */
	struct map files;               /* path to struct sim_file */
	uint64_t disk_used, disk_limit;
	int disk_fail;
};

struct sim {
	struct sim_options o;
	uint64_t random, hash, events;
	int64_t now;
	bool trace;
	struct timers timers;
	struct sim_turns turns;
	struct sim_node **node;
	int n_nodes;
	struct rt **dead;               /* kept for late sends */
	size_t n_dead;
	uint8_t *cut;                   /* [from * cut_n + to] */
	int cut_n;
};

struct sim_job {
	struct timer t;
	struct sim_job *next, *prev;
	struct work work;
};

void sim_note(struct sim *s, enum sim_kind kind, int node, uint64_t what);
uint64_t sim_below(struct sim *s, uint64_t n);  /* 0..n-1; n > 0 */
bool sim_chance(struct sim *s, uint32_t per_65536);
bool sim_is_cut(const struct sim *s, int from, int to);

void sim_env_init(struct sim_env *e, struct sim *s, int node);
void sim_disk_release(struct sim_node *n);
/* A node went: its transport is freed, requests to it end. */
void sim_net_crash(struct sim *s, int node);
/* Frees packets that are still under way. */
bool sim_is_packet(const struct timer *t);
void sim_packet_free(struct timer *t);

#endif
