/* SPDX-License-Identifier: Apache-2.0
 * json_func.c - json_parse, json_format, json_extract and the functions of
 * json arrays. */
#include <stdlib.h>

#include "func/json_read.h"
#include "func/kernel.h"
#include "func/tables.h"
#include "type/float.h"
#include "type/json.h"

static int
json_parse(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		sbuf_clear(&b);
		if (!json_normalize(&b, x)) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Cannot convert value to JSON: '%.*s'",
			    STR_ARG(x));
			continue;
		}
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static int
json_format(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	vec_share_bufs(*out, args->v[0]);
	KERNEL_EACH(s, i)
		kernel_put_shared(*out, i, kernel_str(args->v[0], i));
	return 0;
}

/* ---- paths ---- */

/* A constant path is parsed once. */
struct bound_path {
	struct arena arena;
	struct json_path path;
	bool good;
};

static int
prepare(const struct type *const *types, const struct vec *const *value,
    int n, void **bound, struct err *e)
{
	struct bound_path *b;

	*bound = NULL;
	if (value[1] == NULL || vec_is_null(value[1], 0))
		return 0;
	b = xcalloc(1, sizeof(*b));
	arena_init(&b->arena);
	b->good = json_path_parse(&b->arena, kernel_str(value[1], 0),
	    &b->path);
	*bound = b;
	return 0;
}

static void
unprepare(void *bound)
{
	struct bound_path *b = bound;

	arena_release(&b->arena);
	free(b);
}

/* NULL: an error was recorded. */
static const struct json_path *
path_of(struct eval *ev, const struct func_args *args, uint32_t i,
    struct json_path *own)
{
	const struct bound_path *b = args->bound;
	struct str text = kernel_str(args->v[1], i);

	if (b != NULL && b->good)
		return &b->path;
	if (b == NULL && json_path_parse(ev->scratch, text, own))
		return own;
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Invalid JSON path: '%.*s'", STR_ARG(text));
	return NULL;
}

enum extract { EXTRACT_JSON, EXTRACT_SCALAR, EXTRACT_SIZE };

/* Appends what was found; false: NULL. */
static bool
extract_value(struct json_cursor *c, enum extract what, struct sbuf *to,
    int64_t *size)
{
	char kind = json_peek(c);
	bool first = true;
	struct str s;

	switch (what) {
	case EXTRACT_JSON:
		json_copy(c, to);
		return !c->bad;
	case EXTRACT_SCALAR:
		if (kind == '{' || kind == '[' || kind == 'n')
			return false;
		if (kind == '"') {
			json_take_string(c, to);
		} else {
			s = json_take(c);
			sbuf_adds(to, s);
		}
		return !c->bad;
	default:
		*size = 0;
		if (json_accept(c, '{'))
			for (; json_next_member(c, &first, NULL); ++*size)
				json_take(c);
		else if (json_accept(c, '['))
			for (; json_next_element(c, &first); ++*size)
				json_take(c);
		else
			json_take(c);
		return !c->bad;
	}
}

static int
extract_row(struct eval *ev, const struct func_args *args, uint32_t i,
    struct vec *out, enum extract what, struct sbuf *b, struct err *e)
{
	struct json_path own;
	const struct json_path *path = path_of(ev, args, i, &own);
	struct json_cursor c = json_read(kernel_str(args->v[0], i));
	int64_t size;

	if (path == NULL)
		return 0;
	sbuf_clear(b);
	if (!json_path_find(&c, path) || !extract_value(&c, what, b, &size))
		return kernel_put_null(ev, out, i, e);
	if (what != EXTRACT_SIZE)
		return kernel_put(ev, out, i, sbuf_str(b), e);
	((int64_t *)out->data)[i] = size;
	return 0;
}

#define EXTRACT(name, what) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	struct sbuf b = { 0 }; \
	int rc = 0; \
	KERNEL_EACH(s, i) \
		if ((rc = extract_row(ev, args, i, *out, what, &b, e)) != 0) \
			break; \
	sbuf_release(&b); \
	return rc; \
}
EXTRACT(json_extract, EXTRACT_JSON)
EXTRACT(json_extract_scalar, EXTRACT_SCALAR)
EXTRACT(json_size, EXTRACT_SIZE)

/* ---- arrays ---- */

static int
json_array_length(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int rc;

	KERNEL_EACH(s, i) {
		struct json_cursor c = json_read(kernel_str(args->v[0], i));
		bool first = true, array = json_accept(&c, '[');
		int64_t n = 0;

		for (; array && json_next_element(&c, &first); n++)
			json_take(&c);
		((int64_t *)(*out)->data)[i] = n;
		if ((!array || c.bad) &&
		    (rc = kernel_put_null(ev, *out, i, e)) != 0)
			return rc;
	}
	return 0;
}

/* Strings come without quotes, as Trino has it. */
static bool
array_get(struct str text, int64_t index, struct sbuf *to)
{
	struct json_cursor c = json_read(text), count = c;
	bool first = true;
	int64_t n = 0;

	if (index < 0) {
		if (!json_accept(&count, '['))
			return false;
		for (; json_next_element(&count, &first); n++)
			json_take(&count);
		if (count.bad || index < -n)
			return false;
		index += n;
		first = true;
	}
	if (!json_accept(&c, '['))
		return false;
	for (; json_next_element(&c, &first); index--) {
		if (index > 0) {
			json_take(&c);
			continue;
		}
		if (json_peek(&c) == 'n')
			return false;
		if (json_peek(&c) == '"')
			json_take_string(&c, to);
		else
			json_copy(&c, to);
		return !c.bad;
	}
	return false;
}

static int
json_array_get(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		sbuf_clear(&b);
		if (array_get(kernel_str(args->v[0], i),
		    KERNEL_AT(int64_t, args->v[1], i), &b))
			rc = kernel_put(ev, *out, i, sbuf_str(&b), e);
		else
			rc = kernel_put_null(ev, *out, i, e);
		if (rc != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

static bool
element_is(struct json_cursor *c, const struct vec *v, uint32_t i,
    struct sbuf *text)
{
	char kind = json_peek(c);
	struct str s;
	double d;

	if (v->type->id == TYPE_VARCHAR && kind == '"') {
		sbuf_clear(text);
		json_take_string(c, text);
		return str_eq(sbuf_str(text), kernel_str(v, i));
	}
	s = json_take(c);
	switch (v->type->id) {
	case TYPE_BOOLEAN:
		return (kind == 't' && KERNEL_AT(uint8_t, v, i)) ||
		    (kind == 'f' && !KERNEL_AT(uint8_t, v, i));
	case TYPE_BIGINT:
		if (memchr(s.p, '.', s.n) != NULL || memchr(s.p, 'e', s.n) !=
		    NULL || memchr(s.p, 'E', s.n) != NULL || s.n > 20)
			return false;
		sbuf_clear(text);
		sbuf_adds(text, s);
		return (kind == '-' || (kind >= '0' && kind <= '9')) &&
		    strtoll(sbuf_z(text), NULL, 10) ==
		    KERNEL_AT(int64_t, v, i);
	case TYPE_DOUBLE:
		/* Only what is written with a fraction or exponent. */
		return (memchr(s.p, '.', s.n) != NULL || memchr(s.p, 'e',
		    s.n) != NULL || memchr(s.p, 'E', s.n) != NULL) &&
		    (kind == '-' || (kind >= '0' && kind <= '9')) &&
		    double_parse(s, &d) && d == KERNEL_AT(double, v, i);
	default:
		return false;
	}
}

static int
json_array_contains(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf text = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct json_cursor c = json_read(kernel_str(args->v[0], i));
		bool first = true, array = json_accept(&c, '['), found = false;

		while (array && !found && json_next_element(&c, &first))
			found = element_is(&c, args->v[1], i, &text);
		((uint8_t *)(*out)->data)[i] = found;
		if ((!array || c.bad) && !found &&
		    (rc = kernel_put_null(ev, *out, i, e)) != 0)
			break;
	}
	sbuf_release(&text);
	return rc;
}

static int
is_json_scalar(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		struct json_cursor c = json_read(x);
		char kind = json_peek(&c);

		json_take(&c);
		if (c.bad || json_peek(&c) != '\0')
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Invalid JSON value: %.*s", STR_ARG(x));
		((uint8_t *)(*out)->data)[i] = kind != '{' && kind != '[';
	}
	return 0;
}

#define PATH(name, T, r, fn, help_text) \
	{ .signature = name "(" T ",jsonpath):" r, .kernel = fn, \
	    .prepare = prepare, .unprepare = unprepare, .help = help_text }
#define BOTH(name, more, r, fn, fl, help_text) \
	{ .signature = name "(json" more "):" r, .flags = fl, .kernel = fn, \
	    .help = help_text }, \
	{ .signature = name "(varchar(x)" more "):" r, .flags = fl, \
	    .kernel = fn, .help = help_text }

const struct func func_json[] = {
	{ .signature = "json_parse(varchar(x)):json", .kernel = json_parse,
	    .help = "Text to json" },
	{ .signature = "json_format(json):varchar",
	    .flags = FUNC_CANNOT_FAIL, .kernel = json_format,
	    .help = "Json to text" },
	PATH("json_extract", "json", "json", json_extract,
	    "The value at a path"),
	PATH("json_extract", "varchar(x)", "json", json_extract,
	    "The value at a path"),
	PATH("json_extract_scalar", "json", "varchar", json_extract_scalar,
	    "The scalar at a path as text"),
	PATH("json_extract_scalar", "varchar(x)", "varchar(x)",
	    json_extract_scalar, "The scalar at a path as text"),
	PATH("json_size", "json", "bigint", json_size,
	    "Members or elements of the value at a path"),
	PATH("json_size", "varchar(x)", "bigint", json_size,
	    "Members or elements of the value at a path"),
	BOTH("json_array_length", "", "bigint", json_array_length,
	    FUNC_CANNOT_FAIL, "Elements of a json array"),
	BOTH("json_array_get", ",bigint", "json", json_array_get,
	    FUNC_CANNOT_FAIL, "An element of a json array"),
	BOTH("json_array_contains", ",boolean", "boolean",
	    json_array_contains, FUNC_CANNOT_FAIL, "Is it an element?"),
	BOTH("json_array_contains", ",bigint", "boolean",
	    json_array_contains, FUNC_CANNOT_FAIL, "Is it an element?"),
	BOTH("json_array_contains", ",double", "boolean",
	    json_array_contains, FUNC_CANNOT_FAIL, "Is it an element?"),
	BOTH("json_array_contains", ",varchar", "boolean",
	    json_array_contains, FUNC_CANNOT_FAIL, "Is it an element?"),
	BOTH("is_json_scalar", "", "boolean", is_json_scalar, 0,
	    "Is it no array and no object?"),
	{ 0 }
};
