/* SPDX-License-Identifier: Apache-2.0
 * program.c - programs over small pages: selections, errors by row, TRY,
 * dictionaries, lambdas. */
#include <math.h>

#include "expr/expr.h"
#include "page/build.h"
#include "tap.h"

static struct arena arena;
static struct expr_pool pool;

/* A vector of bigints; INT64_MIN is NULL. */
static struct vec *
ints(const int64_t *v, uint32_t n)
{
	struct vec *out = vec_new_flat(TYPE(BIGINT), n, true, NULL, NULL);

	for (uint32_t i = 0; i < n; i++) {
		((int64_t *)out->data)[i] = v[i];
		if (v[i] == INT64_MIN)
			bit_clear(out->valid, i);
	}
	return out;
}

static struct expr *
call(const char *name, struct expr *a, struct expr *b)
{
	struct expr *arg[2] = { a, b }, *out;
	struct err e;

	if (expr_call(&pool, str_of(name), arg, b == NULL ? 1 : 2, &out, &e)
	    != 0) {
		diag("%s", e.text);
		return NULL;
	}
	return out;
}

static struct expr *
node(enum expr_kind kind, const struct type *t, struct expr *a,
    struct expr *b, struct expr *c)
{
	int n = c != NULL ? 3 : b != NULL ? 2 : 1;
	struct expr *x = expr_new(&pool, kind, t, n);

	x->arg[0] = a;
	if (n > 1)
		x->arg[1] = b;
	if (n > 2)
		x->arg[2] = c;
	return x;
}

static struct expr *
in(int i)
{
	return expr_input(&pool, i, TYPE(BIGINT));
}

/* Projects x over a page of bigint columns; prints the values, or the error.
 */
static const char *
run(struct expr *x, struct vec *const *cols, int n, uint32_t rows)
{
	const struct type *types[8];
	static struct sbuf b;
	struct program *p = NULL;
	struct vec *out = NULL;
	struct err e;

	for (int i = 0; i < n; i++)
		types[i] = cols[i]->type;
	sbuf_clear(&b);
	if (program_compile(NULL, &x, 1, types, n, NULL, &p, &e) != 0 ||
	    program_project(p, cols, rows, NULL, rows, NULL, &out, &e) != 0) {
		sbuf_addf(&b, "%s: %s", err_name(e.code), e.text);
	} else {
		for (uint32_t i = 0; i < rows; i++) {
			if (i > 0)
				sbuf_addc(&b, ' ');
			if (vec_is_null(out, i))
				sbuf_addz(&b, "null");
			else if (out->type->rep == REP_BOOL)
				sbuf_addz(&b, *(const uint8_t *)vec_at(out, i)
				    ? "true" : "false");
			else if (out->type->rep == REP_I64)
				sbuf_addf(&b, "%lld", (long long)
				    *(const int64_t *)vec_at(out, i));
			else
				sbuf_addz(&b, "?");
		}
		vec_drop(&out);
	}
	program_free(&p);
	return sbuf_z(&b);
}

static void
test_errors(void)
{
	const int64_t v[] = { 1, 0, INT64_MIN, -5 };
	struct vec *col = ints(v, 4);
	struct expr *ten = expr_bigint(&pool, 10), *zero = expr_bigint(&pool,
	    0);
	struct expr *div = call("/", ten, in(0));
	struct expr *nonzero = call("<>", in(0), zero);

	is_str(run(div, &col, 1, 4), "DIVISION_BY_ZERO: Division by zero",
	    "a row fails");
	is_str(run(node(EXPR_TRY, div->type, div, NULL, NULL), &col, 1, 4),
	    "10 null null -2", "TRY");
	is_str(run(node(EXPR_IF, div->type, nonzero, div, zero), &col, 1, 4),
	    "10 0 0 -2", "IF evaluates only the branch taken");
	is_str(run(node(EXPR_AND, TYPE(BOOLEAN), nonzero, call(">", div,
	    zero), NULL), &col, 1, 4), "true false null false",
	    "AND stops at false");
	is_str(run(node(EXPR_COALESCE, TYPE(BIGINT), in(0), div, NULL),
	    &col, 1, 4), "1 0 null -5", "COALESCE evaluates what is NULL");
	is_str(run(call("=", node(EXPR_IS_NULL, TYPE(BOOLEAN), node(EXPR_TRY,
	    div->type, div, NULL, NULL), NULL, NULL), call(">", div, zero)),
	    &col, 1, 4), "DIVISION_BY_ZERO: Division by zero",
	    "what TRY has seen is not taken for good outside");
	is_str(run(call("/", ten, zero), &col, 1, 4),
	    "DIVISION_BY_ZERO: Division by zero", "a constant fails late");
	is_str(run(node(EXPR_NULLIF, TYPE(BIGINT), in(0), call("=", in(0),
	    expr_bigint(&pool, 1)), NULL), &col, 1, 4), "null 0 null -5",
	    "NULLIF");
	vec_drop(&col);
}

static void
test_filter(void)
{
	int64_t v[3000];
	uint16_t sel[PAGE_ROWS];
	uint32_t n = 0, good = 0;
	struct vec *col, *out;
	struct program *p;
	const struct type *types[1] = { TYPE(BIGINT) };
	struct expr *term[3], *filter, *project;
	struct err e;

	for (int i = 0; i < 3000; i++)
		v[i] = i % 7 == 0 ? INT64_MIN : i % 100;
	col = ints(v, 3000);
	term[0] = call(">=", in(0), expr_bigint(&pool, 10));
	term[1] = call("<", in(0), expr_bigint(&pool, 50));
	term[2] = call("=", call("%", in(0), expr_bigint(&pool, 2)),
	    expr_bigint(&pool, 0));
	filter = expr_and(&pool, term, 3);
	project = call("*", in(0), expr_bigint(&pool, 3));
	ok(program_compile(filter, &project, 1, types, 1, NULL, &p, &e) == 0,
	    "compile a filter and a projection");
	for (int round = 0; round < 3; round++) {
		ok(program_filter(p, &col, 3000, NULL, sel, &n, &e) == 0,
		    "filter");
		good = 0;
		for (int i = 0; i < 3000; i++) {
			bool want = v[i] >= 10 && v[i] < 50 && v[i] % 2 == 0;

			good += want && sel[good] == i;
		}
		ok(good == n && n > 0, "the rows, in order, round %d", round);
		ok(program_project(p, &col, 3000, sel, n, NULL, &out, &e) ==
		    0 && out->n == n, "project them");
		good = 0;
		for (uint32_t i = 0; i < n; i++)
			good += *(const int64_t *)vec_at(out, i) ==
			    3 * v[sel[i]];
		is_int(good, n, "the projected values");
		vec_drop(&out);
	}
	program_free(&p);
	vec_drop(&col);
}

static void
test_dictionary(void)
{
	const int64_t v[] = { 5, 0, 7, INT64_MIN };
	uint32_t index[100];
	struct vec *base = ints(v, 4), *dict;
	struct expr *plus = call("+", in(0), expr_bigint(&pool, 1));
	struct expr *div = call("/", expr_bigint(&pool, 35), in(0));
	const struct type *types[1] = { TYPE(BIGINT) };
	struct program *p;
	struct vec *out;
	struct err e;
	int good = 0;

	for (int i = 0; i < 100; i++)
		index[i] = (uint32_t)i % 4;
	dict = vec_select(base, index, 100, NULL, NULL);
	program_compile(NULL, &plus, 1, types, 1, NULL, &p, &e);
	program_project(p, &dict, 100, NULL, 100, NULL, &out, &e);
	for (uint32_t i = 0; i < 100; i++)
		good += i % 4 == 3 ? vec_is_null(out, i)
		    : *(const int64_t *)vec_at(out, i) == v[i % 4] + 1;
	is_int(good, 100, "values over a dictionary");
	ok(out->form == VEC_DICT, "computed on the base");
	vec_drop(&out);
	program_free(&p);
	vec_drop(&dict);
	for (int i = 0; i < 100; i++)
		index[i] = i % 2 == 0 ? 0 : 2;
	dict = vec_select(base, index, 100, NULL, NULL);
	program_compile(NULL, &div, 1, types, 1, NULL, &p, &e);
	good = program_project(p, &dict, 100, NULL, 100, NULL, &out, &e);
	is_int(good, 0, "an entry that no row uses may fail");
	is_int(*(const int64_t *)vec_at(out, 1), 5, "35 / 7");
	vec_drop(&out);
	program_free(&p);
	vec_drop(&dict);
	vec_drop(&base);
}

static void
test_fold(void)
{
	struct expr *two = expr_bigint(&pool, 2), *x;
	struct expr *sum = call("+", two, call("*", two, two));
	struct expr *bad = call("/", two, expr_bigint(&pool, 0));

	x = expr_fold(&pool, sum, NULL);
	ok(expr_is_const(x) && *(int64_t *)x->value->data == 6, "2 + 2 * 2");
	ok(!expr_is_const(expr_fold(&pool, bad, NULL)), "1 / 0 stays");
	x = expr_fold(&pool, node(EXPR_AND, TYPE(BOOLEAN), expr_bool(&pool,
	    true), call("=", in(0), two), NULL), NULL);
	ok(x->kind == EXPR_CALL, "true AND x is x");
	x = expr_fold(&pool, node(EXPR_AND, TYPE(BOOLEAN), call("=", in(0),
	    two), expr_bool(&pool, false), NULL), NULL);
	ok(expr_is_false_or_null(x), "x AND false is false");
}

int
main(void)
{
	arena_init(&arena);
	expr_pool_init(&pool, &arena);
	test_errors();
	test_filter();
	test_dictionary();
	test_fold();
	expr_pool_release(&pool);
	arena_release(&arena);
	return tap_done();
}
