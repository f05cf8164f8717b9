/* SPDX-License-Identifier: Apache-2.0
 * arith_float.c - + - * / % and negation of real and double: never an error,
 * Infinity and NaN instead. */
#pragma GCC optimize("O3")
#include <math.h>

#include "func/kernel.h"
#include "func/tables.h"

#define FLOATS(T, K, MOD) \
	KERNEL_BINARY(add_##K, T, T, T, x + y) \
	KERNEL_BINARY(subtract_##K, T, T, T, x - y) \
	KERNEL_BINARY(multiply_##K, T, T, T, x * y) \
	KERNEL_BINARY(divide_##K, T, T, T, x / y) \
	KERNEL_BINARY(modulus_##K, T, T, T, MOD(x, y)) \
	KERNEL_UNARY(negate_##K, T, T, -x)

FLOATS(double, f64, fmod)
FLOATS(float, f32, fmodf)

enum { OP = FUNC_OPERATOR | FUNC_HIDDEN | FUNC_CANNOT_FAIL };

#define PAIR(op, fn) \
	{ .signature = op "(double,double):double", .flags = OP, \
	    .kernel = fn##_f64 }, \
	{ .signature = op "(real,real):real", .flags = OP, \
	    .kernel = fn##_f32 }

const struct func func_arith_float[] = {
	PAIR("+", add),
	PAIR("-", subtract),
	PAIR("*", multiply),
	PAIR("/", divide),
	PAIR("%", modulus),
	{ .signature = "-(double):double", .flags = OP, .kernel = negate_f64 },
	{ .signature = "-(real):real", .flags = OP, .kernel = negate_f32 },
	{ .signature = "mod(double,double):double", .flags = FUNC_CANNOT_FAIL,
	    .kernel = modulus_f64, .help = "Remainder of a division" },
	{ .signature = "mod(real,real):real", .flags = FUNC_CANNOT_FAIL,
	    .kernel = modulus_f32, .help = "Remainder of a division" },
	{ 0 }
};
