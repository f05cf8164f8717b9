/* SPDX-License-Identifier: Apache-2.0
 * sort.c - sort, top-n, limit, merging exchange: the rows are the same and
 * they come in order. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "mem/spill.h"
#include "page/compare.h"
#include "random_pages.h"
#include "rt/rt.h"
#include "tap.h"

struct test {
	struct frag_maker m;
	const struct type *types[6];
	struct random_column column[6];
	int n;
	struct sort_key keys[4];
	int n_keys;
	struct page_list pages;
	uint64_t seed;
};

static int
compare(const struct test *t, const struct page *p, uint32_t i,
    const struct page *q, uint32_t j)
{
	for (int k = 0; k < t->n_keys; k++) {
		const struct sort_key *key = &t->keys[k];
		const struct vec *x = p->col[key->channel];
		const struct vec *y = q->col[key->channel];
		bool nx = vec_is_null(x, i), ny = vec_is_null(y, j);
		int c;

		if (nx != ny)
			return nx == key->nulls_first ? -1 : 1;
		if (nx)
			continue;
		c = vec_compare(x, i, y, j);
		if (c != 0)
			return key->descending ? -c : c;
	}
	return 0;
}

static bool
in_order(const struct test *t, const struct page_list *l)
{
	const struct page *last = NULL;

	for (int p = 0; p < l->n; p++)
		for (uint32_t i = 0; i < l->v[p]->rows; i++) {
			const struct page *before = i > 0 ? l->v[p] : last;
			uint32_t at = i > 0 ? i - 1 : last == NULL ? 0
			    : last->rows - 1;

			if (before != NULL && compare(t, before, at,
			    l->v[p], i) > 0)
				return false;
			if (i + 1 == l->v[p]->rows)
				last = l->v[p];
		}
	return true;
}

struct place {
	const struct test *t;
	const struct page *p;
	uint32_t row;
};

static int
compare_places(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return compare(a->t, a->p, a->row, b->p, b->row);
}

/* All rows in order. */
static struct place *
order_naively(const struct test *t, int *n)
{
	struct place *v = xcalloc(1 << 20, sizeof(*v));

	*n = 0;
	for (int p = 0; p < t->pages.n; p++)
		for (uint32_t i = 0; i < t->pages.v[p]->rows; i++)
			v[(*n)++] = (struct place){ t, t->pages.v[p], i };
	if (*n > 0)
		qsort(v, (size_t)*n, sizeof(*v), compare_places);
	return v;
}

static void
key_texts(const struct test *t, const struct page *p, uint32_t row,
    struct text_list *l)
{
	struct sbuf text;

	sbuf_init(&text);
	for (int k = 0; k < t->n_keys; k++) {
		sbuf_addc(&text, '|');
		if (vec_is_null(p->col[t->keys[k].channel], row))
			sbuf_addz(&text, "NULL");
		else
			vec_print_json(&text, p->col[t->keys[k].channel],
			    row);
	}
	text_list_add(l, sbuf_take(&text));
}

/* Only the keys decide which rows a top-n has. */
static void
check_keys(const struct test *t, const struct page_list *got, int64_t from,
    int64_t to, const char *name)
{
	struct text_list have = { 0 }, want = { 0 };
	int n;
	struct place *v = order_naively(t, &n);

	for (int64_t i = from; i < to && i < n; i++)
		key_texts(t, v[i].p, v[i].row, &want);
	for (int p = 0; p < got->n; p++)
		for (uint32_t i = 0; i < got->v[p]->rows; i++)
			key_texts(t, got->v[p], i, &have);
	/* -0 and 0 are equal in order. */
	for (int i = 0; i < have.n; i++)
		for (char *z; (z = strstr(have.v[i], "-0.0")) != NULL;)
			memmove(z, z + 1, strlen(z));
	for (int i = 0; i < want.n; i++)
		for (char *z; (z = strstr(want.v[i], "-0.0")) != NULL;)
			memmove(z, z + 1, strlen(z));
	same_texts(&have, &want, name);
	text_list_release(&have);
	text_list_release(&want);
	free(v);
}

static void
run_node(struct test *t, const char *name, struct frag_node *node,
    struct run_input *in, struct run_options *o)
{
	struct run_result r;
	struct err e = { 0 };
	struct fragment *f = make_fragment(&t->m, node);
	struct text_list got = { 0 }, want = { 0 };
	char text[200];
	int ret;

	o->seed = random_next(&t->seed);
	snprintf(text, sizeof(text), "%s, %s, %d drivers%s%s", name,
	    frag_kind_name(node->kind), o->concurrency,
	    o->threads ? " on threads" : "", o->spill ? ", spilling" : "");
	if (!ok(frag_check(f, &e) == 0, "%s: plan is sound", text))
		diag("%s", e.text);
	ret = task_run(f, in, 1, o, &r, &e);
	if (!ok(ret == 0, "%s: runs", text))
		diag("%s", e.text);
	if (o->spill != NULL && t->pages.n > 0)
		ok(r.spilled > 0, "%s: spilled", text);
	if (ret == 0 && node->kind == FRAG_TOPN) {
		check_keys(t, &r.out[0], node->offset, node->offset +
		    node->limit, text);
	} else if (ret == 0) {
		text_list_pages(&got, &r.out[0]);
		text_list_pages(&want, &t->pages);
		text_list_sort(&got);
		text_list_sort(&want);
		ok(in_order(t, &r.out[0]), "%s: in order", text);
		same_texts(&got, &want, text);
	}
	text_list_release(&got);
	text_list_release(&want);
	run_result_release(&r);
}

static void
sort_ways(struct test *t, const char *name, struct spill_dir *spill)
{
	for (int way = 0; way < 12; way++) {
		struct run_options o = { .concurrency = way % 2 ? 3 : 1,
			.threads = way == 3 || way == 7 };
		struct run_input in = { .n = 1, .stream = { t->pages } };
		struct frag_node *n, *source = make_node(&t->m,
		    FRAG_EXCHANGE, t->n, t->types);

		in.node_id = source->id;
		n = make_through(&t->m, way < 6 ? FRAG_SORT : FRAG_TOPN,
		    source);
		n->sort = t->keys;
		n->n_sort = t->n_keys;
		n->limit = way == 11 ? 100000 : way == 10 ? 0 : 17 * way;
		n->offset = way == 8 ? 5 : 0;
		if (way == 4 || way == 5) {
			o.spill = spill;
			o.revoke_every = 2;
			o.block_every = 2;
		}
		run_node(t, name, n, &in, &o);
	}
}

/* Each stream sorted by itself, merged by the exchange. */
static void
merge_streams(struct test *t, const char *name, int streams)
{
	struct run_input in = { .n = streams };
	struct frag_node *n = make_node(&t->m, FRAG_EXCHANGE, t->n,
	    t->types);
	struct run_options o = { .concurrency = 2, .block_every = 3 };
	int rows;
	struct place *v = order_naively(t, &rows);

	for (int s = 0; s < streams; s++)
		for (int i = s; i < rows; i += streams) {
			struct page *one = page_slice((struct page *)v[i].p,
			    v[i].row, 1, NULL, NULL);

			page_list_add(&in.stream[s], one);
		}
	n->sort = t->keys;
	n->n_sort = t->n_keys;
	in.node_id = n->id;
	run_node(t, name, n, &in, &o);
	for (int s = 0; s < streams; s++)
		page_list_release(&in.stream[s]);
	free(v);
}

static void
test_sort(const char *name, const char *columns, int distinct, int rows,
    struct spill_dir *spill)
{
	struct test t = { .seed = hash_bytes(name, strlen(name)) };

	frag_maker_init(&t.m);
	for (t.n = 0; columns[t.n] != '\0'; t.n++) {
		const struct type *types[128] = {
			['b'] = TYPE(BIGINT), ['t'] = TYPE(TINYINT),
			['B'] = TYPE(BOOLEAN), ['s'] = TYPE(VARCHAR),
			['d'] = TYPE(DOUBLE), ['f'] = TYPE(REAL),
			['D'] = TYPE(DATE),
			['w'] = type_decimal(&t.m.arena, 38, 2),
			['a'] = type_array(&t.m.arena, TYPE(BIGINT)),
		};

		t.types[t.n] = types[(int)columns[t.n]];
		t.column[t.n].distinct = distinct;
		t.column[t.n].nulls = t.n % 2 ? 10 : 0;
	}
	for (int i = 0; i < (rows == 0 ? 0 : 9); i++)
		page_list_add(&t.pages, random_page(t.types, t.column, t.n,
		    (uint32_t)(random_next(&t.seed) % (uint64_t)rows),
		    &t.seed));
	for (int way = 0; way < 4; way++) {
		t.n_keys = t.n < 4 ? t.n : 4;
		for (int k = 0; k < t.n_keys; k++) {
			t.keys[k].channel = (k + way) % t.n;
			t.keys[k].descending = (way + k) % 2;
			t.keys[k].nulls_first = way / 2;
		}
		sort_ways(&t, name, spill);
		merge_streams(&t, name, way + 1);
	}
	page_list_release(&t.pages);
	frag_maker_release(&t.m);
}

int
main(void)
{
	struct env *env = env_real();
	struct spill_dir *spill = NULL;
	struct err e;

	CHECK(spill_dir_open(env, "t-sort-spill", 0, &spill, &e) == 0);
	test_sort("bigint", "bb", 1000, 400, spill);
	test_sort("bigint, many", "bt", 10000000, 4096, spill);
	test_sort("tinyint, boolean", "tB", 10, 300, spill);
	test_sort("varchar", "ss", 100, 300, spill);
	test_sort("double, real", "df", 50, 300, spill);
	test_sort("date, varchar, bigint", "Dsb", 6, 300, spill);
	test_sort("long decimal", "wb", 40, 300, spill);
	test_sort("array", "ab", 10, 200, spill);
	test_sort("long keys", "bwdb", 3, 300, spill);
	test_sort("no rows", "bs", 3, 0, spill);
	spill_dir_close(&spill);
	env_free(&env);
	return tap_done();
}
