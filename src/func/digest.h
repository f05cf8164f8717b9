/* SPDX-License-Identifier: Apache-2.0
 * digest.h - hashes of bytes that other systems know as well.  Private to
 * func/. */
#ifndef FUNC_DIGEST_H
#define FUNC_DIGEST_H

#include "base/str.h"

/* SpookyHash V2 with seed 0; its lower half is the 32-bit hash. */
uint64_t spooky_hash64(struct str s);
/* MurmurHash3 x64, 128 bits, seed 0. */
void murmur3_128(struct str s, uint64_t out[2]);

#endif
