/* SPDX-License-Identifier: Apache-2.0
 * join.c - hash and nested loop joins of all kinds against naive ones. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "page/compare.h"
#include "random_pages.h"
#include "tap.h"

struct side {
	const struct type *types[6];
	struct random_column column[6];
	struct page_list pages;
};

struct test {
	struct frag_maker m;
	struct side probe, build;
	int n_keys, n;          /* keys, then a bigint */
	bool null_safe, residual;
	uint64_t seed;
};

/* Three-valued: 1, 0, -1 unknown. */
static int
keys_match(const struct test *t, const struct page *p, uint32_t i,
    const struct page *b, uint32_t j)
{
	int result = 1;

	for (int k = 0; k < t->n_keys; k++) {
		if (t->null_safe) {
			if (!vec_same(p->col[k], i, b->col[k], j))
				return 0;
			continue;
		}
		if (vec_is_null(p->col[k], i) || vec_is_null(b->col[k], j)) {
			result = -1;
			continue;
		}
		/* Join keys match as groups do: NaN is never =, but it is
		 * not in these columns. */
		if (!vec_same(p->col[k], i, b->col[k], j))
			return 0;
	}
	return result;
}

static int
pair_matches(const struct test *t, const struct page *p, uint32_t i,
    const struct page *b, uint32_t j)
{
	int keys = keys_match(t, p, i, b, j);
	const struct vec *x = p->col[t->n_keys], *y = b->col[t->n_keys];

	if (keys == 0 || !t->residual)
		return keys;
	if (vec_is_null(x, i) || vec_is_null(y, j))
		return 0;
	return *(const int64_t *)vec_at(x, i) < *(const int64_t *)
	    vec_at(y, j) ? keys : 0;
}

static char *
pair_text(const struct test *t, const struct page *p, uint32_t i,
    const struct page *b, uint32_t j)
{
	struct sbuf text;
	char *one;

	sbuf_init(&text);
	for (int side = 0; side < 2; side++) {
		const struct page *q = side == 0 ? p : b;

		if (side == 1)
			sbuf_addc(&text, '|');
		if (q == NULL) {
			for (int k = 0; k < t->n; k++)
				sbuf_addz(&text, k == 0 ? "NULL" : "|NULL");
			continue;
		}
		one = row_text(q, side == 0 ? i : j);
		sbuf_addz(&text, one);
		free(one);
	}
	return sbuf_take(&text);
}

struct naive {
	const struct test *t;
	enum join_kind kind;
	struct text_list *want;
	char *found;            /* by build row, counted through */
};

static void
naive_row(struct naive *s, const struct page *p, uint32_t i)
{
	const struct page_list *build = &s->t->build.pages;
	bool matched = false, unknown = false, pairs = s->kind < JOIN_SEMI;
	struct sbuf text;
	char *one;
	int at = 0;

	for (int k = 0; k < build->n; k++)
		for (uint32_t j = 0; j < build->v[k]->rows; j++, at++) {
			int m = pair_matches(s->t, p, i, build->v[k], j);

			matched |= m == 1;
			unknown |= m == -1;
			if (m != 1)
				continue;
			s->found[at] = 1;
			if (pairs)
				text_list_add(s->want, pair_text(s->t, p, i,
				    build->v[k], j));
		}
	if ((s->kind == JOIN_LEFT || s->kind == JOIN_FULL) && !matched)
		text_list_add(s->want, pair_text(s->t, p, i, NULL, 0));
	if ((s->kind == JOIN_SEMI && matched) ||
	    (s->kind == JOIN_ANTI && !matched) ||
	    (s->kind == JOIN_ANTI_NULL && !matched && !unknown))
		text_list_add(s->want, row_text(p, i));
	if (s->kind != JOIN_MARK)
		return;
	sbuf_init(&text);
	one = row_text(p, i);
	sbuf_addf(&text, "%s|%s", one, matched ? "true" : unknown ? "NULL"
	    : "false");
	free(one);
	text_list_add(s->want, sbuf_take(&text));
}

static void
naive_join(const struct test *t, enum join_kind kind, struct text_list *want)
{
	struct naive s = { t, kind, want, xcalloc(1 << 20, 1) };
	int at = 0;

	for (int k = 0; k < t->probe.pages.n; k++)
		for (uint32_t i = 0; i < t->probe.pages.v[k]->rows; i++)
			naive_row(&s, t->probe.pages.v[k], i);
	for (int k = 0; k < t->build.pages.n; k++)
		for (uint32_t j = 0; j < t->build.pages.v[k]->rows; j++)
			if ((kind == JOIN_RIGHT || kind == JOIN_FULL) &&
			    !s.found[at++])
				text_list_add(want, pair_text(t, NULL, 0,
				    t->build.pages.v[k], j));
	free(s.found);
	text_list_sort(want);
}

static struct frag_node *
make_join(struct test *t, enum join_kind kind, struct frag_node *probe,
    struct frag_node *build)
{
	const struct type *types[12];
	bool pairs = kind < JOIN_SEMI;
	int n = 0;
	struct frag_node *j;

	for (int i = 0; i < t->n; i++)
		types[n++] = t->probe.types[i];
	for (int i = 0; pairs && i < t->n; i++)
		types[n++] = t->build.types[i];
	if (kind == JOIN_MARK)
		types[n++] = TYPE(BOOLEAN);
	j = make_node(&t->m, t->n_keys > 0 ? FRAG_JOIN : FRAG_CROSS, n,
	    types);
	add_child(&t->m, j, probe);
	add_child(&t->m, j, build);
	j->join = kind;
	j->n_join_keys = t->n_keys;
	j->probe_keys = make_ints(&t->m, 6, 0, 1, 2, 3, 4, 5);
	j->build_keys = j->probe_keys;
	j->null_safe = arena_array(&t->m.arena, bool, 6);
	for (int i = 0; i < t->n_keys; i++)
		j->null_safe[i] = t->null_safe;
	j->n_probe_out = t->n;
	j->n_build_out = pairs ? t->n : 0;
	j->probe_out = j->build_out = j->probe_keys;
	if (t->residual) {
		struct expr *arg[2] = {
			expr_input(&t->m.pool, t->n_keys, TYPE(BIGINT)),
			expr_input(&t->m.pool, t->n + t->n_keys,
			    TYPE(BIGINT)),
		};

		CHECK(expr_call(&t->m.pool, STR("<"), arg, 2, &j->residual,
		    NULL) == 0);
	}
	j->n_dynamic = t->n_keys > 0;
	j->dynamic = arena_new(&t->m.arena, struct frag_dynamic);
	return j;
}

static void
run_case(struct test *t, const char *name, enum join_kind kind,
    struct run_options *o)
{
	struct run_input in[2] = { { .n = 1 }, { .n = 1 } };
	struct run_result r;
	struct text_list got = { 0 }, want = { 0 };
	struct frag_node *source[2];
	struct fragment *f;
	struct err e = { 0 };
	char text[200];
	int ret;

	for (int i = 0; i < 2; i++) {
		struct side *s = i == 0 ? &t->probe : &t->build;

		source[i] = make_node(&t->m, FRAG_EXCHANGE, t->n, s->types);
		in[i].node_id = source[i]->id;
		in[i].stream[0] = s->pages;
	}
	f = make_fragment(&t->m, make_join(t, kind, source[0], source[1]));
	snprintf(text, sizeof(text), "%s, %s%s%s, %d drivers%s", name,
	    join_kind_name(kind), t->null_safe ? ", null safe" : "",
	    t->residual ? ", residual" : "", o->concurrency,
	    o->threads ? " on threads" : "");
	if (!ok(frag_check(f, &e) == 0, "%s: plan is sound", text))
		diag("%s", e.text);
	o->seed = random_next(&t->seed);
	ret = task_run(f, in, 2, o, &r, &e);
	if (!ok(ret == 0, "%s: runs", text))
		diag("%s", e.text);
	naive_join(t, kind, &want);
	text_list_pages(&got, &r.out[0]);
	text_list_sort(&got);
	if (ret == 0)
		same_texts(&got, &want, text);
	text_list_release(&got);
	text_list_release(&want);
	run_result_release(&r);
}

static void
fill(struct test *t, struct side *s, int pages, int rows)
{
	for (int i = 0; i < pages; i++)
		page_list_add(&s->pages, random_page(s->types, s->column,
		    t->n, (uint32_t)(random_next(&t->seed) %
		    (uint64_t)rows), &t->seed));
}

static void
set_types(struct test *t, const char *keys, int distinct, int nulls)
{
	struct arena *a = &t->m.arena;

	for (t->n_keys = 0; keys[t->n_keys] != '\0'; t->n_keys++) {
		const struct type *types[128] = {
			['b'] = TYPE(BIGINT), ['i'] = TYPE(INTEGER),
			['t'] = TYPE(TINYINT), ['B'] = TYPE(BOOLEAN),
			['s'] = TYPE(VARCHAR), ['D'] = TYPE(DATE),
			['w'] = type_decimal(a, 38, 2),
			['a'] = type_array(a, TYPE(VARCHAR)),
		};
		int k = t->n_keys;

		for (int side = 0; side < 2; side++) {
			struct side *s = side == 0 ? &t->probe : &t->build;

			s->types[k] = types[(int)keys[k]];
			s->column[k].distinct = distinct;
			s->column[k].nulls = nulls;
		}
	}
	t->n = t->n_keys + 1;
	t->probe.types[t->n_keys] = t->build.types[t->n_keys] = TYPE(BIGINT);
	t->probe.column[t->n_keys].distinct = 40;
	t->build.column[t->n_keys].distinct = 40;
	t->probe.column[t->n_keys].nulls = 10;
}

static void
test_join(const char *name, const char *keys, int distinct, int nulls,
    int build_rows)
{
	struct test t = { .seed = hash_bytes(name, strlen(name)) };

	frag_maker_init(&t.m);
	set_types(&t, keys, distinct, nulls);
	fill(&t, &t.probe, 5, 120);
	fill(&t, &t.build, build_rows == 0 ? 0 : 4, build_rows);
	for (int kind = JOIN_INNER; kind <= JOIN_MARK; kind++)
		for (int way = 0; way < 4; way++) {
			struct run_options o = {
				.concurrency = way == 0 ? 1 : 3,
				.threads = way == 3,
				.block_every = way == 2 ? 2 : 0,
			};

			t.residual = way % 2 == 1;
			t.null_safe = way == 2 && t.n_keys > 0;
			run_case(&t, name, (enum join_kind)kind, &o);
		}
	page_list_release(&t.probe.pages);
	page_list_release(&t.build.pages);
	frag_maker_release(&t.m);
}

int
main(void)
{
	test_join("bigint, dense", "i", 60, 5, 60);
	test_join("bigint, no nulls", "i", 300, 0, 40);
	test_join("bigint, sparse", "b", 100000, 3, 200);
	test_join("boolean", "B", 2, 10, 30);
	test_join("varchar", "s", 50, 5, 60);
	test_join("array", "a", 20, 5, 30);
	test_join("integer, varchar", "is", 8, 5, 80);
	test_join("date, tinyint, decimal", "Dtw", 4, 5, 80);
	test_join("no build rows", "b", 10, 5, 0);
	test_join("cross", "", 1, 0, 30);
	test_join("cross, no build rows", "", 1, 0, 0);
	return tap_done();
}
