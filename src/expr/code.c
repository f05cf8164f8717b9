/* SPDX-License-Identifier: Apache-2.0
 * code.c - expressions as msgpack: an array of nodes, arguments before their
 * users, so that a deep tree is no deep message. */
#include "expr/code.h"

#include "base/check.h"
#include "page/serde.h"

enum key {
	KEY_KIND, KEY_TYPE, KEY_ARGS, KEY_INPUT, KEY_PARAMS, KEY_SAFE,
	KEY_VALUE, KEY_FUNC, KEY_LINE, KEY_COLUMN,
};

/* No expression has more nodes; no node more arguments. */
enum { CODE_MAX_NODES = 1 << 20, CODE_MAX_ARGS = 1 << 16 };

/* ---- types and values ---- */

void
code_put_type(struct mpack_writer *w, const struct type *t)
{
	struct sbuf b = { 0 };

	if (t->id == TYPE_FUNCTION) {
		mpack_array(w, (uint32_t)t->n);
		for (int i = 0; i < t->n; i++)
			code_put_type(w, t->child[i]);
		return;
	}
	type_print(&b, t);
	mpack_str(w, sbuf_str(&b));
	sbuf_release(&b);
}

int
code_get_type(struct arena *a, struct mpack_reader *r,
    const struct type **out, struct err *e)
{
	const struct type **child;
	struct str s;
	uint32_t n;
	int rc;

	if (r->at < r->end && (*r->at & 0xe0) != 0xa0 && (*r->at < 0xd9 ||
	    *r->at > 0xdb)) {
		if ((rc = mpack_get_array(r, &n, e)) != 0)
			return rc;
		if (n == 0 || n > FUNC_MAX_ARGS)
			return mpack_error(r, e, "a function of %u types", n);
		child = arena_array(a, const struct type *, n);
		for (uint32_t i = 0; i < n; i++)
			if ((rc = code_get_type(a, r, &child[i], e)) != 0)
				return rc;
		*out = type_function(a, (int)n - 1, child, child[n - 1]);
		return 0;
	}
	if ((rc = mpack_get_str(r, &s, e)) != 0)
		return rc;
	return type_parse(a, s, out, e);
}

void
code_put_value(struct mpack_writer *w, const struct vec *v)
{
	struct page *p;
	struct sbuf b = { 0 };
	struct err e;

	if (v == NULL) {
		mpack_nil(w);
		return;
	}
	p = page_new(1, 1);
	p->col[0] = vec_ref((struct vec *)(uintptr_t)v);
	CHECK(page_encode(&b, p, PAGE_PLAIN, &e) == 0);
	mpack_bin(w, sbuf_str(&b));
	sbuf_release(&b);
	page_drop(&p);
}

int
code_get_value(struct expr_pool *p, struct mpack_reader *r,
    const struct type *t, struct vec **out, struct err *e)
{
	struct page *page;
	struct str bytes;
	int rc;

	*out = NULL;
	if (mpack_is_nil(r))
		return mpack_skip(r, e);
	if ((rc = mpack_get_bin(r, &bytes, e)) != 0)
		return rc;
	if ((rc = page_decode(bytes, &t, 1, NULL, &page, e)) != 0)
		return rc;
	if (page->rows != 1) {
		page_drop(&page);
		return mpack_error(r, e, "a constant of %u rows",
		    page->rows);
	}
	*out = expr_const_vec(p, vec_ref(page->col[0]))->value;
	page_drop(&page);
	return 0;
}

/* ---- writing ---- */

static uint32_t
count_nodes(const struct expr *x)
{
	uint32_t n = 1;

	for (int i = 0; i < x->n; i++)
		n += count_nodes(x->arg[i]);
	return n;
}

static void
put_node(struct mpack_writer *w, const struct expr *x)
{
	for (int i = 0; i < x->n; i++)
		put_node(w, x->arg[i]);
	mpack_map(w, 2u + (x->n > 0) + (x->input != 0) + (x->n_params != 0) +
	    x->safe + (x->kind == EXPR_CONST) + (x->func != NULL) +
	    (x->line != 0) + (x->column != 0));
	mpack_uint(w, KEY_KIND);
	mpack_uint(w, (uint64_t)x->kind);
	mpack_uint(w, KEY_TYPE);
	code_put_type(w, x->type);
	if (x->n > 0) {
		mpack_uint(w, KEY_ARGS);
		mpack_uint(w, (uint64_t)x->n);
	}
	if (x->input != 0) {
		mpack_uint(w, KEY_INPUT);
		mpack_int(w, x->input);
	}
	if (x->n_params != 0) {
		mpack_uint(w, KEY_PARAMS);
		mpack_int(w, x->n_params);
	}
	if (x->safe) {
		mpack_uint(w, KEY_SAFE);
		mpack_bool(w, true);
	}
	if (x->kind == EXPR_CONST) {
		mpack_uint(w, KEY_VALUE);
		code_put_value(w, x->value);
	}
	if (x->func != NULL) {
		mpack_uint(w, KEY_FUNC);
		mpack_str(w, str_of(x->func->signature));
	}
	if (x->line != 0) {
		mpack_uint(w, KEY_LINE);
		mpack_int(w, x->line);
	}
	if (x->column != 0) {
		mpack_uint(w, KEY_COLUMN);
		mpack_int(w, x->column);
	}
}

void
expr_encode(struct mpack_writer *w, const struct expr *x)
{
	mpack_array(w, count_nodes(x));
	put_node(w, x);
}

/* ---- reading ---- */

struct decoder {
	struct expr_pool *pool;
	struct mpack_reader *r;
	struct expr **stack;
	uint32_t top;
	struct err *err;
};

static int
get_small(struct decoder *d, int64_t max, int *out)
{
	int64_t v;
	int rc = mpack_get_int_in(d->r, 0, max, &v, d->err);

	if (rc == 0)
		*out = (int)v;
	return rc;
}

static int
get_func(struct decoder *d, struct expr *x)
{
	struct str s;
	int rc = mpack_get_str(d->r, &s, d->err);

	if (rc != 0)
		return rc;
	x->func = func_by_signature(s);
	return x->func != NULL ? 0 : mpack_error(d->r, d->err,
	    "no function %.*s", (int)MIN(s.n, 100), s.p);
}

/* The arguments are what was read last. */
static int
take_arguments(struct decoder *d, struct expr *x)
{
	int rc = get_small(d, CODE_MAX_ARGS, &x->n);

	if (rc != 0)
		return rc;
	if ((uint32_t)x->n > d->top)
		return mpack_error(d->r, d->err, "%d arguments, %u nodes",
		    x->n, d->top);
	d->top -= (uint32_t)x->n;
	x->arg = arena_dup(d->pool->arena, d->stack + d->top,
	    sizeof(*x->arg) * (size_t)x->n);
	return 0;
}

static int
get_field(struct decoder *d, struct expr *x, int64_t key)
{
	int v, rc;

	switch (key) {
	case KEY_KIND:
		if ((rc = get_small(d, EXPR_KINDS - 1, &v)) == 0)
			x->kind = (enum expr_kind)v;
		return rc;
	case KEY_TYPE:
		return code_get_type(d->pool->arena, d->r, &x->type, d->err);
	case KEY_ARGS:
		return take_arguments(d, x);
	case KEY_INPUT:
		return get_small(d, INT32_MAX / 2, &x->input);
	case KEY_PARAMS:
		return get_small(d, FUNC_MAX_ARGS, &x->n_params);
	case KEY_SAFE:
		return mpack_get_bool(d->r, &x->safe, d->err);
	case KEY_VALUE:
		if (x->type == NULL)
			return mpack_error(d->r, d->err, "value before type");
		return code_get_value(d->pool, d->r, x->type, &x->value,
		    d->err);
	case KEY_FUNC:
		return get_func(d, x);
	case KEY_LINE:
		return get_small(d, INT32_MAX, &x->line);
	case KEY_COLUMN:
		return get_small(d, INT32_MAX, &x->column);
	default:
		return mpack_error(d->r, d->err, "unknown key %lld",
		    (long long)key);
	}
}

static int
get_node(struct decoder *d)
{
	struct expr *x = arena_new(d->pool->arena, struct expr);
	uint32_t n;
	int64_t key;
	int rc = mpack_get_map(d->r, &n, d->err);

	x->kind = EXPR_KINDS;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		rc = mpack_get_int(d->r, &key, d->err);
		if (rc == 0)
			rc = get_field(d, x, key);
	}
	if (rc != 0)
		return rc;
	if (x->kind == EXPR_KINDS || x->type == NULL)
		return mpack_error(d->r, d->err, "a node without kind or "
		    "type");
	if ((rc = expr_check(d->pool->arena, x, d->r, d->err)) != 0)
		return rc;
	d->stack[d->top++] = x;
	return 0;
}

int
expr_decode(struct expr_pool *p, struct mpack_reader *r, struct expr **out,
    struct err *e)
{
	struct decoder d = { .pool = p, .r = r, .err = e };
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc != 0)
		return rc;
	if (n == 0 || n > CODE_MAX_NODES)
		return mpack_error(r, e, "an expression of %u nodes", n);
	d.stack = arena_array(p->arena, struct expr *, n);
	for (uint32_t i = 0; i < n; i++)
		if ((rc = get_node(&d)) != 0)
			return rc;
	if (d.top != 1)
		return mpack_error(r, e, "%u expressions for one", d.top);
	*out = d.stack[0];
	return 0;
}
