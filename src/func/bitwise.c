/* SPDX-License-Identifier: Apache-2.0
 * bitwise.c - and, or, xor, not, shifts and counts of bits.
 *
 * A shift at or beyond the width leaves zeroes (or signs); a negative one
 * counts modulo 64, as Java's long shifts do. */
#include "func/kernel.h"
#include "func/tables.h"

KERNEL_BINARY(bitwise_and, int64_t, int64_t, int64_t, x & y)
KERNEL_BINARY(bitwise_or, int64_t, int64_t, int64_t, x | y)
KERNEL_BINARY(bitwise_xor, int64_t, int64_t, int64_t, x ^ y)
KERNEL_UNARY(bitwise_not, int64_t, int64_t, ~x)

#define LEFT(T, U, bits) (y >= (bits) ? 0 \
	: (T)(U)((uint64_t)(int64_t)x << (y & 63)))
#define RIGHT(T, U, bits) (y == 0 ? x : y >= (bits) ? 0 \
	: (T)(U)((uint64_t)(U)x >> (y & 63)))
#define RIGHT_ARITHMETIC(T, bits) (y >= (bits) ? (T)(x < 0 ? -1 : 0) \
	: (T)((int64_t)x >> (y & 63)))
#define SHIFTS(T, U, bits) \
KERNEL_BINARY(left_##bits, T, int32_t, T, LEFT(T, U, bits)) \
KERNEL_BINARY(right_##bits, T, int32_t, T, RIGHT(T, U, bits)) \
KERNEL_BINARY(arithmetic_##bits, T, int32_t, T, RIGHT_ARITHMETIC(T, bits))
SHIFTS(int8_t, uint8_t, 8)
SHIFTS(int16_t, uint16_t, 16)
SHIFTS(int32_t, uint32_t, 32)
SHIFTS(int64_t, uint64_t, 64)

static int
bit_count(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i) {
		int64_t x = KERNEL_AT(int64_t, args->v[0], i);
		int64_t bits = KERNEL_AT(int64_t, args->v[1], i);

		if (bits < 2 || bits > 64) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Bits specified in bit_count must be between 2 "
			    "and 64, got %lld", (long long)bits);
			continue;
		}
		if (bits < 64 && (x >= INT64_C(1) << (bits - 1) ||
		    x < -(INT64_C(1) << (bits - 1)))) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Number must be representable with the bits "
			    "specified. %lld cannot be represented with %lld "
			    "bits", (long long)x, (long long)bits);
			continue;
		}
		r[i] = __builtin_popcountll((uint64_t)x & (bits == 64
		    ? UINT64_MAX : (UINT64_C(1) << bits) - 1));
	}
	return 0;
}

#define BITS(name, args, fn, text) \
	{ .signature = name "(" args "):bigint", .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = text }
#define SHIFT(name, T, fn, text) \
	{ .signature = name "(" T ",integer):" T, \
	    .flags = FUNC_CANNOT_FAIL, .kernel = fn, .help = text }
#define SHIFT_ALL(name, fn, text) \
	SHIFT(name, "bigint", fn##_64, text), \
	SHIFT(name, "integer", fn##_32, text), \
	SHIFT(name, "smallint", fn##_16, text), \
	SHIFT(name, "tinyint", fn##_8, text)

const struct func func_bitwise[] = {
	BITS("bitwise_and", "bigint,bigint", bitwise_and, "Bits of both"),
	BITS("bitwise_or", "bigint,bigint", bitwise_or, "Bits of either"),
	BITS("bitwise_xor", "bigint,bigint", bitwise_xor,
	    "Bits of one of the two"),
	BITS("bitwise_not", "bigint", bitwise_not, "The other bits"),
	SHIFT_ALL("bitwise_left_shift", left, "Shifts to the left"),
	SHIFT_ALL("bitwise_right_shift", right,
	    "Shifts to the right, zeroes come in"),
	SHIFT_ALL("bitwise_right_shift_arithmetic", arithmetic,
	    "Shifts to the right, the sign comes in"),
	{ .signature = "bit_count(bigint,bigint):bigint",
	    .kernel = bit_count, .help = "Bits set in two's complement" },
	{ 0 }
};
