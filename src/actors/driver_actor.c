/* SPDX-License-Identifier: Apache-2.0
 * driver_actor.c - turns of one driver.
 *
 *      READY --run--> READY        quantum spent
 *        |  --run--> BLOCKED --token completed--> READY
 *        |  --run--> ENDED         done or failed: told to the task
 *      any --stop--> ENDED */
#include "actors/driver_actor.h"

#include "actors/msg.h"

struct driver_state_priv {
	struct actor a;
	struct driver_args args;
	bool blocked;
};

static int
driver_init(struct actor *self, void *args, struct err *e)
{
	struct driver_state_priv *d = (struct driver_state_priv *)self;

	d->args = *(struct driver_args *)args;
	atomic_fetch_add(&d->args.counts->live, 1);
	return 0;
}

static void
driver_start(struct actor *self)
{
	actor_ready(self);
}

static void
driver_receive(struct actor *self, struct msg **m)
{
	struct driver_state_priv *d = (struct driver_state_priv *)self;

	if ((*m)->kind == MSG_RESUME && d->blocked) {
		d->blocked = false;
		atomic_fetch_sub(&d->args.counts->blocked, 1);
		actor_ready(self);
	}
}

/* Tells the task, frees the driver; the actor ends. */
static void
driver_end(struct driver_state_priv *d, const struct err *e)
{
	struct msg_ended *ended = msg_new(MSG_DRIVER_ENDED, sizeof(*ended),
	    NULL);
	struct msg *m = &ended->m;

	ended->failed = e != NULL;
	if (e != NULL)
		ended->err = *e;
	driver_free(&d->args.driver);
	atomic_fetch_sub(&d->args.counts->live, 1);
	if (d->blocked)
		atomic_fetch_sub(&d->args.counts->blocked, 1);
	actor_tell(&d->a, d->args.task, &m);
}

static enum turn
driver_turn(struct actor *self, int64_t quantum_ns)
{
	struct driver_state_priv *d = (struct driver_state_priv *)self;
	struct wait *blocked = NULL;
	struct err e = { 0 };

	if (d->args.driver == NULL)
		return TURN_WAIT;
	switch (driver_run(d->args.driver, quantum_ns, &blocked, &e)) {
	case DRIVER_YIELD:
		return TURN_AGAIN;
	case DRIVER_BLOCKED:
		d->blocked = true;
		atomic_fetch_add(&d->args.counts->blocked, 1);
		atomic_store(&d->args.counts->blocked_on, wait_kind(blocked));
		actor_wake_on(self, blocked, 0);
		wait_drop(&blocked);
		return TURN_WAIT;
	case DRIVER_DONE:
		driver_end(d, NULL);
		break;
	case DRIVER_FAILED:
		driver_end(d, &e);
		break;
	}
	actor_stop(self->rt, self->id);
	return TURN_WAIT;
}

static void
driver_stop(struct actor *self)
{
	struct driver_state_priv *d = (struct driver_state_priv *)self;

	if (d->args.driver != NULL)
		driver_end(d, NULL);
	actor_gone(self);
}

const struct actor_kind driver_actor = {
	.name = "driver",
	.size = sizeof(struct driver_state_priv),
	.init = driver_init,
	.start = driver_start,
	.receive = driver_receive,
	.run = driver_turn,
	.stop = driver_stop,
};
