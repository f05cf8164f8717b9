/* SPDX-License-Identifier: Apache-2.0
 * account.c - accounts: reservations against leases.
 *
 * `used` is what was reserved, `leased` what the pool was charged; used <=
 * leased but while a reservation is on its slow path.  A reservation adds to
 * used first and looks at leased then; who lowers leased does so first and
 * looks at used then; both sequentially consistent, so at least one of two
 * that race sees the other and puts it right under the lock. */
#include "mem/pool_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

enum { QUANTUM_MIN = 64 << 10, QUANTUM_MAX = 1 << 20 };

static uint64_t
quantum_of(uint64_t used)
{
	return MIN(MAX(used / 8, (uint64_t)QUANTUM_MIN),
	    (uint64_t)QUANTUM_MAX);
}

struct mem_account *
mem_account_new(struct mem_pool *q, const char *name)
{
	struct mem_account *a = aligned_alloc(64, sizeof(*a));

	CHECK(a != NULL);
	memset(a, 0, sizeof(*a));
	atomic_init(&a->refs, 1);
	pthread_mutex_init(&a->lock, NULL);
	strncpy(a->name, name, sizeof(a->name) - 1);
	if (q == NULL)
		return a;
	a->pool = mem_pool_ref(q);
	pthread_mutex_lock(&q->lock);
	a->next = q->accounts;
	if (a->next != NULL)
		a->next->prev = a;
	q->accounts = a;
	pthread_mutex_unlock(&q->lock);
	return a;
}

struct mem_account *
mem_account_ref(struct mem_account *a)
{
	atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
	return a;
}

void
mem_account_drop(struct mem_account **ap)
{
	struct mem_account *a = *ap;
	struct mem_pool *q;

	*ap = NULL;
	if (a == NULL || atomic_fetch_sub(&a->refs, 1) != 1)
		return;
	q = a->pool;
	if (q != NULL) {
		pthread_mutex_lock(&q->lock);
		if (a->prev != NULL)
			a->prev->next = a->next;
		else
			q->accounts = a->next;
		if (a->next != NULL)
			a->next->prev = a->prev;
		pthread_mutex_unlock(&q->lock);
		/* What was reserved and never released ends with it. */
		if (a->leased > 0)
			lease_give(q, a->leased);
		mem_pool_drop(&q);
	}
	pthread_mutex_destroy(&a->lock);
	free(a);
}

const char *
mem_account_name(const struct mem_account *a)
{
	return a->name;
}

struct mem_pool *
mem_account_pool(const struct mem_account *a)
{
	return a->pool;
}

uint64_t
mem_account_used(const struct mem_account *a)
{
	return a->used;
}

uint64_t
mem_account_peak(const struct mem_account *a)
{
	return a->peak;
}

/* Gives back what is leased beyond `keep` and not used.  Under a->lock. */
static uint64_t
lease_trim(struct mem_account *a, uint64_t keep)
{
	uint64_t used = a->used, leased = a->leased, cut;

	if (leased <= used + keep)
		return 0;
	cut = leased - used - keep;
	atomic_store(&a->leased, leased - cut);
	/* A reservation that slipped in between is paid for again. */
	used = atomic_load(&a->used);
	if (used > leased - cut) {
		uint64_t back = MIN(cut, used - (leased - cut));

		atomic_fetch_add(&a->leased, back);
		cut -= back;
	}
	return cut;
}

/* Unused leases of the query's other accounts go back. */
static void
lease_reclaim(struct mem_account *self)
{
	struct mem_pool *q = self->pool;
	uint64_t cut = 0;

	pthread_mutex_lock(&q->lock);
	for (struct mem_account *a = q->accounts; a != NULL; a = a->next) {
		if (a == self || pthread_mutex_trylock(&a->lock) != 0)
			continue;
		cut += lease_trim(a, 0);
		pthread_mutex_unlock(&a->lock);
	}
	pthread_mutex_unlock(&q->lock);
	if (cut > 0)
		lease_give(q, cut);
}

/* Leases what used exceeds leased by.  Under a->lock. */
static enum lease_answer
lease_more(struct mem_account *a, enum lease how)
{
	uint64_t used = a->used, leased = a->leased, need, ask;
	enum lease_answer r;

	if (used <= leased)
		return LEASE_OK;
	need = used - leased;
	ask = (need + quantum_of(used) + 4095) & ~UINT64_C(4095);
	r = lease_take(a->pool, ask, LEASE_TRY);
	if (r != LEASE_OK) {
		ask = need;
		r = lease_take(a->pool, ask, how);
	}
	if (r != LEASE_OK) {
		lease_reclaim(a);
		r = lease_take(a->pool, ask, how);
	}
	if (r == LEASE_OK)
		atomic_fetch_add(&a->leased, ask);
	return r;
}

static enum lease_answer
reserve(struct mem_account *a, uint64_t bytes, enum lease how)
{
	uint64_t used = atomic_fetch_add(&a->used, bytes) + bytes;
	enum lease_answer r = LEASE_OK;

	if (a->pool != NULL && unlikely(used > atomic_load(&a->leased))) {
		pthread_mutex_lock(&a->lock);
		r = lease_more(a, how);
		if (r != LEASE_OK)
			atomic_fetch_sub(&a->used, bytes);
		pthread_mutex_unlock(&a->lock);
	}
	if (r == LEASE_OK)
		raise_peak(&a->peak, used);
	return r;
}

int
mem_reserve(struct mem_account *a, size_t bytes, struct err *e)
{
	enum lease_answer r;

	if (a == NULL)
		return 0;
	/* No sum of sizes from outside may wrap the counters. */
	r = unlikely(bytes > UINT64_C(1) << 56) ? LEASE_LOCAL
	    : reserve(a, bytes, LEASE_OVERDRAW);
	return likely(r == LEASE_OK) ? 0 : limit_error(a, r, bytes, e);
}

bool
mem_try_reserve(struct mem_account *a, size_t bytes)
{
	if (a == NULL)
		return true;
	return bytes <= UINT64_C(1) << 56 &&
	    reserve(a, bytes, LEASE_TRY) == LEASE_OK;
}

void
mem_release(struct mem_account *a, size_t bytes)
{
	uint64_t used, keep, cut;

	if (a == NULL || bytes == 0)
		return;
	used = atomic_fetch_sub(&a->used, bytes);
	CHECK(used >= bytes);
	used -= bytes;
	keep = quantum_of(used);
	if (a->pool == NULL || atomic_load(&a->leased) <= used + 2 * keep)
		return;
	pthread_mutex_lock(&a->lock);
	cut = lease_trim(a, keep);
	pthread_mutex_unlock(&a->lock);
	if (cut > 0)
		lease_give(a->pool, cut);
}

void
mem_transfer(struct mem_account *from, struct mem_account *to, size_t bytes)
{
	if (from == to)
		return;
	mem_release(from, bytes);
	if (to != NULL)
		reserve(to, bytes, LEASE_FORCE);
}
