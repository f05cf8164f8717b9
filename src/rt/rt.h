/* SPDX-License-Identifier: Apache-2.0
 * rt.h - a node's runtime: its loops, work threads, clock, signals.
 *
 * The same interface has two bodies, chosen when it is made:
 *   rt_new_loops()  N worker loops, one control loop (no driver ever runs
 *                   there) and optionally exchange loops, one OS thread and
 *                   one uv_loop_t each; at rest they sleep in epoll
 *   rt_new_sim()    one node of a simulation (rt/sim.h): single-threaded,
 *                   virtual time, order chosen by a seed
 *
 * How a loop works: messages first (at most 64 or 500 us an actor, 2 ms all
 * in all), then one turn of one driver, then I/O and timers, and so on until
 * nothing is runnable. */
#ifndef RT_RT_H
#define RT_RT_H

#include "base/env.h"
#include "base/job.h"
#include "rt/actor.h"

struct rt;
struct sim;
struct transport;
struct uv_loop_s;

struct rt_options {
	int workers;            /* worker loops; 0: CPUs of the cgroup */
	int exchange;           /* exchange loops; 0: the control loop does */
	int64_t quantum_ns;     /* of a driver's turn; 0: 5 ms */
	struct env *env;        /* NULL: env_real(), owned by the runtime */
};

/* Starts the threads.  One thread owns the handle. */
struct rt *rt_new_loops(const struct rt_options *options);
struct rt *rt_new_sim(struct sim *sim, const struct rt_options *options);
/* Stops every actor, waits until all are gone (real loops only; a simulated
 * node simply dies), joins threads, frees.  Not from a loop or work thread. */
void rt_free(struct rt **rt);

struct env *rt_env(struct rt *rt);
int rt_loops(const struct rt *rt);      /* control, exchange and workers */
int rt_workers(const struct rt *rt);
/* Any thread: actors alive, for tests and system tables. */
int64_t rt_actors(const struct rt *rt);
/* CPUs this process may use: affinity and cgroup quota; at least 1. */
int rt_cpus(void);
/* The cgroup's memory limit or the machine's memory, in bytes. */
uint64_t rt_memory(void);

/* MSG_SIGNAL to `to` for each arrival; real runtime only. */
struct msg_signal {
	struct msg m;
	int signum;
};
void rt_on_signal(struct rt *rt, int signum, actor_id to);

/* --- CPU accounts of tasks ------------------------------------------------
 * Drivers queue by the CPU that their group has used: levels at 0, 1, 10, 60
 * and 300 s, each with half the share of the one before it. */

enum { SCHED_LEVELS = 5 };

struct sched_group *sched_group_new(void);      /* one reference */
struct sched_group *sched_group_ref(struct sched_group *g);
void sched_group_drop(struct sched_group **g);
int64_t sched_group_cpu_ns(const struct sched_group *g);
/* Charges CPU used elsewhere (a work thread, a decoder). */
void sched_group_charge(struct sched_group *g, int64_t ns);
int sched_level(int64_t cpu_ns);                /* 0..SCHED_LEVELS-1 */

/* --- work threads ---------------------------------------------------------
 * A pool runs blocking calls on up to max threads, started on demand and
 * ended after 10 idle seconds.  In a simulation jobs run inline at a seeded
 * time. */

struct work_pool;

struct work {
	void (*run)(void *arg);         /* on a thread of the pool */
	/* Frees arg when nobody took it: the receiver is gone, or it left
	 * msg_work.arg set.  NULL: nothing to free. */
	void (*drop)(void *arg);
	void *arg;
	actor_id reply_to;              /* 0: drop(arg) follows run(arg) */
	uint64_t tag;
};

struct msg_work {
	struct msg m;
	uint64_t tag;
	void *arg;                      /* NULL it to keep it */
	void (*drop)(void *arg);
};

/* The pool belongs to rt and ends with it.  stack_bytes 0: the system's
 * default.  name is for logs and thread names (15 bytes are seen). */
struct work_pool *rt_pool(struct rt *rt, const char *name, int max_threads,
    size_t stack_bytes);
/* Any thread.  Jobs start in order; each is answered exactly once. */
void rt_work(struct work_pool *pool, const struct work *work);
int rt_work_queued(struct work_pool *pool);     /* not started yet */
/* The same pool for those who know no runtime; lives as long. */
struct job_runner *rt_jobs(struct work_pool *pool);

/* The pools that every node has; made on first use. */
struct work_pool *rt_pool_io(struct rt *rt);    /* files: 2 x CPUs, >= 8 */
struct work_pool *rt_pool_plan(struct rt *rt);  /* 64 MiB stacks, CPUs */

/* --- what a component needs of its loop (loop's own thread only) ----------
 * For libraries that bring their own file descriptors, as libmicrohttpd. */

struct loop_poll;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Level-triggered.  cb runs on the loop like a message handler.  The fd stays
 * the caller's and must stay open until loop_poll_close().  NULL and
 * NOT_SUPPORTED in a simulation. */
struct loop_poll *loop_poll(struct loop *on, int fd, int events,
    void (*cb)(void *arg, int events), void *arg, struct err *e);
void loop_poll_set(struct loop_poll *p, int events);    /* 0: paused */
void loop_poll_close(struct loop_poll **p);     /* no cb after this */

/* A re-armable timer; made unarmed.  cb may arm or free it. */
struct loop_timer *loop_timer_new(struct loop *on, void (*cb)(void *arg),
    void *arg);
void loop_timer_arm(struct loop_timer *t, int64_t delay_ns);
void loop_timer_disarm(struct loop_timer *t);
void loop_timer_free(struct loop_timer **t);

struct uv_loop_s *loop_uv(struct loop *on);     /* NULL in a simulation */
int64_t loop_now(const struct loop *on);
struct rt *loop_rt(const struct loop *on);
int loop_index(const struct loop *on);          /* 0 is control */

/* --- the real world ------------------------------------------------------- */

/* Close-on-exec files, EINTR handled, random numbers from the kernel. */
struct env *env_real(void);
void env_free(struct env **env);        /* one made by env_real() */

#endif
