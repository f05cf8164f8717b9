/* SPDX-License-Identifier: Apache-2.0
 * small.c - the small operators on small inputs whose results stand here. */
#include <stdlib.h>

#include "base/check.h"
#include "page/build.h"
#include "random_pages.h"
#include "tap.h"

struct test {
	struct frag_maker m;
	struct run_input in[4];
	int n_in;
};

/* An exchange that yields rows of bigints: n columns, NULL where the value
 * is -999; one page per `per` rows. */
static struct frag_node *
rows(struct test *t, int columns, int n, int per, const int64_t *v)
{
	const struct type *types[8];
	struct frag_node *f;
	struct run_input *in = &t->in[t->n_in++];

	for (int i = 0; i < columns; i++)
		types[i] = TYPE(BIGINT);
	f = make_node(&t->m, FRAG_EXCHANGE, columns, types);
	memset(in, 0, sizeof(*in));
	in->node_id = f->id;
	in->n = 1;
	for (int at = 0; at < n; at += per) {
		int some = n - at < per ? n - at : per;
		struct page *p = page_new(columns, (uint32_t)some);

		for (int c = 0; c < columns; c++) {
			struct vec_builder b;

			vec_builder_init(&b, TYPE(BIGINT), NULL);
			for (int i = 0; i < some; i++) {
				int64_t x = v[(at + i) * columns + c];

				if (x == -999)
					vec_builder_null(&b, NULL);
				else
					vec_builder_value(&b, &x, NULL);
			}
			p->col[c] = vec_builder_finish(&b, NULL);
			vec_builder_release(&b);
		}
		page_list_add(&in->stream[0], p);
	}
	return f;
}

/* Runs and compares with rows joined by spaces; sorted: order is free. */
static void
expect(struct test *t, const char *name, struct frag_node *root, bool sorted,
    const char *want)
{
	struct run_result r;
	struct err e = { 0 };
	struct fragment *f = make_fragment(&t->m, root);
	struct text_list got = { 0 };
	struct sbuf text;
	int ret;

	sbuf_init(&text);
	if (!ok(frag_check(f, &e) == 0, "%s: plan is sound", name))
		diag("%s", e.text);
	for (int way = 0; way < 3; way++) {
		struct run_options o = { .concurrency = way == 0 ? 1 : 3,
			.threads = way == 2, .block_every = way == 1 ? 2 : 0,
			.seed = 7 };

		ret = task_run(f, t->in, t->n_in, &o, &r, &e);
		sbuf_clear(&text);
		if (ret < 0) {
			sbuf_addf(&text, "%s: %s", err_name(e.code), e.text);
		} else {
			text_list_pages(&got, &r.out[0]);
			if (sorted)
				text_list_sort(&got);
			for (int i = 0; i < got.n; i++)
				sbuf_addf(&text, "%s%s", i > 0 ? " " : "",
				    got.v[i]);
		}
		text_list_release(&got);
		is_str(sbuf_z(&text), want, name);
		run_result_release(&r);
	}
	sbuf_release(&text);
	for (int i = 0; i < t->n_in; i++)
		page_list_release(&t->in[i].stream[0]);
	t->n_in = 0;
}

static struct frag_node *
widen(struct test *t, enum frag_kind kind, struct frag_node *child,
    const struct type *more)
{
	const struct type *types[12];
	struct frag_node *n;

	for (int i = 0; i < child->n; i++)
		types[i] = child->types[i];
	types[child->n] = more;
	n = make_node(&t->m, kind, child->n + 1, types);
	add_child(&t->m, n, child);
	return n;
}

static void
test_simple(struct test *t)
{
	int64_t v[] = { 1, 10, 2, 20, 1, 10, 3, -999, 3, -999 };
	struct frag_node *n;

	n = make_through(&t->m, FRAG_LIMIT, rows(t, 1, 5, 2, v));
	n->limit = 0;
	expect(t, "limit 0", n, true, "");
	n = make_through(&t->m, FRAG_LIMIT, rows(t, 1, 1, 2, v));
	n->limit = 5;
	expect(t, "limit above", n, true, "1");
	n = make_through(&t->m, FRAG_SINGLE_ROW, rows(t, 2, 1, 1, v));
	expect(t, "single row", n, true, "1|10");
	n = make_through(&t->m, FRAG_SINGLE_ROW, rows(t, 2, 0, 1, v));
	expect(t, "no single row", n, true, "NULL|NULL");
	n = make_through(&t->m, FRAG_SINGLE_ROW, rows(t, 2, 2, 1, v));
	expect(t, "two single rows", n, true, "SUBQUERY_MULTIPLE_ROWS: "
	    "Scalar sub-query has returned multiple rows");
	n = widen(t, FRAG_MARK_DISTINCT, rows(t, 2, 5, 5, v),
	    TYPE(BOOLEAN));
	n->n_keys = 2;
	n->keys = make_ints(&t->m, 2, 0, 1);
	expect(t, "mark distinct", n, true, "1|10|false 1|10|true 2|20|true "
	    "3|NULL|false 3|NULL|true");
	n = widen(t, FRAG_ROW_ID, rows(t, 1, 3, 3, v), TYPE(BIGINT));
	expect(t, "row id", n, true, "10|1 1|0 2|2");
}

static void
test_union(struct test *t)
{
	int64_t v[] = { 1, 2, 3 }, w[] = { 3, 4 };
	struct frag_node *u, *n, *a = rows(t, 1, 3, 1, v),
	    *b = rows(t, 1, 2, 1, w);
	const struct type *types[2] = { TYPE(BIGINT), TYPE(BIGINT) };

	u = make_through(&t->m, FRAG_UNION, a);
	add_child(&t->m, u, b);
	expect(t, "union", u, true, "1 2 3 3 4");
	a = rows(t, 1, 3, 1, v);
	b = rows(t, 1, 2, 1, w);
	u = make_through(&t->m, FRAG_UNION, a);
	add_child(&t->m, u, b);
	n = make_node(&t->m, FRAG_AGGREGATE, 1, types);
	add_child(&t->m, n, u);
	n->n_keys = 1;
	n->keys = make_ints(&t->m, 1, 0);
	expect(t, "distinct of a union", n, true, "1 2 3 4");
	a = rows(t, 1, 3, 1, v);
	b = rows(t, 1, 2, 1, w);
	u = make_through(&t->m, FRAG_UNION, a);
	add_child(&t->m, u, b);
	n = make_through(&t->m, FRAG_LIMIT, u);
	n->limit = 5;
	n = make_node(&t->m, FRAG_JOIN, 2, types);
	add_child(&t->m, n, u);
	add_child(&t->m, n, rows(t, 1, 2, 1, w));
	n->n_join_keys = 1;
	n->probe_keys = n->build_keys = make_ints(&t->m, 1, 0);
	n->n_probe_out = n->n_build_out = 1;
	n->probe_out = n->build_out = n->probe_keys;
	expect(t, "join of a union", n, true, "3|3 3|3 4|4");
}

static void
test_group_id(struct test *t)
{
	int64_t v[] = { 1, 10, 2, 20 };
	const struct type *types[4] = { TYPE(BIGINT), TYPE(BIGINT),
		TYPE(BIGINT), TYPE(BIGINT) };
	struct frag_node *n = make_node(&t->m, FRAG_GROUP_ID, 4, types);
	int sizes[3] = { 2, 1, 0 };

	add_child(&t->m, n, rows(t, 2, 2, 2, v));
	n->n_keys = 2;
	n->keys = make_ints(&t->m, 2, 0, 1);
	n->n_columns = 1;
	n->columns = make_ints(&t->m, 1, 0);
	n->n_sets = 3;
	n->set_sizes = sizes;
	n->sets = arena_array(&t->m.arena, int *, 3);
	n->sets[0] = make_ints(&t->m, 2, 0, 1);
	n->sets[1] = make_ints(&t->m, 1, 1);
	n->sets[2] = make_ints(&t->m, 0);
	expect(t, "group id", n, true, "1|10|1|0 2|20|2|0 NULL|10|1|1 "
	    "NULL|20|2|1 NULL|NULL|1|2 NULL|NULL|2|2");
}

static struct frag_agg *
window_func(struct test *t, const char *name, int arg, const char *agg)
{
	struct frag_agg *a = arena_new(&t->m.arena, struct frag_agg);
	const struct type *types[1] = { TYPE(BIGINT) };

	a->window = name;
	a->filter = -1;
	a->result = a->intermediate = TYPE(BIGINT);
	a->frame = (struct frag_frame){ FRAG_RANGE, FRAG_UNBOUNDED_PRECEDING,
		FRAG_CURRENT_ROW, -1, -1 };
	if (arg >= 0) {
		a->n_args = a->n_arg_types = 1;
		a->arg = make_ints(&t->m, 1, arg);
		a->arg_types = arena_dup(&t->m.arena, types, sizeof(types));
	}
	if (agg != NULL) {
		a->func = agg_by_signature(str_of(agg));
		CHECK(a->func != NULL);
	}
	return a;
}

static void
window_case(struct test *t, const char *name, struct frag_agg *a,
    const char *want)
{
	/* What looks at neighbours wants an order without ties. */
	/* partition, order, value */
	int64_t v[] = { 1, 3, 5, 2, 1, 7, 1, 1, 6, 1, 1, -999, 2, -999, 8,
		1, 2, 4 };
	struct frag_node *n = widen(t, FRAG_WINDOW, rows(t, 3, 6, 2, v),
	    a->result);
	struct sort_key key = { .channel = a->window != NULL &&
		strcmp(a->window, "lag") == 0 ? 2 : 1 };

	n->n_keys = 1;
	n->keys = make_ints(&t->m, 1, 0);
	n->n_sort = 1;
	n->sort = arena_dup(&t->m.arena, &key, sizeof(key));
	n->n_aggs = 1;
	n->aggs = a;
	expect(t, name, n, true, want);
}

static void
test_window(struct test *t)
{
	struct frag_agg *a = window_func(t, "rank", -1, NULL);

	window_case(t, "rank", a, "1|1|6|1 1|1|NULL|1 1|2|4|3 1|3|5|4 "
	    "2|1|7|1 2|NULL|8|2");
	window_case(t, "dense_rank", window_func(t, "dense_rank", -1, NULL),
	    "1|1|6|1 1|1|NULL|1 1|2|4|2 1|3|5|3 2|1|7|1 2|NULL|8|2");
	a = window_func(t, NULL, 2, "sum(bigint):bigint");
	window_case(t, "running sum", a, "1|1|6|6 1|1|NULL|6 1|2|4|10 "
	    "1|3|5|15 2|1|7|7 2|NULL|8|15");
	a = window_func(t, NULL, -1, "count():bigint");
	a->frame.end = FRAG_UNBOUNDED_FOLLOWING;
	window_case(t, "whole partition", a, "1|1|6|4 1|1|NULL|4 1|2|4|4 "
	    "1|3|5|4 2|1|7|2 2|NULL|8|2");
	a = window_func(t, NULL, 2, "sum(bigint):bigint");
	a->frame = (struct frag_frame){ FRAG_GROUPS, FRAG_CURRENT_ROW,
		FRAG_UNBOUNDED_FOLLOWING, -1, -1 };
	window_case(t, "groups to the end", a, "1|1|6|15 1|1|NULL|15 "
	    "1|2|4|9 1|3|5|5 2|1|7|15 2|NULL|8|8");
	a = window_func(t, "last_value", 1, NULL);
	a->frame = (struct frag_frame){ FRAG_RANGE, FRAG_UNBOUNDED_PRECEDING,
		FRAG_UNBOUNDED_FOLLOWING, -1, -1 };
	window_case(t, "last_value", a, "1|1|6|3 1|1|NULL|3 1|2|4|3 1|3|5|3 "
	    "2|1|7|NULL 2|NULL|8|NULL");
	window_case(t, "lag", window_func(t, "lag", 1, NULL), "1|1|6|3 "
	    "1|1|NULL|1 1|2|4|NULL 1|3|5|2 2|1|7|NULL 2|NULL|8|1");
}

static void
test_unnest(struct test *t)
{
	const struct type *array = type_array(&t->m.arena, TYPE(BIGINT));
	const struct type *in[2] = { TYPE(BIGINT), array };
	const struct type *out[3] = { TYPE(BIGINT), TYPE(BIGINT),
		TYPE(BIGINT) };

	for (int outer = 0; outer < 2; outer++) {
		struct frag_node *s = make_node(&t->m, FRAG_EXCHANGE, 2, in);
		struct frag_node *n = make_node(&t->m, FRAG_UNNEST, 3, out);
		struct page *p = page_new(2, 3);
		struct vec_builder b[2];

		for (int c = 0; c < 2; c++)
			vec_builder_init(&b[c], in[c], NULL);
		for (int64_t i = 0; i < 3; i++) {
			vec_builder_value(&b[0], &i, NULL);
			for (int64_t k = 0; k < i; k++)
				vec_builder_value(b[1].child, &k, NULL);
			vec_builder_list(&b[1], (uint32_t)i, NULL);
		}
		for (int c = 0; c < 2; c++) {
			p->col[c] = vec_builder_finish(&b[c], NULL);
			vec_builder_release(&b[c]);
		}
		memset(&t->in[0], 0, sizeof(t->in[0]));
		t->in[0].node_id = s->id;
		t->in[0].n = 1;
		page_list_add(&t->in[0].stream[0], p);
		t->n_in = 1;
		add_child(&t->m, n, s);
		n->n_columns = n->n_unnest = 1;
		n->columns = make_ints(&t->m, 1, 0);
		n->unnest = make_ints(&t->m, 1, 1);
		n->ordinality = true;
		n->outer = outer;
		expect(t, outer ? "outer unnest" : "unnest", n, true, outer
		    ? "0|NULL|NULL 1|0|1 2|0|1 2|1|2" : "1|0|1 2|0|1 2|1|2");
	}
}

static void
test_ordered(struct test *t)
{
	int64_t v[] = { 1, 3, 1, 1, 2, 9, 1, 2, 2, 8, 1, 1 };
	const struct type *array = type_array(&t->m.arena, TYPE(BIGINT));
	const struct type *types[2] = { TYPE(BIGINT), array };

	for (int distinct = 0; distinct < 2; distinct++) {
		struct frag_node *n = make_node(&t->m, FRAG_AGGREGATE, 2,
		    types);
		struct sort_key key = { .channel = 1, .descending = true };

		add_child(&t->m, n, rows(t, 2, 6, 2, v));
		n->n_keys = n->n_aggs = 1;
		n->keys = make_ints(&t->m, 1, 0);
		n->aggs = window_func(t, NULL, 1, "array_agg(T):array(T)");
		n->aggs->result = array;
		n->aggs->intermediate = array;
		n->aggs->distinct = distinct;
		n->aggs->n_order = 1;
		n->aggs->order = arena_dup(&t->m.arena, &key, sizeof(key));
		expect(t, "ordered array_agg", n, true, distinct
		    ? "1|[3,2,1] 2|[9,8]" : "1|[3,2,1,1] 2|[9,8]");
	}
}

int
main(void)
{
	struct test t = { .n_in = 0 };

	frag_maker_init(&t.m);
	test_simple(&t);
	test_union(&t);
	test_group_id(&t);
	test_window(&t);
	test_unnest(&t);
	test_ordered(&t);
	frag_maker_release(&t.m);
	return tap_done();
}
