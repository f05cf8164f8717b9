/* SPDX-License-Identifier: Apache-2.0
 * like.c - LIKE: a pattern becomes segments of plain bytes and '_' between
 * '%'s; most patterns end up as equality, prefix, suffix or a few substring
 * searches. */
#include <stdlib.h>

#include "func/kernel.h"
#include "func/search.h"
#include "func/tables.h"
#include "type/text.h"

/* One stretch without '%': bytes, where a 0xff byte (no UTF-8) is '_'. */
enum { LIKE_ANY = 0xff };

struct like_segment {
	struct str text;
	bool plain;             /* without '_' */
	size_t chars;           /* code points when not plain */
};

struct like {
	struct sbuf bytes;
	int n;
	struct like_segment *segment;
	bool open_start, open_end;      /* '%' at the ends */
};

static const char bad_escape[] = "Escape character must be followed by '%', "
    "'_' or the escape character itself";

static void
like_release(struct like *l)
{
	sbuf_release(&l->bytes);
	free(l->segment);
	memset(l, 0, sizeof(*l));
}

static void
add_segment(struct like *l, size_t from)
{
	struct like_segment *s;

	l->segment = xrealloc(l->segment, sizeof(*s) * (size_t)(l->n + 1));
	s = &l->segment[l->n++];
	s->text = (struct str){ NULL, l->bytes.n - from };
	s->text.p = (const char *)from;         /* an offset until the end */
}

/* false: the pattern ends in, or misuses, the escape character. */
static bool
like_compile(struct like *l, struct str pattern, int escape)
{
	size_t from = 0;
	bool percent = false, any = false;

	for (size_t i = 0; i < pattern.n; i++) {
		unsigned char c = (unsigned char)pattern.p[i];

		if (escape >= 0 && c == escape) {
			if (++i == pattern.n)
				return false;
			c = (unsigned char)pattern.p[i];
			if (c != '%' && c != '_' && c != escape)
				return false;
		} else if (c == '%') {
			if (!any)
				l->open_start = true;
			else if (!percent)
				add_segment(l, from);
			from = l->bytes.n;
			percent = true;
			continue;
		} else if (c == '_') {
			c = LIKE_ANY;
		}
		sbuf_addc(&l->bytes, (char)c);
		any = true;
		percent = false;
	}
	if (percent)
		l->open_end = true;
	else
		add_segment(l, from);
	if (!any && percent)
		l->open_start = l->open_end = true;
	for (int k = 0; k < l->n; k++) {
		struct like_segment *s = &l->segment[k];
		size_t at = (size_t)s->text.p;

		s->text.p = l->bytes.p == NULL ? "" : l->bytes.p + at;
		s->plain = s->text.n == 0 ||
		    memchr(s->text.p, LIKE_ANY, s->text.n) == NULL;
	}
	return true;
}

/* Does the segment stand at s's start?  *used: its bytes there. */
static bool
stands(const struct like_segment *g, struct str s, size_t *used)
{
	size_t at = 0;
	int n;

	if (g->plain) {
		*used = g->text.n;
		return s.n >= g->text.n &&
		    memcmp(s.p, g->text.p, g->text.n) == 0;
	}
	for (size_t i = 0; i < g->text.n; i++) {
		if (at >= s.n)
			return false;
		if ((unsigned char)g->text.p[i] == LIKE_ANY) {
			utf8_at(s.p + at, s.p + s.n, &n);
			at += (size_t)n;
		} else if (s.p[at] == g->text.p[i]) {
			at++;
		} else {
			return false;
		}
	}
	*used = at;
	return true;
}

/* The first place at or after 0 where it stands. */
static ptrdiff_t
find_segment(const struct like_segment *g, struct str s, size_t *used)
{
	int n;

	if (g->plain) {
		*used = g->text.n;
		return search_find(s, g->text, 0);
	}
	for (size_t at = 0; at <= s.n;) {
		if (stands(g, (struct str){ s.p + at, s.n - at }, used))
			return (ptrdiff_t)at;
		if (at == s.n)
			break;
		utf8_at(s.p + at, s.p + s.n, &n);
		at += (size_t)n;
	}
	return -1;
}

/* Does it stand so that it ends where s ends? */
static bool
stands_at_end(const struct like_segment *g, struct str s)
{
	size_t used;
	int n;

	if (g->plain)
		return str_ends(s, g->text);
	for (size_t at = 0; at <= s.n;) {
		if (stands(g, (struct str){ s.p + at, s.n - at }, &used) &&
		    at + used == s.n)
			return true;
		if (at == s.n)
			break;
		utf8_at(s.p + at, s.p + s.n, &n);
		at += (size_t)n;
	}
	return false;
}

static bool
like_match(const struct like *l, struct str s)
{
	int from = 0, to = l->n;
	size_t used;

	if (!l->open_start && from < to) {
		if (!stands(&l->segment[0], s, &used))
			return false;
		s.p += used;
		s.n -= used;
		from = 1;
		if (to == 1 && !l->open_end)
			return s.n == 0;
	}
	if (!l->open_end && from < to)
		to--;
	for (int k = from; k < to; k++) {
		ptrdiff_t at = find_segment(&l->segment[k], s, &used);

		if (at < 0)
			return false;
		s.p += (size_t)at + used;
		s.n -= (size_t)at + used;
	}
	if (!l->open_end && to < l->n)
		return stands_at_end(&l->segment[to], s);
	return true;
}

/* ---- */

/* -1: none; -2: bad. */
static int
escape_of(const struct vec *v, uint32_t i)
{
	struct str s = kernel_str(v, i);

	return s.n == 1 && (unsigned char)s.p[0] < 0x80
	    ? (unsigned char)s.p[0] : s.n == 2 &&
	    utf8_count(s) == 1 ? -3 : -2;
}

/* An escape beyond ASCII (one UTF-16 unit) is replaced by U+0001 in pattern
 * and escape when the pattern has none. */
static int
compile_row(struct like *l, struct str pattern, const struct vec *escape,
    uint32_t i, const char **error)
{
	struct sbuf b = { 0 };
	int c = escape == NULL ? -1 : escape_of(escape, i);
	bool good;

	*error = NULL;
	if (c == -3 || (c == -2 && kernel_str(escape, i).n == 3 &&
	    utf8_count(kernel_str(escape, i)) == 1)) {
		struct str what = kernel_str(escape, i);
		size_t from = 0;
		ptrdiff_t at;

		while ((at = search_find(pattern, what, from)) >= 0) {
			sbuf_add(&b, pattern.p + from, (size_t)at - from);
			sbuf_addc(&b, 1);
			from = (size_t)at + what.n;
		}
		sbuf_add(&b, pattern.p + from, pattern.n - from);
		good = like_compile(l, sbuf_str(&b), 1);
		sbuf_release(&b);
	} else if (c == -2) {
		*error = "Escape string must be a single character";
		return -1;
	} else {
		good = like_compile(l, pattern, c);
	}
	if (!good)
		*error = bad_escape;
	return good ? 0 : -1;
}

static int
prepare(const struct type *const *types, const struct vec *const *value,
    int n, void **bound, struct err *e)
{
	struct like *l;
	const char *error;

	*bound = NULL;
	for (int i = 1; i < n; i++)
		if (value[i] == NULL || vec_is_null(value[i], 0))
			return 0;
	l = xcalloc(1, sizeof(*l));
	if (compile_row(l, kernel_str(value[1], 0), n > 2 ? value[2] : NULL,
	    0, &error) != 0) {
		like_release(l);
		free(l);
		return 0;
	}
	*bound = l;
	return 0;
}

static void
unprepare(void *bound)
{
	like_release(bound);
	free(bound);
}

/* One plain segment between '%'s, or at an end: without the loop. */
static bool
match_simple(const struct like *l, const struct vec *v,
    const struct rows_sel *s, uint8_t *r)
{
	struct str what;

	if (l->n != 1 || !l->segment[0].plain)
		return false;
	what = l->segment[0].text;
	if (l->open_start && l->open_end)
		KERNEL_EACH(s, i)
			r[i] = search_find(kernel_str(v, i), what, 0) >= 0;
	else if (l->open_end)
		KERNEL_EACH(s, i)
			r[i] = str_starts(kernel_str(v, i), what);
	else if (l->open_start)
		KERNEL_EACH(s, i)
			r[i] = str_ends(kernel_str(v, i), what);
	else
		KERNEL_EACH(s, i)
			r[i] = str_eq(kernel_str(v, i), what);
	return true;
}

static void
match_row(struct eval *ev, const struct func_args *args, uint32_t i,
    struct str x, uint8_t *r)
{
	struct like l = { 0 };
	const char *error;

	if (args->bound != NULL) {
		r[i] = like_match(args->bound, x);
		return;
	}
	if (compile_row(&l, kernel_str(args->v[1], i), args->n > 2
	    ? args->v[2] : NULL, i, &error) == 0)
		r[i] = like_match(&l, x);
	else
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT, "%s",
		    error);
	like_release(&l);
}

static int
like(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	bool chars = args->types[0]->id == TYPE_CHAR;
	uint8_t *r = (*out)->data;
	struct sbuf b = { 0 };

	if (args->bound != NULL && !chars &&
	    match_simple(args->bound, args->v[0], s, r))
		return 0;
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		if (chars) {
			sbuf_clear(&b);
			char_pad(&b, x, args->types[0]->length);
			x = sbuf_str(&b);
		}
		match_row(ev, args, i, x, r);
	}
	sbuf_release(&b);
	return 0;
}

#define LIKE(args) \
	{ .signature = "LIKE(" args "):boolean", \
	    .flags = FUNC_OPERATOR | FUNC_HIDDEN, .kernel = like, \
	    .prepare = prepare, .unprepare = unprepare }

const struct func func_like[] = {
	LIKE("varchar(x),likepattern"),
	LIKE("char(x),likepattern"),
	LIKE("varchar(x),likepattern,likepattern"),
	LIKE("char(x),likepattern,likepattern"),
	{ 0 }
};
