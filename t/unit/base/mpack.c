/* SPDX-License-Identifier: Apache-2.0
 * mpack.c - msgpack round trips, strictness, and hostile input. */
#include <math.h>

#include "base/mpack.h"
#include "tap.h"

static const int64_t ints[] = {
	0, 1, 127, 128, 255, 256, 65535, 65536, INT32_MAX, INT64_MAX,
	-1, -32, -33, -128, -129, -32768, -32769, INT32_MIN, INT64_MIN,
};
enum { N_INTS = sizeof(ints) / sizeof(ints[0]) };

static void
write_all(struct sbuf *b, struct str longish)
{
	struct mpack_writer w = { b };

	mpack_array(&w, 8);
	mpack_nil(&w);
	mpack_bool(&w, true);
	mpack_double(&w, -0.5);
	mpack_str(&w, STR("héllo"));
	mpack_bin(&w, STR("\0\1"));
	mpack_array(&w, N_INTS);
	for (int i = 0; i < N_INTS; i++)
		mpack_int(&w, ints[i]);
	mpack_map(&w, 1);
	mpack_uint(&w, UINT64_MAX);
	mpack_str(&w, longish);
	mpack_str(&w, STR("end"));
}

static void
test_round_trip(void)
{
	char longish[70000];
	struct sbuf b = { 0 };
	struct mpack_reader r;
	struct err e = { 0 };
	struct str s;
	uint32_t n;
	uint64_t u;
	int64_t v;
	double d;
	bool t, good = true;

	memset(longish, 'z', sizeof(longish));
	write_all(&b, (struct str){ longish, sizeof(longish) });
	ok(mpack_open(&r, sbuf_str(&b), "test", &e) == 0, "well-formed");
	ok(mpack_get_array(&r, &n, &e) == 0 && n == 8, "array");
	ok(mpack_is_nil(&r) && mpack_skip(&r, &e) == 0, "nil");
	ok(mpack_get_bool(&r, &t, &e) == 0 && t, "bool");
	ok(mpack_get_double(&r, &d, &e) == 0 && d == -0.5, "double");
	ok(mpack_get_str(&r, &s, &e) == 0 && str_eq(s, STR("héllo")), "str");
	ok(mpack_get_bin(&r, &s, &e) == 0 && str_eq(s, STR("\0\1")), "bin");
	mpack_get_array(&r, &n, &e);
	for (int i = 0; i < N_INTS; i++)
		good &= mpack_get_int(&r, &v, &e) == 0 && v == ints[i];
	ok(good, "integers of all widths");
	ok(mpack_get_map(&r, &n, &e) == 0 && n == 1, "map");
	ok(mpack_get_int(&r, &v, &e) < 0, "2^64-1 is no int64");
	ok(mpack_get_uint(&r, &u, &e) == 0 && u == UINT64_MAX, "but a uint64");
	ok(mpack_get_str(&r, &s, &e) == 0 && s.n == sizeof(longish), "long");
	ok(mpack_get_int_in(&r, 0, 9, &v, &e) < 0, "a string is no integer");
	is_str(strchr(e.text, ':') + 1, " byte 70104: a string where an "
	    "integer is expected", "the error names the place");
	ok(mpack_skip(&r, &e) == 0 && mpack_at_end(&r), "end");
	sbuf_release(&b);
}

static void
test_hostile(void)
{
	struct sbuf b = { 0 };
	struct mpack_reader r;
	struct err e = { 0 };
	bool good = true;

	write_all(&b, STR("x"));
	for (size_t n = 1; n < b.n; n++)
		good &= mpack_open(&r, (struct str){ b.p, n }, "t", &e) ==
		    -ERR_SERIALIZATION_ERROR;
	ok(good, "every truncation is an error");
	ok(mpack_open(&r, STR("\xdd\xff\xff\xff\xff"), "t", &e) < 0,
	    "an array of 2^32-1 elements without a byte");
	ok(mpack_open(&r, STR("\xc6\xff\xff\xff\xff" "a"), "t", &e) < 0,
	    "bytes that are not there");
	ok(mpack_open(&r, STR("\xc1"), "t", &e) < 0, "reserved byte");
	sbuf_clear(&b);
	for (int i = 0; i < 100000; i++)
		sbuf_addc(&b, (char)0x91);
	sbuf_addc(&b, 1);
	ok(mpack_open(&r, sbuf_str(&b), "t", &e) < 0, "too deep");
	sbuf_release(&b);
}

int
main(void)
{
	test_round_trip();
	test_hostile();
	return tap_done();
}
