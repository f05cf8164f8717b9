/* SPDX-License-Identifier: Apache-2.0
 * op_output.c - the end of a task: pages into the outlet, whole or their rows
 * spread by hash over the consumers. */
#include <stdlib.h>

#include "base/hash.h"
#include "ops/task_priv.h"
#include "page/build.h"
#include "page/compare.h"

enum { FLUSH_BYTES = 1 << 20 };

/* The open page of one consumer. */
struct output_part {
	struct vec_builder *column;
	uint32_t rows;
	size_t bytes;
};

struct output {
	struct op op;
	const struct fragment *f;
	struct page_outlet *outlet;
	bool spread;
	int n_parts, at;        /* at: flushed so far at the end */
	struct output_part *part;
	struct page *in;
	uint64_t hash[PAGE_ROWS];
	uint32_t index[PAGE_ROWS];
	uint8_t to[PAGE_ROWS];
};

static int
output_open(struct op *op, struct err *e)
{
	struct output *s = (struct output *)op;
	const struct frag_node *root;

	s->f = op->task->fragment;
	s->outlet = op->task->world.outlet;
	s->n_parts = s->outlet->partitions;
	s->spread = s->f->output == OUTPUT_HASH && s->n_parts > 1;
	if (!s->spread)
		return 0;
	root = s->f->root;
	s->part = xcalloc((size_t)s->n_parts, sizeof(*s->part));
	for (int i = 0; i < s->n_parts; i++) {
		s->part[i].column = xcalloc((size_t)root->n + 1,
		    sizeof(*s->part[i].column));
		for (int k = 0; k < root->n; k++)
			vec_builder_init(&s->part[i].column[k],
			    root->types[k], op->account);
	}
	return 0;
}

static int
flush(struct output *s, int part, struct err *e)
{
	struct output_part *to = &s->part[part];
	struct page *p;

	if (to->rows == 0)
		return 0;
	p = page_new(s->f->root->n, to->rows);
	to->rows = 0;
	to->bytes = 0;
	for (int i = 0; i < p->n; i++) {
		p->col[i] = vec_builder_finish(&to->column[i], e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return -(int)e->code;
		}
	}
	stat_add(&s->op.stats->output_rows, p->rows);
	s->outlet->put(s->outlet, part, p);
	return 0;
}

/* Adds rows index[0..n) of the page to a consumer's open page. */
static int
add_rows(struct output *s, int part, const uint32_t *index, uint32_t n,
    struct err *e)
{
	struct output_part *to = &s->part[part];

	while (n > 0) {
		uint32_t room = PAGE_ROWS - to->rows, take = n < room ? n
		    : room;
		int ret;

		for (int i = 0; i < s->in->n; i++) {
			ret = vec_builder_rows(&to->column[i], s->in->col[i],
			    index, 0, take, e);
			if (ret < 0)
				return ret;
		}
		to->rows += take;
		to->bytes += page_bytes(s->in) * take / s->in->rows;
		index += take;
		n -= take;
		if (to->rows < PAGE_ROWS && to->bytes < FLUSH_BYTES)
			continue;
		ret = flush(s, part, e);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Counts rows per consumer, lists them one consumer after another, and lets
 * each list be copied column by column. */
static int
spread(struct output *s, struct err *e)
{
	const uint8_t *map = s->outlet->partition_map;
	uint32_t start[257] = { 0 }, rows = s->in->rows;
	int ret = 0;

	page_hash(s->in, s->f->hash_channels, s->f->n_hash, s->hash);
	for (uint32_t i = 0; i < rows; i++) {
		s->to[i] = map[hash_exchange_partition(s->hash[i])];
		start[s->to[i] + 1]++;
	}
	for (int i = 0; i < s->n_parts; i++)
		start[i + 1] += start[i];
	for (uint32_t i = 0; i < rows; i++)
		s->index[start[s->to[i]]++] = i;
	/* start[i] is now where list i ends. */
	for (int i = 0; ret == 0 && i < s->n_parts; i++) {
		uint32_t from = i == 0 ? 0 : start[i - 1];

		ret = add_rows(s, i, s->index + from, start[i] - from, e);
	}
	return ret;
}

static int
output_add(struct op *op, struct page *in, struct err *e)
{
	((struct output *)op)->in = in;
	return 0;
}

static enum op_step
output_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct output *s = (struct output *)op;

	if (s->in == NULL && !op->finished)
		return OP_NEED_INPUT;
	*blocked = s->outlet->full(s->outlet);
	if (*blocked != NULL)
		return OP_BLOCKED;
	if (s->in == NULL) {
		while (s->spread && s->at < s->n_parts)
			if (flush(s, s->at++, e) < 0)
				return OP_FAILED;
		return OP_DONE;
	}
	if (s->spread) {
		if (spread(s, e) < 0)
			return OP_FAILED;
		page_drop(&s->in);
	} else {
		stat_add(&op->stats->output_rows, s->in->rows);
		s->outlet->put(s->outlet, 0, s->in);
		s->in = NULL;
	}
	return op->finished ? OP_YIELD : OP_NEED_INPUT;
}

static void
output_close(struct op *op)
{
	struct output *s = (struct output *)op;

	page_drop(&s->in);
	for (int i = 0; s->part != NULL && i < s->n_parts; i++) {
		for (int k = 0; k < s->f->root->n; k++)
			vec_builder_release(&s->part[i].column[k]);
		free(s->part[i].column);
	}
	free(s->part);
}

const struct op_kind op_output = {
	.name = "TaskOutput",
	.size = sizeof(struct output),
	.open = output_open,
	.add = output_add,
	.next = output_next,
	.close = output_close,
};
