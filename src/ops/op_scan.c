/* SPDX-License-Identifier: Apache-2.0
 * op_scan.c - table scans with filter and projections fused.
 *
 * Of each batch the filter's columns are loaded first, then those of the
 * dynamic filters with the rows that are left, then the others with what is
 * left then.  Drivers take splits on demand from one queue. */
#include <stdlib.h>

#include "base/check.h"
#include "mem/pool.h"
#include "ops/page_merge.h"
#include "ops/task_priv.h"

enum { WANT_SPLITS = 4 };       /* queued ones a driver */
/* A dynamic filter that drops less than a tenth is not worth its check. */
enum { CHECK_SAMPLE = 32768 };

struct scan_shared {
	pthread_mutex_t lock;
	struct split *v;        /* bytes are malloc'ed */
	int n, cap, at;
	bool no_more, asked;
	struct wait_list waiters;
	struct catalog *catalog;
	atomic_llong limit_left; /* of scan_limit */
};

/* One dynamic filter as this driver sees it. */
struct scan_filter {
	struct filter_ref *ref;
	const struct runtime_filter *f;
	int column;
	bool checks;            /* row by row */
	uint64_t seen, passed;
};

enum scan_phase { SCAN_SPLIT, SCAN_BATCH, SCAN_FILTER, SCAN_DYNAMIC,
	SCAN_REST };

struct scan {
	struct op op;
	struct program *program;
	struct page_source *source;
	enum scan_phase phase;
	int at;                 /* column or filter that is next */
	uint32_t rows, n_sel;
	bool all;               /* no row was dropped yet */
	bool skip;              /* no row can match any more */
	uint64_t bytes_seen, rows_seen;
	unsigned version;       /* of the task's filters, as last seen */
	int n_filters;
	struct scan_filter *filters;
	struct vec **col;       /* of the batch; whole or selected */
	uint32_t *col_rows;     /* rows that col[i] has; 0: not loaded */
	struct page_merge merge;
	struct page *ready;     /* for after what merge gave out */
	bool flushed;
	uint16_t sel[PAGE_ROWS];
	uint32_t index[PAGE_ROWS];
};

static int
scan_share(struct op_slot *slot, struct err *e)
{
	const struct frag_node *n = slot->node;
	struct scan_shared *s = xcalloc(1, sizeof(*s));

	slot->shared = s;
	pthread_mutex_init(&s->lock, NULL);
	wait_list_init(&s->waiters);
	atomic_init(&s->limit_left, n->scan_limit);
	s->catalog = catalog_get(slot->task->world.catalogs, n->catalog);
	if (s->catalog == NULL)
		return err_set(e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", n->catalog);
	return 0;
}

static void
scan_unshare(struct op_slot *slot)
{
	struct scan_shared *s = slot->shared;

	if (s == NULL)
		return;
	for (int i = s->at; i < s->n; i++)
		free((char *)s->v[i].bytes.p);
	free(s->v);
	wait_list_release(&s->waiters);
	pthread_mutex_destroy(&s->lock);
	catalog_drop(&s->catalog);
	free(s);
}

void
scan_add_splits(struct op_slot *slot, const struct split *v, int n)
{
	struct scan_shared *s = slot->shared;

	pthread_mutex_lock(&s->lock);
	if (s->n + n > s->cap) {
		s->cap = (s->n + n) * 2;
		s->v = xrealloc(s->v, sizeof(*s->v) * (size_t)s->cap);
	}
	for (int i = 0; i < n; i++) {
		struct split *to = &s->v[s->n++];

		*to = v[i];
		to->node = NULL;
		to->bytes.p = xstrndup(v[i].bytes.p, v[i].bytes.n);
	}
	s->asked = false;
	pthread_mutex_unlock(&s->lock);
	wait_list_wake(&s->waiters);
}

void
scan_no_more_splits(struct op_slot *slot)
{
	struct scan_shared *s = slot->shared;

	pthread_mutex_lock(&s->lock);
	s->no_more = true;
	pthread_mutex_unlock(&s->lock);
	wait_list_wake(&s->waiters);
}

/* 1: *out is a split whose bytes the caller frees; 0: there will be none;
 * 2: *blocked. */
static int
take_split(struct op *op, struct split *out, struct wait **blocked)
{
	struct scan_shared *s = op->shared;
	const struct task_world *w = &op->task->world;
	int left, ret = 0;
	bool ask;

	pthread_mutex_lock(&s->lock);
	left = s->n - s->at;
	if (left > 0) {
		*out = s->v[s->at++];
		ret = 1;
	} else if (!s->no_more) {
		*blocked = wait_list_add(&s->waiters, WAIT_SPLIT);
		ret = 2;
	}
	left = s->n - s->at;
	ask = !s->no_more && !s->asked &&
	    left < WANT_SPLITS * op->slot->drivers;
	s->asked |= ask;
	pthread_mutex_unlock(&s->lock);
	if (ask && w->want_splits != NULL)
		w->want_splits(w->arg, op->node->id, left);
	return ret;
}

static int
scan_open(struct op *op, struct err *e)
{
	struct scan *s = (struct scan *)op;
	const struct frag_node *n = op->node;
	int ret = 0;

	s->col = xcalloc((size_t)n->n_columns + 1, sizeof(*s->col));
	s->col_rows = xcalloc((size_t)n->n_columns + 1, sizeof(*s->col_rows));
	s->filters = xcalloc((size_t)n->n_dynamic + 1, sizeof(*s->filters));
	for (int i = 0; i < n->n_dynamic; i++) {
		s->filters[i].ref = task_filter(op->task, n->dynamic[i].id);
		s->filters[i].column = n->dynamic[i].channel;
	}
	s->n_filters = n->n_dynamic;
	s->version = UINT32_MAX;
	page_merge_init(&s->merge, n->types, n->n, op->account);
	if (n->filter != NULL || n->project != NULL)
		ret = program_compile(n->filter, n->project,
		    n->project == NULL ? 0 : n->n, n->column_types,
		    n->n_columns, op->task->world.session, &s->program, e);
	return ret;
}

static void
drop_columns(struct scan *s)
{
	for (int i = 0; i < s->op.node->n_columns; i++) {
		vec_drop(&s->col[i]);
		s->col_rows[i] = 0;
	}
}

static void
count_read(struct scan *s)
{
	stat_add(&s->op.stats->physical_bytes,
	    (int64_t)(s->source->bytes_read - s->bytes_seen));
	stat_add(&s->op.stats->physical_rows,
	    (int64_t)(s->source->rows_read - s->rows_seen));
	s->bytes_seen = s->source->bytes_read;
	s->rows_seen = s->source->rows_read;
}

static void
end_split(struct scan *s)
{
	count_read(s);
	page_source_close(&s->source);
	s->bytes_seen = s->rows_seen = 0;
	s->phase = SCAN_SPLIT;
}

static void
scan_close(struct op *op)
{
	struct scan *s = (struct scan *)op;

	if (s->col != NULL)
		drop_columns(s);
	page_source_close(&s->source);
	page_drop(&s->ready);
	page_merge_release(&s->merge);
	program_free(&s->program);
	free(s->col);
	free(s->col_rows);
	free(s->filters);
}

/* Looks for dynamic filters that came since; tells the source. */
static void
see_filters(struct scan *s)
{
	struct domain *d[16];
	int column[16];
	struct domain_set set = { .column = column, .domain = d };
	unsigned v = atomic_load_explicit(&s->op.task->filter_version,
	    memory_order_acquire);

	if (s->n_filters == 0 || v == s->version)
		return;
	s->version = v;
	for (int i = 0; i < s->n_filters; i++) {
		struct scan_filter *f = &s->filters[i];

		if (f->f == NULL) {
			f->f = atomic_load(&f->ref->filter);
			if (f->f == NULL)
				continue;
			f->checks = runtime_filter_checks(f->f,
			    s->op.node->column_types[f->column]);
			s->skip |= f->f->kind == FILTER_NONE;
		}
		if (f->f->domain != NULL && set.n < 16) {
			column[set.n] = f->column;
			d[set.n++] = (struct domain *)f->f->domain;
		}
	}
	if (s->source != NULL && s->source->ops->narrow != NULL && set.n > 0)
		s->source->ops->narrow(s->source, &set);
}

static int
open_split(struct scan *s, struct str bytes, struct err *e)
{
	const struct frag_node *n = s->op.node;
	struct scan_shared *shared = s->op.shared;
	struct conn *c = shared->catalog->conn;
	const struct task_world *w = &s->op.task->world;
	struct conn_run run = {
		.account = s->op.account, .session = w->session,
		.jobs = w->jobs, .task_index = w->task_index,
		.task_count = w->task_count,
	};
	int columns[64], *all = columns, ret;

	if (n->n_columns > 64)
		all = xmalloc(sizeof(*all) * (size_t)n->n_columns);
	memcpy(all, n->columns, sizeof(*all) * (size_t)n->n_columns);
	ret = c->kind->source(c, &run, n->table->handle, bytes, all,
	    n->n_columns, n->column_types, &n->domains, &s->source, e);
	if (all != columns)
		free(all);
	stat_add(&s->op.stats->splits, 1);
	s->phase = SCAN_BATCH;
	s->version = UINT32_MAX; /* the new source must hear of filters */
	return ret;
}

/* Loads column i with the rows that are left. */
static enum source_step
load(struct scan *s, int i, struct wait **blocked, struct err *e)
{
	uint32_t n = s->all ? s->rows : s->n_sel;
	enum source_step step;

	if (s->col[i] != NULL)
		return SOURCE_READY;
	step = s->source->ops->load(s->source, i, s->all ? NULL : s->sel, n,
	    &s->col[i], blocked, e);
	if (step == SOURCE_READY)
		s->col_rows[i] = n;
	return step;
}

/* Row numbers of a column that was loaded before rows were dropped. */
static int
compact(struct scan *s, int i, struct err *e)
{
	struct vec *v;

	if (s->all || s->col[i] == NULL || s->col_rows[i] == s->n_sel)
		return 0;
	CHECK(s->col_rows[i] == s->rows);
	for (uint32_t k = 0; k < s->n_sel; k++)
		s->index[k] = s->sel[k];
	v = vec_select(s->col[i], s->index, s->n_sel, s->op.account, e);
	if (v == NULL)
		return -(int)e->code;
	vec_drop(&s->col[i]);
	s->col[i] = v;
	s->col_rows[i] = s->n_sel;
	return 0;
}

/* Columns of the filter, then the filter itself. */
static enum source_step
filter_phase(struct scan *s, struct wait **blocked, struct err *e)
{
	const struct frag_node *n = s->op.node;

	if (n->filter != NULL) {
		for (; s->at < n->n_columns; s->at++) {
			enum source_step step;

			if (!program_filter_needs(s->program, s->at))
				continue;
			step = load(s, s->at, blocked, e);
			if (step != SOURCE_READY)
				return step;
		}
		if (program_filter(s->program, s->col, s->rows,
		    s->op.account, s->sel, &s->n_sel, e) < 0)
			return SOURCE_FAILED;
		s->all = s->n_sel == s->rows;
	}
	s->phase = SCAN_DYNAMIC;
	s->at = 0;
	return SOURCE_READY;
}

/* Narrows sel by one dynamic filter whose column is loaded with the rows that
 * are left; index[] gets the places that stay. */
static void
apply_filter(struct scan *s, struct scan_filter *f)
{
	uint32_t left, before = s->all ? s->rows : s->n_sel;
	uint16_t picked[PAGE_ROWS];

	left = runtime_filter_apply(f->f, s->col[f->column], NULL, before,
	    picked);
	for (uint32_t k = 0; k < left; k++) {
		s->index[k] = picked[k];
		s->sel[k] = s->all ? picked[k] : s->sel[picked[k]];
	}
	f->seen += before;
	f->passed += left;
	if (f->seen >= CHECK_SAMPLE)
		f->checks = f->passed < f->seen - f->seen / 10;
	s->n_sel = left;
	s->all = s->all && left == before;
}

/* After a filter dropped rows of columns that were loaded selected. */
static int
shrink_selected(struct scan *s, uint32_t before, struct err *e)
{
	uint32_t n = s->n_sel;

	if (n == before)
		return 0;
	for (int i = 0; i < s->op.node->n_columns; i++) {
		struct vec *v;

		if (s->col[i] == NULL || s->col_rows[i] == s->rows ||
		    s->col_rows[i] == n)
			continue;
		CHECK(s->col_rows[i] == before);
		v = vec_select(s->col[i], s->index, n, s->op.account, e);
		if (v == NULL)
			return -(int)e->code;
		vec_drop(&s->col[i]);
		s->col[i] = v;
		s->col_rows[i] = n;
	}
	return 0;
}

static enum source_step
dynamic_phase(struct scan *s, struct wait **blocked, struct err *e)
{
	for (; s->at < s->n_filters; s->at++) {
		struct scan_filter *f = &s->filters[s->at];
		enum source_step step;
		uint32_t before = s->all ? s->rows : s->n_sel;

		if (f->f == NULL || !f->checks || before == 0)
			continue;
		step = load(s, f->column, blocked, e);
		if (step != SOURCE_READY)
			return step;
		if (compact(s, f->column, e) < 0)
			return SOURCE_FAILED;
		apply_filter(s, f);
		if (!s->all && shrink_selected(s, before, e) < 0)
			return SOURCE_FAILED;
	}
	s->phase = SCAN_REST;
	s->at = 0;
	return SOURCE_READY;
}

static bool
wants_column(const struct scan *s, int i)
{
	return s->op.node->project == NULL || program_needs(s->program, i);
}

static int
make_page(struct scan *s, struct page **out, struct err *e)
{
	const struct frag_node *n = s->op.node;
	uint32_t rows = s->all ? s->rows : s->n_sel;
	struct page *p = page_new(n->n, rows);
	int ret = 0;

	if (n->project == NULL) {
		for (int i = 0; i < n->n_columns; i++) {
			p->col[i] = s->col[i];
			s->col[i] = NULL;
		}
	} else {
		ret = program_project(s->program, s->col, rows, NULL, rows,
		    s->op.account, p->col, e);
	}
	drop_columns(s);
	if (ret < 0)
		page_drop(&p);
	*out = p;
	return ret;
}

static enum source_step
rest_phase(struct scan *s, struct page **out, struct wait **blocked,
    struct err *e)
{
	for (; s->at < s->op.node->n_columns; s->at++) {
		enum source_step step;

		if (!wants_column(s, s->at))
			continue;
		if (compact(s, s->at, e) < 0)
			return SOURCE_FAILED;
		step = load(s, s->at, blocked, e);
		if (step != SOURCE_READY)
			return step;
	}
	if (make_page(s, out, e) < 0)
		return SOURCE_FAILED;
	s->phase = SCAN_BATCH;
	return SOURCE_READY;
}

static enum source_step
batch_phase(struct scan *s, struct wait **blocked, struct err *e)
{
	enum source_step step;

	see_filters(s);
	if (s->skip) {
		end_split(s);
		return SOURCE_READY;
	}
	step = s->source->ops->next(s->source, &s->rows, blocked, e);
	if (step == SOURCE_DONE) {
		end_split(s);
		return SOURCE_READY;
	}
	if (step == SOURCE_READY) {
		CHECK(s->rows > 0 && s->rows <= PAGE_ROWS);
		count_read(s);
		s->all = true;
		s->at = 0;
		s->phase = SCAN_FILTER;
	}
	return step;
}

/* Enough rows for LIMIT: the scan may end. */
static bool
limit_reached(struct scan *s, uint32_t rows)
{
	struct scan_shared *shared = s->op.shared;

	if (s->op.node->scan_limit < 0)
		return false;
	return atomic_fetch_sub(&shared->limit_left, rows) <= 0;
}

static enum source_step
split_phase(struct scan *s, struct wait **blocked, struct err *e)
{
	struct split split;
	int ret;

	see_filters(s);
	if (s->skip || limit_reached(s, 0))
		return SOURCE_DONE;
	ret = take_split(&s->op, &split, blocked);
	if (ret == 2)
		return SOURCE_BLOCKED;
	if (ret == 0)
		return SOURCE_DONE;
	ret = open_split(s, split.bytes, e);
	free((char *)split.bytes.p);
	return ret < 0 ? SOURCE_FAILED : SOURCE_READY;
}

static enum source_step
scan_step(struct scan *s, struct page **out, struct wait **blocked,
    struct err *e)
{
	enum source_step step;

	switch (s->phase) {
	case SCAN_SPLIT: return split_phase(s, blocked, e);
	case SCAN_BATCH: return batch_phase(s, blocked, e);
	case SCAN_FILTER: step = filter_phase(s, blocked, e); break;
	case SCAN_DYNAMIC: step = dynamic_phase(s, blocked, e); break;
	default: return rest_phase(s, out, blocked, e);
	}
	if (step == SOURCE_READY && !s->all && s->n_sel == 0) {
		drop_columns(s);
		s->phase = SCAN_BATCH;
	}
	return step;
}

static enum op_step
merged(struct scan *s, struct page *p, struct page **out, struct err *e)
{
	int ret = page_merge_add(&s->merge, p, out, &s->ready, e);

	if (ret < 0)
		return OP_FAILED;
	return *out != NULL ? OP_PAGE : OP_NEED_INPUT;
}

static enum op_step
scan_end(struct scan *s, struct page **out, struct err *e)
{
	if (s->flushed)
		return OP_DONE;
	s->flushed = true;
	if (page_merge_flush(&s->merge, out, e) < 0)
		return OP_FAILED;
	return *out == NULL ? OP_DONE : OP_PAGE;
}

static enum op_step
scan_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct scan *s = (struct scan *)op;
	struct page *p = s->ready;

	s->ready = NULL;
	if (p != NULL) {
		enum op_step step = merged(s, p, out, e);

		if (step != OP_NEED_INPUT)
			return step;
	}
	if (s->flushed)
		return OP_DONE;
	/* Some steps that yield nothing, then let the driver look at the
	 * clock. */
	for (int i = 0; i < 64; i++) {
		p = NULL;
		switch (scan_step(s, &p, blocked, e)) {
		case SOURCE_FAILED: return OP_FAILED;
		case SOURCE_BLOCKED: return OP_BLOCKED;
		case SOURCE_DONE: return scan_end(s, out, e);
		case SOURCE_READY: break;
		}
		if (p == NULL)
			continue;
		if (limit_reached(s, p->rows)) {
			page_drop(&p);
			end_split(s);
			continue;
		}
		switch (merged(s, p, out, e)) {
		case OP_PAGE: return OP_PAGE;
		case OP_FAILED: return OP_FAILED;
		default: break;
		}
	}
	return OP_YIELD;
}

const struct op_kind op_scan = {
	.name = "ScanFilterAndProject",
	.size = sizeof(struct scan),
	.share = scan_share,
	.unshare = scan_unshare,
	.open = scan_open,
	.next = scan_next,
	.close = scan_close,
};
