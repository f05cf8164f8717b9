/* SPDX-License-Identifier: Apache-2.0
 * csv_inflate.c - gzip (of any number of members) and zstd as streams.
 * Checksums are verified; a stream that stops early is an error. */
#include <stdlib.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/check.h"
#include "fmt/csv_priv.h"

struct csv_inflate {
	const char *path;
	struct mem_account *account;
	int codec;
	z_stream z;
	ZSTD_DStream *zstd;
	size_t charge;
	bool begun;             /* a byte was seen */
	bool between;           /* members or frames: an end is an end */
	bool zeroes;            /* only padding may follow */
};

struct csv_inflate *
csv_inflate_new(int codec, const struct fmt_file *f,
    struct mem_account *account)
{
	struct csv_inflate *c = xcalloc(1, sizeof(*c));

	c->path = fmt_file_path(f);
	c->account = account;
	c->codec = codec;
	if (codec == CSV_GZIP)
		CHECK(inflateInit2(&c->z, 15 + 16) == Z_OK);
	else
		CHECK((c->zstd = ZSTD_createDStream()) != NULL);
	return c;
}

void
csv_inflate_free(struct csv_inflate **cp)
{
	struct csv_inflate *c = *cp;

	*cp = NULL;
	if (c == NULL)
		return;
	if (c->codec == CSV_GZIP)
		inflateEnd(&c->z);
	ZSTD_freeDStream(c->zstd);
	mem_release(c->account, c->charge);
	free(c);
}

static int
bad(struct csv_inflate *c, struct err *e, const char *text)
{
	return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: %s", c->path,
	    text);
}

static int
gzip_error(struct csv_inflate *c, int rc, struct err *e)
{
	const char *text = c->z.msg == NULL ? "" : c->z.msg;

	if (rc == Z_MEM_ERROR)
		return err_set(e, ERR_GENERIC_INSUFFICIENT_RESOURCES,
		    "csv file %s: no memory to decompress it", c->path);
	if (strcmp(text, "incorrect data check") == 0 ||
	    strcmp(text, "incorrect length check") == 0)
		return bad(c, e, "the checksum of the gzip data is wrong");
	if (strcmp(text, "incorrect header check") == 0 && !c->begun)
		return bad(c, e, "the file is not gzip");
	return bad(c, e, "the gzip data is damaged");
}

/* Behind a member: another one, or zeroes up to the end. */
static int
between_members(struct csv_inflate *c, struct err *e)
{
	while (c->z.avail_in > 0 && *c->z.next_in == 0) {
		c->zeroes = true;
		c->z.next_in++;
		c->z.avail_in--;
	}
	if (c->z.avail_in == 0)
		return 0;
	if (c->zeroes || *c->z.next_in != 0x1f)
		return bad(c, e, "the gzip data is damaged");
	inflateReset(&c->z);
	c->between = false;
	return 0;
}

static int
step_gzip(struct csv_inflate *c, bool last, struct err *e)
{
	while (c->z.avail_out > 0 && c->z.avail_in > 0) {
		int rc;

		if (c->between) {
			rc = between_members(c, e);
			if (rc < 0)
				return rc;
			continue;
		}
		rc = inflate(&c->z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END)
			c->between = true;
		else if (rc == Z_BUF_ERROR)
			break;
		else if (rc != Z_OK)
			return gzip_error(c, rc, e);
		c->begun = true;
	}
	/* What is held back within comes out without more input. */
	if (c->z.avail_out > 0 && last && !c->between) {
		int rc = inflate(&c->z, Z_NO_FLUSH);

		if (rc == Z_STREAM_END)
			c->between = true;
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			return gzip_error(c, rc, e);
		else if (c->z.avail_out > 0)
			return bad(c, e, "the gzip data ends early");
	}
	return 0;
}

static int
step_zstd(struct csv_inflate *c, ZSTD_inBuffer *in, ZSTD_outBuffer *out,
    bool last, struct err *e)
{
	size_t before, held;

	do {
		size_t rc;

		before = in->pos + out->pos;
		rc = ZSTD_decompressStream(c->zstd, out, in);
		if (ZSTD_isError(rc)) {
			ZSTD_ErrorCode code = ZSTD_getErrorCode(rc);

			if (code == ZSTD_error_checksum_wrong)
				return bad(c, e, "the checksum of the zstd "
				    "data is wrong");
			if (code == ZSTD_error_prefix_unknown && !c->begun)
				return bad(c, e, "the file is not zstd");
			return bad(c, e, "the zstd data is damaged");
		}
		if (in->pos + out->pos > before) {
			c->between = rc == 0;
			c->begun = true;
		}
	} while (out->pos < out->size && in->pos + out->pos > before);
	if (last && in->pos == in->size && out->pos < out->size &&
	    !c->between)
		return bad(c, e, "the zstd data ends early");
	/* Its window is of the file's choice. */
	held = ZSTD_sizeof_DStream(c->zstd);
	if (held > c->charge) {
		int rc = mem_reserve(c->account, held - c->charge, e);

		if (rc < 0)
			return rc;
		c->charge = held;
	}
	return 0;
}

int
csv_inflate_step(struct csv_inflate *c, const uint8_t *in, size_t *in_n,
    uint8_t *out, size_t *out_n, bool last, struct err *e)
{
	ZSTD_inBuffer from = { in, *in_n, 0 };
	ZSTD_outBuffer to = { out, *out_n, 0 };
	int rc;

	if (c->codec == CSV_ZSTD) {
		rc = step_zstd(c, &from, &to, last, e);
		*in_n = from.pos;
		*out_n = to.pos;
		return rc;
	}
	CHECK(*in_n <= UINT32_MAX && *out_n <= UINT32_MAX);
	c->z.next_in = (Bytef *)(uintptr_t)in;
	c->z.avail_in = (uInt)*in_n;
	c->z.next_out = out;
	c->z.avail_out = (uInt)*out_n;
	rc = step_gzip(c, last, e);
	*in_n -= c->z.avail_in;
	*out_n -= c->z.avail_out;
	return rc;
}
