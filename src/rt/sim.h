/* SPDX-License-Identifier: Apache-2.0
 * sim.h - a cluster in one thread on virtual time.
 *
 * One sim holds any number of nodes (rt_new_sim()), each with its actors, a
 * disk and a place in a simulated network.  A seed decides who runs next, how
 * long jobs and packets take, what is lost.  The same seed and the same
 * program give the same order of events, which sim_hash() sums up; print
 * sim_seed() with every failure.  All calls: one thread. */
#ifndef RT_SIM_H
#define RT_SIM_H

#include "base/env.h"
#include "rt/rt.h"

struct sim;
struct transport;

/* Chances are per 65536. */
struct sim_options {
	uint64_t seed;
	int64_t start_wall_ns;          /* 0: 2026-01-01 00:00 UTC */
	int64_t delay_min_ns, delay_max_ns;     /* of a packet; 0: 50us..1ms */
	uint32_t lose;                  /* a request or reply vanishes */
	uint32_t duplicate;             /* a request is executed twice */
	uint32_t disk_fail;             /* a read or write fails */
	int64_t work_max_ns;            /* a job takes 0..this; 0: 2 ms */
};

struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim **s);          /* with all its nodes */
uint64_t sim_seed(const struct sim *s);
uint64_t sim_hash(const struct sim *s); /* of all events so far */
uint64_t sim_events(const struct sim *s);
int64_t sim_now(const struct sim *s);   /* virtual ns since the start */
uint64_t sim_random(struct sim *s);     /* of the seeded stream */
void sim_trace(struct sim *s, bool on); /* prints each event */

/* One event: a turn of an actor, a packet, a timer, a job.  False when there
 * is nothing left to do. */
bool sim_step(struct sim *s);
/* Steps until done() answers true (result true), nothing is left, or
 * max_ns of virtual time have passed. */
bool sim_run(struct sim *s, bool (*done)(void *arg), void *arg,
    int64_t max_ns);
/* Steps for that much virtual time. */
void sim_advance(struct sim *s, int64_t ns);

/* Nodes.  A crash loses actors (no handler is called but kind.release),
 * open requests and open files; the disk stays as it is. */
int sim_node(const struct rt *rt);              /* number, from 0 */
void sim_crash(struct rt **rt);
/* A node again with the disk of crashed node number `node`. */
struct rt *sim_restart(struct sim *s, int node,
    const struct rt_options *options);

/* Network.  The transport of a node; addresses are "sim://NODE:PORT". */
struct transport *sim_transport(struct rt *rt);
/* Cuts (or mends) packets between two nodes, in one direction; -1: all. */
void sim_cut(struct sim *s, int from, int to, bool cut);
/* A node's turns and packets stop (or go on): a frozen process. */
void sim_freeze(struct rt *rt, bool frozen);

/* Disk: env calls of the node.  Files live in memory. */
void sim_disk_limit(struct rt *rt, uint64_t bytes);     /* default none */
uint64_t sim_disk_used(struct rt *rt);
/* The next n disk calls of the node fail. */
void sim_disk_fail(struct rt *rt, int n);

#endif
