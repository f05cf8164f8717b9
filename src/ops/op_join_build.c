/* SPDX-License-Identifier: Apache-2.0
 * op_join_build.c - gathering the build side of a hash join. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/join.h"

struct join_builder {
	struct op op;
	struct page_bag *bag;
	bool arrived;
};

/* Keys first, so that the table can be built while the rest is copied; then
 * what is put out or tested. */
static void
list_jobs(struct join_build *b)
{
	const struct frag_node *n = b->node;
	bool *wanted = xcalloc((size_t)b->n_columns + 1, sizeof(*wanted));

	b->job_column = xcalloc((size_t)b->n_columns + 1,
	    sizeof(*b->job_column));
	for (int i = 0; i < n->n_join_keys; i++) {
		if (wanted[n->build_keys[i]])
			continue;
		wanted[n->build_keys[i]] = true;
		b->job_column[b->n_jobs++] = n->build_keys[i];
	}
	atomic_init(&b->keys_left, b->n_jobs);
	for (int i = 0; i < b->n_columns; i++) {
		bool out = false;

		for (int k = 0; k < n->n_build_out; k++)
			out |= n->build_out[k] == i;
		for (int k = 0; k < n->n_dynamic; k++)
			out |= n->dynamic[k].channel == i;
		/* Which ones a residual reads is not worth finding out. */
		out |= n->residual != NULL;
		if (out && !wanted[i])
			b->job_column[b->n_jobs++] = i;
	}
	free(wanted);
	/* One more for the table. */
	atomic_init(&b->jobs_left, b->n_jobs + 1);
}

static int
build_share(struct op_slot *slot, struct err *e)
{
	struct join_build *b = xcalloc(1, sizeof(*b));
	const struct frag_node *n = slot->node;

	slot->shared = b;
	b->slot = slot;
	b->node = n;
	b->n_columns = n->child[1]->n;
	b->set_only = n->residual == NULL && (n->join == JOIN_SEMI ||
	    n->join == JOIN_ANTI || n->join == JOIN_ANTI_NULL ||
	    n->join == JOIN_MARK);
	pthread_mutex_init(&b->lock, NULL);
	gate_init(&b->in, slot->drivers);
	gate_init(&b->ready, 1);
	b->bag = xcalloc((size_t)slot->drivers, sizeof(*b->bag));
	b->column = xcalloc((size_t)b->n_columns + 1, sizeof(*b->column));
	b->key = xcalloc((size_t)n->n_join_keys + 1, sizeof(*b->key));
	list_jobs(b);
	return 0;
}

static void
build_unshare(struct op_slot *slot)
{
	struct join_build *b = slot->shared;

	if (b == NULL)
		return;
	join_table_release(&b->table);
	mem_free(slot->account, b->found, b->rows);
	for (int i = 0; i < b->n_columns; i++)
		vec_drop(&b->column[i]);
	for (int i = 0; i < b->n_bags; i++) {
		page_bag_release(b->bag[i]);
		free(b->bag[i]);
	}
	gate_release(&b->in);
	gate_release(&b->ready);
	pthread_mutex_destroy(&b->lock);
	free(b->bag);
	free(b->column);
	free(b->key);
	free(b->job_column);
	free(b);
}

static struct gate *
build_gate(struct op_slot *slot)
{
	return &((struct join_build *)slot->shared)->ready;
}

static int
build_open(struct op *op, struct err *e)
{
	struct join_builder *s = (struct join_builder *)op;
	struct join_build *b = op->shared;
	const struct frag_node *child = op->node->child[1];

	s->bag = xcalloc(1, sizeof(*s->bag));
	page_bag_init(s->bag, child->types, child->n, op->account);
	pthread_mutex_lock(&b->lock);
	b->bag[b->n_bags++] = s->bag;
	pthread_mutex_unlock(&b->lock);
	return 0;
}

static int
build_add(struct op *op, struct page *in, struct err *e)
{
	struct join_builder *s = (struct join_builder *)op;

	return page_bag_add(s->bag, in, e);
}

static void
all_in(struct join_build *b)
{
	uint64_t rows = 0;

	for (int i = 0; i < b->n_bags; i++)
		rows += b->bag[i]->rows;
	b->rows = (uint32_t)rows;
	gate_open(&b->in);
}

static int
build_finish(struct op *op, struct err *e)
{
	struct join_builder *s = (struct join_builder *)op;
	struct join_build *b = op->shared;
	int ret = page_bag_finish(s->bag, e);

	if (ret < 0)
		return ret;
	s->arrived = true;
	if (gate_arrive(&b->in))
		all_in(b);
	return 0;
}

static int
make_table(struct join_build *b, struct err *e)
{
	const struct frag_node *n = b->node;
	const struct type **types = xcalloc((size_t)n->n_join_keys + 1,
	    sizeof(*types));
	struct join_keys keys;
	int ret;

	for (int i = 0; i < n->n_join_keys; i++) {
		b->key[i] = b->column[n->build_keys[i]];
		types[i] = b->key[i]->type;
	}
	keys = (struct join_keys){ n->n_join_keys, b->key, types,
		n->null_safe, b->set_only };
	ret = n->n_join_keys == 0 ? 0 : join_table_build(&b->table, &keys,
	    b->slot->account, e);
	free(types);
	if (ret < 0)
		return ret;
	for (int i = 0; i < n->n_join_keys; i++) {
		bool may = vec_may_be_null(b->key[i]) &&
		    (n->null_safe == NULL || !n->null_safe[i]);

		for (uint32_t r = 0; may && !b->null_key && r < b->rows; r++)
			b->null_key = vec_is_null(b->key[i], r);
	}
	if (join_keeps_build(n->join) && b->rows > 0) {
		b->found = mem_alloc(b->slot->account, b->rows, e);
		if (b->found == NULL)
			return -(int)e->code;
		memset(b->found, 0, b->rows);
	}
	return 0;
}

/* All jobs are done: nobody needs the pages any more. */
static int
publish(struct join_build *b, struct err *e)
{
	int ret;

	for (int i = 0; i < b->n_bags; i++)
		page_bag_clear(b->bag[i]);
	ret = join_publish(b, e);
	if (ret == 0)
		gate_open(&b->ready);
	return ret;
}

static int
run_job(struct join_build *b, int job, struct err *e)
{
	int column = b->job_column[job], ret;
	bool is_key = false;

	for (int i = 0; i < b->node->n_join_keys; i++)
		is_key |= b->node->build_keys[i] == column;
	b->column[column] = page_bags_concat(b->bag, b->n_bags, column,
	    b->node->child[1]->types[column], b->slot->account, e);
	if (b->column[column] == NULL)
		return -(int)e->code;
	if (is_key && atomic_fetch_sub(&b->keys_left, 1) == 1) {
		ret = make_table(b, e);
		if (ret < 0)
			return ret;
		/* The table's own share; another is still left. */
		atomic_fetch_sub(&b->jobs_left, 1);
	}
	if (atomic_fetch_sub(&b->jobs_left, 1) == 1)
		return publish(b, e);
	return 0;
}

static int
table_job(struct join_build *b, struct err *e)
{
	int ret = make_table(b, e);

	if (ret == 0 && atomic_fetch_sub(&b->jobs_left, 1) == 1)
		ret = publish(b, e);
	return ret;
}

static enum op_step
build_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct join_build *b = op->shared;
	int job;

	if (!op->finished)
		return OP_NEED_INPUT;
	*blocked = gate_wait(&b->in, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	job = atomic_fetch_add(&b->next_job, 1);
	if (job < b->n_jobs)
		return run_job(b, job, e) < 0 ? OP_FAILED : OP_YIELD;
	/* Without keys no column's job makes the table. */
	if (job == b->n_jobs && op->node->n_join_keys == 0 &&
	    table_job(b, e) < 0)
		return OP_FAILED;
	return OP_DONE;
}

static void
build_close(struct op *op)
{
	struct join_builder *s = (struct join_builder *)op;
	struct join_build *b = op->shared;

	/* The query has failed when this driver has not arrived; the others
	 * must not wait for it. */
	if (!s->arrived && gate_arrive(&b->in))
		all_in(b);
	s->arrived = true;
}

const struct op_kind op_join_build = {
	.name = "HashBuilder",
	.size = sizeof(struct join_builder),
	.share = build_share,
	.unshare = build_unshare,
	.open = build_open,
	.add = build_add,
	.finish = build_finish,
	.next = build_next,
	.gate = build_gate,
	.close = build_close,
};

/* The same without keys: pairs are all pairs. */
const struct op_kind op_cross_build = {
	.name = "NestedLoopBuild",
	.size = sizeof(struct join_builder),
	.share = build_share,
	.unshare = build_unshare,
	.open = build_open,
	.add = build_add,
	.finish = build_finish,
	.next = build_next,
	.gate = build_gate,
	.close = build_close,
};
