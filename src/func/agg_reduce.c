/* SPDX-License-Identifier: Apache-2.0
 * agg_reduce.c - reduce_agg(value, initial, (s, x) -> s, (s, s) -> s).
 *
 * A group's rows depend on each other, those of different groups do not: the
 * rows are taken in waves with at most one row of each group. */
#include <stdlib.h>

#include "func/agg.h"
#include "func/tables.h"

struct reduced {
	struct agg_value value;
	uint64_t in_wave;
};

/* One wave: rows[at[k]] are the states. */
struct wave {
	uint32_t at[PAGE_ROWS];
	uint32_t n;
};

static int
reduce_resolve(struct arena *a, const struct type **args, int n,
    const struct type **intermediate, const struct type **result,
    struct err *e)
{
	enum type_rep rep = args[1]->rep;

	if (rep == REP_LIST || rep == REP_ROW || rep == REP_I128 ||
	    rep == REP_LONG_TIME)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "State type not supported for reduce_agg: %s",
		    type_name(a, args[1]));
	*intermediate = *result = args[1];
	return 0;
}

/* The states of a wave's groups; `initial` (may be NULL) for new ones. */
static struct vec *
states(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct wave *w, const struct vec *initial, struct err *e)
{
	struct vec_builder b;
	struct vec *v = NULL;
	int rc = 0;

	vec_builder_init(&b, c->result, c->account);
	for (uint32_t k = 0; k < w->n && rc == 0; k++) {
		struct reduced *r = AGG_STATE(struct reduced, rows, offset,
		    w->at[k]);

		if (r->value.set || initial == NULL)
			rc = agg_value_put(&r->value, c->result, &b, e);
		else
			rc = vec_builder_row(&b, initial, w->at[k], e);
	}
	if (rc == 0)
		v = vec_builder_finish(&b, e);
	vec_builder_release(&b);
	return v;
}

/* Puts each group's state and its row of v through a lambda. */
static int
run(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct wave *w, const struct vec *const *pair, struct lambda *l,
    struct err *e)
{
	struct vec *raw = NULL, *flat;
	int rc = l->apply(l, c->ev, pair, w->at, w->n, &raw, e);

	if (rc != 0)
		return rc;
	flat = vec_flatten(raw, c->account, e);
	vec_drop(&raw);
	if (flat == NULL)
		return -(int)e->code;
	for (uint32_t k = 0; k < w->n; k++) {
		struct reduced *r = AGG_STATE(struct reduced, rows, offset,
		    w->at[k]);

		agg_value_set(c, &r->value, flat, k);
		r->in_wave = 0;
	}
	vec_drop(&flat);
	return 0;
}

static int
apply_wave(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct wave *w, const struct vec *v, const struct vec *initial,
    struct lambda *l, struct err *e)
{
	const struct vec *pair[2];
	struct vec *old = states(c, rows, offset, w, initial, e);
	struct vec *chosen, *flat = NULL;
	int rc;

	chosen = old == NULL ? NULL : vec_select((struct vec *)(uintptr_t)v,
	    w->at, w->n, c->account, e);
	if (chosen != NULL)
		flat = vec_flatten(chosen, c->account, e);
	pair[0] = old;
	pair[1] = flat;
	rc = flat == NULL ? -(int)e->code
	    : run(c, rows, offset, w, pair, l, e);
	vec_drop(&old);
	vec_drop(&chosen);
	vec_drop(&flat);
	return rc;
}

/* Takes rows left[0..*n) whose group is not in the wave yet. */
static void
next_wave(char *const *rows, uint32_t offset, struct wave *w, uint32_t *left,
    uint32_t *n)
{
	uint32_t rest = 0;

	w->n = 0;
	for (uint32_t k = 0; k < *n; k++) {
		struct reduced *r = AGG_STATE(struct reduced, rows, offset,
		    left[k]);

		if (r->in_wave) {
			left[rest++] = left[k];
		} else {
			r->in_wave = 1;
			w->at[w->n++] = left[k];
		}
	}
	*n = rest;
}

static int
all_waves(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t *left, uint32_t n, const struct vec *const *in, int which,
    struct err *e)
{
	struct wave w;
	int rc = 0;

	while (n > 0 && rc == 0) {
		next_wave(rows, offset, &w, left, &n);
		rc = apply_wave(c, rows, offset, &w, in[0], in[1],
		    c->lambda[which], e);
	}
	return rc;
}

static int
reduce_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	uint32_t left[PAGE_ROWS], n = 0;

	KERNEL_EACH(s, i)
		if (!vec_is_null(args[0], i) && !vec_is_null(args[1], i))
			left[n++] = i;
	return all_waves(c, rows, offset, left, n, args, 2, e);
}

static int
reduce_combine(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, struct err *e)
{
	const struct vec *both[2] = { in, NULL };
	uint32_t left[PAGE_ROWS], n = 0;

	KERNEL_EACH(s, i) {
		struct reduced *r = AGG_STATE(struct reduced, rows, offset,
		    i);

		if (vec_is_null(in, i))
			continue;
		if (r->value.set)
			left[n++] = i;
		else
			agg_value_set(c, &r->value, in, i);
	}
	return all_waves(c, rows, offset, left, n, both, 3, e);
}

static int
reduce_final(struct agg_context *c, char *const *rows, uint32_t offset,
    uint32_t n, struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = agg_value_put(&AGG_STATE(struct reduced, rows, offset,
		    i)->value, c->result, out, e);
	return rc;
}

const struct agg_func agg_reduce[] = {
	{ .signature =
	    "reduce_agg(T,S,function(S,T,S),function(S,S,S)):S",
	    .intermediate = "S", .flags = AGG_ORDER_SENSITIVE,
	    .state_size = sizeof(struct reduced), .resolve = reduce_resolve,
	    .update = reduce_update, .combine = reduce_combine,
	    .save = reduce_final, .final = reduce_final,
	    .help = "Reduce input elements into a single value" },
	{ 0 }
};
