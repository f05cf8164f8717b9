/* SPDX-License-Identifier: Apache-2.0
 * agg_parts.c - aggregates give the same whether their rows come at once, one
 * group at a time, or in parts that are saved and combined; and what they
 * give for a few rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "func/func.h"
#include "page/build.h"
#include "page/compare.h"
#include "tap.h"

enum { GROUPS = 7, PAGES = 6, ROWS = 500, MAX_ARGS = 5 };

static struct err err;

/* args, one letter a column: i bigint, d double, s varchar, b boolean,
 * D decimal(20,2), u number, a array(varchar), m map(bigint,varchar);
 * constants: n 4, N 100, h 0.5e0, e 0.05e0, t true, c ',',
 * p array[0, 0.5, 1].
 * within: how far doubles may be apart, relatively. */
struct wanted {
	const char *name, *args;
	double within;
};

static const struct wanted all[] = {
	{ "count", "", 0 }, { "count", "s", 0 }, { "count_if", "b", 0 },
	{ "sum", "i", 0 }, { "sum", "d", 1e-12 }, { "sum", "D", 0 },
	{ "sum", "u", 0 }, { "avg", "u", 0 }, { "avg", "i", 1e-12 }, { "avg", "d", 1e-12 }, { "avg", "D", 0 },
	{ "min", "i", 0 }, { "max", "d", 0 }, { "min", "s", 0 },
	{ "max", "D", 0 }, { "max", "a", 0 }, { "min", "in", 0 },
	{ "max", "sn", 0 }, { "min", "dN", 0 }, { "max", "an", 0 },
	{ "array_agg", "i", 0 }, { "array_agg", "s", 0 },
	{ "array_agg", "a", 0 }, { "array_agg", "m", 0 },
	{ "histogram", "i", 0 }, { "histogram", "s", 0 },
	{ "histogram", "a", 0 }, { "histogram", "d", 0 },
	{ "map_agg", "is", 0 }, { "map_agg", "ad", 0 },
	{ "multimap_agg", "is", 0 }, { "multimap_agg", "sa", 0 },
	{ "map_union", "m", 0 }, { "listagg", "sctct", 0 },
	{ "stddev", "d", 1e-9 }, { "stddev_pop", "i", 1e-9 },
	{ "variance", "i", 1e-9 }, { "var_pop", "d", 1e-9 },
	{ "skewness", "d", 1e-9 }, { "kurtosis", "i", 1e-9 },
	{ "geometric_mean", "d", 1e-9 }, { "corr", "dd", 1e-9 },
	{ "covar_pop", "dd", 1e-9 }, { "covar_samp", "dd", 1e-9 },
	{ "regr_slope", "dd", 1e-9 }, { "regr_intercept", "dd", 1e-9 },
	{ "bool_and", "b", 0 }, { "bool_or", "b", 0 }, { "every", "b", 0 },
	{ "bitwise_and_agg", "i", 0 }, { "bitwise_or_agg", "i", 0 },
	{ "bitwise_xor_agg", "i", 0 }, { "checksum", "i", 0 },
	{ "checksum", "s", 0 }, { "checksum", "a", 0 },
	{ "checksum", "m", 0 }, { "checksum", "D", 0 },
	{ "approx_distinct", "i", 0 }, { "approx_distinct", "s", 0 },
	{ "approx_distinct", "b", 0 }, { "approx_distinct", "se", 0 },
	{ "approx_set", "i", 0 }, { "approx_set", "s", 0 },
	{ "approx_percentile", "ih", 0.1 }, { "approx_percentile", "dp", -1 },
	{ "tdigest_agg", "d", -1 }, { "numeric_histogram", "Nd", 0 },
	{ "approx_most_frequent", "NsN", 0 },
	{ "approx_most_frequent", "niN", -1 },
};

static uint64_t seed = 42;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % n);
}

/* ---- columns ---- */

static const struct type *
column_type(struct arena *a, char kind)
{
	switch (kind) {
	case 'i': case 'n': case 'N': return TYPE(BIGINT);
	case 'd': case 'h': case 'e': return TYPE(DOUBLE);
	case 'b': case 't': return TYPE(BOOLEAN);
	case 'D': return type_decimal(a, 20, 2);
	case 'u': return TYPE(NUMBER);
	case 'a': return type_array(a, TYPE(VARCHAR));
	case 'm': return type_map(a, TYPE(BIGINT), TYPE(VARCHAR));
	case 'p': return type_array(a, TYPE(DOUBLE));
	default: return TYPE(VARCHAR);
	}
}

static void
add_text(struct vec_builder *b)
{
	char text[64];
	uint32_t x = random_below(40);
	int n = snprintf(text, sizeof(text), x % 3 == 0
	    ? "a longer text with number %u" : "t%u", x);

	vec_builder_str(b, (struct str){ text, (size_t)n }, &err);
}

static void
add_number(struct vec_builder *b)
{
	uint32_t x = random_below(60);
	double d = ((double)x + 1) / 4;
	int64_t i = (int64_t)x - 3;
	int128 wide = (int128)i * 1000000007;
	uint8_t t = x % 2;

	vec_builder_value(b, b->type->id == TYPE_BIGINT ? (void *)&i
	    : b->type->id == TYPE_DOUBLE ? (void *)&d
	    : b->type->id == TYPE_BOOLEAN ? (void *)&t : (void *)&wide, &err);
}

static void
add_list(struct vec_builder *b)
{
	uint32_t n = random_below(4);

	for (uint32_t k = 0; k < n; k++) {
		if (b->type->n == 2) {
			int64_t key = (int64_t)(k * 8 + random_below(8));

			vec_builder_value(&b->child[0], &key, &err);
			add_text(&b->child[1]);
		} else if (random_below(9) == 0) {
			vec_builder_null(&b->child[0], &err);
		} else {
			add_text(&b->child[0]);
		}
	}
	vec_builder_list(b, n, &err);
}

/* A constant's one row. */
static void
add_constant(struct vec_builder *b, char kind)
{
	int64_t n = kind == 'n' ? 4 : 100;
	double half = kind == 'e' ? 0.05 : 0.5, q[3] = { 0, 0.5, 1 };
	uint8_t yes = 1;

	if (kind == 'c') {
		vec_builder_str(b, STR(","), &err);
	} else if (kind == 'p') {
		for (int k = 0; k < 3; k++)
			vec_builder_value(&b->child[0], &q[k], &err);
		vec_builder_list(b, 3, &err);
	} else {
		vec_builder_value(b, kind == 'h' || kind == 'e'
		    ? (void *)&half
		    : kind == 't' ? (void *)&yes : (void *)&n, &err);
	}
}

static struct vec *
column(const struct type *t, char kind)
{
	struct vec_builder b;
	struct vec *v, *one;

	vec_builder_init(&b, t, NULL);
	if (strchr("nNhetcp", kind) != NULL) {
		add_constant(&b, kind);
		one = vec_builder_finish(&b, &err);
		v = vec_const_of(one, 0, ROWS, NULL, &err);
		vec_drop(&one);
	} else {
		for (int i = 0; i < ROWS; i++) {
			if (random_below(10) == 0)
				vec_builder_null(&b, &err);
			else if (t->id == TYPE_NUMBER)
				vec_builder_str(&b, random_below(2) == 0
				    ? STR("1.5") : STR("2E+3"), &err);
			else if (t->rep == REP_STR)
				add_text(&b);
			else if (t->rep == REP_LIST)
				add_list(&b);
			else
				add_number(&b);
		}
		v = vec_builder_finish(&b, &err);
	}
	vec_builder_release(&b);
	return v;
}

/* ---- states ---- */

struct run {
	const struct agg_func *f;
	struct agg_context c;
	struct eval ev;
	struct eval_errors errors;
	struct arena heap, scratch;
	char *state[GROUPS];
};

static struct run *
run_new(const struct func_match *m)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->f = m->agg;
	r->ev.scratch = &r->scratch;
	r->ev.errors = &r->errors;
	r->c = (struct agg_context){ .ev = &r->ev, .types = m->args,
		.n_args = m->n, .intermediate = m->intermediate,
		.result = m->result, .heap = &r->heap };
	for (int g = 0; g < GROUPS; g++) {
		r->state[g] = arena_zalloc(&r->heap, r->f->state_size);
		if (r->f->init != NULL)
			r->f->init(&r->c, r->state[g]);
	}
	return r;
}

static void
run_free(struct run *r)
{
	arena_release(&r->heap);
	arena_release(&r->scratch);
	free(r);
}

/* Row i belongs to group i * i % GROUPS: some groups get no row. */
static uint32_t
group_of(uint32_t i)
{
	return i * i % GROUPS;
}

static int
update(struct run *r, struct vec *const *args, bool one_by_one)
{
	char *rows[ROWS];
	struct rows_sel s = { NULL, ROWS, ROWS };
	uint16_t sel[ROWS];
	int rc = 0;

	for (uint32_t i = 0; i < ROWS; i++)
		rows[i] = r->state[group_of(i)];
	if (!one_by_one || r->f->update_one == NULL)
		return r->f->update(&r->c, rows, 0,
		    (const struct vec *const *)args, &s, &err);
	for (uint32_t g = 0; g < GROUPS && rc == 0; g++) {
		s.sel = sel;
		s.n = 0;
		for (uint32_t i = 0; i < ROWS; i++)
			if (group_of(i) == g)
				sel[s.n++] = (uint16_t)i;
		rc = r->f->update_one(&r->c, r->state[g],
		    (const struct vec *const *)args, &s, &err);
	}
	return rc;
}

static struct vec *
values(struct run *r, bool save)
{
	struct vec_builder b;
	struct vec *v = NULL;

	vec_builder_init(&b, save ? r->c.intermediate : r->c.result, NULL);
	if ((save ? r->f->save : r->f->final)(&r->c, r->state, 0, GROUPS, &b,
	    &err) == 0)
		v = vec_builder_finish(&b, &err);
	vec_builder_release(&b);
	return v;
}

static int
combine(struct run *to, struct run *from)
{
	struct rows_sel s = { NULL, GROUPS, GROUPS };
	struct vec *v = values(from, true);
	int rc = v == NULL ? -1 : to->f->combine(&to->c, to->state, 0, v, &s,
	    &err);

	vec_drop(&v);
	return rc;
}

static bool
same_double(double x, double y, double within)
{
	return (isnan(x) && isnan(y)) || x == y ||
	    fabs(x - y) <= within * fmax(fabs(x), fabs(y));
}

static bool
same(const struct wanted *w, const struct vec *x, const struct vec *y)
{
	struct sbuf a = { 0 }, b = { 0 };
	bool good = true;

	for (uint32_t g = 0; g < GROUPS; g++) {
		if (w->within > 0 && x->type->id == TYPE_DOUBLE &&
		    !vec_is_null(x, g) && !vec_is_null(y, g)) {
			good &= same_double(*(const double *)vec_at(x, g),
			    *(const double *)vec_at(y, g), w->within);
			continue;
		}
		sbuf_clear(&a);
		sbuf_clear(&b);
		vec_print_json(&a, x, g);
		vec_print_json(&b, y, g);
		if (w->within >= 0 && !(w->within > 0 && a.n == b.n) &&
		    strcmp(sbuf_z(&a), sbuf_z(&b)) != 0) {
			diag("group %u: %.300s", g, sbuf_z(&a));
			diag("    not: %.300s", sbuf_z(&b));
			good = false;
		}
		good &= vec_is_null(x, g) == vec_is_null(y, g);
	}
	sbuf_release(&a);
	sbuf_release(&b);
	return good;
}

static bool
compare_runs(const struct wanted *w, struct run *x, struct run *y)
{
	struct vec *a = values(x, false), *b = values(y, false);
	bool good = a != NULL && b != NULL && same(w, a, b);

	vec_drop(&a);
	vec_drop(&b);
	return good;
}

static void
test_one(struct arena *a, const struct wanted *w)
{
	int n = (int)strlen(w->args), rc = 0;
	const struct type *types[MAX_ARGS];
	struct func_match m;
	struct run *whole, *single, *part[3], *joined, *again;

	for (int i = 0; i < n; i++)
		types[i] = column_type(a, w->args[i]);
	rc = func_find(a, str_of(w->name), types, n, &m, &err);
	if (!ok(rc == 0 && m.agg != NULL, "%s(%s) is there", w->name,
	    w->args))
		return;
	whole = run_new(&m);
	single = run_new(&m);
	joined = run_new(&m);
	again = run_new(&m);
	for (int p = 0; p < 3; p++)
		part[p] = run_new(&m);
	for (int p = 0; p < PAGES && rc == 0; p++) {
		struct vec *args[MAX_ARGS] = { NULL };

		for (int i = 0; i < n; i++)
			args[i] = column(m.args[i], w->args[i]);
		rc = update(whole, args, false);
		if (rc == 0)
			rc = update(single, args, true);
		if (rc == 0)
			rc = update(part[p / 2], args, false);
		for (int i = 0; i < n; i++)
			vec_drop(&args[i]);
	}
	for (int p = 0; p < 3 && rc == 0; p++)
		rc = combine(joined, part[p]);
	if (rc == 0)
		rc = combine(again, joined);
	if (rc != 0)
		diag("%s", err.text);
	ok(rc == 0 && compare_runs(w, whole, single),
	    "%s(%s) group by group", w->name, w->args);
	ok(rc == 0 && compare_runs(w, whole, joined), "%s(%s) in parts",
	    w->name, w->args);
	ok(rc == 0 && compare_runs(w, whole, again), "%s(%s) spilled",
	    w->name, w->args);
	for (int p = 0; p < 3; p++)
		run_free(part[p]);
	run_free(whole);
	run_free(single);
	run_free(joined);
	run_free(again);
}

int
main(void)
{
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		test_one(&a, &all[i]);
	arena_release(&a);
	return tap_done();
}
