/* SPDX-License-Identifier: Apache-2.0
 * sorted_input.c - gathering and sorting by several drivers. */
#include "ops/sorted_input.h"

#include <stdlib.h>

#include "base/check.h"

/* Fewer rows are sorted by one driver. */
enum { CHUNK_ROWS = 1 << 16 };

struct sorted_input *
sorted_input_new(struct op_slot *slot, const struct sort_key *keys,
    int n_keys)
{
	struct sorted_input *s = xcalloc(1, sizeof(*s));
	const struct frag_node *child = slot->node->child[0];

	s->slot = slot;
	s->types = child->types;
	s->n = child->n;
	s->keys = keys;
	s->n_keys = n_keys;
	pthread_mutex_init(&s->lock, NULL);
	gate_init(&s->in, slot->drivers);
	gate_init(&s->laid, 1);
	gate_init(&s->sorted, 1);
	atomic_init(&s->columns_left, s->n);
	s->bag = xcalloc((size_t)slot->drivers, sizeof(*s->bag));
	s->column = xcalloc((size_t)s->n + 1, sizeof(*s->column));
	s->key = xcalloc((size_t)n_keys + 1, sizeof(*s->key));
	s->chunk = xcalloc((size_t)slot->drivers, sizeof(*s->chunk));
	return s;
}

void
sorted_input_drop(struct sorted_input *s)
{
	sort_plan_release(&s->plan);
	for (int i = 0; i < s->n; i++)
		vec_drop(&s->column[i]);
	mem_free(s->slot->account, s->order, s->order_bytes);
	s->order = NULL;
	s->order_bytes = 0;
}

void
sorted_input_free(struct sorted_input **sp)
{
	struct sorted_input *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	sorted_input_drop(s);
	for (int i = 0; i < s->n_bags; i++) {
		page_bag_release(s->bag[i]);
		free(s->bag[i]);
	}
	for (int i = 0; i < s->n_runs; i++) {
		spill_reader_release(&s->run[i].reader);
		spill_list_release(&s->run[i].pages);
	}
	spill_close(&s->file);
	gate_release(&s->in);
	gate_release(&s->laid);
	gate_release(&s->sorted);
	pthread_mutex_destroy(&s->lock);
	free(s->run);
	free(s->bag);
	free(s->column);
	free(s->key);
	free(s->chunk);
	free(s);
}

void
sorted_driver_open(struct sorted_driver *d, struct op *op,
    struct sorted_input *s)
{
	d->op = op;
	d->shared = s;
	d->bag = xcalloc(1, sizeof(*d->bag));
	page_bag_init(d->bag, s->types, s->n, op->account);
	pthread_mutex_lock(&s->lock);
	s->bag[s->n_bags++] = d->bag;
	pthread_mutex_unlock(&s->lock);
}

int
sorted_driver_add(struct sorted_driver *d, struct page *in, struct err *e)
{
	return page_bag_add(d->bag, in, e);
}

static void
arrive(struct sorted_driver *d)
{
	struct sorted_input *s = d->shared;
	uint64_t rows = 0;

	if (d->arrived || s == NULL)
		return;
	d->arrived = true;
	if (!gate_arrive(&s->in))
		return;
	for (int i = 0; i < s->n_bags; i++)
		rows += s->bag[i]->rows;
	s->rows = rows > STORE_MAX_ROWS ? STORE_MAX_ROWS : (uint32_t)rows;
	gate_open(&s->in);
}

int
sorted_driver_finish(struct sorted_driver *d, struct err *e)
{
	int ret = page_bag_finish(d->bag, e);

	if (ret == 0)
		arrive(d);
	return ret;
}

void
sorted_driver_close(struct sorted_driver *d)
{
	arrive(d);
	if (d->reader)
		sorted_input_drop(d->shared);
}

/* The columns are there: how the keys look, and which chunks there are. */
static int
plan(struct sorted_input *s, struct err *e)
{
	int chunks = s->rows < CHUNK_ROWS ? 1 : s->slot->drivers, ret;

	for (int i = 0; i < s->n_bags; i++)
		page_bag_clear(s->bag[i]);
	for (int i = 0; i < s->n_keys; i++)
		s->key[i] = s->column[s->keys[i].channel];
	ret = sort_plan_init(&s->plan, s->key, s->keys, s->n_keys, s->rows,
	    s->slot->account, e);
	if (ret < 0)
		return ret;
	s->order_bytes = ((size_t)s->rows + 1) * sizeof(*s->order);
	s->order = mem_alloc(s->slot->account, s->order_bytes, e);
	if (s->order == NULL)
		return -(int)e->code;
	s->n_chunks = chunks;
	atomic_init(&s->chunks_left, chunks);
	for (int i = 0; i < chunks; i++) {
		uint32_t from = (uint32_t)((uint64_t)s->rows * i / chunks);
		uint32_t end = (uint32_t)((uint64_t)s->rows * (i + 1) /
		    chunks);

		s->chunk[i] = (struct sort_chunk_state){ from, end - from,
		    0 };
	}
	return 0;
}

/* Lays one column end to end; the last one done plans what follows.  False:
 * there is none left. */
static int
lay_column(struct sorted_input *s, bool *more, struct err *e)
{
	int i = atomic_fetch_add(&s->next_column, 1), ret;

	*more = i < s->n;
	if (!*more)
		return 0;
	s->column[i] = page_bags_concat(s->bag, s->n_bags, i, s->types[i],
	    s->slot->account, e);
	if (s->column[i] == NULL)
		return -(int)e->code;
	if (atomic_fetch_sub(&s->columns_left, 1) != 1)
		return 0;
	ret = plan(s, e);
	if (ret == 0)
		gate_open(&s->laid);
	return ret;
}

static int
sort_one(struct sorted_input *s, bool *more, struct err *e)
{
	int i = atomic_fetch_add(&s->next_chunk, 1), ret;
	const struct session_context *c = s->slot->task->world.session;

	*more = i < s->n_chunks;
	if (!*more)
		return 0;
	ret = sort_chunk(&s->plan, s->chunk[i].from, s->chunk[i].n,
	    s->order + s->chunk[i].from, c == NULL ? NULL : c->cancel, e);
	if (ret == 0 && atomic_fetch_sub(&s->chunks_left, 1) == 1)
		gate_open(&s->sorted);
	return ret;
}

/* The next up to n rows of all chunks in order. */
uint32_t
sorted_input_rows(struct sorted_input *s, uint32_t *index, uint32_t n)
{
	uint32_t got = 0;

	if (s->n_chunks == 1) {
		struct sort_chunk_state *c = &s->chunk[0];

		got = c->n - c->at < n ? c->n - c->at : n;
		memcpy(index, s->order + c->from + c->at,
		    got * sizeof(*index));
		c->at += got;
		return got;
	}
	while (got < n) {
		struct sort_chunk_state *best = NULL;
		uint32_t row = 0;

		for (int i = 0; i < s->n_chunks; i++) {
			struct sort_chunk_state *c = &s->chunk[i];
			uint32_t r;

			if (c->at == c->n)
				continue;
			r = s->order[c->from + c->at];
			if (best == NULL || sort_compare(&s->plan, r, row) <
			    0) {
				best = c;
				row = r;
			}
		}
		if (best == NULL)
			break;
		best->at++;
		index[got++] = row;
	}
	return got;
}

enum op_step
sorted_input_page(struct sorted_input *s, uint32_t *index,
    struct page **out, struct err *e)
{
	uint32_t n = sorted_input_rows(s, index, PAGE_ROWS);
	struct page *p;

	if (n == 0)
		return OP_DONE;
	p = page_new(s->n, n);
	for (int i = 0; i < s->n; i++) {
		p->col[i] = vec_select(s->column[i], index, n,
		    s->slot->account, e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return OP_FAILED;
		}
	}
	*out = p;
	return OP_PAGE;
}

enum op_step
sorted_driver_step(struct sorted_driver *d, struct wait **blocked,
    struct err *e)
{
	struct sorted_input *s = d->shared;
	bool more;

	if (d->reader)
		return OP_PAGE;
	*blocked = gate_wait(&s->in, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	if (lay_column(s, &more, e) < 0)
		return OP_FAILED;
	if (more)
		return OP_YIELD;
	*blocked = gate_wait(&s->laid, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	if (sort_one(s, &more, e) < 0)
		return OP_FAILED;
	if (more)
		return OP_YIELD;
	*blocked = gate_wait(&s->sorted, WAIT_BUILD_SIDE);
	if (*blocked != NULL)
		return OP_BLOCKED;
	if (atomic_exchange(&s->reading, true))
		return OP_DONE;
	d->reader = true;
	return OP_PAGE;
}

/* Sorts one driver's rows and writes them as a run. */
static int
spill_bag(struct sorted_input *s, struct page_bag *bag, struct err *e)
{
	struct page_bag *one[1] = { bag }, *kept = bag;
	struct sorted_input part = { .slot = s->slot, .types = s->types,
		.n = s->n, .keys = s->keys, .n_keys = s->n_keys };
	struct sort_run *run;
	struct page *p = NULL;
	uint32_t *index = xmalloc(PAGE_ROWS * sizeof(*index));
	bool more = true;
	int ret = 0;

	/* A sort of its own with one driver and one chunk. */
	part.bag = one;
	part.n_bags = 1;
	part.rows = (uint32_t)bag->rows;
	part.column = xcalloc((size_t)s->n + 1, sizeof(*part.column));
	part.key = xcalloc((size_t)s->n_keys + 1, sizeof(*part.key));
	part.chunk = xcalloc((size_t)s->slot->drivers, sizeof(*part.chunk));
	gate_init(&part.laid, 1);
	gate_init(&part.sorted, 1);
	atomic_init(&part.columns_left, s->n);
	while (ret == 0 && more)
		ret = lay_column(&part, &more, e);
	for (more = ret == 0; ret == 0 && more;)
		ret = sort_one(&part, &more, e);
	s->run = xrealloc(s->run, sizeof(*s->run) * (size_t)(s->n_runs + 1));
	run = &s->run[s->n_runs++];
	memset(run, 0, sizeof(*run));
	while (ret == 0) {
		enum op_step step = sorted_input_page(&part, index, &p, e);

		if (step != OP_PAGE) {
			ret = step == OP_DONE ? 0 : -(int)e->code;
			break;
		}
		ret = spill_page(&run->pages, s->file, p, s->slot, e);
		page_drop(&p);
	}
	sorted_input_drop(&part);
	gate_release(&part.laid);
	gate_release(&part.sorted);
	free(part.column);
	free(part.key);
	free(part.chunk);
	free(index);
	page_bag_clear(kept);
	return ret;
}

int
sorted_input_revoke(struct sorted_input *s, size_t want, size_t *freed,
    struct err *e)
{
	const struct task_world *w = &s->slot->task->world;
	int ret = 0;

	if (gate_is_open(&s->in))
		return 0;
	for (int i = 0; ret == 0 && i < s->n_bags && *freed < want; i++) {
		size_t bytes;

		ret = page_bag_finish(s->bag[i], e);
		bytes = s->bag[i]->bytes;
		if (ret < 0 || s->bag[i]->rows == 0)
			continue;
		if (s->file == NULL)
			ret = spill_create(w->spill_dir, w->spill_quota,
			    &s->file, e);
		if (ret == 0)
			ret = spill_bag(s, s->bag[i], e);
		if (ret == 0)
			*freed += bytes;
	}
	return ret;
}
