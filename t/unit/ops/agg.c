/* SPDX-License-Identifier: Apache-2.0
 * agg.c - aggregation against a naive one, over random keys of many types. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/map.h"
#include "mem/spill.h"
#include "random_pages.h"
#include "rt/rt.h"
#include "tap.h"

enum { MAX_PAGES = 40 };

struct test {
	struct frag_maker m;
	const struct type *types[8];
	struct random_column column[8];
	int n, n_keys;          /* columns; keys come first */
	struct page_list pages;
	uint64_t seed;
};

struct group {
	int64_t count, count_x, distinct;
	int128 sum;
	int64_t min;
	struct map seen;
};

/* Columns: keys, a bigint x, a boolean mask. */
static void
make_input(struct test *t, int pages, uint32_t rows)
{
	for (int i = 0; i < pages; i++) {
		uint32_t n = rows == 0 ? 0 : (uint32_t)(random_next(&t->seed)
		    % rows + 1);

		page_list_add(&t->pages, random_page(t->types, t->column,
		    t->n, n, &t->seed));
	}
}

static char *
key_text(const struct test *t, const struct page *p, uint32_t r)
{
	struct page *keys = page_project((struct page *)p, make_ints(
	    &((struct test *)t)->m, 6, 0, 1, 2, 3, 4, 5), t->n_keys);
	char *text = row_text(keys, r), *zero;

	/* Zeros are one group, shown as the positive one. */
	while ((zero = strstr(text, "-0.0")) != NULL)
		memmove(zero, zero + 1, strlen(zero));
	page_drop(&keys);
	return text;
}

static void
add_to(struct group *g, const struct vec *x, const struct vec *mask,
    uint32_t r)
{
	int64_t v;
	struct sbuf text;

	g->count++;
	if (vec_is_null(x, r))
		return;
	v = *(const int64_t *)vec_at(x, r);
	sbuf_init(&text);
	sbuf_addf(&text, "%lld", (long long)v);
	if (map_put(&g->seen, sbuf_str(&text), g) == NULL)
		g->distinct++;
	sbuf_release(&text);
	g->min = g->count_x == 0 || v < g->min ? v : g->min;
	g->count_x++;
	if (!vec_is_null(mask, r) && *(const uint8_t *)vec_at(mask, r) != 0)
		g->sum += v;
}

static void
naive(const struct test *t, struct text_list *want)
{
	struct map groups;
	struct map_entry *entry;
	uint32_t at = 0;

	map_init(&groups);
	for (int i = 0; i < t->pages.n; i++)
		for (uint32_t r = 0; r < t->pages.v[i]->rows; r++) {
			const struct page *p = t->pages.v[i];
			char *key = key_text(t, p, r);
			struct group *g = map_get(&groups, str_of(key));

			if (g == NULL) {
				g = xcalloc(1, sizeof(*g));
				map_init(&g->seen);
				map_put(&groups, str_of(key), g);
			}
			add_to(g, p->col[t->n_keys], p->col[t->n_keys + 1],
			    r);
			free(key);
		}
	while ((entry = map_next(&groups, &at)) != NULL) {
		struct group *g = entry->value;
		struct sbuf text;

		sbuf_init(&text);
		sbuf_addf(&text, "%s%s%lld|%lld|", entry->key,
		    t->n_keys > 0 ? "|" : "", (long long)g->count,
		    (long long)g->count_x);
		if (g->count_x == 0)
			sbuf_addf(&text, "NULL|");
		else
			sbuf_addf(&text, "%lld|", (long long)g->min);
		sbuf_addf(&text, "%lld", (long long)g->distinct);
		text_list_add(want, sbuf_take(&text));
		map_release(&g->seen);
		free(g);
	}
	map_release(&groups);
	text_list_sort(want);
}

static struct frag_agg
make_agg(struct test *t, const char *signature, int arg)
{
	const struct agg_func *f = agg_by_signature(str_of(signature));
	struct frag_agg a = { .func = f, .filter = -1,
		.intermediate = TYPE(BIGINT), .result = TYPE(BIGINT),
		.frame = { .start_value = -1, .end_value = -1 } };

	CHECK(f != NULL);
	if (arg >= 0) {
		a.n_args = a.n_arg_types = 1;
		a.arg = make_ints(&t->m, 1, arg);
		a.arg_types = arena_dup(&t->m.arena, &t->types[arg],
		    sizeof(a.arg_types[0]));
	}
	return a;
}

static struct frag_node *
make_agg_node(struct test *t, struct frag_node *child, enum agg_step step,
    bool distinct)
{
	const struct type *types[12];
	struct frag_node *n;
	int k = t->n_keys, aggs = distinct ? 4 : 3;

	for (int i = 0; i < k; i++)
		types[i] = t->types[i];
	for (int i = 0; i < aggs; i++)
		types[k + i] = TYPE(BIGINT);
	n = make_node(&t->m, FRAG_AGGREGATE, k + aggs, types);
	add_child(&t->m, n, child);
	n->step = step;
	n->n_keys = k;
	n->keys = make_ints(&t->m, 6, 0, 1, 2, 3, 4, 5);
	n->n_aggs = aggs;
	n->aggs = arena_array(&t->m.arena, struct frag_agg, 4);
	n->aggs[0] = make_agg(t, "count():bigint", -1);
	n->aggs[1] = make_agg(t, "count(T):bigint", k);
	n->aggs[2] = make_agg(t, "min(<T):T", k);
	if (distinct) {
		n->aggs[3] = make_agg(t, "count(T):bigint", k);
		n->aggs[3].distinct = true;
	}
	if (step == AGG_FINAL)
		for (int i = 0; i < aggs; i++) {
			n->aggs[i].n_args = 1;
			n->aggs[i].arg = make_ints(&t->m, 1, k + i);
		}
	return n;
}

static void
run_case(struct test *t, const char *name, bool steps, bool distinct,
    struct run_options *o)
{
	struct run_input in = { .n = 1 };
	struct run_result r;
	struct text_list got = { 0 }, want = { 0 };
	struct frag_node *source = make_node(&t->m, FRAG_EXCHANGE, t->n,
	    t->types), *node;
	struct fragment *f;
	struct err e = { 0 };
	int ret;

	in.node_id = source->id;
	in.stream[0] = t->pages;
	if (steps)
		node = make_agg_node(t, make_agg_node(t, source, AGG_PARTIAL,
		    false), AGG_FINAL, false);
	else
		node = make_agg_node(t, source, AGG_SINGLE, distinct);
	f = make_fragment(&t->m, node);
	o->seed = t->seed;
	if (!ok(frag_check(f, &e) == 0, "%s: plan is sound", name))
		diag("%s", e.text);
	ret = task_run(f, &in, 1, o, &r, &e);
	if (!ok(ret == 0, "%s: runs", name))
		diag("%s", e.text);
	naive(t, &want);
	if (!distinct)
		for (int i = 0; i < want.n; i++)
			*strrchr(want.v[i], '|') = '\0';
	text_list_sort(&want);
	if (t->n_keys == 0 && want.n == 0)
		text_list_add(&want, xstrdup(distinct ? "0|0|NULL|0"
		    : "0|0|NULL"));
	text_list_pages(&got, &r.out[0]);
	text_list_sort(&got);
	if (ret == 0)
		same_texts(&got, &want, name);
	text_list_release(&got);
	text_list_release(&want);
	run_result_release(&r);
}

/* All ways to run over the same input. */
static void
run_all(struct test *t, const char *name, struct spill_dir *spill)
{
	char text[200];

	for (int way = 0; way < 7; way++) {
		struct run_options o = { .concurrency = way % 2 ? 3 : 1 };

		if (way == 4 || way == 5) {
			o.revoke_every = 7;
			o.block_every = 2;
			o.spill = spill;
		}
		if (way == 6)
			o.threads = true;
		o.block_every = way == 3 ? 3 : 0;
		snprintf(text, sizeof(text), "%s, way %d", name, way);
		run_case(t, text, way == 2 || way == 3, way == 0 || way == 1,
		    &o);
	}
}

static void
test_keys(const char *name, const char *keys, int distinct, int rows,
    struct spill_dir *spill)
{
	struct test t = { .seed = hash_bytes(name, strlen(name)) };
	struct arena *a = &t.m.arena;

	frag_maker_init(&t.m);
	for (t.n_keys = 0; keys[t.n_keys] != '\0'; t.n_keys++) {
		const struct type *types[128] = {
			['b'] = TYPE(BIGINT), ['i'] = TYPE(INTEGER),
			['t'] = TYPE(TINYINT), ['B'] = TYPE(BOOLEAN),
			['s'] = TYPE(VARCHAR), ['d'] = TYPE(DOUBLE),
			['f'] = TYPE(REAL), ['D'] = TYPE(DATE),
			['w'] = type_decimal(a, 38, 2),
			['a'] = type_array(a, TYPE(VARCHAR)),
			['m'] = type_map(a, TYPE(BIGINT), TYPE(VARCHAR)),
			['S'] = TYPE(VARCHAR),
		};
		struct random_column *c = &t.column[t.n_keys];

		t.types[t.n_keys] = types[(int)keys[t.n_keys]];
		c->distinct = distinct;
		c->nulls = 10;
		if (keys[t.n_keys] == 'S')
			c->form = FORM_SHARED_DICT;
	}
	t.n = t.n_keys + 2;
	t.types[t.n_keys] = TYPE(BIGINT);
	t.types[t.n_keys + 1] = TYPE(BOOLEAN);
	t.column[t.n_keys].distinct = 50;
	t.column[t.n_keys].nulls = 20;
	t.column[t.n_keys + 1].distinct = 2;
	make_input(&t, rows == 0 ? 2 : MAX_PAGES, (uint32_t)rows);
	run_all(&t, name, spill);
	page_list_release(&t.pages);
	for (int i = 0; i < t.n; i++)
		random_column_release(&t.column[i]);
	frag_maker_release(&t.m);
}

int
main(void)
{
	struct env *env = env_real();
	struct spill_dir *spill = NULL;
	struct err e;

	CHECK(spill_dir_open(env, "t-ops-spill", 0, &spill, &e) == 0);
	test_keys("no keys", "", 1, 500, spill);
	test_keys("no keys, no rows", "", 1, 0, spill);
	test_keys("bigint", "b", 100, 500, spill);
	test_keys("bigint, many", "b", 1000000, 4096, spill);
	test_keys("tinyint", "t", 20, 500, spill);
	test_keys("boolean, tinyint", "Bt", 20, 500, spill);
	test_keys("varchar", "s", 300, 500, spill);
	test_keys("dictionary", "S", 300, 500, spill);
	test_keys("two dictionaries", "SS", 10, 1000, spill);
	test_keys("double", "d", 300, 500, spill);
	test_keys("date, integer", "Di", 30, 500, spill);
	test_keys("long decimal, varchar", "ws", 20, 500, spill);
	test_keys("bigint, bigint, varchar", "bbs", 10, 500, spill);
	test_keys("array", "a", 20, 200, spill);
	test_keys("map, real", "mf", 10, 200, spill);
	test_keys("no rows", "b", 1, 0, spill);
	spill_dir_close(&spill);
	env_free(&env);
	return tap_done();
}
