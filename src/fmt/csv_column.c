/* SPDX-License-Identifier: Apache-2.0
 * csv_column.c - the fields of one column of a batch become a vector.
 *
 * The loops take what is common (short decimal digits, ISO dates) a word at a
 * time and leave the rest to csv_value.c.  Text stays where it is: long
 * strings point into the file's own bytes. */
#include "fmt/csv_priv.h"

#include <stdlib.h>

#include "base/check.h"
#include "type/time.h"
#include "type/value.h"

/* A field; its bytes may be read up to BUF_PAD behind. */
struct field {
	const uint8_t *p;
	uint32_t n;
};

static inline __attribute__((always_inline)) struct field
field_at(const struct csv_fields *f, uint32_t i)
{
	uint32_t row = f->index == NULL ? i : f->index[i];
	const uint32_t *pos = f->pos + f->rows[row] + f->column;
	uint32_t from = pos[-1] + 1, to = pos[0];

	if (f->last && to > from && f->text[to - 1] == '\r' &&
	    f->text[to] == '\n')
		to--;
	return (struct field){ f->text + from, to - from };
}

struct str
csv_field_text(const struct csv_fields *f, uint32_t i, struct sbuf *copy)
{
	struct field x = field_at(f, i);
	const char *p = (const char *)x.p, *end = p + x.n, *quote;

	if (x.n < 2 || *x.p != f->quote)
		return (struct str){ p, x.n };
	p++;
	end--;
	if (memchr(p, f->quote, (size_t)(end - p)) == NULL)
		return (struct str){ p, (size_t)(end - p) };
	sbuf_clear(copy);
	while ((quote = memchr(p, f->quote, (size_t)(end - p))) != NULL) {
		sbuf_add(copy, p, (size_t)(quote - p) + 1);
		p = MIN(quote + 2, end);
	}
	sbuf_add(copy, p, (size_t)(end - p));
	return sbuf_str(copy);
}

/* --- numbers ------------------------------------------------------------- */

static inline uint64_t
load8(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, 8);
	return x;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Up to 8 digits (n of them) at p, as a number; false: not all are. */
static inline bool
digits8(const uint8_t *p, uint32_t n, uint64_t *out)
{
	/* The first digit is the lowest byte: push in zeroes below it. */
	uint64_t x = (load8(p) ^ EACH(0x30)) << (64 - 8 * n);

	if (((x | (x + EACH(0x76))) & EACH(0x80)) != 0)
		return false;
	x = x * 10 + (x >> 8);
	*out = ((x & UINT64_C(0x000000ff000000ff)) *
	    UINT64_C(0x000f424000000064) +
	    (x >> 16 & UINT64_C(0x000000ff000000ff)) *
	    UINT64_C(0x0000271000000001)) >> 32;
	return true;
}

static inline bool
digits16(const uint8_t *p, uint32_t n, uint64_t *out)
{
	uint64_t high, low;

	if (n <= 8)
		return digits8(p, n, out);
	if (!digits8(p, n - 8, &high) || !digits8(p + n - 8, 8, &low))
		return false;
	*out = high * 100000000 + low;
	return true;
}

static inline bool
quick_bigint(struct field f, int64_t *out)
{
	uint32_t negative = f.p[0] == '-', n = f.n - negative;
	uint64_t x;

	if (unlikely(n - 1 > 15) || unlikely(!digits16(f.p + negative, n,
	    &x)))
		return false;
	*out = (int64_t)((x ^ -(uint64_t)negative) + negative);
	return true;
}

static const double power10[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16 };

/* Where the point is among the first n (<= 16) bytes; n: nowhere. */
static inline uint32_t
find_point(const uint8_t *p, uint32_t n)
{
	for (uint32_t at = 0; at < n; at += 8) {
		uint64_t x = load8(p + at) ^ EACH('.');

		x = (x - EACH(1)) & ~x & EACH(0x80);
		if (x != 0)
			return MIN(n, at + (uint32_t)__builtin_ctzll(x) / 8);
	}
	return n;
}

/* Digits with a point: both parts as one integer below 2^53, then one exact
 * division, which rounds once. */
static inline bool
quick_double(struct field f, double *out)
{
	uint32_t negative = f.p[0] == '-', n = f.n - negative, point, rest;
	const uint8_t *p = f.p + negative;
	uint64_t whole = 0, part = 0;
	static const uint64_t scale[] = { 1, 10, 100, 1000, 10000, 100000,
		1000000, 10000000, 100000000 };
	double d;

	if (unlikely(n - 1 > 15))
		return false;
	point = find_point(p, n);
	rest = point < n ? n - point - 1 : 0;
	if (unlikely(rest > 8) || unlikely(point + rest == 0) ||
	    unlikely(point + rest > 15))
		return false;
	if ((point > 0 && unlikely(!digits16(p, point, &whole))) ||
	    (rest > 0 && unlikely(!digits8(p + point + 1, rest, &part))))
		return false;
	d = (double)(int64_t)(whole * scale[rest] + part) / power10[rest];
	*out = negative ? -d : d;
	return true;
}

/* --- times --------------------------------------------------------------- */

/* yyyy-mm-dd */
static inline bool
quick_date(const uint8_t *p, int64_t *days)
{
	static const uint8_t lengths[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	uint64_t x = load8(p) ^ UINT64_C(0x2d30302d30303030);
	uint32_t d1 = p[8] ^ 0x30u, d0 = p[9] ^ 0x30u;
	uint32_t year, month, day, era_year, leap, limit;

	if (((x | (x + UINT64_C(0x7f76767f76767676))) & EACH(0x80)) != 0 ||
	    d1 > 9 || d0 > 9)
		return false;
	year = (uint32_t)((x & 15) * 1000 + (x >> 8 & 15) * 100 +
	    (x >> 16 & 15) * 10 + (x >> 24 & 15));
	month = (uint32_t)((x >> 40 & 15) * 10 + (x >> 48 & 15));
	day = d1 * 10 + d0;
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (month - 1 > 11)
		return false;
	limit = lengths[month] + (month == 2 ? leap : 0);
	if (day - 1 >= limit)
		return false;
	/* Years from March, counted from -4800, which a cycle begins with. */
	era_year = year + 4800 - (month <= 2);
	month = month + (month <= 2 ? 12 : 0) - 3;
	*days = (int64_t)(day + (153 * month + 2) / 5 + 365 * era_year +
	    era_year / 4 - era_year / 100 + era_year / 400) - 32045 - 2440588;
	return true;
}

/* hh:mm:ss, then up to 6 digits of a fraction, n bytes in all. */
static inline bool
quick_time(const uint8_t *p, uint32_t n, int64_t *micros)
{
	static const uint32_t scale[] = { 1000000, 100000, 10000, 1000, 100,
		10, 1 };
	uint64_t x = load8(p) ^ UINT64_C(0x30303a30303a3030), part = 0;
	uint32_t hour, minute, second;

	if (n < 8 || ((x | (x + UINT64_C(0x76767f76767f7676))) &
	    EACH(0x80)) != 0)
		return false;
	hour = (uint32_t)((x & 15) * 10 + (x >> 8 & 15));
	minute = (uint32_t)((x >> 24 & 15) * 10 + (x >> 32 & 15));
	second = (uint32_t)((x >> 48 & 15) * 10 + (x >> 56 & 15));
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (n > 8) {
		if (p[8] != '.' || n - 10 > 5 || !digits8(p + 9, n - 9,
		    &part))
			return false;
		part *= scale[n - 9];
	}
	*micros = (int64_t)((hour * 60 + minute) * 60 + second) * 1000000 +
	    (int64_t)part;
	return true;
}

static inline bool
quick_timestamp(struct field f, int64_t *out)
{
	int64_t days, micros;

	if (f.n < 19 || (f.p[10] != ' ' && f.p[10] != 'T') ||
	    !quick_date(f.p, &days) ||
	    !quick_time(f.p + 11, f.n - 11, &micros))
		return false;
	*out = days * INT64_C(86400000000) + micros;
	return true;
}

/* --- the loops ----------------------------------------------------------- */

/* 0: done; 1: no such value. */
static int
slow_parse(const struct type *t, struct str text, struct arena *a, void *out)
{
	switch (t->id) {
	case TYPE_BIGINT:
		return !csv_parse_bigint(text, out);
	case TYPE_DOUBLE:
		return !csv_parse_double(text, out);
	case TYPE_BOOLEAN:
		return !csv_parse_boolean(text, out);
	case TYPE_DATE:
		return !csv_parse_date(text, out);
	case TYPE_TIME:
		if (t->precision == 6)
			return !csv_parse_time(text, out);
		break;
	case TYPE_TIMESTAMP:
		if (t->precision == 6)
			return !csv_parse_timestamp(text, out);
		break;
	default:
		break;
	}
	return value_parse(t, text, ZONE_UTC, a, out, NULL) < 0;
}

/* A field that the quick way did not take: NULL, quoted or unusual.
 * -1: NULL; 0: done; 1: no such value. */
static __attribute__((noinline)) int
slow_field(const struct csv_fields *f, uint32_t i, const struct type *t,
    void *out)
{
	struct sbuf copy = { 0 };
	struct arena a = { 0 };
	struct str text = csv_field_text(f, i, &copy);
	int rc = -1;

	memset(out, 0, (size_t)rep_width(t->rep));
	if (text.n > 0)
		rc = slow_parse(t, text, &a, out);
	sbuf_release(&copy);
	arena_release(&a);
	return rc;
}

#define VALUE_LOOP(name, value_type, quick) \
static bool \
name(const struct csv_fields *f, const struct type *t, struct vec *v, \
    uint64_t *nulls, uint32_t *bad) \
{ \
	value_type *restrict to = v->data; \
\
	for (uint32_t i = 0; i < f->n; i++) { \
		struct field x = field_at(f, i); \
		int rc; \
\
		if (likely(quick)) \
			continue; \
		rc = slow_field(f, i, t, &to[i]); \
		if (rc < 0) { \
			bit_clear(v->valid, i); \
			++*nulls; \
		} else if (rc > 0) { \
			*bad = i; \
			return false; \
		} \
	} \
	return true; \
}

static inline bool
store_date(struct field x, int32_t *to)
{
	int64_t days;

	if (x.n != 10 || !quick_date(x.p, &days))
		return false;
	*to = (int32_t)days;
	return true;
}

static inline bool
store_time(struct field x, int64_t *to)
{
	int64_t micros;

	if (!quick_time(x.p, x.n, &micros))
		return false;
	*to = micros * 1000000;
	return true;
}

static inline bool
store_boolean(struct field x, uint8_t *to)
{
	uint64_t word = load8(x.p) | EACH(0x20);

	if (x.n == 4 && (uint32_t)word == UINT32_C(0x65757274)) {
		*to = 1;
		return true;
	}
	*to = 0;
	return x.n == 5 && (word & UINT64_C(0xffffffffff)) ==
	    UINT64_C(0x65736c6166);
}

VALUE_LOOP(read_bigint, int64_t, quick_bigint(x, &to[i]))
VALUE_LOOP(read_double, double, quick_double(x, &to[i]))
VALUE_LOOP(read_date, int32_t, store_date(x, &to[i]))
VALUE_LOOP(read_time, int64_t, store_time(x, &to[i]))
VALUE_LOOP(read_timestamp, int64_t, quick_timestamp(x, &to[i]))
VALUE_LOOP(read_boolean, uint8_t, store_boolean(x, &to[i]))

/* Types that no loop is made for: integers of other widths, decimals, ... */
static bool
read_other(const struct csv_fields *f, const struct type *t, struct vec *v,
    uint64_t *nulls, uint32_t *bad)
{
	size_t width = (size_t)rep_width(t->rep);

	for (uint32_t i = 0; i < f->n; i++) {
		int rc = slow_field(f, i, t, (char *)v->data + i * width);

		if (rc < 0) {
			bit_clear(v->valid, i);
			++*nulls;
		} else if (rc > 0) {
			*bad = i;
			return false;
		}
	}
	return true;
}

/* --- text ---------------------------------------------------------------- */

static inline void
view_of(struct strview *to, const uint8_t *p, uint32_t n)
{
	static const uint8_t ones[32] = {
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };

	to->n = n;
	if (n <= STRVIEW_INLINE) {
		uint64_t low = load8(p), mask;
		uint32_t high, mask_high;

		memcpy(&high, p + 8, 4);
		memcpy(&mask, ones + 12 - n, 8);
		memcpy(&mask_high, ones + 20 - n, 4);
		low &= mask;
		high &= mask_high;
		memcpy(to->inlined, &low, 8);
		memcpy(to->inlined + 8, &high, 4);
	} else {
		memcpy(to->prefix, p, 4);
		to->p = (const char *)p;
	}
}

/* Fields with doubled quotes get a copy without them. */
static int
undouble(const struct csv_fields *f, struct vec *v, const uint32_t *rows,
    uint32_t n, struct mem_account *account, struct err *e)
{
	struct strview *to = v->data;
	struct sbuf copy = { 0 };
	size_t bytes = 0;
	struct buf *b;
	uint8_t *at;

	for (uint32_t i = 0; i < n; i++)
		bytes += field_at(f, rows[i]).n;
	b = buf_new(account, bytes, e);
	if (b == NULL)
		return -(int)e->code;
	at = b->data;
	for (uint32_t i = 0; i < n; i++) {
		struct str s = csv_field_text(f, rows[i], &copy);

		memcpy(at, s.p, s.n);
		to[rows[i]] = strview_of((struct str){ (char *)at, s.n });
		at += s.n;
	}
	sbuf_release(&copy);
	vec_add_buf(v, b);
	return 0;
}

static int
read_text(const struct csv_fields *f, struct vec *v, uint64_t *nulls,
    struct mem_account *account, struct err *e)
{
	struct strview *restrict to = v->data;
	uint32_t odd[PAGE_ROWS], n_odd = 0;
	uint64_t empty = 0;
	bool points = false;

	for (uint32_t i = 0; i < f->n; i++) {
		struct field x = field_at(f, i);

		if (x.n >= 2 && *x.p == f->quote) {
			x.p++;
			x.n -= 2;
			if (x.n > 0 && memchr(x.p, f->quote, x.n) != NULL) {
				odd[n_odd++] = i;
				x.n = 0;
				empty--;
			}
		}
		view_of(&to[i], x.p, x.n);
		points |= x.n > STRVIEW_INLINE;
		if (unlikely(x.n == 0)) {
			bit_clear(v->valid, i);
			empty++;
		}
	}
	for (uint32_t i = 0; i < n_odd; i++)
		bit_set(v->valid, odd[i]);
	*nulls = empty;
	if (points)
		vec_add_buf(v, buf_ref(f->buf));
	return n_odd == 0 ? 0 : undouble(f, v, odd, n_odd, account, e);
}

static bool
read_values(const struct csv_fields *f, const struct type *t, struct vec *v,
    uint64_t *nulls, uint32_t *bad)
{
	switch (t->id) {
	case TYPE_BIGINT:
		return read_bigint(f, t, v, nulls, bad);
	case TYPE_DOUBLE:
		return read_double(f, t, v, nulls, bad);
	case TYPE_DATE:
		return read_date(f, t, v, nulls, bad);
	case TYPE_BOOLEAN:
		return read_boolean(f, t, v, nulls, bad);
	case TYPE_TIME:
		if (t->precision == 6)
			return read_time(f, t, v, nulls, bad);
		break;
	case TYPE_TIMESTAMP:
		if (t->precision == 6)
			return read_timestamp(f, t, v, nulls, bad);
		break;
	default:
		break;
	}
	return read_other(f, t, v, nulls, bad);
}

/* Text types whose values are more than the bytes: varchar(n), char(n),
 * varbinary and json by the casts. */
static int
read_views(const struct csv_fields *f, const struct type *t, struct vec **vp,
    uint64_t *nulls, uint32_t *bad, struct err *e)
{
	struct vec *v = *vp;
	struct strview *to = v->data;
	struct arena a = { 0 };
	struct sbuf copy = { 0 };
	size_t bytes = 0;
	int rc = 0;

	for (uint32_t i = 0; i < f->n && rc == 0; i++) {
		struct str text = csv_field_text(f, i, &copy);

		if (text.n == 0) {
			bit_clear(v->valid, i);
			++*nulls;
			continue;
		}
		text = arena_str(&a, text);
		if (value_parse(t, text, ZONE_UTC, &a, &to[i], NULL) < 0) {
			*bad = i;
			to[i] = strview_of(STR(""));
			rc = 1;
		}
		bytes += to[i].n;
	}
	sbuf_release(&copy);
	if (rc == 0) {
		struct vec *own = vec_copy(v, NULL, f->n, NULL, e);

		vec_drop(vp);
		*vp = own;
		rc = own == NULL ? -(int)e->code : 0;
	}
	arena_release(&a);
	return rc;
}

int
csv_column_read(const struct csv_fields *f, const struct type *t,
    struct mem_account *account, struct vec **out, uint32_t *bad,
    struct err *e)
{
	struct vec *v = vec_new_flat(t, f->n, true, account, e);
	uint64_t nulls = 0;
	int rc = 0;

	*out = NULL;
	if (v == NULL)
		return -(int)e->code;
	if (t->id == TYPE_VARCHAR && t->length == TYPE_UNBOUNDED)
		rc = read_text(f, v, &nulls, account, e);
	else if (t->rep == REP_STR)
		rc = read_views(f, t, &v, &nulls, bad, e);
	else if (!read_values(f, t, v, &nulls, bad))
		rc = 1;
	if (rc != 0) {
		vec_drop(&v);
		return rc;
	}
	if (nulls == 0)
		v->valid = NULL;
	*out = v;
	return 0;
}
