/* SPDX-License-Identifier: Apache-2.0
 * regexp_func.c - regexp_like, regexp_extract and their family. */
#include <stdlib.h>

#include "func/list.h"
#include "func/regexp.h"
#include "func/regexp_rows.h"
#include "func/tables.h"
#include "type/text.h"

int
regexp_prepare(const struct type *const *types,
    const struct vec *const *value, int n, void **bound, struct err *e)
{
	struct regexp *r;

	*bound = NULL;
	if (value[1] == NULL || vec_is_null(value[1], 0))
		return 0;
	r = xcalloc(1, sizeof(*r));
	regexp_compile(r, kernel_str(value[1], 0));
	*bound = r;
	return 0;
}

void
regexp_unprepare(void *bound)
{
	regexp_release(bound);
	free(bound);
}

void
regexp_rows_begin(struct regexp_rows *p, struct eval *ev,
    const struct func_args *args)
{
	memset(p, 0, sizeof(*p));
	p->ev = ev;
	p->args = args;
	p->use = args->bound;
	if (p->use != NULL && p->use->code != NULL)
		regexp_search_init(&p->search, p->use);
}

void
regexp_rows_end(struct regexp_rows *p)
{
	regexp_search_release(&p->search);
	if (p->use == &p->own)
		regexp_release(&p->own);
}

/* The pattern of row i, compiled unless it is that of the row before. */
struct regexp_search *
regexp_rows_at(struct regexp_rows *p, uint32_t i)
{
	struct str text;

	if (p->args->bound == NULL) {
		text = kernel_str(p->args->v[1], i);
		if (p->use == NULL || !str_eq(text, p->text)) {
			regexp_rows_end(p);
			regexp_compile(&p->own, text);
			p->use = &p->own;
			p->text = text;
			if (p->own.code != NULL)
				regexp_search_init(&p->search, p->use);
		}
	}
	if (p->use->code != NULL)
		return &p->search;
	eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT, "%s",
	    p->use->error);
	return NULL;
}

bool
regexp_rows_find(struct regexp_rows *p, uint32_t i, struct str x,
    size_t from)
{
	int found = regexp_search(&p->search, x, from);

	if (found < 0)
		eval_row_error(p->ev, i, ERR_GENERIC_USER_ERROR,
		    "Regexp matching interrupted");
	return found > 0;
}

static int
regexp_like(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;
	uint8_t *r = (*out)->data;

	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i)
		if (regexp_rows_at(&p, i) != NULL)
			r[i] = regexp_rows_find(&p, i,
			    kernel_str(args->v[0], i), 0);
	regexp_rows_end(&p);
	return 0;
}

/* The group asked for by argument 2 (0 without); -1: an error was recorded. */
static int
group_of(struct regexp_rows *p, uint32_t i)
{
	int64_t g = p->args->n < 3 ? 0 : KERNEL_AT(int64_t, p->args->v[2], i);

	if (g < 0) {
		eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Group cannot be negative");
		return -1;
	}
	if (g > p->use->n_groups) {
		eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Pattern has %d groups. Cannot access group %lld",
		    p->use->n_groups, (long long)g);
		return -1;
	}
	return (int)g;
}

static int
regexp_extract(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;
	int rc = 0;

	vec_share_bufs(*out, args->v[0]);
	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i), got;
		int g;

		if (regexp_rows_at(&p, i) == NULL ||
		    (g = group_of(&p, i)) < 0)
			continue;
		if (regexp_rows_find(&p, i, x, 0) &&
		    regexp_group(&p.search, x, g, &got))
			kernel_put_shared(*out, i, got);
		else if ((rc = kernel_put_null(ev, *out, i, e)) != 0)
			break;
	}
	regexp_rows_end(&p);
	return rc;
}

static int
extract_row(struct regexp_rows *p, struct list_out *l, uint32_t i, int g,
    struct err *e)
{
	struct str x = kernel_str(p->args->v[0], i), got;
	int rc = 0;

	for (size_t from = 0; rc == 0 && regexp_rows_find(p, i, x, from);
	    from = regexp_next(&p->search, x))
		rc = regexp_group(&p->search, x, g, &got)
		    ? vec_builder_str(&l->b[0], got, e)
		    : vec_builder_null(&l->b[0], e);
	return rc;
}

static int
regexp_extract_all(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;
	struct list_out l;
	int rc = 0, g;

	list_begin(&l, ev, *out);
	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		if (regexp_rows_at(&p, i) != NULL &&
		    (g = group_of(&p, i)) >= 0)
			rc = extract_row(&p, &l, i, g, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	regexp_rows_end(&p);
	return list_finish(&l, rc, e);
}

static int
split_row(struct regexp_rows *p, struct list_out *l, uint32_t i,
    struct err *e)
{
	struct str x = kernel_str(p->args->v[0], i);
	size_t last = 0;
	int rc = 0;

	for (size_t from = 0; rc == 0 && regexp_rows_find(p, i, x, from);
	    from = regexp_next(&p->search, x)) {
		rc = vec_builder_str(&l->b[0], (struct str){ x.p + last,
		    p->search.at[0] - last }, e);
		last = p->search.at[1];
	}
	if (rc == 0)
		rc = vec_builder_str(&l->b[0], (struct str){ x.p + last,
		    x.n - last }, e);
	return rc;
}

static int
regexp_split(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		if (regexp_rows_at(&p, i) != NULL)
			rc = split_row(&p, &l, i, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	regexp_rows_end(&p);
	return list_finish(&l, rc, e);
}

static int
regexp_count(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;

	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		int64_t n = 0;

		if (regexp_rows_at(&p, i) == NULL)
			continue;
		for (size_t from = 0; regexp_rows_find(&p, i, x, from);
		    from = regexp_next(&p.search, x))
			n++;
		((int64_t *)(*out)->data)[i] = n;
	}
	regexp_rows_end(&p);
	return 0;
}

/* The place of the n-th match behind code point `start`, from 1; -1. */
static int64_t
find_position(struct regexp_rows *p, uint32_t i, int64_t start, int64_t n)
{
	struct str x = kernel_str(p->args->v[0], i);
	size_t from;

	if (start < 1 || n < 1) {
		eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    start < 1 ? "start position cannot be smaller than 1"
		    : "occurrence cannot be smaller than 1");
		return -1;
	}
	if ((uint64_t)start > x.n)
		return -1;
	from = utf8_offset(x, (size_t)start - 1);
	if (from >= x.n)
		return -1;
	for (; regexp_rows_find(p, i, x, from);
	    from = regexp_next(&p->search, x))
		if (--n == 0)
			return (int64_t)utf8_count((struct str){ x.p,
			    p->search.at[0] }) + 1;
	return -1;
}

static int
regexp_position(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;

	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		if (regexp_rows_at(&p, i) == NULL)
			continue;
		((int32_t *)(*out)->data)[i] = (int32_t)find_position(&p, i,
		    args->n < 3 ? 1 : KERNEL_AT(int64_t, args->v[2], i),
		    args->n < 4 ? 1 : KERNEL_AT(int64_t, args->v[3], i));
	}
	regexp_rows_end(&p);
	return 0;
}

const struct func func_regexp[] = {
	REGEXP("regexp_like(varchar(x),joniregexp):boolean", regexp_like,
	    "Does a text contain a match?"),
	REGEXP("regexp_extract(varchar(x),joniregexp):varchar(x)",
	    regexp_extract, "The first match"),
	REGEXP("regexp_extract(varchar(x),joniregexp,bigint):varchar(x)",
	    regexp_extract, "A group of the first match"),
	REGEXP("regexp_extract_all(varchar(x),joniregexp):array(varchar(x))",
	    regexp_extract_all, "All matches"),
	REGEXP("regexp_extract_all(varchar(x),joniregexp,bigint)"
	    ":array(varchar(x))", regexp_extract_all,
	    "A group of all matches"),
	REGEXP("regexp_split(varchar(x),joniregexp):array(varchar(x))",
	    regexp_split, "What stands between the matches"),
	REGEXP("regexp_count(varchar(x),joniregexp):bigint", regexp_count,
	    "How many matches there are"),
	REGEXP("regexp_position(varchar(x),joniregexp):integer",
	    regexp_position, "Where the first match begins"),
	REGEXP("regexp_position(varchar(x),joniregexp,bigint):integer",
	    regexp_position, "Where the first match from a place begins"),
	REGEXP("regexp_position(varchar(x),joniregexp,bigint,bigint):integer",
	    regexp_position, "Where the n-th match from a place begins"),
	{ 0 }
};
