/* SPDX-License-Identifier: Apache-2.0
 * parquet_page.c - opening a page: checksum, decompression, where levels and
 * values lie. */
#include "fmt/parquet_pages.h"

#include <libdeflate.h>

#include "base/check.h"

void
parquet_page_close(struct parquet_page *page)
{
	buf_drop(&page->holder);
	buf_drop(&page->levels);
	memset(page, 0, sizeof(*page));
}

static int
check_crc(const struct parquet_page_ref *r, struct err *e)
{
	if (r->h.has_crc && libdeflate_crc32(0, r->body,
	    (size_t)r->h.packed) != r->h.crc)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "the checksum of a page is wrong");
	return 0;
}

/* Decompresses n bytes to `size`; `lead` bytes are left free in front.
 * Uncompressed bytes stay where they are. */
static int
inflate(struct parquet_pages *p, const struct parquet_page_ref *r,
    const uint8_t *src, size_t n, size_t size, size_t lead,
    struct buf **holder, const uint8_t **at, struct err *e)
{
	enum codec codec = p->chunk->codec;
	struct buf *b;
	int rc;

	if (codec == CODEC_NONE || (r->h.type == PAGE_DATA_V2 &&
	    !r->h.compressed) || (n == 0 && size == 0)) {
		if (n != size)
			return err_set(e, ERR_HIVE_BAD_DATA,
			    "an uncompressed page has two sizes");
		*holder = buf_ref(r->holder);
		*at = src;
		return 0;
	}
	rc = codec_check(p->codec, codec, src, n, size, e);
	if (rc < 0)
		goto out;
	b = buf_new(p->io->account, size + lead, e);
	if (b == NULL)
		return -(int)e->code;
	rc = codec_run(p->codec, codec, src, n, b->data + lead, size, e);
	if (rc < 0) {
		buf_drop(&b);
		goto out;
	}
	*holder = b;
	*at = b->data + lead;
	return 0;
out:
	if (e != NULL && e->code == ERR_HIVE_BAD_DATA)
		err_wrap(e, "a page");
	return rc;
}

/* How far values should be pushed so that they will be aligned to 8 bytes,
 * when a page has levels of no NULLs (one run). */
static size_t
lead_of(const struct parquet_leaf *leaf, uint32_t values)
{
	size_t levels = 0;

	if (leaf->max_rep == 0 && leaf->max_def == 1) {
		levels = 4 + 1 + 1;
		for (uint64_t header = (uint64_t)values << 1; header >= 128;
		    header >>= 7)
			levels++;
	}
	return (8 - levels % 8) % 8;
}

static int
bits_for(int max)
{
	int bits = 0;

	while (max >> bits != 0)
		bits++;
	return bits;
}

/* The deprecated BIT_PACKED levels start at the top of a byte; turned around
 * they are a bit-packed run. */
static int
turn_bits(struct parquet_pages *p, struct parquet_page *page,
    const uint8_t *src, int width, struct buf **to, struct err *e)
{
	size_t bits = (size_t)page->values * (size_t)width;
	struct buf *b = buf_new(p->io->account, (bits + 7) / 8 + 8, e);

	if (b == NULL)
		return -(int)e->code;
	memset(b->data, 0, (bits + 7) / 8 + 8);
	for (uint32_t i = 0; i < page->values; i++) {
		for (int j = 0; j < width; j++) {
			size_t from = (size_t)i * (size_t)width + (size_t)j;
			size_t at = (size_t)i * (size_t)width +
			    (size_t)(width - 1 - j);
			unsigned bit = src[from / 8] >> (7 - from % 8) & 1;

			b->data[at / 8] |= (uint8_t)(bit << (at % 8));
		}
	}
	*to = b;
	return 0;
}

static int
no_fit(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "level bytes do not fit the page");
}

/* Levels of a first-version page, at page->p. */
static int
take_levels(struct parquet_pages *p, struct parquet_page *page, int encoding,
    int max, bool def, struct err *e)
{
	const uint8_t *from = page->p, *to;
	uint64_t have = (uint64_t)(page->end - page->p);
	struct buf *turned = NULL;

	if (encoding == PARQUET_RLE) {
		uint32_t n;

		if (have < 4)
			return err_set(e, ERR_HIVE_BAD_DATA,
			    "the page ends before its values");
		n = load_u32(from);
		if (n > have - 4)
			return no_fit(e);
		from += 4;
		to = page->p = from + n;
	} else if (encoding == PARQUET_BIT_PACKED) {
		int width = bits_for(max);
		uint64_t n = ((uint64_t)page->values * (unsigned)width + 7) /
		    8;
		int rc;

		if (n > have)
			return no_fit(e);
		rc = turn_bits(p, page, from, width, &turned, e);
		if (rc < 0)
			return rc;
		page->p += n;
		from = turned->data;
		to = from + n;
		/* Both kinds of levels being old is not worth a chain. */
		if (page->levels != NULL) {
			buf_drop(&turned);
			return err_set(e, ERR_NOT_SUPPORTED, "BIT_PACKED "
			    "repetition levels are not supported");
		}
		page->levels = turned;
	} else {
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "unknown level encoding %d", encoding);
	}
	if (def) {
		page->def = from;
		page->def_end = to;
		page->def_packed = turned != NULL;
	} else {
		page->rep = from;
		page->rep_end = to;
		page->rep_packed = turned != NULL;
	}
	return 0;
}

static int
open_v1(struct parquet_pages *p, const struct parquet_page_ref *r,
    struct parquet_page *page, struct err *e)
{
	const struct parquet_leaf *leaf = p->leaf;
	int rc = inflate(p, r, r->body, (size_t)r->h.packed,
	    (size_t)r->h.size, lead_of(leaf, page->values), &page->holder,
	    &page->p, e);

	if (rc < 0)
		return rc;
	page->end = page->p + r->h.size;
	if (leaf->max_rep > 0)
		rc = take_levels(p, page, r->h.rep_encoding, leaf->max_rep,
		    false, e);
	if (rc == 0 && leaf->max_def > 0)
		rc = take_levels(p, page, r->h.def_encoding, leaf->max_def,
		    true, e);
	return rc;
}

static int
open_v2(struct parquet_pages *p, const struct parquet_page_ref *r,
    struct parquet_page *page, struct err *e)
{
	int64_t levels = (int64_t)r->h.def_size + r->h.rep_size;
	const uint8_t *at = r->body;
	int rc;

	if (r->h.def_size < 0 || r->h.rep_size < 0)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "negative level length");
	if (levels > r->h.packed || levels > r->h.size)
		return no_fit(e);
	rc = inflate(p, r, at + levels, (size_t)(r->h.packed - levels),
	    (size_t)(r->h.size - levels), 0, &page->holder, &page->p, e);
	if (rc < 0)
		return rc;
	page->end = page->p + (r->h.size - levels);
	page->rep = at;
	page->rep_end = page->def = at + r->h.rep_size;
	page->def_end = page->def + r->h.def_size;
	/* Levels lie in the window's buffer, whatever values do. */
	page->levels = buf_ref(r->holder);
	return 0;
}

int
parquet_pages_open(struct parquet_pages *p, struct parquet_page *page,
    struct err *e)
{
	struct parquet_page_ref *r = &p->queue[p->head];
	int rc;

	CHECK(p->head < p->n && page->holder == NULL);
	memset(page, 0, sizeof(*page));
	page->offset = r->offset;
	page->encoding = r->h.encoding;
	page->values = (uint32_t)r->h.values;
	rc = check_crc(r, e);
	if (rc == 0)
		rc = r->h.type == PAGE_DATA_V2 ? open_v2(p, r, page, e)
		    : open_v1(p, r, page, e);
	if (rc < 0) {
		rc = parquet_wrap(p->meta, p->group, p->leaf,
		    (int64_t)r->offset, e);
		parquet_page_close(page);
		return rc;
	}
	buf_drop(&r->holder);
	p->head++;
	return 0;
}

int
parquet_pages_dictionary(struct parquet_pages *p, struct buf **holder,
    const uint8_t **from, const uint8_t **to, struct err *e)
{
	struct parquet_page_ref *r = &p->dictionary;
	int rc;

	CHECK(r->body != NULL);
	*holder = NULL;
	if (r->h.encoding != PARQUET_PLAIN &&
	    r->h.encoding != PARQUET_PLAIN_DICTIONARY)
		rc = err_set(e, ERR_HIVE_BAD_DATA,
		    "a dictionary page of encoding %d", r->h.encoding);
	else
		rc = check_crc(r, e);
	if (rc == 0)
		rc = inflate(p, r, r->body, (size_t)r->h.packed,
		    (size_t)r->h.size, 0, holder, from, e);
	if (rc == 0)
		*to = *from + r->h.size;
	buf_drop(&r->holder);
	return rc < 0 ? parquet_wrap(p->meta, p->group, p->leaf,
	    (int64_t)r->offset, e) : 0;
}
