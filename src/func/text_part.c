/* SPDX-License-Identifier: Apache-2.0
 * text_part.c - parts of texts: substr, trim, pad, positions. */
#include "func/kernel.h"
#include "func/search.h"
#include "func/tables.h"
#include "type/text.h"

/* ---- substr ---- */

/* Code points from..from+n (from 1; negative from the end) of s. */
static struct str
cut(struct str s, int64_t from, int64_t n)
{
	bool ascii = kernel_is_ascii(s);
	int64_t length = ascii ? (int64_t)s.n : (int64_t)utf8_count(s);
	size_t first, last;

	if (from == 0 || n <= 0)
		return (struct str){ s.p, 0 };
	from = from > 0 ? from - 1 : from + length;
	if (from < 0 || from >= length)
		return (struct str){ s.p, 0 };
	n = MIN(n, length - from);
	if (ascii)
		return (struct str){ s.p + from, (size_t)n };
	first = utf8_offset(s, (size_t)from);
	last = first + utf8_offset((struct str){ s.p + first, s.n - first },
	    (size_t)n);
	return (struct str){ s.p + first, last - first };
}

static int
substr(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	vec_share_bufs(*out, args->v[0]);
	KERNEL_EACH(s, i)
		kernel_put_shared(*out, i, cut(kernel_str(args->v[0], i),
		    KERNEL_AT(int64_t, args->v[1], i), args->n < 3 ? INT64_MAX
		    : KERNEL_AT(int64_t, args->v[2], i)));
	return 0;
}

static int
substr_char(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x;

		sbuf_clear(&b);
		char_pad(&b, kernel_str(args->v[0], i),
		    args->types[0]->length);
		x = cut(sbuf_str(&b), KERNEL_AT(int64_t, args->v[1], i),
		    args->n < 3 ? INT64_MAX
		    : KERNEL_AT(int64_t, args->v[2], i));
		if (args->result->id == TYPE_CHAR)
			x = char_trim(x);
		if ((rc = kernel_put(ev, *out, i, x, e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
substr_bytes(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	vec_share_bufs(*out, args->v[0]);
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		int64_t from = KERNEL_AT(int64_t, args->v[1], i);
		int64_t n = args->n < 3 ? INT64_MAX
		    : KERNEL_AT(int64_t, args->v[2], i);
		int64_t length = (int64_t)x.n;

		if (from != 0)
			from = from > 0 ? from - 1 : from + length;
		else
			n = 0;
		if (from < 0 || from >= length || n <= 0)
			n = from = 0;
		x.p += from;
		x.n = (size_t)MIN(n, length - from);
		kernel_put_shared(*out, i, x);
	}
	return 0;
}

/* ---- trim ---- */

static bool
is_among(int32_t c, struct str set)
{
	const char *p = set.p, *end = set.p + set.n;
	int n;

	for (; p < end; p += n)
		if (utf8_at(p, end, &n) == c)
			return true;
	return false;
}

static bool
goes(int32_t c, const struct str *set)
{
	return set == NULL ? c >= 0 && utf8_is_space(c)
	    : c >= 0 && is_among(c, *set);
}

static struct str
trim_ends(struct str s, const struct str *set, bool left, bool right)
{
	int n;

	while (left && s.n > 0 && goes(utf8_at(s.p, s.p + s.n, &n), set)) {
		s.p += n;
		s.n -= (size_t)n;
	}
	while (right && s.n > 0) {
		size_t at = s.n - 1;

		while (at > 0 && s.n - at < 4 &&
		    ((unsigned char)s.p[at] & 0xc0) == 0x80)
			at--;
		if (!goes(utf8_at(s.p + at, s.p + s.n, &n), set) ||
		    (size_t)n != s.n - at)
			break;
		s.n = at;
	}
	return s;
}

static int
trim_rows(const struct func_args *args, const struct rows_sel *s,
    struct vec *out, bool left, bool right)
{
	struct str set;

	vec_share_bufs(out, args->v[0]);
	KERNEL_EACH(s, i) {
		if (args->n > 1)
			set = kernel_str(args->v[1], i);
		kernel_put_shared(out, i, trim_ends(kernel_str(args->v[0], i),
		    args->n > 1 ? &set : NULL, left, right));
	}
	return 0;
}

#define TRIM(name, left, right) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return trim_rows(args, s, *out, left, right); \
}
TRIM(trim, true, true)
TRIM(ltrim, true, false)
TRIM(rtrim, false, true)

/* char(x) gives varchar(x). */
static int
resolve_char_to_varchar(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	*result = type_varchar(a, args[0]->length);
	return 0;
}

/* ---- pad ---- */

static int
pad_row(struct eval *ev, const struct func_args *args, uint32_t i,
    struct sbuf *b, bool left)
{
	struct str x = kernel_str(args->v[0], i);
	struct str with = kernel_str(args->v[2], i);
	int64_t want = KERNEL_AT(int64_t, args->v[1], i), have, missing, each;
	bool bytes = args->types[0]->id == TYPE_VARBINARY;

	if (want < 0 || want > INT32_MAX) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Target length must be in the range [0..2147483647]");
		return 0;
	}
	if (with.n == 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    bytes ? "Padding bytes must not be empty"
		    : "Padding string must not be empty");
		return 0;
	}
	have = bytes ? (int64_t)x.n : (int64_t)utf8_count(x);
	each = bytes ? (int64_t)with.n : (int64_t)utf8_count(with);
	if (have >= want) {
		sbuf_add(b, x.p, bytes ? (size_t)want
		    : utf8_offset(x, (size_t)want));
		return 0;
	}
	if (!left)
		sbuf_adds(b, x);
	for (missing = want - have; missing >= each; missing -= each)
		sbuf_adds(b, with);
	sbuf_add(b, with.p, bytes ? (size_t)missing
	    : utf8_offset(with, (size_t)missing));
	if (left)
		sbuf_adds(b, x);
	return 0;
}

static int
pad_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, bool left, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		sbuf_clear(&b);
		pad_row(ev, args, i, &b, left);
		if ((rc = kernel_put(ev, out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
lpad(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	return pad_rows(ev, args, s, *out, true, e);
}

static int
rpad(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	return pad_rows(ev, args, s, *out, false, e);
}

/* ---- positions ---- */

/* Code points before byte `at`, from 1. */
static int64_t
position_of(struct str s, ptrdiff_t at)
{
	return at < 0 ? 0 : 1 + (int64_t)utf8_count((struct str){ s.p,
	    (size_t)at });
}

/* The n-th occurrence; negative: from the end. */
static int64_t
find_nth(struct str s, struct str what, int64_t n)
{
	ptrdiff_t at = -1;

	if (what.n == 0)
		return 1;
	if (n > 0) {
		size_t from = 0;

		for (; n > 0; n--) {
			at = search_find(s, what, from);
			if (at < 0)
				return 0;
			from = (size_t)at + 1;
		}
		return position_of(s, at);
	}
	for (size_t k = s.n + 1; k-- > what.n;)
		if (memcmp(s.p + k - what.n, what.p, what.n) == 0 && ++n == 0)
			return position_of(s, (ptrdiff_t)(k - what.n));
	return 0;
}

static int
strpos(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		int64_t n = args->n < 3 ? 1
		    : KERNEL_AT(int64_t, args->v[2], i);

		if (n == 0)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "'instance' must be a positive or negative "
			    "number.");
		else
			r[i] = find_nth(kernel_str(args->v[0], i),
			    kernel_str(args->v[1], i), n);
	}
	return 0;
}

static int
starts_with(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint8_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = str_starts(kernel_str(args->v[0], i),
		    kernel_str(args->v[1], i));
	return 0;
}

static int
ends_with(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint8_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = str_ends(kernel_str(args->v[0], i),
		    kernel_str(args->v[1], i));
	return 0;
}

#define SUBSTR(name, more) \
	{ .signature = name "(varchar(x),bigint" more "):varchar(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = substr, \
	    .help = "Part of a text" }, \
	{ .signature = name "(char(x),bigint" more "):char(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = substr_char, \
	    .resolve = resolve_char_to_varchar, .help = "Part of a text" }
#define TRIMS(name) \
	{ .signature = #name "(varchar(x)):varchar(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = name, \
	    .help = "Takes white space away" }, \
	{ .signature = #name "(char(x)):char(x)", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = name, .resolve = resolve_char_to_varchar, \
	    .help = "Takes white space away" }, \
	{ .signature = #name "(varchar(x),codepoints):varchar(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = name, \
	    .help = "Takes characters away" }, \
	{ .signature = #name "(char(x),codepoints):char(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = name, \
	    .resolve = resolve_char_to_varchar, \
	    .help = "Takes characters away" }
#define PAD(name) \
	{ .signature = #name "(varchar(x),bigint,varchar(y)):varchar", \
	    .kernel = name, .help = "Fills a text up to a length" }, \
	{ .signature = #name "(char(x),bigint,varchar(y)):varchar", \
	    .kernel = name, .help = "Fills a text up to a length" }, \
	{ .signature = #name "(varbinary,bigint,varbinary):varbinary", \
	    .kernel = name, .help = "Fills a binary up to a length" }

const struct func func_text_part[] = {
	SUBSTR("substr", ""), SUBSTR("substr", ",bigint"),
	{ .signature = "substr(varbinary,bigint):varbinary",
	    .flags = FUNC_CANNOT_FAIL, .kernel = substr_bytes,
	    .help = "Part of a binary" },
	{ .signature = "substr(varbinary,bigint,bigint):varbinary",
	    .flags = FUNC_CANNOT_FAIL, .kernel = substr_bytes,
	    .help = "Part of a binary" },
	SUBSTR("substring", ""), SUBSTR("substring", ",bigint"),
	TRIMS(trim), TRIMS(ltrim), TRIMS(rtrim),
	PAD(lpad), PAD(rpad),
	{ .signature = "strpos(varchar(x),varchar(y)):bigint",
	    .flags = FUNC_CANNOT_FAIL, .kernel = strpos,
	    .help = "Where a text begins in another, from 1; 0: nowhere" },
	{ .signature = "strpos(varchar(x),varchar(y),bigint):bigint",
	    .kernel = strpos, .help = "Where the n-th occurrence begins" },
	{ .signature = "starts_with(varchar(x),varchar(y)):boolean",
	    .flags = FUNC_CANNOT_FAIL, .kernel = starts_with,
	    .help = "Does a text begin with another?" },
	{ .signature = "ends_with(varchar(x),varchar(y)):boolean",
	    .flags = FUNC_CANNOT_FAIL, .kernel = ends_with,
	    .help = "Does a text end with another?" },
	{ 0 }
};
