/* SPDX-License-Identifier: Apache-2.0
 * lambda_list.c - functions of arrays and maps that take a lambda.
 *
 * The elements of all rows asked for go through the lambda in one call: the
 * child vector as it lies when nothing has to be left out, else gathered. */
#include <stdlib.h>

#include "func/list.h"
#include "func/tables.h"
#include "page/compare.h"

/* Elements of the rows asked for, in order, with the row of each. */
struct elements {
	uint32_t n;
	uint32_t *index, *row;
	struct vec *v[2];       /* gathered children */
};

static int
elements_open(struct eval *ev, const struct vec *list,
    const struct rows_sel *s, struct elements *x, struct err *e)
{
	uint32_t total = 0;

	memset(x, 0, sizeof(*x));
	KERNEL_EACH(s, i)
		total += list_at(list, i).n;
	x->index = xcalloc((size_t)total + 1, sizeof(*x->index));
	x->row = xcalloc((size_t)total + 1, sizeof(*x->row));
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(list, i);

		for (uint32_t k = 0; k < ref.n; k++) {
			x->index[x->n] = ref.offset + k;
			x->row[x->n++] = i;
		}
	}
	for (int c = 0; c < list->n_child; c++) {
		struct vec *v = vec_select(list->child[c], x->index, x->n,
		    ev->account, e);

		if (v == NULL)
			return -e->code;
		x->v[c] = vec_flatten(v, ev->account, e);
		vec_drop(&v);
		if (x->v[c] == NULL)
			return -e->code;
	}
	return 0;
}

static void
elements_close(struct elements *x)
{
	vec_drop(&x->v[0]);
	vec_drop(&x->v[1]);
	free(x->index);
	free(x->row);
}

/* The lambda's answer for each element; flat. */
static int
apply(struct eval *ev, struct lambda *l, const struct elements *x,
    struct vec **out, struct err *e)
{
	const struct vec *args[2] = { x->v[0], x->v[1] };
	struct vec *v;
	int rc = l->apply(l, ev, args, x->row, x->n, &v, e);

	if (rc != 0)
		return rc;
	*out = vec_flatten(v, ev->account, e);
	vec_drop(&v);
	return *out == NULL ? -e->code : 0;
}

/* The references of a list whose elements lie in order of the rows. */
static void
put_refs(struct vec *out, const struct vec *list, const struct rows_sel *s)
{
	struct list_ref *r = out->data;
	uint32_t at = 0;

	KERNEL_EACH(s, i) {
		r[i] = (struct list_ref){ at, list_at(list, i).n };
		at += r[i].n;
	}
}

static int
transform(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct elements x;
	struct vec *v;
	int rc = elements_open(ev, args->v[0], s, &x, e);

	if (rc == 0)
		rc = apply(ev, args->lambda[1], &x, &v, e);
	if (rc == 0) {
		put_refs(*out, args->v[0], s);
		vec_set_child(*out, 0, v);
	}
	elements_close(&x);
	return rc;
}

static bool
is_true(const struct vec *v, uint32_t i)
{
	return !vec_is_null(v, i) && ((const uint8_t *)v->data)[i] != 0;
}

/* filter() and map_filter(): elements for which the lambda is true. */
static int
filter(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct elements x;
	struct list_out l;
	struct vec *keep = NULL;
	uint32_t at = 0;
	int rc = elements_open(ev, args->v[0], s, &x, e);

	if (rc == 0)
		rc = apply(ev, args->lambda[1], &x, &keep, e);
	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		uint32_t n = list_at(args->v[0], i).n;

		for (uint32_t k = 0; k < n && rc == 0; k++, at++)
			for (int c = 0; c < (*out)->n_child && rc == 0; c++)
				if (is_true(keep, at))
					rc = vec_builder_row(&l.b[c], x.v[c],
					    at, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	vec_drop(&keep);
	elements_close(&x);
	return list_finish(&l, rc, e);
}

/* ---- matching: element by element, until it is decided ---- */

enum match { MATCH_ANY, MATCH_ALL, MATCH_NONE };

/* Round k asks for the k-th element of all rows that are still open, so that
 * what stands behind a decision cannot fail. */
static int
match_round(struct eval *ev, const struct func_args *args,
    const uint32_t *open, uint32_t n, uint32_t k, struct vec **out,
    struct err *e)
{
	const struct vec *list = args->v[0];
	uint32_t *index = xcalloc((size_t)n + 1, sizeof(*index));
	struct vec *v, *flat = NULL;
	const struct vec *arg[1];
	int rc = 0;

	for (uint32_t j = 0; j < n; j++)
		index[j] = list_at(list, open[j]).offset + k;
	v = vec_select(list->child[0], index, n, ev->account, e);
	free(index);
	if (v == NULL)
		return -e->code;
	flat = vec_flatten(v, ev->account, e);
	vec_drop(&v);
	if (flat == NULL)
		return -e->code;
	arg[0] = flat;
	rc = args->lambda[1]->apply(args->lambda[1], ev, arg, open, n, &v, e);
	vec_drop(&flat);
	if (rc != 0)
		return rc;
	*out = vec_flatten(v, ev->account, e);
	vec_drop(&v);
	return *out == NULL ? -e->code : 0;
}

static int
match(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, enum match how,
    struct err *e)
{
	uint32_t *open = xcalloc((size_t)s->n + 1, sizeof(*open)), n = 0, k;
	uint8_t *r = (*out)->data;
	uint64_t null[BITMAP_WORDS] = { 0 };
	int rc = 0;

	/* ANY: a true one decides; ALL: a false; NONE: a true. */
	KERNEL_EACH(s, i) {
		r[i] = how != MATCH_ANY;
		open[n++] = i;
	}
	for (k = 0; rc == 0 && n > 0; k++) {
		uint32_t left = 0;
		struct vec *v = NULL;

		for (uint32_t j = 0; j < n; j++)
			if (k < list_at(args->v[0], open[j]).n)
				open[left++] = open[j];
		n = left;
		if (n == 0 || (rc = match_round(ev, args, open, n, k, &v, e)) !=
		    0)
			break;
		left = 0;
		for (uint32_t j = 0; j < n; j++) {
			bool decided = false;

			if (vec_is_null(v, j))
				bit_set(null, open[j]);
			else
				decided = ((uint8_t *)v->data)[j] ==
				    (how != MATCH_ALL);
			if (decided) {
				r[open[j]] = how == MATCH_ANY;
				bit_clear(null, open[j]);
			} else {
				open[left++] = open[j];
			}
		}
		n = left;
		vec_drop(&v);
	}
	free(open);
	KERNEL_EACH(s, i)
		if (rc == 0 && bit_get(null, i))
			rc = kernel_put_null(ev, *out, i, e);
	return rc;
}

#define MATCH(name, how) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return match(ev, args, s, out, how, e); \
}
MATCH(any_match, MATCH_ANY)
MATCH(all_match, MATCH_ALL)
MATCH(none_match, MATCH_NONE)

/* array_first(a, predicate) */
static int
first_match(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint32_t *index = arena_array(ev->scratch, uint32_t, s->page_rows + 1);
	uint64_t *valid = arena_array(ev->scratch, uint64_t,
	    bitmap_words(s->page_rows) + 1);
	struct elements x;
	struct vec *keep = NULL;
	uint32_t at = 0;
	int rc = elements_open(ev, args->v[0], s, &x, e);

	if (rc == 0)
		rc = apply(ev, args->lambda[1], &x, &keep, e);
	KERNEL_EACH(s, i) {
		uint32_t n = list_at(args->v[0], i).n;

		for (uint32_t k = 0; k < n && rc == 0; k++, at++)
			if (!bit_get(valid, i) && is_true(keep, at)) {
				index[i] = x.index[at];
				bit_set(valid, i);
			}
	}
	vec_drop(&keep);
	elements_close(&x);
	return rc != 0 ? rc : list_pick(ev, args->v[0]->child[0], index,
	    valid, s->page_rows, out, e);
}

/* ---- maps ---- */

static int
transform_values(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct elements x;
	struct vec *v;
	int rc = elements_open(ev, args->v[0], s, &x, e);

	if (rc == 0)
		rc = apply(ev, args->lambda[1], &x, &v, e);
	if (rc == 0) {
		put_refs(*out, args->v[0], s);
		vec_set_child(*out, 0, vec_ref(x.v[0]));
		vec_set_child(*out, 1, v);
	}
	elements_close(&x);
	return rc;
}

static int
transform_keys(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct elements x;
	struct vec *v;
	int rc = elements_open(ev, args->v[0], s, &x, e);

	if (rc == 0)
		rc = apply(ev, args->lambda[1], &x, &v, e);
	if (rc == 0) {
		const struct list_ref *r = (*out)->data;

		put_refs(*out, args->v[0], s);
		KERNEL_EACH(s, i)
			map_check_keys(ev, v, r[i].offset, r[i].n, i);
		vec_set_child(*out, 0, v);
		vec_set_child(*out, 1, vec_ref(x.v[1]));
	}
	elements_close(&x);
	return rc;
}

/* ---- zip_with, map_zip_with: NULL where one side has nothing ---- */

struct pairs {
	uint32_t n;
	uint32_t *row;
	struct vec_builder b[3];
	struct vec *v[3];
};

static int
pairs_apply(struct eval *ev, struct lambda *l, struct pairs *p, int n_args,
    struct vec **out, struct err *e)
{
	const struct vec *args[3];
	struct vec *v;
	int rc;

	for (int c = 0; c < n_args; c++) {
		p->v[c] = vec_builder_finish(&p->b[c], e);
		if (p->v[c] == NULL)
			return -e->code;
		args[c] = p->v[c];
	}
	rc = l->apply(l, ev, args, p->row, p->n, &v, e);
	if (rc != 0)
		return rc;
	*out = vec_flatten(v, ev->account, e);
	vec_drop(&v);
	return *out == NULL ? -e->code : 0;
}

static void
pairs_close(struct pairs *p, int n_args)
{
	for (int c = 0; c < n_args; c++) {
		vec_builder_release(&p->b[c]);
		vec_drop(&p->v[c]);
	}
	free(p->row);
}

static int
zip_with(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_ref *r = (*out)->data;
	struct pairs p = { 0 };
	struct vec *v = NULL;
	uint64_t total = 0;
	int rc = 0;

	for (int c = 0; c < 2; c++)
		vec_builder_init(&p.b[c], args->types[c]->child[0],
		    ev->account);
	KERNEL_EACH(s, i)
		total += MAX(list_at(args->v[0], i).n,
		    list_at(args->v[1], i).n);
	p.row = xcalloc((size_t)total + 1, sizeof(*p.row));
	KERNEL_EACH(s, i) {
		uint32_t n = MAX(list_at(args->v[0], i).n,
		    list_at(args->v[1], i).n);

		r[i] = (struct list_ref){ p.n, n };
		for (uint32_t k = 0; k < n && rc == 0; k++) {
			p.row[p.n++] = i;
			for (int c = 0; c < 2 && rc == 0; c++) {
				struct list_ref ref = list_at(args->v[c], i);

				rc = k < ref.n ? vec_builder_row(&p.b[c],
				    args->v[c]->child[0], ref.offset + k, e)
				    : vec_builder_null(&p.b[c], e);
			}
		}
		if (rc != 0)
			break;
	}
	if (rc == 0)
		rc = pairs_apply(ev, args->lambda[2], &p, 2, &v, e);
	if (rc == 0)
		vec_set_child(*out, 0, v);
	pairs_close(&p, 2);
	return rc;
}

/* One key with the values of both maps (UINT32_MAX: none). */
static int
zip_key(struct pairs *p, const struct func_args *args, uint32_t row,
    const struct vec *keys, uint32_t at, const uint32_t value[2],
    struct err *e)
{
	int rc = vec_builder_row(&p->b[0], keys, at, e);

	for (int c = 0; c < 2 && rc == 0; c++)
		rc = value[c] == UINT32_MAX ? vec_builder_null(&p->b[1 + c], e)
		    : vec_builder_row(&p->b[1 + c], args->v[c]->child[1],
		    value[c], e);
	p->row[p->n++] = row;
	return rc;
}

static uint32_t
same_key(const struct vec *x, uint32_t at, const struct vec *y,
    struct list_ref ref)
{
	for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++)
		if (vec_same(x, at, y, k))
			return k;
	return UINT32_MAX;
}

static int
map_zip_row(struct pairs *p, const struct func_args *args, uint32_t i,
    struct err *e)
{
	const struct vec *a = args->v[0], *b = args->v[1];
	struct list_ref ra = list_at(a, i), rb = list_at(b, i);
	uint32_t value[2];
	int rc = 0;

	for (uint32_t k = ra.offset; k < ra.offset + ra.n && rc == 0; k++) {
		value[0] = k;
		value[1] = same_key(a->child[0], k, b->child[0], rb);
		rc = zip_key(p, args, i, a->child[0], k, value, e);
	}
	for (uint32_t k = rb.offset; k < rb.offset + rb.n && rc == 0; k++) {
		if (same_key(b->child[0], k, a->child[0], ra) != UINT32_MAX)
			continue;
		value[0] = UINT32_MAX;
		value[1] = k;
		rc = zip_key(p, args, i, b->child[0], k, value, e);
	}
	return rc;
}

static int
map_zip_with(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_ref *r = (*out)->data;
	struct pairs p = { 0 };
	struct vec *v = NULL;
	uint64_t total = 0;
	int rc = 0;

	vec_builder_init(&p.b[0], args->types[0]->child[0], ev->account);
	vec_builder_init(&p.b[1], args->types[0]->child[1], ev->account);
	vec_builder_init(&p.b[2], args->types[1]->child[1], ev->account);
	KERNEL_EACH(s, i)
		total += list_at(args->v[0], i).n + list_at(args->v[1], i).n;
	p.row = xcalloc((size_t)total + 1, sizeof(*p.row));
	KERNEL_EACH(s, i) {
		uint32_t from = p.n;

		if ((rc = map_zip_row(&p, args, i, e)) != 0)
			break;
		r[i] = (struct list_ref){ from, p.n - from };
	}
	if (rc == 0)
		rc = pairs_apply(ev, args->lambda[2], &p, 3, &v, e);
	if (rc == 0) {
		vec_set_child(*out, 0, vec_ref(p.v[0]));
		vec_set_child(*out, 1, v);
	}
	pairs_close(&p, 3);
	return rc;
}

#define PREDICATE(name, fn, help_text) \
	{ .signature = name "(array(T),function(T,boolean)):boolean", \
	    .kernel = fn, .help = help_text }

const struct func func_lambda_list[] = {
	{ .signature = "transform(array(T),function(T,U)):array(U)",
	    .kernel = transform, .help = "The lambda's value of each" },
	{ .signature = "filter(array(T),function(T,boolean)):array(T)",
	    .kernel = filter, .help = "Those for which the lambda is true" },
	PREDICATE("any_match", any_match, "Is it true for one?"),
	PREDICATE("all_match", all_match, "Is it true for all?"),
	PREDICATE("none_match", none_match, "Is it true for none?"),
	{ .signature = "array_first(array(T),function(T,boolean)):T",
	    .kernel = first_match, .help = "The first that fits" },
	{ .signature =
	    "zip_with(array(T),array(U),function(T,U,R)):array(R)",
	    .kernel = zip_with, .help = "The lambda's value of pairs" },
	{ .signature = "map_filter(map(K,V),function(K,V,boolean)):map(K,V)",
	    .kernel = filter, .help = "Entries that fit" },
	{ .signature =
	    "transform_keys(map(K1,V),function(K1,V,K2)):map(K2,V)",
	    .kernel = transform_keys, .help = "Other keys" },
	{ .signature =
	    "transform_values(map(K,V1),function(K,V1,V2)):map(K,V2)",
	    .kernel = transform_values, .help = "Other values" },
	{ .signature = "map_zip_with(map(K,V1),map(K,V2),"
	    "function(K,V1,V2,V3)):map(K,V3)", .kernel = map_zip_with,
	    .help = "The lambda's value of both maps' values" },
	{ 0 }
};
