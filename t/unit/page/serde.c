/* SPDX-License-Identifier: Apache-2.0
 * serde.c - pages through the wire format: random ones come back equal;
 * damaged ones are errors, never more. */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "page/serde.h"
#include "page/serde_priv.h"
#include "random_pages.h"
#include "tap.h"

enum { COLUMNS = 12 };

static void
types_of(struct arena *a, const struct type **t)
{
	const struct type *fields[2] = { TYPE(BIGINT), TYPE(VARCHAR) };

	t[0] = TYPE(BIGINT);
	t[1] = TYPE(VARCHAR);
	t[2] = TYPE(BOOLEAN);
	t[3] = TYPE(DOUBLE);
	t[4] = type_decimal(a, 38, 3);
	t[5] = type_array(a, TYPE(VARCHAR));
	t[6] = type_map(a, TYPE(BIGINT), type_array(a, TYPE(BIGINT)));
	t[7] = type_row(a, 2, fields, NULL);
	t[8] = TYPE(REAL);
	t[9] = TYPE(TINYINT);
	t[10] = type_array(a, t[7]);
	t[11] = TYPE(VARCHAR);
}

static bool
same_rows(const struct page *x, const struct page *y)
{
	if (x->rows != y->rows || x->n != y->n)
		return false;
	for (uint32_t i = 0; i < x->rows; i++) {
		char *a = row_text(x, i), *b = row_text(y, i);
		bool same = strcmp(a, b) == 0;

		free(a);
		free(b);
		if (!same)
			return false;
	}
	return true;
}

static struct page *
make_page(const struct type **types, uint64_t *seed)
{
	struct random_column c[COLUMNS];

	memset(c, 0, sizeof(c));
	for (int i = 0; i < COLUMNS; i++) {
		c[i].distinct = 30;
		c[i].nulls = i % 2 ? 10 : 0;
	}
	return random_page(types, c, COLUMNS,
	    (uint32_t)(random_next(seed) % 300), seed);
}

static void
test_round(const struct type **types, uint64_t *seed)
{
	int bad = 0;

	for (int i = 0; i < 60; i++) {
		struct page *p = make_page(types, seed), *back = NULL;
		struct sbuf bytes;
		struct err e = { 0 };
		size_t size = 0;

		sbuf_init(&bytes);
		CHECK(page_encode(&bytes, p, (enum page_codec)(i % 3), &e) ==
		    0);
		if (page_frame_size(sbuf_str(&bytes), &size, &e) < 0 ||
		    size != bytes.n ||
		    page_decode(sbuf_str(&bytes), types, COLUMNS, NULL,
		    &back, &e) < 0 || !same_rows(p, back)) {
			diag("%s", e.text);
			bad++;
		}
		page_drop(&p);
		page_drop(&back);
		sbuf_release(&bytes);
	}
	is_int(bad, 0, "random pages come back");
}

/* Makes the checksum right again, so that the body's checks are tested. */
static void
seal(struct sbuf *bytes)
{
	struct wire_head h;

	memcpy(&h, bytes->p, sizeof(h));
	h.stored = bytes->n - sizeof(h);
	h.checksum = hash_combine(hash_bytes(&h,
	    offsetof(struct wire_head, checksum)),
	    hash_bytes(bytes->p + sizeof(h), h.stored));
	memcpy(bytes->p, &h, sizeof(h));
}

static void
test_damage(const struct type **types, uint64_t *seed, bool sealed)
{
	int refused = 0, taken = 0;

	for (int i = 0; i < 3000; i++) {
		struct page *p = make_page(types, seed), *back = NULL;
		struct sbuf bytes;
		struct err e = { 0 };

		sbuf_init(&bytes);
		CHECK(page_encode(&bytes, p, i % 4 == 0 ? PAGE_LZ4
		    : PAGE_PLAIN, &e) == 0);
		for (uint64_t k = random_next(seed) % 3; k < 3; k++) {
			size_t at = random_next(seed) % bytes.n;

			bytes.p[at] ^= (char)(1 + random_next(seed) % 255);
		}
		if (i % 5 == 0)
			bytes.n = random_next(seed) % bytes.n;
		if (sealed && bytes.n >= sizeof(struct wire_head))
			seal(&bytes);
		if (page_decode(sbuf_str(&bytes), types, COLUMNS, NULL,
		    &back, &e) < 0) {
			refused += e.code == ERR_CORRUPT_PAGE;
		} else {
			taken++;
			/* What was taken can be read. */
			for (uint32_t r = 0; r < back->rows; r++)
				free(row_text(back, r));
		}
		page_drop(&p);
		page_drop(&back);
		sbuf_release(&bytes);
	}
	is_int(refused + taken, 3000, sealed ? "damage behind a checksum"
	    : "damage");
	if (!sealed)
		is_int(taken, 0, "the checksum sees damage");
}

static void
test_shape(const struct type **types, uint64_t *seed)
{
	struct page *p = make_page(types, seed), *back = NULL;
	const struct type *other[COLUMNS];
	struct sbuf bytes;
	struct err e = { 0 };

	sbuf_init(&bytes);
	CHECK(page_encode(&bytes, p, PAGE_PLAIN, &e) == 0);
	ok(page_decode(sbuf_str(&bytes), types, COLUMNS - 1, NULL, &back,
	    &e) == -ERR_CORRUPT_PAGE, "another number of columns");
	memcpy(other, types, sizeof(other));
	other[0] = TYPE(VARCHAR);
	ok(page_decode(sbuf_str(&bytes), other, COLUMNS, NULL, &back, &e) ==
	    -ERR_CORRUPT_PAGE, "another type");
	bytes.p[4] = 9;
	ok(page_decode(sbuf_str(&bytes), types, COLUMNS, NULL, &back, &e) ==
	    -ERR_CORRUPT_PAGE && strstr(e.text, "version") != NULL,
	    "another version");
	sbuf_release(&bytes);
	page_drop(&p);
}

int
main(void)
{
	const struct type *types[COLUMNS];
	uint64_t seed = 42;
	struct arena a;

	arena_init(&a);
	types_of(&a, types);
	test_round(types, &seed);
	test_damage(types, &seed, false);
	test_damage(types, &seed, true);
	test_shape(types, &seed);
	arena_release(&a);
	return tap_done();
}
