/* SPDX-License-Identifier: Apache-2.0
 * base.c - strings, arenas, maps, errors and wait tokens. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "base/wait.h"
#include "tap.h"

static void
test_str(void)
{
	struct sbuf b = { 0 };

	sbuf_addf(&b, "%d-%s", 7, "x");
	sbuf_addc(&b, '!');
	is_str(sbuf_z(&b), "7-x!", "a buffer grows by formats and bytes");
	ok(str_starts(sbuf_str(&b), STR("7-")) &&
	    str_ends(sbuf_str(&b), STR("x!")), "prefix and suffix");
	for (int i = 0; i < 10000; i++)
		sbuf_addc(&b, 'y');
	is_int((long long)b.n, 10004, "10,000 more bytes");
	sbuf_release(&b);
	ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0,
	    "bytewise order");
	ok(str_eq(str_trim(STR(" \t a b \n")), STR("a b")), "trim");
}

static void
test_arena(void)
{
	struct { int *v; int n, cap; } list = { 0 };
	struct arena a;
	bool good = true;

	arena_init(&a);
	for (int i = 0; i < 1000; i++)
		arena_push(&a, &list, i);
	for (int i = 0; i < 1000; i++)
		good &= list.v[i] == i;
	ok(good, "a list in an arena keeps what was pushed");
	ok(((uintptr_t)arena_alloc(&a, 1) & 15) == 0 &&
	    ((uintptr_t)arena_alloc(&a, 3) & 15) == 0, "aligned to 16");
	ok(arena_alloc(&a, 5 << 20) != NULL, "larger than a block");
	arena_release(&a);
}

static void
test_map(void)
{
	struct map m;
	char key[32];
	uint32_t at = 0;
	int seen = 0, odd = 0, deleted = 0;
	static int values[1000];

	map_init(&m);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		map_put(&m, str_of(key), &values[i]);
	}
	for (int i = 0; i < 1000; i += 2) {
		snprintf(key, sizeof(key), "k%d", i);
		deleted += map_del(&m, str_of(key)) == &values[i];
	}
	for (struct map_entry *e; (e = map_next(&m, &at)) != NULL; seen++)
		odd += ((int *)e->value - values) % 2;
	is_int(deleted, 500, "del gives the values back");
	ok(seen == 500 && odd == 500 && m.live == 500,
	    "half the keys are left");
	ok(map_get(&m, STR("k1")) == &values[1] &&
	    map_get(&m, STR("k0")) == NULL, "get after del");
	map_release(&m);
}

static void
test_err(void)
{
	struct err e;
	char buf[256];

	ok(err_set_at(&e, ERR_COLUMN_NOT_FOUND, 1, 8, "Column '%s' %s", "x",
	    "cannot be resolved") == -ERR_COLUMN_NOT_FOUND, "code");
	is_str(err_message(&e, buf, sizeof(buf)),
	    "line 1:8: Column 'x' cannot be resolved", "message with place");
	is_int(err_number(ERR_COLUMN_NOT_FOUND), 47, "Trino's number");
	is_str(err_type_name(err_type(ERR_EXCEEDED_LOCAL_MEMORY_LIMIT)),
	    "INSUFFICIENT_RESOURCES", "Trino's type");
	is_int(err_number(ERR_EXCEEDED_LOCAL_MEMORY_LIMIT), 131079,
	    "number of a resource error");
	is_int(err_number(ERR_INVALID_DEFAULT_COLUMN_VALUE), 137, "last one");
	ok(err_by_name("TYPE_MISMATCH") == ERR_TYPE_MISMATCH, "by name");
}

static void
count_up(void *arg)
{
	__atomic_fetch_add((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static void *
complete_thread(void *arg)
{
	wait_complete(arg);
	return NULL;
}

static void
test_wait(void)
{
	int woken = 0;
	struct wait_list l;

	for (int i = 0; i < 200; i++) {
		struct wait *w = wait_new(WAIT_BUILD_SIDE);
		pthread_t t;

		pthread_create(&t, NULL, complete_thread, w);
		wait_then(w, count_up, &woken);
		pthread_join(t, NULL);
		wait_drop(&w);
	}
	is_int(woken, 200, "completing races with listening: one wake each");
	wait_list_init(&l);
	for (int i = 0; i < 10; i++) {
		struct wait *w = wait_list_add(&l, WAIT_MEMORY);

		wait_then(w, count_up, &woken);
		wait_drop(&w);
	}
	wait_list_wake(&l);
	is_int(woken, 210, "a list wakes all its waiters");
	wait_list_release(&l);
}

int
main(void)
{
	test_str();
	test_arena();
	test_map();
	test_err();
	test_wait();
	ok(hash_u64(1) != hash_u64(2) && hash_bytes("a", 1) != 0, "hashes");
	return tap_done();
}
