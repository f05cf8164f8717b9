/* SPDX-License-Identifier: Apache-2.0
 * big.h - natural numbers of up to BIG_LIMBS * 9 digits, base 10^9 (private
 * to number*.c). */
#ifndef TYPE_BIG_H
#define TYPE_BIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BIG_LIMBS = 96, BIG_BASE = 1000000000 };

struct big {
	int n;                  /* no leading zero limbs; 0 for zero */
	uint32_t v[BIG_LIMBS];  /* low first */
};

void big_set(struct big *x, const uint32_t *limb, int n);
int big_digits(const struct big *x);    /* 0 for zero */
int big_compare(const struct big *x, const struct big *y);
void big_add(struct big *x, const struct big *y);
void big_subtract(struct big *x, const struct big *y);  /* x >= y */
void big_multiply(const struct big *x, const struct big *y, struct big *out);
/* x * 10^k; the result must fit. */
void big_shift(struct big *x, int k);
/* x / 10^k; *half: is what was cut 0, below a half, a half, or above it
 * (-2, -1, 0, 1). */
void big_unshift(struct big *x, int k, int *half);
/* x becomes the remainder; quotient may be NULL. y is not zero. */
void big_divide(struct big *x, const struct big *y, struct big *quotient);
void big_increment(struct big *x);
/* Takes trailing decimal zeros away; how many. */
int big_strip(struct big *x);
/* Writes the digits ("0" for zero); how many. */
size_t big_print(char *to, const struct big *x);

#endif
