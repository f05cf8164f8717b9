/* SPDX-License-Identifier: Apache-2.0
 * window_value.c - frames; ranking and value functions of windows. */
#include "base/check.h"
#include "ops/window.h"
#include "page/compare.h"

static int
bad_offset(struct err *e)
{
	return err_set(e, ERR_INVALID_WINDOW_FRAME,
	    "Window frame offset value must not be negative or null");
}

/* The value of an integer column of any width; false: NULL. */
static bool
integer_at(const struct vec *v, uint32_t row, int64_t *out)
{
	const void *p;

	if (vec_is_null(v, row))
		return false;
	p = vec_at(v, row);
	switch (v->type->rep) {
	case REP_I8: *out = *(const int8_t *)p; break;
	case REP_I16: *out = *(const int16_t *)p; break;
	case REP_I32: *out = *(const int32_t *)p; break;
	default: *out = *(const int64_t *)p;
	}
	return true;
}

static uint32_t
clamp(int64_t v, uint32_t n)
{
	return v < 0 ? 0 : v > n ? n : (uint32_t)v;
}

/* i moved by a bound of ROWS or GROUPS among n places; more: an end bound,
 * which lies behind its row. */
static int
move(const struct window_part *w, enum frag_bound b, int channel,
    const uint32_t at[2], uint32_t n, bool more, int64_t *out, struct err *e)
{
	int64_t k = 0;

	if (b == FRAG_UNBOUNDED_PRECEDING || b == FRAG_UNBOUNDED_FOLLOWING) {
		*out = b == FRAG_UNBOUNDED_PRECEDING ? 0 : n;
		return 0;
	}
	if (b != FRAG_CURRENT_ROW &&
	    (!integer_at(w->column[channel], w->order[at[0]], &k) || k < 0))
		return bad_offset(e);
	k = k > UINT32_MAX ? UINT32_MAX : k;
	*out = (int64_t)at[1] + (b == FRAG_PRECEDING ? -k
	    : b == FRAG_FOLLOWING ? k : 0) + more;
	return 0;
}

/* The first row whose sort key is not before (or, after: is behind) the bound
 * that stands in `channel` at row i. */
static uint32_t
search(const struct window_part *w, int channel, uint32_t i, bool after)
{
	const struct sort_key *key = &w->node->sort[0];
	const struct vec *v = w->column[key->channel];
	const struct vec *bound = w->column[channel];
	uint32_t low = 0, high = w->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2, row = w->order[mid];
		int c;

		if (vec_is_null(v, row))
			c = key->nulls_first ? -1 : 1;
		else
			c = vec_compare(v, row, bound, w->order[i]) *
			    (key->descending ? -1 : 1);
		if (c < 0 || (after && c == 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
range_bound(const struct window_part *w, enum frag_bound b, int channel,
    uint32_t i, bool end, uint32_t *out)
{
	switch (b) {
	case FRAG_UNBOUNDED_PRECEDING: *out = 0; break;
	case FRAG_UNBOUNDED_FOLLOWING: *out = w->n; break;
	case FRAG_CURRENT_ROW:
		*out = end ? w->peer_end[i] : w->peer_start[i];
		break;
	default:
		/* Of a NULL key only its peers are in reach. */
		if (vec_is_null(w->column[w->node->sort[0].channel],
		    w->order[i]) || vec_is_null(w->column[channel],
		    w->order[i]))
			*out = end ? w->peer_end[i] : w->peer_start[i];
		else
			*out = search(w, channel, i, end);
	}
	return 0;
}

static int
groups_frame(const struct window_part *w, const struct frag_frame *f,
    uint32_t i, int64_t *low, int64_t *high, struct err *e)
{
	uint32_t at[2] = { i, w->group[i] };
	int ret = move(w, f->start, f->start_value, at, w->groups, false, low,
	    e);

	if (ret == 0)
		ret = move(w, f->end, f->end_value, at, w->groups, true,
		    high, e);
	if (ret < 0)
		return ret;
	*low = w->group_start[clamp(*low, w->groups)];
	*high = w->group_start[clamp(*high, w->groups)];
	return 0;
}

int
window_frame(const struct window_part *w, const struct frag_agg *f,
    uint32_t i, uint32_t *low, uint32_t *high, struct err *e)
{
	const struct frag_frame *frame = &f->frame;
	uint32_t at[2] = { i, i };
	int64_t from, to;
	int ret;

	if (frame->type == FRAG_RANGE) {
		range_bound(w, frame->start, frame->start_value, i, false,
		    low);
		range_bound(w, frame->end, frame->end_value, i, true, high);
	} else {
		if (frame->type == FRAG_GROUPS)
			ret = groups_frame(w, frame, i, &from, &to, e);
		else
			ret = move(w, frame->start, frame->start_value, at,
			    w->n, false, &from, e);
		if (ret == 0 && frame->type == FRAG_ROWS)
			ret = move(w, frame->end, frame->end_value, at, w->n,
			    true, &to, e);
		if (ret < 0)
			return ret;
		*low = clamp(from, w->n);
		*high = clamp(to, w->n);
	}
	if (*high < *low)
		*high = *low;
	return 0;
}

static bool
named(const struct frag_agg *f, const char *name)
{
	return strcmp(f->window, name) == 0;
}

static int
add_int(struct vec_builder *out, int64_t v, struct err *e)
{
	return vec_builder_value(out, &v, e);
}

static int
add_double(struct vec_builder *out, double v, struct err *e)
{
	return vec_builder_value(out, &v, e);
}

static int
ntile(const struct window_part *w, const struct frag_agg *f, uint32_t i,
    struct vec_builder *out, struct err *e)
{
	int64_t buckets, small, more;

	if (!integer_at(w->column[f->arg[0]], w->order[i], &buckets))
		return vec_builder_null(out, e);
	if (buckets <= 0)
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Buckets must be greater than 0");
	/* The first `more` buckets have one row more. */
	small = w->n / buckets;
	more = w->n % buckets;
	if (i < more * (small + 1))
		return add_int(out, i / (small + 1) + 1, e);
	return add_int(out, more + (i - more * (small + 1)) / small + 1, e);
}

static int
rank_value(const struct window_part *w, const struct frag_agg *f, uint32_t i,
    struct vec_builder *out, struct err *e)
{
	if (named(f, "row_number"))
		return add_int(out, (int64_t)i + 1, e);
	if (named(f, "rank"))
		return add_int(out, (int64_t)w->peer_start[i] + 1, e);
	if (named(f, "dense_rank"))
		return add_int(out, (int64_t)w->group[i] + 1, e);
	if (named(f, "percent_rank"))
		return add_double(out, w->n == 1 ? 0 : (double)
		    w->peer_start[i] / (double)(w->n - 1), e);
	if (named(f, "cume_dist"))
		return add_double(out, (double)w->peer_end[i] /
		    (double)w->n, e);
	if (named(f, "ntile"))
		return ntile(w, f, i, out, e);
	return err_set(e, ERR_NOT_SUPPORTED, "window function %s", f->window);
}

static bool
counts(const struct window_part *w, const struct frag_agg *f, uint32_t at)
{
	return !f->ignore_nulls ||
	    !vec_is_null(w->column[f->arg[0]], w->order[at]);
}

/* The k-th (from 1) row that counts from `from` on, step by step, within
 * low..high; -1: none. */
static int64_t
step_rows(const struct window_part *w, const struct frag_agg *f,
    int64_t from, int step, int64_t k, const uint32_t ends[2])
{
	if (!f->ignore_nulls) {
		int64_t at;

		if (__builtin_mul_overflow(step, k - 1, &at) ||
		    __builtin_add_overflow(from, at, &at))
			return -1;
		return at >= ends[0] && at < ends[1] ? at : -1;
	}
	for (int64_t at = from; at >= ends[0] && at < ends[1]; at += step)
		if (counts(w, f, (uint32_t)at) && --k == 0)
			return at;
	return -1;
}

static int
lead_lag(const struct window_part *w, const struct frag_agg *f, uint32_t i,
    struct vec_builder *out, struct err *e)
{
	uint32_t ends[2] = { 0, w->n }, row = w->order[i];
	int step = named(f, "lead") ? 1 : -1;
	int64_t k = 1, at;

	if (f->n_args > 1) {
		if (!integer_at(w->column[f->arg[1]], row, &k))
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Offset must not be null");
		if (k < 0)
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Offset must be at least 0");
	}
	at = k == 0 ? i : step_rows(w, f, (int64_t)i + step, step, k, ends);
	if (at >= 0)
		return vec_builder_row(out, w->column[f->arg[0]],
		    w->order[at], e);
	if (f->n_args > 2)
		return vec_builder_row(out, w->column[f->arg[2]], row, e);
	return vec_builder_null(out, e);
}

static int
frame_value(const struct window_part *w, const struct frag_agg *f,
    uint32_t i, struct vec_builder *out, struct err *e)
{
	uint32_t ends[2];
	int64_t k = 1, at;
	int ret = window_frame(w, f, i, &ends[0], &ends[1], e);

	if (ret < 0)
		return ret;
	if (named(f, "nth_value")) {
		if (!integer_at(w->column[f->arg[1]], w->order[i], &k))
			return vec_builder_null(out, e);
		if (k < 1)
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Offset must be at least 1");
	}
	if (named(f, "last_value"))
		at = step_rows(w, f, (int64_t)ends[1] - 1, -1, 1, ends);
	else
		at = step_rows(w, f, ends[0], 1, k, ends);
	if (at < 0)
		return vec_builder_null(out, e);
	return vec_builder_row(out, w->column[f->arg[0]], w->order[at], e);
}

int
window_value(const struct window_part *w, const struct frag_agg *f,
    struct vec_builder *out, struct err *e)
{
	bool moves = named(f, "lead") || named(f, "lag");
	bool framed = named(f, "first_value") || named(f, "last_value") ||
	    named(f, "nth_value");
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < w->n; i++)
		ret = moves ? lead_lag(w, f, i, out, e)
		    : framed ? frame_value(w, f, i, out, e)
		    : rank_value(w, f, i, out, e);
	return ret;
}
