/* SPDX-License-Identifier: Apache-2.0
 * spill.c - spill files on the real disk and on simulated ones: blocks come
 * back, damage is seen, full and failing disks are errors, crashes swept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"
#include "mem/spill.h"
#include "rt/rt.h"
#include "rt/sim.h"
#include "tap.h"

enum { BLOCKS = 50 };

static void
fill(uint8_t *p, size_t n, int seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 7 + (size_t)seed);
}

static void
test_blocks(struct env *env, const char *path, const char *name)
{
	static uint8_t a[100000], b[100000];
	struct spill_dir *d;
	struct spill_file *f;
	uint64_t at[BLOCKS], next = 0;
	bool good = true;
	size_t n;
	struct err e;

	ok(spill_dir_open(env, path, 0, &d, &e) == 0, "%s: a directory", name);
	ok(spill_create(d, NULL, &f, &e) == 0, "%s: a file", name);
	for (int i = 0; i < BLOCKS; i++) {
		fill(a, (size_t)i * 1999, i);
		good &= spill_append(f, a, (size_t)i * 1999, &at[i], &e) == 0;
	}
	ok(good && spill_dir_used(d) == spill_size(f),
	    "%s: %d blocks written", name, BLOCKS);
	for (int i = 0; i < BLOCKS; i++) {
		fill(a, (size_t)i * 1999, i);
		good &= at[i] == next && spill_block_size(f, next, &n, &e) == 0
		    && n == (size_t)i * 1999 &&
		    spill_read(f, at[i], b, n, &e) == 0 &&
		    memcmp(a, b, n) == 0;
		next = spill_next(next, n);
	}
	ok(good && next == spill_size(f), "%s: and read, in order", name);
	good = spill_read(f, at[40], b, 40 * 1999, &e) == 0;
	ok(good && spill_read(f, at[3], b, 3 * 1999, &e) == 0,
	    "%s: and again, anywhere", name);
	spill_close(&f);
	ok(spill_dir_used(d) == 0 && spill_dir_total(d) > 0,
	    "%s: closing frees", name);
	spill_dir_close(&d);
}

static int
count_name(void *arg, const char *name)
{
	++*(int *)arg;
	return 0;
}

static void
test_faults(void)
{
	static uint8_t a[5000];
	struct sim *s = sim_new(&(struct sim_options){ .seed = 3 });
	struct rt *rt = rt_new_sim(s, NULL);
	struct env *env = rt_env(rt);
	struct spill_quota quota = { .limit = 30000 };
	struct spill_dir *d;
	struct spill_file *f, *g;
	uint64_t at, first;
	int names = 0;
	struct err e;

	CHECK(spill_dir_open(env, "/spill", 40000, &d, &e) == 0);
	CHECK(spill_create(d, &quota, &f, &e) == 0);
	fill(a, 5000, 1);
	CHECK(spill_append(f, a, 5000, &first, &e) == 0);
	sim_disk_limit(rt, sim_disk_used(rt) + 3000);
	is_int(spill_append(f, a, 5000, &at, &e), -ERR_OUT_OF_SPILL_SPACE,
	    "a full disk");
	ok(strstr(e.text, "No space left") != NULL, "says so: %s", e.text);
	ok(spill_read(f, first, a, 5000, &e) == 0, "what was there is there");
	sim_disk_limit(rt, UINT64_MAX);
	ok(spill_append(f, a, 5000, &at, &e) == 0 &&
	    spill_read(f, at, a, 5000, &e) == 0, "room again: it goes on");
	sim_disk_fail(rt, 1);
	ok(spill_append(f, a, 5000, &at, &e) < 0, "a failing write");
	sim_disk_fail(rt, 1);
	ok(spill_read(f, first, a, 5000, &e) < 0, "a failing read");
	while (spill_append(f, a, 5000, &at, &e) == 0)
		;
	is_int(e.code, ERR_EXCEEDED_SPILL_LIMIT, "the query's quota");
	CHECK(spill_create(d, NULL, &g, &e) == 0);
	while (spill_append(g, a, 5000, &at, &e) == 0)
		;
	is_int(e.code, ERR_EXCEEDED_SPILL_LIMIT, "the node's limit");
	/* Damage: the newest file's first byte of data. */
	ok(sim_disk_used(rt) > 0, "two files lie on the disk");
	spill_close(&g);
	spill_close(&f);
	CHECK(spill_create(d, NULL, &f, &e) == 0);
	CHECK(spill_append(f, a, 5000, &at, &e) == 0);
	/* A crash leaves it; the next start sweeps. */
	CHECK(env->ops->list(env, "/spill", count_name, &names, &e) == 0);
	is_int(names, 1, "a file is left by a crash");
	sim_crash(&rt);
	rt = sim_restart(s, 0, NULL);
	env = rt_env(rt);
	{
		struct spill_dir *again;

		CHECK(spill_dir_open(env, "/spill", 0, &again, &e) == 0);
		names = 0;
		CHECK(env->ops->list(env, "/spill", count_name, &names, &e) ==
		    0);
		is_int(names, 0, "and swept by the next start");
		spill_dir_close(&again);
	}
	spill_close(&f);
	spill_dir_close(&d);
	sim_free(&s);
}

static void
test_damage(struct env *env, const char *path)
{
	static uint8_t a[5000];
	struct spill_dir *d;
	struct spill_file *f;
	struct sbuf name = { 0 };
	uint64_t at;
	struct err e;
	FILE *raw;
	char command[300];

	CHECK(spill_dir_open(env, path, 0, &d, &e) == 0);
	CHECK(spill_create(d, NULL, &f, &e) == 0);
	fill(a, 5000, 1);
	CHECK(spill_append(f, a, 5000, &at, &e) == 0);
	snprintf(command, sizeof(command), "echo %s/*.spill", path);
	raw = popen(command, "r");
	CHECK(raw != NULL && fgets(command, sizeof(command), raw) != NULL);
	pclose(raw);
	command[strcspn(command, "\n")] = '\0';
	raw = fopen(command, "r+b");
	CHECK(raw != NULL && fseek(raw, 1000, SEEK_SET) == 0 &&
	    fputc('!', raw) == '!' && fclose(raw) == 0);
	is_int(spill_read(f, at, a, 5000, &e), -ERR_GENERIC_INTERNAL_ERROR,
	    "damage is seen");
	ok(strstr(e.text, "checksum") != NULL, "by the checksum");
	spill_close(&f);
	spill_dir_close(&d);
	sbuf_release(&name);
}

int
main(void)
{
	struct env *env = env_real();
	struct sim *s = sim_new(&(struct sim_options){ .seed = 1 });
	struct rt *rt = rt_new_sim(s, NULL);
	char path[] = "/tmp/spill-test-XXXXXX";
	struct err e;
	struct spill_dir *d;

	CHECK(mkdtemp(path) != NULL);
	test_blocks(env, path, "real disk");
	test_damage(env, path);
	ok(spill_dir_open(env, "/proc/nothing/here", 0, &d, &e) < 0,
	    "no directory: %s", e.text);
	rmdir(path);
	test_blocks(rt_env(rt), "/s", "simulated disk");
	test_faults();
	sim_free(&s);
	env_free(&env);
	return tap_done();
}
