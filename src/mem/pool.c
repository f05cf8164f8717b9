/* SPDX-License-Identifier: Apache-2.0
 * pool.c - the node's and the queries' pools: limits, leases, waiting and
 * revocation; see pool.h. */
#include "mem/pool_priv.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"

struct mem_node *
mem_node_new(const struct mem_node_options *o)
{
	struct mem_node *n = xcalloc(1, sizeof(*n));
	int above = o->revoke_threshold == 0 ? 90 : o->revoke_threshold;
	int below = o->revoke_target == 0 ? 50 : o->revoke_target;

	atomic_init(&n->refs, 1);
	n->limit = o->limit == 0 ? UINT64_MAX : o->limit;
	n->overdraft = o->overdraft == 0 ? n->limit / 16 : o->overdraft;
	if (n->overdraft > UINT64_MAX - n->limit)
		n->overdraft = UINT64_MAX - n->limit;
	n->revoke_above = n->limit / 100 * (uint64_t)above;
	n->revoke_below = n->limit / 100 * (uint64_t)below;
	n->recycle = o->recycle == 0 ? 64 << 20 : o->recycle;
	pthread_mutex_init(&n->lock, NULL);
	pthread_mutex_init(&n->block_lock, NULL);
	return n;
}

struct mem_node *
mem_node_ref(struct mem_node *n)
{
	atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed);
	return n;
}

void
mem_node_drop(struct mem_node **np)
{
	struct mem_node *n = *np;

	*np = NULL;
	if (n == NULL || atomic_fetch_sub(&n->refs, 1) != 1)
		return;
	CHECK(n->pools == NULL && n->revokers == NULL);
	block_free_all(n);
	pthread_mutex_destroy(&n->lock);
	pthread_mutex_destroy(&n->block_lock);
	free(n);
}

uint64_t
mem_node_limit(const struct mem_node *n)
{
	return n->limit == UINT64_MAX ? 0 : n->limit;
}

uint64_t
mem_node_used(const struct mem_node *n)
{
	return n->used;
}

uint64_t
mem_node_peak(const struct mem_node *n)
{
	return n->peak;
}

int
mem_node_waiting(struct mem_node *n)
{
	return n->waiting;
}

void
mem_node_pools(struct mem_node *n,
    void (*each)(void *arg, struct mem_pool *q), void *arg)
{
	pthread_mutex_lock(&n->lock);
	for (struct mem_pool *q = n->pools; q != NULL; q = q->next)
		each(arg, q);
	pthread_mutex_unlock(&n->lock);
}

struct mem_pool *
mem_pool_new(struct mem_node *n, const char *name,
    const struct mem_limits *limits)
{
	struct mem_pool *q = xcalloc(1, sizeof(*q));

	atomic_init(&q->refs, 1);
	q->node = mem_node_ref(n);
	q->name = xstrdup(name);
	wait_list_init(&q->waiters);
	pthread_mutex_init(&q->lock, NULL);
	mem_pool_limit(q, limits);
	pthread_mutex_lock(&n->lock);
	q->next = n->pools;
	if (q->next != NULL)
		q->next->prev = q;
	n->pools = q;
	pthread_mutex_unlock(&n->lock);
	return q;
}

struct mem_pool *
mem_pool_ref(struct mem_pool *q)
{
	atomic_fetch_add_explicit(&q->refs, 1, memory_order_relaxed);
	return q;
}

void
mem_pool_drop(struct mem_pool **qp)
{
	struct mem_pool *q = *qp;
	struct mem_node *n;

	*qp = NULL;
	if (q == NULL || atomic_fetch_sub(&q->refs, 1) != 1)
		return;
	n = q->node;
	pthread_mutex_lock(&n->lock);
	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		n->pools = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	pthread_mutex_unlock(&n->lock);
	CHECK(q->accounts == NULL && q->used == 0);
	wait_list_release(&q->waiters);
	pthread_mutex_destroy(&q->lock);
	free(q->name);
	free(q);
	mem_node_drop(&n);
}

const char *
mem_pool_name(const struct mem_pool *q)
{
	return q->name;
}

uint64_t
mem_pool_used(const struct mem_pool *q)
{
	return q->used;
}

uint64_t
mem_pool_peak(const struct mem_pool *q)
{
	return q->peak;
}

void
mem_pool_limit(struct mem_pool *q, const struct mem_limits *l)
{
	static const struct mem_limits none = { 0 };

	if (l == NULL)
		l = &none;
	q->local = l->local == 0 ? UINT64_MAX : l->local;
	q->global = l->global == 0 ? UINT64_MAX : l->global;
	q->global_shown = l->global_shown == 0 ? l->global : l->global_shown;
}

/* --- waiting --- */

static void
node_wake(struct mem_node *n)
{
	/* A wake-up too many only makes a driver look again. */
	pthread_mutex_lock(&n->lock);
	atomic_store(&n->waiting, 0);
	for (struct mem_pool *q = n->pools; q != NULL; q = q->next)
		wait_list_wake(&q->waiters);
	pthread_mutex_unlock(&n->lock);
}

static void
node_give(struct mem_node *n, uint64_t bytes)
{
	uint64_t left = atomic_fetch_sub(&n->used, bytes) - bytes;

	if (left <= n->limit && left + bytes > n->limit && n->waiting > 0)
		node_wake(n);
}

struct wait *
mem_blocked(struct mem_account *a)
{
	struct mem_pool *q = a == NULL ? NULL : a->pool;
	struct wait *w;

	if (q == NULL || q->released || q->node->used <= q->node->limit)
		return NULL;
	w = wait_list_add(&q->waiters, WAIT_MEMORY);
	atomic_fetch_add(&q->node->waiting, 1);
	revoke_check(q->node);
	/* Room may have come before the token was in the list. */
	if (q->released || atomic_load(&q->node->used) <= q->node->limit)
		node_wake(q->node);
	return w;
}

void
mem_pool_release_waiters(struct mem_pool *q)
{
	atomic_store(&q->released, true);
	wait_list_wake(&q->waiters);
}

/* --- leases --- */

enum lease_answer
lease_take(struct mem_pool *q, uint64_t bytes, enum lease how)
{
	struct mem_node *n = q->node;
	uint64_t used = atomic_fetch_add(&q->used, bytes) + bytes, all, most;

	if (how != LEASE_FORCE && (used > q->local || used > q->global)) {
		atomic_fetch_sub(&q->used, bytes);
		return used > q->local ? LEASE_LOCAL : LEASE_GLOBAL;
	}
	most = how == LEASE_TRY ? n->limit
	    : how == LEASE_OVERDRAW ? n->limit + n->overdraft : UINT64_MAX;
	all = atomic_fetch_add(&n->used, bytes) + bytes;
	if (all > most) {
		atomic_fetch_sub(&q->used, bytes);
		node_give(n, bytes);
		revoke_check(n);
		return LEASE_NODE;
	}
	raise_peak(&q->peak, used);
	raise_peak(&n->peak, all);
	if (all > n->revoke_above)
		revoke_check(n);
	return LEASE_OK;
}

void
lease_give(struct mem_pool *q, uint64_t bytes)
{
	CHECK(atomic_fetch_sub(&q->used, bytes) >= bytes);
	node_give(q->node, bytes);
}

/* --- revocation --- */

void
mem_revoker_add(struct mem_revoker *r)
{
	struct mem_pool *q = r->account->pool;

	r->node = q == NULL ? NULL : q->node;
	r->asked = false;
	r->prev = NULL;
	if (r->node == NULL)
		return;
	pthread_mutex_lock(&r->node->lock);
	r->next = r->node->revokers;
	if (r->next != NULL)
		r->next->prev = r;
	r->node->revokers = r;
	atomic_fetch_add(&r->node->revokers_n, 1);
	pthread_mutex_unlock(&r->node->lock);
}

void
mem_revoker_remove(struct mem_revoker *r)
{
	struct mem_node *n = r->node;

	if (n == NULL)
		return;
	r->node = NULL;
	pthread_mutex_lock(&n->lock);
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		n->revokers = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	atomic_fetch_sub(&n->revokers_n, 1);
	pthread_mutex_unlock(&n->lock);
}

void
mem_revoked(struct mem_revoker *r)
{
	struct mem_node *n = r->node;

	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	r->asked = false;
	pthread_mutex_unlock(&n->lock);
	if (n->used > n->revoke_above)
		revoke_check(n);
}

uint64_t
mem_pool_revocable(const struct mem_pool *q)
{
	uint64_t sum = 0;

	pthread_mutex_lock(&q->node->lock);
	for (struct mem_revoker *r = q->node->revokers; r != NULL; r = r->next)
		if (r->account->pool == q)
			sum += r->account->used;
	pthread_mutex_unlock(&q->node->lock);
	return sum;
}

void
revoke_check(struct mem_node *n)
{
	uint64_t used, coming = 0;

	if (n->revokers_n == 0 || n->used <= n->revoke_above)
		return;
	pthread_mutex_lock(&n->lock);
	for (struct mem_revoker *r = n->revokers; r != NULL; r = r->next)
		if (r->asked)
			coming += r->account->used;
	for (used = n->used; used > n->revoke_below &&
	    coming < used - n->revoke_below;) {
		struct mem_revoker *most = NULL;
		uint64_t size = 0;

		for (struct mem_revoker *r = n->revokers; r != NULL;
		    r = r->next)
			if (!r->asked && r->account->used > size) {
				most = r;
				size = r->account->used;
			}
		if (most == NULL)
			break;
		most->asked = true;
		most->request(most->arg,
		    MIN(size, used - n->revoke_below - coming));
		coming += size;
	}
	pthread_mutex_unlock(&n->lock);
}
