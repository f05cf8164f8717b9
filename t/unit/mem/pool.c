/* SPDX-License-Identifier: Apache-2.0
 * pool.c - reservations, limits, leases, waiting, revocation, buffers. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "base/wait.h"
#include "mem/buf.h"
#include "tap.h"

enum { KB = 1 << 10, MB = 1 << 20 };

static void
test_limits(void)
{
	struct mem_node *n = mem_node_new(&(struct mem_node_options){
	    .limit = 64 * MB });
	struct mem_pool *q = mem_pool_new(n, "q1",
	    &(struct mem_limits){ .local = 8 * MB });
	struct mem_account *a = mem_account_new(q, "HashBuilderOperator");
	struct mem_account *b = mem_account_new(q, "ScanFilterAndProject");
	struct mem_account *c = mem_account_new(q, "HashBuilderOperator");
	struct err e;

	ok(mem_reserve(a, 5 * MB, &e) == 0 && mem_reserve(b, 512 * KB, &e) == 0
	    && mem_reserve(c, 1 * MB, &e) == 0, "reservations within limits");
	is_int((long long)mem_account_used(a), 5 * MB, "an account's use");
	ok(mem_pool_used(q) >= 6 * MB + 512 * KB && mem_pool_used(q) <=
	    10 * MB, "the query is charged leases");
	is_int(mem_reserve(a, 3 * MB, &e), -ERR_EXCEEDED_LOCAL_MEMORY_LIMIT,
	    "the query's limit refuses");
	is_str(e.text, "Query exceeded per-node memory limit of 8MB "
	    "[Allocated: 6.50MB, Delta: 3MB, Top Consumers: "
	    "{HashBuilderOperator=6MB, ScanFilterAndProject=512kB}]",
	    "in Trino's words");
	ok(mem_reserve(b, 1 * MB + 512 * KB, &e) == 0,
	    "unused leases of the others are found when room is short");
	mem_release(a, 5 * MB);
	ok(mem_reserve(c, 5 * MB, &e) == 0, "released bytes can be used");
	mem_pool_limit(q, &(struct mem_limits){ .global = 9 * MB,
	    .global_shown = 20 * MB });
	is_int(mem_reserve(c, 4 * MB, &e), -ERR_EXCEEDED_GLOBAL_MEMORY_LIMIT,
	    "the cluster-wide limit refuses");
	ok(strncmp(e.text, "Query exceeded distributed user memory limit of "
	    "20MB [", 53) == 0, "and shows the whole limit");
	mem_release(b, 2 * MB);
	mem_release(c, 6 * MB);
	mem_account_drop(&a);
	mem_account_drop(&b);
	mem_account_drop(&c);
	is_int((long long)mem_pool_used(q), 0, "nothing is left in the query");
	ok(mem_pool_peak(q) >= 8 * MB - 64 * KB, "the peak is remembered");
	mem_pool_drop(&q);
	is_int((long long)mem_node_used(n), 0, "nor in the node");
	mem_node_drop(&n);
}

static void
set_flag(void *arg)
{
	*(int *)arg = 1;
}

static void
test_waiting(void)
{
	struct mem_node *n = mem_node_new(&(struct mem_node_options){
	    .limit = 16 * MB, .overdraft = 4 * MB });
	struct mem_pool *q = mem_pool_new(n, "q1", NULL);
	struct mem_pool *other = mem_pool_new(n, "q2", NULL);
	struct mem_account *a = mem_account_new(q, "A");
	struct mem_account *b = mem_account_new(other, "B");
	struct wait *w, *w2;
	struct err e;
	int woken = 0;

	ok(mem_reserve(a, 10 * MB, &e) == 0 && mem_blocked(a) == NULL,
	    "with room nobody waits");
	ok(!mem_try_reserve(b, 8 * MB), "a trial does not overdraw");
	ok(mem_reserve(b, 8 * MB, &e) == 0, "a kernel may overdraw");
	w = mem_blocked(b);
	w2 = mem_blocked(a);
	ok(w != NULL && !wait_done(w) && wait_kind(w) == WAIT_MEMORY,
	    "then the page boundary waits");
	ok(mem_node_waiting(n) == 2, "the node knows who waits");
	is_int(mem_reserve(b, 4 * MB, &e), -ERR_CLUSTER_OUT_OF_MEMORY,
	    "beyond the overdraft it fails");
	wait_then(w, set_flag, &woken);
	mem_pool_release_waiters(q);
	ok(wait_done(w2) && !woken && mem_blocked(a) == NULL,
	    "a killed query does not wait");
	mem_release(a, 10 * MB);
	ok(woken && wait_done(w), "room wakes");
	mem_release(b, 8 * MB);
	wait_drop(&w);
	wait_drop(&w2);
	mem_account_drop(&a);
	mem_account_drop(&b);
	mem_pool_drop(&q);
	mem_pool_drop(&other);
	mem_node_drop(&n);
}

static void
note_request(void *arg, uint64_t bytes)
{
	*(uint64_t *)arg += bytes;
}

static void
test_revocation(void)
{
	struct mem_node *n = mem_node_new(&(struct mem_node_options){
	    .limit = 100 * MB });
	struct mem_pool *q = mem_pool_new(n, "q1", NULL);
	struct mem_account *small = mem_account_new(q, "small");
	struct mem_account *big = mem_account_new(q, "big");
	uint64_t asked[2] = { 0 };
	struct mem_revoker r[2] = {
		{ .account = small, .request = note_request, .arg = &asked[0] },
		{ .account = big, .request = note_request, .arg = &asked[1] },
	};
	struct err e;

	mem_revoker_add(&r[0]);
	mem_revoker_add(&r[1]);
	mem_reserve(small, 20 * MB, &e);
	mem_reserve(big, 60 * MB, &e);
	ok(asked[0] == 0 && asked[1] == 0, "below the threshold nobody is "
	    "asked");
	is_int((long long)mem_pool_revocable(q), 80 * MB, "revocable bytes");
	mem_reserve(big, 15 * MB, &e);
	ok(asked[1] >= 40 * MB && asked[0] == 0,
	    "above it the biggest is asked, once");
	mem_reserve(small, 1 * MB, &e);
	mem_release(big, 75 * MB);
	mem_revoked(&r[1]);
	ok(asked[0] == 0, "enough came back");
	mem_reserve(small, 70 * MB, &e);
	ok(asked[0] > 0, "the next time the other one is the biggest");
	mem_release(small, 91 * MB);
	mem_revoker_remove(&r[0]);
	mem_revoker_remove(&r[1]);
	mem_account_drop(&small);
	mem_account_drop(&big);
	mem_pool_drop(&q);
	mem_node_drop(&n);
}

struct stress {
	struct mem_account *mine, *shared;
	unsigned seed;
	bool good;
};

static void *
stress_thread(void *arg)
{
	struct stress *s = arg;
	struct err e;
	size_t held[64] = { 0 };

	s->good = true;
	for (int i = 0; i < 40000; i++) {
		int at = (int)(rand_r(&s->seed) % 64);
		struct mem_account *a = at % 2 ? s->shared : s->mine;

		mem_release(a, held[at]);
		held[at] = (size_t)rand_r(&s->seed) % (200 * KB);
		if (mem_reserve(a, held[at], &e) < 0) {
			s->good &= e.code == ERR_EXCEEDED_LOCAL_MEMORY_LIMIT;
			held[at] = 0;
		}
	}
	for (int i = 0; i < 64; i++)
		mem_release(i % 2 ? s->shared : s->mine, held[i]);
	return NULL;
}

static void
test_threads(void)
{
	enum { N = 4 };
	struct mem_node *n = mem_node_new(&(struct mem_node_options){ 0 });
	struct mem_pool *q = mem_pool_new(n, "q1",
	    &(struct mem_limits){ .local = 22 * MB });
	struct mem_account *shared = mem_account_new(q, "shared");
	struct stress s[N];
	pthread_t t[N];
	bool good = true;

	for (int i = 0; i < N; i++) {
		s[i] = (struct stress){ mem_account_new(q, "mine"), shared,
		    (unsigned)i + 1, false };
		pthread_create(&t[i], NULL, stress_thread, &s[i]);
	}
	for (int i = 0; i < N; i++) {
		pthread_join(t[i], NULL);
		good &= s[i].good && mem_account_used(s[i].mine) == 0;
		mem_account_drop(&s[i].mine);
	}
	ok(good && mem_account_used(shared) == 0,
	    "threads that reserve and release end at nothing");
	mem_account_drop(&shared);
	is_int((long long)mem_pool_used(q), 0, "so does the query");
	mem_pool_drop(&q);
	mem_node_drop(&n);
}

static void
free_note(void *arg, uint8_t *data, size_t size)
{
	*(size_t *)arg = size;
	free(data);
}

static void
test_buffers(void)
{
	struct mem_node *n = mem_node_new(&(struct mem_node_options){
	    .limit = 64 * MB });
	struct mem_pool *q = mem_pool_new(n, "q1", NULL);
	struct mem_account *a = mem_account_new(q, "A");
	struct mem_account *b = mem_account_new(q, "B");
	struct buf *x, *y;
	struct err e;
	size_t freed = 0;
	bool good = true;

	for (size_t bytes = 0; bytes < 6 * MB; bytes = bytes * 3 + 1) {
		x = buf_new(a, bytes, &e);
		good &= x != NULL && x->size >= bytes &&
		    ((uintptr_t)x->data & 63) == 0 &&
		    buf_good_size(bytes) == x->size &&
		    buf_good_size(x->size) == x->size &&
		    mem_account_used(a) == x->charge;
		memset(x->data, 1, x->size);
		buf_drop(&x);
	}
	ok(good, "buffers of many sizes: aligned, charged, good sizes");
	is_int((long long)mem_account_used(a), 0, "and given back");
	x = buf_new(a, 100000, &e);
	y = buf_ref(x);
	buf_charge_to(x, b);
	ok(mem_account_used(a) == 0 && mem_account_used(b) == x->charge,
	    "a charge moves");
	mem_account_drop(&b);
	buf_drop(&x);
	ok(mem_pool_used(q) > 0, "a buffer outlives its operator's account");
	memset(y->data, 7, 1000);
	y = buf_shrink(y, 1000);
	ok(y->size < 50000 && y->data[999] == 7, "shrinking keeps the bytes");
	buf_drop(&y);
	ok(mem_pool_used(q) <= 64 * KB && mem_account_used(a) == 0,
	    "and the last drop gives back");
	x = buf_wrap(a, malloc(500), 500, free_note, &freed, &e);
	is_int((long long)mem_account_used(a), 500, "wrapped memory is charged");
	buf_drop(&x);
	is_int((long long)freed, 500, "and freed by its owner");
	is_int(buf_new(a, 200 * MB, &e) == NULL ? e.code : 0,
	    ERR_CLUSTER_OUT_OF_MEMORY, "too much is refused");
	ok(buf_new(a, SIZE_MAX - 10, &e) == NULL, "an absurd size too");
	mem_account_drop(&a);
	ok(mem_node_trim(n) > 0 && mem_node_trim(n) == 0,
	    "free big blocks are kept until trimmed");
	mem_pool_drop(&q);
	mem_node_drop(&n);
}

static void
test_blocks(void)
{
	struct mem_node *n = mem_node_new(&(struct mem_node_options){ 0 });
	struct mem_pool *q = mem_pool_new(n, "q1", NULL);
	struct mem_account *a = mem_account_new(q, "A");
	char *p = NULL, *old;
	size_t size = 1000;
	bool good = true;
	struct err e;

	p = mem_alloc(a, size, &e);
	memset(p, 42, size);
	while (size < 40 * MB) {
		p = mem_realloc(a, p, size, size * 2, &e);
		good &= p[0] == 42 && p[size - 1] == 42;
		memset(p, 42, size * 2);
		size *= 2;
	}
	ok(good, "a table grows from small to big blocks");
	old = p;
	mem_free(a, p, size);
	p = mem_alloc(a, size, &e);
	ok(p == old, "a big block is used again");
	mem_free(a, p, size);
	good = true;
	for (size_t b = 2 * MB - 5000; b < 300 * (size_t)MB; b += b / 7)
		good &= mem_good_size(b) >= b &&
		    mem_good_size(b) <= b + b / 4 + 2 * MB &&
		    mem_good_size(mem_good_size(b)) == mem_good_size(b);
	ok(good, "good sizes waste a quarter at most");
	is_int((long long)mem_account_used(a), 0, "nothing is left");
	mem_account_drop(&a);
	mem_pool_drop(&q);
	mem_node_drop(&n);
}

int
main(void)
{
	test_limits();
	test_waiting();
	test_revocation();
	test_threads();
	test_buffers();
	test_blocks();
	return tap_done();
}
