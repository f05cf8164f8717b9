/* SPDX-License-Identifier: Apache-2.0
 * rt_priv.h - the insides of a runtime, shared by this folder's files.
 *
 * A cell is an actor's mailbox and place.  Cells are never freed before the
 * runtime is and belong to one loop for ever, so that a message to a dead
 * actor is safe: it lands in the cell, whose owner sees that the id in the
 * message is not the one that lives there.  An id is generation << 32 |
 * loop << 24 | slot.
 *
 * Who touches what: inbox any thread; everything else of a cell its loop's
 * thread, but for the free list under spawn_lock. */
#ifndef RT_RT_PRIV_H
#define RT_RT_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "rt/rt.h"

struct sim;
struct loop_uv;

/* --- timers: a heap by time, then by age --- */

struct timer {
	int64_t at;
	uint64_t seq;
	size_t index;           /* in the heap + 1; 0: not in it */
	void (*fire)(struct timer *t);
	struct rt *rt;          /* whose it is */
};

struct timers {
	struct timer **v;
	size_t n, cap;
	uint64_t seq;
};

void timers_release(struct timers *h);
void timers_add(struct timers *h, struct timer *t);
void timers_remove(struct timers *h, struct timer *t);
struct timer *timers_first(const struct timers *h);     /* NULL: none */

/* --- actors --- */

#define INBOX_IDLE ((struct msg *)1)

enum {
	CELL_STOPPING = 1, CELL_GONE = 2, CELL_FAILED = 4, CELL_READY = 8,
};

enum {
	MSG_START = MSG_INTERNAL,       /* struct msg_start */
	MSG_STOP,
	MSG_WATCH,
};

enum { MSG_IS_TIMER = 1, MSG_CANCELLED = 2 };   /* msg.flags */

struct cell {
	_Atomic(struct msg *) inbox;    /* newest first; INBOX_IDLE: empty and
					 * not scheduled; NULL: empty, but
					 * scheduled or running */
	struct msg *fifo;               /* taken from inbox, oldest first */
	struct cell *run_next;
	struct loop *home;
	struct actor *actor;            /* NULL: nobody lives here */
	actor_id id;                    /* of actor; 0 */
	uint32_t flags, slot;
	uint32_t generation, next_free; /* spawn_lock */
	struct timer_msg *timers;
	actor_id *watchers;
	int n_watchers;
};

/* The message is the timer. */
struct timer_msg {
	struct msg_timer pub;
	struct timer t;
	struct cell *cell;              /* NULL once the actor is gone */
	struct timer_msg *next, *prev;
};

enum {
	CELL_SEGMENTS = 18,     /* of 64, 64, 128, 256 ... cells: 2^23 */
	SEGMENT_FIRST = 64,
};

/* --- drivers --- */

struct ready {
	int64_t cpu_ns;         /* of the group when it was queued */
	uint64_t seq;
	struct cell *cell;
	actor_id id;
};

struct ready_level {
	struct ready *v;        /* heap by cpu_ns, seq */
	int n, cap;
	int64_t spent_ns;
};

struct ready_queue {
	struct ready_level level[SCHED_LEVELS];
	uint64_t seq;
	int n;
};

void ready_push(struct ready_queue *q, struct cell *c);
/* The next driver's cell, or NULL; *level is for ready_spent(). */
struct cell *ready_pop(struct ready_queue *q, int *level);
void ready_spent(struct ready_queue *q, int level, int64_t ns);
void ready_release(struct ready_queue *q);

/* --- loops --- */

struct post {
	struct post *next;
	void (*fn)(struct loop *l, void *arg);
	void *arg;
};

struct loop {
	struct rt *rt;
	int index;
	pthread_t thread;
	struct loop_uv *uv;             /* NULL: simulated */
	int64_t now;
	struct timers *timers;          /* own_timers, or the simulation's */
	struct timers own_timers;
	struct cell *run_head, *run_tail;
	struct ready_queue ready;
	atomic_int actors;

	_Alignas(64) _Atomic(struct cell *) remote;     /* by others */
	_Atomic(struct post *) posts;

	_Alignas(64) pthread_mutex_t spawn_lock;        /* the rest */
	_Atomic(struct cell *) segment[CELL_SEGMENTS];  /* read by all */
	uint32_t n_cells, free_cell;    /* free_cell: slot + 1; 0: none */
};

struct rt {
	struct env *env;
	bool own_env;
	struct sim *sim;                /* NULL: real */
	int node;                       /* in the simulation */
	bool dead, frozen;              /* simulated node */
	struct transport *transport;    /* simulated */
	int n_loops, n_exchange, n_workers;
	int64_t quantum_ns;
	struct loop **loop;
	atomic_int next_worker;
	atomic_int_fast64_t actors;
	atomic_bool stopping;
	pthread_mutex_t lock;           /* pools, none_left */
	pthread_cond_t none_left;
	struct work_pool *pools;
	struct work_pool *pool_io, *pool_plan;
};

/* Parts that both bodies share (rt.c, actor.c). */
void rt_init(struct rt *rt, const struct rt_options *options);
void rt_release(struct rt *rt);         /* frees loops and itself */
struct loop *loop_new(struct rt *rt, int index);
/* Drops all actors of a loop without asking them (a crash). */
void loop_kill(struct loop *l);
void loop_free(struct loop *l);
bool loop_is_home(const struct loop *l);
void loop_wake(struct loop *l);                 /* any thread */
/* Any thread: fn(l, arg) on the loop. */
void loop_post(struct loop *l, void (*fn)(struct loop *l, void *arg),
    void *arg);
void loop_start(struct loop *l);        /* its thread (loop_uv.c) */
void loop_join(struct loop *l);         /* ends the thread, frees uv */
/* The earliest timer may have changed. */
void loop_rearm(struct loop *l);
void loop_stop_all(struct loop *l, void *arg);

void run_append(struct loop *l, struct cell *c);
/* Up to `most` messages; true: there are more, c is not queued. */
bool cell_turn(struct cell *c, int most, int64_t most_ns);
/* One turn of a driver that was popped; true: queue it again. */
bool cell_run(struct cell *c, int64_t quantum_ns, int64_t *spent);
void cell_ready(struct cell *c);

/* Ends all pools: runs what is queued, joins. */
void work_end(struct rt *rt);
/* Sends the answer of an executed job. */
void work_answer(struct rt *rt, const struct work *w);

/* The simulation's side (sim.c). */
void sim_runnable(struct cell *c, bool driver);
void sim_work(struct rt *rt, const struct work *w);

#endif
