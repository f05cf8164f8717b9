/* SPDX-License-Identifier: Apache-2.0
 * codec.h - decompression with a known size: never writes more than it was
 * told, never answers less. */
#ifndef FMT_CODEC_H
#define FMT_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Numbered as Parquet's CompressionCodec. */
enum codec {
	CODEC_NONE, CODEC_SNAPPY, CODEC_GZIP, CODEC_LZO, CODEC_BROTLI,
	CODEC_LZ4_HADOOP,       /* blocks with two big-endian sizes, or bare */
	CODEC_ZSTD, CODEC_LZ4_RAW, CODEC_COUNT
};

const char *codec_name(enum codec codec);       /* "SNAPPY" */
/* Can codec_run() do it? */
bool codec_supported(enum codec codec);

/* Contexts that are worth keeping; one thread at a time. */
struct codec_context;
struct codec_context *codec_context_new(void);
void codec_context_free(struct codec_context **c);

/* Can src[0..n) become `size` bytes?  To be asked before memory is reserved:
 * a lie about the size is found without it.  HIVE_BAD_DATA. */
int codec_check(struct codec_context *c, enum codec codec, const void *src,
    size_t n, size_t size, struct err *e);
/* Decompresses src[0..n) to exactly `size` bytes at dst; anything else is
 * HIVE_BAD_DATA, and dst unspecified.  CODEC_NONE copies. */
int codec_run(struct codec_context *c, enum codec codec, const void *src,
    size_t n, void *dst, size_t size, struct err *e);

#endif
