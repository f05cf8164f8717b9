/* SPDX-License-Identifier: Apache-2.0
 * spill_read.c - spilled pages: written while drivers are parked, read by
 * jobs on work threads. */
#include "ops/spill_read.h"

#include <stdlib.h>

#include "base/job.h"
#include "page/serde.h"

/* Belongs to the reader and, until it has run, to the work thread. */
struct spill_job {
	atomic_int refs;
	struct spill_block block;
	char *bytes;
	struct err err;
	int ret;
	struct wait *done;
};

void
spill_list_release(struct spill_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

int
spill_page(struct spill_list *l, struct spill_file *f, const struct page *p,
    struct op_slot *slot, struct err *e)
{
	struct sbuf bytes;
	struct spill_block b = { .file = f };
	int ret;

	sbuf_init(&bytes);
	ret = page_encode(&bytes, p, PAGE_LZ4, e);
	b.n = bytes.n;
	if (ret == 0)
		ret = spill_append(f, bytes.p, bytes.n, &b.at, e);
	if (ret == 0) {
		if (l->n == l->cap) {
			l->cap = l->cap == 0 ? 8 : l->cap * 2;
			l->v = xrealloc(l->v, sizeof(*l->v) *
			    (size_t)l->cap);
		}
		l->v[l->n++] = b;
		stat_add(&slot->stats.spilled_bytes, (int64_t)b.n);
	}
	sbuf_release(&bytes);
	return ret;
}

void
spill_reader_init(struct spill_reader *r, struct task *t)
{
	r->task = t;
	r->job = NULL;
}

static void
job_drop(struct spill_job *j)
{
	if (atomic_fetch_sub(&j->refs, 1) != 1)
		return;
	wait_drop(&j->done);
	free(j->bytes);
	free(j);
}

void
spill_reader_release(struct spill_reader *r)
{
	if (r->job != NULL)
		job_drop(r->job);
	r->job = NULL;
}

static void
run_job(void *arg)
{
	struct spill_job *j = arg;

	j->ret = spill_read(j->block.file, j->block.at, j->bytes, j->block.n,
	    &j->err);
	wait_complete(j->done);
	job_drop(j);
}

static void
start_job(struct spill_reader *r, const struct spill_block *b)
{
	struct spill_job *j = xcalloc(1, sizeof(*j));

	atomic_init(&j->refs, 2);
	j->block = *b;
	j->bytes = xmalloc(b->n);
	j->done = wait_new(WAIT_SOURCE);
	r->job = j;
	job_submit(r->task->world.jobs, run_job, j);
}

enum op_step
spill_reader_page(struct spill_reader *r, const struct spill_block *b,
    const struct type *const *types, int n, struct page **out,
    struct wait **blocked, struct err *e)
{
	struct spill_job *j;
	int ret;

	if (r->job == NULL)
		start_job(r, b);
	j = r->job;
	if (!wait_done(j->done)) {
		*blocked = wait_ref(j->done);
		return OP_BLOCKED;
	}
	ret = j->ret;
	if (ret < 0)
		*e = j->err;
	else
		ret = page_decode((struct str){ j->bytes, j->block.n }, types,
		    n, NULL, out, e);
	r->job = NULL;
	job_drop(j);
	return ret < 0 ? OP_FAILED : OP_PAGE;
}
