/* SPDX-License-Identifier: Apache-2.0
 * bench_actor.c - what a message costs: within a loop, to a sleeping loop,
 * as a stream with a credit window between two loops. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "rt/rt.h"

enum { MSG_BALL = MSG_USER, MSG_PEER, MSG_CREDIT };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct bench {
	atomic_int done;
	long left;              /* hops, or messages to receive */
	int window;
};

struct player {
	struct actor a;
	struct bench *b;
	actor_id peer;
	long to_send, got;
	int credit;
};

static int
player_init(struct actor *self, void *args, struct err *e)
{
	((struct player *)self)->b = args;
	return 0;
}

/* The ball goes to and fro until it was hit `left` times. */
static void
ball_receive(struct actor *self, struct msg **m)
{
	struct player *p = (struct player *)self;

	if ((*m)->kind == MSG_PEER)
		p->peer = (*m)->from;
	else if (--p->b->left == 0)
		atomic_store(&p->b->done, 1);
	else
		actor_send(self->rt, p->peer, m);
}

static const struct actor_kind ball_kind = {
	.name = "ball", .size = sizeof(struct player), .init = player_init,
	.receive = ball_receive,
};

/* A source sends fresh messages while it has credit; the sink returns it. */
static void
source_send(struct player *p)
{
	while (p->credit > 0 && p->to_send > 0) {
		struct msg *m = msg_new(MSG_BALL, sizeof(*m) + 32, NULL);

		p->credit--;
		p->to_send--;
		actor_tell(&p->a, p->peer, &m);
	}
}

static void
stream_receive(struct actor *self, struct msg **m)
{
	struct player *p = (struct player *)self;

	switch ((*m)->kind) {
	case MSG_PEER:
		p->peer = (*m)->from;
		p->to_send = p->b->left;
		p->credit = p->b->window;
		source_send(p);
		break;
	case MSG_CREDIT:
		p->credit += p->b->window / 2;
		source_send(p);
		break;
	default:
		if (++p->got == p->b->left)
			atomic_store(&p->b->done, 1);
		else if (p->got % (p->b->window / 2) == 0) {
			struct msg *c = msg_new(MSG_CREDIT, sizeof(*c), NULL);

			actor_tell(self, (*m)->from, &c);
		}
	}
}

static const struct actor_kind stream_kind = {
	.name = "stream", .size = sizeof(struct player), .init = player_init,
	.receive = stream_receive,
};

static void
tell_peer(struct rt *rt, actor_id to, actor_id peer)
{
	struct msg *m = msg_new(MSG_PEER, sizeof(*m), NULL);

	m->from = peer;
	actor_send(rt, to, &m);
}

static double
run(struct rt *rt, const struct actor_kind *kind, bool apart, long n,
    int window)
{
	struct bench b = { .left = n, .window = window };
	struct actor_place one = { .on = ON_LOOP, .loop = 1 };
	struct actor_place two = { .on = ON_LOOP, .loop = apart ? 2 : 1 };
	actor_id x = actor_spawn(rt, kind, &one, &b, NULL);
	actor_id y = actor_spawn(rt, kind, &two, &b, NULL);
	double from = now();

	tell_peer(rt, x, y);
	if (kind == &ball_kind) {
		struct msg *m = msg_new(MSG_BALL, sizeof(*m), NULL);

		tell_peer(rt, y, x);
		actor_send(rt, x, &m);
	}
	while (!atomic_load(&b.done))
		usleep(100);
	from = now() - from;
	actor_stop(rt, x);
	actor_stop(rt, y);
	return from / (double)n * 1e9;
}

int
main(void)
{
	static const int windows[] = { 4, 16, 64, 256 };
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });

	for (int round = 0; round < 3; round++) {
		printf("same loop, one message to and fro   %7.1f ns\n",
		    run(rt, &ball_kind, false, 20000000, 0));
		printf("same loop, made, sent, run, freed   %7.1f ns\n",
		    run(rt, &stream_kind, false, 10000000, 64));
		printf("other loop, asleep, one way         %7.1f ns\n",
		    run(rt, &ball_kind, true, 100000, 0));
		for (int i = 0; i < 4; i++)
			printf("other loop, stream, window %-3d      "
			    "%7.1f ns\n", windows[i], run(rt, &stream_kind,
			    true, 1000000, windows[i]));
	}
	rt_free(&rt);
	return 0;
}
