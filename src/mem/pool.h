/* SPDX-License-Identifier: Apache-2.0
 * pool.h - who holds how many bytes of data memory, and who must give some
 * back.
 *
 *   node pool > query pool > accounts (one an operator, a buffer, a table)
 *
 * Every byte of data is reserved in an account before it is used.  An account
 * takes leases from its query and the node (64 KiB to 1 MiB, more for more),
 * so that a small reservation touches no line that other cores write.
 *
 * Three limits, three answers:
 *   the query's own limit   the reservation fails (EXCEEDED_LOCAL_MEMORY_LIMIT
 *                           or EXCEEDED_GLOBAL_MEMORY_LIMIT, Trino's texts)
 *   the node is full        the reservation succeeds by overdraft; at the next
 *                           page boundary mem_blocked() answers a token, and
 *                           revocation (spilling) has been asked for
 *   the overdraft is used   the reservation fails (CLUSTER_OUT_OF_MEMORY)
 *
 * All calls: any thread, unless said otherwise.  Accounts and pools are
 * counted, so buffers may outlive the operator that made them. */
#ifndef MEM_POOL_H
#define MEM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct mem_node;                /* one a node */
struct mem_pool;               /* one a query and node */
struct mem_account;
struct wait;

struct mem_node_options {
	uint64_t limit;         /* bytes of data memory; 0: no limit */
	uint64_t overdraft;     /* above limit, all queries; 0: limit / 16 */
	/* Revocation starts above `threshold` of the limit and asks for enough
	 * to get below `target`; percent, 0: 90 and 50. */
	int revoke_threshold, revoke_target;
	uint64_t recycle;       /* big free blocks kept; 0: 64 MiB */
};

struct mem_node *mem_node_new(const struct mem_node_options *options);
struct mem_node *mem_node_ref(struct mem_node *n);
void mem_node_drop(struct mem_node **n);
uint64_t mem_node_limit(const struct mem_node *n);
uint64_t mem_node_used(const struct mem_node *n);
uint64_t mem_node_peak(const struct mem_node *n);
/* Drivers (tokens) that wait for memory on this node now. */
int mem_node_waiting(struct mem_node *n);
/* Gives recycled blocks back to the system, also the allocator's; returns
 * the bytes of blocks.  To be called when a node has become idle. */
uint64_t mem_node_trim(struct mem_node *n);

struct mem_limits {
	uint64_t local;         /* query.max-memory-per-node; 0: none */
	uint64_t global;        /* query.max-memory, as leased to this node by
				 * the coordinator; 0: none */
	uint64_t global_shown;  /* query.max-memory for the text; 0: global */
};

/* `name` is the query's id.  Holds a reference to the node's pool. */
struct mem_pool *mem_pool_new(struct mem_node *n, const char *name,
    const struct mem_limits *limits);
struct mem_pool *mem_pool_ref(struct mem_pool *q);
void mem_pool_drop(struct mem_pool **q);
const char *mem_pool_name(const struct mem_pool *q);
uint64_t mem_pool_used(const struct mem_pool *q);     /* leases included */
uint64_t mem_pool_peak(const struct mem_pool *q);
uint64_t mem_pool_revocable(const struct mem_pool *q);
/* New limits while it runs (a bigger lease from the coordinator). */
void mem_pool_limit(struct mem_pool *q,
    const struct mem_limits *limits);
/* Walks the node's queries under its lock; each() must not call back. */
void mem_node_pools(struct mem_node *n,
    void (*each)(void *arg, struct mem_pool *q), void *arg);

/* `name` is the operator as Trino's error text shows it
 * ("HashBuilderOperator").  NULL pool: counts, refuses nothing (tests, the
 * system's own). */
struct mem_account *mem_account_new(struct mem_pool *q, const char *name);
struct mem_account *mem_account_ref(struct mem_account *a);
void mem_account_drop(struct mem_account **a);
const char *mem_account_name(const struct mem_account *a);
struct mem_pool *mem_account_pool(const struct mem_account *a);
uint64_t mem_account_used(const struct mem_account *a);
uint64_t mem_account_peak(const struct mem_account *a);

/* 0, or the code of the limit that was hit, *e filled, nothing reserved.
 * A NULL account reserves nothing and never fails. */
int mem_reserve(struct mem_account *a, size_t bytes, struct err *e);
/* Only what fits: no overdraft, no error text; for those who would rather
 * spill or do without. */
bool mem_try_reserve(struct mem_account *a, size_t bytes);
void mem_release(struct mem_account *a, size_t bytes);
/* Moves a charge, within one query or not.  May overdraw, never fails. */
void mem_transfer(struct mem_account *from, struct mem_account *to,
    size_t bytes);

/* At page boundaries: NULL when the node has room, else a token (WAIT_MEMORY;
 * the caller's reference) that completes when it has, or when the query
 * is told to go on (mem_pool_release_waiters). */
struct wait *mem_blocked(struct mem_account *a);
/* Wakes the query's waiters, as when it was cancelled or killed; from then
 * on mem_blocked() answers NULL for it. */
void mem_pool_release_waiters(struct mem_pool *q);

/* --- revocation -----------------------------------------------------------
 * A structure that can spill says so by a revoker.  When the node runs full
 * the biggest ones are asked, by request(), to give memory back; they do so
 * when their drivers have parked, and say mem_revoked(). */

struct mem_revoker {
	struct mem_account *account;    /* its used bytes are revocable */
	/* Any thread, under the node's lock: may only set a flag, complete a
	 * token or send a message.  Not repeated before mem_revoked(). */
	void (*request)(void *arg, uint64_t bytes);
	void *arg;
	struct mem_revoker *next, *prev;        /* the pool's from here on */
	struct mem_node *node;
	bool asked;
};

/* The caller keeps *r alive and in place until the remove. */
void mem_revoker_add(struct mem_revoker *r);
void mem_revoker_remove(struct mem_revoker *r);
/* The request was served (or there was nothing to give). */
void mem_revoked(struct mem_revoker *r);

/* --- big blocks -----------------------------------------------------------
 * Data memory itself: 64-byte aligned, not zeroed.  Blocks of 2 MiB and more
 * lie on huge pages where the system has them and are recycled; the rest is
 * the allocator's.  A node that holds none of it costs nothing. */

/* Reserves and allocates; NULL and *e on refusal. */
void *mem_alloc(struct mem_account *a, size_t bytes, struct err *e);
/* bytes as given to mem_alloc; NULL p is fine. */
void mem_free(struct mem_account *a, void *p, size_t bytes);
/* Keeps min(old, new) bytes.  On refusal NULL, and p stays as it was. */
void *mem_realloc(struct mem_account *a, void *p, size_t old_bytes,
    size_t new_bytes, struct err *e);
/* What a block of `bytes` really takes and is charged: the size to grow to. */
size_t mem_good_size(size_t bytes);

#endif
