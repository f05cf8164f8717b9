/* SPDX-License-Identifier: Apache-2.0
 * nng_arena.c - an arena of jemalloc's for messages.
 *
 * nng zeroes every body (calloc).  For big blocks jemalloc does that by giving
 * pages back and faulting them in again, which halves the bandwidth - but
 * only in arenas with its own hooks; with anybody else's it writes zeroes,
 * five times faster.  So messages come from an arena whose hooks are ours and
 * do what its own do. */
#include "config.h"

#include "net/nng_priv.h"

#include <stdlib.h>
#ifdef HAVE_JEMALLOC
#include <jemalloc/jemalloc.h>

#include "base/check.h"

struct nng_arena {
	extent_hooks_t hooks;   /* first: found again by jemalloc's pointer */
	const extent_hooks_t *own;
	unsigned index;
	size_t mib[2];          /* of "thread.arena" */
};

static void *
hook_alloc(extent_hooks_t *h, void *at, size_t size, size_t align,
    bool *zero, bool *commit, unsigned arena)
{
	const extent_hooks_t *own = ((struct nng_arena *)h)->own;

	return own->alloc((extent_hooks_t *)own, at, size, align, zero, commit,
	    arena);
}

struct nng_arena *
nng_arena_new(void)
{
	struct nng_arena *a = xcalloc(1, sizeof(*a));
	extent_hooks_t *hooks = &a->hooks, *own;
	size_t n = sizeof(own), m = 2;

	if (mallctl("arena.0.extent_hooks", &own, &n, NULL, 0) != 0) {
		free(a);
		return NULL;
	}
	a->own = own;
	a->hooks = *own;
	a->hooks.alloc = hook_alloc;
	n = sizeof(a->index);
	if (mallctl("arenas.create", &a->index, &n, &hooks, sizeof(hooks)) !=
	    0 || mallctlnametomib("thread.arena", a->mib, &m) != 0) {
		free(a);
		return NULL;
	}
	return a;
}

void
nng_arena_free(struct nng_arena **ap)
{
	/* Messages may outlive us and threads are bound to it: it stays, one
	 * per process that ever used nng. */
	*ap = NULL;
}

void
nng_arena_stay(struct nng_arena *a)
{
	unsigned now;
	size_t n = sizeof(now);

	if (a == NULL || mallctlbymib(a->mib, 2, &now, &n, NULL, 0) != 0 ||
	    now == a->index)
		return;
	mallctlbymib(a->mib, 2, NULL, NULL, &a->index, sizeof(a->index));
}

unsigned
nng_arena_enter(struct nng_arena *a)
{
	unsigned before = 0;
	size_t n = sizeof(before);

	if (a != NULL)
		mallctlbymib(a->mib, 2, &before, &n, &a->index,
		    sizeof(a->index));
	return before;
}

void
nng_arena_leave(struct nng_arena *a, unsigned before)
{
	if (a != NULL)
		mallctlbymib(a->mib, 2, NULL, NULL, &before, sizeof(before));
}

#else   /* another malloc, which has no such trouble */

struct nng_arena *
nng_arena_new(void)
{
	return NULL;
}

void
nng_arena_free(struct nng_arena **a)
{
}

void
nng_arena_stay(struct nng_arena *a)
{
}

unsigned
nng_arena_enter(struct nng_arena *a)
{
	return 0;
}

void
nng_arena_leave(struct nng_arena *a, unsigned before)
{
}
#endif
