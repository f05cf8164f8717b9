/* SPDX-License-Identifier: Apache-2.0
 * pool_priv.h - the insides of pools, shared by this folder's files.
 *
 * Locks, in the order they are taken: account, pool, node.  A sibling's
 * account lock is only ever tried. */
#ifndef MEM_POOL_PRIV_H
#define MEM_POOL_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/wait.h"
#include "mem/pool.h"

enum {
	BLOCK_CLASSES = 64,     /* of big blocks, four a doubling */
	BLOCK_MIN = 2 << 20,    /* a huge page */
};

/* A free big block; the link lies in the block itself. */
struct block {
	struct block *next;
};

struct mem_node {
	atomic_int refs;
	uint64_t limit, overdraft, revoke_above, revoke_below;
	_Atomic uint64_t used, peak;
	atomic_int waiting;             /* tokens in the pools' lists */
	atomic_int revokers_n;

	pthread_mutex_t lock;           /* what follows */
	struct mem_pool *pools;
	struct mem_revoker *revokers;

	pthread_mutex_t block_lock;     /* what follows */
	struct block *free[BLOCK_CLASSES];
	uint64_t free_bytes, recycle;
};

struct mem_pool {
	atomic_int refs;
	struct mem_node *node;
	char *name;
	_Atomic uint64_t local, global, global_shown;
	_Atomic uint64_t used, peak;
	atomic_bool released;
	struct wait_list waiters;
	struct mem_pool *next, *prev;   /* node->lock */

	pthread_mutex_t lock;
	struct mem_account *accounts;   /* lock */
};

struct mem_account {
	/* The line that reservations write. */
	_Alignas(64) _Atomic uint64_t used;
	_Atomic uint64_t leased;        /* written under lock */
	_Atomic uint64_t peak;
	atomic_int refs;
	struct mem_pool *pool;          /* NULL: refuses nothing */
	pthread_mutex_t lock;
	struct mem_account *next, *prev;        /* pool->lock */
	char name[64];
};

/* How a lease is asked for. */
enum lease { LEASE_TRY, LEASE_OVERDRAW, LEASE_FORCE };

enum lease_answer { LEASE_OK, LEASE_LOCAL, LEASE_GLOBAL, LEASE_NODE };

enum lease_answer lease_take(struct mem_pool *q, uint64_t bytes,
    enum lease how);
void lease_give(struct mem_pool *q, uint64_t bytes);

/* Asks the biggest revokers when the node is above its threshold. */
void revoke_check(struct mem_node *n);
/* Fills *e for a refused reservation of `bytes`; answers the code. */
int limit_error(struct mem_account *a, enum lease_answer why, uint64_t bytes,
    struct err *e);
void block_free_all(struct mem_node *n);

static inline void
raise_peak(_Atomic uint64_t *peak, uint64_t now)
{
	uint64_t old = atomic_load_explicit(peak, memory_order_relaxed);

	while (now > old && !atomic_compare_exchange_weak_explicit(peak, &old,
	    now, memory_order_relaxed, memory_order_relaxed))
		;
}

#endif
