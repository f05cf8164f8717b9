/* SPDX-License-Identifier: Apache-2.0
 * actor.h - actors and messages.
 *
 * An actor is private state and one function that takes one message at a time
 * on one loop thread, fixed for its life; its state needs no lock.  Actors
 * share nothing but messages, and a message has exactly one owner: sending
 * moves it.  Per pair of sender and receiver messages keep their order;
 * between senders there is none.
 *
 * Life of an actor:
 *
 *   actor_spawn: init (spawner's thread) -> start -> receive ... receive
 *   actor_stop, or actor_fail: stop (once) -> ... receive ... -> actor_gone
 *   -> what waits in the mailbox is dropped -> release -> parent and watchers
 *   get MSG_GONE.
 *
 * Everything from start to release runs on the home thread.  A handler never
 * blocks and takes a few milliseconds at the very most; long computing is for
 * drivers (kind.run), blocking calls for rt_work(). */
#ifndef RT_ACTOR_H
#define RT_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct actor;                   /* first member of each actor's own struct */
struct loop;                    /* one event loop thread of a runtime */
struct rt;                      /* one node's runtime; see rt/rt.h */
struct sched_group;             /* CPU of one task; see rt/rt.h */
struct wait;
typedef uint64_t actor_id;      /* never reused within one rt; 0 is nobody */

/* Kinds that the runtime sends itself; all others start at MSG_USER and are
 * listed by the folder that uses them (actors/msg.h). */
enum msg_kind {
	MSG_NONE,
	MSG_TIMER,              /* struct msg_timer */
	MSG_RESUME,             /* struct msg_resume: a wait token completed */
	MSG_WORK,               /* struct msg_work (rt.h): a job has ended */
	MSG_FAILED,             /* struct msg_failed: a child has failed */
	MSG_GONE,               /* struct msg_gone: a child or watched actor */
	MSG_SIGNAL,             /* struct msg_signal (rt.h) */
	MSG_REQUEST,            /* struct msg_request (transport.h) */
	MSG_REPLY,              /* struct msg_reply (transport.h) */
	MSG_INTERNAL = 32,      /* 32..63: the runtime's own, never received */
	MSG_NET = 64,           /* 64..255: src/net */
	MSG_USER = 256,
};

/* First member of every message. */
struct msg {
	struct msg *next;       /* the runtime's; receiver may link with it */
	actor_id to;            /* the runtime's */
	actor_id from;          /* set by actor_tell(); else the sender's say */
	uint32_t kind;
	uint32_t flags;         /* the runtime's */
	/* Frees what the payload owns (not m itself); NULL: nothing. */
	void (*drop)(struct msg *m);
};

struct msg_timer {
	struct msg m;
	uint64_t tag;           /* as given to actor_timer() */
};

struct msg_resume {
	struct msg m;
	uint64_t tag;           /* as given to actor_wake_on() */
};

struct msg_failed {
	struct msg m;           /* from: the child */
	struct err err;
};

struct msg_gone {
	struct msg m;           /* from: who is gone */
	bool failed;            /* actor_fail() was called */
};

/* A zeroed message of `size` bytes, at least sizeof(struct msg). */
void *msg_new(uint32_t kind, size_t size, void (*drop)(struct msg *m));
/* Calls drop, frees, NULLs *m; NULL is fine. */
void msg_drop(struct msg **m);

enum turn {
	TURN_AGAIN,             /* more to do: queue me again */
	TURN_WAIT,              /* call actor_ready() when there is more */
};

/* One kind of actor; a const table.  Only name, size and receive are
 * required. */
struct actor_kind {
	const char *name;
	size_t size;            /* of the private state; zeroed */
	/* Spawner's thread, before the mailbox is open: takes what it needs
	 * of args (borrowed) and calls nothing of the runtime, nor gives
	 * its id away; that is for start.  Failing makes the spawn fail. */
	int (*init)(struct actor *self, void *args, struct err *e);
	void (*start)(struct actor *self);
	/* May keep *m by nulling it; what is left there is dropped. */
	void (*receive)(struct actor *self, struct msg **m);
	/* Drivers only: works until about quantum_ns are spent, it blocks or
	 * ends.  Called after actor_ready(), as the multilevel queue allows. */
	enum turn (*run)(struct actor *self, int64_t quantum_ns);
	/* Ask to end: called once; ends I/O and children, then (now or later)
	 * actor_gone().  NULL: actor_gone() at once. */
	void (*stop)(struct actor *self);
	/* The last call.  Timers and watches are already cancelled. */
	void (*release)(struct actor *self);
};

/* The runtime's part of an actor's state.  Read-only for the actor. */
struct actor {
	const struct actor_kind *kind;
	struct rt *rt;
	struct loop *home;
	actor_id id, parent;
	struct sched_group *group;      /* drivers: whose CPU it spends */
	void *priv;                     /* the runtime's */
};

/* Where and under whom an actor is made.  All zeroes: on some worker loop,
 * with no parent. */
struct actor_place {
	enum { ON_WORKER, ON_CONTROL, ON_EXCHANGE, ON_LOOP } on;
	int loop;                       /* ON_LOOP: 0..rt_loops()-1 */
	actor_id parent;                /* gets MSG_FAILED and MSG_GONE */
	struct sched_group *group;      /* drivers; a reference is taken */
};

/* Any thread.  Returns the id, or 0 with *e filled by init. */
actor_id actor_spawn(struct rt *rt, const struct actor_kind *kind,
    const struct actor_place *place, void *args, struct err *e);

/* Any thread.  Always takes *m and nulls it; drops it when `to` is gone or
 * never was. */
void actor_send(struct rt *rt, actor_id to, struct msg **m);
/* Own thread: the same with m->from = self. */
void actor_tell(struct actor *self, actor_id to, struct msg **m);
/* Any thread: asks an actor to end (kind.stop is called, once). */
void actor_stop(struct rt *rt, actor_id id);

/* The rest: own thread only. */

/* The driver has something to do; idempotent. */
void actor_ready(struct actor *self);
/* Reports to the parent (MSG_FAILED), then ends as if stopped.  Only the
 * first failure is reported. */
void actor_fail(struct actor *self, const struct err *e);
/* Nothing of the actor is in use any more.  The state is freed once control
 * is back in the loop. */
void actor_gone(struct actor *self);
bool actor_stopping(const struct actor *self);  /* stop was called */
/* MSG_GONE from id when it ends; at once when it is gone already. */
void actor_watch(struct actor *self, actor_id id);

/* MSG_TIMER with tag after delay (0: as soon as other work is done).  Many
 * may run; a cancelled one is never received. */
void actor_timer(struct actor *self, int64_t delay_ns, uint64_t tag);
void actor_timer_cancel(struct actor *self, uint64_t tag);      /* all */
/* The loop's clock, read once a turn; actor_clock() asks anew. */
int64_t actor_now(const struct actor *self);
int64_t actor_clock(const struct actor *self);

/* Turns the completion of w into one MSG_RESUME with tag, exactly once, also
 * when w is complete already; harmless when the actor goes first.  Uses up
 * the one listener of w; the caller keeps its reference and w must be
 * completed before rt_free(). */
void actor_wake_on(struct actor *self, struct wait *w, uint64_t tag);

#endif
