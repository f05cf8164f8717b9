/* SPDX-License-Identifier: Apache-2.0
 * parquet_convert.h - values as the file has them to values as vectors have
 * them. */
#ifndef FMT_PARQUET_CONVERT_H
#define FMT_PARQUET_CONVERT_H

#include "fmt/parquet_priv.h"

/* n values at src (of leaf->width bytes, in no alignment; BYTE_ARRAY: aligned
 * views) to dst; up to 8 bytes behind them may be read.  CONVERT_FIXED_VIEW
 * makes views that point into src.  HIVE_BAD_DATA when a value has no
 * equal. */
int parquet_convert(const struct parquet_leaf *leaf, const void *src,
    uint32_t n, void *dst, struct err *e);
/* Do the file's bytes need a change? */
static inline bool
parquet_converts(const struct parquet_leaf *leaf)
{
	return leaf->convert != CONVERT_NONE;
}

#endif
