/* SPDX-License-Identifier: Apache-2.0
 * parquet_delta.c - decoding of DELTA_BINARY_PACKED: unpack a run of a
 * miniblock, then one prefix sum over it. */
#include "base/check.h"
#include "fmt/parquet_delta.h"

static int
bad(struct err *e, const char *why)
{
	return err_set(e, ERR_HIVE_BAD_DATA, "DELTA_BINARY_PACKED: %s", why);
}

static int
short_page(struct err *e)
{
	return bad(e, "the page ends before its values");
}

static int
varint(struct delta *d, uint64_t *out, struct err *e)
{
	uint64_t v = 0;

	for (int shift = 0; shift < 70; shift += 7) {
		uint8_t b;

		if (d->p >= d->end)
			return short_page(e);
		b = *d->p++;
		if (shift == 63 && b > 1)
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			*out = v;
			return 0;
		}
	}
	return bad(e, "a number is too long");
}

static int
zigzag(struct delta *d, uint64_t *out, struct err *e)
{
	uint64_t v;
	int rc = varint(d, &v, e);

	if (rc == 0)
		*out = v >> 1 ^ (0 - (v & 1));
	return rc;
}

int
delta_init(struct delta *d, const uint8_t *p, const uint8_t *end,
    struct err *e)
{
	uint64_t block, count;

	memset(d, 0, sizeof(*d));
	d->p = p;
	d->end = end;
	if (varint(d, &block, e) < 0 || varint(d, &d->minis, e) < 0 ||
	    varint(d, &count, e) < 0 || zigzag(d, &d->last, e) < 0)
		return -ERR_HIVE_BAD_DATA;
	if (block == 0)
		return bad(e, "block size 0");
	if (block % 128 != 0)
		return bad(e, "the block size is not a multiple of 128");
	if (d->minis == 0)
		return bad(e, "no miniblocks");
	if (block % d->minis != 0 || block / d->minis % 32 != 0)
		return bad(e, "the miniblocks do not divide the block");
	if (block > INT32_MAX || count > INT32_MAX)
		return bad(e, "a number is too long");
	d->per_mini = block / d->minis;
	d->mini = d->minis;
	d->total = d->left = count;
	d->first = count > 0;
	return 0;
}

/* The next block's header. */
static int
next_block(struct delta *d, struct err *e)
{
	int rc = zigzag(d, &d->min_delta, e);

	if (rc < 0)
		return rc;
	if (d->minis > (uint64_t)(d->end - d->p))
		return short_page(e);
	d->widths = d->p;
	d->p += d->minis;
	d->mini = 0;
	return 0;
}

/* The next miniblock; all of its values that are there must be in the
 * page. */
static int
next_mini(struct delta *d, struct err *e)
{
	uint64_t need, bytes, have;

	if (d->mini == d->minis) {
		int rc = next_block(d, e);

		if (rc < 0)
			return rc;
	}
	d->width = d->widths[d->mini++];
	if (d->width > 64)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "DELTA_BINARY_PACKED: bit width %d", d->width);
	have = (uint64_t)(d->end - d->p);
	need = (MIN(d->left, d->per_mini) * (unsigned)d->width + 7) / 8;
	if (need > have)
		return short_page(e);
	bytes = d->per_mini / 8 * (unsigned)d->width;
	d->bits = d->p;
	d->p += MIN(bytes, have);
	d->mini_at = 0;
	d->mini_left = MIN(d->left, d->per_mini);
	return 0;
}

static int
too_few(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "the page has fewer values than its header says");
}

int
delta_read64(struct delta *d, uint64_t *out, uint32_t n, struct err *e)
{
	if (n > d->left)
		return too_few(e);
	if (n > 0 && d->first) {
		*out++ = d->last;
		d->first = false;
		d->left--;
		n--;
	}
	while (n > 0) {
		uint64_t last = d->last, min = d->min_delta;
		uint32_t take;

		if (d->mini_left == 0) {
			int rc = next_mini(d, e);

			if (rc < 0)
				return rc;
			min = d->min_delta;
		}
		take = (uint32_t)MIN((uint64_t)n, d->mini_left);
		bits_unpack64(d->bits, d->width, (uint32_t)d->mini_at, take,
		    out);
		for (uint32_t i = 0; i < take; i++)
			out[i] = last += out[i] + min;
		d->last = last;
		d->mini_at += take;
		d->mini_left -= take;
		d->left -= take;
		out += take;
		n -= take;
	}
	return 0;
}

/* A run of one miniblock as 32-bit numbers. */
static void
read_run32(struct delta *d, uint32_t *out, uint32_t take)
{
	uint32_t last = (uint32_t)d->last, min = (uint32_t)d->min_delta;

	if (d->width <= 32) {
		bits_unpack32(d->bits, d->width, (uint32_t)d->mini_at, take,
		    out);
	} else {
		for (uint32_t i = 0; i < take; i++) {
			uint64_t wide;

			bits_unpack64(d->bits, d->width,
			    (uint32_t)d->mini_at + i, 1, &wide);
			out[i] = (uint32_t)wide;
		}
	}
	for (uint32_t i = 0; i < take; i++)
		out[i] = last += out[i] + min;
	d->last = last;
}

int
delta_read32(struct delta *d, uint32_t *out, uint32_t n, struct err *e)
{
	if (n > d->left)
		return too_few(e);
	if (n > 0 && d->first) {
		*out++ = (uint32_t)d->last;
		d->first = false;
		d->left--;
		n--;
	}
	while (n > 0) {
		uint32_t take;

		if (d->mini_left == 0) {
			int rc = next_mini(d, e);

			if (rc < 0)
				return rc;
		}
		take = (uint32_t)MIN((uint64_t)n, d->mini_left);
		read_run32(d, out, take);
		d->mini_at += take;
		d->mini_left -= take;
		d->left -= take;
		out += take;
		n -= take;
	}
	return 0;
}

int
delta_skip(struct delta *d, uint64_t n, struct err *e)
{
	uint64_t scratch[256];

	while (n > 0) {
		uint32_t take = (uint32_t)MIN(n, (uint64_t)256);
		int rc = delta_read64(d, scratch, take, e);

		if (rc < 0)
			return rc;
		n -= take;
	}
	return 0;
}

int
delta_end(const struct delta *from, const uint8_t **end, struct err *e)
{
	struct delta d = *from;

	if (d.left > 0 && d.first) {
		d.first = false;
		d.left--;
	}
	while (d.left > 0) {
		int rc = next_mini(&d, e);

		if (rc < 0)
			return rc;
		d.left -= d.mini_left;
	}
	/* Miniblocks of the last block that have no values take no room. */
	*end = d.p;
	return 0;
}
