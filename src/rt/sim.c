/* SPDX-License-Identifier: Apache-2.0
 * sim.c - the scheduler of a simulated cluster: whose turn is next, what time
 * it is, nodes that come and go; see sim.h.
 *
 * What is due by time goes first; then one of the runnable actors, chosen by
 * the seed; when none is, time jumps to the next event.  Every turn, and each
 * look at a clock, takes a little time. */
#include "rt/sim_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/str.h"

enum { TURN_MESSAGES = 8 };

uint64_t
sim_random(struct sim *s)
{
	/* splitmix64 */
	s->random += UINT64_C(0x9e3779b97f4a7c15);
	return hash_u64(s->random);
}

uint64_t
sim_below(struct sim *s, uint64_t n)
{
	return sim_random(s) % n;
}

bool
sim_chance(struct sim *s, uint32_t per_65536)
{
	return per_65536 > 0 && sim_below(s, 65536) < per_65536;
}

void
sim_note(struct sim *s, enum sim_kind kind, int node, uint64_t what)
{
	static const char *const names[] = { "turn", "driver", "timer", "job",
		"request", "reply", "lost", "disk", "crash", "start" };

	s->events++;
	s->hash = hash_combine(s->hash, (uint64_t)s->now);
	s->hash = hash_combine(s->hash, (uint64_t)kind << 32 |
	    (uint32_t)node);
	s->hash = hash_combine(s->hash, what);
	if (s->trace)
		printf("# %12.6f node %d %s %" PRIx64 "\n",
		    (double)s->now / 1e9, node, names[kind], what);
}

struct sim *
sim_new(const struct sim_options *o)
{
	struct sim *s = xcalloc(1, sizeof(*s));

	s->o = *o;
	s->random = o->seed;
	s->now = 1000000;
	if (s->o.start_wall_ns == 0)
		s->o.start_wall_ns = INT64_C(1767225600) * 1000000000;
	if (s->o.delay_max_ns == 0) {
		s->o.delay_min_ns = 50000;
		s->o.delay_max_ns = 1000000;
	}
	if (s->o.work_max_ns == 0)
		s->o.work_max_ns = 2000000;
	return s;
}

void
sim_free(struct sim **sp)
{
	struct sim *s = *sp;
	struct timer *t;

	*sp = NULL;
	if (s == NULL)
		return;
	for (int i = 0; i < s->n_nodes; i++)
		if (s->node[i]->rt != NULL)
			sim_crash(&(struct rt *){ s->node[i]->rt });
	for (int i = 0; i < s->n_nodes; i++) {
		struct sim_node *n = s->node[i];

		sim_disk_release(n);
		free(n->held.v);
		free(n->held_timers);
		free(n);
	}
	while ((t = timers_first(&s->timers)) != NULL) {
		timers_remove(&s->timers, t);
		if (sim_is_packet(t))
			sim_packet_free(t);
	}
	for (size_t i = 0; i < s->n_dead; i++)
		rt_release(s->dead[i]);
	free(s->dead);
	free(s->node);
	free(s->turns.v);
	free(s->cut);
	timers_release(&s->timers);
	free(s);
}

uint64_t
sim_seed(const struct sim *s)
{
	return s->o.seed;
}

uint64_t
sim_hash(const struct sim *s)
{
	return s->hash;
}

uint64_t
sim_events(const struct sim *s)
{
	return s->events;
}

int64_t
sim_now(const struct sim *s)
{
	return s->now;
}

void
sim_trace(struct sim *s, bool on)
{
	s->trace = on;
}

/* --- nodes --- */

static struct rt *
node_start(struct sim *s, int node, const struct rt_options *options)
{
	struct sim_node *n = s->node[node];
	struct rt *rt = xcalloc(1, sizeof(*rt));

	rt->sim = s;
	rt->node = node;
	rt_init(rt, options);
	if (rt->env == NULL)
		rt->env = &n->env.env;
	for (int i = 0; i < rt->n_loops; i++)
		rt->loop[i]->timers = &s->timers;
	n->rt = rt;
	n->incarnation++;
	sim_note(s, SIM_START, node, n->incarnation);
	return rt;
}

struct rt *
rt_new_sim(struct sim *s, const struct rt_options *options)
{
	struct sim_node *n = xcalloc(1, sizeof(*n));
	int node = s->n_nodes++;

	s->node = xrealloc(s->node, (size_t)s->n_nodes * sizeof(*s->node));
	s->node[node] = n;
	map_init(&n->files);
	n->disk_limit = UINT64_MAX;
	sim_env_init(&n->env, s, node);
	return node_start(s, node, options);
}

struct rt *
sim_restart(struct sim *s, int node, const struct rt_options *options)
{
	CHECK(node >= 0 && node < s->n_nodes && s->node[node]->rt == NULL);
	return node_start(s, node, options);
}

int
sim_node(const struct rt *rt)
{
	return rt->node;
}

static void
turns_push(struct sim_turns *t, struct sim_turn turn)
{
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->v = xrealloc(t->v, t->cap * sizeof(*t->v));
	}
	t->v[t->n++] = turn;
}

void
sim_freeze(struct rt *rt, bool frozen)
{
	struct sim *s = rt->sim;
	struct sim_node *n = s->node[rt->node];

	if (rt->frozen == frozen)
		return;
	rt->frozen = frozen;
	if (frozen) {
		size_t kept = 0;

		for (size_t i = 0; i < s->turns.n; i++)
			if (s->turns.v[i].cell->home->rt == rt)
				turns_push(&n->held, s->turns.v[i]);
			else
				s->turns.v[kept++] = s->turns.v[i];
		s->turns.n = kept;
		return;
	}
	for (size_t i = 0; i < n->held.n; i++)
		turns_push(&s->turns, n->held.v[i]);
	for (size_t i = 0; i < n->n_held_timers; i++)
		timers_add(&s->timers, n->held_timers[i]);
	n->held.n = n->n_held_timers = 0;
}

static void
drop_turns(struct sim *s, struct rt *rt)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->turns.n; i++)
		if (s->turns.v[i].cell->home->rt != rt)
			s->turns.v[kept++] = s->turns.v[i];
	s->turns.n = kept;
}

void
sim_crash(struct rt **rtp)
{
	struct rt *rt = *rtp;
	struct sim *s = rt->sim;
	struct sim_node *n = s->node[rt->node];
	struct sim_job *j, *next;

	*rtp = NULL;
	CHECK(n->rt == rt && !rt->dead);
	sim_note(s, SIM_CRASH, rt->node, 0);
	sim_freeze(rt, false);
	rt->dead = true;
	drop_turns(s, rt);
	for (int i = 0; i < rt->n_loops; i++)
		loop_kill(rt->loop[i]);
	for (j = n->jobs; j != NULL; j = next) {
		next = j->next;
		timers_remove(&s->timers, &j->t);
		if (j->work.drop != NULL)
			j->work.drop(j->work.arg);
		free(j);
	}
	n->jobs = NULL;
	sim_net_crash(s, rt->node);
	work_end(rt);
	n->rt = NULL;
	s->dead = xrealloc(s->dead, (s->n_dead + 1) * sizeof(*s->dead));
	s->dead[s->n_dead++] = rt;
}

/* --- events --- */

void
sim_runnable(struct cell *c, bool driver)
{
	struct rt *rt = c->home->rt;
	struct sim_turn t = { c, driver };

	if (rt->dead)
		return;
	turns_push(rt->frozen ? &rt->sim->node[rt->node]->held
	    : &rt->sim->turns, t);
}

static void
job_fire(struct timer *t)
{
	struct sim_job *j = container_of(t, struct sim_job, t);
	struct rt *rt = t->rt;
	struct sim_node *n = rt->sim->node[rt->node];

	if (j->prev != NULL)
		j->prev->next = j->next;
	else
		n->jobs = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	sim_note(rt->sim, SIM_JOB, rt->node, j->work.reply_to);
	j->work.run(j->work.arg);
	work_answer(rt, &j->work);
	free(j);
}

void
sim_work(struct rt *rt, const struct work *w)
{
	struct sim *s = rt->sim;
	struct sim_node *n = s->node[rt->node];
	struct sim_job *j;

	if (rt->dead) {
		if (w->drop != NULL)
			w->drop(w->arg);
		return;
	}
	j = xcalloc(1, sizeof(*j));
	j->work = *w;
	j->t.at = s->now + (int64_t)sim_below(s, (uint64_t)s->o.work_max_ns);
	j->t.fire = job_fire;
	j->t.rt = rt;
	j->next = n->jobs;
	if (j->next != NULL)
		j->next->prev = j;
	n->jobs = j;
	timers_add(&s->timers, &j->t);
}

static void
fire(struct sim *s, struct timer *t)
{
	timers_remove(&s->timers, t);
	if (t->rt != NULL && t->rt->frozen) {
		struct sim_node *n = s->node[t->rt->node];

		n->held_timers = xrealloc(n->held_timers,
		    (n->n_held_timers + 1) * sizeof(*n->held_timers));
		n->held_timers[n->n_held_timers++] = t;
		return;
	}
	if (t->rt != NULL && t->fire != job_fire)
		sim_note(s, SIM_TIMER, t->rt->node, (uint64_t)t->at);
	t->fire(t);
}

static void
take_turn(struct sim *s)
{
	size_t at = sim_below(s, s->turns.n);
	struct sim_turn t = s->turns.v[at];
	struct rt *rt = t.cell->home->rt;
	int64_t spent;

	s->turns.v[at] = s->turns.v[--s->turns.n];
	s->now += 200 + (int64_t)sim_below(s, 4000);
	if (!t.driver) {
		sim_note(s, SIM_TURN, rt->node, (uint64_t)t.cell->home->index
		    << 32 | t.cell->slot);
		if (cell_turn(t.cell, 1 + (int)sim_below(s, TURN_MESSAGES), 0)
		    && !rt->dead)
			sim_runnable(t.cell, false);
		return;
	}
	/* It may have ended since. */
	if (t.cell->actor == NULL || (t.cell->flags & CELL_READY) == 0)
		return;
	sim_note(s, SIM_DRIVER, rt->node, t.cell->id);
	if (cell_run(t.cell, rt->quantum_ns, &spent) && !rt->dead)
		sim_runnable(t.cell, true);
}

bool
sim_step(struct sim *s)
{
	struct timer *t = timers_first(&s->timers);

	if (t != NULL && (t->at <= s->now || s->turns.n == 0)) {
		s->now = MAX(s->now, t->at);
		fire(s, t);
		return true;
	}
	if (s->turns.n == 0)
		return false;
	take_turn(s);
	return true;
}

bool
sim_run(struct sim *s, bool (*done)(void *arg), void *arg, int64_t max_ns)
{
	int64_t until = s->now + max_ns;

	while (s->now <= until) {
		if (done != NULL && done(arg))
			return true;
		if (!sim_step(s))
			break;
	}
	return done != NULL && done(arg);
}

void
sim_advance(struct sim *s, int64_t ns)
{
	int64_t until = s->now + ns;

	while (s->turns.n > 0 || (timers_first(&s->timers) != NULL &&
	    timers_first(&s->timers)->at <= until)) {
		if (s->now > until)
			return;
		sim_step(s);
	}
	s->now = MAX(s->now, until);
}
