/* SPDX-License-Identifier: Apache-2.0
 * sim_disk.c - a simulated node's env: virtual clock, seeded random numbers,
 * files in memory that survive a crash, full and failing disks. */
#include <stdlib.h>

#include "base/check.h"
#include "rt/sim_priv.h"

struct sim_file {
	struct sbuf data;
	int64_t mtime_ns;
	bool is_dir;
	int refs;               /* the directory's and each opener's */
};

struct env_file {
	struct sim_file *file;
	char *path;
};

static struct sim_node *
node_of(struct env *env)
{
	struct sim_env *e = (struct sim_env *)env;

	return e->sim->node[e->node];
}

static int64_t
sim_mono(struct env *env)
{
	/* Looking at the clock takes time, or a driver that works "until the
	 * quantum is spent" would never see it spent. */
	return ((struct sim_env *)env)->sim->now += 100;
}

static int64_t
sim_wall(struct env *env)
{
	struct sim *s = ((struct sim_env *)env)->sim;

	return s->o.start_wall_ns + s->now;
}

static uint64_t
sim_env_random(struct env *env)
{
	return sim_random(((struct sim_env *)env)->sim);
}

static void
file_drop(struct sim_file *f)
{
	if (--f->refs == 0) {
		sbuf_release(&f->data);
		free(f);
	}
}

/* Notes a disk call; nonzero when it is to fail. */
static int
disk_call(struct env *env, const char *path, struct err *e)
{
	struct sim_env *se = (struct sim_env *)env;
	struct sim_node *n = node_of(env);

	sim_note(se->sim, SIM_DISK, se->node, n->disk_used);
	if (n->disk_fail > 0)
		n->disk_fail--;
	else if (!sim_chance(se->sim, se->sim->o.disk_fail))
		return 0;
	return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
	    "Cannot use %s: Input/output error", path);
}

static struct sim_file *
file_find(struct env *env, const char *path)
{
	return map_get(&node_of(env)->files, str_of(path));
}

static struct sim_file *
file_add(struct env *env, const char *path, bool is_dir)
{
	struct sim_file *f = xcalloc(1, sizeof(*f));

	f->refs = 1;
	f->is_dir = is_dir;
	f->mtime_ns = sim_wall(env);
	map_put(&node_of(env)->files, str_of(path), f);
	return f;
}

static struct env_file *
file_open(struct sim_file *f, const char *path)
{
	struct env_file *o = xmalloc(sizeof(*o));

	f->refs++;
	o->file = f;
	o->path = xstrdup(path);
	return o;
}

static int
not_found(const char *path, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND,
	    "Cannot open %s: No such file or directory", path);
}

static int
sim_open_read(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	struct sim_file *f = file_find(env, path);

	*out = NULL;
	if (disk_call(env, path, e) != 0)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (f == NULL)
		return not_found(path, e);
	*out = file_open(f, path);
	return 0;
}

static int
sim_create(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	*out = NULL;
	if (disk_call(env, path, e) != 0)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (file_find(env, path) != NULL)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "Cannot create %s: File exists", path);
	*out = file_open(file_add(env, path, false), path);
	return 0;
}

static void
stat_fill(struct env_stat *st, const struct sim_file *f)
{
	*st = (struct env_stat){ f->data.n, f->mtime_ns, f->is_dir,
		!f->is_dir };
}

static int
sim_fstat(struct env *env, struct env_file *f, struct env_stat *st,
    struct err *e)
{
	stat_fill(st, f->file);
	return 0;
}

static int
sim_stat(struct env *env, const char *path, struct env_stat *st,
    struct err *e)
{
	struct sim_file *f = file_find(env, path);

	if (f == NULL)
		return not_found(path, e);
	stat_fill(st, f);
	return 0;
}

static int
sim_pread(struct env *env, struct env_file *f, void *buf, size_t n,
    uint64_t off, size_t *got, struct err *e)
{
	const struct sbuf *d = &f->file->data;

	*got = 0;
	if (disk_call(env, f->path, e) != 0)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (off < d->n) {
		*got = MIN(n, d->n - off);
		memcpy(buf, d->p + off, *got);
	}
	return 0;
}

static int
sim_pwrite(struct env *env, struct env_file *f, const void *buf, size_t n,
    uint64_t off, struct err *e)
{
	struct sim_node *node = node_of(env);
	struct sbuf *d = &f->file->data;
	uint64_t more = off + n > d->n ? off + n - d->n : 0;

	if (disk_call(env, f->path, e) != 0)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (node->disk_used + more > node->disk_limit)
		return err_set(e, ERR_OUT_OF_SPILL_SPACE,
		    "Cannot write %s: No space left on device", f->path);
	if (more > 0) {
		memset(sbuf_reserve(d, more), 0, more);
		d->n += more;
		node->disk_used += more;
	}
	memcpy(d->p + off, buf, n);
	f->file->mtime_ns = sim_wall(env);
	return 0;
}

static void
sim_close(struct env *env, struct env_file *f)
{
	if (f == NULL)
		return;
	file_drop(f->file);
	free(f->path);
	free(f);
}

static int
sim_unlink(struct env *env, const char *path, struct err *e)
{
	struct sim_node *n = node_of(env);
	struct sim_file *f = map_del(&n->files, str_of(path));

	if (f == NULL)
		return not_found(path, e);
	n->disk_used -= f->data.n;
	file_drop(f);
	return 0;
}

static int
sim_mkdir(struct env *env, const char *path, struct err *e)
{
	if (file_find(env, path) != NULL)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "Cannot make directory %s: File exists", path);
	file_add(env, path, true);
	return 0;
}

static int
sim_list(struct env *env, const char *path,
    int (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	struct sim_node *n = node_of(env);
	size_t len = strlen(path);
	struct map_entry *m;
	uint32_t at = 0;

	if (disk_call(env, path, e) != 0)
		return -ERR_HIVE_CANNOT_OPEN_SPLIT;
	if (file_find(env, path) == NULL)
		return not_found(path, e);
	while ((m = map_next(&n->files, &at)) != NULL)
		if (m->key_len > len + 1 && strncmp(m->key, path, len) == 0 &&
		    m->key[len] == '/' &&
		    strchr(m->key + len + 1, '/') == NULL &&
		    each(arg, m->key + len + 1) != 0)
			break;
	return 0;
}

void
sim_env_init(struct sim_env *e, struct sim *s, int node)
{
	static const struct env_ops ops = {
		.mono_ns = sim_mono,
		.wall_ns = sim_wall,
		.random = sim_env_random,
		.open_read = sim_open_read,
		.create = sim_create,
		.fstat = sim_fstat,
		.pread = sim_pread,
		.pwrite = sim_pwrite,
		.close = sim_close,
		.unlink = sim_unlink,
		.mkdir = sim_mkdir,
		.stat = sim_stat,
		.list = sim_list,
	};

	e->env.ops = &ops;
	e->sim = s;
	e->node = node;
}

void
sim_disk_release(struct sim_node *n)
{
	struct map_entry *m;
	uint32_t at = 0;

	while ((m = map_next(&n->files, &at)) != NULL)
		file_drop(m->value);
	map_release(&n->files);
}

void
sim_disk_limit(struct rt *rt, uint64_t bytes)
{
	rt->sim->node[rt->node]->disk_limit = bytes;
}

uint64_t
sim_disk_used(struct rt *rt)
{
	return rt->sim->node[rt->node]->disk_used;
}

void
sim_disk_fail(struct rt *rt, int n)
{
	rt->sim->node[rt->node]->disk_fail = n;
}
