/* SPDX-License-Identifier: Apache-2.0
 * memory_env.c - opening, measuring and reading the one file. */
#include "memory_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "base/str.h"

struct env_file {
	const uint8_t *bytes;
	size_t n;
};

static int
memory_open(struct env *env, const char *path, struct env_file **out,
    struct err *e)
{
	struct memory_env *m = (struct memory_env *)env;
	struct env_file *f = xmalloc(sizeof(*f));

	f->bytes = m->bytes;
	f->n = m->n;
	*out = f;
	return 0;
}

static int
memory_fstat(struct env *env, struct env_file *f, struct env_stat *st,
    struct err *e)
{
	*st = (struct env_stat){ .size = f->n, .is_regular = true };
	return 0;
}

static int
memory_pread(struct env *env, struct env_file *f, void *buf, size_t n,
    uint64_t off, size_t *got, struct err *e)
{
	*got = off >= f->n ? 0 : MIN(n, f->n - (size_t)off);
	if (*got > 0)
		memcpy(buf, f->bytes + off, *got);
	return 0;
}

static void
memory_close(struct env *env, struct env_file *f)
{
	free(f);
}

static const struct env_ops memory_ops = {
	.open_read = memory_open,
	.fstat = memory_fstat,
	.pread = memory_pread,
	.close = memory_close,
};

void
memory_env_init(struct memory_env *m)
{
	memset(m, 0, sizeof(*m));
	m->env.ops = &memory_ops;
}
