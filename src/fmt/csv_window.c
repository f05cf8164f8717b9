/* SPDX-License-Identifier: Apache-2.0
 * csv_window.c - runs of whole records.
 *
 * Records are found where the input has put them; only one that lies across
 * two pieces of input is copied together with a little of what follows.  A
 * run is short, so that text and positions stay in the cache. */
#include "base/check.h"
#include "fmt/csv_priv.h"

enum { RUN = 256 << 10, JOIN = 16 << 10 };

static void
piece_drop(struct csv_piece *p)
{
	buf_drop(&p->buf);
	p->from = p->to = 0;
}

static enum source_step
fetch(struct csv_window *w, struct csv_piece *p, uint64_t at,
    struct wait **blocked, struct err *e)
{
	enum source_step step;

	if (w->over)
		return SOURCE_DONE;
	step = csv_input_next(w->input, &p->buf, &p->to, blocked, e);
	if (step == SOURCE_DONE)
		w->over = true;
	if (step == SOURCE_READY) {
		/* A byte order mark is no part of the first field. */
		p->from = at == 0 && p->to >= 3 && memcmp(p->buf->data,
		    "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		p->at = at + p->from;
	}
	return step;
}

/* Puts some of `next` behind `now`, in a buffer of its own.  `next` keeps
 * what it has. */
static int
join(struct csv_window *w, struct csv_piece *out, struct err *e)
{
	size_t tail = w->now.to - w->now.from;
	size_t more = MIN(w->next.to - w->next.from, MAX(tail,
	    (size_t)JOIN));
	struct buf *b = buf_new(w->input->io->account, tail + more, e);

	if (b == NULL)
		return -(int)e->code;
	memcpy(b->data, w->now.buf->data + w->now.from, tail);
	memcpy(b->data + tail, w->next.buf->data + w->next.from, more);
	*out = (struct csv_piece){ b, 0, tail + more, w->now.at };
	return 0;
}

/* The run is tokens.used bytes of a piece from p->from on. */
static void
set_run(struct csv_window *w, struct csv_piece *p)
{
	buf_drop(&w->buf);
	w->buf = buf_ref(p->buf);
	w->text = p->buf->data + p->from;
	w->at = p->at;
}

static void
check(struct csv_window *w)
{
	size_t at;
	enum csv_fault fault;

	if (!w->tokens.high && !w->tokens.nul)
		return;
	fault = csv_check_text(&w->tokens, w->text, &at);
	if (fault != CSV_FINE) {
		w->tokens.fault = fault;
		w->tokens.fault_at = at;
	}
}

/* Tokenizes a piece from its start, `size` bytes of it: 1 when that gave a
 * run, or a fault, 0 when no record ends there. */
static int
try(struct csv_window *w, struct csv_piece *p, size_t size, bool last,
    struct err *e)
{
	struct csv_tokens *t = &w->tokens;
	int rc = csv_tokenize(t, &w->d, p->buf->data + p->from, size, last,
	    e);

	if (rc < 0)
		return rc;
	if (t->used == 0 && t->fault == CSV_FINE && size > CSV_RECORD_MAX) {
		t->fault = CSV_TOO_LONG;
		t->fault_at = 0;
	}
	if (t->used == 0 && t->fault == CSV_FINE && !last)
		return 0;
	set_run(w, p);
	check(w);
	return 1;
}

/* No record ends in `now`: looks for its end in what follows. */
static int
try_joined(struct csv_window *w, struct err *e)
{
	size_t tail = w->now.to - w->now.from, used;
	struct csv_piece joined;
	int rc = join(w, &joined, e);
	bool all;

	if (rc < 0)
		return rc;
	all = joined.to - tail == w->next.to - w->next.from;
	rc = try(w, &joined, joined.to, false, e);
	used = w->tokens.used;
	piece_drop(&w->now);
	if (rc == 0) {
		/* It goes on: all of this is now `now`. */
		w->next.from += joined.to - tail;
		w->next.at += joined.to - tail;
		w->now = joined;
		if (all)
			piece_drop(&w->next);
		return 0;
	}
	piece_drop(&joined);
	if (rc > 0 && w->tokens.fault == CSV_FINE) {
		CHECK(used >= tail);
		w->next.from += used - tail;
		w->next.at += used - tail;
		w->now = w->next;
		w->next = (struct csv_piece){ 0 };
	}
	return rc;
}

/* One step: 1 a run, 0 not yet, negative an error. */
static int
advance(struct csv_window *w, struct err *e)
{
	size_t left = w->now.to - w->now.from, size;
	int rc;

	size = MIN(left, w->step);
	rc = try(w, &w->now, size, w->over && size == left &&
	    w->next.buf == NULL, e);
	if (rc > 0) {
		w->now.from += w->tokens.used;
		w->now.at += w->tokens.used;
		w->step = RUN;
		if (w->over && size == left && w->next.buf == NULL &&
		    w->tokens.fault == CSV_FINE)
			w->now.from = w->now.to;
	} else if (rc == 0 && size < left) {
		w->step = size * 2;
	} else if (rc == 0 && w->next.buf != NULL) {
		rc = try_joined(w, e);
	}
	return rc;
}

enum source_step
csv_window_next(struct csv_window *w, struct wait **blocked, struct err *e)
{
	uint64_t at = w->at;

	if (w->input->codec != CSV_PLAIN && w->buf != NULL)
		w->lines += csv_count_lines(w->text, w->tokens.used, &w->cr);
	buf_drop(&w->buf);
	w->tokens.used = w->tokens.n_rows = 0;
	w->step = MAX(w->step, (size_t)RUN);
	for (;;) {
		enum source_step step = SOURCE_READY;
		int rc;

		if (w->now.from == w->now.to) {
			at = w->now.at;
			piece_drop(&w->now);
			w->now = w->next;
			w->next = (struct csv_piece){ 0 };
			if (w->now.buf == NULL)
				step = fetch(w, &w->now, at, blocked, e);
			w->now.at = w->now.buf == NULL ? at : w->now.at;
			if (step != SOURCE_READY)
				return step;
			continue;
		}
		rc = advance(w, e);
		if (rc < 0)
			return SOURCE_FAILED;
		if (rc > 0)
			return SOURCE_READY;
		if (w->next.buf == NULL && !w->over &&
		    w->now.to - w->now.from <= w->step) {
			step = fetch(w, &w->next, w->now.at + (w->now.to -
			    w->now.from), blocked, e);
			if (step == SOURCE_FAILED || step == SOURCE_BLOCKED)
				return step;
		}
	}
}

void
csv_window_release(struct csv_window *w)
{
	piece_drop(&w->now);
	piece_drop(&w->next);
	buf_drop(&w->buf);
	csv_tokens_release(&w->tokens);
}
