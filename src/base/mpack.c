/* SPDX-License-Identifier: Apache-2.0
 * mpack.c - msgpack written in its shortest forms and read with a bounded
 * cursor: mpack_open() proves the whole input once, so that the getters can
 * only meet a wrong type or a wrong range afterwards. */
#include <stdio.h>

#include "base/mpack.h"

/* ---- writing ---- */

static void
put_be(struct mpack_writer *w, unsigned char tag, uint64_t v, int bytes)
{
	char *p = sbuf_reserve(w->to, 9);

	p[0] = (char)tag;
	for (int i = 0; i < bytes; i++)
		p[1 + i] = (char)(v >> (8 * (bytes - 1 - i)));
	w->to->n += 1 + (size_t)bytes;
}

void
mpack_nil(struct mpack_writer *w)
{
	sbuf_addc(w->to, (char)0xc0);
}

void
mpack_bool(struct mpack_writer *w, bool b)
{
	sbuf_addc(w->to, (char)(b ? 0xc3 : 0xc2));
}

void
mpack_uint(struct mpack_writer *w, uint64_t v)
{
	if (v < 0x80)
		sbuf_addc(w->to, (char)v);
	else if (v <= UINT8_MAX)
		put_be(w, 0xcc, v, 1);
	else if (v <= UINT16_MAX)
		put_be(w, 0xcd, v, 2);
	else if (v <= UINT32_MAX)
		put_be(w, 0xce, v, 4);
	else
		put_be(w, 0xcf, v, 8);
}

void
mpack_int(struct mpack_writer *w, int64_t v)
{
	if (v >= 0)
		mpack_uint(w, (uint64_t)v);
	else if (v >= -32)
		sbuf_addc(w->to, (char)v);
	else if (v >= INT8_MIN)
		put_be(w, 0xd0, (uint64_t)v, 1);
	else if (v >= INT16_MIN)
		put_be(w, 0xd1, (uint64_t)v, 2);
	else if (v >= INT32_MIN)
		put_be(w, 0xd2, (uint64_t)v, 4);
	else
		put_be(w, 0xd3, (uint64_t)v, 8);
}

void
mpack_double(struct mpack_writer *w, double d)
{
	uint64_t bits;

	memcpy(&bits, &d, 8);
	put_be(w, 0xcb, bits, 8);
}

void
mpack_str(struct mpack_writer *w, struct str s)
{
	if (s.n < 32)
		sbuf_addc(w->to, (char)(0xa0 | s.n));
	else if (s.n <= UINT8_MAX)
		put_be(w, 0xd9, s.n, 1);
	else if (s.n <= UINT16_MAX)
		put_be(w, 0xda, s.n, 2);
	else
		put_be(w, 0xdb, s.n, 4);
	sbuf_adds(w->to, s);
}

void
mpack_bin(struct mpack_writer *w, struct str s)
{
	if (s.n <= UINT8_MAX)
		put_be(w, 0xc4, s.n, 1);
	else if (s.n <= UINT16_MAX)
		put_be(w, 0xc5, s.n, 2);
	else
		put_be(w, 0xc6, s.n, 4);
	sbuf_adds(w->to, s);
}

void
mpack_array(struct mpack_writer *w, uint32_t n)
{
	if (n < 16)
		sbuf_addc(w->to, (char)(0x90 | n));
	else if (n <= UINT16_MAX)
		put_be(w, 0xdc, n, 2);
	else
		put_be(w, 0xdd, n, 4);
}

void
mpack_map(struct mpack_writer *w, uint32_t n)
{
	if (n < 16)
		sbuf_addc(w->to, (char)(0x80 | n));
	else if (n <= UINT16_MAX)
		put_be(w, 0xde, n, 2);
	else
		put_be(w, 0xdf, n, 4);
}

/* ---- reading ---- */

enum item_kind {
	ITEM_NIL, ITEM_BOOL, ITEM_INT, ITEM_UINT, ITEM_DOUBLE, ITEM_STR,
	ITEM_BIN, ITEM_ARRAY, ITEM_MAP, ITEM_EXT, ITEM_BAD
};

static const char *const item_names[] = {
	"nil", "a boolean", "an integer", "an integer", "a float", "a string",
	"bytes", "an array", "a map", "an extension", "a reserved byte",
};

struct item {
	enum item_kind kind;
	uint64_t v;             /* value, or length */
	struct str bytes;       /* of strings, bins and extensions */
};

int
mpack_error(const struct mpack_reader *r, struct err *e, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_SERIALIZATION_ERROR, "%s: byte %zu: %s", r->what,
	    r->size - (size_t)(r->end - r->at), text);
}

static uint64_t
get_be(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

/* What a first byte from 0xc0 to 0xdf says: the kind, and how many bytes of
 * value or length follow. */
static const struct { unsigned char kind, bytes; } tags[32] = {
	{ ITEM_NIL, 0 }, { ITEM_BAD, 0 }, { ITEM_BOOL, 0 }, { ITEM_BOOL, 0 },
	{ ITEM_BIN, 1 }, { ITEM_BIN, 2 }, { ITEM_BIN, 4 },
	{ ITEM_EXT, 1 }, { ITEM_EXT, 2 }, { ITEM_EXT, 4 },
	{ ITEM_DOUBLE, 4 }, { ITEM_DOUBLE, 8 },
	{ ITEM_UINT, 1 }, { ITEM_UINT, 2 }, { ITEM_UINT, 4 }, { ITEM_UINT, 8 },
	{ ITEM_INT, 1 }, { ITEM_INT, 2 }, { ITEM_INT, 4 }, { ITEM_INT, 8 },
	{ ITEM_EXT, 0 }, { ITEM_EXT, 0 }, { ITEM_EXT, 0 }, { ITEM_EXT, 0 },
	{ ITEM_EXT, 0 },
	{ ITEM_STR, 1 }, { ITEM_STR, 2 }, { ITEM_STR, 4 },
	{ ITEM_ARRAY, 2 }, { ITEM_ARRAY, 4 },
	{ ITEM_MAP, 2 }, { ITEM_MAP, 4 },
};

/* Takes the payload of it->v bytes (and an extension's type byte). */
static int
take_bytes(struct mpack_reader *r, struct item *it, struct err *e)
{
	size_t left = (size_t)(r->end - r->at);
	size_t need = it->v + (it->kind == ITEM_EXT);

	if (left < need)
		return mpack_error(r, e, "%s of %zu bytes, %zu are left",
		    item_names[it->kind], need, left);
	it->bytes = (struct str){ (const char *)r->at, (size_t)it->v };
	r->at += need;
	return 0;
}

static double
float_of(uint64_t bits, int bytes)
{
	double d;
	float f;
	uint32_t low = (uint32_t)bits;

	if (bytes == 4) {
		memcpy(&f, &low, 4);
		return f;
	}
	memcpy(&d, &bits, 8);
	return d;
}

/* Reads one head (and the bytes of strings); containers' contents follow. */
static int
take(struct mpack_reader *r, struct item *it, struct err *e)
{
	unsigned char c;
	int bytes;

	if (r->at >= r->end)
		return mpack_error(r, e, "unexpected end");
	c = *r->at;
	*it = (struct item){ .kind = ITEM_UINT, .v = c };
	if (c < 0xc0 || c >= 0xe0) {
		r->at++;
		if (c < 0x80)
			return 0;
		if (c >= 0xe0) {
			it->kind = ITEM_INT;
			it->v = (uint64_t)(int64_t)(signed char)c;
			return 0;
		}
		if (c < 0xa0) {
			it->kind = c < 0x90 ? ITEM_MAP : ITEM_ARRAY;
			it->v = c & 15;
			return 0;
		}
		it->kind = ITEM_STR;
		it->v = c & 31;
		return take_bytes(r, it, e);
	}
	it->kind = tags[c - 0xc0].kind;
	bytes = tags[c - 0xc0].bytes;
	if (it->kind == ITEM_BAD)
		return mpack_error(r, e, "reserved byte 0xc1");
	if (r->end - r->at < 1 + bytes)
		return mpack_error(r, e, "unexpected end");
	it->v = get_be(r->at + 1, bytes);
	r->at += 1 + bytes;
	if (it->kind == ITEM_BOOL)
		it->v = c & 1;
	if (it->kind == ITEM_INT && bytes < 8)
		it->v = (uint64_t)((int64_t)(it->v << (64 - 8 * bytes)) >>
		    (64 - 8 * bytes));
	if (it->kind == ITEM_DOUBLE) {
		double d = float_of(it->v, bytes);

		memcpy(&it->v, &d, 8);
	}
	if (c >= 0xd4 && c <= 0xd8)
		it->v = 1u << (c - 0xd4);
	if (it->kind == ITEM_STR || it->kind == ITEM_BIN ||
	    it->kind == ITEM_EXT)
		return take_bytes(r, it, e);
	return 0;
}

/* Walks one value and all within.  left[] counts what is still expected at
 * each depth; every element takes at least one byte, so a count beyond the
 * rest of the input is wrong at once. */
static int
walk(struct mpack_reader *r, struct err *e)
{
	uint64_t left[MPACK_MAX_DEPTH];
	struct item it;
	int depth = 0, rc;

	left[0] = 1;
	while (depth >= 0) {
		if (left[depth] == 0) {
			depth--;
			continue;
		}
		left[depth]--;
		if ((rc = take(r, &it, e)) != 0)
			return rc;
		if (it.kind != ITEM_ARRAY && it.kind != ITEM_MAP)
			continue;
		if (it.kind == ITEM_MAP)
			it.v *= 2;
		if (it.v > (uint64_t)(r->end - r->at))
			return mpack_error(r, e,
			    "%llu elements, %zu bytes are left",
			    (unsigned long long)it.v,
			    (size_t)(r->end - r->at));
		if (it.v == 0)
			continue;
		if (++depth == MPACK_MAX_DEPTH)
			return mpack_error(r, e, "nested too deeply");
		left[depth] = it.v;
	}
	return 0;
}

int
mpack_open(struct mpack_reader *r, struct str bytes, const char *what,
    struct err *e)
{
	struct mpack_reader probe;
	int rc;

	r->at = (const unsigned char *)bytes.p;
	r->end = r->at + bytes.n;
	r->what = what;
	r->size = bytes.n;
	probe = *r;
	while (probe.at < probe.end)
		if ((rc = walk(&probe, e)) != 0)
			return rc;
	return 0;
}

static int
take_kind(struct mpack_reader *r, enum item_kind kind, struct item *it,
    struct err *e)
{
	const unsigned char *start = r->at;
	int rc = take(r, it, e);

	if (rc != 0)
		return rc;
	if (it->kind == kind)
		return 0;
	r->at = start;
	return mpack_error(r, e, "%s where %s is expected",
	    item_names[it->kind], item_names[kind]);
}

int
mpack_get_bool(struct mpack_reader *r, bool *out, struct err *e)
{
	struct item it;
	int rc = take_kind(r, ITEM_BOOL, &it, e);

	if (rc == 0)
		*out = it.v != 0;
	return rc;
}

int
mpack_get_int(struct mpack_reader *r, int64_t *out, struct err *e)
{
	const unsigned char *start = r->at;
	struct item it;
	int rc = take(r, &it, e);

	if (rc != 0)
		return rc;
	if (it.kind == ITEM_INT || (it.kind == ITEM_UINT &&
	    it.v <= INT64_MAX)) {
		*out = (int64_t)it.v;
		return 0;
	}
	r->at = start;
	if (it.kind == ITEM_UINT)
		return mpack_error(r, e, "integer out of range");
	return mpack_error(r, e, "%s where an integer is expected",
	    item_names[it.kind]);
}

int
mpack_get_int_in(struct mpack_reader *r, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	const unsigned char *start = r->at;
	int64_t v;
	int rc = mpack_get_int(r, &v, e);

	if (rc != 0)
		return rc;
	if (v < min || v > max) {
		r->at = start;
		return mpack_error(r, e, "%lld is not within %lld..%lld",
		    (long long)v, (long long)min, (long long)max);
	}
	*out = v;
	return 0;
}

int
mpack_get_uint(struct mpack_reader *r, uint64_t *out, struct err *e)
{
	const unsigned char *start = r->at;
	struct item it;
	int rc = take(r, &it, e);

	if (rc != 0)
		return rc;
	if (it.kind == ITEM_UINT || (it.kind == ITEM_INT &&
	    (int64_t)it.v >= 0)) {
		*out = it.v;
		return 0;
	}
	r->at = start;
	return mpack_error(r, e, "%s where an unsigned integer is expected",
	    item_names[it.kind]);
}

int
mpack_get_double(struct mpack_reader *r, double *out, struct err *e)
{
	struct item it;
	int rc = take_kind(r, ITEM_DOUBLE, &it, e);

	if (rc == 0)
		memcpy(out, &it.v, 8);
	return rc;
}

int
mpack_get_str(struct mpack_reader *r, struct str *out, struct err *e)
{
	struct item it;
	int rc = take_kind(r, ITEM_STR, &it, e);

	if (rc == 0)
		*out = it.bytes;
	return rc;
}

int
mpack_get_bin(struct mpack_reader *r, struct str *out, struct err *e)
{
	struct item it;
	int rc = take_kind(r, ITEM_BIN, &it, e);

	if (rc == 0)
		*out = it.bytes;
	return rc;
}

/* A count can never pass what is left, even for a reader that was not
 * opened by mpack_open(). */
static int
get_count(struct mpack_reader *r, enum item_kind kind, uint32_t *n,
    struct err *e)
{
	struct item it;
	int rc = take_kind(r, kind, &it, e);

	if (rc != 0)
		return rc;
	if (it.v > (uint64_t)(r->end - r->at))
		return mpack_error(r, e, "%llu elements, %zu bytes are left",
		    (unsigned long long)it.v, (size_t)(r->end - r->at));
	*n = (uint32_t)it.v;
	return 0;
}

int
mpack_get_array(struct mpack_reader *r, uint32_t *n, struct err *e)
{
	return get_count(r, ITEM_ARRAY, n, e);
}

int
mpack_get_map(struct mpack_reader *r, uint32_t *n, struct err *e)
{
	return get_count(r, ITEM_MAP, n, e);
}

bool
mpack_is_nil(const struct mpack_reader *r)
{
	return r->at < r->end && *r->at == 0xc0;
}

int
mpack_skip(struct mpack_reader *r, struct err *e)
{
	return walk(r, e);
}

bool
mpack_at_end(const struct mpack_reader *r)
{
	return r->at >= r->end;
}
