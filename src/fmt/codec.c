/* SPDX-License-Identifier: Apache-2.0
 * codec.c - the block codecs of file formats behind one call.
 *
 * Sizes come from the file and may lie.  Most codecs say how long their
 * output is, or cannot grow by more than a factor; for the others (Brotli,
 * ZSTD without a content size) an unlikely claim is checked by decompressing
 * into nothing first. */
#include <stdlib.h>
#include <string.h>

#include <brotli/decode.h>
#include <libdeflate.h>
#include <lz4.h>
#include <zstd.h>

#include "base/check.h"
#include "base/str.h"
#include "fmt/codec.h"
#include "fmt/snappy.h"

/* A claim is unlikely when both are exceeded. */
enum { UNLIKELY_SIZE = 8 << 20, UNLIKELY_RATIO = 256 };

struct codec_context {
	ZSTD_DCtx *zstd;
	struct libdeflate_decompressor *deflate;
};

static const char *const codec_names[CODEC_COUNT] = {
	"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD",
	"LZ4_RAW",
};

const char *
codec_name(enum codec codec)
{
	return (unsigned)codec < CODEC_COUNT ? codec_names[codec] : "unknown";
}

bool
codec_supported(enum codec codec)
{
	return (unsigned)codec < CODEC_COUNT && codec != CODEC_LZO;
}

struct codec_context *
codec_context_new(void)
{
	return xcalloc(1, sizeof(struct codec_context));
}

void
codec_context_free(struct codec_context **cp)
{
	struct codec_context *c = *cp;

	*cp = NULL;
	if (c == NULL)
		return;
	ZSTD_freeDCtx(c->zstd);
	if (c->deflate != NULL)
		libdeflate_free_decompressor(c->deflate);
	free(c);
}

static int
wrong_size(struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA,
	    "the decompressed size is not what the header says");
}

static int
garbage(enum codec codec, struct err *e)
{
	return err_set(e, ERR_HIVE_BAD_DATA, "cannot be decompressed (%s)",
	    codec_name(codec));
}

static ZSTD_DCtx *
zstd_context(struct codec_context *c)
{
	if (c->zstd == NULL) {
		c->zstd = ZSTD_createDCtx();
		CHECK(c->zstd != NULL);
	}
	return c->zstd;
}

/* Counts the output of a ZSTD stream up to one byte more than `size`. */
static int
zstd_measure(struct codec_context *c, const void *src, size_t n, size_t size,
    struct err *e)
{
	size_t room = ZSTD_DStreamOutSize(), total = 0, rc = 1;
	ZSTD_inBuffer in = { src, n, 0 };
	char *sink = xmalloc(room);

	ZSTD_initDStream(zstd_context(c));
	while (total <= size) {
		ZSTD_outBuffer to = { sink, room, 0 };

		rc = ZSTD_decompressStream(c->zstd, &to, &in);
		total += to.pos;
		if (ZSTD_isError(rc) || (in.pos == n && to.pos < room))
			break;
	}
	free(sink);
	if (ZSTD_isError(rc))
		return garbage(CODEC_ZSTD, e);
	return total == size ? 0 : wrong_size(e);
}

static int
zstd_check(struct codec_context *c, const void *src, size_t n, size_t size,
    struct err *e)
{
	unsigned long long has = ZSTD_getFrameContentSize(src, n);

	if (has == ZSTD_CONTENTSIZE_ERROR)
		return garbage(CODEC_ZSTD, e);
	if (has != ZSTD_CONTENTSIZE_UNKNOWN && has > size)
		return wrong_size(e);
	/* The content size is a claim, too. */
	if (size > UNLIKELY_SIZE && size / UNLIKELY_RATIO > n)
		return zstd_measure(c, src, n, size, e);
	return 0;
}

static int
brotli_check(const void *src, size_t n, size_t size, struct err *e)
{
	BrotliDecoderState *s;
	BrotliDecoderResult rc;
	const uint8_t *in = src;
	size_t total = 0, in_left = n;

	if (size <= UNLIKELY_SIZE || size / UNLIKELY_RATIO <= n)
		return 0;
	s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	CHECK(s != NULL);
	do {
		size_t out_left = 0, got = 0;

		rc = BrotliDecoderDecompressStream(s, &in_left, &in,
		    &out_left, NULL, NULL);
		while (BrotliDecoderHasMoreOutput(s) && total <= size) {
			got = 0;
			BrotliDecoderTakeOutput(s, &got);
			total += got;
		}
	} while (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT &&
	    total <= size);
	BrotliDecoderDestroyInstance(s);
	if (rc == BROTLI_DECODER_RESULT_ERROR)
		return garbage(CODEC_BROTLI, e);
	return total == size ? 0 : wrong_size(e);
}

int
codec_check(struct codec_context *c, enum codec codec, const void *src,
    size_t n, size_t size, struct err *e)
{
	size_t has;

	switch (codec) {
	case CODEC_NONE:
		return n == size ? 0 : wrong_size(e);
	case CODEC_SNAPPY:
		if (!snappy_size(src, n, &has))
			return garbage(codec, e);
		/* No element makes more than 64 bytes of 2. */
		return has == size && size / 32 <= n ? 0 : wrong_size(e);
	case CODEC_GZIP:
		return size / 1032 <= n ? 0 : wrong_size(e);
	case CODEC_LZ4_HADOOP:
	case CODEC_LZ4_RAW:
		return size / 255 <= n ? 0 : wrong_size(e);
	case CODEC_ZSTD:
		return zstd_check(c, src, n, size, e);
	case CODEC_BROTLI:
		return brotli_check(src, n, size, e);
	default:
		return err_set(e, ERR_NOT_SUPPORTED,
		    "compression codec %s is not supported",
		    codec_name(codec));
	}
}

/* A GZIP stream may have many members. */
static int
gzip_run(struct codec_context *c, const uint8_t *src, size_t n, uint8_t *dst,
    size_t size, struct err *e)
{
	size_t in_at = 0, out_at = 0;

	if (c->deflate == NULL) {
		c->deflate = libdeflate_alloc_decompressor();
		CHECK(c->deflate != NULL);
	}
	while (in_at < n) {
		size_t in = 0, out = 0;
		enum libdeflate_result rc = libdeflate_gzip_decompress_ex(
		    c->deflate, src + in_at, n - in_at, dst + out_at,
		    size - out_at, &in, &out);

		if (rc == LIBDEFLATE_INSUFFICIENT_SPACE)
			return wrong_size(e);
		if (rc != LIBDEFLATE_SUCCESS || in == 0)
			return garbage(CODEC_GZIP, e);
		in_at += in;
		out_at += out;
	}
	return out_at == size ? 0 : wrong_size(e);
}

static int
lz4_run(const uint8_t *src, size_t n, uint8_t *dst, size_t size,
    struct err *e)
{
	int got;

	if (n > INT32_MAX || size > INT32_MAX)
		return wrong_size(e);
	got = LZ4_decompress_safe((const char *)src, (char *)dst, (int)n,
	    (int)size);
	if (got < 0)
		return garbage(CODEC_LZ4_RAW, e);
	return (size_t)got == size ? 0 : wrong_size(e);
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* Hadoop's frames: each the size of its output, then compressed pieces with
 * a size until that output is complete.  False: it is none. */
static bool
lz4_hadoop_run(const uint8_t *src, size_t n, uint8_t *dst, size_t size)
{
	size_t in = 0, out = 0;

	while (n - in >= 8) {
		size_t frame = be32(src + in), made = 0;

		in += 4;
		if (frame > size - out)
			return false;
		while (made < frame) {
			uint32_t piece;
			int got;

			if (n - in < 4)
				return false;
			piece = be32(src + in);
			in += 4;
			if (piece > n - in || piece > INT32_MAX ||
			    frame - made > INT32_MAX)
				return false;
			got = LZ4_decompress_safe((const char *)src + in,
			    (char *)dst + out, (int)piece,
			    (int)(frame - made));
			if (got <= 0)
				return false;
			in += piece;
			made += (size_t)got;
			out += (size_t)got;
		}
	}
	return in == n && out == size;
}

static int
zstd_run(struct codec_context *c, const void *src, size_t n, void *dst,
    size_t size, struct err *e)
{
	size_t got = ZSTD_decompressDCtx(zstd_context(c), dst, size, src, n);

	if (ZSTD_isError(got)) {
		unsigned long long has = ZSTD_getFrameContentSize(src, n);

		if (has < ZSTD_CONTENTSIZE_ERROR && has > size)
			return wrong_size(e);
		return garbage(CODEC_ZSTD, e);
	}
	return got == size ? 0 : wrong_size(e);
}

int
codec_run(struct codec_context *c, enum codec codec, const void *src,
    size_t n, void *dst, size_t size, struct err *e)
{
	size_t got = size;

	switch (codec) {
	case CODEC_NONE:
		if (n != size)
			return wrong_size(e);
		memcpy(dst, src, n);
		return 0;
	case CODEC_SNAPPY:
		if (snappy_size(src, n, &got) && got != size)
			return wrong_size(e);
		return snappy_decode(src, n, dst, size) ? 0
		    : garbage(codec, e);
	case CODEC_GZIP:
		return gzip_run(c, src, n, dst, size, e);
	case CODEC_LZ4_RAW:
		return lz4_run(src, n, dst, size, e);
	case CODEC_LZ4_HADOOP:
		if (lz4_hadoop_run(src, n, dst, size))
			return 0;
		return lz4_run(src, n, dst, size, e);
	case CODEC_ZSTD:
		return zstd_run(c, src, n, dst, size, e);
	case CODEC_BROTLI:
		if (BrotliDecoderDecompress(n, src, &got, dst) !=
		    BROTLI_DECODER_RESULT_SUCCESS)
			return garbage(codec, e);
		return got == size ? 0 : wrong_size(e);
	default:
		return codec_check(c, codec, src, n, size, e);
	}
}
