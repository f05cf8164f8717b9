/* SPDX-License-Identifier: Apache-2.0
 * choose.c - greatest, least, typeof, fail, and what the session knows. */
#include "func/compare.h"
#include "func/kernel.h"
#include "func/tables.h"
#include "page/build.h"

/* ---- greatest, least ---- */

/* Which argument is it for row i?  NaN only when there is nothing else. */
static int
best_argument(const struct func_args *args, uint32_t i, int want)
{
	int best = 0;

	for (int k = 1; k < args->n; k++) {
		int order = compare_extreme(args->v[k], i, args->v[best], i,
		    want);

		if (want > 0 ? order > 0 : order < 0)
			best = k;
	}
	return best;
}

#define BEST_PLAIN(T) do { \
	T *r = (*out)->data; \
	KERNEL_EACH(s, i) { \
		T m = KERNEL_AT(T, args->v[0], i); \
		for (int k = 1; k < args->n; k++) { \
			T x = KERNEL_AT(T, args->v[k], i); \
			m = want > 0 ? MAX(m, x) : MIN(m, x); \
		} \
		r[i] = m; \
	} \
	return 0; \
} while (0)

static int
best_nested(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, int want, struct err *e)
{
	struct vec_builder b;
	struct vec *v = NULL;
	uint32_t at = 0;
	int rc = 0;

	vec_builder_init(&b, args->result, ev->account);
	KERNEL_EACH(s, i) {
		for (; at < i && rc == 0; at++)
			rc = vec_builder_null(&b, e);
		if (rc == 0)
			rc = vec_builder_row(&b, args->v[best_argument(args,
			    i, want)], i, e);
		at = i + 1;
		if (rc != 0)
			break;
	}
	for (; at < s->page_rows && rc == 0; at++)
		rc = vec_builder_null(&b, e);
	if (rc == 0 && (v = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	if (rc == 0) {
		vec_drop(out);
		*out = v;
	}
	return rc;
}

static int
best(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, int want, struct err *e)
{
	const struct type *t = args->result;
	size_t width = (size_t)type_width(t);

	if (t->rep == REP_I64 && t->id != TYPE_TIMESTAMP_TZ)
		BEST_PLAIN(int64_t);
	if (t->rep == REP_I32)
		BEST_PLAIN(int32_t);
	if (t->rep == REP_LIST || t->rep == REP_ROW)
		return best_nested(ev, args, s, out, want, e);
	if (t->rep == REP_STR)
		for (int k = 0; k < args->n; k++)
			vec_share_bufs(*out, args->v[k]);
	KERNEL_EACH(s, i)
		memcpy((char *)(*out)->data + i * width,
		    vec_at(args->v[best_argument(args, i, want)], i), width);
	return 0;
}

static int
greatest(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return best(ev, args, s, out, 1, e);
}

static int
least(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return best(ev, args, s, out, -1, e);
}

/* ---- typeof, fail, session ---- */

static int
put_all(struct eval *ev, struct vec *out, const struct rows_sel *s,
    struct str text, struct err *e)
{
	struct strview view;
	int rc;

	if (s->n == 0)
		return 0;
	rc = kernel_put(ev, out, kernel_row(s, 0), text, e);
	if (rc != 0)
		return rc;
	view = ((struct strview *)out->data)[kernel_row(s, 0)];
	kernel_fill(out, s, &view);
	return 0;
}

static int
type_of(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc;

	type_print(&b, args->types[0]);
	rc = put_all(ev, *out, s, sbuf_str(&b), e);
	sbuf_release(&b);
	return rc;
}

static int
fail(struct eval *ev, const struct func_args *args, const struct rows_sel *s,
    struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str text = kernel_str(args->v[args->n - 1], i);
		enum err_code code = ERR_GENERIC_USER_ERROR;

		if (args->n == 2)
			for (int c = 1; c < ERR_COUNT; c++)
				if (err_number((enum err_code)c) ==
				    KERNEL_AT(int32_t, args->v[0], i))
					code = (enum err_code)c;
		eval_row_error(ev, i, code, "%.*s", STR_ARG(text));
	}
	return 0;
}

static int
query_version(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return put_all(ev, *out, s, ev->session == NULL ? STR("")
	    : ev->session->version, e);
}

const struct func func_choose[] = {
	{ .signature = "greatest(<E...):E", .flags = FUNC_CANNOT_FAIL,
	    .kernel = greatest, .help = "The largest argument" },
	{ .signature = "least(<E...):E", .flags = FUNC_CANNOT_FAIL,
	    .kernel = least, .help = "The smallest argument" },
	{ .signature = "typeof(T):varchar", .flags = FUNC_CANNOT_FAIL |
	    FUNC_NULL_CALLS, .kernel = type_of,
	    .help = "The type's name" },
	{ .signature = "fail(varchar):unknown", .kernel = fail,
	    .help = "Fails with a message" },
	{ .signature = "fail(integer,varchar):unknown", .kernel = fail,
	    .help = "Fails with a code and a message" },
	{ .signature = "version():varchar", .flags = FUNC_CANNOT_FAIL,
	    .kernel = query_version, .help = "The server's version" },
	{ 0 }
};
