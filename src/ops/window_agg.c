/* SPDX-License-Identifier: Apache-2.0
 * window_agg.c - aggregates over windows.
 *
 * A frame that only grows at its end adds to the state of the row before; any
 * other change of the frame starts again. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/window.h"

struct frame_agg {
	const struct window_part *w;
	const struct frag_agg *f;
	struct agg_context context;
	struct eval eval;
	struct eval_errors errors;
	struct arena scratch, heap;
	char *state;
	/* Arguments of sorted rows chunk*PAGE_ROWS.. as flat vectors. */
	int64_t chunk;
	struct vec *arg[FUNC_MAX_ARGS], *filter;
	uint32_t chunk_rows;
};

static void
drop_chunk(struct frame_agg *a)
{
	for (int i = 0; i < a->f->n_args; i++)
		vec_drop(&a->arg[i]);
	vec_drop(&a->filter);
	a->chunk = -1;
}

static struct vec *
flat_rows(struct frame_agg *a, int channel, uint32_t from, uint32_t n,
    struct err *e)
{
	struct vec *some = vec_select(a->w->column[channel],
	    a->w->order + from, n, a->w->account, e), *flat;

	if (some == NULL)
		return NULL;
	flat = some->form == VEC_DICT ? vec_flatten(some, a->w->account, e)
	    : vec_ref(some);
	vec_drop(&some);
	return flat;
}

static int
load_chunk(struct frame_agg *a, int64_t chunk, struct err *e)
{
	uint32_t from = (uint32_t)(chunk * PAGE_ROWS);

	if (a->chunk == chunk)
		return 0;
	drop_chunk(a);
	a->chunk_rows = a->w->n - from < PAGE_ROWS ? a->w->n - from
	    : PAGE_ROWS;
	for (int i = 0; i < a->f->n_args; i++) {
		a->arg[i] = flat_rows(a, a->f->arg[i], from, a->chunk_rows,
		    e);
		if (a->arg[i] == NULL)
			return -(int)e->code;
	}
	if (a->f->filter >= 0) {
		a->filter = flat_rows(a, a->f->filter, from, a->chunk_rows,
		    e);
		if (a->filter == NULL)
			return -(int)e->code;
	}
	a->chunk = chunk;
	return 0;
}

static bool
passes(const struct frame_agg *a, uint32_t i)
{
	return a->filter == NULL || (!vec_is_null(a->filter, i) &&
	    *(const uint8_t *)vec_at(a->filter, i) != 0);
}

/* Rows from..to of the partition into the state. */
static int
add_rows(struct frame_agg *a, uint32_t from, uint32_t to, struct err *e)
{
	uint16_t sel[PAGE_ROWS];
	char *rows[PAGE_ROWS];

	while (from < to) {
		uint32_t start = from / PAGE_ROWS * PAGE_ROWS, n = 0;
		struct rows_sel s;
		int ret = load_chunk(a, from / PAGE_ROWS, e);

		if (ret < 0)
			return ret;
		for (; from < to && from < start + PAGE_ROWS; from++) {
			sel[n] = (uint16_t)(from - start);
			n += passes(a, from - start);
		}
		if (n == 0)
			continue;
		s = (struct rows_sel){ sel, n, a->chunk_rows };
		if (a->f->func->update_one != NULL) {
			ret = a->f->func->update_one(&a->context, a->state,
			    (const struct vec *const *)a->arg, &s, e);
		} else {
			for (uint32_t k = 0; k < n; k++)
				rows[sel[k]] = a->state;
			ret = a->f->func->update(&a->context, rows, 0,
			    (const struct vec *const *)a->arg, &s, e);
		}
		arena_release(&a->scratch);
		if (ret == 0 && a->errors.n > 0) {
			*e = a->errors.first;
			ret = -(int)e->code;
		}
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void
reset(struct frame_agg *a)
{
	arena_release(&a->heap);
	memset(a->state, 0, a->f->func->state_size + 8);
	if (a->f->func->init != NULL)
		a->f->func->init(&a->context, a->state);
}

static int
each_row(struct frame_agg *a, struct vec_builder *out, struct err *e)
{
	uint32_t low = 0, high = 0, from, to;
	char *rows[1] = { a->state };

	reset(a);
	for (uint32_t i = 0; i < a->w->n; i++) {
		int ret = window_frame(a->w, a->f, i, &from, &to, e);

		if (ret == 0 && (i & 1023) == 0 && task_cancelled(a->w->task))
			ret = task_cancel_error(a->w->task, e);
		if (ret < 0)
			return ret;
		if (from != low || to < high) {
			reset(a);
			low = high = from;
		}
		ret = add_rows(a, high > low ? high : low, to, e);
		high = to;
		if (ret == 0)
			ret = a->f->func->final(&a->context, rows, 0, 1, out,
			    e);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int
window_aggregate(const struct window_part *w, const struct frag_agg *f,
    struct vec_builder *out, struct err *e)
{
	struct frame_agg a = { .w = w, .f = f, .chunk = -1 };
	int ret;

	arena_init(&a.scratch);
	arena_init(&a.heap);
	eval_errors_clear(&a.errors);
	a.eval = (struct eval){ .session = w->task->world.session,
		.account = w->account, .scratch = &a.scratch,
		.errors = &a.errors };
	a.context = (struct agg_context){ .ev = &a.eval,
		.types = f->arg_types, .n_args = f->n_arg_types,
		.intermediate = f->intermediate, .result = f->result,
		.heap = &a.heap, .account = w->account };
	a.state = xcalloc(1, f->func->state_size + 8);
	ret = each_row(&a, out, e);
	drop_chunk(&a);
	arena_release(&a.scratch);
	arena_release(&a.heap);
	free(a.state);
	return ret;
}
