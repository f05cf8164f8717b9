/* SPDX-License-Identifier: Apache-2.0
 * lambda_fold.c - reduce, and array_sort with a comparison. */
#include <stdlib.h>

#include "func/list.h"
#include "func/tables.h"

/* ---- reduce: step k for all rows that have a k-th element ---- */

/* Row numbers of the page to elements of v (n_rows entries), flat. */
static struct vec *
pick(struct eval *ev, const struct vec *v, const uint32_t *index, uint32_t n,
    struct err *e)
{
	struct vec *picked = vec_select((struct vec *)(uintptr_t)v, index, n,
	    ev->account, e), *flat;

	if (picked == NULL)
		return NULL;
	flat = vec_flatten(picked, ev->account, e);
	vec_drop(&picked);
	return flat;
}

/* One value a row: states[] names where each row's state stands. */
struct fold {
	struct vec *state;      /* flat */
	uint32_t *where;        /* row of the page to row of state */
};

static int
fold_step(struct eval *ev, const struct func_args *args, struct fold *f,
    const uint32_t *open, uint32_t n, uint32_t k, struct err *e)
{
	const struct vec *list = args->v[0], *arg[2];
	uint32_t *index = xcalloc((size_t)n + 1, sizeof(*index));
	struct vec *state, *value = NULL, *next = NULL, *flat;
	struct vec_builder b;
	int rc = 0;

	for (uint32_t j = 0; j < n; j++)
		index[j] = f->where[open[j]];
	state = pick(ev, f->state, index, n, e);
	for (uint32_t j = 0; j < n; j++)
		index[j] = list_at(list, open[j]).offset + k;
	if (state != NULL)
		value = pick(ev, list->child[0], index, n, e);
	free(index);
	if (value == NULL)
		rc = -e->code;
	arg[0] = state;
	arg[1] = value;
	if (rc == 0)
		rc = args->lambda[2]->apply(args->lambda[2], ev, arg, open, n,
		    &next, e);
	vec_drop(&state);
	vec_drop(&value);
	if (rc != 0)
		return rc;
	/* The new states go behind the old ones. */
	vec_builder_init(&b, f->state->type, ev->account);
	rc = vec_builder_rows(&b, f->state, NULL, 0, f->state->n, e);
	if (rc == 0)
		rc = vec_builder_rows(&b, next, NULL, 0, n, e);
	for (uint32_t j = 0; j < n; j++)
		f->where[open[j]] = f->state->n + j;
	vec_drop(&next);
	if (rc == 0 && (flat = vec_builder_finish(&b, e)) != NULL) {
		vec_drop(&f->state);
		f->state = flat;
	} else if (rc == 0) {
		rc = -e->code;
	}
	vec_builder_release(&b);
	return rc;
}

/* Keeps only the states that rows still have. */
static int
fold_compact(struct eval *ev, struct fold *f, const struct rows_sel *s,
    struct err *e)
{
	uint32_t *index = xcalloc((size_t)s->n + 1, sizeof(*index)), n = 0;
	struct vec *v;

	KERNEL_EACH(s, i) {
		index[n] = f->where[i];
		f->where[i] = n++;
	}
	v = pick(ev, f->state, index, n, e);
	free(index);
	if (v == NULL)
		return -e->code;
	vec_drop(&f->state);
	f->state = v;
	return 0;
}

static int
fold_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct fold *f, struct err *e)
{
	uint32_t *open = xcalloc((size_t)s->n + 1, sizeof(*open)), n = 0;
	int rc = 0;

	KERNEL_EACH(s, i)
		open[n++] = i;
	for (uint32_t k = 0; n > 0 && rc == 0; k++) {
		uint32_t left = 0;

		for (uint32_t j = 0; j < n; j++)
			if (!vec_is_null(args->v[0], open[j]) &&
			    k < list_at(args->v[0], open[j]).n)
				open[left++] = open[j];
		n = left;
		if (n > 0)
			rc = fold_step(ev, args, f, open, n, k, e);
		if (rc == 0 && f->state->n > 4 * s->n)
			rc = fold_compact(ev, f, s, e);
	}
	free(open);
	return rc;
}

/* A NULL array is NULL; a NULL start is a state like any other. */
static int
reduce(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct fold f = { 0 };
	struct vec *result = NULL;
	const struct vec *arg[1];
	uint32_t *row, *index, n = 0;
	uint64_t *valid = arena_array(ev->scratch, uint64_t,
	    bitmap_words(s->page_rows) + 1);
	int rc = 0;

	f.where = arena_array(ev->scratch, uint32_t, s->page_rows + 1);
	row = arena_array(ev->scratch, uint32_t, s->n + 1);
	index = arena_array(ev->scratch, uint32_t, s->page_rows + 1);
	KERNEL_EACH(s, i)
		f.where[i] = kernel_is_const(args->v[1]) ? 0 : i;
	f.state = vec_flatten((struct vec *)(uintptr_t)args->v[1],
	    ev->account, e);
	if (f.state == NULL)
		return -e->code;
	rc = fold_rows(ev, args, s, &f, e);
	if (rc == 0)
		rc = fold_compact(ev, &f, s, e);
	KERNEL_EACH(s, i) {
		index[i] = n;
		row[n++] = i;
		if (!vec_is_null(args->v[0], i))
			bit_set(valid, i);
	}
	arg[0] = f.state;
	if (rc == 0)
		rc = args->lambda[3]->apply(args->lambda[3], ev, arg, row, n,
		    &result, e);
	vec_drop(&f.state);
	if (rc == 0)
		rc = list_pick(ev, result, index, valid, s->page_rows, out, e);
	vec_drop(&result);
	return rc;
}

/* ---- array_sort with a comparison ---- */

struct comparing {
	struct eval *ev;
	struct lambda *lambda;
	struct vec *values;
	uint32_t row;
	int rc;
	struct err *e;
};

static int
compare(struct comparing *c, uint32_t i, uint32_t j)
{
	struct vec *x, *y, *v = NULL;
	const struct vec *arg[2];
	int order = 0;

	if (c->rc != 0)
		return 0;
	x = pick(c->ev, c->values, &i, 1, c->e);
	y = x == NULL ? NULL : pick(c->ev, c->values, &j, 1, c->e);
	arg[0] = x;
	arg[1] = y;
	c->rc = y == NULL ? -c->e->code : c->lambda->apply(c->lambda, c->ev,
	    arg, &c->row, 1, &v, c->e);
	if (c->rc == 0) {
		if (vec_is_null(v, 0))
			eval_row_error(c->ev, c->row,
			    ERR_INVALID_FUNCTION_ARGUMENT,
			    "Lambda comparator must return either -1, 0, or "
			    "1");
		else
			order = *(const int32_t *)vec_at(v, 0);
		if (order < -1 || order > 1)
			eval_row_error(c->ev, c->row,
			    ERR_INVALID_FUNCTION_ARGUMENT,
			    "Lambda comparator must return either -1, 0, or "
			    "1");
	}
	vec_drop(&v);
	vec_drop(&x);
	vec_drop(&y);
	return order;
}

/* Merge sort: stable, and content with a comparison that contradicts
 * itself. */
static void
merge_sort(struct comparing *c, uint32_t *index, uint32_t *space, uint32_t n)
{
	uint32_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	merge_sort(c, index, space, half);
	merge_sort(c, index + half, space, n - half);
	memcpy(space, index, n * sizeof(*index));
	while (i < half && j < n)
		index[k++] = compare(c, space[j], space[i]) < 0 ? space[j++]
		    : space[i++];
	while (i < half)
		index[k++] = space[i++];
	while (j < n)
		index[k++] = space[j++];
}

static int
sort_by(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct comparing c = { .ev = ev, .lambda = args->lambda[1],
	    .values = args->v[0]->child[0], .e = e };
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		uint32_t *index = xcalloc((size_t)ref.n * 2 + 1,
		    sizeof(*index));

		for (uint32_t k = 0; k < ref.n; k++)
			index[k] = ref.offset + k;
		c.row = i;
		merge_sort(&c, index, index + ref.n, ref.n);
		rc = c.rc != 0 ? c.rc : vec_builder_rows(&l.b[0], c.values,
		    index, 0, ref.n, e);
		free(index);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

const struct func func_lambda_fold[] = {
	{ .signature = "reduce(array(T),S,function(S,T,S),function(S,R)):R",
	    .flags = FUNC_NULL_CALLS, .kernel = reduce,
	    .help = "Folds the elements into a state" },
	{ .signature = "array_sort(array(T),function(T,T,integer)):array(T)",
	    .kernel = sort_by, .help = "In the order of a comparison" },
	{ 0 }
};
