/* SPDX-License-Identifier: Apache-2.0
 * frag.c - fragments through msgpack; what does not hang together is
 * refused; damaged bytes are errors. */
#include <stdlib.h>

#include "base/check.h"
#include "task_run.h"
#include "tap.h"

struct test {
	struct frag_maker m;
	const struct type *types[4];
};

static struct frag_agg
make_agg(struct test *t, const char *signature, int arg)
{
	struct frag_agg a = { .func = agg_by_signature(str_of(signature)),
		.filter = -1, .intermediate = TYPE(BIGINT),
		.result = TYPE(BIGINT), .name = "sum(x)",
		.frame = { FRAG_ROWS, FRAG_UNBOUNDED_PRECEDING,
		FRAG_CURRENT_ROW, -1, -1 } };

	CHECK(a.func != NULL);
	a.n_args = a.n_arg_types = 1;
	a.arg = make_ints(&t->m, 1, arg);
	a.arg_types = arena_dup(&t->m.arena, &t->types[0],
	    sizeof(t->types[0]));
	return a;
}

static struct frag_node *
make_scan(struct test *t)
{
	struct arena *a = &t->m.arena;
	struct frag_node *n = make_node(&t->m, FRAG_SCAN, 2, t->types);
	struct conn_table *table = arena_new(a, struct conn_table);
	struct expr *arg[2] = { expr_input(&t->m.pool, 0, TYPE(BIGINT)),
		expr_bigint(&t->m.pool, 7) };
	int64_t seven = 7;

	table->schema = "s";
	table->name = "t";
	table->n = 3;
	table->columns = arena_array(a, struct conn_column, 3);
	for (int i = 0; i < 3; i++) {
		table->columns[i].name = i == 0 ? "a" : i == 1 ? "b" : "c";
		table->columns[i].type = TYPE(BIGINT);
	}
	table->handle = STR("handle");
	n->catalog = "c";
	n->table = table;
	n->n_columns = 2;
	n->columns = make_ints(&t->m, 2, 2, 0);
	n->column_types = n->types;
	n->scan_limit = 12;
	n->n_dynamic = 1;
	n->dynamic = arena_new(a, struct frag_dynamic);
	n->dynamic[0] = (struct frag_dynamic){ 3, 1 };
	CHECK(expr_call(&t->m.pool, STR("<"), arg, 2, &n->filter, NULL) ==
	    0);
	n->domains.n = 1;
	n->domains.column = make_ints(&t->m, 1, 0);
	n->domains.domain = arena_new(a, struct domain *);
	n->domains.domain[0] = arena_new(a, struct domain);
	n->domains.domain[0]->type = TYPE(BIGINT);
	n->domains.domain[0]->n = 1;
	n->domains.domain[0]->ranges = arena_new(a, struct domain_range);
	n->domains.domain[0]->ranges->low = expr_const(&t->m.pool,
	    TYPE(BIGINT), &seven)->value;
	n->domains.domain[0]->ranges->low_closed = true;
	return n;
}

/* scan - join(exchange) - aggregate - sort - limit */
static struct fragment *
make_plan(struct test *t)
{
	struct frag_node *j, *a, *s, *l;
	struct sort_key key = { 1, true, false };
	struct fragment *f;

	j = make_node(&t->m, FRAG_JOIN, 2, t->types);
	add_child(&t->m, j, make_scan(t));
	add_child(&t->m, j, make_node(&t->m, FRAG_EXCHANGE, 2, t->types));
	j->child[1]->n_sources = 1;
	j->child[1]->sources = make_ints(&t->m, 1, 1);
	j->n_join_keys = 1;
	j->probe_keys = j->build_keys = make_ints(&t->m, 1, 0);
	j->null_safe = arena_new(&t->m.arena, bool);
	j->n_probe_out = j->n_build_out = 1;
	j->probe_out = j->build_out = make_ints(&t->m, 1, 1);
	a = make_node(&t->m, FRAG_AGGREGATE, 2, t->types);
	add_child(&t->m, a, j);
	a->n_keys = a->n_aggs = 1;
	a->keys = make_ints(&t->m, 1, 0);
	a->aggs = arena_new(&t->m.arena, struct frag_agg);
	a->aggs[0] = make_agg(t, "sum(bigint):bigint", 1);
	s = make_through(&t->m, FRAG_SORT, a);
	s->n_sort = 1;
	s->sort = arena_dup(&t->m.arena, &key, sizeof(key));
	l = make_through(&t->m, FRAG_LIMIT, s);
	l->limit = 5;
	f = make_fragment(&t->m, l);
	f->id = 4;
	f->place = PLACE_HASH;
	f->output = OUTPUT_HASH;
	f->n_hash = 1;
	f->hash_channels = make_ints(&t->m, 1, 1);
	return f;
}

static void
test_round(struct test *t)
{
	struct fragment *f = make_plan(t), *back = NULL;
	struct sbuf bytes, again;
	struct err e = { 0 };

	sbuf_init(&bytes);
	sbuf_init(&again);
	ok(frag_check(f, &e) == 0, "the plan is sound");
	frag_encode(&bytes, f);
	if (!ok(frag_decode(&t->m.pool, sbuf_str(&bytes), &back, &e) == 0,
	    "it is decoded"))
		diag("%s", e.text);
	if (back != NULL)
		frag_encode(&again, back);
	ok(str_eq(sbuf_str(&bytes), sbuf_str(&again)), "and the same again");
	for (size_t n = 0; n < bytes.n; n++)
		if (frag_decode(&t->m.pool, (struct str){ bytes.p, n },
		    &back, &e) == 0) {
			ok(false, "cut at %zu", n);
			break;
		}
	sbuf_release(&bytes);
	sbuf_release(&again);
}

static void
test_damage(struct test *t)
{
	struct fragment *f = make_plan(t);
	struct sbuf bytes;
	uint64_t seed = 3;
	int taken = 0, refused = 0;

	sbuf_init(&bytes);
	frag_encode(&bytes, f);
	for (int i = 0; i < 4000; i++) {
		struct frag_maker m;
		struct sbuf copy;
		struct fragment *back;
		struct err e;

		frag_maker_init(&m);
		sbuf_init(&copy);
		sbuf_adds(&copy, sbuf_str(&bytes));
		for (int k = 0; k < 1 + i % 3; k++)
			copy.p[random_next(&seed) % copy.n] =
			    (char)random_next(&seed);
		if (frag_decode(&m.pool, sbuf_str(&copy), &back, &e) == 0)
			taken++;
		else
			refused++;
		sbuf_release(&copy);
		frag_maker_release(&m);
	}
	is_int(taken + refused, 4000, "damaged bytes do no harm");
	ok(refused > 2000, "most of them are refused");
	sbuf_release(&bytes);
}

static void
refused(struct test *t, struct fragment *f, const char *text)
{
	struct err e = { 0 };

	ok(frag_check(f, &e) == -ERR_SERIALIZATION_ERROR, "%s", text);
	if (!ok(strstr(e.text, text) != NULL, "it says so"))
		diag("%s", e.text);
}

static void
test_check(struct test *t)
{
	struct fragment *f = make_plan(t);
	struct frag_node *agg = f->root->child[0]->child[0];

	agg->keys[0] = 2;
	refused(t, f, "channel out of range");
	f = make_plan(t);
	f->root->child[0]->sort[0].channel = -1;
	refused(t, f, "sort channel out of range");
	f = make_plan(t);
	f->root->child[0]->child[0]->child[0]->n_child = 1;
	refused(t, f, "a join wants two children");
	f = make_plan(t);
	f->hash_channels[0] = 9;
	refused(t, f, "partitioning channel out of range");
	f = make_plan(t);
	f->root->types[1] = TYPE(VARCHAR);
	refused(t, f, "output columns do not fit");
	f = make_plan(t);
	f->root->child[0]->child[0]->child[0]->child[0]->columns[0] = 3;
	refused(t, f, "column out of range");
}

int
main(void)
{
	struct test t = { .types = { TYPE(BIGINT), TYPE(BIGINT) } };

	frag_maker_init(&t.m);
	test_round(&t);
	test_damage(&t);
	test_check(&t);
	is_str(frag_kind_name(FRAG_SCAN), "ScanFilterProject", "names");
	is_str(join_kind_name(JOIN_FULL), "FullJoin", "names of joins");
	frag_maker_release(&t.m);
	return tap_done();
}
