/* SPDX-License-Identifier: Apache-2.0
 * snappy.h - decompression of the raw Snappy format.
 *
 * Of our own, because column data is mostly short copies, for which libsnappy
 * calls memmove() through the dynamic linker's table. */
#ifndef FMT_SNAPPY_H
#define FMT_SNAPPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The output's size as the input says it; false: it cannot be read. */
bool snappy_size(const uint8_t *src, size_t n, size_t *size);
/* Writes exactly `size` bytes to dst; false: the input is damaged or makes
 * another number of bytes. */
bool snappy_decode(const uint8_t *src, size_t n, uint8_t *dst, size_t size);

#endif
