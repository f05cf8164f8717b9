/* SPDX-License-Identifier: Apache-2.0
 * memory_types.c - what was written to the memory connector is read back, for
 * all types, with NULLs, in wide and narrow ranges, whole and selected. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "harness.h"
#include "page/build.h"
#include "page/compare.h"
#include "tap.h"

static uint64_t
rnd(uint64_t *state)
{
	return hash_u64(*state += UINT64_C(0x9e3779b97f4a7c15));
}

static void
add_value(struct vec_builder *b, uint64_t *state, int range)
{
	char text[64];
	struct err e;
	uint64_t x[2] = { rnd(state), rnd(state) };
	uint32_t n;

	if (range >= 0)
		x[0] %= (uint64_t)range + 1;
	switch (b->type->rep) {
	case REP_STR:
		n = (uint32_t)snprintf(text, sizeof(text), "%s%llu",
		    x[0] % 2 ? "a text that is long " : "",
		    (unsigned long long)x[0]);
		CHECK(vec_builder_str(b, (struct str){ text, n }, &e) == 0);
		break;
	case REP_LIST:
		/* A map's keys are different ones. */
		n = (uint32_t)(x[1] % (b->type->n == 2 ? 2 : 3));
		for (uint32_t i = 0; i < n; i++)
			for (int k = 0; k < b->type->n; k++)
				add_value(&b->child[k], state, range);
		CHECK(vec_builder_list(b, n, &e) == 0);
		break;
	case REP_ROW:
		for (int k = 0; k < b->type->n; k++)
			add_value(&b->child[k], state, range);
		CHECK(vec_builder_struct(b, &e) == 0);
		break;
	case REP_F64:
		*(double *)x = (double)(int64_t)x[0] / 100;
		CHECK(vec_builder_value(b, x, &e) == 0);
		break;
	case REP_F32:
		*(float *)x = (float)(x[0] & 0xffff);
		CHECK(vec_builder_value(b, x, &e) == 0);
		break;
	case REP_BOOL:
		x[0] &= 1;
		CHECK(vec_builder_value(b, x, &e) == 0);
		break;
	case REP_LONG_TIME:
		((struct long_time *)x)->lo &= 0xffff;
		((struct long_time *)x)->zero = 0;
		CHECK(vec_builder_value(b, x, &e) == 0);
		break;
	default:
		CHECK(vec_builder_value(b, x, &e) == 0);
	}
}

static struct page *
make_page(const struct type *const *types, int n, uint32_t rows,
    uint64_t *state, int nulls, int range)
{
	struct page *p = page_new(n, rows);
	struct err e;

	for (int k = 0; k < n; k++) {
		struct vec_builder b;

		vec_builder_init(&b, types[k], NULL);
		for (uint32_t i = 0; i < rows; i++)
			if (nulls > 0 && rnd(state) % (uint64_t)nulls == 0)
				CHECK(vec_builder_null(&b, &e) == 0);
			else
				add_value(&b, state, range);
		p->col[k] = vec_builder_finish(&b, &e);
		CHECK(p->col[k] != NULL);
		vec_builder_release(&b);
	}
	return p;
}

static const char *const type_names[] = {
	"boolean", "tinyint", "smallint", "integer", "bigint", "real",
	"double", "decimal(10,2)", "decimal(30,2)", "varchar", "varchar(200)",
	"varbinary", "date", "timestamp(3)", "timestamp(9)", "uuid",
	"array(bigint)", "map(varchar,bigint)",
	"row(a bigint,b varchar,c array(varchar))", "char(100)",
};
enum { N_TYPES = 20 };

static bool
same_pages(struct scan *s, struct page **pages, int n, bool sel)
{
	struct page *p = scan_next(s);
	uint32_t at = 0;

	/* Batches are cut elsewhere than the pages that were written. */
	for (int k = 0; k < n; k++)
		for (uint32_t i = 0; i < pages[k]->rows; i++) {
			if (p == NULL)
				return false;
			if (at == p->rows) {
				page_drop(&p);
				p = scan_next(s);
				at = 0;
				if (p == NULL)
					return false;
			}
			for (int c = 0; c < s->n; c++)
				if (!vec_same(p->col[c], at,
				    pages[k]->col[c], i)) {
					diag("column %d row %u", c, i);
					page_drop(&p);
					return false;
				}
			at++;
		}
	page_drop(&p);
	p = scan_next(s);
	at = p == NULL;
	page_drop(&p);
	return at != 0;
}

static void
test_types(struct conn *c, int nulls, int range, int pages)
{
	struct conn_column columns[N_TYPES] = { 0 };
	const struct type *types[N_TYPES];
	struct conn_new_table new = { .schema = "default", .name = "t",
	    .n = N_TYPES, .columns = columns };
	struct write w = { .c = c };
	struct page *page[40];
	uint64_t state = (uint64_t)range * 77 + (uint64_t)nulls;
	struct scan s;
	struct arena a;
	struct err e;

	arena_init(&a);
	for (int i = 0; i < N_TYPES; i++) {
		CHECK(type_parse(&a, str_of(type_names[i]), &types[i],
		    &e) == 0);
		columns[i].name = type_names[i];
		columns[i].type = types[i];
	}
	CHECK(c->kind->begin_create(c, NULL, &new, &w.bytes, &e) == 0);
	write_sinks(&w, types, N_TYPES, 1);
	for (int i = 0; i < pages; i++) {
		page[i] = make_page(types, N_TYPES,
		    i % 3 == 2 ? 77 : PAGE_ROWS, &state, nulls, range);
		write_page(&w, 0, page[i]);
	}
	ok(write_end(&w, true, &e) == 0, "written");
	scan_open(&s, c, "default", "t");
	ok(same_pages(&s, page, pages, false),
	    "all types come back: NULLs 1/%d, range %d, %d pages", nulls,
	    range, pages);
	scan_close(&s);
	/* Every third row. */
	scan_open(&s, c, "default", "t");
	s.sel = true;
	struct scan full;
	struct page *p, *q;
	bool good = true;

	scan_open(&full, c, "default", "t");
	while ((p = scan_next(&s)) != NULL) {
		q = scan_next(&full);
		for (uint32_t i = 0; i < p->rows; i++)
			for (int k = 0; k < N_TYPES; k++)
				good &= vec_same(p->col[k], i, q->col[k],
				    i * 3);
		page_drop(&p);
		page_drop(&q);
	}
	ok(good, "selected rows as well");
	scan_close(&full);
	CHECK(c->kind->drop_table(c, NULL, s.t, &e) == 0);
	scan_close(&s);
	for (int i = 0; i < pages; i++)
		page_drop(&page[i]);
	arena_release(&a);
}

int
main(void)
{
	struct conn_world world = { .node_id = "node" };
	struct conn *c;
	struct err e;

	CHECK(conn_open(&conn_memory, "memory", STR(""), "f", &world, &c,
	    &e) == 0);
	test_types(c, 5, -1, 3);
	test_types(c, 0, 50, 3);
	test_types(c, 3, 50, 2);
	test_types(c, 0, 40000, 33);
	test_types(c, 2, 0, 1);
	test_types(c, 1, 0, 1);
	conn_close(&c);
	return tap_done();
}
