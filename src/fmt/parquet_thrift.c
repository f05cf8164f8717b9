/* SPDX-License-Identifier: Apache-2.0
 * parquet_thrift.c - the compact protocol: varints, field headers with id
 * deltas, lists; everything checked against the end of the bytes. */
#include "fmt/parquet_thrift.h"

enum { THRIFT_DEPTH = 48 };

void
thrift_init(struct thrift *t, const void *p, size_t n)
{
	t->p = p;
	t->end = t->p + n;
	t->bad = NULL;
	t->depth = 0;
}

void
thrift_fail(struct thrift *t, const char *why)
{
	if (t->bad == NULL)
		t->bad = why;
	t->p = t->end;
}

static uint64_t
varint(struct thrift *t)
{
	uint64_t v = 0;
	int shift = 0;

	while (t->p < t->end) {
		uint8_t b = *t->p++;

		if (shift > 63 || (shift == 63 && (b & 0x7e) != 0)) {
			thrift_fail(t, "a number is too long");
			return 0;
		}
		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return v;
		shift += 7;
	}
	thrift_fail(t, "it ends too early");
	return 0;
}

static int64_t
zigzag(struct thrift *t)
{
	uint64_t v = varint(t);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static int32_t
zigzag32(struct thrift *t)
{
	int64_t v = zigzag(t);

	if (v < INT32_MIN || v > INT32_MAX) {
		thrift_fail(t, "a number is too long");
		return 0;
	}
	return (int32_t)v;
}

static void
take(struct thrift *t, size_t n)
{
	if ((size_t)(t->end - t->p) < n)
		thrift_fail(t, "it ends too early");
	else
		t->p += n;
}

bool
thrift_next(struct thrift *t, struct thrift_field *f)
{
	uint8_t b;
	int delta;

	if (t->p >= t->end) {
		thrift_fail(t, "it ends too early");
		return false;
	}
	b = *t->p++;
	f->type = b & 15;
	if (f->type == THRIFT_STOP)
		return false;
	if (f->type > THRIFT_STRUCT) {
		thrift_fail(t, "a field has an unknown type");
		return false;
	}
	delta = b >> 4;
	if (delta != 0)
		f->id += delta;
	else
		f->id = zigzag32(t);
	return t->bad == NULL;
}

static struct str
binary(struct thrift *t)
{
	uint64_t n = varint(t);
	struct str s = { (const char *)t->p, n };

	if (t->bad != NULL)
		return (struct str){ NULL, 0 };
	if (n > (size_t)(t->end - t->p)) {
		thrift_fail(t, "a string is longer than what holds it");
		return (struct str){ NULL, 0 };
	}
	t->p += n;
	return s;
}

static uint32_t
list_header(struct thrift *t, enum thrift_type *element)
{
	uint64_t n;
	uint8_t b;

	if (t->p >= t->end) {
		thrift_fail(t, "it ends too early");
		return 0;
	}
	b = *t->p++;
	*element = b & 15;
	n = b >> 4;
	if (n == 15)
		n = varint(t);
	if (t->bad != NULL)
		return 0;
	if (n > INT32_MAX) {
		thrift_fail(t, "a list has a negative size");
		return 0;
	}
	if (n > (size_t)(t->end - t->p)) {
		thrift_fail(t, "a list is longer than what holds it");
		return 0;
	}
	return (uint32_t)n;
}

static void skip_element(struct thrift *t, enum thrift_type type);

static void
skip_list(struct thrift *t)
{
	enum thrift_type element;
	uint32_t n = list_header(t, &element);

	for (uint32_t i = 0; i < n && t->bad == NULL; i++)
		skip_element(t, element);
}

static void
skip_map(struct thrift *t)
{
	uint64_t n = varint(t);
	uint8_t types;

	if (n == 0 || t->bad != NULL)
		return;
	if (t->p >= t->end || n > (size_t)(t->end - t->p)) {
		thrift_fail(t, "a map is longer than what holds it");
		return;
	}
	types = *t->p++;
	for (uint64_t i = 0; i < n && t->bad == NULL; i++) {
		skip_element(t, types >> 4);
		skip_element(t, types & 15);
	}
}

static bool
deeper(struct thrift *t)
{
	if (++t->depth <= THRIFT_DEPTH)
		return t->bad == NULL;
	thrift_fail(t, "it is nested too deeply");
	return false;
}

void
thrift_skip(struct thrift *t, enum thrift_type type)
{
	struct thrift_field f = { 0 };

	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		break;
	case THRIFT_I8:
		take(t, 1);
		break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64:
		varint(t);
		break;
	case THRIFT_DOUBLE:
		take(t, 8);
		break;
	case THRIFT_BINARY:
		binary(t);
		break;
	case THRIFT_LIST:
	case THRIFT_SET:
		if (deeper(t))
			skip_list(t);
		t->depth--;
		break;
	case THRIFT_MAP:
		if (deeper(t))
			skip_map(t);
		t->depth--;
		break;
	case THRIFT_STRUCT:
		if (deeper(t))
			while (thrift_next(t, &f))
				thrift_skip(t, f.type);
		t->depth--;
		break;
	default:
		thrift_fail(t, "a field has an unknown type");
	}
}

/* In lists a boolean takes a byte. */
static void
skip_element(struct thrift *t, enum thrift_type type)
{
	if (type == THRIFT_TRUE || type == THRIFT_FALSE)
		take(t, 1);
	else
		thrift_skip(t, type);
}

static bool
is_a(struct thrift *t, const struct thrift_field *f, enum thrift_type type)
{
	if (f->type == type)
		return true;
	thrift_fail(t, "a field has another type than expected");
	return false;
}

int32_t
thrift_i32(struct thrift *t, const struct thrift_field *f)
{
	return is_a(t, f, THRIFT_I32) ? zigzag32(t) : 0;
}

int64_t
thrift_i64(struct thrift *t, const struct thrift_field *f)
{
	return is_a(t, f, THRIFT_I64) ? zigzag(t) : 0;
}

int8_t
thrift_i8(struct thrift *t, const struct thrift_field *f)
{
	if (!is_a(t, f, THRIFT_I8))
		return 0;
	take(t, 1);
	return t->bad != NULL ? 0 : (int8_t)t->p[-1];
}

bool
thrift_bool(struct thrift *t, const struct thrift_field *f)
{
	if (f->type == THRIFT_FALSE)
		return false;
	return is_a(t, f, THRIFT_TRUE);
}

struct str
thrift_binary(struct thrift *t, const struct thrift_field *f)
{
	if (!is_a(t, f, THRIFT_BINARY))
		return (struct str){ NULL, 0 };
	return binary(t);
}

uint32_t
thrift_list(struct thrift *t, const struct thrift_field *f,
    enum thrift_type element)
{
	enum thrift_type has;
	uint32_t n;

	if (!is_a(t, f, THRIFT_LIST))
		return 0;
	n = list_header(t, &has);
	if (n > 0 && has != element && !(element == THRIFT_TRUE &&
	    has == THRIFT_FALSE)) {
		thrift_fail(t, "a list has another type than expected");
		return 0;
	}
	return n;
}

bool
thrift_enter(struct thrift *t, const struct thrift_field *f)
{
	return is_a(t, f, THRIFT_STRUCT) && thrift_enter_element(t);
}

bool
thrift_enter_element(struct thrift *t)
{
	if (deeper(t))
		return true;
	t->depth--;
	return false;
}

void
thrift_leave(struct thrift *t)
{
	t->depth--;
}

int32_t
thrift_element_i32(struct thrift *t)
{
	return zigzag32(t);
}

int64_t
thrift_element_i64(struct thrift *t)
{
	return zigzag(t);
}

bool
thrift_element_bool(struct thrift *t)
{
	take(t, 1);
	return t->bad == NULL && t->p[-1] == 1;
}

struct str
thrift_element_binary(struct thrift *t)
{
	return binary(t);
}
