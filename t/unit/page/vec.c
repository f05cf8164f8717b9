/* SPDX-License-Identifier: Apache-2.0
 * vec.c - vectors: forms, selection, slices, copies, builders. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "page/build.h"
#include "page/compare.h"
#include "tap.h"

static struct err err;

/* Rows of a bigint vector as text: "1,null,3". */
static const char *
text(const struct vec *v)
{
	static struct sbuf b;

	sbuf_clear(&b);
	for (uint32_t i = 0; i < v->n; i++) {
		if (i > 0)
			sbuf_addc(&b, ',');
		vec_print_json(&b, v, i);
	}
	return sbuf_z(&b);
}

static struct vec *
bigints(int n, int null_every)
{
	struct vec_builder b;
	struct vec *v;

	vec_builder_init(&b, TYPE(BIGINT), NULL);
	for (int64_t i = 0; i < n; i++) {
		if (null_every > 0 && i % null_every == null_every - 1)
			vec_builder_null(&b, &err);
		else
			vec_builder_value(&b, &i, &err);
	}
	v = vec_builder_finish(&b, &err);
	vec_builder_release(&b);
	return v;
}

static void
test_forms(void)
{
	struct vec *v = bigints(6, 3), *d, *d2, *s, *f, *c, *n;
	uint32_t pick[] = { 5, 4, 0, 1 }, again[] = { 1, 1, 3 };
	uint64_t outer[] = { 0x5 };

	is_str(text(v), "0,1,null,3,4,null", "a builder's vector");
	d = vec_select(v, pick, 4, NULL, &err);
	is_str(text(d), "null,4,0,1", "selected rows");
	d2 = vec_select(d, again, 3, NULL, &err);
	is_str(text(d2), "4,4,1", "a dictionary of a dictionary is composed");
	ok(d2->form == VEC_DICT && d2->base == v, "and has the flat base");
	n = vec_select_nullable(d, again, outer, 3, NULL, &err);
	is_str(text(n), "4,null,1", "rows made NULL");
	s = vec_slice(d, 1, 2, NULL, &err);
	is_str(text(s), "4,0", "slice of a dictionary");
	f = vec_flatten(n, NULL, &err);
	ok(f->form == VEC_FLAT, "flat");
	is_str(text(f), "4,null,1", "flattened");
	c = vec_const_of(v, 3, 4, NULL, &err);
	is_str(text(c), "3,3,3,3", "constant");
	vec_drop(&v);
	vec_drop(&d);
	is_str(text(d2), "4,4,1", "the base lives as long as its users");
	vec_drop(&d2);
	vec_drop(&n);
	n = vec_select_nullable(c, again, outer, 3, NULL, &err);
	is_str(text(n), "3,null,3", "a constant with rows made NULL");
	vec_drop(&n);
	vec_drop(&c);
	vec_drop(&s);
	vec_drop(&f);
}

static void
test_slices(void)
{
	struct vec *v = bigints(300, 7), *s, *f;
	bool good = true;

	for (uint32_t from = 0; from < 300; from += 13) {
		s = vec_slice(v, from, 300 - from, NULL, &err);
		for (uint32_t i = 0; i < s->n; i++)
			good &= vec_same(s, i, v, from + i);
		f = vec_copy(s, NULL, s->n, NULL, &err);
		for (uint32_t i = 0; i < s->n; i++)
			good &= vec_same(f, i, v, from + i);
		vec_drop(&s);
		vec_drop(&f);
	}
	ok(good, "slices at odd places keep values and NULLs");
	vec_drop(&v);
}

static void
test_nested(void)
{
	struct arena a = { 0 };
	const struct type *pair = type_row(&a, 2, (const struct type *[]){
	    TYPE(BIGINT), TYPE(VARCHAR) }, NULL);
	const struct type *list = type_array(&a, pair);
	struct vec_builder b;
	struct vec *v, *c, *s;
	uint32_t pick[] = { 2, 0 };

	vec_builder_init(&b, list, NULL);
	for (int64_t i = 0; i < 3; i++) {
		for (int64_t k = 0; k < i; k++) {
			vec_builder_value(&b.child[0].child[0], &k, &err);
			vec_builder_str(&b.child[0].child[1],
			    STR("a string that is long"), &err);
			vec_builder_struct(&b.child[0], &err);
		}
		vec_builder_list(&b, (uint32_t)i, &err);
	}
	vec_builder_null(&b, &err);
	v = vec_builder_finish(&b, &err);
	is_str(text(v), "[],[[0,\"a string that is long\"]],"
	    "[[0,\"a string that is long\"],[1,\"a string that is long\"]],"
	    "null", "arrays of rows");
	c = vec_copy(v, pick, 2, NULL, &err);
	ok(vec_same(c, 0, v, 2) && vec_same(c, 1, v, 0), "copied");
	is_int(c->child[0]->n, 2, "only the elements used are copied");
	ok(vec_hash_at(c, 0) == vec_hash_at(v, 2), "equal hashes");
	s = vec_select(v, pick, 2, NULL, &err);
	ok(vec_equal(s, 0, v, 2) == 1 && vec_compare(s, 0, v, 1) > 0,
	    "compared through a dictionary");
	vec_builder_row(&b, v, 1, &err);
	vec_drop(&v);
	v = vec_builder_finish(&b, &err);
	is_str(text(v), "[[0,\"a string that is long\"]]",
	    "a builder is used again");
	vec_drop(&v);
	vec_drop(&c);
	vec_drop(&s);
	vec_builder_release(&b);
	arena_release(&a);
}

static void
test_hash(void)
{
	struct vec *v = bigints(100, 9), *d;
	uint32_t index[100];
	uint64_t h[100], g[100];
	bool good = true;

	for (uint32_t i = 0; i < 100; i++)
		index[i] = 99 - i;
	d = vec_select(v, index, 100, NULL, &err);
	vec_hash(v, h, false);
	vec_hash(d, g, false);
	for (uint32_t i = 0; i < 100; i++)
		good &= g[i] == h[99 - i] && h[i] == vec_hash_at(v, i);
	ok(good, "hashes do not depend on the form");
	vec_drop(&v);
	vec_drop(&d);
}

int
main(void)
{
	test_forms();
	test_slices();
	test_nested();
	test_hash();
	return tap_done();
}
