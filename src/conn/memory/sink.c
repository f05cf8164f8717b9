/* SPDX-License-Identifier: Apache-2.0
 * sink.c - where pages of a write become a part on this node. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

struct mem_sink {
	struct page_sink sink;
	struct mem_conn *conn;
	struct mem_account *account;
	bool change;
	struct part *part;      /* NULL once stored */
	int n;                  /* its columns */
	struct column_writer *writers;
	char **not_null;        /* a column's name when it is; NULL */
	uint32_t rows;          /* in the open segment */
	uint64_t total;
	struct sbuf deleted;    /* int64_t row ids */
};

static int
seal_segment(struct mem_sink *s, struct err *e)
{
	struct part *p = s->part;
	struct segment seg = { .n = s->rows };
	int rc = 0;

	seg.columns = xcalloc((size_t)p->n + 1, sizeof(*seg.columns));
	for (int i = 0; rc == 0 && i < p->n; i++)
		rc = column_seal(&s->writers[i], &seg.columns[i], e);
	if (rc == 0)
		rc = store_check_limit(s->conn, e);
	if (rc != 0) {
		for (int i = 0; i < p->n; i++)
			seg_column_release(&seg.columns[i]);
		free(seg.columns);
		return rc;
	}
	if (p->n_segs == p->cap_segs) {
		p->cap_segs = p->cap_segs * 2 + 1;
		p->segs = xrealloc(p->segs, (size_t)p->cap_segs *
		    sizeof(*p->segs));
	}
	p->segs[p->n_segs++] = seg;
	s->rows = 0;
	return 0;
}

static int
check_nulls(struct mem_sink *s, const struct page *page, int first,
    struct err *e)
{
	for (int i = 0; i < s->part->n; i++) {
		const struct vec *v = page->col[first + i];

		if (s->not_null[i] == NULL || !vec_may_be_null(v))
			continue;
		for (uint32_t row = 0; row < v->n; row++)
			if (vec_is_null(v, row))
				return err_set(e, ERR_CONSTRAINT_VIOLATION,
				    "NULL value not allowed for NOT NULL "
				    "column: %s", s->not_null[i]);
	}
	return 0;
}

/* Columns first.. of a page. */
static int
store_rows(struct mem_sink *s, const struct page *page, int first,
    struct err *e)
{
	uint32_t from = 0;
	int bad = check_nulls(s, page, first, e);

	if (bad != 0)
		return bad;
	while (from < page->rows) {
		uint32_t n = MIN(page->rows - from, SEG_ROWS - s->rows);
		int rc = 0;

		for (int i = 0; rc == 0 && i < s->part->n; i++)
			rc = column_write(&s->writers[i],
			    page->col[first + i], from, n, e);
		s->rows += n;
		s->total += n;
		from += n;
		if (rc == 0 && s->rows == SEG_ROWS)
			rc = seal_segment(s, e);
		if (rc != 0)
			return rc;
	}
	return store_check_limit(s->conn, e);
}

/* Rows of a changing write: deletes are noted, inserts stored. */
static int
change_rows(struct mem_sink *s, struct page *page, struct err *e)
{
	uint32_t index[PAGE_ROWS], n = 0;
	struct page *inserts;
	int rc;

	for (uint32_t i = 0; i < page->rows; i++) {
		int8_t what = *(const int8_t *)vec_at(page->col[0], i);

		if (what == CONN_INSERT)
			index[n++] = i;
		else if (what == CONN_DELETE && !vec_is_null(page->col[1], i))
			sbuf_add(&s->deleted, vec_at(page->col[1], i), 8);
		else
			return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
			    "Change of an unknown kind: %d", what);
	}
	if (n == 0)
		return 0;
	inserts = page_select(page, index, n, s->account, e);
	if (inserts == NULL)
		return -(int)e->code;
	rc = store_rows(s, inserts, 2, e);
	page_drop(&inserts);
	return rc;
}

static int
sink_append(struct page_sink *sink, struct page *page, struct wait **blocked,
    struct err *e)
{
	struct mem_sink *s = (struct mem_sink *)sink;

	if (page->n != s->part->n + (s->change ? 2 : 0))
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "A page of %d columns for a table of %d", page->n,
		    s->part->n);
	return s->change ? change_rows(s, page, e)
	    : store_rows(s, page, 0, e);
}

static int
sink_finish(struct page_sink *sink, struct sbuf *fragment,
    struct wait **blocked, struct err *e)
{
	struct mem_sink *s = (struct mem_sink *)sink;
	const struct conn_world *world = s->conn->conn.world;
	struct part *p = s->part;
	struct part_facts f = { .id = p->id, .rows = s->total,
	    .n = (uint32_t)p->n };
	int rc = s->rows == 0 ? 0 : seal_segment(s, e);

	if (rc != 0)
		return rc;
	f.node = str_of(world == NULL || world->node_id == NULL ? ""
	    : world->node_id);
	f.columns = xcalloc((size_t)p->n + 1, sizeof(*f.columns));
	for (int i = 0; i < p->n; i++)
		f.columns[i] = s->writers[i].facts;
	f.n_deleted = (uint32_t)(s->deleted.n / 8);
	f.deleted = s->deleted.p;
	part_facts_write(fragment, &f, p->ids);
	free(f.columns);
	if (s->total > 0) {
		store_add(s->conn, p);
		s->part = NULL;
	}
	return 0;
}

static void
sink_close(struct page_sink *sink)
{
	struct mem_sink *s = (struct mem_sink *)sink;

	for (int i = 0; s->writers != NULL && s->writers[i].type != NULL; i++)
		column_writer_release(&s->writers[i]);
	free(s->writers);
	for (int i = 0; i < s->n; i++)
		free(s->not_null[i]);
	free(s->not_null);
	part_drop(&s->part);
	sbuf_release(&s->deleted);
	mem_account_drop(&s->account);
	free(s);
}

static struct part *
new_part(struct mem_conn *c, const struct write_info *info,
    const struct type *const *types)
{
	struct part *p = xcalloc(1, sizeof(*p));

	atomic_init(&p->refs, 1);
	p->write = info->id;
	p->n = (int)info->n;
	p->ids = xcalloc(info->n + 1, sizeof(*p->ids));
	p->types = xcalloc(info->n + 1, sizeof(*p->types));
	pthread_mutex_lock(&c->lock);
	p->id = ++c->next_id;
	for (uint32_t i = 0; i < info->n; i++) {
		p->ids[i] = info->ids[i];
		p->types[i] = mem_intern(c, types[i]);
	}
	if (info->live != NULL)
		store_keep_writes(c, info->live, (int)info->n_live,
		    info->id);
	pthread_mutex_unlock(&c->lock);
	return p;
}

int
mem_sink(struct conn *conn, const struct conn_run *run, struct str write,
    const struct type *const *types, int n, struct page_sink **out,
    struct err *e)
{
	static const struct page_sink_ops ops = {
		sink_append, sink_finish, sink_close,
	};
	struct mem_conn *c = (struct mem_conn *)conn;
	struct write_info info;
	struct mem_sink *s;
	struct arena a;
	int rc, skip;

	arena_init(&a);
	rc = write_info_read(&a, write, &info, e);
	skip = rc == 0 && info.change ? 2 : 0;
	if (rc == 0 && n != (int)info.n + skip)
		rc = err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "%d types for a table of %u columns", n, info.n);
	if (rc != 0) {
		arena_release(&a);
		return rc;
	}
	s = xcalloc(1, sizeof(*s));
	s->sink.ops = &ops;
	s->conn = c;
	s->account = run->account == NULL ? NULL
	    : mem_account_ref(run->account);
	s->change = info.change;
	s->part = new_part(c, &info, types + skip);
	s->n = s->part->n;
	s->writers = xcalloc(info.n + 1, sizeof(*s->writers));
	s->not_null = xcalloc(info.n + 1, sizeof(*s->not_null));
	for (uint32_t i = 0; i < info.n; i++) {
		struct str name = info.not_null[i];

		if (name.p != NULL)
			s->not_null[i] = xstrndup(name.p, name.n);
	}
	for (uint32_t i = 0; i < info.n; i++) {
		const struct type *t = s->part->types[i];
		struct dict *d = t->rep == REP_STR ? store_dict(c,
		    info.table, info.ids[i], t) : NULL;

		column_writer_init(&s->writers[i], c->account, t, d);
		dict_drop(&d);
	}
	arena_release(&a);
	*out = &s->sink;
	return 0;
}
