/* SPDX-License-Identifier: Apache-2.0
 * parquet_values.c - decoders of value encodings.
 *
 * Sizes are checked once a page where the encoding lets us (fixed width), and
 * value by value for strings. */
#pragma GCC optimize("O3")
#include "fmt/parquet_values.h"

#include <stdlib.h>

#include "base/check.h"
#include "fmt/utf8.h"

static int
page_ends(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "the page ends before its values");
}

static int
not_utf8(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA, "a string is not UTF-8");
}

/* Which encodings go with which physical types? */
static bool
can_encode(const struct parquet_leaf *leaf, int encoding)
{
	enum parquet_physical t = leaf->physical;

	switch (encoding) {
	case PARQUET_PLAIN:
		return true;
	case PARQUET_PLAIN_DICTIONARY:
	case PARQUET_RLE_DICTIONARY:
		return t != PARQUET_BOOLEAN;
	case PARQUET_RLE:
		return t == PARQUET_BOOLEAN;
	case PARQUET_DELTA_BINARY_PACKED:
		return t == PARQUET_INT32 || t == PARQUET_INT64;
	case PARQUET_DELTA_LENGTH_BYTE_ARRAY:
		return t == PARQUET_BYTE_ARRAY;
	case PARQUET_DELTA_BYTE_ARRAY:
		return t == PARQUET_BYTE_ARRAY || t == PARQUET_FIXED;
	case PARQUET_BYTE_STREAM_SPLIT:
		return t == PARQUET_INT32 || t == PARQUET_INT64 ||
		    t == PARQUET_FLOAT || t == PARQUET_DOUBLE ||
		    t == PARQUET_FIXED;
	default:
		return false;
	}
}

static int
open_plain(struct parquet_values *v, struct err *e)
{
	uint64_t have = (uint64_t)(v->end - v->p), need;

	if (v->leaf->physical == PARQUET_BYTE_ARRAY) {
		/* Lengths below 128 are ASCII as well. */
		v->check = v->leaf->utf8 && !ascii_only(v->p, have);
		return have / 4 < v->left ? page_ends(e) : 0;
	}
	if (v->leaf->physical == PARQUET_BOOLEAN)
		need = ((uint64_t)v->left + 7) / 8;
	else
		need = (uint64_t)v->left * (unsigned)v->leaf->width;
	if (v->leaf->physical == PARQUET_FIXED)
		v->check = v->leaf->utf8;
	return need > have ? page_ends(e) : 0;
}

/* Booleans: a length, then runs. */
static int
open_rle(struct parquet_values *v, struct err *e)
{
	uint32_t n;

	if (v->end - v->p < 4)
		return page_ends(e);
	n = load_u32(v->p);
	v->p += 4;
	if (n > (uint64_t)(v->end - v->p))
		return page_ends(e);
	rle_init(&v->rle, v->p, v->p + n, 1);
	return 0;
}

static int
open_dictionary(struct parquet_values *v, struct err *e)
{
	int width;

	v->dictionary = true;
	if (v->left == 0)
		return 0;
	if (v->p >= v->end)
		return page_ends(e);
	width = *v->p++;
	if (width > 32)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "bit width %d of dictionary indexes", width);
	rle_init(&v->rle, v->p, v->end, width);
	return 0;
}

/* A delta stream must have as many values as the page. */
static int
open_delta(struct parquet_values *v, struct delta *d, const uint8_t *p,
    struct err *e)
{
	int rc;

	/* A page of NULLs may have no values, not even a header. */
	if (v->left == 0 && p == v->end) {
		memset(d, 0, sizeof(*d));
		d->p = d->end = p;
		return 0;
	}
	rc = delta_init(d, p, v->end, e);
	if (rc < 0)
		return rc;
	if (d->total < v->left)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "the page has fewer values than its header says");
	if (d->total > v->left)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "the page has more values than its header says");
	return 0;
}

static int
open_delta_strings(struct parquet_values *v, struct err *e)
{
	const uint8_t *at = v->p;
	int rc;

	if (v->encoding == PARQUET_DELTA_BYTE_ARRAY) {
		rc = open_delta(v, &v->prefixes, at, e);
		if (rc == 0)
			rc = delta_end(&v->prefixes, &at, e);
		if (rc < 0)
			return rc;
		v->heap_limit = ((size_t)64 << 20) +
		    4 * (size_t)(v->end - v->p);
	}
	rc = open_delta(v, &v->lengths, at, e);
	if (rc == 0)
		rc = delta_end(&v->lengths, &v->p, e);
	if (rc < 0)
		return rc;
	v->check = v->leaf->utf8 && !ascii_only(v->p,
	    (size_t)(v->end - v->p));
	return 0;
}

static int
open_split(struct parquet_values *v, struct err *e)
{
	uint64_t have = (uint64_t)(v->end - v->p);

	if (have % (unsigned)v->leaf->width != 0)
		return err_set(e, ERR_HIVE_BAD_DATA, "BYTE_STREAM_SPLIT: the "
		    "page is not a multiple of the value size");
	if (have / (unsigned)v->leaf->width < v->left)
		return page_ends(e);
	v->streams = v->p;
	v->count = (uint32_t)(have / (unsigned)v->leaf->width);
	v->check = v->leaf->utf8;
	return 0;
}

int
parquet_values_open(struct parquet_values *v, const struct parquet_leaf *leaf,
    int encoding, const uint8_t *p, const uint8_t *end, uint32_t n,
    struct err *e)
{
	memset(v, 0, sizeof(*v));
	v->leaf = leaf;
	v->encoding = encoding;
	v->left = n;
	v->p = p;
	v->end = end;
	if (encoding < 0 || encoding >= PARQUET_ENCODINGS ||
	    encoding == PARQUET_GROUP_VAR_INT)
		return err_set(e, ERR_HIVE_BAD_DATA, "unknown encoding %d",
		    encoding);
	if (!can_encode(leaf, encoding))
		return err_set(e, ERR_HIVE_BAD_DATA, "%s cannot encode %s",
		    parquet_encoding_name(encoding),
		    parquet_physical_name(leaf->physical));
	switch (encoding) {
	case PARQUET_PLAIN:
		return open_plain(v, e);
	case PARQUET_RLE:
		return open_rle(v, e);
	case PARQUET_DELTA_BINARY_PACKED:
		return open_delta(v, &v->lengths, p, e);
	case PARQUET_DELTA_LENGTH_BYTE_ARRAY:
	case PARQUET_DELTA_BYTE_ARRAY:
		return open_delta_strings(v, e);
	case PARQUET_BYTE_STREAM_SPLIT:
		return open_split(v, e);
	default:
		return open_dictionary(v, e);
	}
}

void
parquet_values_release(struct parquet_values *v)
{
	buf_drop(&v->heap);
}

/* What of a view's first 12 bytes belongs to a string of n bytes. */
static const uint64_t mask_low[13] = {
	0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff,
	0xffffffffffffff, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
	UINT64_MAX,
};
static const uint32_t mask_high[13] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, 0xffffffff,
};

/* strview_of() for strings with room behind them to read ahead. */
static inline void
put_view(struct strview *v, const uint8_t *s, uint32_t n)
{
	v->n = n;
	if (n <= STRVIEW_INLINE) {
		uint64_t low = load_u64(s) & mask_low[n];
		uint32_t high = load_u32(s + 8) & mask_high[n];

		memcpy(v->inlined, &low, 8);
		memcpy(v->inlined + 8, &high, 4);
	} else {
		memcpy(v->prefix, s, 4);
		v->p = (const char *)s;
	}
}

static int
too_long(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "a string is longer than its page");
}

static int
read_plain_strings(struct parquet_values *v, struct strview *restrict dst,
    uint32_t n, struct err *e)
{
	const uint8_t *p = v->p, *end = v->end;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t len;

		if (unlikely(end - p < 4))
			return page_ends(e);
		len = load_u32(p);
		p += 4;
		if (unlikely(len > (uint64_t)(end - p)))
			return too_long(e);
		put_view(&dst[i], p, len);
		p += len;
	}
	v->p = p;
	return 0;
}

static int
skip_plain_strings(struct parquet_values *v, uint32_t n, struct err *e)
{
	const uint8_t *p = v->p, *end = v->end;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t len;

		if (end - p < 4)
			return page_ends(e);
		len = load_u32(p);
		p += 4;
		if (len > (uint64_t)(end - p))
			return too_long(e);
		p += len;
	}
	v->p = p;
	return 0;
}

static int
bad_length(const struct parquet_values *v, const char *why, struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA, "%s: %s",
	    parquet_encoding_name(v->encoding), why);
}

/* DELTA_LENGTH_BYTE_ARRAY; dst NULL: skips. */
static int
read_length_strings(struct parquet_values *v, struct strview *restrict dst,
    uint32_t n, struct err *e)
{
	uint32_t lengths[256];

	while (n > 0) {
		uint32_t take = MIN(n, 256u);
		int rc = delta_read32(&v->lengths, lengths, take, e);

		if (rc < 0)
			return rc;
		for (uint32_t i = 0; i < take; i++) {
			uint32_t len = lengths[i];

			if (unlikely(len > (uint64_t)(v->end - v->p)))
				return bad_length(v, len > INT32_MAX
				    ? "negative length"
				    : "the page ends before its values", e);
			if (dst != NULL)
				put_view(dst++, v->p, len);
			v->p += len;
		}
		n -= take;
	}
	return 0;
}

/* Checks n prefix and suffix lengths; *total is the bytes of the values. */
static int
prefix_total(const struct parquet_values *v, const uint32_t *prefix,
    const uint32_t *suffix, uint32_t n, size_t *total, struct err *e)
{
	uint64_t have = (uint64_t)(v->end - v->p), before = v->last.n;

	*total = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (prefix[i] > INT32_MAX)
			return bad_length(v, "negative prefix", e);
		if (suffix[i] > INT32_MAX)
			return bad_length(v, "negative length", e);
		if (prefix[i] > before)
			return bad_length(v, "a prefix is longer than the "
			    "value before", e);
		if (suffix[i] > have)
			return bad_length(v,
			    "the page ends before its values", e);
		have -= suffix[i];
		before = (uint64_t)prefix[i] + suffix[i];
		*total += before;
		if (before > INT32_MAX || *total > v->heap_limit)
			return bad_length(v, "the values are too long", e);
		if (v->leaf->physical == PARQUET_FIXED &&
		    before != (unsigned)v->leaf->width)
			return bad_length(v, "a value has another length "
			    "than its type", e);
	}
	return 0;
}

/* DELTA_BYTE_ARRAY: values grow in a heap of their own.  Of a FIXED column
 * they lie there one after another, and dst is not written. */
static int
read_prefix_strings(struct parquet_values *v, struct strview *dst, uint32_t n,
    struct mem_account *account, struct buf **heap, struct err *e)
{
	uint32_t *prefix = xmalloc(2 * sizeof(*prefix) * (n + 1)), *suffix;
	size_t total = 0;
	uint8_t *to;
	int rc;

	*heap = NULL;
	suffix = prefix + n;
	rc = delta_read32(&v->prefixes, prefix, n, e);
	if (rc == 0)
		rc = delta_read32(&v->lengths, suffix, n, e);
	if (rc == 0)
		rc = prefix_total(v, prefix, suffix, n, &total, e);
	if (rc == 0) {
		*heap = buf_new(account, total, e);
		rc = *heap == NULL ? -(int)e->code : 0;
	}
	if (rc < 0) {
		free(prefix);
		return rc;
	}
	to = (*heap)->data;
	for (uint32_t i = 0; i < n; i++) {
		if (prefix[i] > 0)
			memcpy(to, v->last.p, prefix[i]);
		memcpy(to + prefix[i], v->p, suffix[i]);
		v->p += suffix[i];
		v->last.p = (const char *)to;
		v->last.n = (size_t)prefix[i] + suffix[i];
		if (v->leaf->physical != PARQUET_FIXED)
			dst[i] = strview_of(v->last);
		to += v->last.n;
	}
	free(prefix);
	buf_drop(&v->heap);
	v->heap = buf_ref(*heap);
	return 0;
}

static void
read_plain_bits(struct parquet_values *v, uint8_t *restrict dst, uint32_t n)
{
	const uint8_t *p = v->p;
	uint32_t bit = v->bit, i = 0;

	for (; i < n && bit % 8 != 0; i++, bit++)
		dst[i] = p[bit / 8] >> (bit % 8) & 1;
	for (; i + 8 <= n; i += 8, bit += 8) {
		/* Bit j of the byte to the lowest bit of byte j. */
		uint64_t b = p[bit / 8];

		b = b * UINT64_C(0x0101010101010101) &
		    UINT64_C(0x8040201008040201);
		b = (b + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 &
		    UINT64_C(0x0101010101010101);
		memcpy(dst + i, &b, 8);
	}
	for (; i < n; i++, bit++)
		dst[i] = p[bit / 8] >> (bit % 8) & 1;
	v->p = p + bit / 8;
	v->bit = bit % 8;
}

static int
read_rle_bits(struct parquet_values *v, uint8_t *restrict dst, uint32_t n,
    struct err *e)
{
	uint32_t bits[256];

	while (n > 0) {
		uint32_t take = MIN(n, 256u);

		if (rle_read(&v->rle, bits, take) < take)
			return page_ends(e);
		for (uint32_t i = 0; i < take; i++)
			dst[i] = bits[i] & 1;
		dst += take;
		n -= take;
	}
	return 0;
}

/* BYTE_STREAM_SPLIT: byte j of all values lies in stream j. */
static void
read_split(struct parquet_values *v, uint8_t *restrict dst, uint32_t n)
{
	size_t count = v->count, width = (size_t)v->leaf->width;
	const uint8_t *s = v->streams + v->at;

	if (width == 4) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t x = s[i] | (uint32_t)s[i + count] << 8 |
			    (uint32_t)s[i + 2 * count] << 16 |
			    (uint32_t)s[i + 3 * count] << 24;

			memcpy(dst + (size_t)i * 4, &x, 4);
		}
	} else {
		for (size_t j = 0; j < width; j++)
			for (uint32_t i = 0; i < n; i++)
				dst[i * width + j] = s[j * count + i];
	}
	v->at += n;
}

const void *
parquet_values_direct(struct parquet_values *v, uint32_t n)
{
	const void *p = v->p;

	if (v->encoding != PARQUET_PLAIN || v->check ||
	    v->leaf->width == 0 || v->leaf->physical == PARQUET_BOOLEAN)
		return NULL;
	CHECK(n <= v->left);
	v->p += (size_t)n * (size_t)v->leaf->width;
	v->left -= n;
	return p;
}

static int
check_views(const struct strview *s, uint32_t n, struct err *e)
{
	for (uint32_t i = 0; i < n; i++) {
		struct str text = strview_str(&s[i]);

		if (!utf8_check(text.p, text.n))
			return not_utf8(e);
	}
	return 0;
}

static int
check_fixed(const struct parquet_values *v, const uint8_t *p, uint32_t n,
    struct err *e)
{
	size_t width = (size_t)v->leaf->width;

	if (ascii_only(p, n * width))
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (!utf8_check(p + i * width, width))
			return not_utf8(e);
	return 0;
}

static int
read_encoded(struct parquet_values *v, void *dst, uint32_t n,
    struct mem_account *account, struct buf **heap, struct err *e)
{
	size_t bytes = (size_t)n * (size_t)v->leaf->width;
	int rc = 0;

	switch (v->encoding) {
	case PARQUET_PLAIN:
		if (v->leaf->physical == PARQUET_BYTE_ARRAY) {
			rc = read_plain_strings(v, dst, n, e);
		} else if (v->leaf->physical == PARQUET_BOOLEAN) {
			read_plain_bits(v, dst, n);
		} else {
			memcpy(dst, v->p, bytes);
			v->p += bytes;
		}
		break;
	case PARQUET_RLE:
		rc = read_rle_bits(v, dst, n, e);
		break;
	case PARQUET_DELTA_BINARY_PACKED:
		rc = v->leaf->width == 4
		    ? delta_read32(&v->lengths, dst, n, e)
		    : delta_read64(&v->lengths, dst, n, e);
		break;
	case PARQUET_DELTA_LENGTH_BYTE_ARRAY:
		rc = read_length_strings(v, dst, n, e);
		break;
	case PARQUET_DELTA_BYTE_ARRAY:
		rc = read_prefix_strings(v, dst, n, account, heap, e);
		if (rc == 0 && v->leaf->physical == PARQUET_FIXED) {
			memcpy(dst, (*heap)->data, bytes);
			buf_drop(heap);
		}
		break;
	case PARQUET_BYTE_STREAM_SPLIT:
		read_split(v, dst, n);
		break;
	default:
		CHECK(!v->dictionary);
	}
	return rc;
}

int
parquet_values_read(struct parquet_values *v, void *dst, uint32_t n,
    struct mem_account *account, struct buf **heap, struct err *e)
{
	int rc;

	*heap = NULL;
	if (n > v->left)
		return page_ends(e);
	if (n == 0)
		return 0;
	rc = read_encoded(v, dst, n, account, heap, e);
	if (rc < 0) {
		buf_drop(heap);
		return rc;
	}
	v->left -= n;
	if (!v->check)
		return 0;
	rc = v->leaf->physical == PARQUET_FIXED ? check_fixed(v, dst, n, e)
	    : check_views(dst, n, e);
	if (rc < 0)
		buf_drop(heap);
	return rc;
}

int
parquet_values_skip(struct parquet_values *v, uint32_t n, struct err *e)
{
	struct buf *heap = NULL;
	int rc = 0;

	if (n > v->left)
		return page_ends(e);
	if (n == 0)
		return 0;
	v->left -= n;
	if (v->dictionary || v->encoding == PARQUET_RLE)
		return rle_skip(&v->rle, n) < n ? page_ends(e) : 0;
	switch (v->encoding) {
	case PARQUET_PLAIN:
		if (v->leaf->physical == PARQUET_BYTE_ARRAY) {
			rc = skip_plain_strings(v, n, e);
		} else if (v->leaf->physical == PARQUET_BOOLEAN) {
			uint64_t bit = (uint64_t)v->bit + n;

			v->p += bit / 8;
			v->bit = bit % 8;
		} else {
			v->p += (size_t)n * (size_t)v->leaf->width;
		}
		break;
	case PARQUET_DELTA_BINARY_PACKED:
		rc = delta_skip(&v->lengths, n, e);
		break;
	case PARQUET_DELTA_LENGTH_BYTE_ARRAY:
		rc = read_length_strings(v, NULL, n, e);
		break;
	case PARQUET_DELTA_BYTE_ARRAY:
		/* Each value needs the one before. */
		while (n > 0 && rc == 0) {
			struct strview skipped[128];
			uint32_t take = MIN(n, 128u);

			rc = read_prefix_strings(v, skipped, take, NULL,
			    &heap, e);
			buf_drop(&heap);
			n -= take;
		}
		break;
	default:
		v->at += n;
	}
	return rc;
}

int
parquet_values_indices(struct parquet_values *v, uint32_t *dst, uint32_t n,
    uint32_t limit, struct err *e)
{
	uint32_t top = 0;

	CHECK(v->dictionary);
	if (n > v->left)
		return page_ends(e);
	if (n == 0)
		return 0;
	if (rle_read(&v->rle, dst, n) < n)
		return v->rle.bad ? err_set(e, ERR_HIVE_BAD_DATA,
		    "dictionary indices cannot be decoded, or one is out of "
		    "range") : page_ends(e);
	v->left -= n;
	/* Indices of few bits cannot be out of range. */
	if (v->rle.width < 32 && UINT64_C(1) << v->rle.width <= limit)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		top = MAX(top, dst[i]);
	if (top >= limit)
		return err_set(e, ERR_HIVE_BAD_DATA, "dictionary index %u is "
		    "out of range: the dictionary has %u values", top,
		    limit);
	return 0;
}
