/* SPDX-License-Identifier: Apache-2.0
 * regexp_replace.c - regexp_replace with a text ("$1", "${name}", "\\$") or a
 * lambda that gets the groups. */
#include <ctype.h>
#include <stdlib.h>

#include "func/list.h"
#include "func/regexp_rows.h"
#include "func/tables.h"

static void
bad_replacement(struct regexp_rows *p, uint32_t i, struct str with)
{
	eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Illegal replacement sequence: %.*s", STR_ARG(with));
}

/* After '$', at with.p[*k]: the group's number, or -1 (an error). */
static int
replacement_group(struct regexp_rows *p, uint32_t i, struct str with,
    size_t *k)
{
	const struct regexp *r = p->use;
	size_t from = *k, end;
	int g = 0;

	if (from < with.n && with.p[from] == '{') {
		struct str name;

		for (end = ++from; end < with.n && with.p[end] != '}'; end++)
			;
		if (end == with.n) {
			bad_replacement(p, i, with);
			return -1;
		}
		name = (struct str){ with.p + from, end - from };
		*k = end + 1;
		for (int m = 0; m < r->n_names; m++)
			if (str_eq(r->names[m].name, name))
				return r->names[m].group;
		eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Illegal replacement sequence: unknown group { %.*s }",
		    STR_ARG(name));
		return -1;
	}
	if (from == with.n || !isdigit((unsigned char)with.p[from])) {
		bad_replacement(p, i, with);
		return -1;
	}
	g = with.p[from++] - '0';
	if (g > r->n_groups) {
		eval_row_error(p->ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Illegal replacement sequence: unknown group %d", g);
		return -1;
	}
	while (from < with.n && isdigit((unsigned char)with.p[from]) &&
	    g * 10 + (with.p[from] - '0') <= r->n_groups)
		g = g * 10 + (with.p[from++] - '0');
	*k = from;
	return g;
}

static bool
add_replacement(struct regexp_rows *p, uint32_t i, struct str x,
    struct str with, struct sbuf *b)
{
	struct str got;

	for (size_t k = 0; k < with.n;) {
		char c = with.p[k++];
		int g;

		if (c == '\\') {
			if (k == with.n) {
				bad_replacement(p, i, with);
				return false;
			}
			sbuf_addc(b, with.p[k++]);
		} else if (c == '$') {
			if ((g = replacement_group(p, i, with, &k)) < 0)
				return false;
			if (regexp_group(&p->search, x, g, &got))
				sbuf_adds(b, got);
		} else {
			sbuf_addc(b, c);
		}
	}
	return true;
}

static void
replace_row(struct regexp_rows *p, uint32_t i, struct sbuf *b)
{
	struct str x = kernel_str(p->args->v[0], i), with = { "", 0 };
	size_t last = 0;

	if (p->args->n > 2)
		with = kernel_str(p->args->v[2], i);
	for (size_t from = 0; regexp_rows_find(p, i, x, from);
	    from = regexp_next(&p->search, x)) {
		sbuf_add(b, x.p + last, p->search.at[0] - last);
		if (!add_replacement(p, i, x, with, b))
			return;
		last = p->search.at[1];
	}
	sbuf_add(b, x.p + last, x.n - last);
}

static int
regexp_replace(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct regexp_rows p;
	struct sbuf b = { 0 };
	int rc = 0;

	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i) {
		if (regexp_rows_at(&p, i) == NULL)
			continue;
		sbuf_clear(&b);
		replace_row(&p, i, &b);
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	regexp_rows_end(&p);
	sbuf_release(&b);
	return rc;
}

/* ---- with a lambda ---- */

/* All matches of all rows: where, in which row, with which groups. */
struct matches {
	uint32_t n, cap;
	uint32_t *row;
	size_t (*at)[2];
	struct vec_builder groups;
};

static int
collect_row(struct regexp_rows *p, struct matches *m, uint32_t i,
    struct err *e)
{
	struct str x = kernel_str(p->args->v[0], i), got;
	int rc = 0;

	for (size_t from = 0; rc == 0 && regexp_rows_find(p, i, x, from);
	    from = regexp_next(&p->search, x)) {
		if (m->n == m->cap) {
			m->cap = m->cap == 0 ? 256 : m->cap * 2;
			m->row = xrealloc(m->row, m->cap * sizeof(*m->row));
			m->at = xrealloc(m->at, m->cap * sizeof(*m->at));
		}
		m->row[m->n] = i;
		memcpy(m->at[m->n++], p->search.at, sizeof(*m->at));
		for (int g = 1; rc == 0 && g <= p->use->n_groups; g++)
			rc = regexp_group(&p->search, x, g, &got)
			    ? vec_builder_str(&m->groups.child[0], got, e)
			    : vec_builder_null(&m->groups.child[0], e);
		if (rc == 0)
			rc = vec_builder_list(&m->groups,
			    (uint32_t)p->use->n_groups, e);
	}
	return rc;
}

/* The texts between the matches and the lambda's answers, put together. */
static int
join_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, const struct matches *m, const struct vec *v,
    struct vec *out, struct err *e)
{
	struct sbuf b = { 0 };
	uint32_t k = 0;
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		size_t last = 0;
		bool null = false;

		sbuf_clear(&b);
		for (; k < m->n && m->row[k] == i; k++) {
			sbuf_add(&b, x.p + last, m->at[k][0] - last);
			if (vec_is_null(v, k))
				null = true;
			else
				sbuf_adds(&b, strview_str(vec_at(v, k)));
			last = m->at[k][1];
		}
		sbuf_add(&b, x.p + last, x.n - last);
		rc = null ? kernel_put_null(ev, out, i, e)
		    : kernel_put(ev, out, i, sbuf_str(&b), e);
		if (rc != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
regexp_replace_lambda(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct lambda *l = args->lambda[2];
	struct regexp_rows p;
	struct matches m = { 0 };
	struct vec *groups = NULL, *v = NULL;
	const struct type *list = type_array(ev->scratch, TYPE(VARCHAR));
	int rc = 0;

	vec_builder_init(&m.groups, list, ev->account);
	regexp_rows_begin(&p, ev, args);
	KERNEL_EACH(s, i)
		if (rc == 0 && regexp_rows_at(&p, i) != NULL)
			rc = collect_row(&p, &m, i, e);
	regexp_rows_end(&p);
	if (rc == 0 && (groups = vec_builder_finish(&m.groups, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&m.groups);
	if (rc == 0) {
		const struct vec *arg[1] = { groups };

		rc = l->apply(l, ev, arg, m.row, m.n, &v, e);
	}
	if (rc == 0)
		rc = join_rows(ev, args, s, &m, v, *out, e);
	vec_drop(&v);
	vec_drop(&groups);
	free(m.row);
	free(m.at);
	return rc;
}

/* min(2147483647, x + max(x * y / 2, y) * (x + 1)) */
static int
resolve_replace(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	double x = args[0]->length, y = args[2]->length, most = x * y / 2;

	most = x + (most > y ? (double)(int64_t)most : y) * (x + 1);
	*result = most >= INT32_MAX ? TYPE(VARCHAR)
	    : type_varchar(a, (int32_t)most);
	return 0;
}

const struct func func_regexp_replace[] = {
	REGEXP("regexp_replace(varchar(x),joniregexp):varchar(x)",
	    regexp_replace, "A text without the matches"),
	{ .signature = "regexp_replace(varchar(x),joniregexp,varchar(y))"
	    ":varchar", .kernel = regexp_replace, .prepare = regexp_prepare,
	    .unprepare = regexp_unprepare, .resolve = resolve_replace,
	    .help = "A text with other text for the matches" },
	REGEXP("regexp_replace(varchar,joniregexp,"
	    "function(array(varchar),varchar(x))):varchar",
	    regexp_replace_lambda,
	    "A text with what a lambda makes of the matches"),
	{ 0 }
};
