/* SPDX-License-Identifier: Apache-2.0
 * sched.c - drivers: levels, shares, short ones before long ones, control
 * messages in between. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"
#include "rt/rt_priv.h"
#include "tap.h"

struct spin {
	struct actor a;
	atomic_int_fast64_t *turns;
	int64_t left;           /* turns; < 0: until stopped */
	atomic_int *ended;
	int64_t *ended_ns;
};

struct spin_args {
	atomic_int_fast64_t *turns;
	int64_t left;
	atomic_int *ended;
	int64_t *ended_ns;
};

static int
spin_init(struct actor *self, void *args, struct err *e)
{
	struct spin *s = (struct spin *)self;
	struct spin_args *a = args;

	s->turns = a->turns;
	s->left = a->left;
	s->ended = a->ended;
	s->ended_ns = a->ended_ns;
	return 0;
}

static void
spin_start(struct actor *self)
{
	actor_ready(self);
	actor_ready(self);
}

static void
spin_receive(struct actor *self, struct msg **m)
{
}

static enum turn
spin_run(struct actor *self, int64_t quantum_ns)
{
	struct spin *s = (struct spin *)self;
	int64_t until = actor_clock(self) + quantum_ns;

	while (actor_clock(self) < until)
		;
	atomic_fetch_add(s->turns, 1);
	if (s->left > 0 && --s->left == 0) {
		*s->ended_ns = actor_clock(self);
		atomic_fetch_add(s->ended, 1);
		actor_gone(self);
		return TURN_WAIT;
	}
	return TURN_AGAIN;
}

static const struct actor_kind spin_kind = {
	.name = "spin", .size = sizeof(struct spin), .init = spin_init,
	.start = spin_start, .receive = spin_receive, .run = spin_run,
};

static void
test_levels(void)
{
	struct ready_queue q = { 0 };
	struct sched_group *g[SCHED_LEVELS];
	struct actor a[SCHED_LEVELS] = { 0 };
	struct cell c[SCHED_LEVELS] = { 0 };
	static const int64_t cpu_s[SCHED_LEVELS] = { 0, 2, 20, 100, 1000 };
	int turns[SCHED_LEVELS] = { 0 }, level;
	bool good = true;

	is_int(sched_level(999999999), 0, "just under a second is level 0");
	is_int(sched_level(INT64_C(1000000000)), 1, "a second is level 1");
	is_int(sched_level(INT64_C(400000000000)), 4, "400 s are level 4");
	for (int i = 0; i < SCHED_LEVELS; i++) {
		g[i] = sched_group_new();
		sched_group_charge(g[i], cpu_s[i] * 1000000000);
		a[i].group = g[i];
		c[i].actor = &a[i];
		c[i].id = (actor_id)i + 1;
		c[i].flags = CELL_READY;
		ready_push(&q, &c[i]);
	}
	for (int i = 0; i < 3100; i++) {
		struct cell *x = ready_pop(&q, &level);

		turns[x - c]++;
		ready_spent(&q, level, 1000000);
		ready_push(&q, x);
	}
	for (int i = 0; i + 1 < SCHED_LEVELS; i++)
		good &= turns[i] >= turns[i + 1] * 2 - 20 &&
		    turns[i] <= turns[i + 1] * 2 + 20;
	ok(good, "each level gets half of the one before: %d %d %d %d %d",
	    turns[0], turns[1], turns[2], turns[3], turns[4]);
	/* Level 0 was empty for long and does not make up for it. */
	while (ready_pop(&q, &level) != NULL)
		;
	ready_push(&q, &c[1]);
	for (int i = 0; i < 1000; i++) {
		ready_pop(&q, &level);
		ready_spent(&q, level, 1000000);
		ready_push(&q, &c[1]);
	}
	ready_push(&q, &c[0]);
	turns[0] = turns[1] = 0;
	for (int i = 0; i < 300; i++) {
		struct cell *x = ready_pop(&q, &level);

		turns[x - c]++;
		ready_spent(&q, level, 1000000);
		ready_push(&q, x);
	}
	ok(turns[1] >= 95 && turns[1] <= 105,
	    "a level that comes back takes its share, no more: %d %d",
	    turns[0], turns[1]);
	c[0].id = 99;
	c[1].flags = 0;
	ok(ready_pop(&q, &level) == NULL, "the dead are passed over");
	ready_release(&q);
	for (int i = 0; i < SCHED_LEVELS; i++)
		sched_group_drop(&g[i]);
}

/* One loop: long tasks spin; a short one must end soon, and a message to the
 * loop must be handled between turns. */
static void
test_short_first(void)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1,
	    .quantum_ns = 500000 });
	struct sched_group *old = sched_group_new(), *young;
	atomic_int_fast64_t long_turns = 0, short_turns = 0;
	atomic_int ended = 0;
	int64_t ended_ns = 0, from;
	struct actor_place place = { .group = old };

	sched_group_charge(old, INT64_C(20000000000));
	for (int i = 0; i < 8; i++)
		actor_spawn(rt, &spin_kind, &place, &(struct spin_args){
		    &long_turns, -1, &ended, NULL }, NULL);
	while (long_turns < 20)
		usleep(1000);
	young = sched_group_new();
	place.group = young;
	from = env_mono_ns(rt_env(rt));
	long_turns = 0;
	actor_spawn(rt, &spin_kind, &place, &(struct spin_args){
	    &short_turns, 40, &ended, &ended_ns }, NULL);
	while (ended == 0)
		usleep(1000);
	/* Level 0 against level 2: four to one; round robin would be 1:8. */
	ok(long_turns < 40, "a new task is not stuck behind eight old ones: %d "
	    "of its turns, %d of theirs, %d us", (int)short_turns,
	    (int)long_turns, (int)((ended_ns - from) / 1000));
	ok(sched_group_cpu_ns(young) > 40 * 300000 &&
	    sched_group_cpu_ns(old) > INT64_C(20000000000),
	    "CPU is charged to the groups");
	sched_group_drop(&old);
	sched_group_drop(&young);
	rt_free(&rt);
}

int
main(void)
{
	test_levels();
	test_short_first();
	return tap_done();
}
