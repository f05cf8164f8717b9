/* SPDX-License-Identifier: Apache-2.0
 * domain.c - filters to domains, and both as msgpack. */
#include "base/mpack.h"
#include "expr/domain.h"
#include "tap.h"

static struct arena arena;
static struct expr_pool pool;

static struct expr *
call(const char *name, struct expr *a, struct expr *b)
{
	struct expr *arg[2] = { a, b }, *out = NULL;
	struct err e;

	if (expr_call(&pool, str_of(name), arg, 2, &out, &e) != 0)
		diag("%s", e.text);
	return expr_fold(&pool, out, NULL);
}

static struct expr *
many(enum expr_kind kind, int n, ...)
{
	struct expr *x = expr_new(&pool, kind, TYPE(BOOLEAN), n);
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++)
		x->arg[i] = va_arg(ap, struct expr *);
	va_end(ap);
	return x;
}

static struct expr *
col(int i)
{
	return expr_input(&pool, i, i == 9 ? TYPE(VARCHAR) : TYPE(BIGINT));
}

static struct expr *
num(int64_t v)
{
	return expr_bigint(&pool, v);
}

/* "0:[(<min>, 5)] rest" */
static const char *
shown(struct expr *filter)
{
	static struct sbuf b;
	struct domain_set s;
	struct expr *rest;
	struct err e;

	sbuf_clear(&b);
	domain_extract(&pool, filter, &s, &rest, &e);
	if (s.none)
		sbuf_addz(&b, "none");
	for (int i = 0; i < s.n; i++) {
		sbuf_addf(&b, "%s%d:", i > 0 ? " " : "", s.column[i]);
		domain_print(&b, s.domain[i]);
	}
	if (rest != NULL)
		sbuf_addz(&b, " rest");
	return sbuf_z(&b);
}

static void
test_extract(void)
{
	struct expr *like[2] = { col(9), expr_const_str(&pool, TYPE(VARCHAR),
	    STR("ab%c")) }, *x;
	struct err e;

	is_str(shown(call("<", col(0), num(5))), "0:[(<min>, 5)]", "<");
	is_str(shown(call("<", num(5), col(0))), "0:[(5, <max>)]", "turned");
	is_str(shown(call("<>", col(0), num(5))),
	    "0:[(<min>, 5), (5, <max>)]", "<>");
	is_str(shown(many(EXPR_AND, 2, call(">=", col(0), num(1)), call("<=",
	    col(0), num(3)))), "0:[[1, 3]]", "BETWEEN");
	is_str(shown(many(EXPR_AND, 2, call(">", col(0), num(3)), call("<",
	    col(0), num(1)))), "none", "a contradiction");
	is_str(shown(many(EXPR_OR, 3, call("=", col(0), num(3)), call("=",
	    col(0), num(1)), many(EXPR_IS_NULL, 1, col(0)))),
	    "0:[NULL, {1}, {3}]", "OR and IS NULL");
	is_str(shown(many(EXPR_IN, 4, col(0), num(7), num(2), num(7))),
	    "0:[{2}, {7}]", "IN");
	is_str(shown(many(EXPR_NOT, 1, many(EXPR_IN, 3, col(0), num(2),
	    num(3)))), "0:[(<min>, 2), (2, 3), (3, <max>)]", "NOT IN");
	is_str(shown(many(EXPR_NOT, 1, many(EXPR_IS_NULL, 1, col(0)))),
	    "0:NOT NULL", "IS NOT NULL");
	is_str(shown(call("<", col(0), col(1))), " rest", "two columns");
	is_str(shown(many(EXPR_OR, 2, many(EXPR_AND, 2, call("=", col(0),
	    num(1)), call("=", col(1), num(2))), many(EXPR_AND, 2, call("=",
	    col(0), num(3)), call("=", col(1), num(4))))),
	    "0:[{1}, {3}] 1:[{2}, {4}] rest", "OR of ANDs");
	ok(expr_call(&pool, STR("LIKE"), like, 2, &x, &e) == 0, "LIKE");
	is_str(shown(expr_fold(&pool, x, NULL)), "9:[[\"ab\", \"ac\")] rest",
	    "a prefix");
	is_str(shown(call("=", col(0), expr_const(&pool, TYPE(BIGINT),
	    NULL))), "none", "= NULL");
}

static void
test_code(void)
{
	struct expr *x = many(EXPR_AND, 2, call("<", call("+", col(0),
	    num(3)), col(1)), call("=", col(9), expr_const_str(&pool,
	    TYPE(VARCHAR), STR("a long text beyond 12 bytes")))), *y;
	struct sbuf b = { 0 };
	struct mpack_writer w = { &b };
	struct mpack_reader r;
	struct domain_set s, back;
	struct err e;
	bool good = true;

	expr_encode(&w, x);
	ok(mpack_open(&r, sbuf_str(&b), "expression", &e) == 0 &&
	    expr_decode(&pool, &r, &y, &e) == 0, "decode");
	ok(expr_equal(x, y), "the same expression");
	for (size_t i = 0; i < b.n; i++) {
		char old = b.p[i];

		/* Any answer will do, as long as it is one. */
		for (int k = 0; k < 8; k++) {
			b.p[i] = (char)(old ^ 1 << k);
			if (mpack_open(&r, sbuf_str(&b), "e", &e) == 0)
				good &= expr_decode(&pool, &r, &y, &e) <= 0;
		}
		b.p[i] = old;
	}
	ok(good, "every flipped bit is an error or another expression");
	sbuf_clear(&b);
	domain_extract(&pool, many(EXPR_AND, 2, call(">", col(0), num(3)),
	    many(EXPR_IN, 3, col(1), num(1), num(9))), &s, NULL, &e);
	domain_encode(&w, &s);
	ok(mpack_open(&r, sbuf_str(&b), "domain", &e) == 0 &&
	    domain_decode(&pool, &r, &back, &e) == 0 && back.n == 2 &&
	    back.domain[1]->n == 2, "domains there and back");
	sbuf_release(&b);
}

static void
test_questions(void)
{
	struct domain_set s;
	struct vec *points[4];
	struct err e;
	struct domain *d;

	domain_extract(&pool, many(EXPR_OR, 2, call("=", col(0), num(3)),
	    call(">", col(0), num(10))), &s, NULL, &e);
	d = s.domain[0];
	ok(domain_contains(d, num(3)->value, 0) &&
	    domain_contains(d, num(11)->value, 0) &&
	    !domain_contains(d, num(10)->value, 0), "contains");
	ok(domain_overlaps(d, num(1)->value, num(3)->value, false, false) &&
	    !domain_overlaps(d, num(4)->value, num(10)->value, true, false) &&
	    domain_overlaps(d, num(4)->value, NULL, false, false) &&
	    !domain_overlaps(d, NULL, NULL, true, true), "overlaps");
	is_int(domain_points(d, points, 4), -1, "no list of points");
	domain_extract(&pool, many(EXPR_IN, 3, col(0), num(9), num(2)), &s,
	    NULL, &e);
	is_int(domain_points(s.domain[0], points, 4), 2, "points");
}

int
main(void)
{
	arena_init(&arena);
	expr_pool_init(&pool, &arena);
	test_extract();
	test_code();
	test_questions();
	expr_pool_release(&pool);
	arena_release(&arena);
	return tap_done();
}
