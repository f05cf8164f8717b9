/* SPDX-License-Identifier: Apache-2.0
 * hash.c - the byte string hash, out of line so that xxhash.h stays here. */
#include "base/hash.h"

#include <xxhash.h>

uint64_t
hash_bytes(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}
