/* SPDX-License-Identifier: Apache-2.0
 * csv_range.c - where the first record of a range of a file begins.
 *
 * A line end may lie within quotes; only what stands before can tell.  So a
 * little text before the range is read under both suppositions, that its
 * first line begins a record, and that it begins within quotes.  One that
 * meets something malformed in a record that begins before the range falls:
 * were it true, the reader of that record would fail there too, so nothing
 * wrong can come out.  Within quotes there must also be an end after at most
 * CSV_RECORD_MAX bytes; so where no quote is near, one falls as well.  When
 * both stand and see different records more is read, at last everything from
 * the start of the file, where there is only one supposition. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/csv_priv.h"

enum { SHORT_LOOK = 64 << 10, LONG_LOOK = CSV_RECORD_MAX + (64 << 10) };

struct machine {
	enum { START, TEXT, QUOTES, QUOTE, RETURN } state;
	bool counting;          /* the record was seen from its start */
	bool fallen, found;
	bool seen;              /* a record that is not blank has ended */
	uint32_t fields;        /* separators so far */
	uint64_t record;        /* where the record begins */
};

struct csv_start {
	struct fmt_io *io;
	struct fmt_file *file;
	struct csv_dialect d;
	uint64_t target;
	int stage;
	bool aligned, exact;    /* behind a line end; from the start */
	struct csv_input input;
	uint64_t at;            /* of the next byte */
	struct machine bare, quoted;
};

struct csv_start *
csv_start_new(struct fmt_io *io, struct fmt_file *f,
    const struct csv_dialect *d, uint64_t target)
{
	struct csv_start *s = xcalloc(1, sizeof(*s));

	s->io = io;
	s->file = f;
	s->d = *d;
	s->target = target;
	s->stage = -1;
	return s;
}

void
csv_start_free(struct csv_start **sp)
{
	struct csv_start *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	csv_input_close(&s->input);
	free(s);
}

/* A record ends; the next begins at `next`. */
static void
end_record(const struct csv_start *s, struct machine *m, uint64_t next)
{
	bool blank = m->fields == 0 && m->counting && m->state == START;

	if (m->counting && m->fields + 1 != s->d.n &&
	    !(blank && s->d.n != 1) && !s->exact)
		m->fallen = true;
	m->seen |= !blank;
	m->counting = true;
	m->fields = 0;
	m->record = next;
	m->state = START;
	m->found = next >= s->target;
}

static void
step(const struct csv_start *s, struct machine *m, uint8_t c, uint64_t at)
{
	if (m->state == RETURN) {
		m->state = m->counting && m->fields == 0 &&
		    m->record + 1 == at ? START : TEXT;
		end_record(s, m, c == '\n' ? at + 1 : at);
		if (c == '\n' || m->found || m->fallen)
			return;
	}
	if (m->state == QUOTES) {
		if (c == s->d.quote)
			m->state = QUOTE;
	} else if (c == s->d.delimiter) {
		m->fields++;
		m->state = START;
	} else if (c == '\r') {
		m->state = RETURN;
	} else if (c == '\n') {
		end_record(s, m, at + 1);
	} else if (c == s->d.quote && m->state != TEXT) {
		m->state = QUOTES;
	} else if (m->state == QUOTE) {
		m->fallen = !s->exact;
		m->state = TEXT;
	} else {
		m->state = TEXT;
	}
}

/* Runs a machine over the piece p[0..n) of the text from s->at on. */
static void
run(const struct csv_start *s, struct machine *m, const uint8_t *p, size_t n)
{
	const uint8_t *quote = memchr(p, s->d.quote, n);
	size_t i = 0, limit = (size_t)MIN((uint64_t)n,
	    s->target > s->at + 1 ? s->target - s->at - 1 : 0);

	/* Without quotes, bare text before the target: the last line will
	 * do. */
	if (quote == NULL && m->state != QUOTES && m->state != RETURN &&
	    m->state != QUOTE && m->seen) {
		const uint8_t *line = memrchr(p, '\n', limit);

		if (line != NULL) {
			i = (size_t)(line - p) + 1;
			m->state = START;
			m->fields = 0;
			m->counting = true;
			m->record = s->at + i;
		}
	}
	while (i < n && !m->found && !m->fallen) {
		if (m->state == QUOTES) {
			quote = memchr(p + i, s->d.quote, n - i);
			i = quote == NULL ? n : (size_t)(quote - p);
			if (i == n)
				break;
		}
		step(s, m, p[i], s->at + i);
		i++;
	}
	if (!m->found && !s->exact && s->at + n - m->record > CSV_RECORD_MAX)
		m->fallen = true;
}

/* The text is over. */
static void
run_end(const struct csv_start *s, struct machine *m)
{
	if (m->fallen || m->found)
		return;
	m->fallen = m->state == QUOTES && !s->exact;
	m->record = s->at;
	m->found = true;
}

/* Goes to the next stage: reads from further ahead. */
static void
begin(struct csv_start *s)
{
	static const uint64_t look[] = { SHORT_LOOK, LONG_LOOK };
	uint64_t from = 0;

	csv_input_close(&s->input);
	while (++s->stage < 2 && s->target <= look[s->stage])
		s->stage = 1;
	if (s->stage < 2)
		from = s->target - look[s->stage];
	s->exact = s->aligned = from == 0;
	s->at = from;
	s->bare = (struct machine){ .state = START, .counting = true,
	    .record = from };
	s->quoted = (struct machine){ .state = QUOTES, .record = from,
	    .fallen = s->exact };
	csv_input_open(&s->input, s->io, s->file, CSV_PLAIN, from,
	    s->target + 1);
}

/* Begins behind the first line end; false: there is none before the target.
 */
static bool
align(struct csv_start *s, const uint8_t **p, size_t *n)
{
	size_t limit = (size_t)MIN((uint64_t)*n, s->target - s->at), i = 0;

	while (i + 1 < limit && (*p)[i] != '\n' && ((*p)[i] != '\r' ||
	    (*p)[i + 1] == '\n'))
		i++;
	if (i + 1 >= limit)
		return false;
	i++;
	*p += i;
	*n -= i;
	s->at += i;
	s->bare.record = s->quoted.record = s->at;
	s->bare.seen = s->quoted.seen = true;
	s->aligned = true;
	return true;
}

static void
skip_mark(struct csv_start *s, const uint8_t **p, size_t *n)
{
	if (s->exact && s->at == 0 && *n >= 3 &&
	    memcmp(*p, "\xef\xbb\xbf", 3) == 0) {
		*p += 3;
		*n -= 3;
		s->at += 3;
		s->bare.record = 3;
	}
}

/* True: *at is known. */
static bool
decide(struct csv_start *s, uint64_t *at, bool *first)
{
	const struct machine *b = &s->bare, *q = &s->quoted;

	if (!(b->fallen || b->found) || !(q->fallen || q->found))
		return false;
	if (b->fallen && q->fallen) {
		/* Malformed either way: the readers before will say so. */
		*at = fmt_file_size(s->file);
		*first = false;
		return s->stage == 2 || s->exact;
	}
	if (!b->fallen && !q->fallen && b->record != q->record)
		return false;
	*at = b->fallen ? q->record : b->record;
	*first = s->exact && !b->seen;
	return true;
}

static bool
settled(const struct csv_start *s)
{
	return (s->bare.fallen || s->bare.found) &&
	    (s->quoted.fallen || s->quoted.found);
}

enum source_step
csv_start_find(struct csv_start *s, uint64_t *at, bool *first,
    struct wait **blocked, struct err *e)
{
	if (s->stage < 0)
		begin(s);
	for (;;) {
		struct buf *b;
		const uint8_t *p;
		size_t n;
		enum source_step got = csv_input_next(&s->input, &b, &n,
		    blocked, e);

		if (got == SOURCE_FAILED || got == SOURCE_BLOCKED)
			return got;
		if (got == SOURCE_DONE) {
			run_end(s, &s->bare);
			run_end(s, &s->quoted);
		} else {
			p = b->data;
			skip_mark(s, &p, &n);
			if (s->aligned || align(s, &p, &n)) {
				if (!s->bare.fallen && !s->bare.found)
					run(s, &s->bare, p, n);
				if (!s->quoted.fallen && !s->quoted.found)
					run(s, &s->quoted, p, n);
				s->at += n;
			} else {
				s->bare.found = s->quoted.found = true;
				s->quoted.record = s->bare.record + 1;
			}
			buf_drop(&b);
		}
		if (!settled(s))
			continue;
		if (decide(s, at, first))
			return SOURCE_READY;
		begin(s);
	}
}
