/* SPDX-License-Identifier: Apache-2.0
 * float_table.h - powers of ten for float_print.c. */
#ifndef TYPE_FLOAT_TABLE_H
#define TYPE_FLOAT_TABLE_H

#include <stdint.h>

enum { FLOAT_POW10_MIN = -292, FLOAT_POW10_MAX = 324 };

/* High and low word of ceil(10^k / 2^(floor(log2(10^k)) - 127)). */
extern const uint64_t
    float_pow10[FLOAT_POW10_MAX - FLOAT_POW10_MIN + 1][2];

#endif
