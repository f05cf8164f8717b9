/* SPDX-License-Identifier: Apache-2.0
 * harness.c - reading and writing tables without an engine. */
#include "harness.h"

#include <time.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/check.h"
#include "tap.h"

#define PRIME64 UINT64_C(0x9E3779B185EBCA87)

double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

uint64_t
vec_sum(const struct vec *v)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		const void *p = vec_at(v, i);
		struct str s;
		int64_t x;

		switch (v->type->rep) {
		case REP_STR:
			s = strview_str(p);
			sum += XXH64(s.p, s.n, 0) * PRIME64;
			continue;
		case REP_I32:
			x = *(const int32_t *)p;
			break;
		default:
			memcpy(&x, p, 8);
		}
		sum += XXH64(&x, 8, 0) * PRIME64;
	}
	return sum;
}

/* --- reading -------------------------------------------------------------- */

void
scan_open(struct scan *s, struct conn *c, const char *schema,
    const char *table)
{
	struct err e;

	*s = (struct scan){ .c = c };
	arena_init(&s->a);
	CHECK(c->kind->table(c, NULL, &s->a, schema, table, &s->t, &e) == 0);
	CHECK(s->t != NULL);
	s->scan.table = s->t;
	s->scan.limit = -1;
	for (int i = 0; i < s->t->n; i++)
		if (!s->t->columns[i].hidden) {
			s->columns[s->n] = i;
			s->types[s->n++] = s->t->columns[i].type;
		}
	CHECK(c->kind->splits(c, NULL, &s->scan, &s->splits, &e) == 0);
}

void
scan_close(struct scan *s)
{
	page_source_close(&s->source);
	s->splits->ops->close(s->splits);
	arena_release(&s->a);
}

/* The next page of all columns; NULL at the end. */
struct page *
scan_next(struct scan *s)
{
	struct conn_run run = { 0 };
	struct wait *w = NULL;
	uint32_t rows;
	struct err e;

	for (;;) {
		struct split split;
		enum source_step step = SOURCE_DONE;
		int n;

		if (s->source != NULL)
			step = s->source->ops->next(s->source, &rows, &w, &e);
		if (step == SOURCE_READY)
			break;
		page_source_close(&s->source);
		CHECK(s->splits->ops->next(s->splits, &s->a, 1, &split, &n,
		    &e) == 0);
		if (n == 0)
			return NULL;
		if (s->c->kind->source(s->c, &run, s->t->handle, split.bytes,
		    s->columns, s->n, s->types, NULL, &s->source, &e) != 0) {
			diag("%s", e.text);
			return NULL;
		}
	}
	uint16_t index[PAGE_ROWS];
	uint32_t k = 0;
	struct page *p;

	for (uint32_t i = 0; i < rows; i += s->sel ? 3 : 1)
		index[k++] = (uint16_t)i;
	p = page_new(s->n, k);
	for (int i = 0; i < s->n; i++)
		CHECK(s->source->ops->load(s->source, i,
		    s->sel ? index : NULL, k, &p->col[i], &w, &e) ==
		    SOURCE_READY);
	return p;
}

uint64_t
count_rows(struct conn *c, const char *table)
{
	struct scan s;
	struct page *p;
	uint64_t n = 0;

	scan_open(&s, c, "default", table);
	while ((p = scan_next(&s)) != NULL) {
		n += p->rows;
		page_drop(&p);
	}
	scan_close(&s);
	return n;
}

/* --- writing -------------------------------------------------------------- */

void
write_sinks(struct write *w, const struct type *const *types, int n, int sinks)
{
	struct conn_run run = { 0 };
	struct err e;

	w->n = sinks;
	for (int i = 0; i < sinks; i++)
		CHECK(w->c->kind->sink(w->c, &run, sbuf_str(&w->bytes), types,
		    n, &w->sink[i], &e) == 0);
}

void
write_page(struct write *w, int sink, struct page *p)
{
	struct wait *wait = NULL;
	struct err e;

	if (w->sink[sink]->ops->append(w->sink[sink], p, &wait, &e) != 0) {
		diag("%s", e.text);
		CHECK(false);
	}
}

int
write_end(struct write *w, bool commit, struct err *e)
{
	struct str fragments[4];
	struct wait *wait = NULL;
	int rc = 0;

	for (int i = 0; i < w->n; i++) {
		CHECK(w->sink[i]->ops->finish(w->sink[i], &w->fragment[i],
		    &wait, e) == 0);
		w->sink[i]->ops->close(w->sink[i]);
		fragments[i] = sbuf_str(&w->fragment[i]);
	}
	if (commit)
		rc = w->c->kind->finish_write(w->c, NULL,
		    sbuf_str(&w->bytes), fragments, w->n, e);
	else
		w->c->kind->abort_write(w->c, NULL, sbuf_str(&w->bytes),
		    fragments, w->n);
	for (int i = 0; i < w->n; i++)
		sbuf_release(&w->fragment[i]);
	sbuf_release(&w->bytes);
	return rc;
}

/* CREATE TABLE to AS SELECT * FROM schema.table of another connector. */
void
copy_table(struct conn *from, const char *schema, const char *table,
    struct conn *c, int sinks)
{
	struct conn_new_table new = { .schema = "default", .name = table };
	struct write w = { .c = c };
	struct scan s;
	struct page *p;
	struct err e;
	int turn = 0;

	scan_open(&s, from, schema, table);
	new.n = s.n;
	new.columns = s.t->columns;
	CHECK(c->kind->begin_create(c, NULL, &new, &w.bytes, &e) == 0);
	write_sinks(&w, s.types, s.n, sinks);
	while ((p = scan_next(&s)) != NULL) {
		write_page(&w, turn++ % sinks, p);
		page_drop(&p);
	}
	CHECK(write_end(&w, true, &e) == 0);
	scan_close(&s);
}
