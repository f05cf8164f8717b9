/* SPDX-License-Identifier: Apache-2.0
 * text_basic.c - length, case, concat, reverse, chr and codepoint. */
#include <utf8proc.h>

#include "func/kernel.h"
#include "func/tables.h"
#include "type/text.h"

bool
kernel_is_ascii(struct str s)
{
	uint64_t high = 0, word;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		high |= word;
	}
	for (; i < s.n; i++)
		high |= (uint64_t)(unsigned char)s.p[i];
	return (high & UINT64_C(0x8080808080808080)) == 0;
}

/* ---- length ---- */

static int
length_text(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = (int64_t)utf8_count(kernel_str(args->v[0], i));
	return 0;
}

static int
length_char(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t n = args->types[0]->length;

	kernel_fill(*out, s, &n);
	return 0;
}

static int
length_bytes(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = (int64_t)kernel_str(args->v[0], i).n;
	return 0;
}

/* ---- case ---- */

static void
ascii_case(char *to, const char *from, size_t n, bool upper)
{
	char first = upper ? 'a' : 'A';

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from[i];
		bool flip = (unsigned char)(c - first) < 26;

		to[i] = (char)(c ^ (flip ? 0x20 : 0));
	}
}

static int32_t
one_case(int32_t c, bool upper)
{
	if (upper && c == 0xdf)
		return c;
	return upper ? utf8proc_toupper(c) : utf8proc_tolower(c);
}

/* Code point by code point, as Trino: no special casing, one for one.
 * U+0130 lowers to a plain i, a sharp s has no upper case. */
void
kernel_case(struct sbuf *to, struct str s, bool upper)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		int n;
		int32_t c = utf8_at(p, end, &n);

		if (c < 0)
			sbuf_add(to, p, (size_t)n);
		else if (c == 0x130 && !upper)
			sbuf_addc(to, 'i');
		else
			utf8_add(to, one_case(c, upper));
		p += n;
	}
}

static int
change_case(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, bool upper, struct err *e)
{
	struct strview *r = out->data;
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		if (kernel_is_ascii(x)) {
			char small[STRVIEW_INLINE], *to = small;

			if (x.n > sizeof(small) &&
			    (to = kernel_heap(ev, out, x.n, e)) == NULL)
				return -e->code;
			ascii_case(to, x.p, x.n, upper);
			r[i] = strview_of((struct str){ to, x.n });
			continue;
		}
		sbuf_clear(&b);
		kernel_case(&b, x, upper);
		if ((rc = kernel_put(ev, out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
lower(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	return change_case(ev, args, s, *out, false, e);
}

static int
upper(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	return change_case(ev, args, s, *out, true, e);
}

static int
title_case(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		const char *p = x.p, *end = x.p + x.n;
		bool start = true;

		sbuf_clear(&b);
		while (p < end) {
			int n;
			int32_t c = utf8_at(p, end, &n);

			if (c < 0)
				sbuf_add(&b, p, (size_t)n);
			else
				utf8_add(&b, start ? utf8proc_totitle(c)
				    : utf8proc_tolower(c));
			start = c >= 0 && utf8_is_space(c);
			p += n;
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- concat ---- */

/* char(n) takes part with its blanks. */
static size_t
padding(const struct type *t, struct str s)
{
	if (t->id != TYPE_CHAR)
		return 0;
	return (size_t)t->length - MIN((size_t)t->length, utf8_count(s));
}

static int
concat_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, struct err *e)
{
	struct strview *r = out->data;
	bool chars = args->types[0]->id == TYPE_CHAR;

	KERNEL_EACH(s, i) {
		size_t total = 0, at = 0;
		char small[STRVIEW_INLINE], *to = small;

		for (int k = 0; k < args->n; k++) {
			struct str x = kernel_str(args->v[k], i);

			total += x.n;
			if (chars && k + 1 < args->n)
				total += padding(args->types[k], x);
		}
		if (total > INT32_MAX)
			return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Concatenated string is too large");
		if (total > sizeof(small) &&
		    (to = kernel_heap(ev, out, total, e)) == NULL)
			return -e->code;
		for (int k = 0; k < args->n; k++) {
			struct str x = kernel_str(args->v[k], i);
			size_t pad = chars && k + 1 < args->n
			    ? padding(args->types[k], x) : 0;

			if (x.n > 0)
				memcpy(to + at, x.p, x.n);
			memset(to + at + x.n, ' ', pad);
			at += x.n + pad;
		}
		r[i] = strview_of((struct str){ to, total });
		if (chars)
			r[i] = strview_of(char_trim(strview_str(&r[i])));
	}
	return 0;
}

static int
concat(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	if (args->n < 2) {
		KERNEL_EACH(s, i)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "There must be two or more concatenation "
			    "arguments");
		return 0;
	}
	return concat_rows(ev, args, s, *out, e);
}

static int
resolve_concat_char(struct arena *a, const struct type **args, int n,
    const struct type **result, struct err *e)
{
	*result = type_char(a, MIN(args[0]->length + args[1]->length, 65536));
	return 0;
}

/* ---- reverse, chr, codepoint ---- */

static int
reverse(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 }, padded = { 0 };
	bool chars = args->types[0]->id == TYPE_CHAR;
	bool bytes = args->types[0]->id == TYPE_VARBINARY;
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		char *to;

		if (chars) {
			sbuf_clear(&padded);
			char_pad(&padded, x, args->types[0]->length);
			x = sbuf_str(&padded);
		}
		sbuf_clear(&b);
		to = sbuf_reserve(&b, x.n);
		for (size_t at = 0; at < x.n;) {
			int n = 1;

			if (!bytes)
				utf8_at(x.p + at, x.p + x.n, &n);
			memcpy(to + x.n - at - (size_t)n, x.p + at,
			    (size_t)n);
			at += (size_t)n;
		}
		b.n = x.n;
		rc = kernel_put(ev, *out, i, chars ? char_trim(sbuf_str(&b))
		    : sbuf_str(&b), e);
		if (rc != 0)
			break;
	}
	sbuf_release(&b);
	sbuf_release(&padded);
	return rc;
}

static int
chr(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i) {
		int64_t c = KERNEL_AT(int64_t, args->v[0], i);

		if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Not a valid Unicode code point: %lld",
			    (long long)c);
			continue;
		}
		sbuf_clear(&b);
		utf8_add(&b, (int32_t)c);
		kernel_put_shared(*out, i, sbuf_str(&b));
	}
	sbuf_release(&b);
	return 0;
}

static int
codepoint(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int32_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		int n = 0;

		r[i] = x.n == 0 ? -1 : utf8_at(x.p, x.p + x.n, &n);
		if (r[i] < 0 || (size_t)n != x.n)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Input string must be a single character string");
	}
	return 0;
}

#define TEXT(name, fn, help_text) \
	{ .signature = name "(varchar(x)):varchar(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = fn, .help = help_text }, \
	{ .signature = name "(char(x)):char(x)", \
	    .flags = FUNC_CANNOT_FAIL, .kernel = fn, .help = help_text }

const struct func func_text_basic[] = {
	{ .signature = "length(varchar(x)):bigint", .flags = FUNC_CANNOT_FAIL,
	    .kernel = length_text, .help = "Code points of a text" },
	{ .signature = "length(char(x)):bigint", .flags = FUNC_CANNOT_FAIL,
	    .kernel = length_char, .help = "Code points of a text" },
	{ .signature = "length(varbinary):bigint", .flags = FUNC_CANNOT_FAIL,
	    .kernel = length_bytes, .help = "Bytes of a binary" },
	TEXT("lower", lower, "Lower case"),
	TEXT("upper", upper, "Upper case"),
	TEXT("title_case", title_case, "First letters upper case"),
	{ .signature = "concat(char(x),char(y)):char(x)", .kernel = concat,
	    .resolve = resolve_concat_char, .help = "Joins texts" },
	{ .signature = "concat(varchar...):varchar", .kernel = concat,
	    .help = "Joins texts" },
	{ .signature = "concat(varbinary...):varbinary", .kernel = concat,
	    .help = "Joins binaries" },
	TEXT("reverse", reverse, "The text from the end"),
	{ .signature = "reverse(varbinary):varbinary",
	    .flags = FUNC_CANNOT_FAIL, .kernel = reverse,
	    .help = "The bytes from the end" },
	{ .signature = "chr(bigint):varchar(1)", .kernel = chr,
	    .help = "The character of a code point" },
	{ .signature = "codepoint(varchar(1)):integer", .kernel = codepoint,
	    .help = "The code point of a character" },
	{ 0 }
};
