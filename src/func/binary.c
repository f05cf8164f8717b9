/* SPDX-License-Identifier: Apache-2.0
 * binary.c - binaries as text (hex, base 64, base 32, UTF-8) and as numbers
 * (big endian, IEEE 754). */
#include <math.h>

#include "func/kernel.h"
#include "func/tables.h"
#include "type/text.h"

/* One row: appends to b, or records an error. */
typedef void (*convert_row)(struct eval *ev, uint32_t i, struct str x,
    struct sbuf *b);

static int
convert_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, convert_row convert,
    struct err *e)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		sbuf_clear(&b);
		convert(ev, i, kernel_str(args->v[0], i), &b);
		if ((rc = kernel_put(ev, out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

#define CONVERT(name) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return convert_rows(ev, args, s, *out, name##_row, e); \
}

/* ---- hex ---- */

static void
to_hex_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t k = 0; k < x.n; k++) {
		unsigned char c = (unsigned char)x.p[k];

		sbuf_addc(b, digit[c >> 4]);
		sbuf_addc(b, digit[c & 15]);
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte is shown as the UTF-16 unit that Java's cast makes of it. */
static void
bad_hex_digit(struct eval *ev, uint32_t i, char c)
{
	struct sbuf b = { 0 };
	int value = (signed char)c;

	utf8_add(&b, value & 0xffff);
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "not a hexadecimal digit: \"%.*s\" = %d", STR_ARG(sbuf_str(&b)),
	    value);
	sbuf_release(&b);
}

static void
from_hex_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	if (x.n % 2 != 0) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "invalid input length %zu", x.n);
		return;
	}
	for (size_t k = 0; k < x.n; k += 2) {
		int high = hex_digit(x.p[k]), low = hex_digit(x.p[k + 1]);

		if (high < 0 || low < 0) {
			bad_hex_digit(ev, i, x.p[high < 0 ? k : k + 1]);
			return;
		}
		sbuf_addc(b, (char)(high << 4 | low));
	}
}

CONVERT(to_hex)
CONVERT(from_hex)

/* ---- base 64 ---- */

static void
to_base64_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	base64_print(b, x.p, x.n);
}

static void
to_base64url_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	base64_print(b, x.p, x.n);
	for (size_t k = 0; k < b->n; k++)
		b->p[k] = b->p[k] == '+' ? '-' : b->p[k] == '/' ? '_'
		    : b->p[k];
}

static int
base64_digit(char c, bool url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == (url ? '-' : '+') ? 62 : c == (url ? '_' : '/') ? 63 : -1;
}

/* Java's decoder: padding may be missing, trailing bits are not looked at. */
static void
decode_base64(struct eval *ev, uint32_t i, struct str x, struct sbuf *b,
    bool url)
{
	uint32_t bits = 0;
	int have = 0;
	size_t k = 0;

	if (x.n == 1) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Input byte[] should at least have 2 bytes for base64 "
		    "bytes");
		return;
	}
	while (k < x.n) {
		int c = (signed char)x.p[k++], d = base64_digit((char)c, url);

		if (c == '=') {
			if (have < 2 || (have == 2 && (k == x.n ||
			    x.p[k++] != '='))) {
				eval_row_error(ev, i,
				    ERR_INVALID_FUNCTION_ARGUMENT, "Input byte"
				    " array has wrong 4-byte ending unit");
				return;
			}
			break;
		}
		if (d < 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Illegal base64 character %s%x", c < 0 ? "-" : "",
			    c < 0 ? -c : c);
			return;
		}
		bits = bits << 6 | (uint32_t)d;
		if (++have < 4)
			continue;
		sbuf_addc(b, (char)(bits >> 16));
		sbuf_addc(b, (char)(bits >> 8));
		sbuf_addc(b, (char)bits);
		have = 0;
	}
	if (have == 1) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Last unit does not have enough valid bits");
	} else if (have == 2) {
		sbuf_addc(b, (char)(bits >> 4));
	} else if (have == 3) {
		sbuf_addc(b, (char)(bits >> 10));
		sbuf_addc(b, (char)(bits >> 2));
	}
	if (have != 1 && k < x.n)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Input byte array has incorrect ending byte at %zu", k);
}

static void
from_base64_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	decode_base64(ev, i, x, b, false);
}

static void
from_base64url_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	decode_base64(ev, i, x, b, true);
}

CONVERT(to_base64)
CONVERT(to_base64url)
CONVERT(from_base64)
CONVERT(from_base64url)

/* ---- base 32 ---- */

static void
to_base32_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (size_t k = 0; k < x.n; k += 5) {
		size_t n = MIN(x.n - k, (size_t)5);
		int digits = (int)(n * 8 + 4) / 5;
		uint64_t bits = 0;

		for (size_t m = 0; m < 5; m++)
			bits = bits << 8 | (m < n ? (unsigned char)x.p[k + m]
			    : 0);
		for (int m = 0; m < 8; m++)
			sbuf_addc(b, m >= digits ? '='
			    : set[bits >> (35 - 5 * m) & 31]);
	}
}

static void
bad_base32(struct eval *ev, uint32_t i, struct str x)
{
	int n;
	int32_t c = utf8_at(x.p, x.p + x.n, &n);

	if (c <= 0x20 || c >= 0x7f)
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Unrecognized character: 0x%x",
		    (unsigned)(c < 0 ? 0xfffd : c));
	else
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Unrecognized character: %c", c);
}

static void
from_base32_row(struct eval *ev, uint32_t i, struct str x, struct sbuf *b)
{
	uint64_t bits = 0;
	int have = 0;
	size_t n;

	while (x.n > 0 && x.p[x.n - 1] == '=')
		x.n--;
	n = utf8_count(x);
	if (n % 8 == 1 || n % 8 == 3 || n % 8 == 6) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid input length %zu", n);
		return;
	}
	for (size_t k = 0; k < x.n; k++) {
		char c = x.p[k];
		int d = c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7'
		    ? c - '2' + 26 : -1;

		if (d < 0) {
			bad_base32(ev, i, (struct str){ x.p + k, x.n - k });
			return;
		}
		bits = bits << 5 | (uint64_t)d;
		have += 5;
		if (have >= 8) {
			have -= 8;
			sbuf_addc(b, (char)(bits >> have));
		}
	}
}

CONVERT(to_base32)
CONVERT(from_base32)

/* ---- UTF-8 ---- */

static int
to_utf8(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	vec_share_bufs(*out, args->v[0]);
	KERNEL_EACH(s, i)
		kernel_put_shared(*out, i, kernel_str(args->v[0], i));
	return 0;
}

/* The bytes of a broken sequence at p that one replacement stands for. */
static size_t
broken_length(const char *p, const char *end)
{
	unsigned char c = (unsigned char)p[0];
	size_t want = c >= 0xf8 && c <= 0xfb ? 5 : c >= 0xf0 && c < 0xf8 ? 4
	    : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc0 && c < 0xe0 ? 2 : 1;
	size_t n = 1;

	while (n < want && p + n < end &&
	    ((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void
repair_utf8(struct sbuf *b, struct str x, struct str replacement)
{
	const char *p = x.p, *end = x.p + x.n;
	int n;

	while (p < end) {
		int32_t c = utf8_at(p, end, &n);

		if (c >= 0 && (c < 0xd800 || c > 0xdfff)) {
			sbuf_add(b, p, (size_t)n);
			p += n;
		} else {
			sbuf_adds(b, replacement);
			p += broken_length(p, end);
		}
	}
}

/* What stands for broken bytes; false: an error was recorded. */
static bool
replacement_of(struct eval *ev, const struct func_args *args, uint32_t i,
    struct sbuf *to)
{
	int64_t c = 0xfffd;

	sbuf_clear(to);
	if (args->n > 1 && args->types[1]->id == TYPE_BIGINT) {
		c = KERNEL_AT(int64_t, args->v[1], i);
		if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Invalid replacement character");
			return false;
		}
	} else if (args->n > 1) {
		sbuf_adds(to, kernel_str(args->v[1], i));
		if (utf8_count(sbuf_str(to)) > 1) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Replacement character string must empty or a "
			    "single character");
			return false;
		}
		return true;
	}
	utf8_add(to, (int32_t)c);
	return true;
}

static int
from_utf8(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct sbuf b = { 0 }, with = { 0 };
	int rc = 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		if (!replacement_of(ev, args, i, &with))
			continue;
		if (!utf8_valid(x)) {
			sbuf_clear(&b);
			repair_utf8(&b, x, sbuf_str(&with));
			x = sbuf_str(&b);
		}
		if ((rc = kernel_put(ev, *out, i, x, e)) != 0)
			break;
	}
	sbuf_release(&b);
	sbuf_release(&with);
	return rc;
}

/* ---- numbers ---- */

static int
put_number(struct eval *ev, struct vec *out, uint32_t i, uint64_t x, size_t n,
    struct err *e)
{
	char b[8];

	for (size_t k = 0; k < n; k++)
		b[k] = (char)(x >> (8 * (n - 1 - k)));
	return kernel_put(ev, out, i, (struct str){ b, n }, e);
}

static uint64_t
get_number(struct str x)
{
	uint64_t r = 0;

	for (size_t k = 0; k < x.n; k++)
		r = r << 8 | (unsigned char)x.p[k];
	return r;
}

/* Java's bits: doubles have one NaN, floats keep theirs. */
static uint64_t
double_bits(double d)
{
	uint64_t x;

	memcpy(&x, &d, sizeof(x));
	return isnan(d) ? UINT64_C(0x7ff8000000000000) : x;
}

static uint64_t
real_bits(float f)
{
	uint32_t x;

	memcpy(&x, &f, sizeof(x));
	return x;
}

#define TO_NUMBER(name, T, expr, n) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	int rc; \
	KERNEL_EACH(s, i) { \
		T x = KERNEL_AT(T, args->v[0], i); \
		if ((rc = put_number(ev, *out, i, (expr), n, e)) != 0) \
			return rc; \
	} \
	return 0; \
}
TO_NUMBER(to_big_endian_64, int64_t, (uint64_t)x, 8)
TO_NUMBER(to_big_endian_32, int32_t, (uint32_t)x, 4)
TO_NUMBER(to_ieee754_64, double, double_bits(x), 8)
TO_NUMBER(to_ieee754_32, float, real_bits(x), 4)

#define FROM_NUMBER(name, T, U, size, ...) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	KERNEL_EACH(s, i) { \
		struct str x = kernel_str(args->v[0], i); \
		U bits; \
		if (x.n != size) { \
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT, \
			    __VA_ARGS__); \
			continue; \
		} \
		bits = (U)get_number(x); \
		memcpy((T *)(*out)->data + i, &bits, sizeof(T)); \
	} \
	return 0; \
}
FROM_NUMBER(from_big_endian_64, int64_t, uint64_t, 8,
    "expected 8-byte input, but got instead: %zu", x.n)
FROM_NUMBER(from_big_endian_32, int32_t, uint32_t, 4,
    "expected 4-byte input, but got instead: %zu", x.n)
FROM_NUMBER(from_ieee754_64, double, uint64_t, 8,
    "Input floating-point value must be exactly 8 bytes long")
FROM_NUMBER(from_ieee754_32, float, uint32_t, 4,
    "Input floating-point value must be exactly 4 bytes long")

#define UNARY(name, from, to, fl, text) \
	{ .signature = #name "(" from "):" to, .flags = fl, .kernel = name, \
	    .help = text }
#define DECODE(name, text) \
	UNARY(name, "varchar(x)", "varbinary", 0, text), \
	UNARY(name, "varbinary", "varbinary", 0, text)

const struct func func_binary[] = {
	UNARY(to_hex, "varbinary", "varchar", FUNC_CANNOT_FAIL,
	    "Binary to hexadecimal digits"),
	DECODE(from_hex, "Hexadecimal digits to binary"),
	UNARY(to_base64, "varbinary", "varchar", FUNC_CANNOT_FAIL,
	    "Binary to base64"),
	DECODE(from_base64, "Base64 to binary"),
	UNARY(to_base64url, "varbinary", "varchar", FUNC_CANNOT_FAIL,
	    "Binary to base64 for URLs"),
	DECODE(from_base64url, "Base64 for URLs to binary"),
	UNARY(to_base32, "varbinary", "varchar", FUNC_CANNOT_FAIL,
	    "Binary to base32"),
	DECODE(from_base32, "Base32 to binary"),
	UNARY(to_utf8, "varchar(x)", "varbinary", FUNC_CANNOT_FAIL,
	    "Text to UTF-8 bytes"),
	UNARY(from_utf8, "varbinary", "varchar", FUNC_CANNOT_FAIL,
	    "UTF-8 bytes to text"),
	UNARY(from_utf8, "varbinary,varchar(x)", "varchar", 0,
	    "UTF-8 bytes to text, with a replacement for broken ones"),
	UNARY(from_utf8, "varbinary,bigint", "varchar", 0,
	    "UTF-8 bytes to text, with a replacement for broken ones"),
	UNARY(to_big_endian_64, "bigint", "varbinary", FUNC_CANNOT_FAIL,
	    "Bigint to 8 bytes"),
	UNARY(to_big_endian_32, "integer", "varbinary", FUNC_CANNOT_FAIL,
	    "Integer to 4 bytes"),
	UNARY(from_big_endian_64, "varbinary", "bigint", 0,
	    "8 bytes to bigint"),
	UNARY(from_big_endian_32, "varbinary", "integer", 0,
	    "4 bytes to integer"),
	UNARY(to_ieee754_64, "double", "varbinary", FUNC_CANNOT_FAIL,
	    "Double to 8 bytes"),
	UNARY(to_ieee754_32, "real", "varbinary", FUNC_CANNOT_FAIL,
	    "Real to 4 bytes"),
	UNARY(from_ieee754_64, "varbinary", "double", 0, "8 bytes to double"),
	UNARY(from_ieee754_32, "varbinary", "real", 0, "4 bytes to real"),
	{ 0 }
};
