/* SPDX-License-Identifier: Apache-2.0
 * spill.c - disks that fill up or break while operators spill: the query
 * fails with the disk's error, or its result is right. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "mem/pool.h"
#include "mem/spill.h"
#include "random_pages.h"
#include "rt/rt.h"
#include "tap.h"

/* The real world but for its disk. */
struct bad_disk {
	struct env env;
	struct env *real;
	int writes_left, reads_left; /* before all fail */
};

static struct env *
real(struct env *env)
{
	return ((struct bad_disk *)env)->real;
}

static int64_t
mono_ns(struct env *env)
{
	return env_mono_ns(real(env));
}

static uint64_t
random_bits(struct env *env)
{
	return env_random(real(env));
}

static int
create(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	return real(env)->ops->create(real(env), path, out, e);
}

static int
file_stat(struct env *env, struct env_file *f, struct env_stat *st,
    struct err *e)
{
	return real(env)->ops->fstat(real(env), f, st, e);
}

static int
read_at(struct env *env, struct env_file *f, void *buf, size_t n,
    uint64_t off, size_t *got, struct err *e)
{
	if (((struct bad_disk *)env)->reads_left-- <= 0)
		return err_set(e, ERR_HIVE_FILESYSTEM_ERROR, "bad disk");
	return real(env)->ops->pread(real(env), f, buf, n, off, got, e);
}

static int
write_at(struct env *env, struct env_file *f, const void *buf, size_t n,
    uint64_t off, struct err *e)
{
	if (((struct bad_disk *)env)->writes_left-- <= 0)
		return err_set(e, ERR_OUT_OF_SPILL_SPACE, "full disk");
	return real(env)->ops->pwrite(real(env), f, buf, n, off, e);
}

static void
close_file(struct env *env, struct env_file *f)
{
	real(env)->ops->close(real(env), f);
}

static int
unlink_file(struct env *env, const char *path, struct err *e)
{
	return real(env)->ops->unlink(real(env), path, e);
}

static int
make_dir(struct env *env, const char *path, struct err *e)
{
	return real(env)->ops->mkdir(real(env), path, e);
}

static int
path_stat(struct env *env, const char *path, struct env_stat *st,
    struct err *e)
{
	return real(env)->ops->stat(real(env), path, st, e);
}

static int
list_dir(struct env *env, const char *path,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	return real(env)->ops->list(real(env), path, each, arg, e);
}

static const struct env_ops bad_ops = {
	.mono_ns = mono_ns, .wall_ns = mono_ns, .random = random_bits,
	.create = create, .fstat = file_stat, .pread = read_at,
	.pwrite = write_at, .close = close_file, .unlink = unlink_file,
	.mkdir = make_dir, .stat = path_stat, .list = list_dir,
};

struct test {
	struct frag_maker m;
	struct page_list pages;
	struct bad_disk disk;
	struct spill_dir *spill;
	struct mem_node *node;
	const struct type *types[2];
	uint64_t seed;
	int failed, right;
};

static struct frag_node *
make_root(struct test *t, struct run_input *in, bool sort)
{
	struct frag_node *n, *source = make_node(&t->m, FRAG_EXCHANGE, 2,
	    t->types);
	struct sort_key key = { 1, false, false };

	in->node_id = source->id;
	in->n = 1;
	in->stream[0] = t->pages;
	if (sort) {
		n = make_through(&t->m, FRAG_SORT, source);
		n->n_sort = 1;
		n->sort = arena_dup(&t->m.arena, &key, sizeof(key));
	} else {
		n = make_through(&t->m, FRAG_AGGREGATE, source);
		n->n_keys = 2;
		n->keys = make_ints(&t->m, 2, 0, 1);
	}
	return n;
}

static void
run_one(struct test *t, bool sort, int writes, int reads)
{
	struct mem_limits limits = { 0 };
	struct mem_pool *pool = mem_pool_new(t->node, "q", &limits);
	struct run_options o = { .concurrency = 1 + writes % 3,
		.revoke_every = 3, .block_every = 2, .spill = t->spill,
		.pool = pool,
		.seed = random_next(&t->seed) };
	struct run_input in;
	struct run_result r;
	struct err e = { 0 };
	struct fragment *f = make_fragment(&t->m, make_root(t, &in, sort));
	struct text_list got = { 0 };
	int ret;

	t->disk.writes_left = writes;
	t->disk.reads_left = reads;
	ret = task_run(f, &in, 1, &o, &r, &e);
	t->disk.writes_left = t->disk.reads_left = 1 << 30;
	text_list_pages(&got, &r.out[0]);
	text_list_sort(&got);
	if (ret < 0)
		t->failed += e.code == ERR_OUT_OF_SPILL_SPACE ||
		    strstr(e.text, "bad disk") != NULL;
	else
		t->right += got.n == (int)r.rows;
	text_list_release(&got);
	run_result_release(&r);
	if (mem_pool_used(pool) != 0)
		diag("%llu bytes are left",
		    (unsigned long long)mem_pool_used(pool));
	mem_pool_drop(&pool);
}

static void
test_disk(struct test *t, bool sort)
{
	int runs = 0;

	t->failed = t->right = 0;
	for (int i = 0; i < 40; i++, runs += 2) {
		run_one(t, sort, i * 3, 1 << 30);
		run_one(t, sort, 1 << 30, i * 3);
	}
	is_int(t->failed + t->right, runs, sort ? "sort on bad disks"
	    : "aggregation on bad disks");
	ok(t->failed > 0, "some runs fail");
}

int
main(void)
{
	struct test t = { .types = { TYPE(BIGINT), TYPE(VARCHAR) },
		.seed = 5 };
	struct random_column c[2] = { { .distinct = 5000 },
		{ .distinct = 100 } };
	struct mem_node_options o = { 0 };
	struct err e;

	frag_maker_init(&t.m);
	t.disk = (struct bad_disk){ { &bad_ops }, env_real(), 1 << 30,
		1 << 30 };
	CHECK(spill_dir_open(&t.disk.env, "t-bad-spill", 0, &t.spill, &e) ==
	    0);
	t.node = mem_node_new(&o);
	for (int i = 0; i < 20; i++)
		page_list_add(&t.pages, random_page(t.types, c, 2, 700,
		    &t.seed));
	test_disk(&t, false);
	test_disk(&t, true);
	is_int((long long)spill_dir_used(t.spill), 0, "no file is left");
	page_list_release(&t.pages);
	mem_node_drop(&t.node);
	spill_dir_close(&t.spill);
	env_free(&t.disk.real);
	frag_maker_release(&t.m);
	return tap_done();
}
