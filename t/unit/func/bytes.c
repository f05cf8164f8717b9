/* SPDX-License-Identifier: Apache-2.0
 * bytes.c - functions of binaries and bits: calls of constants, the first
 * argument a text as it stands, and what they give or say. */
#include "base/check.h"
#include "expr/expr.h"
#include "tap.h"
#include "type/value.h"

static struct arena arena;
static struct expr_pool pool;

struct test_case {
	const char *name;
	const char *text;       /* the argument's bytes, or NULL: a number */
	const struct type *type;
	int64_t a, b;           /* numbers; b INT64_MIN: one argument */
	const char *want;
};

static const char *
show(const struct vec *v)
{
	static struct sbuf b;

	sbuf_clear(&b);
	if (vec_is_null(v, 0))
		return "null";
	if (v->type->id == TYPE_VARBINARY) {
		struct str s = strview_str(vec_at(v, 0));

		for (size_t i = 0; i < s.n; i++)
			sbuf_addf(&b, "%02x", (unsigned char)s.p[i]);
	} else {
		value_print(&b, v->type, vec_at(v, 0));
	}
	return sbuf_z(&b);
}

static void
run(const struct test_case *t)
{
	struct expr *arg[2], *x;
	struct vec *v = NULL;
	struct err e;
	int n = 1;

	if (t->text != NULL) {
		arg[0] = expr_const_str(&pool, t->type, str_of(t->text));
	} else {
		arg[0] = expr_bigint(&pool, t->a);
		arg[1] = expr_bigint(&pool, t->b);
		n = t->b == INT64_MIN ? 1 : 2;
	}
	if (expr_call(&pool, str_of(t->name), arg, n, &x, &e) != 0 ||
	    expr_eval_const(x, NULL, &v, &e) != 0) {
		is_str(e.text, t->want, t->name);
		return;
	}
	is_str(show(v), t->want, t->name);
	vec_drop(&v);
}

#define BINARY(name, text, want) \
	{ name, text, TYPE(VARBINARY), 0, 0, want }
#define NUMBERS(name, a, b, want) { name, NULL, NULL, a, b, want }

int
main(void)
{
	const struct test_case cases[] = {
		BINARY("to_hex", "a\x7f", "617F"),
		BINARY("from_hex", "61fF", "61ff"),
		BINARY("from_hex", "6", "invalid input length 1"),
		BINARY("from_hex", "6g",
		    "not a hexadecimal digit: \"g\" = 103"),
		BINARY("to_base64", "hello", "aGVsbG8="),
		BINARY("from_base64", "aGVsbG8", "68656c6c6f"),
		BINARY("from_base64", "AB==C",
		    "Input byte array has incorrect ending byte at 4"),
		BINARY("from_base64", "AAAAA",
		    "Last unit does not have enough valid bits"),
		BINARY("to_base32", "hello", "NBSWY3DP"),
		BINARY("from_base32", "NBSWY3DP", "68656c6c6f"),
		BINARY("from_base32", "AAA", "Invalid input length 3"),
		BINARY("from_utf8", "a\xc3(", "a\xef\xbf\xbd("),
		BINARY("md5", "", "d41d8cd98f00b204e9800998ecf8427e"),
		BINARY("sha1", "abc",
		    "a9993e364706816aba3e25717850c26c9cd0d89d"),
		BINARY("xxhash64", "", "ef46db3751d8e999"),
		BINARY("murmur3", "", "00000000000000000000000000000000"),
		BINARY("spooky_hash_v2_64", "", "232706fc6bf50919"),
		BINARY("spooky_hash_v2_32", "", "6bf50919"),
		BINARY("crc32", "123456789", "3421780262"),
		BINARY("from_big_endian_64", "12345678",
		    "3544952156018063160"),
		BINARY("from_ieee754_32", "a", "Input floating-point value "
		    "must be exactly 4 bytes long"),
		NUMBERS("bitwise_and", 12, 10, "8"),
		NUMBERS("bitwise_xor", 12, 10, "6"),
		NUMBERS("bitwise_not", 0, INT64_MIN, "-1"),
		NUMBERS("to_big_endian_64", 258, INT64_MIN,
		    "0000000000000102"),
		NUMBERS("bit_count", -7, 8, "6"),
		NUMBERS("bit_count", 200, 8, "Number must be representable "
		    "with the bits specified. 200 cannot be represented with "
		    "8 bits"),
	};

	arena_init(&arena);
	expr_pool_init(&pool, &arena);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run(&cases[i]);
	expr_pool_release(&pool);
	arena_release(&arena);
	return tap_done();
}
