/* SPDX-License-Identifier: Apache-2.0
 * op_writer.c - writing tables: rows into connectors' sinks, and the commit
 * of all fragments that sinks have returned. */
#include <stdlib.h>

#include "ops/task_priv.h"

struct writer_shared {
	struct catalog *catalog;
};

struct writer {
	struct op op;
	struct page_sink *sink;
	struct page *in;
	int64_t rows;
	bool done;
};

static int
writer_share(struct op_slot *slot, struct err *e)
{
	struct writer_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	s->catalog = catalog_get(slot->task->world.catalogs,
	    slot->node->catalog);
	if (s->catalog == NULL)
		return err_set(e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", slot->node->catalog);
	return 0;
}

static void
writer_unshare(struct op_slot *slot)
{
	struct writer_shared *s = slot->shared;

	if (s == NULL)
		return;
	catalog_drop(&s->catalog);
	free(s);
}

static int
writer_open(struct op *op, struct err *e)
{
	struct writer *s = (struct writer *)op;
	struct conn *c = ((struct writer_shared *)op->shared)->catalog->conn;
	const struct task_world *w = &op->task->world;
	const struct frag_node *child = op->node->child[0];
	struct conn_run run = {
		.account = op->account, .session = w->session,
		.jobs = w->jobs,
		/* Each driver has a sink of its own. */
		.task_index = w->task_index * op->slot->drivers + op->driver,
		.task_count = w->task_count * op->slot->drivers,
	};

	if (c->kind->sink == NULL)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "This connector does not support inserts");
	return c->kind->sink(c, &run, op->node->write, child->types,
	    child->n, &s->sink, e);
}

static int
writer_add(struct op *op, struct page *in, struct err *e)
{
	((struct writer *)op)->in = in;
	return 0;
}

static struct page *
result_page(struct writer *s, struct str fragment, struct err *e)
{
	struct strview view = strview_of(fragment);
	struct page *p = page_new(2, 1);

	p->col[0] = vec_new_const(TYPE(BIGINT), &s->rows, 1, s->op.account,
	    e);
	if (p->col[0] != NULL)
		p->col[1] = vec_new_const(TYPE(VARBINARY), &view, 1,
		    s->op.account, e);
	if (p->col[1] == NULL)
		page_drop(&p);
	return p;
}

static enum op_step
writer_end(struct writer *s, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct sbuf fragment;
	int ret;

	if (s->done)
		return OP_DONE;
	sbuf_init(&fragment);
	ret = s->sink->ops->finish(s->sink, &fragment, blocked, e);
	if (ret == 0) {
		s->done = true;
		*out = result_page(s, sbuf_str(&fragment), e);
	}
	sbuf_release(&fragment);
	if (ret == 1)
		return OP_BLOCKED;
	return ret < 0 || *out == NULL ? OP_FAILED : OP_PAGE;
}

static enum op_step
writer_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct writer *s = (struct writer *)op;
	int ret;

	if (s->in == NULL)
		return op->finished ? writer_end(s, out, blocked, e)
		    : OP_NEED_INPUT;
	ret = s->sink->ops->append(s->sink, s->in, blocked, e);
	if (ret == 1)
		return OP_BLOCKED;
	if (ret < 0)
		return OP_FAILED;
	s->rows += s->in->rows;
	page_drop(&s->in);
	return op->finished ? OP_YIELD : OP_NEED_INPUT;
}

static void
writer_close(struct op *op)
{
	struct writer *s = (struct writer *)op;

	page_drop(&s->in);
	if (s->sink != NULL)
		s->sink->ops->close(s->sink);
}

const struct op_kind op_writer = {
	.name = "TableWriter",
	.size = sizeof(struct writer),
	.share = writer_share,
	.unshare = writer_unshare,
	.open = writer_open,
	.add = writer_add,
	.next = writer_next,
	.close = writer_close,
};

/* What the drivers of the commit have collected. */
struct finish_shared {
	pthread_mutex_t lock;
	atomic_int left;
	int64_t rows;
	int n, cap;
	struct str *v;          /* malloc'ed */
};

struct finish {
	struct op op;
	bool last, done;
};

static int
finish_share(struct op_slot *slot, struct err *e)
{
	struct finish_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	pthread_mutex_init(&s->lock, NULL);
	atomic_init(&s->left, slot->drivers);
	return 0;
}

static void
finish_unshare(struct op_slot *slot)
{
	struct finish_shared *s = slot->shared;

	if (s == NULL)
		return;
	for (int i = 0; i < s->n; i++)
		free((char *)s->v[i].p);
	free(s->v);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int
finish_open(struct op *op, struct err *e)
{
	return 0;
}

static void
keep_fragment(struct finish_shared *s, struct str f)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 8 : s->cap * 2;
		s->v = xrealloc(s->v, sizeof(*s->v) * (size_t)s->cap);
	}
	s->v[s->n++] = (struct str){ xstrndup(f.p, f.n), f.n };
}

static int
finish_add(struct op *op, struct page *in, struct err *e)
{
	struct finish_shared *s = op->shared;

	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < in->rows; i++) {
		if (!vec_is_null(in->col[0], i))
			s->rows += *(const int64_t *)vec_at(in->col[0], i);
		if (!vec_is_null(in->col[1], i))
			keep_fragment(s, strview_str(vec_at(in->col[1], i)));
	}
	pthread_mutex_unlock(&s->lock);
	page_drop(&in);
	return 0;
}

static int
finish_finish(struct op *op, struct err *e)
{
	struct finish *t = (struct finish *)op;
	struct finish_shared *s = op->shared;
	const struct task_world *w = &op->task->world;

	t->last = atomic_fetch_sub(&s->left, 1) == 1;
	if (!t->last)
		return 0;
	return w->finish_write(w->arg, op->node, s->v, s->n, e);
}

static enum op_step
finish_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct finish *t = (struct finish *)op;
	struct finish_shared *s = op->shared;
	struct page *p;

	if (!op->finished)
		return OP_NEED_INPUT;
	if (!t->last || t->done)
		return OP_DONE;
	t->done = true;
	p = page_new(1, 1);
	p->col[0] = vec_new_const(TYPE(BIGINT), &s->rows, 1, op->account, e);
	if (p->col[0] == NULL) {
		page_drop(&p);
		return OP_FAILED;
	}
	*out = p;
	return OP_PAGE;
}

const struct op_kind op_finish = {
	.name = "TableCommit",
	.size = sizeof(struct finish),
	.share = finish_share,
	.unshare = finish_unshare,
	.open = finish_open,
	.add = finish_add,
	.finish = finish_finish,
	.next = finish_next,
};
